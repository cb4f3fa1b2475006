"""What the commands of zookeeper-shell are given: a session, their words, and the forms that paths and stats have."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError


class Options(NamedTuple):
    """A command's words: its flags, the values of its options, the rest."""

    flags: set[str]
    values: dict[str, str]
    words: list[str]


class Command(NamedTuple):
    """A command: its usage, its flags and options with a value, how many words it takes, and what it does."""

    usage: str
    run: Callable[[Session, Options], None]
    flags: str = ""
    valued: tuple[str, ...] = ()
    least: int = 0


class Session:
    """What commands work on: a connection that may come and go, where to print, what was typed."""

    def __init__(self, connect: Callable[[str], Any], environment: Environment) -> None:
        self._connect = connect
        self.environment = environment
        self.client: Any = None
        self.history: list[str] = []
        self.print_watches = True
        self.done = False

    def open(self, hosts: str) -> None:
        self.close()
        self.client = self._connect(hosts)

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None

    def say(self, text: str) -> None:
        self.environment.print(text)

    def note(self, text: str) -> None:
        self.environment.warn(text)


def parse(command: Command, words: list[str]) -> Options:
    """A command's words, told apart; raises CommandError in ZooKeeper's words."""
    flags: set[str] = set()
    values: dict[str, str] = {}
    kept: list[str] = []
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        if word == "--":
            kept += reversed(rest)
            break
        if not word.startswith("-") or word == "-":
            kept.append(word)
        elif word[1:] in command.valued:
            if not rest:
                raise CommandError(f"Missing argument for option: {word[1:]}")
            values[word[1:]] = rest.pop()
        elif all(letter in command.flags for letter in word[1:]):
            flags.update(word[1:])
        else:
            raise CommandError(f"Unrecognized option: {word}")
    if len(kept) < command.least:
        raise CommandError(command.usage)
    return Options(flags, values, kept)


def checked_path(text: str) -> str:
    """A path that ZooKeeper takes; the reason in its words."""
    if not text:
        raise CommandError("Path length must be > 0")
    if text[0] != "/":
        raise CommandError("Path must start with / character")
    if len(text) > 1 and text.endswith("/"):
        raise CommandError("Path must not end with / character")
    at = 0
    for part in text.split("/")[1:] if len(text) > 1 else ():
        at += 1
        if part in ("", ".", ".."):
            reason = "relative paths not allowed" if part else "empty node name specified"
            raise CommandError(f'Invalid path string "{text}" caused by {reason} @{at + max(len(part) - 1, 0)}')
        at += len(part)
    return text


def is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[0-9]+", text, re.ASCII) is not None


def number_of(text: str) -> int:
    if not is_number(text):
        raise CommandError(f'For input string: "{text}"')
    return int(text)


def version_of(options: Options) -> int:
    return number_of(options.values.get("v", "-1"))


def text_of(data: bytes | None) -> str:
    return "null" if data is None else data.decode("utf-8", "replace")


def show_stat(session: Session, stat: Any) -> None:
    """A node's stat, as ZooKeeper prints it."""
    for line in (
        f"cZxid = {stat.czxid:#x}",
        f"ctime = {_java_date(stat.ctime)}",
        f"mZxid = {stat.mzxid:#x}",
        f"mtime = {_java_date(stat.mtime)}",
        f"pZxid = {stat.pzxid:#x}",
        f"cversion = {stat.cversion}",
        f"dataVersion = {stat.version}",
        f"aclVersion = {stat.aversion}",
        f"ephemeralOwner = {stat.ephemeralOwner:#x}",
        f"dataLength = {stat.dataLength}",
        f"numChildren = {stat.numChildren}",
    ):
        session.say(line)


def _java_date(milliseconds: int) -> str:
    moment = time.localtime(milliseconds / 1000)
    return time.strftime("%a %b %d %H:%M:%S ", moment) + f"{moment.tm_zone} {moment.tm_year}"
