"""Removing members from a group on their behalf."""

from __future__ import annotations

from kcli.client.admin_groups import Member
from kcli.client.cluster import Cluster
from kcli.client.coordination import ask_coordinator
from kcli.wire import messages
from kcli.wire.errors import KafkaError

_REASON = "member was removed by an admin"
_SEVERAL_SINCE = 3  # before, a request names one member


def remove_members(cluster: Cluster, group_id: str, members: list[Member]) -> None:
    """Have members leave; raises the first error."""
    request = messages.LeaveGroupRequest
    connection = cluster.connection(cluster.coordinator(group_id))
    if connection.version_for(request) < _SEVERAL_SINCE:
        bodies = [request(group_id=group_id, member_id=member.id) for member in members]
    else:
        identities = [
            request.MemberIdentity(
                member_id="" if member.instance_id is not None else member.id,
                group_instance_id=member.instance_id,
                reason=_REASON,
            )
            for member in members
        ]
        bodies = [request(group_id=group_id, members=identities)]
    for body in bodies:
        response = ask_coordinator(cluster, group_id, body, lambda answer: [answer.error_code])
        codes = [response.error_code, *(member.error_code for member in response.members)]
        failed = next((code for code in codes if code), None)
        if failed is not None:
            raise KafkaError(failed)
