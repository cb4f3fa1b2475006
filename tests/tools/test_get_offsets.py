"""kafka-get-offsets against our own broker."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import console_producer, topics
from kcli.tools.get_offsets import parse_rule, parse_time, run
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        servers = broker.bootstrap_servers
        for name, partitions in (("go-a", 11), ("go-b", 1)):
            line = f"--bootstrap-server {servers} --create --topic {name} --partitions {partitions}"
            assert guard(topics.run, line.split(), Recorded()) == 0
        for lines in (b"x\ny\n", b"z\n"):
            time.sleep(0.01)  # so that the last record has the largest timestamp
            line = f"--bootstrap-server {servers} --topic go-b"
            assert guard(console_producer.run, line.split(), Recorded(lines)) == 0
        yield servers


def offsets(bootstrap: str, line: str) -> Recorded:
    environment = Recorded()
    environment.code = guard(run, ["--bootstrap-server", bootstrap, *line.split()], environment)
    return environment


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--topic go-b", "go-b:0:3\n"),
        ("--topic go-b --time earliest", "go-b:0:0\n"),
        ("--topic go-b --time -3", "go-b:0:2\n"),
        ("--topic go-b --time 0", "go-b:0:0\n"),
        ("--topic go-b --time 9999999999999", ""),
        ("--topic go-a --partitions 10,2,1", "go-a:1:0\ngo-a:10:0\ngo-a:2:0\n"),
        ("--topic-partitions go-a:3-5,go-b", "go-a:3:0\ngo-a:4:0\ngo-b:0:3\n"),
        ("--topic-partitions :0 --exclude-internal-topics", "go-a:0:0\ngo-b:0:3\n"),
    ],
)
def test_offsets(bootstrap: str, line: str, expected: str) -> None:
    done = offsets(bootstrap, line)
    assert (done.code, done.out, done.err) == (0, expected, "")


def test_as_json(bootstrap: str) -> None:
    done = offsets(bootstrap, "--topic go-b --output json")
    assert json.loads(done.out) == [{"topic": "go-b", "partition": 0, "offset": 3}]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("--topic none", "Could not match any topic-partitions with the specified filters"),
        ("--topic go-a --partitions one", "--partitions expects a comma separated list of numeric partition ids"),
        ("--topic-partitions go-a:one", "org.apache.kafka.tools.TerseException: Invalid rule specification: go-a:one"),
        ("--topic go-a --topic-partitions go-a", "--topic-partitions cannot be used with --topic or --partitions"),
        ("--topic go-a --time yesterday", "Malformed time argument yesterday. Please use -1 or latest / -2"),
        ("--topic [", "[ is an invalid regex."),
        ("--nonesuch", "nonesuch is not a recognized option"),
    ],
)
def test_what_makes_no_sense(bootstrap: str, line: str, complaint: str) -> None:
    done = offsets(bootstrap, line)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error occurred: {complaint}")


def test_the_name_of_old(bootstrap: str) -> None:
    environment = Recorded()
    assert guard(run, ["--broker-list", bootstrap, "--topic", "go-b"], environment) == 0
    assert environment.out == "go-b:0:3\n"
    assert "--broker-list" in environment.err


def test_a_broker_has_to_be_named() -> None:
    environment = Recorded()
    assert guard(run, ["--topic", "go-b"], environment) == 1
    assert environment.err.startswith('Missing required argument "[bootstrap-server]"\n')


@pytest.mark.parametrize(
    ("rule", "matching"),
    [
        ("t", {0, 1, 2, 3}),
        ("t:", {0, 1, 2, 3}),
        ("t:2", {2}),
        ("t:1-3", {1, 2}),
        ("t:2-", {2, 3}),
        ("t:-2", {0, 1}),
        (":3", {3}),
        ("u:1", set()),
    ],
)
def test_rules(rule: str, matching: set[int]) -> None:
    assert {partition for partition in range(4) if parse_rule(rule)("t", partition)} == matching


def test_times() -> None:
    assert [parse_time(text) for text in ("latest", "-2", "earliest-pending-upload", "17")] == [-1, -2, -6, 17]
    with pytest.raises(CommandError):
        parse_time("1_7")
