"""Ctrl-C while the broker is in a black hole: a tool ends, though its timeouts are an hour."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.testing import EphemeralBroker
from tests.interop.our_broker import ROOT, our_tool

HOUR = "3600000"
PATIENT = {
    "buffer.memory": "100000",
    "default.api.timeout.ms": HOUR,
    "delivery.timeout.ms": HOUR,
    "heartbeat.interval.ms": "500",
    "linger.ms": "0",
    "max.block.ms": HOUR,
    "socket.connection.setup.timeout.ms": HOUR,
}


@pytest.fixture
def broker() -> Iterator[EphemeralBroker]:
    with EphemeralBroker() as running:
        to = ("--bootstrap-server", running.bootstrap_servers, "--topic", "t")
        our_tool("kafka-topics", *to, "--create")
        our_tool("kafka-console-producer", *to, stdin=b"a\nb\n")
        yield running
        os.kill(running.pid, signal.SIGCONT)


@pytest.mark.parametrize("seconds", [0, 2, 8])  # of silence: until something owes an answer, and is given up
@pytest.mark.parametrize(
    ("tool", "more", "sign"),
    [
        ("verifiable_producer", ["--throughput", "20"], b"producer_send_success"),
        ("verifiable_producer", ["--throughput", "-1"], b"producer_send_success"),
        ("verifiable_consumer", ["--group-id", "g", "--reset-policy", "earliest"], b"records_consumed"),
        ("console_consumer", ["--group", "g", "--from-beginning"], b"a"),
        ("consumer_perf_test", ["--group", "g", "--num-records", "9", "--timeout", HOUR], b"start.time"),
    ],
)
def test_an_interrupt_ends_it(
    broker: EphemeralBroker, tmp_path: Path, tool: str, more: list[str], sign: bytes, seconds: int
) -> None:
    settings = tmp_path / "client.properties"
    given = {**PATIENT, "request.timeout.ms": "1000"}
    settings.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    command = [sys.executable, str(ROOT / "bin" / "run.py"), tool, "--bootstrap-server", broker.bootstrap_servers]
    command += ["--topic", "t", "--command-config", str(settings), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        while sign not in (line := process.stdout.readline()):
            assert line, "it ended by itself"
        os.kill(broker.pid, signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 130
