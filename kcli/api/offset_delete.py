"""OffsetDelete v0: forget what a group has committed (KIP-496), but not for topics its members are subscribed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors, messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(47, 0, 0)


async def handle(context: BrokerContext, request: Request) -> Any:
    body, image, wanted = request.body, context.keeper.image, messages.OffsetDeleteRequest
    known = [
        wanted.OffsetDeleteRequestTopic(
            name=topic.name,
            partitions=[p for p in topic.partitions if image.partition(topic.name, p.partition_index) is not None],
        )
        for topic in body.topics
    ]
    deleted = await context.groups.delete_offsets(wanted(group_id=body.group_id, topics=known))
    response = messages.OffsetDeleteResponse
    return response(
        topics=[
            response.OffsetDeleteResponseTopic(
                name=topic.name,
                partitions=[
                    response.OffsetDeleteResponsePartition(
                        partition_index=p.partition_index,
                        error_code=deleted.get((topic.name, p.partition_index), errors.UNKNOWN_TOPIC_OR_PARTITION),
                    )
                    for p in topic.partitions
                ],
            )
            for topic in body.topics
        ]
    )
