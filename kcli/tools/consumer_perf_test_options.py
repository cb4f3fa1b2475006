"""The options of kafka-consumer-perf-test, and what they have to be like."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kcli.cli.connection_options import CONNECTION
from kcli.cli.environment import Environment
from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import remarks
from kcli.cli.refusal import refusal
from kcli.cli.settings import Settings
from kcli.tools import consumer_perf_options as common

_IGNORED = "Option --{} is ignored, as Kafka's tool does."

TABLE = OptionTable(
    program="kafka-consumer-perf-test",
    summary="This tool is used to verify the consumer performance.",
    usage="--bootstrap-server HOST:PORT (--topic NAME | --include REGEX) --num-records N [OPTIONS]",
    options=(
        *common.CONNECTING,
        Option(
            "broker-list",
            "The same as --bootstrap-server, as it was called until 4.0.",
            "broker-list",
            group=CONNECTION,
            deprecated="Option --broker-list has been removed in Kafka 4.0: use --bootstrap-server.",
        ),
        Option(
            "consumer.config",
            "The same as --command-config, as it was called until 4.2.",
            "config file",
            group=CONNECTION,
            deprecated="Option --consumer.config has been deprecated and will be removed in a future version."
            " Use --command-config instead.",
            replaced_by="command-config",
            complete="file",
        ),
        *common.CONSUMING,
        Option("include", "Topics to consume from, as a regular expression.", "Java regex"),
        Option("group", "The group to consume in [default: perf-consumer- and a number].", "gid", complete="group"),
        Option("from-latest", "Begin at the end where the group has no position, not at the beginning."),
        Option("fetch-size", "How much to ask for of each partition.", "size", type=INT, default=1 << 20),
        *common.REPORTING,
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
)


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
    form: str


def read_options(arguments: list[str], environment: Environment) -> Test | int:
    """The test that a command line asks for; an int is an exit code."""
    try:
        options = parse_arguments(TABLE, arguments, environment)
        if isinstance(options, int):
            return options
        if not options.has("broker-list"):
            options.require("bootstrap-server")
        common.need_one(options, "topic", "include")
        common.need_one(options, "messages", "num-records")
        test = _the_test(options)
    except UsageError as error:
        raise refusal(TABLE, error.message) from None
    if options.has("messages"):
        say = remarks(test.form, environment)
        say(common.old_name_warning("messages", "num-records"))
    return test


def _the_test(options: Parsed) -> Test:
    common.check_interval(options)
    date = common.date(options)
    return Test(
        topic=options.value("topic"),
        include=options.value("include"),
        records=common.records(options),
        settings=_settings(options),
        timeout=options.value("timeout") / 1000,
        detailed=options.has("show-detailed-stats"),
        interval=options.value("reporting-interval") / 1000,
        header=not options.has("hide-header"),
        metrics=options.has("print-metrics"),
        date=date,
        form=options.value("output"),
    )


def _settings(options: Parsed) -> Settings:
    settings = Settings()
    if options.has("command-config"):
        settings.add_file(options.value("command-config"))
    settings.add_pairs(options.values("command-property"))
    settings.inherit(options.inherited)
    settings["bootstrap.servers"] = options.value("bootstrap-server") or options.value("broker-list") or ""
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
