"""Committed offsets of one `__consumer_offsets` partition, and the rules for when they expire (KIP-211).

Offsets that a transaction committed wait by producer id until its marker decides about them. `position` orders
commits as the log does: of a plain and a transactional commit for one partition the later one in the log stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kcli.wire import uuid

NO_OFFSET = -1
NO_EPOCH = -1

TopicPartition = tuple[str, int]


@dataclass(frozen=True)
class Offset:
    """What a group has committed for one partition."""

    offset: int
    leader_epoch: int = NO_EPOCH
    metadata: str = ""
    commit_timestamp: int = -1
    expire_timestamp: int | None = None  # only clients of OffsetCommit v2-v4 ask for their own retention
    topic_id: bytes = uuid.ZERO
    position: int = -1

    def belongs_to(self, topic_id: bytes) -> bool:
        """Whether it was committed for this incarnation of the topic; an id of zeros on either side says nothing."""
        return uuid.ZERO in (self.topic_id, topic_id) or self.topic_id == topic_id

    def expired(self, since: int, now: int, retention_ms: int) -> bool:
        if self.expire_timestamp is not None:
            return now >= self.expire_timestamp
        return now - since >= retention_ms


class Offsets:
    """Offsets by group, and those of open transactions by producer id."""

    def __init__(self) -> None:
        self._committed: dict[str, dict[TopicPartition, Offset]] = {}
        self._pending: dict[int, dict[str, dict[TopicPartition, Offset]]] = {}

    def get(self, group: str, topic: str, partition: int) -> Offset | None:
        return self._committed.get(group, {}).get((topic, partition))

    def of_group(self, group: str) -> dict[TopicPartition, Offset]:
        return self._committed.get(group, {})

    def groups(self) -> set[str]:
        """Groups that have offsets, committed or pending."""
        return self._committed.keys() | {group for groups in self._pending.values() for group in groups}

    def put(self, group: str, topic: str, partition: int, offset: Offset) -> None:
        self._committed.setdefault(group, {})[topic, partition] = offset

    def remove(self, group: str, topic: str, partition: int) -> None:
        """A tombstone: it takes pending commits with it."""
        for table in (self._committed, *self._pending.values()):
            offsets = table.get(group)
            if offsets is not None and offsets.pop((topic, partition), None) is not None and not offsets:
                del table[group]

    # Transactions

    def put_pending(self, producer_id: int, group: str, topic: str, partition: int, offset: Offset) -> None:
        self._pending.setdefault(producer_id, {}).setdefault(group, {})[topic, partition] = offset

    def end_transaction(self, producer_id: int, committed: bool) -> None:
        for group, offsets in self._pending.pop(producer_id, {}).items():
            if not committed:
                continue
            for (topic, partition), offset in offsets.items():
                present = self.get(group, topic, partition)
                if present is None or offset.position > present.position:
                    self.put(group, topic, partition, offset)

    def is_pending(self, group: str, topic: str, partition: int) -> bool:
        return any((topic, partition) in groups.get(group, ()) for groups in self._pending.values())

    def has_pending(self, group: str) -> bool:
        return any(group in groups for groups in self._pending.values())

    # What is to be tombstoned

    def all_keys(self, group: str) -> list[TopicPartition]:
        """Every partition the group has an offset for, pending ones included."""
        keys = dict.fromkeys(self._committed.get(group, ()))
        for groups in self._pending.values():
            keys.update(dict.fromkeys(groups.get(group, ())))
        return list(keys)

    def expired(
        self, group: str, base: Callable[[Offset], int], subscribed: Callable[[str], bool], now: int, retention_ms: int
    ) -> list[TopicPartition]:
        """Partitions whose offsets are past their retention, counted from `base`; never those still subscribed to."""
        return [
            (topic, partition)
            for (topic, partition), offset in self.of_group(group).items()
            if not subscribed(topic)
            and offset.expired(base(offset), now, retention_ms)
            and not self.is_pending(group, topic, partition)
        ]

    def of_deleted_topics(self, gone: Callable[[str, Offset], bool]) -> Iterator[tuple[str, str, int]]:
        """(group, topic, partition) of every offset, committed or pending, whose topic is gone."""
        seen = {
            (group, topic, partition)
            for table in (self._committed, *self._pending.values())
            for group, offsets in table.items()
            for (topic, partition), offset in offsets.items()
            if gone(topic, offset)
        }
        return iter(sorted(seen))
