"""A million lines of about 90 bytes through the console tools: ours, the JVM's and kcat, on the same broker."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import (
    Row,
    alternately,
    create_topic,
    delete_topic,
    jvm,
    kcat,
    our_broker,
    ours,
    real_broker,
    seconds,
    timed,
)  # fmt: skip

LINES = 1_000_000


def write_lines(path: Path, lines: int = LINES) -> None:
    """Lines that differ, of 80 to 100 bytes with their end."""
    source = random.Random(7)
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789 "
    block = "".join(source.choices(alphabet, k=5000))
    with path.open("w") as file:
        for number in range(lines):
            begin = source.randrange(4900)
            file.write(f"{number:08d} {block[begin : begin + source.randrange(71, 91)]}\n")


def rows(rounds: int = 3) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        write_lines(lines)
        with our_broker() as broker:
            yield from _on(broker.bootstrap, "our broker", lines, rounds)
        with real_broker("4.3") as real:
            yield from _on(real.bootstrap, "Kafka 4.3.0", lines, rounds)


def _on(bootstrap: str, where: str, lines: Path, rounds: int) -> Iterator[Row]:
    server = ("--bootstrap-server", bootstrap)
    create_topic(bootstrap, "lines")
    producers = {
        "ours": ours("kafka-console-producer", *server, "--topic", "lines"),
        "jvm": jvm("4.3", "kafka-console-producer", *server, "--topic", "lines"),
    }
    peer = kcat("-P", "-b", bootstrap, "-t", "lines")
    if peer:
        producers["kcat"] = peer
    yield _row(f"console producer, 1 M lines into {where}", alternately(producers, rounds, stdin=lines), "5x")
    delete_topic(bootstrap, "lines")

    create_topic(bootstrap, "read")
    timed(ours("kafka-console-producer", *server, "--topic", "read"), stdin=lines)
    consume = (*server, "--topic", "read", "--from-beginning", "--max-messages", str(LINES))
    consumers = {
        "ours": ours("kafka-console-consumer", *consume),
        "jvm": jvm("4.3", "kafka-console-consumer", *consume),
    }
    peer = kcat("-C", "-q", "-b", bootstrap, "-t", "read", "-o", "beginning", "-e")
    if peer:
        consumers["kcat"] = peer
    yield _row(f"console consumer, 1 M lines from {where}", alternately(consumers, rounds), "4x")
    delete_topic(bootstrap, "read")


def _row(what: str, times: dict[str, float], aim: str) -> Row:
    other = "JVM " + seconds(times["jvm"])
    if "kcat" in times:
        other += f", kcat {seconds(times['kcat'])} ({times['kcat'] / times['ours']:.2f}x)"
    return Row(what, seconds(times["ours"]), other, times["jvm"] / times["ours"], aim)
