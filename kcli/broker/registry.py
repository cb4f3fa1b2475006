"""Which of our brokers run on this machine for this user, so that kafka-server-stop finds them.

Each holds a lock on a small file of its own: what is locked is alive, whatever process ids have been given out since.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

FOLDER_VARIABLE = "KCLI_RUN_DIR"

_log = logging.getLogger(__name__)


class Running(NamedTuple):
    """One broker that is alive."""

    pid: int
    node_id: int
    roles: tuple[str, ...]


def folder() -> str:
    """Where the files are: one folder per user, which nobody else may write to."""
    return os.environ.get(FOLDER_VARIABLE) or f"/tmp/kcli-{os.getuid()}"


@contextmanager
def registered(node_id: int, roles: Sequence[str]) -> Iterator[None]:
    """Be found while the block runs; a folder that cannot be used costs a warning, not the broker."""
    path = os.path.join(folder(), f"{os.getpid()}.json")
    try:
        _make_folder()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        _log.warning("kafka-server-stop will not find this broker: %s: %s", folder(), error.strerror or error)
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, json.dumps({"node_id": node_id, "roles": list(roles)}).encode())
        yield
    finally:
        os.unlink(path)
        os.close(descriptor)


def running() -> list[Running]:
    """The brokers that are alive; what dead ones left is removed."""
    try:
        _make_folder()
        names = sorted(os.listdir(folder()))
    except OSError:
        return []
    found = (_look(os.path.join(folder(), name), name) for name in names if name.endswith(".json"))
    return [one for one in found if one is not None]


def _look(path: str, name: str) -> Running | None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        facts = json.loads(os.read(descriptor, 1 << 16) or b"{}")
        return Running(int(name.removesuffix(".json")), facts.get("node_id", -1), tuple(facts.get("roles", ())))
    else:
        os.unlink(path)
        return None
    finally:
        os.close(descriptor)


def _make_folder() -> None:
    """In /tmp somebody else may have made it first; then it is not ours to trust."""
    os.makedirs(folder(), mode=0o700, exist_ok=True)
    found = os.stat(folder())
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise PermissionError(None, "belongs to, or may be written by, somebody else")
