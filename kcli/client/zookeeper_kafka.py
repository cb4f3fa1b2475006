"""What Kafka 3.9 keeps in ZooKeeper, changed as Kafka does: with its permissions, from the version that was read, and
with a notification for the brokers.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

from kcli.client.zookeeper import Permission, ZooKeeper, ZooKeeperError

_ANYBODY = (Permission("world", "anyone", "cdrwa"),)
_OWNER = (Permission("auth", "", "cdrwa"),)
_OWNER_AND_READERS = (*_OWNER, Permission("world", "anyone", "r"))
_SECRET = ("/config/users", "/config/brokers")  # not to be read by others either
_TRIES = 11
_PAUSE_SECONDS = (0.1, 0.15)  # before another try: it was somebody else's turn


class KafkaNodes:
    """Nodes of Kafka's; where `secure`, only who makes them may change them (`zookeeper.set.acl`)."""

    def __init__(self, client: ZooKeeper, *, secure: bool) -> None:
        self.client = client
        self._secure = secure

    def exists(self, path: str) -> bool:
        """Whether there is such a node."""
        return self.read(path)[1] >= 0

    def children(self, path: str) -> list[str]:
        """The names below a node, in order; none where it is missing."""
        try:
            return self.client.children(path)[0]
        except ZooKeeperError as error:
            if error.missing:
                return []
            raise

    def read(self, path: str) -> tuple[bytes | None, int]:
        """A node's data and version; (None, -1) where it is missing."""
        try:
            data, stat = self.client.get(path)
        except ZooKeeperError as error:
            if error.missing:
                return None, -1
            raise
        return data or b"", stat.version

    def change(self, path: str, decide: Callable[[bytes | None], bytes | None]) -> bool:
        """Make, set or delete a node as is decided on its data (None: there is no node); whether that changed it.

        If somebody else changes it meanwhile, it is decided again.
        """
        for _ in range(_TRIES):
            data, version = self.read(path)
            wanted = decide(data)
            if wanted == data:
                return False
            try:
                self._write(path, wanted, version)
                return True
            except ZooKeeperError as error:
                if not (error.missing or error.present or error.outdated):
                    raise
            time.sleep(random.uniform(*_PAUSE_SECONDS))
        raise ZooKeeperError(f"{path} was changed by others again and again, {_TRIES} times")

    def ensure(self, path: str) -> None:
        """Make a node if it is missing."""
        self.client.ensure(path, self._permissions)

    def notify(self, path: str, data: bytes) -> None:
        """Make the next node of a sequence that brokers watch."""
        self.client.create(path, data, self._permissions(path), sequence=True)

    def _write(self, path: str, wanted: bytes | None, version: int) -> None:
        if wanted is None:
            self.client.delete(path, version)
        elif version >= 0:
            self.client.set(path, wanted, version)
        else:
            self.client.create(path, wanted, self._permissions(path))

    def _permissions(self, path: str) -> tuple[Permission, ...]:
        if not self._secure:
            return _ANYBODY
        return _OWNER if path.startswith(_SECRET) else _OWNER_AND_READERS


def encode(value: Any) -> bytes:
    """JSON as compact as Kafka's."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def decode(path: str, data: bytes) -> dict[str, Any]:
    """The JSON object of a node; one without data has an empty one."""
    try:
        value = json.loads(data or b"{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ZooKeeperError(f"{path} does not hold what Kafka keeps there: {data[:60]!r}")
    return value
