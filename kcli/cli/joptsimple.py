"""Command lines as Kafka's tools take them that parse with joptsimple.

What joptsimple does and users rely on: `--name value`, `--name=value`, `-name value`; no abbreviations; an option's
argument is the next word whatever it looks like; `--flag=anything` sets the flag; words that belong to no option are
ignored; an argument is only converted when the tool asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import UsageError
from kcli.cli.inherited import Inherited, inherit
from kcli.cli.options import INT, LONG, Option, OptionTable


class Parsed:
    """The options that a command line gave."""

    def __init__(
        self, table: OptionTable, given: dict[str, list[str]], warnings: list[str], order: Sequence[str] = ()
    ) -> None:
        self.table = table
        self.warnings = warnings
        self.order = order  # the names of options as they came, each as often as it was given
        self.inherited: Inherited | None = None
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self.has(name)

    def knows(self, name: str) -> bool:
        """Whether the tool has this option."""
        return self.table.find(name) is not None

    def has(self, name: str) -> bool:
        """Whether the option was given."""
        return name in self._given

    def inherit(self, environment: Environment) -> None:
        """Take what the command line leaves out from a profile or a variable."""
        found = inherit(self.table.options, self._given, environment)
        if found is None:
            return
        name, self.inherited = found
        if self.inherited.servers is not None:
            self._given[name] = [self.inherited.servers]

    def value(self, name: str) -> Any:
        """The option's argument in its type, or its default; given twice it is an error, as in joptsimple."""
        values = self.values(name)
        if len(values) > 1:
            raise UnfitArgument(f"Found multiple arguments for option {name}, but you asked for only one")
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


class UnfitArgument(UsageError):
    """An option's argument is not of its type, or one of several, which Kafka's tools find out when they need it."""


def _convert(option: Option, text: str) -> Any:
    try:
        return option.type(text)
    except ValueError:
        raise UnfitArgument(f"Cannot parse argument '{text}' of option {option.name}") from None


def split_list(text: str) -> list[str]:
    """Words between commas, as Java splits: what is empty at the end is left out, and elsewhere a word."""
    words = text.split(",")
    while words and not words[-1]:
        words.pop()
    return words


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
