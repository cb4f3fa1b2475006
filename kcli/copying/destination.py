"""Records on their way into a cluster, so that each arrives once, whatever is killed when.

Nothing is noted anywhere but in the destination itself. A partition holds only what was copied, without a hole, so
where it ends says how many records have arrived. What is still on its way from a run that was killed is fenced off by
Kafka's own rule for idempotent producers: each record has its sequence number (its place in the stream), and the
producer id is made from what is copied and where to, so that every run has the same. That id is also how a partition's
last batch shows that it came from here.
"""

from __future__ import annotations

import hashlib
import select
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from kcli.client.admin import EARLIEST, LATEST, Admin, results
from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.errors import BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut
from kcli.client.mention import Mention
from kcli.copying.errors import CopyError
from kcli.copying.rebatch import Piece, join_small, pieces, stamp
from kcli.copying.stream import Part
from kcli.records.batch import SEQUENCE_MASK, BatchHeader, iterate_batches
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

MAX_IN_FLIGHT = 5  # as many batches of a producer as a broker remembers
_HELD = 4 << 20  # bytes that may wait to be sent
_REQUEST = 1 << 20
_PAUSE = 0.2
_NAMES_UNTIL = 12  # of both Produce and Fetch: later versions name topics by id
_TRANSIENT = (BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut)
_REALIGN = frozenset(
    (
        errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
        errors.DUPLICATE_SEQUENCE_NUMBER,
        errors.UNKNOWN_PRODUCER_ID,
        errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    )
)


def producer_id(identity: str, topic: str, topic_id: bytes) -> int:
    """The id under which a partition's records are sent: far above those that clusters hand out."""
    seed = hashlib.sha256(f"{identity}\0{topic}\0{topic_id.hex()}".encode()).digest()
    return (1 << 62) | (int.from_bytes(seed[:8], "big") >> 2)


class _Sending:
    """A batch that has not been acknowledged yet."""

    __slots__ = ("data", "first", "records")

    def __init__(self, first: int, records: int, data: bytearray) -> None:
        self.first = first
        self.records = records
        self.data = data


class Lane:
    """One partition of the destination."""

    def __init__(self, topic: str, topic_id: bytes, partition: int, producer: int) -> None:
        self.topic = topic
        self.topic_id = topic_id
        self.partition = partition
        self.producer = producer
        self.begin = 0  # where its log begins: records before have been deleted there
        self.arrived = 0  # how many records had come before this run
        self.taken = 0  # how many records the stream has brought
        self.acknowledged = 0
        self.batches: deque[_Sending] = deque()  # not acknowledged, in order
        self.sent = 0  # how many of these are on their way

    @property
    def name(self) -> str:
        return f"{self.topic}-{self.partition}"


