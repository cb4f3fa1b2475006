"""Fetch v4-18: reads batches for consumers (and followers). Topics by id from v13, fetch sessions from v7.

Partitions are read in the order of the request under max_bytes and partition_max_bytes; the first batch of the first
partition that has any is sent whole, however large. With less than min_bytes to send and nothing wrong, the answer
waits until enough has come in or max_wait_ms has passed. Read-committed readers stop at the last stable offset and get
the aborted transactions below it. Batches travel from the log to the socket as they are.

Kafka sends files; here what is read waits in memory for a reader that is slow, so all get less while much is waiting.

Deviations: every read is served by the leader (no preferred read replica, KIP-392).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.api.leaders import CurrentLeaders
from kcli.api.request import Api, Request
from kcli.replica.manager import READABLE, STABLE
from kcli.replica.partition import NO_EPOCH, READ_COMMITTED, check_isolation_level
from kcli.replica.sessions import FIRST_VERSION_WITH_TOPIC_IDS, FetchContext, Key
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.replica.manager import ReplicaManager
    from kcli.replica.partition import Partition
    from kcli.storage.log import Log

API = Api(1, 4, 18)

FIRST_VERSION_WITH_SESSIONS = 7
FIRST_VERSION_WITH_CURRENT_LEADER = 16
FIRST_VERSION_WITH_REPLICA_STATE = 15
MUCH_OWED = 128 << 20
"""bytes in memory for readers that do not take them; above, nobody gets more than SPARING_BYTES at a time"""
SPARING_BYTES = 1 << 20
NO_OFFSET = -1

_NOT_IN_METADATA = (errors.UNKNOWN_TOPIC_ID, errors.UNKNOWN_TOPIC_OR_PARTITION)
_WRONG_LEADER = (errors.NOT_LEADER_OR_FOLLOWER, errors.FENCED_LEADER_EPOCH)


class _Limits(NamedTuple):
    """What the request asks for as a whole."""

    min_bytes: int
    max_bytes: int
    isolation: int
    replica_id: int

    @property
    def from_follower(self) -> bool:
        return self.replica_id >= 0


class _Reading:
    """One pass over the partitions: the results, and whether they must be sent at once."""

    __slots__ = ("_limits", "_replicas", "hurry", "partitions", "results", "size", "unknown")

    def __init__(self, replicas: ReplicaManager, limits: _Limits) -> None:
        self._replicas = replicas
        self._limits = limits
        self.results: dict[Key, Any] = {}
        self.unknown: dict[Key, Any] = {}
        """what the metadata does not know (yet): it does not hurry the answer, and comes last in it, as in Kafka"""
        self.partitions: dict[Partition, int] = {}
        """those that may still give bytes, with how many"""
        self.size = 0
        self.hurry = False

    def read(self, key: Key, wanted: Any) -> None:
        result = messages.FetchResponse.PartitionData(
            partition_index=key.partition, high_watermark=NO_OFFSET, aborted_transactions=None, records=b""
        )
        try:
            self._read(self._find(key), wanted, result)
        except KafkaError as error:
            result.error_code = error.code
            if error.code in _NOT_IN_METADATA:
                result.aborted_transactions = []
                self.unknown[key] = result
                return
            self.hurry = True
        self.results[key] = result

    def _find(self, key: Key) -> Partition:
        topic, index = key
        replicas = self._replicas
        return replicas.partition(topic, index) if isinstance(topic, str) else replicas.partition_by_id(topic, index)

    def _read(self, partition: Partition, wanted: Any, result: Any) -> None:
        limits, log, offset = self._limits, partition.log, wanted.fetch_offset
        partition.check_access(max(wanted.current_leader_epoch, NO_EPOCH))  # here, any negative one stands for none
        if wanted.last_fetched_epoch >= 0:
            diverging = partition.divergence(offset, wanted.last_fetched_epoch)
            if diverging is not None:
                result.diverging_epoch.epoch, result.diverging_epoch.end_offset = diverging
                self.hurry = True
                _put_offsets(result, log)
                return
        if limits.from_follower:
            partition.fetched_by(limits.replica_id, offset, wanted.current_leader_epoch)
            self._replicas.advanced(partition, 0)
        stable = limits.isolation == READ_COMMITTED and not limits.from_follower
        info = log.read(
            offset,
            min(wanted.partition_max_bytes, limits.max_bytes - self.size),
            upper=log.log_end_offset if limits.from_follower else partition.readable_end(limits.isolation),
            minimum_one=self.size == 0,
            with_aborted=stable,
        )
        _put_offsets(result, log)
        result.records = info.records
        self.size += len(info.records)
        self.partitions[partition] = max(wanted.partition_max_bytes - len(info.records), 0)
        if stable:
            aborted = messages.FetchResponse.AbortedTransaction
            result.aborted_transactions = [
                aborted(producer_id=entry.producer_id, first_offset=entry.first_offset) for entry in info.aborted
            ]


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    body, version = request.body, request.version
    check_isolation_level(body.isolation_level)
    replica_id = body.replica_state.replica_id if version >= FIRST_VERSION_WITH_REPLICA_STATE else body.replica_id
    fetch = context.replicas.sessions.context(
        version,
        body.session_id,
        body.session_epoch,
        _wanted(body, version),
        _forgotten(body, version),
        now_ms=context.clock.time_ms(),
        privileged=replica_id >= 0,
    )
    max_bytes = min(body.max_bytes, context.config["fetch.max.bytes"])
    if context.owed() > MUCH_OWED:
        max_bytes = min(max_bytes, SPARING_BYTES)
    limits = _Limits(min(body.min_bytes, max_bytes), max_bytes, body.isolation_level, replica_id)
    reading = _read(context, fetch, limits)
    if reading.size >= limits.min_bytes or body.max_wait_ms <= 0 or reading.hurry or not reading.partitions:
        return _response(context, request, fetch, reading)
    return _wait(context, request, fetch, reading, limits)


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    """Of old versions each partition says it, too."""
    response = messages.FetchResponse
    topics = body.topics if version < FIRST_VERSION_WITH_TOPIC_IDS else ()
    failed = {"error_code": error.code, "high_watermark": NO_OFFSET, "aborted_transactions": [], "records": b""}
    return response(
        error_code=error.code,
        responses=[
            response.FetchableTopicResponse(
                topic=topic.topic,
                partitions=[response.PartitionData(partition_index=p.partition, **failed) for p in topic.partitions],
            )
            for topic in topics
        ],
    )


def _wanted(body: Any, version: int) -> list[tuple[Key, Any]]:
    if version >= FIRST_VERSION_WITH_TOPIC_IDS:
        return [(Key(topic.topic_id, p.partition), p) for topic in body.topics for p in topic.partitions]
    return [(Key(topic.topic, p.partition), p) for topic in body.topics for p in topic.partitions]


def _forgotten(body: Any, version: int) -> list[Key]:
    by_id = version >= FIRST_VERSION_WITH_TOPIC_IDS
    topics = body.forgotten_topics_data
    return [Key(topic.topic_id if by_id else topic.topic, index) for topic in topics for index in topic.partitions]


def _read(context: BrokerContext, fetch: FetchContext, limits: _Limits) -> _Reading:
    reading = _Reading(context.replicas, limits)
    for key, wanted in fetch.partitions():
        reading.read(key, wanted)
    return reading


def _put_offsets(result: Any, log: Log) -> None:
    result.high_watermark = log.high_watermark
    result.last_stable_offset = log.last_stable_offset
    result.log_start_offset = log.log_start_offset


async def _wait(
    context: BrokerContext, request: Request, fetch: FetchContext, reading: _Reading, limits: _Limits
) -> Any:
    """The long poll: sleeps until the partitions have gained what is missing, then reads again."""
    kind = STABLE if limits.isolation == READ_COMMITTED else READABLE
    caps = {(partition, kind): cap for partition, cap in reading.partitions.items()}
    await context.replicas.wait(caps, limits.min_bytes - reading.size, request.body.max_wait_ms / 1000)
    return _response(context, request, fetch, _read(context, fetch, limits))


def _response(context: BrokerContext, request: Request, fetch: FetchContext, reading: _Reading) -> Any:
    response = messages.FetchResponse
    version = request.version
    leaders = CurrentLeaders(context, request.session)
    topics: dict[str | bytes, list[Any]] = {}
    for key, result in fetch.answer({**reading.results, **reading.unknown}).items():
        if version >= FIRST_VERSION_WITH_CURRENT_LEADER and result.error_code in _WRONG_LEADER:
            leaders.add(result.current_leader, key.topic, key.partition)
        topics.setdefault(key.topic, []).append(result)
    by_id = version >= FIRST_VERSION_WITH_TOPIC_IDS
    return response(
        error_code=fetch.error,
        session_id=fetch.session_id,
        responses=[
            response.FetchableTopicResponse(**{"topic_id" if by_id else "topic": topic}, partitions=partitions)
            for topic, partitions in topics.items()
        ],
        node_endpoints=leaders.endpoints(response.NodeEndpoint),
    )
