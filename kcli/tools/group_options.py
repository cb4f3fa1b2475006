"""Options, and rules for them, that the tools for consumer, share and streams groups have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kcli.cli import connection_options
from kcli.cli.connection_options import CONNECTION
from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import LONG, Option

ACTION = "Actions (exactly one)"
WHICH = "Which groups and topics"
DESCRIBING = "Listing and describing"
RESETTING = "Resetting offsets"
OURS = "Not in Kafka's tools"

CONNECTING = (
    *connection_options.CONNECTING,
    Option("timeout", "How long to wait for the cluster.", "MS", type=LONG, group=CONNECTION, default=30000),
)
RESET = Option("reset-offsets", "Set where groups without members go on.", group=ACTION)
DELETE = Option("delete", "Delete groups, with their offsets.", group=ACTION)
STATE = Option(
    "state",
    "With --describe: coordinator and state. With --list: the state too, or only groups in these.",
    "STATE,STATE",
    group=DESCRIBING,
    optional="",
)
EARLIEST = Option("to-earliest", "Go on at the beginning.", group=RESETTING)
LATEST = Option("to-latest", "Go on at the end.", group=RESETTING)
DATETIME = Option(
    "to-datetime",
    "Go on with the first record from then on, e.g. 2026-07-01T12:00:00.000+02:00 (without a zone: UTC).",
    "TIME",
    group=RESETTING,
)
MORE_WAYS = (
    Option("by-duration", "Go back for so long, e.g. PT1H30M or P2D.", "DURATION", group=RESETTING),
    Option("to-offset", "Go on at this offset.", "OFFSET", type=LONG, group=RESETTING),
    Option("shift-by", "Move by so many offsets, back if negative.", "N", type=LONG, group=RESETTING),
    Option("to-current", "Stay; where there is no offset yet, go on at the end.", group=RESETTING),
    Option(
        "from-file",
        "Go on where a file says: lines of topic,partition,offset, or of group,topic,partition,offset.",
        "FILE",
        group=RESETTING,
        complete="file",
    ),
)
DRY_RUN = Option("dry-run", "Only show what would be done.", group=RESETTING)
EXECUTE = Option("execute", "Do it.", group=RESETTING)
EXPORT = Option("export", "Print the new offsets as lines for --from-file, instead of a table.", group=RESETTING)
UNDO_FILE = Option(
    "undo-file",
    "With --execute: where to write what --from-file takes to undo it [default: in $XDG_STATE_HOME/kcli].",
    "FILE",
    group=OURS,
    complete="file",
)
FAIL_ABOVE = Option(
    "fail-above",
    "With --describe: exit with 1 when a group's total lag is higher; with --watch, as soon as it is.",
    "LAG",
    type=LONG,
    group=OURS,
)

AVAILABLE = {  # of share and streams groups: what goes with which action
    "members": ("describe",),
    "offsets": ("describe",),
    "state": ("describe", "list"),
    "verbose": ("describe",),
    "watch": ("describe",),
}
SCENARIOS = (  # of --reset-offsets
    "to-offset",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "shift-by",
    "from-file",
)


def named(kind: str) -> tuple[Option, Option]:
    """Which groups; `kind` is what they are called: `share group`."""
    return (
        Option("group", f"The {kind}.", "NAME", group=WHICH, repeated=True, complete="group"),
        Option("all-groups", f"All {kind}s.", group=WHICH),
    )


def check_available(options: Parsed, available: Mapping[str, Sequence[str]]) -> None:
    """joptsimple's availableIf: options that there are only beside certain others."""
    for name, others in available.items():
        if options.has(name) and not any(options.has(other) for other in others):
            raise UsageError(f"Option(s) [{name}] are unavailable given other options on the command line")


def need_groups(options: Parsed, action: str) -> None:
    if not options.has("group") and not options.has("all-groups"):
        raise UsageError(f"Option [{action}] takes one of these options: [all-groups], [group]")


def check_description(options: Parsed) -> None:
    """--describe shows one thing."""
    if sum(options.has(name) for name in ("members", "offsets", "state")) > 1:
        raise UsageError("Option [describe] takes at most one of these options: [members], [offsets], [state]")
    if options.values("state"):
        raise UsageError("Option [describe] does not take a value for [state]")


def check_execution(options: Parsed) -> None:
    if options.has("dry-run") and options.has("execute"):
        raise UsageError("Option [reset-offsets] only accepts one of [execute] and [dry-run]")


def check_one_way(options: Parsed) -> None:
    """A reset goes one way."""
    ways = [name for name in SCENARIOS if options.table.find(name)]
    for name in ways:
        options.forbid(name, *(other for other in ways if other != name))


def only_action(options: Parsed, actions: Iterable[str], message: str) -> str:
    """The one action that was asked for."""
    chosen = [action for action in actions if options.has(action)]
    if len(chosen) != 1:
        raise UsageError(message)
    return chosen[0]
