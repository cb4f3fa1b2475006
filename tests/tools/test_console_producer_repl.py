"""The REPL at a real (pseudo) terminal, against our broker."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kcli.testing import EphemeralBroker
from tests.client.read_back import read_back
from tests.interop.real_kafka import free_port
from tests.tools.terminal import CTRL_C, ENTER, Terminal

NAMES = count(1)
COMMAND = [sys.executable, "-c", "from kcli.tools.console_producer import main; main()"]


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker({"num.partitions": 2}) as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def topic() -> str:
    return f"repl-{next(NAMES)}"


@pytest.fixture
def terminal(bootstrap: str, topic: str, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal([*COMMAND, "--bootstrap-server", bootstrap, "--topic", topic], tmp_path)
    opened.expect("Ctrl-D ends")
    yield opened
    opened.process.kill()
    opened.process.wait()


def test_a_conversation(terminal: Terminal, bootstrap: str, topic: str, tmp_path: Path) -> None:
    terminal.expect(f"topic {topic} | no key | 0 delivered")
    terminal.type(":partition 1" + ENTER)
    terminal.enter("first", "p1@0")
    terminal.type(":key k" + ENTER)
    terminal.type(":headers a=1,a=" + ENTER)
    terminal.enter("second", "p1@1")
    terminal.enter("::colon", "p1@2")
    terminal.enter(":tombstone dead", "p1@3")
    terminal.type(":headers" + ENTER)
    terminal.enter(":null", "p1@4")
    terminal.type(":key" + ENTER)
    terminal.enter("last", "p1@5")
    assert terminal.end() == 0
    assert [(record.key, record.value, record.headers) for record in read_back(bootstrap, topic)] == [
        (None, b"first", []),
        (b"k", b"second", [("a", b"1"), ("a", b"")]),
        (b"k", b":colon", [("a", b"1"), ("a", b"")]),
        (b"dead", None, [("a", b"1"), ("a", b"")]),
        (b"k", None, []),
        (None, b"last", []),
    ]
    (history,) = tmp_path.rglob("*.history")
    assert history.name == f"{topic}.history"
    assert "+second" in history.read_text()


def test_pasted_lines_are_one_record_each(terminal: Terminal, bootstrap: str, topic: str) -> None:
    terminal.type(":partition 0" + ENTER)
    terminal.enter("\x1b[200~one\n:quit\n\nfour\n\x1b[201~", "p0@3")
    assert terminal.end() == 0
    assert [record.value for record in read_back(bootstrap, topic)] == [b"one", b":quit", b"", b"four"]


def test_mistakes_are_explained_and_send_nothing(terminal: Terminal, bootstrap: str, topic: str) -> None:
    terminal.enter(":nonsense", "no command :nonsense; :help lists them")
    terminal.enter(":partition x", "'x' is not a partition's number")
    terminal.enter(":headers a", "'a' is not NAME=VALUE")
    terminal.enter(":tombstone", "a tombstone needs a key")
    terminal.enter(":help", ":flush")
    terminal.enter("fine", "@0")
    assert terminal.end() == 0
    assert len(read_back(bootstrap, topic)) == 1


def test_a_record_that_fails_is_told_and_counts_in_the_exit_code(terminal: Terminal) -> None:
    terminal.type(":partition 7" + ENTER)
    terminal.enter("nowhere", "not delivered: org.apache.kafka.common.KafkaException: Invalid partition")
    assert terminal.end() == 1


def test_a_cluster_that_is_not_there_yet_does_not_end_it(topic: str, tmp_path: Path) -> None:
    address = f"localhost:{free_port()}"
    hasty = "import kcli.client.producer_topics as topics; topics._FIRST_CONTACT = 0.1; "
    opened = Terminal([*COMMAND[:2], hasty + COMMAND[2], "--bootstrap-server", address, "--topic", topic], tmp_path)
    opened.expect("Ctrl-D ends")
    opened.enter("early", f"not sent: Cannot connect to {address}: connection refused")
    with EphemeralBroker({"listeners": f"PLAINTEXT://{address}"}):
        opened.enter("late", "@0")
        assert opened.end() == 0


def test_ctrl_c_ends_quietly(terminal: Terminal, bootstrap: str, topic: str) -> None:
    terminal.enter("kept", "@0")
    assert terminal.end(CTRL_C) == 130
    terminal.expect("")
    assert "Traceback" not in terminal.text
    assert [record.value for record in read_back(bootstrap, topic)] == [b"kept"]


def test_ctrl_c_while_the_cluster_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        forever = ["--command-property", "socket.connection.setup.timeout.ms=2000000000"]
        address = f"localhost:{silent.getsockname()[1]}"
        opened = Terminal([*COMMAND, "--bootstrap-server", address, "--topic", "t", *forever], tmp_path)
        opened.expect("Ctrl-D ends")
        opened.type("lost" + ENTER)
        asked, _ = silent.accept()
        with asked:
            assert asked.recv(1)
            assert opened.end(CTRL_C) == 130
    opened.expect("not sent")


def test_quit_ends_as_ctrl_d_does(terminal: Terminal) -> None:
    assert terminal.end(":quit" + ENTER) == 0


def test_history_comes_back(terminal: Terminal, bootstrap: str, topic: str, tmp_path: Path) -> None:
    terminal.enter("remember me", "@0")
    assert terminal.end() == 0
    again = Terminal([*COMMAND, "--bootstrap-server", bootstrap, "--topic", topic], tmp_path)
    again.expect("Ctrl-D ends")
    again.enter("\x1b[A", "@")
    assert again.end() == 0
    assert [record.value for record in read_back(bootstrap, topic)] == [b"remember me"] * 2


@pytest.mark.parametrize("plain", ["dumb terminal", "stderr elsewhere"])
def test_a_plain_prompt_where_there_can_be_no_repl(bootstrap: str, topic: str, tmp_path: Path, plain: str) -> None:
    arguments = ["--bootstrap-server", bootstrap, "--topic", topic, "--timeout", "0"]
    term, stderr = ("dumb", None) if plain == "dumb terminal" else ("xterm", subprocess.DEVNULL)
    opened = Terminal([*COMMAND, *arguments], tmp_path, term, stderr)
    opened.expect(">")
    opened.type("one\n")
    opened.expect(">")
    opened.type("two\n")
    opened.expect(">")
    assert opened.end() == 0
    assert sorted(record.value or b"" for record in read_back(bootstrap, topic)) == [b"one", b"two"]
