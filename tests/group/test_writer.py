from __future__ import annotations

import asyncio

import pytest

from kcli.group.writer import Writer
from kcli.wire import errors
from kcli.wire.errors import KafkaError
from tests.group.support import on_loop, settle


class Log:
    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.failures: list[KafkaError] = []
        self.open = asyncio.Event()
        self.error: Exception | None = None
        self.writer = Writer(self.append, 1_000, self.failures.append)

    async def append(self, records: list[tuple[bytes, bytes | None]]) -> None:
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.batches.append([key for key, _ in records])


@on_loop
async def test_what_comes_during_an_append_goes_together_in_the_next_and_in_order() -> None:
    log = Log()
    futures = [log.writer.write([(b"%d" % number, None)]) for number in range(3)]
    await settle()
    futures += [log.writer.write([(b"%d" % number, None)]) for number in range(3, 6)]
    flushed = asyncio.ensure_future(log.writer.flushed())
    await settle()
    assert not flushed.done() and not log.writer.is_idle
    log.open.set()
    await asyncio.gather(*futures, flushed)
    assert log.batches == [[b"0", b"1", b"2"], [b"3", b"4", b"5"]]
    assert log.writer.is_idle


@on_loop
async def test_requests_stay_whole_and_batches_within_their_size() -> None:
    log = Log()
    log.open.set()
    for number in range(4):
        log.writer.write([(b"%d" % number, bytes(150)), (b"%d'" % number, bytes(150))])
    await log.writer.flushed()
    assert log.batches == [[b"0", b"0'", b"1", b"1'"], [b"2", b"2'", b"3", b"3'"]]


@on_loop
async def test_what_is_too_large_is_refused_before_anything_happens() -> None:
    log = Log()
    log.open.set()
    with pytest.raises(KafkaError) as caught:
        log.writer.write([(b"k", bytes(1_000))])
    assert caught.value.code == errors.MESSAGE_TOO_LARGE
    await log.writer.write([(b"k", b"small")])
    assert (log.batches, log.failures) == ([[b"k"]], [])


@on_loop
async def test_after_a_failure_all_that_was_queued_has_failed_and_nothing_more_is_written() -> None:
    log = Log()
    log.error = KafkaError(errors.KAFKA_STORAGE_ERROR)
    first = log.writer.write([(b"1", None)])
    await settle()
    second = log.writer.write([(b"2", None)])
    log.open.set()
    await settle()
    for future in (first, second):
        assert isinstance(future.exception(), KafkaError)
    assert [failure.code for failure in log.failures] == [errors.KAFKA_STORAGE_ERROR]
    log.error = None
    with pytest.raises(KafkaError):
        log.writer.write([(b"3", None)])
    assert log.batches == []
