"""A consumer group of KIP-848: what its records say, and the questions that can be put to it.

The log is the state: whatever changes the group does so by a record, which goes through `replay` here at once and
through `replay` of another broker, or after a restart, later. Group epoch, target epoch and member epochs only grow: a
change of members, subscriptions or topics gives a group epoch, a target assignment is computed for that, and members
move to it one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kcli.group import consumer_group_records as group_records
from kcli.group.consumer_group_assignors import ASSIGNORS
from kcli.group.consumer_group_member import Assignment, ConsumerMember, TopicPartition
from kcli.group.consumer_group_metadata import GroupMetadata
from kcli.group.consumer_group_records import Resolved
from kcli.group.log_records import Record
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

DEFAULT_ASSIGNOR = next(iter(ASSIGNORS))
_FIRST_COMMIT_WITH_MEMBER_EPOCH = 9
_INITIAL_EPOCH = 1  # of the group and of its target, which is nothing then

EMPTY, ASSIGNING, RECONCILING, STABLE = "Empty", "Assigning", "Reconciling", "Stable"


class ConsumerGroup:
    """The state of one group; `consumer_group_events` adds what may happen to it."""

    def __init__(self, group_id: str, metadata: GroupMetadata) -> None:
        self.group_id = group_id
        self.metadata = metadata
        self.epoch = _INITIAL_EPOCH
        self.metadata_hash = 0
        self.metadata_is_stale = True
        """topics may have changed: the next heartbeat looks whether that matters"""
        self.members: dict[str, ConsumerMember] = {}
        self.static_members: dict[str, str] = {}
        self.target_epoch = _INITIAL_EPOCH
        self.target_timestamp = 0
        self.target: dict[str, Assignment] = {}
        self.resolved: dict[str, Resolved] = {}
        self.has_partition_metadata = False
        self._owners: dict[TopicPartition, str] = {}
        self._replays = {
            group_records.GROUP: self._replay_group,
            group_records.PARTITION_METADATA: self._replay_partition_metadata,
            group_records.MEMBER: self._replay_member,
            group_records.TARGET: self._replay_target,
            group_records.TARGET_MEMBER: self._replay_target_member,
            group_records.CURRENT: self._replay_current,
            group_records.REGULAR_EXPRESSION: self._replay_regular_expression,
        }

    # The log

    def replay(self, kind: int, key: Any, value: Any) -> None:
        """Take in a record: its key's and value's messages, None for a tombstone."""
        self._replays[kind](key, value)

    def _replay_group(self, _: Any, value: Any) -> None:
        if value is not None:  # a tombstone ends the group, which is the shard's to see to
            self.epoch, self.metadata_hash = value.epoch, value.metadata_hash

    def _replay_partition_metadata(self, _: Any, value: Any) -> None:
        self.has_partition_metadata = value is not None

    def _replay_member(self, key: Any, value: Any) -> None:
        if value is not None:
            known = self.members.get(key.member_id) or ConsumerMember(key.member_id)
            self._put(group_records.with_subscription(known, value))
            return
        member = self.members.pop(key.member_id, None)
        if member is not None:
            self._release(member)
            if member.instance_id is not None and self.static_members.get(member.instance_id) == member.member_id:
                del self.static_members[member.instance_id]

    def _replay_current(self, key: Any, value: Any) -> None:
        member = self.members.get(key.member_id)
        if value is not None:
            self._put(group_records.with_current(member or ConsumerMember(key.member_id), value))
        elif member is not None:
            self._put(member.without_assignment())

    def _replay_target(self, _: Any, value: Any) -> None:
        self.target_epoch = _INITIAL_EPOCH if value is None else value.assignment_epoch
        self.target_timestamp = 0 if value is None else value.assignment_timestamp

    def _replay_target_member(self, key: Any, value: Any) -> None:
        if value is None:
            self.target.pop(key.member_id, None)
        else:
            self.target[key.member_id] = group_records.assignment_of(value.topic_partitions)

    def _replay_regular_expression(self, key: Any, value: Any) -> None:
        if value is None:
            self.resolved.pop(key.regular_expression, None)
        else:
            resolved = Resolved(frozenset(value.topics), value.version, value.timestamp)
            self.resolved[key.regular_expression] = resolved

    def _put(self, member: ConsumerMember) -> None:
        previous = self.members.get(member.member_id)
        if previous is not None:
            self._release(previous)
        self.members[member.member_id] = member
        if member.instance_id is not None:
            self.static_members[member.instance_id] = member.member_id
        for partition, _ in member.owned():
            self._owners[partition] = member.member_id

    def _release(self, member: ConsumerMember) -> None:
        for partition, _ in member.owned():
            if self._owners.get(partition) == member.member_id:
                del self._owners[partition]

    def tombstones(self) -> list[Record]:
        """What deletes the group from the log, in Kafka's order."""
        group_id, members = self.group_id, list(self.members)

        def of_members(kind: int) -> list[Record]:
            return [group_records.tombstone(kind, group_id=group_id, member_id=member) for member in members]

        kind = group_records.REGULAR_EXPRESSION
        return [
            *of_members(group_records.CURRENT),
            *of_members(group_records.TARGET_MEMBER),
            group_records.tombstone(group_records.TARGET, group_id=group_id),
            *of_members(group_records.MEMBER),
            *(group_records.tombstone(kind, group_id=group_id, regular_expression=regex) for regex in self.resolved),
            group_records.tombstone(group_records.PARTITION_METADATA, group_id=group_id),
            group_records.tombstone(group_records.GROUP, group_id=group_id),
        ]

    # Questions

    @property
    def state(self) -> str:
        if not self.members:
            return EMPTY
        if self.epoch > self.target_epoch:
            return ASSIGNING
        reconciled = all(member.is_reconciled_to(self.target_epoch) for member in self.members.values())
        return STABLE if reconciled else RECONCILING

    def is_owned(self, partition: TopicPartition) -> bool:
        return partition in self._owners

    def member(self, member_id: str) -> ConsumerMember:
        found = self.members.get(member_id)
        if found is None:
            text = f"Member {member_id} is not a member of group {self.group_id}."
            raise KafkaError(errors.UNKNOWN_MEMBER_ID, text)
        return found

    def topics_of(self, member: ConsumerMember) -> frozenset[str]:
        """By name and by expression; one that has not been resolved yet stands for no topics."""
        resolved = self.resolved.get(member.regex)
        return member.topics if resolved is None else member.topics | resolved.topics

    def subscribed_topics(self) -> frozenset[str]:
        return frozenset().union(*(self.topics_of(member) for member in self.members.values()))

    def regexes(self) -> Mapping[str, int]:
        """How many members are subscribed to each expression."""
        return Counter(member.regex for member in self.members.values() if member.regex)

    @property
    def assignor(self) -> str:
        """What most members that ask for an assignor ask for."""
        votes = Counter(member.assignor for member in self.members.values() if member.assignor in ASSIGNORS)
        favourite = votes.most_common(1)
        return favourite[0][0] or DEFAULT_ASSIGNOR if favourite else DEFAULT_ASSIGNOR

    # Offsets

    def check_offset_commit(
        self, member_id: str, epoch: int, version: int, partitions: Iterable[TopicPartition]
    ) -> None:
        """A negative epoch comes from admin clients and consumers without group management. An old epoch will do for
        partitions that have been the member's since then (KIP-1251)."""
        if epoch < 0 and not self.members:
            return
        member = self.member(member_id)
        if member.classic is None and version < _FIRST_COMMIT_WITH_MEMBER_EPOCH:
            text = "OffsetCommit version 9 or above must be used by members using the consumer group protocol"
            raise KafkaError(errors.UNSUPPORTED_VERSION, text)
        if epoch == member.epoch:
            return
        given = [member.owned_epoch(*partition) for partition in partitions]
        if epoch > member.epoch or any(since is None or epoch < since for since in given):
            raise KafkaError(_stale(member))

    def check_offset_fetch(self, member_id: str | None, epoch: int) -> None:
        if member_id is None and epoch < 0:
            return
        member = self.member(member_id or "")
        if epoch != member.epoch:
            raise KafkaError(_stale(member))

    # Administration

    def check_delete(self) -> None:
        if self.members:
            raise KafkaError(errors.NON_EMPTY_GROUP)

    def describe(self) -> Any:
        """A messages.ConsumerGroupDescribeResponse.DescribedGroup."""
        return messages.ConsumerGroupDescribeResponse.DescribedGroup(
            group_id=self.group_id,
            group_state=self.state,
            group_epoch=self.epoch,
            assignment_epoch=self.target_epoch,
            assignor_name=self.assignor,
            members=[self._describe_member(member) for member in self.members.values()],
        )

    def _describe_member(self, member: ConsumerMember) -> Any:
        present: dict[bytes, set[int]] = {}
        for (topic, partition), _ in member.owned():
            present.setdefault(topic, set()).add(partition)
        return messages.ConsumerGroupDescribeResponse.Member(
            member_id=member.member_id,
            instance_id=member.instance_id,
            rack_id=member.rack_id,
            member_epoch=member.epoch,
            client_id=member.client_id,
            client_host=member.client_host,
            subscribed_topic_names=sorted(member.topics),
            subscribed_topic_regex=member.regex,
            assignment=self._described(present),
            target_assignment=self._described(self.target.get(member.member_id, {})),
            member_type=1 if member.classic is None else 0,
        )

    def _described(self, assignment: Mapping[bytes, Iterable[int]]) -> Any:
        described = messages.ConsumerGroupDescribeResponse
        named = ((topic, self.metadata.topic_name(topic), owned) for topic, owned in assignment.items())
        return described.Assignment(
            topic_partitions=[
                described.TopicPartitions(topic_id=topic, topic_name=name, partitions=sorted(owned))
                for topic, name, owned in named
                if name is not None
            ]
        )


def _stale(member: ConsumerMember) -> int:
    return errors.STALE_MEMBER_EPOCH if member.classic is None else errors.ILLEGAL_GENERATION
