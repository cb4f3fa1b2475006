"""The options of a tool as one table, and a parser that takes them as Kafka's tools (joptsimple) do.

From the table come parsing, `--help` (`cli.help`) and completion (`cli.completion`).

What joptsimple does and users rely on: `--name value`, `--name=value`, `-name value`; no abbreviations; an option's
argument is the next word whatever it looks like; `--flag=anything` sets the flag; words that belong to no option are
ignored; an argument is only converted when the tool asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from kcli.cli.errors import UsageError

Converter = Callable[[str], Any]


def _integer(low: int, high: int) -> Converter:
    def convert(text: str) -> int:
        digits = text[1:] if text[:1] in ("-", "+") else text
        if not (digits.isascii() and digits.isdigit()) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return convert


INT = _integer(-(1 << 31), (1 << 31) - 1)
LONG = _integer(-(1 << 63), (1 << 63) - 1)
SHORT = _integer(-(1 << 15), (1 << 15) - 1)
TEXT: Converter = str
DOUBLE: Converter = float


class Option(NamedTuple):
    """One option. Without `metavar` it is a flag.

    `optional`: the argument may be left out, and then counts as this text. `deprecated`: what to say on stderr when
    it is used; `replaced_by` then names the option that gets its values. `complete` says what completes its argument:
    "topic", "group", "file", or the choices. The last four are for tools whose parser is `cli.argparse4j`: a letter,
    whether it has to be given, whether it takes all words up to the next option, and what it has to be one of.
    """

    name: str
    help: str
    metavar: str | None = None
    type: Converter = TEXT
    group: str = "Options"
    repeated: bool = False
    default: Any = None
    optional: str | None = None
    deprecated: str | None = None
    replaced_by: str | None = None
    complete: str | tuple[str, ...] = ()
    short: str | None = None
    required: bool = False
    many: bool = False
    choices: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"[{self.name}]"


HELP = Option("help", "Show this text.", group="About")
VERSION = Option("version", "Show the version of Kafka whose tools these mirror.", group="About")


class Exclusive(NamedTuple):
    """Options of which at most one may be given, or exactly one."""

    names: tuple[str, ...]
    required: bool = False


class Command(NamedTuple):
    """A subcommand: `kafka-cluster list-endpoints`. The options before its name are the tool's."""

    name: str
    summary: str
    options: tuple[Option, ...] = ()
    exclusive: tuple[Exclusive, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()


class OptionTable(NamedTuple):
    """All that is known of a tool's command line."""

    program: str
    summary: str
    options: tuple[Option, ...]
    usage: str = "[OPTIONS]"
    examples: tuple[tuple[str, str], ...] = ()  # (what for, command)
    notes: str = ""
    exclusive: tuple[Exclusive, ...] = ()
    commands: tuple[Command, ...] = ()
    command_metavar: str | None = None  # what Kafka's usage line calls a subcommand, instead of listing them
    usage_program: str | None = None  # what Kafka's usage line calls the program, where that is another name

    def find(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)


class Parsed:
    """The options that a command line gave."""

    def __init__(
        self, table: OptionTable, given: dict[str, list[str]], warnings: list[str], order: Sequence[str] = ()
    ) -> None:
        self.table = table
        self.warnings = warnings
        self.order = order  # the names of options as they came, each as often as it was given
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self.has(name)

    def has(self, name: str) -> bool:
        """Whether the option was given."""
        return name in self._given

    def value(self, name: str) -> Any:
        """The option's argument in its type, or its default; given twice it is an error, as in joptsimple."""
        values = self.values(name)
        if len(values) > 1:
            raise UsageError(f"Found multiple arguments for option {name}, but you asked for only one")
        if values:
            return values[0]
        option = self._option(name)
        if name in self._given and option.optional is not None:
            return _convert(option, option.optional)
        return option.default

    def values(self, name: str) -> list[Any]:
        """Every argument that was given, in order."""
        option = self._option(name)
        return [_convert(option, text) for text in self._given.get(name, ())]

    def separated(self, name: str) -> list[str]:
        """Every word of arguments that are lists: `a,b`. As in joptsimple, nothing between commas is no word."""
        return [word for text in self._given.get(name, ()) for word in text.split(",") if word] or self.values(name)[:1]

    def _option(self, name: str) -> Option:
        option = self.table.find(name)
        assert option is not None, name
        return option

    def require(self, *names: str) -> None:
        """Kafka's checkRequiredArgs."""
        for name in names:
            if name not in self._given:
                raise UsageError(f'Missing required argument "[{name}]"')

    def forbid(self, used: str, *others: str) -> None:
        """Kafka's checkInvalidArgs: with `used`, none of the others."""
        if used in self._given:
            for name in others:
                if name in self._given:
                    raise UsageError(f'Option "[{used}]" can\'t be used with option "[{name}]"')


def _convert(option: Option, text: str) -> Any:
    try:
        return option.type(text)
    except ValueError:
        raise UsageError(f"Cannot parse argument '{text}' of option {option.name}") from None


def parse(table: OptionTable, arguments: Sequence[str]) -> Parsed:
    """Parse a command line; raises UsageError in joptsimple's words."""
    by_name = {option.name: option for option in table.options}
    given: dict[str, list[str]] = {}
    order: list[str] = []
    rest = list(reversed(arguments))
    while rest:
        word = rest.pop()
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, argument = word[2:].partition("=")
            if name not in by_name:
                raise _unrecognized(name, by_name)
            order.append(name)
            _take(by_name[name], argument if equals else None, rest, given)
        elif word.startswith("-") and word != "-":
            name, equals, argument = word[1:].partition("=")
            if name in by_name:
                order.append(name)
                _take(by_name[name], argument if equals else None, rest, given)
            else:  # joptsimple reads it as a cluster of one-letter options; Kafka's tools have hardly any
                raise _unrecognized(name[:1], by_name)
    return Parsed(table, given, _replace_deprecated(table, given), order)


def _take(option: Option, argument: str | None, rest: list[str], given: dict[str, list[str]]) -> None:
    """Note an option, and its argument: what came behind the equals sign, else the next word."""
    arguments = given.setdefault(option.name, [])
    if option.metavar is None:
        return
    if argument is None:
        if option.optional is not None and not (rest and _fits(option, rest[-1])):
            return
        if not rest:
            raise UsageError(f"Option {option.name} requires an argument")
        argument = rest.pop()
    arguments.append(argument)


def _fits(option: Option, word: str) -> bool:
    """Whether a word is the argument of an option that need not have one: not an option, and of its type."""
    try:
        option.type(word)
    except ValueError:
        return False
    return option.type in (INT, LONG) or word in ("", "-") or not word.startswith("-")


def _unrecognized(name: str, known: Iterable[str]) -> UsageError:
    message = f"{name} is not a recognized option"
    if len(name) > 2:
        from difflib import get_close_matches

        close = get_close_matches(name, list(known), 1, 0.6)
        if close:
            message += f"\nDid you mean --{close[0]}?"
    return UsageError(message)


def _replace_deprecated(table: OptionTable, given: dict[str, list[str]]) -> list[str]:
    """Move what came under old names to the new ones; the warnings to give."""
    warnings: list[str] = []
    for option in table.options:
        if option.deprecated is None or option.name not in given:
            continue
        warnings.append(option.deprecated)
        if option.replaced_by is not None:
            if option.replaced_by in given:
                raise UsageError(f'Option "[{option.replaced_by}]" can\'t be used with option "[{option.name}]"')
            given[option.replaced_by] = given.pop(option.name)
    return warnings
