"""Compaction: chooses the log that needs it most, rewrites its sealed segments, and swaps them in.

Has no thread: `run` is a generator that does a little at each step, so that the broker decides when and where it
runs; a step that yields something to call, which waits for the disk, goes on once that has been called, in any thread.
A crash at any point leaves the log as it was or as it will be; `recovery` finishes or undoes what was begun.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import NamedTuple
from weakref import WeakSet

from kcli.clock import Clock
from kcli.records.batch import BatchHeader, parse_header
from kcli.records.errors import CorruptRecord
from kcli.storage import checkpoints, lookup, names
from kcli.storage.checkpoints import TopicPartition
from kcli.storage.compaction import OffsetMap, Round, Transactions, clean_batch
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from kcli.storage.manager import LogManager
from kcli.storage.segment import Segment
from kcli.wire.errors import KafkaError

_log = logging.getLogger(__name__)

_MOST_KEYS = 1_000_000
_WRITE_BYTES = 256 * 1024

Step = Callable[[], object] | None
Steps = Generator[Step, None, None]


class CleaningJob(NamedTuple):
    """A log and the range of it that is dirty and may be cleaned; `end` is where the next round begins."""

    log: Log
    first_dirty: int
    end: int
    ratio: float
    overdue: bool


class Cleaner:
    """Knows up to where each compacted log is clean, in each log dir's `cleaner-offset-checkpoint`."""

    def __init__(
        self, logs: LogManager, clock: Clock, *, fs: FileSystem | None = None, most_keys: int = _MOST_KEYS
    ) -> None:
        self._logs = logs
        self._clock = clock
        self._fs = fs or FileSystem()
        self._most_keys = most_keys
        self._clean_until: dict[str, dict[TopicPartition, int]] = {}
        self._unusable: WeakSet[Log] = WeakSet()

    def choose(self) -> CleaningJob | None:
        """The dirtiest log that is dirty enough, or has waited for too long; None if there is nothing to do."""
        jobs = [self._job(log) for log in self._logs if self._is_cleanable(log)]
        due = [
            job
            for job in jobs
            if job.end > job.first_dirty and (job.overdue or job.ratio > job.log.config.min_cleanable_dirty_ratio)
        ]
        return max(due, key=lambda job: job.ratio, default=None)

    def _is_cleanable(self, log: Log) -> bool:
        return log.config.compact and not log.failed and log not in self._unusable

    def _job(self, log: Log) -> CleaningJob:
        now = self._clock.time_ms()
        first_dirty = self._offsets(log).get(_key(log), log.log_start_offset)
        if not log.log_start_offset <= first_dirty <= log.log_end_offset:
            first_dirty = log.log_start_offset
        end = max(first_dirty, _first_uncleanable(log, first_dirty, now))
        sealed = log.segments[:-1]
        clean = sum(segment.size for segment in sealed if segment.base_offset < first_dirty)
        dirty = sealed[lookup.floor_index(log.segments, first_dirty) : lookup.floor_index(log.segments, end)]
        dirty_bytes = sum(segment.size for segment in dirty)
        ratio = dirty_bytes / (clean + dirty_bytes) if dirty_bytes else 0.0
        oldest = min((segment.first_timestamp for segment in dirty if segment.first_timestamp > 0), default=now)
        overdue = dirty_bytes > 0 and oldest < now - log.config.max_compaction_lag_ms
        return CleaningJob(log, first_dirty, end, ratio, overdue)

    def _offsets(self, log: Log) -> dict[TopicPartition, int]:
        parent = os.path.dirname(log.directory)
        if parent not in self._clean_until:
            try:
                self._clean_until[parent] = checkpoints.read_offsets(self._fs, self._path(parent))
            except CorruptFile as error:
                _log.warning("Ignoring a checkpoint: %s", error)
                self._clean_until[parent] = {}
        return self._clean_until[parent]

    def _path(self, parent: str) -> str:
        return os.path.join(parent, names.CLEANER_OFFSETS)

    def run(self, job: CleaningJob) -> Steps:
        """Clean a log step by step; one that cannot be cleaned is left alone from then on.

        Raises OSError where it was the disk's fault: it can be tried again, if the log has not gone offline.
        """
        log = job.log
        try:
            end = yield from clean(self._fs, job, self._clock.time_ms(), self._most_keys)
            offsets = self._offsets(log)
            alive = {_key(other) for other in self._logs}
            offsets[_key(log)] = end
            for key in [key for key in offsets if key not in alive]:
                del offsets[key]
            path = self._path(os.path.dirname(log.directory))
            yield partial(checkpoints.write_offsets, self._fs, path, dict(offsets))
        except (KafkaError, CorruptRecord, CorruptFile) as error:
            _log.warning("%s cannot be compacted: %s", log.directory, error)
            self._unusable.add(log)


