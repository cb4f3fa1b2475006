"""kill -9 under an idempotent acks=all producer: nothing acknowledged is missing, doubled or out of order.

KCLI_CRASH_ROUNDS sets how often the broker is killed (5 by default).
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition

from tests.interop import real_kafka
from tests.interop.our_broker import OurBroker, our_tool

ROUNDS = int(os.environ.get("KCLI_CRASH_ROUNDS", "5"))
PARTITIONS = 3
TOPIC = "crash"


class Load:
    """Numbers each partition's records; remembers what was acknowledged, in the order of the acknowledgements."""

    def __init__(self, bootstrap: str) -> None:
        self.acknowledged: list[list[int]] = [[] for _ in range(PARTITIONS)]
        self.failed: list[str] = []
        self.stopped = threading.Event()
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 2,
                "retry.backoff.ms": 50,
                "reconnect.backoff.max.ms": 200,
                "delivery.timeout.ms": 120_000,
                "log_level": 0,
            }
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        numbers = [0] * PARTITIONS
        while not self.stopped.is_set():
            for partition in range(PARTITIONS):
                value = str(numbers[partition]).encode() + b" " + b"x" * 100
                self._producer.produce(TOPIC, value, partition=partition, on_delivery=self._delivered)
                numbers[partition] += 1
            self._producer.poll(0.0005)
            while len(self._producer) > 5000 and not self.stopped.is_set():
                self._producer.poll(0.01)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.failed.append(str(error))
        else:
            value, partition = message.value(), message.partition()
            assert isinstance(value, bytes) and partition is not None
            self.acknowledged[partition].append(int(value.split()[0]))

    def stop(self) -> None:
        self.stopped.set()
        self._thread.join()
        assert self._producer.flush(60) == 0


def read_all(bootstrap: str, partition: int) -> list[int]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False})
    _, end = consumer.get_watermark_offsets(TopicPartition(TOPIC, partition), timeout=20)
    consumer.assign([TopicPartition(TOPIC, partition, 0)])
    seen: list[int] = []
    offset = -1
    while offset + 1 < end:
        for message in consumer.consume(10_000, timeout=20):
            assert message.error() is None, message.error()
            assert message.offset() == offset + 1, "offsets are dense"
            offset = message.offset()
            seen.append(int(message.value().split()[0]))
    consumer.close()
    return seen


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_doubled_or_reordered_by_kill_9(tmp_path: Path) -> None:
    source = random.Random(ROUNDS)
    properties = {"log.segment.bytes": "1048576", "log.index.interval.bytes": "512"}
    broker = OurBroker(tmp_path, properties=properties).start()
    create = ("--create", "--topic", TOPIC, "--partitions", str(PARTITIONS))
    our_tool("kafka-topics", "--bootstrap-server", broker.bootstrap, *create)
    load = Load(broker.bootstrap)
    for number in range(1, ROUNDS + 1):
        time.sleep(source.uniform(0.2, 1.0))
        broker.kill()
        if number % 10 == 0:
            check_with_dump_log(broker)
        broker.start()
    time.sleep(1)
    load.stop()
    assert load.failed == []
    for partition in range(PARTITIONS):
        acknowledged = load.acknowledged[partition]
        assert acknowledged, "records were acknowledged"
        assert acknowledged == list(range(len(acknowledged)))
        assert read_all(broker.bootstrap, partition) == acknowledged
    broker.stop()
    check_with_dump_log(broker)
    print(f"{ROUNDS} rounds, {sum(map(len, load.acknowledged))} records acknowledged and read back in order")


def check_with_dump_log(broker: OurBroker) -> None:
    """Recover and stop, then have real Kafka's tool look at every segment and index of the topic."""
    if real_kafka.missing():
        return
    if broker.process is not None and broker.process.returncode == -9:
        broker.start()
        broker.stop()
    for partition in range(PARTITIONS):
        folder = broker.log_dir / f"{TOPIC}-{partition}"
        files = sorted(str(path) for path in folder.iterdir() if path.suffix in (".log", ".index", ".timeindex"))
        done = real_kafka.run_tool("4.3", "kafka-dump-log", "--files", ",".join(files), "--deep-iteration")
        output = done.stdout.decode() + done.stderr.decode()
        assert "isvalid: false" not in output
        for complaint in ("Mismatches in", "Found timestamp mismatch", "Found out of order"):
            assert complaint not in output, output[-3000:]
        # 4.3.0 counts the first record of every segment that does not begin at 0 as following -1.
        gaps = re.findall(r"^ +(\d+ is followed by \d+)$", output, re.MULTILINE)
        assert gaps == []
        checked = real_kafka.run_tool("4.3", "kafka-dump-log", "--files", ",".join(files), "--index-sanity-check")
        assert "Exception" not in checked.stdout.decode() + checked.stderr.decode()
