"""The console consumer's command line: the options of Kafka 3.9 and 4.3 and ours, checked into one object."""

from __future__ import annotations

import os
from typing import NamedTuple, NoReturn

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable
from kcli.cli.settings import Settings
from kcli.tools import console_options, console_search
from kcli.tools.console_options import (
    CONNECTING,
    DEPRECATED,
    FORMATTER_OPTIONS,
    FORMATTER_PROPERTIES,
    client_options,
    client_settings,
    formatter_properties,
    inherit_settings,
    named_groups,
    timeout,
    value,
)
from kcli.tools.console_run import CONVERSION
from kcli.tools.console_search import Search, read_search

_WHAT, _FROM, _HOW_MUCH, _OURS = "What to read", "Where to begin", "How much", "Not in Kafka's tool"
_OLD_FILE = "consumer.config"


def _output(text: str) -> str:
    if text not in ("text", "json"):
        raise ValueError(text)
    return text


def _count(text: str) -> int:
    if INT(text) < 0:
        raise ValueError(text)
    return int(text)


TABLE = OptionTable(
    "kafka-console-consumer",
    "This tool helps to read data from Kafka topics and outputs it to standard output.",
    (
        *CONNECTING,
        Option("topic", "The topic to read.", "TOPIC", group=_WHAT, complete="topic"),
        Option("include", "Read all topics whose whole name matches this Java regex.", "REGEX", group=_WHAT),
        Option(
            "whitelist",
            "The old name of --include.",
            "REGEX",
            group=_WHAT,
            deprecated=DEPRECATED.format("whitelist", "include"),
        ),
        Option("partition", "Read one partition only; from its end, unless --offset says otherwise.", "NUMBER",
               type=INT, group=_WHAT),
        Option("group", "Share the topic with the other members of this group, and commit.", "GROUP", group=_WHAT,
               complete="group"),
        Option("isolation-level", "read_committed leaves out transactions that are open or aborted.", "LEVEL",
               group=_WHAT, default="read_uncommitted", complete=("read_uncommitted", "read_committed")),
        Option("from-beginning", "Where the group has committed nothing, begin with the earliest record.", group=_FROM),
        Option("offset", "With --partition: an offset, earliest or latest.", "OFFSET", group=_FROM, default="latest",
               complete=("earliest", "latest")),
        Option("max-messages", "Stop after so many records.", "NUMBER", group=_HOW_MUCH),
        Option("timeout-ms", "Stop when no record came for so long.", "MILLISECONDS", type=LONG, group=_HOW_MUCH),
        Option("skip-message-on-error", "Go on behind a record that cannot be printed.", group=_HOW_MUCH),
        *FORMATTER_OPTIONS,
        *client_options(_OLD_FILE),
        Option("output", "text, or json: each record as one line of JSON, which the producer takes.", "FORM",
               type=_output, group=_OURS, default="text", complete=("text", "json")),
        Option("tail", "Begin with the last so many records of all partitions, in the order of time.", "NUMBER",
               type=_count, group=_OURS),
        Option("exit-at-end", "Stop where the partitions ended when the tool began.", group=_OURS),
        *console_search.OPTIONS,
        HELP,
        VERSION,
    ),
    usage="--bootstrap-server HOST:PORT (--topic TOPIC | --include REGEX) [OPTIONS]",
    examples=(
        ("All of a topic, with keys", "kafka-console-consumer --bootstrap-server localhost:9092 --topic t"
         " --from-beginning --formatter-property print.key=true"),
        ("Errors of the last hour", "kafka-console-consumer --bootstrap-server localhost:9092 --topic logs --from -1h"
         " --to now --grep ERROR"),
        ("Copy a topic", "kafka-console-consumer --bootstrap-server localhost:9092 --topic t --from-beginning"
         " --exit-at-end --output json |\n  kafka-console-producer --bootstrap-server localhost:9092 --topic copy"
         " --input json"),
    ),
    notes=FORMATTER_PROPERTIES,
)  # fmt: skip


class Options(NamedTuple):
    """What the command line asks for; `timeout` is in seconds."""

    bootstrap_server: str
    topic: str | None
    include: str | None
    partition: int | None
    start: int | str
    settings: Settings
    private_group: bool
    formatter: str
    formatter_properties: Settings
    max_messages: str | None
    timeout: float
    skip_on_error: bool
    systest_events: bool
    json: bool
    tail: int | None
    exit_at_end: bool
    search: Search | None = None

    def limit(self) -> int | None:
        """How many records to print; None: all. Kafka looks at this argument only when it is connected."""
        if self.max_messages is None:
            return None
        try:
            number = INT(self.max_messages)
        except ValueError:
            raise CommandError(
                f"{CONVERSION}: Cannot parse argument '{self.max_messages}' of option max-messages"
            ) from None
        return None if number == -1 else max(0, number)


