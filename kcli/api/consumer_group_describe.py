"""ConsumerGroupDescribe v0-1 (KIP-848): epochs, members and assignments of consumer groups.

Classic groups are not found here, as these groups are not by DescribeGroups. From v1 it says which protocol each
member speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.authorized import GROUP_OPERATIONS, NOT_ASKED
from kcli.api.consumer_group_heartbeat import check_feature
from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(69, 0, 1)


async def handle(context: BrokerContext, request: Request) -> Any:
    check_feature(context)
    groups = [await _describe(context, group_id) for group_id in request.body.group_ids]
    for group in groups:
        asked = request.body.include_authorized_operations and group.error_code == errors.NONE
        group.authorized_operations = GROUP_OPERATIONS if asked else NOT_ASKED
    return messages.ConsumerGroupDescribeResponse(groups=groups)


async def _describe(context: BrokerContext, group_id: str) -> Any:
    described = messages.ConsumerGroupDescribeResponse.DescribedGroup
    if not group_id:
        return described(group_id=group_id, error_code=errors.INVALID_GROUP_ID)
    try:
        return await context.groups.describe_consumer_group(group_id)
    except KafkaError as error:
        return described(group_id=group_id, error_code=error.code, error_message=error.message)
