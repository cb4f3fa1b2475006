"""kafka-producer-perf-test against our own broker, and its statistics against sums done by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools.listings_measures import PRODUCED
from kcli.tools.perf_stats import Stats, Window, percentiles
from kcli.tools.producer_perf_test import run
from kcli.tools.producer_perf_test_options import read_payloads
from tests.cli.schema import check
from tests.cli.support import Recorded

SUMMARY = re.compile(
    r"(\d+)( steady state)? records sent, \d+\.\d{6} records/sec \(\d+\.\d\d MB/sec\), \d+\.\d\d ms avg latency,"
    r" \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\."
)


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


def perf(line: str) -> Recorded:
    environment = Recorded(program="kafka-producer-perf-test")
    environment.code = guard(run, line.split(), environment)
    return environment


def values(bootstrap: str, topic: str) -> list[bytes]:
    from kcli.client.cluster import Cluster
    from kcli.client.config import CONSUMER, parse
    from kcli.client.consumer import BulkConsumer
    from kcli.client.consumer_config import RESETS, consumer_config

    config = consumer_config(parse(CONSUMER, {"bootstrap.servers": bootstrap}))
    consumer = BulkConsumer(Cluster(bootstrap, {}), config)
    consumer.assign({(topic, 0): RESETS["earliest"]})
    end = sum(consumer.list_offsets(RESETS["latest"]).values())
    found: list[bytes] = []
    while len(found) < end:
        for chunk in consumer.poll(1.0):
            found += [value or b"" for value in chunk.values()]
    consumer.close()
    return found


def test_letters_of_the_size_asked_for(bootstrap: str) -> None:
    done = perf(f"--bootstrap-server {bootstrap} --topic pp-a --num-records 3000 --record-size 20 --throughput -1")
    assert (done.code, done.err) == (0, "")
    match = SUMMARY.fullmatch(done.out.splitlines()[-1])
    assert match and match[1] == "3000"
    found = values(bootstrap, "pp-a")
    assert len(found) == 3000
    assert all(re.fullmatch(rb"[A-Z]{20}", value) for value in found)
    assert len(set(found)) == 3000, "each record is new, or compression would flatter"


def test_numbers_and_the_steady_state(bootstrap: str) -> None:
    done = perf(
        f"--bootstrap-server {bootstrap} --topic pp-b --num-records 50 --payload-monotonic --throughput 1000"
        " --warmup-records 20"
    )
    assert done.code == 0, done.err
    first, *_, total, steady = done.out.splitlines()
    assert first == "Warmup first 20 records. Steady state results will print after the complete test summary."
    assert "In steady state." in done.out.splitlines()
    assert [SUMMARY.fullmatch(line).group(1, 2) for line in (total, steady)] == [  # type: ignore[union-attr]
        ("50", None),
        ("30", " steady state"),
    ]
    assert values(bootstrap, "pp-b") == [b"%d" % number for number in range(50)]


@pytest.mark.parametrize("rate", ["-1", "NaN", "Infinity"])
def test_a_rate_that_is_no_limit(bootstrap: str, rate: str) -> None:
    done = perf(f"--topic free --num-records 5 --record-size 5 --throughput {rate} --bootstrap-server {bootstrap}")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("5 records sent")


def test_rows_for_programs(bootstrap: str) -> None:
    done = perf(
        f"--bootstrap-server {bootstrap} --topic pp-r --num-records 50 --payload-monotonic --throughput -1"
        " --warmup-records 20 --reporting-interval 1 --output json"
    )
    *intervals, total, steady = check(done.out, PRODUCED)
    assert {row["scope"] for row in intervals} <= {"interval"}
    assert all(row["p50Ms"] is None for row in intervals)
    assert [(row["scope"], row["records"]) for row in (total, steady)] == [("total", 50), ("steadyState", 30)]
    assert total["p50Ms"] <= total["p999Ms"] <= total["maxLatencyMs"]
    assert done.err.splitlines()[0].startswith("Warmup first 20 records.")


def test_payloads_of_a_file(bootstrap: str, tmp_path: Path) -> None:
    path = tmp_path / "payloads"
    path.write_text("one,two,,")
    done = perf(
        f"--bootstrap-server {bootstrap} --topic pp-c --num-records 40 --payload-file {path} --payload-delimiter ,"
        " --throughput -1"
    )
    assert done.code == 0, done.err
    assert done.out.splitlines()[:2] == [f"Reading payloads from: {path}", "Number of records read: 2"]
    assert set(values(bootstrap, "pp-c")) == {b"one", b"two"}


def test_the_default_delimiter_is_a_line_feed(tmp_path: Path) -> None:
    path = tmp_path / "payloads"
    path.write_text("a\n\nb\n")
    assert read_payloads(str(path), "\\n") == [b"a", b"", b"b"]


def test_nobody_there_is_told_at_once() -> None:
    done = perf("--bootstrap-server localhost:1 --topic t --num-records 1 --record-size 1 --throughput -1")
    assert done.code == 1
    assert "localhost:1" in done.err


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("--num-records 0 --bootstrap-server x:1", "--num-records should be greater than zero."),
        ("--num-records 5", "At least one of --bootstrap-server,"),
        ("--num-records 5 --bootstrap-server x:1 --reporting-interval 0", "--reporting-interval should be"),
        ("--num-records 5 --bootstrap-server x:1 --warmup-records 5", "--warmup-records must be strictly fewer"),
        ("--num-records 5 --command-property a=b --producer-props a=b", "cannot be specified together"),
    ],
)
def test_options_that_make_no_sense(extra: str, message: str) -> None:
    done = perf(f"--topic t --record-size 1 --throughput -1 {extra}")
    assert done.code == 1
    assert message in re.sub(r"\s+", " ", done.err)


def test_the_figures_of_a_window() -> None:
    window = Window(10.0)
    window.add(3, 3 * 1024 * 1024, 4)
    window.add(1, 1024 * 1024, 8)
    assert window.line(12.0) == "4 records sent, 2.0 records/sec (2.00 MB/sec), 5.0 ms avg latency, 8.0 ms max latency."


def test_percentiles_are_kafkas() -> None:
    assert percentiles(list(range(1, 101)), [0.5, 0.95, 0.99, 0.999]) == [51, 96, 100, 100]
    assert percentiles([7], [0.5, 0.999]) == [7, 7]


def test_long_tests_are_sampled() -> None:
    stats = Stats(2_000_000, 0.0)
    for latency in range(4):
        stats.add(500_000, 0, latency)
    assert stats.line(1.0).endswith(" 2 ms 50th, 3 ms 95th, 3 ms 99th, 3 ms 99.9th.")
    assert len(stats._latencies) == 500_000
