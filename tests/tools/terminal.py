"""A pseudo terminal with a tool on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"
WHERE_IS_THE_CURSOR = "\x1b[6n"
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]")


class Terminal:
    """A terminal with the tool on it; what it shows is collected as text without control sequences."""

    def __init__(
        self,
        command: list[str],
        state: Path,
        term: str = "xterm",
        stderr: int | None = None,
        stdout: int | None = None,
    ) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
        environment = {**os.environ, "TERM": term, "XDG_STATE_HOME": str(state)}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave if stdout is None else stdout,
            stderr=slave if stderr is None else stderr,
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
            if self.wait(0.1):
                try:
                    shown = os.read(self._master, 65536).decode("utf-8", "replace")
                except OSError:  # the other end was closed
                    time.sleep(0.01)
                    continue
                self._shown += shown
                if WHERE_IS_THE_CURSOR in shown:
                    self.type("\x1b[1;1R")
        self._seen = self.text.index(text, self._seen) + len(text)

    def wait(self, seconds: float) -> bool:
        """Whether it shows something within that time."""
        poll = select.poll()  # select() knows no descriptor above 1024
        poll.register(self._master, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    @property
    def text(self) -> str:
        return CONTROLS.sub("", self._shown)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def enter(self, text: str, answer: str) -> None:
        self.type(text + ENTER)
        self.expect(answer)

    def rest(self) -> str:
        """All that was shown until the tool ended, with control sequences."""
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        while poll.poll(0):
            try:
                self._shown += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:
                break
        return self._shown

    def end(self, keys: str = CTRL_D) -> int:
        self.type(keys)
        return self.process.wait(30)
