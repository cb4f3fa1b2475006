"""FindCoordinator v0-6: who coordinates a group. Many keys at once from v4; share groups (key type 2) from v6.

The first question about a group creates `__consumer_offsets`. Kafka answers that one with COORDINATOR_NOT_AVAILABLE and
lets the client ask again; here it waits for the topic and gets its answer.

There is no transaction coordinator and no share coordinator yet. Both are answered as Kafka answers for a coordinator
that it does not run: INVALID_REQUEST, which clients take as final, where COORDINATOR_NOT_AVAILABLE would have a
transactional producer ask again for a minute.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.auto_create import GROUP_TOPIC, create_missing
from kcli.api.request import Api, Request
from kcli.metadata.image import NO_LEADER, Endpoint
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(10, 0, 6)

GROUP, TRANSACTION, SHARE = 0, 1, 2
FIRST_VERSION_WITH_MANY_KEYS = 4
_NOT_RUN = {TRANSACTION: "This broker has no transaction coordinator.", SHARE: "This broker has no share coordinator."}
_NO_NODE = {"node_id": -1, "host": "", "port": -1}


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    if request.body.key_type == GROUP and GROUP_TOPIC not in context.keeper.image.topics:
        return _create_and_answer(context, request)
    return _answer(context, request)


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    if version < FIRST_VERSION_WITH_MANY_KEYS:
        return messages.FindCoordinatorResponse(error_code=error.code, error_message=error.message, **_NO_NODE)
    coordinator = messages.FindCoordinatorResponse.Coordinator
    return messages.FindCoordinatorResponse(
        coordinators=[
            coordinator(key=key, error_code=error.code, error_message=error.message, **_NO_NODE)
            for key in body.coordinator_keys
        ]
    )


async def _create_and_answer(context: BrokerContext, request: Request) -> Any:
    await create_missing(context, [GROUP_TOPIC])
    return _answer(context, request)


def _answer(context: BrokerContext, request: Request) -> Any:
    body = request.body
    if body.key_type != GROUP:
        raise KafkaError(errors.INVALID_REQUEST, _NOT_RUN.get(body.key_type))
    response = messages.FindCoordinatorResponse
    if request.version < FIRST_VERSION_WITH_MANY_KEYS:
        node_id, endpoint = _coordinator(context, request, body.key)
        none = errors.error(errors.NONE).message  # Kafka says "NONE", too
        return response(error_message=none, node_id=node_id, host=endpoint.host, port=endpoint.port)
    answered = []
    for key in body.coordinator_keys:
        try:
            node_id, endpoint = _coordinator(context, request, key)
        except KafkaError as error:
            answered.append(response.Coordinator(key=key, error_code=error.code, **_NO_NODE))
        else:
            answered.append(response.Coordinator(key=key, node_id=node_id, host=endpoint.host, port=endpoint.port))
    return response(coordinators=answered)


def _coordinator(context: BrokerContext, request: Request, group_id: str) -> tuple[int, Endpoint]:
    """The leader of the group's partition, as the client's own listener reaches it."""
    image = context.keeper.image
    partition = image.partition(GROUP_TOPIC, context.groups.partition_of(group_id))
    broker = image.brokers.get(partition.leader) if partition is not None else None
    endpoint = broker.endpoints.get(request.session.listener) if broker is not None else None
    if partition is None or partition.leader == NO_LEADER or broker is None or endpoint is None or not broker.active:
        raise KafkaError(errors.COORDINATOR_NOT_AVAILABLE)
    return partition.leader, endpoint
