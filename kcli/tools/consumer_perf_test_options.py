"""The options of kafka-consumer-perf-test, and what they have to be like."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.java_date import compile_date_format
from kcli.cli.main import parse_arguments
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable, Parsed
from kcli.cli.refusal import refusal
from kcli.cli.settings import Settings

_CONNECTION = "Connection"
_REPORT = "What is printed"
_DATE_FORMAT = "yyyy-MM-dd HH:mm:ss:SSS"
_IGNORED = "Option --{} is ignored, as Kafka's tool does."

TABLE = OptionTable(
    program="kafka-consumer-perf-test",
    summary="This tool is used to verify the consumer performance.",
    usage="--bootstrap-server HOST:PORT (--topic NAME | --include REGEX) --num-records N [OPTIONS]",
    options=(
        Option("bootstrap-server", "REQUIRED: Brokers to connect to first.", "server to connect to", group=_CONNECTION),
        Option(
            "broker-list",
            "The same, as it was called until 4.0.",
            "broker-list",
            group=_CONNECTION,
            deprecated="Option --broker-list has been removed in Kafka 4.0: use --bootstrap-server.",
        ),
        Option(
            "command-config", "Consumer settings from a .properties file.", "config file", group=_CONNECTION,
            complete="file",
        ),
        Option(
            "consumer.config",
            "The same, as it was called until 4.2.",
            "config file",
            group=_CONNECTION,
            deprecated="Option --consumer.config has been deprecated and will be removed in a future version."
            " Use --command-config instead.",
            replaced_by="command-config",
            complete="file",
        ),
        Option(
            "command-property", "Consumer settings; they win over those of --command-config.", "prop1=val1",
            group=_CONNECTION, repeated=True,
        ),
        Option("topic", "The topic to consume from.", "topic", complete="topic"),
        Option("include", "Topics to consume from, as a regular expression.", "Java regex"),
        Option("num-records", "REQUIRED: How many records to consume.", "count", type=LONG),
        Option("messages", "Deprecated: use --num-records.", "count", type=LONG),
        Option("group", "The group to consume in [default: perf-consumer- and a number].", "gid", complete="group"),
        Option("from-latest", "Begin at the end where the group has no position, not at the beginning."),
        Option("fetch-size", "How much to ask for of each partition.", "size", type=INT, default=1 << 20),
        Option(
            "socket-buffer-size", "The size of the connections' receive buffers.", "size", type=INT, default=2 << 20
        ),
        Option(
            "timeout", "Give up when nothing came for so many milliseconds.", "milliseconds", type=LONG, default=10_000,
            optional="10000",
        ),
        Option("print-metrics", "Print the client's counters at the end.", group=_REPORT),
        Option("show-detailed-stats", "A line for each reporting interval.", group=_REPORT),
        Option(
            "reporting-interval", "Milliseconds between these lines.", "interval_ms", type=LONG, default=5000,
            group=_REPORT,
        ),
        Option("hide-header", "Leave the titles out.", group=_REPORT),
        Option(
            "date-format", "How to write times (java.text.SimpleDateFormat).", "date format", default=_DATE_FORMAT,
            group=_REPORT,
        ),
        Option("threads", "Ignored.", "count", type=INT, deprecated=_IGNORED.format("threads")),
        Option("num-fetch-threads", "Ignored.", "count", type=INT, deprecated=_IGNORED.format("num-fetch-threads")),
        HELP,
        VERSION,
    ),
    examples=(
        (
            "how fast a million records come",
            "kafka-consumer-perf-test --bootstrap-server localhost:9092 --topic t --num-records 1000000",
        ),
    ),
)  # fmt: skip


class Test(NamedTuple):
    """What to do; times are in seconds."""

    topic: str | None
    include: str | None
    records: int
    settings: Settings
    timeout: float
    detailed: bool
    interval: float
    header: bool
    metrics: bool
    date: Callable[[float], str]


def read_options(arguments: list[str], environment: Environment) -> Test | int:
    """The test that a command line asks for; an int is an exit code."""
    try:
        options = parse_arguments(TABLE, arguments, environment)
        if isinstance(options, int):
            return options
        if not options.has("broker-list"):
            options.require("bootstrap-server")
        for either in (("topic", "include"), ("messages", "num-records")):
            if sum(map(options.has, either)) != 1:
                names = ", ".join(f"[{name}]" for name in either)
                raise UsageError(f"Exactly one of the following arguments is required: {names}")
        test = _the_test(options)
    except UsageError as error:
        raise refusal(TABLE, error.message) from None
    if options.has("messages"):
        environment.print("Warning: --messages is deprecated. Use --num-records instead.")
    return test


def _the_test(options: Parsed) -> Test:
    if options.value("reporting-interval") <= 0:
        raise UsageError("Reporting interval must be greater than 0.")
    try:
        date = compile_date_format(options.value("date-format"))
    except ValueError as error:
        raise CommandError(str(error)) from None
    return Test(
        topic=options.value("topic"),
        include=options.value("include"),
        records=options.value("messages") if options.has("messages") else options.value("num-records"),
        settings=_settings(options),
        timeout=options.value("timeout") / 1000,
        detailed=options.has("show-detailed-stats"),
        interval=options.value("reporting-interval") / 1000,
        header=not options.has("hide-header"),
        metrics=options.has("print-metrics"),
        date=date,
    )


def _settings(options: Parsed) -> Settings:
    settings = Settings()
    if options.has("command-config"):
        settings.add_file(options.value("command-config"))
    settings.add_pairs(options.values("command-property"))
    settings["bootstrap.servers"] = options.value("bootstrap-server") or options.value("broker-list")
    group = options.value("group")
    if group is None:
        import random

        group = f"perf-consumer-{random.randrange(100_000)}"
    settings["group.id"] = group
    settings["receive.buffer.bytes"] = str(options.value("socket-buffer-size"))
    settings["max.partition.fetch.bytes"] = str(options.value("fetch-size"))
    settings["auto.offset.reset"] = "latest" if options.has("from-latest") else "earliest"
    settings["check.crcs"] = "false"
    settings.setdefault("client.id", "perf-consumer-client")
    return settings
