"""All replicas of this broker: follows the metadata, opens and deletes logs, and is the one way to append and look up.

The broker wires it before it registers, calls `start` once the keeper has read its image, and `stop` at the end;
periodic work on the logs (retention, flushes, checkpoints) is the log manager's, at the broker's call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE
from kcli.replica.partition import Partition
from kcli.replica.sessions import FetchSessions
from kcli.replica.waiting import Waiter, Waiting
from kcli.storage.config import LogConfig
from kcli.wire import errors
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.clock import Clock
    from kcli.metadata.image import Image, Record, Topic
    from kcli.metadata.keeper import Keeper
    from kcli.storage.manager import LogManager

READABLE = "readable"
"""bytes below the high watermark; what waiters at (partition, kind) count"""
STABLE = "stable"
"""bytes below the last stable offset"""
COMMITTED = "committed"
"""offsets below the high watermark"""
MIN_IN_SYNC = "min_insync_replicas"

_log = logging.getLogger(__name__)


class ReplicaManager:
    """The hosted partitions, by name and by topic id."""

    def __init__(
        self,
        broker_id: int,
        keeper: Keeper,
        logs: LogManager,
        clock: Clock,
        topic_config: Callable[[Mapping[str, str]], Mapping[str, Any]],
    ) -> None:
        self.broker_id = broker_id
        self.clock = clock
        self.logs = logs
        self.sessions = FetchSessions()
        self.waiting = Waiting(self._arm)
        self._keeper = keeper
        self._topic_config = topic_config
        self._by_name: dict[tuple[str, int], Partition] = {}
        self._names: dict[bytes, str] = {}
        self._offline: set[tuple[str, int]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._leadership_listeners: list[Callable[[Partition], None]] = []

    @property
    def image(self) -> Image:
        return self._keeper.image

    # Life

    def start(self) -> None:
        """Opens every partition that the image assigns to this broker, and follows the metadata from here on."""
        for topic in self.image.topics.values():
            self._open_topic(topic)
        self._keeper.add_listener(self._on_records)

    def stop(self) -> None:
        """Ends all waits, so that their clients get what there is."""
        self.waiting.force_all()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def add_leadership_listener(self, listener: Callable[[Partition], None]) -> None:
        """`listener(partition)` is called after a partition got another leader or leader epoch, or came or went."""
        self._leadership_listeners.append(listener)

    # Metadata

    def _on_records(self, records: Sequence[Record]) -> None:
        for record in records:
            handler = _HANDLERS.get(type(record).__name__)
            if handler is not None:
                handler(self, record)

    def _on_partition(self, record: Record) -> None:
        topic = self.image.topics_by_id.get(bytes(record.topic_id))
        if topic is None:  # deleted by a later record of the same commit
            return
        registration = topic.partitions[record.partition_id]
        partition = self._by_name.get((topic.name, record.partition_id))
        hosted = self.broker_id in registration.replicas
        if partition is None:
            if hosted:
                self._open(topic, record.partition_id)
        elif not hosted:
            self._delete(partition)
        elif partition.update(registration):
            self._force(partition)
            self._tell(partition)
        else:
            self.advanced(partition, 0)

    def _on_removed_topic(self, record: Record) -> None:
        name = self._names.pop(bytes(record.topic_id), None)
        self._offline = {key for key in self._offline if key[0] != name}
        for partition in [p for p in self._by_name.values() if p.topic == name]:
            self._delete(partition)

    def _on_config(self, record: Record) -> None:
        if record.resource_type == TOPIC_RESOURCE:
            self._configure(p for p in self._by_name.values() if p.topic == record.resource_name)
        elif record.resource_type == BROKER_RESOURCE and record.resource_name in ("", str(self.broker_id)):
            self._configure(self._by_name.values())  # topics take their defaults from the broker

    def _configure(self, partitions: Iterable[Partition]) -> None:
        for topic, hosted in groupby(sorted(partitions, key=_topic_of), _topic_of):
            values = self._values(topic)
            config = LogConfig.of(values)
            for partition in hosted:
                partition.log.update_config(config)
                partition.min_in_sync = values[MIN_IN_SYNC]

    def _values(self, topic: str) -> Mapping[str, Any]:
        """The effective properties of a topic, by attribute name."""
        return self._topic_config(self.image.config(TOPIC_RESOURCE, topic))

    def _open_topic(self, topic: Topic) -> None:
        for index, registration in topic.partitions.items():
            if self.broker_id in registration.replicas:
                self._open(topic, index)

    def _open(self, topic: Topic, index: int) -> None:
        values = self._values(topic.name)
        registration = topic.partitions[index]
        self._names[topic.id] = topic.name
        try:
            log = self.logs.get_or_create(topic.name, index, topic.id, LogConfig.of(values))
            partition = Partition(self.broker_id, topic.name, topic.id, registration, log, values[MIN_IN_SYNC])
        except KafkaError as error:  # its disk: the other partitions go on
            if (topic.name, index) in self._offline:
                raise
            _log.error("Partition %s-%d is offline: %s", topic.name, index, error.message)
            self._offline.add((topic.name, index))
            return
        self._offline.discard((topic.name, index))
        self._by_name[topic.name, index] = partition
        self._tell(partition)

    def _delete(self, partition: Partition) -> None:
        del self._by_name[partition.topic, partition.index]
        self.logs.delete(partition.topic, partition.index)
        self._force(partition)
        self._tell(partition)

    def _force(self, partition: Partition) -> None:
        for kind in (READABLE, STABLE, COMMITTED):
            self.waiting.force((partition, kind))

    def _tell(self, partition: Partition) -> None:
        for listener in self._leadership_listeners:
            listener(partition)

    # Look-up

    def __iter__(self) -> Iterator[Partition]:
        return iter(self._by_name.values())

    def lost(self) -> set[tuple[str, int]]:
        """The partitions that have no disk here: their log dir has failed, now or before the start."""
        return self._offline | {key for key, partition in self._by_name.items() if partition.log.failed}

    def hosted(self, topic: str, index: int) -> Partition | None:
        """The partition if this broker has a replica of it now."""
        return self._by_name.get((topic, index))

    def partition(self, topic: str, index: int) -> Partition:
        """The hosted partition; the error that the client must get if there is none."""
        partition = self._by_name.get((topic, index))
        if partition is None:
            if (topic, index) in self._offline:
                self._open(self.image.topics[topic], index)  # its disk may have been full, and no longer be
                return self._by_name[topic, index]
            known = self.image.partition(topic, index) is not None
            raise KafkaError(errors.NOT_LEADER_OR_FOLLOWER if known else errors.UNKNOWN_TOPIC_OR_PARTITION)
        if partition.log.failed:  # whoever leads it now, this broker has no disk for it
            raise KafkaError(errors.KAFKA_STORAGE_ERROR)
        return partition

    def partition_by_id(self, topic_id: bytes, index: int) -> Partition:
        """The same by topic id; an unknown id is an error of its own, for the client may know more than we do."""
        topic = self.image.topics_by_id.get(topic_id)
        if topic is None:
            raise KafkaError(errors.UNKNOWN_TOPIC_ID)
        partition = self.partition(topic.name, index)
        if partition.topic_id != topic_id:
            raise KafkaError(errors.INCONSISTENT_TOPIC_ID)
        return partition

    # Appending

    def append(self, partition: Partition, records: Any, *, acks: int, origin: Any) -> Any:
        """Appends as the leader and wakes the fetches that this satisfies."""
        info = partition.append(records, acks=acks, origin=origin)
        self.advanced(partition, len(records))
        return info

    def advanced(self, partition: Partition, appended: int) -> None:
        """After an append of that many bytes or a follower's progress: whoever can now read more is told."""
        log = partition.log
        before = partition.committed.end
        gained = partition.committed.gain(appended, log.high_watermark)
        stable = partition.stable.gain(appended, log.last_stable_offset)
        if gained:
            self.waiting.gained((partition, READABLE), gained)
            self.waiting.gained((partition, COMMITTED), partition.committed.end - before)
        if stable:
            self.waiting.gained((partition, STABLE), stable)

    # Waiting

    async def wait(self, caps: Mapping[Hashable, int], missing: int, seconds: float) -> None:
        """Until `missing` has come in at these (partition, kind)s, each counting up to its cap, or the time is over."""
        over = asyncio.Event()
        waiter = Waiter(dict(caps), missing, self.clock.monotonic() + seconds, over.set)
        self.waiting.add(waiter)
        try:
            await over.wait()
        finally:
            self.waiting.cancel(waiter)

    async def until_committed(self, ends: Mapping[Partition, int], seconds: float) -> None:
        """Until the high watermark of every partition has reached its end, or the time is over: the caller looks."""
        behind: dict[Hashable, int] = {
            (p, COMMITTED): end - p.log.high_watermark for p, end in ends.items() if p.log.high_watermark < end
        }
        if behind:
            await self.wait(behind, sum(behind.values()), seconds)

    def _arm(self, deadline: float) -> None:
        """Runs the loop's timer for the earliest deadline; the clock decides whether it has come."""
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0.0, deadline - self.clock.monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.waiting.expire(self.clock.monotonic())
        deadline = self.waiting.next_deadline()
        if deadline is not None and self._timer is None:
            self._arm(deadline)


def _topic_of(partition: Partition) -> str:
    return partition.topic


_HANDLERS: dict[str, Callable[[ReplicaManager, Any], None]] = {
    "PartitionRecord": ReplicaManager._on_partition,
    "PartitionChangeRecord": ReplicaManager._on_partition,
    "RemoveTopicRecord": ReplicaManager._on_removed_topic,
    "ConfigRecord": ReplicaManager._on_config,
}
