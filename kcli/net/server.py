"""The broker's network: listeners, their connections, and the limits that keep one client from harming others."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kcli.clock import Clock
from kcli.net.connection import Connection, Handle
from kcli.net.listener import BindError, Endpoint, Listener, bind
from kcli.security.session import Session

_UNLIMITED = 2**31 - 1
_SCRATCH_SIZE = 1 << 18
_HANDSHAKE_SECONDS = 10.0
_LONGEST_SWEEP_PERIOD = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Kafka's socket settings."""

    request_bytes: int = 100 * 1024 * 1024
    unauthenticated_bytes: int = 512 * 1024
    idle_seconds: float = 600.0
    connections: int = _UNLIMITED
    connections_per_address: int = _UNLIMITED
    overrides: Mapping[str, int] = field(default_factory=dict)
    """addresses with a limit of their own"""
    backlog: int = 50
    send_buffer: int = -1
    receive_buffer: int = -1


class NetworkServer:
    """Serves `handle(frame, session)` on any number of listeners."""

    def __init__(
        self,
        handle: Handle,
        clock: Clock,
        limits: Limits | None = None,
        new_session: Callable[[Endpoint], Session] | None = None,
    ) -> None:
        self.handle = handle
        self.now = clock.monotonic
        self.limits = limits or Limits()
        self.scratch = memoryview(bytearray(_SCRATCH_SIZE))
        self.connections: set[Connection] = set()
        self.owed = 0
        """bytes of answers in memory that clients have not taken yet"""
        self._new_session = new_session or (lambda endpoint: Session(endpoint.name, endpoint.protocol))
        self._listeners: list[Listener] = []
        self._per_address: Counter[str] = Counter()
        self._opening: set[asyncio.Task[None]] = set()
        self._accepted_ever = 0
        self._open_now = 0
        self._sweep: asyncio.TimerHandle | None = None
        self._all_gone: asyncio.Future[None] | None = None

    # Listening

    def bind(self, endpoints: Sequence[Endpoint]) -> list[Listener]:
        """Take the addresses, without letting clients in yet; raises BindError and keeps none."""
        try:
            for endpoint in endpoints:
                bound = bind(endpoint)
                self._listeners.append(Listener(endpoint, bound, self._accepted))
        except BindError:
            self._close_listeners()
            raise
        return list(self._listeners)

    def start(self) -> None:
        """Let clients in; raises BindError."""
        for listener in self._listeners:
            listener.open(self.limits.backlog)
        self._arm_sweep()

    async def close(self, grace: float = 1.0) -> None:
        """Stop listening, give requests under way a moment, then end every connection."""
        self._close_listeners()
        if self._sweep is not None:
            self._sweep.cancel()
        for task in self._opening:
            task.cancel()
        for connection in list(self.connections):
            if not connection.busy:
                connection.close()
        await self._until_gone(grace)
        for connection in list(self.connections):
            connection.abort()
        await self._until_gone(grace)

    async def _until_gone(self, seconds: float) -> None:
        if not self.connections:
            return
        self._all_gone = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(self._all_gone, seconds)
        except asyncio.TimeoutError:
            pass

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()

    # Connections

    def largest_frame(self, session: Session) -> int:
        """How many bytes one request of this client may have."""
        return self.limits.request_bytes if session.authenticated else self.limits.unauthenticated_bytes

    def _accepted(self, listener: Listener, accepted: socket.socket) -> None:
        address, port = _peer(accepted)
        allowed = self.limits.overrides.get(address, self.limits.connections_per_address)
        if self._per_address[address] >= allowed:
            _log.warning("Closing a connection of %s: it has %d, as many as it may", address, allowed)
            accepted.close()
            return
        try:
            self._configure(accepted)
        except OSError:  # gone already
            accepted.close()
            return
        self._per_address[address] += 1
        self._open_now += 1
        session = self._new_session(listener.endpoint)
        session.client_address, session.client_port = address, port
        self._accepted_ever += 1
        local = accepted.getsockname()
        session.connection_id = f"{local[0]}:{local[1]}-{address}:{port}-{self._accepted_ever}"
        task = asyncio.get_running_loop().create_task(self._open(listener, accepted, session))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        if self._open_now >= self.limits.connections:
            self._each_listener(Listener.pause)

    def _each_listener(self, action: Callable[[Listener], None]) -> None:
        for listener in self._listeners:
            action(listener)

    def _configure(self, accepted: socket.socket) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if self.limits.send_buffer > 0:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.limits.send_buffer)
        if self.limits.receive_buffer > 0:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.limits.receive_buffer)

    async def _open(self, listener: Listener, accepted: socket.socket, session: Session) -> None:
        endpoint = listener.endpoint
        connection = Connection(self, session, endpoint.identify)
        tls = endpoint.tls
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, accepted, ssl=tls, ssl_handshake_timeout=_HANDSHAKE_SECONDS if tls else None
            )
        except OSError as error:  # of which ssl.SSLError is one
            reason = getattr(error, "reason", None) or error
            _log.info("%s:%s failed the TLS handshake: %s", session.client_address, session.client_port, reason)
        finally:
            if connection not in self.connections and connection.last_active == 0.0:
                accepted.close()
                self._forget(session.client_address)

    def connected(self, connection: Connection) -> None:
        self.connections.add(connection)

    def disconnected(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self._forget(connection.session.client_address)
        if not self.connections and self._all_gone is not None and not self._all_gone.done():
            self._all_gone.set_result(None)

    def _forget(self, address: str) -> None:
        if self._open_now == self.limits.connections:
            self._each_listener(Listener.resume)
        self._open_now -= 1
        self._per_address[address] -= 1
        if not self._per_address[address]:
            del self._per_address[address]

    # Idle connections

    def _arm_sweep(self) -> None:
        if self.limits.idle_seconds > 0:
            period = min(_LONGEST_SWEEP_PERIOD, self.limits.idle_seconds / 2)
            self._sweep = asyncio.get_running_loop().call_later(period, self._close_idle)

    def _close_idle(self) -> None:
        self.close_idle()
        self._arm_sweep()

    def close_idle(self) -> None:
        """End the connections that sent nothing for too long, or do not take their answers."""
        oldest = self.now() - self.limits.idle_seconds
        for connection in list(self.connections):
            if connection.last_active < oldest:
                connection.abort()


def _peer(accepted: socket.socket) -> tuple[str, int]:
    try:
        name = accepted.getpeername()
    except OSError:
        return "", 0
    address = str(name[0])
    return address.removeprefix("::ffff:"), int(name[1])
