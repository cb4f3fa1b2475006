"""What a tool's rows are made of: one table for each listing, from which `--output`, docs/output.md and the test that
freezes them are derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "time": "a whole number: milliseconds since 1970-01-01 UTC",
    "strings": "a list of texts",
    "integers": "a list of whole numbers",
    "object": "names and values",
    "objects": "a list of objects",
}


class Column(NamedTuple):
    """A column; where `nullable`, there may be nothing in it."""

    name: str
    type: str
    nullable: bool
    meaning: str


class Listing:
    """One kind of row: which command prints it, and its columns, in order.

    The columns are a text of lines `name type meaning`; a type that ends in `?` is nullable. It is taken apart when
    somebody asks, so that tools can import all listings for nothing.
    """

    def __init__(self, title: str, about: str, columns: str) -> None:
        self.title = title
        self.about = about
        self._text = columns

    @property
    def columns(self) -> tuple[Column, ...]:
        lines = (line.split(None, 2) for line in self._text.strip().splitlines())
        return tuple(Column(name, type_.rstrip("?"), type_.endswith("?"), meaning) for name, type_, meaning in lines)

    @cached_property
    def names(self) -> list[str]:
        return [line.split(None, 1)[0] for line in self._text.strip().splitlines()]

    def ordered(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows with these columns, in this order; a row that lacks one, or has another, is a mistake of ours."""
        names = self.names
        found = []
        for row in rows:
            if len(row) != len(names):
                raise AssertionError(f"{self.title}: {sorted(row)} are not the columns {names}")
            found.append({name: row[name] for name in names})
        return found
