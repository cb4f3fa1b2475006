"""OffsetCommit v2-10: a group commits how far it has read. Topics by id instead of name from v10 (KIP-848).

Topics and partitions that do not exist have their errors; the others are written in one batch, and answered once that
is committed. A retention of the client's own is understood up to v4.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(8, 2, 10)

FIRST_VERSION_WITH_TOPIC_IDS = 10


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    body, image = request.body, context.keeper.image
    by_id = request.version >= FIRST_VERSION_WITH_TOPIC_IDS
    results: dict[tuple[str | bytes, int], int] = {}
    known: list[Any] = []
    asked: list[Any] = []  # what is answered: as with Kafka, not a topic that exists and is named without partitions
    for topic in body.topics:
        found = image.topics_by_id.get(bytes(topic.topic_id)) if by_id else image.topics.get(topic.name)
        if found is not None:
            topic.name, topic.topic_id = found.name, found.id
        if topic.partitions or found is None:
            asked.append(topic)
        code = errors.UNKNOWN_TOPIC_ID if by_id and found is None else errors.UNKNOWN_TOPIC_OR_PARTITION
        existing = found.partitions if found is not None else {}
        valid = [partition for partition in topic.partitions if partition.partition_index in existing]
        if valid:
            known.append(
                messages.OffsetCommitRequest.OffsetCommitRequestTopic(
                    name=topic.name, topic_id=topic.topic_id, partitions=valid
                )
            )
        for partition in topic.partitions:
            if partition.partition_index not in existing:
                results[_name(topic), partition.partition_index] = code
    return _commit(context, request, known, asked, results) if known else _response(asked, results, refused=True)


async def _commit(
    context: BrokerContext, request: Request, known: list[Any], asked: list[Any], results: dict[Any, int]
) -> Any:
    body = request.body
    refused = bool(results) or len(asked) > len(known)
    wanted = messages.OffsetCommitRequest(
        group_id=body.group_id,
        generation_id_or_member_epoch=body.generation_id_or_member_epoch,
        member_id=body.member_id,
        group_instance_id=body.group_instance_id,
        retention_time_ms=body.retention_time_ms,
        topics=known,
    )
    try:
        results.update(await context.groups.commit_offsets(wanted, request.version))
    except KafkaError as error:
        results.update({(topic.name, p.partition_index): error.code for topic in known for p in topic.partitions})
    return _response(asked, results, refused)


def _name(topic: Any) -> str | bytes:
    """What tells the topics of one request apart: an id that no topic has is all there is of some."""
    return topic.name or bytes(topic.topic_id)


def _response(topics: list[Any], results: dict[tuple[str | bytes, int], int], refused: bool) -> Any:
    """Where there are refusals, a topic that is named twice is answered once, as in Kafka."""
    response = messages.OffsetCommitResponse
    answered: dict[Any, Any] = {}
    for position, topic in enumerate(topics):
        name = _name(topic)
        key = name if refused else position
        if key not in answered:
            answered[key] = response.OffsetCommitResponseTopic(name=topic.name, topic_id=topic.topic_id)
        answered[key].partitions += [
            response.OffsetCommitResponsePartition(
                partition_index=partition.partition_index, error_code=results[name, partition.partition_index]
            )
            for partition in topic.partitions
        ]
    return response(topics=list(answered.values()))
