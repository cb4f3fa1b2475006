"""Fetching from the leaders: a connection and a request in flight for each, the next sent before decoding the last.

The same lines carry the questions where partitions begin, which go before fetches. So no leader waits for another: not
while that is being reached, and not for its answers.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterable
from typing import Any, NamedTuple

from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.consumer_config import ConsumerConfig
from kcli.client.consumer_offsets import Answers, OffsetAndEpoch, offsets_answered, offsets_request
from kcli.client.decode import Chunk
from kcli.client.errors import BrokerUnreachable, ConnectionClosed
from kcli.client.opening import Opening, Openings
from kcli.wire import errors, messages
from kcli.wire.uuid import ZERO

_LAST_BY_NAME = 12  # Fetch v13 and later name topics by id only
_GRACE = 5.0  # seconds beyond the request timeout that a long poll may take


class Reading:
    """One partition that is being read."""

    def __init__(self, topic: str, number: int, *, ask_committed: bool = False) -> None:
        self.topic = topic
        self.number = number
        self.key: TopicPartition = (topic, number)
        self.offset: int | None = None  # what to ask for next; None: to be found out
        self.consumed: OffsetAndEpoch | None = None  # what the application is done with
        self.committed: OffsetAndEpoch | None = None
        self.ask_committed = ask_committed  # whether the group's commit is still to be asked for
        self.start: int | None = None  # a ListOffsets timestamp that stands above the configured reset
        self.seeking: int | None = None  # the timestamp that the leader is to be asked for
        self.replica: int | None = None  # a follower that the leader sent us to (KIP-392)
        self.not_before = 0.0


class Trouble(NamedTuple):
    """An error code in place of records."""

    reading: Reading
    code: int


class Received(NamedTuple):
    """What an answer has: records and troubles of a fetch, or positions."""

    chunks: list[Chunk]
    troubles: list[Trouble]
    answers: Answers


class _Link:
    """The connection to one leader."""

    def __init__(self, node: int, connection: Connection) -> None:
        self.node = node
        self.connection = connection
        self.asked: dict[tuple[Any, int], tuple[Reading, int]] = {}
        self.sought: dict[TopicPartition, tuple[Reading, int]] = {}
        self.sent_at = 0.0


class Fetcher:
    """All links. Answers, and links that are there (as an `Opening`), come through the consumer's selector."""

    def __init__(self, cluster: Cluster, config: ConsumerConfig, selector: selectors.BaseSelector) -> None:
        self._cluster = cluster
        self._config = config
        self._selector = selector
        self._links: dict[int, _Link] = {}
        self._openings = Openings(cluster, config.retry_backoff, config.retry_backoff_max, selector)

    def send(self, node: int, readings: Iterable[Reading], now: float) -> None:
        """Ask a broker for what follows in these partitions, or where to begin, unless it still owes an answer."""
        link = self._links.get(node)
        if link is None:
            self._openings.begin(node, now)
            return
        if link.connection.in_flight:
            return
        link.sent_at = now
        seeking = [reading for reading in readings if reading.offset is None]
        try:
            if seeking:
                self._seek(link, seeking)
            else:
                self._ask(link, list(readings))
        except ConnectionClosed:
            self.drop(link)
            raise

    def opened(self, opening: Opening, now: float) -> None:
        """A broker has been reached; raises why not."""
        link = _Link(opening.node, self._openings.take(opening, now))
        self._links[link.node] = link
        self._selector.register(link.connection, selectors.EVENT_READ, link)

    def receive(self, link: _Link) -> Received:
        """What has arrived on a readable link; the readings move on. Raises ConnectionClosed, and forgets the link."""
        try:
            received = link.connection.receive(0)
        except ConnectionClosed:
            self.drop(link)
            raise
        if received is None:
            return Received([], [], {})
        response = received[1]
        if link.sought:
            return Received([], [], self._found(link, response))
        chunks: list[Chunk] = []
        troubles: list[Trouble] = []
        asked, link.asked = link.asked, {}
        for topic in response.responses:
            for answer in topic.partitions:
                reading, offset = asked.get((topic.topic_id, answer.partition_index), (None, 0))
                if reading is None:
                    reading, offset = asked.get((topic.topic, answer.partition_index), (None, 0))
                if reading is None or reading.offset != offset:
                    continue  # the position was changed, or the partition taken away, in the meantime
                self._take(reading, answer, chunks, troubles)
        if response.error_code:
            troubles += [Trouble(reading, response.error_code) for reading, _ in asked.values()]
        return Received(chunks, troubles, {})

    @property
    def missing(self) -> bool:
        """Whether a broker could not be reached."""
        return self._openings.missing

    def wake_at(self, now: float) -> float:
        """When a broker that could not be reached may be tried again."""
        return self._openings.wake_at(now)

    def overdue(self, now: float) -> list[int]:
        """Brokers that answer no more; their links are closed."""
        limit = now - self._config.request_timeout - self._config.fetch_max_wait - _GRACE
        late = [link for link in self._links.values() if link.connection.in_flight and link.sent_at < limit]
        for link in late:
            self.drop(link)
        return [link.node for link in late]

    def drop(self, link: _Link) -> None:
        """Close a link; the next `send` opens another."""
        if self._links.pop(link.node, None) is not None:
            self._selector.unregister(link.connection)
        link.connection.close()

    def close(self) -> None:
        for link in list(self._links.values()):
            self.drop(link)
        self._openings.close()

    def _seek(self, link: _Link, readings: list[Reading]) -> None:
        link.sought = {reading.key: (reading, reading.seeking) for reading in readings if reading.seeking is not None}
        timestamps = {key: timestamp for key, (_, timestamp) in link.sought.items()}
        link.connection.send(offsets_request(timestamps, committed=self._config.read_committed))

    def _found(self, link: _Link, response: Any) -> Answers:
        """The positions that are still wanted."""
        sought, link.sought = link.sought, {}
        answers: Answers = {}
        for key, answer in offsets_answered(response).items():
            reading, timestamp = sought.get(key, (None, 0))
            if reading is not None and reading.seeking == timestamp:
                reading.seeking = None
                answers[key] = answer
        return answers

    def _ask(self, link: _Link, readings: list[Reading]) -> None:
        request = messages.FetchRequest
        ids = {reading.topic: self._cluster.topic(reading.topic).id for reading in readings}
        version = link.connection.version_for(request, None if ZERO not in ids.values() else _LAST_BY_NAME)
        topics: dict[str, Any] = {}
        for reading in readings:
            assert reading.offset is not None
            topic = topics.get(reading.topic)
            if topic is None:
                topic = topics[reading.topic] = request.FetchTopic(
                    topic=reading.topic, topic_id=ids[reading.topic], partitions=[]
                )
            topic.partitions.append(
                request.FetchPartition(
                    partition=reading.number,
                    fetch_offset=reading.offset,
                    partition_max_bytes=self._config.partition_max_bytes,
                )
            )
            key = reading.topic if version <= _LAST_BY_NAME else ids[reading.topic]
            link.asked[key, reading.number] = (reading, reading.offset)
        body = request(
            max_wait_ms=round(self._config.fetch_max_wait * 1000),
            min_bytes=self._config.fetch_min_bytes,
            max_bytes=self._config.fetch_max_bytes,
            isolation_level=int(self._config.read_committed),
            topics=list(topics.values()),
            rack_id=self._config.rack,
        )
        link.connection.send(body, version)

    def _take(self, reading: Reading, answer: Any, chunks: list[Chunk], troubles: list[Trouble]) -> None:
        assert reading.offset is not None
        if answer.error_code:
            troubles.append(Trouble(reading, answer.error_code))
            return
        preferred = getattr(answer, "preferred_read_replica", -1)
        if preferred >= 0:
            reading.replica = preferred
        if not answer.records:
            return
        aborted = None
        if self._config.read_committed:
            aborted = [(each.first_offset, each.producer_id) for each in answer.aborted_transactions or ()]
        chunk = Chunk(
            reading.topic,
            reading.number,
            answer.records,
            reading.offset,
            aborted=aborted,
            check_crcs=self._config.check_crcs,
        )
        if chunk.next_offset > reading.offset:
            reading.offset = chunk.next_offset
            chunks.append(chunk)


MOVED = frozenset(
    {
        errors.NOT_LEADER_OR_FOLLOWER,
        errors.LEADER_NOT_AVAILABLE,
        errors.REPLICA_NOT_AVAILABLE,
        errors.FENCED_LEADER_EPOCH,
        errors.UNKNOWN_LEADER_EPOCH,
        errors.KAFKA_STORAGE_ERROR,
        errors.OFFSET_NOT_AVAILABLE,
        errors.UNKNOWN_TOPIC_OR_PARTITION,
        errors.UNKNOWN_TOPIC_ID,
        errors.INCONSISTENT_TOPIC_ID,
    }
)
"""Errors of a fetch that fresh metadata may cure."""

UNREACHABLE = (BrokerUnreachable, ConnectionClosed)
