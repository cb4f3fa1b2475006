"""kafka-consumer-perf-test against our own broker."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kcli.cli.main import guard
from kcli.client.admin_offsets import committed_offsets
from kcli.client.cluster import Cluster
from kcli.client.config import PRODUCER, parse
from kcli.client.producer import BulkProducer
from kcli.client.producer_config import producer_config
from kcli.testing.broker import InProcessBroker
from kcli.tools.consumer_perf_test import run
from kcli.tools.listings_measures import CONSUMED
from tests.cli.schema import check
from tests.cli.support import Recorded

HEADER = (
    "start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec,"
    " rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec"
)
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}"
ONE_OF = "Exactly one of the following arguments is required:"
RATE = r"\d+\.\d{4}"
SUMMARY = re.compile(rf"{TIME}, {TIME}, ({RATE}), {RATE}, (\d+), {RATE}, \d+, \d+, {RATE}, {RATE}")


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker({"group.initial.rebalance.delay.ms": 0}) as broker:
        config = producer_config(parse(PRODUCER, {"bootstrap.servers": broker.bootstrap_servers}), {})
        with BulkProducer(Cluster(broker.bootstrap_servers, {}), config) as producer:
            producer.send_pairs("cp-a", [(b"k" * 24, b"v" * 1000)] * 1100)
        yield broker.bootstrap_servers


def perf(line: str) -> Recorded:
    environment = Recorded(program="kafka-consumer-perf-test")
    environment.code = guard(run, line.split(), environment)
    return environment


def test_all_records_with_their_keys_and_values(bootstrap: str) -> None:
    done = perf(f"--bootstrap-server {bootstrap} --topic cp-a --num-records 1100")
    assert (done.code, done.err) == (0, "")
    header, line = done.out.splitlines()
    assert header == HEADER
    match = SUMMARY.fullmatch(line)
    assert match and match.groups() == ("1.0742", "1100")  # 1100 * 1024 bytes


def test_it_ends_with_the_poll_that_reaches_the_number_and_commits_that(bootstrap: str) -> None:
    done = perf(f"--bootstrap-server {bootstrap} --include cp.* --num-records 501 --group cp-g --hide-header")
    match = SUMMARY.fullmatch(done.out.strip())
    assert match and match[2] == "1000"
    offsets = committed_offsets(Cluster(bootstrap, {}), "cp-g")
    assert offsets["cp-a", 0].offset == 1000


def test_rows_for_programs(bootstrap: str) -> None:
    done = perf(f"--bootstrap-server {bootstrap} --topic cp-a --num-records 1100 --output json --print-metrics")
    (row,) = check(done.out, CONSUMED)
    assert (row["records"], round(row["mb"], 4)) == (1100, 1.0742)
    assert "consumer-fetch-manager-metrics:records-consumed-total" in done.err
    done = perf(
        f"--bootstrap-server {bootstrap} --topic cp-a --messages 2000 --timeout 300 --show-detailed-stats"
        " --reporting-interval 1 --output json"
    )
    rows = check(done.out, CONSUMED)
    assert rows and 0 < rows[-1]["records"] <= 1100 and all(row["start"] <= row["end"] for row in rows)
    assert done.err.startswith("Warning: --messages is deprecated.") and "WARNING: Exiting before" in done.err


def test_fewer_records_than_asked_for(bootstrap: str) -> None:
    done = perf(f"--bootstrap-server {bootstrap} --topic cp-a --messages 2000 --timeout 300 --hide-header")
    assert done.code == 0
    deprecated, warning, line = done.out.splitlines()
    assert deprecated == "Warning: --messages is deprecated. Use --num-records instead."
    assert warning.startswith("WARNING: Exiting before consuming the expected number of records: timeout (300 ms)")
    assert SUMMARY.fullmatch(line)[2] == "1100"  # type: ignore[index]


def test_details_are_lines_of_their_own(bootstrap: str) -> None:
    done = perf(
        f"--bootstrap-server {bootstrap} --topic cp-a --num-records 1100 --show-detailed-stats --reporting-interval 1"
        " --date-format HH:mm --print-metrics"
    )
    lines = done.out.splitlines()
    assert lines[0].startswith("time, threadId, data.consumed.in.MB")
    assert re.fullmatch(rf"\d\d:\d\d, 0, {RATE}, {RATE}, \d+, {RATE}, \d+, \d+, {RATE}, {RATE}", lines[1])
    assert any(line.startswith("consumer-fetch-manager-metrics:records-consumed-total") for line in lines)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--topic t --num-records 1", 'Missing required argument "[bootstrap-server]"'),
        ("--bootstrap-server x --num-records 1", f"{ONE_OF} [topic], [include]"),
        ("--bootstrap-server x --topic t", f"{ONE_OF} [messages], [num-records]"),
        ("--bootstrap-server x --topic t --num-records 1 --reporting-interval 0", "Reporting interval must be"),
        ("--bootstrap-server x --topic t --num-records 1 --date-format q", "Illegal pattern character 'q'"),
    ],
)
def test_options_that_make_no_sense(line: str, message: str) -> None:
    done = perf(line)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(message)
