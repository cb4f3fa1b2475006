"""Sending at a given rate, approximately: how many records are due, and what to do meanwhile."""

from __future__ import annotations

import time
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcli.client.producer import BulkProducer

_PATIENCE = 0.1  # the longest time without a look at the clock (or for a signal)


class Throttle:
    """`rate` records a second since now; no limit if it is negative, or no number, as Java's NaN and Infinity."""

    def __init__(self, rate: float) -> None:
        self._rate = rate if isfinite(rate) else -1
        self._begin = time.monotonic()

    def due(self, sent: int, most: int) -> int:
        """How many records may be sent now, at most so many."""
        if self._rate < 0:
            return most
        return min(most, int((time.monotonic() - self._begin) * self._rate) + 1 - sent)

    def wait(self, producer: BulkProducer, sent: int) -> None:
        """Let the producer work until the next record is due, or for a moment."""
        seconds = _PATIENCE
        if self._rate > 0:
            seconds = min(seconds, self._begin + sent / self._rate - time.monotonic())
        if producer.pending:
            producer.poll(max(0.0, seconds))
        else:
            time.sleep(max(0.0, seconds))
