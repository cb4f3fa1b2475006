"""A batch on its way: the records of one partition that are sent, retried, split and given up together.

Records come in three kinds, because most of them are plain: values alone and (key, value) pairs share one time and are
encoded in C without a Python step per record; anything else is a full record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from struct import Struct
from typing import Any, NamedTuple

from kcli.records.batch import CHECKED_FROM, CRC_POSITION, HEADER_SIZE, NO_PRODUCER_ID, checksum
from kcli.records.builder import Headers, build_batch, build_pairs, build_values
from kcli.records.reader import Record, read_records
from kcli.records.varint import size_of

RECORD_OVERHEAD = 21  # the most that lengths, attributes and deltas of one record take
_PRODUCER_POSITION = 43
_PRODUCER = Struct(">qhi")
_CRC = Struct(">I")


class Kind(Enum):
    """What the items of a batch are."""

    VALUES = "values"  # bytes
    PAIRS = "pairs"  # (key, value), neither of them null
    RECORDS = "records"  # (timestamp, key or None, value or None, headers)


class DeliveryError(NamedTuple):
    """Why records were not delivered, in the words of Kafka's producer."""

    java_class: str
    message: str

    def __str__(self) -> str:
        return f"{self.java_class}: {self.message}"


class Delivery(NamedTuple):
    """What became of records that were sent together: their offset, or an error."""

    topic: str
    partition: int
    count: int  # type: ignore[assignment]  # tuple.count is of no use here
    offset: int  # of the first record; -1 where it is not known
    timestamp: int  # given by the broker; -1 where the records' own times count
    elapsed: float  # seconds since the first record was taken
    error: DeliveryError | None
    batch: Batch


class Batch:
    """Some records of one partition, in order; encoded when first sent."""

    __slots__ = (
        "ambiguous", "arrivals", "attempts", "base_sequence", "count", "created", "items", "kind", "on_wire",
        "partition", "payload", "retry_at", "size", "timestamp", "topic",
    )  # fmt: skip

    def __init__(self, topic: str, partition: int, kind: Kind, timestamp: int, created: float) -> None:
        self.topic = topic
        self.partition = partition
        self.kind = kind
        self.timestamp = timestamp
        self.created = created
        self.arrivals: list[tuple[int, int, float]] = []  # how many items of what size came when
        self.items: list[Any] = []
        self.count = 0
        self.size = HEADER_SIZE  # at most so many bytes without compression
        self.payload: bytes | None = None
        self.base_sequence = -1
        self.attempts = 0
        self.retry_at = 0.0
        self.on_wire = False
        self.ambiguous = False  # an earlier attempt may have been written although we never heard so

    def extend(self, items: Sequence[Any], size: int, now: float | None = None) -> None:
        """Add items of the batch's kind that take at most `size` bytes."""
        self.arrivals.append((len(items), size, self.created if now is None else now))
        self.items += items
        self.count += len(items)
        self.size += size

    def generalize(self) -> None:
        """Turn plain items into full records, so that records of other kinds or times can follow."""
        self.items = list(full_records(self.kind, self.items, self.timestamp))
        self.kind = Kind.RECORDS

    def encode(
        self, codec: int, level: int | None, producer: tuple[int, int] | None, *, transactional: bool = False
    ) -> bytes:
        """The batch as bytes, with this producer's id and epoch; encoded once, patched when the producer changes."""
        producer_id, epoch = producer or (NO_PRODUCER_ID, -1)
        if self.payload is None:
            header: dict[str, Any] = {"codec": codec, "level": level, "transactional": transactional}
            if producer is not None:
                header.update(producer_id=producer_id, producer_epoch=epoch, base_sequence=self.base_sequence)
            if self.kind is Kind.RECORDS:
                self.payload = build_batch(self.items, **header)
            else:
                self.payload = _PLAIN_BUILDERS[self.kind](self.items, self.timestamp, **header)
                self.items = []  # the bytes say it all; records() reads them should they be needed again
        else:
            self._patch(producer_id, epoch)
        return self.payload

    def _patch(self, producer_id: int, epoch: int) -> None:
        assert self.payload is not None
        wanted = _PRODUCER.pack(producer_id, epoch, self.base_sequence)
        if self.payload[_PRODUCER_POSITION : _PRODUCER_POSITION + _PRODUCER.size] != wanted:
            patched = bytearray(self.payload)
            patched[_PRODUCER_POSITION : _PRODUCER_POSITION + _PRODUCER.size] = wanted
            _CRC.pack_into(patched, CRC_POSITION, checksum(memoryview(patched)[CHECKED_FROM:]))
            self.payload = bytes(patched)

    @property
    def encoded_size(self) -> int:
        """Bytes on the wire; an upper bound before the batch is encoded."""
        return self.size if self.payload is None else len(self.payload)

    def records(self) -> list[Record]:
        """The records, wherever they are by now; offsets count from 0."""
        if self.payload is not None and self.kind is not Kind.RECORDS:
            return read_records(self.payload, limit=max(1 << 30, 4 * self.size))
        full = full_records(self.kind, self.items, self.timestamp)
        return [
            Record(offset, timestamp, key, value, list(headers))
            for offset, (timestamp, key, value, headers) in enumerate(full)
        ]

    def divide(self, without: Iterable[int] = ()) -> list[Batch]:
        """Two batches of half the records each, or one of those that are not listed in `without`."""
        dropped = set(without)
        records = [record for record in self.records() if record.offset not in dropped]
        middle = len(records) if dropped else (len(records) + 1) // 2
        return [self._successor(part) for part in (records[:middle], records[middle:]) if part]

    def _successor(self, records: list[Record]) -> Batch:
        batch = Batch(self.topic, self.partition, Kind.RECORDS, records[0].timestamp, self.created)
        size = sum(record_size(record.key, record.value, record.headers) for record in records)
        batch.extend([record[1:] for record in records], size)
        batch.attempts = self.attempts
        return batch


_PLAIN_BUILDERS: dict[Kind, Callable[..., bytes]] = {Kind.VALUES: build_values, Kind.PAIRS: build_pairs}


def full_records(kind: Kind, items: Iterable[Any], timestamp: int) -> Iterator[tuple[Any, ...]]:
    """Items of any kind as (timestamp, key, value, headers)."""
    if kind is Kind.VALUES:
        return ((timestamp, None, value, ()) for value in items)
    if kind is Kind.PAIRS:
        return ((timestamp, key, value, ()) for key, value in items)
    return iter(items)


def record_size(key: bytes | None, value: bytes | None, headers: Headers = ()) -> int:
    """The most that a record takes within a batch, as Kafka's producer reckons it."""
    size = RECORD_OVERHEAD + _field_size(key) + _field_size(value)
    count = 0
    for name, content in headers:
        size += _field_size(name.encode("utf-8", "surrogateescape")) + _field_size(content)
        count += 1
    return size + size_of(count)


def _field_size(data: bytes | None) -> int:
    if data is None:
        return 1
    length = len(data)
    return length + (1 if length < 64 else size_of(length))
