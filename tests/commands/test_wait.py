"""kcli wait against our own broker, there and not there yet."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from kcli.cli.main import guard
from kcli.commands.wait import run
from kcli.testing.broker import InProcessBroker
from kcli.tools import consumer_groups, topics
from kcli.tools.listings import WAITED
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.client.bad_network import BadNetwork
from tests.interop import real_kafka


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


def wait(server: str, *line: str) -> Recorded:
    environment = Recorded()
    environment.code = guard(run, [*line, "--bootstrap-server", server], environment)
    return environment


def test_what_is_there_is_not_waited_for(server: str) -> None:
    assert guard(topics.run, ["--bootstrap-server", server, "--create", "--topic", "here"], Recorded()) == 0
    reset = ["--reset-offsets", "--group", "idle", "--topic", "here", "--to-latest", "--execute"]
    guard(consumer_groups.run, ["--bootstrap-server", server, *reset], Recorded())
    for line in (("brokers",), ("topic", "here"), ("group", "idle", "--state", "Empty")):
        done = wait(server, *line)
        assert (done.code, done.out, done.err) == (0, "", "")


def test_a_proxy_that_hangs_up_while_its_broker_starts_is_waited_for(server: str) -> None:
    with BadNetwork(int(server.rpartition(":")[2]), refusals=7) as network:
        done = wait(network.address, "brokers")
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("brokers --count 2", "1 of 2 brokers are there"),
        ("topic nowhere", "topic nowhere: "),
        ("group nowhere", "group nowhere"),
    ],
)
def test_what_was_missing_is_said_in_one_line(server: str, line: str, missing: str) -> None:
    done = wait(server, *line.split(), "--timeout", "300ms")
    assert done.code == 124
    assert done.err.startswith(f"timed out: {missing}")
    assert len(done.err.splitlines()) == 1


def test_a_broker_that_comes_later() -> None:
    port = real_kafka.free_port()
    command = [sys.executable, "-m", "kcli.cli.umbrella", "wait", "brokers", "--bootstrap-server", f"localhost:{port}"]
    assert wait(f"localhost:{port}", "brokers", "--timeout", "200ms").code == 124
    with subprocess.Popen(command, stderr=subprocess.PIPE) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1)
        address = f"PLAINTEXT://localhost:{port}"
        with InProcessBroker({"listeners": address, "advertised.listeners": address}):
            assert waiting.wait(30) == 0


def test_bad_command_lines() -> None:
    assert wait("localhost:1", "topic").code == 1
    assert "--timeout" in wait("localhost:1", "brokers", "--timeout", "soon").err
    environment = Recorded()
    assert guard(run, ["brokers"], environment) == 1
    assert "--bootstrap-server" in environment.err


def test_the_example_for_ci_works(server: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/extras.md").read_text()
    script = text[text.index("## Wait") :].split("```")[1].replace("localhost:9092", server)
    variables = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        ["/bin/sh", "-ec", script], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def topic(server: str) -> str:
    name = f"t-{uuid.uuid4().hex[:8]}"
    line = ["--bootstrap-server", server, "--create", "--topic", name, "--partitions", "2"]
    assert guard(topics.run, line, Recorded()) == 0
    return name


def produce(server: str, topic: str, *values: bytes | None, partition: int = 0, key: bytes | None = None) -> None:
    producer = KafkaProducer(bootstrap_servers=server)
    for value in values:
        producer.send(topic, value, key, partition=partition).get(10)
    producer.close()


@contextmanager
def waiting(server: str, *line: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits, and is seen to."""
    command = [sys.executable, "-m", "kcli.cli.umbrella", "wait", *line, "--bootstrap-server", server]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.5)
            yield process
        finally:
            process.kill()


def test_a_group_is_stable_once_its_consumer_has_joined(server: str, topic: str) -> None:
    consumer = KafkaConsumer(topic, bootstrap_servers=server, group_id=topic)
    try:
        with waiting(server, "group", topic, "--members", "1") as process:
            while process.poll() is None:
                consumer.poll(100)
            assert process.returncode == 0
        done = wait(server, "group", topic, "--members", "2", "--timeout", "300ms")
        assert (done.code, done.err) == (124, f"timed out: group {topic} has 1 of 2 members\n")
    finally:
        consumer.close()


