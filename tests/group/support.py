"""A store in memory, a clock and timers moved by hand, and a coordinator on top of them."""

from __future__ import annotations

import asyncio
import functools
import heapq
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from kcli.clock import ManualClock
from kcli.group.consumer_group_metadata import ConsumerGroupSettings, GroupMetadata
from kcli.group.coordinator import GroupCoordinator
from kcli.group.settings import GroupSettings
from kcli.group.store import StoredRecord
from kcli.metadata.image import Image
from kcli.wire import messages, uuid
from kcli.wire.errors import KafkaError

TOPIC_ID = uuid.from_text("ZULmAxQbQKqHqFPKilc_YQ")


class MemoryStore:
    """Partitions as lists. `fail_with` makes appends fail; `gate`, once cleared, makes them wait."""

    def __init__(self, partitions: int = 3) -> None:
        self.logs: dict[int, list[StoredRecord]] = {index: [] for index in range(partitions)}
        self.fail_with: int | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.batches: list[int] = []

    def partition_count(self) -> int | None:
        return len(self.logs) or None

    def led_partitions(self) -> set[int]:
        return set(self.logs)

    async def append(self, partition: int, records: list[tuple[bytes, bytes | None]]) -> None:
        await self.gate.wait()
        if self.fail_with is not None:
            raise KafkaError(self.fail_with)
        self.batches.append(len(records))
        for key, value in records:
            self.put(partition, key, value)

    def put(self, partition: int, key: bytes | None, value: bytes | None, **kind: Any) -> None:
        log = self.logs[partition]
        log.append(StoredRecord(len(log), key, value, **kind))

    def read(self, partition: int) -> Iterable[StoredRecord]:
        return list(self.logs[partition])


