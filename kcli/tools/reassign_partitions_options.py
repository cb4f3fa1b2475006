"""kafka-reassign-partitions' command line: its options, and which of them go together."""

from __future__ import annotations

from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.errors import UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, LONG, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH

_ACTION = "Actions (exactly one)"
_EXECUTE = "With --execute"

TABLE = OptionTable(
    program="kafka-reassign-partitions",
    summary="This tool helps to move topic partitions between replicas.",
    usage="--bootstrap-server HOST:PORT (--generate | --execute | --verify | --cancel | --list) [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER,
        PROFILE,
        BOOTSTRAP_CONTROLLER._replace(help="With --cancel and --list: controllers to connect to instead of brokers."),
        COMMAND_CONFIG,
        Option("generate", "Print how the partitions of topics could be spread over brokers.", group=_ACTION),
        Option("execute", "Move partitions as a file says.", group=_ACTION),
        Option("verify", "Say how far that is; when it is done, take throttles away.", group=_ACTION),
        Option("cancel", "Stop moving the partitions of a file.", group=_ACTION),
        Option("list", "Print all partitions that are on the move.", group=_ACTION),
        Option(
            "reassignment-json-file",
            'What goes where: {"version": 1, "partitions": [{"topic": "foo", "partition": 1, "replicas": [1, 2],'
            ' "log_dirs": ["any", "/disk2"]}]}; log_dirs may be left out.',
            "FILE",
            complete="file",
        ),
        Option(
            "topics-to-move-json-file",
            'With --generate: the topics: {"version": 1, "topics": [{"topic": "foo"}]}.',
            "FILE",
            complete="file",
        ),
        Option("broker-list", "With --generate: the brokers, as 0,1,2.", "IDS"),
        Option("disable-rack-aware", "With --generate: pay no attention to racks."),
        Option("throttle", "Bytes per second between brokers.", "BYTES", type=LONG, default=-1, group=_EXECUTE),
        Option(
            "replica-alter-log-dirs-throttle",
            "Bytes per second between the log dirs of a broker.",
            "BYTES",
            type=LONG,
            default=-1,
            group=_EXECUTE,
        ),
        Option(
            "timeout",
            "Milliseconds to wait for moves between log dirs to begin (with --cancel, to end).",
            "MS",
            type=LONG,
            default=10000,
            group=_EXECUTE,
        ),
        Option(
            "additional",
            "Even if other partitions are on the move; also changes the throttle of those that are.",
            group=_EXECUTE,
        ),
        Option(
            "disallow-replication-factor-change", "Refuse what changes how many replicas there are.", group=_EXECUTE
        ),
        Option("preserve-throttles", "With --verify and --cancel: leave throttles alone."),
        OUTPUT,
        WATCH._replace(help="With --list and --verify: look again every so many seconds (2, if none are given)."),
        HELP,
        VERSION,
    ),
    examples=(
        (
            "move a partition to brokers 2 and 3",
            "kafka-reassign-partitions --bootstrap-server localhost:9092 --execute --reassignment-json-file plan.json",
        ),
    ),
)

_ACTIONS = ("generate", "execute", "verify", "cancel", "list")
_REQUIRED = {
    "verify": ("reassignment-json-file",),
    "generate": ("topics-to-move-json-file", "broker-list"),
    "execute": ("reassignment-json-file",),
    "cancel": ("reassignment-json-file",),
    "list": (),
}
_PERMITTED = {
    "verify": ("bootstrap-server", "preserve-throttles", "watch"),
    "generate": ("bootstrap-server", "disable-rack-aware"),
    "execute": (
        "additional",
        "bootstrap-server",
        "throttle",
        "replica-alter-log-dirs-throttle",
        "timeout",
        "disallow-replication-factor-change",
    ),
    "cancel": ("bootstrap-server", "bootstrap-controller", "preserve-throttles", "timeout"),
    "list": ("bootstrap-server", "bootstrap-controller", "watch"),
}


def check(options: Parsed) -> str:
    """The action; raises UsageError in Kafka's words, in Kafka's order."""
    chosen = [action for action in _ACTIONS if options.has(action)]
    if len(chosen) != 1:
        raise UsageError("Command must include exactly one action: " + ", ".join(f"--{action}" for action in _ACTIONS))
    (action,) = chosen
    servers = [options.has(name) for name in ("bootstrap-server", "bootstrap-controller")]
    if all(servers):
        raise UsageError("Please don't specify both --bootstrap-server and --bootstrap-controller")
    if not any(servers):
        raise UsageError("Please specify either --bootstrap-server or --bootstrap-controller")
    options.require(*_REQUIRED[action])
    allowed = {action, "command-config", OUTPUT.name, *_REQUIRED[action], *_PERMITTED[action]}
    for option in TABLE.options:
        if options.has(option.name) and option.name not in allowed and option is not PROFILE:
            raise UsageError(f'Option "[{option.name}]" can\'t be used with action "[{action}]"')
    options.value("watch")
    return action
