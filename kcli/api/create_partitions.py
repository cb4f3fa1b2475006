"""CreatePartitions (37), versions 0 to 3: more partitions for a topic, placed or assigned, and validate_only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_topics import create_partitions
from kcli.metadata.image import Image
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(37, 0, 3)


async def handle(context: BrokerContext, request: Request) -> Any:
    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return create_partitions(image, request.body, context.settings)

    return messages.CreatePartitionsResponse(results=await context.keeper.change(decide))
