"""The batches of one partition, in order, and what may happen to them: pure state, without sockets or clock.

Nothing overtakes within a partition. With idempotence up to five batches are on the wire, because the broker refuses
whatever does not follow the last sequence number; without it, one. A batch that is sent again travels alone.

Sequence numbers after a failure: a batch that was refused for good leaves a gap, which the next ones close by taking
its numbers; one that *may* have been written makes the gap unsafe, and the producer's epoch is raised (as Kafka's
does), so that a late copy of it cannot pass for one of its successors.

How much a batch may hold is found out: it begins with what Kafka's producer sends and doubles while answers come
quickly, so that a slow line never has more under way than it can carry within the request's timeout.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from enum import Enum
from itertools import takewhile
from typing import Any

from kcli.client.producer_batch import Batch, Kind
from kcli.client.producer_config import ProducerConfig
from kcli.records.batch import HEADER_SIZE, SEQUENCE_MASK
from kcli.wire import errors

_SAME_TIME_MS = 20  # plain records taken within so short a time share one timestamp
_FEW = 64  # so few plain items are turned into full records rather than closing a batch

TOO_LARGE = frozenset((errors.MESSAGE_TOO_LARGE, errors.RECORD_LIST_TOO_LARGE))
_SEQUENCE_BROKEN = frozenset(
    (errors.OUT_OF_ORDER_SEQUENCE_NUMBER, errors.UNKNOWN_PRODUCER_ID, errors.INVALID_PRODUCER_EPOCH)
)
_MAYBE_WRITTEN = frozenset(
    (errors.NETWORK_EXCEPTION, errors.REQUEST_TIMED_OUT, errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND)
)


class Verdict(Enum):
    """What to do with a batch that met an error."""

    DELIVERED = "delivered"
    RETRY = "retry"
    SPLIT = "split"
    FAIL = "fail"


class Producer:
    """The producer id and epoch that all partitions share; the epoch rises when a partition needs a fresh start."""

    def __init__(self, producer_id: int, epoch: int) -> None:
        self.id = producer_id
        self.epoch = epoch

    @property
    def identity(self) -> tuple[int, int]:
        return self.id, self.epoch


class PartitionQueue:
    """Batches that wait, are on the wire, or wait to be sent again; the last takes new records until it is closed."""

    def __init__(self, topic: str, partition: int, config: ProducerConfig) -> None:
        self.topic = topic
        self.partition = partition
        self.batches: deque[Batch] = deque()
        self.bytes = 0  # at most so many are queued or on the wire
        self.batch_limit = self._careful = min(config.batch_size, config.sticky_size)
        self._batch_max = config.batch_size
        self._config = config
        self._open = False
        self._on_wire = 0
        self._retrying = False  # the head of the queue failed before: it is sent alone
        self._identity: tuple[int, int] | None = None
        self._fresh_start = False  # sequence numbers have to begin anew, under another epoch
        self._acknowledged = False  # the broker has written something of this identity
        self._expected = 0  # the sequence number that follows the last batch known to be written
        self._next_sequence = 0
        self._gap = False  # a batch was refused: its successors take its sequence numbers
        self._unsafe_gap = False  # a batch may have been written: they must not

    # Records in

    def append(self, kind: Kind, items: Sequence[Any], size: int, timestamp: int, now: float) -> bool:
        """Take items that fit into one batch (at most `size` bytes together); True if they began a new one."""
        last = self.batches[-1] if self._open else None
        if last is not None and last.size + size > self.batch_limit:
            self.close_batch()
            last = None
        if last is not None and (last.kind is not kind or abs(timestamp - last.timestamp) > _SAME_TIME_MS):
            last = self._adapt(last, kind, len(items))
        begins = last is None
        if last is None:
            last = Batch(self.topic, self.partition, kind, timestamp, now)
            self.batches.append(last)
            self._open = True
        if last.kind is not kind:
            single = Batch(self.topic, self.partition, kind, timestamp, now)
            single.extend(items, size)
            single.generalize()
            items = single.items
        last.extend(items, size, now)
        self.bytes += size
        return begins

    def _adapt(self, last: Batch, kind: Kind, count: int) -> Batch | None:
        """The open batch as one that can take these items too; None after closing it: many plain items stay plain."""
        if last.kind is Kind.RECORDS:
            if kind is Kind.RECORDS or count <= _FEW:
                return last
        elif last.count <= _FEW and (count <= _FEW or kind is Kind.RECORDS):
            last.generalize()
            return last
        self.close_batch()
        return None

    def close_batch(self) -> None:
        """Let the last batch take no more records: it is ready to go."""
        self._open = False

    # Batches out

    def next_ready(self, now: float, *, flushing: bool) -> Batch | None:
        """The batch that may be put on the wire now, if there is one."""
        if self._on_wire >= self._window():
            return None
        for position, batch in enumerate(self.batches):
            if batch.on_wire:
                continue
            if self._retrying and (position or now < batch.retry_at):
                return None
            if self._open and batch is self.batches[-1] and not flushing and now < batch.created + self._config.linger:
                return None
            return batch
        return None

    def wake_at(self, *, flushing: bool) -> float | None:
        """When `next_ready` has to be asked again though nothing happened in between."""
        if self._on_wire >= self._window():
            return None
        for batch in self.batches:
            if not batch.on_wire:
                if self._retrying:
                    return batch.retry_at
                ready = flushing or not (self._open and batch is self.batches[-1])
                return batch.created if ready else batch.created + self._config.linger
        return None

    def _window(self) -> int:
        if self._retrying or (self._config.acks and not self._config.idempotence):
            return 1
        # The first batch of a new identity goes alone: a broker that knows nothing of a producer takes any sequence.
        if self._config.idempotence and not self._acknowledged:
            return 1
        return self._config.max_in_flight

    def put_on_wire(self, batch: Batch, producer: Producer | None) -> bytes:
        """Encode a batch that `next_ready` gave, with its place in the producer's sequence."""
        if self._open and batch is self.batches[-1]:
            self.close_batch()
        if producer is not None:
            self._number(batch, producer)
        batch.on_wire = True
        batch.attempts += 1
        self._on_wire += 1
        return batch.encode(
            self._config.codec,
            self._config.level,
            self._identity,
            transactional=self._config.transactional_id is not None,
        )

    def _number(self, batch: Batch, producer: Producer) -> None:
        if self._on_wire == 0:
            if self._fresh_start or self._identity is None:
                self._begin_identity(producer)
            elif self._gap:
                self._renumber(self._expected)
        if batch.base_sequence < 0:
            batch.base_sequence = self._next_sequence
            self._next_sequence = self._next_sequence + batch.count & SEQUENCE_MASK

    def _begin_identity(self, producer: Producer) -> None:
        if self._identity == producer.identity:
            producer.epoch += 1
        self._identity = producer.identity
        self._acknowledged = self._fresh_start = self._unsafe_gap = False
        self._expected = 0
        self._renumber(0)

    def _renumber(self, sequence: int) -> None:
        self._next_sequence = sequence
        self._gap = False
        for batch in self.batches:
            batch.base_sequence = -1

    # What became of them

    def __contains__(self, batch: Batch) -> bool:
        return batch in self.batches

    def acknowledge(self, batch: Batch) -> None:
        """The broker has written the batch."""
        self._remove(batch)
        self._acknowledged = True
        self._retrying = self._unsafe_gap = False
        if batch.base_sequence >= 0:
            self._expected = batch.base_sequence + batch.count & SEQUENCE_MASK

    def grow(self) -> None:
        """The line has carried a batch with ease: the next ones may be larger."""
        self.batch_limit = min(self.batch_limit * 2, self._batch_max)

    def judge(self, batch: Batch, code: int) -> Verdict:
        """What an error means for a batch that is on the wire."""
        if code in _MAYBE_WRITTEN:
            batch.ambiguous = True
            self.batch_limit = min(self.batch_limit, self._careful)
        if code == errors.DUPLICATE_SEQUENCE_NUMBER:
            return Verdict.DELIVERED
        if code in TOO_LARGE and batch.count > 1:
            return Verdict.SPLIT
        retriable = errors.error(code).retriable
        if self._config.idempotence and code in _SEQUENCE_BROKEN and self._config.transactional_id is None:
            retriable = True
            if batch is self.batches[0] and not self._gap:
                self._fresh_start = True
            else:
                batch.attempts -= 1  # it only failed because an earlier one did
        return Verdict.RETRY if retriable and batch.attempts <= self._config.retries else Verdict.FAIL

    def take_back(self, batch: Batch, retry_at: float) -> None:
        """The batch is to be sent again, not before `retry_at`."""
        self._off_wire(batch)
        batch.retry_at = retry_at
        self._retrying = True

    def abandon(self, batch: Batch) -> None:
        """Nobody waits for the batch any more, wherever it is."""
        batch.ambiguous = batch.ambiguous or batch.on_wire
        self.give_up(batch)

    def give_up(self, batch: Batch) -> None:
        """The broker refused the batch for good."""
        if batch.base_sequence >= 0:
            if batch.ambiguous:
                self._unsafe_gap = True
            self._gap = not self._unsafe_gap
        self._remove(batch)

    def split(self, batch: Batch) -> None:
        """The batch was too large: send its halves instead, and make the next ones smaller."""
        self._batch_max = max(1, min(self._batch_max, batch.size // 2))
        self.batch_limit = min(self.batch_limit, self._batch_max)
        self._replace(batch, batch.divide())

    def drop_records(self, batch: Batch, positions: Collection[int]) -> None:
        """The broker refused the whole batch for these records: send the others without them."""
        self._replace(batch, batch.divide(without=positions))

    def expired(self, now: float) -> list[Batch]:
        """The batches whose time for delivery is over."""
        limit = now - self._config.delivery_timeout
        return list(takewhile(lambda batch: batch.created <= limit, self.batches))

    def expires_at(self) -> float | None:
        """When the first batch's time for delivery is over."""
        return self.batches[0].created + self._config.delivery_timeout if self.batches else None

    def _replace(self, batch: Batch, successors: Sequence[Batch]) -> None:
        place = self.batches.index(batch)
        self._remove(batch)
        self._gap = not self._unsafe_gap
        self._retrying = True
        for offset, successor in enumerate(successors):
            self.batches.insert(place + offset, successor)
            self.bytes += successor.size - HEADER_SIZE

    def _remove(self, batch: Batch) -> None:
        if self._open and batch is self.batches[-1]:
            self._open = False
        self._off_wire(batch)
        self.batches.remove(batch)
        self.bytes -= batch.size - HEADER_SIZE

    def _off_wire(self, batch: Batch) -> None:
        if batch.on_wire:
            batch.on_wire = False
            self._on_wire -= 1
