"""Records as JSON, one a line: printed by the consumer's `--output json`, taken by the producer's `--input json`.

    {"topic":"t","partition":0,"offset":7,"timestamp":1700000000000,"timestampType":"CreateTime",
     "headers":[["h","1"],["h",null]],"key":null,"value":{"base64":"//79"}}

Loss-free: headers keep their order and may repeat, null is not the empty string, and bytes that are no UTF-8 come as
{"base64": ...}. Reading takes what writing gives; of a line written by hand only "value" is required.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, NamedTuple

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

TIMESTAMP_TYPES = ("NoTimestampType", "CreateTime", "LogAppendTime")
_FIELDS = frozenset(("topic", "partition", "offset", "timestamp", "timestampType", "headers", "key", "value"))
_LIMITS = {"partition": (0, 1 << 31), "offset": (0, 1 << 63), "timestamp": (-1, 1 << 63)}


class RecordJsonError(ValueError):
    """The line is not a record; the message says why."""


class JsonRecord(NamedTuple):
    """What a line holds; None where it leaves topic, partition, offset or timestamp out."""

    topic: str | None
    partition: int | None
    offset: int | None
    timestamp: int | None
    timestamp_type: str | None
    headers: list[tuple[str, bytes | None]]
    key: bytes | None
    value: bytes | None


def encode_record(
    topic: str,
    partition: int,
    offset: int,
    timestamp: int,
    timestamp_type: str,
    headers: Iterable[tuple[str, bytes | None]],
    key: bytes | None,
    value: bytes | None,
) -> bytes:
    """The record as one line of UTF-8, without the line's end. `timestamp_type` is one of TIMESTAMP_TYPES."""
    fields = {
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "timestamp": timestamp,
        "timestampType": timestamp_type,
        "headers": [[_name_to_json(name), _to_json(content)] for name, content in headers],
        "key": _to_json(key),
        "value": _to_json(value),
    }
    return _encode(fields).encode()


def _to_json(data: bytes | None) -> Any:
    if data is None:
        return None
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(data).decode()}


def _name_to_json(name: str) -> Any:
    """Header names are text, in which bytes that were no UTF-8 are surrogates."""
    return name if name.isascii() else _to_json(name.encode("utf-8", "surrogateescape"))


def decode_record(line: bytes) -> JsonRecord:
    """The record of a line; raises RecordJsonError."""
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError:
        raise RecordJsonError("not UTF-8") from None
    except RecursionError:
        raise RecordJsonError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise RecordJsonError(f"not JSON: {error.msg} at column {error.colno}") from None
    except ValueError as error:  # a number of thousands of digits
        raise RecordJsonError(f"not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise RecordJsonError("not a JSON object")
    unknown = fields.keys() - _FIELDS
    if unknown:
        raise RecordJsonError(f"unknown field {_show(min(unknown))}: a record has {', '.join(sorted(_FIELDS))}")
    if "value" not in fields:
        raise RecordJsonError('no "value" (a tombstone says "value": null)')
    topic, timestamp_type = fields.get("topic"), fields.get("timestampType")
    if topic is not None and not isinstance(topic, str):
        raise RecordJsonError(f'"topic" is {_show(topic)}, not a string')
    if timestamp_type is not None and timestamp_type not in TIMESTAMP_TYPES:
        raise RecordJsonError(f'"timestampType" is {_show(timestamp_type)}, not one of {", ".join(TIMESTAMP_TYPES)}')
    return JsonRecord(
        topic,
        _number(fields, "partition"),
        _number(fields, "offset"),
        _number(fields, "timestamp"),
        timestamp_type,
        _headers(fields.get("headers")),
        _from_json(fields.get("key"), '"key"'),
        _from_json(fields["value"], '"value"'),
    )


def _number(fields: dict[str, Any], name: str) -> int | None:
    number = fields.get(name)
    if number is None:
        return None
    low, high = _LIMITS[name]
    if type(number) is not int or not low <= number < high:
        raise RecordJsonError(f'"{name}" is {_show(number)}, not a whole number from {low} on')
    return number


def _headers(given: Any) -> list[tuple[str, bytes | None]]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in given):
        raise RecordJsonError('"headers" is not a list of [name, value] pairs')
    headers = []
    for name, content in given:
        encoded = _from_json(name, "a header's name")
        if encoded is None:
            raise RecordJsonError("a header's name is null")
        headers.append((encoded.decode("utf-8", "surrogateescape"), _from_json(content, "a header's value")))
    return headers


def _from_json(given: Any, what: str) -> bytes | None:
    if given is None:
        return None
    try:
        if isinstance(given, str):
            return given.encode()
        if isinstance(given, dict) and given.keys() == {"base64"} and isinstance(given["base64"], str):
            return b64decode(given["base64"], validate=True)
    except UnicodeEncodeError:
        raise RecordJsonError(f"{what} holds half of a surrogate pair, which UTF-8 cannot express") from None
    except (binascii.Error, ValueError):
        raise RecordJsonError(f"{what} is not valid base64") from None
    raise RecordJsonError(f'{what} is {_show(given)}, not a string, null or {{"base64": "..."}}')


def _show(value: Any) -> str:
    text = _encode(value)
    return text if len(text) <= 40 else text[:37] + "..."
