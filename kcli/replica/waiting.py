"""What waits for records: long-polling fetches now, acks=all produces once there are followers.

A waiter names the partitions that can end its wait and how much each may add; a partition that gains readable bytes
tells only its own waiters, and a waiter is completed only when what it asked for can be met. Pure state: the caller
says what time it is and is told the next deadline, so the same code runs on the real clock and in tests.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable


class Waiter:
    """One wait: done when `missing` bytes have come in, when forced, or when its deadline has passed."""

    __slots__ = ("_caps", "deadline", "done", "missing", "on_done")

    def __init__(self, caps: dict[Hashable, int], missing: int, deadline: float, on_done: Callable[[], None]) -> None:
        self._caps = caps  # per partition: how many bytes more it may add (the fetch's partition_max_bytes)
        self.on_done = on_done
        self.missing = missing
        self.deadline = deadline
        self.done = False

    @property
    def keys(self) -> Iterable[Hashable]:
        return self._caps.keys()

    def gain(self, key: Hashable, size: int) -> bool:
        """Counts `size` new bytes at `key`; true when the wait is over."""
        counted = min(size, self._caps[key])
        self._caps[key] -= counted
        self.missing -= counted
        return self.missing <= 0


class Waiting:
    """All waiters, by partition and by deadline."""

    def __init__(self, on_earlier_deadline: Callable[[float], None] = lambda deadline: None) -> None:
        self._by_key: dict[Hashable, list[Waiter]] = {}
        self._deadlines: list[tuple[float, int, Waiter]] = []
        self._sequence = 0
        self._count = 0
        self._on_earlier_deadline = on_earlier_deadline

    def __len__(self) -> int:
        return self._count

    def add(self, waiter: Waiter) -> None:
        earliest = self.next_deadline()
        for key in waiter.keys:
            self._by_key.setdefault(key, []).append(waiter)
        self._sequence += 1
        self._count += 1
        heapq.heappush(self._deadlines, (waiter.deadline, self._sequence, waiter))
        if earliest is None or waiter.deadline < earliest:
            self._on_earlier_deadline(waiter.deadline)

    def gained(self, key: Hashable, size: int) -> None:
        """`size` more bytes can be read at `key`."""
        waiters = self._by_key.get(key)
        if waiters:
            self._finish([waiter for waiter in waiters if waiter.gain(key, size)])

    def force(self, key: Hashable) -> None:
        """Ends every wait at `key`: its leader, epoch or existence changed, and the answer may be an error now."""
        self._finish(list(self._by_key.get(key, ())))

    def force_all(self) -> None:
        """Ends every wait: the broker stops."""
        self._finish([waiter for _, _, waiter in self._deadlines])

    def cancel(self, waiter: Waiter) -> None:
        """Forgets a waiter whose connection has gone; nobody is told."""
        if not waiter.done:
            self._forget(waiter)

    def next_deadline(self) -> float | None:
        while self._deadlines and self._deadlines[0][2].done:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else None

    def expire(self, now: float) -> None:
        """Ends the waits whose deadline is not after `now`."""
        due = []
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            due.append(heapq.heappop(self._deadlines)[2])
        self._finish(due)

    def _finish(self, waiters: list[Waiter]) -> None:
        for waiter in waiters:
            if not waiter.done:
                self._forget(waiter)
                waiter.on_done()

    def _forget(self, waiter: Waiter) -> None:
        waiter.done = True
        self._count -= 1
        for key in waiter.keys:
            waiters = self._by_key[key]
            waiters.remove(waiter)
            if not waiters:
                del self._by_key[key]
        # Most waits end before their deadline: without this the heap would hold them until then.
        if len(self._deadlines) > 64 + 2 * self._count:
            self._deadlines = [entry for entry in self._deadlines if not entry[2].done]
            heapq.heapify(self._deadlines)
