"""A parser that takes a command line as those of Kafka's tools do that use argparse4j (0.7), with its messages.

What it does and users rely on: subcommands; long options and commands may be shortened while they stay unique;
`--name value`, `--name=value`, `-n value`, `-nvalue`; an argument does not begin with a dash unless it is a whole
number (or, for options of ours, what their row allows); given twice, the last one counts; words that belong to nothing
are an error. Errors go to stderr, below a usage line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kcli import KAFKA_VERSION
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK
from kcli.cli.help import format_help
from kcli.cli.inherited import PROFILE, Inherited, inherit
from kcli.cli.options import DOUBLE, INT, LONG, SHORT, UNTITLED, Command, Exclusive, Option, OptionTable

HELP = Option("help", "Show this text.", group="About", short="h")
VERSION = Option("version", "Show the version of Kafka whose tools these mirror.", group="About", short="v")

_WIDTH = 75
_LONGEST_PROGRAM = 30  # behind "usage: "; a longer one has the usage line begin below it
_NUMBER = re.compile(r"-\d+")
_JAVA_TYPES = {INT: "Integer", LONG: "Long", SHORT: "Short", DOUBLE: "Double"}


class ArgumentError(Exception):
    """What is wrong with a command line, in argparse4j's words; `usage` is what to show above."""

    def __init__(self, message: str, usage: str = "", similar: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage
        self.similar = similar


class HelpWanted(Exception):
    """--help was given, to the tool or (then `command` is set) to one of its commands."""

    def __init__(self, command: Command | None) -> None:
        super().__init__()
        self.command = command


class VersionWanted(Exception):
    """--version was given."""


class Arguments:
    """What a command line gave: arguments by option, in their types."""

    def __init__(
        self,
        command: str | None,
        options: Iterable[Option],
        given: dict[str, Any],
        inherited: Inherited | None = None,
    ) -> None:
        self.command = command
        self.inherited = inherited
        self._given = given
        self._defaults = {option.name: option.default for option in options}

    def knows(self, name: str) -> bool:
        """Whether the tool, or the command, has this option."""
        return name in self._defaults

    def has(self, name: str) -> bool:
        """Whether the option was given."""
        return name in self._given

    def value(self, name: str) -> Any:
        """The option's argument or its default; a list for one that is repeated or takes many."""
        return self._given.get(name, self._defaults[name])


def parse_arguments(
    table: OptionTable, arguments: Sequence[str], environment: Environment, *, kafkas_help_exit: int = OK
) -> Arguments | int:
    """Parse a command line, see to --help, and report errors as argparse4j does; an int is an exit code."""
    try:
        return parse(table, arguments, environment)
    except HelpWanted as wanted:
        show_help(table, wanted.command, environment)
        return environment.exit_code(OK, kafkas_help_exit)
    except VersionWanted:
        environment.print(KAFKA_VERSION)
        return OK
    except ArgumentError as error:
        environment.warn(format_error(table.usage_program or table.program, error))
        return FAILED


def show_help(table: OptionTable, command: Command | None, environment: Environment) -> None:
    """Print the help of a tool, or of one of its commands."""
    if command is not None:
        table = OptionTable(
            program=f"{table.program} {command.name}",
            summary=command.summary,
            options=(*command.options, HELP),
            examples=command.examples,
            usage=usage_words(command.options, command.exclusive, command.positionals),
            positionals=command.positionals,
        )
    else:
        table = table._replace(options=(*table.options, HELP))
    environment.print(format_help(table, environment.width))


def parse(table: OptionTable, arguments: Sequence[str], environment: Environment | None = None) -> Arguments:
    """Parse a command line; raises ArgumentError, HelpWanted or VersionWanted.

    With an environment, what is left out may come from a profile or a variable.
    """
    level = _Level(table.options, table.exclusive, format_usage(table), table.positionals)
    rest = list(reversed(arguments))
    command, inner = None, None
    if table.commands:
        word = level.take(rest, None, stop=True)
        if word is None:
            raise ArgumentError("too few arguments", level.usage)
        command = _command(table, word, level.usage)
        inner = _Level(command.options, command.exclusive, format_usage(table, command), command.positionals)
        inner.take(rest, command)
    else:
        level.take(rest, None)
    levels = [level] if inner is None else [inner, level]
    inherited = None
    for each in levels:
        if environment is not None:
            inherited = each.inherit(environment) or inherited
        each.check()
    if command is None:
        return Arguments(None, (*table.options, *table.positionals), level.given, inherited)
    options = (*table.options, *command.options, *command.positionals)
    given = {**level.given, **(inner.given if inner is not None else {})}
    return Arguments(command.name, options, given, inherited)


class _Level:
    """The options of a tool, or of a command, while words are taken for them."""

    def __init__(
        self,
        options: tuple[Option, ...],
        exclusive: tuple[Exclusive, ...],
        usage: str,
        positionals: tuple[Option, ...] = (),
    ) -> None:
        self.usage = usage
        self.given: dict[str, Any] = {}
        self._options = options
        self._positionals = positionals
        self._awaited = list(positionals)
        self._exclusive = exclusive
        self._flags = {f"--{option.name}": option for option in (*options, HELP)}
        self._flags.update((f"-{option.short}", option) for option in (*options, HELP) if option.short is not None)

    def take(self, rest: list[str], command: Command | None, *, stop: bool = False) -> str | None:
        """Take words from the end of `rest`. With `stop` the first that is no option ends it, and is returned."""
        while rest:
            word = rest.pop()
            if word == "--" or not _is_flag(word):
                if word == "--" and not rest:
                    break
                if word == "--":
                    word = rest.pop()
                if stop:
                    return word
                if self._awaited:
                    self._place(word)
                    continue
                raise self._error(f"unrecognized arguments: '{' '.join([word, *reversed(rest)])}'")
            for option, argument in self._resolve(word):
                if option is HELP:
                    raise HelpWanted(command)
                if option is VERSION:
                    raise VersionWanted
                self._accept(option, argument, rest)
        return None

    def inherit(self, environment: Environment) -> Inherited | None:
        """Take what is left out from a profile or a variable."""
        if PROFILE not in self._options:
            return None
        texts = {name: value if isinstance(value, list) else [value] for name, value in self.given.items()}
        found = inherit(self._options, texts, environment)
        if found is None:
            return None
        name, inherited = found
        if inherited.servers is not None:
            self.given[name] = inherited.servers
        return inherited

    def check(self) -> None:
        """Whether all is there that is required. Of several that are not, argparse4j names the last.

        Kafka's tools make the groups of options that have a title before the other options.
        """
        for option in self._positionals:
            if option.required and option.name not in self.given:
                raise self._error("too few arguments")
        last_first = list(reversed(self._options))
        for option in sorted(last_first, key=lambda option: option.group != UNTITLED):
            if option.required and option.name not in self.given:
                raise self._error(f"argument {_shown(option)} is required")
        for group in self._exclusive:
            if group.required and not any(name in self.given for name in group.names):
                flags = " ".join(_shown(self._flags[f"--{name}"]) for name in group.names)
                raise self._error(f"one of the arguments {flags} is required")

    def _place(self, word: str) -> None:
        """Give a word to the positional that waits for it; one that takes many keeps waiting."""
        option = self._awaited[0]
        value = self._convert(option, word)
        if option.many:
            self.given.setdefault(option.name, []).append(value)
        else:
            self.given[option.name] = value
            del self._awaited[0]

    def _resolve(self, word: str) -> list[tuple[Option, str | None]]:
        """The option that a word names, with the argument that is in the word; letters may come in clusters."""
        name, equals, argument = word.partition("=")
        within = argument if equals else None
        if word == "--version":  # every tool of ours has it; in Kafka's usage lines it is only where theirs has it
            return [(VERSION, None)]
        if name in self._flags:
            return [(self._flags[name], within)]
        if not word.startswith("--"):
            return self._letters(word)
        close = sorted(flag for flag in self._flags if flag.startswith(name))
        close = [flag for flag in close if not self._flags[flag].ours] or close  # theirs stay as short as they were
        if len(close) > 1:
            raise self._error(f"ambiguous option: {name} could match {', '.join(close)}")
        if not close:
            from difflib import get_close_matches

            similar = get_close_matches(name, list(self._flags), 3, 0.8)
            raise ArgumentError(f"unrecognized arguments: '{word}'", self.usage, similar)
        return [(self._flags[close[0]], within)]

    def _letters(self, word: str) -> list[tuple[Option, str | None]]:
        found: list[tuple[Option, str | None]] = []
        for position in range(1, len(word)):
            option = self._flags.get(f"-{word[position]}")
            if option is None:
                raise self._error(f"unrecognized arguments: '{word}'")
            if option.metavar is not None:
                return [*found, (option, word[position + 1 :].removeprefix("=") or None)]
            found.append((option, None))
        return found

    def _accept(self, option: Option, argument: str | None, rest: list[str]) -> None:
        for group in self._exclusive:
            other = next((name for name in group.names if name in self.given), option.name)
            if option.name in group.names and other != option.name:
                raise self._error(f"argument {_shown(option)}: not allowed with argument {self._shown(other)}")
        if option.metavar is None:
            if argument is not None:
                raise self._error(f"argument {_shown(option)}: ignore implicit argument '{argument}'")
            self.given[option.name] = True
            return
        if option.many:
            words = [argument] if argument is not None else []
            while rest and not _is_flag(rest[-1]):
                words.append(rest.pop())
            if not words:
                raise self._error(f"argument {_shown(option)}: expected 1 argument(s)")
            self.given[option.name] = [self._convert(option, word) for word in words]
            return
        if argument is None and option.optional is not None and (not rest or _is_flag(rest[-1])):
            argument = option.optional
        if argument is None:
            if not rest or (_is_flag(rest[-1]) and not (option.dashed and option.dashed(rest[-1]))):
                raise self._error(f"argument {_shown(option)}: expected one argument")
            argument = rest.pop()
        value = self._convert(option, argument)
        if option.repeated:
            self.given.setdefault(option.name, []).append(value)
        else:
            self.given[option.name] = value

    def _convert(self, option: Option, word: str) -> Any:
        try:
            value = option.type(word)
        except ValueError:
            java = _JAVA_TYPES.get(option.type)
            why = f"could not convert '{word}' to {java} (For input string: \"{word}\")" if java else f"bad '{word}'"
            raise self._error(f"argument {self._label(option)}: {why}") from None
        if option.choices and value not in option.choices:
            choices = ",".join(map(str, option.choices))
            raise self._error(f"argument {self._label(option)}: invalid choice: '{word}' (choose from {{{choices}}})")
        return value

    def _label(self, option: Option) -> str:
        return option.name if option in self._positionals else _shown(option)

    def _shown(self, name: str) -> str:
        return _shown(self._flags[f"--{name}"])

    def _error(self, message: str) -> ArgumentError:
        return ArgumentError(message, self.usage)


def _is_flag(word: str) -> bool:
    return len(word) > 1 and word.startswith("-") and not _NUMBER.fullmatch(word)


def _shown(option: Option) -> str:
    return f"--{option.name}" if option.short is None else f"--{option.name}/-{option.short}"


def _command(table: OptionTable, word: str, usage: str) -> Command:
    exact = [command for command in table.commands if command.name == word]
    found = exact or [command for command in table.commands if command.name.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(command.name for command in found))
        raise ArgumentError(f"ambiguous command: {word} could match {names}", usage)
    names = ", ".join(f"'{command.name}'" for command in table.commands)
    raise ArgumentError(f"invalid choice: '{word}' (choose from {names})", usage)


# Usage lines


def format_usage(table: OptionTable, command: Command | None = None) -> str:
    """`usage: kafka-cluster [-h] {cluster-id,unregister} ...`, broken as argparse4j breaks it."""
    if command is not None:
        words = [*_usage_parts(table.options, table.exclusive, only_required=True), command.name, "[-h]"]
        words += [*_usage_parts(command.options, command.exclusive), *map(_use_positional, command.positionals)]
    else:
        words = ["[-h]", *_usage_parts(table.options, table.exclusive), *map(_use_positional, table.positionals)]
        if table.commands:
            names = ",".join(item.name for item in table.commands)
            words += [table.command_metavar or f"{{{names}}}", "..."]
    begin = f"usage: {table.usage_program or table.program}"
    indent = " " * (len(begin) + 1)
    lines = [begin]
    if len(begin) > _LONGEST_PROGRAM:
        indent = " " * len("usage: ")
        lines.append(indent[1:])
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1] != indent[1:]:
            lines.append(indent[1:])
        lines[-1] += f" {word}"
    return "\n".join(lines)


