"""kafka-streams-groups' command line: its options, and which of them go together."""

from __future__ import annotations

from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH_DESCRIBE
from kcli.tools import group_options as common

_RUN = "kafka-streams-groups --bootstrap-server localhost:9092"
_INTERNAL = "Internal topics"

TABLE = OptionTable(
    program="kafka-streams-groups",
    summary="This tool helps to list, or describe streams groups.",
    usage="--bootstrap-server HOST:PORT (--list | --describe | --reset-offsets | --delete | --delete-offsets)"
    " [OPTIONS]",
    options=(
        *common.CONNECTING,
        Option("list", "Print the names of streams groups.", group=common.ACTION),
        Option("describe", "Print where groups are, who is in them, or their state.", group=common.ACTION),
        common.RESET,
        common.DELETE,
        Option("delete-offsets", "Forget a group's offsets in input topics.", group=common.ACTION),
        *common.named("streams group"),
        Option(
            "input-topic",
            "With --reset-offsets and --delete-offsets: an input topic, or some partitions of it: orders:0,2.",
            "NAME[:N,N]",
            group=common.WHICH,
            repeated=True,
            complete="topic",
        ),
        Option("all-input-topics", "With the same: all topics that the topology reads.", group=common.WHICH),
        Option("offsets", "With --describe: the lag of each partition (the default).", group=common.DESCRIBING),
        Option("members", "With --describe: the members with their tasks.", group=common.DESCRIBING),
        common.STATE,
        Option("verbose", "With --describe: epochs, offsets and target tasks too.", group=common.DESCRIBING),
        common.EARLIEST,
        common.LATEST,
        common.DATETIME,
        *common.MORE_WAYS,
        common.DRY_RUN,
        common.EXECUTE,
        common.EXPORT,
        common.UNDO_FILE,
        Option(
            "delete-internal-topic",
            "With --reset-offsets --execute: a topic that Kafka Streams made for the group, to be deleted.",
            "NAME",
            group=_INTERNAL,
            repeated=True,
            complete="topic",
        ),
        Option("delete-all-internal-topics", "The same, or with --delete: all of them.", group=_INTERNAL),
        WATCH_DESCRIBE,
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("how far behind an application is", f"{_RUN} --describe --group app"),
        (
            "process everything again",
            f"{_RUN} --group app --reset-offsets --all-input-topics --to-earliest --delete-all-internal-topics"
            " --execute",
        ),
    ),
)

_ACTIONS = ("list", "describe", "reset-offsets", "delete", "delete-offsets")


def check(options: Parsed) -> str:
    """The action; raises UsageError in Kafka's words, in Kafka's order."""
    common.check_available(options, common.AVAILABLE)
    options.require("bootstrap-server")
    if options.has("describe"):
        common.need_groups(options, "describe")
        common.check_description(options)
    if options.has("delete"):
        common.need_groups(options, "delete")
        if options.has("input-topic") or options.has("all-input-topics"):
            raise UsageError("Kafka Streams does not support topic-specific offset deletion from a streams group.")
    if options.has("delete-offsets"):
        _check_offset_deletion(options)
    if options.has("reset-offsets"):
        _check_reset(options)
    _check_internal_topics(options)
    if (options.has("dry-run") or options.has("execute")) and not options.has("reset-offsets"):
        raise UsageError("Only Option [reset-offsets] accepts [execute] or [dry-run]")
    options.forbid("list", "members", "offsets")
    options.forbid("group", "all-groups")
    options.forbid("group", "list")
    options.forbid("input-topic", "list", "describe", "delete")
    return common.only_action(
        options,
        _ACTIONS,
        "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.",
    )


def _check_offset_deletion(options: Parsed) -> None:
    if not (options.has("input-topic") or options.has("all-input-topics")) or not options.has("group"):
        raise UsageError(
            "Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]"
        )
    groups = options.values("group")
    if len(groups) > 1:
        raise UsageError(
            f"Option [delete-offsets] supports only one [group] at a time, but found: [{', '.join(groups)}]"
        )


def _check_reset(options: Parsed) -> None:
    common.check_execution(options)
    if not options.has("dry-run") and not options.has("execute"):
        raise UsageError("Option [reset-offsets] takes the option: [execute] or [dry-run]")
    common.need_groups(options, "reset-offsets")
    common.check_one_way(options)


def _check_internal_topics(options: Parsed) -> None:
    if options.has("delete-all-internal-topics"):
        if not options.has("reset-offsets") and not options.has("delete"):
            raise UsageError(
                "Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]"
            )
        if options.has("reset-offsets") and not options.has("execute"):
            raise UsageError("Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.")
    elif options.has("delete-internal-topic") and not (options.has("reset-offsets") and options.has("execute")):
        raise UsageError("Option [delete-internal-topic] takes [reset-offsets] when [execute] is used.")