def test_lag_that_shrinks(server: str, topic: str) -> None:
    produce(server, topic, b"0", b"1", b"2")
    short = ("--timeout", "300ms")
    assert wait(server, "lag", topic, *short).err.startswith(f"timed out: group {topic}")
    consumer = KafkaConsumer(bootstrap_servers=server, group_id=topic, enable_auto_commit=False)
    first, second = TopicPartition(topic, 0), TopicPartition(topic, 1)
    consumer.assign([first, second])
    try:
        consumer.commit({first: OffsetAndMetadata(1, "", -1), second: OffsetAndMetadata(0, "", -1)})
        late = wait(server, "lag", topic, *short)
        assert (late.code, late.err) == (124, f"timed out: group {topic} has a lag of 2, more than 0\n")
        assert wait(server, "lag", topic, "--max", "2").code == 0
        assert wait(server, "lag", topic, "--max", "1", *short).code == 124
        assert wait(server, "lag", topic, "--topic", topic, "--topic", "here", *short).err == (
            f"timed out: group {topic} has no committed offsets in topic here\n"
        )
        with waiting(server, "lag", topic, "--topic", topic) as process:
            consumer.commit({first: OffsetAndMetadata(3, "", -1)})
            assert process.wait(30) == 0
    finally:
        consumer.close(autocommit=False)


def test_what_a_member_has_not_committed_is_waited_for(server: str, topic: str) -> None:
    produce(server, topic, b"0")
    produce(server, topic, b"1", partition=1)
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": server, "group.id": topic, "enable.auto.commit": False, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    try:
        while not consumer.assignment():
            consumer.poll(0.1)
        consumer.commit(offsets=[confluent_kafka.TopicPartition(topic, 0, 1)], asynchronous=False)
        missing = f"timed out: group {topic} has no committed offset of {topic}-1\n"
        assert wait(server, "lag", topic, "--timeout", "300ms").err == missing
        consumer.commit(offsets=[confluent_kafka.TopicPartition(topic, 1, 1)], asynchronous=False)
        assert wait(server, "lag", topic).code == 0
    finally:
        consumer.close()


def test_a_record_that_is_there(server: str, topic: str) -> None:
    produce(server, topic, b"no", b'{"id": 7, "state": "paid"}', key=b"a")
    produce(server, topic, None, partition=1, key=b"gone")
    for options, value in (
        (["--grep", "pa.d"], '{"id": 7, "state": "paid"}\n'),
        (["--grep-key", "^a$"], "no\n"),
        (["--grep-key", "gone"], "null\n"),
        (["--where", "value.id == `7`", "--from", "-1h"], '{"id": 7, "state": "paid"}\n'),
    ):
        done = wait(server, "record", topic, *options)
        assert (done.code, done.out, done.err) == (0, value, "")
    done = wait(server, "record", topic, "--grep", "pa.d", "--grep-key", "b", "--timeout", "1s")
    assert (done.code, done.out) == (124, "")
    assert done.err == f"timed out: topic {topic} has no such record yet (3 searched)\n"


def test_a_record_that_comes_later(server: str, topic: str) -> None:
    produce(server, topic, b"paid: old")
    with waiting(server, "record", topic, "--grep", "paid", "--from", "now") as process:
        while process.poll() is None:  # a slow one may not have begun at the first
            produce(server, topic, b"paid: new", partition=1)
        assert process.communicate(timeout=120) == (b"paid: new\n", b"")
        assert process.returncode == 0


def test_a_record_of_a_topic_that_comes_later(server: str) -> None:
    name = f"t-{uuid.uuid4().hex[:8]}"
    with waiting(server, "record", name, "--grep", "x", "--from", "now") as process:
        assert guard(topics.run, ["--bootstrap-server", server, "--create", "--topic", name], Recorded()) == 0
        produce(server, name, b"x")
        assert process.communicate(timeout=120) == (b"x\n", b"")


@pytest.mark.parametrize(
    "options", [["--grep", "("], ["--where", "value.["], ["--from", "tomorrow"], ["--grep-key", "["]]
)
def test_searches_that_cannot_be(options: list[str]) -> None:
    done = wait("localhost:1", "record", "t", *options)
    assert done.code == 1
    assert done.err.startswith(options[0])
    assert len(done.err.splitlines()) == 1


def test_what_was_waited_for_is_a_row(server: str) -> None:
    send = KafkaProducer(bootstrap_servers=server)
    send.send("rowed", b"sought \xff").get(30)
    send.close()
    ready = wait(server, "topic", "rowed", "--output", "json")
    (row,) = check(ready.out, WAITED)
    assert (ready.code, ready.err) == (0, "")
    assert {**row, "seconds": 0} == {
        "condition": "topic", "name": "rowed", "met": True, "missing": None, "seconds": 0, "value": None,
    }  # fmt: skip
    (row,) = check(wait(server, "record", "rowed", "--grep", "sought", "--output", "json").out, WAITED)
    assert (row["condition"], row["met"], row["value"]) == ("record", True, "sought \ufffd")
    late = wait(server, "brokers", "--count", "2", "--timeout", "300ms", "--output", "json")
    (row,) = check(late.out, WAITED)
    assert (late.code, row["name"], row["met"]) == (124, None, False)
    assert late.err == f"timed out: {row['missing']}\n"
