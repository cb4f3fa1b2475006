"""Produce v3-13: appends clients' batches. Topics by id from v13; ApiVersions claims v0, as Kafka does (KAFKA-18659).

A request is appended partition by partition; each has its own error. acks=0 is never answered, and a failure closes the
connection, so that the producer learns of it. acks=all waits until the in-sync replicas have the records, which is at
once while the leader is alone in the ISR. Transactional batches are refused with INVALID_TXN_STATE: there is no
transaction coordinator that could have begun the transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.api.leaders import CurrentLeaders
from kcli.api.request import Api, Request
from kcli.metadata.image import INTERNAL_TOPICS
from kcli.records.batch import LENGTH_OVERHEAD, MAGIC, MAGIC_POSITION, parse_header
from kcli.records.compression import ZSTD
from kcli.records.errors import CorruptRecord
from kcli.storage.producer_state import Origin
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError, WireError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.replica.partition import Partition

API = Api(0, 3, 13, advertised_min=0)

FIRST_VERSION_WITH_TOPIC_IDS = 13
FIRST_VERSION_WITH_ZSTD = 7
FIRST_VERSION_WITH_CURRENT_LEADER = 10
VALID_ACKS = (-1, 0, 1)
SMALLEST_OLD_MESSAGE = 14
"""what Kafka takes for the least a length can say, in any format"""
ALL_IN_SYNC = -1
NO_OFFSET = -1
ADMIN_CLIENT_ID = "__admin_client"
"""Kafka lets this client id write to internal topics"""

_LENGTH = Struct(">i")
_WITHOUT_LOG_START = frozenset(
    {
        errors.NOT_LEADER_OR_FOLLOWER,
        errors.MESSAGE_TOO_LARGE,
        errors.RECORD_LIST_TOO_LARGE,
        errors.CORRUPT_MESSAGE,
        errors.KAFKA_STORAGE_ERROR,
    }
)
"""errors of an append with which Kafka does not tell where the log starts"""


class _Uncommitted(NamedTuple):
    """Records appended that some in-sync replica does not have yet."""

    partition: Partition
    end: int
    answer: Any


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any] | None:
    body = request.body
    if body.acks not in VALID_ACKS:
        return _refuse_all(body, errors.INVALID_REQUIRED_ACKS)
    response = messages.ProduceResponse
    leaders = CurrentLeaders(context, request.session)
    topics, uncommitted, failed = [], [], errors.NONE
    for topic in body.topic_data:
        answers = []
        for data in topic.partition_data:
            answer = response.PartitionProduceResponse(index=data.index)
            answers.append(answer)
            try:
                waits = _append(context, request, topic, data, answer)
                if waits is not None:
                    uncommitted.append(waits)
            except KafkaError as error:
                failed = error.code
                _put_error(answer, error)
                if error.code == errors.NOT_LEADER_OR_FOLLOWER and request.version >= FIRST_VERSION_WITH_CURRENT_LEADER:
                    leaders.add(answer.current_leader, topic.name or topic.topic_id, data.index)
        topics.append(
            response.TopicProduceResponse(name=topic.name, topic_id=topic.topic_id, partition_responses=answers)
        )
    if body.acks == 0:
        if failed:
            raise WireError(f"a produce request with acks=0 failed: {errors.error(failed).name}")
        return None
    answered = response(responses=topics, node_endpoints=leaders.endpoints(response.NodeEndpoint))
    if uncommitted:
        return _when_committed(context, body.timeout_ms, uncommitted, answered)
    return answered


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    """The whole request failed: every partition says so."""
    return _refuse_all(body, error.code, error.message)


def _refuse_all(body: Any, code: int, message: str | None = None) -> Any:
    response = messages.ProduceResponse
    topics = []
    for topic in body.topic_data:
        answers = [
            response.PartitionProduceResponse(
                index=data.index, error_code=code, base_offset=NO_OFFSET, error_message=message
            )
            for data in topic.partition_data
        ]
        topics.append(
            response.TopicProduceResponse(name=topic.name, topic_id=topic.topic_id, partition_responses=answers)
        )
    return response(responses=topics)


def _append(context: BrokerContext, request: Request, topic: Any, data: Any, answer: Any) -> _Uncommitted | None:
    replicas, acks = context.replicas, request.body.acks
    if request.version >= FIRST_VERSION_WITH_TOPIC_IDS:
        partition = replicas.partition_by_id(topic.topic_id, data.index)
    else:
        partition = replicas.partition(topic.name, data.index)
    if partition.topic in INTERNAL_TOPICS and request.header.client_id != ADMIN_CLIENT_ID:
        raise KafkaError(errors.INVALID_TOPIC_EXCEPTION)
    _validate(request, data.records)
    try:
        info = replicas.append(partition, data.records, acks=acks, origin=Origin.CLIENT)
    except KafkaError as error:
        if error.code not in _WITHOUT_LOG_START:
            answer.log_start_offset = partition.log.log_start_offset
        raise
    answer.base_offset = info.first_offset
    # Of a duplicate Kafka tells the batch's time, whatever the topic's timestamps are.
    answer.log_append_time_ms = info.max_timestamp if info.duplicate else info.log_append_time
    answer.log_start_offset = partition.log.log_start_offset
    if acks == ALL_IN_SYNC and partition.log.high_watermark <= info.last_offset:
        return _Uncommitted(partition, info.last_offset + 1, answer)
    return None


def _validate(request: Request, records: Any) -> None:
    """What a produce request may carry per partition: exactly one batch of format v2."""
    size = len(records) if records is not None else 0
    end = _batch_end(records, 0, size)
    if not end or records[MAGIC_POSITION] != MAGIC or (end < size and _batch_end(records, end, size)):
        raise KafkaError(errors.INVALID_RECORD)
    try:
        header = parse_header(records)
    except CorruptRecord:
        raise KafkaError(errors.CORRUPT_MESSAGE) from None
    if header.codec == ZSTD and request.version < FIRST_VERSION_WITH_ZSTD:
        raise KafkaError(errors.UNSUPPORTED_COMPRESSION_TYPE)
    if header.is_transactional:
        if request.body.transactional_id is None:
            raise KafkaError(errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        raise KafkaError(errors.INVALID_TXN_STATE)


def _batch_end(records: Any, start: int, size: int) -> int:
    """Where the batch of any format that begins at `start` ends; 0 if it is cut, as if it were not there."""
    if size - start < LENGTH_OVERHEAD:
        return 0
    (length,) = _LENGTH.unpack_from(records, start + 8)
    if length < SMALLEST_OLD_MESSAGE:
        raise KafkaError(errors.CORRUPT_MESSAGE)
    if size - start <= MAGIC_POSITION:
        return 0
    if records[start + MAGIC_POSITION] > MAGIC:
        raise KafkaError(errors.CORRUPT_MESSAGE)
    end = start + LENGTH_OVERHEAD + int(length)
    return end if end <= size else 0


def _put_error(answer: Any, error: KafkaError) -> None:
    answer.error_code = error.code
    answer.base_offset = answer.log_append_time_ms = NO_OFFSET
    record_errors = getattr(error, "record_errors", None)
    if record_errors:
        item = messages.ProduceResponse.BatchIndexAndErrorMessage
        answer.record_errors = [
            item(batch_index=index, batch_index_error_message=text) for index, text in record_errors
        ]
        answer.error_message = error.message


async def _when_committed(context: BrokerContext, timeout_ms: int, uncommitted: list[_Uncommitted], answer: Any) -> Any:
    """acks=all: waits for the high watermark to pass every appended batch, at most for the producer's timeout."""
    await context.replicas.until_committed({wait.partition: wait.end for wait in uncommitted}, timeout_ms / 1000)
    for wait in uncommitted:
        if not wait.partition.is_leader:
            _put_error(wait.answer, KafkaError(errors.NOT_LEADER_OR_FOLLOWER))
        elif wait.partition.log.high_watermark < wait.end:
            _put_error(wait.answer, KafkaError(errors.REQUEST_TIMED_OUT))
    return answer
