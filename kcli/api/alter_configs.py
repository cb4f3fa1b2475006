"""AlterConfigs (33), versions 0 to 2: replaces all properties of a resource; those it is not given go back to defaults.

Superseded by IncrementalAlterConfigs (KIP-339), still what older clients send. Loggers cannot be altered with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_configs import legacy_alter
from kcli.metadata.image import Image
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(33, 0, 2)


async def handle(context: BrokerContext, request: Request) -> Any:
    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return legacy_alter(image, request.body, context.settings, context.broker_id)

    return messages.AlterConfigsResponse(responses=await context.keeper.change(decide))
