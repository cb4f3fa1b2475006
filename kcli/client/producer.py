"""Produce in bulk: a synchronous producer on one thread that moves whole lists of records without a step per record.

    with BulkProducer(Cluster("localhost:9092"), config) as producer:
        producer.send_values("t", [b"one", b"two"])
    producer.delivered, producer.failed

Records move while `send*`, `poll`, `flush` or `close` run; only connecting to leaders goes on in the background (see
`opening`). `send*` block while the buffer is full, so that memory stays bounded, and every record ends: delivered, or
failed after delivery.timeout.ms.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from kcli.client.cluster import Cluster
from kcli.client.errors import ClientError
from kcli.client.mention import Mention
from kcli.client.opening import Opening, Openings
from kcli.client.producer_batch import RECORD_OVERHEAD, Batch, Delivery, DeliveryError, Kind, record_size
from kcli.client.producer_config import ProducerConfig
from kcli.client.producer_link import Link, Sent
from kcli.client.producer_outcome import Outcomes
from kcli.client.producer_queue import PartitionQueue, Producer
from kcli.client.producer_run import Run, now_ms
from kcli.client.producer_topics import Topics, TopicState
from kcli.client.producer_transactions import Transactions
from kcli.records.batch import HEADER_SIZE
from kcli.records.builder import Headers
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

_MAX_EPOCH = 0x7FFF
_LOOK = 0.5  # seconds after which who waits for room looks whether there is a hurry


class BulkProducer:
    """Sends records to a cluster; `on_delivery` hears what became of each batch of them.

    `warn` is told why a leader cannot be reached, once until one can be: records wait for it for minutes.
    """

    def __init__(
        self,
        cluster: Cluster,
        config: ProducerConfig,
        on_delivery: Callable[[Delivery], None] | None = None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._cluster = cluster
        self._config = config
        self._topics = Topics(cluster, config)
        self._outcomes = Outcomes(config, self._topics, on_delivery)
        self._links: dict[int, Link] = {}
        self._openings = Openings(cluster, config.reconnect_backoff, config.reconnect_backoff_max)
        self._mention = Mention(warn)
        self._slow: set[int] = set()  # nodes that have let a request's time run out
        self._producer: Producer | None = None
        self._transactions: Transactions | None = None
        if config.transactional_id is not None:
            self._transactions = Transactions(cluster, config.transactional_id, config)

    @property
    def delivered(self) -> int:
        """How many records have arrived."""
        return self._outcomes.delivered

    @property
    def failed(self) -> int:
        """How many records have been given up."""
        return self._outcomes.failed

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
            run = Run(Kind.PAIRS, mine, [len(key) + len(value) for key, value in mine], timestamp)
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
        record = (now_ms() if timestamp is None else timestamp, key, value, headers)
        state = self._ready(topic, Kind.RECORDS, [record], timestamp, partition)
        if state is None:
            return
        size = record_size(key, value, headers)
        reason = _too_large(HEADER_SIZE + size, self._config)
        if reason is not None:
            self._outcomes.fail_unsent(topic, Kind.RECORDS, [record], record[0], reason)
            return
        keyless = key is None or self._config.ignore_keys
        if partition is None:
            partition = state.sticky_partition() if keyless or key is None else state.key_partition(key)
            if keyless:
                state.sticky.appended(size)
        if state.queue(partition).append(Kind.RECORDS, [record], size, record[0], time.monotonic()):
            self._move()

    def _spread(
        self, state: TopicState, kind: Kind, items: Sequence[Any], lengths: Iterable[int], timestamp: int | None
    ) -> None:
        """Give keyless items to the partition whose turn it is, then to the next."""
        run = Run(kind, items, lengths, timestamp)
        while not run.exhausted:
            partition = state.sticky_partition()
            room = state.sticky.remaining if len(state.candidates) > 1 else None
            state.sticky.appended(run.append_to(state.queue(partition), room))
        self._move()

    def _without_oversized(
        self, state: TopicState, kind: Kind, items: Sequence[Any], size_of: Callable[[Any], int]
    ) -> Sequence[Any]:
        """The items that a request can carry; the others have failed."""
        kept = []
        for item in items:
            size = HEADER_SIZE + size_of(item)
            reason = _too_large(size, self._config)
            if reason is None:
                kept.append(item)
            else:
                self._outcomes.fail_unsent(state.name, kind, [item], now_ms(), reason)
        return kept

    # Transactions, for a configuration with a transactional.id

    def begin_transaction(self) -> None:
        """What is sent from now on belongs together, until the commit. The first ends what a predecessor left open."""
        assert self._transactions is not None, "there is no transactional.id"
        if self._producer is None:
            self._producer = Producer(*self._transactions.start())

    def commit_transaction(self) -> None:
        """Deliver everything, then make it visible to readers of committed records; raises what forbids that.

        It has to be aborted if a record was not delivered, since the transaction would not be whole.
        """
        assert self._transactions is not None, "there is no transactional.id"
        failed = self.failed
        self.flush()
        if self.failed > failed:
            self._transactions.end(commit=False)
            raise ClientError("The transaction was aborted, since not all of its records could be delivered")
        self._transactions.end(commit=True)

    # Moving

    @property
    def pending(self) -> bool:
        """Whether any record has neither been delivered nor failed."""
        return any(queue.batches for queue in self._topics.queues())

    def poll(self, timeout: float | None = 0, *, watch: Collection[int] = (), flushing: bool = False) -> bool:
        """Move what can be moved, for at most `timeout` seconds or until something has happened (None: no limit).

        True when a descriptor of `watch` is readable. Without any, it returns when there is nothing to move.
        """
        now = time.monotonic()
        expired = self._outcomes.expire(now)
        self._topics.refresh(now)
        self._drain(now, flushing=flushing)
        if expired or (not watch and not self.pending):
            timeout = 0
        ready = self._wait(self._patience(timeout, flushing=flushing), watch)
        now = time.monotonic()
        for link in list(self._links.values()):
            self._serve(link, ready.get(link.fileno(), 0), now)
        for opening in self._openings:
            if opening.fileno() in ready:
                self._opened(opening, now)
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
        """Wait neither for a topic that is not there any more, nor for room. May be called from a signal handler."""
        self._topics.hurry()

    def close(self) -> None:
        """Flush, then hang up."""
        self.flush()
        self.abandon()

    def give_up(self) -> None:
        """What has not been delivered has failed, in the words of Kafka's producer."""
        self._outcomes.fail_everything(
            DeliveryError("org.apache.kafka.common.KafkaException", "Producer is closed forcefully.")
        )
        self.abandon()

    def abandon(self) -> int:
        """Hang up without waiting; how many records had neither been delivered nor failed."""
        for link in self._links.values():
            link.close()
        self._links.clear()
        self._openings.close()
        return sum(batch.count for queue in self._topics.queues() for batch in queue.batches)

    def _move(self) -> None:
        """After records came in: send what is ready, and wait while there is more than the buffer may hold."""
        self.poll(0)
        while sum(queue.bytes for queue in self._topics.queues()) > self._config.buffer_memory:
            if self._topics.hurried:
                return
            self.poll(_LOOK, flushing=True)

    def _patience(self, timeout: float | None, *, flushing: bool) -> float | None:
        """How long nothing needs to be done unless a socket says so."""
        now = time.monotonic()
        times = [] if timeout is None else [now + timeout]
        refresh_at = self._topics.refresh_at()
        if refresh_at is not None:
            times.append(refresh_at)
        for state in self._topics.states():
            for queue in state.queues.values():
                if queue.batches:
                    times += [at for at in (queue.expires_at(), self._sendable_at(state, queue, flushing)) if at]
        times += [at for at in (link.times_out_at(self._config.request_timeout) for link in self._links.values()) if at]
        return max(0.0, min(times) - now) if times else None

    def _sendable_at(self, state: TopicState, queue: PartitionQueue, flushing: bool) -> float | None:
        node = state.leader(queue.partition)
        link = self._links.get(node)
        if node < 0 or node in self._openings or (link is not None and not link.has_room(self._config.max_in_flight)):
            return None
        wake_at = queue.wake_at(flushing=flushing)
        return wake_at if wake_at is None or link is not None else max(wake_at, self._openings.not_before(node))

    def _wait(self, timeout: float | None, watch: Collection[int]) -> dict[int, int]:
        poller = select.poll()
        for link in self._links.values():
            poller.register(link.fileno(), link.interest)
        for opening in self._openings:
            poller.register(opening, select.POLLIN)
        for descriptor in watch:
            poller.register(descriptor, select.POLLIN)
        return dict(poller.poll(None if timeout is None else timeout * 1000))

    # Requests out

    def _drain(self, now: float, *, flushing: bool) -> None:
        """Put every batch on the wire that may go."""
        by_node: dict[int, list[tuple[TopicState, PartitionQueue]]] = {}
        for state in self._topics.states():
            for queue in state.queues.values():
                if queue.batches:
                    node = state.leader(queue.partition)
                    if node >= 0:
                        by_node.setdefault(node, []).append((state, queue))
                    else:
                        state.stale = True
        for node, queues in by_node.items():
            self._drain_node(node, queues, now, flushing)

    def _drain_node(
        self, node: int, queues: list[tuple[TopicState, PartitionQueue]], now: float, flushing: bool
    ) -> None:
        while True:
            link = self._links.get(node)
            if link is not None and not link.has_room(self._config.max_in_flight):
                return
            chosen: list[tuple[TopicState, PartitionQueue, Batch]] = []
            size = 0
            for state, queue in queues:
                batch = queue.next_ready(now, flushing=flushing)
                if batch is not None and (not chosen or size + batch.encoded_size <= self._config.max_request_size):
                    chosen.append((state, queue, batch))
                    size += batch.encoded_size
            if not chosen:
                return
            if link is None:
                self._begin(node, now)
            if not self._prepare_producer(now) or link is None:
                return
            queues = queues[len(chosen) :] + queues[: len(chosen)]  # those who waited come first next time
            self._send(link, chosen, now)

    def _send(self, link: Link, chosen: list[tuple[TopicState, PartitionQueue, Batch]], now: float) -> None:
        if self._transactions is not None:
            self._transactions.include((state.name, queue.partition) for state, queue, _ in chosen)
        sent = [
            Sent(state.name, state.id, queue, batch, queue.put_on_wire(batch, self._producer), now)
            for state, queue, batch in chosen
        ]
        try:
            link.send(sent, now)
        except ClientError:
            self._lose(link, errors.NETWORK_EXCEPTION, f"Disconnected from node {link.node}")
        else:
            self._settle_unanswered(link)

    def _begin(self, node: int, now: float) -> None:
        """Set out for a leader; `_opened` has the outcome."""
        with self._unreached(node):
            self._openings.begin(node, now)

    def _opened(self, opening: Opening, now: float) -> None:
        """A leader has been reached, or not. What waits for it was not touched meanwhile, nor numbered."""
        node, config = opening.node, self._config
        with self._unreached(node):
            self._links[node] = Link(
                node,
                self._openings.take(opening, now),
                config.acks,
                config.request_timeout,
                config.transactional_id,
                patient=node in self._slow,
            )
            if not self._openings.missing:
                self._mention.over()

    @contextmanager
    def _unreached(self, node: int) -> Iterator[None]:
        """Within it a leader may turn out to be out of reach for now."""
        try:
            yield
        except (ClientError, KafkaError) as error:
            self._mention(str(error))
            self._topics.distrust_node(node)

    def _prepare_producer(self, now: float) -> bool:
        """Get a producer id if one is needed; False if there is none for now."""
        if not self._config.idempotence or (self._producer is not None and self._producer.epoch < _MAX_EPOCH):
            return True
        try:
            request = messages.InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=0x7FFFFFFF)
            response = self._cluster.ask_any(request)
            if response.error_code:
                raise KafkaError(response.error_code)
        except KafkaError as error:
            if not error.retriable:
                self._outcomes.fail_everything(DeliveryError(error.java_class, error.message))
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
                    self._outcomes.settle(sent, response, now)
            if link.times_out_at(self._config.request_timeout, default=now + 1) <= now:
                self._slow.add(link.node)
                self._lose(link, errors.REQUEST_TIMED_OUT, f"Disconnected from node {link.node} due to timeout")
                return
        except (ClientError, KafkaError):
            self._lose(link, errors.NETWORK_EXCEPTION, f"Disconnected from node {link.node}")
            return
        self._settle_unanswered(link)

    def _settle_unanswered(self, link: Link) -> None:
        """With acks=0 what has been written counts as delivered."""
        for sent in link.take_unanswered():
            sent.queue.grow()
            self._outcomes.deliver(sent, -1, -1)

    def _lose(self, link: Link, code: int, message: str) -> None:
        """The connection is gone, and we cannot know what the broker did with what it carried."""
        self._links.pop(link.node, None)
        self._cluster.distrust(link.node)
        now = time.monotonic()
        for sent in link.close():
            self._outcomes.fail(sent, code, message, now)
        self._topics.distrust_node(link.node)

    # Topics

    def _ready(
        self, name: str, kind: Kind, items: Sequence[Any], timestamp: int | None, partition: int | None = None
    ) -> TopicState | None:
        """The topic's state once its partitions are known; None after the items have failed for want of them."""
        if not items:
            return None
        found = self._topics.find(name, self.poll)
        if isinstance(found, TopicState):
            if partition is None or self._topics.has_partition(found, partition):
                return found
            found = DeliveryError(
                "org.apache.kafka.common.KafkaException",
                f"Invalid partition given with record: {partition} is not in the range [0...{found.count}).",
            )
        when = now_ms() if timestamp is None else timestamp
        self._outcomes.fail_unsent(name, kind, items, when, found, -1 if partition is None else partition)
        return None


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
