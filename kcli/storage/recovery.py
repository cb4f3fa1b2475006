"""Bring a partition's folder into order when it is opened, after whatever end its last writer came to.

Order as Kafka's: finish or undo an interrupted compaction, load segments by name, after an unclean stop check every
batch from the recovery point on and cut at the first that is wrong, then bring epochs and producers to the log's end.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kcli.records.batch import BatchHeader
from kcli.records.control import EndMarker, read_end_marker
from kcli.records.errors import CorruptRecord
from kcli.storage import names
from kcli.storage.config import LogConfig
from kcli.storage.epochs import LeaderEpochs
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.indexes import AbortedTransaction
from kcli.storage.producer_state import ProducerStates
from kcli.storage.segment import Segment

OnProgress = Callable[[], None]

_log = logging.getLogger(__name__)


def ignore_progress() -> None:
    """For those who have the time."""


class LoadedLog(NamedTuple):
    """A log in order: at least one segment, the last of them the active one."""

    segments: list[Segment]
    log_start: int
    recovery_point: int
    next_offset: int


class Loader:
    """Loads one folder, once."""

    def __init__(
        self,
        fs: FileSystem,
        directory: str,
        config: LogConfig,
        producers: ProducerStates,
        epochs: LeaderEpochs,
        discard: Callable[[str], None],
        now_ms: int,
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        self._fs = fs
        self._directory = directory
        self._config = config
        self._producers = producers
        self._epochs = epochs
        self._discard = discard
        self._now_ms = now_ms
        self._on_progress = on_progress
        self._segments: list[Segment] = []

    def load(self, *, clean: bool, recovery_point: int, log_start: int) -> LoadedLog:
        """clean: the last writer closed everything. recovery_point and log_start: as checkpointed, 0 if not."""
        self._on_progress()
        self._finish_compaction()
        self._segments = [Segment.open(self._fs, self._directory, base) for base in self._segment_offsets()]
        damaged = self._first_damaged(clean)
        if damaged is not None:
            clean, recovery_point = False, min(recovery_point, damaged)
        recovered = False
        if not clean:
            recovered = self._recover_from(recovery_point, log_start)
        next_offset = self._next_offset(log_start)
        first = self._segments[0].base_offset
        start = max(log_start, first)
        if start == next_offset:
            self._epochs.forget()
        else:
            self._epochs.truncate_from_end(next_offset)
            self._epochs.truncate_from_start(log_start)
        self._producers.remove_stray_snapshots([segment.base_offset for segment in self._segments])
        if not recovered:
            rebuild_producers(
                self._producers,
                self._segments,
                start,
                next_offset,
                self._now_ms,
                clean=clean,
                on_progress=self._on_progress,
            )
        self._producers.take_snapshot()
        point = next_offset if clean else min(recovery_point, next_offset)
        return LoadedLog(self._segments, start, point, next_offset)

    # Files

    def _files(self) -> list[tuple[str, int, str, str]]:
        """(name, base offset, kind, suffix) of every file that belongs to a segment."""
        parsed = ((name, names.parse_segment_file(name)) for name in self._fs.listdir(self._directory))
        return [(name, *found) for name, found in parsed if found]

    def _remove(self, name: str) -> None:
        self._fs.unlink(os.path.join(self._directory, name))

    def _finish_compaction(self) -> None:
        """Undo what was being written, finish what was being swapped in."""
        files = self._files()
        unfinished = min((base for _, base, _, suffix in files if suffix == names.CLEANED), default=None)
        for name, base, _, suffix in files:
            stale_swap = suffix == names.SWAP and unfinished is not None and base >= unfinished
            if stale_swap or suffix in (names.CLEANED, names.DELETED):
                self._remove(name)
        swaps = sorted({base for _, base, kind, suffix in self._files() if (kind, suffix) == (names.LOG, names.SWAP)})
        if swaps:
            self._replace_by_swaps(swaps)
        for name, base, kind, suffix in self._files():
            if suffix == names.SWAP:
                self._fs.rename(os.path.join(self._directory, name), names.segment_file(self._directory, base, kind))

    def _replace_by_swaps(self, swaps: list[int]) -> None:
        """Delete the segments whose records the swapped-in ones hold."""
        last = Segment.open(self._fs, self._directory, swaps[-1], names.SWAP)
        end = last.next_offset()
        last.release()
        for name, base, _, suffix in self._files():
            if not suffix and swaps[0] <= base < end:
                self._remove(name)

    def _segment_offsets(self) -> list[int]:
        """First offsets of the segments in order; indexes without a log go."""
        files = [(name, base, kind) for name, base, kind, suffix in self._files() if not suffix]
        logs = {base for _, base, kind in files if kind == names.LOG}
        for name, base, kind in files:
            if kind in names.INDEX_KINDS and base not in logs:
                _log.warning("Deleting %s, an index without its log", os.path.join(self._directory, name))
                self._remove(name)
        return sorted(logs)

    def _first_damaged(self, clean: bool) -> int | None:
        """The first offset of the first segment that cannot be used as it lies there, though it should be in order."""
        for segment in self._segments:
            try:
                _ = segment.txn_index
                if clean and segment is self._segments[-1]:
                    segment.next_offset()
            except (CorruptFile, CorruptRecord) as error:
                _log.warning("Checking %s again: %s", segment.path(), error)
                return segment.base_offset
        return None

    # Recovery

    def _recover_from(self, recovery_point: int, log_start: int) -> bool:
        """Check what may not have reached the disk. True if that has brought the producers to the end as well."""
        unflushed = [
            index
            for index, segment in enumerate(self._segments)
            if index + 1 == len(self._segments) or self._segments[index + 1].base_offset > recovery_point
        ]
        if not unflushed:
            return False
        first = self._segments[unflushed[0]]
        start = max(log_start, self._segments[0].base_offset)
        rebuild_producers(
            self._producers, self._segments, start, first.base_offset, self._now_ms, on_progress=self._on_progress
        )
        for index in unflushed:
            segment = self._segments[index]
            self._producers.end_offset = max(self._producers.end_offset, segment.base_offset)
            self._producers.take_snapshot()
            cut = segment.recover(segment.base_offset, self._config.index_interval_bytes, self._take_in(segment))
            if cut:
                _log.warning("Cut %d damaged or incomplete bytes off the end of %s", cut, segment.path())
                self._drop_segments(index + 1)
                break
        return True

    def _take_in(self, segment: Segment) -> Callable[[BatchHeader, bytes], None]:
        def seen(header: BatchHeader, batch: bytes) -> None:
            self._on_progress()
            marker = read_end_marker(batch, header) if header.is_control else None
            if header.leader_epoch > self._epochs.latest_epoch:
                self._epochs.assign(header.leader_epoch, header.base_offset)
            completed = self._producers.apply(header, marker)
            if completed and completed.aborted:
                segment.add_aborted(AbortedTransaction.of(completed, self._producers.stable_offset_after(completed)))

        return seen

    def _drop_segments(self, index: int) -> None:
        for segment in self._segments[index:]:
            _log.warning("Deleting %s, which lies behind the damage", segment.path())
            segment.release()
            for path in segment.file_paths():
                self._discard(path)
            self._producers.delete_snapshot(segment.base_offset)
        del self._segments[index:]

    def _next_offset(self, log_start: int) -> int:
        """The log's end; everything goes if that is before the offset that the log is known to start at."""
        if self._segments:
            next_offset = self._segments[-1].next_offset()
            if next_offset >= log_start:
                return next_offset
            _log.warning(
                "%s ends at offset %d, before its start at %d: deleting all its segments",
                self._directory,
                next_offset,
                log_start,
            )
            self._drop_segments(0)
            self._epochs.clear()
            self._producers.clear(log_start)
        self._segments = [Segment.create(self._fs, self._directory, log_start, self._now_ms)]
        return log_start


