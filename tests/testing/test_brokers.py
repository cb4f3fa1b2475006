import os
import socket
import subprocess
import sys
import textwrap

import pytest

from kcli.broker.errors import BrokerError
from kcli.testing import EphemeralBroker, InProcessBroker


@pytest.fixture(autouse=True)
def where(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("KCLI_RUN_DIR", str(tmp_path / "run"))
    return tmp_path


@pytest.mark.parametrize("kind", [EphemeralBroker, InProcessBroker])
def test_broker_lives_as_long_as_its_block(kind, where):
    with kind({"num.partitions": 3}) as broker:
        host, _, port = broker.bootstrap_servers.rpartition(":")
        socket.create_connection((host, int(port))).close()
    with pytest.raises(OSError):
        socket.create_connection((host, int(port)))
    assert [name for name in os.listdir(where) if name.startswith("kcli-")] == []


@pytest.mark.parametrize("kind", [EphemeralBroker, InProcessBroker])
def test_broker_that_cannot_start(kind, where):
    with pytest.raises(BrokerError):
        kind({"num.partitions": "x"}, **({"log": subprocess.DEVNULL} if kind is EphemeralBroker else {})).start()
    assert [name for name in os.listdir(where) if name.startswith("kcli-")] == []


def test_two_beside_each_other():
    with InProcessBroker() as first, InProcessBroker() as second:
        assert first.bootstrap_servers != second.bootstrap_servers
        assert first.broker.keeper.cluster_id != second.broker.keeper.cluster_id


def test_pytest_plugin(where):
    (where / "conftest.py").write_text('pytest_plugins = ["kcli.testing.plugin"]\n')
    (where / "test_it.py").write_text(
        textwrap.dedent(
            """
            import socket

            def test_it(kafka_bootstrap_servers, kafka_broker):
                assert kafka_broker.bootstrap_servers == kafka_bootstrap_servers
                host, _, port = kafka_bootstrap_servers.rpartition(":")
                socket.create_connection((host, int(port))).close()
            """
        )
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(where)]
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
