"""Completion in the shell, answered from the option tables.

A shell's function (`cli.completion_scripts`) runs the program again with `_KCLI_COMPLETE` set to the shell's name and
the words up to the cursor as arguments, the last of them what is typed so far. What is printed is one candidate a
line, with what it is behind a tab. Whatever goes wrong, nothing else is printed: it would land in the user's line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from kcli.cli.completion_words import Place, flags, locate
from kcli.cli.options import Option, OptionTable

VARIABLE = "_KCLI_COMPLETE"
_LINE, _BREAKS = "_KCLI_LINE", "_KCLI_BREAKS"
_SPECIAL = frozenset(" \t\n\\'\"`$&|;<>()[]{}*?!#")


class Candidate(NamedTuple):
    """A word that may stand where the cursor is, whole, and what it is."""

    word: str
    what: str = ""


def answer(program: str, arguments: Sequence[str], variables: Mapping[str, str]) -> None:
    """Print the candidates for the shell that asks."""
    with suppress(Exception):
        text = reply(program, arguments, variables)
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()


def reply(program: str, arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """The lines for the shell that asks: bash gives its line as it is, the others give words."""
    shell = variables[VARIABLE]
    if shell == "bash":
        words, quote, cut = split_line(variables[_LINE], variables.get(_BREAKS, ""))
        found = candidates(program, words[1:-1], words[-1], variables)
        escape = str if quote else escaped
        return "".join(f"{escape(candidate.word)[cut:]}\n" for candidate in found)
    *before, current = arguments or [""]
    escape = escaped if shell == "zsh" else str
    found = candidates(program, before, current, variables)
    return "".join(f"{escape(candidate.word)}\t{candidate.what}\n" for candidate in found)


def candidates(program: str, words: Sequence[str], current: str, variables: Mapping[str, str]) -> list[Candidate]:
    """What may stand in place of the word `current`, behind the words of a program's command line."""
    from kcli.cli.registry import COMMANDS, TOOLS, find_tool

    if program == "kcli":
        if not words:
            listed = [Candidate(row.command, row.summary) for row in (*TOOLS, *COMMANDS)]
            listed += [Candidate("--help", "Show the list of commands."), Candidate("--version", "Show the version.")]
            wanted = (candidate for candidate in listed if current or not candidate.word.startswith("-"))
            return [candidate for candidate in wanted if candidate.word.startswith(current)]
        program, words = words[0], words[1:]
    tool = find_tool(program)
    if tool is None:
        return []
    return _at(tool.program, tool.table, locate(tool.table, words, current), variables)


def _at(program: str, table: OptionTable, place: Place, variables: Mapping[str, str]) -> list[Candidate]:
    if place.option is not None and not (place.positional and place.typed.startswith("-")):
        from kcli.cli.completion_values import Asked, values

        found = [Candidate(place.prefix + word) for word in values(Asked(program, place, variables))]
        if found or not place.positional or place.typed:
            return found
    if place.command is None and table.commands and not place.typed.startswith("-"):
        return [
            Candidate(command.name, command.summary)
            for command in table.commands
            if command.name.startswith(place.typed)
        ]
    return _flags(flags(table, place), place.typed)


def _flags(options: Iterable[Option], typed: str) -> list[Candidate]:
    """The options by their long names, with one dash where that is what the user writes."""
    dashes = "-" if len(typed) > 1 and not typed.startswith("--") else "--"
    found = (Candidate(f"{dashes}{option.name}", option.help) for option in options)
    return [candidate for candidate in found if candidate.word.startswith(typed)]


# What shells do to words


def split_line(line: str, breaks: str) -> tuple[list[str], str, int]:
    """A line of bash's as words without their quotes; the quote that is open at its end; and how much of the last
    word, as it is escaped, bash has behind it already: it only replaces what follows one of its `breaks`."""
    words: list[str] = []
    word: str | None = None
    quote, cut, taken = "", 0, False
    for letter in line:
        if taken:
            word, taken = (word or "") + letter, False
        elif quote:
            if letter == quote:
                quote = ""
            elif letter == "\\" and quote == '"':
                taken = True
            else:
                word = (word or "") + letter
        elif letter == "\\":
            word, taken = word or "", True
        elif letter in "'\"":
            word, quote, cut = word or "", letter, len(word or "")
        elif letter.isspace():
            words += [] if word is None else [word]
            word, cut = None, 0
        else:
            word = (word or "") + letter
            if letter in breaks:
                cut = len(escaped(word))
    return [*words, word or ""], quote, cut


def escaped(word: str) -> str:
    """A word as one would type it; a tilde at its beginning stays one."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in word)
