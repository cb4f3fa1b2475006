"""Build record batches: one at a time with everything a record may carry, or thousands of plain ones in bulk.

The bulk functions never run Python per record: they join precomputed varints and the caller's values in C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from struct import Struct
from typing import Any

from kcli.records.batch import (
    CHECKED_FROM,
    CONTROL,
    DELETE_HORIZON,
    HEADER_SIZE,
    LENGTH_OVERHEAD,
    LOG_APPEND_TIME,
    MAGIC,
    NO_LEADER_EPOCH,
    NO_PRODUCER_EPOCH,
    NO_PRODUCER_ID,
    NO_SEQUENCE,
    NO_TIMESTAMP,
    TRANSACTIONAL,
    checksum,
)
from kcli.records.compression import NONE, compress
from kcli.records.varint import VARINTS, encode, size_of

Headers = Iterable[tuple[str, "bytes | None"]]

_CHECKED = Struct(">hiqqqhii")
_UNCHECKED = Struct(">qiibI")
_NULL = b"\x01"  # the varint -1
_NO_TIME_DELTA = b"\x00\x00"  # attributes, and a timestamp delta of 0
_NO_HEADERS = b"\x00"
_TABLE_ENTRIES = 1 << 16


def assemble(
    records: bytes,
    count: int,
    base_timestamp: int,
    max_timestamp: int,
    *,
    last_offset_delta: int | None = None,
    codec: int = NONE,
    level: int | None = None,
    producer_id: int = NO_PRODUCER_ID,
    producer_epoch: int = NO_PRODUCER_EPOCH,
    base_sequence: int = NO_SEQUENCE,
    transactional: bool = False,
    control: bool = False,
    log_append_time: int | None = None,
    delete_horizon: bool = False,
    base_offset: int = 0,
    leader_epoch: int = NO_LEADER_EPOCH,
) -> bytes:
    """Put a header in front of encoded records, compressing them first if asked to.

    `log_append_time` stamps all of them with the broker's time; `delete_horizon` says that the base timestamp is one.
    """
    attributes = codec | transactional * TRANSACTIONAL | control * CONTROL | delete_horizon * DELETE_HORIZON
    if log_append_time is not None:
        attributes |= LOG_APPEND_TIME
        max_timestamp = log_append_time
    if codec and count:
        records = compress(codec, records, level)
    delta = count - 1 if last_offset_delta is None else last_offset_delta
    checked = b"".join(
        (
            _CHECKED.pack(
                attributes,
                delta,
                base_timestamp,
                max_timestamp,
                producer_id,
                producer_epoch,
                base_sequence,
                count,
            ),
            records,
        )
    )
    length = len(checked) + CHECKED_FROM - LENGTH_OVERHEAD
    return _UNCHECKED.pack(base_offset, length, leader_epoch, MAGIC, checksum(checked)) + checked


class BatchBuilder:
    """Collects records into one batch; `size` says how long it would be without compression."""

    def __init__(self, base_offset: int = 0, *, delete_horizon_ms: int | None = None) -> None:
        self.base_offset = base_offset
        self.count = 0
        self.size = HEADER_SIZE
        self._parts: list[bytes] = []
        self._horizon = delete_horizon_ms
        self._base_timestamp = NO_TIMESTAMP if delete_horizon_ms is None else delete_horizon_ms
        self._max_timestamp = NO_TIMESTAMP
        self._next_offset = base_offset

    def append(
        self,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        offset: int | None = None,
    ) -> None:
        """Add a record, at the next offset unless told another (compaction leaves gaps)."""
        if not self.count and self._horizon is None:
            self._base_timestamp = timestamp
        if offset is None:
            offset = self._next_offset
        body = [
            _NO_HEADERS,  # the record's attributes: one zero byte, no bit of it is in use
            encode(timestamp - self._base_timestamp),
            encode(offset - self.base_offset),
            *_sized(key),
            *_sized(value),
        ]
        fields = list(headers)
        body.append(encode(len(fields)))
        for name, data in fields:
            body += (*_sized(name.encode("utf-8", "surrogateescape")), *_sized(data))
        record = b"".join(body)
        prefix = encode(len(record))
        self._parts += (prefix, record)
        self.size += len(prefix) + len(record)
        self.count += 1
        self._next_offset = offset + 1
        self._max_timestamp = max(self._max_timestamp, timestamp)

    def build(self, *, last_offset: int | None = None, **header: Any) -> bytes:
        """The batch; keywords are those of `assemble`. last_offset is given where the last records are gone."""
        if last_offset is None:
            last_offset = self._next_offset - 1
        return assemble(
            b"".join(self._parts),
            self.count,
            self._base_timestamp,
            self._max_timestamp,
            last_offset_delta=last_offset - self.base_offset,
            delete_horizon=self._horizon is not None,
            base_offset=self.base_offset,
            **header,
        )


def _sized(data: bytes | None) -> tuple[bytes, ...]:
    return (_NULL,) if data is None else (encode(len(data)), data)


def build_batch(
    records: Iterable[tuple[int, bytes | None, bytes | None, Headers]], *, base_offset: int = 0, **header: Any
) -> bytes:
    """One batch of (timestamp, key, value, headers) with consecutive offsets; keywords are those of `assemble`."""
    builder = BatchBuilder(base_offset)
    for timestamp, key, value, headers in records:
        builder.append(timestamp, key, value, headers)
    return builder.build(**header)


def build_values(values: Sequence[bytes], timestamp: int, **header: Any) -> bytes:
    """One batch of values with neither keys nor headers, all of one time; keywords are those of `assemble`."""
    return assemble(encode_values(values), len(values), timestamp, timestamp, **header)


def build_pairs(pairs: Sequence[tuple[bytes, bytes]], timestamp: int, **header: Any) -> bytes:
    """One batch of (key, value) without nulls and headers, all of one time; keywords are those of `assemble`."""
    return assemble(encode_pairs(pairs), len(pairs), timestamp, timestamp, **header)


class _Table(dict[int, bytes]):
    """Length -> bytes, filled as lengths turn up; looked up by `map`, so that a known length costs no Python call."""

    def __init__(self, make: Callable[[int], bytes]) -> None:
        self._make = make

    def __missing__(self, length: int) -> bytes:
        entry = self._make(length)
        if length < _TABLE_ENTRIES:
            self[length] = entry
        return entry


_LENGTHS = _Table(encode)
_NULL_KEY_AND_LENGTHS = _Table(lambda length: _NULL + encode(length))
_RECORD_STARTS = _Table(lambda length: encode(length) + _NO_TIME_DELTA)


@cache
def _value_record_starts(offset_size: int) -> _Table:
    """From a value's length: how a record with nothing but that value starts."""
    around = len(_NO_TIME_DELTA) + offset_size + len(_NULL) + len(_NO_HEADERS)
    return _Table(lambda length: encode(around + size_of(length) + length) + _NO_TIME_DELTA)


