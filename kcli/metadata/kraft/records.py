"""Metadata records as the log and its snapshots hold them: the version each is written in, batches, transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kcli.metadata.image import Record
from kcli.records.batch import check_crc, iterate_batches
from kcli.records.builder import build_values
from kcli.records.reader import read_records
from kcli.wire import messages
from kcli.wire.errors import WireError
from kcli.wire.records_codec import decode_record, encode_record

LATEST_LEVEL = 30
"""metadata.version 4.3-IV0: the newest that this code can read"""
OLDEST_LEVEL = 7

# From which metadata.version on a record is written in a version (Kafka's MetadataVersion); newest first.
_VERSIONS: dict[str, tuple[tuple[int, int], ...]] = {
    "RegisterBrokerRecord": ((30, 4), (17, 3), (8, 2), (0, 1)),
    "PartitionRecord": ((23, 2), (17, 1)),
    "PartitionChangeRecord": ((23, 2), (17, 1)),
}


def record_version(record: Record, level: int) -> int:
    """The version Kafka writes a record in at a finalized metadata.version."""
    if isinstance(record, messages.BrokerRegistrationChangeRecord):
        return _change_version(record)
    for since, version in _VERSIONS.get(type(record).__name__, ()):
        if level >= since:
            return version
    return 0


def _change_version(record: Any) -> int:
    """The lowest version that can say it."""
    if record.cordoned_log_dirs is not None:
        return 3
    if record.log_dirs:
        return 2
    return 1 if record.in_controlled_shutdown else 0


def encode_batch(records: Sequence[Record], level: int, timestamp: int, **header: Any) -> bytes:
    """One batch; keywords are those of `records.builder.assemble`."""
    values = [encode_record(record, record_version(record, level)) for record in records]
    return build_values(values, timestamp, **header)


def decode_batches(buffer: bytes | memoryview) -> Iterator[tuple[Any, list[Record], list[tuple[bytes, bytes]]]]:
    """For each batch: (its header, its metadata records, its control records as (key, value)).

    Raises CorruptRecord or WireError where bytes do not fit: metadata is never guessed.
    """
    for header, start, end in iterate_batches(buffer):
        check_crc(buffer, start, end)
        found = read_records(buffer, start)
        if header.is_control:
            yield header, [], [(record.key or b"", record.value or b"") for record in found]
        else:
            yield header, [_decode(record.value, record.offset) for record in found], []


def _decode(value: bytes | None, offset: int) -> Record:
    if value is None:
        raise WireError(f"the metadata record at offset {offset} is empty")
    return decode_record(value)[0]


class Transactions:
    """Holds back the records of a metadata transaction (KIP-868) until its end is read."""

    def __init__(self) -> None:
        self._pending: list[Record] | None = None

    @property
    def open(self) -> bool:
        return self._pending is not None

    def feed(self, record: Record) -> list[Record]:
        """The records that take effect now that this one was read."""
        if isinstance(record, messages.BeginTransactionRecord):
            self._pending = []
            return []
        if isinstance(record, (messages.EndTransactionRecord, messages.AbortTransactionRecord)):
            done, self._pending = self._pending or [], None
            return done if isinstance(record, messages.EndTransactionRecord) else []
        if self._pending is None:
            return [record]
        self._pending.append(record)
        return []
