"""What a partition knows of the producers that write to it: duplicates, gaps in sequences, open transactions.

Checks come first and change nothing; a batch is applied once it is in the log. The same state is rebuilt from a
snapshot and the batches behind it, so everything that counts is derived from batches alone.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from enum import Enum
from struct import Struct, error
from typing import NamedTuple

from kcli.records.batch import NO_PRODUCER_EPOCH, NO_SEQUENCE, NO_TIMESTAMP, SEQUENCE_MASK, BatchHeader, checksum
from kcli.records.control import EndMarker
from kcli.storage import names
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.indexes import CompletedTransaction
from kcli.wire import errors
from kcli.wire.errors import KafkaError

DEFAULT_EXPIRATION_MS = 24 * 3600 * 1000  # producer.id.expiration.ms
_KEPT_BATCHES = 5
_SNAPSHOT_VERSION = 1
_SNAPSHOT_START = Struct(">hI")
_SNAPSHOT_COUNT = Struct(">i")
_SNAPSHOT_ENTRY = Struct(">qhiqiqiq")
_NO_OFFSET = -1


class Origin(Enum):
    """Who appends: decides what is checked."""

    CLIENT = "client"
    COORDINATOR = "coordinator"
    REPLICATION = "replication"


class BatchSpan(NamedTuple):
    """A batch that a producer wrote, as its retry would name it."""

    last_sequence: int
    last_offset: int
    offset_delta: int
    timestamp: int

    @property
    def first_sequence(self) -> int:
        return (self.last_sequence - self.offset_delta) & SEQUENCE_MASK

    @property
    def first_offset(self) -> int:
        return self.last_offset - self.offset_delta


class ProducerEntry:
    """One producer's last batches, epoch and open transaction."""

    __slots__ = ("batches", "coordinator_epoch", "epoch", "last_timestamp", "transaction_start")

    def __init__(self) -> None:
        self.epoch = NO_PRODUCER_EPOCH
        self.coordinator_epoch = -1
        self.last_timestamp = NO_TIMESTAMP
        self.transaction_start: int | None = None
        self.batches: deque[BatchSpan] = deque(maxlen=_KEPT_BATCHES)

    @property
    def last_sequence(self) -> int:
        return self.batches[-1].last_sequence if self.batches else NO_SEQUENCE

    def find_duplicate(self, header: BatchHeader) -> BatchSpan | None:
        if header.producer_epoch == self.epoch:
            for span in self.batches:
                if span.last_sequence == header.last_sequence and span.first_sequence == header.base_sequence:
                    return span
        return None

    def _use_epoch(self, epoch: int) -> None:
        if epoch != self.epoch:
            self.batches.clear()
            self.epoch = epoch


