"""When compaction runs: in small slices between requests, its waits for the disk in the background."""

from __future__ import annotations

import asyncio
import logging

from kcli.broker.background import Background
from kcli.broker.settings import Settings
from kcli.clock import Clock
from kcli.storage.cleaner import Cleaner, CleaningJob
from kcli.storage.manager import LogManager

_SLICE_SECONDS = 0.003
_BYTES_PER_KEY = 200
"""what remembering a key costs in memory"""

_log = logging.getLogger(__name__)


class Compaction:
    """Cleans log after log while one is dirty enough, then looks again after log.cleaner.backoff.ms."""

    def __init__(self, logs: LogManager, clock: Clock, settings: Settings, background: Background) -> None:
        self._clock = clock
        self._settings = settings
        self._background = background
        memory = settings["log.cleaner.dedupe.buffer.size"] * settings["log.cleaner.io.buffer.load.factor"]
        self._cleaner = Cleaner(logs, clock, most_keys=max(1, int(memory / _BYTES_PER_KEY)))
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin looking for dirty logs."""
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Stop where it is; what a round had written but not put in place is dropped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._settings["log.cleaner.backoff.ms"] / 1000)
            try:
                while (job := self._cleaner.choose()) is not None:
                    await self._clean(job)
            except OSError as error:
                _log.warning("Compaction waits, for it failed: %s", error)

    async def _clean(self, job: CleaningJob) -> None:
        """As much time for requests as for cleaning, where there are any."""
        _log.info("Compacting %s from offset %d to %d", job.log.name, job.first_dirty, job.end)
        began = self._clock.monotonic()
        steps = self._cleaner.run(job)
        try:
            for work in steps:
                if work is not None:
                    await self._background.run(work)
                elif self._clock.monotonic() - began > _SLICE_SECONDS:
                    await asyncio.sleep(_SLICE_SECONDS)
                    began = self._clock.monotonic()
        finally:
            steps.close()
