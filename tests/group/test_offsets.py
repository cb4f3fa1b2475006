"""Committing, fetching, expiring and deleting offsets, through the coordinator and its log."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kcli.clock import ManualClock
from kcli.config.broker import BrokerConfig
from kcli.group import log_records
from kcli.group.offsets import Offset, Offsets
from kcli.metadata.kraft.keeper import KraftKeeper
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError
from tests.group.support import TOPIC_ID, Harness, MemoryStore, on_loop, settle

DAY = 24 * 3600


async def refused(commit: object) -> int:
    with pytest.raises(KafkaError) as caught:
        await commit  # type: ignore[misc]
    return caught.value.code


@on_loop
async def test_a_consumer_without_a_group_commits_to_a_simple_group() -> None:
    h = await Harness().start()
    assert await h.commit("simple", {("t", 0): 5, ("u", 1): 6}) == {("t", 0): 0, ("u", 1): 0}
    assert await h.committed("simple") == {("t", 0): 5, ("u", 1): 6}
    described = h.coordinator.describe("simple")
    assert (described.group_state, described.protocol_type) == ("Empty", "")
    await h.restart()
    assert await h.committed("simple") == {("t", 0): 5, ("u", 1): 6}
    assert await h.committed("nobody") == {}


@on_loop
async def test_members_commit_in_their_generation() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    assert await h.commit("g", {("t", 0): 1}, member=one, generation=1) == {("t", 0): 0}
    assert await refused(h.commit("g", {("t", 0): 2}, member=one, generation=0)) == errors.ILLEGAL_GENERATION
    assert await refused(h.commit("g", {("t", 0): 2}, member="x", generation=1)) == errors.UNKNOWN_MEMBER_ID
    assert await refused(h.commit("g", {("t", 0): 2})) == errors.UNKNOWN_MEMBER_ID  # a group with members
    await h.member()
    joining = h.join(member=one)
    await settle()
    assert h.state() == "PreparingRebalance"
    assert await h.commit("g", {("t", 0): 3}, member=one, generation=1) == {("t", 0): 0}
    await h.advance(10.5)  # the other one never used its id
    await joining
    assert h.state() == "CompletingRebalance"
    assert await refused(h.commit("g", {("t", 0): 4}, member=one, generation=2)) == errors.REBALANCE_IN_PROGRESS
    assert await h.committed("g") == {("t", 0): 3}


@on_loop
async def test_a_generation_of_a_group_that_is_not_there() -> None:
    h = await Harness().start()
    assert (
        await refused(h.commit("no", {("t", 0): 1}, member="m", generation=1, version=8)) == errors.ILLEGAL_GENERATION
    )
    assert (
        await refused(h.commit("no", {("t", 0): 1}, member="m", generation=1, version=9)) == errors.GROUP_ID_NOT_FOUND
    )


@on_loop
async def test_a_commit_keeps_a_member_alive() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    for offset in range(4):
        await h.advance(8)
        await h.commit("g", {("t", 0): offset}, member=one, generation=1)
    assert h.state() == "Stable"


@on_loop
async def test_metadata_is_bounded_in_javas_characters_and_the_rest_of_the_commit_goes_through() -> None:
    h = await Harness(offset_metadata_max_bytes=4).start()
    assert await h.commit("g", {("t", 0): 1}, metadata="ääää") == {("t", 0): errors.NONE}
    assert await h.commit("g", {("t", 0): 2}, metadata="😀😀x") == {("t", 0): errors.OFFSET_METADATA_TOO_LARGE}
    assert await h.committed("g") == {("t", 0): 1}


@on_loop
async def test_a_commit_is_one_batch_and_is_seen_only_when_it_is_committed() -> None:
    h = await Harness().start()
    h.store.gate.clear()
    commit = h.commit("g", {("t", index): index for index in range(20)})
    task = asyncio.ensure_future(commit)
    await settle()
    reader = asyncio.ensure_future(h.committed("g"))
    await settle()
    assert not task.done() and not reader.done()
    h.store.gate.set()
    assert len(await reader) == 20
    await task
    assert h.store.batches == [20]


@on_loop
async def test_a_commit_that_the_log_refuses_never_happened() -> None:
    h = await Harness().start()
    await h.commit("g", {("t", 0): 1})
    h.store.fail_with = errors.NOT_ENOUGH_REPLICAS
    assert await refused(h.commit("g", {("t", 0): 2})) == errors.COORDINATOR_NOT_AVAILABLE
    h.store.fail_with = None
    await h.coordinator.loaded()
    assert await h.committed("g") == {("t", 0): 1}


@on_loop
async def test_a_commit_larger_than_a_batch_is_refused_alone() -> None:
    h = await Harness(message_max_bytes=1_000).start()
    many = {("t", index): index for index in range(100)}
    assert await refused(h.commit("g", many)) == errors.UNKNOWN_SERVER_ERROR
    assert await h.commit("g", {("t", 0): 1}) == {("t", 0): 0}


@on_loop
async def test_offsets_of_an_emptied_group_expire_after_it_was_emptied_and_then_the_group_goes() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    await h.commit("g", {("t", 0): 1}, member=one, generation=1)
    await h.advance(1)
    await h.leave("g", one)
    await h.advance(6.9 * DAY)
    assert await h.committed("g") == {("t", 0): 1}
    await h.advance(0.2 * DAY)
    assert await h.committed("g") == {}
    with pytest.raises(KafkaError, match="Group g not found"):
        h.coordinator.describe("g")
    await h.restart()
    assert h.coordinator.list_groups([], []) == []


@on_loop
async def test_offsets_of_a_simple_group_expire_after_their_commit() -> None:
    h = await Harness().start()
    await h.commit("s", {("t", 0): 1})
    await h.advance(4 * DAY)
    await h.commit("s", {("t", 1): 1})
    await h.advance(4 * DAY)
    assert await h.committed("s") == {("t", 1): 1}


@on_loop
async def test_in_a_live_group_only_what_nobody_is_subscribed_to_expires() -> None:
    h = await Harness(group_max_session_timeout_ms=20 * DAY * 1000).start()
    subscription = b"\0\0" + messages.ConsumerProtocolSubscription(topics=["in"]).encode_bytes(0)
    patient = {"protocols": (("range", subscription),), "session_ms": 20 * DAY * 1000}
    one = await h.member(**patient)
    await h.stable(one, **patient)
    await h.commit("g", {("in", 0): 1, ("out", 0): 1}, member=one, generation=1)
    await h.advance(8 * DAY)
    assert await h.committed("g") == {("in", 0): 1}
    assert h.state() == "Stable"


@on_loop
async def test_a_retention_of_the_clients_own() -> None:
    h = await Harness().start()
    await h.commit("s", {("t", 0): 1}, retention_ms=3_600_000)
    await h.commit("s", {("t", 1): 1})
    await h.advance(3_600 + 600)
    assert await h.committed("s") == {("t", 1): 1}


@on_loop
async def test_an_empty_group_without_offsets_goes_at_the_next_look() -> None:
    h = await Harness().start()
    await h.leave("g", await h.member())
    assert h.state() == "Empty"
    await h.advance(601)
    assert h.coordinator.list_groups([], []) == []


@on_loop
async def test_offsets_of_deleted_topics_go() -> None:
    h = await Harness().start()
    other = uuid.random()
    await h.commit("a", {("t", 0): 1, ("t", 1): 1})
    await h.commit("a", {("u", 0): 1}, topic_id=other)
    await h.commit("b", {("old", 0): 1, ("kept", 0): 1}, topic_id=uuid.ZERO)  # as 3.9 would have written it
    h.coordinator.topics_deleted([TOPIC_ID], {"u", "kept"}.__contains__)
    await h.coordinator.loaded()
    for _ in range(2):
        assert (await h.committed("a"), await h.committed("b")) == ({("u", 0): 1}, {("kept", 0): 1})
        await h.restart()


@on_loop
async def test_the_coordinator_follows_the_metadata(tmp_path: Path) -> None:
    h = await Harness().start()
    keeper = KraftKeeper(1, "cluster", str(tmp_path), BrokerConfig({"broker.id": "1"}), ManualClock())
    await keeper.start()
    h.coordinator.follow(keeper)
    await keeper.commit([messages.TopicRecord(name="t", topic_id=TOPIC_ID)])
    await h.commit("g", {("t", 0): 1})
    await h.commit("g", {("u", 0): 1}, topic_id=uuid.random())
    await keeper.commit([messages.RemoveTopicRecord(topic_id=TOPIC_ID)])
    await h.coordinator.loaded()
    assert await h.committed("g") == {("u", 0): 1}
    await keeper.close()


@on_loop
async def test_an_offset_is_not_that_of_another_topic_of_the_same_name() -> None:
    h = await Harness().start()
    await h.commit("g", {("t", 0): 1})
    view = await h.coordinator.fetch_offsets("g")
    assert view.get("t", 0, uuid.random()) is None
    assert view.get("t", 0, TOPIC_ID) is not None
    assert view.get("t", 0, uuid.ZERO) is not None


def delete_request(group: str, *keys: tuple[str, int]) -> object:
    request = messages.OffsetDeleteRequest
    return request(
        group_id=group,
        topics=[
            request.OffsetDeleteRequestTopic(
                name=name, partitions=[request.OffsetDeleteRequestPartition(partition_index=index)]
            )
            for name, index in keys
        ],
    )


@on_loop
async def test_deleting_offsets() -> None:
    h = await Harness().start()
    await h.commit("s", {("t", 0): 1, ("t", 1): 2})
    deleted = await h.coordinator.delete_offsets(delete_request("s", ("t", 0), ("never", 0)))
    assert deleted == {("t", 0): 0, ("never", 0): 0}
    await h.restart()
    assert await h.committed("s") == {("t", 1): 2}
    assert await refused(h.coordinator.delete_offsets(delete_request("", ("t", 0)))) == errors.INVALID_GROUP_ID
    assert await refused(h.coordinator.delete_offsets(delete_request("no", ("t", 0)))) == errors.GROUP_ID_NOT_FOUND


@on_loop
async def test_offsets_of_subscribed_topics_and_of_groups_that_are_not_consumers_are_not_deleted() -> None:
    h = await Harness().start()
    subscription = b"\0\0" + messages.ConsumerProtocolSubscription(topics=["in"]).encode_bytes(0)
    one = await h.member(protocols=(("range", subscription),))
    await h.stable(one, protocols=(("range", subscription),))
    await h.commit("g", {("in", 0): 1, ("out", 0): 1}, member=one, generation=1)
    deleted = await h.coordinator.delete_offsets(delete_request("g", ("in", 0), ("out", 0)))
    assert deleted == {("in", 0): errors.GROUP_SUBSCRIBED_TO_TOPIC, ("out", 0): errors.NONE}
    worker = await h.member("connect", protocol_type="connect")
    await h.stable(worker, group="connect", protocol_type="connect")
    assert await refused(h.coordinator.delete_offsets(delete_request("connect", ("t", 0)))) == errors.NON_EMPTY_GROUP


@on_loop
async def test_deleting_groups() -> None:
    h = await Harness().start()
    await h.commit("s", {("t", 0): 1})
    one = await h.member()
    await h.stable(one)
    assert await refused(h.coordinator.delete_group("g")) == errors.NON_EMPTY_GROUP
    assert await refused(h.coordinator.delete_group("no")) == errors.GROUP_ID_NOT_FOUND
    await h.coordinator.delete_group("s")
    await h.leave("g", one)
    await h.coordinator.delete_group("g")
    for _ in range(2):
        assert h.coordinator.list_groups([], []) == []
        assert await h.committed("s") == {}
        await h.restart()


@on_loop
async def test_deleting_a_group_takes_along_what_was_committed_an_instant_before() -> None:
    h = await Harness().start()
    h.store.gate.clear()
    commit = asyncio.ensure_future(h.commit("s", {("t", 0): 1}))
    await settle()
    delete = asyncio.ensure_future(h.coordinator.delete_group("s"))
    await settle()
    h.store.gate.set()
    await commit
    await delete
    await h.restart()
    assert await h.committed("s") == {}


# Transactions


def test_a_transactions_offsets_count_once_it_commits() -> None:
    offsets = Offsets()
    offsets.put("g", "t", 0, Offset(1, position=1))
    offsets.put_pending(7, "g", "t", 0, Offset(5, position=2))
    offsets.put_pending(8, "g", "t", 1, Offset(6, position=3))
    assert offsets.is_pending("g", "t", 0) and offsets.has_pending("g")
    assert offsets.get("g", "t", 0) == Offset(1, position=1)
    offsets.end_transaction(7, committed=True)
    offsets.end_transaction(8, committed=False)
    assert offsets.get("g", "t", 0) == Offset(5, position=2)
    assert offsets.get("g", "t", 1) is None
    assert not offsets.has_pending("g")


def test_of_a_plain_and_a_transactional_commit_the_later_one_in_the_log_stays() -> None:
    offsets = Offsets()
    offsets.put_pending(7, "g", "t", 0, Offset(5, position=2))
    offsets.put("g", "t", 0, Offset(9, position=3))
    offsets.end_transaction(7, committed=True)
    assert offsets.get("g", "t", 0) == Offset(9, position=3)


def test_a_tombstone_takes_pending_offsets_along() -> None:
    offsets = Offsets()
    offsets.put_pending(7, "g", "t", 0, Offset(5))
    offsets.remove("g", "t", 0)
    offsets.end_transaction(7, committed=True)
    assert offsets.groups() == set()


@on_loop
async def test_transactional_offsets_are_read_from_the_log() -> None:
    store = MemoryStore(1)
    store.put(0, *log_records.offset_commit("g", "t", 0, Offset(1), 4))
    store.put(0, *log_records.offset_commit("g", "t", 0, Offset(2), 4), producer_id=7)
    store.put(0, *log_records.offset_commit("g", "t", 1, Offset(3), 4), producer_id=8)
    store.put(0, *log_records.offset_commit("h", "t", 1, Offset(4), 4), producer_id=9)
    store.put(0, None, None, producer_id=7, committed=True)
    store.put(0, None, None, producer_id=9, committed=False)
    h = await Harness(store).start()
    view = await h.coordinator.fetch_offsets("g")
    assert (await h.committed("g"), view.is_pending("t", 1), view.is_pending("t", 0)) == ({("t", 0): 2}, True, False)
    assert await h.committed("h") == {}
    await h.advance(8 * DAY)  # what is pending keeps its group
    assert [group.group_id for group in h.coordinator.list_groups([], [])] == ["g"]
