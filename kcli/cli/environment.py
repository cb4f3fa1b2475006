"""Where a tool runs: its streams, its variables, its name. Passed to every tool, so that tests need no process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from typing import BinaryIO

COMPATIBLE_EXIT = "KCLI_COMPAT_EXIT"


class Environment:
    """Streams are bytes, since records are; `print` and `warn` write text lines."""

    def __init__(
        self,
        stdin: BinaryIO,
        stdout: BinaryIO,
        stderr: BinaryIO,
        variables: Mapping[str, str] | None = None,
        program: str = "kcli",
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.variables = {} if variables is None else variables
        self.program = program

    @classmethod
    def of_process(cls, program: str) -> Environment:
        """This process's own."""
        stdin, stdout, stderr = (
            io.BytesIO() if stream is None else stream.buffer  # None: whoever started us closed the descriptor
            for stream in (sys.stdin, sys.stdout, sys.stderr)
        )
        return cls(stdin, stdout, stderr, os.environ, program)

    def print(self, text: str = "") -> None:
        """A line on stdout."""
        self.stdout.write(_encode(text))

    def warn(self, text: str) -> None:
        """A line on stderr, after what stdout holds, so that the two keep their order on a terminal."""
        self.stdout.flush()
        self.stderr.write(_encode(text))
        self.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether somebody types the input."""
        return self.stdin.isatty()

    @property
    def colour(self) -> bool:
        """Whether to colour stdout: a terminal that can, and a user who did not say no (no-color.org)."""
        return self.stdout.isatty() and not self.variables.get("NO_COLOR") and self.variables.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal; 100 where there is none."""
        if self.variables.get("COLUMNS", "").isdigit():
            return int(self.variables["COLUMNS"])
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns
        except (OSError, ValueError):
            return 100

    def exit_code(self, ours: int, kafkas: int) -> int:
        """Our exit code, or the one that Kafka's tool has in this case where KCLI_COMPAT_EXIT=1 asks for it."""
        return kafkas if self.variables.get(COMPATIBLE_EXIT) == "1" else ours


def _encode(text: str) -> bytes:
    return f"{text}\n".encode("utf-8", "surrogateescape")
