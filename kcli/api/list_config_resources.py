"""ListConfigResources (74), versions 0 to 1: what has properties. Version 0 lists client metrics only (KIP-1142)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.image import (
    BROKER_LOGGER_RESOURCE,
    BROKER_RESOURCE,
    CLIENT_METRICS_RESOURCE,
    GROUP_RESOURCE,
    TOPIC_RESOURCE,
    Image,
)
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(74, 0, 1, dialects=("kraft",))

_ALL = (TOPIC_RESOURCE, BROKER_RESOURCE, BROKER_LOGGER_RESOURCE, CLIENT_METRICS_RESOURCE, GROUP_RESOURCE)


def handle(context: BrokerContext, request: Request) -> Any:
    supported = _ALL if request.version > 0 else (CLIENT_METRICS_RESOURCE,)
    wanted = (request.body.resource_types if request.version > 0 else None) or supported
    if not set(wanted) <= set(supported):
        raise KafkaError(errors.UNSUPPORTED_VERSION)
    resource = messages.ListConfigResourcesResponse.ConfigResource
    return messages.ListConfigResourcesResponse(
        config_resources=[
            resource(resource_name=name, resource_type=kind)
            for kind in supported
            if kind in wanted
            for name in _names(context.keeper.image, kind)
        ]
    )


def _names(image: Image, kind: int) -> list[str]:
    if kind == TOPIC_RESOURCE:
        return list(image.topics)
    if kind in (BROKER_RESOURCE, BROKER_LOGGER_RESOURCE):
        return [str(broker.id) for broker in image.brokers.values() if not broker.fenced]
    return [name for resource_type, name in image.configs if resource_type == kind]
