"""DescribeCluster (60), versions 0 to 2: the cluster's id, its controller and its brokers at the request's listener.

Version 1 says which kind of endpoint it wants (KIP-919), version 2 may ask for fenced brokers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.authorized import CLUSTER_OPERATIONS, NOT_ASKED
from kcli.api.request import Api
from kcli.wire import errors, messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(60, 0, 2)

_BROKERS, _CONTROLLERS = 1, 2


def handle(context: BrokerContext, request: Request) -> Any:
    response, body = messages.DescribeClusterResponse, request.body
    if body.endpoint_type not in (_BROKERS, _CONTROLLERS):
        code = errors.INVALID_REQUEST if request.version == 0 else errors.UNSUPPORTED_ENDPOINT_TYPE
        return response(error_code=code, error_message=f"Unsupported endpoint type {body.endpoint_type}")
    if body.endpoint_type == _CONTROLLERS:
        code = errors.INVALID_REQUEST if request.version == 0 else errors.MISMATCHED_ENDPOINT_TYPE
        text = "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
        return response(error_code=code, error_message=text)
    brokers = [
        response.DescribeClusterBroker(
            broker_id=broker.id,
            host=broker.endpoints[request.session.listener].host,
            port=broker.endpoints[request.session.listener].port,
            rack=broker.rack,
            is_fenced=broker.fenced,
        )
        for broker in context.keeper.image.brokers.values()
        if request.session.listener in broker.endpoints and (body.include_fenced_brokers or not broker.fenced)
    ]
    controller = context.keeper.controller_id
    return response(
        cluster_id=context.keeper.cluster_id,
        controller_id=controller if any(broker.broker_id == controller for broker in brokers) else -1,
        brokers=brokers,
        cluster_authorized_operations=CLUSTER_OPERATIONS if body.include_cluster_authorized_operations else NOT_ASKED,
        endpoint_type=_BROKERS,
    )
