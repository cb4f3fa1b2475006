"""DescribeGroups v0-6: state, protocol and members of classic groups.

A group that does not exist is Dead; from v6 it has GROUP_ID_NOT_FOUND and a message as well (KIP-1043). Share and
streams groups are not found here, as in Kafka. A consumer group of the newer protocol (KIP-848), which Kafka does not
find here either, is shown as the empty group that it is as long as this broker does not speak that protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.authorized import GROUP_OPERATIONS, NOT_ASKED
from kcli.api.request import Api, Request
from kcli.group.membership import State
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(15, 0, 6)

FIRST_VERSION_WITH_AUTHORIZED_OPERATIONS = 3
FIRST_VERSION_WITH_NOT_FOUND = 6


def handle(context: BrokerContext, request: Request) -> Any:
    return messages.DescribeGroupsResponse(
        groups=[_describe(context, request, group_id) for group_id in request.body.groups]
    )


def _describe(context: BrokerContext, request: Request, group_id: str) -> Any:
    described = messages.DescribeGroupsResponse.DescribedGroup
    try:
        group = context.groups.describe(group_id)
    except KafkaError as error:
        group = described(group_id=group_id)
        if error.code == errors.GROUP_ID_NOT_FOUND:
            group.group_state = State.DEAD.value
        if error.code != errors.GROUP_ID_NOT_FOUND or request.version >= FIRST_VERSION_WITH_NOT_FOUND:
            group.error_code, group.error_message = error.code, error.message
    asked = request.body.include_authorized_operations and request.version >= FIRST_VERSION_WITH_AUTHORIZED_OPERATIONS
    group.authorized_operations = GROUP_OPERATIONS if asked and group.error_code == errors.NONE else NOT_ASKED
    return group