def read_options(arguments: list[str], environment: Environment) -> Options | int:
    """The options; an int is an exit code. Raises CommandError in Kafka's words."""
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    include = _included(parsed)
    topics = [name for name, given in (("topic", parsed.has("topic")), ("include", include is not None)) if given]
    if len(topics) != 1:
        refuse("Exactly one of the following arguments is required: [topic], [include]", "topic", "include")
    partition = value(parsed, "partition")
    if partition is not None:
        if not parsed.has("topic"):
            refuse("The topic is required when partition is specified.", "topic", "partition")
        if parsed.has("from-beginning") and parsed.has("offset"):
            refuse("Options from-beginning and offset cannot be specified together.", "from-beginning", "offset")
    elif parsed.has("offset"):
        refuse("The partition is required when offset is specified.", "partition", "offset")
    if not parsed.has("bootstrap-server"):
        refuse('Missing required argument "[bootstrap-server]"', "bootstrap-server")
    settings, extra = client_settings(parsed, _OLD_FILE)
    groups = _groups(parsed, settings, extra, partition)
    settings.take(extra)
    groups = inherit_settings(parsed, settings, groups)
    _complete(settings, parsed, groups)
    _check_tail(parsed, groups)
    search = read_search(parsed)
    _check_times(parsed, groups)
    return Options(
        bootstrap_server=value(parsed, "bootstrap-server"),
        topic=value(parsed, "topic"),
        include=include,
        partition=partition,
        start=_start(parsed),
        settings=settings,
        private_group=not groups,
        formatter=value(parsed, "formatter"),
        formatter_properties=_formatter_properties(parsed),
        max_messages=parsed.values("max-messages")[-1] if parsed.has("max-messages") else None,
        timeout=timeout(parsed),
        skip_on_error=parsed.has("skip-message-on-error"),
        systest_events=parsed.has("enable-systest-events"),
        json=value(parsed, "output") == "json",
        tail=value(parsed, "tail"),
        exit_at_end=parsed.has("exit-at-end"),
        search=search,
    )


def _included(parsed: Parsed) -> str | None:
    """--include, or its name until 3.9, which that version ignores beside --include and 4.x knows no more."""
    if parsed.has("whitelist") and parsed.has("topic"):
        refuse("whitelist is not a recognized option", "topic", "include")
    name = "include" if parsed.has("include") else "whitelist"
    return value(parsed, name) if parsed.has(name) else None


def _check_tail(parsed: Parsed, groups: list[str]) -> None:
    if not parsed.has("tail"):
        return
    if groups:
        refuse("Options tail and group cannot be specified together.", "tail", "group")
    for name in ("offset", "from-beginning"):
        if parsed.has(name):
            refuse(f"Options tail and {name} cannot be specified together.", "tail", name)


def _check_times(parsed: Parsed, groups: list[str]) -> None:
    """A group begins where it has committed, the others where their options say: not at a time as well."""
    for name in ("from", "to"):
        if parsed.has(name) and groups:
            refuse(f"Options {name} and group cannot be specified together.", name, "group")
        if parsed.has(name) and parsed.has("tail"):
            refuse(f"Options {name} and tail cannot be specified together.", name, "tail")
    for name in ("offset", "from-beginning"):
        if parsed.has("from") and parsed.has(name):
            refuse(f"Options from and {name} cannot be specified together.", "from", name)


def _groups(parsed: Parsed, settings: Settings, extra: Settings, partition: int | None) -> list[str]:
    groups = named_groups(parsed, settings, extra, _OLD_FILE)
    if groups and partition is not None:
        refuse("Options group and partition cannot be specified together.", "group", "partition")
    return groups


def _complete(settings: Settings, parsed: Parsed, groups: list[str]) -> None:
    """Add what the tool itself settles: what --from-beginning, --group and the rest stand for."""
    reset = settings.get("auto.offset.reset")
    if reset is None:
        settings["auto.offset.reset"] = "earliest" if parsed.has("from-beginning") else "latest"
    elif parsed.has("from-beginning") and reset != "earliest":
        raise CommandError(
            f"Can't simultaneously specify --from-beginning and 'auto.offset.reset={reset}', please remove one option"
        )
    settings["bootstrap.servers"] = value(parsed, "bootstrap-server")
    settings.setdefault("client.id", "console-consumer")
    if parsed.has("isolation-level") or "isolation.level" not in settings:
        settings["isolation.level"] = value(parsed, "isolation-level")
    if groups:
        settings["group.id"] = groups[0]
    else:
        settings["group.id"] = f"console-consumer-{int.from_bytes(os.urandom(4), 'big') % 100_000}"
        settings.setdefault("enable.auto.commit", "false")


def _start(parsed: Parsed) -> int | str:
    """An offset, or "earliest" or "latest"."""
    if not parsed.has("offset"):
        return "earliest" if parsed.has("from-beginning") else "latest"
    text = value(parsed, "offset")
    if text.lower() in ("earliest", "latest"):
        return str(text.lower())
    try:
        offset = LONG(text)
        if offset < 0:
            raise ValueError
    except ValueError:
        refuse(
            f"The provided offset value '{text}' is incorrect. Valid values are 'earliest', 'latest',"
            " or a non-negative long.",
            "offset",
        )
    return int(offset)


def _formatter_properties(parsed: Parsed) -> Settings:
    if parsed.has("output") and parsed.has("formatter"):
        refuse("Options output and formatter cannot be specified together.", "output", "formatter")
    return formatter_properties(parsed)


def refuse(message: str, *names: str) -> NoReturn:
    """Refuse the command line, and show the options that this is about."""
    console_options.refuse(TABLE, message, *names)
