"""Trouble that goes on, told once: a client tries again and again, and its user reads one line."""

from __future__ import annotations

from collections.abc import Callable


class Mention:
    """`warn` gets a text unless it is the `last` one; after `over` it may come again."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self.last = ""
        self._warn = warn

    def __call__(self, text: str) -> None:
        if text != self.last:
            self.last = text
            self._warn(text)

    def over(self) -> None:
        """All is well again."""
        self.last = ""
