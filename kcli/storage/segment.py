"""One segment: a log file of batches and its indexes. Knows offsets and positions; what batches mean is the log's.

Files are opened when they are needed and can be released at any time; a sealed segment that nobody reads costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Any

from kcli.records.batch import HEADER_SIZE, LENGTH_OVERHEAD, NO_TIMESTAMP, BatchHeader, check_crc, parse_header
from kcli.records.errors import CorruptRecord
from kcli.storage import names
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.indexes import (
    MAX_RELATIVE_OFFSET,
    AbortedTransaction,
    OffsetIndex,
    TimeEntry,
    TimeIndex,
    TransactionIndex,
)

Buffer = Any  # bytes, bytearray or memoryview

_PREFIX = Struct(">qi")
_WALK = 8 * 1024
_SCAN = 1024 * 1024
_MOST_RECENT = 1024
_INDEX_INTERVAL = 4096  # Kafka's default, for indexes that are made again when a reader finds them broken


class Segment:
    """Batches from base_offset on. `size` is what counts: bytes behind it are leftovers of a failed write."""

    def __init__(self, fs: FileSystem, directory: str, base_offset: int, size: int, created_ms: int) -> None:
        self.fs = fs
        self.directory = directory
        self.base_offset = base_offset
        self.size = size
        self.created_ms = created_ms
        self.suffix = ""
        self._descriptor: int | None = None
        self._overhang = False  # a failed write left bytes behind `size`
        self._padded = False  # the file was preallocated
        self._offset_index: OffsetIndex | None = None
        self._time_index: TimeIndex | None = None
        self._txn_index: TransactionIndex | None = None
        self._unsaved = False
        self.behind = False
        """whether the index files lack entries"""
        self._saved_offsets = self._saved_times = -1  # entries at the head of the files, -1 for files unlike memory
        self._latest: TimeEntry | None = None
        self._first_timestamp: int | None = None
        self._indexed_at = 0
        # Where the last batches begin: readers at the tail look no further.
        self._recent_from = base_offset
        self._recent_lasts: list[int] = []
        self._recent_positions: list[int] = []

    @classmethod
    def create(
        cls, fs: FileSystem, directory: str, base_offset: int, now_ms: int, preallocate: int = 0, suffix: str = ""
    ) -> Segment:
        """A new, empty segment; whatever lies under its names is replaced."""
        for kind in names.SEGMENT_KINDS:
            fs.unlink(names.segment_file(directory, base_offset, kind, suffix))
        segment = cls(fs, directory, base_offset, 0, now_ms)
        segment.suffix = suffix
        segment._offset_index, segment._time_index = OffsetIndex(base_offset), TimeIndex(base_offset)
        segment._txn_index = TransactionIndex()
        segment._unsaved = segment.behind = True
        segment._descriptor = fs.open(segment.path(), create=True)
        if preallocate:
            fs.allocate(segment._descriptor, preallocate)
            segment._padded = True
        return segment

    @classmethod
    def open(cls, fs: FileSystem, directory: str, base_offset: int, suffix: str = "") -> Segment:
        """A segment that is on disk; nothing of it is read yet."""
        path = names.segment_file(directory, base_offset, names.LOG, suffix)
        segment = cls(fs, directory, base_offset, fs.size(path), fs.modified_ms(path))
        segment.suffix = suffix
        return segment

    def path(self, kind: str = names.LOG) -> str:
        return names.segment_file(self.directory, self.base_offset, kind, self.suffix)

    def __repr__(self) -> str:
        return f"Segment({self.path()}, {self.size} bytes)"

    # Writing

    def fits(self, offset: int) -> bool:
        """Whether an offset can be written relative to this segment's first."""
        return 0 <= offset - self.base_offset <= MAX_RELATIVE_OFFSET

    def append(self, headers: Sequence[BatchHeader], buffers: Sequence[Buffer], size: int, index_interval: int) -> None:
        """Write batches with one call; a failure leaves the segment as it was."""
        descriptor = self._file()
        if self._overhang:
            self.fs.truncate(descriptor, self.size)
            self._overhang = False
        try:
            self.fs.pwritev(descriptor, buffers, self.size)
        except OSError:
            self._cut_overhang(descriptor)
            raise
        self._account(headers, size, index_interval)

    def _cut_overhang(self, descriptor: int) -> None:
        self._overhang = True
        try:
            self.fs.truncate(descriptor, self.size)
            self._overhang = False
        except OSError:
            pass  # the next append tries again; until then nothing reads behind `size`

    def _account(self, headers: Sequence[BatchHeader], size: int, index_interval: int) -> None:
        """Take batches that are in the file now into the indexes."""
        position = self.size
        self._unsaved = True
        if not position:
            self._first_timestamp = headers[0].max_timestamp
        if not self._recent_lasts:
            self._recent_from = headers[0].base_offset
        for header in headers:
            last_offset = header.base_offset + header.last_offset_delta
            self._note_time(header, last_offset)
            self._recent_lasts.append(last_offset)
            self._recent_positions.append(position)
            if position - self._indexed_at > index_interval:
                self.offset_index.append(last_offset, position)
                self.time_index.append(self.latest)
                self._indexed_at = position
                self.behind = True
            position += header.length + LENGTH_OVERHEAD
        if len(self._recent_lasts) > 2 * _MOST_RECENT:
            cut = len(self._recent_lasts) - _MOST_RECENT
            self._recent_from = self._recent_lasts[cut - 1] + 1
            del self._recent_lasts[:cut], self._recent_positions[:cut]
        self.size += size

    def _note_time(self, header: BatchHeader, last_offset: int) -> None:
        if header.max_timestamp > self.latest.timestamp:
            self._latest = TimeEntry(header.max_timestamp, last_offset)

    def add_aborted(self, transaction: AbortedTransaction) -> None:
        """Note an aborted transaction whose marker was just appended; on disk at once, because readers of it are."""
        self.txn_index.append(transaction)
        self._unsaved = True
        self.fs.write(self.path(names.TXN_INDEX), self.txn_index.to_bytes())

    def seal(self) -> None:
        """Finish the indexes of a segment that gets no more batches, and write them."""
        if self.latest.timestamp >= 0:
            self.time_index.append(self.latest)
        if self._overhang or self._padded:
            self.fs.truncate(self._file(), self.size)
            self._overhang = self._padded = False
        self._unsaved = True
        self.save_indexes()

    def save_indexes(self) -> None:
        """Write what is newer in memory than on disk."""
        if not self._unsaved:
            return
        self.fs.write(self.path(names.INDEX), self.offset_index.to_bytes())
        self.fs.write(self.path(names.TIME_INDEX), self.time_index.to_bytes())
        if self.txn_index.entries:
            self.fs.write(self.path(names.TXN_INDEX), self.txn_index.to_bytes())
        self._saved_offsets, self._saved_times = len(self.offset_index), len(self.time_index)
        self._unsaved = self.behind = False

    def save_new_entries(self) -> None:
        """Add to the index files what they lack, for those who look at a live folder: Kafka maps the files it fills.

        After a crash they are made again, so nothing relies on them.
        """
        offsets, times = self.offset_index, self.time_index
        if self._saved_offsets < 0:
            self.fs.write(self.path(names.INDEX), offsets.to_bytes())
            self.fs.write(self.path(names.TIME_INDEX), times.to_bytes())
        else:
            self._extend(names.INDEX, offsets.to_bytes(self._saved_offsets), self._saved_offsets * offsets.ENTRY_SIZE)
            self._extend(names.TIME_INDEX, times.to_bytes(self._saved_times), self._saved_times * times.ENTRY_SIZE)
        self._saved_offsets, self._saved_times, self.behind = len(offsets), len(times), False

    def _extend(self, kind: str, entries: bytes, position: int) -> None:
        if entries:
            descriptor = self.fs.open(self.path(kind), create=True)
            try:
                self.fs.pwritev(descriptor, (entries,), position)
            finally:
                self.fs.close(descriptor)

    def flush(self) -> None:
        """Put the batches on the disk itself. What an active segment's indexes lack is made again after a crash."""
        self.fs.fsync(self._file())

    def flush_sealed(self) -> None:
        """Put batches and indexes on the disk itself; by name, for the files may be closed or deleted meanwhile."""
        for kind in names.SEGMENT_KINDS:
            self.fs.fsync_path(self.path(kind))

    def close(self) -> None:
        """Finish and write the indexes, and let go of the file."""
        if self._unsaved:
            self.seal()
        self.release()

    def release(self) -> None:
        """Let go of everything that can be had again from disk."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            self.fs.close(descriptor)
        if not self._unsaved:
            self._offset_index = self._time_index = self._txn_index = None

    # Moving and removing

    def change_suffix(self, suffix: str) -> None:
        """Rename all files, e.g. from `.swap` to none; the log first, for while it has a suffix, recovery deletes."""
        self.release()
        for kind in names.SEGMENT_KINDS:
            old = self.path(kind)
            if self.fs.exists(old):
                self.fs.rename(old, names.segment_file(self.directory, self.base_offset, kind, suffix))
        self.suffix = suffix

    def file_paths(self) -> list[str]:
        return [path for path in map(self.path, names.SEGMENT_KINDS) if self.fs.exists(path)]

    # Indexes

    @property
    def offset_index(self) -> OffsetIndex:
        if self._offset_index is None:
            self._load_indexes()
        assert self._offset_index is not None
        return self._offset_index

    @property
    def time_index(self) -> TimeIndex:
        if self._time_index is None:
            self._load_indexes()
        assert self._time_index is not None
        return self._time_index

    @property
    def txn_index(self) -> TransactionIndex:
        if self._txn_index is None:
            path = self.path(names.TXN_INDEX)
            data = self.fs.read(path) if self.fs.exists(path) else b""
            self._txn_index = TransactionIndex.load(self.base_offset, data)
        return self._txn_index

    def _read_indexes(self) -> None:
        read, base = self.fs.read, self.base_offset
        self._saved_offsets = self._saved_times = -1
        self._offset_index = OffsetIndex.load(base, read(self.path(names.INDEX)), self.size)
        self._time_index = TimeIndex.load(base, read(self.path(names.TIME_INDEX)))
        self._indexed_at = self._offset_index.floor_position(self.size)
        if self.size and not len(self._time_index):
            raise CorruptFile("time index of a segment with records is empty")

    def _load_indexes(self) -> None:
        try:
            self._read_indexes()
        except (CorruptFile, FileNotFoundError):
            self._offset_index, self._time_index = OffsetIndex(self.base_offset), TimeIndex(self.base_offset)
            self._rebuild()

    def _rebuild(self) -> None:
        """Make offset and time index again from the batch headers."""
        self._latest, self._indexed_at, self._unsaved = None, 0, True
        for header, position in self.batches(chunk=_SCAN):
            self._index_while_scanning(header, position, _INDEX_INTERVAL)
        self.time_index.append(self.latest)

    def _index_while_scanning(self, header: BatchHeader, position: int, interval: int) -> None:
        if not position:
            self._first_timestamp = header.max_timestamp
        self._note_time(header, header.last_offset)
        if position - self._indexed_at > interval:
            self.offset_index.append(header.last_offset, position)
            self.time_index.append(self.latest)
            self._indexed_at = position

    @property
    def latest(self) -> TimeEntry:
        """The largest timestamp in the segment; NO_TIMESTAMP where there is none."""
        if self._latest is None:
            self._latest = (self._peek_latest() if self._time_index is None else None) or self.time_index.last()
        return self._latest

    def _peek_latest(self) -> TimeEntry | None:
        """The time index's last entry without reading the rest of it, None where it makes no sense."""
        path = self.path(names.TIME_INDEX)
        if not self.fs.exists(path) or self.fs.size(path) < TimeIndex.ENTRY_SIZE:
            return None
        descriptor = self.fs.open(path)
        try:
            tail = self.fs.pread(descriptor, TimeIndex.ENTRY_SIZE, self.fs.size(path) - TimeIndex.ENTRY_SIZE)
        finally:
            self.fs.close(descriptor)
        try:
            return TimeIndex.load(self.base_offset, tail).last()
        except CorruptFile:
            return None

    @property
    def largest_timestamp(self) -> int:
        """What time-based retention goes by: the newest record, or the file's age where records have no time."""
        return self.latest.timestamp if self.latest.timestamp >= 0 else self.fs.modified_ms(self.path())

    def is_index_full(self, limit: int) -> bool:
        """Whether Kafka, with segment.index.bytes of limit, would have no room left for another entry."""
        offsets, times = limit // OffsetIndex.ENTRY_SIZE, limit // TimeIndex.ENTRY_SIZE
        return len(self.offset_index) >= offsets or len(self.time_index) >= times - 1

    def time_waited_for_roll(self, now_ms: int, timestamp: int) -> int:
        """The segment's age by its records' own time, where they have one."""
        if self.first_timestamp >= 0:
            return timestamp - self.first_timestamp
        return now_ms - self.created_ms

    @property
    def first_timestamp(self) -> int:
        """The first batch's largest timestamp, NO_TIMESTAMP where there is none."""
        if self._first_timestamp is None:
            if not self.size:
                return NO_TIMESTAMP
            header, _ = next(self.batches())
            self._first_timestamp = header.max_timestamp
        return self._first_timestamp

    # Reading

    def _file(self) -> int:
        if self._descriptor is None:
            self._descriptor = self.fs.open(self.path())
        return self._descriptor

    def pread(self, size: int, position: int) -> bytes:
        data = self.fs.pread(self._file(), size, position)
        if len(data) != size:
            raise CorruptRecord(f"{self.path()} has {len(data)} of the {size} bytes at {position}")
        return data

    def find(self, offset: int) -> int | None:
        """Where the first batch begins that ends at or behind offset; None if there is none."""
        if offset >= self._recent_from and self._recent_lasts:
            slot = bisect_left(self._recent_lasts, offset)
            return self._recent_positions[slot] if slot < len(self._recent_lasts) else None
        for header, position in self.batches(self.offset_index.lookup(offset)):
            if header.last_offset >= offset:
                return position
        return None

    def read(self, position: int, most: int, end: int, minimum_one: bool) -> Buffer:
        """Whole batches from position on, before end and at most `most` bytes; the first goes in any case if asked."""
        if end - position <= most:
            return self.pread(end - position, position)
        cut = self._last_boundary(position, position + most)
        if cut > position:
            return self.pread(cut - position, position)
        if not minimum_one:
            return b""
        _, length = _PREFIX.unpack(self.pread(LENGTH_OVERHEAD, position))
        return self.pread(length + LENGTH_OVERHEAD, position)

    def _last_boundary(self, position: int, limit: int) -> int:
        """The last end of a batch that is not behind limit."""
        recent = self._recent_positions
        if recent and position >= recent[0]:
            return recent[bisect_right(recent, limit) - 1]
        cut = max(position, self.offset_index.floor_position(limit))
        for header, start in self.batches(cut):
            if start + header.size > limit:
                break
            cut = start + header.size
        return cut

    def batches(self, position: int = 0, chunk: int = _WALK) -> Iterator[tuple[BatchHeader, int]]:
        """(header, position) of the batches from a batch's position on; reads the headers, skips over large bodies."""
        start, buffer = 0, b""
        while position < self.size:
            if position + HEADER_SIZE > start + len(buffer):
                start, buffer = position, self.pread(min(chunk, self.size - position), position)
            header = parse_header(buffer, position - start)
            if not self.fits(header.last_offset):
                raise CorruptRecord(f"{self.path()} has a batch of offset {header.base_offset} at {position}")
            yield header, position
            position += header.size

    def read_batch(self, header: BatchHeader, position: int) -> bytes:
        return self.pread(header.size, position)

    def next_offset(self) -> int:
        """The offset behind the last batch, found from the last index entry. Raises CorruptRecord for a torn tail."""
        next_offset, end = self.base_offset, 0
        for header, position in self.batches(self.offset_index.floor_position(self.size)):
            next_offset, end = header.next_offset, position + header.size
        if end != self.size:
            raise CorruptRecord(f"{self.path()} ends inside a batch")
        return next_offset

    # Cutting

    def truncate_to(self, offset: int, now_ms: int) -> int:
        """Drop the batches from the one that holds offset on; returns where the segment ends then."""
        position = self.find(offset)
        if position is not None:
            offset = min(offset, parse_header(self.pread(HEADER_SIZE, position)).base_offset)
        self.offset_index.truncate_to(offset)
        self.time_index.truncate_to(offset)
        self.txn_index.truncate_to(offset)
        self._unsaved, self._saved_offsets, self._saved_times = True, -1, -1
        self._forget_recent(offset)
        if position is not None:
            self.size = position
            self._cut_overhang(self._file())
        self._indexed_at = self.offset_index.floor_position(self.size)
        if not self.size:
            self.created_ms, self._first_timestamp = now_ms, None
        self._latest = self.time_index.last()
        for header, _ in self.batches(self.offset_index.lookup(self._latest.offset)):
            self._note_time(header, header.last_offset)
        self.save_indexes()
        return offset

    def _forget_recent(self, offset: int) -> None:
        keep = bisect_left(self._recent_lasts, offset)
        del self._recent_lasts[keep:], self._recent_positions[keep:]

    def recover(self, next_offset: int, index_interval: int, seen: Callable[[BatchHeader, bytes], None]) -> int:
        """Check every batch, make the indexes again and cut the file at the first byte that is wrong.

        next_offset is the least that the first batch may begin at; `seen` is told of each good batch, and may still
        find it corrupt. Returns how many bytes were cut.
        """
        self._offset_index, self._time_index = OffsetIndex(self.base_offset), TimeIndex(self.base_offset)
        self._txn_index = TransactionIndex()
        self._saved_offsets = self._saved_times = -1
        self._latest, self._first_timestamp, self._indexed_at = TimeEntry(NO_TIMESTAMP, self.base_offset), None, 0
        position = 0
        for header, batch in self._intact_batches(next_offset):
            try:
                seen(header, batch)
            except CorruptRecord:
                break
            self._index_while_scanning(header, position, index_interval)
            position += header.size
        cut = self.size - position
        self.size = position
        self._cut_overhang(self._file())
        self.time_index.append(self.latest)
        self._unsaved = True
        self.fs.unlink(self.path(names.TXN_INDEX))
        self.save_indexes()
        return cut

    def _intact_batches(self, next_offset: int) -> Iterator[tuple[BatchHeader, bytes]]:
        """Batches with their bytes, up to the first that is cut short, damaged or out of order."""
        position, start, buffer = 0, 0, b""
        while self.size - position >= HEADER_SIZE:
            if position + HEADER_SIZE > start + len(buffer):
                start, buffer = position, self.pread(min(_SCAN, self.size - position), position)
            try:
                header = parse_header(buffer, position - start)
                if (
                    header.base_offset < next_offset
                    or header.last_offset_delta < 0
                    or not self.fits(header.last_offset)
                ):
                    return
                if position + header.size > self.size:
                    return
                if position + header.size > start + len(buffer):
                    start, buffer = position, self.pread(min(max(_SCAN, header.size), self.size - position), position)
                batch = buffer[position - start : position - start + header.size]
                check_crc(batch, 0, header.size)
            except CorruptRecord:
                return
            yield header, batch
            position += header.size
            next_offset = header.next_offset
