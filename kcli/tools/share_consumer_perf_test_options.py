"""The options of kafka-share-consumer-perf-test, and what they have to be like."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
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

TABLE = OptionTable(
    program="kafka-share-consumer-perf-test",
    summary="This tool is used to verify the share consumer performance.",
    usage="--bootstrap-server HOST:PORT --topic NAME --num-records N [OPTIONS]",
    options=(
        *common.CONNECTING,
        Option(
            "consumer.config",
            "Deprecated: use --command-config.",
            "config file",
            group=CONNECTION,
            complete="file",
        ),
        *common.CONSUMING,
        Option("group", "The share group to consume in.", "gid", default="perf-share-consumer", complete="group"),
        Option("fetch-size", "How much to ask for in a request.", "size", type=INT, default=1 << 20),
        Option("threads", "How many share consumers share the load.", "count", type=INT, default=1),
        *common.REPORTING,
        Option("show-consumer-stats", "A line for each share consumer at the end.", group=common.REPORT),
        HELP,
        VERSION,
    ),
    examples=(
        (
            "how fast two share consumers get a million records",
            "kafka-share-consumer-perf-test --bootstrap-server localhost:9092 --topic t --num-records 1000000"
            " --threads 2",
        ),
    ),
    notes="A new share group begins at the end of the topic, unless its setting share.auto.offset.reset is earliest"
    " (kafka-configs --entity-type groups).",
)


class Test(NamedTuple):
    """What to do; times are in seconds."""

    topic: str
    records: int
    settings: Settings
    threads: int
    timeout: float
    detailed: bool
    by_consumer: bool
    interval: float
    header: bool
    metrics: bool
    date: Callable[[float], str]
    form: str

    def settings_of_each(self) -> list[Settings]:
        """The settings of each share consumer: several are told apart by their client ids."""
        if self.threads == 1:
            return [self.settings]
        each = [copy(self.settings) for _ in range(self.threads)]
        for number, settings in enumerate(each, 1):
            settings["client.id"] += f"-{number}"
        return each


def read_options(arguments: list[str], environment: Environment) -> Test | int:
    """The test that a command line asks for; an int is an exit code."""
    try:
        options = parse_arguments(TABLE, arguments, environment)
        if isinstance(options, int):
            return options
        options.require("topic", "bootstrap-server")
        common.need_one(options, "messages", "num-records")
        options.forbid("consumer.config", "command-config")
        test = _the_test(options)
    except UsageError as error:
        raise refusal(TABLE, error.message) from None
    say = remarks(test.form, environment)
    if options.has("messages"):
        say(common.old_name_warning("messages", "num-records"))
    if options.has("consumer.config"):
        say(common.old_name_warning("consumer.config", "command-config"))
    return test


def _the_test(options: Parsed) -> Test:
    common.check_interval(options)
    if options.value("threads") < 1:
        raise UsageError("The number of threads must be greater than 0.")
    date = common.date(options)
    return Test(
        topic=options.value("topic"),
        records=common.records(options),
        settings=_settings(options),
        threads=options.value("threads"),
        timeout=options.value("timeout") / 1000,
        detailed=options.has("show-detailed-stats"),
        by_consumer=options.has("show-consumer-stats"),
        interval=options.value("reporting-interval") / 1000,
        header=not options.has("hide-header"),
        metrics=options.has("print-metrics"),
        date=date,
        form=options.value("output"),
    )


def _settings(options: Parsed) -> Settings:
    settings = Settings()
    for name in ("consumer.config", "command-config"):
        if options.has(name):
            settings.add_file(options.value(name))
    settings.add_pairs(options.values("command-property"))
    settings.inherit(options.inherited)
    settings["bootstrap.servers"] = options.value("bootstrap-server")
    settings["group.id"] = options.value("group")
    settings["receive.buffer.bytes"] = str(options.value("socket-buffer-size"))
    settings["fetch.max.bytes"] = str(options.value("fetch-size"))
    settings["check.crcs"] = "false"
    settings.setdefault("client.id", "perf-share-consumer-client")
    return settings
