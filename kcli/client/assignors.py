"""Who gets which partitions: the assignors of Kafka's clients, run by the member that the coordinator made leader.

Each is a pure function from members and partition counts to partitions. `sticky` and `cooperative-sticky` share one
balancing core; the cooperative one hands out a partition only once its former owner has given it up (KIP-429).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

TopicPartition = tuple[str, int]
Assignment = dict[str, list[TopicPartition]]


class Member(NamedTuple):
    """What a member told the group: the topics it wants, the partitions it still holds, and since which generation."""

    member_id: str
    topics: frozenset[str]
    instance_id: str | None = None
    owned: tuple[TopicPartition, ...] = ()
    generation: int = -1

    @property
    def order(self) -> tuple[bool, str]:
        """Static members come first, so that their share does not depend on member ids made up at each start."""
        return (self.instance_id is None, self.instance_id or self.member_id)


class Assignor(NamedTuple):
    """An assignor as JoinGroup names it."""

    name: str
    java_class: str
    assign: Callable[[Iterable[Member], Mapping[str, int]], Assignment]
    cooperative: bool = False
    encode_user_data: Callable[[Iterable[TopicPartition], int], bytes | None] = lambda owned, generation: None


def assign_range(members: Iterable[Member], partitions: Mapping[str, int]) -> Assignment:
    """Each topic by itself: consecutive ranges, the first members one longer where it does not come out even."""
    ordered = sorted(members, key=lambda member: member.order)
    assignment: Assignment = {member.member_id: [] for member in ordered}
    for topic in sorted(partitions):
        subscribers = [member.member_id for member in ordered if topic in member.topics]
        if not subscribers:
            continue
        share, longer = divmod(partitions[topic], len(subscribers))
        start = 0
        for index, member_id in enumerate(subscribers):
            end = start + share + (index < longer)
            assignment[member_id] += [(topic, number) for number in range(start, end)]
            start = end
    return assignment


def assign_round_robin(members: Iterable[Member], partitions: Mapping[str, int]) -> Assignment:
    """All partitions dealt like cards, passing over members that did not subscribe to the topic."""
    ordered = sorted(members, key=lambda member: member.order)
    assignment: Assignment = {member.member_id: [] for member in ordered}
    wanted = frozenset[str]().union(*(member.topics for member in ordered))
    turn = 0
    for topic in sorted(wanted & partitions.keys()):
        for number in range(partitions[topic]):
            while topic not in ordered[turn % len(ordered)].topics:
                turn += 1
            assignment[ordered[turn % len(ordered)].member_id].append((topic, number))
            turn += 1
    return assignment


def assign_sticky(members: Iterable[Member], partitions: Mapping[str, int]) -> Assignment:
    """As balanced as the subscriptions allow, and within that as little moved as possible."""
    ordered = sorted(members, key=lambda member: member.order)
    assignment = _still_owned(ordered, partitions)
    subscribers = {topic: [m.member_id for m in ordered if topic in m.topics] for topic in partitions}
    taken = {partition for owned in assignment.values() for partition in owned}
    free = [(topic, number) for topic in partitions for number in range(partitions[topic]) if subscribers[topic]]
    for partition in sorted(set(free) - taken, key=lambda each: (len(subscribers[each[0]]), each)):
        assignment[_least_loaded(subscribers[partition[0]], assignment)].append(partition)
    while _move_one_each(assignment, subscribers):
        pass
    return {member_id: sorted(owned) for member_id, owned in assignment.items()}


def assign_cooperative_sticky(members: Iterable[Member], partitions: Mapping[str, int]) -> Assignment:
    """As sticky, but what another member still holds waits for the rebalance that follows its revocation."""
    members = list(members)
    target = assign_sticky(members, partitions)
    before = _still_owned(sorted(members, key=lambda member: member.order), partitions)
    owner = {partition: member_id for member_id, owned in before.items() for partition in owned}
    return {
        member_id: [partition for partition in wanted if owner.get(partition, member_id) == member_id]
        for member_id, wanted in target.items()
    }


def _still_owned(ordered: list[Member], partitions: Mapping[str, int]) -> Assignment:
    """What members rightly claim: it exists, is wanted, and nobody claims it from the same or a later generation."""
    claims: dict[TopicPartition, list[Member]] = {}
    for member in ordered:
        for topic, number in member.owned:
            if topic in member.topics and number < partitions.get(topic, 0):
                claims.setdefault((topic, number), []).append(member)
    assignment: Assignment = {member.member_id: [] for member in ordered}
    for partition, claimants in claims.items():
        latest = max(member.generation for member in claimants)
        rightful = [member for member in claimants if member.generation == latest]
        if len(rightful) == 1:
            assignment[rightful[0].member_id].append(partition)
    return assignment


def _least_loaded(member_ids: list[str], assignment: Assignment) -> str:
    return min(member_ids, key=lambda member_id: len(assignment[member_id]))


def _move_one_each(assignment: Assignment, subscribers: Mapping[str, list[str]]) -> bool:
    """Let every member that holds two more than another possible owner give one away; whether any did."""
    moved = False
    for owned in sorted(assignment.values(), key=len, reverse=True):
        for partition in reversed(owned):
            receiver = _least_loaded(subscribers[partition[0]], assignment)
            if len(assignment[receiver]) + 1 < len(owned):
                owned.remove(partition)
                assignment[receiver].append(partition)
                moved = True
                break
    return moved


def _encode_sticky(owned: Iterable[TopicPartition], generation: int) -> bytes:
    """StickyAssignor's own user data: the partitions by topic, and the generation they are from."""
    by_topic: dict[str, list[int]] = {}
    for topic, number in owned:
        by_topic.setdefault(topic, []).append(number)
    parts = [struct.pack(">i", len(by_topic))]
    for topic, numbers in by_topic.items():
        name = topic.encode()
        parts.append(struct.pack(f">h{len(name)}si{len(numbers)}i", len(name), name, len(numbers), *numbers))
    return b"".join([*parts, struct.pack(">i", generation)])


def decode_sticky(data: bytes) -> tuple[tuple[TopicPartition, ...], int]:
    """(owned partitions, generation) of StickyAssignor's user data; nothing where it does not fit."""
    try:
        (topics,), position, owned = struct.unpack_from(">i", data), 4, []
        for _ in range(topics):
            (length,) = struct.unpack_from(">h", data, position)
            topic = data[position + 2 : position + 2 + length].decode()
            position += 2 + length
            (count,) = struct.unpack_from(">i", data, position)
            owned += [(topic, number) for number in struct.unpack_from(f">{count}i", data, position + 4)]
            position += 4 + 4 * count
        generation = struct.unpack_from(">i", data, position)[0] if position < len(data) else -1
    except (struct.error, UnicodeDecodeError):
        return (), -1
    return tuple(owned), generation


_JAVA = "org.apache.kafka.clients.consumer."
ASSIGNORS = {
    assignor.java_class: assignor
    for assignor in (
        Assignor("range", _JAVA + "RangeAssignor", assign_range),
        Assignor("roundrobin", _JAVA + "RoundRobinAssignor", assign_round_robin),
        Assignor("sticky", _JAVA + "StickyAssignor", assign_sticky, encode_user_data=_encode_sticky),
        Assignor(
            "cooperative-sticky",
            _JAVA + "CooperativeStickyAssignor",
            assign_cooperative_sticky,
            cooperative=True,
            encode_user_data=lambda owned, generation: struct.pack(">i", generation),
        ),
    )
}
