"""From batches as a broker stored them to batches that a broker takes from a producer.

Most are passed on as they are, compression and all: only their header says anew who produced them and as which
records. Batches with holes (compaction, a beginning that was deleted), with the broker's own times, or with a horizon
for tombstones have their records put into a new batch with the same codec. Batches too small to be worth a request are
joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any, NamedTuple

from kcli.records.batch import (
    CHECKED_FROM,
    CODEC_MASK,
    CRC_POSITION,
    DELETE_HORIZON,
    LOG_APPEND_TIME,
    NO_LEADER_EPOCH,
    SEQUENCE_MASK,
    BatchHeader,
    checksum,
    iterate_batches,
    patch,
)
from kcli.records.builder import BatchBuilder
from kcli.records.reader import Record, read_records

SMALL = 4096
JOINED = 65536
_ATTRIBUTES_POSITION = 21
_PRODUCER_POSITION = 43
_ATTRIBUTES = Struct(">h")
_PRODUCER = Struct(">qhi")
_CRC = Struct(">I")


class Piece(NamedTuple):
    """A batch that holds so many records, without a hole."""

    records: int
    data: Any

    @property
    def codec(self) -> int:
        return int(self.data[_ATTRIBUTES_POSITION + 1]) & CODEC_MASK


def trim(data: Any, header: BatchHeader, start: int, low: int, high: float) -> bytes | None:
    """The batch with only its records of offsets from low up to before high; None if there are none."""
    kept = [record for record in read_records(data, start) if low <= record.offset < high]
    return _build(kept, header.codec, kept[0].offset) if kept else None


def pieces(data: Any, skip: int = 0) -> Iterator[Piece]:
    """The batches of a part, without its first `skip` records."""
    for header, start, end in iterate_batches(data):
        if skip >= header.count:
            skip -= header.count
            continue
        if skip or _has_to_be_rebuilt(header):
            yield _renumbered(read_records(data, start)[skip:], header.codec)
            skip = 0
        else:
            yield Piece(header.count, data[start:end])


def _has_to_be_rebuilt(header: BatchHeader) -> bool:
    holes = header.count != header.last_offset_delta + 1
    return holes or header.attributes & (LOG_APPEND_TIME | DELETE_HORIZON) != 0


def _renumbered(records: list[Record], codec: int) -> Piece:
    builder = BatchBuilder()
    for record in records:
        builder.append(record.timestamp, record.key, record.value, record.headers)
    return Piece(len(records), builder.build(codec=codec))


def _build(records: list[Record], codec: int, base_offset: int) -> bytes:
    builder = BatchBuilder(base_offset)
    for record in records:
        builder.append(record.timestamp, record.key, record.value, record.headers, record.offset)
    return builder.build(codec=codec)


def join_small(some: Iterable[Piece], most: int = JOINED) -> Iterator[Piece]:
    """Put small batches that follow each other, of one codec, into larger ones of at most about `most` bytes."""
    waiting: list[Piece] = []
    size = 0
    for piece in some:
        fits = len(piece.data) <= SMALL and size + len(piece.data) <= most
        if waiting and not (fits and piece.codec == waiting[0].codec):
            yield _joined(waiting)
            waiting, size = [], 0
        if len(piece.data) <= SMALL:
            waiting.append(piece)
            size += len(piece.data)
        else:
            yield piece
    if waiting:
        yield _joined(waiting)


def _joined(some: list[Piece]) -> Piece:
    if len(some) == 1:
        return some[0]
    return _renumbered([record for piece in some for record in read_records(piece.data)], some[0].codec)


def stamp(piece: Piece, producer_id: int, first: int) -> bytearray:
    """The batch as this producer's (epoch 0), with its first record as the producer's `first`."""
    batch = bytearray(piece.data)
    patch(batch, 0, 0, NO_LEADER_EPOCH)
    _ATTRIBUTES.pack_into(batch, _ATTRIBUTES_POSITION, batch[_ATTRIBUTES_POSITION + 1] & CODEC_MASK)
    _PRODUCER.pack_into(batch, _PRODUCER_POSITION, producer_id, 0, first & SEQUENCE_MASK)
    _CRC.pack_into(batch, CRC_POSITION, checksum(memoryview(batch)[CHECKED_FROM:]))
    return batch
