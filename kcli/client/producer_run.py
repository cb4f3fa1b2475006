"""Many records that came at once, dealt out to partitions and their batches by size."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from kcli.client.producer_batch import RECORD_OVERHEAD, Kind
from kcli.client.producer_queue import PartitionQueue
from kcli.records.batch import HEADER_SIZE


def now_ms() -> int:
    """The time that records get which bring none."""
    return time.time_ns() // 1_000_000


class Run:
    """Items of one kind that came together, given out from the first to the last."""

    def __init__(self, kind: Kind, items: Sequence[Any], lengths: Iterable[int], timestamp: int | None) -> None:
        self._kind = kind
        self._items = items
        self._ends = list(accumulate(map(RECORD_OVERHEAD.__add__, lengths)))
        self._timestamp = now_ms() if timestamp is None else timestamp
        self._start = self._given = 0
        self._now = time.monotonic()

    @property
    def exhausted(self) -> bool:
        return self._start == len(self._items)

    def append_to(self, queue: PartitionQueue, room: int | None = None) -> int:
        """Append to a partition's batches until `room` bytes are used up; how many bytes were given."""
        begin = self._given
        last = len(self._items)
        if room is not None:
            last = min(last, bisect_left(self._ends, begin + room, self._start) + 1)
        while self._start < last:
            stop = bisect_right(self._ends, self._given + queue.batch_limit - HEADER_SIZE, self._start, last)
            stop = max(stop, self._start + 1)
            end = self._ends[stop - 1]
            queue.append(self._kind, self._items[self._start : stop], end - self._given, self._timestamp, self._now)
            self._start, self._given = stop, end
        return self._given - begin
