"""The producer against our broker: what is counted as delivered is there, once and in order, whatever happened."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kcli.client.admin import Admin, NewTopic
from kcli.client.cluster import Cluster
from kcli.client.config import PRODUCER, parse
from kcli.client.producer import BulkProducer
from kcli.client.producer_batch import Delivery
from kcli.client.producer_config import producer_config
from kcli.testing import EphemeralBroker, InProcessBroker
from tests.client.bad_network import BadNetwork
from tests.client.read_back import Read, read_back
from tests.interop.our_broker import OurBroker
from tests.interop.real_kafka import free_port

Settings = dict[str, str]
FAST_RETRIES = {"retries": "10000", "retry_backoff_ms": "5", "retry_backoff_max_ms": "50", "reconnect_backoff_ms": "5"}


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker() as broker:
        yield broker.bootstrap_servers


def make_producer(bootstrap: str, deliveries: list[Delivery] | None = None, **settings: str) -> BulkProducer:
    given = {name.replace("_", "."): value for name, value in settings.items()}  # keywords cannot have dots
    values = parse(PRODUCER, given)
    return BulkProducer(
        Cluster(bootstrap, {**given, "default.api.timeout.ms": "0"}),
        producer_config(values, given),
        None if deliveries is None else deliveries.append,
    )


def create(bootstrap: str, name: str, partitions: int = 1, **configs: str) -> str:
    with Cluster(bootstrap) as cluster:
        texts = {key.replace("_", "."): value for key, value in configs.items()}
        created = Admin(cluster).create_topics([NewTopic(name, partitions, configs=texts)])
    assert not isinstance(created[name], Exception), created[name]
    return name


def numbers(count: int) -> list[bytes]:
    return [b"%06d" % number for number in range(count)]


def values(records: list[Read]) -> list[bytes | None]:
    return [record.value for record in records]


def assert_exact(records: list[Read], sent: list[bytes]) -> None:
    """Every value once, and each partition's in the order in which they were sent."""
    assert sorted(value or b"" for value in values(records)) == sorted(sent)
    for partition in {record.partition for record in records}:
        mine = [record.value or b"" for record in records if record.partition == partition]
        assert mine == sorted(mine)


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_values_arrive_with_every_codec_and_acks(bootstrap: str, codec: str, acks: str) -> None:
    topic = create(bootstrap, f"codec-{codec}-{acks}")
    with make_producer(bootstrap, compression_type=codec, acks=acks) as producer:
        producer.send_values(topic, numbers(20_000))
    assert (producer.delivered, producer.failed) == (20_000, 0)
    assert values(read_back(bootstrap, topic, 20_000)) == numbers(20_000)


def test_keyless_values_spread_over_partitions_in_order(bootstrap: str) -> None:
    topic = create(bootstrap, "spread", 4)
    with make_producer(bootstrap) as producer:
        for start in range(0, 50_000, 500):
            producer.send_values(topic, numbers(50_000)[start : start + 500])
    records = read_back(bootstrap, topic, 50_000)
    assert {record.partition for record in records} == {0, 1, 2, 3}
    assert_exact(records, numbers(50_000))


def test_keys_meet_the_partitions_that_librdkafkas_murmur2_gives(bootstrap: str) -> None:
    from confluent_kafka import Producer

    topic = create(bootstrap, "keys", 7)
    keys = [b"key-%d" % number for number in range(200)]
    reference = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random"})
    for key in keys:
        reference.produce(topic, key=key, value=b"theirs")
    reference.flush()
    with make_producer(bootstrap) as producer:
        producer.send_pairs(topic, [(key, b"ours") for key in keys])
        for key in keys:
            producer.send(topic, key, b"one by one")
    partitions: dict[bytes | None, set[int]] = {}
    for record in read_back(bootstrap, topic, 600):
        partitions.setdefault(record.key, set()).add(record.partition)
    assert len(partitions) == 200
    assert all(len(found) == 1 for found in partitions.values())


def test_a_record_keeps_everything_it_has(bootstrap: str) -> None:
    topic = create(bootstrap, "full", 3)
    headers = [("h", b"1"), ("h", None), ("", b"\xff")]
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries) as producer:
        producer.send(topic, b"k", None, headers, partition=2, timestamp=12345)
        producer.send(topic, None, b"", partition=2)
    first, second = read_back(bootstrap, topic, 2)
    assert first == Read(2, 0, b"k", None, headers, 12345)
    assert second[:5] == (2, 1, None, b"", [])
    assert [(delivery.partition, delivery.offset, delivery.count) for delivery in deliveries] == [(2, 0, 2)]


