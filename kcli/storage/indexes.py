"""A segment's three indexes, in Kafka's formats: offset -> position, timestamp -> offset, aborted transactions.

An index lives in memory while its segment is in use. It is written as a whole when the segment is sealed or closed;
before that, its new entries are added to the file now and then. What is on disk is never trusted further than it makes
sense: Kafka preallocates the active segment's files and leaves zeros behind when it is killed. An index that is short
or missing is rebuilt from the log, which is the truth.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import islice
from operator import le, lt
from struct import Struct, iter_unpack
from typing import NamedTuple

from kcli.records.batch import NO_TIMESTAMP
from kcli.storage.errors import CorruptFile

MAX_RELATIVE_OFFSET = (1 << 31) - 1
_TIME_ENTRY = Struct(">qi")
_TXN_ENTRY = Struct(">hqqqq")
_TXN_VERSION = 0


def _rising(values: array[int], compare: Callable[[int, int], bool] = lt) -> bool:
    return all(map(compare, values, islice(values, 1, None)))


class OffsetIndex:
    """Sparse (last offset of an appended set, position of its start)."""

    ENTRY_SIZE = 8

    def __init__(self, base_offset: int) -> None:
        self.base_offset = base_offset
        self._offsets = array("i")
        self._positions = array("i")

    @classmethod
    def load(cls, base_offset: int, data: bytes, log_size: int) -> OffsetIndex:
        """Raises CorruptFile for entries that the log cannot have given it."""
        index = cls(base_offset)
        if len(data) % cls.ENTRY_SIZE:
            raise CorruptFile(f"offset index of {len(data)} bytes does not hold whole entries")
        pairs = array("i", data)
        if sys.byteorder == "little":
            pairs.byteswap()
        index._offsets = pairs[0::2]
        index._positions = pairs[1::2]
        if pairs and (
            pairs[0] < 0
            or pairs[1] < 0
            or index._positions[-1] >= log_size
            or not _rising(index._offsets)
            or not _rising(index._positions)
        ):
            raise CorruptFile("offset index entries do not rise, or point behind the log's end")
        return index

    def __len__(self) -> int:
        return len(self._offsets)

    def append(self, offset: int, position: int) -> None:
        self._offsets.append(offset - self.base_offset)
        self._positions.append(position)

    def lookup(self, offset: int) -> int:
        """A batch's position from which a walk forward meets the batch that holds offset."""
        slot = bisect_right(self._offsets, offset - self.base_offset) - 1
        return self._positions[slot] if slot >= 0 else 0

    def floor_position(self, position: int) -> int:
        """The last indexed batch start that is not behind position."""
        slot = bisect_right(self._positions, position) - 1
        return self._positions[slot] if slot >= 0 else 0

    def truncate_to(self, offset: int) -> None:
        """Drop the entries for offset and above."""
        slot = bisect_left(self._offsets, offset - self.base_offset)
        del self._offsets[slot:], self._positions[slot:]

    def to_bytes(self, first: int = 0) -> bytes:
        """The entries from one on."""
        offsets = self._offsets[first:]
        pairs = array("i", bytes(8 * len(offsets)))
        pairs[0::2] = offsets
        pairs[1::2] = self._positions[first:]
        if sys.byteorder == "little":
            pairs.byteswap()
        return pairs.tobytes()


class TimeEntry(NamedTuple):
    """The largest timestamp up to here, and the last offset of the batch that has it."""

    timestamp: int
    offset: int


