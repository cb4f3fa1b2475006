"""An environment made of memory."""

from __future__ import annotations

import io
from collections.abc import Mapping

from kcli.cli.environment import Environment


class Recorded(Environment):
    """What a tool prints can be read afterwards."""

    def __init__(self, stdin: bytes = b"", variables: Mapping[str, str] | None = None, program: str = "tool") -> None:
        self._out, self._err = io.BytesIO(), io.BytesIO()
        super().__init__(io.BytesIO(stdin), self._out, self._err, variables, program)
        self.code: int | None = None

    @property
    def out(self) -> str:
        return self._out.getvalue().decode()

    @property
    def err(self) -> str:
        return self._err.getvalue().decode()
