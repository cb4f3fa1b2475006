"""Read the records of one batch. Strict: what does not fit to the byte raises CorruptRecord, before any is given out.

`read_records` gives everything; `read_raw` and `read_values` give less for less, and are what bulk consumers use.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kcli.records.batch import HEADER_SIZE, BatchHeader, parse_header
from kcli.records.compression import DEFAULT_LIMIT, NONE, decompress
from kcli.records.errors import CorruptRecord
from kcli.records.varint import decode, decode_long

Buffer = Any  # bytes, bytearray or memoryview
Headers = list[tuple[str, "bytes | None"]]
RawRecord = tuple[int, int, "bytes | None", "bytes | None"]


class Record(NamedTuple):
    """One record, with the offset and time that its batch gives it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def records_section(batch: Buffer, header: BatchHeader, start: int = 0, limit: int = DEFAULT_LIMIT) -> bytes:
    """The decompressed bytes behind a batch's header; without compression they count against no limit."""
    section = memoryview(batch)[start + HEADER_SIZE : start + header.size]
    if len(section) != header.size - HEADER_SIZE:
        raise CorruptRecord(f"the batch has {HEADER_SIZE + len(section)} bytes of {header.size}")
    if header.codec == NONE:
        return bytes(section)
    return decompress(header.codec, section, limit) if header.count else b""


def prepare(batch: Buffer, start: int, limit: int) -> tuple[BatchHeader, bytes]:
    """A batch's header, and its records decompressed."""
    header = parse_header(batch, start)
    if not 0 <= header.count <= header.last_offset_delta + 1:
        raise CorruptRecord(f"a batch of {header.last_offset_delta + 1} offsets cannot hold {header.count} records")
    return header, records_section(batch, header, start, limit)


def _finish(position: int, data: bytes) -> None:
    if position != len(data):
        raise CorruptRecord(f"{len(data) - position} bytes left behind the last record of a batch")


def read_records(batch: Buffer, start: int = 0, *, limit: int = DEFAULT_LIMIT) -> list[Record]:
    """All records of the batch at start."""
    raw, headers = scan(batch, start, limit)
    if headers:
        return [Record(*record, headers.get(index, [])) for index, record in enumerate(raw)]
    return [Record(*record, []) for record in raw]


def read_raw(batch: Buffer, start: int = 0, *, limit: int = DEFAULT_LIMIT) -> list[RawRecord]:
    """(offset, timestamp, key, value) of all records of the batch at start."""
    return scan(batch, start, limit)[0]


# The two loops below read the common shape themselves: varints of one or two bytes (three for the offset), no headers.
# Every varint is odd when it is negative. Whatever is not of that shape raises IndexError, as reading past the end
# does, and takes the long way through `_one`, which accepts or refuses it.


def scan(batch: Buffer, start: int = 0, limit: int = DEFAULT_LIMIT) -> tuple[list[RawRecord], dict[int, Headers]]:
    """Records without headers, and apart from them, by index, the headers of those that have some."""
    header, data = prepare(batch, start, limit)
    base_offset, base_time = header.base_offset, header.base_timestamp
    fixed_time = header.max_timestamp if header.uses_log_append_time else None
    records: list[RawRecord] = []
    headers: dict[int, Headers] = {}
    add = records.append
    key: bytes | None
    value: bytes | None
    position = 0
    for index in range(header.count):
        try:
            length = data[position]
            cursor = position + 1
            if length > 127:
                more = data[cursor]
                if more > 127:
                    raise IndexError
                length += (more << 7) - 128
                cursor += 1
            end = cursor + (length >> 1)
            time = data[cursor + 1]
            cursor += 2
            if time > 127:
                more = data[cursor]
                if more > 127:
                    raise IndexError
                time += (more << 7) - 128
                cursor += 1
            offset = data[cursor]
            cursor += 1
            if offset > 127:
                more = data[cursor]
                if more > 127:
                    raise IndexError
                offset += (more << 7) - 128
                cursor += 1
            size = data[cursor]
            cursor += 1
            key = None
            if size != 1:
                if size > 127:
                    raise IndexError
                key = data[cursor : cursor + (size >> 1)]
                cursor += size >> 1
                length |= size
            size = data[cursor]
            cursor += 1
            if size > 127:
                more = data[cursor]
                if more > 127:
                    raise IndexError
                size += (more << 7) - 128
                cursor += 1
            stop = end - 1
            if size != stop - cursor << 1 or (length | time | offset) & 1 or data[stop]:
                raise IndexError
            value = data[cursor:stop]
            time >>= 1
            offset >>= 1
        except IndexError:
            time, offset, key, value, end, fields = _one(data, position)
            if fields:
                headers[index] = fields
        add((base_offset + offset, base_time + time if fixed_time is None else fixed_time, key, value))
        position = end
    _finish(position, data)
    return records, headers