def usage_words(
    options: tuple[Option, ...], exclusive: tuple[Exclusive, ...], positionals: tuple[Option, ...] = ()
) -> str:
    """The options and positionals in the form of a usage line."""
    return " ".join([*_usage_parts(options, exclusive), *map(_use_positional, positionals)])


def _usage_parts(
    options: tuple[Option, ...], exclusive: tuple[Exclusive, ...], *, only_required: bool = False
) -> list[str]:
    grouped = {name for group in exclusive for name in group.names}
    parts = [
        _use(option) if option.required else f"[{_use(option)}]"
        for option in options
        if option.name not in grouped and (option.required or not only_required) and not option.ours
    ]
    by_name = {option.name: option for option in options}
    for group in exclusive:
        if not group.required and only_required:
            continue
        uses = [f"{_use(by_name[name])} |" for name in group.names]
        uses[-1] = uses[-1].removesuffix(" |")
        if len(uses) > 1 or not group.required:
            opening, closing = "()" if group.required else "[]"
            uses[0] = opening + uses[0]
            uses[-1] += closing
        parts += uses
    return parts


def _use(option: Option) -> str:
    if option is VERSION:
        return "-v"  # the one option whose letter comes first in Kafka's tools
    if option.metavar is None:
        return f"--{option.name}"
    many = f" [{option.metavar} ...]" if option.many else ""
    return f"--{option.name} {option.metavar}{many}"


