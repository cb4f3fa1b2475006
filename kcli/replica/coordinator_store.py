"""An internal topic as a coordinator's memory: batches in with acks=all, all records of a partition out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kcli.records.batch import iterate_batches
from kcli.records.builder import build_batch
from kcli.records.control import read_end_marker
from kcli.records.reader import read_records
from kcli.storage.producer_state import Origin
from kcli.wire import errors
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.replica.manager import ReplicaManager

READ_BYTES = 5 * 1024 * 1024  # offsets.load.buffer.size


class CoordinatorStore:
    """`group.store.Store` over one topic of the replica manager; `make_record` is its StoredRecord.

    The rooms import one way only, `replica` before `group`, so the record class is handed in by the wiring.
    """

    def __init__(
        self, replicas: ReplicaManager, topic: str, make_record: Callable[..., object], timeout_s: float = 5.0
    ) -> None:
        self._replicas = replicas
        self._topic = topic
        self._make_record = make_record
        self._timeout_s = timeout_s  # offsets.commit.timeout.ms

    def partition_count(self) -> int | None:
        topic = self._replicas.image.topics.get(self._topic)
        return len(topic.partitions) if topic is not None else None

    def led_partitions(self) -> set[int]:
        return {p.index for p in self._replicas if p.topic == self._topic and p.is_leader}

    async def append(self, partition: int, records: list[tuple[bytes, bytes | None]]) -> None:
        """One batch, stamped with the broker's time; returns once the in-sync replicas have it."""
        now = self._replicas.clock.time_ms()
        batch = bytearray(build_batch((now, key, value, ()) for key, value in records))
        hosted = self._replicas.partition(self._topic, partition)
        info = self._replicas.append(hosted, batch, acks=-1, origin=Origin.COORDINATOR)
        if hosted.log.high_watermark <= info.last_offset:
            await self._replicas.until_committed({hosted: info.last_offset + 1}, self._timeout_s)
            if hosted.log.high_watermark <= info.last_offset:
                raise KafkaError(errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND)

    def read(self, partition: int) -> Iterator[object]:
        """Every record from the log start to the end of the log, a read's worth of batches in memory at a time."""
        log = self._replicas.partition(self._topic, partition).log
        position = log.log_start_offset
        while position < log.log_end_offset:
            data = log.read(position, READ_BYTES).records
            for header, start, _ in iterate_batches(data):
                position = header.next_offset
                if header.is_control:
                    marker = read_end_marker(data, header, start)
                    if marker is not None:
                        yield self._make_record(
                            header.base_offset, None, None, producer_id=header.producer_id, committed=marker.commit
                        )
                    continue
                producer_id = header.producer_id if header.is_transactional else -1
                for record in read_records(data, start):
                    yield self._make_record(record.offset, record.key, record.value, producer_id=producer_id)
