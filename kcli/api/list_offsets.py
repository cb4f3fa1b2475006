"""ListOffsets v1-11: the offset of a time, or of one of the places that negative timestamps stand for.

Nothing is tiered here: the local log start is the log start, and neither a tiered nor a pending upload offset exists
(-1, as Kafka answers for topics without remote storage).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.records.batch import NO_TIMESTAMP
from kcli.replica.partition import NO_EPOCH, check_isolation_level
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(2, 1, 11)

LATEST = -1
EARLIEST = -2
MAX_TIMESTAMP = -3
EARLIEST_LOCAL = -4
LATEST_TIERED = -5
EARLIEST_PENDING_UPLOAD = -6
FIRST_VERSION = {
    LATEST: 1,
    EARLIEST: 1,
    MAX_TIMESTAMP: 7,
    EARLIEST_LOCAL: 8,
    LATEST_TIERED: 9,
    EARLIEST_PENDING_UPLOAD: 11,
}
FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE = 5

CONSUMER = -1
DEBUGGING = -2
NOTHING = (-1, -1, -1)
"""timestamp, offset and leader epoch where there is none"""


def handle(context: BrokerContext, request: Request) -> Any:
    check_isolation_level(request.body.isolation_level)
    response = messages.ListOffsetsResponse
    seen = Counter((topic.name, wanted.partition_index) for topic in request.body.topics for wanted in topic.partitions)
    topics: dict[str, dict[int, Any]] = {}  # one that is named twice is answered once, one without partitions is not
    for topic in request.body.topics:
        for wanted in topic.partitions:
            answer = response.ListOffsetsPartitionResponse(partition_index=wanted.partition_index)
            topics.setdefault(topic.name, {})[wanted.partition_index] = answer
            try:
                if seen[topic.name, wanted.partition_index] > 1:
                    raise KafkaError(errors.INVALID_REQUEST)
                answer.timestamp, answer.offset, answer.leader_epoch = _offset(context, request, topic.name, wanted)
            except KafkaError as error:
                answer.error_code = error.code
    topic_response = response.ListOffsetsTopicResponse
    return response(topics=[topic_response(name=name, partitions=[*found.values()]) for name, found in topics.items()])


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    """Of the request's fields a response repeats the names only, not the timestamps."""
    response = messages.ListOffsetsResponse
    found = response.ListOffsetsPartitionResponse
    return response(
        topics=[
            response.ListOffsetsTopicResponse(
                name=topic.name,
                partitions=[found(partition_index=p.partition_index, error_code=error.code) for p in topic.partitions],
            )
            for topic in body.topics
        ]
    )


def _offset(context: BrokerContext, request: Request, topic: str, wanted: Any) -> tuple[int, int, int]:
    timestamp, replica_id = wanted.timestamp, request.body.replica_id
    if timestamp < 0 and request.version < FIRST_VERSION.get(timestamp, request.version + 1):
        raise KafkaError(errors.UNSUPPORTED_VERSION)
    partition = context.replicas.partition(topic, wanted.partition_index)
    partition.check_access(wanted.current_leader_epoch, only_leader=replica_id != DEBUGGING)
    log = partition.log
    if timestamp in (EARLIEST, EARLIEST_LOCAL):
        first = log.epochs.entries[0] if log.epochs.entries else None
        epoch = first.epoch if first is not None and first.start_offset <= log.log_start_offset else NO_EPOCH
        return NO_TIMESTAMP, log.log_start_offset, epoch
    if timestamp in (LATEST_TIERED, EARLIEST_PENDING_UPLOAD):
        return NOTHING
    end = partition.readable_end(request.body.isolation_level) if replica_id == CONSUMER else log.log_end_offset
    lagging = replica_id == CONSUMER and partition.epoch_start_offset > log.high_watermark
    if timestamp == LATEST:
        if lagging:
            raise _not_available(request)
        return NO_TIMESTAMP, end, partition.leader_epoch
    found = log.offset_of_max_timestamp() if timestamp == MAX_TIMESTAMP else log.offset_for_timestamp(timestamp)
    if found is None or found.offset >= end:
        if lagging:
            raise _not_available(request)
        return NOTHING
    return found


def _not_available(request: Request) -> KafkaError:
    """Just elected: how much of the log is committed is not known until the followers have fetched."""
    newer = request.version >= FIRST_VERSION_WITH_OFFSET_NOT_AVAILABLE
    return KafkaError(errors.OFFSET_NOT_AVAILABLE if newer else errors.LEADER_NOT_AVAILABLE)
