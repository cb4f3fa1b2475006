"""Groups as an administrator sees them: which there are, who is in them, and taking them away.

A consumer group is described by ConsumerGroupDescribe where it is of the new protocol (KIP-848), and by DescribeGroups
where it is a classic one, or where the broker knows no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from kcli.client.admin import GroupListing
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster, Node
from kcli.client.coordination import by_coordinator, check_coordinator, error_of
from kcli.client.errors import ClientError
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError, WireError

CLASSIC, CONSUMER, SHARE, STREAMS = "Classic", "Consumer", "Share", "Streams"
TYPES = (CLASSIC, CONSUMER, SHARE, STREAMS)
STATES = (
    "PreparingRebalance",
    "CompletingRebalance",
    "Stable",
    "Dead",
    "Empty",
    "Assigning",
    "Reconciling",
    "NotReady",
)
UNKNOWN = "Unknown"
CONSUMER_PROTOCOLS = ("consumer", "")  # without a protocol a group has never had members, only offsets

_TYPES_SINCE = 5  # of ListGroups
_STATES_SINCE = 4


class WrongGroup(ClientError):
    """The group is of another kind than the question."""

    java_class = "java.lang.IllegalArgumentException"


class Member(NamedTuple):
    """A member, with what it has and what it is to have; None where the protocol has no such thing."""

    id: str
    instance_id: str | None
    client_id: str
    host: str
    assignment: list[TopicPartition]
    target: list[TopicPartition] | None = None
    epoch: int | None = None
    upgraded: bool | None = None


class GroupDescription(NamedTuple):
    """A group with its members."""

    id: str
    type: str
    state: str
    assignor: str
    coordinator: Node
    members: list[Member]
    epoch: int | None = None
    assignment_epoch: int | None = None


Described = GroupDescription | KafkaError | WrongGroup


def canonical(text: str, names: Iterable[str]) -> str:
    """The name as Kafka writes it, whatever its case; UNKNOWN if it is none."""
    return next((name for name in names if name.lower() == text.lower()), UNKNOWN)


def list_groups(
    cluster: Cluster, *, types: Iterable[str] = (), states: Iterable[str] = (), protocols: Iterable[str] = ()
) -> list[GroupListing]:
    """The groups of all brokers by id, or those of some types, states and protocols."""
    types, states, protocols = list(types), list(states), list(protocols)
    cluster.refresh()
    found: list[GroupListing] = []
    for node in list(cluster.nodes):
        found += cluster.retry(partial(_list_groups, cluster, node, types, states))
    return sorted(group for group in found if not protocols or group.protocol in protocols)


def _list_groups(cluster: Cluster, node: int, types: list[str], states: list[str]) -> list[GroupListing]:
    version = cluster.connection(node).version_for(messages.ListGroupsRequest)
    if states and version < _STATES_SINCE:
        raise KafkaError(errors.UNSUPPORTED_VERSION, "The broker only supports ListGroups without states filter")
    if types and version < _TYPES_SINCE:
        if CLASSIC not in types:
            raise KafkaError(errors.UNSUPPORTED_VERSION, "The broker only supports ListGroups without types filter")
        types = []  # it knows no other
    request = messages.ListGroupsRequest(states_filter=states, types_filter=types)
    response = cluster.request(node, request, version=version)
    if response.error_code:
        raise KafkaError(response.error_code)
    return [
        GroupListing(
            item.group_id,
            item.protocol_type,
            canonical(item.group_state, STATES) if version >= _STATES_SINCE else "",
            canonical(item.group_type, TYPES) if version >= _TYPES_SINCE else "",
        )
        for item in response.groups
    ]


def describe_consumer_groups(cluster: Cluster, group_ids: Iterable[str]) -> dict[str, Described]:
    """Consumer groups of either protocol."""
    group_ids = list(dict.fromkeys(group_ids))
    found: dict[str, Described] = {}

    def attempt() -> None:
        for node, some in by_coordinator(cluster, (group for group in group_ids if group not in found)).items():
            found.update(_describe_on(cluster, node, some))

    cluster.retry(attempt)
    return {group: found[group] for group in group_ids}


def all_described(outcomes: Mapping[str, Described]) -> dict[str, GroupDescription]:
    """The groups, or the first error."""
    found = {}
    for group_id, outcome in outcomes.items():
        if not isinstance(outcome, GroupDescription):
            raise outcome
        found[group_id] = outcome
    return found


def _describe_on(cluster: Cluster, node: int, group_ids: list[str]) -> dict[str, Described]:
    described: dict[str, Described] = {}
    if cluster.connection(node).supports(messages.ConsumerGroupDescribeRequest):
        request = messages.ConsumerGroupDescribeRequest(group_ids=group_ids, include_authorized_operations=False)
        described = _describe(cluster, node, request, _modern)
    rest = [group for group in group_ids if group not in described or _may_be_classic(described[group])]
    if rest:
        for group, answer in _describe(cluster, node, messages.DescribeGroupsRequest(groups=rest), _classic).items():
            if group not in described or not (_is_missing(answer) and _is_missing(described[group])):
                described[group] = answer  # else the first answer says better why there is none
    return described


def _is_missing(answer: Described) -> bool:
    return isinstance(answer, KafkaError) and answer.code == errors.GROUP_ID_NOT_FOUND


def _may_be_classic(answer: Described) -> bool:
    return _is_missing(answer) or (isinstance(answer, KafkaError) and answer.code == errors.UNSUPPORTED_VERSION)


def _describe(
    cluster: Cluster, node: int, request: messages.Message, made: Callable[[Any, Node], Described]
) -> dict[str, Described]:
    response = cluster.request(node, request)
    check_coordinator(item.error_code for item in response.groups)
    return {item.group_id: error_of(item) or made(item, cluster.nodes[node]) for item in response.groups}


def describe_share_groups(cluster: Cluster, group_ids: Iterable[str]) -> dict[str, Described]:
    """Share groups (KIP-932)."""
    found: dict[str, Described] = {}

    def attempt() -> None:
        for node, some in by_coordinator(cluster, (group for group in group_ids if group not in found)).items():
            request = messages.ShareGroupDescribeRequest(group_ids=some)
            found.update(_describe(cluster, node, request, _share))

    group_ids = list(dict.fromkeys(group_ids))
    cluster.retry(attempt)
    return {group: found[group] for group in group_ids}


def _modern(item: Any, coordinator: Node) -> GroupDescription:
    members = [
        Member(
            member.member_id,
            member.instance_id,
            member.client_id,
            member.client_host,
            _partitions(member.assignment),
            _partitions(member.target_assignment),
            member.member_epoch,
            None if member.member_type < 0 else member.member_type == 1,
        )
        for member in item.members
    ]
    return _with_epochs(item, CONSUMER, coordinator, members)


def _share(item: Any, coordinator: Node) -> GroupDescription:
    members = [
        Member(
            member.member_id,
            None,
            member.client_id,
            member.client_host,
            _partitions(member.assignment),
            epoch=member.member_epoch,
        )
        for member in item.members
    ]
    return _with_epochs(item, SHARE, coordinator, members)


def _with_epochs(item: Any, kind: str, coordinator: Node, members: list[Member]) -> GroupDescription:
    return GroupDescription(
        item.group_id,
        kind,
        canonical(item.group_state, STATES),
        item.assignor_name,
        coordinator,
        members,
        item.group_epoch,
        item.assignment_epoch,
    )


def _partitions(assignment: Any) -> list[TopicPartition]:
    return sorted((topic.topic_name, number) for topic in assignment.topic_partitions for number in topic.partitions)


def _classic(item: Any, coordinator: Node) -> GroupDescription | WrongGroup:
    if item.protocol_type not in CONSUMER_PROTOCOLS:
        return WrongGroup(f"GroupId {item.group_id} is not a consumer group ({item.protocol_type}).")
    members = [
        Member(
            member.member_id,
            member.group_instance_id,
            member.client_id,
            member.client_host,
            _classic_partitions(bytes(member.member_assignment)),
        )
        for member in item.members
    ]
    state = canonical(item.group_state, STATES)
    return GroupDescription(item.group_id, CLASSIC, state, item.protocol_data, coordinator, members)


def _classic_partitions(data: bytes) -> list[TopicPartition]:
    """From the assignment that the group's leader made; what is of another form is taken for none."""
    kind = messages.ConsumerProtocolAssignment
    if len(data) < 2:
        return []
    version = min(int.from_bytes(data[:2], "big"), kind.VERSIONS[1])
    try:
        assignment, _ = kind.decode(data, version, 2)
    except WireError:
        return []
    return sorted((topic.topic, number) for topic in assignment.assigned_partitions for number in topic.partitions)


def delete_groups(cluster: Cluster, group_ids: Iterable[str]) -> dict[str, KafkaError | None]:
    """Delete groups of any type with their offsets; each has its own outcome."""
    group_ids = list(dict.fromkeys(group_ids))
    done: dict[str, KafkaError | None] = {}

    def attempt() -> None:
        waiting = [group for group in group_ids if group not in done]
        for node, some in by_coordinator(cluster, waiting, done).items():
            response = cluster.request(node, messages.DeleteGroupsRequest(groups_names=some))
            check_coordinator(item.error_code for item in response.results)
            done.update((item.group_id, error_of(item)) for item in response.results)

    cluster.retry(attempt)
    return {group: done[group] for group in group_ids}
