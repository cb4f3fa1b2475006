"""`meta.properties`: whose folder a log dir is. Version 0 is written with ZooKeeper, version 1 with KRaft."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from kcli.config.properties import PropertiesError, parse
from kcli.storage import names
from kcli.storage.errors import LogDirError
from kcli.storage.fs import FileSystem

ZOOKEEPER, KRAFT = 0, 1
_NODE_KEYS = {ZOOKEEPER: "broker.id", KRAFT: "node.id"}


class MetaProperties(NamedTuple):
    """Whom a log dir belongs to; a file of version 0 may leave out either id."""

    version: int
    node_id: int | None
    cluster_id: str | None
    directory_id: str | None = None


def read_meta(fs: FileSystem, log_dir: str) -> MetaProperties | None:
    """What a log dir says of itself, None if it is new. Raises LogDirError for a file that makes no sense."""
    path = os.path.join(log_dir, names.META_PROPERTIES)
    if not fs.exists(path):
        return None
    try:
        values = {item.name: item.value for item in parse(fs.read(path).decode("latin-1"))}
    except PropertiesError as error:
        raise LogDirError(f"{path}, line {error.line}: {error}") from None
    version = _number(path, values, "version")
    if version not in _NODE_KEYS:
        raise LogDirError(f"{path} has version {values.get('version')}, known are 0 (ZooKeeper) and 1 (KRaft)")
    node_id = _number(path, values, _NODE_KEYS[version])
    meta = MetaProperties(version, node_id, values.get("cluster.id"), values.get("directory.id"))
    if version == KRAFT and (node_id is None or meta.cluster_id is None):
        raise LogDirError(f"{path} lacks node.id or cluster.id")
    return meta


def _number(path: str, values: dict[str, str], name: str) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise LogDirError(f"{path}: {name} is not a number: {text}") from None


def write_meta(fs: FileSystem, log_dir: str, meta: MetaProperties, now_ms: int) -> None:
    """Write it as Java's Properties do, date and all."""
    fields = {
        _NODE_KEYS[meta.version]: meta.node_id,
        "directory.id": meta.directory_id,
        "version": meta.version,
        "cluster.id": meta.cluster_id,
    }
    date = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(now_ms / 1000))
    lines = ["#", f"#{date}", *(f"{name}={value}" for name, value in fields.items() if value is not None)]
    fs.replace(os.path.join(log_dir, names.META_PROPERTIES), "".join(f"{line}\n" for line in lines).encode("latin-1"))


def check_meta(log_dir: str, found: MetaProperties, expected: MetaProperties) -> None:
    """Raise LogDirError if a log dir belongs to another broker or cluster."""
    path = os.path.join(log_dir, names.META_PROPERTIES)
    if found.version != expected.version:
        modes = {ZOOKEEPER: "with ZooKeeper", KRAFT: "with KRaft"}
        raise LogDirError(f"{path} was written {modes[found.version]}, this broker runs {modes[expected.version]}")
    if found.cluster_id is not None and found.cluster_id != expected.cluster_id:
        raise LogDirError(f"Invalid cluster.id in: {path}. Expected {expected.cluster_id}, but read {found.cluster_id}")
    if found.node_id is not None and found.node_id != expected.node_id:
        key = _NODE_KEYS[expected.version]
        raise LogDirError(
            f"Configured {key} {expected.node_id} doesn't match stored {key} {found.node_id} in {path}. "
            f"If you moved your data, make sure your configured {key} matches."
        )
