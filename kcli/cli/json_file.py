"""JSON files that users hand to tools: read, and picked apart with errors that name what is missing."""

from __future__ import annotations

import json
from typing import Any

from kcli.cli.errors import CommandError

_TYPES = {int: "`Integer` value", str: "`String` value", list: "JSON array", dict: "JSON object"}


def read_text(path: str) -> str:
    """The text of a file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise CommandError(f"Unable to read file {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"Unable to read file {path}: it is not UTF-8") from None


def parse_json(path: str, text: str) -> Any:
    """The document in a text; an error says where it goes wrong."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise CommandError(f"{path}:{error.lineno}: The input string is not a valid JSON: {error.msg}") from None
    except RecursionError:
        raise CommandError(f"{path}: The input string is not a valid JSON: nested too deeply") from None


def field(owner: Any, name: str, kind: type) -> Any:
    """A field that has to be there."""
    if name not in checked(owner, dict):
        raise CommandError(f"No such field exists: `{name}`")
    return checked(owner[name], kind)


def checked(value: Any, kind: type) -> Any:
    """A value that has to be of a kind; true is no number."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CommandError(f"Expected {_TYPES[kind]}, received {json.dumps(value)}")
    return value


def checked_list(value: Any, kind: type) -> list[Any]:
    """A list of values of a kind."""
    return [checked(item, kind) for item in checked(value, list)]
