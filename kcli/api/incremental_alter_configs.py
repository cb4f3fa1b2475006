"""IncrementalAlterConfigs (44), versions 0 to 1: set, delete, append and subtract properties (KIP-339).

Topics, brokers (one or all of them), groups and client metrics are the controller's; the levels of loggers (KIP-412)
are this process's own, and forgotten when it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api import loggers
from kcli.api.request import Api
from kcli.metadata.controller_configs import incremental_alter
from kcli.metadata.image import BROKER_LOGGER_RESOURCE, Image
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(44, 0, 1)


async def handle(context: BrokerContext, request: Request) -> Any:
    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return incremental_alter(image, request.body, context.settings, context.broker_id)

    results = await context.keeper.change(decide)
    for resource, result in zip(request.body.resources, results, strict=True):
        if resource.resource_type == BROKER_LOGGER_RESOURCE and result.error_code == errors.NONE:
            try:
                loggers.alter(resource.configs, request.body.validate_only)
            except KafkaError as error:
                result.error_code, result.error_message = error.code, error.message
    return messages.IncrementalAlterConfigsResponse(responses=results)
