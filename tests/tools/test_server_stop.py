"""Against processes that only say that they are brokers; tests/broker stops real ones."""

import io
import signal
import subprocess
import sys

import pytest

from kcli.broker.registry import FOLDER_VARIABLE
from kcli.cli.environment import Environment
from kcli.cli.main import guard
from kcli.tools.server_stop import run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "run"))


@pytest.fixture
def broker():
    processes = []

    def start(node_id, *roles):
        code = (
            "import signal, time; from kcli.broker.registry import registered\n"
            # A shell's background job ignores SIGINT, and so do the processes that it starts.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            f"with registered({node_id}, {list(roles)!r}): print('there', flush=True); time.sleep(100)"
        )
        processes.append(subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE))
        assert processes[-1].stdout.readline() == b"there\n"
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def stop(*arguments, **variables):
    environment = Environment(io.BytesIO(), io.BytesIO(), io.BytesIO(), variables, "kafka-server-stop")
    code = guard(run, list(arguments), environment)
    return code, environment.stdout.getvalue().decode(), environment.stderr.getvalue().decode()


def test_none():
    assert stop() == (1, "No kafka server to stop\n", "")


def test_all(broker):
    first, second = broker(1, "broker"), broker(2, "broker")
    assert stop() == (0, "", "")
    assert (first.wait(), second.wait()) == (-signal.SIGTERM, -signal.SIGTERM)


def test_one_by_its_node_id(broker):
    first, second = broker(1, "broker"), broker(2, "broker")
    assert stop("--node-id=2") == (0, "", "")
    assert second.wait() == -signal.SIGTERM
    assert first.poll() is None


def test_by_role(broker):
    alone, combined = broker(1, "broker"), broker(2, "broker", "controller")
    assert stop("--process-role", "broker") == (0, "", "")
    assert alone.wait() == -signal.SIGTERM
    assert combined.poll() is None


def test_node_id_goes_before_role(broker):
    first = broker(1, "broker")
    code, out, _ = stop("--process-role=controller", "--node-id=1")
    expected = "When both node-id and process-role are provided, the value for node-id will take precedence\n"
    assert (code, out) == (0, expected)
    assert first.wait() == -signal.SIGTERM


def test_another_signal(broker):
    first = broker(1, "broker")
    assert stop(SIGNAL="INT")[0] == 0
    assert first.wait() in (-signal.SIGINT, 1)
    broker(2, "broker")
    assert stop(SIGNAL="NONSENSE") == (1, "", "SIGNAL=NONSENSE is not the name of a signal\n")
