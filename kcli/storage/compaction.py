"""Which records a compacted log keeps: of each key the newest, of aborted transactions none, tombstones for a while.

Pure rules over batches; `cleaner` runs them over segments.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from kcli.records.batch import NO_TIMESTAMP, BatchHeader
from kcli.records.builder import BatchBuilder, assemble
from kcli.records.control import read_end_marker
from kcli.records.reader import Record, read_raw, read_records
from kcli.storage.indexes import AbortedTransaction
from kcli.storage.producer_state import ProducerEntry

_LONGEST_KEY = 32
_MOST_DECOMPRESSED = 64 << 20


def _short(key: bytes) -> bytes:
    """Long keys are remembered by a digest, as Kafka remembers all of them."""
    return key if len(key) <= _LONGEST_KEY else blake2b(key, digest_size=_LONGEST_KEY + 1).digest()


class OffsetMap:
    """The newest offset of each key in the dirty part of a log, up to `latest_offset`."""

    def __init__(self, most_keys: int) -> None:
        self._offsets: dict[bytes, int] = {}
        self._most_keys = most_keys
        self.latest_offset = -1

    def add(self, batch: bytes, header: BatchHeader, start: int) -> bool:
        """Take in a batch from offset start on; False if there is no room for all of it."""
        for offset, _, key, _ in read_raw(batch, limit=_MOST_DECOMPRESSED):
            if key is not None and offset >= start:
                if len(self._offsets) >= self._most_keys and _short(key) not in self._offsets:
                    return False
                self._offsets[_short(key)] = offset
        self.advance(header.last_offset)
        return True

    def advance(self, offset: int) -> None:
        self.latest_offset = max(self.latest_offset, offset)

    def has_newer(self, key: bytes, offset: int) -> bool:
        return self._offsets.get(_short(key), -1) > offset


class Transactions:
    """Follows transactions through the batches of a log in order."""

    def __init__(self) -> None:
        self.still_needed: list[AbortedTransaction] = []  # aborted, with records that this round removed or will
        self._committed: set[int] = set()
        self._aborted: dict[int, AbortedTransaction] = {}
        self._seen: set[int] = set()
        self._coming: list[tuple[int, AbortedTransaction]] = []

    def expect(self, aborted: Iterable[AbortedTransaction]) -> None:
        """The transaction index says that these were aborted."""
        for transaction in aborted:
            heapq.heappush(self._coming, (transaction.first_offset, transaction))

    def is_superfluous(self, header: BatchHeader, batch: bytes) -> bool:
        """Whether a batch is of an aborted transaction, or is the marker of one that has no batches left."""
        while self._coming and self._coming[0][0] <= header.last_offset:
            _, transaction = heapq.heappop(self._coming)
            self._aborted.setdefault(transaction.producer_id, transaction)
        if header.is_control:
            return self._is_idle_marker(header, batch)
        if not header.is_transactional:
            return False
        if header.producer_id in self._aborted:
            self._seen.add(header.producer_id)
            return True
        self._committed.add(header.producer_id)
        return False

    def _is_idle_marker(self, header: BatchHeader, batch: bytes) -> bool:
        if not header.count:
            return True
        marker = read_end_marker(batch, header)
        if marker is None:
            return False
        producer_id = header.producer_id
        if marker.commit:
            idle = producer_id not in self._committed
            self._committed.discard(producer_id)
            return idle
        transaction = self._aborted.pop(producer_id, None)
        if transaction is None or producer_id not in self._seen:
            return True
        self._seen.discard(producer_id)
        self.still_needed.append(transaction)
        return False


class Round(NamedTuple):
    """What one round of cleaning goes by."""

    offsets: OffsetMap
    transactions: Transactions
    producers: Mapping[int, ProducerEntry]
    end: int  # the first offset that is not cleaned
    now_ms: int
    delete_retention_ms: int


def clean_batch(header: BatchHeader, batch: bytes, by: Round) -> bytes | None:
    """What is left of a batch: itself, a smaller one, an empty one that somebody relies on, or nothing."""
    superfluous = by.transactions.is_superfluous(header, batch)
    idle_marker = superfluous and header.is_control
    horizon = header.delete_horizon_ms
    discard = superfluous if not header.is_control else idle_marker and horizon is not None and horizon <= by.now_ms
    if discard:
        kept: list[Record] = []
        complete = False
    else:
        records = read_records(batch, limit=_MOST_DECOMPRESSED)
        kept = records if header.is_control else [record for record in records if _is_kept(record, horizon, by)]
        complete = len(kept) == len(records)
    if not kept:
        return _empty(header) if _is_relied_on(header, by) else None
    needs_horizon = horizon is None and (idle_marker or any(record.value is None for record in kept))
    if complete and not needs_horizon:
        return batch
    return _rebuild(header, kept, by.now_ms + by.delete_retention_ms if needs_horizon else horizon)


def _is_kept(record: Record, horizon: int | None, by: Round) -> bool:
    if record.offset > by.offsets.latest_offset:
        return True
    if record.key is None or by.offsets.has_newer(record.key, record.offset):
        return False
    return record.value is not None or horizon is None or by.now_ms < horizon


def _is_relied_on(header: BatchHeader, by: Round) -> bool:
    """The last batch of a live producer holds its sequence, the last one of the round the end of what was cleaned."""
    if header.next_offset == by.end:
        return True
    entry = by.producers.get(header.producer_id) if header.has_producer else None
    if entry is None:
        return False
    if entry.batches:
        return header.last_offset == entry.batches[-1].last_offset
    return header.is_control and header.producer_epoch == entry.epoch


def _log_append_time(header: BatchHeader) -> int | None:
    return header.max_timestamp if header.uses_log_append_time else None


def _empty(header: BatchHeader) -> bytes:
    return assemble(
        b"",
        0,
        NO_TIMESTAMP,
        header.max_timestamp,
        last_offset_delta=header.last_offset_delta,
        producer_id=header.producer_id,
        producer_epoch=header.producer_epoch,
        base_sequence=header.base_sequence,
        transactional=header.is_transactional,
        control=header.is_control,
        log_append_time=_log_append_time(header),
        base_offset=header.base_offset,
        leader_epoch=header.leader_epoch,
    )


def _rebuild(header: BatchHeader, kept: Iterable[Record], horizon: int | None) -> bytes:
    """The batch with fewer records, its offsets and sequences unchanged."""
    builder = BatchBuilder(header.base_offset, delete_horizon_ms=horizon)
    for record in kept:
        builder.append(record.timestamp, record.key, record.value, record.headers, record.offset)
    return builder.build(
        last_offset=header.last_offset,
        codec=header.codec,
        producer_id=header.producer_id,
        producer_epoch=header.producer_epoch,
        base_sequence=header.base_sequence,
        transactional=header.is_transactional,
        control=header.is_control,
        log_append_time=_log_append_time(header),
        leader_epoch=header.leader_epoch,
    )
