"""OffsetFetch v1-10: what groups have committed. All topics from v2, many groups from v8, member epochs from v9
(KIP-848), topics by id from v10.

A group, topic or partition that nothing is known of has offset -1 and no error. With `require_stable` (v7) a partition
that an open transaction is about to commit an offset for has UNSTABLE_OFFSET_COMMIT (KIP-447).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.group.offsets import NO_EPOCH, NO_OFFSET
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.group.coordinator import OffsetView

API = Api(9, 1, 10)

FIRST_VERSION_WITH_GROUP_ERROR = 2
FIRST_VERSION_WITH_MANY_GROUPS = 8
FIRST_VERSION_WITH_MEMBER_EPOCH = 9
FIRST_VERSION_WITH_TOPIC_IDS = 10


async def handle(context: BrokerContext, request: Request) -> Any:
    """Both shapes of the request are brought to the newer one; the answer is brought back."""
    body = request.body
    if request.version >= FIRST_VERSION_WITH_MANY_GROUPS:
        return messages.OffsetFetchResponse(groups=[await _fetch(context, request, group) for group in body.groups])
    return _flattened(await _fetch(context, request, body), body, request.version)


async def _fetch(context: BrokerContext, request: Request, group: Any) -> Any:
    """An OffsetFetchResponseGroup; `group` is one of the request's groups, or an old request, which looks like one."""
    response = messages.OffsetFetchResponse.OffsetFetchResponseGroup
    try:
        view = await _view(context, request, group)
    except KafkaError as error:
        return response(group_id=group.group_id, error_code=error.code)
    by_id = request.version >= FIRST_VERSION_WITH_TOPIC_IDS
    stable = request.body.require_stable
    if group.topics is None:
        topics = _all_topics(context, view, stable, by_id)
    else:
        topics = [_topic(context, view, topic, stable, by_id) for topic in group.topics]
    return response(group_id=group.group_id, topics=topics)


async def _view(context: BrokerContext, request: Request, group: Any) -> OffsetView:
    if request.version < FIRST_VERSION_WITH_MEMBER_EPOCH:
        return await context.groups.fetch_offsets(group.group_id)
    return await context.groups.fetch_offsets(group.group_id, group.member_id, group.member_epoch)


def _all_topics(context: BrokerContext, view: OffsetView, stable: bool, by_id: bool) -> list[Any]:
    partitions: dict[str, list[Any]] = {}
    for name, index in view.partitions():
        partitions.setdefault(name, []).append(_partition(view, name, index, uuid.ZERO, stable))
    known = context.keeper.image.topics
    return [
        _topic_answer(name, known[name].id if name in known else uuid.ZERO, answered)
        for name, answered in partitions.items()
        if not by_id or name in known  # without an id the client could not know what it is about
    ]


def _topic(context: BrokerContext, view: OffsetView, topic: Any, stable: bool, by_id: bool) -> Any:
    name, topic_id = topic.name, uuid.ZERO
    if by_id:
        topic_id = bytes(topic.topic_id)
        found = context.keeper.image.topics_by_id.get(topic_id)
        if found is None:
            unknown = [_no_offset(index, errors.UNKNOWN_TOPIC_ID) for index in topic.partition_indexes]
            return _topic_answer("", topic_id, unknown)
        name = found.name
    answered = [_partition(view, name, index, topic_id, stable) for index in topic.partition_indexes]
    return _topic_answer(name, topic_id, answered)


def _topic_answer(name: str, topic_id: bytes, partitions: list[Any]) -> Any:
    answer = messages.OffsetFetchResponse.OffsetFetchResponseTopics
    return answer(name=name, topic_id=topic_id, partitions=partitions)


def _partition(view: OffsetView, topic: str, index: int, topic_id: bytes, stable: bool) -> Any:
    if stable and view.is_pending(topic, index):
        return _no_offset(index, errors.UNSTABLE_OFFSET_COMMIT)
    offset = view.get(topic, index, topic_id)
    if offset is None:
        return _no_offset(index, errors.NONE)
    return messages.OffsetFetchResponse.OffsetFetchResponsePartitions(
        partition_index=index,
        committed_offset=offset.offset,
        committed_leader_epoch=offset.leader_epoch,
        metadata=offset.metadata,
    )


def _no_offset(index: int, error: int) -> Any:
    return messages.OffsetFetchResponse.OffsetFetchResponsePartitions(
        partition_index=index,
        committed_offset=NO_OFFSET,
        committed_leader_epoch=NO_EPOCH,
        metadata="",
        error_code=error,
    )


def _flattened(group: Any, body: Any, version: int) -> Any:
    """The one group of an old answer. Version 1 has no error for the group: its partitions all have it."""
    response = messages.OffsetFetchResponse
    topics = group.topics
    if group.error_code != errors.NONE and version < FIRST_VERSION_WITH_GROUP_ERROR:
        topics = [
            _topic_answer(
                topic.name, uuid.ZERO, [_no_offset(index, group.error_code) for index in topic.partition_indexes]
            )
            for topic in body.topics
        ]
    return response(
        error_code=group.error_code,
        topics=[
            response.OffsetFetchResponseTopic(
                name=topic.name,
                partitions=[
                    response.OffsetFetchResponsePartition(
                        partition_index=partition.partition_index,
                        committed_offset=partition.committed_offset,
                        committed_leader_epoch=partition.committed_leader_epoch,
                        metadata=partition.metadata,
                        error_code=partition.error_code,
                    )
                    for partition in topic.partitions
                ],
            )
            for topic in topics
        ],
    )