class _Link:
    """A connection to a leader, and what it still owes an answer for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.requests: deque[tuple[float, list[tuple[Lane, _Sending]]]] = deque()


class Destination:
    """Takes parts for lanes and sends them; `flush` waits until all has arrived."""

    def __init__(
        self, cluster: Cluster, *, largest: int = 1 << 20, warn: Callable[[str], None] = lambda text: None
    ) -> None:
        self._cluster = cluster
        self._mention = Mention(warn)
        self._joined = min(65536, largest // 2)
        self._lanes: list[Lane] = []
        self._links: dict[int, _Link] = {}
        self._held = 0
        self._astray = False
        self._progress = time.monotonic()

    def open(self, topic: str, partition: int, identity: str) -> Lane:
        """Find out how far a partition is; raises CopyError if it holds records from elsewhere."""
        found = self._cluster.retry(lambda: self._cluster.topic(topic))
        lane = Lane(topic, found.id, partition, producer_id(identity, topic, found.id))
        begin, end = self._bounds(lane)
        last = self._last_batch(lane, end) if end > begin else None
        if end and (last is None or not _is_ours(last, lane, end)):
            if last is None:
                raise CopyError(f"{lane.name} has had {end} records that have been deleted: copy into a new topic")
            raise CopyError(
                f"{lane.name} has records that did not come from here"
                f" (it ends at offset {end}): copy into a new topic, or delete this one first"
            )
        lane.begin, lane.arrived, lane.acknowledged = begin, end, end
        self._lanes.append(lane)
        return lane

    def take(self, lane: Lane, part: Part) -> None:
        """Send a part's records, but for those that have arrived already."""
        if not part.records:
            return
        skip = max(0, lane.arrived - lane.taken)
        first = lane.taken + min(skip, part.records)
        lane.taken += part.records
        if skip >= part.records:
            return
        for piece in join_small(pieces(part.data, skip), self._joined):
            self._queue(lane, piece, first)
            first += piece.records
        while self._held > _HELD:
            self._pump(_PAUSE)
        self._pump(0)

    def flush(self) -> None:
        """Wait until everything taken has arrived."""
        while self._held:
            self._pump(_PAUSE)

    def close(self) -> None:
        for link in self._links.values():
            link.connection.close()
        self._links.clear()

    # Sending

    def _queue(self, lane: Lane, piece: Piece, first: int) -> None:
        batch = _Sending(first, piece.records, stamp(piece, lane.producer, first))
        lane.batches.append(batch)
        self._held += len(batch.data)

    def _pump(self, timeout: float) -> None:
        """Send what may be sent, take what has been answered; trouble that may pass is waited out."""
        try:
            if self._astray:
                self._find_place()
            self._send()
            self._receive(timeout)
        except _TRANSIENT as error:
            self._start_over(str(error))
        except KafkaError as error:
            if not error.retriable and error.code not in _REALIGN:
                raise
            self._start_over(error.message)
        if self._held and time.monotonic() - self._progress > self._cluster.api_timeout:
            raise CopyError(
                f"no record has been taken for {self._cluster.api_timeout:.0f} s: {self._mention.last}".rstrip(": ")
            )

    def _send(self) -> None:
        by_leader: dict[int, list[Lane]] = {}
        for lane in self._lanes:
            if lane.sent < len(lane.batches):
                by_leader.setdefault(self._cluster.leader(lane.topic, lane.partition), []).append(lane)
        for node, lanes in by_leader.items():
            link = self._links.get(node)
            if link is None:
                link = self._links[node] = _Link(self._cluster.open(node))
                self._progress = time.monotonic()
            while len(link.requests) < MAX_IN_FLIGHT and self._send_one(link, lanes):
                pass

    def _send_one(self, link: _Link, lanes: list[Lane]) -> bool:
        """One request with a batch of each lane, as far as they fit; whether there was anything."""
        request = messages.ProduceRequest
        topics: dict[str, Any] = {}
        sent: list[tuple[Lane, _Sending]] = []
        size = 0
        for lane in lanes:
            if lane.sent == len(lane.batches) or (sent and size + len(lane.batches[lane.sent].data) > _REQUEST):
                continue
            batch = lane.batches[lane.sent]
            lane.sent += 1
            size += len(batch.data)
            sent.append((lane, batch))
            topic = topics.get(lane.topic)
            if topic is None:
                topic = topics[lane.topic] = request.TopicProduceData(name=lane.topic, topic_id=lane.topic_id)
            topic.partition_data.append(request.PartitionProduceData(index=lane.partition, records=batch.data))
        if not sent:
            return False
        named = any(lane.topic_id == uuid.ZERO for lane, _ in sent)
        body = request(
            acks=-1, timeout_ms=round(self._cluster.request_timeout * 1000), topic_data=list(topics.values())
        )
        link.connection.queue(body, link.connection.version_for(request, _NAMES_UNTIL if named else None))
        link.requests.append((time.monotonic(), sent))
        link.connection.flush(0)
        return True

    def _receive(self, timeout: float) -> None:
        """Wait until a link has something to say, and take it."""
        waiting = {link.connection.fileno(): link for link in self._links.values() if link.requests}
        if not waiting:
            return
        poller = select.poll()
        for descriptor, link in waiting.items():
            poller.register(descriptor, select.POLLIN | (select.POLLOUT if link.connection.unsent else 0))
        ready = poller.poll(timeout * 1000)
        for descriptor, _ in ready:
            link = waiting[descriptor]
            link.connection.flush(0)
            while link.requests and (received := link.connection.receive(0)) is not None:
                self._take_answer(link.requests.popleft()[1], received[1])
        limit = time.monotonic() - self._cluster.request_timeout - _PAUSE
        for link in waiting.values():
            if not ready and link.requests and link.requests[0][0] < limit:
                raise RequestTimedOut(f"{link.connection.address} did not answer a Produce request")

    def _take_answer(self, sent: list[tuple[Lane, _Sending]], response: Any) -> None:
        answers = {
            (topic.name or topic.topic_id, item.index): item
            for topic in response.responses
            for item in topic.partition_responses
        }
        for lane, batch in sent:
            answer = answers.get((lane.topic, lane.partition)) or answers[lane.topic_id, lane.partition]
            if answer.error_code:
                raise self._refused(lane, answer)
            if answer.base_offset not in (batch.first, -1):
                raise CopyError(
                    f"{lane.name}: somebody else writes to it (record {batch.first} came to be"
                    f" at offset {answer.base_offset}); delete the topic and begin again"
                )
            self._acknowledge(lane, batch)

    def _acknowledge(self, lane: Lane, batch: _Sending) -> None:
        assert lane.batches[0] is batch
        lane.batches.popleft()
        lane.sent -= 1
        lane.acknowledged = batch.first + batch.records
        self._held -= len(batch.data)
        self._progress = time.monotonic()
        self._mention.over()

    def _refused(self, lane: Lane, answer: Any) -> Exception:
        error = KafkaError(answer.error_code, getattr(answer, "error_message", None))
        if error.retriable or error.code in _REALIGN:
            return error
        return CopyError(f"{lane.name}: {error.message}")

    # After trouble, and at the start

    def _start_over(self, trouble: str) -> None:
        """Forget what is on its way; before anything else is sent the destination is asked how far it is."""
        self._mention(trouble)
        self.close()
        self._cluster.forget()
        self._astray = True
        for lane in self._lanes:
            lane.sent = 0
        time.sleep(_PAUSE)

    def _find_place(self) -> None:
        for lane in self._lanes:
            if lane.batches:
                self._align(lane)
        self._astray = False

    def _align(self, lane: Lane) -> None:
        """Drop the batches that have arrived although nobody told us."""
        deadline = time.monotonic() + self._cluster.api_timeout
        while (end := self._bounds(lane)[1]) < lane.acknowledged:  # a new leader may be behind for a moment
            if time.monotonic() > deadline:
                raise CopyError(f"{lane.name} ends at offset {end}, but had taken {lane.acknowledged}: it lost records")
            time.sleep(_PAUSE)
        while lane.batches and lane.batches[0].first + lane.batches[0].records <= end:
            lane.sent += 1
            self._acknowledge(lane, lane.batches[0])
        if lane.batches and lane.batches[0].first < end:
            batch = lane.batches.popleft()
            rest = next(pieces(batch.data, end - batch.first))
            lane.batches.appendleft(_Sending(end, rest.records, stamp(rest, lane.producer, end)))
            self._held += len(lane.batches[0].data) - len(batch.data)

    def _bounds(self, lane: Lane) -> tuple[int, int]:
        place = (lane.topic, lane.partition)
        admin = Admin(self._cluster)
        begin = results(admin.list_offsets({place: EARLIEST}))[place].offset
        return begin, results(admin.list_offsets({place: LATEST}))[place].offset

    def _last_batch(self, lane: Lane, end: int) -> BatchHeader | None:
        """The header of the batch that a partition ends with."""

        def attempt() -> Any:
            node = self._cluster.leader(lane.topic, lane.partition)
            request = messages.FetchRequest
            at_most = None if lane.topic_id != uuid.ZERO else _NAMES_UNTIL
            version = self._cluster.connection(node).version_for(request, at_most)
            partition = request.FetchPartition(
                partition=lane.partition, fetch_offset=end - 1, partition_max_bytes=1 << 20
            )
            topic = request.FetchTopic(topic=lane.topic, topic_id=lane.topic_id, partitions=[partition])
            body = request(max_wait_ms=1000, min_bytes=1, max_bytes=1 << 20, topics=[topic])
            response = self._cluster.request(node, body, version=version)
            answer = response.responses[0].partitions[0]
            if answer.error_code:
                raise KafkaError(answer.error_code)
            return answer.records

        found: BatchHeader | None = None
        for header, _, _ in iterate_batches(self._cluster.retry(attempt) or b""):
            if header.base_offset < end:
                found = header
        return found


def _is_ours(last: BatchHeader, lane: Lane, end: int) -> bool:
    return (
        last.producer_id == lane.producer
        and last.next_offset == end
        and last.last_sequence == (end - 1) & SEQUENCE_MASK
    )
