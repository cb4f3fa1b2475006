"""Frames of records that are kept in logs: the metadata log's, and the coordinators' version-prefixed keys and values.

A metadata record is: uvarint frame version (1), uvarint record type, uvarint version, the message
(AbstractApiMessageSerde). Keys and values in __consumer_offsets and __transaction_state: int16 version, the message.
"""

from __future__ import annotations

import struct
from typing import Any

from kcli.wire import messages
from kcli.wire.codec import read_uvarint, write_uvarint
from kcli.wire.errors import WireError

FRAME_VERSION = 1

# Record types of the metadata log by number; 6, 13, 16 were never used.
METADATA_RECORDS: dict[int, str] = {
    0: "RegisterBrokerRecord",
    1: "UnregisterBrokerRecord",
    2: "TopicRecord",
    3: "PartitionRecord",
    4: "ConfigRecord",
    5: "PartitionChangeRecord",
    7: "FenceBrokerRecord",
    8: "UnfenceBrokerRecord",
    9: "RemoveTopicRecord",
    10: "DelegationTokenRecord",
    11: "UserScramCredentialRecord",
    12: "FeatureLevelRecord",
    14: "ClientQuotaRecord",
    15: "ProducerIdsRecord",
    17: "BrokerRegistrationChangeRecord",
    18: "AccessControlEntryRecord",
    19: "RemoveAccessControlEntryRecord",
    20: "NoOpRecord",
    21: "ZkMigrationStateRecord",
    22: "RemoveUserScramCredentialRecord",
    23: "BeginTransactionRecord",
    24: "EndTransactionRecord",
    25: "AbortTransactionRecord",
    26: "RemoveDelegationTokenRecord",
    27: "RegisterControllerRecord",
    28: "ClearElrRecord",
}


def encode_record(message: Any, version: int) -> bytes:
    """A metadata record in its frame."""
    head = write_uvarint(FRAME_VERSION) + write_uvarint(message.API_KEY) + write_uvarint(version)
    return head + message.encode_bytes(version)


def decode_record(data: bytes | memoryview) -> tuple[Any, int]:
    """(message, its version). Raises WireError, also for bytes behind the message and for types Kafka does not have."""
    try:
        frame_version, position = read_uvarint(data, 0)
        kind, position = read_uvarint(data, position)
        version, position = read_uvarint(data, position)
    except IndexError:
        raise WireError("a metadata record ends in its frame") from None
    if frame_version != FRAME_VERSION or kind not in METADATA_RECORDS:
        raise WireError(f"a metadata record of frame version {frame_version} and type {kind}")
    message, position = getattr(messages, METADATA_RECORDS[kind]).decode(data, version, position)
    if position != len(data):
        raise WireError(f"{len(data) - position} bytes behind a {METADATA_RECORDS[kind]}")
    return message, version


_VERSION = struct.Struct(">h")


def encode_versioned(message: Any, version: int) -> bytes:
    """A coordinator's key or value: int16 version, message."""
    return _VERSION.pack(version) + bytes(message.encode_bytes(version))


def decode_versioned(cls: Any, data: bytes | memoryview) -> tuple[Any, int]:
    """(message, its version) of a coordinator's key or value. Raises WireError."""
    if len(data) < 2:
        raise WireError(f"a {cls.NAME} without its version")
    (version,) = _VERSION.unpack_from(data)
    message, _ = cls.decode(data, version, 2)
    return message, version