class ProducerStates:
    """All producers of a partition, up to `end_offset`, and the snapshots that are on disk."""

    def __init__(self, fs: FileSystem, directory: str, name: str, expiration_ms: int = DEFAULT_EXPIRATION_MS) -> None:
        self._fs = fs
        self._directory = directory
        self._name = name
        self._expiration_ms = expiration_ms
        self.producers: dict[int, ProducerEntry] = {}
        self.end_offset = 0
        self._ongoing: dict[int, int] = {}  # first offset -> producer id
        self._undelivered: dict[int, int] = {}  # first offset -> marker's offset, until the high watermark passes it
        self._snapshot_offset = 0
        self.snapshots: list[int] = sorted(
            parsed[0]
            for parsed in map(names.parse_segment_file, fs.listdir(directory))
            if parsed and parsed[1:] == (names.SNAPSHOT, "")
        )

    def move(self, directory: str) -> None:
        """The partition's folder has another name now."""
        self._directory = directory

    # Appending

    def check(self, header: BatchHeader, offset: int, origin: Origin) -> BatchSpan | None:
        """Refuse what must not be written; a batch that is in the log already is returned instead."""
        entry = self.producers.get(header.producer_id)
        if entry is None:
            return None  # nothing is known of the producer, so any sequence may come first
        if origin is Origin.CLIENT:
            duplicate = entry.find_duplicate(header)
            if duplicate is not None:
                return duplicate
        self._check_epoch(header, entry, offset)
        if origin is Origin.CLIENT:
            self._check_sequence(header, entry, offset)
        if entry.transaction_start is not None and not header.is_transactional:
            raise KafkaError(
                errors.INVALID_TXN_STATE,
                f"Expected transactional write from producer {header.producer_id} at offset {offset} "
                f"in partition {self._name}",
            )
        return None

    def check_marker(self, header: BatchHeader, marker: EndMarker, offset: int) -> None:
        """Refuse the end marker of a producer or coordinator of the past."""
        entry = self.producers.get(header.producer_id)
        if entry is None:
            return
        self._check_epoch(header, entry, offset)
        if entry.coordinator_epoch > marker.coordinator_epoch:
            raise KafkaError(
                errors.TRANSACTION_COORDINATOR_FENCED,
                f"Invalid coordinator epoch for producerId {header.producer_id} at offset {offset} in partition "
                f"{self._name}: {marker.coordinator_epoch} (zombie), {entry.coordinator_epoch} (current)",
            )

    def _check_epoch(self, header: BatchHeader, entry: ProducerEntry, offset: int) -> None:
        if header.producer_epoch < entry.epoch:
            raise KafkaError(
                errors.INVALID_PRODUCER_EPOCH,
                f"Epoch of producer {header.producer_id} at offset {offset} in {self._name} is "
                f"{header.producer_epoch}, which is smaller than the last seen epoch {entry.epoch}",
            )

    def _check_sequence(self, header: BatchHeader, entry: ProducerEntry, offset: int) -> None:
        first, last = header.base_sequence, entry.last_sequence
        if header.producer_epoch != entry.epoch:
            if first != 0 and entry.epoch != NO_PRODUCER_EPOCH:
                raise KafkaError(
                    errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    f"Invalid sequence number for new epoch of producer {header.producer_id} at offset {offset} in "
                    f"partition {self._name}: {header.producer_epoch} (request epoch), {first} (seq. number), "
                    f"{entry.epoch} (current producer epoch)",
                )
        elif first != (last + 1) & SEQUENCE_MASK:
            raise KafkaError(
                errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                f"Out of order sequence number for producer {header.producer_id} at offset {offset} in partition "
                f"{self._name}: {first} (incoming seq. number), {last} (current end sequence number)",
            )

    def apply(self, header: BatchHeader, marker: EndMarker | None) -> CompletedTransaction | None:
        """Take in a batch that is in the log; gives the transaction that it ends, if it does."""
        self.end_offset = header.next_offset
        if not header.has_producer or (header.is_control and marker is None):
            return None
        entry = self.producers.get(header.producer_id)
        if entry is None:
            entry = self.producers[header.producer_id] = ProducerEntry()
        entry._use_epoch(header.producer_epoch)
        if marker is not None:
            return self._end_transaction(header, entry, marker)
        entry.batches.append(
            BatchSpan(header.last_sequence, header.last_offset, header.last_offset_delta, header.max_timestamp)
        )
        entry.last_timestamp = header.max_timestamp
        if header.is_transactional and entry.transaction_start is None:
            entry.transaction_start = header.base_offset
            self._ongoing[header.base_offset] = header.producer_id
        return None

    def _end_transaction(
        self, header: BatchHeader, entry: ProducerEntry, marker: EndMarker
    ) -> CompletedTransaction | None:
        entry.coordinator_epoch = marker.coordinator_epoch
        entry.last_timestamp = header.max_timestamp
        start, entry.transaction_start = entry.transaction_start, None
        if start is None:
            return None
        self._ongoing.pop(start, None)
        self._undelivered[start] = header.base_offset
        return CompletedTransaction(header.producer_id, start, header.base_offset, not marker.commit)

    # Stable offsets

    def stable_offset_after(self, completed: CompletedTransaction) -> int:
        """The last stable offset once a transaction has ended, for the transaction index."""
        return min(self._ongoing, default=completed.last_offset + 1)

    @property
    def first_unstable_offset(self) -> int | None:
        """Where the oldest transaction began that is open, or whose end the high watermark has not passed."""
        if not self._ongoing and not self._undelivered:
            return None
        return min((*self._ongoing, *self._undelivered))

    def on_high_watermark(self, offset: int) -> None:
        if self._undelivered:
            self._undelivered = {first: last for first, last in self._undelivered.items() if last >= offset}

    def on_log_start(self, offset: int) -> None:
        self.on_high_watermark(offset)
        self.end_offset = max(self.end_offset, offset)
        self._snapshot_offset = self.snapshots[-1] if self.snapshots else offset

    def has_open_transaction(self, producer_id: int) -> bool:
        entry = self.producers.get(producer_id)
        return entry is not None and entry.transaction_start is not None

    def remove_expired(self, now_ms: int) -> None:
        self.producers = {key: entry for key, entry in self.producers.items() if not self._is_expired(entry, now_ms)}

    def _is_expired(self, entry: ProducerEntry, now_ms: int) -> bool:
        return entry.transaction_start is None and now_ms - entry.last_timestamp >= self._expiration_ms

    # Snapshots

    def _path(self, offset: int) -> str:
        return names.segment_file(self._directory, offset, names.SNAPSHOT)

    def take_snapshot(self, *, sync: bool = True) -> None:
        """Write the state at end_offset, unless that has been done."""
        if self.end_offset <= self._snapshot_offset:
            return
        self._fs.write(self._path(self.end_offset), encode_snapshot(self.producers), sync=sync)
        if self.end_offset not in self.snapshots:
            insort(self.snapshots, self.end_offset)
        self._snapshot_offset = self.end_offset

    def flush_snapshot(self, offset: int) -> None:
        """Put a snapshot that was taken without on the disk itself."""
        self._fs.fsync_path(self._path(offset))

    def delete_snapshot(self, offset: int) -> None:
        if offset in self.snapshots:
            self.snapshots.remove(offset)
        self._fs.unlink(self._path(offset))

    def clear(self, end_offset: int) -> None:
        """Forget everything, the snapshots too."""
        self._forget()
        for offset in list(self.snapshots):
            self.delete_snapshot(offset)
        self._snapshot_offset, self.end_offset = 0, end_offset

    def _forget(self) -> None:
        self.producers, self._ongoing, self._undelivered = {}, {}, {}

    def remove_stray_snapshots(self, segment_offsets: list[int]) -> None:
        """Delete the snapshots at no segment's first offset, but for the newest if it is behind all segments."""
        strays = [offset for offset in self.snapshots if offset not in set(segment_offsets)]
        if strays and (not segment_offsets or strays[-1] > segment_offsets[-1]):
            strays.pop()
        for offset in strays:
            self.delete_snapshot(offset)

    def reload(self, log_start: int, log_end: int, now_ms: int) -> None:
        """Go back to the newest good snapshot within the log; the batches behind it are still to be applied."""
        for offset in list(self.snapshots):
            if offset > log_end or offset <= log_start:
                self.delete_snapshot(offset)
        self._forget()
        while self.snapshots:
            newest = self.snapshots[-1]
            try:
                entries = decode_snapshot(self._fs.read(self._path(newest)))
            except CorruptFile:
                self.delete_snapshot(newest)
                continue
            for producer_id, entry in entries.items():
                if not self._is_expired(entry, now_ms):
                    self.producers[producer_id] = entry
                    if entry.transaction_start is not None:
                        self._ongoing[entry.transaction_start] = producer_id
            self.end_offset = self._snapshot_offset = newest
            return
        self.end_offset = self._snapshot_offset = log_start


