"""How long one waits: for a command, and for a broker."""

from __future__ import annotations

import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import OurBroker, Row, alternately, jvm, our_broker, ours, seconds
from tests.interop import real_kafka


def rows(rounds: int = 7) -> Iterator[Row]:
    with our_broker() as broker:
        listing = ("--list", "--bootstrap-server", broker.bootstrap)
        for what, arguments in (("kafka-topics --list", listing), ("kafka-topics --help", ("--help",))):
            commands = {
                "ours": ours("kafka-topics", *arguments),
                "jvm": ["sh", "-c", " ".join(jvm("4.3", "kafka-topics", *arguments)) + " || true"],
            }
            times = alternately(commands, rounds)
            yield Row(what, seconds(times["ours"]), "JVM " + seconds(times["jvm"]), times["jvm"] / times["ours"], "10x")
    yield from _broker(3)


def _broker(rounds: int) -> Iterator[Row]:
    our_times, real_times, memory = [], [], 0.0
    for _ in range(rounds):
        broker = OurBroker()
        our_times.append(broker.ready_after)
        time.sleep(1)
        memory = max(memory, broker.resident_megabytes())
        broker.stop()
        real_times.append(_real_ready_after())
    ours_, real = statistics.median(our_times), statistics.median(real_times)
    yield Row("broker ready", seconds(ours_), "Kafka 4.3.0 " + seconds(real), real / ours_, "6x")
    yield Row("idle broker's memory", f"{memory:.0f} MB", "", None, "< 80 MB")


def _real_ready_after() -> float:
    """From the start of the JVM to the first answered request; the folder was formatted before."""
    with tempfile.TemporaryDirectory() as folder:
        first = real_kafka.Kafka43(Path(folder))
        first.stop()
        begun = time.perf_counter()
        again = real_kafka.JavaServer("4.3", "kafka.Kafka", first.config.read_text(), Path(folder), "-Xmx1G", "again")
        while not _answers(first.port):
            time.sleep(0.02)
        took = time.perf_counter() - begun
        again.stop()
        return took


API_VERSIONS = bytes.fromhex("0000000a") + bytes.fromhex("00120000000000010000")


def _answers(port: int) -> bool:
    """Whether an ApiVersions request of version 0 gets an answer."""
    try:
        with socket.create_connection(("localhost", port), timeout=5) as connection:
            connection.sendall(API_VERSIONS)
            return bool(connection.recv(4))
    except OSError:
        return False
