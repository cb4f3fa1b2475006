"""ListPartitionReassignments (46), version 0: partitions whose replicas are being moved.

A broker that is alone moves nothing; only a metadata log taken over from a larger cluster may hold moves under way.
Topics and partitions that do not exist are left out of the answer, as all are that stand still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.metadata.image import Image, Partition

API = Api(46, 0, 0)


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.ListPartitionReassignmentsResponse
    topics = []
    for name, partitions in _asked_for(context.keeper.image, request.body.topics):
        moving = [partition for partition in partitions if partition.adding or partition.removing]
        if moving:
            ongoing = [_ongoing(partition) for partition in moving]
            topics.append(response.OngoingTopicReassignment(name=name, partitions=ongoing))
    return response(error_message=None, topics=topics)


def _asked_for(image: Image, topics: list[Any] | None) -> Iterator[tuple[str, Iterable[Partition]]]:
    if topics is None:
        for topic in image.topics.values():
            yield topic.name, topic.partitions.values()
        return
    for wanted in topics:
        found = (image.partition(wanted.name, index) for index in wanted.partition_indexes)
        yield wanted.name, [partition for partition in found if partition is not None]


def _ongoing(partition: Partition) -> Any:
    return messages.ListPartitionReassignmentsResponse.OngoingPartitionReassignment(
        partition_index=partition.index,
        replicas=list(partition.replicas),
        adding_replicas=list(partition.adding),
        removing_replicas=list(partition.removing),
    )
