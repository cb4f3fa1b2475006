"""The statistics of kafka-producer-perf-test, computed as Kafka's tool computes them, and a table of metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SAMPLES = 500_000
_MEGABYTE = 1024.0 * 1024.0
_PERCENTILES = ((0.5, "50th"), (0.95, "95th"), (0.99, "99th"), (0.999, "99.9th"))


class Window:
    """The records of the interval between two lines."""

    def __init__(self, start: float) -> None:
        self.start = start
        self.count = 0
        self.bytes = 0
        self.latency = 0
        self.max_latency = 0

    def add(self, count: int, size: int, latency: int) -> None:
        """Records that took equally long, in milliseconds."""
        self.count += count
        self.bytes += size
        self.latency += count * latency
        self.max_latency = max(self.max_latency, latency)

    def line(self, now: float) -> str:
        """Kafka's intermediate line."""
        rate, megabytes = self.rates(now)
        return (
            f"{self.count} records sent, {rate:.1f} records/sec ({megabytes:.2f} MB/sec),"
            f" {self.mean:.1f} ms avg latency, {self.max_latency:.1f} ms max latency."
        )

    def row(self, now: float, scope: str = "interval", marks: Sequence[int | None] = (None,) * 4) -> dict[str, Any]:
        """The same as a row, with the percentiles where they are known."""
        rate, megabytes = self.rates(now)
        return {
            "scope": scope,
            "records": self.count,
            "recordsPerSecond": round(rate, 6),
            "mbPerSecond": round(megabytes, 6),
            "averageLatencyMs": round(self.mean, 6),
            "maxLatencyMs": self.max_latency,
            **dict(zip(("p50Ms", "p95Ms", "p99Ms", "p999Ms"), marks, strict=True)),
        }

    def rates(self, now: float) -> tuple[float, float]:
        """Records and megabytes a second."""
        elapsed = max(now - self.start, 0.001)
        return self.count / elapsed, self.bytes / elapsed / _MEGABYTE

    @property
    def mean(self) -> float:
        """The mean latency."""
        return self.latency / self.count if self.count else 0.0


class Stats:
    """The records of a test, or of its steady state: every n-th latency is kept for the percentiles.

    There are at most half a million of them, so that the memory of a long test stays bounded.
    """

    def __init__(self, records: int, start: float) -> None:
        self.total = Window(start)
        self._sampling = max(1, records // min(records, _SAMPLES))
        self._latencies: list[int] = []

    def add(self, count: int, size: int, latency: int) -> None:
        """Records that took equally long, in milliseconds."""
        step = self._sampling
        first = self.total.count
        sampled = (first + count - 1) // step - (first - 1) // step
        self._latencies += [latency] * sampled
        self.total.add(count, size, latency)

    def line(self, now: float, what: str = "records") -> str:
        """Kafka's last line."""
        rate, megabytes = self.total.rates(now)
        shares = ", ".join(f"{mark} ms {name}" for mark, (_, name) in zip(self._marks, _PERCENTILES, strict=True))
        return (
            f"{self.total.count} {what} sent, {rate:.6f} records/sec ({megabytes:.2f} MB/sec),"
            f" {self.total.mean:.2f} ms avg latency, {self.total.max_latency:.2f} ms max latency, {shares}."
        )

    def row(self, now: float, scope: str = "total") -> dict[str, Any]:
        """The same as a row."""
        return self.total.row(now, scope, self._marks)

    @property
    def _marks(self) -> list[int]:
        return percentiles(self._latencies, [share for share, _ in _PERCENTILES])


def percentiles(latencies: Sequence[int], shares: Sequence[float]) -> list[int]:
    """The latencies that these shares of all stay below."""
    ordered = sorted(latencies)
    last = len(ordered) - 1
    return [ordered[min(last, int(share * len(ordered)))] if ordered else 0 for share in shares]


def metric_lines(metrics: Mapping[str, float], client_id: str) -> Iterator[str]:
    """Kafka's table for --print-metrics."""
    names = [f"{name}:{{client-id={client_id}}}" for name in metrics]
    width = max(map(len, names))
    yield ""
    yield "Metric Name".ljust(width + 3) + "Value"
    for name, value in zip(names, metrics.values(), strict=True):
        yield f"{name.ljust(width)} : {value:.3f}"
