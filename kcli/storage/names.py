"""How Kafka names the files and folders of its logs."""

from __future__ import annotations

import os
import re

LOG = ".log"
INDEX = ".index"
TIME_INDEX = ".timeindex"
TXN_INDEX = ".txnindex"
SNAPSHOT = ".snapshot"
INDEX_KINDS = (INDEX, TIME_INDEX, TXN_INDEX)
SEGMENT_KINDS = (LOG, *INDEX_KINDS)
DELETED = ".deleted"
CLEANED = ".cleaned"
SWAP = ".swap"

DELETE_DIR = "-delete"
FUTURE_DIR = "-future"
STRAY_DIR = "-stray"

LEADER_EPOCHS = "leader-epoch-checkpoint"
PARTITION_METADATA = "partition.metadata"
RECOVERY_POINTS = "recovery-point-offset-checkpoint"
HIGH_WATERMARKS = "replication-offset-checkpoint"
LOG_STARTS = "log-start-offset-checkpoint"
LOG_DIR_CHECKPOINTS = (RECOVERY_POINTS, HIGH_WATERMARKS, LOG_STARTS)
CLEANER_OFFSETS = "cleaner-offset-checkpoint"
META_PROPERTIES = "meta.properties"
CLEAN_SHUTDOWN = ".kafka_cleanshutdown"
LOCK = ".lock"
METADATA_TOPIC = "__cluster_metadata"

_LONGEST_NAME = 255
_SEGMENT_FILE = re.compile(r"^(\d{20})(\.\w+)((?:\.\w+)*)$")
_PARTITION_DIR = re.compile(r"^(?P<topic>.+)-(?P<partition>\d+)$")
_MARKED_DIR = re.compile(r"^(?P<topic>.+)-(?P<partition>\d+)\.(?P<unique>\w+)(?P<mark>-delete|-future|-stray)$")


def segment_file(directory: str, base_offset: int, kind: str, suffix: str = "") -> str:
    """The path of one of a segment's files."""
    return os.path.join(directory, f"{base_offset:020d}{kind}{suffix}")


def parse_segment_file(name: str) -> tuple[int, str, str] | None:
    """(base offset, kind, suffix) of a segment's file name, None for any other name."""
    match = _SEGMENT_FILE.match(name)
    return (int(match[1]), match[2], match[3]) if match else None


def partition_dir(topic: str, partition: int) -> str:
    return f"{topic}-{partition}"


def marked_dir(topic: str, partition: int, mark: str) -> str:
    """The name of a folder on its way out; topic names are cut where the whole would be too long for a file system."""
    suffix = f"-{partition}.{os.urandom(16).hex()}{mark}"
    return topic[: _LONGEST_NAME - len(suffix)] + suffix


def parse_partition_dir(name: str) -> tuple[str, int, str] | None:
    """(topic, partition, mark) of a log's folder, where mark is empty or `-delete`, `-future`, `-stray`."""
    match = _MARKED_DIR.match(name)
    if match:
        return match["topic"], int(match["partition"]), match["mark"]
    match = _PARTITION_DIR.match(name)
    return (match["topic"], int(match["partition"]), "") if match else None
