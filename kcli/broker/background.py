"""Slow work on disks, in one thread beside the event loop, a piece at a time, and none of it left at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Background:
    """`run` waits for a result; `start` does not, and does nothing while the same work is still being done."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "kcli-disk")
        self._busy: dict[str, asyncio.Future[object]] = {}

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do it after what was begun before."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Do it some time; a failure is logged."""
        if name not in self._busy:
            done = asyncio.get_running_loop().run_in_executor(self._thread, work)
            self._busy[name] = done
            done.add_done_callback(partial(self._done, name))

    def _done(self, name: str, done: asyncio.Future[object]) -> None:
        del self._busy[name]
        if done.exception() is not None:
            _log.error("The %s failed", name, exc_info=done.exception())

    async def close(self) -> None:
        """Return once nothing of it runs any more."""
        if self._busy:
            await asyncio.wait(list(self._busy.values()))
        self._thread.shutdown()
