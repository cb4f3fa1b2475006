"""kafka-share-groups' command line: its options, and which of them go together."""

from __future__ import annotations

from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH_DESCRIBE
from kcli.tools import group_options as common

_RUN = "kafka-share-groups --bootstrap-server localhost:9092"

TABLE = OptionTable(
    program="kafka-share-groups",
    summary="This tool helps to list, describe, reset and delete share groups.",
    usage="--bootstrap-server HOST:PORT (--list | --describe | --reset-offsets | --delete | --delete-offsets)"
    " [OPTIONS]",
    options=(
        *common.CONNECTING,
        Option("list", "Print the names of share groups.", group=common.ACTION),
        Option("describe", "Print where groups start, who is in them, or their state.", group=common.ACTION),
        Option("reset-offsets", "Set where a group without members starts.", group=common.ACTION),
        Option("delete", "Delete groups.", group=common.ACTION),
        Option("delete-offsets", "Forget where a group starts in topics.", group=common.ACTION),
        *common.named("share group"),
        Option(
            "topic",
            "With --reset-offsets and --delete-offsets: a topic; to reset, also some of its partitions: orders:0,2.",
            "NAME[:N,N]",
            group=common.WHICH,
            repeated=True,
            complete="topic",
        ),
        Option("all-topics", "With --reset-offsets: all topics that the group reads.", group=common.WHICH),
        Option("offsets", "With --describe: where each partition starts (the default).", group=common.DESCRIBING),
        Option("members", "With --describe: the members.", group=common.DESCRIBING),
        common.STATE,
        Option("verbose", "With --describe: epochs too.", group=common.DESCRIBING),
        common.EARLIEST,
        common.LATEST,
        common.DATETIME,
        common.DRY_RUN,
        common.EXECUTE,
        WATCH_DESCRIBE,
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("where a group is", f"{_RUN} --describe --group g"),
        (
            "read a topic again from the beginning",
            f"{_RUN} --group g --reset-offsets --topic orders --to-earliest --execute",
        ),
    ),
)

_ACTIONS = ("list", "describe", "delete", "reset-offsets", "delete-offsets")


def check(options: Parsed) -> str:
    """The action; raises UsageError in Kafka's words, in Kafka's order."""
    common.check_available(options, common.AVAILABLE)
    options.require("bootstrap-server")
    if options.has("describe"):
        common.need_groups(options, "describe")
        common.check_description(options)
    if options.has("delete"):
        _check_deletion(options)
    if options.has("delete-offsets") and not (options.has("group") and options.has("topic")):
        raise UsageError("Option [delete-offsets] takes the following options: [group], [topic]")
    if options.has("reset-offsets"):
        _check_reset(options)
    options.forbid("group", "all-groups")
    options.forbid("group", "list")
    options.forbid("topic", "list", "describe")
    return common.only_action(
        options,
        _ACTIONS,
        "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.",
    )


def _check_deletion(options: Parsed) -> None:
    if not options.has("group") and not options.has("all-groups"):
        raise UsageError("Option [delete] takes the options [group] or [all-groups]")
    if options.has("group") and options.has("all-groups"):
        raise UsageError("Option [delete] takes either [group] or [all-groups], not both.")
    if options.has("topic"):
        raise UsageError("Option [delete] does not take the option: [topic]")


def _check_reset(options: Parsed) -> None:
    common.check_execution(options)
    needs = (
        (("execute", "dry-run"), "the option: [execute] or [dry-run]"),
        (("group",), "the option: [group]"),
        (("topic", "all-topics"), "one of these options: [all-topics], [topic]"),
        (
            ("to-earliest", "to-latest", "to-datetime"),
            "one of these options: [to-datetime], [to-earliest], [to-latest]",
        ),
    )
    for names, what in needs:
        if not any(options.has(name) for name in names):
            raise UsageError(f"Option [reset-offsets] takes {what}")
    common.check_one_way(options)
