"""What the command lines of the two consumer perf tests (of consumer groups, and of share groups) have in common."""

from __future__ import annotations

from collections.abc import Callable

from kcli.cli.connection_options import CONNECTION
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.java_date import compile_date_format
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import INT, LONG, Option
from kcli.cli.output import OUTPUT

REPORT = "What is printed"
_DATE_FORMAT = "yyyy-MM-dd HH:mm:ss:SSS"

CONNECTING = (
    Option("bootstrap-server", "REQUIRED: Brokers to connect to first.", "server to connect to", group=CONNECTION),
    PROFILE,
    Option(
        "command-config", "Consumer settings from a .properties file.", "config file", group=CONNECTION, complete="file"
    ),
    Option(
        "command-property", "Consumer settings; they win over those of --command-config.", "prop1=val1",
        group=CONNECTION, repeated=True,
    ),
)  # fmt: skip
CONSUMING = (
    Option("topic", "The topic to consume from.", "topic", complete="topic"),
    Option("num-records", "REQUIRED: How many records to consume.", "count", type=LONG),
    Option("messages", "Deprecated: use --num-records.", "count", type=LONG),
    Option("socket-buffer-size", "The size of the connections' receive buffers.", "size", type=INT, default=2 << 20),
    Option(
        "timeout", "Give up when nothing came for so many milliseconds.", "milliseconds", type=LONG, default=10_000,
        optional="10000",
    ),
)  # fmt: skip
REPORTING = (
    Option("print-metrics", "Print the client's counters at the end.", group=REPORT),
    Option("show-detailed-stats", "A line for each reporting interval.", group=REPORT),
    Option(
        "reporting-interval", "Milliseconds between these lines.", "interval_ms", type=LONG, default=5000, group=REPORT
    ),
    Option("hide-header", "Leave the titles out.", group=REPORT),
    Option(
        "date-format", "How to write times (java.text.SimpleDateFormat).", "date format", default=_DATE_FORMAT,
        group=REPORT,
    ),
    OUTPUT,
)  # fmt: skip


def need_one(options: Parsed, *names: str) -> None:
    """Raises UsageError unless exactly one of these options is given."""
    if sum(map(options.has, names)) != 1:
        listed = ", ".join(f"[{name}]" for name in names)
        raise UsageError(f"Exactly one of the following arguments is required: {listed}")


def check_interval(options: Parsed) -> None:
    if options.value("reporting-interval") <= 0:
        raise UsageError("Reporting interval must be greater than 0.")


def records(options: Parsed) -> int:
    """How many are wanted, by the option's new or old name."""
    wanted: int = options.value("messages" if options.has("messages") else "num-records")
    return wanted


def date(options: Parsed) -> Callable[[float], str]:
    """How to write a time."""
    try:
        return compile_date_format(options.value("date-format"))
    except ValueError as error:
        raise CommandError(str(error)) from None


def old_name_warning(old: str, new: str) -> str:
    return f"Warning: --{old} is deprecated. Use --{new} instead."
