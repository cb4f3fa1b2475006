"""All groups and offsets of one `__consumer_offsets` partition, as its log says.

Pure: records go in by `replay`, tombstones that should be written come out. The same `replay` serves loading and the
records that this broker writes, so that memory cannot differ from what a restart would find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kcli.group import consumer_group_records, log_records
from kcli.group.classic_group import ClassicGroup
from kcli.group.consumer_group_metadata import GroupMetadata
from kcli.group.log_records import ConsumerGroupKey, ForeignKey, GroupKey, OffsetKey, Record
from kcli.group.membership import State
from kcli.group.mixed_group import MixedGroup
from kcli.group.offsets import Offset, Offsets
from kcli.group.settings import GroupSettings
from kcli.group.store import NO_PRODUCER_ID, StoredRecord
from kcli.wire import errors
from kcli.wire.errors import KafkaError


@dataclass
class ForeignGroup:
    """A group of a protocol that is not spoken here. Its records are kept as they are; whoever were its members cannot
    be any more, so that it counts as empty: it can be listed and deleted, and a classic group can take it over."""

    group_id: str
    kind: str
    keys: set[bytes] = field(default_factory=set)  # those that have a value

    def tombstones(self) -> list[Record]:
        return [(key, None) for key in self.keys]


class Shard:
    """One partition's groups by id, and their offsets."""

    def __init__(self, settings: GroupSettings, metadata: GroupMetadata) -> None:
        self._settings = settings
        self._metadata = metadata
        self.groups: dict[str, ClassicGroup] = {}
        self.consumers: dict[str, MixedGroup] = {}
        self.foreign: dict[str, ForeignGroup] = {}
        self.offsets = Offsets()
        self.next_position = 0

    # Groups

    def group(self, group_id: str) -> ClassicGroup:
        """The classic group of this id; GROUP_ID_NOT_FOUND otherwise, in Kafka's words."""
        group = self.groups.get(group_id)
        if group is not None:
            return group
        if group_id in self.foreign or group_id in self.consumers:
            raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Group {group_id} is not a classic group.")
        raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Group {group_id} not found.")

    def create(self, group_id: str, now_ms: int) -> ClassicGroup:
        group = self.groups[group_id] = ClassicGroup(group_id, self._settings, now_ms)
        return group

    def live_group(self, group_id: str) -> ClassicGroup | MixedGroup | None:
        """The group of either protocol, as far as they are alike."""
        return self.groups.get(group_id) or self.consumers.get(group_id)

    def live_groups(self) -> list[ClassicGroup | MixedGroup]:
        return [*self.groups.values(), *self.consumers.values()]

    def new_consumer_group(self, group_id: str) -> MixedGroup:
        """Not one of the shard's yet."""
        return MixedGroup(group_id, self._metadata, self._settings)

    def delete_group(self, group_id: str) -> list[Record]:
        """The tombstones that delete a group with everything it has; raises where it may not be deleted."""
        foreign, consumers = self.foreign.get(group_id), self.consumers.get(group_id)
        if consumers is not None:
            consumers.check_delete()
            tombstones = consumers.tombstones()
        elif foreign is None:
            self.group(group_id).check_delete()
            tombstones = [log_records.group_tombstone(group_id)]
        else:
            tombstones = foreign.tombstones()
        return [log_records.offset_tombstone(group_id, *key) for key in self.offsets.all_keys(group_id)] + tombstones

    # The log

    def replay(self, record: StoredRecord, now_ms: int) -> None:
        self.next_position = record.offset + 1
        if record.committed is not None:
            self.offsets.end_transaction(record.producer_id, record.committed)
            return
        key = None if record.key is None else log_records.parse_key(record.key)
        if isinstance(key, OffsetKey):
            self._replay_offset(key, record, now_ms)
        elif isinstance(key, GroupKey):
            self._replay_group(key.group, record.value, now_ms)
        elif isinstance(key, ConsumerGroupKey):
            self._replay_consumer_group(key, record)
        elif isinstance(key, ForeignKey):
            self._replay_foreign(key, record)

    def _replay_offset(self, key: OffsetKey, record: StoredRecord, now_ms: int) -> None:
        if record.value is None:
            self.offsets.remove(key.group, key.topic, key.partition)
            return
        offset = log_records.parse_offset(record.value, record.offset)
        if not any(key.group in groups for groups in (self.groups, self.consumers, self.foreign)):
            self.create(key.group, now_ms)  # a "simple" group: nothing but offsets, and no record of its own
        if record.producer_id == NO_PRODUCER_ID:
            self.offsets.put(key.group, key.topic, key.partition, offset)
        else:
            self.offsets.put_pending(record.producer_id, key.group, key.topic, key.partition, offset)

    def _replay_group(self, group_id: str, value: bytes | None, now_ms: int) -> None:
        self.groups.pop(group_id, None)
        if value is not None:
            self.create(group_id, now_ms).restore(log_records.parse_group(value))

    def _replay_consumer_group(self, key: ConsumerGroupKey, record: StoredRecord) -> None:
        assert record.key is not None
        group = self.consumers.get(key.group)
        if record.value is None and key.kind == consumer_group_records.GROUP:
            self.consumers.pop(key.group, None)
        elif group is not None or record.value is not None:
            parsed = consumer_group_records.parse(key.kind, record.key, record.value)
            if group is None:
                group = self.consumers[key.group] = self.new_consumer_group(key.group)
                self.groups.pop(key.group, None)  # the simple group that its offsets made, or an upgraded one
            group.replay(key.kind, *parsed)

    def _replay_foreign(self, key: ForeignKey, record: StoredRecord) -> None:
        assert record.key is not None
        group = self.foreign.get(key.group)
        if record.value is not None:
            if group is None:
                group = self.foreign[key.group] = ForeignGroup(key.group, log_records.FOREIGN_TYPES[key.kind])
                self.groups.pop(key.group, None)  # the simple group that its offsets made, or an upgraded one
            group.keys.add(record.key)
        elif group is not None:
            group.keys.discard(record.key)
            if not group.keys:
                del self.foreign[key.group]

    # What time and the metadata take away

    def expired(self, now_ms: int) -> list[Record]:
        """Tombstones for offsets past their retention, and for empty groups that have none left (KIP-211)."""
        tombstones: list[Record] = []
        for group_id, group in self.groups.items():
            known = len(self.offsets.of_group(group_id))
            gone = self._expired_offsets(group, now_ms) if known else []
            tombstones += (log_records.offset_tombstone(group_id, *key) for key in gone)
            if len(gone) == known and group.state is State.EMPTY and not self.offsets.has_pending(group_id):
                tombstones.append(log_records.group_tombstone(group_id))
        for group_id, consumers in self.consumers.items():
            known = len(self.offsets.of_group(group_id))
            retention, subscribed = self._settings.offsets_retention_ms, consumers.subscribed_topics().__contains__
            gone = self.offsets.expired(group_id, _since_commit, subscribed, now_ms, retention)
            tombstones += (log_records.offset_tombstone(group_id, *key) for key in gone)
            if len(gone) == known and not consumers.members and not self.offsets.has_pending(group_id):
                tombstones += consumers.tombstones()
        return tombstones

    def _expired_offsets(self, group: ClassicGroup, now_ms: int) -> list[tuple[str, int]]:
        base: Callable[[Offset], int] | None = None
        if group.protocol_type is None:
            base = _since_commit
        elif group.state is State.EMPTY:
            emptied = group.state_timestamp
            base = _since_commit if emptied is None else lambda _: emptied
        elif group.uses_consumer_protocol and group.subscribed_topics is not None and group.state is State.STABLE:
            base = _since_commit
        if base is None:
            return []
        retention = self._settings.offsets_retention_ms
        return self.offsets.expired(group.group_id, base, group.is_subscribed_to, now_ms, retention)

    def of_deleted_topics(self, gone: Callable[[str, Offset], bool]) -> list[Record]:
        return [log_records.offset_tombstone(*key) for key in self.offsets.of_deleted_topics(gone)]


def _since_commit(offset: Offset) -> int:
    return offset.commit_timestamp
