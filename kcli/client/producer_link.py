"""One connection that carries produce requests: what is on its way, and how long the broker has been silent."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from kcli.client.connection import Connection
from kcli.client.producer_batch import Batch
from kcli.client.producer_queue import PartitionQueue
from kcli.wire import messages, uuid

_NAMES_UNTIL = 12  # later versions of Produce name topics by id (KIP-516)
_EXPLICIT_UNTIL = 11  # later ones add partitions to transactions by themselves (KIP-890), if the cluster has that on

_USUAL = 5 * 16 * 1024  # max.in.flight.requests.per.connection times batch.size, as they are by default


class Sent(NamedTuple):
    """A batch within a request."""

    topic: str
    topic_id: bytes
    queue: PartitionQueue
    batch: Batch
    payload: bytes
    at: float  # when it was put on the wire


class Link:
    """Requests to one broker, answered in order. With acks=0 nothing is answered: what is written counts.

    `patient`: the broker was too slow before, which may be the line's fault: what is under way gets as much time as
    Kafka's producer, which has `_USUAL` bytes of a partition under way, would have for that much.
    """

    def __init__(
        self,
        node: int,
        connection: Connection,
        acks: int,
        request_timeout: float,
        transactional_id: str | None = None,
        *,
        patient: bool = False,
    ) -> None:
        self.node = node
        self._connection = connection
        self._acks = acks
        self._transactional_id = transactional_id
        self._timeout_ms = round(request_timeout * 1000)
        self._in_flight: deque[tuple[int, list[Sent]]] = deque()
        self._unanswered: list[Sent] = []
        self._last_progress = 0.0
        self._patient = patient

    def fileno(self) -> int:
        return self._connection.fileno()

    @property
    def interest(self) -> int:
        """The poll events that this link waits for."""
        return select.POLLIN | (select.POLLOUT if self._connection.unsent else 0)

    def has_room(self, max_in_flight: int) -> bool:
        if self._acks == 0:
            return not self._connection.unsent
        return len(self._in_flight) < max_in_flight

    def times_out_at(self, patience: float, default: float = 0.0) -> float:
        """When a broker that takes no bytes and answers nothing has to be given up; `default` if nothing is due."""
        if not self._in_flight and not self._unanswered:
            return default
        if self._patient:
            under_way = sum(len(item.payload) for _, items in self._in_flight for item in items)
            patience *= max(1.0, under_way / _USUAL)
        return self._last_progress + patience

    def send(self, sent: list[Sent], now: float) -> None:
        """Put batches of different partitions into one request."""
        if not self._in_flight and not self._unanswered:
            self._last_progress = now
        connection = self._connection
        if self._transactional_id is not None:
            highest: int | None = _EXPLICIT_UNTIL
        else:
            highest = None if all(item.topic_id != uuid.ZERO for item in sent) else _NAMES_UNTIL
        version = connection.version_for(messages.ProduceRequest, highest)
        request = messages.ProduceRequest
        topics: dict[str, Any] = {}
        for item in sent:
            topic = topics.get(item.topic)
            if topic is None:
                topic = topics[item.topic] = request.TopicProduceData(name=item.topic, topic_id=item.topic_id)
            partition = request.PartitionProduceData(index=item.queue.partition, records=item.payload)
            topic.partition_data.append(partition)
        body = request(
            transactional_id=self._transactional_id,
            acks=self._acks,
            timeout_ms=self._timeout_ms,
            topic_data=list(topics.values()),
        )
        correlation_id = connection.queue(body, version, answered=self._acks != 0)
        if self._acks:
            self._in_flight.append((correlation_id, sent))
        else:
            self._unanswered += sent
        connection.flush(0)

    def take_unanswered(self) -> list[Sent]:
        """What has been written completely and will not be answered (acks=0)."""
        if not self._unanswered or self._connection.unsent:
            return []
        taken, self._unanswered = self._unanswered, []
        return taken

    def serve(self, now: float) -> Iterator[tuple[Sent, Any]]:
        """Write and read what the socket allows; each batch that was answered, with its part of the response."""
        self._connection.flush(0)
        self._last_progress = now
        while True:
            received = self._connection.receive(0)
            if received is None:
                return
            _, response = received
            _, sent = self._in_flight.popleft()
            answers = {
                (topic.name, topic.topic_id, partition.index): partition
                for topic in response.responses
                for partition in topic.partition_responses
            }
            for item in sent:
                index = item.queue.partition
                by_name = answers.get((item.topic, uuid.ZERO, index))
                yield item, by_name if by_name is not None else answers.get(("", item.topic_id, index))

    def close(self) -> list[Sent]:
        """Hang up; the batches that nobody will answer now."""
        self._connection.close()
        lost = [item for _, items in self._in_flight for item in items] + self._unanswered
        self._in_flight.clear()
        self._unanswered = []
        return lost
