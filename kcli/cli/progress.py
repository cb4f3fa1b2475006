"""How far a long job is: one line on stderr, redrawn in place, and only where stderr is a terminal."""

from __future__ import annotations

import time

from kcli.cli.environment import Environment

_EVERY = 0.2
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class Progress:
    """Counts what passes; `step` is cheap enough to be called for every batch."""

    def __init__(self, environment: Environment, what: str, total: int | None = None) -> None:
        self.records = 0
        self.bytes = 0
        self.note = ""
        self.first = 0.0  # seconds that the first part of the job took
        self._environment = environment
        self._what = what
        self._total = total
        self.shown = environment.stderr.isatty()
        self._drawn = False
        self._begin = time.monotonic()
        self._next = self._begin + _EVERY

    def step(self, records: int, size: int) -> None:
        """Some records have passed."""
        self.records += records
        self.bytes += size
        if self.shown and (now := time.monotonic()) >= self._next:
            self._next = now + _EVERY
            self._draw(now)

    def begin(self, what: str, total: int | None = None) -> None:
        """The next part of the job."""
        self.close()
        self.first = self.first or (self.elapsed if self.records else 0.0)
        self._what, self._total, self.records, self.bytes = what, total, 0, 0
        self._begin = time.monotonic()

    def close(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._environment.stderr.write(b"\r\x1b[K")
            self._environment.stderr.flush()
            self._drawn = False

    @property
    def elapsed(self) -> float:
        return max(time.monotonic() - self._begin, 1e-6)

    def _draw(self, now: float) -> None:
        share = f" ({min(100, self.records * 100 // self._total)} %)" if self._total else ""
        rate = self.records / self.elapsed
        text = (
            f"{self._what}: {self.records:,} records{share}, {size_text(self.bytes)}, {rate:,.0f} records/s{self.note}"
        )
        self._environment.stderr.write(f"\r\x1b[K{text[: max(20, self._environment.width - 1)]}".encode())
        self._environment.stderr.flush()
        self._drawn = True


def size_text(size: float) -> str:
    """A number of bytes for people."""
    for unit in _UNITS:
        if size < 1024 or unit == _UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError
