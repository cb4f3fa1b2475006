"""Keys and values of a batch at the speed of C, where records have the same shape one after another.

A run of records is uniform if every length in them is the same: then its structural bytes stand in columns, which are
compared as wholes, and the fields between them are cut out by `struct`. That a record has the shape of the first says
where the next one begins, so nothing is taken on trust. Batches of another kind take the usual way.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from kcli.records.compression import DEFAULT_LIMIT
from kcli.records.errors import CorruptRecord
from kcli.records.reader import Buffer, prepare, read_raw
from kcli.records.varint import decode

_SHORTEST_RUN = 8  # below, looking for runs costs more than it saves
_LONGEST_TIME, _LONGEST_OFFSET = 10, 5  # bytes of their varints
_HIGH_BIT = bytes(byte >> 7 for byte in range(256))

Fields = tuple[list["bytes | None"], list["bytes | None"]]


class _Shape(NamedTuple):
    """How a record is laid out: the columns that must repeat, those whose high bits must, and where its fields are."""

    stride: int
    constant: tuple[int, ...]
    continued: tuple[int, ...]
    key: tuple[int, int]  # where it begins, and its length; -1: null
    value: tuple[int, int]


def read_fields(batch: Buffer, start: int = 0, *, limit: int = DEFAULT_LIMIT) -> Fields:
    """The keys of all records of the batch at start, and the values."""
    header, data = prepare(batch, start, limit)
    keys: list[bytes | None] = []
    values: list[bytes | None] = []
    position = 0
    while len(values) < header.count:
        remaining = header.count - len(values)
        shape = _shape(data, position)
        length = _run_length(data, position, shape, remaining) if shape is not None else 0
        if shape is None or length < min(_SHORTEST_RUN, remaining):
            return _one_by_one(batch, start, limit)
        end = position + length * shape.stride
        run_keys, run_values = _cut(memoryview(data)[position:end], length, shape)
        keys += run_keys
        values += run_values
        position = end
    if position != len(data):
        return _one_by_one(batch, start, limit)  # which says what is wrong
    return keys, values


def _one_by_one(batch: Buffer, start: int, limit: int) -> Fields:
    raw = read_raw(batch, start, limit=limit)
    return [record[2] for record in raw], [record[3] for record in raw]


def _shape(data: bytes, position: int) -> _Shape | None:
    """The layout of the record at a position, if it has no headers and fits."""
    try:
        length, body = decode(data, position)
        end = body + length
        if length <= 0 or end > len(data):
            return None
        time = body + 1
        offset = _behind_varint(data, time)
        key_length = _behind_varint(data, offset)
        key_size, key = decode(data, key_length)
        value_length = key + max(0, key_size)
        value_size, value = decode(data, value_length)
        if value + max(0, value_size) != end - 1 or data[end - 1]:
            return None
    except (IndexError, CorruptRecord):
        return None
    if offset - time > _LONGEST_TIME or key_length - offset > _LONGEST_OFFSET:
        return None
    constant = (*range(position, body), *range(key_length, key), *range(value_length, value), end - 1)
    return _Shape(
        end - position,
        tuple(place - position for place in constant),
        tuple(place - position for place in range(time, key_length)),
        (key - position, key_size),
        (value - position, value_size),
    )


def _behind_varint(data: bytes, position: int) -> int:
    while data[position] > 127:
        position += 1
    return position + 1


def _run_length(data: bytes, position: int, shape: _Shape, count: int) -> int:
    """How many records in a row have the shape."""
    stride = shape.stride
    count = min(count, (len(data) - position) // stride)
    for place in shape.constant:
        column = data[position + place : position + count * stride : stride]
        count = _repeated(column)
    for place in shape.continued:
        column = data[position + place : position + count * stride : stride].translate(_HIGH_BIT)
        count = _repeated(column)
    return count


def _repeated(column: bytes) -> int:
    """How often the first byte of a column comes before another one does."""
    return len(column) - len(column.lstrip(column[:1]))


def _cut(run: memoryview, length: int, shape: _Shape) -> Fields:
    (key, key_size), (value, value_size) = shape.key, shape.value
    layout = f"{key}x"
    if key_size >= 0:
        layout += f"{key_size}s"
    layout += f"{value - key - max(0, key_size)}x"
    if value_size >= 0:
        layout += f"{value_size}s"
    fields = list(zip(*Struct(layout + "1x").iter_unpack(run)))
    nulls: list[bytes | None] = [None] * length
    keys = list(fields.pop(0)) if key_size >= 0 else nulls
    values = list(fields.pop(0)) if value_size >= 0 else nulls
    return keys, values
