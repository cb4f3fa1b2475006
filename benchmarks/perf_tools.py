"""The perf tools beside the JVM's: the records a second that each reports of itself on the same broker."""

from __future__ import annotations

import re
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence

from benchmarks.harness import Row, create_topic, delete_topic, jvm, our_broker, ours, rate, real_broker, seconds
from tests.interop import real_kafka

RECORDS = 2_000_000
ROUND_TRIPS = 5_000
TOPIC = "perf-tools"
Command = Callable[..., list[str]]


def rows(rounds: int = 3) -> Iterator[Row]:
    with our_broker() as broker:
        yield from _on("our broker", broker.bootstrap, rounds)
    with real_broker("4.3") as real:
        yield from _on("Kafka 4.3.0", real.bootstrap, rounds)


def _on(where: str, bootstrap: str, rounds: int) -> Iterator[Row]:
    sides: dict[str, Command] = {"ours": ours, "jvm": _jvm}
    produced: dict[str, list[float]] = {"ours": [], "jvm": []}
    consumed: dict[str, list[float]] = {"ours": [], "jvm": []}
    latency: dict[str, list[float]] = {"ours": [], "jvm": []}
    for number in range(rounds + 1):
        for side, command in sides.items():
            create_topic(bootstrap, TOPIC)
            results = _produce(command, bootstrap), _consume(command, bootstrap), _round_trips(command, bootstrap)
            delete_topic(bootstrap, TOPIC)
            if number:
                for measured, result in zip((produced, consumed, latency), results):
                    measured[side].append(result)
    yield _rate_row(f"kafka-producer-perf-test, 100-byte records, {where}", produced, "0.5x")
    yield _rate_row(f"kafka-consumer-perf-test, 100-byte records, {where}", consumed, "1x")
    our, other = statistics.median(latency["ours"]), statistics.median(latency["jvm"])
    what = f"kafka-e2e-latency, average, {where}"
    yield Row(what, seconds(our), "JVM " + seconds(other), other / our, "")


def _rate_row(what: str, measured: dict[str, list[float]], aim: str) -> Row:
    our, other = statistics.median(measured["ours"]), statistics.median(measured["jvm"])
    return Row(what, rate(our), "JVM " + rate(other), our / other, aim)


def _jvm(tool: str, *arguments: str) -> list[str]:
    if tool == "kafka-e2e-latency":
        return [
            str(real_kafka.fetch("4.3") / "bin" / "run-class"),
            "org.apache.kafka.tools.EndToEndLatency",
            *arguments,
        ]
    return jvm("4.3", tool, *arguments)


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=True).stdout


def _produce(command: Command, bootstrap: str) -> float:
    output = _output(
        command(
            "kafka-producer-perf-test", "--topic", TOPIC, "--num-records", str(RECORDS), "--record-size", "100",
            "--throughput", "-1", "--bootstrap-server", bootstrap,
        )
    )  # fmt: skip
    return float(re.findall(r"([0-9.]+) records/sec", output)[-1])


def _consume(command: Command, bootstrap: str) -> float:
    """The rate of fetching: what is left when the time of joining the group is taken off, as both tools report it."""
    output = _output(
        command(
            "kafka-consumer-perf-test", "--topic", TOPIC, "--num-records", str(RECORDS),
            "--bootstrap-server", bootstrap,
        )
    )  # fmt: skip
    return float(output.strip().splitlines()[-1].split(",")[-1])


def _round_trips(command: Command, bootstrap: str) -> float:
    output = _output(
        command(
            "kafka-e2e-latency", "--bootstrap-server", bootstrap, "--topic", TOPIC + "-e2e",
            "--num-records", str(ROUND_TRIPS), "--producer-acks", "1", "--record-size", "100",
        )
    )  # fmt: skip
    return float(re.findall(r"Avg latency: ([0-9.]+) ms", output)[-1]) / 1000
