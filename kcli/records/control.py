"""Control records: what a key says the record is, and the ones that brokers write into data and metadata logs."""

from __future__ import annotations

from enum import IntEnum
from struct import Struct, error
from typing import Any, NamedTuple

from kcli.records.batch import NO_LEADER_EPOCH, BatchHeader
from kcli.records.builder import build_batch
from kcli.records.errors import CorruptRecord
from kcli.records.reader import Buffer, read_records
from kcli.records.varint import encode_unsigned

_KEY = Struct(">hh")
_END_MARKER = Struct(">hi")
_LEADER_CHANGE = Struct(">hi")
_VOTER = Struct(">ib")
_NO_TAGS = b"\x00"


class ControlType(IntEnum):
    """The second number of a control record's key."""

    ABORT = 0
    COMMIT = 1
    LEADER_CHANGE = 2
    SNAPSHOT_HEADER = 3
    SNAPSHOT_FOOTER = 4
    KRAFT_VERSION = 5
    KRAFT_VOTERS = 6


class EndMarker(NamedTuple):
    """How a transaction ended, and the epoch of the coordinator that said so."""

    commit: bool
    coordinator_epoch: int


def control_key(kind: int) -> bytes:
    """The key of a control record."""
    return _KEY.pack(0, kind)


def control_type(key: bytes | None) -> int:
    """The type in a control record's key; a newer Kafka may know more types than ControlType lists."""
    if key is None or len(key) < _KEY.size:
        raise CorruptRecord("a control record's key has no type")
    version, kind = _KEY.unpack_from(key)
    if version < 0:
        raise CorruptRecord(f"a control record's key has version {version}")
    return int(kind)


def build_control(kind: int, value: bytes, timestamp: int, **header: Any) -> bytes:
    """A control batch of one record; keywords are those of `builder.assemble`."""
    return build_batch([(timestamp, control_key(kind), value, ())], control=True, **header)


def build_end_marker(
    commit: bool,
    producer_id: int,
    producer_epoch: int,
    coordinator_epoch: int,
    timestamp: int,
    *,
    base_offset: int = 0,
    leader_epoch: int = NO_LEADER_EPOCH,
) -> bytes:
    """The batch that ends a producer's transaction on one partition."""
    return build_control(
        ControlType.COMMIT if commit else ControlType.ABORT,
        _END_MARKER.pack(0, coordinator_epoch),
        timestamp,
        producer_id=producer_id,
        producer_epoch=producer_epoch,
        transactional=True,
        base_offset=base_offset,
        leader_epoch=leader_epoch,
    )


def read_end_marker(batch: Buffer, header: BatchHeader, start: int = 0) -> EndMarker | None:
    """The end marker in a control batch, None where the batch controls something else."""
    records = read_records(batch, start) if header.count else []
    if not records:
        return None
    kind = control_type(records[0].key)
    if kind not in (ControlType.ABORT, ControlType.COMMIT):
        return None
    try:
        _, coordinator_epoch = _END_MARKER.unpack_from(records[0].value or b"")
    except error:
        raise CorruptRecord("an end marker's value is cut short") from None
    return EndMarker(kind == ControlType.COMMIT, coordinator_epoch)


def leader_change_value(leader: int, voters: list[int], granting: list[int]) -> bytes:
    """The value of a LeaderChange record (version 0), with which every KRaft epoch begins."""

    def array(nodes: list[int]) -> bytes:
        return encode_unsigned(len(nodes) + 1) + b"".join(_voter(node) for node in nodes)

    return _LEADER_CHANGE.pack(0, leader) + array(voters) + array(granting) + _NO_TAGS


def _voter(node: int) -> bytes:
    return _VOTER.pack(node, 0)
