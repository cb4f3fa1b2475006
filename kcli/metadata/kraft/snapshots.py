"""Snapshots of the metadata: `OFFSET-EPOCH.checkpoint`, the image as records between a header and a footer.

OFFSET is the end of what the snapshot contains: the log goes on from there. A file is written under another name,
flushed and renamed, so that one with the right name is whole; one that is not is passed over for an older one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from kcli.metadata.image import Record
from kcli.metadata.kraft.records import decode_batches, encode_batch
from kcli.records.builder import build_batch
from kcli.records.control import ControlType, build_control, control_key, control_type
from kcli.records.errors import CorruptRecord
from kcli.storage.fs import FileSystem
from kcli.wire import messages
from kcli.wire.errors import WireError

_NAME = re.compile(r"(\d{20})-(\d{10})\.checkpoint")
_LEFTOVER = re.compile(r"\d{20}-\d{10}.*\.checkpoint\.(part|deleted)")
_RECORDS_PER_BATCH = 1024
_QUORUM = (ControlType.KRAFT_VERSION, ControlType.KRAFT_VOTERS)

_log = logging.getLogger(__name__)

Control = tuple[int, bytes]
"""a control record's type and value"""


class SnapshotId(NamedTuple):
    """What a snapshot contains: all before an offset, the last of it written in an epoch."""

    offset: int
    epoch: int

    @property
    def file(self) -> str:
        return f"{self.offset:020d}-{self.epoch:010d}.checkpoint"


@dataclass
class Snapshot:
    """A snapshot that was read."""

    records: list[Record]
    quorum: list[Control] = field(default_factory=list)
    """kraft.version and the voters, where the log holds them (KIP-853)"""


def listed(fs: FileSystem, folder: str) -> list[SnapshotId]:
    """The snapshots in a folder, oldest first."""
    matches = (_NAME.fullmatch(name) for name in fs.listdir(folder))
    return sorted(SnapshotId(int(match[1]), int(match[2])) for match in matches if match)


def remove_leftovers(fs: FileSystem, folder: str) -> None:
    for name in fs.listdir(folder):
        if _LEFTOVER.fullmatch(name):
            fs.unlink(f"{folder}/{name}")


def latest(fs: FileSystem, folder: str) -> tuple[SnapshotId, Snapshot] | None:
    """The newest snapshot that is whole."""
    for snapshot_id in reversed(listed(fs, folder)):
        path = f"{folder}/{snapshot_id.file}"
        try:
            return snapshot_id, decode(fs.read(path))
        except (CorruptRecord, WireError) as error:
            _log.warning("%s is damaged and passed over: %s", path, error)
    return None


def decode(data: bytes) -> Snapshot:
    """Raises CorruptRecord or WireError unless the snapshot is whole."""
    snapshot = Snapshot([])
    seen: list[int] = []
    size = 0
    for header, records, controls in decode_batches(data):
        size += header.size
        snapshot.records += records
        for key, value in controls:
            kind = control_type(key)
            seen.append(kind)
            if kind in _QUORUM:
                snapshot.quorum.append((kind, value))
    whole = seen[:1] == [ControlType.SNAPSHOT_HEADER] and seen[-1:] == [ControlType.SNAPSHOT_FOOTER]
    if not whole or size != len(data):
        raise CorruptRecord("a snapshot has to begin with its header and end with its footer")
    return snapshot


def encode(
    records: Iterable[Record],
    quorum: Sequence[Control],
    *,
    level: int,
    epoch: int,
    timestamp: int,
    last_log_timestamp: int,
) -> list[bytes]:
    """The batches of a snapshot."""
    batches = [_header(last_log_timestamp, quorum, epoch, timestamp)]
    offset = 1 + len(quorum)
    remaining = iter(records)
    while chunk := list(islice(remaining, _RECORDS_PER_BATCH)):
        batches.append(encode_batch(chunk, level, timestamp, base_offset=offset, leader_epoch=epoch))
        offset += len(chunk)
    footer = messages.SnapshotFooterRecord(version=0).encode_bytes(0)
    place = {"base_offset": offset, "leader_epoch": epoch}
    batches.append(build_control(ControlType.SNAPSHOT_FOOTER, footer, timestamp, **place))
    return batches


def _header(last_log_timestamp: int, quorum: Sequence[Control], epoch: int, timestamp: int) -> bytes:
    header = messages.SnapshotHeaderRecord(version=0, last_contained_log_timestamp=last_log_timestamp)
    controls = [(ControlType.SNAPSHOT_HEADER, header.encode_bytes(0)), *quorum]
    records = [(timestamp, control_key(kind), value, ()) for kind, value in controls]
    return build_batch(records, control=True, leader_epoch=epoch)


def write(fs: FileSystem, folder: str, file: str, batches: Sequence[bytes]) -> None:
    """Durably: the name appears when the bytes are there."""
    path = f"{folder}/{file}"
    fs.write(path + ".part", b"".join(batches), sync=True)
    fs.rename(path + ".part", path)
    fs.fsync_dir(folder)
