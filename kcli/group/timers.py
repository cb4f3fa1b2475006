"""Many named deadlines behind one timer of the event loop.

Sessions are put off with every heartbeat and hardly ever end, so putting off costs a dictionary entry: the heap keeps
the earlier time, and the entry is pushed again when that comes up.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Protocol

from kcli.clock import Clock


class Timers:
    """Deadlines by key, in seconds of a monotonic clock. Plain bookkeeping: it waits for nothing itself."""

    def __init__(self) -> None:
        self._deadlines: dict[Hashable, float] = {}
        self._heap: list[tuple[float, int, Hashable]] = []
        self._queued: dict[Hashable, float] = {}  # the earliest time at which the heap has the key
        self._count = 0  # keys need not be comparable

    def __len__(self) -> int:
        return len(self._deadlines)

    def set(self, key: Hashable, deadline: float) -> None:
        self._deadlines[key] = deadline
        queued = self._queued.get(key)
        if queued is None or deadline < queued:
            self._push(key, deadline)

    def cancel(self, key: Hashable) -> None:
        self._deadlines.pop(key, None)

    def next_deadline(self) -> float | None:
        """When to look again; it may turn out that nothing is due then."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> Iterator[Hashable]:
        """Take out, one after the other, the keys whose time has come."""
        while self._heap and self._heap[0][0] <= now:
            at, _, key = heapq.heappop(self._heap)
            if self._queued.get(key) == at:
                del self._queued[key]
            deadline = self._deadlines.get(key)
            if deadline is None:
                continue
            if deadline > now:
                self.set(key, deadline)
                continue
            del self._deadlines[key]
            yield key

    def _push(self, key: Hashable, deadline: float) -> None:
        self._count += 1
        self._queued[key] = deadline
        heapq.heappush(self._heap, (deadline, self._count, key))


class Handle(Protocol):
    def cancel(self) -> None: ...


class Scheduler(Protocol):
    """An asyncio loop, or what a test moves by hand."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle: ...


class TimerService:
    """Calls `fire(key)` when a key's time has come, with one timer of the scheduler for all of them."""

    def __init__(self, clock: Clock, scheduler: Scheduler, fire: Callable[[Any], None]) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._fire = fire
        self._timers = Timers()
        self._armed: tuple[float, Handle] | None = None
        self._closed = False

    def start(self, key: Hashable, delay_ms: float) -> None:
        self._timers.set(key, self._clock.monotonic() + delay_ms / 1000)
        self._arm()

    def stop(self, key: Hashable) -> None:
        self._timers.cancel(key)

    def close(self) -> None:
        self._closed = True
        if self._armed is not None:
            self._armed[1].cancel()

    def _arm(self) -> None:
        deadline = self._timers.next_deadline()
        if deadline is None or self._closed or (self._armed is not None and self._armed[0] <= deadline):
            return
        if self._armed is not None:
            self._armed[1].cancel()
        delay = max(deadline - self._clock.monotonic(), 0)
        self._armed = deadline, self._scheduler.call_later(delay, self._run)

    def _run(self) -> None:
        self._armed = None
        try:
            for key in self._timers.due(self._clock.monotonic()):
                self._fire(key)
        finally:
            self._arm()