def _use_positional(option: Option) -> str:
    word = f"{option.name} [{option.name} ...]" if option.many else option.name
    return word if option.required else f"[{word}]"


# Errors


def format_error(program: str, error: ArgumentError) -> str:
    """The usage, and the message as wide as argparse4j sets it, its lines justified."""
    text = f"{error.usage}\n{_justify(f'{program}: error: {error.message}')}"
    if error.similar:
        text += "\n\nDid you mean:\n" + "\n".join(f"\t{flag}" for flag in error.similar)
    return text


def _justify(text: str) -> str:
    """Break lines after spaces and hyphens, which count as part of their line, and so does the end of the text;
    spread the words of all lines but the last to the full width."""
    lines = [""]
    for piece in re.findall(r"[^\s-]+-*\s*|-+\s*|\s+", text + "\n"):
        if len(lines[-1]) + len(piece) > _WIDTH:
            lines.append(piece)
        else:
            lines[-1] += piece
    return "\n".join([*(_spread(line.rstrip()) for line in lines[:-1]), lines[-1].rstrip()])


def _spread(line: str) -> str:
    words = line.split(" ")
    gaps = len(words) - 1
    if gaps == 0:
        return line
    each, rest = divmod(_WIDTH - len(line), gaps)
    first = (gaps - rest + 1) // 2  # what cannot be shared out evenly widens the gaps in the middle
    spaces = [" " * (1 + each + (first <= gap < first + rest)) for gap in range(gaps)]
    return "".join(word + space for word, space in zip(words, [*spaces, ""], strict=True))
