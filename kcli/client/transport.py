"""Frames over a socket: size-prefixed buffers out and in, over TCP or TLS, blocking or with a selector.

The socket is always non-blocking; whoever wants to wait says for how long. Nothing here knows what the frames mean.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from kcli.client.address import Address
from kcli.client.errors import BrokerUnreachable, ConnectionClosed, HungUp, NotKafka, TlsFailed, TlsHungUp

if TYPE_CHECKING:
    import ssl

Buffer = bytes | bytearray | memoryview

_READ_AHEAD = 1 << 16
_BUFFERS_PER_CALL = 512  # below every system's IOV_MAX
_NAP = 1.0  # seconds; a signal that comes right before a system call is seen by Python only after it
GREETING_LIMIT = 1 << 20  # the first answers are small; a larger size means that the peer does not speak Kafka


def wait_for(fd: int, events: int, timeout: float | None) -> bool:
    """Wait until the descriptor is ready; None waits for ever."""
    poller = select.poll()
    poller.register(fd, events)
    remaining = math.inf if timeout is None else max(0.0, timeout)
    while not (ready := poller.poll(math.ceil(min(remaining, _NAP) * 1000))) and remaining > _NAP:
        remaining -= _NAP
    return bool(ready)


def open_socket(address: Address, timeout: float, *, send_buffer: int = -1, receive_buffer: int = -1) -> socket.socket:
    """Connect to the first of the name's addresses that answers."""
    try:
        candidates = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a host name"
        raise BrokerUnreachable(address, f"unknown host ({reason})") from None
    reason = "no address"
    reset = silent = False
    for family, kind, protocol, _, target in candidates:
        attempt = socket.socket(family, kind, protocol)
        try:
            attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for option, size in ((socket.SO_SNDBUF, send_buffer), (socket.SO_RCVBUF, receive_buffer)):
                if size > 0:
                    attempt.setsockopt(socket.SOL_SOCKET, option, size)
            attempt.settimeout(timeout)
            attempt.connect(target)
            return attempt
        except TimeoutError:
            reason = f"no answer within {round(timeout * 1000)} ms"
            silent = True
        except ConnectionResetError:  # accepted and reset before connect() saw that it had been
            reset = True
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            silent = False
        attempt.close()
    if reset:
        raise hung_up(address)
    raise BrokerUnreachable(address, reason, silent=silent)


def hung_up(address: Address) -> HungUp:
    """The peer took the connection, and nothing of what it was asked."""
    return HungUp(
        f"{address} closed the connection at the first request: is it a Kafka broker, with this security.protocol?"
    )


def start_tls(plain: socket.socket, context: ssl.SSLContext, address: Address, timeout: float) -> ssl.SSLSocket:
    """The TLS handshake over a connected socket."""
    import ssl

    plain.settimeout(timeout)
    try:
        return context.wrap_socket(plain, server_hostname=address.host)
    except ssl.SSLCertVerificationError as error:
        raise TlsFailed(f"SSL handshake with {address} failed: {error.verify_message}") from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise TlsHungUp(f"SSL handshake with {address} failed: it hung up (does it speak TLS?)") from None
    except ssl.SSLError as error:
        raise TlsFailed(f"SSL handshake with {address} failed: {tls_reason(error)}") from None
    except TimeoutError:
        raise TlsFailed(f"SSL handshake with {address} failed: no answer within {round(timeout * 1000)} ms") from None
    except OSError as error:
        raise TlsHungUp(f"SSL handshake with {address} failed: {(error.strerror or str(error)).lower()}") from None


def tls_reason(error: ssl.SSLError) -> str:
    """OpenSSL's reason in words."""
    return (error.reason or str(error)).replace("_", " ").lower()


