"""A member of a consumer group of KIP-848, and how it is moved towards its target assignment.

A member owns the partitions it is assigned and, until it says that it has given them up, those it is to revoke. It may
be given a partition only while nobody owns that; so no two members ever own the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from kcli.wire import errors
from kcli.wire.errors import KafkaError

LEAVE_EPOCH = -1
STATIC_LEAVE_EPOCH = -2
"""a static member that will be back within its session"""

TopicPartition = tuple[bytes, int]
Assignment = Mapping[bytes, frozenset[int]]
"""partitions by topic id"""
Owned = Mapping[bytes, Mapping[int, int]]
"""by topic id and partition the epoch in which the member was given it"""


class MemberState(IntEnum):
    STABLE = 0
    UNREVOKED_PARTITIONS = 1
    UNRELEASED_PARTITIONS = 2
    UNKNOWN = 127
    """written by a Kafka of the future"""


@dataclass(frozen=True)
class ConsumerMember:
    """What the log says about one member. `topics` and `regex` are its subscription; '' is no expression."""

    member_id: str
    instance_id: str | None = None
    rack_id: str | None = None
    client_id: str = ""
    client_host: str = ""
    topics: frozenset[str] = frozenset()
    regex: str = ""
    rebalance_timeout_ms: int = -1
    assignor: str | None = None
    classic: Any = None
    """session timeout and protocols of a member that speaks the classic protocol"""
    epoch: int = 0
    previous_epoch: int = -1
    state: MemberState = MemberState.STABLE
    assigned: Owned = field(default_factory=dict)
    revoking: Owned = field(default_factory=dict)

    def is_reconciled_to(self, epoch: int) -> bool:
        return self.state is MemberState.STABLE and self.epoch == epoch

    def without_assignment(self) -> ConsumerMember:
        """As it was before it had any."""
        nothing: Owned = {}
        return replace(self, epoch=0, previous_epoch=-1, state=MemberState.STABLE, assigned=nothing, revoking=nothing)

    def gone_for_now(self) -> ConsumerMember:
        """A static member that has left and will be back, perhaps under another id, which may then commit for what
        this one has been given in whatever epoch."""
        assigned = {topic: dict.fromkeys(epochs, 0) for topic, epochs in self.assigned.items()}
        return replace(self, epoch=STATIC_LEAVE_EPOCH, assigned=assigned, revoking={})

    def owned(self) -> Iterable[tuple[TopicPartition, int]]:
        """Every partition that nobody else may have, with the epoch it was given in."""
        for partitions in (self.assigned, self.revoking):
            for topic_id, epochs in partitions.items():
                for partition, epoch in epochs.items():
                    yield (topic_id, partition), epoch

    def owned_epoch(self, topic_id: bytes, partition: int) -> int | None:
        for partitions in (self.assigned, self.revoking):
            epoch = partitions.get(topic_id, {}).get(partition)
            if epoch is not None:
                return epoch
        return None


@dataclass(frozen=True)
class Reconciliation:
    """What there is to know when a member is moved on."""

    target_epoch: int
    target: Assignment
    subscribed: frozenset[bytes]
    """ids of the topics that the member is subscribed to now"""
    reported: Assignment | None
    """what the member says it owns, None if it did not say"""
    is_owned: Callable[[TopicPartition], bool]
    """whether any member owns the partition"""
    subscription_changed: bool = False


def reconcile(member: ConsumerMember, to: Reconciliation) -> ConsumerMember:
    """The member's next state; the member itself while it cannot go on."""
    if member.state is MemberState.STABLE:
        if member.epoch != to.target_epoch:
            return _next_assignment(member, to)
        return _unsubscribe(member, to) if to.subscription_changed else member
    if member.state is MemberState.UNREVOKED_PARTITIONS and _still_owns(to.reported, member.revoking):
        return _unsubscribe(member, to) if to.subscription_changed else member
    if member.state is MemberState.UNKNOWN:
        if to.reported is None or any(to.reported.values()):
            raise KafkaError(
                errors.FENCED_MEMBER_EPOCH,
                "The consumer group member is in a unknown state. "
                "The member must abandon all its partitions and rejoin.",
            )
        member = replace(member, epoch=to.target_epoch)
    return _next_assignment(member, to)


def _still_owns(reported: Assignment | None, revoking: Owned) -> bool:
    """A member that says nothing has not revoked anything yet."""
    if reported is None:
        return True
    return any(not revoking.get(topic_id, {}).keys().isdisjoint(owned) for topic_id, owned in reported.items())


def _next_assignment(member: ConsumerMember, to: Reconciliation) -> ConsumerMember:
    """Towards the target: first give up what is not in it, then take what is free, then wait for the rest."""
    assigned: dict[bytes, dict[int, int]] = {}
    revoking: dict[bytes, dict[int, int]] = {}
    unreleased = False
    free: list[TopicPartition] = []
    for topic_id in dict.fromkeys((*to.target, *member.assigned)):
        target = to.target.get(topic_id, frozenset()) if topic_id in to.subscribed else frozenset()
        current = member.assigned.get(topic_id, {})
        for partition, epoch in current.items():
            (assigned if partition in target else revoking).setdefault(topic_id, {})[partition] = epoch
        for partition in sorted(target.difference(current)):
            its_own = partition in member.revoking.get(topic_id, {})
            if to.is_owned((topic_id, partition)) and not its_own:
                unreleased = True
            else:
                free.append((topic_id, partition))
    if revoking and _still_owns(to.reported, revoking):
        state = MemberState.UNREVOKED_PARTITIONS
        return _moved(member, member.epoch, state=state, assigned=assigned, revoking=revoking)
    for topic_id, partition in free:
        assigned.setdefault(topic_id, {})[partition] = to.target_epoch
    state = MemberState.UNRELEASED_PARTITIONS if unreleased else MemberState.STABLE
    return _moved(member, to.target_epoch, state=state, assigned=assigned, revoking={})


def _unsubscribe(member: ConsumerMember, to: Reconciliation) -> ConsumerMember:
    """Take topics away that the member has just unsubscribed from, without waiting for a new target."""
    gone = {topic_id: epochs for topic_id, epochs in member.assigned.items() if topic_id not in to.subscribed}
    if not gone:
        return member
    assigned = {topic_id: epochs for topic_id, epochs in member.assigned.items() if topic_id not in gone}
    revoking = dict(member.revoking)
    for topic_id, epochs in gone.items():
        revoking[topic_id] = {**revoking.get(topic_id, {}), **epochs}
    if _still_owns(to.reported, revoking):
        state = MemberState.UNREVOKED_PARTITIONS
        return _moved(member, member.epoch, state=state, assigned=assigned, revoking=revoking)
    return _moved(member, member.epoch, assigned=assigned)


def _moved(member: ConsumerMember, epoch: int, **changes: Any) -> ConsumerMember:
    return replace(member, epoch=epoch, previous_epoch=member.epoch, **changes)