def test_batches_that_the_topic_does_not_take_are_divided(bootstrap: str) -> None:
    topic = create(bootstrap, "small", max_message_bytes="5000")
    with make_producer(bootstrap) as producer:
        producer.send_values(topic, numbers(20_000))
    assert (producer.delivered, producer.failed) == (20_000, 0)
    assert values(read_back(bootstrap, topic, 20_000)) == numbers(20_000)


def test_one_record_too_large_for_the_topic_fails_alone(bootstrap: str) -> None:
    topic = create(bootstrap, "large", max_message_bytes="5000")
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries) as producer:
        producer.send_values(topic, [b"a", b"x" * 6000, b"b"])
    assert (producer.delivered, producer.failed) == (2, 1)
    assert [str(delivery.error) for delivery in deliveries if delivery.error] == [
        "org.apache.kafka.common.errors.RecordTooLargeException: The request included a message larger than the max"
        " message size the server will accept."
    ]
    assert values(read_back(bootstrap, topic, 2)) == [b"a", b"b"]


def test_one_record_too_large_for_a_request_fails_before_it_is_sent(bootstrap: str) -> None:
    topic = create(bootstrap, "oversized")
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries, max_request_size="1000") as producer:
        producer.send_values(topic, [b"a", b"x" * 2000, b"b"])
        producer.send_pairs(topic, [(b"k", b"x" * 2000)])
        producer.send(topic, None, b"x" * 2000)
    assert (producer.delivered, producer.failed) == (2, 3)
    assert "The message is 2086 bytes when serialized which is larger than 1000" in str(deliveries[0].error)
    assert values(read_back(bootstrap, topic, 2)) == [b"a", b"b"]


def test_records_that_a_compacted_topic_refuses_do_not_take_others_along(bootstrap: str) -> None:
    topic = create(bootstrap, "compacted", cleanup_policy="compact")
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries) as producer:
        producer.send(topic, b"1", b"a")
        producer.send(topic, None, b"without a key")
        producer.send(topic, b"2", b"b")
    assert (producer.delivered, producer.failed) == (2, 1)
    (error,) = [delivery.error for delivery in deliveries if delivery.error]
    assert error is not None and error.java_class == "org.apache.kafka.common.InvalidRecordException"
    assert values(read_back(bootstrap, topic, 2)) == [b"a", b"b"]


def test_a_topic_that_cannot_be_fails_at_once(bootstrap: str) -> None:
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries) as producer:
        producer.send_values("no such name", [b"a", b"b"])
    assert producer.failed == 2
    assert (
        str(deliveries[0].error)
        == "org.apache.kafka.common.errors.InvalidTopicException: Invalid topics: [no such name]"
    )


def test_a_partition_that_is_not_there_fails_at_once(bootstrap: str) -> None:
    topic = create(bootstrap, "two", 2)
    deliveries: list[Delivery] = []
    with make_producer(bootstrap, deliveries) as producer:
        producer.send(topic, None, b"a", partition=2)
        producer.send(topic, None, b"b", partition=1)
    assert (producer.delivered, producer.failed) == (1, 1)
    assert "2 is not in the range [0...2)" in str(deliveries[0].error)


def test_nobody_at_the_address_fails_after_max_block_ms() -> None:
    deliveries: list[Delivery] = []
    with make_producer("localhost:1", deliveries, max_block_ms="200") as producer:
        producer.send_values("t", [b"a", b"b"])
    assert producer.failed == 2
    assert str(deliveries[0].error) == (
        "org.apache.kafka.common.errors.TimeoutException: Topic t not present in metadata after 200 ms."
    )


def test_memory_is_bounded_by_waiting_not_by_losing(bootstrap: str) -> None:
    topic = create(bootstrap, "bounded")
    with make_producer(bootstrap, buffer_memory="20000", batch_size="1000", linger_ms="60000") as producer:
        for start in range(0, 5000, 100):
            producer.send_values(topic, numbers(5000)[start : start + 100])
            assert sum(queue.bytes for queue in producer._topics.queues()) <= 20_000
        for number in range(100):
            producer.send(topic, None, b"x" * 1000 + b"%d" % number)
            assert sum(queue.bytes for queue in producer._topics.queues()) <= 20_000
    assert values(read_back(bootstrap, topic, 5100))[:5000] == numbers(5000)