class TimeIndex:
    """Sparse (largest timestamp so far, last offset of its batch), both rising."""

    ENTRY_SIZE = 12

    def __init__(self, base_offset: int) -> None:
        self.base_offset = base_offset
        self._timestamps = array("q")
        self._offsets = array("i")

    @classmethod
    def load(cls, base_offset: int, data: bytes) -> TimeIndex:
        """Raises CorruptFile for entries that do not rise."""
        index = cls(base_offset)
        if len(data) % cls.ENTRY_SIZE:
            raise CorruptFile(f"time index of {len(data)} bytes does not hold whole entries")
        for timestamp, offset in iter_unpack(_TIME_ENTRY.format, data):
            index._timestamps.append(timestamp)
            index._offsets.append(offset)
        if data and (
            index._timestamps[0] <= 0  # as preallocated files have it
            or index._offsets[0] < 0
            or not _rising(index._timestamps)
            or not _rising(index._offsets, le)
        ):
            raise CorruptFile("time index entries do not rise")
        return index

    def __len__(self) -> int:
        return len(self._timestamps)

    def last(self) -> TimeEntry:
        if not self._timestamps:
            return TimeEntry(NO_TIMESTAMP, self.base_offset)
        return TimeEntry(self._timestamps[-1], self.base_offset + self._offsets[-1])

    def append(self, entry: TimeEntry) -> None:
        """Add an entry unless it says nothing new."""
        if entry.timestamp > self.last().timestamp:
            self._timestamps.append(entry.timestamp)
            self._offsets.append(entry.offset - self.base_offset)

    def lookup(self, timestamp: int) -> int:
        """An offset up to which every record is older than timestamp: the search may start there."""
        slot = bisect_left(self._timestamps, timestamp) - 1
        return self.base_offset + (self._offsets[slot] if slot >= 0 else 0)

    def truncate_to(self, offset: int) -> None:
        """Drop the entries for offset and above."""
        slot = bisect_left(self._offsets, offset - self.base_offset)
        del self._timestamps[slot:], self._offsets[slot:]

    def to_bytes(self, first: int = 0) -> bytes:
        """The entries from one on."""
        return b"".join(map(_TIME_ENTRY.pack, self._timestamps[first:], self._offsets[first:]))


class CompletedTransaction(NamedTuple):
    """A transaction of one producer that the marker at last_offset ended."""

    producer_id: int
    first_offset: int
    last_offset: int
    aborted: bool


class AbortedTransaction(NamedTuple):
    """From the producer's first offset to the marker's; last_stable_offset is the log's, once it was aborted."""

    producer_id: int
    first_offset: int
    last_offset: int
    last_stable_offset: int

    @classmethod
    def of(cls, completed: CompletedTransaction, last_stable_offset: int) -> AbortedTransaction:
        return cls(*completed[:3], last_stable_offset)


class TransactionIndex:
    """The aborted transactions whose markers lie in a segment, by marker offset."""

    ENTRY_SIZE = _TXN_ENTRY.size

    def __init__(self, entries: list[AbortedTransaction] | None = None) -> None:
        self.entries = entries or []

    @classmethod
    def load(cls, base_offset: int, data: bytes) -> TransactionIndex:
        """Raises CorruptFile for entries that cannot be of this segment."""
        if len(data) % cls.ENTRY_SIZE:
            raise CorruptFile(f"transaction index of {len(data)} bytes does not hold whole entries")
        rows = list(iter_unpack(_TXN_ENTRY.format, data))
        if any(version != _TXN_VERSION for version, *_ in rows):
            raise CorruptFile("transaction index of an unknown version")
        entries = [AbortedTransaction(*row) for _, *row in rows]
        if any(entry.last_offset < base_offset for entry in entries):
            raise CorruptFile("transaction index entry before the segment's first offset")
        return cls(entries)

    def append(self, entry: AbortedTransaction) -> None:
        self.entries.append(entry)

    def collect(self, fetch_offset: int, upper: int) -> tuple[list[AbortedTransaction], bool]:
        """Aborted transactions that touch [fetch_offset, upper), and whether later segments have none of them."""
        found = []
        for entry in self.entries:
            if entry.last_offset >= fetch_offset and entry.first_offset < upper:
                found.append(entry)
            if entry.last_stable_offset >= upper:
                return found, True
        return found, False

    def truncate_to(self, offset: int) -> None:
        """Drop the transactions whose markers are at offset or above."""
        self.entries = [entry for entry in self.entries if entry.last_offset < offset]

    def to_bytes(self) -> bytes:
        return b"".join(_TXN_ENTRY.pack(_TXN_VERSION, *entry) for entry in self.entries)
