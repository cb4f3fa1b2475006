"""What kafka-dump-log finds in files, each as Kafka's line and as a row for `--output`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kcli.cli.errors import CommandError
from kcli.records.batch import SEQUENCE_MASK, BatchHeader
from kcli.records.compression import CODECS
from kcli.records.control import ControlType, control_type
from kcli.records.errors import CorruptRecord
from kcli.records.reader import Record
from kcli.storage.indexes import AbortedTransaction
from kcli.storage.producer_state import ProducerEntry
from kcli.tools.dump_log_decoders import Shown
from kcli.tools.formatters_coordinator import to_json
from kcli.wire import messages
from kcli.wire.errors import WireError

_CODEC_NAMES = {number: name for name, number in CODECS.items()}
_CONTROLS: dict[int, tuple[str, str]] = {
    ControlType.LEADER_CHANGE: ("LeaderChange: ", "LeaderChangeMessage"),
    ControlType.SNAPSHOT_HEADER: ("SnapshotHeader ", "SnapshotHeaderRecord"),
    ControlType.SNAPSHOT_FOOTER: ("SnapshotFooter ", "SnapshotFooterRecord"),
    ControlType.KRAFT_VERSION: ("KRaftVersion ", "KRaftVersionRecord"),
    ControlType.KRAFT_VOTERS: ("KRaftVoters ", "VotersRecord"),
}
_MARKERS = {ControlType.ABORT: "ABORT", ControlType.COMMIT: "COMMIT"}
Row = dict[str, Any]


class Entry(Protocol):
    """Something in a file."""

    def text(self) -> str:
        """Kafka's line."""

    def row(self) -> Row:
        """The same for programs."""


Found = str | Entry  # a remark, or an entry


class Batch(NamedTuple):
    """A batch of a log."""

    path: Path
    header: BatchHeader
    position: int
    intact: bool

    def text(self) -> str:
        header = self.header
        return (
            f"baseOffset: {header.base_offset} lastOffset: {header.last_offset} count: {header.count}"
            f" baseSequence: {header.base_sequence} lastSequence: {header.last_sequence}"
            f" producerId: {header.producer_id} producerEpoch: {header.producer_epoch}"
            f" partitionLeaderEpoch: {header.leader_epoch} isTransactional: {_bool(header.is_transactional)}"
            f" isControl: {_bool(header.is_control)} deleteHorizonMs: {_optional(header.delete_horizon_ms)}"
            f" position: {self.position} {_time_name(header)}: {header.max_timestamp} size: {header.size}"
            f" magic: {header.magic} compresscodec: {_codec(header)} crc: {header.crc} isvalid: {_bool(self.intact)}"
        )

    def row(self) -> Row:
        header = self.header
        return {
            "file": str(self.path),
            "position": self.position,
            "size": header.size,
            "baseOffset": header.base_offset,
            "lastOffset": header.last_offset,
            "count": header.count,
            "maxTimestamp": _known(header.max_timestamp),
            "timestampType": _time_name(header),
            "leaderEpoch": _known(header.leader_epoch),
            "producerId": _known(header.producer_id),
            "producerEpoch": _known(header.producer_epoch),
            "baseSequence": _known(header.base_sequence),
            "lastSequence": _known(header.last_sequence),
            "transactional": header.is_transactional,
            "control": header.is_control,
            "deleteHorizonMs": header.delete_horizon_ms,
            "compression": _codec(header),
            "magic": header.magic,
            "crc": header.crc,
            "valid": self.intact,
        }


class LogRecord(NamedTuple):
    """A record of a log; `shown` is what to show of its contents, and without `metadata` that is all."""

    path: Path
    header: BatchHeader
    record: Record
    shown: Shown | None
    metadata: bool

    def text(self) -> str:
        line, prefix = "", "| "
        if self.metadata:
            line, prefix = prefix + self._metadata(), " "
            if self.header.is_control:
                line += prefix + _control(self.record)
        if self.shown is not None:
            if self.shown.key is not None:
                line += f"{prefix}key: {self.shown.key}"
            if self.shown.value is not None:
                line += f" payload: {self.shown.value}"  # without the bar where it is all there is
        return line

    def _metadata(self) -> str:
        record = self.record
        return (
            f"offset: {record.offset} {_time_name(self.header)}: {record.timestamp} keySize: {_size(record.key)}"
            f" valueSize: {_size(record.value)} sequence: {self._sequence()} headerKeys: [{','.join(self._names())}]"
        )

    def row(self) -> Row:
        record = self.record
        return {
            "file": str(self.path),
            "baseOffset": self.header.base_offset,
            "offset": record.offset,
            "timestamp": _known(record.timestamp),
            "timestampType": _time_name(self.header),
            "keySize": None if record.key is None else len(record.key),
            "valueSize": None if record.value is None else len(record.value),
            "sequence": _known(self._sequence()),
            "headerKeys": self._names(),
            "control": _control(record) if self.header.is_control else None,
            "key": None if self.shown is None else self.shown.key,
            "value": None if self.shown is None else self.shown.value,
        }

    def _names(self) -> list[str]:
        return [name for name, _ in self.record.headers]

    def _sequence(self) -> int:
        first = self.header.base_sequence
        return first if first < 0 else (first + self.record.offset - self.header.base_offset) & SEQUENCE_MASK


