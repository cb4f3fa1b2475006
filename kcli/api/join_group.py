"""JoinGroup v0-9: a member asks to take part in the next generation. Answered when that has been formed.

Static members from v5 (KIP-345); dynamic ones are sent back with an id from v4 (KIP-394); the leader of a generation
that stays as it is is told to skip the assignment from v9 (KIP-814).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.group_answers import client_host, then
from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(11, 0, 9)

FIRST_VERSION_WITH_NULL_PROTOCOL = 7


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    host = client_host(request.session.client_address)
    answer = context.groups.join(request.body, request.version, request.header.client_id or "", host)
    return then(answer, lambda response: _fitted(response, request.version))


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    # Kafka gives the member's id back unless the failure is its own.
    member_id = "" if error.code == errors.UNKNOWN_SERVER_ERROR else body.member_id
    return _fitted(messages.JoinGroupResponse(error_code=error.code, member_id=member_id), version)


def _fitted(response: Any, version: int) -> Any:
    """No protocol is '' in old versions and null in new ones."""
    response.protocol_name = response.protocol_name or (None if version >= FIRST_VERSION_WITH_NULL_PROTOCOL else "")
    return response
