"""SyncGroup v0-5: the leader hands in the assignment, every member gets its part of it once that is in the log.

From v5 a member has to say which protocol it believes the group to use (KIP-559).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(14, 0, 5)

FIRST_VERSION_WITH_PROTOCOL = 5


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    body = request.body
    if request.version >= FIRST_VERSION_WITH_PROTOCOL and None in (body.protocol_type, body.protocol_name):
        raise KafkaError(errors.INCONSISTENT_GROUP_PROTOCOL)
    return context.groups.sync(body)
