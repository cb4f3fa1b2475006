"""A network that misbehaves to order: a proxy before a broker that hangs up, is slow, or goes silent."""

from __future__ import annotations

import socket
import struct
import threading
import time

_RESET = struct.pack("ii", 1, 0)  # linger for no time: close() sends RST
_PIECE = 4096


class BadNetwork:
    """Listens at `address` and passes on to `target`, a port of this machine.

    `refusals` connections are hung up on before anything is passed on. `rate`: bytes per second that go to the target;
    little more than a second's worth of them is taken before, as a short line would.
    """

    def __init__(self, target: int, *, port: int = 0, refusals: int = 0, rate: float | None = None) -> None:
        self.refusals = refusals
        self.rate = rate
        self.connections = 0
        self.silent = False  # while it is, connections are taken, and nothing ever passes over them
        self._held: list[socket.socket] = []
        self._frozen: set[tuple[socket.socket, socket.socket]] = set()
        self._target = target
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = socket.create_server(("localhost", port))
        if rate is not None:  # what is accepted inherits it
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"localhost:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> BadNetwork:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()
        for each in self._held:
            each.close()

    def cut(self) -> None:
        """Reset every connection there is."""
        for pair in list(self._pairs):
            for each in pair:
                _reset(each)

    def freeze(self) -> None:
        """From now on nothing passes over the connections there are, and nobody is told."""
        self._frozen |= self._pairs

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.silent:
                self._held.append(accepted)
                continue
            if self.refusals > 0:
                self.refusals -= 1
                _reset(accepted)
                continue
            try:
                onward = socket.create_connection(("localhost", self._target))
            except OSError:
                _reset(accepted)
                continue
            pair = (accepted, onward)
            self._pairs.add(pair)
            for source, sink, rate in ((accepted, onward, self.rate), (onward, accepted, None)):
                threading.Thread(target=self._pass_on, args=(source, sink, rate, pair), daemon=True).start()

    def _pass_on(
        self, source: socket.socket, sink: socket.socket, rate: float | None, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        try:
            while data := source.recv(_PIECE):
                if pair in self._frozen:
                    continue
                if rate is not None:
                    time.sleep(len(data) / rate)
                sink.sendall(data)
        except OSError:
            pass
        self._pairs.discard(pair)
        for each in pair:
            _hang_up(each)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)  # which wakes whoever reads it
    except OSError:
        pass
    connection.close()


def _reset(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    except OSError:
        pass
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    connection.close()
