"""Random members join, sync, beat, commit, restart, leave and die; the coordinator is killed, and its log fails.

What must hold whatever happens: within a generation no partition is given to two members; an acknowledged commit is
what a fetch returns, before and after a restart; and nobody commits for a generation that has been replaced.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kcli.group.membership import State
from kcli.wire import errors
from kcli.wire.errors import KafkaError
from tests.group.support import Harness, MemoryStore, settle

PARTITIONS = range(6)
RETRY_FROM_SCRATCH = (errors.UNKNOWN_MEMBER_ID, errors.FENCED_INSTANCE_ID)
SLOTS = st.integers(0, 4)


@dataclass
class Client:
    """A consumer: it knows no more than what it was answered."""

    instance: str | None
    member_id: str = ""
    generation: int = -1
    leads: bool = False
    members: list[str] = field(default_factory=list)
    waiting: asyncio.Future[Any] | None = None
    then: Any = None
    owned: tuple[int, frozenset[int]] | None = None  # generation and partitions

    @property
    def busy(self) -> bool:
        return self.waiting is not None


class GroupMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.harness = self.run(self._make())
        # Slots 0-2 are dynamic, 3 and 4 static members.
        self.clients = [self._client(slot) for slot in range(5)]
        self.given: dict[tuple[int, int], str] = {}  # (generation, partition) -> who owns it
        self.acknowledged: dict[tuple[str, int], int] = {}
        self.durable_generation = 0
        self.next_offset = 0

    async def _make(self) -> Harness:
        return await Harness(MemoryStore(1), group_max_size=4).start()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        for client in self.clients:
            if client.waiting is not None:
                client.waiting.cancel()
        self.run(settle())
        self.loop.close()

    @staticmethod
    def _client(slot: int) -> Client:
        return Client(instance=f"i{slot}" if slot >= 3 else None)

    def _send(self, client: Client, send: Any, then: Any) -> None:
        async def begin() -> None:
            client.waiting, client.then = send(), then
            await settle()

        self.run(begin())
        self._collect()

    def _collect(self) -> None:
        for client in self.clients:
            while client.waiting is not None and client.waiting.done():
                future, then = client.waiting, client.then
                client.waiting = client.then = None
                then(client, future.result())

    # What clients do

    @rule(slots=st.sets(SLOTS, min_size=1), commits=st.booleans())
    def work(self, slots: set[int], commits: bool) -> None:
        """As well-behaved consumers go about it: join, sync, beat and rejoin when told to, for a while."""
        for _ in range(4):
            for slot in slots:
                self._do_what_is_next(slot)
            self.run(self.harness.advance(3))
            self._collect()
        for slot in slots if commits else ():
            self.commit(slot)

    def _do_what_is_next(self, slot: int) -> None:
        client = self.clients[slot]
        if client.generation < 0:
            self.join(slot)
        elif client.owned is None or client.owned[0] != client.generation:
            self.sync(slot)
        else:
            self.heartbeat(slot)

    @rule(slot=SLOTS)
    def join(self, slot: int) -> None:
        client = self.clients[slot]
        if not client.busy:
            self._join(client)

    def _join(self, client: Client) -> None:
        protocols = (("range", b"r"), ("sticky", b"s"))
        self._send(
            client,
            lambda: self.harness.join("g", client.member_id, instance=client.instance, protocols=protocols),
            self._joined,
        )

    def _joined(self, client: Client, response: Any) -> None:
        if response.error_code == errors.MEMBER_ID_REQUIRED:
            client.member_id = response.member_id
            self._join(client)
        elif response.error_code in RETRY_FROM_SCRATCH:
            client.member_id, client.generation = "", -1
        elif response.error_code == errors.NONE:
            client.member_id, client.generation = response.member_id, response.generation_id
            client.leads = response.leader == response.member_id and not response.skip_assignment
            client.members = [member.member_id for member in response.members]
            if client.leads:
                assert client.member_id in client.members
                assert len(client.members) <= 4

    @rule(slot=SLOTS)
    def sync(self, slot: int) -> None:
        client = self.clients[slot]
        if client.busy or client.generation < 0:
            return
        count = len(client.members)
        given = {
            member: bytes(p for p in PARTITIONS if p % count == index) for index, member in enumerate(client.members)
        }
        self._send(
            client,
            lambda: self.harness.sync(
                "g", client.member_id, client.generation, given if client.leads else {}, client.instance
            ),
            self._synced,
        )

    def _synced(self, client: Client, response: Any) -> None:
        if response.error_code in RETRY_FROM_SCRATCH:
            client.member_id, client.generation = "", -1
        elif response.error_code != errors.NONE:
            client.generation = -1
        else:
            who = client.instance or client.member_id
            for partition in response.assignment:
                assert self.given.setdefault((client.generation, partition), who) == who
            client.owned = client.generation, frozenset(response.assignment)
            self.durable_generation = max(self.durable_generation, client.generation)

    @rule(slot=SLOTS)
    def heartbeat(self, slot: int) -> None:
        client = self.clients[slot]
        if not client.busy and client.generation >= 0:
            self._send(
                client,
                lambda: self.harness.heartbeat("g", client.member_id, client.generation, client.instance),
                self._beaten,
            )

    def _beaten(self, client: Client, response: Any) -> None:
        if response.error_code in RETRY_FROM_SCRATCH:
            client.member_id, client.generation = "", -1
        elif response.error_code == errors.REBALANCE_IN_PROGRESS:
            client.generation = -1

    @rule(slot=SLOTS)
    def commit(self, slot: int) -> None:
        client = self.clients[slot]
        if client.busy or client.owned is None:
            return
        generation, partitions = client.owned
        self.next_offset += 1
        offsets = {("t", partition): self.next_offset for partition in partitions}

        async def commit() -> int:
            try:
                await self.harness.commit(
                    "g", offsets, member=client.member_id, generation=generation, instance=client.instance
                )
            except KafkaError as error:
                return error.code
            return errors.NONE

        if offsets and self.run(commit()) == errors.NONE:
            assert generation >= self.durable_generation
            self.acknowledged.update(offsets)

    @rule(slot=SLOTS)
    def leave(self, slot: int) -> None:
        client = self.clients[slot]
        if client.busy or not client.member_id:
            return

        async def leave() -> None:
            await self.harness.leave("g", client.member_id)

        self.run(leave())
        self.clients[slot] = self._client(slot)
        self._collect()

    @rule(slot=SLOTS)
    def die(self, slot: int) -> None:
        """A process is gone; the next one in its place knows nothing. A static one has the same instance."""
        client = self.clients[slot]
        if client.waiting is not None:
            client.waiting.cancel()
        self.clients[slot] = self._client(slot)
        self.run(settle())

    # What happens to them

    @rule(seconds=st.sampled_from([0.5, 3, 3, 9, 11, 61]))
    def time_passes(self, seconds: float) -> None:
        self.run(self.harness.advance(seconds))
        self._collect()

    @rule()
    def kill_the_coordinator(self) -> None:
        for client in self.clients:
            if client.waiting is not None:
                client.waiting.cancel()
                client.waiting = client.then = None
        self.run(self.harness.restart())

    @precondition(lambda self: self.acknowledged)
    @rule(code=st.sampled_from([errors.KAFKA_STORAGE_ERROR, errors.NOT_ENOUGH_REPLICAS]))
    def the_log_fails_once(self, code: int) -> None:
        async def fail() -> None:
            self.harness.store.fail_with = code
            try:
                await self.harness.commit("other", {("t", 0): 1})
            except KafkaError:
                pass
            self.harness.store.fail_with = None
            await self.harness.coordinator.loaded()
            await settle()

        self.run(fail())
        self._collect()

    # What must hold

    @invariant()
    def acknowledged_commits_are_there(self) -> None:
        committed = self.run(self.harness.committed("g"))
        assert {key: committed.get(key) for key in self.acknowledged} == self.acknowledged

    @invariant()
    def the_books_are_straight(self) -> None:
        for live in self.harness.coordinator._shards.values():
            for group in live.shard.groups.values():
                assert (group.state is State.EMPTY) <= (not group.members)
                assert group.joining_count == sum(m.join_waiter is not None for m in group.members.values())
                assert set(group.static_members.values()) <= group.members.keys()
                assert not group.pending_join & group.members.keys()
                assert group.pending_sync <= group.members.keys()
                assert group.leader in group.members or (group.leader is None and not group.members)

    @invariant()
    def a_restart_would_find_the_same(self) -> None:
        other = Harness(self.harness.store, group_max_size=4)
        self.run(other.start())
        assert self.run(other.committed("g")) == self.run(self.harness.committed("g"))
        other.coordinator._timers.close()


GroupMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestGroup = GroupMachine.TestCase
