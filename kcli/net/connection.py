"""One client connection: bytes in, frames to the broker, answers out in the order of their requests.

Requests of a connection are handled one after the other, as Kafka does by muting the channel: the next one is looked
at when the former's answer is on its way. Answers that are there at once leave together in one system call.
"""

from __future__ import annotations

import asyncio
import logging
import os
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from kcli.wire.errors import WireError

if TYPE_CHECKING:
    from kcli.security.session import Session

Answer = list[Any] | None
Identify = Callable[[Mapping[str, Any] | None], "str | None"]
Handle = Callable[[memoryview, "Session"], "Answer | Awaitable[Answer]"]

FRAMES_PER_TURN = 64  # then other connections have theirs
BYTES_PER_TURN = 1 << 20
FRAMES_WAITING = 256  # reading stops above
BYTES_WAITING = 1 << 20
FIRST_PIECE = 1 << 14  # what an announced frame is given before its bytes have come; doubled as they do
SLICE = 1 << 18  # what a slow reader's transport holds at most
_BUFFERS_PER_CALL = 512  # IOV_MAX is 1024 on Linux and macOS

_SIZE = struct.Struct(">i")
_log = logging.getLogger(__name__)


class Server(Protocol):
    """What a connection needs of whoever has accepted it (`net.server`)."""

    handle: Handle
    now: Callable[[], float]
    scratch: memoryview  # all connections read into it, each for a moment
    owed: int  # bytes of answers that clients have not taken yet, in all

    def connected(self, connection: Connection) -> None: ...

    def disconnected(self, connection: Connection) -> None: ...

    def largest_frame(self, session: Session) -> int: ...


