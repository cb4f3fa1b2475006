"""Client libraries over real sockets: what they write they read back, in every compression they have."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count

import pytest

from kcli.testing import InProcessBroker

COUNT = 2000
KEYS = [b"k%d" % index for index in range(COUNT)]
VALUES = [b"v%d" % index * 7 for index in range(COUNT)]
EXPECTED = list(zip(range(COUNT), KEYS, VALUES))
_names = count()


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def topic() -> str:
    """A new one for each test; the broker makes it when it is first asked for."""
    return f"topic-{next(_names)}"


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("isolation", ["read_uncommitted", "read_committed"])
def test_librdkafka(bootstrap: str, topic: str, codec: str, isolation: str) -> None:
    confluent_kafka = pytest.importorskip("confluent_kafka")
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": bootstrap, "compression.type": codec, "enable.idempotence": True}
    )
    failed: list[object] = []
    for key, value in zip(KEYS, VALUES):
        producer.produce(topic, key=key, value=value, on_delivery=lambda error, _: error and failed.append(error))
    assert producer.flush(60) == 0 and not failed

    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": bootstrap, "group.id": topic, "isolation.level": isolation}
    )
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    found: list[tuple[int, bytes, bytes]] = []
    while len(found) < COUNT:
        for message in consumer.consume(500, 1.0):
            assert message.error() is None
            found.append((message.offset(), message.key(), message.value()))
    assert found == EXPECTED
    assert consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, 0)) == (0, COUNT)
    consumer.close()


@pytest.mark.parametrize("codec", [None, "gzip"])
def test_kafka_python(bootstrap: str, topic: str, codec: str | None) -> None:
    kafka = pytest.importorskip("kafka")
    producer = kafka.KafkaProducer(bootstrap_servers=bootstrap, compression_type=codec, acks="all", linger_ms=5)
    sent = [producer.send(topic, key=key, value=value, headers=[("h", b"x")]) for key, value in zip(KEYS, VALUES)]
    producer.flush()
    assert [future.get().offset for future in sent] == list(range(COUNT))
    producer.close()

    consumer = kafka.KafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None)
    found = []
    for message in consumer:
        assert message.headers == [("h", b"x")]
        found.append((message.offset, message.key, message.value))
        if len(found) == COUNT:
            break
    assert found == EXPECTED
    partition = kafka.TopicPartition(topic, 0)
    assert consumer.end_offsets([partition]) == {partition: COUNT}
    assert consumer.offsets_for_times({partition: 0})[partition].offset == 0
    consumer.close()


@pytest.mark.parametrize("idempotent", [False, True])
def test_aiokafka(bootstrap: str, topic: str, idempotent: bool) -> None:
    aiokafka = pytest.importorskip("aiokafka")

    async def scenario() -> None:
        producer = aiokafka.AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=idempotent, acks="all")
        await producer.start()
        sent = [await producer.send(topic, key=key, value=value) for key, value in zip(KEYS, VALUES)]
        assert [(await future).offset for future in sent] == list(range(COUNT))
        await producer.stop()
        consumer = aiokafka.AIOKafkaConsumer(
            topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None
        )
        await consumer.start()
        found = []
        while len(found) < COUNT:
            for messages in (await consumer.getmany(timeout_ms=1000)).values():
                found += [(message.offset, message.key, message.value) for message in messages]
        assert found == EXPECTED
        await consumer.stop()

    asyncio.run(asyncio.wait_for(scenario(), 60))


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_kcat(bootstrap: str, topic: str, acks: str) -> None:
    def kcat(*arguments: str, lines: bytes = b"") -> bytes:
        command = ["kcat", "-b", bootstrap, "-t", topic, *arguments]
        return subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, timeout=60).stdout

    lines = b"".join(value + b"\n" for value in VALUES)
    if acks == "0":  # a producer that hears nothing would not notice that the topic is only being made
        kcat("-P", lines=b"")
        kcat("-L")
    kcat("-P", "-X", f"acks={acks}", lines=lines)
    assert kcat("-C", "-o", "beginning", "-c", str(COUNT), "-e") == lines
    assert kcat("-Q", "-t", f"{topic}:0:-1").split() == [topic.encode(), b"[0]", b"offset", str(COUNT).encode()]
