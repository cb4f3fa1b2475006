"""The records of `__consumer_offsets`, as Kafka 4.3.0 writes them and as any Kafka since 0.9 may have written them.

A key is an int16 type and then the key's message in its version 0; a value is an int16 version and the message; a
tombstone has no value. Written here: offset commits (key 1, value 4 with the topic's id, or value 1 when the client
asked for its own retention) and classic groups (key 2, value 3, "the highest non-flexible"). Key 0 is the offset
commit of Kafka 0.8, read only. Keys of KIP-848 are told apart here and read in `consumer_group_records`. Every other
key belongs to a share or streams group (KIP-932, KIP-1071); all of those begin with the group's id, which is all that
is read of them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from kcli.group.offsets import Offset
from kcli.wire import messages, records_codec, uuid
from kcli.wire.errors import WireError

LEGACY_OFFSET_COMMIT = 0
OFFSET_COMMIT = 1
GROUP_METADATA = 2
_KEY_MESSAGE_VERSION = 0
_GROUP_METADATA_VALUE_VERSION = 3
_OFFSET_VALUE_VERSION_WITH_EXPIRY = 1

CONSUMER_GROUP_KEYS = frozenset((3, 4, 5, 6, 7, 8, 16))

# Types of groups that other protocols keep in the same topic, by the types of their keys.
FOREIGN_TYPES: dict[int, str] = {
    **dict.fromkeys((9, 10, 11, 12, 13, 14, 15), "share"),
    **dict.fromkeys((17, 18, 19, 20, 21, 22, 23), "streams"),
}
Record = tuple[bytes, "bytes | None"]


@dataclass(frozen=True)
class OffsetKey:
    group: str
    topic: str
    partition: int


@dataclass(frozen=True)
class GroupKey:
    group: str


@dataclass(frozen=True)
class ConsumerGroupKey:
    """Any key of a group of KIP-848; `kind` is the key's type number."""

    group: str
    kind: int


@dataclass(frozen=True)
class ForeignKey:
    """The key of a share or streams group; `kind` is the key's type number."""

    group: str
    kind: int


def parse_key(key: bytes) -> OffsetKey | GroupKey | ConsumerGroupKey | ForeignKey | None:
    """What a record is about; None for key types that no Kafka up to 4.3 writes. Raises WireError."""
    if len(key) < 2:
        raise WireError("a key of __consumer_offsets without its type")
    (kind,) = struct.unpack_from(">h", key)
    if kind in (LEGACY_OFFSET_COMMIT, OFFSET_COMMIT):
        message, _ = messages.OffsetCommitKey.decode(key, _KEY_MESSAGE_VERSION, 2)
        return OffsetKey(message.group, message.topic, message.partition)
    if kind in CONSUMER_GROUP_KEYS:
        return ConsumerGroupKey(messages.GroupMetadataKey.decode(key, _KEY_MESSAGE_VERSION, 2)[0].group, kind)
    if kind in FOREIGN_TYPES:
        return ForeignKey(messages.GroupMetadataKey.decode(key, _KEY_MESSAGE_VERSION, 2)[0].group, kind)
    if kind == GROUP_METADATA:
        return GroupKey(messages.GroupMetadataKey.decode(key, _KEY_MESSAGE_VERSION, 2)[0].group)
    return None


def _key(message: Any) -> bytes:
    return struct.pack(">h", message.API_KEY) + message.encode_bytes(_KEY_MESSAGE_VERSION)


def offset_key(group: str, topic: str, partition: int) -> bytes:
    return _key(messages.OffsetCommitKey(group=group, topic=topic, partition=partition))


def offset_commit(group: str, topic: str, partition: int, offset: Offset, version: int) -> Record:
    """A committed offset; `version` is that of the value unless the offset has a retention of its own."""
    value = messages.OffsetCommitValue(
        offset=offset.offset,
        leader_epoch=offset.leader_epoch,
        metadata=offset.metadata,
        commit_timestamp=offset.commit_timestamp,
        expire_timestamp=-1 if offset.expire_timestamp is None else offset.expire_timestamp,
        topic_id=offset.topic_id,
    )
    if offset.expire_timestamp is not None:
        version = _OFFSET_VALUE_VERSION_WITH_EXPIRY
    return offset_key(group, topic, partition), records_codec.encode_versioned(value, version)


def offset_tombstone(group: str, topic: str, partition: int) -> Record:
    return offset_key(group, topic, partition), None


def parse_offset(value: bytes, record_offset: int) -> Offset:
    message, _ = records_codec.decode_versioned(messages.OffsetCommitValue, value)
    return Offset(
        offset=message.offset,
        leader_epoch=message.leader_epoch,
        metadata=message.metadata,
        commit_timestamp=message.commit_timestamp,
        expire_timestamp=None if message.expire_timestamp == -1 else message.expire_timestamp,
        topic_id=message.topic_id or uuid.ZERO,
        position=record_offset,
    )


def group_metadata(group: str, value: Any) -> Record:
    """A classic group's state; `value` is a messages.GroupMetadataValue."""
    key = _key(messages.GroupMetadataKey(group=group))
    return key, records_codec.encode_versioned(value, _GROUP_METADATA_VALUE_VERSION)


def group_tombstone(group: str) -> Record:
    return _key(messages.GroupMetadataKey(group=group)), None


def parse_group(value: bytes) -> Any:
    """A messages.GroupMetadataValue of any version."""
    return records_codec.decode_versioned(messages.GroupMetadataValue, value)[0]