class ManualScheduler:
    """`call_later` that runs when the clock is moved past it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._queue: list[tuple[float, int, _Handle]] = []
        self._count = 0

    def call_later(self, delay: float, callback: Callable[[], object], /) -> _Handle:
        handle = _Handle(callback)
        self._count += 1
        heapq.heappush(self._queue, (self._clock.monotonic() + delay, self._count, handle))
        return handle

    def advance(self, seconds: float) -> None:
        """Move the clock, stopping at each timer on the way."""
        end = self._clock.monotonic() + seconds
        while self._queue and self._queue[0][0] <= end:
            at, _, handle = heapq.heappop(self._queue)
            if handle.callback is not None:
                self._clock.advance(max(at - self._clock.monotonic(), 0))
                handle.callback()
        self._clock.advance(max(end - self._clock.monotonic(), 0))


class _Handle:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Harness:
    """A coordinator over a store that outlives it."""

    def __init__(self, store: MemoryStore | None = None, **settings: Any) -> None:
        self.clock = ManualClock()
        self.scheduler = ManualScheduler(self.clock)
        self.store = store or MemoryStore()
        self.settings = GroupSettings(**settings)
        self.image = Image()
        self.metadata = GroupMetadata(self.image, ConsumerGroupSettings())
        self.coordinator = self._make()

    def _make(self) -> GroupCoordinator:
        return GroupCoordinator(self.settings, self.clock, self.store, self.scheduler, self.metadata)

    async def start(self) -> Harness:
        self.coordinator.start()
        await self.coordinator.loaded()
        return self

    async def restart(self) -> None:
        """As after kill -9: what is not in the store is gone."""
        self.coordinator._timers.close()
        self.coordinator = self._make()
        await self.start()

    async def advance(self, seconds: float) -> None:
        self.scheduler.advance(seconds)
        await settle()

    # Requests

    def join(
        self, group: str = "g", member: str = "", *, instance: str | None = None, version: int = 9,
        protocols: Iterable[tuple[str, bytes]] = (("range", b"r"),), protocol_type: str = "consumer",
        session_ms: int = 10_000, rebalance_ms: int = 60_000,
    ) -> asyncio.Future[Any]:  # fmt: skip
        entry = messages.JoinGroupRequest.JoinGroupRequestProtocol
        request = messages.JoinGroupRequest(
            group_id=group, member_id=member, group_instance_id=instance, protocol_type=protocol_type,
            session_timeout_ms=session_ms, rebalance_timeout_ms=rebalance_ms,
            protocols=[entry(name=name, metadata=metadata) for name, metadata in protocols],
        )  # fmt: skip
        return answer(lambda: self.coordinator.join(request, version, "client", "/127.0.0.1"))

    def sync(
        self, group: str, member: str, generation: int, assignments: dict[str, bytes] | None = None,
        instance: str | None = None, protocol: str | None = None,
    ) -> asyncio.Future[Any]:  # fmt: skip
        entry = messages.SyncGroupRequest.SyncGroupRequestAssignment
        request = messages.SyncGroupRequest(
            group_id=group, member_id=member, generation_id=generation, group_instance_id=instance,
            protocol_type=None, protocol_name=protocol,
            assignments=[entry(member_id=id_, assignment=given) for id_, given in (assignments or {}).items()],
        )  # fmt: skip
        return answer(lambda: self.coordinator.sync(request))

    def heartbeat(self, group: str, member: str, generation: int, instance: str | None = None) -> asyncio.Future[Any]:
        request = messages.HeartbeatRequest(
            group_id=group, member_id=member, generation_id=generation, group_instance_id=instance
        )
        return answer(lambda: self.coordinator.heartbeat(request))

    def leave(self, group: str, *members: str, instances: Iterable[str] = ()) -> asyncio.Future[Any]:
        identity = messages.LeaveGroupRequest.MemberIdentity
        leaving = [identity(member_id=member) for member in members]
        leaving += [identity(member_id="", group_instance_id=instance) for instance in instances]
        request = messages.LeaveGroupRequest(group_id=group, members=leaving)
        return answer(lambda: self.coordinator.leave(request))

    async def commit(
        self, group: str, offsets: dict[tuple[str, int], int], *, member: str = "", generation: int = -1,
        instance: str | None = None, version: int = 9, metadata: str = "", retention_ms: int = -1,
        topic_id: bytes = TOPIC_ID,
    ) -> dict[tuple[str, int], int]:  # fmt: skip
        topic = messages.OffsetCommitRequest.OffsetCommitRequestTopic
        partition = messages.OffsetCommitRequest.OffsetCommitRequestPartition
        request = messages.OffsetCommitRequest(
            group_id=group, member_id=member, generation_id_or_member_epoch=generation, group_instance_id=instance,
            retention_time_ms=retention_ms,
            topics=[
                topic(name=name, topic_id=topic_id, partitions=[
                    partition(partition_index=index, committed_offset=offset, committed_metadata=metadata)
                ])
                for (name, index), offset in offsets.items()
            ],
        )  # fmt: skip
        return await self.coordinator.commit_offsets(request, version)

    async def committed(self, group: str) -> dict[tuple[str, int], int]:
        view = await self.coordinator.fetch_offsets(group)
        return {key: view.get(*key, uuid.ZERO).offset for key in view.partitions()}

    def state(self, group: str = "g") -> str:
        return self.coordinator.describe(group).group_state

    # Whole rebalances

    async def member(self, group: str = "g", **join: Any) -> str:
        """The id of a new dynamic member that has yet to join with it."""
        first = await self.join(group, **join)
        return first.member_id

    async def stable(self, *members: str, group: str = "g", **join: Any) -> Any:
        """Bring these members into a stable group; the leader's join answer. Each is assigned its own id."""
        joins = [self.join(group, member, **join) for member in members]
        await settle()
        for _ in members:  # each of them may have put the first generation off
            if not all(future.done() for future in joins):
                await self.advance(self.settings.group_initial_rebalance_delay_ms / 1000)
        answers = [await future for future in joins]
        leader = next(response for response in answers if response.leader == response.member_id)
        given = {member.member_id: member.member_id.encode() for member in leader.members}
        syncs = [
            self.sync(group, response.member_id, response.generation_id, given if response is leader else None)
            for response in answers
        ]
        for response, future in zip(answers, syncs):
            synced = await future
            assert (synced.error_code, synced.assignment) == (0, response.member_id.encode())
        return leader


def answer(call: Callable[[], Any]) -> asyncio.Future[Any]:
    """The response of a request, in a future in any case; a refusal is an answer that has its error."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    try:
        response = call()
    except KafkaError as error:
        future.set_result(Refusal(error.code))
        return future
    if isinstance(response, Awaitable):
        return asyncio.ensure_future(response)
    future.set_result(response)
    return future


class Refusal:
    def __init__(self, error_code: int) -> None:
        self.error_code = error_code


def on_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an async test on a loop of its own."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*arguments, **named), 10))  # a guard against waiting for ever

    return run


async def settle() -> None:
    """Let everything run that can run without time passing."""
    for _ in range(10):
        await asyncio.sleep(0)
