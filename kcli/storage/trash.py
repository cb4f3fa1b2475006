"""Deleted files stay for a while under another name, for readers that are still at them (file.delete.delay.ms)."""

from __future__ import annotations

import heapq
import os

from kcli.clock import Clock
from kcli.storage.fs import FileSystem
from kcli.storage.names import DELETED


class Trash:
    """What is to be removed, and when."""

    def __init__(self, fs: FileSystem, clock: Clock) -> None:
        self._fs = fs
        self._clock = clock
        self._due: list[tuple[float, str]] = []

    def discard_file(self, path: str, delay_ms: int) -> None:
        """Take a file away at once by renaming it, and remove it later."""
        hidden = path + DELETED
        self._fs.rename(path, hidden)
        self._put(hidden, delay_ms)

    def discard_dir(self, path: str, delay_ms: int) -> None:
        """Remove a folder of plain files, which has its last name already, later."""
        self._put(path, delay_ms)

    def _put(self, path: str, delay_ms: int) -> None:
        heapq.heappush(self._due, (self._clock.monotonic() + delay_ms / 1000, path))

    def empty(self) -> None:
        """Remove what is due."""
        now = self._clock.monotonic()
        while self._due and self._due[0][0] <= now:
            _, path = heapq.heappop(self._due)
            if self._fs.is_dir(path):
                for name in self._fs.listdir(path):
                    self._fs.unlink(os.path.join(path, name))
                self._fs.rmdir(path)
            else:
                self._fs.unlink(path)
