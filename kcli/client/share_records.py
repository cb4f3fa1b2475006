"""What a share fetch brought for one partition: the records acquired, and what becomes of each of them.

The broker answers with whole batches, and says which ranges of their offsets this member has acquired. Each acquired
offset has to be acknowledged: those without a record (compacted away, control records) as gaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from kcli.records.batch import BatchHeader, check_crc, iterate_batches
from kcli.records.errors import CorruptRecord
from kcli.records.reader import read_raw, read_records

GAP, ACCEPT, RELEASE, REJECT = 0, 1, 2, 3
AcknowledgementBatch = tuple[int, int, list[int]]  # first offset, last offset, one type for all or one for each


class Acquired:
    """Offsets of one partition that this member holds until it acknowledges them."""

    def __init__(self, topic: str, topic_id: bytes, partition: int, ranges: Iterable[tuple[int, int]]) -> None:
        self.topic = topic
        self.topic_id = topic_id
        self.partition = partition
        self.ranges = list(ranges)
        self.present = 0  # how many of them have a record
        self._decided: dict[int, int] = {}
        self._offsets: set[int] = set()

    def found(self, records: list[Any]) -> None:
        """These offsets have records; the rest are gaps."""
        self.present += len(records)
        self._offsets.update([record[0] for record in records])

    def decide(self, offset: int, kind: int) -> None:
        """What becomes of one offset."""
        self._decided[offset] = kind

    @property
    def offsets(self) -> list[int]:
        """The offsets that have records, in order."""
        return sorted(self._offsets)

    def batches(self, default: int | None) -> list[AcknowledgementBatch]:
        """Acknowledgements of all offsets; without a default, of those that are decided, and the gaps."""
        size = sum(last - first + 1 for first, last in self.ranges)
        if default is not None and not self._decided and self.present == size:
            return [(first, last, [default]) for first, last in self.ranges]
        return [batch for first, last in self.ranges for batch in self._range(first, last, default)]

    def _range(self, first: int, last: int, default: int | None) -> list[AcknowledgementBatch]:
        made: list[AcknowledgementBatch] = []
        kinds: list[int] = []
        for offset in range(first, last + 2):
            kind = self._kind(offset, default) if offset <= last else None
            if kind is not None:
                kinds.append(kind)
            elif kinds:
                made.append((offset - len(kinds), offset - 1, kinds if len(set(kinds)) > 1 else kinds[:1]))
                kinds = []
        return made

    def _kind(self, offset: int, default: int | None) -> int | None:
        kind = self._decided.get(offset)
        if kind is not None:
            return kind
        return default if offset in self._offsets else GAP


class Delivered(NamedTuple):
    """Records that have a batch and a delivery count in common."""

    acquired: Acquired
    log_append_time: bool
    delivery_count: int
    records: list[Any]  # (offset, timestamp, key, value), with headers if they were asked for

    @property
    def topic(self) -> str:
        return self.acquired.topic

    @property
    def partition(self) -> int:
        return self.acquired.partition


def read_acquired(
    acquired: Acquired, data: Any, counts: Iterable[tuple[int, int, int]], *, headers: bool, check_crcs: bool
) -> tuple[list[Delivered], CorruptRecord | None]:
    """The records of a partition's batches; `counts` has (first offset, last offset, delivery count).

    A batch that cannot be read is rejected, what comes behind it is released, and the error says why.
    """
    ranges = sorted(counts)
    delivered: list[Delivered] = []
    for header, start, end in iterate_batches(data):
        wanted = [each for each in ranges if each[0] <= header.last_offset and each[1] >= header.base_offset]
        if not wanted or not header.count or header.is_control:
            continue
        try:
            if check_crcs:
                check_crc(data, start, end)
            records: list[Any] = read_records(data, start) if headers else read_raw(data, start)
        except CorruptRecord as error:
            _reject(acquired, header, ranges)
            return delivered, error
        for first, last, count in wanted:
            inside = first <= header.base_offset and last >= header.last_offset
            mine = records if inside else [record for record in records if first <= record[0] <= last]
            if mine:
                acquired.found(mine)
                delivered.append(Delivered(acquired, header.uses_log_append_time, count, mine))
    return delivered, None


def _reject(acquired: Acquired, header: BatchHeader, ranges: Iterable[tuple[int, int, int]]) -> None:
    """Reject what a damaged batch has, and give back what comes behind it."""
    for first, last, _ in ranges:
        for offset in range(max(first, header.base_offset), last + 1):
            acquired.decide(offset, REJECT if offset <= header.last_offset else RELEASE)
