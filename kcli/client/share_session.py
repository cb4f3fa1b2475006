"""The share session with one leader (KIP-932): what it knows that we read, and the acknowledgements on their way to it.

A session begins with a full request of epoch 0, which must not acknowledge anything; later requests carry only what
changed, and the next epoch each. Requests to one leader follow each other: there is one in flight at most, but for the
one that ends the session.

An acknowledgement that failed for now (the share coordinator moves, say) is sent again, as long as the broker does not
say that the record is no longer ours. One that failed because the leader moved is not: with it went what it had
acquired for us.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kcli.client.connection import Connection
from kcli.client.consumer_fetch import MOVED
from kcli.client.membership_share import TopicIdPartition
from kcli.client.share_config import ShareConfig
from kcli.client.share_records import AcknowledgementBatch, Acquired
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

FINAL_EPOCH = -1
_LAST_EPOCH = 0x7FFFFFFF
_LIMITED = 1  # share.acquire.mode record_limit, on the wire
_LIMIT_VERSION = 2  # the first of ShareFetch that knows it
SESSION_LOST = frozenset(
    {
        errors.SHARE_SESSION_NOT_FOUND,
        errors.INVALID_SHARE_SESSION_EPOCH,
        errors.SHARE_SESSION_LIMIT_REACHED,
        errors.UNKNOWN_MEMBER_ID,
        errors.FENCED_MEMBER_EPOCH,
    }
)
"""Errors of a request after which the session begins anew; the coordinator tells a member of the last two itself."""


class Acknowledgement(NamedTuple):
    """What is said of a partition's acquired offsets."""

    acquired: Acquired
    batches: list[AcknowledgementBatch]


Pending = dict[TopicIdPartition, list[Acknowledgement]]
Report = Callable[[list[Acknowledgement], KafkaError | None], None]


