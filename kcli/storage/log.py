"""One partition's log: a folder of segments, with what a leader or follower needs to append, read, cut and keep it.

Not thread-safe, with one exception made for slow disks: `flush_sealed` may run in a thread of its own.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kcli.clock import Clock
from kcli.records.batch import NO_TIMESTAMP, BatchHeader, iterate_batches
from kcli.records.control import EndMarker, read_end_marker
from kcli.records.errors import CorruptRecord
from kcli.storage import checkpoints, lookup, names, validation
from kcli.storage.config import LogConfig
from kcli.storage.epochs import EpochEntry, LeaderEpochs
from kcli.storage.errors import CorruptFile, passes
from kcli.storage.fs import FileSystem
from kcli.storage.indexes import AbortedTransaction
from kcli.storage.lookup import TimestampOffset
from kcli.storage.producer_state import DEFAULT_EXPIRATION_MS, Origin, ProducerStates
from kcli.storage.recovery import Loader, OnProgress, ignore_progress, rebuild_producers
from kcli.storage.retention import count_deletable
from kcli.storage.segment import Segment
from kcli.storage.trash import Trash
from kcli.storage.validation import Placed
from kcli.wire import errors
from kcli.wire.errors import KafkaError

Buffer = Any  # bytes, bytearray or memoryview
_SECONDS_BETWEEN_WARNINGS = 10.0  # clients try again several times a second
_log = logging.getLogger(__name__)

OnFailure = Callable[[str, OSError], None]

_OPEN_SEALED = 4  # sealed segments of a log that stay open for readers


class AppendInfo(NamedTuple):
    """Where an append went. A duplicate of an earlier batch went nowhere: the offsets are the first one's."""

    first_offset: int
    last_offset: int
    max_timestamp: int
    log_append_time: int
    log_start_offset: int
    duplicate: bool = False


class FetchInfo(NamedTuple):
    """Whole batches, and for readers of committed data the aborted transactions among them."""

    records: Buffer
    aborted: list[AbortedTransaction]


