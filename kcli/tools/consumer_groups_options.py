"""kafka-consumer-groups' command line: its options, and which of them go together."""

from __future__ import annotations

from collections.abc import Callable

from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.watch import WATCH_DESCRIBE
from kcli.tools import group_options as common

_RUN = "kafka-consumer-groups --bootstrap-server localhost:9092"

TABLE = OptionTable(
    program="kafka-consumer-groups",
    summary="This tool helps to list all consumer groups, describe a consumer group, delete consumer group info,"
    " or reset consumer group offsets.",
    usage="--bootstrap-server HOST:PORT (--list | --describe | --reset-offsets | --delete | --delete-offsets)"
    " [OPTIONS]",
    options=(
        *common.CONNECTING,
        Option("list", "Print the names of consumer groups.", group=common.ACTION),
        Option("describe", "Print where groups are, who is in them, or their state.", group=common.ACTION),
        common.RESET,
        common.DELETE,
        Option("delete-offsets", "Forget a group's offsets in topics.", group=common.ACTION),
        Option(
            "validate-regex",
            "Say whether this is an RE2 expression, as brokers want it from consumers that subscribe by one.",
            "REGEX",
            group=common.ACTION,
        ),
        Option("group", "The group.", "NAME", group=common.WHICH, repeated=True, complete="group"),
        Option("all-groups", "All consumer groups.", group=common.WHICH),
        Option(
            "topic",
            "With --reset-offsets and --delete-offsets: a topic, or some partitions of it: orders:0,2.",
            "NAME[:N,N]",
            group=common.WHICH,
            repeated=True,
            complete="topic",
        ),
        Option("all-topics", "With --reset-offsets: all topics that the group has offsets in.", group=common.WHICH),
        Option("offsets", "With --describe: offsets and lag of each partition (the default).", group=common.DESCRIBING),
        Option("members", "With --describe: the members.", group=common.DESCRIBING),
        common.STATE._replace(
            help="With --describe: coordinator, assignor and state. With --list: the state too, or only groups in"
            " these."
        ),
        Option(
            "type",
            "With --list: the protocol too, or only groups of these: classic, consumer.",
            "TYPE,TYPE",
            group=common.DESCRIBING,
            optional="",
        ),
        Option("verbose", "With --describe: epochs, and what each member is assigned.", group=common.DESCRIBING),
        common.EARLIEST,
        common.LATEST,
        common.DATETIME,
        *common.MORE_WAYS,
        common.DRY_RUN,
        common.EXECUTE,
        common.EXPORT,
        common.UNDO_FILE,
        WATCH_DESCRIBE,
        common.FAIL_ABOVE,
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("how far behind a group is", f"{_RUN} --describe --group g"),
        ("whether it catches up, every 5 seconds", f"{_RUN} --describe --group g --watch 5"),
        ("fail where it is far behind", f"{_RUN} --describe --group g --fail-above 1000"),
        ("who is in it", f"{_RUN} --describe --group g --members --verbose"),
        (
            "read a topic again from the beginning; first look, then do it",
            f"{_RUN} --group g --reset-offsets --topic orders --to-earliest --dry-run",
        ),
        (
            "go back an hour, and keep what to go back to",
            f"{_RUN} --group g --reset-offsets --all-topics --by-duration PT1H --execute --undo-file before.csv",
        ),
        ("undo that", f"{_RUN} --group g --reset-offsets --from-file before.csv --execute"),
    ),
    notes="On a terminal, and with --output, a reset shows the offsets before and after it. What it replaced is kept in"
    " an undo file that --from-file takes back; stderr says where. KCLI_COMPAT_EXIT=1 leaves that out, unless"
    " --undo-file is given.",
)

_NOTHING_DONE = (
    "WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require"
    " either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are"
    " scripting this command and want to keep the current default behavior without prompting."
)
_ACTIONS = ("list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex")
_AVAILABLE = {
    "members": ("describe",),
    "verbose": ("describe",),
    "offsets": ("describe",),
    "state": ("describe", "list"),
    "type": ("list",),
    "watch": ("describe",),
    "fail-above": ("describe",),
}


def check(options: Parsed, warn: Callable[[str], None]) -> str:
    """The action; raises UsageError, and warns, in Kafka's words, in Kafka's order."""
    common.check_available(options, _AVAILABLE)
    if not options.has("validate-regex"):
        options.require("bootstrap-server")
    if options.has("describe"):
        common.need_groups(options, "describe")
        common.check_description(options)
        options.forbid("fail-above", "members", "state")
        options.value("watch")
        options.value("fail-above")
    if options.has("delete"):
        common.need_groups(options, "delete")
        if options.has("topic"):
            raise UsageError("The consumer does not support topic-specific offset deletion from a consumer group.")
    if options.has("delete-offsets") and not (options.has("group") and options.has("topic")):
        raise UsageError("Option [delete-offsets] takes the following options: [group], [topic]")
    if options.has("reset-offsets"):
        common.check_execution(options)
        if not options.has("dry-run") and not options.has("execute"):
            warn(_NOTHING_DONE)
        common.need_groups(options, "reset-offsets")
        common.check_one_way(options)
    options.forbid("group", "all-groups")
    options.forbid("group", "list")
    options.forbid("topic", "list", "describe")
    return common.only_action(
        options,
        _ACTIONS,
        "Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets,"
        " --validate-regex",
    )
