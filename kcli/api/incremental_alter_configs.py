"""IncrementalAlterConfigs (44), versions 0 to 1: set, delete, append and subtract properties (KIP-339).

Topics, brokers (one or all of them) and groups. Deviation: log levels of broker loggers cannot be altered yet; they
are refused as an unknown resource type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_configs import incremental_alter
from kcli.metadata.image import Image
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(44, 0, 1)


async def handle(context: BrokerContext, request: Request) -> Any:
    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return incremental_alter(image, request.body, context.settings, context.broker_id)

    return messages.IncrementalAlterConfigsResponse(responses=await context.keeper.change(decide))
