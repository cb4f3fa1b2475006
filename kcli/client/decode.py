"""What a fetch brought for one partition: whole batches, and from them as much of each record as is wanted.

A broker answers with whole batches that may begin before the offset asked for and end in a cut one. With
read_committed it adds the transactions that were aborted; filtering them out is the client's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop
from typing import Any

from kcli.records.batch import BatchHeader, check_crc, iterate_batches
from kcli.records.reader import read_raw, read_records, read_values
from kcli.records.uniform import read_fields

Batch = tuple[BatchHeader, int]


class Chunk:
    """The records of one partition that came together, from `first_offset` on; `next_offset` is where to go on."""

    __slots__ = (
        "batches",
        "check_crcs",
        "data",
        "first_offset",
        "leader_epoch",
        "next_offset",
        "partition",
        "stop_offset",
        "topic",
    )

    def __init__(
        self,
        topic: str,
        partition: int,
        data: Any,
        first_offset: int,
        *,
        aborted: Iterable[tuple[int, int]] | None = None,
        check_crcs: bool = True,
    ) -> None:
        self.topic = topic
        self.partition = partition
        self.data = data
        self.first_offset = self.next_offset = first_offset
        self.leader_epoch = -1
        self.stop_offset: float = float("inf")
        self.check_crcs = check_crcs
        batches: list[Batch] = []
        for header, start, _end in iterate_batches(data):
            if header.next_offset <= first_offset:
                continue
            batches.append((header, start))
            self.next_offset = header.next_offset
            self.leader_epoch = header.leader_epoch
        self.batches = batches if aborted is None else list(_without_aborted(data, batches, aborted))
        self.batches = [batch for batch in self.batches if batch[0].count and not batch[0].is_control]

    def values(self) -> list[bytes | None]:
        """The values alone: what most consumers print, and the fastest to get."""
        values: list[bytes | None] = []
        for header, start in self._checked():
            if self._is_whole(header):
                values += read_values(self.data, start)
            else:
                values += [raw[3] for raw in self._part(read_raw(self.data, start))]
        return values

    def fields(self) -> tuple[list[bytes | None], list[bytes | None]]:
        """The keys and the values, without a step per record where records are alike."""
        keys: list[bytes | None] = []
        values: list[bytes | None] = []
        for header, start in self._checked():
            if self._is_whole(header):
                some_keys, some_values = read_fields(self.data, start)
                keys += some_keys
                values += some_values
            else:
                for raw in self._part(read_raw(self.data, start)):
                    keys.append(raw[2])
                    values.append(raw[3])
        return keys, values

    def read(self, headers: bool = True) -> Iterator[tuple[BatchHeader, list[Any]]]:
        """Records batch by batch; without headers they are (offset, timestamp, key, value), and come faster."""
        for header, start in self._checked():
            records: list[Any] = read_records(self.data, start) if headers else read_raw(self.data, start)
            yield header, records if self._is_whole(header) else self._part(records)

    def offset_of(self, index: int) -> int:
        """The offset of the record that `values` has at an index, or where to go on behind the last."""
        for _, records in self.read(headers=False):
            if index < len(records):
                return int(records[index][0])
            index -= len(records)
        return self.next_offset

    @property
    def count(self) -> int:
        """How many records there are, if all batches are whole."""
        return sum(header.count for header, _ in self.batches)

    @property
    def whole(self) -> bool:
        """Whether every record of every batch is wanted."""
        return all(self._is_whole(header) for header, _ in self.batches)

    def stop_at(self, offset: int) -> None:
        """Leave out what comes at or after an offset."""
        self.stop_offset = offset

    def _is_whole(self, header: BatchHeader) -> bool:
        return header.base_offset >= self.first_offset and header.next_offset <= self.stop_offset

    def _part(self, records: list[Any]) -> list[Any]:
        return [record for record in records if self.first_offset <= record[0] < self.stop_offset]

    def _checked(self) -> Iterator[Batch]:
        """The batches, each checked when its turn comes: what is before a damaged one is still good."""
        for header, start in self.batches:
            if self.check_crcs:
                check_crc(self.data, start, start + header.size)
            yield header, start


def _without_aborted(data: Any, batches: Iterable[Batch], aborted: Iterable[tuple[int, int]]) -> Iterator[Batch]:
    """Leave out what producers wrote in aborted transactions; `aborted` has (first offset, producer id)."""
    pending = list(aborted)
    heapify(pending)
    aborting: set[int] = set()
    for header, start in batches:
        while pending and pending[0][0] <= header.last_offset:
            aborting.add(heappop(pending)[1])
        if header.is_control:
            if header.producer_id in aborting and _is_abort(data, header, start):
                aborting.discard(header.producer_id)
        elif header.is_transactional and header.producer_id in aborting:
            continue
        yield header, start


def _is_abort(data: Any, header: BatchHeader, start: int) -> bool:
    from kcli.records.control import ControlType, control_type

    records = read_records(data, start) if header.count else []
    return bool(records) and control_type(records[0].key) == ControlType.ABORT
