"""Ctrl-C and SIGTERM at a moment of our choosing: an exception in the middle of bookkeeping would lose records.

The first signal is noted, and makes a descriptor readable that waiting code watches; the second one interrupts.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from kcli.cli.errors import INTERRUPTED

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.client.producer import BulkProducer

_MOMENT = 1.0  # seconds in which the answer may come that what was typed before the signal waits for
_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: 128 + signal.SIGTERM}


def impatient(cluster: Cluster, *, always: bool = False) -> Callable[[], None]:
    """For `on_first`: interrupt what waits for a cluster that has not answered yet, nor does in a moment.

    `always`: also what waits that long for an answer later.
    """

    def interrupt(*_: object) -> None:
        since = cluster.waiting_since if always else None
        if not cluster.nodes or (since is not None and time.monotonic() - since >= _MOMENT):
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise KeyboardInterrupt

    def watch() -> None:
        if always or not cluster.nodes:
            signal.signal(signal.SIGALRM, interrupt)
            signal.setitimer(signal.ITIMER_REAL, _MOMENT, _MOMENT / 2 if always else 0)

    return watch


class Signals:
    """Within a `with` block: `code` is the exit code of the signal that came, 0 if none did."""

    def __init__(self, on_first: Callable[[], None]) -> None:
        self.code = 0
        self._on_first = on_first
        self._before: dict[signal.Signals, object] = {}
        self._readable, self._writable = os.pipe()

    def fileno(self) -> int:
        """What becomes readable with the first signal."""
        return self._readable

    def __enter__(self) -> Signals:
        for number in _CODES:
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)  # that of `impatient`
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self._readable)
        os.close(self._writable)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.code:
            raise KeyboardInterrupt
        self.code = _CODES[signal.Signals(number)]
        os.write(self._writable, b"!")
        self._on_first()


def deliver(producer: BulkProducer, signals: Signals) -> None:
    """Wait until every record is delivered or has failed, or a signal comes."""
    while producer.pending and not signals.code:
        producer.poll(None, watch=(signals.fileno(),), flushing=True)
