"""Brokers to measure on, commands to time, rows to print."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.interop import real_kafka

ROOT = Path(__file__).resolve().parent.parent
OUR_BIN = ROOT / "bin"


class Row(NamedTuple):
    """One line of the table; `ratio` is how many times better ours is than `other`."""

    what: str
    ours: str
    other: str
    ratio: float | None
    aim: str


def seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def rate(value: float) -> str:
    return f"{value / 1000:.0f} k/s"


def timed(command: Sequence[str], *, stdin: Path | None = None, stdout: Path | None = None) -> float:
    """The wall time of a whole process. Raises when it fails."""
    with open(stdin or os.devnull, "rb") as source, open(stdout or os.devnull, "wb") as sink:
        begun = time.perf_counter()
        done = subprocess.run(list(command), stdin=source, stdout=sink, stderr=subprocess.PIPE, timeout=600)
        took = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} exited {done.returncode}: {done.stderr.decode()[-2000:]}")
    return took


def alternately(commands: Mapping[str, Sequence[str]], rounds: int, **streams: Path) -> dict[str, float]:
    """The median wall time of each command, run in turn, after one warm-up each."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            took = timed(command, **streams)
            if number:
                times[name].append(took)
    return {name: statistics.median(taken) for name, taken in times.items()}


class OurBroker:
    """`kafka-server-start --ephemeral` as a user starts it."""

    def __init__(self, overrides: Sequence[str] = ()) -> None:
        command = [str(OUR_BIN / "kafka-server-start.sh"), "--ephemeral"]
        for override in overrides:
            command += ["--override", override]
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "KCLI_PYTHON": sys.executable},
        )
        assert self.process.stdout is not None
        self.bootstrap = self.process.stdout.readline().decode().strip()
        self.ready_after = time.perf_counter() - self.begun
        if not self.bootstrap:
            raise RuntimeError("our broker did not start")

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@contextmanager
def our_broker() -> Iterator[OurBroker]:
    broker = OurBroker()
    try:
        yield broker
    finally:
        broker.stop()


@contextmanager
def real_broker(version: str) -> Iterator[real_kafka.Kafka39 | real_kafka.Kafka43]:
    with tempfile.TemporaryDirectory() as folder:
        made = real_kafka.Kafka39 if version == "3.9" else real_kafka.Kafka43
        broker = made(Path(folder))
        try:
            yield broker
        finally:
            broker.stop()


def ours(tool: str, *arguments: str) -> list[str]:
    return [str(OUR_BIN / f"{tool}.sh"), *arguments]


LARGE_HEAP = {
    "kafka-console-consumer",
    "kafka-console-producer",
    "kafka-consumer-perf-test",
    "kafka-producer-perf-test",
}
"""tools to which Kafka's own scripts give 512 MB; a producer with less spends a third of its time collecting garbage"""


def jvm(version: str, tool: str, *arguments: str) -> list[str]:
    command = [str(real_kafka.kafka_bin(version) / f"{tool}.sh"), *arguments]
    return ["env", "KAFKA_HEAP_OPTS=-Xmx512M", *command] if tool in LARGE_HEAP else command


def kcat(*arguments: str) -> list[str] | None:
    found = shutil.which("kcat")
    return [found, *arguments] if found else None


def create_topic(bootstrap: str, topic: str) -> None:
    timed(ours("kafka-topics", "--bootstrap-server", bootstrap, "--create", "--topic", topic, "--partitions", "1"))


def delete_topic(bootstrap: str, topic: str) -> None:
    timed(ours("kafka-topics", "--bootstrap-server", bootstrap, "--delete", "--topic", topic))