class OffsetEntry(NamedTuple):
    """An entry of an offset index."""

    path: Path
    offset: int
    position: int

    def text(self) -> str:
        return f"offset: {self.offset} position: {self.position}"

    def row(self) -> Row:
        return {"file": str(self.path), "offset": self.offset, "position": self.position}


class TimeEntry(NamedTuple):
    """An entry of a time index."""

    path: Path
    timestamp: int
    offset: int

    def text(self) -> str:
        return f"timestamp: {self.timestamp} offset: {self.offset}"

    def row(self) -> Row:
        return {"file": str(self.path), "timestamp": _known(self.timestamp), "offset": self.offset}


class Aborted(NamedTuple):
    """An entry of an index of aborted transactions."""

    path: Path
    found: AbortedTransaction

    def text(self) -> str:
        found = self.found
        return (
            f"version: 0 producerId: {found.producer_id} firstOffset: {found.first_offset}"
            f" lastOffset: {found.last_offset} lastStableOffset: {found.last_stable_offset}"
        )

    def row(self) -> Row:
        return {
            "file": str(self.path),
            "producerId": self.found.producer_id,
            "firstOffset": self.found.first_offset,
            "lastOffset": self.found.last_offset,
            "lastStableOffset": self.found.last_stable_offset,
        }


class Producer(NamedTuple):
    """What a snapshot has of a producer."""

    path: Path
    id: int
    entry: ProducerEntry

    def text(self) -> str:
        entry = self.entry
        line = (
            f"producerId: {self.id} producerEpoch: {entry.epoch} coordinatorEpoch: {entry.coordinator_epoch}"
            f" currentTxnFirstOffset: {_optional(entry.transaction_start)} lastTimestamp: {entry.last_timestamp} "
        )
        if entry.batches:
            last = entry.batches[0]
            line += (
                f"firstSequence: {last.first_sequence} lastSequence: {last.last_sequence}"
                f" lastOffset: {last.last_offset} offsetDelta: {last.offset_delta} timestamp: {last.timestamp}"
            )
        return line.rstrip()

    def row(self) -> Row:
        entry = self.entry
        last = entry.batches[0] if entry.batches else None
        return {
            "file": str(self.path),
            "producerId": self.id,
            "producerEpoch": entry.epoch,
            "coordinatorEpoch": _known(entry.coordinator_epoch),
            "currentTransactionStartOffset": entry.transaction_start,
            "lastTimestamp": _known(entry.last_timestamp),
            "firstSequence": None if last is None else _known(last.first_sequence),
            "lastSequence": None if last is None else _known(last.last_sequence),
            "lastOffset": None if last is None else last.last_offset,
            "offsetDelta": None if last is None else last.offset_delta,
        }


def _control(record: Record) -> str:
    try:
        kind = control_type(record.key)
        value = record.value or b""
        if kind in _MARKERS:
            marker, _ = messages.EndTxnMarker.decode(value, 0, 2)
            return f"endTxnMarker: {_MARKERS[ControlType(kind)]} coordinatorEpoch: {marker.coordinator_epoch}"
        if kind not in _CONTROLS:
            return f"controlType: UNKNOWN({kind})"
        label, name = _CONTROLS[kind]
        version = int.from_bytes(value[:2], "big", signed=True)
        message, _ = getattr(messages, name).decode(value, version, 0)
    except (CorruptRecord, WireError) as error:
        raise CommandError(f"offset {record.offset}: {error}") from None
    return label + json.dumps(to_json(message, message.SCHEMA.root, version), separators=(",", ":"))


def _codec(header: BatchHeader) -> str:
    return _CODEC_NAMES.get(header.codec, str(header.codec))


def _time_name(header: BatchHeader) -> str:
    return "LogAppendTime" if header.uses_log_append_time else "CreateTime"


def _size(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def _known(number: int) -> int | None:
    """In files -1 stands for nothing."""
    return None if number < 0 else number


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _optional(value: int | None) -> str:
    """A Java OptionalLong."""
    return "OptionalLong.empty" if value is None else f"OptionalLong[{value}]"
