"""Who is in a classic group, in which state it is, which protocol it speaks: bookkeeping below the state machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum
from typing import Any

from kcli.group import log_records
from kcli.group.member import Member, Protocols
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError, WireError

CONSUMER_PROTOCOL_TYPE = "consumer"


class State(Enum):
    """As DescribeGroups and ListGroups name them."""

    EMPTY = "Empty"
    PREPARING_REBALANCE = "PreparingRebalance"
    COMPLETING_REBALANCE = "CompletingRebalance"
    STABLE = "Stable"
    DEAD = "Dead"


_PREDECESSORS: dict[State, frozenset[State]] = {
    State.EMPTY: frozenset((State.PREPARING_REBALANCE,)),
    State.PREPARING_REBALANCE: frozenset((State.STABLE, State.COMPLETING_REBALANCE, State.EMPTY)),
    State.COMPLETING_REBALANCE: frozenset((State.PREPARING_REBALANCE,)),
    State.STABLE: frozenset((State.COMPLETING_REBALANCE,)),
    State.DEAD: frozenset(State),
}


class Membership:
    """Members, leader, generation and state of one group. Changes nothing but itself."""

    def __init__(self, group_id: str, now_ms: int) -> None:
        self.group_id = group_id
        self.state = State.EMPTY
        self.previous_state = State.DEAD
        self.state_timestamp: int | None = now_ms
        self.generation = 0
        self.protocol_type: str | None = None
        self.protocol_name: str | None = None
        self.leader: str | None = None
        self.members: dict[str, Member] = {}
        self.static_members: dict[str, str] = {}  # instance id -> member id
        self.pending_join: set[str] = set()  # ids handed out by MEMBER_ID_REQUIRED that have not come back yet
        self.pending_sync: set[str] = set()
        self.subscribed_topics: frozenset[str] | None = None
        self.joining_count = 0
        self._protocol_counts: dict[str, int] = {}  # how many members support each

    def transition(self, state: State, now_ms: int) -> None:
        if self.state not in _PREDECESSORS[state]:
            raise AssertionError(f"group {self.group_id} cannot go from {self.state.value} to {state.value}")
        self.previous_state, self.state, self.state_timestamp = self.state, state, now_ms

    @property
    def can_rebalance(self) -> bool:
        return self.state in _PREDECESSORS[State.PREPARING_REBALANCE]

    # Members

    def add(self, member: Member) -> None:
        if member.instance_id is not None:
            self.static_members[member.instance_id] = member.member_id
        if not self.members:
            self.protocol_type = member.protocol_type
        if self.leader is None:
            self.leader = member.member_id
        self.members[member.member_id] = member
        self._count_protocols(member, 1)
        self.pending_join.discard(member.member_id)

    def remove(self, member_id: str) -> None:
        member = self.members.pop(member_id, None)
        if member is not None:
            self._count_protocols(member, -1)
            self.release_join(member)
            if member.instance_id is not None:
                self.static_members.pop(member.instance_id, None)
        if self.leader == member_id:
            self.leader = next(iter(self.members), None)
        self.pending_join.discard(member_id)
        self.pending_sync.discard(member_id)

    def rename(self, member: Member, member_id: str) -> Member:
        """A static member goes on under a new id (KIP-345), with what it was assigned."""
        assert member.instance_id is not None
        del self.members[member.member_id]
        self.release_join(member)
        renamed = replace(member, member_id=member_id, is_new=False, join_waiter=None, sync_waiter=None)
        self.members[member_id] = renamed
        if self.leader == member.member_id:
            self.leader = member_id
        self.static_members[member.instance_id] = member_id
        if member.member_id in self.pending_sync:  # still owed, by whoever it is now
            self.pending_sync.remove(member.member_id)
            self.pending_sync.add(member_id)
        return renamed

    def update(self, member: Member, protocols: Protocols, rebalance_timeout_ms: int, session_timeout_ms: int) -> None:
        self._count_protocols(member, -1)
        member.protocols = protocols
        self._count_protocols(member, 1)
        member.rebalance_timeout_ms, member.session_timeout_ms = rebalance_timeout_ms, session_timeout_ms

    def await_join(self, member: Member, waiter: Any) -> None:
        if member.join_waiter is None:
            self.joining_count += 1
        member.join_waiter = waiter

    def release_join(self, member: Member) -> Any:
        """The request that waits for the join to complete, which now does not wait any more; None if there is none."""
        waiter, member.join_waiter = member.join_waiter, None
        if waiter is not None:
            self.joining_count -= 1
        return waiter

    def check_member(self, member_id: str, instance_id: str | None) -> None:
        if instance_id is not None:
            known = self.static_members.get(instance_id)
            if known is None:
                raise KafkaError(errors.UNKNOWN_MEMBER_ID)
            if known != member_id:
                raise KafkaError(errors.FENCED_INSTANCE_ID)
        if member_id not in self.members:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID)

    @property
    def all_joined(self) -> bool:
        return not self.pending_join and self.joining_count == len(self.members)

    @property
    def rebalance_timeout_ms(self) -> int:
        return max((member.rebalance_timeout_ms for member in self.members.values()), default=0)

    def elect_joined_leader(self) -> bool:
        """Keep the leader if it has joined, else take the first member that has; False if there is none."""
        if self.leader is None:
            return False
        if self.members[self.leader].join_waiter is None:
            joined = next((member for member in self.members.values() if member.join_waiter is not None), None)
            if joined is None:
                return False
            self.leader = joined.member_id
        return True

    # Protocols

    def supports(self, protocol_type: str, protocols: Protocols) -> bool:
        """Whether a member with these could be in the group: one protocol has to be known to everybody."""
        if self.state is State.EMPTY:
            return bool(protocol_type) and bool(protocols)
        return self.protocol_type == protocol_type and any(
            self._protocol_counts.get(name, 0) == len(self.members) for name, _ in protocols
        )

    def _count_protocols(self, member: Member, change: int) -> None:
        for name in {name for name, _ in member.protocols}:
            self._protocol_counts[name] = self._protocol_counts.get(name, 0) + change

    def select_protocol(self) -> str:
        """Each member votes for the first of its protocols that all support; the first with the most votes wins."""
        candidates = {name for name, count in self._protocol_counts.items() if count == len(self.members)}
        votes: dict[str, int] = {}
        for member in self.members.values():
            choice = member.vote(candidates)
            votes[choice] = votes.get(choice, 0) + 1
        return max(votes, key=lambda name: votes[name])

    def begin_generation(self, now_ms: int) -> None:
        self.generation += 1
        self.protocol_name = self.select_protocol() if self.members else None
        self.subscribed_topics = self._find_subscribed_topics()
        self.transition(State.COMPLETING_REBALANCE if self.members else State.EMPTY, now_ms)
        self.pending_sync.clear()

    # Subscriptions and offsets

    @property
    def uses_consumer_protocol(self) -> bool:
        return self.protocol_type == CONSUMER_PROTOCOL_TYPE

    def is_subscribed_to(self, topic: str) -> bool:
        """A consumer group whose subscriptions cannot be read counts as subscribed to everything."""
        if self.subscribed_topics is None:
            return self.uses_consumer_protocol
        return topic in self.subscribed_topics

    def _find_subscribed_topics(self) -> frozenset[str] | None:
        if not self.uses_consumer_protocol:
            return None
        if not self.members:
            return frozenset()
        if self.protocol_name is None:
            return None
        try:
            return frozenset(
                topic
                for member in self.members.values()
                for topic in _subscription_topics(member.metadata(self.protocol_name))
            )
        except WireError:
            return None

    def check_offset_commit(
        self, member_id: str, instance_id: str | None, generation: int, *, transactional: bool = False
    ) -> None:
        """Generation -1 without a member comes from admin clients and consumers without group management: it may
        commit while the group is empty. Transactions may commit in any state."""
        if self.state is State.DEAD:
            raise KafkaError(errors.COORDINATOR_NOT_AVAILABLE)
        if generation < 0 and self.state is State.EMPTY:
            return
        if generation >= 0 or member_id or instance_id is not None:
            self.check_member(member_id, instance_id)
            if generation != self.generation:
                raise KafkaError(errors.ILLEGAL_GENERATION)
        elif not transactional and self.state is not State.EMPTY:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID)
        if not transactional and self.state is State.COMPLETING_REBALANCE:
            raise KafkaError(errors.REBALANCE_IN_PROGRESS)

    def check_offset_delete(self) -> None:
        if self.state is State.DEAD:
            raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Group {self.group_id} is in dead state.")
        if self.state is not State.EMPTY and not self.uses_consumer_protocol:
            raise KafkaError(errors.NON_EMPTY_GROUP)

    def check_delete(self) -> None:
        if self.state is State.DEAD:
            raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Group {self.group_id} is in dead state.")
        if self.state is not State.EMPTY:
            raise KafkaError(errors.NON_EMPTY_GROUP)

    # The log

    def record(self, assignments: dict[str, bytes]) -> log_records.Record:
        """The group as `__consumer_offsets` keeps it, with these assignments."""
        value = messages.GroupMetadataValue(
            protocol_type=self.protocol_type or "",
            generation=self.generation,
            protocol=self.protocol_name,
            leader=self.leader,
            current_state_timestamp=-1 if self.state_timestamp is None else self.state_timestamp,
            members=[self._member_record(member, assignments) for member in self.members.values()],
        )
        return log_records.group_metadata(self.group_id, value)

    def _member_record(self, member: Member, assignments: dict[str, bytes]) -> Any:
        return messages.GroupMetadataValue.MemberMetadata(
            member_id=member.member_id,
            group_instance_id=member.instance_id,
            client_id=member.client_id,
            client_host=member.client_host,
            rebalance_timeout=member.rebalance_timeout_ms,
            session_timeout=member.session_timeout_ms,
            subscription=member.metadata(self.protocol_name),
            assignment=assignments.get(member.member_id, b""),
        )

    def new_group_record(self) -> log_records.Record:
        """What is written as soon as a group exists, before it has had a generation."""
        value = messages.GroupMetadataValue(
            protocol_type="", generation=0, protocol=None, leader=None, members=[],
            current_state_timestamp=-1 if self.state_timestamp is None else self.state_timestamp,
        )  # fmt: skip
        return log_records.group_metadata(self.group_id, value)

    def take_over(self, generation: int, members: Iterable[Member]) -> log_records.Record:
        """Go on with the classic members of what was a consumer group; the record that says so."""
        self.generation, self.state = generation, State.STABLE
        for member in members:
            self.add(member)
        self.protocol_name = self.select_protocol()
        self.subscribed_topics = self._find_subscribed_topics()
        return self.record({member.member_id: member.assignment for member in self.members.values()})

    def restore(self, value: Any) -> None:
        """Become what a GroupMetadataValue says; before v1 it has no rebalance timeout, before v2 no timestamp."""
        self.generation = value.generation
        self.protocol_type = value.protocol_type or None
        self.protocol_name = value.protocol
        self.leader = value.leader
        self.state = State.STABLE if value.members else State.EMPTY
        self.state_timestamp = None if value.current_state_timestamp == -1 else value.current_state_timestamp
        for kept in value.members:
            self.add(_restored_member(kept, value.protocol_type, value.protocol))
        self.subscribed_topics = self._find_subscribed_topics()


def _restored_member(kept: Any, protocol_type: str, protocol: str) -> Member:
    return Member(
        member_id=kept.member_id,
        instance_id=kept.group_instance_id,
        client_id=kept.client_id,
        client_host=kept.client_host,
        rebalance_timeout_ms=kept.session_timeout if kept.rebalance_timeout == -1 else kept.rebalance_timeout,
        session_timeout_ms=kept.session_timeout,
        protocol_type=protocol_type,
        protocols=[(protocol, kept.subscription)],
        assignment=kept.assignment,
    )


def _subscription_topics(metadata: bytes) -> Iterable[str]:
    """The topics of a consumer's subscription, read as version 0, which every later version begins with."""
    if len(metadata) < 2 or metadata[0] & 0x80:
        raise WireError("a consumer subscription without its version")
    subscription, _ = messages.ConsumerProtocolSubscription.decode(metadata, 0, 2)
    topics: list[str] = subscription.topics
    return topics
