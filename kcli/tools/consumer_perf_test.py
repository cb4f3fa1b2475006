"""kafka-consumer-perf-test: how many records a second can be consumed, from one process.

Every record is taken out of its batch, key and value, as Kafka's tool has it done; checksums are not compared, neither
are they there. As there, a test ends with the poll (of max.poll.records) that reaches the number asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kcli.cli.environment import Environment
from kcli.cli.errors import OK
from kcli.cli.main import start
from kcli.tools.consumer_perf_test_options import TABLE, Test, read_options

if TYPE_CHECKING:
    from kcli.client.consumer import BulkConsumer
    from kcli.client.decode import Chunk

_MEGABYTE = 1024.0 * 1024.0
_POLL = 0.1
_COMMON = "data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms,"
_HEADER = f"start.time, end.time, {_COMMON} fetch.MB.sec, fetch.nMsg.sec"
_DETAILED_HEADER = f"time, threadId, {_COMMON} fetch.MB.sec, fetch.nMsg.sec"


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    test = read_options(arguments, environment)
    if isinstance(test, int):
        return test

    from kcli.cli.topic_filter import topic_filter
    from kcli.client.cluster import Cluster
    from kcli.client.config import CONSUMER
    from kcli.client.consumer import BulkConsumer
    from kcli.client.consumer_config import consumer_config

    values = test.settings.parse(CONSUMER)
    topics = [test.topic] if test.topic is not None else topic_filter(test.include or "")
    if test.header:
        environment.print(_DETAILED_HEADER if test.detailed else _HEADER)
        environment.stdout.flush()
    cluster = Cluster(test.settings["bootstrap.servers"], test.settings)
    consumer = BulkConsumer(cluster, consumer_config(values), warn=environment.warn)
    consumer.subscribe(topics)
    meter = Meter(test, consumer, values["max.poll.records"], environment.print)
    try:
        meter.run()
    finally:
        meter.stop()
        environment.stdout.flush()
        consumer.close()
    if not test.detailed:
        environment.print(meter.summary())
    if test.metrics:
        _print_metrics(meter, test.settings["client.id"], environment)
    return OK


class Meter:
    """Consumes and counts."""

    def __init__(self, test: Test, consumer: BulkConsumer, poll_records: int, say: Callable[[str], None]) -> None:
        self._test = test
        self._consumer = consumer
        self._poll_records = poll_records
        self._say = say
        self._begin = self._end = time.time()
        self._joining: float | None = self._begin  # since when there is no assignment
        self._joined = self._joined_since_report = 0.0
        self.records = self.bytes = 0

    def run(self) -> None:
        """Until there were enough records, or none for too long."""
        test = self._test
        reported, reported_records, reported_bytes = self._begin, 0, 0
        last = now = self._begin
        while self.records < test.records and now - last <= test.timeout:
            chunks = self._consumer.poll(_POLL)
            now = time.time()
            self._watch_assignment(now)
            if chunks:
                last = now
            for chunk in chunks:
                if self.records < test.records:
                    self._take(chunk)
            if chunks and now - reported >= test.interval:
                now = time.time()
                if test.detailed:
                    records, size = self.records - reported_records, self.bytes - reported_bytes
                    self._say(self._line(now, now - reported, records, size))
                reported, reported_records, reported_bytes = now, self.records, self.bytes
                self._joined_since_report = 0.0
        if self.records < test.records:
            self._say(
                "WARNING: Exiting before consuming the expected number of records: timeout"
                f" ({test.timeout * 1000:.0f} ms) exceeded. You can use the --timeout option to increase the timeout."
            )

    def stop(self) -> None:
        """The time is over."""
        self._end = time.time()

    def _watch_assignment(self, now: float) -> None:
        if self._joining is not None and self._consumer.settled:
            self._joined += now - self._joining
            self._joined_since_report += now - self._joining
            self._joining = None

    def _take(self, chunk: Chunk) -> None:
        keys, values = chunk.fields()
        missing = self._test.records - self.records
        enough = -(-missing // self._poll_records) * self._poll_records
        if len(values) > enough:
            del keys[enough:], values[enough:]
            self._consumer.consumed(chunk, chunk.offset_of(enough))
        else:
            self._consumer.consumed(chunk)
        self.records += len(values)
        self.bytes += sum(map(len, filter(None, keys))) + sum(map(len, filter(None, values)))

    def _line(self, now: float, elapsed: float, records: int, size: int) -> str:
        joined, megabytes = self._joined_since_report, size / _MEGABYTE
        fetching = max(0.0, elapsed - joined)
        return (
            f"{self._test.date(now)}, 0, {self.bytes / _MEGABYTE:.4f}, {_per(megabytes, elapsed)}, {self.records},"
            f" {_per(records, elapsed)}, {joined * 1000:.0f}, {fetching * 1000:.0f},"
            f" {_per(megabytes, fetching)}, {_per(records, fetching)}"
        )

    def summary(self) -> str:
        """The one line of a test that is not detailed."""
        elapsed = self._end - self._begin
        fetching = elapsed - self._joined
        megabytes = self.bytes / _MEGABYTE
        return (
            f"{self._test.date(self._begin)}, {self._test.date(self._end)}, {megabytes:.4f},"
            f" {_per(megabytes, elapsed)}, {self.records}, {_per(self.records, elapsed)}, {self._joined * 1000:.0f},"
            f" {fetching * 1000:.0f}, {_per(megabytes, fetching)}, {_per(self.records, fetching)}"
        )

    @property
    def rates(self) -> tuple[float, float]:
        """Records and bytes a second."""
        elapsed = max(self._end - self._begin, 0.001)
        return self.records / elapsed, self.bytes / elapsed


def _per(amount: float, seconds: float) -> str:
    return f"{amount / seconds if seconds > 0 else 0.0:.4f}"


def _print_metrics(meter: Meter, client_id: str, environment: Environment) -> None:
    """The counters that this client keeps, under the names that Kafka's has for them."""
    from kcli.tools.perf_stats import metric_lines

    records, size = meter.rates
    rows = {
        "consumer-fetch-manager-metrics:bytes-consumed-rate": size,
        "consumer-fetch-manager-metrics:bytes-consumed-total": meter.bytes,
        "consumer-fetch-manager-metrics:records-consumed-rate": records,
        "consumer-fetch-manager-metrics:records-consumed-total": meter.records,
    }
    for line in metric_lines(rows, client_id):
        environment.print(line)


if __name__ == "__main__":
    main()
