"""ConsumerGroupHeartbeat v0-1 (KIP-848): a member of a consumer group joins, stays or leaves, and learns what it has.

Members choose their ids, and may subscribe by a regular expression, from v1. Only clusters that keep their metadata
with KRaft, and that have finalised group.version=1, have such groups; others say UNSUPPORTED_VERSION, which is what
Kafka 3.9 with ZooKeeper says to a request that it does advertise.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.group_answers import client_host
from kcli.api.request import Api, Request
from kcli.group.consumer_group_events import Client
from kcli.wire import errors
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(68, 0, 1)

FEATURE = "group.version"


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    check_feature(context)
    client = Client(request.header.client_id or "", client_host(request.session.client_address))
    return context.groups.consumer_heartbeat(request.body, request.version, client)


def check_feature(context: BrokerContext) -> None:
    """Raises UNSUPPORTED_VERSION where the cluster has no consumer groups of KIP-848."""
    if context.keeper.image.features.get(FEATURE, 0) < 1:
        raise KafkaError(errors.UNSUPPORTED_VERSION)