def _offset_runs(count: int) -> Iterator[tuple[int, int, int]]:
    """(start, stop, size) of the offset deltas whose varints have the same size."""
    start, size = 0, 1
    while start < count:
        stop = min(count, 1 << (7 * size - 1))
        yield start, stop, size
        start, size = stop, size + 1


def _offset_varints(start: int, stop: int) -> Sequence[bytes]:
    return VARINTS[start:stop] if stop <= len(VARINTS) else [encode(delta) for delta in range(start, stop)]


def encode_values(values: Sequence[bytes]) -> bytes:
    """The records section of a batch of values with neither keys nor headers, all at the batch's base timestamp."""
    parts: list[bytes] = []
    for start, stop, size in _offset_runs(len(values)):
        run = values[start:stop]
        lengths = list(map(len, run))
        parts += chain.from_iterable(
            zip(
                map(_value_record_starts(size).__getitem__, lengths),
                _offset_varints(start, stop),
                map(_NULL_KEY_AND_LENGTHS.__getitem__, lengths),
                run,
                repeat(_NO_HEADERS),
            )
        )
    return b"".join(parts)


def encode_pairs(pairs: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The records section of a batch of (key, value) without headers, all at the batch's base timestamp."""
    parts: list[bytes] = []
    for start, stop, _ in _offset_runs(len(pairs)):
        keys, values = zip(*pairs[start:stop])
        bodies = list(
            map(
                b"".join,
                zip(
                    _offset_varints(start, stop),
                    map(_LENGTHS.__getitem__, map(len, keys)),
                    keys,
                    map(_LENGTHS.__getitem__, map(len, values)),
                    values,
                    repeat(_NO_HEADERS),
                ),
            )
        )
        lengths = [len(body) + len(_NO_TIME_DELTA) for body in bodies]
        parts += chain.from_iterable(zip(map(_RECORD_STARTS.__getitem__, lengths), bodies))
    return b"".join(parts)
