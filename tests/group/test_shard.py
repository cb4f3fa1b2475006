"""What other protocols and other versions leave in the log, and what of it is listed."""

from __future__ import annotations

import struct

import pytest

from kcli.group import log_records
from kcli.group.offsets import Offset
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.group.support import Harness, MemoryStore, on_loop


def key(kind: int, group: str, *rest: str) -> bytes:
    texts = (group, *rest)
    return struct.pack(">h", kind) + b"".join(struct.pack(">h", len(text)) + text.encode() for text in texts)


def store_with_foreign_groups() -> MemoryStore:
    store = MemoryStore(1)
    store.put(0, *log_records.offset_commit("streams", "t", 0, Offset(5), 4))
    store.put(0, key(17, "streams"), b"\0\0epoch")
    store.put(0, key(19, "streams", "m"), b"\0\0member")
    store.put(0, key(19, "streams", "m"), None)
    store.put(0, key(11, "share"), b"\0\0epoch")
    store.put(0, key(10, "share", "m"), b"\0\0member")
    store.put(0, key(11, "gone"), b"\0\0epoch")
    store.put(0, key(11, "gone"), None)
    store.put(0, key(99, "future"), b"?")
    store.put(0, b"\0\1torn", b"?")
    return store


@on_loop
async def test_groups_of_newer_protocols_are_listed_and_keep_their_offsets() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    listed = {(g.group_id, g.group_type, g.protocol_type, g.group_state) for g in h.coordinator.list_groups([], [])}
    assert listed == {("streams", "streams", "streams", "Empty"), ("share", "share", "share", "Empty")}
    assert await h.committed("streams") == {("t", 0): 5}
    with pytest.raises(KafkaError, match="Group share is not a classic group"):
        h.coordinator.describe("share")


@on_loop
async def test_they_do_not_expire() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    await h.advance(30 * 24 * 3600)
    await h.restart()
    assert len(h.coordinator.list_groups([], [])) == 2
    assert await h.committed("streams") == {("t", 0): 5}


@on_loop
async def test_they_can_be_deleted() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    await h.coordinator.delete_group("streams")
    await h.restart()
    assert [group.group_id for group in h.coordinator.list_groups([], [])] == ["share"]
    assert await h.committed("streams") == {}


@on_loop
async def test_a_classic_member_takes_one_over_with_its_offsets() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    await h.stable(await h.member("streams"), group="streams")
    await h.restart()
    assert h.state("streams") == "Stable"
    assert await h.committed("streams") == {("t", 0): 5}
    assert {(g.group_id, g.group_type) for g in h.coordinator.list_groups([], [])} == {
        ("streams", "classic"), ("share", "share"),
    }  # fmt: skip


@on_loop
async def test_admins_may_change_their_offsets_and_members_may_not() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    assert await h.commit("streams", {("t", 0): 6}) == {("t", 0): 0}
    assert await h.committed("streams") == {("t", 0): 6}
    with pytest.raises(KafkaError) as caught:
        await h.commit("share", {("t", 0): 6}, member="m", generation=1)
    assert caught.value.code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_groups_as_older_brokers_wrote_them() -> None:
    store = MemoryStore(1)
    members = messages.GroupMetadataValue.MemberMetadata(
        member_id="m", client_id="c", client_host="/h", session_timeout=9_000, subscription=b"", assignment=b"a"
    )
    value = messages.GroupMetadataValue(
        protocol_type="consumer", generation=4, protocol="range", leader="m", members=[members]
    )
    group_key, _ = log_records.group_tombstone("g")
    store.put(0, group_key, b"\0\0" + value.encode_bytes(0))
    store.put(0, b"\0\0" + log_records.offset_key("g", "t", 0)[2:], b"\0\0" + _offset_v0(3))
    h = await Harness(store).start()
    assert h.state() == "Stable"
    assert (await h.heartbeat("g", "m", 4)).error_code == errors.NONE
    assert await h.committed("g") == {("t", 0): 3}
    await h.advance(9.5)  # without a rebalance timeout the session's is taken for it
    assert h.state() == "Empty"


def _offset_v0(offset: int) -> bytes:
    return bytes(messages.OffsetCommitValue(offset=offset, metadata="", commit_timestamp=1).encode_bytes(0))


@on_loop
async def test_listing_is_filtered_by_state_and_type_without_regard_to_case() -> None:
    h = await Harness(store_with_foreign_groups()).start()
    await h.stable(await h.member("live"), group="live")
    await h.commit("simple", {("t", 0): 1})

    def names(states: list[str], types: list[str]) -> set[str]:
        return {group.group_id for group in h.coordinator.list_groups(states, types)}

    assert names(["stable"], []) == {"live"}
    assert names([" EMPTY", "Dead"], ["classic"]) == {"simple"}
    assert names(["empty"], []) == {"simple", "streams", "share"}
    assert names([], ["Streams"]) == {"streams"}
    assert names(["nonsense"], []) == names([], ["nonsense"]) == set()
