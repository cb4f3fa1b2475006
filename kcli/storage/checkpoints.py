"""Kafka's small text files: offset checkpoints of a log dir, epochs of a partition, `partition.metadata`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from kcli.storage import names
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.wire import uuid

_VERSION = 0
TopicPartition = tuple[str, int]


def read_rows(fs: FileSystem, path: str) -> list[list[str]]:
    """The rows of a checkpoint file; a missing or empty one has none. Raises CorruptFile for anything malformed."""
    if not fs.exists(path):
        return []
    try:
        lines = fs.read(path).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise CorruptFile(f"{path} is not text") from None
    if len(lines) < 2:
        if lines and lines[0] != str(_VERSION):
            raise CorruptFile(f"{path} has version {lines[0]!r}, expected {_VERSION}")
        return []
    try:
        version, count = int(lines[0]), int(lines[1])
    except ValueError:
        raise CorruptFile(f"{path} does not begin with a version and a count") from None
    if version != _VERSION:
        raise CorruptFile(f"{path} has version {version}, expected {_VERSION}")
    rows = [line.split() for line in lines[2:]]
    if len(rows) != count:
        raise CorruptFile(f"{path} should have {count} entries and has {len(rows)}")
    return rows


def write_rows(fs: FileSystem, path: str, rows: Iterable[Iterable[Any]], *, durable: bool = True) -> None:
    """Replace a checkpoint file, atomically."""
    lines = [" ".join(map(str, row)) for row in rows]
    fs.replace(path, "".join(f"{line}\n" for line in (_VERSION, len(lines), *lines)).encode(), durable=durable)


def read_offsets(fs: FileSystem, path: str) -> dict[TopicPartition, int]:
    """The offsets of one of a log dir's checkpoint files. Raises CorruptFile for anything malformed."""
    offsets: dict[TopicPartition, int] = {}
    for row in read_rows(fs, path):
        try:
            topic, partition, offset = row
            offsets[topic, int(partition)] = int(offset)
        except ValueError:
            raise CorruptFile(f"{path} has a malformed line: {' '.join(row)}") from None
    return offsets


def write_offsets(fs: FileSystem, path: str, offsets: Mapping[TopicPartition, int]) -> None:
    write_rows(fs, path, [(topic, partition, offset) for (topic, partition), offset in offsets.items()])


def read_topic_id(fs: FileSystem, directory: str) -> bytes | None:
    """The topic id in a partition's folder, None if it has none. Raises CorruptFile for anything malformed.

    A file without anything is what a power failure may leave of a new log's.
    """
    path = os.path.join(directory, names.PARTITION_METADATA)
    text = fs.read(path).decode("utf-8", "replace") if fs.exists(path) else ""
    if not text:
        return None
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    if fields.get("version") != str(_VERSION):
        raise CorruptFile(f"{path} has version {fields.get('version')}, expected {_VERSION}")
    try:
        topic_id = uuid.from_text(fields.get("topic_id", ""))
    except ValueError as error:
        raise CorruptFile(f"{path}: {error}") from None
    if topic_id == uuid.ZERO:
        raise CorruptFile(f"{path} holds the id of no topic")
    return topic_id


def write_topic_id(fs: FileSystem, directory: str, topic_id: bytes, *, durable: bool = True) -> None:
    path = os.path.join(directory, names.PARTITION_METADATA)
    fs.replace(path, f"version: {_VERSION}\ntopic_id: {uuid.to_text(topic_id)}".encode(), durable=durable)
