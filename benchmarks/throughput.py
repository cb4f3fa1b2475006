"""Records a second into our broker and into real Kafka 3.9.1, from the JVM's perf tool and from a C client.

Brokers just started, as in a CI job, and brokers that have been warmed up: the JVM compiles its broker as it runs.
Where there is a C compiler, an ideal broker (`ideal.c`) is measured beside the warm ones: what a client reaches there
is the most that any broker could give it on this machine, for the client needs the processors too.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import (
    OurBroker,
    Row,
    create_topic,
    delete_topic,
    jvm,
    kcat,
    our_broker,
    rate,
    real_broker,
    timed,
)
from tests.interop.real_kafka import free_port

RECORDS = 2_000_000
Results = dict[str, dict[str, list[float | None]]]
"""records a second by client and broker, a round each; None where the client is not there"""
IDEAL = Path(__file__).with_name("ideal.c")


def rows(rounds: int = 3) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        lines.write_bytes((b"x" * 100 + b"\n") * RECORDS)
        yield from _table(_fresh(rounds, lines), "into a broker just started", "1.5x")
        yield from _table(_busy(rounds, lines, Path(folder)), "into a broker that has taken millions", "1.5x")


def _fresh(rounds: int, lines: Path) -> Results:
    """What a CI job sees: the broker is started for it, and these are the first records that it takes."""
    starts = {"ours": our_broker, "real": lambda: real_broker("3.9")}
    results: Results = {client: {name: [] for name in starts} for client in CLIENTS}
    for _ in range(rounds):
        for client, produce in CLIENTS.items():
            for name, start in starts.items():
                with start() as broker:
                    results[client][name].append(produce(broker.bootstrap, lines))
    return results


def _busy(rounds: int, lines: Path, folder: Path) -> Results:
    """The same brokers in every round, after one that does not count; the ideal one among them."""
    with our_broker() as broker, real_broker("3.9") as real, _ideal_broker(folder) as ideal:
        brokers = {"ours": broker.bootstrap, "real": real.bootstrap, "ideal": ideal}
        results: Results = {client: {name: [] for name in brokers} for client in CLIENTS}
        for number in range(rounds + 1):
            for name, bootstrap in brokers.items():
                for client, produce in CLIENTS.items():
                    reached = produce(bootstrap, lines) if bootstrap else None
                    if number:
                        results[client][name].append(reached)
    return results


def _table(results: Results, where: str, aim: str) -> Iterator[Row]:
    for client, measured in results.items():
        rates = {name: statistics.median(all_) for name, some in measured.items() if (all_ := [r for r in some if r])}
        if "ours" in rates:
            yield _row(f"{client}, 100-byte records, {where}", rates["ours"], rates["real"], aim)
        if "ideal" in rates:
            what = f"{client}, 100-byte records, into a program that only answers"
            yield _row(what, rates["ideal"], rates["real"], "the most there is")


def _row(what: str, reached: float, real: float, aim: str) -> Row:
    return Row(what, rate(reached), "Kafka 3.9.1 " + rate(real), reached / real, aim)


@contextmanager
def _ideal_broker(folder: Path) -> Iterator[str | None]:
    """The address of `ideal.c` in front of a broker of ours, None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        yield None
        return
    program, port, behind = folder / "ideal", free_port(), free_port()
    subprocess.run([compiler, "-O2", "-o", str(program), str(IDEAL)], check=True, timeout=60)
    listeners = [f"listeners=PLAINTEXT://localhost:{behind}", f"advertised.listeners=PLAINTEXT://localhost:{port}"]
    broker = OurBroker(listeners)
    process = subprocess.Popen([str(program), str(port), str(behind)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)
        broker.stop()


def _perf_test(bootstrap: str, lines: Path) -> float:
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


CLIENTS = {"kafka-producer-perf-test (JVM)": _perf_test, "kcat -P (C client)": _kcat}
