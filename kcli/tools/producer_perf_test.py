"""kafka-producer-perf-test: send many records; how many a second there were, and how long each took.

A record's latency is what it is for Kafka's tool: from when it is handed to the producer, a wait for room in the buffer
included, until the broker has acknowledged it. Records are made and handed over in chunks, each with one start time.
Deviation: where some records were not delivered the exit code is 1; Kafka's tool prints their errors and exits with 0.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import ArgumentError, format_error, format_usage, parse_arguments, show_help
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.main import start
from kcli.cli.output import Rows
from kcli.tools.console_run import log_warning
from kcli.tools.listings_measures import PRODUCED
from kcli.tools.perf_stats import Stats, Window, metric_lines
from kcli.tools.producer_perf_test_options import TABLE, Test, check, producer_settings, read_payloads, the_test
from kcli.tools.throttle import Throttle

if TYPE_CHECKING:
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_batch import Delivery

_CHUNK_BYTES = 128 * 1024
_CHUNK_RECORDS = 8192
_ERRORS_SHOWN = 10
_LETTERS = bytes(65 + byte % 26 for byte in range(256))


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    if not arguments:
        environment.print(format_usage(TABLE) + "\n")
        show_help(TABLE, None, environment)
        return OK
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    try:
        for warning in check(parsed):
            environment.warn(warning)
    except ArgumentError as error:
        environment.warn(format_error(TABLE.program, error))
        return FAILED
    payloads: list[bytes] = []
    rows = Rows(PRODUCED, parsed.value("output"), environment, live=True)
    path = parsed.value("payload-file")
    if path is not None:
        rows.say(f"Reading payloads from: {os.path.abspath(path)}")
        payloads = read_payloads(path, parsed.value("payload-delimiter"))
        rows.say(f"Number of records read: {len(payloads)}")
    settings = producer_settings(parsed)

    from kcli.client.cluster import Cluster
    from kcli.client.config import PRODUCER
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_config import producer_config

    config = producer_config(settings.parse(PRODUCER), settings)
    # How long to wait for metadata is the producer's business: the cluster shall not be patient on its own.
    cluster = Cluster(settings["bootstrap.servers"], {**settings, "default.api.timeout.ms": "0"})
    cluster.refresh()
    test = the_test(parsed, payloads, transactional=config.transactional_id is not None)
    with rows:
        report = Report(test, rows, environment)
        producer = BulkProducer(cluster, config, report.delivered, partial(log_warning, environment))
        try:
            send(producer, test)
            producer.flush()
        finally:
            left = producer.abandon()
            if producer.delivered:
                report.finish()
            if left:
                environment.warn(f"{left} record(s) neither acknowledged nor refused")
    if parsed.has("print-metrics"):
        print_metrics(report, producer, settings["client.id"], rows)
    return environment.exit_code(FAILED, OK) if producer.failed else OK


class Payloads:
    """What the records say. Letters are new for each record: compression gains no more than with Kafka's."""

    def __init__(self, test: Test) -> None:
        self._test = test
        self._random = random.Random(0)
        self._size = test.record_size or 20

    @property
    def chunk(self) -> int:
        """How many to make at once."""
        return max(1, min(_CHUNK_RECORDS, _CHUNK_BYTES // self._size))

    def make(self, first: int, count: int) -> Sequence[bytes]:
        """The payloads of records from the first on."""
        if self._test.payloads:
            return self._random.choices(self._test.payloads, k=count)
        size = self._test.record_size
        if size is None:
            return [b"%d" % number for number in range(first, first + count)]
        letters = self._random.randbytes(size * count).translate(_LETTERS)
        return [letters[position : position + size] for position in range(0, size * count, size)]


def send(producer: BulkProducer, test: Test) -> None:
    """Send the records, as fast as is wanted, and in transactions where that is wanted."""
    payloads = Payloads(test)
    throttle = Throttle(test.throughput)
    commit_at = None
    sent = 0
    while sent < test.records:
        count = throttle.due(sent, min(payloads.chunk, test.records - sent))
        if count <= 0:
            throttle.wait(producer, sent)
            continue
        if test.transaction is not None and commit_at is None:
            producer.begin_transaction()
            commit_at = time.monotonic() + test.transaction
        producer.send_values(test.topic, payloads.make(sent, count))
        sent += count
        if commit_at is not None and time.monotonic() >= commit_at:
            producer.commit_transaction()
            commit_at = None
    if commit_at is not None:
        producer.commit_transaction()


class Report:
    """Hears of every batch, and prints a line, or a row, now and then."""

    def __init__(self, test: Test, rows: Rows, environment: Environment) -> None:
        now = time.monotonic()
        self.all = Stats(test.records, now)
        self._steady: Stats | None = None
        self._window = Window(now)
        self._test = test
        self._rows = rows
        self._environment = environment
        self._errors = 0
        if test.warmup:
            self._rows.say(
                f"Warmup first {test.warmup} records. Steady state results will print after the complete test summary."
            )

    def delivered(self, delivery: Delivery) -> None:
        """What became of a batch."""
        from kcli.client.producer_batch import RECORD_OVERHEAD

        if delivery.error is not None:
            self._complain(delivery)
            return
        now = time.monotonic()
        for count, size, at in delivery.batch.arrivals:
            self._add(count, size - count * RECORD_OVERHEAD, int((now - at) * 1000), now)
        if now - self._window.start >= self._test.interval:
            self._rows.put(self._window.row(now), self._window.line(now))
            self._window = Window(now)

    def _add(self, count: int, size: int, latency: int, now: float) -> None:
        warmup = self._test.warmup
        if self._steady is None and warmup and self.all.total.count + count > warmup:
            cold = warmup - self.all.total.count
            cold_size = size * cold // count
            self.all.add(cold, cold_size, latency)
            self._window.add(cold, cold_size, latency)
            count, size = count - cold, size - cold_size
            self._rows.say("In steady state.")
            self._steady = Stats(self._test.records - warmup, now)
        for stats in (self.all, self._window, self._steady):
            if stats is not None:
                stats.add(count, size, latency)

    def finish(self) -> None:
        """The lines at the end."""
        now = time.monotonic()
        self._rows.put(self.all.row(now), self.all.line(now))
        if self._steady is not None:
            self._rows.put(self._steady.row(now, "steadyState"), self._steady.line(now, "steady state records"))

    def _complain(self, delivery: Delivery) -> None:
        self._errors += 1
        if self._errors <= _ERRORS_SHOWN:
            self._environment.warn(f"{delivery.count} record(s): {delivery.error}")
        if self._errors == _ERRORS_SHOWN + 1:
            self._environment.warn("More errors like these are not shown.")
        if delivery.error is not None and delivery.partition < 0 and "TimeoutException" in delivery.error.java_class:
            raise CommandError(str(delivery.error))  # there is no such topic: the others would wait as long


def print_metrics(report: Report, producer: BulkProducer, client_id: str, rows: Rows) -> None:
    """The counters that this client keeps, under the names that Kafka's has for them."""
    total = report.all.total
    metrics = {
        "producer-metrics:record-error-total": producer.failed,
        "producer-metrics:record-send-rate": total.rates(time.monotonic())[0],
        "producer-metrics:record-send-total": producer.delivered,
    }
    for line in metric_lines(metrics, client_id):
        rows.say(line)


if __name__ == "__main__":
    main()
