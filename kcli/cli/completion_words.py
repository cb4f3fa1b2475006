"""Where on a command line the cursor stands, by the tool's option table. Pure, and imports nothing that takes time.

Both parsers are served: options as joptsimple takes them (`-name` too) and as argparse4j does (commands, letters,
options that take all words up to the next one).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kcli.cli.options import HELP, Command, Option, OptionTable


class Place(NamedTuple):
    """What is to be completed: the beginning `typed` of an argument of `option`, else of a flag or command.

    `prefix` is what stands before `typed` in the same word (`--topic=`). `given` has what came before, by option.
    """

    typed: str
    prefix: str
    option: Option | None
    positional: bool
    command: Command | None
    given: dict[str, list[str]]


def locate(table: OptionTable, words: Sequence[str], current: str) -> Place:
    """The place of the word `current` behind the words that are complete."""
    walk = _Walk(table)
    for word in words:
        walk.take(word)
    return walk.place(current)


def level_options(table: OptionTable, command: Command | None) -> tuple[Option, ...]:
    """The options that may stand here: the tool's, or those of its command, and --help."""
    options = table.options if command is None else command.options
    return options if any(option.name == HELP.name for option in options) else (*options, HELP)


def flags(table: OptionTable, place: Place) -> list[Option]:
    """The options that may still be given here, in the table's order; what is deprecated is not proposed."""
    exclusive = table.exclusive if place.command is None else place.command.exclusive
    excluded = {
        name
        for group in exclusive
        if any(name in place.given for name in group.names)
        for name in group.names
        if name not in place.given
    }
    return [
        option
        for option in level_options(table, place.command)
        if option.deprecated is None
        and option.name not in excluded
        and (option.name not in place.given or option.repeated)
    ]


class _Walk:
    """Takes the words of a command line one by one."""

    def __init__(self, table: OptionTable) -> None:
        self._table = table
        self._command: Command | None = None
        self._pending: Option | None = None
        self._placed = 0
        self._given: dict[str, list[str]] = {}

    def take(self, word: str) -> None:
        option, equals, argument = self._flag(word)
        pending = self._pending
        if pending is not None and not (option is not None and (pending.many or pending.optional is not None)):
            self._given.setdefault(pending.name, []).append(word)
            if not pending.many:
                self._pending = None
            return
        self._pending = None
        if option is not None:
            arguments = self._given.setdefault(option.name, [])
            if equals:
                arguments.append(argument)
            elif option.metavar is not None:
                self._pending = option
        elif not word.startswith("-"):
            self._take_bare(word)

    def _take_bare(self, word: str) -> None:
        if self._table.commands and self._command is None:
            self._command = next((command for command in self._table.commands if command.name.startswith(word)), None)
            return
        option = self._positional()
        if option is not None:
            self._given.setdefault(option.name, []).append(word)
            self._placed += not option.many

    def place(self, current: str) -> Place:
        pending = self._pending
        optional = pending is not None and (pending.many or pending.optional is not None)
        if pending is not None and not (optional and current.startswith("-")):
            return self._at(current, "", pending)
        option, equals, argument = self._flag(current)
        if option is not None and equals and option.metavar is not None:
            return self._at(argument, current[: len(current) - len(argument)], option)
        if current.startswith("-"):
            return self._at(current, "", None)
        return self._at(current, "", self._positional(), positional=True)

    def _at(self, typed: str, prefix: str, option: Option | None, *, positional: bool = False) -> Place:
        return Place(typed, prefix, option, positional and option is not None, self._command, self._given)

    def _positional(self) -> Option | None:
        awaited = self._table.positionals if self._command is None else self._command.positionals
        if self._table.commands and self._command is None:
            return None
        return awaited[self._placed] if self._placed < len(awaited) else None

    def _flag(self, word: str) -> tuple[Option | None, str, str]:
        """The option that a word names, and the argument in the word."""
        if not word.startswith("-") or word == "-":
            return None, "", ""
        name, equals, argument = word.partition("=")
        bare = name.lstrip("-")
        for option in level_options(self._table, self._command):
            if bare == option.name or (name[:2] != "--" and bare == option.short):
                return option, equals, argument
        return None, "", ""
