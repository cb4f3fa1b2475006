"""kafka-client-metrics' command line: its options, and which of them go together."""

from __future__ import annotations

import re

from kcli.cli.connection_options import CONNECTING
from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.refusal import refusal

_ACTION = "Actions (exactly one)"
_CHANGE = "Altering (what is not given stays as it is)"
SELECTORS = (
    "client_id",
    "client_instance_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
)


TABLE = OptionTable(
    program="kafka-client-metrics",
    summary="This tool helps to manipulate and describe client metrics configurations.",
    usage="--bootstrap-server HOST:PORT (--list | --describe | --alter | --delete) [OPTIONS]",
    options=(
        *CONNECTING,
        Option("list", "Print the names of subscriptions.", group=_ACTION),
        Option("describe", "Print subscriptions: one, or all.", group=_ACTION),
        Option("alter", "Change a subscription, or make one.", group=_ACTION),
        Option("delete", "Delete a subscription.", group=_ACTION),
        Option("name", "The subscription.", "NAME", group="Which subscription"),
        Option("generate-name", "With --alter: make a new one, with a name made up.", group="Which subscription"),
        Option(
            "metrics",
            "Which metrics clients are to send: those whose names begin so, all for '*'.",
            "PREFIX,PREFIX...",
            group=_CHANGE,
            repeated=True,
        ),
        Option(
            "interval",
            "How often clients are to send them, in milliseconds; empty for the default.",
            "MS",
            group=_CHANGE,
        ),
        Option(
            "match",
            "Which clients: all of the regular expressions have to match. Selectors: " + ", ".join(SELECTORS) + ".",
            "SELECTOR=REGEX,SELECTOR=REGEX...",
            group=_CHANGE,
            repeated=True,
        ),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "have every client send its metrics of producers once a minute",
            "kafka-client-metrics --bootstrap-server localhost:9092 --alter --name producers"
            " --metrics org.apache.kafka.producer. --interval 60000",
        ),
        ("what clients are asked for", "kafka-client-metrics --bootstrap-server localhost:9092 --describe"),
    ),
)

_ACTIONS = ("alter", "delete", "describe", "list")
_FORBIDDEN = {
    "delete": ("generate-name", "interval", "match", "metrics"),
    "describe": ("generate-name", "interval", "match", "metrics"),
    "list": ("name", "generate-name", "interval", "match", "metrics"),
}


def check(options: Parsed) -> str:
    """The action; raises CommandError in Kafka's words, in Kafka's order."""
    chosen = [action for action in _ACTIONS if options.has(action)]
    if len(chosen) != 1:
        raise refusal(TABLE, "Command must include exactly one action: --alter, --delete, --describe or --list.")
    (action,) = chosen
    if not options.has("bootstrap-server"):
        raise CommandError("--bootstrap-server must be specified.")
    for name in _FORBIDDEN.get(action, ()):
        if options.has(name):
            raise refusal(TABLE, f'Option "[{action}]" can\'t be used with option "[{name}]"')
    if action == "alter" and options.has("name") == options.has("generate-name"):
        raise CommandError("One of --name or --generate-name must be specified with --alter.")
    if action == "delete" and not options.has("name"):
        raise CommandError("A client metrics resource name must be specified with --delete.")
    return action


def changes(options: Parsed) -> dict[str, str]:
    """The settings to give a subscription; an empty one is taken away."""
    found: dict[str, str] = {}
    if options.has("interval"):
        found["interval.ms"] = options.value("interval")
        if not re.fullmatch(r"[+-]?[0-9]+|", found["interval.ms"]):
            raise CommandError("Invalid interval value. Enter an integer, or leave empty to reset.")
    for option in ("metrics", "match"):
        if options.has(option):
            found[option] = ",".join(options.separated(option))
    return found
