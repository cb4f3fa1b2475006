"""The batches and records of a log, or of a snapshot of the metadata log, as kafka-dump-log prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kcli.cli.errors import CommandError
from kcli.records.batch import LENGTH_OVERHEAD, SEQUENCE_MASK, BatchHeader, check_crc, parse_header
from kcli.records.compression import CODECS
from kcli.records.control import ControlType, control_type
from kcli.records.errors import CorruptRecord
from kcli.records.reader import Record, read_records
from kcli.tools.dump_log_decoders import Decoder
from kcli.tools.dump_log_options import NO_LIMIT
from kcli.tools.formatters_coordinator import to_json
from kcli.wire import messages
from kcli.wire.errors import WireError

_SMALLEST = 14  # of any format, without offset and length
_LEAST = 17  # so many bytes say how long a batch is, and of which format
_CODEC_NAMES = {number: name for name, number in CODECS.items()}
_SNAPSHOT_NAME = re.compile(r"(\d{20})-(\d{10})\.checkpoint")
_BOOTSTRAP = "bootstrap.checkpoint"
_CONTROLS: dict[int, tuple[str, str]] = {
    ControlType.LEADER_CHANGE: ("LeaderChange: ", "LeaderChangeMessage"),
    ControlType.SNAPSHOT_HEADER: ("SnapshotHeader ", "SnapshotHeaderRecord"),
    ControlType.SNAPSHOT_FOOTER: ("SnapshotFooter ", "SnapshotFooterRecord"),
    ControlType.KRAFT_VERSION: ("KRaftVersion ", "KRaftVersionRecord"),
    ControlType.KRAFT_VOTERS: ("KRaftVoters ", "VotersRecord"),
}
_MARKERS = {ControlType.ABORT: "ABORT", ControlType.COMMIT: "COMMIT"}


class Found(NamedTuple):
    """A batch in a file."""

    header: BatchHeader
    position: int


class LogFile:
    """A log on disk, of which as much is read as is looked at."""

    def __init__(self, path: Path) -> None:
        import mmap

        self.path = path
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                self.data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except FileNotFoundError:
            raise CommandError(f"java.nio.file.NoSuchFileException: {path}") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def batches(self, position: int = 0, most: int = NO_LIMIT) -> Iterator[Found]:
        """Whole batches from a position on, as far as they go; raises for what is no batch."""
        limit = len(self.data) if most == NO_LIMIT else min(len(self.data), position + most)
        while limit - position >= _LEAST:
            length = int.from_bytes(self.data[position + 8 : position + LENGTH_OVERHEAD], "big", signed=True)
            if length < _SMALLEST:
                raise CommandError(
                    "org.apache.kafka.common.errors.CorruptRecordException: Found record size"
                    f" {length} smaller than minimum record overhead ({_SMALLEST}) in file {self.path}."
                )
            end = position + LENGTH_OVERHEAD + length
            if end > limit:
                return
            try:
                header = parse_header(self.data, position)
            except CorruptRecord as error:
                raise CommandError(f"{self.path}: position {position}: {error}") from None
            yield Found(header, position)
            position = end

    def records(self, found: Found) -> list[Record]:
        """The records of a batch, damaged or not as long as they can be told apart."""
        try:
            return read_records(self.data, found.position) if found.header.count else []
        except CorruptRecord as error:
            raise CommandError(f"{self.path}: position {found.position}: {error}") from None

    def is_intact(self, found: Found) -> bool:
        """Whether the batch's checksum is right."""
        try:
            check_crc(self.data, found.position, found.position + found.header.size)
        except CorruptRecord:
            return False
        return True


def base_offset(path: Path) -> int:
    """The offset that a file is named after."""
    text = path.name.split(".")[0]
    if not text.isascii() or not text.isdigit():
        raise CommandError(f'java.lang.NumberFormatException: For input string: "{text}"')
    return int(text)


