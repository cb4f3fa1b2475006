"""One `__consumer_offsets` partition in service: its shard, its writer, its groups' timers and waiting requests.

Carries out the effects of the state machines. Offsets and tombstones change memory as soon as they are queued, in the
order of the log, and are answered when they are committed. When an append fails, memory is ahead of the log: the live
shard is closed, everybody who waits is told, and a new one is loaded from the log, which is the truth.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from kcli.clock import Clock
from kcli.group.classic_group import ClassicGroup
from kcli.group.consumer_group_events import LiveConsumerGroup
from kcli.group.consumer_group_metadata import GroupMetadata
from kcli.group.effects import (
    Answer,
    Append,
    AssignmentWritten,
    Downgrade,
    Effect,
    StartTimer,
    StaticMemberWritten,
    StopTimer,
    Timer,
    Write,
)
from kcli.group.log_records import Record
from kcli.group.settings import GroupSettings
from kcli.group.shard import Shard
from kcli.group.store import Store, StoredRecord
from kcli.group.timers import TimerService
from kcli.group.writer import Writer, size_of
from kcli.wire import errors
from kcli.wire.errors import KafkaError, WireError

_log = logging.getLogger(__name__)

LOAD_STEP = 500  # records between two looks at the event loop
TIDY_STEP_BYTES = 500_000  # of tombstones in one batch

# What a client is told when the append behind its request fails.
_COORDINATOR_ERRORS = {
    errors.UNKNOWN_TOPIC_OR_PARTITION: errors.COORDINATOR_NOT_AVAILABLE,
    errors.NOT_ENOUGH_REPLICAS: errors.COORDINATOR_NOT_AVAILABLE,
    errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND: errors.COORDINATOR_NOT_AVAILABLE,
    errors.REQUEST_TIMED_OUT: errors.COORDINATOR_NOT_AVAILABLE,
    errors.NOT_LEADER_OR_FOLLOWER: errors.NOT_COORDINATOR,
    errors.KAFKA_STORAGE_ERROR: errors.NOT_COORDINATOR,
    errors.MESSAGE_TOO_LARGE: errors.UNKNOWN_SERVER_ERROR,
    errors.RECORD_LIST_TOO_LARGE: errors.UNKNOWN_SERVER_ERROR,
    errors.INVALID_FETCH_SIZE: errors.UNKNOWN_SERVER_ERROR,
}


def coordinator_error(error: KafkaError) -> int:
    return _COORDINATOR_ERRORS.get(error.code, error.code)


class LiveShard:
    """`on_failure` is called once, when the shard can no longer be trusted and has to be loaded again."""

    def __init__(
        self,
        partition: int,
        settings: GroupSettings,
        metadata: GroupMetadata,
        clock: Clock,
        store: Store,
        timers: TimerService,
        on_failure: Callable[[LiveShard], None],
    ) -> None:
        self.partition = partition
        self.loading = True
        self.closed = False
        self.shard = Shard(settings, metadata)
        self._clock = clock
        self._store = store
        self._timers = timers
        self._on_failure = on_failure
        self._writer = Writer(partial(store.append, partition), settings.message_max_bytes, self._fail)

    async def load(self) -> None:
        """Replay the log, giving way to other work in between; requests are refused until it is done."""
        for count, record in enumerate(self._store.read(self.partition), 1):
            if self.closed:
                return
            try:
                self.shard.replay(record, self._clock.time_ms())
            except WireError as error:
                _log.warning("__consumer_offsets-%d, offset %d: %s", self.partition, record.offset, error)
            if count % LOAD_STEP == 0:
                await asyncio.sleep(0)
        self.loading = False
        for group in self.shard.live_groups():
            self.run(group, group.loaded(self._clock.time_ms()))

    def close(self, error: int) -> None:
        """Give the partition up: whoever waits for one of its groups is answered with the error."""
        if self.closed:
            return
        self.closed = True
        for group in self.shard.live_groups():
            for effect in group.die(error, self._clock.time_ms()):
                if isinstance(effect, Answer):
                    _deliver(effect)

    def _fail(self, failure: KafkaError) -> None:
        if not self.closed:
            _log.error("__consumer_offsets-%d: %s; loading its groups again", self.partition, failure.message)
            self.close(coordinator_error(failure))
            self._on_failure(self)

    # Writing

    def append(self, records: list[Record]) -> asyncio.Future[None]:
        """Apply offsets and tombstones and write them, as one batch. Raises, with nothing done, if it is too large."""
        future = self._writer.write(records)
        now = self._clock.time_ms()
        for key, value in records:
            self.shard.replay(StoredRecord(self.shard.next_position, key, value), now)
        return future

    async def append_all(self, records: list[Record]) -> None:
        """The same for any number of tombstones, which need not be in one batch."""
        futures = []
        while records:
            size = taken = 0
            while taken < len(records) and size < TIDY_STEP_BYTES:
                size += size_of(records[taken : taken + 1])
                taken += 1
            futures.append(self.append(records[:taken]))
            records = records[taken:]
        for future in futures:
            await future

    async def settled(self) -> None:
        """Wait until what memory says is committed; a read that did not wait could be taken back by a fail-over."""
        await self._writer.flushed()

    @property
    def is_settled(self) -> bool:
        return self._writer.is_idle

    # Effects

    def ask(self, group: ClassicGroup | LiveConsumerGroup, event: Callable[[Any, int], list[Effect]]) -> Any:
        """Hand a request to its group, as `event(waiter, now)`: the response, or a future of it."""
        waiter = asyncio.get_running_loop().create_future()
        self.run(group, event(waiter, self._clock.time_ms()))
        return waiter.result() if waiter.done() else waiter

    def run(self, group: ClassicGroup | LiveConsumerGroup, effects: list[Effect]) -> None:
        """Carry out effects in order; answers behind a write wait for it."""
        written: asyncio.Future[None] | None = None
        for effect in effects:
            if isinstance(effect, Answer):
                if written is None:
                    _deliver(effect)
                else:
                    written.add_done_callback(partial(_deliver_after, effect))
            elif isinstance(effect, StartTimer):
                self._timers.start((self, group.group_id, effect.timer), effect.delay_ms)
            elif isinstance(effect, StopTimer):
                self._timers.stop((self, group.group_id, effect.timer))
            elif isinstance(effect, Append):
                written = self._append(effect.records)
            elif isinstance(effect, Downgrade):
                written = self._downgrade(group.group_id, effect)
            else:
                assert isinstance(group, ClassicGroup)
                written = self._write(group, effect) or written

    def _append(self, records: list[Record]) -> asyncio.Future[None] | None:
        """Memory has the records already; even without any, an answer may be about some that are still under way."""
        if not records and self._writer.is_idle:
            return None
        try:
            future = self._writer.write(records)
        except KafkaError as refused:
            self._fail(refused)
            future = asyncio.get_running_loop().create_future()
            future.set_exception(refused)
            future.exception()
        self.shard.next_position += len(records)
        return future

    def _downgrade(self, group_id: str, effect: Downgrade) -> asyncio.Future[None] | None:
        now = self._clock.time_ms()
        del self.shard.consumers[group_id]
        classic = self.shard.create(group_id, now)
        written = self._append([*effect.tombstones, classic.take_over(effect.generation, effect.members)])
        self.run(classic, classic.downgraded(now, rebalances=effect.rebalances))
        return written

    def _write(self, group: ClassicGroup, effect: Write) -> asyncio.Future[None] | None:
        try:
            future = self._writer.write([effect.record])
        except KafkaError as refused:
            if effect.then is not None:
                self.run(group, group.written(effect.then, coordinator_error(refused), self._clock.time_ms()))
            return None
        if effect.then is not None:
            future.add_done_callback(partial(self._written, group, effect.then))
            return None
        return future

    def _written(
        self, group: ClassicGroup, what: AssignmentWritten | StaticMemberWritten, future: asyncio.Future[None]
    ) -> None:
        if future.exception() is None and self._is_current(group):
            self.run(group, group.written(what, None, self._clock.time_ms()))

    def expire(self, group_id: str, timer: Timer) -> None:
        group = self.shard.live_group(group_id)
        if group is not None and not self.closed:
            self.run(group, group.expire(timer, self._clock.time_ms()))

    def _is_current(self, group: ClassicGroup) -> bool:
        return not self.closed and self.shard.groups.get(group.group_id) is group


def _deliver(answer: Answer) -> None:
    """The waiter of a request is a future; a client that has gone has cancelled it."""
    if not answer.waiter.done():
        answer.waiter.set_result(answer.response)


def _deliver_after(answer: Answer, written: asyncio.Future[Any]) -> None:
    failure = written.exception()
    if isinstance(failure, KafkaError):
        answer.response.error_code = coordinator_error(failure)
    _deliver(answer)
