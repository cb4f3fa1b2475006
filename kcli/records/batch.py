"""Record batch headers (format v2): parse, walk, check and patch them without touching the records inside.

The CRC covers everything from the attributes on, but not base offset, length, leader epoch and magic:
a broker gives a batch its place in the log by patching twelve bytes, and need not checksum it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Any, NamedTuple

from kcli.records.errors import CorruptRecord, UnsupportedMagic

Buffer = Any  # bytes, bytearray or memoryview

HEADER = Struct(">qiibIhiqqqhii")
HEADER_SIZE = 61
LENGTH_OVERHEAD = 12  # base offset and length, which the length itself does not count
MAGIC_POSITION = 16
CRC_POSITION = 17
CHECKED_FROM = 21  # the CRC covers attributes to the end
SMALLEST_LENGTH = HEADER_SIZE - LENGTH_OVERHEAD
MAGIC = 2

CODEC_MASK = 0x07
LOG_APPEND_TIME = 0x08
TRANSACTIONAL = 0x10
CONTROL = 0x20
DELETE_HORIZON = 0x40

NO_PRODUCER_ID = -1
NO_PRODUCER_EPOCH = -1
NO_SEQUENCE = -1
NO_LEADER_EPOCH = -1
NO_TIMESTAMP = -1
SEQUENCE_MASK = 0x7FFFFFFF  # sequence 0 follows 2^31 - 1

_INT64 = Struct(">q")
_INT32 = Struct(">i")
_UINT32 = Struct(">I")
_PREFIX = Struct(">qi")


def _load_crc32c(data: Buffer, value: int = 0) -> int:
    """Import the package on first use: it costs more than most tools' whole start."""
    global _crc32c
    from crc32c import crc32c

    _crc32c = crc32c
    return crc32c(data, value)


_crc32c = _load_crc32c


def checksum(data: Buffer, previous: int = 0) -> int:
    """CRC-32C, as batches and producer snapshots carry it; previous is that of the bytes in front."""
    return _crc32c(data, previous)


class BatchHeader(NamedTuple):
    """The 61 bytes in front of every batch's records."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    count: int  # type: ignore[assignment]  # tuple.count is of no use here

    @property
    def size(self) -> int:
        """Bytes of the whole batch."""
        return self.length + LENGTH_OVERHEAD

    @property
    def last_offset(self) -> int:
        return self.base_offset + self.last_offset_delta

    @property
    def next_offset(self) -> int:
        return self.base_offset + self.last_offset_delta + 1

    @property
    def last_sequence(self) -> int:
        if self.base_sequence == NO_SEQUENCE:
            return NO_SEQUENCE
        return (self.base_sequence + self.last_offset_delta) & SEQUENCE_MASK

    @property
    def codec(self) -> int:
        return self.attributes & CODEC_MASK

    @property
    def is_transactional(self) -> bool:
        return self.attributes & TRANSACTIONAL != 0

    @property
    def is_control(self) -> bool:
        return self.attributes & CONTROL != 0

    @property
    def uses_log_append_time(self) -> bool:
        return self.attributes & LOG_APPEND_TIME != 0

    @property
    def has_producer(self) -> bool:
        return self.producer_id > NO_PRODUCER_ID

    @property
    def delete_horizon_ms(self) -> int | None:
        """When the tombstones and markers of this batch may go (KIP-534); the base timestamp's field carries it."""
        return self.base_timestamp if self.attributes & DELETE_HORIZON else None


_unpack = HEADER.unpack_from
_make = BatchHeader._make


def parse_header(buffer: Buffer, position: int = 0) -> BatchHeader:
    """The header at position; the buffer must hold all 61 bytes, the records need not be there."""
    if len(buffer) - position < HEADER_SIZE:
        if len(buffer) - position > MAGIC_POSITION:
            check_magic(buffer[position + MAGIC_POSITION])
        raise CorruptRecord(f"{len(buffer) - position} bytes left where a batch header of {HEADER_SIZE} should be")
    header = _make(_unpack(buffer, position))
    if header.magic != MAGIC:
        check_magic(header.magic)
    if header.length < SMALLEST_LENGTH:
        raise CorruptRecord(f"batch length {header.length} is smaller than a batch header")
    return header


def check_magic(magic: int) -> None:
    """Raise UnsupportedMagic for anything but format v2."""
    if magic in (0, 1):
        raise UnsupportedMagic(f"message format v{magic} (before Kafka 0.11) is not supported")
    if magic != MAGIC:
        raise UnsupportedMagic(f"unknown record format: magic {magic}")


def iterate_batches(buffer: Buffer, position: int = 0) -> Iterator[tuple[BatchHeader, int, int]]:
    """Yield (header, start, end) of each whole batch; an incomplete last one is left out: brokers cut there."""
    size = len(buffer)
    while size - position >= LENGTH_OVERHEAD:
        _, length = _PREFIX.unpack_from(buffer, position)
        end = position + LENGTH_OVERHEAD + length
        if length < SMALLEST_LENGTH:
            # Old message sets have shorter headers; the magic sits at the same place and tells them apart.
            if size - position > MAGIC_POSITION:
                check_magic(buffer[position + MAGIC_POSITION])
            raise CorruptRecord(f"batch length {length} is smaller than a batch header")
        if end > size:
            return
        yield parse_header(buffer, position), position, end
        position = end


def check_crc(buffer: Buffer, start: int, end: int) -> None:
    """Raise CorruptRecord unless the batch in buffer[start:end] matches its CRC."""
    (stored,) = _UINT32.unpack_from(buffer, start + CRC_POSITION)
    computed = _crc32c(memoryview(buffer)[start + CHECKED_FROM : end])
    if stored != computed:
        raise CorruptRecord(f"record batch has CRC {stored:#010x}, but its bytes give {computed:#010x}")


def patch(buffer: Any, position: int, base_offset: int, leader_epoch: int) -> None:
    """Give the batch at position of a writable buffer its place in the log; the CRC stays valid."""
    _INT64.pack_into(buffer, position, base_offset)
    _INT32.pack_into(buffer, position + LENGTH_OVERHEAD, leader_epoch)