def read_values(batch: Buffer, start: int = 0, *, limit: int = DEFAULT_LIMIT) -> list[bytes | None]:
    """The values of all records of the batch at start."""
    header, data = prepare(batch, start, limit)
    values: list[bytes | None] = []
    add = values.append
    position = 0
    for _ in range(header.count):
        try:
            length = data[position]
            cursor = position + 2
            if length > 127:
                more = data[position + 1]
                if more > 127:
                    raise IndexError
                length += (more << 7) - 128
                cursor += 1
            stop = cursor + (length >> 1) - 2
            if data[cursor] > 127:
                cursor += 1
                if data[cursor] > 127:
                    raise IndexError
            cursor += 1
            if data[cursor] > 127:
                cursor += 1
                if data[cursor] > 127:
                    cursor += 1
                    if data[cursor] > 127:
                        raise IndexError
            size = data[cursor + 1]
            cursor += 2
            if size != 1:
                if size > 127 or size & 1:
                    raise IndexError
                cursor += size >> 1
            size = data[cursor]
            cursor += 1
            if size > 127:
                more = data[cursor]
                if more > 127:
                    raise IndexError
                size += (more << 7) - 128
                cursor += 1
            if size != stop - cursor << 1 or length & 1 or data[stop]:
                raise IndexError
            add(data[cursor:stop])
            position = stop + 1
        except IndexError:
            _, _, _, value, position, _headers = _one(data, position)
            add(value)
    _finish(position, data)
    return values


def _one(data: bytes, start: int) -> tuple[int, int, bytes | None, bytes | None, int, Headers]:
    """One record, any shape: timestamp delta, offset delta, key, value, where it ends, headers."""
    length, position = decode(data, start)
    end = position + length
    if length < 0 or end > len(data):
        raise CorruptRecord(f"a record of {length} bytes where {len(data) - position} are left")
    delta, position = decode_long(data, position + 1)
    offset_delta, position = decode(data, position)
    key, position = _field(data, position, end)
    value, position = _field(data, position, end)
    count, position = decode(data, position)
    if not 0 <= count <= end - position:
        raise CorruptRecord(f"{count} headers in a record with {end - position} bytes left")
    headers: Headers = []
    for _ in range(count):
        name, position = _field(data, position, end)
        content, position = _field(data, position, end)
        if name is None:
            raise CorruptRecord("a record header has no name")
        headers.append((name.decode("utf-8", "surrogateescape"), content))
    if position != end:
        raise CorruptRecord(f"a record of {length} bytes has its fields end at byte {length - end + position}")
    return delta, offset_delta, key, value, end, headers


def _field(data: bytes, position: int, end: int) -> tuple[bytes | None, int]:
    length, position = decode(data, position)
    if length < 0:
        return None, position
    stop = position + length
    if stop > end:
        raise CorruptRecord(f"a field of {length} bytes where {end - position} are left")
    return data[position:stop], stop
