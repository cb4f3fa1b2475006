"""The rows that nearly every option table begins with: which brokers to connect to, and with what settings.

A tool whose row differs takes the one from here and replaces what is different.
"""

from __future__ import annotations

from kcli.cli.inherited import PROFILE
from kcli.cli.options import Option

CONNECTION = "Connection"

BOOTSTRAP_SERVER = Option(
    "bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT", group=CONNECTION
)
BOOTSTRAP_CONTROLLER = Option(
    "bootstrap-controller",
    "Controllers to connect to instead of brokers, separated by commas.",
    "HOST:PORT",
    group=CONNECTION,
)
COMMAND_CONFIG = Option(
    "command-config",
    "Client settings (security and so on) from a .properties file.",
    "FILE",
    group=CONNECTION,
    complete="file",
)
CONNECTING = (BOOTSTRAP_SERVER, PROFILE, COMMAND_CONFIG)


def argparse4j_row(option: Option) -> Option:
    """The row as argparse4j's usage lines have it: an argument is called by its option's name."""
    return option._replace(metavar=option.name.replace("-", "_").upper())
