"""Work that comes back at intervals: checkpoints, retention, flushes. One that fails is logged and comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

_LONGEST_SECONDS = 24 * 3600.0  # call_later does not take Kafka's "never"

_log = logging.getLogger(__name__)


class Periodic:
    """Runs its jobs on the event loop, each a while after it last ended."""

    def __init__(self) -> None:
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._closed = False

    def every(self, milliseconds: int, name: str, job: Callable[[], object], first: int | None = None) -> None:
        """Run `job` at intervals from now on, for the first time after `first`; more than a day means never."""
        seconds = milliseconds / 1000
        if not self._closed and seconds <= _LONGEST_SECONDS:
            again = partial(self._run, milliseconds, name, job)
            delay = seconds if first is None else first / 1000
            self._timers[name] = asyncio.get_running_loop().call_later(delay, again)

    def _run(self, milliseconds: int, name: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:
            _log.exception("The %s failed", name)
        self.every(milliseconds, name, job)

    def close(self) -> None:
        """No job starts any more."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
