"""ListGroups v0-5: the groups that this broker coordinates. By state from v4 (KIP-518), by type from v5 (KIP-848)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(16, 0, 5)


def handle(context: BrokerContext, request: Request) -> Any:
    groups = context.groups.list_groups(request.body.states_filter, request.body.types_filter)
    return messages.ListGroupsResponse(groups=groups)
