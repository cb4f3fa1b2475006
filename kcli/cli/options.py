"""The options of a tool as one table.

From it come parsing (`cli.joptsimple`, `cli.argparse4j`), `--help` (`cli.help`) and completion (`cli.completion`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

Converter = Callable[[str], Any]


def _integer(low: int, high: int) -> Converter:
    def convert(text: str) -> int:
        digits = text[1:] if text[:1] in ("-", "+") else text
        if not (digits.isascii() and digits.isdigit()) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return convert


_DOUBLE = re.compile(r"\s*([+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))[fFdD]?\s*", re.ASCII)


def _double(text: str) -> float:
    """As Java reads one: a type letter may follow, `inf` and underscores may not be."""
    match = _DOUBLE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return float(match[1])


INT = _integer(-(1 << 31), (1 << 31) - 1)
LONG = _integer(-(1 << 63), (1 << 63) - 1)
SHORT = _integer(-(1 << 15), (1 << 15) - 1)
OURS_SUFFIX = "(not in Kafka's tools)"  # of titles: Kafka's usage lines do not have those options
TEXT: Converter = str
DOUBLE: Converter = _double


UNTITLED = "Options"


class Option(NamedTuple):
    """One option. Without `metavar` it is a flag.

    `optional`: the argument may be left out, and then counts as this text. `deprecated`: what to say on stderr when
    it is used; `replaced_by` then names the option that gets its values. `complete` says what completes its argument:
    "topic", "group", "file", or the choices. The last five are for tools whose parser is `cli.argparse4j`: a letter,
    whether it has to be given, whether it takes all words up to the next option, and what it has to be one of;
    `dashed` says which words are its argument although they begin with a dash.
    """

    name: str
    help: str
    metavar: str | None = None
    type: Converter = TEXT
    group: str = UNTITLED
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
    dashed: Callable[[str], bool] | None = None

    def __str__(self) -> str:
        return f"[{self.name}]"

    @property
    def ours(self) -> bool:
        """Whether no tool of Kafka's has it."""
        return self.group.endswith(OURS_SUFFIX)


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
    positionals: tuple[Option, ...] = ()


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
    positionals: tuple[Option, ...] = ()  # words without a flag, in order (only `cli.argparse4j`)

    def find(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)
