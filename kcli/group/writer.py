"""Appends to one coordinator partition, in order and in as few batches as there is time for.

While one batch is under way the next one collects, as Kafka's append linger does without the wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kcli.group.log_records import Record
from kcli.wire import errors
from kcli.wire.errors import KafkaError

# A generous bound for what a record adds to its key and value, and for the header of a batch.
_RECORD_OVERHEAD = 32
_BATCH_OVERHEAD = 128

Append = Callable[[list[Record]], Awaitable[None]]


def size_of(records: list[Record]) -> int:
    return sum(len(key) + len(value or b"") + _RECORD_OVERHEAD for key, value in records)


class Writer:
    """`write` queues; the future it returns is done when the records are committed, or fails with a KafkaError.

    After a failure nothing more is written: what was queued fails too, since memory is ahead of the log by it, and
    `on_failure` is told.
    """

    def __init__(self, append: Append, max_batch_bytes: int, on_failure: Callable[[KafkaError], None]) -> None:
        self._append = append
        self._on_failure = on_failure
        self._max_bytes = max_batch_bytes - _BATCH_OVERHEAD
        self._queue: list[tuple[list[Record], int, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self.failure: KafkaError | None = None

    def check(self, records: list[Record]) -> None:
        """Refuse what can never be appended, while nothing has been done yet."""
        if self.failure is not None:
            raise self.failure
        if size_of(records) > self._max_bytes:
            raise KafkaError(errors.MESSAGE_TOO_LARGE)

    def write(self, records: list[Record]) -> asyncio.Future[None]:
        """Queue the records of one request: they end up in one batch."""
        self.check(records)
        future = asyncio.get_running_loop().create_future()
        self._queue.append((records, size_of(records), future))
        if self._task is None:
            self._task = asyncio.ensure_future(self._drain())
        return future

    @property
    def is_idle(self) -> bool:
        return self._task is None

    async def flushed(self) -> None:
        """Wait until everything that is queued now has been committed; raises if it was not."""
        if not self.is_idle:
            await self.write([])

    async def _drain(self) -> None:
        try:
            while self._queue and self.failure is None:
                await self._write_batch(self._next_batch())
        finally:
            self._task = None

    def _next_batch(self) -> list[tuple[list[Record], int, asyncio.Future[None]]]:
        taken = total = 0
        for _, size, _ in self._queue:
            if taken and total + size > self._max_bytes:
                break
            taken, total = taken + 1, total + size
        batch, self._queue = self._queue[:taken], self._queue[taken:]
        return batch

    async def _write_batch(self, batch: list[tuple[list[Record], int, asyncio.Future[None]]]) -> None:
        records = [record for part, _, _ in batch for record in part]
        try:
            if records:
                await self._append(records)
        except KafkaError as failure:
            self._fail(failure, batch)
        except Exception as bug:
            self._fail(KafkaError(errors.UNKNOWN_SERVER_ERROR, str(bug)), batch)
            raise
        else:
            for _, _, future in batch:
                if not future.done():
                    future.set_result(None)

    def _fail(self, failure: KafkaError, batch: list[tuple[list[Record], int, asyncio.Future[None]]]) -> None:
        self.failure = failure
        waiting, self._queue = batch + self._queue, []
        for _, _, future in waiting:
            if not future.done():
                future.set_exception(failure)
                future.exception()  # not every writer asks for the outcome
        self._on_failure(failure)
