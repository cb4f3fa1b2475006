"""kafka-consumer-perf-test: how many records a second can be consumed, from one process.

Every record is taken out of its batch, key and value, as Kafka's tool has it done; checksums are not compared, neither
are they there. As there, a test ends with the poll (of max.poll.records) that reaches the number asked for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import OK
from kcli.cli.main import start
from kcli.cli.output import TEXT, Rows
from kcli.tools.consumer_perf_test_options import TABLE, Test, read_options
from kcli.tools.listings_measures import CONSUMED

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
    with test.settings.reported():
        config = consumer_config(values)
        cluster = Cluster(test.settings["bootstrap.servers"], test.settings)
    topics = [test.topic] if test.topic is not None else topic_filter(test.include or "")
    rows = Rows(CONSUMED, test.form, environment, live=True)
    if test.header and test.form == TEXT:
        environment.print(_DETAILED_HEADER if test.detailed else _HEADER)
        environment.stdout.flush()
    consumer = BulkConsumer(cluster, config, warn=environment.warn)
    consumer.subscribe(topics)
    meter = Meter(test, consumer, values["max.poll.records"], rows)
    with rows:
        try:
            meter.run()
        finally:
            meter.stop()
            consumer.close()
        if not test.detailed:
            meter.sum_up()
    if test.metrics:
        _print_metrics(meter, test.settings["client.id"], rows)
    return OK


class Meter:
    """Consumes and counts."""

    def __init__(self, test: Test, consumer: BulkConsumer, poll_records: int, rows: Rows) -> None:
        self._test = test
        self._consumer = consumer
        self._poll_records = poll_records
        self._rows = rows
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
                    self._report(reported, now, records, size)
                reported, reported_records, reported_bytes = now, self.records, self.bytes
                self._joined_since_report = 0.0
        if self.records < test.records:
            self._rows.say(
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

    def _report(self, begin: float, end: float, records: int, size: int) -> None:
        """A line of a detailed test."""
        span = Span(begin, end, self._joined_since_report, self.records, self.bytes, records, size)
        self._rows.put(span.row, f"{self._test.date(end)}, 0, {span.text}")

    def sum_up(self) -> None:
        """The one line of a test that is not detailed."""
        span = Span(self._begin, self._end, self._joined, self.records, self.bytes, self.records, self.bytes)
        self._rows.put(span.row, f"{self._test.date(self._begin)}, {self._test.date(self._end)}, {span.text}")

    @property
    def rates(self) -> tuple[float, float]:
        """Records and bytes a second."""
        elapsed = max(self._end - self._begin, 0.001)
        return self.records / elapsed, self.bytes / elapsed


class Span(NamedTuple):
    """What was consumed in a time: in all until its end, and (`records`, `size`) in it."""

    begin: float
    end: float
    joined: float  # seconds without an assignment
    all_records: int
    all_bytes: int
    records: int
    size: int

    @property
    def numbers(self) -> tuple[float, float, int, float, int, int, float, float]:
        """The columns that all lines have."""
        elapsed, megabytes = self.end - self.begin, self.size / _MEGABYTE
        fetching = max(0.0, elapsed - self.joined)
        return (
            self.all_bytes / _MEGABYTE,
            _per(megabytes, elapsed),
            self.all_records,
            _per(self.records, elapsed),
            round(self.joined * 1000),
            round(fetching * 1000),
            _per(megabytes, fetching),
            _per(self.records, fetching),
        )

    @property
    def text(self) -> str:
        """Kafka's."""
        return ", ".join(f"{number:.4f}" if isinstance(number, float) else f"{number}" for number in self.numbers)

    @property
    def row(self) -> dict[str, Any]:
        """For programs."""
        numbers = [round(number, 6) for number in self.numbers]
        times = [round(self.begin * 1000), round(self.end * 1000)]
        return dict(zip(CONSUMED.names, [*times, *numbers], strict=True))


def _per(amount: float, seconds: float) -> float:
    return amount / seconds if seconds > 0 else 0.0


def _print_metrics(meter: Meter, client_id: str, shown: Rows) -> None:
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
        shown.say(line)


if __name__ == "__main__":
    main()