@pytest.mark.parametrize("seed", range(3))
def test_broken_connections_lose_and_double_nothing(bootstrap: str, seed: int) -> None:
    rng = random.Random(seed)
    topic = create(bootstrap, f"broken-{seed}", 1 + seed)
    producer = make_producer(bootstrap, None, batch_size="2000", **FAST_RETRIES)
    sent = numbers(30_000)
    start = 0
    while start < len(sent) or producer.pending:
        count = rng.randrange(1, 400)
        producer.send_values(topic, sent[start : start + count])
        start += count
        producer.poll(0.001, flushing=start >= len(sent))
        if rng.random() < 0.3 and producer.delivered < 25_000:
            hang_up(rng.choice(list(producer._links.values()) or [None]))
    producer.close()
    assert (producer.delivered, producer.failed) == (30_000, 0)
    assert_exact(read_back(bootstrap, topic, 30_000), sent)


def hang_up(link: Any) -> None:
    """What a broken network does to a connection."""
    if link is not None:
        with socket.socket(fileno=socket.dup(link.fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def slow_line() -> Iterator[str]:
    """A broker behind a line of 100 kB/s, which carries a batch of 512 KiB in five seconds."""
    port = free_port()
    with BadNetwork(port, rate=100_000) as network:
        listeners = {
            "listeners": f"PLAINTEXT://localhost:{port}",
            "advertised.listeners": f"PLAINTEXT://{network.address}",
        }
        with InProcessBroker(listeners):
            yield network.address


@pytest.mark.parametrize("acks", ["1", "all"])
def test_a_slow_line_is_not_given_more_than_it_can_carry_in_time(slow_line: str, acks: str) -> None:
    topic = create(slow_line, "slow")
    with make_producer(slow_line, acks=acks, retries="0", request_timeout_ms="1500") as producer:
        producer.send_values(topic, [b"x" * 1000 for _ in range(300)])
    assert (producer.delivered, producer.failed) == (300, 0)


def test_what_was_too_much_for_a_slow_line_gets_more_time(slow_line: str) -> None:
    topic = create(slow_line, "slower")
    with make_producer(slow_line, batch_size="300000", retries="1", request_timeout_ms="1500") as producer:
        producer.send_values(topic, [b"%03d" % number + b"x" * 1000 for number in range(250)])
    assert (producer.delivered, producer.failed) == (250, 0)
    assert [int((value or b"")[:3]) for value in values(read_back(slow_line, topic, 250))] == list(range(250))


def test_a_broker_that_is_killed_and_comes_back_misses_nothing(tmp_path: Path) -> None:
    broker = OurBroker(tmp_path).start()
    try:
        topic = create(broker.bootstrap, "killed", 2)
        producer = make_producer(broker.bootstrap, None, batch_size="2000", linger_ms="0", **FAST_RETRIES)
        sent = numbers(20_000)
        for start in range(0, 20_000, 200):
            producer.send_values(topic, sent[start : start + 200])
            if start in (4000, 12_000):
                broker.kill()
                broker.start()
        producer.close()
        assert (producer.delivered, producer.failed) == (20_000, 0)
        assert_exact(read_back(broker.bootstrap, topic, 20_000), sent)
    finally:
        broker.kill()


def test_what_cannot_be_delivered_in_time_fails(tmp_path: Path) -> None:
    broker = OurBroker(tmp_path).start()
    deliveries: list[Delivery] = []
    try:
        topic = create(broker.bootstrap, "gone")
        settings = {"request_timeout_ms": "200", "delivery_timeout_ms": "600", "linger_ms": "0"}
        producer = make_producer(broker.bootstrap, deliveries, **settings)
        producer.send_values(topic, [b"in time"])
        producer.flush()
    finally:
        broker.kill()
    producer.send_values(topic, [b"too", b"late"])
    producer.close()
    assert (producer.delivered, producer.failed) == (1, 2)
    assert str(deliveries[-1].error) == (
        "org.apache.kafka.common.errors.TimeoutException: Expiring 2 record(s) for gone-0:600 ms has passed since batch"
        " creation. The request has not been sent, or no server response has been received yet."
    )
