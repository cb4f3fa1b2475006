"""What the command lines of the console consumers (of consumer groups, and of share groups) have in common."""

from __future__ import annotations

from typing import Any, NoReturn

from kcli.cli.errors import FAILED, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import Option, OptionTable
from kcli.cli.settings import Settings, load_settings

DEPRECATED = "Option --{} is deprecated and will be removed in a future version. Use --{} instead."
LONGEST_WAIT = float("inf")
DEFAULT_FORMATTER = "org.apache.kafka.tools.consumer.DefaultMessageFormatter"
CLIENT_GROUP, PRINT_GROUP = "Client", "How to print it"
FORMATTER_PROPERTIES = (
    "Properties of the formatter: print.timestamp, print.key, print.offset, print.delivery, print.epoch,"
    " print.partition, print.headers, print.value (true or false), key.separator, line.separator, headers.separator,"
    " null.literal, key.deserializer, value.deserializer, headers.deserializer (Java class names), and the"
    " deserializers' own properties with those names as prefixes."
)
CONNECTING = (
    Option("bootstrap-server", "REQUIRED: Brokers to connect to.", "HOST:PORT,...", group=CLIENT_GROUP),
    PROFILE,
)
FORMATTER_OPTIONS = (
    Option("formatter", "The class that prints records.", "CLASS", group=PRINT_GROUP, default=DEFAULT_FORMATTER),
    Option("formatter-property", "A property of the formatter.", "NAME=VALUE", group=PRINT_GROUP, repeated=True),
    Option("formatter-config", "A file of properties of the formatter.", "FILE", group=PRINT_GROUP, complete="file"),
    Option("key-deserializer", "The class that turns keys into text.", "CLASS", group=PRINT_GROUP),
    Option("value-deserializer", "The class that turns values into text.", "CLASS", group=PRINT_GROUP),
    Option(
        "property",
        "The old name of --formatter-property.",
        "NAME=VALUE",
        group=PRINT_GROUP,
        repeated=True,
        deprecated=DEPRECATED.format("property", "formatter-property"),
    ),
)


def client_options(old_file: str) -> tuple[Option, ...]:
    """The options for client settings, whose file had another name in each tool."""
    return (
        Option("command-config", "A file of consumer settings.", "FILE", group=CLIENT_GROUP, complete="file"),
        Option(
            "command-property",
            "A consumer setting; it goes over the file's.",
            "NAME=VALUE",
            group=CLIENT_GROUP,
            repeated=True,
        ),
        Option(
            "consumer-property",
            "The old name of --command-property.",
            "NAME=VALUE",
            group=CLIENT_GROUP,
            repeated=True,
            deprecated=DEPRECATED.format("consumer-property", "command-property"),
        ),
        Option(
            old_file,
            "The old name of --command-config.",
            "FILE",
            group=CLIENT_GROUP,
            deprecated=DEPRECATED.format(old_file, "command-config"),
            complete="file",
        ),
        Option("enable-systest-events", "Say on stdout when the tool has shut down.", group=CLIENT_GROUP),
    )


def refuse(table: OptionTable, message: str, *names: str) -> NoReturn:
    """Refuse the command line, and show, in the table form of Kafka's tools, the options that this is about."""
    lines = [message, "Option".ljust(41) + "Description", "------".ljust(41) + "-----------"]
    for name in names:
        option = table.find(name)
        assert option is not None, name
        head = f"--{name}" + (f" <{option.metavar}>" if option.metavar else "")
        lines.append(f"{head:<40} {option.help}")
    lines.append(f"Try '{table.program} --help' for all of them.")
    raise CommandError("\n".join(lines), FAILED)


def value(parsed: Parsed, name: str) -> Any:
    """The option's value; one that cannot be read is an error without a look at the help, as in Kafka."""
    try:
        return parsed.value(name)
    except UsageError as error:
        raise CommandError(error.message) from None


def either(parsed: Parsed, old: str, new: str) -> list[str]:
    """The arguments of an option under its old or its new name; both at once are refused."""
    if parsed.has(old) and parsed.has(new):
        refuse(parsed.table, f"Options --{old} and --{new} cannot be specified together.", old, new)
    return parsed.values(old) or parsed.values(new)


def client_settings(parsed: Parsed, old_file: str) -> tuple[Settings, Settings]:
    """The settings of the file, and those of the command line that go over them."""
    pairs = either(parsed, "consumer-property", "command-property")
    file = either(parsed, old_file, "command-config")
    return load_settings(file[0] if file else None), load_settings(None, pairs)


def inherit_settings(parsed: Parsed, settings: Settings, groups: list[str]) -> list[str]:
    """Take what is left out from a profile; the groups, to which its own may be added.

    What the command line says of groups and of where to begin is not contradicted by it.
    """
    without = ["group.id"] if groups or any(parsed.knows(n) and parsed.has(n) for n in ("partition", "tail")) else []
    without += ["auto.offset.reset"] if parsed.knows("from-beginning") and parsed.has("from-beginning") else []
    settings.inherit(parsed.inherited, but=without)
    return groups or ([settings["group.id"]] if "group.id" in settings else [])


def named_groups(parsed: Parsed, settings: Settings, extra: Settings, old_file: str) -> list[str]:
    """The group, if one is named; it may be named in several places, but only as one."""
    named = [value(parsed, "group")] if parsed.has("group") else []
    named += [source["group.id"] for source in (settings, extra) if "group.id" in source]
    groups = list(dict.fromkeys(named))
    if len(groups) > 1:
        refuse(
            parsed.table,
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via"
            f" '--{old_file}') do not match. Detected group ids: " + ", ".join(f"'{group}'" for group in groups),
            "group",
        )
    return groups


def timeout(parsed: Parsed) -> float:
    """--timeout-ms in seconds."""
    milliseconds = value(parsed, "timeout-ms")
    return LONGEST_WAIT if milliseconds is None or milliseconds < 0 else milliseconds / 1000


def formatter_properties(parsed: Parsed) -> Settings:
    """What the options give the formatter: its file, then the deserializers, then single properties."""
    pairs = either(parsed, "property", "formatter-property")
    properties = load_settings(value(parsed, "formatter-config") if parsed.has("formatter-config") else None)
    for kind in ("key", "value"):
        if value(parsed, f"{kind}-deserializer"):
            properties[f"{kind}.deserializer"] = value(parsed, f"{kind}-deserializer")
    properties.add_pairs(pairs)
    return properties
