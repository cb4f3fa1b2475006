"""kafka-share-consumer-perf-test: how many records a second share consumers get, from one process.

Every record is taken out of its batch, key and value, and acknowledged implicitly, as Kafka's tool has it done. With
several threads each has a consumer of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import OK
from kcli.cli.main import start
from kcli.cli.output import TEXT, Rows
from kcli.tools.listings_measures import SHARE_CONSUMED
from kcli.tools.share_consumer_perf_test_options import TABLE, Test, read_options

if TYPE_CHECKING:
    from kcli.client.share_consumer import ShareConsumer

_MEGABYTE = 1024.0 * 1024.0
_POLL = 0.1
_HEADER = "start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg, fetch.time.ms"


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    test = read_options(arguments, environment)
    if isinstance(test, int):
        return test

    from kcli.client.cluster import Cluster
    from kcli.client.share_config import share_config
    from kcli.client.share_consumer import ShareConsumer

    with test.settings.reported():
        config = share_config(test.settings)
        clusters = [Cluster(each["bootstrap.servers"], each) for each in test.settings_of_each()]
    rows = Rows(SHARE_CONSUMED, test.form, environment, live=True)
    if test.header and test.form == TEXT:
        environment.print(_HEADER)
        environment.stdout.flush()
    consumers = [ShareConsumer(cluster, config, warn=environment.warn) for cluster in clusters]
    for consumer in consumers:
        consumer.subscribe([test.topic])
    bench = Bench(test, rows)
    try:
        with rows:
            bench.run(consumers)
            bench.report()
    finally:
        for consumer in consumers:
            consumer.close()
    if test.metrics:
        bench.print_metrics()
    return OK


class Meter:
    """What one share consumer has got."""

    def __init__(self, number: int, client_id: str) -> None:
        self.number, self.client_id = number, client_id
        self.records = self.bytes = 0


class Span(NamedTuple):
    """What was consumed in a time: in all until its end, and (`records`, `size`) in it."""

    begin: float
    end: float
    all_records: int
    all_bytes: int
    records: int
    size: int

    @property
    def numbers(self) -> tuple[float, float, float, int, int]:
        """The columns behind the times."""
        elapsed, megabytes = self.end - self.begin, self.size / _MEGABYTE
        speed, rate = megabytes / elapsed, self.records / elapsed
        return self.all_bytes / _MEGABYTE, speed, rate, self.all_records, round(elapsed * 1000)

    def text(self, date: Callable[[float], str]) -> str:
        """Kafka's."""
        total, speed, rate, records, milliseconds = self.numbers
        return f"{date(self.begin)}, {date(self.end)}, {total:.4f}, {speed:.4f}, {rate:.4f}, {records}, {milliseconds}"

    def row(self, scope: str, consumer: int | None) -> dict[str, Any]:
        """For programs."""
        times = [round(self.begin * 1000), round(self.end * 1000)]
        numbers = [round(number, 6) for number in self.numbers]
        return dict(zip(SHARE_CONSUMED.names, [scope, consumer, *times, *numbers], strict=True))


class Bench:
    """Share consumers at work, until there are enough records in all."""

    def __init__(self, test: Test, rows: Rows) -> None:
        self._test = test
        self._rows = rows
        self._printing = threading.Lock()
        self._meters = [Meter(number, each["client.id"]) for number, each in enumerate(test.settings_of_each(), 1)]
        self._begin = self._end = 0.0
        self._stop = False
        self._trouble: BaseException | None = None

    @property
    def records(self) -> int:
        """How many records all consumers have got."""
        return sum(meter.records for meter in self._meters)

    def run(self, consumers: list[ShareConsumer]) -> None:
        """Consume in a thread for each consumer; the first in this one."""
        self._begin = time.time()
        pairs = list(zip(consumers, self._meters, strict=True))
        threads = [threading.Thread(target=self._guarded, args=pair, daemon=True) for pair in pairs[1:]]
        for thread in threads:
            thread.start()
        try:
            self._consume(*pairs[0])
        except BaseException:
            self._stop = True
            raise
        finally:
            for thread in threads:
                thread.join()
        self._end = time.time()
        if self._trouble is not None:
            raise self._trouble

    def _guarded(self, consumer: ShareConsumer, meter: Meter) -> None:
        try:
            self._consume(consumer, meter)
        except BaseException as error:
            self._trouble, self._stop = error, True

    def _consume(self, consumer: ShareConsumer, meter: Meter) -> None:
        test = self._test
        reported, reported_records, reported_bytes = self._begin, 0, 0
        last = now = self._begin
        while self.records < test.records and now - last <= test.timeout and not self._stop:
            delivered = consumer.poll(_POLL)
            now = time.time()
            if delivered:
                last = now
            for each in delivered:
                meter.records += len(each.records)
                meter.bytes += sum([len(record[2] or b"") + len(record[3] or b"") for record in each.records])
            if delivered and now - reported >= test.interval:
                if test.detailed:
                    records, size = meter.records - reported_records, meter.bytes - reported_bytes
                    self._say_progress(meter, reported, now, records, size)
                reported, reported_records, reported_bytes = now, meter.records, meter.bytes

    def _say_progress(self, meter: Meter, begin: float, end: float, records: int, size: int) -> None:
        span = Span(begin, end, meter.records, meter.bytes, records, size)
        with self._printing:
            self._rows.put(
                span.row("interval", meter.number), f"{span.text(self._test.date)} for share consumer {meter.number}"
            )

    def report(self) -> None:
        """The lines at the end."""
        for meter in self._meters if self._test.by_consumer else ():
            span = self._whole(meter.records, meter.bytes)
            whose = f"Share consumer {meter.number} having client id {meter.client_id}"
            text = f"{whose} consumption metrics- {span.text(self._test.date)}"
            self._rows.put(span.row("consumer", meter.number), text)
        if self.records < self._test.records:
            self._rows.say(
                "WARNING: Exiting before consuming the expected number of records: timeout"
                f" ({self._test.timeout * 1000:.0f} ms) exceeded. You can use the --timeout option to increase the"
                " timeout."
            )
        span = self._whole(self.records, self._bytes)
        self._rows.put(span.row("total", None), span.text(self._test.date))

    @property
    def _bytes(self) -> int:
        return sum(meter.bytes for meter in self._meters)

    def _whole(self, records: int, size: int) -> Span:
        return Span(self._begin, max(self._end, self._begin + 0.001), records, size, records, size)

    def print_metrics(self) -> None:
        """The counters that these clients keep, under the names that Kafka's have for them."""
        from kcli.tools.perf_stats import metric_lines

        elapsed = max(self._end - self._begin, 0.001)
        for meter in self._meters:
            rows = {
                "consumer-share-fetch-manager-metrics:bytes-consumed-rate": meter.bytes / elapsed,
                "consumer-share-fetch-manager-metrics:bytes-consumed-total": float(meter.bytes),
                "consumer-share-fetch-manager-metrics:records-consumed-rate": meter.records / elapsed,
                "consumer-share-fetch-manager-metrics:records-consumed-total": float(meter.records),
            }
            for line in metric_lines(rows, meter.client_id):
                self._rows.say(line)
