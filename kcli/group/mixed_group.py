"""Members of the classic protocol in a consumer group of KIP-848, and the ways between the two kinds of group.

Consumers that are upgraded one by one share their group meanwhile: it becomes a consumer group with the first that
speaks the new protocol, and a classic group again when the last of those has gone (group.consumer.migration.policy).
A classic member is moved like any other. Its JoinGroup says what it has and moves it on, its SyncGroup fetches what it
is assigned, and its Heartbeat is told to join again when there is something to do. Its generation is its member epoch;
nobody leads, because the group assigns.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kcli.group import consumer_group_records as group_records
from kcli.group.classic_group import ClassicGroup, Join
from kcli.group.consumer_group_events import LiveConsumerGroup
from kcli.group.consumer_group_member import Assignment, ConsumerMember, MemberState
from kcli.group.consumer_group_metadata import GroupMetadata
from kcli.group.effects import (
    Answer,
    Append,
    Downgrade,
    Effect,
    StartTimer,
    StopTimer,
    Timer,
    rebalance_timer,
    rejoin_timer,
    resync_timer,
    session_timer,
)
from kcli.group.log_records import Record
from kcli.group.member import Member
from kcli.group.membership import CONSUMER_PROTOCOL_TYPE
from kcli.group.settings import GroupSettings
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError, WireError

_HIGHEST_EMBEDDED_VERSION = 3
_TIMERS = (session_timer, rebalance_timer, rejoin_timer, resync_timer)
_STEPS = (rejoin_timer("").kind, resync_timer("").kind)


class MixedGroup(LiveConsumerGroup):
    """A consumer group, any of whose members may speak the classic protocol."""

    def __init__(self, group_id: str, metadata: GroupMetadata, settings: GroupSettings) -> None:
        super().__init__(group_id, metadata)
        self._settings = settings
        self._told_to_join: set[str] = set()  # those whose time for that is running

    # Events of classic members

    def join(self, request: Join, waiter: Any, now_ms: int) -> list[Effect]:
        member_id = request.member_id or request.fresh_member_id
        self._check_room(member_id)
        if not self._supports(request):
            raise KafkaError(errors.INCONSISTENT_GROUP_PROTOCOL)
        if request.requires_known_id and not request.member_id and request.instance_id is None:
            response = messages.JoinGroupResponse(member_id=member_id, error_code=errors.MEMBER_ID_REQUIRED)
            return [Answer(waiter, response)]
        member, replaced = self._find_classic(request, member_id)
        name, metadata = request.protocols[0]
        try:
            subscription = _embedded(messages.ConsumerProtocolSubscription, metadata)
        except WireError as error:
            raise KafkaError(errors.UNKNOWN_SERVER_ERROR) from error  # as Kafka has it
        updated = _with_join(member, request, subscription)
        effects, moved = self._move(member, updated, replaced, self._by_id(subscription.owned_partitions), now_ms)
        if replaced is not None and replaced.classic is None and self._may_downgrade([]):
            effects += self._downgrade([], rebalances=False)
        else:
            effects += self._joined(member_id, request)
        response = messages.JoinGroupResponse(
            member_id=member_id, generation_id=moved.epoch, protocol_type=CONSUMER_PROTOCOL_TYPE, protocol_name=name
        )
        return [*effects, Answer(waiter, response)]

    def sync(self, request: Any, waiter: Any, now_ms: int) -> list[Effect]:
        """`request` is a messages.SyncGroupRequest."""
        member = self._classic(request)
        asked = (
            (request.protocol_type, CONSUMER_PROTOCOL_TYPE),
            (request.protocol_name, member.classic.supported_protocols[0].name),
        )
        if any(theirs is not None and theirs != ours for theirs, ours in asked):
            raise KafkaError(errors.INCONSISTENT_GROUP_PROTOCOL)
        if self.epoch > member.epoch and member.state is not MemberState.UNREVOKED_PARTITIONS:
            answer = Answer(waiter, messages.SyncGroupResponse(error_code=errors.REBALANCE_IN_PROGRESS))
            return [*self._tell_to_join(member), answer]
        assigned = {topic: frozenset(epochs) for topic, epochs in member.assigned.items()}
        response = messages.SyncGroupResponse(
            protocol_type=request.protocol_type,
            protocol_name=request.protocol_name,
            assignment=self._embedded_assignment(member, assigned),
        )
        timers = [StopTimer(resync_timer(member.member_id)), _session(member)]
        return [Append([]), *timers, Answer(waiter, response)]  # not before what it is about is in the log

    def classic_heartbeat(self, request: Any, waiter: Any, now_ms: int) -> list[Effect]:
        """`request` is a messages.HeartbeatRequest."""
        member = self._classic(request)
        can_go_on = member.state is MemberState.UNRELEASED_PARTITIONS and not self._waits_for_others(member)
        if member.epoch < self.epoch or member.state is MemberState.UNREVOKED_PARTITIONS or can_go_on:
            answer = Answer(waiter, messages.HeartbeatResponse(error_code=errors.REBALANCE_IN_PROGRESS))
            return [_session(member), *self._tell_to_join(member), answer]
        return [_session(member), Answer(waiter, messages.HeartbeatResponse())]

    def expire(self, timer: Timer, now_ms: int) -> list[Effect]:
        if timer.kind not in _STEPS:
            return super().expire(timer, now_ms)
        member = self.members.get(timer.member_id)
        return [] if member is None else self._fence([member])

    def session_timers(self, without: str) -> list[Effect]:
        """The classic members that the group began with have a session from then on."""
        others = (member for member in self.members.values() if member.member_id != without)
        return [_session(member) for member in others if member.classic is not None]

    # Classic members

    def _supports(self, request: Join) -> bool:
        """Whether all classic members have one of the protocols."""
        classic = [member.classic for member in self.members.values() if member.classic is not None]
        known = [{protocol.name for protocol in member.supported_protocols} for member in classic]
        return request.protocol_type == CONSUMER_PROTOCOL_TYPE and any(
            all(name in names for names in known) for name, _ in request.protocols
        )

    def _find_classic(self, request: Join, member_id: str) -> tuple[ConsumerMember, ConsumerMember | None]:
        """The member as it is, or a new one, and the static member whose place it takes."""
        if request.instance_id is not None and request.member_id:
            return self._leaving(member_id, request.instance_id), None
        previous = self.static_members.get(request.instance_id) if request.instance_id is not None else None
        if previous is None:
            return self.members.get(member_id) or ConsumerMember(member_id), None
        replaced = self.members[previous]
        return replace(replaced, member_id=member_id, epoch=0, previous_epoch=0), replaced

    def _classic(self, request: Any) -> ConsumerMember:
        """The member of a SyncGroup or Heartbeat, in the generation that it is in."""
        member = self._leaving(request.member_id, request.group_instance_id)
        if member.classic is None:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID)
        if request.generation_id != member.epoch:
            raise KafkaError(errors.ILLEGAL_GENERATION)
        return member

    def _joined(self, member_id: str, request: Join) -> list[Effect]:
        self._told_to_join.discard(member_id)
        return [
            StopTimer(rejoin_timer(member_id)),
            StartTimer(session_timer(member_id), request.session_timeout_ms),
            StartTimer(resync_timer(member_id), request.rebalance_timeout_ms),
        ]

    def _tell_to_join(self, member: ConsumerMember) -> list[Effect]:
        """Its time runs from the first time that it is told."""
        if member.member_id in self._told_to_join:
            return []
        self._told_to_join.add(member.member_id)
        return [StartTimer(rejoin_timer(member.member_id), member.rebalance_timeout_ms)]

    def _waits_for_others(self, member: ConsumerMember) -> bool:
        target = self.target.get(member.member_id, {})
        return any(
            self.is_owned((topic, partition))
            for topic, partitions in target.items()
            for partition in partitions.difference(member.assigned.get(topic, {}))
        )

    # From a classic group, and back

    def take_over(self, classic: ClassicGroup) -> list[Record]:
        """Begin with the members of a classic group and what they have; GROUP_ID_NOT_FOUND where that may not be."""
        self._check_upgrade(classic)
        try:
            members = [self._upgraded(member, classic) for member in classic.members.values()]
        except WireError as error:
            text = "because the embedded consumer protocol is malformed"
            raise _cannot_upgrade(classic, text) from error
        targets = [{topic: frozenset(owned) for topic, owned in member.assigned.items()} for member in members]
        metadata_hash = self.metadata.hash_of(frozenset().union(*(member.topics for member in members)))
        made = [
            *(group_records.member(self.group_id, member) for member in members),
            group_records.group(self.group_id, classic.generation, metadata_hash),
            *(group_records.target_member(self.group_id, m.member_id, target) for m, target in zip(members, targets)),
            group_records.target(self.group_id, classic.generation, 0),
            *(group_records.current(self.group_id, member) for member in members),
        ]
        records: list[Record] = []
        for record in made:
            self._write(records, record)
        return records

    def _check_upgrade(self, classic: ClassicGroup) -> None:
        if not self._settings.may_upgrade:
            raise _cannot_upgrade(classic, "because online upgrade is disabled")
        if not classic.uses_consumer_protocol:
            raise _cannot_upgrade(classic, "because the group does not use the consumer embedded protocol")
        if len(classic.members) > self.metadata.settings(self.group_id).max_size:
            raise _cannot_upgrade(classic, "because the group size exceeds the consumer group maximum size")

    def _upgraded(self, member: Member, classic: ClassicGroup) -> ConsumerMember:
        """In a first rebalance no protocol has been chosen yet, and nothing been assigned."""
        metadata = member.metadata(classic.protocol_name or classic.select_protocol())
        subscription = _embedded(messages.ConsumerProtocolSubscription, metadata)
        assigned: Assignment = {}
        if member.assignment:
            assignment = _embedded(messages.ConsumerProtocolAssignment, member.assignment)
            assigned = self._by_id(assignment.assigned_partitions)
        return ConsumerMember(
            member_id=member.member_id,
            instance_id=member.instance_id,
            rack_id=subscription.rack_id,
            client_id=member.client_id,
            client_host=member.client_host,
            topics=frozenset(subscription.topics),
            rebalance_timeout_ms=member.rebalance_timeout_ms,
            classic=_classic_metadata(member.session_timeout_ms, member.protocols),
            epoch=classic.generation,
            previous_epoch=classic.generation,
            assigned={topic: dict.fromkeys(sorted(owned), classic.generation) for topic, owned in assigned.items()},
        )

    def _fence(self, members: list[ConsumerMember]) -> list[Effect]:
        self._told_to_join.difference_update(member.member_id for member in members)
        if all(member.classic is None for member in members) and self._may_downgrade(members):
            return self._downgrade(members, rebalances=True)
        timers = [timer(member.member_id) for member in members for timer in (rejoin_timer, resync_timer)]
        return [*super()._fence(members), *map(StopTimer, timers)]

    def _may_downgrade(self, leaving: list[ConsumerMember]) -> bool:
        left = self._without(leaving)
        return (
            self._settings.may_downgrade
            and 0 < len(left) <= self._settings.group_max_size
            and all(member.classic is not None for member in left)
        )

    def _downgrade(self, leaving: list[ConsumerMember], *, rebalances: bool) -> list[Effect]:
        members = [self._downgraded(member) for member in self._without(leaving)]
        timers = [timer(member_id) for member_id in self.members for timer in _TIMERS]
        return [*map(StopTimer, timers), Downgrade(self.tombstones(), self.epoch, members, rebalances)]

    def _without(self, leaving: list[ConsumerMember]) -> list[ConsumerMember]:
        gone = {member.member_id for member in leaving}
        return [member for member in self.members.values() if member.member_id not in gone]

    def _downgraded(self, member: ConsumerMember) -> Member:
        return Member(
            member_id=member.member_id,
            instance_id=member.instance_id,
            client_id=member.client_id,
            client_host=member.client_host,
            rebalance_timeout_ms=member.rebalance_timeout_ms,
            session_timeout_ms=member.classic.session_timeout_ms,
            protocol_type=CONSUMER_PROTOCOL_TYPE,
            protocols=[(protocol.name, bytes(protocol.metadata)) for protocol in member.classic.supported_protocols],
            assignment=self._embedded_assignment(member, self.target.get(member.member_id, {})),
        )

    # Topics by name and by id

    def _by_id(self, topics: Iterable[Any]) -> Assignment:
        """Of the names and partitions of an embedded message; topics that are gone are left out."""
        named = ((self.metadata.topic_id(topic.topic), topic.partitions) for topic in topics)
        return {topic_id: frozenset(partitions) for topic_id, partitions in named if topic_id is not None}

    def _embedded_assignment(self, member: ConsumerMember, assignment: Assignment) -> bytes:
        """In the version of the member's subscription."""
        version = _version(bytes(member.classic.supported_protocols[0].metadata))
        made = messages.ConsumerProtocolAssignment.TopicPartition
        named = [(self.metadata.topic_name(topic), sorted(owned)) for topic, owned in assignment.items()]
        message = messages.ConsumerProtocolAssignment(
            assigned_partitions=[made(topic=name, partitions=owned) for name, owned in named if name is not None]
        )
        return struct.pack(">h", version) + bytes(message.encode_bytes(version))


