"""Records a second into our broker and into real Kafka 3.9.1, from the JVM's perf tool and from a C client."""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Row, create_topic, delete_topic, jvm, kcat, our_broker, rate, real_broker, timed

RECORDS = 2_000_000


def rows(rounds: int = 3) -> Iterator[Row]:
    with our_broker() as broker, real_broker("3.9") as real, tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        lines.write_bytes((b"x" * 100 + b"\n") * RECORDS)
        measured: dict[str, dict[str, list[float]]] = {
            "jvm": {"ours": [], "real": []},
            "kcat": {"ours": [], "real": []},
        }
        for number in range(rounds + 1):
            for name, bootstrap in (("ours", broker.bootstrap), ("real", real.bootstrap)):
                results = {"jvm": _perf_test(bootstrap), "kcat": _kcat(bootstrap, lines)}
                for client, result in results.items():
                    if number and result:
                        measured[client][name].append(result)
    yield _row("kafka-producer-perf-test (JVM), 100-byte records", measured["jvm"])
    if measured["kcat"]["ours"]:
        yield _row("kcat -P (C client), 100-byte records", measured["kcat"])


def _row(what: str, results: dict[str, list[float]]) -> Row:
    ours, real = statistics.median(results["ours"]), statistics.median(results["real"])
    return Row(what + ", into the broker", rate(ours), "Kafka 3.9.1 " + rate(real), ours / real, "1.5x")


def _perf_test(bootstrap: str) -> float:
    create_topic(bootstrap, "perf")
    command = jvm(
        "3.9", "kafka-producer-perf-test", "--topic", "perf", "--num-records", str(RECORDS), "--record-size", "100",
        "--throughput", "-1", "--producer-props", f"bootstrap.servers={bootstrap}",
    )  # fmt: skip
    output = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True).stdout
    delete_topic(bootstrap, "perf")
    return float(re.findall(r"([0-9.]+) records/sec", output)[-1])


def _kcat(bootstrap: str, lines: Path) -> float | None:
    command = kcat("-P", "-b", bootstrap, "-t", "perf-c", "-X", "queue.buffering.max.messages=1000000")
    if command is None:
        return None
    create_topic(bootstrap, "perf-c")
    took = timed(command, stdin=lines)
    delete_topic(bootstrap, "perf-c")
    return RECORDS / took
