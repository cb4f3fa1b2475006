"""LeaveGroup v0-5: members leave; one of them before v3, a list from v3, where an admin may name a static member by its
instance alone (KIP-345)."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from kcli.api.group_answers import then
from kcli.api.request import Api, Request
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(13, 0, 5)

FIRST_VERSION_WITH_MANY_MEMBERS = 3


def handle(context: BrokerContext, request: Request) -> Any | Awaitable[Any]:
    body = request.body
    if request.version >= FIRST_VERSION_WITH_MANY_MEMBERS:
        return context.groups.leave(body)
    member = messages.LeaveGroupRequest.MemberIdentity(member_id=body.member_id)
    alone = messages.LeaveGroupRequest(group_id=body.group_id, members=[member])
    return then(context.groups.leave(alone), _single)


def _single(response: Any) -> Any:
    """The one member's error as that of the response."""
    code = response.error_code or response.members[0].error_code
    return messages.LeaveGroupResponse(error_code=code)
