"""The commands of kafka-metadata-shell over a tree: they print, and change nothing but the working directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kcli.cli.errors import CommandError
from kcli.tools.metadata_shell_tree import Tree

_LISTED = 20  # history entries without an argument, as in Kafka's shell
_COLUMN_GAP = 2
_MISSING = {
    "cat": "No such file or directory",
    "cd": "no such directory",
    "find": "no such file or directory",
    "ls": "no such file or directory",
    "tree": "No such file or directory",
}
_SPECIAL = re.compile(r"[*?{]")


class Match(NamedTuple):
    """A node that a path names."""

    path: tuple[str, ...]
    node: Tree | str

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else "/"


class Shell:
    """A tree, a place in it, and what was typed. `width` is that of the terminal, None without one."""

    def __init__(self, root: Tree, say: Callable[[str], None], width: Callable[[], int] | None = None) -> None:
        self.root = root
        self.directory: tuple[str, ...] = ()
        self.history: list[str] = []
        self.done = False
        self._say = say
        self._width = width

    def execute(self, words: Sequence[str], *, interactive: bool) -> None:
        """Run a command; raises CommandError in argparse4j's words for one that there is not."""
        name, *arguments = self._checked(words, interactive=interactive)
        COMMANDS[name].run(self, arguments)

    def _checked(self, words: Sequence[str], *, interactive: bool) -> Sequence[str]:
        name, *arguments = words
        known = [each for each, command in COMMANDS.items() if interactive or not command.shell_only]
        if name not in known:
            choices = ", ".join(f"'{each}'" for each in known)
            raise CommandError(f"invalid choice: '{name}' (choose from {choices})")
        command = COMMANDS[name]
        if len(arguments) < command.least:
            raise CommandError("too few arguments")
        if command.most is not None and len(arguments) > command.most:
            raise CommandError(f"unrecognized arguments: '{' '.join(arguments[command.most :])}'")
        return words

    def find(self, path: str) -> list[Match]:
        """The nodes that a path, perhaps with * ? {a,b}, names."""
        matches = [Match((), self.root)]
        for part in self.resolve(path):
            matches = [found for match in matches for found in _children(match, part)]
        return matches

    def resolve(self, path: str) -> list[str]:
        """A path's parts from the root on."""
        parts: list[str] = [] if path.startswith("/") else list(self.directory)
        for part in path.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        return parts

    def nodes(self, words: Sequence[str]) -> Iterator[Match]:
        """The nodes that a command would print; what it does not find is said."""
        name, *targets = self._checked(words, interactive=False)
        for target, match in self._each(targets if name in ("cat", "tree") else _or_here(targets), name):
            if name in ("find", "tree"):
                yield from _below(match)
            elif name == "ls" and not isinstance(match.node, str):
                yield from (Match((*match.path, child), match.node[child]) for child in sorted(match.node))
            elif name == "cat" and not isinstance(match.node, str):
                self._say(f"cat: {target}: Is a directory")
            else:
                yield match

    def cat(self, targets: Sequence[str]) -> None:
        for target, match in self._each(targets, "cat"):
            self._say(match.node if isinstance(match.node, str) else f"cat: {target}: Is a directory")

    def tree(self, targets: Sequence[str]) -> None:
        for _, match in self._each(targets, "tree"):
            self._print_tree(match.node, "")

    def _print_tree(self, node: Tree | str, indent: str) -> None:
        if isinstance(node, str):
            self._say(indent + node)
            return
        for name in sorted(node):
            self._say(f"{indent}{name}:")
            self._print_tree(node[name], indent + "  ")

    def search(self, paths: Sequence[str]) -> None:
        for path, match in self._each(_or_here(paths), "find"):
            self._print_paths(path, match.node)

    def _print_paths(self, path: str, node: Tree | str) -> None:
        self._say(path)
        if not isinstance(node, str):
            for name in sorted(node):
                self._print_paths(path + name if path == "/" else f"{path}/{name}", node[name])

    def list(self, targets: Sequence[str]) -> None:
        files: list[str] = []
        directories: list[tuple[str, list[str]]] = []
        for _, match in self._each(_or_here(targets), "ls"):
            if isinstance(match.node, str):
                files.append(match.name)
            else:
                directories.append((match.name, sorted(match.node)))
        self._print_columns(files)
        introduced = bool(files)
        for name, children in directories:
            if (files or len(directories) > 1) and children:
                self._say(f"\n{name}:" if introduced else f"{name}:")
            introduced = True
            self._print_columns(children)

    def _print_columns(self, entries: Sequence[str]) -> None:
        if not entries:
            return
        rows, widths = _columns(entries, self._width() if self._width else 0)
        for row in range(rows):
            cells = entries[row::rows]
            padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
            self._say("".join([*padded[:-1], cells[-1]]))

    def change_directory(self, targets: Sequence[str]) -> None:
        target = targets[0] if targets else "/"
        for _, match in self._each([target], "cd"):
            if isinstance(match.node, str):
                self._say(f"cd: {target}: not a directory.")
            else:
                self.directory = match.path

    def print_directory(self, _: Sequence[str]) -> None:
        self._say("/" + "/".join(self.directory))

    def print_history(self, arguments: Sequence[str]) -> None:
        text = arguments[0] if arguments else str(_LISTED)
        if not text.lstrip("-").isdigit():
            raise CommandError(f"argument numEntriesToShow: could not convert '{text}' to Integer")
        first = max(0, len(self.history) - max(0, int(text)))
        for number, line in enumerate(self.history[first:], first):
            self._say(f"{number:5}  {line}")

    def help(self, _: Sequence[str]) -> None:
        self._say("Welcome to the Apache Kafka metadata shell.\n")
        for name, command in COMMANDS.items():
            self._say(f"  {name + ' ' + command.arguments:<28} {command.help}")

    def manual(self, arguments: Sequence[str]) -> None:
        command = COMMANDS.get(arguments[0])
        if command is None:
            self._say(f"man: unknown command {arguments[0]}. Type help to get a list of commands.")
            return
        self._say(f"{arguments[0]}: {command.help}\n")
        self._say(f"usage: {arguments[0]} {command.arguments}".rstrip())

    def leave(self, _: Sequence[str]) -> None:
        self.done = True

    def _each(self, targets: Sequence[str], command: str) -> Iterator[tuple[str, Match]]:
        for target in targets:
            matches = self.find(target)
            if not matches:
                self._say(f"{command}: {target}: {_MISSING[command]}.")
            for match in matches:
                yield target, match