class LogDump:
    """How logs are printed; `gaps` collects, by file, offsets that do not follow one another."""

    def __init__(
        self, say: Callable[[str], None], decoder: Decoder | None, *, deep: bool, metadata: bool, most: int
    ) -> None:
        self.gaps: dict[str, list[tuple[int, int]]] = {}
        self._say = say
        self._decoder = decoder
        self._deep = deep or decoder is not None
        self._metadata = metadata
        self._most = most

    def dump(self, path: Path) -> None:
        """Print a whole file."""
        self._say(_heading(path))
        file = LogFile(path)
        end = 0
        last_offset = -1
        for found in file.batches(0, self._most):
            self._say(_batch_line(file, found))
            if self._deep:
                for record in file.records(found):
                    if record.offset != last_offset + 1:
                        self.gaps.setdefault(str(path.absolute()), []).append((last_offset, record.offset))
                    last_offset = record.offset
                    self._say(self._record_line(found.header, record))
            end = found.position + found.header.size
        if len(file.data) > end and self._most == NO_LIMIT:
            self._say(f"Found {len(file.data) - end} invalid bytes at the end of {path.name}")

    def _record_line(self, header: BatchHeader, record: Record) -> str:
        line, prefix = "", "| "
        if self._metadata:
            line, prefix = prefix + _metadata_of(header, record), " "
            if header.is_control:
                line += prefix + _control(record)
        if self._decoder is not None and not header.is_control:
            shown = self._decoder(record)
            if shown.key is not None:
                line += f"{prefix}key: {shown.key}"
            if shown.value is not None:
                line += f" payload: {shown.value}"  # without the bar where it is all there is
        return line


def _heading(path: Path) -> str:
    if path.name == _BOOTSTRAP:
        return "KRaft bootstrap snapshot"
    match = _SNAPSHOT_NAME.fullmatch(path.name)
    if match is not None:
        return f"Snapshot end offset: {int(match[1])}, epoch: {int(match[2])}"
    if path.suffix == ".checkpoint":
        raise CommandError(f"{path}: no name of a snapshot of the metadata log")
    return f"Log starting offset: {base_offset(path)}"


def _batch_line(file: LogFile, found: Found) -> str:
    header = found.header
    horizon = header.delete_horizon_ms
    return (
        f"baseOffset: {header.base_offset} lastOffset: {header.last_offset} count: {header.count}"
        f" baseSequence: {header.base_sequence} lastSequence: {header.last_sequence}"
        f" producerId: {header.producer_id} producerEpoch: {header.producer_epoch}"
        f" partitionLeaderEpoch: {header.leader_epoch} isTransactional: {_bool(header.is_transactional)}"
        f" isControl: {_bool(header.is_control)} deleteHorizonMs: {optional(horizon)}"
        f" position: {found.position} {_time_name(header)}: {header.max_timestamp} size: {header.size}"
        f" magic: {header.magic} compresscodec: {_CODEC_NAMES.get(header.codec, header.codec)} crc: {header.crc}"
        f" isvalid: {_bool(file.is_intact(found))}"
    )


def _metadata_of(header: BatchHeader, record: Record) -> str:
    sequence = header.base_sequence
    if sequence >= 0:
        sequence = (sequence + record.offset - header.base_offset) & SEQUENCE_MASK
    names = ",".join(name for name, _ in record.headers)
    return (
        f"offset: {record.offset} {_time_name(header)}: {record.timestamp} keySize: {_size(record.key)}"
        f" valueSize: {_size(record.value)} sequence: {sequence} headerKeys: [{names}]"
    )


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


def _time_name(header: BatchHeader) -> str:
    return "LogAppendTime" if header.uses_log_append_time else "CreateTime"


def _size(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def optional(value: int | None) -> str:
    """A Java OptionalLong."""
    return "OptionalLong.empty" if value is None else f"OptionalLong[{value}]"
