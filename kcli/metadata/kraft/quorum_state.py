"""The file `quorum-state` beside the metadata log: which epoch this node leads. Alone in its quorum, it leads always.

Version 0 names the voters, version 1 (kraft.version=1) has them in the log; the file keeps the version it has.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from kcli.storage.fs import FileSystem
from kcli.wire import uuid

FILE = "quorum-state"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QuorumState:
    leader_epoch: int
    data_version: int = 0
    voters: tuple[int, ...] = ()


def read(fs: FileSystem, path: str) -> QuorumState | None:
    """What the file says; None if it is missing or no such file, and then the log's own epoch counts, as in Kafka."""
    if not fs.exists(path):
        return None
    try:
        fields = json.loads(fs.read(path))
        voters = tuple(int(voter["voterId"]) for voter in fields.get("currentVoters") or ())
        return QuorumState(int(fields["leaderEpoch"]), int(fields["data_version"]), voters)
    except (ValueError, KeyError, TypeError):
        _log.warning("%s cannot be read; the epoch is taken from the log", path)
        return None


def write(fs: FileSystem, path: str, state: QuorumState, node_id: int) -> None:
    """Durably, before the first record of the epoch: an epoch is never led twice."""
    fs.replace(path, text(state, node_id).encode())


def text(state: QuorumState, node_id: int) -> str:
    leader = {"leaderId": node_id, "leaderEpoch": state.leader_epoch, "votedId": -1}
    if state.data_version == 0:
        voters = [{"voterId": node_id}]
        fields = {"clusterId": "", **leader, "appliedOffset": 0, "currentVoters": voters, "data_version": 0}
    else:
        fields = {**leader, "votedDirectoryId": uuid.to_text(uuid.ZERO), "data_version": 1}
    return json.dumps(fields, separators=(",", ":"))
