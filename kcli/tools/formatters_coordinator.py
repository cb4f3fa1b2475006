"""Formatters for Kafka's internal topics: a coordinator's records as JSON, in the form of Kafka 4's own formatters.

One object after the other, without line ends between them, as Kafka prints them.
"""

from __future__ import annotations

import json
from typing import Any

from kcli.tools.formatter import Context, Formatter
from kcli.tools.formatters_java import FormatError
from kcli.wire import messages, uuid
from kcli.wire.errors import WireError
from kcli.wire.records_codec import decode_versioned
from kcli.wire.schema import Field, Struct

_GROUP = {
    0: "LegacyOffsetCommit",
    1: "OffsetCommit",
    2: "GroupMetadata",
    10: "ShareGroupMemberMetadata",
    11: "ShareGroupMetadata",
    12: "ShareGroupTargetAssignmentMetadata",
    13: "ShareGroupTargetAssignmentMember",
    14: "ShareGroupCurrentMemberAssignment",
    15: "ShareGroupStatePartitionMetadata",
}
_TRANSACTION = {0: "TransactionLog"}
_SHARE_STATE = {0: "ShareSnapshot", 1: "ShareUpdate"}

RECORDS: dict[str, dict[int, str]] = {
    "OffsetsMessageFormatter": {kind: _GROUP[kind] for kind in (0, 1)},
    "GroupMetadataMessageFormatter": {2: _GROUP[2]},
    "ShareGroupMessageFormatter": {kind: _GROUP[kind] for kind in range(10, 16)},
    "TransactionLogMessageFormatter": _TRANSACTION,
    "group.share.ShareGroupStateMessageFormatter": _SHARE_STATE,
}
"""Formatters by the name behind `org.apache.kafka.tools.consumer.`, and the records that each shows by type."""


class CoordinatorFormatter(Formatter):
    """Prints the record types that it is for and passes over the others."""

    def __init__(self, records: dict[int, str]) -> None:
        self._records = records

    def write(self, record: Any, context: Context, out: list[bytes]) -> None:
        offset, _, key, value = record[:4]
        if key is None:
            return
        if len(key) < 2:
            raise FormatError("java.nio.BufferUnderflowException", None)
        kind = int.from_bytes(key[:2], "big", signed=True)
        name = self._records.get(kind)
        if name is None:
            return
        try:
            message, _ = decode_versioned(_Typed(getattr(messages, f"{name}Key")), key)
            shown: dict[str, Any] = {"key": {"type": kind, "data": to_json(message, message.SCHEMA.root, 0)}}
            shown["value"] = None
            if value is not None:
                content, version = decode_versioned(getattr(messages, f"{name}Value"), value)
                shown["value"] = {"version": version, "data": to_json(content, content.SCHEMA.root, version)}
        except WireError as error:
            raise FormatError(
                "java.lang.RuntimeException", f"Could not read record at offset {offset} due to: {error}"
            ) from None
        out.append(json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode())


class _Typed:
    """A key class whose prefix is the record's type, not a version: keys have one version only."""

    def __init__(self, cls: Any) -> None:
        self.NAME = cls.NAME
        self._cls = cls

    def decode(self, data: bytes, version: int, position: int) -> Any:
        return self._cls.decode(data, self._cls.VERSIONS[0], position)


def to_json(message: Any, structure: Struct, version: int) -> dict[str, Any]:
    """A message as Kafka's JSON converters write it: the schema's names, ids in their text form, bytes in base64."""
    shown: dict[str, Any] = {}
    for field in structure.fields:
        if not field.present(version):
            continue
        value = getattr(message, field.name)
        if field.is_tagged(version) and _is_default(field, value):
            continue
        shown[_camel_case(field.name)] = (
            _list_to_json(field, value, version) if field.array else (_value_to_json(field, value, version))
        )
    return shown


def _is_default(field: Field, value: Any) -> bool:
    """Whether Kafka's converters leave it out. Of a structure they take an empty one for the default, not null."""
    if field.struct is not None or field.default is ...:
        return value is not None and bool(value == value.__class__())
    return bool(value == field.default)


def _list_to_json(field: Field, values: Any, version: int) -> Any:
    return None if values is None else [_value_to_json(field, value, version) for value in values]


def _value_to_json(field: Field, value: Any, version: int) -> Any:
    if value is None:
        return None
    if field.struct is not None:
        return to_json(value, field.struct, version)
    if field.kind == "uuid":
        return uuid.to_text(value)
    if field.kind in ("bytes", "records"):
        import base64

        return base64.b64encode(value).decode()
    return value


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
