"""Produce in bulk: a synchronous producer on one thread that moves whole lists of records without a step per record.

    with BulkProducer(Cluster("localhost:9092"), config) as producer:
        producer.send_values("t", [b"one", b"two"])
    producer.delivered, producer.failed

Nothing runs in the background: records move while `send*`, `poll`, `flush` or `close` run. `send*` block while the
buffer is full, so that memory stays bounded, and every record ends: delivered, or failed after delivery.timeout.ms.
"""

from __future__ import annotations

import select
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import accumulate
from types import TracebackType
from typing import Any

from kcli.client.cluster import Cluster, Topic
from kcli.client.errors import ClientError
from kcli.client.partitioner import StickyPartitioner, partition_for_key
from kcli.client.producer_batch import RECORD_OVERHEAD, Batch, Delivery, DeliveryError, Kind, record_size
from kcli.client.producer_config import ProducerConfig
from kcli.client.producer_link import Link, Sent
from kcli.client.producer_queue import PartitionQueue, Producer, Verdict
from kcli.records.batch import HEADER_SIZE
from kcli.records.builder import Headers
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

_MAX_EPOCH = 0x7FFF
_KEYS_REMEMBERED = 10_000
_STALE_METADATA = frozenset(
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


class _TopicState:
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


class _Run:
    """Items of one kind that came together, given out from the first to the last."""

    def __init__(self, kind: Kind, items: Sequence[Any], lengths: Iterable[int], timestamp: int | None) -> None:
        self._kind = kind
        self._items = items
        self._ends = list(accumulate(map(RECORD_OVERHEAD.__add__, lengths)))
        self._timestamp = _now_ms() if timestamp is None else timestamp
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


class BulkProducer:
    """Sends records to a cluster; `on_delivery` hears what became of each batch of them."""

    def __init__(
        self, cluster: Cluster, config: ProducerConfig, on_delivery: Callable[[Delivery], None] | None = None
    ) -> None:
        self.delivered = 0
        self.failed = 0
        self._cluster = cluster
        self._config = config
        self._on_delivery = on_delivery
        self._topics: dict[str, _TopicState] = {}
        self._links: dict[int, Link] = {}
        self._unreachable: dict[int, tuple[float, float]] = {}  # node: (not before, next pause)
        self._producer: Producer | None = None
        self._metadata_not_before = 0.0
        self._impatient = False

    def __enter__(self) -> BulkProducer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    # Records in

    def send_values(self, topic: str, values: Sequence[bytes], timestamp: int | None = None) -> None:
        """Take values of records that have nothing else; the list must not change afterwards."""
        state = self._ready(topic, Kind.VALUES, values, timestamp)
        if state is None:
            return
        total = sum(map(len, values))
        if total + RECORD_OVERHEAD + HEADER_SIZE > self._config.max_request_size:
            values = self._without_oversized(state, Kind.VALUES, values, lambda value: record_size(None, value))
        self._spread(state, Kind.VALUES, values, map(len, values), timestamp)

    def send_pairs(self, topic: str, pairs: Sequence[tuple[bytes, bytes]], timestamp: int | None = None) -> None:
        """Take (key, value) of records without headers, neither of them null."""
        state = self._ready(topic, Kind.PAIRS, pairs, timestamp)
        if state is None:
            return
        lengths = [len(key) + len(value) for key, value in pairs]
        if sum(lengths) + RECORD_OVERHEAD + HEADER_SIZE > self._config.max_request_size:
            pairs = self._without_oversized(state, Kind.PAIRS, pairs, lambda pair: record_size(*pair))
            lengths = [len(key) + len(value) for key, value in pairs]
        if self._config.ignore_keys or state.count == 1:
            self._spread(state, Kind.PAIRS, pairs, lengths, timestamp)
            return
        by_partition: dict[int, list[tuple[bytes, bytes]]] = {}
        for pair in pairs:
            by_partition.setdefault(state.key_partition(pair[0]), []).append(pair)
        for partition, mine in by_partition.items():
            run = _Run(Kind.PAIRS, mine, [len(key) + len(value) for key, value in mine], timestamp)
            run.append_to(state.queue(partition))
        self._move()

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        *,
        partition: int | None = None,
        timestamp: int | None = None,
    ) -> None:
        """Take one record with all that a record may have."""
        record = (_now_ms() if timestamp is None else timestamp, key, value, headers)
        state = self._ready(topic, Kind.RECORDS, [record], timestamp, partition)
        if state is None or not self._without_oversized(
            state, Kind.RECORDS, [record], lambda record: record_size(*record[1:])
        ):
            return
        size = record_size(key, value, headers)
        keyless = key is None or self._config.ignore_keys
        if partition is None:
            partition = state.sticky_partition() if keyless or key is None else state.key_partition(key)
            if keyless:
                state.sticky.appended(size)
        queue = state.queue(partition)
        queue.append(Kind.RECORDS, [record], size, record[0], time.monotonic())
        if queue.has_closed_batch:
            self._move()

    def _spread(
        self, state: _TopicState, kind: Kind, items: Sequence[Any], lengths: Iterable[int], timestamp: int | None
    ) -> None:
        """Give keyless items to the partition whose turn it is, then to the next."""
        run = _Run(kind, items, lengths, timestamp)
        while not run.exhausted:
            partition = state.sticky_partition()
            room = state.sticky.remaining if len(state.candidates) > 1 else None
            state.sticky.appended(run.append_to(state.queue(partition), room))
        self._move()

    def _without_oversized(
        self, state: _TopicState, kind: Kind, items: Sequence[Any], size_of: Callable[[Any], int]
    ) -> Sequence[Any]:
        """The items that a request can carry; the others have failed."""
        kept = []
        for item in items:
            size = HEADER_SIZE + size_of(item)
            reason = _too_large(size, self._config)
            if reason is None:
                kept.append(item)
            else:
                self._fail_unsent(state.name, kind, [item], _now_ms(), reason)
        return kept

    # Moving

    @property
    def pending(self) -> bool:
        """Whether any record has neither been delivered nor failed."""
        return any(queue.batches for queue in self._queues())

    def poll(self, timeout: float | None = 0, *, watch: Collection[int] = (), flushing: bool = False) -> bool:
        """Move what can be moved, for at most `timeout` seconds or until something has happened (None: no limit).

        True when a descriptor of `watch` is readable. Without any, it returns when there is nothing to move.
        """
        now = time.monotonic()
        self._expire(now)
        self._refresh_metadata(now)
        self._drain(now, flushing=flushing)
        if not watch and not self.pending:
            timeout = 0
        ready = self._wait(self._patience(timeout, flushing=flushing), watch)
        now = time.monotonic()
        for link in list(self._links.values()):
            self._serve(link, ready.get(link.fileno(), 0), now)
        self._drain(now, flushing=flushing)
        return any(descriptor in ready for descriptor in watch)

    def flush(self, timeout: float | None = None) -> bool:
        """Send everything and wait until all of it is delivered or has failed; False if `timeout` came first."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.pending:
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                return False
            self.poll(remaining, flushing=True)
        return True

    def hurry(self) -> None:
        """From now on a topic that is not there is not waited for. May be called from a signal handler."""
        self._impatient = True

    def close(self) -> None:
        """Flush, then hang up."""
        self.flush()
        self.abandon()

    def abandon(self) -> int:
        """Hang up without waiting; how many records had neither been delivered nor failed."""
        for link in self._links.values():
            link.close()
        self._links.clear()
        return sum(batch.count for queue in self._queues() for batch in queue.batches)

    def _queues(self) -> Iterable[PartitionQueue]:
        return (queue for state in self._topics.values() for queue in state.queues.values())

    def _move(self) -> None:
        """After records came in: send what is ready, and wait while there is more than the buffer may hold."""
        self.poll(0)
        while sum(queue.bytes for queue in self._queues()) > self._config.buffer_memory:
            self.poll(None, flushing=True)

    def _patience(self, timeout: float | None, *, flushing: bool) -> float | None:
        """How long nothing needs to be done unless a socket says so."""
        now = time.monotonic()
        times = [] if timeout is None else [now + timeout]
        for state in self._topics.values():
            if state.stale:
                times.append(self._metadata_not_before)
            for queue in state.queues.values():
                if queue.batches:
                    times += [at for at in (queue.expires_at(), self._sendable_at(state, queue, flushing)) if at]
        times += [at for at in (link.times_out_at(self._config.request_timeout) for link in self._links.values()) if at]
        return max(0.0, min(times) - now) if times else None

    def _sendable_at(self, state: _TopicState, queue: PartitionQueue, flushing: bool) -> float | None:
        node = state.leader(queue.partition)
        link = self._links.get(node)
        if node < 0 or (link is not None and not link.has_room(self._config.max_in_flight)):
            return None
        wake_at = queue.wake_at(flushing=flushing)
        if wake_at is None or node not in self._unreachable:
            return wake_at
        return max(wake_at, self._unreachable[node][0])

    def _wait(self, timeout: float | None, watch: Collection[int]) -> dict[int, int]:
        poller = select.poll()
        for link in self._links.values():
            poller.register(link.fileno(), link.interest)
        for descriptor in watch:
            poller.register(descriptor, select.POLLIN)
        return dict(poller.poll(None if timeout is None else timeout * 1000))

    # Requests out

    def _drain(self, now: float, *, flushing: bool) -> None:
        """Put every batch on the wire that may go."""
        by_node: dict[int, list[tuple[_TopicState, PartitionQueue]]] = {}
        for state in self._topics.values():
            for queue in state.queues.values():
                if queue.batches:
                    node = state.leader(queue.partition)
                    if node >= 0:
                        by_node.setdefault(node, []).append((state, queue))
                    elif not state.stale:
                        state.stale = True
        for node, queues in by_node.items():
            self._drain_node(node, queues, now, flushing)

    def _drain_node(
        self, node: int, queues: list[tuple[_TopicState, PartitionQueue]], now: float, flushing: bool
    ) -> None:
        while True:
            link = self._links.get(node)
            if link is not None and not link.has_room(self._config.max_in_flight):
                return
            chosen: list[tuple[_TopicState, PartitionQueue, Batch]] = []
            size = 0
            for state, queue in queues:
                batch = queue.next_ready(now, flushing=flushing)
                if batch is not None and (not chosen or size + batch.encoded_size <= self._config.max_request_size):
                    chosen.append((state, queue, batch))
                    size += batch.encoded_size
            if not chosen or not self._prepare_producer(now):
                return
            link = link or self._connect(node, now)
            if link is None:
                return
            queues = queues[len(chosen) :] + queues[: len(chosen)]  # those who waited come first next time
            self._send(link, chosen, now)

    def _send(self, link: Link, chosen: list[tuple[_TopicState, PartitionQueue, Batch]], now: float) -> None:
        sent = [
            Sent(state.name, state.id, queue, batch, queue.put_on_wire(batch, self._producer))
            for state, queue, batch in chosen
        ]
        try:
            link.send(sent, now)
        except ClientError:
            self._lose(link, errors.NETWORK_EXCEPTION, f"Disconnected from node {link.node}")
        else:
            self._settle_unanswered(link)

    def _connect(self, node: int, now: float) -> Link | None:
        not_before, pause = self._unreachable.get(node, (0.0, self._config.reconnect_backoff))
        if now < not_before:
            return None
        try:
            link = Link(node, self._cluster.open(node), self._config.acks, self._config.request_timeout)
        except (ClientError, KafkaError):
            self._unreachable[node] = (time.monotonic() + pause, min(pause * 2, self._config.reconnect_backoff_max))
            self._distrust(node)
            return None
        self._unreachable.pop(node, None)
        self._links[node] = link
        return link

    def _distrust(self, node: int) -> None:
        """The topics that this broker leads may have moved."""
        for state in self._topics.values():
            if any(state.leader(partition) == node for partition in state.queues):
                state.stale = True

    def _prepare_producer(self, now: float) -> bool:
        """Get a producer id if one is needed; False if there is none for now."""
        if not self._config.idempotence or (self._producer is not None and self._producer.epoch < _MAX_EPOCH):
            return True
        try:
            request = messages.InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=0x7FFFFFFF)
            response = self._cluster.request(self._cluster.any_node(), request)
            if response.error_code:
                raise KafkaError(response.error_code)
        except KafkaError as error:
            if not error.retriable:
                self._fail_everything(DeliveryError(error.java_class, error.message))
            return False
        except ClientError:
            self._cluster.forget()
            return False
        self._producer = Producer(response.producer_id, response.producer_epoch)
        return True

    # Responses in

    def _serve(self, link: Link, events: int, now: float) -> None:
        """Write and read what a link's socket allows; give it up when it has been silent for too long."""
        try:
            if events:
                for sent, response in link.serve(now):
                    self._settle(sent, response, now)
            if link.times_out_at(self._config.request_timeout, default=now + 1) <= now:
                self._lose(link, errors.REQUEST_TIMED_OUT, f"Disconnected from node {link.node} due to timeout")
                return
        except (ClientError, KafkaError):
            self._lose(link, errors.NETWORK_EXCEPTION, f"Disconnected from node {link.node}")
            return
        self._settle_unanswered(link)

    def _settle_unanswered(self, link: Link) -> None:
        """With acks=0 what has been written counts as delivered."""
        for sent in link.take_unanswered():
            self._deliver(sent, -1, -1)

    def _lose(self, link: Link, code: int, message: str) -> None:
        """The connection is gone, and we cannot know what the broker did with what it carried."""
        self._links.pop(link.node, None)
        self._cluster.disconnect(link.node)
        now = time.monotonic()
        for sent in link.close():
            self._settle_error(sent, code, message, now)
        self._distrust(link.node)

    def _settle(self, sent: Sent, answer: Any, now: float) -> None:
        """One partition's part of a response; None where the broker left it out."""
        if answer is None:
            self._settle_error(sent, errors.UNKNOWN_SERVER_ERROR, None, now)
        elif answer.error_code == errors.NONE:
            self._deliver(sent, answer.base_offset, answer.log_append_time_ms)
        elif answer.record_errors and sent.batch.count > len(answer.record_errors):
            self._settle_record_errors(sent, answer)
        else:
            message = answer.error_message
            if answer.record_errors and answer.record_errors[0].batch_index_error_message:
                message = answer.record_errors[0].batch_index_error_message
            self._settle_error(sent, answer.error_code, message, now)

    def _settle_record_errors(self, sent: Sent, answer: Any) -> None:
        """Some records made the broker refuse the batch: they fail, the others are sent again (Kafka gives up all)."""
        if sent.batch not in sent.queue:
            return
        bad = {item.batch_index: item.batch_index_error_message for item in answer.record_errors}
        records = sent.batch.records()
        sent.queue.drop_records(sent.batch, bad)
        for position, message in bad.items():
            record = records[position][1:]
            error = _error(answer.error_code, message or answer.error_message)
            self._fail_unsent(sent.topic, Kind.RECORDS, [record], record[0], error, sent.queue.partition)

    def _settle_error(self, sent: Sent, code: int, message: str | None, now: float) -> None:
        queue, batch = sent.queue, sent.batch
        if batch not in queue:
            return  # its time was over before the answer came
        if code in _STALE_METADATA:
            self._topics[sent.topic].stale = True
        verdict = queue.judge(batch, code)
        if verdict is Verdict.DELIVERED:
            self._deliver(sent, -1, -1)
        elif verdict is Verdict.SPLIT:
            queue.split(batch)
        elif verdict is Verdict.RETRY:
            pause = min(self._config.retry_backoff * 2 ** (batch.attempts - 1), self._config.retry_backoff_max)
            queue.take_back(batch, now + pause)
        else:
            self._give_up(queue, batch, _error(code, message), refused=True)

    def _deliver(self, sent: Sent, offset: int, timestamp: int) -> None:
        batch = sent.batch
        if batch not in sent.queue:
            return
        sent.queue.acknowledge(batch)
        self.delivered += batch.count
        self._tell(batch, offset, timestamp, None)

    def _give_up(self, queue: PartitionQueue, batch: Batch, error: DeliveryError, *, refused: bool = False) -> None:
        if refused:
            queue.give_up(batch)
        else:
            queue.abandon(batch)
        self.failed += batch.count
        self._tell(batch, -1, -1, error)

    def _fail_unsent(
        self, topic: str, kind: Kind, items: Sequence[Any], when: int, error: DeliveryError, partition: int = -1
    ) -> None:
        """Records that never made it into a queue."""
        batch = Batch(topic, partition, kind, when, time.monotonic())
        batch.extend(items, 0)
        self.failed += batch.count
        self._tell(batch, -1, -1, error)

    def _tell(self, batch: Batch, offset: int, timestamp: int, error: DeliveryError | None) -> None:
        if self._on_delivery is not None:
            elapsed = time.monotonic() - batch.created
            self._on_delivery(
                Delivery(batch.topic, batch.partition, batch.count, offset, timestamp, elapsed, error, batch)
            )

    def _fail_everything(self, error: DeliveryError) -> None:
        for queue in self._queues():
            for batch in list(queue.batches):
                self._give_up(queue, batch, error)

    def _expire(self, now: float) -> None:
        for queue in self._queues():
            for batch in queue.expired(now):
                waited = round(self._config.delivery_timeout * 1000)
                self._give_up(
                    queue,
                    batch,
                    DeliveryError(
                        "org.apache.kafka.common.errors.TimeoutException",
                        f"Expiring {batch.count} record(s) for {queue.topic}-{queue.partition}:{waited} ms has passed"
                        " since batch creation. The request has not been sent, or no server response has been"
                        " received yet.",
                    ),
                )

    # Metadata

    def _ready(
        self, name: str, kind: Kind, items: Sequence[Any], timestamp: int | None, partition: int | None = None
    ) -> _TopicState | None:
        """The topic's state once its partitions are known; None after the items have failed for want of them."""
        if not items:
            return None
        found: _TopicState | DeliveryError = self._topics.get(name) or self._wait_for_topic(name)
        if isinstance(found, _TopicState):
            if partition is None or partition < found.count or self._has_grown(found, partition):
                return found
            found = DeliveryError(
                "org.apache.kafka.common.KafkaException",
                f"Invalid partition given with record: {partition} is not in the range [0...{found.count}).",
            )
        when = _now_ms() if timestamp is None else timestamp
        self._fail_unsent(name, kind, items, when, found, -1 if partition is None else partition)
        return None

    def _wait_for_topic(self, name: str) -> _TopicState | DeliveryError:
        """Ask for a topic until there is one, for at most max.block.ms; asking may create it."""
        deadline = time.monotonic() + self._config.max_block
        pause = self._config.retry_backoff
        while True:
            try:
                return self._load(name)
            except KafkaError as error:
                if not error.retriable:
                    return _topic_error(error, name)
            except ClientError as error:
                if error.java_class not in _WORTH_WAITING:
                    return DeliveryError(error.java_class, str(error))
            remaining = deadline - time.monotonic()
            if self._impatient:
                return DeliveryError("org.apache.kafka.common.errors.InterruptException", f"Gave up on topic {name}.")
            if remaining <= 0:
                waited = round(self._config.max_block * 1000)
                return DeliveryError(
                    "org.apache.kafka.common.errors.TimeoutException",
                    f"Topic {name} not present in metadata after {waited} ms.",
                )
            self.poll(0)
            time.sleep(min(pause, remaining))
            pause = min(pause * 2, self._config.retry_backoff_max)

    def _has_grown(self, state: _TopicState, partition: int) -> bool:
        """Whether fresh metadata has the partition. (Kafka's producer waits max.block.ms for it to be created.)"""
        if time.monotonic() - state.loaded_at > self._config.retry_backoff:
            try:
                self._load(state.name)
            except (ClientError, KafkaError):
                state.stale = True
        return partition < state.count

    def _load(self, name: str) -> _TopicState:
        """Fetch a topic's metadata; raises KafkaError with the topic's error."""
        answer = next(iter(self._cluster.metadata([name], auto_create=True).topics), None)
        if answer is None or (answer.error_code and answer.error_code != errors.LEADER_NOT_AVAILABLE):
            raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION if answer is None else answer.error_code)
        topic = self._cluster.topic(name)
        if not topic.partitions:
            raise KafkaError(errors.LEADER_NOT_AVAILABLE)
        state = self._topics.get(name)
        if state is None:
            state = self._topics[name] = _TopicState(name, self._config)
        state.learn(topic, time.monotonic())
        return state

    def _refresh_metadata(self, now: float) -> None:
        """Renew what has been found wrong, or is old."""
        oldest = now - self._config.metadata_max_age
        due = [state for state in self._topics.values() if state.stale or state.loaded_at < oldest]
        if not due or now < self._metadata_not_before:
            return
        self._metadata_not_before = now + self._config.retry_backoff
        for state in due:
            try:
                self._load(state.name)
            except (ClientError, KafkaError):
                state.stale = True  # every record there is keeps waiting, but not longer than delivery.timeout.ms


_WORTH_WAITING = frozenset(
    "org.apache.kafka.common.errors." + name for name in ("TimeoutException", "DisconnectException")
)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _error(code: int, message: str | None) -> DeliveryError:
    error = KafkaError(code, message)
    return DeliveryError(error.java_class, error.message)


def _topic_error(error: KafkaError, name: str) -> DeliveryError:
    texts = {
        errors.INVALID_TOPIC_EXCEPTION: f"Invalid topics: [{name}]",
        errors.TOPIC_AUTHORIZATION_FAILED: f"Not authorized to access topics: [{name}]",
    }
    return DeliveryError(error.java_class, texts.get(error.code, error.message))


def _too_large(size: int, config: ProducerConfig) -> DeliveryError | None:
    """Kafka's objection to a record that takes `size` bytes on its own."""
    text = f"The message is {size} bytes when serialized which is larger than"
    if size > config.max_request_size:
        text += f" {config.max_request_size}, which is the value of the max.request.size configuration."
    elif size > config.buffer_memory:
        text += " the total memory buffer you have configured with the buffer.memory configuration."
    else:
        return None
    return DeliveryError("org.apache.kafka.common.errors.RecordTooLargeException", text)
