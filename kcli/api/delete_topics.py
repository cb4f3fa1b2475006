"""DeleteTopics (20), versions 1 to 6: by name, from version 6 on by name or id (KIP-516)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_topics import delete_topics
from kcli.metadata.image import Image
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(20, 1, 6)


async def handle(context: BrokerContext, request: Request) -> Any:
    if not context.config["delete.topic.enable"]:
        if request.version < 3:
            raise KafkaError(errors.INVALID_REQUEST, "Topic deletion is disabled.")
        raise KafkaError(errors.TOPIC_DELETION_DISABLED)

    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return delete_topics(image, request.body)

    return messages.DeleteTopicsResponse(responses=await context.keeper.change(decide))
