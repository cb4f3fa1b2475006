"""The REPL at a real (pseudo) terminal, against our broker."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kcli.testing import EphemeralBroker
from tests.client.read_back import read_back

NAMES = count(1)
COMMAND = [sys.executable, "-c", "from kcli.tools.console_producer import main; main()"]
CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"
WHERE_IS_THE_CURSOR = "\x1b[6n"
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]")


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker({"num.partitions": 2}) as broker:
        yield broker.bootstrap_servers


class Terminal:
    """A terminal with the tool on it; what it shows is collected as text without control sequences."""

    def __init__(self, arguments: list[str], state: Path, term: str = "xterm", stderr: int | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
        environment = {**os.environ, "TERM": term, "XDG_STATE_HOME": str(state)}
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdin=slave, stdout=slave, stderr=slave if stderr is None else stderr,
            env=environment, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )  # fmt: skip
        os.close(slave)
        self._shown = ""
        self._seen = 0

    def expect(self, text: str, seconds: float = 30) -> None:
        """Wait until the text appears behind what was expected before."""
        deadline = time.monotonic() + seconds
        while text not in self.text[self._seen :]:
            assert time.monotonic() < deadline, f"{text!r} did not appear in {self.text[self._seen :]!r}"
            if select.select([self._master], [], [], 0.1)[0]:
                try:
                    shown = os.read(self._master, 65536).decode("utf-8", "replace")
                except OSError:  # the other end was closed
                    time.sleep(0.01)
                    continue
                self._shown += shown
                if WHERE_IS_THE_CURSOR in shown:
                    self.type("\x1b[1;1R")
        self._seen = self.text.index(text, self._seen) + len(text)

    @property
    def text(self) -> str:
        return CONTROLS.sub("", self._shown)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def enter(self, text: str, answer: str) -> None:
        self.type(text + ENTER)
        self.expect(answer)

    def end(self, keys: str = CTRL_D) -> int:
        self.type(keys)
        return self.process.wait(30)


@pytest.fixture
def topic() -> str:
    return f"repl-{next(NAMES)}"


@pytest.fixture
def terminal(bootstrap: str, topic: str, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(["--bootstrap-server", bootstrap, "--topic", topic], tmp_path)
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


def test_ctrl_c_ends_quietly(terminal: Terminal, bootstrap: str, topic: str) -> None:
    terminal.enter("kept", "@0")
    assert terminal.end(CTRL_C) == 130
    terminal.expect("")
    assert "Traceback" not in terminal.text
    assert [record.value for record in read_back(bootstrap, topic)] == [b"kept"]


def test_quit_ends_as_ctrl_d_does(terminal: Terminal) -> None:
    assert terminal.end(":quit" + ENTER) == 0


def test_history_comes_back(terminal: Terminal, bootstrap: str, topic: str, tmp_path: Path) -> None:
    terminal.enter("remember me", "@0")
    assert terminal.end() == 0
    again = Terminal(["--bootstrap-server", bootstrap, "--topic", topic], tmp_path)
    again.expect("Ctrl-D ends")
    again.enter("\x1b[A", "@")
    assert again.end() == 0
    assert [record.value for record in read_back(bootstrap, topic)] == [b"remember me"] * 2


@pytest.mark.parametrize("plain", ["dumb terminal", "stderr elsewhere"])
def test_a_plain_prompt_where_there_can_be_no_repl(bootstrap: str, topic: str, tmp_path: Path, plain: str) -> None:
    arguments = ["--bootstrap-server", bootstrap, "--topic", topic, "--timeout", "0"]
    term, stderr = ("dumb", None) if plain == "dumb terminal" else ("xterm", subprocess.DEVNULL)
    opened = Terminal(arguments, tmp_path, term, stderr)
    opened.expect(">")
    opened.type("one\n")
    opened.expect(">")
    opened.type("two\n")
    opened.expect(">")
    assert opened.end() == 0
    assert sorted(record.value or b"" for record in read_back(bootstrap, topic)) == [b"one", b"two"]
