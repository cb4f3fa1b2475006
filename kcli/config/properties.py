"""Java's .properties syntax, with the line each property stands on, so that an error can name it.

Written here because importing a library for it takes a tenth of a tool's start; the tests hold it against one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")
_BACKSLASHES = re.compile(r"\\*$")
_KEY = re.compile(r"((?:[^\\=: \t\f]|\\.?)*)[ \t\f]*[=:]?[ \t\f]*", re.DOTALL)
_ESCAPE = re.compile(r"\\(u([0-9a-fA-F]{4})?|.?)", re.DOTALL)
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_SPACE = " \t\f"


class Property(NamedTuple):
    """One setting of a file."""

    name: str
    value: str
    line: int


class PropertiesError(ValueError):
    """A line is not Java's properties syntax."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str) -> Iterator[Property]:
    """The settings in their order; a name that comes again overrides, which is left to the caller."""
    for line, logical in _logical_lines(text):
        match = _KEY.match(logical)
        assert match is not None
        yield Property(_unescape(match.group(1), line), _unescape(logical[match.end() :], line), line)


def load(path: str) -> dict[str, str]:
    """A file's settings; raises OSError or PropertiesError."""
    return {name: value for name, value, _ in read(path)}


def read(path: str) -> list[Property]:
    """A file's settings with their lines; bytes are Latin-1, as java.util.Properties takes them."""
    with open(path, "rb") as file:
        return list(parse(file.read().decode("latin-1")))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join what backslashes continue; leave out blanks and comments (which nothing continues)."""
    pending: str | None = None
    start = 0
    for number, natural in enumerate(_LINE_END.split(text), 1):
        line = natural.lstrip(_SPACE)
        if pending is None:
            if not line or line[0] in "#!":
                continue
            start = number
        joined = (pending or "") + line
        backslashes = _BACKSLASHES.search(line)
        if backslashes is not None and len(backslashes.group()) % 2:
            pending = joined[:-1]
            continue
        pending = None
        if joined:
            yield start, joined
    if pending:
        yield start, pending


def _unescape(text: str, line: int) -> str:
    def character(match: re.Match[str]) -> str:
        escaped, code = match.group(1), match.group(2)
        if code is not None:
            return chr(int(code, 16))
        if escaped == "u":
            raise PropertiesError(line, "Malformed \\uxxxx encoding.")
        return _CONTROL.get(escaped, escaped)

    if "\\" not in text:
        return text
    # Two \u escapes may be the halves of one character.
    return _ESCAPE.sub(character, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
