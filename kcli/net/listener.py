"""A bound socket that hands over what it accepts, and survives running out of file descriptors."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ACCEPTS_PER_TURN = 128
LEAST_BACKLOG = 1024  # Kafka accepts in a thread of its own; here a burst has to last until the loop's next turn
PAUSE_SECONDS = 0.2
_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """Where to listen, and how clients speak there."""

    name: str
    protocol: str
    host: str
    """empty: all addresses"""
    port: int
    """0: any that is free"""
    tls: ssl.SSLContext | None = None
    identify: Callable[[Mapping[str, Any] | None], str | None] | None = None
    """whose principal a client's certificate is; None refuses the client"""

    def __str__(self) -> str:
        return self.at(self.port)

    def at(self, port: int) -> str:
        """As in the file, with the port that was bound."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.name}://{host}:{port}"


class BindError(Exception):
    """A listener's address cannot be bound; the text names both."""


def bind(endpoint: Endpoint) -> socket.socket:
    """A socket that has the address, but does not listen yet; raises BindError."""
    try:
        family, address = _resolve(endpoint.host, endpoint.port)
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_open(endpoint, error) from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(bool(endpoint.host)))
        bound.bind(address)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise _cannot_open(endpoint, error) from None
    return bound


def _cannot_open(endpoint: Endpoint, error: OSError) -> BindError:
    return BindError(f"Listener {endpoint} cannot be opened: {error.strerror or error}")


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    if not host:
        return (socket.AF_INET6, ("::", port)) if _has_ipv6() else (socket.AF_INET, ("0.0.0.0", port))
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, *_, address = min(found, key=lambda info: info[0] != socket.AF_INET)  # Java prefers IPv4, too
    return family, (str(address[0]), port)


def _has_ipv6() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::", 0))
    except OSError:
        return False
    return True


class Listener:
    """Accepts connections of one endpoint while it is open and not paused."""

    def __init__(self, endpoint: Endpoint, bound: socket.socket, accepted: Callable[[Listener, socket.socket], None]):
        self.endpoint = endpoint
        self.port: int = bound.getsockname()[1]
        self._socket = bound
        self._accepted = accepted
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._open = False
        self._starved = False

    def __str__(self) -> str:
        return self.endpoint.at(self.port)

    def open(self, backlog: int) -> None:
        """Let clients in. Raises BindError if somebody else did so first, at an address both had bound."""
        try:
            self._socket.listen(max(backlog, LEAST_BACKLOG))
        except OSError as error:
            raise _cannot_open(self.endpoint, error) from None
        self.resume()

    def resume(self) -> None:
        """Accept from here on."""
        if not self._open and self._socket.fileno() >= 0:
            self._loop.add_reader(self._socket.fileno(), self._on_readable)
            self._open = True

    def pause(self) -> None:
        """Leave clients waiting in the backlog."""
        if self._open:
            self._loop.remove_reader(self._socket.fileno())
            self._open = False

    def close(self) -> None:
        self.pause()
        if self._timer is not None:
            self._timer.cancel()
        self._socket.close()

    def _on_readable(self) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            if not self._open:
                return
            try:
                accepted, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._out_of_resources(error)
                return
            self._starved = False
            accepted.setblocking(False)
            self._accepted(self, accepted)

    def _out_of_resources(self, error: OSError) -> None:
        """Without a pause the waiting client would keep the loop spinning."""
        if error.errno not in _OUT_OF_RESOURCES:
            raise error
        if not self._starved:
            _log.warning("Listener %s cannot accept: %s; trying again", self.endpoint.name, error.strerror)
        self._starved = True
        self.pause()
        self._timer = self._loop.call_later(PAUSE_SECONDS, self.resume)