class ShareSession:
    """One leader's connection and session; `report` hears what became of acknowledgements."""

    def __init__(self, node: int, connection: Connection, member_id: str, config: ShareConfig, report: Report) -> None:
        self.node = node
        self.connection = connection
        self.sent_at = 0.0
        self.not_before = 0.0  # after trouble: when to send the next request
        self.partitions: set[TopicIdPartition] = set()  # what the broker's side of the session holds
        self.pending: Pending = {}
        self._sent: deque[Pending] = deque()  # one for each answer that is owed
        self._epoch = 0
        self._finished = False
        self._member_id = member_id
        self._config = config
        self._report = report

    @property
    def acknowledging(self) -> bool:
        """Whether the answer to acknowledgements is owed."""
        return any(self._sent)

    @property
    def busy(self) -> bool:
        """Whether an answer is owed."""
        return bool(self.connection.in_flight)

    def ready(self, now: float) -> bool:
        """Whether a request may be sent."""
        return not self.busy and now >= self.not_before

    def pause(self, now: float) -> None:
        """Something went wrong: do not ask again at once."""
        self.not_before = now + self._config.retry_backoff

    def acknowledge(self, acknowledgement: Acknowledgement) -> None:
        """Have this said with the next request."""
        if acknowledgement.batches and not self._finished:
            acquired = acknowledgement.acquired
            self.pending.setdefault((acquired.topic_id, acquired.partition), []).append(acknowledgement)

    def fetch(self, wanted: set[TopicIdPartition], now: float) -> bool:
        """Ask for records; False if there is nothing to ask for. What is no longer wanted is acknowledged first."""
        if any(partition not in wanted for partition in self.pending) and self.commit(now):
            return True
        if not wanted and not self.partitions:
            return False
        if self._epoch == 0:
            self._lose_pending(KafkaError(errors.SHARE_SESSION_NOT_FOUND))
        pending, self.pending = self.pending, {}
        request = messages.ShareFetchRequest
        version = self.connection.version_for(request)
        if self._config.record_limit and version < _LIMIT_VERSION:
            raise KafkaError(errors.UNSUPPORTED_VERSION, "The broker does not support share.acquire.mode=record_limit")
        added = wanted - self.partitions
        body = request(
            group_id=self._config.group.group_id,
            member_id=self._member_id,
            share_session_epoch=self._epoch,
            max_wait_ms=self._config.fetch_max_wait_ms,
            min_bytes=self._config.fetch_min_bytes,
            max_bytes=self._config.fetch_max_bytes,
            max_records=self._config.max_records,
            batch_size=self._config.max_records,
            share_acquire_mode=_LIMITED if self._config.record_limit else 0,
            topics=_topics(request.FetchTopic, request.FetchPartition, request.AcknowledgementBatch, added, pending),
            forgotten_topics_data=[
                request.ForgottenTopic(topic_id=topic_id, partitions=numbers)
                for topic_id, numbers in _numbers(self.partitions - wanted).items()
            ],
        )
        self.partitions = set(wanted)
        self._send(body, pending, now)
        return True

    def finish(self, deadline: float) -> bool:
        """End the session, with what is pending; the broker releases all that is still held.

        A session whose first answer is still to come can not be ended yet. The answer is waited for until `deadline`.
        """
        if self._finished or (self._epoch == 0 and self.busy):
            return False
        sent = self.commit(deadline, final=True)
        self._finished = True
        return sent

    def commit(self, now: float, *, final: bool = False) -> bool:
        """Send the acknowledgements alone; `final` ends the session."""
        if self._epoch == 0:
            self._lose_pending(KafkaError(errors.SHARE_SESSION_NOT_FOUND))
            return False
        if not self.pending and not final:
            return False
        pending, self.pending = self.pending, {}
        request = messages.ShareAcknowledgeRequest
        body = request(
            group_id=self._config.group.group_id,
            member_id=self._member_id,
            share_session_epoch=FINAL_EPOCH if final else self._epoch,
            topics=_topics(
                request.AcknowledgeTopic, request.AcknowledgePartition, request.AcknowledgementBatch, (), pending
            ),
        )
        self._send(body, pending, now)
        return True

    def answered(self, response: Any, now: float) -> list[tuple[TopicIdPartition, Any]]:
        """Take an answer: reports on acknowledgements go out, and the partitions' parts come back.

        Raises KafkaError if the whole request was refused; the session begins anew, if that is the reason.
        """
        self._epoch = 1 if self._epoch == _LAST_EPOCH else self._epoch + 1
        if response.error_code:
            error = KafkaError(response.error_code, response.error_message)
            if response.error_code in SESSION_LOST:
                self._epoch = 0
                self.partitions = set()
            self.pause(now)
            self._settle(error)
            raise error
        parts = [
            ((topic.topic_id, part.partition_index), part) for topic in response.responses for part in topic.partitions
        ]
        fetched = hasattr(response.responses[0].partitions[0], "acquired_records") if parts else False
        codes = {
            key: (part.acknowledge_error_code, part.acknowledge_error_message)
            if fetched
            else (part.error_code, part.error_message)
            for key, part in parts
        }
        self._settle(None, codes)
        if self.pending and any(code for code, _ in codes.values()):
            self.pause(now)
        return parts if fetched else []

    def lost(self, error: KafkaError) -> None:
        """The connection is gone, and the session with it."""
        while self._sent:
            self._settle(error)
        self._lose_pending(error)

    def _send(self, body: Any, pending: Pending, now: float) -> None:
        self.sent_at = now
        self._sent.append(pending)
        self.connection.send(body)

    def _settle(
        self, error: KafkaError | None, codes: dict[TopicIdPartition, tuple[int, str | None]] | None = None
    ) -> None:
        """Report on the acknowledgements of the request that is answered, but those that are sent again."""
        sent = self._sent.popleft()
        by_code: dict[int, tuple[KafkaError | None, list[Acknowledgement]]] = {}
        for key, some in sent.items():
            code, message = (codes or {}).get(key, (0, None))
            failure = error or (KafkaError(code, message) if code else None)
            if error is None and failure is not None and self._may_pass(failure):
                self.pending[key] = [*some, *self.pending.get(key, ())]
            else:
                by_code.setdefault(failure.code if failure else 0, (failure, []))[1].extend(some)
        for failure, all_of_it in by_code.values():
            self._report(all_of_it, failure)

    def _may_pass(self, error: KafkaError) -> bool:
        return error.retriable and error.code not in MOVED and not self._finished

    def _lose_pending(self, error: KafkaError) -> None:
        pending, self.pending = self.pending, {}
        lost = [each for some in pending.values() for each in some]
        if lost:
            self._report(lost, error)


def _numbers(partitions: Iterable[TopicIdPartition]) -> dict[bytes, list[int]]:
    grouped: dict[bytes, list[int]] = {}
    for topic_id, number in sorted(partitions):
        grouped.setdefault(topic_id, []).append(number)
    return grouped


def _topics(topic: Any, partition: Any, batch: Any, added: Iterable[TopicIdPartition], pending: Pending) -> list[Any]:
    """The partitions to add, and to acknowledge in, as either request has them."""
    return [
        topic(
            topic_id=topic_id,
            partitions=[
                partition(
                    partition_index=number,
                    acknowledgement_batches=[
                        batch(first_offset=first, last_offset=last, acknowledge_types=kinds)
                        for each in pending.get((topic_id, number), ())
                        for first, last, kinds in each.batches
                    ],
                )
                for number in numbers
            ],
        )
        for topic_id, numbers in _numbers({*added, *pending}).items()
    ]
