"""DeleteGroups v0-2: delete groups that have no members, with all that they have committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(42, 0, 2)


async def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.DeleteGroupsResponse
    results = []
    for group_id in dict.fromkeys(request.body.groups_names):
        code = errors.NONE
        try:
            await context.groups.delete_group(group_id)
        except KafkaError as error:
            code = error.code
        results.append(response.DeletableGroupResult(group_id=group_id, error_code=code))
    return response(results=results)
