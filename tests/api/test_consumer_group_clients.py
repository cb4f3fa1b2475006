"""librdkafka's consumers of the new protocol: several of them share the work, and take over from one another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kcli.testing import InProcessBroker

confluent_kafka = pytest.importorskip("confluent_kafka")

TOPIC, PARTITIONS, RECORDS = "shared-work", 6, 600
DEADLINE_S = 60


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    settings = {
        "num.partitions": PARTITIONS,
        "group.consumer.min.heartbeat.interval.ms": 50,
        "group.consumer.heartbeat.interval.ms": 50,
        "group.consumer.assignment.interval.ms": 0,
    }
    with InProcessBroker(settings) as broker:
        yield broker.bootstrap_servers


class Work:
    """What came to whom, and who owns which partition at the moment."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seen: list[bytes] = []
        self.readers: set[str] = set()
        self.owners: dict[int, str] = {}
        self.taken_from_others: list[tuple[str, int]] = []

    def done(self, amount: int) -> bool:
        return len(self.seen) >= amount


def consume(bootstrap: str, group: str, name: str, work: Work, stop: threading.Event) -> None:
    settings = {
        "bootstrap.servers": bootstrap, "group.id": group, "group.protocol": "consumer",
        "auto.offset.reset": "earliest", "enable.auto.commit": False,
    }  # fmt: skip
    consumer = confluent_kafka.Consumer(settings)

    def assigned(consumer: Any, partitions: list[Any]) -> None:
        with work.lock:
            for found in partitions:
                if found.partition in work.owners:
                    work.taken_from_others.append((name, found.partition))
                work.owners[found.partition] = name
        consumer.incremental_assign(partitions)

    def revoked(consumer: Any, partitions: list[Any]) -> None:
        positions = [p for p in consumer.position(partitions) if p.offset >= 0]
        if positions:
            consumer.commit(offsets=positions, asynchronous=False)
        with work.lock:
            for found in partitions:
                work.owners.pop(found.partition, None)
        consumer.incremental_unassign(partitions)

    consumer.subscribe([TOPIC], on_assign=assigned, on_revoke=revoked)
    while not stop.is_set():
        message = consumer.poll(0.05)
        if message is not None and message.error() is None:
            with work.lock:
                work.seen.append(message.value())
                work.readers.add(name)
    consumer.close()


def start(bootstrap: str, group: str, name: str, work: Work) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=consume, args=(bootstrap, group, name, work, stop), daemon=True)
    thread.start()
    return thread, stop


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def produce(bootstrap: str, first: int, amount: int) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": bootstrap})
    for number in range(first, first + amount):
        producer.produce(TOPIC, b"%d" % number, partition=number % PARTITIONS)
    producer.flush()


def test_members_share_a_topic_and_take_over_where_others_left_off(bootstrap: str) -> None:
    produce(bootstrap, 0, RECORDS)
    work = Work()
    first = start(bootstrap, "g", "first", work)
    wait_until(lambda: work.done(RECORDS), "the first member reads everything")
    second = start(bootstrap, "g", "second", work)
    third = start(bootstrap, "g", "third", work)
    each = PARTITIONS // 3
    wait_until(
        lambda: sorted(map(list(work.owners.values()).count, ("first", "second", "third"))) == [each] * 3, "even"
    )
    produce(bootstrap, RECORDS, RECORDS)
    wait_until(lambda: work.done(2 * RECORDS), "all three read on")
    first[1].set()
    first[0].join()
    wait_until(
        lambda: sorted(work.owners) == list(range(PARTITIONS)) and "first" not in work.owners.values(), "taken over"
    )
    produce(bootstrap, 2 * RECORDS, RECORDS)
    wait_until(lambda: work.done(3 * RECORDS), "the others read the rest")
    for thread, stop in (second, third):
        stop.set()
        thread.join()
    assert sorted(work.seen, key=int) == [b"%d" % number for number in range(3 * RECORDS)]
    assert work.readers == {"first", "second", "third"}
    assert work.taken_from_others == []
