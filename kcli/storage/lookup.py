"""Finding things in a row of segments: batches by offset, offsets by time, aborted transactions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from kcli.records.batch import NO_TIMESTAMP, BatchHeader
from kcli.records.errors import DecompressedTooLarge
from kcli.records.reader import read_raw
from kcli.storage.indexes import AbortedTransaction
from kcli.storage.segment import Segment

Buffer = Any  # bytes or memoryview

_MOST_DECOMPRESSED = 64 << 20
_MOST_RECORDS = 500_000


class TimestampOffset(NamedTuple):
    """A record found by its time, and the leader epoch that it was written in."""

    timestamp: int
    offset: int
    leader_epoch: int


def floor_index(segments: Sequence[Segment], offset: int) -> int:
    """The segment in which offset lies, or would lie; the first for all that is before it."""
    return max(0, bisect_right(segments, offset, key=_base_of) - 1)


def _base_of(segment: Segment) -> int:
    return segment.base_offset


def read(segments: Sequence[Segment], offset: int, most: int, upper: int, minimum_one: bool) -> tuple[Buffer, Segment]:
    """Whole batches from the one that holds offset on, all before upper and from one segment; and that segment."""
    index = floor_index(segments, offset)
    while True:
        segment = segments[index]
        is_last = index + 1 == len(segments)
        position = segment.find(offset)
        if position is not None:
            end = segment.size
            if is_last or segments[index + 1].base_offset > upper:
                found = segment.find(upper)
                end = segment.size if found is None else found
            return (segment.read(position, most, end, minimum_one) if position < end else b""), segment
        if is_last:
            return b"", segment
        index += 1  # compaction has taken the segment's last batches


def offset_for_timestamp(segments: Sequence[Segment], timestamp: int, log_start: int) -> TimestampOffset | None:
    """The first record, by offset, that is at least as new as timestamp."""
    for segment in segments:
        if segment.latest.timestamp >= timestamp or (
            segment.latest.timestamp == NO_TIMESTAMP and segment.largest_timestamp >= timestamp
        ):
            for found in _records_since(segment, timestamp, log_start):
                return found
    return None


def _records_since(segment: Segment, timestamp: int, log_start: int) -> Iterator[TimestampOffset]:
    start = max(segment.time_index.lookup(timestamp), log_start)
    for header, position in segment.batches(segment.offset_index.lookup(start)):
        if header.max_timestamp >= timestamp and header.last_offset >= log_start:
            for offset, time in _times(segment, header, position):
                if time >= timestamp and offset >= log_start:
                    yield TimestampOffset(time, offset, header.leader_epoch)


def _times(segment: Segment, header: BatchHeader, position: int) -> list[tuple[int, int]]:
    """(offset, timestamp) of a batch's records; of one that is too large to look into, only what its header says."""
    try:
        if header.count <= _MOST_RECORDS:
            records = read_raw(segment.read_batch(header, position), limit=_MOST_DECOMPRESSED)
            return [(offset, time) for offset, time, _, _ in records]
    except DecompressedTooLarge:
        pass
    return [(header.last_offset, header.max_timestamp)]


def offset_of_max_timestamp(segments: Sequence[Segment]) -> TimestampOffset | None:
    """The first record that has the largest timestamp of all."""
    segment = max(segments, key=lambda candidate: candidate.latest.timestamp)
    newest = segment.latest
    if newest.timestamp < 0:
        return None
    for header, position in segment.batches(segment.offset_index.lookup(newest.offset)):
        if header.max_timestamp == newest.timestamp:
            for offset, time in _times(segment, header, position):
                if time == newest.timestamp:
                    return TimestampOffset(time, offset, header.leader_epoch)
    return None


def aborted_transactions(segments: Sequence[Segment], offset: int, upper: int) -> list[AbortedTransaction]:
    """The aborted transactions that have records in [offset, upper)."""
    found: list[AbortedTransaction] = []
    for segment in segments[floor_index(segments, offset) :]:
        entries, complete = segment.txn_index.collect(offset, upper)
        found += entries
        if complete:
            break
    return found