def _key(log: Log) -> TopicPartition:
    return (log.topic, log.partition)


def _first_uncleanable(log: Log, first_dirty: int, now_ms: int) -> int:
    """Not the active segment, nothing that is not stable, nothing younger than min.compaction.lag.ms."""
    end = min(log.last_stable_offset, log.active.base_offset)
    lag = log.config.min_compaction_lag_ms
    if lag > 0:
        for segment in log.segments[lookup.floor_index(log.segments, first_dirty) : -1]:
            if segment.largest_timestamp > now_ms - lag:
                return min(end, segment.base_offset)
    return end


def clean(fs: FileSystem, job: CleaningJob, now_ms: int, most_keys: int) -> Generator[Step, None, int]:
    """One round over one log; the value of the generator is the offset up to which it is clean then."""
    log = job.log
    offsets = OffsetMap(most_keys)
    yield from _map_offsets(job, offsets)
    end = offsets.latest_offset + 1
    transactions = Transactions()
    by = Round(offsets, transactions, log.producers.producers, job.end, now_ms, log.config.delete_retention_ms)
    for group in _groups([segment for segment in log.segments[:-1] if segment.base_offset < end], log, job.end):
        cleaned = Segment.create(fs, log.directory, group[0].base_offset, now_ms, suffix=names.CLEANED)
        try:
            for segment, following in zip(group, [*group[1:], None]):
                upper = following.base_offset if following is not None else segment.next_offset()
                transactions.expect(lookup.aborted_transactions(log.segments, segment.base_offset, upper))
                yield from _clean_segment(segment, cleaned, by, log.config.index_interval_bytes)
            for transaction in transactions.still_needed:
                cleaned.add_aborted(transaction)
            transactions.still_needed.clear()
            cleaned.seal()
            yield cleaned.flush_sealed
            if cleaned.directory != log.directory or any(segment not in log.segments for segment in group):
                _remove(cleaned)  # the log was deleted meanwhile, or retention took these
                return job.first_dirty
            log.swap_in(cleaned, group)
        except BaseException:
            _remove(cleaned)
            raise
    return end


def _remove(cleaned: Segment) -> None:
    """Leave nothing of an unfinished segment; one that has its final name already is not unfinished."""
    if cleaned.suffix == names.CLEANED:
        try:
            cleaned.release()
            for path in cleaned.file_paths():
                cleaned.fs.unlink(path)
        except OSError as error:
            _log.warning("%s stays until the next start: %s", cleaned, error)


def _map_offsets(job: CleaningJob, offsets: OffsetMap) -> Steps:
    """Find the newest offset of every key in the dirty part, as far as the keys fit."""
    log = job.log
    transactions = Transactions()
    transactions.expect(lookup.aborted_transactions(log.segments, job.first_dirty, job.end))
    for segment in log.segments[lookup.floor_index(log.segments, job.first_dirty) : -1]:
        if segment.base_offset >= job.end:
            break
        for header, batch in _batches(segment, segment.offset_index.lookup(job.first_dirty)):
            if header.base_offset >= job.end:
                break
            if transactions.is_superfluous(header, batch) or header.is_control:
                offsets.advance(header.last_offset)
            elif not offsets.add(batch, header, job.first_dirty):
                if offsets.latest_offset < job.first_dirty:
                    raise CorruptRecord(f"the batch at offset {header.base_offset} has more keys than fit into memory")
                return
            yield None
    offsets.advance(job.end - 1)


def _batches(segment: Segment, position: int = 0) -> Iterator[tuple[BatchHeader, bytes]]:
    for header, start in segment.batches(position):
        yield header, segment.read_batch(header, start)


def _groups(segments: Sequence[Segment], log: Log, end: int) -> Iterator[list[Segment]]:
    """Neighbours that fit into one segment together, by their size now and by their offsets."""
    group: list[Segment] = []
    for segment, following in zip(segments, [*segments[1:], None]):
        last = (following.base_offset if following is not None else end) - 1
        if group and (
            sum(other.size for other in group) + segment.size > log.config.segment_bytes
            or (segment.size and not group[0].fits(last))
        ):
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _clean_segment(segment: Segment, into: Segment, by: Round, index_interval: int) -> Steps:
    headers: list[BatchHeader] = []
    waiting: list[bytes] = []
    size = 0
    for header, batch in _batches(segment):
        left = clean_batch(header, batch, by)
        if left is not None:
            headers.append(parse_header(left))
            waiting.append(left)
            size += len(left)
        if size >= _WRITE_BYTES:
            into.append(headers, waiting, size, index_interval)
            headers, waiting, size = [], [], 0
        yield None
    if headers:
        into.append(headers, waiting, size, index_interval)
    segment.release()