class Connection(asyncio.BufferedProtocol):
    """The protocol of one accepted socket."""

    __slots__ = (
        "_answering", "_broken", "_descriptor", "_ended", "_filled", "_frame", "_frame_size", "_frames", "_head",
        "_identify", "_out", "_out_size", "_owed", "_reading", "_scratch", "_server", "_transport", "_unsent",
        "_waiting_bytes", "_writable", "last_active", "session",
    )  # fmt: skip

    def __init__(self, server: Server, session: Session, identify: Identify | None = None) -> None:
        self.session = session
        self._identify = identify
        self.last_active = 0.0
        self._server = server
        self._scratch = server.scratch
        self._transport: Any = None
        self._descriptor = -1  # for writing past the transport; -1 with TLS, and once the connection is lost
        self._head = b""  # of a frame's size, when less than its four bytes came
        self._broken = ""  # why nothing more is read, once the bytes make no sense
        self._ended = False  # the client has sent its last, but not all of it is handled yet
        self._frame: bytearray | None = None  # being read
        self._frame_size = 0
        self._filled = 0
        self._frames: deque[memoryview] = deque()
        self._waiting_bytes = 0
        self._answering: asyncio.Future[Any] | asyncio.Handle | None = None
        self._out: list[Any] = []
        self._out_size = 0
        self._unsent: deque[memoryview] = deque()
        self._owed = 0  # bytes in it
        self._reading = True
        self._writable = True

    # Life

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.set_write_buffer_limits(high=SLICE - 1, low=0)
        self.last_active = self._server.now()
        self._server.connected(self)
        tls = transport.get_extra_info("ssl_object")
        if tls is None:
            self._descriptor = transport.get_extra_info("socket").fileno()
        elif self._identify is not None:
            principal = self._identify(tls.getpeercert())
            if principal is None:
                self._refuse("no rule of ssl.principal.mapping.rules applies to its certificate")
            else:
                self.session.principal = principal

    def connection_lost(self, error: Exception | None) -> None:
        self._descriptor = -1
        self._drop_work()
        self._drop_unsent()
        self._server.disconnected(self)

    def eof_received(self) -> bool:
        """The client sends no more. What it sent before counts: a producer with acks=0 waits for nothing."""
        waiting = isinstance(self._answering, asyncio.Future)
        self._ended = bool(self._frames) and self._writable and not waiting and self._descriptor >= 0
        return self._ended

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer, or an answer for its reader."""
        return self._answering is not None or bool(self._unsent)

    def close(self) -> None:
        """End the connection once what was answered is sent."""
        self._drop_work()
        self.session.closing = True
        if not self._unsent:
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._drop_work()
        self._drop_unsent()
        self._transport.abort()

    def _drop_work(self) -> None:
        self._broken = ""
        self._frames.clear()
        self._frame = None
        self._out.clear()
        answering, self._answering = self._answering, None
        if isinstance(answering, asyncio.Future):
            # Soon, for a coroutine that has not begun would complain of never having been awaited.
            asyncio.get_running_loop().call_soon(answering.cancel)
        elif answering is not None:
            answering.cancel()

    def _drop_unsent(self) -> None:
        self._unsent.clear()
        self._owe(-self._owed)

    def _owe(self, size: int) -> None:
        """Count what is in memory until the client takes it."""
        self._owed += size
        self._server.owed += size

    def _refuse(self, reason: str) -> None:
        """The client breaks the protocol: it gets the answers to what was right, and no more."""
        session = self.session
        _log.info("Closing the connection of %s:%s: %s", session.client_address, session.client_port, reason)
        self._frames.clear()
        self._flush()
        self.close()

    # Reading

    def get_buffer(self, sizehint: int) -> memoryview:
        if self._frame is not None:
            return memoryview(self._frame)[self._filled :]
        if self._head:
            self._scratch[: len(self._head)] = self._head
            return self._scratch[len(self._head) :]
        return self._scratch

    def buffer_updated(self, count: int) -> None:
        if self._transport.is_closing() or self.session.closing:
            return
        if self._frame is not None:
            self._filled += count
            if self._filled == self._frame_size:
                self._accept(memoryview(self._frame))
                self._frame = None
            elif self._filled == len(self._frame):
                grown = bytearray(min(self._frame_size, 2 * self._filled))
                grown[: self._filled] = self._frame
                self._frame = grown
                return
            else:
                return
        elif not self._broken:
            self._split(count + len(self._head))
        if self._answering is None and (self._frames or self._broken) and self._writable:
            self._work()
        if self._reading and (self._waiting_bytes > BYTES_WAITING or len(self._frames) > FRAMES_WAITING):
            self._reading = False
            self._transport.pause_reading()

    def _split(self, end: int) -> None:
        """Cut the scratch buffer into frames; it is shared by all connections, so what is kept is copied."""
        scratch = self._scratch
        position = 0
        while end - position >= 4:
            (size,) = _SIZE.unpack_from(scratch, position)
            if not 0 <= size <= self._server.largest_frame(self.session):
                self._broken = f"a request of {size} bytes was announced"
                return
            start = position + 4
            position = start + size
            if position > end:
                self._filled = end - start
                self._frame_size = size
                self._frame = bytearray(min(size, max(FIRST_PIECE, 2 * self._filled)))
                self._frame[: self._filled] = scratch[start:end]
                self._head = b""
                return
            self._accept(memoryview(bytes(scratch[start:position])))
        self._head = bytes(scratch[position:end])

    def _accept(self, frame: memoryview) -> None:
        self._frames.append(frame)
        self._waiting_bytes += len(frame)

    # Answering

    def _work(self) -> None:
        """Handle waiting requests until one has to wait, or others should have their turn."""
        self.last_active = self._server.now()
        frames, session, handle = self._frames, self.session, self._server.handle
        turns = FRAMES_PER_TURN
        while frames:
            if turns == 0 or self._out_size > BYTES_PER_TURN:
                self._answering = asyncio.get_running_loop().call_soon(self._continue)
                break
            turns -= 1
            frame = frames.popleft()
            self._waiting_bytes -= len(frame)
            try:
                answer = handle(frame, session)
            except WireError as error:
                self._refuse(str(error))
                return
            except OSError as error:  # asyncio would close the connection, too, but not say why
                self._refuse(f"its request needs what the system cannot give: {error}")
                return
            if answer is None:
                continue
            if type(answer) is not list:
                self._wait_for(cast("Awaitable[Answer]", answer))
                break
            self._queue(answer)
            if session.closing:
                frames.clear()
        self._flush()
        if self._answering is None and not frames:
            if self._broken:
                self._refuse(self._broken)
            elif self._ended:
                self.close()

    def _continue(self) -> None:
        self._answering = None
        if self._writable:
            self._work()
        self._read_again()

    def _queue(self, answer: list[Any]) -> None:
        self._out += answer
        for part in answer:
            self._out_size += len(part)

    def _wait_for(self, answer: Awaitable[Answer]) -> None:
        self._answering = asyncio.ensure_future(answer)
        self._answering.add_done_callback(self._answered)

    def _answered(self, future: asyncio.Future[Answer]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if future is not self._answering:
            return
        self._answering = None
        if isinstance(error, WireError):
            self._refuse(str(error))
            return
        if error is not None:
            _log.error("A request failed", exc_info=error)
            self.abort()
            return
        answer = future.result()
        if answer is not None:
            self._queue(answer)
            self._flush()
        if (self._frames or self._broken or self._ended) and self._writable:
            self._work()
        self._read_again()

    def _read_again(self) -> None:
        """Resume reading once the queue is half empty and the client takes its answers."""
        if (
            not self._reading
            and self._writable
            and len(self._frames) <= FRAMES_WAITING // 2
            and self._waiting_bytes <= BYTES_WAITING // 2
            and not self._transport.is_closing()
        ):
            self._reading = True
            self._transport.resume_reading()

    # Writing

    def _flush(self) -> None:
        out = self._out
        if not out:
            return
        self._out = []
        self._out_size = 0
        if self._unsent:
            self._unsent.extend(map(memoryview, out))
            self._owe(sum(map(len, out)))
            return
        self._send(out)
        if self.session.closing:
            self.close()

    def _send(self, parts: list[Any]) -> None:
        """Write to the socket itself if nothing is before us: no copy into the transport, no joining of buffers."""
        if self._descriptor >= 0 and self._transport.get_write_buffer_size() == 0:
            for start in range(0, len(parts), _BUFFERS_PER_CALL):
                some = parts[start : start + _BUFFERS_PER_CALL]
                try:
                    sent = os.writev(self._descriptor, some)
                except BlockingIOError:
                    sent = 0
                except OSError:  # the peer is gone; the transport would notice with the next write only
                    self.abort()
                    return
                if sent < sum(map(len, some)):
                    self._keep(parts[start:], sent)
                    return
            return
        self._keep(parts, 0)

    def _keep(self, parts: list[Any], sent: int) -> None:
        """Hold what the socket did not take, and give it to the transport by slices."""
        for part in parts:
            if sent >= len(part):
                sent -= len(part)
                continue
            self._unsent.append(memoryview(part)[sent:])
            self._owe(len(part) - sent)
            sent = 0
        self._feed()

    def _feed(self) -> None:
        """Fill the transport up to one slice; it calls `resume_writing` when that is gone."""
        while self._unsent and self._writable:
            some, size = [], 0
            while self._unsent and size < SLICE:
                part = self._unsent.popleft()
                if len(part) > SLICE - size:
                    self._unsent.appendleft(part[SLICE - size :])
                    part = part[: SLICE - size]
                some.append(part)
                size += len(part)
            self._owe(-size)
            # Not writelines: until Python 3.13.2 it forgets to say that the buffer is full (CVE-2024-12254).
            self._transport.write(some[0] if len(some) == 1 else b"".join(some))

    def pause_writing(self) -> None:
        self._writable = False
        if self._reading and not self._transport.is_closing():
            self._reading = False
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._writable = True
        if self._unsent:
            rest = list(self._unsent)
            self._drop_unsent()
            self._send(rest)
        if self._unsent:
            return
        if self.session.closing:
            self.close()
            return
        if (self._frames or self._broken or self._ended) and self._answering is None:
            self._work()
        self._read_again()
