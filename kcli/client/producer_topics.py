"""The topics that a producer sends to: their partitions and leaders, and the queues of records for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from kcli.client.cluster import Cluster, Topic
from kcli.client.errors import ClientError, ClusterUnreachable, TurnedAway
from kcli.client.partitioner import StickyPartitioner, partition_for_key
from kcli.client.producer_batch import DeliveryError
from kcli.client.producer_config import ProducerConfig
from kcli.client.producer_queue import PartitionQueue
from kcli.wire import errors
from kcli.wire.errors import KafkaError

STALE_METADATA = frozenset(
    (
        errors.UNKNOWN_TOPIC_OR_PARTITION,
        errors.LEADER_NOT_AVAILABLE,
        errors.NOT_LEADER_OR_FOLLOWER,
        errors.REPLICA_NOT_AVAILABLE,
        errors.NETWORK_EXCEPTION,
        errors.KAFKA_STORAGE_ERROR,
        errors.LISTENER_NOT_FOUND,
        errors.FENCED_LEADER_EPOCH,
        errors.UNKNOWN_LEADER_EPOCH,
        errors.UNKNOWN_TOPIC_ID,
        errors.INCONSISTENT_TOPIC_ID,
    )
)
_KEYS_REMEMBERED = 10_000
_LAST_WAIT = 1.0  # seconds that are left for a topic to appear when there is a hurry
_FIRST_CONTACT = 5.0  # seconds after which a cluster that has never answered is not waited for any more
_WORTH_WAITING = frozenset(
    "org.apache.kafka.common.errors." + name for name in ("TimeoutException", "DisconnectException")
)


class TopicState:
    """A topic that records go to: its metadata, its queues, and where keyless records go at present."""

    def __init__(self, name: str, config: ProducerConfig) -> None:
        self.name = name
        self.queues: dict[int, PartitionQueue] = {}
        self.sticky = StickyPartitioner(config.sticky_size, adaptive=config.adaptive)
        self.partition_of_key: dict[bytes, int] = {}
        self.loaded_at = 0.0
        self.stale = False
        self._config = config
        self._leaders: list[int] = []
        self.id = bytes(16)
        self.candidates: Sequence[int] = ()

    def learn(self, topic: Topic, now: float) -> None:
        self.id = topic.id
        if len(topic.partitions) != len(self._leaders):
            self.partition_of_key.clear()
        self._leaders = [partition.leader for partition in topic.partitions]
        every = range(len(self._leaders))
        self.candidates = [index for index in every if self._leaders[index] >= 0] or every
        self.loaded_at = now
        self.stale = False

    @property
    def count(self) -> int:
        return len(self._leaders)

    def leader(self, partition: int) -> int:
        return self._leaders[partition] if partition < len(self._leaders) else -1

    def queue(self, partition: int) -> PartitionQueue:
        found = self.queues.get(partition)
        if found is None:
            found = self.queues[partition] = PartitionQueue(self.name, partition, self._config)
        return found

    def queue_length(self, partition: int) -> int:
        queue = self.queues.get(partition)
        return len(queue.batches) if queue is not None else 0

    def sticky_partition(self) -> int:
        return self.sticky.partition(self.candidates, self.queue_length)

    def key_partition(self, key: bytes) -> int:
        found = self.partition_of_key.get(key)
        if found is None:
            if len(self.partition_of_key) >= _KEYS_REMEMBERED:
                self.partition_of_key.clear()
            found = self.partition_of_key[key] = partition_for_key(key, self.count)
        return found


class Topics:
    """What is known of the topics in use, renewed when it proves wrong or is old."""

    def __init__(self, cluster: Cluster, config: ProducerConfig) -> None:
        self._cluster = cluster
        self._config = config
        self._states: dict[str, TopicState] = {}
        self._not_before = 0.0
        self._hurry_until: float | None = None

    def states(self) -> Iterable[TopicState]:
        return self._states.values()

    def queues(self) -> Iterable[PartitionQueue]:
        return (queue for state in self._states.values() for queue in state.queues.values())

    @property
    def hurried(self) -> bool:
        return self._hurry_until is not None

    def hurry(self) -> None:
        """A topic that is not there is not waited for any more."""
        self._hurry_until = time.monotonic() + _LAST_WAIT

    def find(self, name: str, idle: Callable[[], object]) -> TopicState | DeliveryError:
        """A topic, waiting for it to exist for at most max.block.ms; asking may create it. `idle` runs meanwhile.

        Raises ClusterUnreachable or TurnedAway if nobody has ever answered: a wrong address, a cluster that is down.
        """
        state = self._states.get(name)
        if state is not None:
            return state
        begin = time.monotonic()
        pause = self._config.retry_backoff
        while True:
            try:
                return self._load(name)
            except KafkaError as error:
                if not error.retriable:
                    return _topic_error(error, name)
            except (ClusterUnreachable, TurnedAway):
                if not self._cluster.nodes and time.monotonic() - begin >= _FIRST_CONTACT:
                    raise
            except ClientError as error:
                if error.java_class not in _WORTH_WAITING:
                    return DeliveryError(error.java_class, str(error))
            now = time.monotonic()
            deadline = begin + self._config.max_block
            if self._hurry_until is not None:
                deadline = min(deadline, self._hurry_until)
            if now >= deadline:
                waited = round(min(now - begin, self._config.max_block) * 1000)
                return DeliveryError(
                    "org.apache.kafka.common.errors.TimeoutException",
                    f"Topic {name} not present in metadata after {waited} ms.",
                )
            idle()
            time.sleep(min(pause, deadline - now))
            pause = min(pause * 2, self._config.retry_backoff_max)

    def has_partition(self, state: TopicState, partition: int) -> bool:
        """Whether a topic has a partition, by fresh metadata. (Kafka's producer waits max.block.ms for it to come.)"""
        if partition >= state.count and time.monotonic() - state.loaded_at > self._config.retry_backoff:
            try:
                self._load(state.name)
            except (ClientError, KafkaError):
                state.stale = True
        return partition < state.count

    def distrust(self, name: str) -> None:
        """What we know of a topic has proved wrong."""
        self._states[name].stale = True

    def distrust_node(self, node: int) -> None:
        """What a broker leads may have moved."""
        for state in self._states.values():
            if any(state.leader(partition) == node for partition in state.queues):
                state.stale = True

    def refresh(self, now: float) -> None:
        """Renew what is due, unless that was tried a moment ago. If it fails, records keep waiting."""
        oldest = now - self._config.metadata_max_age
        due = [state for state in self._states.values() if state.stale or state.loaded_at < oldest]
        if not due or now < self._not_before:
            return
        self._not_before = now + self._config.retry_backoff
        for state in due:
            try:
                self._load(state.name)
            except (ClientError, KafkaError):
                state.stale = True

    def refresh_at(self) -> float | None:
        """When `refresh` has something to do."""
        return self._not_before if any(state.stale for state in self._states.values()) else None

    def _load(self, name: str) -> TopicState:
        """Fetch a topic's metadata; raises KafkaError with the topic's error."""
        answer = next(iter(self._cluster.metadata([name], auto_create=True).topics), None)
        if answer is None or (answer.error_code and answer.error_code != errors.LEADER_NOT_AVAILABLE):
            raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION if answer is None else answer.error_code)
        topic = self._cluster.topic(name)
        if not topic.partitions:
            raise KafkaError(errors.LEADER_NOT_AVAILABLE)
        state = self._states.get(name)
        if state is None:
            state = self._states[name] = TopicState(name, self._config)
        state.learn(topic, time.monotonic())
        return state


def _topic_error(error: KafkaError, name: str) -> DeliveryError:
    texts = {
        errors.INVALID_TOPIC_EXCEPTION: f"Invalid topics: [{name}]",
        errors.TOPIC_AUTHORIZATION_FAILED: f"Not authorized to access topics: [{name}]",
    }
    return DeliveryError(error.java_class, texts.get(error.code, error.message))
