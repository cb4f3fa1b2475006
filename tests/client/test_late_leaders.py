"""A leader that says nothing, or is not there, holds up nobody but its own partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kcli.client.cluster import Cluster
from kcli.client.config import CONSUMER, PRODUCER, parse
from kcli.client.consumer import BulkConsumer
from kcli.client.consumer_config import RESETS, consumer_config
from kcli.client.producer import BulkProducer
from kcli.client.producer_config import producer_config
from tests.client.read_back import read_back
from tests.client.two_leaders import TwoLeaders
from tests.interop.our_broker import our_tool
from tests.interop.real_kafka import free_port

FOR_EVER = {"socket.connection.setup.timeout.ms": "3600000", "request.timeout.ms": "3600000"}
SHORTLY = {"socket.connection.setup.timeout.ms": "1500"}
QUICK = {"retry.backoff.ms": "10", "retry.backoff.max.ms": "50", "reconnect.backoff.ms": "10"}


@pytest.fixture(scope="module")
def running() -> Iterator[TwoLeaders]:
    with TwoLeaders() as pair:
        yield pair


@pytest.fixture
def leaders(running: TwoLeaders) -> Iterator[TwoLeaders]:
    ports = dict(running.ports)
    yield running
    running.network.silent = False
    running.ports = ports
    running.coordinator = 1


def write(leaders: TwoLeaders, topic: str, partition: int, *values: bytes) -> None:
    """Past all trouble."""
    given = {"acks": "all"}
    with BulkProducer(
        Cluster(leaders.direct[partition + 1]), producer_config(parse(PRODUCER, given), given)
    ) as producer:
        for value in values:
            producer.send(topic, None, value, partition=partition)
    assert producer.delivered == len(values)


class Reader:
    """A consumer of both partitions, and what it warned of."""

    def __init__(
        self,
        leaders: TwoLeaders,
        topic: str,
        settings: dict[str, str],
        group: str | None = None,
        *,
        private: bool = False,
    ) -> None:
        self.told: list[str] = []
        given = {**QUICK, "auto.offset.reset": "earliest", "metadata.max.age.ms": "300", **settings}
        if group is not None:
            given["group.id"] = group
        self.cluster = Cluster(leaders.bootstrap, given)
        config = consumer_config(parse(CONSUMER, given))
        self.consumer = BulkConsumer(self.cluster, config, private=private, warn=self.told.append)
        if group is None:
            self.consumer.assign({(topic, 0): RESETS["earliest"], (topic, 1): RESETS["earliest"]})
        else:
            self.consumer.subscribe([topic])

    def read(self, until: Callable[[list[bytes]], bool]) -> list[bytes]:
        values: list[bytes] = []
        while not until(values):
            for chunk in self.consumer.poll(0.5):
                values += [value or b"" for value in chunk.values()]
                self.consumer.consumed(chunk)
        return sorted(values)

    def close(self) -> None:
        self.consumer.close()
        self.cluster.close()


@pytest.mark.parametrize("group", [None, "readers"])
def test_the_others_are_read_while_a_leader_says_nothing(leaders: TwoLeaders, group: str | None) -> None:
    topic = leaders.create(f"silent-{group}")
    write(leaders, topic, 0, b"a", b"b")
    write(leaders, topic, 1, b"x")
    leaders.network.silent = True
    reader = Reader(leaders, topic, FOR_EVER, group)
    assert reader.read(lambda values: len(values) > 1) == [b"a", b"b"]
    write(leaders, topic, 0, b"c")
    assert reader.read(bool) == [b"c"]
    assert reader.consumer.positions == {(topic, 0): 3, (topic, 1): None}
    reader.close()
    assert reader.told == []


def test_a_leader_that_said_nothing_is_read_when_it_speaks(leaders: TwoLeaders) -> None:
    topic = leaders.create("speaks")
    write(leaders, topic, 1, b"x")
    leaders.network.silent = True
    reader = Reader(leaders, topic, SHORTLY)
    reader.read(lambda _: any("did not answer" in each for each in reader.told))
    leaders.network.silent = False
    assert reader.read(bool) == [b"x"]
    reader.close()
    assert len(reader.told) == 1


def test_the_others_are_read_while_a_leader_is_gone(leaders: TwoLeaders) -> None:
    topic = leaders.create("gone")
    write(leaders, topic, 1, b"x")
    port, leaders.ports[2] = leaders.ports[2], free_port()  # nobody listens there
    address = f"localhost:{leaders.ports[2]}"
    reader = Reader(leaders, topic, FOR_EVER)
    reader.read(lambda _: bool(reader.told))
    assert reader.told == [f"Cannot connect to {address}: connection refused"]
    write(leaders, topic, 0, b"a")
    assert reader.read(bool) == [b"a"]
    leaders.ports[2] = port
    assert reader.read(bool) == [b"x"]
    reader.close()


def test_the_others_are_read_while_a_leader_that_was_there_answers_no_more(leaders: TwoLeaders) -> None:
    topic = leaders.create("frozen")
    write(leaders, topic, 0, b"a")
    write(leaders, topic, 1, b"x")
    reader = Reader(leaders, topic, {**FOR_EVER, "request.timeout.ms": "1000"})
    assert reader.read(lambda values: len(values) > 1) == [b"a", b"x"]
    leaders.network.freeze()
    write(leaders, topic, 0, b"b")
    assert reader.read(bool) == [b"b"]
    assert reader.told == []
    write(leaders, topic, 1, b"y")
    assert reader.read(bool) == [b"y"]
    reader.close()
    assert reader.told == [f"localhost:{leaders.ports[2]} answers no more"]


def test_the_others_are_read_while_the_coordinator_answers_no_more(leaders: TwoLeaders) -> None:
    topic = leaders.create("coordinator")
    write(leaders, topic, 0, b"a")
    write(leaders, topic, 1, b"x")
    leaders.coordinator = 2
    reader = Reader(leaders, topic, {**FOR_EVER, "auto.commit.interval.ms": "10"}, "alone")
    assert reader.read(lambda values: len(values) > 1) == [b"a", b"x"]
    leaders.network.silent = True
    leaders.network.freeze()
    for number in range(20):
        write(leaders, topic, 0, b"b%02d" % number)
        assert reader.read(bool) == [b"b%02d" % number]
    assert reader.told == []
    reader.close()
    assert len(reader.told) == 1
    assert "Offset commit failed" in reader.told[0]


def test_who_shares_with_nobody_reads_without_a_coordinator(leaders: TwoLeaders) -> None:
    topic = leaders.create("private")
    write(leaders, topic, 0, b"a")
    leaders.coordinator = 2
    leaders.network.silent = True
    reader = Reader(leaders, topic, {**SHORTLY, "enable.auto.commit": "false"}, "private", private=True)
    assert reader.read(bool) == [b"a"]
    reader.close()


class Writer:
    """A producer to both partitions, and what it warned of."""

    def __init__(self, leaders: TwoLeaders, settings: dict[str, str]) -> None:
        self.told: list[str] = []
        given = {**QUICK, "linger.ms": "0", **settings}
        cluster = Cluster(leaders.bootstrap, {**given, "default.api.timeout.ms": "0"})
        self.producer = BulkProducer(cluster, producer_config(parse(PRODUCER, given), given), warn=self.told.append)

    def deliver(self, total: int) -> None:
        """Work until so many have arrived."""
        while self.producer.delivered < total:
            self.producer.poll(0.5, flushing=True)
        assert (self.producer.delivered, self.producer.failed) == (total, 0)


def values_of(leaders: TwoLeaders, topic: str, partition: int) -> list[bytes | None]:
    records = read_back(leaders.direct[partition + 1], topic)
    assert {record.partition for record in records} <= {partition}
    return [record.value for record in records]


@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_the_others_are_delivered_to_while_a_leader_says_nothing(leaders: TwoLeaders, acks: str) -> None:
    topic = leaders.create(f"silent-{acks}")
    leaders.network.silent = True
    writer = Writer(leaders, {**FOR_EVER, "acks": acks, "delivery.timeout.ms": "2147483647"})
    for number in range(20):
        writer.producer.send(topic, None, b"x%d" % number, partition=1)
        writer.producer.send(topic, None, b"a%d" % number, partition=0)
    writer.deliver(20)
    assert values_of(leaders, topic, 0) == [b"a%d" % number for number in range(20)]
    assert writer.producer.abandon() == 20
    assert writer.told == []
    assert values_of(leaders, topic, 1) == []


@pytest.mark.parametrize("acks", ["1", "all"])
@pytest.mark.parametrize("late", ["silent", "gone"])
def test_a_late_leader_gets_everything_once_and_in_order(leaders: TwoLeaders, acks: str, late: str) -> None:
    topic = leaders.create(f"late-{late}-{acks}")
    port = leaders.ports[2]
    if late == "silent":
        leaders.network.silent = True
    else:
        leaders.ports[2] = free_port()
    writer = Writer(leaders, {**SHORTLY, "acks": acks, "batch.size": "200"})
    for number in range(100):
        writer.producer.send(topic, None, b"x%02d" % number, partition=1)
        writer.producer.send(topic, None, b"a%02d" % number, partition=0)
    while not writer.told:
        writer.producer.poll(0.5, flushing=True)
    writer.deliver(100)
    leaders.network.silent, leaders.ports[2] = False, port
    writer.deliver(200)
    writer.producer.close()
    assert values_of(leaders, topic, 1) == [b"x%02d" % number for number in range(100)]
    assert len(writer.told) == 1


def test_a_leader_that_answers_no_more_gets_what_it_may_not_have_once_and_in_order(leaders: TwoLeaders) -> None:
    topic = leaders.create("unanswered")
    writer = Writer(leaders, {**SHORTLY, "request.timeout.ms": "1000", "batch.size": "200"})
    for partition in (0, 1):
        writer.producer.send(topic, None, b"first", partition=partition)
    writer.deliver(2)
    leaders.network.freeze()
    leaders.network.silent = True
    for number in range(100):
        writer.producer.send(topic, None, b"x%02d" % number, partition=1)
        writer.producer.send(topic, None, b"a%02d" % number, partition=0)
    while not writer.told:
        writer.producer.poll(0.5, flushing=True)
    writer.deliver(102)
    leaders.network.silent = False
    writer.deliver(202)
    writer.producer.close()
    assert values_of(leaders, topic, 0) == [b"first", *(b"a%02d" % number for number in range(100))]
    assert values_of(leaders, topic, 1) == [b"first", *(b"x%02d" % number for number in range(100))]


def test_the_console_tools_end_as_ever(leaders: TwoLeaders) -> None:
    topic = leaders.create("console")
    leaders.network.silent = True
    to = ("--bootstrap-server", leaders.bootstrap, "--topic", topic)
    timeouts = ("delivery.timeout.ms=2000", "request.timeout.ms=1000", "linger.ms=0", "partitioner.ignore.keys=false")
    properties = [word for each in timeouts for word in ("--command-property", each)]
    keyed = ("--reader-property", "parse.key=true", "--reader-property", "key.separator==")
    lines = b"".join(b"%d=%d\n" % (number, number) for number in range(20))
    sent = our_tool("kafka-console-producer", *to, *properties, *keyed, stdin=lines, check=False)
    arrived = values_of(leaders, topic, 0)
    assert 0 < len(arrived) < 20
    assert sent.returncode == 1
    assert sent.stderr.decode().splitlines()[-1].endswith(f"{20 - len(arrived)} of 20 record(s) not delivered")
    wanted = ["--from-beginning", "--max-messages", str(len(arrived))]
    for_ever = [word for each in FOR_EVER.items() for word in ("--command-property", "=".join(each))]
    read = our_tool("kafka-console-consumer", *to, *wanted, *for_ever)
    assert read.stdout.split() == arrived
    assert read.stderr.decode().splitlines() == [f"Processed a total of {len(arrived)} messages"]
    waited = our_tool("kafka-console-consumer", *to, "--from-beginning", "--timeout-ms", "2000", check=False)
    assert (waited.returncode, waited.stdout.split()) == (0, arrived)
