"""Consumers of kafka-python, aiokafka and librdkafka share a topic, lose a member, and go on where it stopped."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from kcli.testing.broker import InProcessBroker

pytestmark = pytest.mark.slow

PARTITIONS = 4
RECORDS = 200
SECONDS = 60

Seen = dict[tuple[int, int], int]
Consume = Callable[[str, str, str, Seen, threading.Event], None]


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker({"num.partitions": PARTITIONS, "offsets.topic.num.partitions": 3}) as broker:
        yield broker.bootstrap_servers


def kafka_python(bootstrap: str, topic: str, group: str, seen: Seen, stop: threading.Event) -> None:
    from kafka import KafkaConsumer
    from kafka.errors import KafkaError

    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
        session_timeout_ms=10_000, heartbeat_interval_ms=300,
    )  # fmt: skip
    while not stop.is_set():
        for records in consumer.poll(timeout_ms=200).values():
            _see(seen, ((record.partition, record.offset) for record in records))
            with suppress(KafkaError):  # a rebalance: whoever gets the partition reads these again
                consumer.commit()
    consumer.close()


def librdkafka(bootstrap: str, topic: str, group: str, seen: Seen, stop: threading.Event) -> None:
    from confluent_kafka import Consumer, KafkaException

    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, "session.timeout.ms": 10_000, "heartbeat.interval.ms": 300,
            "partition.assignment.strategy": "cooperative-sticky",
        }
    )  # fmt: skip
    consumer.subscribe([topic])
    while not stop.is_set():
        records = [record for record in consumer.consume(50, timeout=0.2) if record.error() is None]
        _see(seen, ((record.partition(), record.offset()) for record in records))
        with suppress(KafkaException):
            if records:
                consumer.commit(asynchronous=False)
    consumer.close()


def aio(bootstrap: str, topic: str, group: str, seen: Seen, stop: threading.Event) -> None:
    async def consume() -> None:
        from aiokafka import AIOKafkaConsumer
        from aiokafka.errors import KafkaError

        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
            enable_auto_commit=False, session_timeout_ms=10_000, heartbeat_interval_ms=300,
        )  # fmt: skip
        await consumer.start()
        while not stop.is_set():
            for records in (await consumer.getmany(timeout_ms=200)).values():
                _see(seen, ((record.partition, record.offset) for record in records))
                with suppress(KafkaError):
                    await consumer.commit()
        await consumer.stop()

    asyncio.run(consume())


def _see(seen: Seen, records: Any) -> None:
    for record in records:
        seen[record] = seen.get(record, 0) + 1


CLIENTS = pytest.mark.parametrize("consume", [kafka_python, librdkafka, aio], ids=lambda consume: consume.__name__)


@CLIENTS
def test_a_group_shares_a_topic_and_takes_over_from_a_member_that_leaves(bootstrap: str, consume: Consume) -> None:
    topic = group = f"shared-{consume.__name__}"
    produce(bootstrap, topic, RECORDS)
    with ExitStack() as stack:
        first = Running(consume, bootstrap, topic, group)
        stack.callback(first.stop)
        wait_for(lambda: len(first.seen) == RECORDS)
        second = Running(consume, bootstrap, topic, group)
        stack.callback(second.stop)
        wait_for(lambda: members(bootstrap, group) == 2)
        produce(bootstrap, topic, RECORDS)
        wait_for(lambda: len(first.seen.keys() | second.seen.keys()) == 2 * RECORDS)
        first.stop()
        wait_for(lambda: members(bootstrap, group) == 1)
        produce(bootstrap, topic, RECORDS)
        wait_for(lambda: len(first.seen.keys() | second.seen.keys()) == 3 * RECORDS)
        wait_for(lambda: committed(bootstrap, topic, group) == 3 * RECORDS)
    wait_for(lambda: members(bootstrap, group) == 0)
    third = Running(consume, bootstrap, topic, group)
    try:
        wait_for(lambda: members(bootstrap, group) == 1)
        produce(bootstrap, topic, 1)
        wait_for(lambda: len(third.seen) == 1)  # it begins where the others have committed
    finally:
        third.stop()


class Running:
    """A consumer on a thread."""

    def __init__(self, consume: Consume, *arguments: str) -> None:
        self.seen: Seen = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=consume, args=(*arguments, self.seen, self._stop))
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def produce(bootstrap: str, topic: str, count: int) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": bootstrap})
    for number in range(count):
        producer.produce(topic, b"%d" % number, partition=number % PARTITIONS if count > 1 else 0)
    assert producer.flush(30) == 0


def members(bootstrap: str, group: str) -> int:
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": bootstrap})  # its futures end with it
    return len(admin.describe_consumer_groups([group])[group].result().members)


def committed(bootstrap: str, topic: str, group: str) -> int:
    from confluent_kafka import ConsumerGroupTopicPartitions
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": bootstrap})
    found = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result()
    return sum(partition.offset for partition in found.topic_partitions if partition.topic == topic)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)
