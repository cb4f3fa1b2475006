import os
import subprocess
import sys

import pytest

from kcli.broker import registry
from kcli.broker.registry import Running, registered, running


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(registry.FOLDER_VARIABLE, str(tmp_path / "run"))
    return tmp_path / "run"


def hold(node_id, roles):
    """Another process that is registered until its stdin closes."""
    code = (
        "import sys; from kcli.broker.registry import registered\n"
        f"with registered({node_id}, {roles!r}): print('there', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"there\n"
    return process


def test_others_are_found_while_they_live(folder):
    first, second = hold(1, ["broker"]), hold(2, ["broker", "controller"])
    try:
        assert sorted(running(), key=lambda one: one.node_id) == [
            Running(first.pid, 1, ("broker",)),
            Running(second.pid, 2, ("broker", "controller")),
        ]
        first.communicate()
        assert [one.node_id for one in running()] == [2]
    finally:
        second.kill()
        second.communicate()
    assert running() == []
    assert os.listdir(folder) == []


def test_a_folder_that_others_may_write_to_is_not_trusted(folder, caplog):
    folder.mkdir()
    folder.chmod(0o777)
    with registered(1, ["broker"]):
        assert running() == []
        assert os.listdir(folder) == []
    assert "will not find this broker" in caplog.text
