"""A connection on its way: a thread goes through the handshakes, so that whoever reads other brokers need not wait.

    opening = Opening(2, lambda: Connection.open(address, config))
    selector.register(opening, selectors.EVENT_READ, opening)     # readable when there is an outcome
    connection = opening.take()

It is the one thread of a client. All it touches is the connection that it makes, which nobody else has yet.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from kcli.client.connection import Connection


class Opening:
    """One attempt to reach a broker; it ends by `take` or by `abandon`."""

    def __init__(self, node: int, connect: Callable[[], Connection]) -> None:
        self.node = node
        self._connect = connect
        self._outcome: Connection | Exception | None = None
        self._abandoned = False
        self._lock = threading.Lock()
        self._readable, self._writable = os.pipe()
        threading.Thread(target=self._run, daemon=True).start()

    def fileno(self) -> int:
        return self._readable

    def take(self) -> Connection:
        """The connection, once this is readable; raises what stood in its way."""
        os.close(self._readable)
        assert self._outcome is not None
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def abandon(self) -> None:
        """Nobody waits for it any more."""
        os.close(self._readable)
        with self._lock:
            self._abandoned = True
            if isinstance(self._outcome, Connection):
                self._outcome.close()

    def _run(self) -> None:
        try:
            outcome: Connection | Exception = self._connect()
        except Exception as error:
            outcome = error
        with self._lock:
            self._outcome = outcome
            if self._abandoned and isinstance(outcome, Connection):
                outcome.close()
        os.close(self._writable)  # which makes the other end readable
