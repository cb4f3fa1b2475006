"""The bridge to kazoo: the one module that imports it.

kazoo is thread-based: its calls block and its callbacks come on its own threads. Calls made here run on one worker
thread; events are only carried over to the event loop, never answered on kazoo's threads (it deadlocks on that).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    BadVersionError,
    ConnectionLoss,
    KazooException,
    NodeExistsError,
    NoNodeError,
    SessionExpiredError,
)
from kazoo.handlers.threading import KazooTimeoutError

from kcli.metadata.errors import StartError
from kcli.wire import errors
from kcli.wire.errors import KafkaError

__all__ = ["BadVersionError", "KazooClient", "NoNodeError", "NodeExistsError", "ZkSession"]

T = TypeVar("T")
_LOOK_SECONDS = 0.05
log = logging.getLogger("kcli.zookeeper")


class ZkSession:
    """One session; `on_lost` and `on_restored` are called on the event loop when it expires and is there anew."""

    def __init__(
        self,
        connect: str,
        session_timeout_ms: int,
        connection_timeout_ms: int,
        on_lost: Callable[[], None],
        on_restored: Callable[[], None],
    ) -> None:
        self.connect = connect
        self.connected = False
        self._connection_timeout = connection_timeout_ms / 1000
        hosts, _, chroot = connect.partition("/")
        self._chroot = "/" + chroot.strip("/") if chroot.strip("/") else ""
        self._client = KazooClient(hosts=hosts, timeout=session_timeout_ms / 1000, randomize_hosts=True)
        logging.getLogger("kazoo").setLevel(logging.ERROR)  # its retries are told by us, in one line
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zookeeper")
        self._loop = asyncio.get_running_loop()
        self._on_lost = on_lost
        self._on_restored = on_restored
        self._expired = False
        self._closed = False

    async def start(self) -> None:
        """Connect. Raises StartError, naming address and property, when no server answers in time."""

        def connect() -> None:
            live = self._client.start_async()
            give_up = time.monotonic() + self._connection_timeout
            while not live.wait(_LOOK_SECONDS):  # somebody may not want it any more
                if self._closed or time.monotonic() > give_up:
                    raise KazooTimeoutError("Connection time-out")
            if self._chroot:
                self._client.ensure_path(self._chroot)
                self._client.chroot = self._chroot

        try:
            await self._loop.run_in_executor(self._worker, connect)
        except (KazooTimeoutError, KazooException) as error:
            await self.close()
            raise StartError(
                f"ZooKeeper at {self.connect} (zookeeper.connect) does not answer within "
                f"{round(self._connection_timeout * 1000)} ms (zookeeper.connection.timeout.ms)"
            ) from error
        self.connected = True
        self._client.add_listener(self._state_changed)

    def _state_changed(self, state: Any) -> None:
        self._loop.call_soon_threadsafe(self._enter, state)

    def _enter(self, state: Any) -> None:
        self.connected = state == KazooState.CONNECTED
        if state == KazooState.LOST:
            self._expired = True
            self._on_lost()
        elif state == KazooState.CONNECTED and self._expired:
            self._expired = False
            self._on_restored()

    async def call(self, function: Callable[[KazooClient], T]) -> T:
        """Run calls on the worker thread. A lost connection becomes REQUEST_TIMED_OUT: the client may try again."""
        if not self.connected:
            raise KafkaError(errors.REQUEST_TIMED_OUT, "ZooKeeper is not reachable.")
        try:
            return await self._loop.run_in_executor(self._worker, function, self._client)
        except (ConnectionLoss, SessionExpiredError, KazooTimeoutError) as error:
            raise KafkaError(errors.REQUEST_TIMED_OUT, "ZooKeeper is not reachable.") from error

    def session_id(self) -> int:
        """The owner that our ephemeral znodes have."""
        number: int = self._client.client_id[0] if self._client.client_id else 0
        return number & 0xFFFFFFFFFFFFFFFF

    def watch_children(self, path: str, changed: Callable[[], None]) -> Callable[[KazooClient], list[str]]:
        """A call that lists the children once and has `changed` called, on the loop, at their next change."""

        def fire(_: Any) -> None:
            self._loop.call_soon_threadsafe(changed)

        return lambda client: list(client.get_children(path, watch=fire))

    async def close(self) -> None:
        """End the session: our ephemeral znodes go at once. Closing again does nothing."""
        if self._closed:
            return
        self._closed = True

        def stop() -> None:
            self._client.stop()
            self._client.close()

        self._client.remove_listener(self._state_changed)
        await self._loop.run_in_executor(self._worker, stop)
        self._worker.shutdown(wait=False)
        self.connected = False
