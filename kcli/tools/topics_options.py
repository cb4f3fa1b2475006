"""kafka-topics' command line: its options, and which of them go together."""

from __future__ import annotations

from kcli.cli.connection_options import CONNECTING
from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH_DESCRIBE

_ACTION = "Actions (exactly one)"
_WHICH = "Which topics"
_CREATE = "Creating and altering"
_DESCRIBE = "Describing"

USE_CONFIGS = " (To alter topic configurations, the kafka-configs tool can be used.)"

TABLE = OptionTable(
    program="kafka-topics",
    summary="This tool helps to create, delete, describe, or change a topic.",
    usage="--bootstrap-server HOST:PORT (--list | --describe | --create | --alter | --delete) [OPTIONS]",
    options=(
        *CONNECTING,
        Option("list", "Print the names of topics.", group=_ACTION),
        Option("describe", "Print topics with their settings, and their partitions with replicas.", group=_ACTION),
        Option("create", "Create a topic.", group=_ACTION),
        Option("alter", "Give topics more partitions. (kafka-configs changes their settings.)", group=_ACTION),
        Option("delete", "Delete topics.", group=_ACTION),
        Option(
            "topic",
            "The topic. Except with --create it is a regular expression that has to match the whole name;"
            " commas separate several.",
            "NAME",
            group=_WHICH,
            complete="topic",
        ),
        Option("topic-id", "The topic to describe, by its id.", "ID", group=_WHICH),
        Option("exclude-internal", "With --list and --describe: leave Kafka's own topics out.", group=_WHICH),
        Option("if-exists", "With --alter, --delete and --describe: no error if there is no such topic.", group=_WHICH),
        Option("if-not-exists", "With --create: no error if the topic is there already.", group=_WHICH),
        Option(
            "partitions",
            "How many partitions the topic is to have in all [default with --create: the broker's num.partitions]."
            " Adding some changes which partition a key goes to.",
            "N",
            type=INT,
            group=_CREATE,
        ),
        Option(
            "replication-factor",
            "How many brokers keep each partition [default: the broker's default.replication.factor].",
            "N",
            type=INT,
            group=_CREATE,
        ),
        Option(
            "replica-assignment",
            "Instead of counts: the brokers of each partition, colons between the brokers of one partition,"
            " commas between partitions.",
            "ID:ID,ID:ID...",
            group=_CREATE,
        ),
        Option(
            "config",
            "With --create: a setting of the topic, e.g. retention.ms=60000, cleanup.policy=compact.",
            "NAME=VALUE",
            group=_CREATE,
            repeated=True,
        ),
        Option(
            "delete-config",
            "Does nothing (since 4.0).",
            "NAME",
            group=_CREATE,
            repeated=True,
            deprecated="delete-config option is no longer supported and deprecated since version 4.0."
            " The config will be fully removed in future releases.",
        ),
        Option("topics-with-overrides", "Only topics that have settings of their own.", group=_DESCRIBE),
        Option("under-replicated-partitions", "Only partitions with replicas that lag behind.", group=_DESCRIBE),
        Option("under-min-isr-partitions", "Only those with fewer in-sync replicas than required.", group=_DESCRIBE),
        Option("at-min-isr-partitions", "Only those with just as many in-sync replicas as required.", group=_DESCRIBE),
        Option("unavailable-partitions", "Only partitions without a live leader.", group=_DESCRIBE),
        Option(
            "partition-size-limit-per-response",
            "How many partitions to ask for at once.",
            "N",
            type=INT,
            group=_DESCRIBE,
        ),
        WATCH_DESCRIBE,
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "create a topic with three partitions that keeps a day",
            "kafka-topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3"
            " --config retention.ms=86400000",
        ),
        ("all topics but Kafka's own", "kafka-topics --bootstrap-server localhost:9092 --list --exclude-internal"),
        (
            "what is wrong in the cluster",
            "kafka-topics --bootstrap-server localhost:9092 --describe --under-replicated-partitions",
        ),
        (
            "for scripts",
            "kafka-topics --bootstrap-server localhost:9092 --describe --topic 'orders.*' --output json",
        ),
    ),
)

ACTIONS = ("create", "list", "alter", "describe", "delete")
_ALL = ("alter", "create", "describe", "list", "delete")  # in the order in which Kafka looks for a clash
REPORTS = (
    "under-replicated-partitions",
    "under-min-isr-partitions",
    "at-min-isr-partitions",
    "unavailable-partitions",
)
# Which actions an option goes with.
_BELONGS = {
    "config": ("alter", "create"),
    "partitions": ("alter", "create"),
    "replication-factor": ("create",),
    "replica-assignment": ("alter", "create"),
    **dict.fromkeys(REPORTS, ("describe",)),
    "topics-with-overrides": ("describe",),
    "if-exists": ("alter", "delete", "describe"),
    "if-not-exists": ("create",),
    "exclude-internal": ("list", "describe"),
}


def check(options: Parsed) -> str:
    """The action; raises UsageError in Kafka's words, in Kafka's order."""
    chosen = [action for action in ACTIONS if options.has(action)]
    if len(chosen) != 1:
        raise UsageError("Command must include exactly one action: --list, --describe, --create, --alter or --delete")
    (action,) = chosen
    _check_required(options, action)
    for name, actions in _BELONGS.items():
        options.forbid(name, *(other for other in _ALL if other not in actions))
        if name == "replica-assignment" and action == "create":
            options.forbid(name, "partitions", "replication-factor")
        if name in REPORTS:
            options.forbid(name, "topics-with-overrides")
        if name == "topics-with-overrides":
            options.forbid(name, *REPORTS)
    return action


def _check_required(options: Parsed, action: str) -> None:
    if not options.has("bootstrap-server"):
        raise UsageError("--bootstrap-server must be specified")
    if action == "describe" and options.has("if-exists") and not options.has("topic") and not options.has("topic-id"):
        raise UsageError("--topic or --topic-id is required to describe a topic")
    if action not in ("list", "describe"):
        options.require("topic")
    if action == "alter":
        if options.has("config"):
            raise UsageError(
                f'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]"{USE_CONFIGS}'
            )
        options.require("partitions")