def encode_snapshot(producers: dict[int, ProducerEntry]) -> bytes:
    """Kafka's producer snapshot: of each producer only the last batch."""
    rows = [_SNAPSHOT_COUNT.pack(len(producers))]
    for producer_id, entry in producers.items():
        last = entry.batches[-1] if entry.batches else BatchSpan(NO_SEQUENCE, _NO_OFFSET, 0, NO_TIMESTAMP)
        start = _NO_OFFSET if entry.transaction_start is None else entry.transaction_start
        rows.append(
            _SNAPSHOT_ENTRY.pack(
                producer_id,
                entry.epoch,
                last.last_sequence,
                last.last_offset,
                last.offset_delta,
                entry.last_timestamp,
                entry.coordinator_epoch,
                start,
            )
        )
    body = b"".join(rows)
    return _SNAPSHOT_START.pack(_SNAPSHOT_VERSION, checksum(body)) + body


def decode_snapshot(data: bytes) -> dict[int, ProducerEntry]:
    """Raises CorruptFile for anything but a whole snapshot with the right checksum."""
    try:
        version, crc = _SNAPSHOT_START.unpack_from(data)
        body = data[_SNAPSHOT_START.size :]
        if version != _SNAPSHOT_VERSION:
            raise CorruptFile(f"producer snapshot has version {version}, expected {_SNAPSHOT_VERSION}")
        if checksum(body) != crc:
            raise CorruptFile("producer snapshot does not match its checksum")
        (count,) = _SNAPSHOT_COUNT.unpack_from(body)
        rows = list(_SNAPSHOT_ENTRY.iter_unpack(body[_SNAPSHOT_COUNT.size :]))
    except error:
        raise CorruptFile("producer snapshot is cut short") from None
    if count != len(rows):
        raise CorruptFile(f"producer snapshot should have {count} producers and has {len(rows)}")
    producers: dict[int, ProducerEntry] = {}
    for producer_id, epoch, sequence, offset, delta, timestamp, coordinator_epoch, start in rows:
        entry = producers[producer_id] = ProducerEntry()
        entry.epoch, entry.coordinator_epoch, entry.last_timestamp = epoch, coordinator_epoch, timestamp
        if offset >= 0:
            entry.batches.append(BatchSpan(sequence, offset, delta, timestamp))
        entry.transaction_start = start if start >= 0 else None
    return producers
