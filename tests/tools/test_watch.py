"""`--watch` of the tools that are not for groups or topics, on a real terminal and in a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import listings_cluster, topics
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.tools.terminal import CTRL_C, Terminal


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        create(broker.bootstrap_servers, "t")
        yield broker.bootstrap_servers


def create(servers: str, topic: str) -> None:
    assert guard(topics.run, f"--bootstrap-server {servers} --create --topic {topic}".split(), Recorded()) == 0


def command(tool: str, servers: str, line: str) -> list[str]:
    return [sys.executable, "-m", f"kcli.tools.{tool}", "--bootstrap-server", servers, *line.split()]


@pytest.mark.parametrize(
    ("tool", "line", "shown"),
    [
        ("metadata_quorum", "describe --status --watch 0.2", ("LeaderEpoch: ", "CurrentVoters: ")),
        ("metadata_quorum", "describe --watch 0.2 --replication", ("LastCaughtUpTimestamp", "Leader")),
        ("transactions", "describe-producers --topic t --partition 0 --watch 0.2", ("ProducerId",)),
        ("reassign_partitions", "--list --watch 0.2", ("No partition reassignments found.",)),
    ],
)
def test_looked_at_again_and_again(
    bootstrap: str, tmp_path: Path, tool: str, line: str, shown: tuple[str, ...]
) -> None:
    terminal = Terminal(command(tool, bootstrap, line), tmp_path)
    for _ in range(3):
        for text in shown:
            terminal.expect(text)
    assert terminal.end(CTRL_C) == 130
    assert "Traceback" not in terminal.rest()


def test_log_dirs_are_redrawn_as_a_table(bootstrap: str, tmp_path: Path) -> None:
    terminal = Terminal(command("log_dirs", bootstrap, "--describe --watch 0.2"), tmp_path)
    terminal.expect("offsetLag")
    terminal.expect("t-0")
    create(bootstrap, "another")
    terminal.expect("another-0")
    assert terminal.end(CTRL_C) == 130
    assert "\x1b[?25h" in terminal.rest()


@pytest.mark.parametrize(
    ("tool", "line", "listing"),
    [
        ("metadata_quorum", "describe --status", listings_cluster.QUORUM),
        ("transactions", "describe-producers --topic t --partition 0", listings_cluster.PRODUCERS),
        ("log_dirs", "--describe", listings_cluster.LOG_DIRS),
        ("reassign_partitions", "--list", listings_cluster.REASSIGNMENTS),
    ],
)
def test_a_line_of_json_for_each_look(bootstrap: str, tool: str, line: str, listing: listings_cluster.Listing) -> None:
    process = subprocess.Popen(
        command(tool, bootstrap, f"{line} --watch 0.2 --output json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        for _ in range(2):
            text = process.stdout.readline()
            assert text, process.stderr.read()
            check(json.dumps(json.loads(text)["rows"]), listing)
    finally:
        process.kill()
        process.communicate()


def test_verifying_ends_when_nothing_moves(bootstrap: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"partitions": [{"topic": "t", "partition": 0, "replicas": [1]}]}')
    line = f"--verify --reassignment-json-file {plan} --watch"
    done = subprocess.run(command("reassign_partitions", bootstrap, line), capture_output=True, timeout=60, check=True)
    assert b"Reassignment of partition t-0 is completed." in done.stdout


@pytest.mark.parametrize(
    ("tool", "line", "message"),
    [
        ("metadata_quorum", "describe --status --watch x", "argument --watch: bad 'x'"),
        ("metadata_quorum", "describe --status --watch 0", "--watch takes from 0.1 to 86400 seconds, not 0"),
        ("log_dirs", "--describe --watch 0", "--watch takes from 0.1 to 86400 seconds, not 0"),
        ("reassign_partitions", "--list --watch 0", "--watch takes from 0.1 to 86400 seconds, not 0"),
        ("reassign_partitions", "--cancel --watch --reassignment-json-file x", 'Option "[watch]" can\'t be used with'),
    ],
)
def test_command_lines_that_make_no_sense(tool: str, line: str, message: str) -> None:
    done = subprocess.run(command(tool, "localhost:1", line), capture_output=True, timeout=60, check=False, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
