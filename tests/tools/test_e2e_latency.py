"""kafka-e2e-latency against our own broker."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools.e2e_latency import run
from kcli.tools.listings_measures import LATENCY
from tests.cli.schema import check
from tests.cli.support import Recorded

RESULT = r"0\t\d+\.\d+\nAvg latency: \d+\.\d{4} ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n"


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


def latency(line: str) -> Recorded:
    environment = Recorded(program="kafka-e2e-latency")
    environment.code = guard(run, line.split(), environment)
    return environment


def test_a_topic_is_made_and_measured(bootstrap: str) -> None:
    done = latency(f"{bootstrap} el-a 5 all 10")
    assert done.code == 0, done.err
    first, rest = done.out.split("\n", 1)
    assert first == ('Topic "el-a" does not exist. Will create topic with 1 partition(s) and replication factor = 1')
    assert re.fullmatch(RESULT, rest)
    assert done.err.startswith("WARNING: Positional argument usage is deprecated")


def test_one_row_for_programs(bootstrap: str) -> None:
    line = f"--bootstrap-server {bootstrap} --topic el-c --num-records 2 --producer-acks 1 --record-size 1"
    done = latency(f"{line} --output json")
    (row,) = check(done.out, LATENCY)
    assert row["records"] == 2 and row["averageMs"] > 0
    assert done.err.startswith('Topic "el-c" does not exist.')


def test_keys_and_headers_come_back_too(bootstrap: str) -> None:
    done = latency(
        f"--bootstrap-server {bootstrap} --topic el-b --num-records 3 --producer-acks 1 --record-size 0"
        " --record-key-size 4 --num-headers 2 --record-header-key-size 3 --record-header-size -1"
    )
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x t", "Invalid number of arguments. Expected 5 or 6 positional arguments, but got 2. Usage: bootstrap-"),
        ("x t ten all 1", "Cannot parse argument 'ten' of option num-records"),
        ("x t 0 all 1", "Value for --num-records must be a positive integer."),
        ("x t 1 0 1", "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement."),
        ("--bootstrap-server x --topic t", 'Missing required argument "[num-records]"'),
        ("localhost:1 t 1 all 1", "localhost:1"),
    ],
)
def test_what_is_refused(line: str, message: str) -> None:
    done = latency(line)
    assert (done.code, done.out) == (1, "")
    assert message in done.err