def rebuild_producers(
    states: ProducerStates,
    segments: Sequence[Segment],
    log_start: int,
    end: int,
    now_ms: int,
    *,
    clean: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> None:
    """Bring the producers to end, from the newest snapshot and the batches behind it."""
    if clean and not states.snapshots:
        # Kafka's rule: a folder that was closed without snapshots never had producers.
        states.end_offset = end
        return
    states.reload(log_start, end, now_ms)
    for segment, following in zip(segments, [*segments[1:], None]):
        if segment.base_offset >= end:
            break
        if following is None or following.base_offset > states.end_offset:
            _replay(segment, states, end, on_progress)
    states.end_offset = end


def _replay(segment: Segment, states: ProducerStates, end: int, on_progress: OnProgress) -> None:
    try:
        for header, position in segment.batches(segment.offset_index.lookup(states.end_offset)):
            on_progress()
            if header.base_offset >= end:
                return
            if header.base_offset >= states.end_offset:
                states.apply(header, _marker_of(header, segment, position))
    except CorruptRecord as error:
        _log.warning("Reading the producers of %s stops at %d: %s", segment.path(), states.end_offset, error)


def _marker_of(header: BatchHeader, segment: Segment, position: int) -> EndMarker | None:
    return read_end_marker(segment.read_batch(header, position), header) if header.is_control else None
