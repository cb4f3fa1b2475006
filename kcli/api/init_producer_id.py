"""InitProducerId v0-5 (Kafka 4.3 does not serve v6 either): an id for an idempotent producer.

With a transactional id the answer is UNSUPPORTED_VERSION, because there is no transaction coordinator yet: clients take
it as final and say so, where COORDINATOR_NOT_AVAILABLE would have them try again until they time out.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(22, 0, 5)

NO_PRODUCER_ID = -1
NO_PRODUCER_EPOCH = -1


def handle(context: BrokerContext, request: Request) -> Awaitable[Any]:
    body = request.body
    if (body.producer_id == NO_PRODUCER_ID) != (body.producer_epoch == NO_PRODUCER_EPOCH):
        raise KafkaError(errors.INVALID_REQUEST)
    if body.transactional_id == "":
        raise KafkaError(errors.INVALID_REQUEST)
    if body.transactional_id is not None:
        raise KafkaError(errors.UNSUPPORTED_VERSION)
    return _allocate(context)


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    return messages.InitProducerIdResponse(
        error_code=error.code, producer_id=NO_PRODUCER_ID, producer_epoch=NO_PRODUCER_EPOCH
    )


async def _allocate(context: BrokerContext) -> Any:
    # A producer that brings an id of its own gets a fresh one as well: Kafka's does so, too, without a transaction.
    return messages.InitProducerIdResponse(producer_id=await context.producer_ids.next(), producer_epoch=0)
