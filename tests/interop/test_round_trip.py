"""Lines through {our tools, JVM tools} x {our broker, real Kafka} come back byte for byte, with every codec.

KCLI_ROUND_TRIP_LINES sets how many lines (20,000 by default).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import real_kafka
from tests.interop.our_broker import OurBroker, our_tool

LINES = int(os.environ.get("KCLI_ROUND_TRIP_LINES", "20000"))
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


@pytest.fixture(scope="module")
def lines() -> bytes:
    source = random.Random(3)
    block = "".join(source.choices("abcdefghijklmnopqrstuvwxyz äöü€ 0123456789", k=4000))
    rows = []
    for number in range(LINES):
        begin = source.randrange(3900)
        rows.append(f"{number} {block[begin : begin + source.randrange(60, 100)]}\n")
    return "".join(rows).encode()


@pytest.fixture(scope="module")
def our_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OurBroker]:
    folder: Path = tmp_path_factory.mktemp("round-trip")
    broker = OurBroker(folder).start()
    yield broker
    broker.stop()


def produce(tools: str, bootstrap: str, topic: str, codec: str, data: bytes) -> None:
    arguments = ("--bootstrap-server", bootstrap, "--topic", topic, f"--compression-codec={codec}")
    if tools == "ours":
        our_tool("kafka-console-producer", *arguments, stdin=data, timeout=300)
    else:
        real_kafka.run_tool("4.3", "kafka-console-producer", *arguments, stdin=data, timeout=300)


def consume(tools: str, bootstrap: str, topic: str) -> bytes:
    arguments = ("--bootstrap-server", bootstrap, "--topic", topic, "--from-beginning", "--max-messages", str(LINES))
    if tools == "ours":
        return our_tool("kafka-console-consumer", *arguments, timeout=300).stdout
    return real_kafka.run_tool("4.3", "kafka-console-consumer", *arguments, timeout=300).stdout


@pytest.mark.timeout(600)
@pytest.mark.parametrize("codec", CODECS)
def test_our_tools_on_our_broker(our_broker: OurBroker, lines: bytes, codec: str) -> None:
    produce("ours", our_broker.bootstrap, f"ours-{codec}", codec, lines)
    assert consume("ours", our_broker.bootstrap, f"ours-{codec}") == lines


@pytest.mark.interop
@pytest.mark.timeout(600)
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("producer", "consumer"), [("ours", "jvm"), ("jvm", "ours")])
def test_between_our_tools_and_the_jvms(
    our_broker: OurBroker, lines: bytes, codec: str, producer: str, consumer: str
) -> None:
    topic = f"{producer}-to-{consumer}-{codec}"
    produce(producer, our_broker.bootstrap, topic, codec, lines)
    assert consume(consumer, our_broker.bootstrap, topic) == lines


@pytest.mark.interop
@pytest.mark.timeout(600)
@pytest.mark.parametrize("codec", CODECS)
def test_our_tools_on_real_kafka(kafka_43: real_kafka.Kafka43, lines: bytes, codec: str) -> None:
    produce("ours", kafka_43.bootstrap, f"round-trip-{codec}", codec, lines)
    assert consume("ours", kafka_43.bootstrap, f"round-trip-{codec}") == lines
