"""What the verifiable tools have in common: their command lines' shared part, and events as lines of JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from kcli.cli import connection_options
from kcli.cli.argparse4j import ArgumentError, Arguments, format_error, format_usage, parse_arguments, show_help
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.options import Option, OptionTable

BOOTSTRAP = connection_options.BOOTSTRAP_SERVER._replace(metavar="HOST1:PORT1[,HOST2:PORT2[...]]")
BROKER_LIST = Option(
    "broker-list", "The same, as it was called until 4.0.", "HOST1:PORT1[,HOST2:PORT2[...]]", group="Connection"
)
COMMAND_CONFIG = connection_options.COMMAND_CONFIG._replace(metavar="CONFIG-FILE")


class Events:
    """Lines for a program that watches: each at once, with its time and name first."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def say(self, name: str, **fields: Any) -> None:
        """One event."""
        event = {"timestamp": time.time_ns() // 1_000_000, "name": name, **fields}
        self._environment.print(json.dumps(event, separators=(",", ":"), ensure_ascii=False))
        self._environment.stdout.flush()


def text(data: bytes | None) -> str | None:
    """A key or value as Java's StringDeserializer reads it."""
    return None if data is None else data.decode("utf-8", "replace")


def read_options(table: OptionTable, arguments: Sequence[str], environment: Environment) -> Arguments | int:
    """The options that a command line gives; an int is an exit code. Without any, the help is shown."""
    if not arguments:
        show_help(table, None, environment)
        return OK
    if table.find(BROKER_LIST.name):
        arguments = _with_new_names(arguments)
    return parse_arguments(table, arguments, environment)


def _with_new_names(arguments: Sequence[str]) -> list[str]:
    """Take --broker-list, which until 4.0 could stand for it, as --bootstrap-server."""
    old, new = f"--{BROKER_LIST.name}", f"--{BOOTSTRAP.name}"
    return [new + word[len(old) :] if word.partition("=")[0] == old else word for word in arguments]


def config_file(parsed: Arguments, old: str, table: OptionTable, environment: Environment) -> str | None:
    """The file of --command-config, or of the option that it replaces."""
    new = COMMAND_CONFIG.name
    if parsed.has(old) and parsed.has(new):
        message = f"--{old} and --{new} cannot be specified together."
        raise CommandError(
            format_error(table.usage_program or table.program, ArgumentError(message, format_usage(table)))
        )
    if parsed.has(old):
        environment.warn(
            f"Option --{old} has been deprecated and will be removed in a future version. Use --{new} instead."
        )
        file: str | None = parsed.value(old)
    else:
        file = parsed.value(new)
    return file
