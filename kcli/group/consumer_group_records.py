"""The records that a consumer group of KIP-848 has in `__consumer_offsets`, as Kafka 4.3.0 writes them.

All values have version 0. Keys: 3 the group's epoch, 4 its topics' metadata (only Kafka before 4.1 wrote them; deleted
when met), 5 a member's subscription, 6 and 7 the target assignment's epoch and each member's part of it, 8 what a
member is assigned at present, 16 the topics that a regular expression stands for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from kcli.group.consumer_group_member import Assignment, ConsumerMember, MemberState, Owned
from kcli.group.log_records import Record
from kcli.wire import messages, records_codec

GROUP, PARTITION_METADATA, MEMBER, TARGET, TARGET_MEMBER, CURRENT = 3, 4, 5, 6, 7, 8
REGULAR_EXPRESSION = 16
_VERSION = 0

KEYS: dict[int, str] = {
    GROUP: "ConsumerGroupMetadata",
    PARTITION_METADATA: "ConsumerGroupPartitionMetadata",
    MEMBER: "ConsumerGroupMemberMetadata",
    TARGET: "ConsumerGroupTargetAssignmentMetadata",
    TARGET_MEMBER: "ConsumerGroupTargetAssignmentMember",
    CURRENT: "ConsumerGroupCurrentMemberAssignment",
    REGULAR_EXPRESSION: "ConsumerGroupRegularExpression",
}


class Resolved(NamedTuple):
    """The topics that a regular expression matched, in which version of the metadata, and when."""

    topics: frozenset[str]
    version: int
    timestamp: int


def parse(kind: int, key: bytes, value: bytes | None) -> tuple[Any, Any]:
    """(the key's message, the value's message or None). Raises WireError."""
    name = KEYS[kind]
    parsed, _ = getattr(messages, f"{name}Key").decode(key, _VERSION, 2)
    if value is None:
        return parsed, None
    return parsed, records_codec.decode_versioned(getattr(messages, f"{name}Value"), value)[0]


def _key(kind: int, **fields: Any) -> bytes:
    message = getattr(messages, f"{KEYS[kind]}Key")(**fields)
    return struct.pack(">h", kind) + bytes(message.encode_bytes(_VERSION))


def tombstone(kind: int, **key: Any) -> Record:
    return _key(kind, **key), None


def _record(kind: int, key: Mapping[str, Any], **value: Any) -> Record:
    message = getattr(messages, f"{KEYS[kind]}Value")(**value)
    return _key(kind, **key), records_codec.encode_versioned(message, _VERSION)


def group(group_id: str, epoch: int, metadata_hash: int) -> Record:
    return _record(GROUP, {"group_id": group_id}, epoch=epoch, metadata_hash=metadata_hash)


def member(group_id: str, member: ConsumerMember) -> Record:
    """Who the member is and what it is subscribed to."""
    return _record(
        MEMBER,
        {"group_id": group_id, "member_id": member.member_id},
        instance_id=member.instance_id,
        rack_id=member.rack_id,
        client_id=member.client_id,
        client_host=member.client_host,
        subscribed_topic_names=sorted(member.topics),
        subscribed_topic_regex=member.regex,
        rebalance_timeout_ms=member.rebalance_timeout_ms,
        server_assignor=member.assignor,
        classic_member_metadata=member.classic,
    )


def target(group_id: str, epoch: int, timestamp: int) -> Record:
    return _record(TARGET, {"group_id": group_id}, assignment_epoch=epoch, assignment_timestamp=timestamp)


def target_member(group_id: str, member_id: str, assignment: Assignment) -> Record:
    made = messages.ConsumerGroupTargetAssignmentMemberValue.TopicPartition
    return _record(
        TARGET_MEMBER,
        {"group_id": group_id, "member_id": member_id},
        topic_partitions=[made(topic_id=topic, partitions=sorted(owned)) for topic, owned in assignment.items()],
    )


def current(group_id: str, member: ConsumerMember) -> Record:
    return _record(
        CURRENT,
        {"group_id": group_id, "member_id": member.member_id},
        member_epoch=member.epoch,
        previous_member_epoch=member.previous_epoch,
        state=member.state,
        assigned_partitions=_with_epochs(member.assigned),
        partitions_pending_revocation=_with_epochs(member.revoking),
    )


def _with_epochs(owned: Owned) -> list[Any]:
    made = messages.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions
    return [
        made(topic_id=topic, partitions=list(epochs), assignment_epochs=list(epochs.values()))
        for topic, epochs in owned.items()
    ]


def regular_expression(group_id: str, regex: str, resolved: Resolved) -> Record:
    return _record(
        REGULAR_EXPRESSION,
        {"group_id": group_id, "regular_expression": regex},
        topics=sorted(resolved.topics),
        version=resolved.version,
        timestamp=resolved.timestamp,
    )


# What values say


def with_subscription(member: ConsumerMember, value: Any) -> ConsumerMember:
    classic = value.classic_member_metadata  # left out by Kafka before 4.0, which reads as one without protocols
    return replace(
        member,
        instance_id=value.instance_id,
        rack_id=value.rack_id,
        client_id=value.client_id,
        client_host=value.client_host,
        topics=frozenset(value.subscribed_topic_names),
        regex=value.subscribed_topic_regex or "",
        rebalance_timeout_ms=value.rebalance_timeout_ms,
        assignor=value.server_assignor,
        classic=classic if classic is not None and classic.supported_protocols else None,
    )


def with_current(member: ConsumerMember, value: Any) -> ConsumerMember:
    known = {int(state) for state in MemberState}
    return replace(
        member,
        epoch=value.member_epoch,
        previous_epoch=value.previous_member_epoch,
        state=MemberState(value.state) if value.state in known else MemberState.UNKNOWN,
        assigned=_owned(value.assigned_partitions, max(value.member_epoch, 0)),
        revoking=_owned(value.partitions_pending_revocation, max(value.member_epoch, 0)),
    )


def _owned(topics: Iterable[Any], epoch: int) -> Owned:
    """Kafka before 4.3 wrote no epochs: they are taken to be the member's."""
    return {
        bytes(topic.topic_id): dict(zip(topic.partitions, topic.assignment_epochs or [epoch] * len(topic.partitions)))
        for topic in topics
    }


def assignment_of(topics: Iterable[Any]) -> Assignment:
    """Of any list of a message's topic ids and partitions."""
    return {bytes(topic.topic_id): frozenset(topic.partitions) for topic in topics}
