"""Transcripts of the zookeeper-shell of Kafka 3.9.1 on a real ZooKeeper: ours prints and exits the same.

    python -m tests.conformance.zookeeper.test_zookeeper_shell FILE.t ...

writes what the JVM's shell prints into the files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.runner import OUR_TOOLS, run, transcripts
from tests.interop.real_kafka import ZooKeeper, kafka_bin

pytestmark = pytest.mark.interop
FOLDER = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZooKeeper]:
    zookeeper = ZooKeeper(tmp_path_factory.mktemp("zookeeper"))
    yield zookeeper
    zookeeper.stop()


def _run(server: ZooKeeper, tools: Path, *files: Path, record: bool = False) -> subprocess.CompletedProcess[str]:
    variables = {"SHELL_HELPERS": str(FOLDER / "shell.sh")}
    return run(tools, server.address, FOLDER, *files, record=record, variables=variables)


@pytest.mark.parametrize("name", transcripts(FOLDER))
def test_zookeeper_shell(server: ZooKeeper, name: str) -> None:
    done = _run(server, OUR_TOOLS, FOLDER / name)
    assert done.returncode == 0, done.stdout + done.stderr


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = ZooKeeper(Path(folder))
        try:
            done = _run(server, kafka_bin("3.9"), *(Path(name).resolve() for name in names), record=True)
        finally:
            server.stop()
    print(done.stdout, done.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
