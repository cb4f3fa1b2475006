"""Consumer groups with classic members at the coordinator: what time, restarts and the policy do to them."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.group.support import Harness, on_loop
from tests.group.test_consumer_group import TOPIC, assigned, beat, described, harness, join


def subscription(*owned: int) -> list[tuple[str, bytes]]:
    """Protocols of a member of the topic "t"."""
    made = messages.ConsumerProtocolSubscription
    partitions = [made.TopicPartition(topic="t", partitions=list(owned))]
    message = made(topics=["t"], owned_partitions=partitions)
    return [("range", struct.pack(">h", 1) + bytes(message.encode_bytes(1)))]


def assignment(*partitions: int) -> bytes:
    made = messages.ConsumerProtocolAssignment
    message = made(assigned_partitions=[made.TopicPartition(topic="t", partitions=list(partitions))])
    return struct.pack(">h", 1) + bytes(message.encode_bytes(1))


async def classic_member(h: Harness) -> str:
    """The only member of a stable classic group, with all four partitions."""
    member = await h.member(protocols=subscription())
    joining = h.join("g", member, protocols=subscription())
    await h.advance(h.settings.group_initial_rebalance_delay_ms / 1000)
    assert (await joining).generation_id == 1
    assert (await h.sync("g", member, 1, {member: assignment(0, 1, 2, 3)})).error_code == 0
    return member


async def mixed(h: Harness) -> str:
    """c and m1, each with two partitions, in epoch 2; the id of c."""
    c = await classic_member(h)
    assert (await join(h, "m1")).member_epoch == 2
    assert (await h.join("g", c, protocols=subscription(0, 1, 2, 3))).generation_id == 1
    assert (await h.sync("g", c, 1)).error_code == 0
    assert (await h.join("g", c, protocols=subscription(0, 1))).generation_id == 2
    assert (await h.sync("g", c, 2)).assignment == assignment(0, 1)
    assert assigned(await beat(h, "m1", 2)) == {TOPIC: [2, 3]}
    return c


def kind(h: Harness) -> list[tuple[str, str]]:
    return [(group.group_type, group.group_state) for group in h.coordinator.list_groups([], [])]


@on_loop
async def test_a_mixed_group_survives_a_restart_in_both_directions() -> None:
    h = await harness()
    c = await mixed(h)
    await h.commit("g", {("t", 0): 5}, member=c, generation=2)
    await h.restart()
    assert [member.member_type for member in (await described(h)).members] == [0, 1]
    assert (await h.heartbeat("g", c, 2)).error_code == 0
    assert (await h.sync("g", c, 2)).assignment == assignment(0, 1)
    await beat(h, "m1", -1)
    await h.restart()
    assert kind(h) == [("classic", "Stable")]  # what the log says; its rebalance begins with the next member
    assert await h.committed("g") == {("t", 0): 5}
    assert (await h.heartbeat("g", c, 2)).error_code == 0


@on_loop
async def test_a_commit_of_a_classic_member_is_held_to_its_generation() -> None:
    h = await harness()
    c = await mixed(h)
    await h.commit("g", {("t", 0): 5}, member=c, generation=2, version=2)
    with pytest.raises(KafkaError) as refused:
        await h.commit("g", {("t", 0): 6}, member=c, generation=3, version=2)
    assert refused.value.code == errors.ILLEGAL_GENERATION
    assert await h.committed("g") == {("t", 0): 5}


@on_loop
async def test_a_session_that_ends_downgrades_the_group_whose_last_new_member_it_was() -> None:
    h = await harness()
    c = await mixed(h)
    for _ in range(9):
        await h.advance(5)
        assert (await h.heartbeat("g", c, 2)).error_code in (errors.NONE, errors.REBALANCE_IN_PROGRESS)
    assert kind(h) == [("classic", "PreparingRebalance")]
    again = await h.join("g", c, protocols=subscription(0, 1))
    assert (again.leader, again.error_code) == (c, 0)


@on_loop
async def test_a_classic_member_without_heartbeats_is_out_by_its_own_session() -> None:
    h = await harness()
    await mixed(h)
    await h.advance(9)
    await beat(h, "m1", 2)
    assert len((await described(h)).members) == 2
    await h.advance(2)
    assert [member.member_id for member in (await described(h)).members] == ["m1"]
    assert assigned(await beat(h, "m1", 2, owned={TOPIC: [2, 3]})) == {TOPIC: [0, 1, 2, 3]}


@pytest.mark.parametrize("step", ["join", "sync"])
def test_a_classic_member_has_its_rebalance_timeout_for_each_step(step: str) -> None:
    @on_loop
    async def run() -> None:
        h = await harness()
        c = await mixed(h)
        if step == "sync":
            assert (await h.join("g", c, protocols=subscription(0, 1))).generation_id == 2
        else:
            await h.advance(1.1)
            await join(h, "m2")
        told = errors.NONE if step == "sync" else errors.REBALANCE_IN_PROGRESS
        for _ in range(12):
            assert (await h.heartbeat("g", c, 2)).error_code == told
            await join(h, "m1")  # lives on
            await h.advance(5)
        assert (await h.heartbeat("g", c, 2)).error_code == errors.UNKNOWN_MEMBER_ID

    run()


@pytest.mark.parametrize(("policy", "up", "down"), [("Disabled", 0, 0), ("upgrade", 1, 0), ("DOWNGRADE", 0, 1)])
def test_the_policy_says_which_way_a_group_may_go(policy: str, up: int, down: int) -> None:
    @on_loop
    async def run() -> None:
        h = await harness()
        c = await mixed(h)
        object.__setattr__(h.settings, "group_consumer_migration_policy", policy)
        await beat(h, "m1", -1)
        assert [group_type for group_type, _ in kind(h)] == ["classic" if down else "consumer"]
        await h.leave("g", c)
        other = await harness(group_consumer_migration_policy=policy)
        await classic_member(other)
        answer = await join(other, "m1")
        assert answer.error_code == (errors.NONE if up else errors.GROUP_ID_NOT_FOUND)
        assert [group_type for group_type, _ in kind(other)] == ["consumer" if up else "classic"]

    run()


@on_loop
async def test_a_refused_heartbeat_leaves_the_classic_group_as_it_was() -> None:
    h = await harness()
    c = await classic_member(h)
    refused: Any = await join(h, "m1", subscribed_topic_regex="[a")
    assert refused.error_code == errors.INVALID_REGULAR_EXPRESSION
    assert kind(h) == [("classic", "Stable")]
    assert (await h.heartbeat("g", c, 1)).error_code == 0


@on_loop
async def test_malformed_subscriptions_are_refused() -> None:
    h = await harness()
    member = await h.member(protocols=[("range", b"")])
    joining = h.join("g", member, protocols=[("range", b"")])
    await h.advance(3)
    assert (await joining).error_code == 0
    assert (await join(h, "m1")).error_code == errors.GROUP_ID_NOT_FOUND
    await h.leave("g", member)
    assert (await join(h, "m1")).error_code == 0
    fresh = await h.member(protocols=[("range", b"")])
    assert (await h.join("g", fresh, protocols=[("range", b"")])).error_code == errors.UNKNOWN_SERVER_ERROR
