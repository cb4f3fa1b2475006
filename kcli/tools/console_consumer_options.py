"""The console consumer's command line: the options of Kafka 3.9 and 4.3 and ours, checked into one object."""

from __future__ import annotations

import os
from typing import Any, NamedTuple, NoReturn

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, CommandError, UsageError
from kcli.cli.main import parse_arguments
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable, Parsed
from kcli.cli.settings import Settings, load_settings

_DEPRECATED = "Option --{} is deprecated and will be removed in a future version. Use --{} instead."
_WHAT, _FROM, _HOW_MUCH = "What to read", "Where to begin", "How much"
_PRINT, _CLIENT, _OURS = "How to print it", "Client", "Not in Kafka's tool"
_LONGEST_WAIT = float("inf")
DEFAULT_FORMATTER = "org.apache.kafka.tools.consumer.DefaultMessageFormatter"
_PROPERTIES = """\
Properties of the formatter: print.timestamp, print.key, print.offset, print.epoch, print.partition, print.headers,
print.value (true or false), key.separator, line.separator, headers.separator, null.literal, key.deserializer,
value.deserializer, headers.deserializer (Java class names), and the deserializers' own properties with those names as
prefixes."""


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
        Option("bootstrap-server", "REQUIRED: Brokers to connect to.", "HOST:PORT,...", group=_CLIENT),
        Option("topic", "The topic to read.", "TOPIC", group=_WHAT, complete="topic"),
        Option("include", "Read all topics whose whole name matches this Java regex.", "REGEX", group=_WHAT),
        Option(
            "whitelist",
            "The old name of --include.",
            "REGEX",
            group=_WHAT,
            deprecated=_DEPRECATED.format("whitelist", "include"),
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
        Option("formatter", "The class that prints records.", "CLASS", group=_PRINT, default=DEFAULT_FORMATTER),
        Option("formatter-property", "A property of the formatter.", "NAME=VALUE", group=_PRINT, repeated=True),
        Option("formatter-config", "A file of properties of the formatter.", "FILE", group=_PRINT, complete="file"),
        Option("key-deserializer", "The class that turns keys into text.", "CLASS", group=_PRINT),
        Option("value-deserializer", "The class that turns values into text.", "CLASS", group=_PRINT),
        Option(
            "property",
            "The old name of --formatter-property.",
            "NAME=VALUE",
            group=_PRINT,
            repeated=True,
            deprecated=_DEPRECATED.format("property", "formatter-property"),
        ),
        Option("command-config", "A file of consumer settings.", "FILE", group=_CLIENT, complete="file"),
        Option("command-property", "A consumer setting; it goes over the file's.", "NAME=VALUE", group=_CLIENT,
               repeated=True),
        Option(
            "consumer-property",
            "The old name of --command-property.",
            "NAME=VALUE",
            group=_CLIENT,
            repeated=True,
            deprecated=_DEPRECATED.format("consumer-property", "command-property"),
        ),
        Option(
            "consumer.config",
            "The old name of --command-config.",
            "FILE",
            group=_CLIENT,
            deprecated=_DEPRECATED.format("consumer.config", "command-config"),
            complete="file",
        ),
        Option("enable-systest-events", "Say on stdout when the tool has shut down.", group=_CLIENT),
        Option("output", "text, or json: each record as one line of JSON, which the producer takes.", "FORM",
               type=_output, group=_OURS, default="text", complete=("text", "json")),
        Option("tail", "Begin with the last so many records of all partitions, in the order of time.", "NUMBER",
               type=_count, group=_OURS),
        Option("exit-at-end", "Stop where the partitions ended when the tool began.", group=_OURS),
        HELP,
        VERSION,
    ),
    usage="--bootstrap-server HOST:PORT (--topic TOPIC | --include REGEX) [OPTIONS]",
    examples=(
        ("All of a topic, with keys", "kafka-console-consumer --bootstrap-server localhost:9092 --topic t"
         " --from-beginning --formatter-property print.key=true"),
        ("Copy a topic", "kafka-console-consumer --bootstrap-server localhost:9092 --topic t --from-beginning"
         " --exit-at-end --output json |\n  kafka-console-producer --bootstrap-server localhost:9092 --topic copy"
         " --input json"),
    ),
    notes=_PROPERTIES.replace("\n", " "),
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

    def limit(self) -> int | None:
        """How many records to print; None: all. Kafka looks at this argument only when it is connected."""
        if self.max_messages is None:
            return None
        try:
            number = INT(self.max_messages)
        except ValueError:
            raise CommandError(
                "joptsimple.OptionArgumentConversionException:"
                f" Cannot parse argument '{self.max_messages}' of option max-messages"
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
    partition = _value(parsed, "partition")
    if partition is not None:
        if not parsed.has("topic"):
            refuse("The topic is required when partition is specified.", "topic", "partition")
        if parsed.has("from-beginning") and parsed.has("offset"):
            refuse("Options from-beginning and offset cannot be specified together.", "from-beginning", "offset")
    elif parsed.has("offset"):
        refuse("The partition is required when offset is specified.", "partition", "offset")
    if not parsed.has("bootstrap-server"):
        refuse('Missing required argument "[bootstrap-server]"', "bootstrap-server")
    pairs = _either(parsed, "consumer-property", "command-property")
    file = _either(parsed, "consumer.config", "command-config")
    settings = load_settings(file[0] if file else None)
    extra = load_settings(None, pairs)
    groups = _groups(parsed, settings, extra, partition)
    settings |= extra
    _complete(settings, parsed, groups)
    _check_tail(parsed, groups)
    return Options(
        bootstrap_server=_value(parsed, "bootstrap-server"),
        topic=_value(parsed, "topic"),
        include=include,
        partition=partition,
        start=_start(parsed),
        settings=settings,
        private_group=not groups,
        formatter=_value(parsed, "formatter"),
        formatter_properties=_formatter_properties(parsed),
        max_messages=parsed.values("max-messages")[-1] if parsed.has("max-messages") else None,
        timeout=_timeout(parsed),
        skip_on_error=parsed.has("skip-message-on-error"),
        systest_events=parsed.has("enable-systest-events"),
        json=_value(parsed, "output") == "json",
        tail=_value(parsed, "tail"),
        exit_at_end=parsed.has("exit-at-end"),
    )


def _included(parsed: Parsed) -> str | None:
    """--include, or its name until 3.9, which that version ignores beside --include and 4.x knows no more."""
    if parsed.has("whitelist") and parsed.has("topic"):
        refuse("whitelist is not a recognized option", "topic", "include")
    name = "include" if parsed.has("include") else "whitelist"
    return _value(parsed, name) if parsed.has(name) else None


def _check_tail(parsed: Parsed, groups: list[str]) -> None:
    if not parsed.has("tail"):
        return
    if groups:
        refuse("Options tail and group cannot be specified together.", "tail", "group")
    for name in ("offset", "from-beginning"):
        if parsed.has(name):
            refuse(f"Options tail and {name} cannot be specified together.", "tail", name)


def _groups(parsed: Parsed, settings: Settings, extra: Settings, partition: int | None) -> list[str]:
    """The group, if one is named; it may be named in several places, but only as one."""
    named = [_value(parsed, "group")] if parsed.has("group") else []
    named += [source["group.id"] for source in (settings, extra) if "group.id" in source]
    groups = list(dict.fromkeys(named))
    if len(groups) > 1:
        refuse(
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via"
            " '--consumer.config') do not match. Detected group ids: " + ", ".join(f"'{group}'" for group in groups),
            "group",
        )
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
    settings["bootstrap.servers"] = _value(parsed, "bootstrap-server")
    settings.setdefault("client.id", "console-consumer")
    if parsed.has("isolation-level") or "isolation.level" not in settings:
        settings["isolation.level"] = _value(parsed, "isolation-level")
    if groups:
        settings["group.id"] = groups[0]
    else:
        settings["group.id"] = f"console-consumer-{int.from_bytes(os.urandom(4), 'big') % 100_000}"
        settings.setdefault("enable.auto.commit", "false")


def _start(parsed: Parsed) -> int | str:
    """An offset, or "earliest" or "latest"."""
    if not parsed.has("offset"):
        return "earliest" if parsed.has("from-beginning") else "latest"
    text = _value(parsed, "offset")
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


def _timeout(parsed: Parsed) -> float:
    milliseconds = _value(parsed, "timeout-ms")
    return _LONGEST_WAIT if milliseconds is None or milliseconds < 0 else milliseconds / 1000


def _formatter_properties(parsed: Parsed) -> Settings:
    pairs = _either(parsed, "property", "formatter-property")
    if parsed.has("output") and parsed.has("formatter"):
        refuse("Options output and formatter cannot be specified together.", "output", "formatter")
    properties = load_settings(_value(parsed, "formatter-config") if parsed.has("formatter-config") else None)
    for kind in ("key", "value"):
        if _value(parsed, f"{kind}-deserializer"):
            properties[f"{kind}.deserializer"] = _value(parsed, f"{kind}-deserializer")
    properties.add_pairs(pairs)
    return properties


def _either(parsed: Parsed, old: str, new: str) -> list[str]:
    """The arguments of an option under its old or its new name; both at once are refused."""
    if parsed.has(old) and parsed.has(new):
        refuse(f"Options --{old} and --{new} cannot be specified together.", old, new)
    return parsed.values(old) or parsed.values(new)


def _value(parsed: Parsed, name: str) -> Any:
    """The option's value; one that cannot be read is an error without a look at the help, as in Kafka."""
    try:
        return parsed.value(name)
    except UsageError as error:
        raise CommandError(error.message) from None


def refuse(message: str, *names: str) -> NoReturn:
    """Refuse the command line, and show, in the table form of Kafka's tools, the options that this is about."""
    lines = [message, "Option".ljust(41) + "Description", "------".ljust(41) + "-----------"]
    for name in names:
        option = TABLE.find(name)
        assert option is not None, name
        head = f"--{name}" + (f" <{option.metavar}>" if option.metavar else "")
        lines.append(f"{head:<40} {option.help}")
    lines.append(f"Try '{TABLE.program} --help' for all of them.")
    raise CommandError("\n".join(lines), FAILED)
