"""The bulk consumer on a broker of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kcli.client.admin import Admin, NewTopic
from kcli.client.cluster import Cluster
from kcli.client.config import CONSUMER, parse
from kcli.client.consumer import BulkConsumer, OutOfRange
from kcli.client.consumer_config import RESETS, consumer_config
from kcli.client.consumer_offsets import OffsetAndEpoch, commit, fetch_committed, list_offsets
from kcli.client.consumer_positions import NoOffset
from kcli.records.builder import build_batch
from kcli.testing import InProcessBroker
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.client.bad_network import BadNetwork
from tests.interop.real_kafka import free_port

ROUNDS = 200  # polls of half a second each, after which something hangs


@pytest.fixture(scope="module")
def broker() -> Iterator[InProcessBroker]:
    with InProcessBroker({"num.partitions": "1"}) as running:
        yield running


@pytest.fixture
def cluster(broker: InProcessBroker) -> Iterator[Cluster]:
    with Cluster(broker.bootstrap_servers) as connected:
        yield connected


def create(cluster: Cluster, topic: str, partitions: int) -> None:
    Admin(cluster).create_topics([NewTopic(topic, partitions)])


def write(cluster: Cluster, topic: str, partition: int, values: list[bytes]) -> None:
    request = messages.ProduceRequest
    batch = build_batch([(1000, None, value, ()) for value in values])
    data = request.PartitionProduceData(index=partition, records=batch)
    body = request(acks=-1, timeout_ms=5000, topic_data=[request.TopicProduceData(name=topic, partition_data=[data])])
    version = cluster.connection(cluster.leader(topic, partition)).version_for(body, 12)
    response = cluster.request(cluster.leader(topic, partition), body, version=version)
    assert not response.responses[0].partition_responses[0].error_code


def make(cluster: Cluster, private: bool = False, **given: str) -> BulkConsumer:
    settings = {name.replace("_", "."): value for name, value in given.items()}
    settings.setdefault("auto.offset.reset", "earliest")
    return BulkConsumer(cluster, consumer_config(parse(CONSUMER, settings)), private=private)


def read(consumer: BulkConsumer, count: int) -> list[bytes]:
    """Poll until so many values came."""
    values: list[bytes] = []
    for _ in range(ROUNDS):
        for chunk in consumer.poll(0.5):
            values += [value or b"" for value in chunk.values()]
            consumer.consumed(chunk)
        if len(values) >= count:
            return values
    raise AssertionError(f"{len(values)} of {count} values came")


def settle(*consumers: BulkConsumer, owned: list[int]) -> None:
    """Poll in turn until the members hold as many partitions as they should."""
    for _ in range(ROUNDS):
        for consumer in consumers:
            consumer.poll(0.05)
        if [len(consumer.assignment) for consumer in consumers] == owned:
            return
    raise AssertionError([consumer.assignment for consumer in consumers])


def test_an_assignment_is_read_from_any_offset(cluster: Cluster) -> None:
    create(cluster, "assigned", 2)
    write(cluster, "assigned", 0, [b"a", b"b", b"c"])
    write(cluster, "assigned", 1, [b"x"])
    consumer = make(cluster)
    consumer.assign({("assigned", 0): 1, ("assigned", 1): RESETS["earliest"]})
    assert sorted(read(consumer, 3)) == [b"b", b"c", b"x"]
    write(cluster, "assigned", 1, [b"y"])
    assert read(consumer, 1) == [b"y"]
    assert consumer.positions == {("assigned", 0): 3, ("assigned", 1): 2}
    assert consumer.list_offsets(RESETS["latest"]) == {("assigned", 0): 3, ("assigned", 1): 2}
    consumer.close()


def test_an_offset_out_of_range_is_reset_or_refused(cluster: Cluster) -> None:
    create(cluster, "short", 1)
    write(cluster, "short", 0, [b"a"])
    consumer = make(cluster)
    consumer.assign({("short", 0): 99})
    assert read(consumer, 1) == [b"a"]
    strict = make(cluster, auto_offset_reset="none")
    strict.assign({("short", 0): 99})
    with pytest.raises(OutOfRange, match="99 is out of range for partition short-0"):
        read(strict, 1)
    for each in (consumer, strict):
        each.close()


def test_none_means_no_beginning(cluster: Cluster) -> None:
    create(cluster, "nowhere", 1)
    consumer = make(cluster, group_id="nowhere", auto_offset_reset="none")
    consumer.subscribe(["nowhere"])
    with pytest.raises(NoOffset, match=r"partitions: \[nowhere-0\]"):
        read(consumer, 1)
    consumer.close()


@pytest.mark.parametrize("private", [True, False])
def test_a_subscription_creates_its_topic_and_waits_for_records(cluster: Cluster, private: bool) -> None:
    topic = f"created-{private}"
    consumer = make(cluster, private, group_id=topic)
    consumer.subscribe([topic])
    settle(consumer, owned=[1])
    write(cluster, topic, 0, [b"first"])
    assert read(consumer, 1) == [b"first"]
    consumer.close()


def test_a_pattern_finds_topics_that_appear_later(cluster: Cluster) -> None:
    create(cluster, "pattern.a", 1)
    create(cluster, "other", 1)
    consumer = make(cluster, True, group_id="pattern", metadata_max_age_ms="100")
    consumer.subscribe(lambda name: name.startswith("pattern."))
    settle(consumer, owned=[1])
    create(cluster, "pattern.b", 2)
    settle(consumer, owned=[3])
    write(cluster, "pattern.b", 1, [b"later"])
    assert read(consumer, 1) == [b"later"]
    consumer.close()


def test_an_invalid_topic_is_an_error(cluster: Cluster) -> None:
    consumer = make(cluster, group_id="g")
    consumer.subscribe(["bad topic!"])
    with pytest.raises(KafkaError, match=r"Invalid topics: \[bad topic!\]"):
        consumer.poll(1.0)
    consumer.close()


def test_what_is_consumed_is_committed_now_and_then(cluster: Cluster) -> None:
    create(cluster, "committed", 1)
    consumer = make(cluster, group_id="committed", auto_commit_interval_ms="20", heartbeat_interval_ms="20")
    consumer.subscribe(["committed"])
    for number in range(1, 4):
        write(cluster, "committed", 0, [b"value"])
        assert read(consumer, 1) == [b"value"]
        for _ in range(ROUNDS):
            consumer.poll(0.05)
            committed = fetch_committed(cluster, "committed", [("committed", 0)])["committed", 0]
            if isinstance(committed, OffsetAndEpoch) and committed.offset == number:
                break
        else:
            raise AssertionError(committed)
    consumer.close()


def test_the_next_member_goes_on_where_the_last_one_stopped(cluster: Cluster) -> None:
    create(cluster, "relay", 1)
    write(cluster, "relay", 0, [b"1", b"2", b"3"])
    first = make(cluster, group_id="relay")
    first.subscribe(["relay"])
    chunks = []
    while not chunks:
        chunks = first.poll(0.5)
    first.consumed(chunks[0], chunks[0].offset_of(2))
    first.close()
    second = make(cluster, group_id="relay")
    second.subscribe(["relay"])
    assert read(second, 1) == [b"3"]
    second.close()
    committed = fetch_committed(cluster, "relay", [("relay", 0)])["relay", 0]
    assert isinstance(committed, OffsetAndEpoch)
    assert committed.offset == 3


@pytest.mark.parametrize(
    "strategy", ["RangeAssignor", "RoundRobinAssignor", "StickyAssignor", "CooperativeStickyAssignor"]
)
def test_members_share_and_take_over(cluster: Cluster, broker: InProcessBroker, strategy: str) -> None:
    topic = strategy.lower()
    create(cluster, topic, 4)
    for number in range(4):
        write(cluster, topic, number, [b"%d" % number])
    settings = {
        "group_id": topic,
        "heartbeat_interval_ms": "50",
        "partition_assignment_strategy": f"org.apache.kafka.clients.consumer.{strategy}",
    }
    first = make(cluster, **settings)
    first.subscribe([topic])
    assert sorted(read(first, 4)) == [b"0", b"1", b"2", b"3"]
    with Cluster(broker.bootstrap_servers) as another:
        second = make(another, **settings)
        second.subscribe([topic])
        settle(first, second, owned=[2, 2])
        assert not first.assignment & second.assignment
        second.close()
    settle(first, owned=[4])
    for number in range(4):
        write(cluster, topic, number, [b"again"])
    assert read(first, 4) == [b"again"] * 4
    first.close()


def test_new_partitions_reach_the_group(cluster: Cluster) -> None:
    create(cluster, "growing", 1)
    consumer = make(cluster, group_id="growing", metadata_max_age_ms="100", heartbeat_interval_ms="50")
    consumer.subscribe(["growing"])
    settle(consumer, owned=[1])
    Admin(cluster).create_partitions({"growing": (3, None)})
    settle(consumer, owned=[3])
    consumer.close()


def test_a_private_member_reads_before_its_group_has_settled(cluster: Cluster) -> None:
    create(cluster, "private", 2)
    write(cluster, "private", 1, [b"now"])
    consumer = make(cluster, True, group_id="console-consumer-1", enable_auto_commit="false")
    consumer.subscribe(["private"])
    assert read(consumer, 1) == [b"now"]
    settle(consumer, owned=[2])
    consumer.close()
    answer = fetch_committed(cluster, "console-consumer-1", [("private", 1)])["private", 1]
    assert isinstance(answer, OffsetAndEpoch)
    assert answer.offset == -1


def test_offsets_are_answered_one_by_one(cluster: Cluster) -> None:
    create(cluster, "asked", 1)
    write(cluster, "asked", 0, [b"a", b"b"])
    answers = list_offsets(cluster, {("asked", 0): -1, ("asked", 9): -1})
    assert isinstance(answers["asked", 0], OffsetAndEpoch)
    assert answers["asked", 0].offset == 2
    missing = answers["asked", 9]
    assert isinstance(missing, KafkaError)
    assert missing.code == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert commit(cluster, "asking", {("asked", 0): OffsetAndEpoch(1)}) == errors.NONE
    assert (
        commit(cluster, "asking", {("asked", 0): OffsetAndEpoch(1)}, member_id="who", generation=5)
        == errors.UNKNOWN_MEMBER_ID
    )


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
@pytest.mark.parametrize("private", [True, False])
def test_a_coordinator_out_of_reach_is_told_of(protocol: str, private: bool) -> None:
    port, nobody = free_port(), free_port()
    listeners = {
        "listeners": f"PLAINTEXT://localhost:{port}",
        "advertised.listeners": f"PLAINTEXT://localhost:{nobody}",
    }
    settings = {"group.id": "g", "group.protocol": protocol}
    told: list[str] = []
    with InProcessBroker(listeners), Cluster(f"localhost:{port}") as cluster:
        config = consumer_config(parse(CONSUMER, settings))
        consumer = BulkConsumer(cluster, config, private=private, warn=told.append)
        consumer.subscribe(["t"])
        for _ in range(ROUNDS):
            if told:
                break
            consumer.poll(0.5)
        assert told[0] == f"Cannot connect to localhost:{nobody}: connection refused"


def test_lines_that_died_without_a_word_are_opened_anew() -> None:
    port = free_port()
    told: list[str] = []
    with BadNetwork(port) as network:
        listeners = {
            "listeners": f"PLAINTEXT://localhost:{port}",
            "advertised.listeners": f"PLAINTEXT://{network.address}",
        }
        with InProcessBroker(listeners), Cluster(network.address, {"request.timeout.ms": "20000"}) as cluster:
            create(cluster, "frozen", 1)
            write(cluster, "frozen", 0, [b"one"])
            config = consumer_config(parse(CONSUMER, {"request.timeout.ms": "1000"}))
            consumer = BulkConsumer(cluster, config, warn=told.append)
            consumer.assign({("frozen", 0): 0})
            assert read(consumer, 1) == [b"one"]
            network.freeze()
            with Cluster(network.address) as another:
                write(another, "frozen", 0, [b"two"])
            assert read(consumer, 1) == [b"two"]
            assert told == [f"{network.address} answers no more"]
            consumer.close()