class Transport:
    """One connected socket, spoken to in frames."""

    def __init__(self, connected: socket.socket, address: Address) -> None:
        connected.setblocking(False)
        self.address = address
        self.frame_limit = GREETING_LIMIT
        self._socket = connected
        self._tls = type(connected) is not socket.socket  # the ssl module is only imported where TLS is used
        self._unsent: deque[memoryview] = deque()
        self._ahead = memoryview(bytearray(_READ_AHEAD))
        self._ahead_start = self._ahead_end = 0
        self._frame: memoryview | None = None
        self._frame_filled = 0

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
        self._unsent.clear()

    @property
    def unsent(self) -> bool:
        """Whether queued bytes wait for the socket to become writable."""
        return bool(self._unsent)

    def queue(self, buffers: Iterable[Buffer]) -> None:
        """Take buffers to be sent, without copying them: they must not change until `flush` says that all went out."""
        self._unsent.extend(memoryview(buffer) for buffer in buffers if len(buffer))

    def flush(self, timeout: float | None = 0) -> bool:
        """Send what is queued for at most `timeout` seconds (None: until done); True when nothing is left."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._unsent:
            event = self._send_some()
            if event and not self._wait(event, deadline):
                return False
        return True

    def receive(self, timeout: float | None = 0) -> memoryview | None:
        """The next frame without its size; None if it is not complete within `timeout` seconds (None: for ever).

        With a selector, call until None: more than one frame may have come at once, and TLS may hold bytes back.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            frame = self._take_frame()
            if frame is not None:
                return frame
            event = self._read_some()
            if event and not self._wait(event, deadline):
                return None

    def _wait(self, event: int, deadline: float | None) -> bool:
        remaining = None if deadline is None else deadline - time.monotonic()
        if remaining is not None and remaining <= 0:
            return False
        return wait_for(self.fileno(), event, remaining)

    def _send_some(self) -> int:
        """Send what the socket takes now; the poll event to wait for, 0 if it took some."""
        try:
            if self._tls:
                sent = self._socket.send(self._unsent[0])
            else:
                sent = self._socket.sendmsg(islice(self._unsent, _BUFFERS_PER_CALL))
        except OSError as error:
            return self._event_of(error, select.POLLOUT)
        while sent:
            first = self._unsent.popleft()
            if sent < first.nbytes:
                self._unsent.appendleft(first.cast("B")[sent:])
                break
            sent -= first.nbytes
        return 0

    def _read_some(self) -> int:
        """Read what the socket has now; the poll event to wait for, 0 if there was some."""
        target = self._ahead[self._ahead_end :] if self._frame is None else self._frame[self._frame_filled :]
        try:
            received = self._socket.recv_into(target)
        except OSError as error:
            return self._event_of(error, select.POLLIN)
        if not received:
            raise ConnectionClosed(f"Connection to {self.address} was closed by the broker")
        if self._frame is None:
            self._ahead_end += received
        else:
            self._frame_filled += received
        return 0

    def _event_of(self, error: OSError, event: int) -> int:
        if isinstance(error, BlockingIOError):
            return event
        if self._tls:
            import ssl

            if isinstance(error, ssl.SSLWantReadError):
                return select.POLLIN
            if isinstance(error, ssl.SSLWantWriteError):
                return select.POLLOUT
            if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
                raise TlsFailed(f"SSL connection to {self.address} failed: {tls_reason(error)}") from None
        reason = (error.strerror or str(error)).lower()
        raise ConnectionClosed(f"Connection to {self.address} was lost: {reason}") from None

    def _take_frame(self) -> memoryview | None:
        if self._frame is None and self._ahead_end - self._ahead_start >= 4:
            self._start_frame()
        frame = self._frame
        if frame is not None and self._frame_filled == len(frame):
            self._frame = None
            return frame
        if frame is None and self._ahead_start:
            self._shift()
        return None

    def _start_frame(self) -> None:
        start = self._ahead_start + 4
        size = int.from_bytes(self._ahead[self._ahead_start : start], "big", signed=True)
        if not 4 <= size <= self.frame_limit:
            raise NotKafka(
                f"{self.address} does not answer as a Kafka broker does with this security.protocol"
                f" (a frame of {size} bytes)"
            )
        self._frame = memoryview(bytearray(size))
        self._frame_filled = min(size, self._ahead_end - start)
        end = start + self._frame_filled
        self._frame[: self._frame_filled] = self._ahead[start:end]
        if end == self._ahead_end:
            self._ahead_start = self._ahead_end = 0
        else:
            self._ahead_start = end

    def _shift(self) -> None:
        """Move the beginning of a frame whose size is not complete yet to the front."""
        rest = bytes(self._ahead[self._ahead_start : self._ahead_end])
        self._ahead[: len(rest)] = rest
        self._ahead_start, self._ahead_end = 0, len(rest)
