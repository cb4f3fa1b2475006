"""The server's assignors of KIP-848: who is to have what. Pure functions of subscriptions and targets.

`uniform` balances first and then moves as little as possible; `range` gives each member the same range of every topic,
so that topics with as many partitions are aligned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kcli.group.consumer_group_member import Assignment, TopicPartition

MAX_BALANCING_ROUNDS = 16


@dataclass(frozen=True)
class MemberSpec:
    """What an assignor knows of a member: the ids of its topics and what it is to have up to now."""

    topics: tuple[bytes, ...]
    target: Assignment = field(default_factory=dict)
    instance_id: str | None = None


Members = Mapping[str, MemberSpec]
Counts = Mapping[bytes, int]
"""how many partitions each topic has"""
Assignor = Callable[[Members, Counts], dict[str, Assignment]]


def assign_range(members: Members, counts: Counts) -> dict[str, Assignment]:
    """Static members come first, in the order of their instance ids, so that they keep their ranges."""
    order = sorted(members, key=lambda m: (members[m].instance_id is None, members[m].instance_id or m))
    subscribers: dict[bytes, int] = {}
    for member in order:
        for topic in members[member].topics:
            subscribers[topic] = subscribers.get(topic, 0) + 1
    given = dict.fromkeys(subscribers, (0, 0))  # members served and partitions given, by topic
    result: dict[str, Assignment] = {}
    for member in order:
        ranges = {}
        for topic in members[member].topics:
            served, start = given[topic]
            each, extra = divmod(counts[topic], subscribers[topic])
            end = start + each + (served < extra)
            given[topic] = served + 1, end
            if start < end:
                ranges[topic] = frozenset(range(start, end))
        result[member] = ranges
    return result


def assign_uniform(members: Members, counts: Counts) -> dict[str, Assignment]:
    if not any(spec.topics for spec in members.values()):
        return {}
    if len({frozenset(spec.topics) for spec in members.values()}) == 1:
        return _assign_alike(members, counts)
    return _Balancer(members, counts).assign()


def _assign_alike(members: Members, counts: Counts) -> dict[str, Assignment]:
    """All are subscribed to the same topics: a quota for each, and what is above it moves to those below."""
    topics = next(iter(members.values())).topics
    each, extra = divmod(sum(counts[topic] for topic in topics), len(members))
    kept: dict[str, set[TopicPartition]] = {}
    room: dict[str, int] = {}
    taken: set[TopicPartition] = set()
    for number, (member, spec) in enumerate(members.items()):
        quota = each + (number < extra)
        present = [key for key in _partitions(spec.target) if _exists(key, topics, counts) and key not in taken]
        kept[member] = set(present[:quota])
        taken |= kept[member]
        room[member] = quota - len(kept[member])
    unassigned = (key for topic in topics for p in range(counts[topic]) if (key := (topic, p)) not in taken)
    for member, quota in room.items():
        for _ in range(quota):
            kept[member].add(next(unassigned))
    return {member: _by_topic(partitions) for member, partitions in kept.items()}


class _Balancer:
    """Members with different subscriptions: topics with few subscribers first, each partition to the least loaded."""

    def __init__(self, members: Members, counts: Counts) -> None:
        self._counts = counts
        self._subscribers: dict[bytes, list[str]] = {}
        for member, spec in members.items():
            for topic in spec.topics:
                self._subscribers.setdefault(topic, []).append(member)
        self._owned: dict[str, set[TopicPartition]] = {member: set() for member in members}
        self._owner: dict[TopicPartition, str] = {}
        for member, spec in members.items():
            for key in _partitions(spec.target):
                if _exists(key, spec.topics, counts) and key not in self._owner:
                    self._give(key, member)

    def assign(self) -> dict[str, Assignment]:
        topics = sorted(self._subscribers, key=self._rank)
        for topic in topics:
            for partition in range(self._counts[topic]):
                if (topic, partition) not in self._owner:
                    self._give((topic, partition), min(self._subscribers[topic], key=self._load))
        for _ in range(MAX_BALANCING_ROUNDS):
            if sum(self._balance(topic) for topic in topics) == 0:
                break
        return {member: _by_topic(partitions) for member, partitions in self._owned.items()}

    def _rank(self, topic: bytes) -> tuple[float, int, bytes]:
        subscribers = len(self._subscribers[topic])
        return -self._counts[topic] / subscribers, subscribers, topic

    def _load(self, member: str) -> int:
        return len(self._owned[member])

    def _give(self, key: TopicPartition, member: str) -> None:
        previous = self._owner.get(key)
        if previous is not None:
            self._owned[previous].remove(key)
        self._owner[key] = member
        self._owned[member].add(key)

    def _balance(self, topic: bytes) -> int:
        """Move the topic's partitions from members with many to members with few; how many were moved."""
        moved = 0
        for partition in range(self._counts[topic]):
            key = topic, partition
            least = min(self._subscribers[topic], key=self._load)
            if self._load(self._owner[key]) > self._load(least) + 1:
                self._give(key, least)
                moved += 1
        return moved


def _partitions(assignment: Assignment) -> list[TopicPartition]:
    return [(topic, partition) for topic, partitions in assignment.items() for partition in sorted(partitions)]


def _exists(key: TopicPartition, topics: tuple[bytes, ...], counts: Counts) -> bool:
    return key[0] in topics and key[1] < counts[key[0]]


def _by_topic(partitions: set[TopicPartition]) -> Assignment:
    topics: dict[bytes, set[int]] = {}
    for topic, partition in sorted(partitions):
        topics.setdefault(topic, set()).add(partition)
    return {topic: frozenset(owned) for topic, owned in topics.items()}


ASSIGNORS: dict[str, Assignor] = {"uniform": assign_uniform, "range": assign_range}
