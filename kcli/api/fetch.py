"""Fetch v4-18: reads batches for consumers (and followers). Topics by id from v13, fetch sessions from v7.

Partitions are read in the order of the request under max_bytes and partition_max_bytes; the first batch of the first
partition that has any is sent whole, however large. With less than min_bytes to send and nothing wrong, the answer
waits until enough has come in or max_wait_ms has passed. Read-committed readers stop at the last stable offset and get
the aborted transactions below it. Batches travel from the log to the socket as they are.

Deviations: every read is served by the leader (no preferred read replica, KIP-392).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.api.leaders import CurrentLeaders
from kcli.api.request import Api, Request
from kcli.replica.manager import READABLE, STABLE
from kcli.replica.partition import NO_EPOCH, READ_COMMITTED
from kcli.replica.sessions import FIRST_VERSION_WITH_TOPIC_IDS, FetchContext, Key
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.replica.partition import Partition

API = Api(1, 4, 18)

FIRST_VERSION_WITH_SESSIONS = 7
FIRST_VERSION_WITH_ZSTD = 10
FIRST_VERSION_WITH_CURRENT_LEADER = 16
FIRST_VERSION_WITH_REPLICA_STATE = 15
NO_OFFSET = -1
CONSUMER = -1


class _Limits(NamedTuple):
    """What the request asks for as a whole."""

    min_bytes: int
    max_bytes: int
    isolation: int
    replica_id: int


class _Reading:
    """One pass over the partitions: the results, and whether they must be sent at once."""

    __slots__ = ("hurry", "partitions", "results", "size")

    def __init__(self) -> None:
        self.results: dict[Key, Any] = {}
        self.partitions: dict[Partition, int] = {}
        """those that may still give bytes, with how many"""
        self.size = 0
        self.hurry = False


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    body, version = request.body, request.version
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
    limits = _Limits(min(body.min_bytes, max_bytes), max_bytes, body.isolation_level, replica_id)
    reading = _read(context, fetch, limits, version)
    if reading.size >= limits.min_bytes or body.max_wait_ms <= 0 or reading.hurry or not reading.partitions:
        return _response(context, request, fetch, reading)
    return _wait(context, request, fetch, reading, limits)


def _wanted(body: Any, version: int) -> list[tuple[Key, Any]]:
    if version >= FIRST_VERSION_WITH_TOPIC_IDS:
        return [(Key(topic.topic_id, p.partition), p) for topic in body.topics for p in topic.partitions]
    return [(Key(topic.topic, p.partition), p) for topic in body.topics for p in topic.partitions]


def _forgotten(body: Any, version: int) -> list[Key]:
    by_id = version >= FIRST_VERSION_WITH_TOPIC_IDS
    topics = body.forgotten_topics_data
    return [Key(topic.topic_id if by_id else topic.topic, index) for topic in topics for index in topic.partitions]


def _read(context: BrokerContext, fetch: FetchContext, limits: _Limits, version: int) -> _Reading:
    reading = _Reading()
    for key, wanted in fetch.partitions():
        result = messages.FetchResponse.PartitionData(
            partition_index=key.partition, high_watermark=NO_OFFSET, aborted_transactions=None, records=b""
        )
        reading.results[key] = result
        try:
            partition = _find(context, key)
        except KafkaError as error:
            result.error_code = error.code
            reading.hurry |= error.code == errors.NOT_LEADER_OR_FOLLOWER
            continue
        try:
            _read_partition(partition, wanted, limits, reading, result, version)
        except KafkaError as error:
            result.error_code = error.code
            reading.hurry = True
    return reading


def _find(context: BrokerContext, key: Key) -> Partition:
    topic, index = key
    replicas = context.replicas
    return replicas.partition(topic, index) if isinstance(topic, str) else replicas.partition_by_id(topic, index)


def _read_partition(
    partition: Partition, wanted: Any, limits: _Limits, reading: _Reading, result: Any, version: int
) -> None:
    partition.check_access(wanted.current_leader_epoch)
    log = partition.log
    if wanted.last_fetched_epoch != NO_EPOCH:
        diverging = partition.divergence(wanted.fetch_offset, wanted.last_fetched_epoch)
        if diverging is not None:
            result.diverging_epoch.epoch, result.diverging_epoch.end_offset = diverging
            reading.hurry = True
            _put_offsets(result, log)
            return
    if limits.replica_id >= 0:
        upper = log.log_end_offset
        partition.fetched_by(limits.replica_id, wanted.fetch_offset, wanted.current_leader_epoch)
    else:
        upper = partition.readable_end(limits.isolation)
    _put_offsets(result, log)
    max_bytes = min(wanted.partition_max_bytes, limits.max_bytes - reading.size)
    if version < FIRST_VERSION_WITH_ZSTD and log.config.compression_type == "zstd":
        raise KafkaError(errors.UNSUPPORTED_COMPRESSION_TYPE)
    committed_only = limits.isolation == READ_COMMITTED and limits.replica_id < 0
    info = log.read(
        wanted.fetch_offset, max_bytes, upper=upper, minimum_one=reading.size == 0, with_aborted=committed_only
    )
    result.records = info.records
    reading.size += len(info.records)
    reading.partitions[partition] = max(wanted.partition_max_bytes - len(info.records), 0)
    if committed_only:
        result.aborted_transactions = [
            messages.FetchResponse.AbortedTransaction(producer_id=entry.producer_id, first_offset=entry.first_offset)
            for entry in info.aborted
        ]


def _put_offsets(result: Any, log: Any) -> None:
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
    return _response(context, request, fetch, _read(context, fetch, limits, request.version))


def _response(context: BrokerContext, request: Request, fetch: FetchContext, reading: _Reading) -> Any:
    response = messages.FetchResponse
    version = request.version
    leaders = CurrentLeaders(context, request.session)
    topics: dict[str | bytes, list[Any]] = {}
    for key, result in fetch.answer(reading.results).items():
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


_WRONG_LEADER = (errors.NOT_LEADER_OR_FOLLOWER, errors.FENCED_LEADER_EPOCH)
