"""A connection on its way: a thread goes through the handshakes, so that whoever reads other brokers need not wait.

    opening = Opening(2, lambda: Connection.open(address, config))
    selector.register(opening, selectors.EVENT_READ, opening)     # readable when there is an outcome
    connection = opening.take()

`Openings` are those of one client: one for each broker at most, and a pause after one that failed. `race` takes
whichever of several brokers is there first.

These are the only threads of a client. All that one touches is the connection that it makes, which nobody else has yet.
"""

from __future__ import annotations

import os
import selectors
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kcli.client.connection import Connection
from kcli.client.errors import ClientError
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster


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


class Openings:
    """Towards the brokers of a cluster. Who cannot be reached is left alone for `pause` seconds, at most `longest` as
    it goes on, and is not trusted with questions that others can answer. What is under way is in the `selector`, if
    there is one: readable, with itself as data, when it is to be taken.
    """

    def __init__(
        self, cluster: Cluster, pause: float, longest: float, selector: selectors.BaseSelector | None = None
    ) -> None:
        self._cluster = cluster
        self._pause = pause
        self._longest = longest
        self._selector = selector
        self._by_node: dict[int, Opening] = {}
        self._left_alone: dict[int, tuple[float, float]] = {}  # node: (not before, next pause)

    def __iter__(self) -> Iterator[Opening]:
        return iter(list(self._by_node.values()))

    def __contains__(self, node: int) -> bool:
        return node in self._by_node

    @property
    def missing(self) -> bool:
        """Whether there are brokers of the cluster that could not be reached, and have not been since."""
        return any(node in self._cluster.nodes for node in self._left_alone)

    def begin(self, node: int, now: float) -> Opening | None:
        """Set out for a broker; None if that is under way, or too early. Raises what `Cluster.address` does."""
        if node in self._by_node or now < self.not_before(node):
            return None
        with self._leaving_alone(node, now):
            opening = self._by_node[node] = self._cluster.opening(node)
        if self._selector is not None:
            self._selector.register(opening, selectors.EVENT_READ, opening)
        return opening

    def take(self, opening: Opening, now: float) -> Connection:
        """The connection, once there is an outcome; raises what stood in its way."""
        self._forget(opening)
        with self._leaving_alone(opening.node, now):
            connection = opening.take()
        self._left_alone.pop(opening.node, None)
        return connection

    def not_before(self, node: int) -> float:
        """When a broker may be tried again."""
        return self._left_alone[node][0] if node in self._left_alone else 0.0

    def wake_at(self, now: float) -> float:
        """When the next of those that are left alone may be."""
        return min([time for time, _ in self._left_alone.values() if time > now], default=float("inf"))

    def close(self) -> None:
        """Nobody waits for any of them any more."""
        for opening in self:
            self._forget(opening)
            opening.abandon()

    def _forget(self, opening: Opening) -> None:
        del self._by_node[opening.node]
        if self._selector is not None:
            self._selector.unregister(opening)

    @contextmanager
    def _leaving_alone(self, node: int, now: float) -> Iterator[None]:
        try:
            yield
        except (ClientError, KafkaError) as error:
            _, pause = self._left_alone.get(node, (0.0, self._pause))
            self._left_alone[node] = (now + pause, min(pause * 2, self._longest))
            if isinstance(error, ClientError):
                self._cluster.distrust(node)
            raise


def race(
    nodes: Iterable[int], begin: Callable[[int], Opening], head_start: float
) -> Generator[tuple[int, Connection | Exception], None, None]:
    """Each broker's outcome as it comes. One sets out when the one before has failed, or after its head start.

    Whoever has seen enough closes the iterator, and the others turn back.
    """
    waiting = deque(nodes)
    with selectors.DefaultSelector() as running:
        try:
            while waiting or running.get_map():
                if waiting:
                    opening = begin(waiting.popleft())
                    running.register(opening, selectors.EVENT_READ, opening)
                for key, _ in running.select(head_start if waiting else None):
                    opening = key.data
                    running.unregister(opening)
                    yield opening.node, _outcome(opening)
        finally:
            for key in list(running.get_map().values()):
                key.data.abandon()


def _outcome(opening: Opening) -> Connection | Exception:
    try:
        return opening.take()
    except Exception as error:
        return error