class Command(NamedTuple):
    """What a command takes, and what it does."""

    run: Callable[[Shell, Sequence[str]], None]
    help: str
    arguments: str = ""
    least: int = 0
    most: int | None = 0
    shell_only: bool = True


COMMANDS = {
    "cat": Command(Shell.cat, "Show the contents of metadata files.", "FILE...", 1, None, False),
    "cd": Command(Shell.change_directory, "Set the current working directory.", "[DIRECTORY]", most=1),
    "exit": Command(Shell.leave, "Exit the metadata shell."),
    "find": Command(Shell.search, "Search for nodes in the directory hierarchy.", "[PATH...]", 0, None, False),
    "help": Command(Shell.help, "Display this help message."),
    "history": Command(Shell.print_history, "Print command history.", "[COUNT]", most=1),
    "ls": Command(Shell.list, "List metadata nodes.", "[PATH...]", 0, None, False),
    "man": Command(Shell.manual, "Show the help text for a specific command.", "COMMAND", 1, 1),
    "pwd": Command(Shell.print_directory, "Print the current working directory."),
    "tree": Command(Shell.tree, "Show the contents of metadata nodes in a tree structure.", "PATH...", 1, None, False),
}


def _or_here(paths: Sequence[str]) -> Sequence[str]:
    return [path for path in paths if path] or ["."]


def _below(match: Match) -> Iterator[Match]:
    """A node, and all that is in it."""
    yield match
    if not isinstance(match.node, str):
        for name in sorted(match.node):
            yield from _below(Match((*match.path, name), match.node[name]))


def _children(match: Match, part: str) -> Iterator[Match]:
    if isinstance(match.node, str):
        return
    if not _SPECIAL.search(part):
        name = re.sub(r"\\(.)", r"\1", part) if part not in match.node else part
        if name in match.node:
            yield Match((*match.path, name), match.node[name])
        return
    pattern = _pattern(part)
    for name in sorted(match.node):
        if pattern.fullmatch(name):
            yield Match((*match.path, name), match.node[name])


def _pattern(glob: str) -> re.Pattern[str]:
    """A part of a path with *, ? and {a,b}; a backslash takes a character as it is."""
    made: list[str] = []
    grouped = False
    for escaped, plain in re.findall(r"\\(.)|(.)", glob):
        if plain == "{":
            if grouped:
                raise CommandError("Can't nest glob groups.")
            made.append("(?:")
            grouped = True
        elif plain == "}" and grouped:
            made.append(")")
            grouped = False
        elif plain == "," and grouped:
            made.append("|")
        else:
            made.append({"*": ".*", "?": "."}.get(plain) or re.escape(escaped or plain))
    if grouped:
        raise CommandError("Unterminated glob group.")
    return re.compile("".join(made))


def _columns(entries: Sequence[str], width: int) -> tuple[int, list[int]]:
    """How many rows, and how wide the columns, where as many columns as fit stand side by side."""
    for count in range(min(width // 4, len(entries)), 1, -1):
        rows = -(-len(entries) // count)
        widths = [max(map(len, entries[start : start + rows])) + _COLUMN_GAP for start in range(0, len(entries), rows)]
        if len(widths) == count and sum(widths) <= width:
            return rows, widths
    return len(entries), [0]
