"""What keys and values in a log mean: text and numbers, or the records of Kafka's own topics as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.records.reader import Record
from kcli.tools.formatters_coordinator import to_json
from kcli.wire import messages
from kcli.wire.errors import WireError
from kcli.wire.records_codec import decode_record, decode_versioned

_DELETED = "<DELETE>"
_GROUP_RECORDS = {
    0: "LegacyOffsetCommit",
    1: "OffsetCommit",
    2: "GroupMetadata",
    3: "ConsumerGroupMetadata",
    4: "ConsumerGroupPartitionMetadata",
    5: "ConsumerGroupMemberMetadata",
    6: "ConsumerGroupTargetAssignmentMetadata",
    7: "ConsumerGroupTargetAssignmentMember",
    8: "ConsumerGroupCurrentMemberAssignment",
    10: "ShareGroupMemberMetadata",
    11: "ShareGroupMetadata",
    12: "ShareGroupTargetAssignmentMetadata",
    13: "ShareGroupTargetAssignmentMember",
    14: "ShareGroupCurrentMemberAssignment",
    15: "ShareGroupStatePartitionMetadata",
    16: "ConsumerGroupRegularExpression",
    17: "StreamsGroupMetadata",
    19: "StreamsGroupMemberMetadata",
    20: "StreamsGroupTargetAssignmentMetadata",
    21: "StreamsGroupTargetAssignmentMember",
    22: "StreamsGroupCurrentMemberAssignment",
    23: "StreamsGroupTopology",
}


class Shown(NamedTuple):
    """A record's key and value as they are printed; None: not at all."""

    key: str | None
    value: str | None


Decoder = Callable[[Record], Shown]


def choose_decoder(options: Parsed) -> Decoder:
    """The decoder that the options ask for; the first one counts, as in Kafka's tool."""
    for name, decoder in _TOPIC_DECODERS.items():
        if options.has(name):
            return decoder
    key = _field_decoder(options.value("key-decoder-class"))
    value = _field_decoder(options.value("value-decoder-class"))
    return lambda record: Shown(
        None if record.key is None else key(record.key), None if record.value is None else value(record.value)
    )


# Plain topics


def _field_decoder(name: str) -> Callable[[bytes], str]:
    package, _, short = name.rpartition(".")
    if package not in ("org.apache.kafka.tools.api", "kafka.serializer") or short not in _FIELD_DECODERS:
        raise CommandError(f"java.lang.ClassNotFoundException: {name}")
    return _FIELD_DECODERS[short]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _number(size: int) -> Callable[[bytes], str]:
    def decode(data: bytes) -> str:
        if len(data) < size:
            raise CommandError(f"java.nio.BufferUnderflowException: {len(data)} bytes where a number has {size}")
        return str(int.from_bytes(data[:size], "big", signed=True))

    return decode


_FIELD_DECODERS: dict[str, Callable[[bytes], str]] = {
    "StringDecoder": _text,
    "LongDecoder": _number(8),
    "IntegerDecoder": _number(4),
    "DefaultDecoder": lambda data: data.hex(),  # Kafka's prints the name of a Java object
}


# Coordinators' topics


def _coordinator_decoder(names: dict[int, str]) -> Decoder:
    def decode(record: Record) -> Shown:
        if record.key is None:
            raise CommandError(
                f"java.lang.RuntimeException: Failed to decode message at offset {record.offset} using the specified"
                " decoder (message had a missing key)"
            )
        kind = int.from_bytes(record.key[:2], "big", signed=True)
        name = names.get(kind)
        if name is None:
            return Shown(f"Unknown record type {kind} at offset {record.offset}, skipping.", None)
        try:
            key, _ = getattr(messages, f"{name}Key").decode(record.key, 0, 2)
            shown_key = _dump({"type": str(kind), "data": to_json(key, key.SCHEMA.root, 0)})
            if record.value is None:
                return Shown(shown_key, _DELETED)
            value, version = decode_versioned(getattr(messages, f"{name}Value"), record.value)
            data = to_json(value, value.SCHEMA.root, version)
            if name == "GroupMetadata" and value.protocol_type == "consumer":
                _unfold_members(value, data)
            return Shown(shown_key, _dump({"version": str(version), "data": data}))
        except WireError as error:
            return Shown(f"Error at offset {record.offset}, skipping. {error}", None)

    return decode


def _unfold_members(value: Any, data: dict[str, Any]) -> None:
    """Show what consumers subscribed to and were assigned, where that can be read, instead of its bytes."""
    for member, shown in zip(value.members, data["members"], strict=True):
        for field, kind in (
            ("subscription", messages.ConsumerProtocolSubscription),
            ("assignment", messages.ConsumerProtocolAssignment),
        ):
            try:
                content, version = decode_versioned(kind, getattr(member, field))
            except WireError:
                continue
            shown[field] = to_json(content, content.SCHEMA.root, version)


# The metadata log


def _metadata(record: Record) -> Shown:
    try:
        message, version = decode_record(record.value or b"")
    except WireError as error:
        return Shown(None, f"Error at {record.offset}, skipping. {error}")
    data = to_json(message, message.SCHEMA.root, version)
    return Shown(None, _dump({"type": _constant_case(message.NAME), "version": version, "data": data}))


def _constant_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _remote(record: Record) -> Shown:
    """Only what is no such record is told from it: its contents are not decoded yet."""
    frame = (record.value or b"")[:1]
    reason = "Remote log metadata is not understood."
    if frame and frame[0] != 1 and frame[0] < 0x80:
        reason = (
            f"Could not deserialize metadata record due to unknown frame version {frame[0]}(only frame version 1 is"
            " supported)"
        )
    return Shown(None, f"Error at offset {record.offset}, skipping. {reason}")


def _dump(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


_TOPIC_DECODERS: dict[str, Decoder] = {
    "offsets-decoder": _coordinator_decoder(_GROUP_RECORDS),
    "transaction-log-decoder": _coordinator_decoder({0: "TransactionLog"}),
    "cluster-metadata-decoder": _metadata,
    "remote-log-metadata-decoder": _remote,
    "share-group-state-decoder": _coordinator_decoder({0: "ShareSnapshot", 1: "ShareUpdate"}),
}
DECODER_OPTIONS = (*_TOPIC_DECODERS, "key-decoder-class", "value-decoder-class")
