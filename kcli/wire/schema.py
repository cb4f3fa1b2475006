"""Kafka's message schemas as Python objects: one JSON file per message, read on first use.

A schema says, per field, in which versions it exists, may be null, is compact (flexible) or tagged (KIP-482).
Source: the message definitions that Kafka's own generator reads (protocol guide, "Protocol Primitive Types").
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, NamedTuple

# Neither importlib.resources nor pathlib: they would cost every tool 5 to 15 ms of its start.
_FOLDER = os.path.join(os.path.dirname(__file__), "schemas")

NO_VERSIONS = (1, 0)
_MAX = 32767

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    return _WORD_BORDER.sub("_", name.replace("KRaft", "Kraft")).lower()


def parse_versions(text: str | None) -> tuple[int, int]:
    """`"3-13"`, `"3+"`, `"3"` or `"none"` as (first, last)."""
    if text is None or text == "none":
        return NO_VERSIONS
    if text.endswith("+"):
        return int(text[:-1]), _MAX
    first, _, last = text.partition("-")
    return int(first), int(last or first)


class Struct(NamedTuple):
    """A named group of fields; messages and their inner structures are both this."""

    name: str
    fields: tuple[Field, ...]

    def has_records(self) -> bool:
        return any(f.kind == "records" or (f.struct is not None and f.struct.has_records()) for f in self.fields)


class Field(NamedTuple):
    """One field. `kind` is the primitive's name or "struct"; `array` says that there are many of it."""

    name: str
    kind: str
    array: bool
    struct: Struct | None
    versions: tuple[int, int]
    nullable: tuple[int, int]
    flexible: tuple[int, int] | None
    tagged: tuple[int, int]
    tag: int
    default: Any

    def present(self, version: int) -> bool:
        return self.versions[0] <= version <= self.versions[1]

    def is_nullable(self, version: int) -> bool:
        return self.nullable[0] <= version <= self.nullable[1]

    def is_tagged(self, version: int) -> bool:
        return self.tagged[0] <= version <= self.tagged[1]

    def is_compact(self, version: int, message_is_flexible: bool) -> bool:
        if self.flexible is not None:
            return self.flexible[0] <= version <= self.flexible[1]
        return message_is_flexible


class Schema(NamedTuple):
    """A whole message: its root structure, its versions, and the first flexible version."""

    name: str
    type: str
    api_key: int | None
    versions: tuple[int, int]
    flexible: tuple[int, int]
    root: Struct
    structs: dict[str, Struct]

    def is_flexible(self, version: int) -> bool:
        return self.flexible[0] <= version <= self.flexible[1]


class _Reader:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.commons = {common["name"]: common for common in raw.get("commonStructs", [])}
        self.structs: dict[str, Struct] = {}

    def struct(self, name: str, fields: list[dict[str, Any]]) -> Struct:
        made = Struct(name, tuple(self.field(raw) for raw in fields))
        self.structs[name] = made
        return made

    def field(self, raw: dict[str, Any]) -> Field:
        kind, array = raw["type"], raw["type"].startswith("[]")
        kind = kind[2:] if array else kind
        struct = None
        if kind[0].isupper():
            inner = raw["fields"] if "fields" in raw else self.commons[kind]["fields"]
            struct, kind = self.struct(kind, inner), "struct"
        tagged = parse_versions(raw.get("taggedVersions"))
        return Field(
            name=snake_case(raw["name"]),
            kind=kind,
            array=array,
            struct=struct,
            versions=parse_versions(raw["versions"]) if "versions" in raw else tagged,
            nullable=parse_versions(raw.get("nullableVersions")),
            flexible=parse_versions(raw["flexibleVersions"]) if "flexibleVersions" in raw else None,
            tagged=tagged,
            tag=raw.get("tag", -1),
            default=_default(kind, array, raw.get("default")),
        )


_ZEROS: dict[str, Any] = {"string": "", "bytes": b"", "records": None, "bool": False, "float64": 0.0, "uuid": bytes(16)}


def _default(kind: str, array: bool, raw: Any) -> Any:
    """The value of a field that nobody set; arrays and structs get a fresh one each (None here: null)."""
    if raw is None:
        return ... if array or kind == "struct" else _ZEROS.get(kind, 0)
    if raw == "null":
        return None
    if array or kind == "struct":
        return ...
    if kind == "bool":
        return raw in (True, "true")
    if kind == "float64":
        return float(raw)
    return raw if kind == "string" else int(str(raw), 0)


def load(name: str) -> Schema:
    """The schema of a message by its Kafka name, such as "MetadataRequest"; KeyError if there is none."""
    try:
        with open(os.path.join(_FOLDER, name + ".json"), encoding="utf-8") as file:
            raw = json.load(file)
    except FileNotFoundError:
        raise KeyError(name) from None
    reader = _Reader(raw)
    root = reader.struct(name, raw["fields"])
    del reader.structs[name]
    return Schema(
        name=name,
        type=raw["type"],
        api_key=raw.get("apiKey"),
        versions=parse_versions(raw["validVersions"]),
        flexible=parse_versions(raw.get("flexibleVersions")),
        root=root,
        structs=reader.structs,
    )
