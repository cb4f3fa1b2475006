"""Whether what a tool printed with `--output json` is what its listing promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kcli.cli.listing import Column, Listing


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind) and not (kind is not bool and isinstance(value, bool))


def _list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(_is(kind), value))


CHECKS: dict[str, Callable[[Any], bool]] = {
    "string": _is(str),
    "integer": _is(int),
    "number": lambda value: _is(int)(value) or _is(float)(value),
    "boolean": _is(bool),
    "time": lambda value: _is(int)(value) and 0 <= value < 1 << 63,
    "strings": _list_of(str),
    "integers": _list_of(int),
    "object": _is(dict),
    "objects": _list_of(dict),
}


def fits(column: Column, value: Any) -> bool:
    return column.nullable if value is None else CHECKS[column.type](value)


def check(text: str, listing: Listing) -> list[dict[str, Any]]:
    """The rows of a JSON text; fails where they are not what the listing says."""
    rows: list[dict[str, Any]] = json.loads(text)
    assert isinstance(rows, list)
    for row in rows:
        assert list(row) == listing.names
        for column in listing.columns:
            assert fits(column, row[column.name]), f"{listing.title}: {column.name} is {row[column.name]!r}"
    return rows