class Log:
    """A partition's folder. Offsets behind `high_watermark` are not committed; whoever knows the replicas moves it."""

    def __init__(
        self,
        fs: FileSystem,
        clock: Clock,
        directory: str,
        config: LogConfig,
        *,
        clean: bool = True,
        recovery_point: int = 0,
        log_start: int = 0,
        trash: Trash | None = None,
        on_failure: OnFailure | None = None,
        producer_expiration_ms: int = DEFAULT_EXPIRATION_MS,
        on_progress: OnProgress = ignore_progress,
        behind: set[Log] | None = None,
    ) -> None:
        """Open a folder, creating it if need be. clean, recovery_point and log_start are what the log dir remembers.

        on_progress is called now and then while that takes long, and may raise. Into `behind` go logs whose active
        segment's index files lack entries.
        """
        self.directory = directory
        self.config = config
        self.failed = False
        self._next_warning = 0.0
        self._fs = fs
        self._clock = clock
        self._trash = trash or Trash(fs, clock)
        self._on_failure = on_failure
        parsed = names.parse_partition_dir(os.path.basename(directory))
        if parsed is None:
            raise CorruptFile(f"{directory} is not named topic-partition")
        self.topic, self.partition, _ = parsed
        self.name = names.partition_dir(self.topic, self.partition)
        self._is_new = not fs.exists(directory)
        fs.makedirs(directory)
        self.topic_id = checkpoints.read_topic_id(fs, directory)
        self.epochs = LeaderEpochs.load(fs, directory)
        self.epochs.durable = not self._is_new
        self.producers = ProducerStates(fs, directory, self.name, producer_expiration_ms)
        loader = Loader(
            fs, directory, config, self.producers, self.epochs, self._discard_file, clock.time_ms(), on_progress
        )
        loaded = loader.load(clean=clean, recovery_point=recovery_point, log_start=log_start)
        self.segments = loaded.segments
        self.log_start_offset = loaded.log_start
        self.log_end_offset = loaded.next_offset
        if not self.log_end_offset:  # without records, it is as good as new
            self._is_new, self.epochs.durable = True, False
        self.recovery_point = loaded.recovery_point
        self.last_flush_ms = clock.time_ms()
        self._high_watermark = loaded.log_start
        self._reopened: list[Segment] = []
        self._truncations = 0
        self._behind = set() if behind is None else behind
        if self.active.behind:
            self._behind.add(self)

    def __repr__(self) -> str:
        return f"Log({self.directory}, start {self.log_start_offset}, end {self.log_end_offset})"

    @property
    def active(self) -> Segment:
        return self.segments[-1]

    @property
    def size(self) -> int:
        return sum(segment.size for segment in self.segments)

    @property
    def latest_epoch(self) -> int:
        """The epoch of the last leader that wrote, -1 if none has."""
        return self.epochs.latest_epoch

    def update_config(self, config: LogConfig) -> None:
        """Properties of the topic have changed; what is on disk stays as it is."""
        self.config = config

    # Failures

    def _failure(self, doing: str, error: OSError) -> KafkaError:
        """What a caller is told of an error of the disk; one that does not pass takes the whole log dir offline."""
        text = f"Error while {doing} for {self.name} in dir {os.path.dirname(self.directory)}: {error}"
        if not passes(error):
            self._go_offline(error)
        elif self._clock.monotonic() >= self._next_warning:
            _log.warning("%s", text)
            self._next_warning = self._clock.monotonic() + _SECONDS_BETWEEN_WARNINGS
        return KafkaError(errors.KAFKA_STORAGE_ERROR, text)

    def _go_offline(self, error: OSError) -> None:
        if not self.failed:
            self.failed = True
            if self._on_failure:
                self._on_failure(os.path.dirname(self.directory), error)

    def _check_usable(self) -> None:
        if self.failed:
            raise KafkaError(
                errors.KAFKA_STORAGE_ERROR,
                f"The log dir {os.path.dirname(self.directory)} is offline due to an earlier disk error",
            )

    # Appending

    def append_as_leader(self, records: Buffer, leader_epoch: int, *, origin: Origin = Origin.CLIENT) -> AppendInfo:
        """Check batches, give them offsets and write them. A refusal is the KafkaError that the response carries."""
        self._check_usable()
        now = self._clock.time_ms()
        if origin is Origin.CLIENT:
            batches = [validation.place_client(records, self.config, self.name, self.log_end_offset, leader_epoch, now)]
        else:
            batches = validation.place_own(records, self.log_end_offset, leader_epoch)
        if not batches:
            raise KafkaError(errors.CORRUPT_MESSAGE, f"No record batch in the append to {self.name}")
        markers = [self._read_marker(batch) for batch in batches]
        for batch, marker in zip(batches, markers):
            header = batch.header
            if header.producer_id >= 0:
                if marker is not None:
                    self.producers.check_marker(header, marker, header.base_offset)
                    continue
                duplicate = self.producers.check(header, header.base_offset, origin)
                if duplicate is not None:
                    return AppendInfo(
                        duplicate.first_offset,
                        duplicate.last_offset,
                        duplicate.timestamp,
                        duplicate.timestamp if self.config.uses_log_append_time else NO_TIMESTAMP,
                        self.log_start_offset,
                        duplicate=True,
                    )
        return self._append(batches, markers, now)

    def append_as_follower(self, records: Buffer) -> AppendInfo | None:
        """Write a leader's batches as they are; None if not one is whole."""
        self._check_usable()
        batches = validation.read_replicated(records)
        if not batches:
            return None
        first = batches[0].header.base_offset
        if first < self.log_end_offset:
            raise KafkaError(
                errors.OFFSET_OUT_OF_RANGE,
                f"Unexpected offset in append to {self.name}. First offset {first} is less than the next offset "
                f"{self.log_end_offset}.",
            )
        return self._append(batches, [self._read_marker(batch) for batch in batches], self._clock.time_ms())

    def _read_marker(self, batch: Placed) -> EndMarker | None:
        if not batch.header.is_control:
            return None
        try:
            return read_end_marker(b"".join(batch.buffers), batch.header)
        except CorruptRecord as error:
            raise KafkaError(errors.CORRUPT_MESSAGE, str(error)) from None

    def _append(self, batches: Sequence[Placed], markers: Sequence[EndMarker | None], now: int) -> AppendInfo:
        headers = [batch.header for batch in batches]
        size = sum(header.size for header in headers)
        first, last = headers[0], headers[-1]
        if size > self.config.segment_bytes:
            raise KafkaError(
                errors.RECORD_LIST_TOO_LARGE,
                f"Message batch size is {size} bytes in append to partition {self.name}, which exceeds the maximum "
                f"configured segment size of {self.config.segment_bytes}.",
            )
        newest = first.max_timestamp if len(headers) == 1 else max(header.max_timestamp for header in headers)
        try:
            for header in headers:
                if header.leader_epoch != self.epochs.latest_epoch and header.leader_epoch >= 0:
                    self.epochs.assign(header.leader_epoch, header.base_offset)
            segment = self._segment_for(size, last.last_offset, newest, first.base_offset, now)
            buffers = batches[0].buffers if len(batches) == 1 else [part for batch in batches for part in batch.buffers]
            segment.append(headers, buffers, size, self.config.index_interval_bytes)
            if segment.behind:
                self._behind.add(self)
            self.log_end_offset = last.next_offset
            for header, marker in zip(headers, markers):
                self._apply_to_producers(header, marker, segment)
        except OSError as error:
            raise self._failure("appending records", error) from error
        if self.log_end_offset - self.recovery_point >= self.config.flush_messages:
            self.flush()
        return AppendInfo(
            first.base_offset,
            last.last_offset,
            newest,
            now if self.config.uses_log_append_time else NO_TIMESTAMP,
            self.log_start_offset,
        )

    def _apply_to_producers(self, header: BatchHeader, marker: EndMarker | None, segment: Segment) -> None:
        completed = self.producers.apply(header, marker)
        if completed is not None and completed.aborted:
            stable = self.producers.stable_offset_after(completed)
            segment.add_aborted(AbortedTransaction.of(completed, stable))

    def _segment_for(self, size: int, last_offset: int, timestamp: int, first_offset: int, now: int) -> Segment:
        """The active segment, or a new one where Kafka would roll."""
        active, config = self.segments[-1], self.config
        if (
            active.size > config.segment_bytes - size
            or (
                active.size
                and active.time_waited_for_roll(now, timestamp) > config.segment_ms - self._jitter(active.base_offset)
            )
            or active.is_index_full(config.segment_index_bytes)
            or not active.fits(last_offset)
        ):
            return self._roll(first_offset)
        return active

    def _jitter(self, base_offset: int) -> int:
        """Spreads rolls over time as Kafka's random jitter does, but the same for a segment each time it is asked."""
        limit = min(self.config.segment_jitter_ms, self.config.segment_ms)
        return hash((self.name, base_offset)) % limit if limit else 0

    def roll(self) -> Segment:
        """Seal the active segment and begin a new one at the log's end; an empty one stays as it is."""
        self._check_usable()
        try:
            return self._roll(self.log_end_offset)
        except OSError as error:
            raise self._failure("rolling a segment", error) from error

    def _roll(self, base_offset: int) -> Segment:
        old = self.active
        if not old.size and old.base_offset == base_offset:
            return old
        self.producers.end_offset = base_offset
        self.producers.take_snapshot(sync=False)  # flush_sealed brings it to the disk, together with the old segment
        if old.size:
            old.seal()
        preallocate = self.config.segment_bytes if self.config.preallocate else 0
        segment = Segment.create(self._fs, self.directory, base_offset, self._clock.time_ms(), preallocate)
        if not old.size:
            self.segments.pop()
            self._delete_files([old])
        else:
            self._keep_open(old)
        self.segments.append(segment)
        return segment

    def _keep_open(self, segment: Segment) -> None:
        """Remember that a sealed segment is open, and close the one that has not been read for longest."""
        if segment in self._reopened:
            self._reopened.remove(segment)
        self._reopened.append(segment)
        if len(self._reopened) > _OPEN_SEALED:
            self._reopened.pop(0).release()

    def save_index_entries(self) -> None:
        """Bring the active segment's index files up to what is in memory."""
        self._check_usable()
        try:
            if self.active.behind:
                self.active.save_new_entries()
        except OSError as error:
            raise self._failure("writing an index", error) from error

    # Offsets

    @property
    def high_watermark(self) -> int:
        return self._high_watermark

    @high_watermark.setter
    def high_watermark(self, offset: int) -> None:
        self._high_watermark = max(self.log_start_offset, min(offset, self.log_end_offset))
        self.producers.on_high_watermark(self._high_watermark)

    @property
    def last_stable_offset(self) -> int:
        """Up to here, every transaction has ended and its end is committed."""
        unstable = self.producers.first_unstable_offset
        if unstable is None or unstable >= self._high_watermark:
            return self._high_watermark
        return max(unstable, self.log_start_offset)

    def read(
        self,
        offset: int,
        max_bytes: int,
        *,
        upper: int | None = None,
        minimum_one: bool = True,
        with_aborted: bool = False,
    ) -> FetchInfo:
        """Whole batches from the one that holds offset on, none that begins at upper or behind it.

        minimum_one: the first batch goes even if it alone is larger than max_bytes.
        """
        self._check_usable()
        end = self.log_end_offset
        if offset < self.log_start_offset or offset > end:
            raise KafkaError(
                errors.OFFSET_OUT_OF_RANGE,
                f"Received request for offset {offset} for partition {self.name}, but we only have log segments from "
                f"offset: {self.log_start_offset} up to: {end}.",
            )
        limit = end if upper is None or upper > end else upper
        if offset >= limit or (max_bytes <= 0 and not minimum_one):
            return FetchInfo(b"", [])
        try:
            records, segment = lookup.read(self.segments, offset, max_bytes, limit, minimum_one)
            if segment is not self.segments[-1]:
                self._keep_open(segment)
            aborted = self._aborted(offset, records, limit) if with_aborted else []
        except OSError as error:
            raise self._failure("reading records", error) from error
        except (CorruptRecord, CorruptFile) as error:
            raise KafkaError(errors.CORRUPT_MESSAGE, f"{self.name} at offset {offset}: {error}") from None
        return FetchInfo(records, aborted)

    def _aborted(self, offset: int, records: Buffer, limit: int) -> list[AbortedTransaction]:
        found = lookup.aborted_transactions(self.segments, offset, limit)
        if found:  # only those that touch what was really read
            upper = max((header.next_offset for header, _, _ in iterate_batches(records)), default=offset)
            found = [entry for entry in found if entry.first_offset < upper]
        return found

    def offset_for_timestamp(self, timestamp: int) -> TimestampOffset | None:
        """The first record that is at least as new as timestamp."""
        return self._looking_up(lambda: lookup.offset_for_timestamp(self.segments, timestamp, self.log_start_offset))

    def offset_of_max_timestamp(self) -> TimestampOffset | None:
        """The first record that has the largest timestamp in the log."""
        return self._looking_up(lambda: lookup.offset_of_max_timestamp(self.segments))

    def _looking_up(self, find: Callable[[], TimestampOffset | None]) -> TimestampOffset | None:
        self._check_usable()
        try:
            return find()
        except OSError as error:
            raise self._failure("fetching offset by timestamp", error) from error
        except CorruptRecord as error:
            raise KafkaError(errors.CORRUPT_MESSAGE, f"{self.name}: {error}") from None

    # Epochs

    def start_leader_epoch(self, epoch: int) -> None:
        """A leader takes over at the log's end."""
        self._check_usable()
        try:
            self.epochs.assign(epoch, self.log_end_offset)
        except OSError as error:
            raise self._failure("writing leader epochs", error) from error

    def epoch_end_offset(self, epoch: int) -> EpochEntry:
        """(the largest known epoch up to this one, where it ends); (-1, -1) if that is not known."""
        return self.epochs.end_offset_of(epoch, self.log_end_offset)

    def assign_topic_id(self, topic_id: bytes) -> None:
        """Write down whose log this is, once."""
        if self.topic_id == topic_id:
            return
        if self.topic_id is not None:
            raise KafkaError(
                errors.INCONSISTENT_TOPIC_ID, f"{self.directory} holds the log of another topic of the same name"
            )
        try:
            checkpoints.write_topic_id(self._fs, self.directory, topic_id, durable=not self._is_new)
        except OSError as error:
            raise self._failure("writing the topic id", error) from error
        self.topic_id = topic_id

    # Cutting

    def delete_records(self, before: int) -> int:
        """Raise the start of the log to `before`, which must be committed; segments below it go with retention."""
        self._check_usable()
        if not 0 <= before <= self._high_watermark:
            raise KafkaError(
                errors.OFFSET_OUT_OF_RANGE,
                f"Cannot increment the log start offset to {before} of partition {self.name} since it is larger than "
                f"the high watermark {self._high_watermark}",
            )
        if before > self.log_start_offset:
            try:
                self._start_at(before)
            except OSError as error:
                raise self._failure("raising the log start offset", error) from error
        return self.log_start_offset

    def _start_at(self, offset: int) -> None:
        self.epochs.truncate_from_start(offset)
        self.log_start_offset = offset
        self.recovery_point = max(self.recovery_point, offset)
        self._high_watermark = max(self._high_watermark, offset)
        self.producers.on_log_start(offset)

    def truncate_to(self, offset: int) -> bool:
        """Drop everything from the batch that holds offset on; False if there is nothing of that."""
        self._check_usable()
        if offset >= self.log_end_offset:
            return False
        if offset < self.segments[0].base_offset:
            self.truncate_fully(offset)
            return True
        try:
            keep = lookup.floor_index(self.segments, offset) + 1
            self._delete_files(self.segments[keep:])
            del self.segments[keep:]
            offset = self.active.truncate_to(offset, self._clock.time_ms())
            self.epochs.truncate_from_end(offset)
        except OSError as error:
            raise self._failure("truncating", error) from error
        self._after_truncation(min(self.log_start_offset, offset), offset)
        return True

    def truncate_fully(self, offset: int) -> None:
        """Drop everything and go on at offset, as a follower does whose leader has deleted what it lacks."""
        self._check_usable()
        try:
            old, self.segments = self.segments, []
            self._delete_files(old)
            self.segments = [Segment.create(self._fs, self.directory, offset, self._clock.time_ms())]
            self.epochs.clear()
            self.producers.clear(offset)
        except OSError as error:
            raise self._failure("truncating", error) from error
        self._after_truncation(offset, offset)

    def _after_truncation(self, start: int, end: int) -> None:
        self.log_start_offset, self.log_end_offset = start, end
        self.recovery_point = min(self.recovery_point, end)
        self._truncations += 1
        try:
            rebuild_producers(self.producers, self.segments, start, end, self._clock.time_ms())
        except OSError as error:
            raise self._failure("reloading producers", error) from error
        self.high_watermark = min(self._high_watermark, end)

    # Retention

    def delete_old_segments(self) -> int:
        """Apply retention; returns how many segments went."""
        self._check_usable()
        try:
            count = count_deletable(
                self.segments,
                self.config,
                self.log_start_offset,
                self._high_watermark,
                self.log_end_offset,
                self._clock.time_ms(),
            )
            if not count:
                return 0
            if count == len(self.segments):
                self._roll(self.log_end_offset)
            old, self.segments = self.segments[:count], self.segments[count:]
            if self.segments[0].base_offset > self.log_start_offset:
                self._start_at(self.segments[0].base_offset)
            self._delete_files(old)
        except OSError as error:
            raise self._failure("deleting old segments", error) from error
        return count

    def _discard_file(self, path: str) -> None:
        self._trash.discard_file(path, self.config.file_delete_delay_ms)

    def _delete_files(self, segments: Sequence[Segment], *, keep_snapshot: bool = False) -> None:
        for segment in segments:
            if segment in self._reopened:
                self._reopened.remove(segment)
            segment.release()
            for path in segment.file_paths():
                self._discard_file(path)
            if not keep_snapshot:
                self.producers.delete_snapshot(segment.base_offset)

    def swap_in(self, cleaned: Segment, old: Sequence[Segment]) -> None:
        """Put a segment that compaction has written, sealed and flushed in the place of those it was made from."""
        self._check_usable()
        try:
            self._fs.set_modified_ms(cleaned.path(), self._fs.modified_ms(old[-1].path()))
            cleaned.change_suffix(names.SWAP)
            self._fs.fsync_dir(self.directory)
            for segment in reversed(old):
                self._delete_files([segment], keep_snapshot=segment.base_offset == cleaned.base_offset)
            cleaned.change_suffix("")
            start = self.segments.index(old[0])
            self.segments[start : start + len(old)] = [cleaned]
        except OSError as error:
            raise self._failed_flush(error) from error

    # Durability and the end

    def flush(self) -> None:
        """Put everything on the disk itself; the recovery point follows."""
        self._check_usable()
        try:
            self._flush_to_end()
        except OSError as error:
            raise self._failed_flush(error) from error

    def flush_sealed(self) -> None:
        """Put the sealed segments on the disk itself, which takes long after a roll: meant for a thread."""
        self._check_usable()
        try:
            self._flush_until(self.active.base_offset, self.segments[:-1])
        except OSError as error:
            raise self._failed_flush(error) from error

    @property
    def has_unflushed_segments(self) -> bool:
        """Whether a roll has left something for `flush_sealed` to do."""
        return self.recovery_point < self.segments[-1].base_offset

    def _flush_to_end(self) -> None:
        self._flush_until(self.log_end_offset, self.segments)

    def _flush_until(self, offset: int, segments: Sequence[Segment]) -> None:
        point, truncations = self.recovery_point, self._truncations
        if offset > point:
            for segment in list(segments)[lookup.floor_index(segments, point) if segments else 0 :]:
                if segment is self.active:
                    segment.flush()
                else:
                    segment.flush_sealed()
            for snapshot in list(self.producers.snapshots):
                if point < snapshot <= offset:
                    self.producers.flush_snapshot(snapshot)
            self._fs.fsync_dir(self.directory)
            if self._is_new:
                self._flush_creation()
            if truncations == self._truncations:
                self.recovery_point = max(self.recovery_point, offset)
                self.last_flush_ms = self._clock.time_ms()

    def _flush_creation(self) -> None:
        """The folder and what is in it from the start. Not before there are records: thousands may be made at once."""
        self.epochs.durable = True
        for name in (names.PARTITION_METADATA, names.LEADER_EPOCHS):
            self._fs.fsync_path(os.path.join(self.directory, name))
        self._fs.fsync_dir(os.path.dirname(self.directory))
        self._is_new = False

    def _failed_flush(self, error: OSError) -> KafkaError:
        """After a failed fsync or swap nobody knows what is on the disk, and asking again may lie: it is final."""
        self._go_offline(error)
        return self._failure("flushing", error)

    def close(self) -> None:
        """Write indexes and a producer snapshot, and let go of all files. Flush before, if it is to be durable."""
        if self.failed:
            self.release()
            return
        try:
            self.producers.end_offset = self.log_end_offset
            self.producers.take_snapshot()
            for segment in self.segments:
                segment.close()
        except OSError as error:
            raise self._failure("closing", error) from error

    def release(self) -> None:
        """Let go of all files as they are: for logs that have failed or were deleted."""
        for segment in self.segments:
            try:
                segment.release()
            except OSError:
                pass

    def rename(self, directory: str) -> None:
        """Give the folder another name, e.g. `…-delete`; the log stays usable for those who are still reading it."""
        try:
            self._fs.rename(self.directory, directory)
            self._fs.fsync_dir(os.path.dirname(directory))
        except OSError as error:
            raise self._failure("renaming its folder", error) from error
        self.directory = directory
        for segment in self.segments:
            segment.directory = directory
        self.epochs.move(directory)
        self.producers.move(directory)