def _session(member: ConsumerMember) -> Effect:
    return StartTimer(session_timer(member.member_id), member.classic.session_timeout_ms)


def _with_join(member: ConsumerMember, request: Join, subscription: Any) -> ConsumerMember:
    return replace(
        member,
        instance_id=request.instance_id or member.instance_id,
        rack_id=subscription.rack_id or member.rack_id,
        rebalance_timeout_ms=request.rebalance_timeout_ms,
        topics=frozenset(subscription.topics),
        client_id=request.client_id,
        client_host=request.client_host,
        classic=_classic_metadata(request.session_timeout_ms, request.protocols),
    )


def _classic_metadata(session_timeout_ms: int, protocols: Iterable[tuple[str, bytes]]) -> Any:
    value = messages.ConsumerGroupMemberMetadataValue
    return value.ClassicMemberMetadata(
        session_timeout_ms=session_timeout_ms,
        supported_protocols=[value.ClassicProtocol(name=name, metadata=metadata) for name, metadata in protocols],
    )


def _cannot_upgrade(classic: ClassicGroup, why: str) -> KafkaError:
    text = f"Cannot upgrade classic group {classic.group_id} to consumer group {why}."
    return KafkaError(errors.GROUP_ID_NOT_FOUND, text)


def _version(data: bytes) -> int:
    """Of an embedded message; a newer one begins like the highest that is known."""
    if len(data) < 2 or data[0] & 0x80:
        raise WireError("an embedded message without its version")
    return min(struct.unpack_from(">h", data)[0], _HIGHEST_EMBEDDED_VERSION)


def _embedded(kind: Any, data: bytes) -> Any:
    return kind.decode(data, _version(data), 2)[0]
