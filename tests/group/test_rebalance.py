"""The classic rebalance protocol, event by event, on a coordinator with a clock that is moved by hand."""

from __future__ import annotations

import pytest

from kcli.wire import errors, messages
from tests.group.support import Harness, on_loop, settle

TWO = (("range", b"r"), ("roundrobin", b"rr"))


@on_loop
async def test_a_dynamic_member_is_sent_back_with_an_id_and_then_leads() -> None:
    h = await Harness().start()
    first = await h.join()
    assert first.error_code == errors.MEMBER_ID_REQUIRED
    assert first.member_id.startswith("client-")
    joined = h.join(member=first.member_id)
    await h.advance(2.9)
    assert not joined.done()  # group.initial.rebalance.delay.ms is 3 s
    await h.advance(0.2)
    response = await joined
    assert (response.error_code, response.generation_id, response.leader) == (0, 1, first.member_id)
    assert [member.member_id for member in response.members] == [first.member_id]
    assert (response.protocol_type, response.protocol_name) == ("consumer", "range")
    assert h.state() == "CompletingRebalance"
    synced = await h.sync("g", first.member_id, 1, {first.member_id: b"mine"})
    assert (synced.error_code, synced.assignment, synced.protocol_name) == (0, b"mine", "range")
    assert h.state() == "Stable"


@on_loop
async def test_before_v4_a_member_is_taken_at_once() -> None:
    h = await Harness(group_initial_rebalance_delay_ms=0).start()
    joined = h.join(version=3)
    await h.advance(0)
    response = await joined
    assert response.error_code == errors.NONE
    assert response.leader == response.member_id != ""


@on_loop
async def test_each_newcomer_puts_the_first_generation_off_but_not_beyond_the_rebalance_timeout() -> None:
    h = await Harness().start()
    joins = [h.join(version=3, rebalance_ms=7_000)]
    for _ in range(4):
        await h.advance(2)
        joins.append(h.join(version=3, rebalance_ms=7_000))
        await settle()
        if joins[0].done():
            break
    assert [future.done() for future in joins] == [True, True, True, True, False]
    assert len({(await future).generation_id for future in joins[:4]}) == 1


@on_loop
async def test_members_vote_for_the_protocol() -> None:
    h = await Harness().start()
    wanted = [TWO, TWO[::-1], (TWO[1],)]
    joins = [h.join(version=3, protocols=protocols) for protocols in wanted]
    await h.advance(3)
    await h.advance(3)
    assert {(await future).protocol_name for future in joins} == {"roundrobin"}


@on_loop
async def test_a_member_without_a_common_protocol_is_refused() -> None:
    h = await Harness().start()
    await h.stable(await h.member())
    for wrong in ({"protocols": (("other", b""),)}, {"protocol_type": "connect"}, {"protocols": ()}):
        assert (await h.join(**wrong)).error_code == errors.INCONSISTENT_GROUP_PROTOCOL
    assert (await h.join("new", protocol_type="")).error_code == errors.INCONSISTENT_GROUP_PROTOCOL


@on_loop
async def test_a_second_member_makes_the_first_rejoin() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    two = await h.member()
    assert (await h.heartbeat("g", one, 1)).error_code == errors.NONE
    joining = h.join(member=two)
    assert h.state() == "PreparingRebalance"
    assert (await h.heartbeat("g", one, 1)).error_code == errors.REBALANCE_IN_PROGRESS
    assert (await h.sync("g", one, 1)).error_code == errors.REBALANCE_IN_PROGRESS
    rejoining = h.join(member=one)
    await settle()
    leader, follower = await rejoining, await joining
    assert leader.generation_id == follower.generation_id == 2
    assert {member.member_id for member in leader.members} == {one, two}
    assert follower.members == []
    waiting = h.sync("g", two, 2)
    await settle()
    assert not waiting.done()  # nobody hears of an assignment before the leader has made it
    await h.sync("g", one, 2, {one: b"1", two: b"2"})
    assert (await waiting).assignment == b"2"


@on_loop
async def test_nobody_hears_of_an_assignment_that_is_not_in_the_log() -> None:
    h = await Harness().start()
    one = await h.member()
    joined = h.join(member=one)
    await h.advance(3)
    await joined
    h.store.gate.clear()
    synced = h.sync("g", one, 1, {one: b"x"})
    await settle()
    assert not synced.done()
    assert h.state() == "CompletingRebalance"
    h.store.gate.set()
    assert (await synced).assignment == b"x"
    assert h.state() == "Stable"


@on_loop
async def test_an_assignment_whose_generation_was_replaced_while_it_was_written_is_not_handed_out() -> None:
    h = await Harness().start()
    one = await h.member()
    joined = h.join(member=one)
    await h.advance(3)
    await joined
    h.store.gate.clear()
    synced = h.sync("g", one, 1, {one: b"old"})
    await settle()
    again = await h.join(member=one, protocols=(("range", b"changed"),))
    assert (again.generation_id, (await synced).error_code) == (2, errors.REBALANCE_IN_PROGRESS)
    resynced = h.sync("g", one, 2)
    h.store.gate.set()
    await settle()
    assert (await resynced).assignment == b""
    assert h.state() == "Stable"


@on_loop
async def test_a_member_that_does_not_rejoin_is_dropped_after_the_rebalance_timeout() -> None:
    h = await Harness().start()
    one, two = await h.member(rebalance_ms=20_000, session_ms=30_000), await h.member()
    await h.stable(one, two, rebalance_ms=20_000, session_ms=30_000)
    rejoined = h.join(member=one, rebalance_ms=20_000, session_ms=30_000)
    await h.advance(19)
    assert not rejoined.done()
    await h.advance(2)
    response = await rejoined
    assert (response.generation_id, [m.member_id for m in response.members]) == (2, [one])
    assert (await h.heartbeat("g", two, 1)).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_a_session_ends_without_heartbeats_and_is_kept_by_them() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    await h.stable(one, two)
    for _ in range(4):
        await h.advance(4)
        assert (await h.heartbeat("g", one, 1)).error_code in (errors.NONE, errors.REBALANCE_IN_PROGRESS)
    assert h.state() == "PreparingRebalance"
    response = await h.join(member=one)
    assert [member.member_id for member in response.members] == [one]


@on_loop
async def test_a_group_whose_members_are_all_gone_is_empty_and_its_generation_has_moved_on() -> None:
    h = await Harness().start()
    await h.stable(await h.member())
    await h.advance(11)
    assert h.state() == "Empty"
    record = h.coordinator.describe("g")
    assert (record.protocol_type, record.members) == ("consumer", [])
    await h.restart()
    assert h.state() == "Empty"
    member = await h.member()
    joined = h.join(member=member)
    await h.advance(3)
    assert (await joined).generation_id == 3


@on_loop
async def test_an_id_that_was_handed_out_and_not_used_expires() -> None:
    h = await Harness().start()
    member = await h.member()
    await h.advance(11)
    assert (await h.join(member=member)).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_a_pending_member_holds_up_the_join_of_the_others() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    two = await h.member()
    rejoined = h.join(member=one)  # the leader asks for a rebalance
    await settle()
    assert not rejoined.done()
    joined = h.join(member=two)
    await settle()
    assert rejoined.done() and joined.done()


@on_loop
async def test_a_follower_that_rejoins_a_stable_group_unchanged_changes_nothing() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    leader = (await h.stable(one, two)).member_id
    follower = two if leader == one else one
    again = await h.join(member=follower)
    assert (again.error_code, again.generation_id, again.members) == (0, 1, [])
    assert h.state() == "Stable"
    assert (await h.sync("g", follower, 1)).assignment == follower.encode()
    changed = h.join(member=follower, protocols=(("range", b"changed"),))
    assert h.state() == "PreparingRebalance"
    await h.join(member=leader)
    await changed


@on_loop
async def test_a_lost_join_answer_can_be_asked_for_again() -> None:
    h = await Harness().start()
    one = await h.member()
    joined = h.join(member=one)
    await h.advance(3)
    await joined
    again = await h.join(member=one)
    assert (again.generation_id, [m.member_id for m in again.members]) == (1, [one])
    assert h.state() == "CompletingRebalance"


@on_loop
async def test_who_does_not_sync_in_time_is_dropped() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    joins = {member: h.join(member=member, rebalance_ms=8_000) for member in (one, two)}
    await h.advance(3)
    await h.advance(3)
    leader = (await joins[one]).leader
    follower = two if leader == one else one
    waiting = h.sync("g", follower, 1)
    await h.advance(9)
    assert (await waiting).error_code == errors.REBALANCE_IN_PROGRESS
    response = await h.join(member=follower)
    assert (response.generation_id, response.leader) == (2, follower)


@on_loop
async def test_sync_is_checked() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    assert (await h.sync("g", one, 0)).error_code == errors.ILLEGAL_GENERATION
    assert (await h.sync("g", "nobody", 1)).error_code == errors.UNKNOWN_MEMBER_ID
    assert (await h.sync("g", one, 1, protocol="other")).error_code == errors.INCONSISTENT_GROUP_PROTOCOL
    assert (await h.sync("no group", one, 1)).error_code == errors.UNKNOWN_MEMBER_ID
    assert (await h.heartbeat("g", one, 0)).error_code == errors.ILLEGAL_GENERATION
    assert (await h.heartbeat("no group", one, 0)).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_requests_of_members_need_a_group_with_a_name_and_a_session_within_bounds() -> None:
    h = await Harness().start()
    for refused in (h.join(""), h.sync("", "m", 1), h.heartbeat("", "m", 1), h.leave("", "m")):
        assert (await refused).error_code == errors.INVALID_GROUP_ID
    for session in (5_999, 1_800_001):
        assert (await h.join(session_ms=session)).error_code == errors.INVALID_SESSION_TIMEOUT
    assert (await h.join("g", "stranger")).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_leaving() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    await h.stable(one, two)
    left = await h.leave("g", one, "nobody")
    assert [member.error_code for member in left.members] == [errors.NONE, errors.UNKNOWN_MEMBER_ID]
    assert h.state() == "PreparingRebalance"
    await h.join(member=two)
    await h.leave("g", two)
    assert h.state() == "Empty"
    gone = await h.leave("nowhere", "m")
    assert (gone.error_code, gone.members[0].error_code) == (errors.NONE, errors.UNKNOWN_MEMBER_ID)


@on_loop
async def test_a_pending_member_can_leave() -> None:
    h = await Harness().start()
    member = await h.member()
    assert (await h.leave("g", member)).members[0].error_code == errors.NONE
    assert (await h.join(member=member)).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_a_member_that_leaves_while_it_waits_is_told() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    joins = {member: h.join(member=member) for member in (one, two)}
    await h.advance(3)
    await h.advance(3)
    leader = (await joins[one]).leader
    follower = two if leader == one else one
    waiting = h.sync("g", follower, 1)
    await h.leave("g", follower)
    assert (await waiting).error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_the_size_of_a_group_is_bounded() -> None:
    h = await Harness(group_max_size=2).start()
    one, two = await h.member(), await h.member()
    await h.stable(one, two)
    assert (await h.join()).error_code == errors.GROUP_MAX_SIZE_REACHED
    waiting = [h.join(member=one), h.join(member=two)]
    await settle()
    assert [(await future).error_code for future in waiting] == [0, 0]


@on_loop
async def test_of_a_group_that_is_loaded_too_large_the_last_to_rejoin_are_turned_away() -> None:
    h = await Harness().start()
    members = [await h.member() for _ in range(3)]
    await h.stable(*members)
    h.settings = type(h.settings)(group_max_size=2)
    await h.restart()
    assert h.state() == "PreparingRebalance"
    joins = [h.join(member=member) for member in members]
    await settle()
    assert (await joins[2]).error_code == errors.GROUP_MAX_SIZE_REACHED
    await h.advance(60)
    assert [len((await join).members) for join in joins[:2]] in ([2, 0], [0, 2])


# Static members


@on_loop
async def test_a_static_member_that_restarts_keeps_its_assignment_without_a_rebalance() -> None:
    h = await Harness().start()
    joined = h.join(instance="i")
    await h.advance(3)
    old = (await joined).member_id
    assert old.startswith("i-")
    await h.sync("g", old, 1, {old: b"mine"}, instance="i")
    back = await h.join(instance="i")
    assert (back.error_code, back.generation_id) == (0, 1)
    assert back.member_id != old
    assert back.leader == back.member_id and back.skip_assignment  # v9: leader, but nothing to assign
    assert [member.group_instance_id for member in back.members] == ["i"]
    assert (await h.sync("g", back.member_id, 1, instance="i")).assignment == b"mine"
    for fenced in (
        h.heartbeat("g", old, 1, instance="i"),
        h.sync("g", old, 1, instance="i"),
        h.join(member=old, instance="i"),
    ):
        assert (await fenced).error_code == errors.FENCED_INSTANCE_ID
    with pytest.raises(errors.KafkaError) as fenced_commit:
        await h.commit("g", {("t", 0): 1}, member=old, generation=1, instance="i")
    assert fenced_commit.value.code == errors.FENCED_INSTANCE_ID
    await h.restart()
    assert (await h.heartbeat("g", back.member_id, 1, instance="i")).error_code == errors.NONE


@on_loop
async def test_an_older_client_is_told_of_the_former_leader() -> None:
    h = await Harness().start()
    joined = h.join(instance="i", version=5)
    await h.advance(3)
    old = (await joined).member_id
    await h.sync("g", old, 1, {}, instance="i")
    back = await h.join(instance="i", version=8)
    assert (back.leader, back.skip_assignment, back.members) == (old, False, [])


@on_loop
async def test_a_static_member_is_not_missed_until_its_session_ends() -> None:
    h = await Harness().start()
    patient = {"session_ms": 60_000, "rebalance_ms": 10_000}
    one, two = h.join(instance="1", **patient), h.join(instance="2", **patient)
    await h.advance(3)
    await h.advance(3)
    first, second = await one, await two
    leader = next(r for r in (first, second) if r.leader == r.member_id)
    await h.sync("g", leader.member_id, 1, {})
    rejoined = h.join(member=leader.member_id, instance="1" if leader is first else "2", **patient)
    await h.advance(11)
    response = await rejoined
    assert len(response.members) == 2  # the rebalance ends without the other one, which stays a member


@on_loop
async def test_a_static_member_that_restarts_before_it_has_synced_is_waited_for_under_its_new_id() -> None:
    h = await Harness().start()
    patient = {"session_ms": 60_000, "rebalance_ms": 10_000}
    joins = [h.join(instance="0", **patient), h.join(instance="1", **patient)]
    await h.advance(3)
    await h.advance(3)
    answers = [await join for join in joins]
    leads = next(index for index, answer in enumerate(answers) if answer.leader == answer.member_id)
    leader, instance = answers[leads].member_id, str(1 - leads)
    await h.sync("g", leader, 1, {answers[1 - leads].member_id: b"its"}, instance=str(leads))
    back = await h.join(instance=instance, **patient)
    assert (await h.sync("g", back.member_id, 1, instance=instance)).assignment == b"its"
    await h.advance(11)
    assert h.state() == "Stable"


@on_loop
async def test_who_waits_under_the_old_id_of_a_static_member_is_fenced() -> None:
    h = await Harness().start()
    joins = [h.join(instance="1"), h.join(instance="2")]
    await h.advance(3)
    await h.advance(3)
    answers = [await join for join in joins]
    follower = next(index for index, r in enumerate(answers) if r.leader != r.member_id)
    waiting = h.sync("g", answers[follower].member_id, 1, instance=str(follower + 1))
    replaced = h.join(instance=str(follower + 1))
    assert (await waiting).error_code == errors.FENCED_INSTANCE_ID
    assert h.state() == "PreparingRebalance"
    other = answers[1 - follower]
    await h.join(member=other.member_id, instance=str(2 - follower))
    assert (await replaced).generation_id == 2


@on_loop
async def test_a_static_member_that_would_change_the_protocol_causes_a_rebalance() -> None:
    h = await Harness().start()
    joined = h.join(instance="i", protocols=TWO)
    await h.advance(3)
    response = await joined
    await h.sync("g", response.member_id, 1, {})
    again = await h.join(instance="i", protocols=TWO[::-1])
    assert (again.generation_id, again.protocol_name) == (2, "roundrobin")


@on_loop
async def test_an_admin_removes_a_static_member_by_its_instance() -> None:
    h = await Harness().start()
    joined = h.join(instance="i")
    await h.advance(3)
    await joined
    left = await h.leave("g", instances=["i", "j"])
    assert [member.error_code for member in left.members] == [errors.NONE, errors.UNKNOWN_MEMBER_ID]
    assert h.state() == "Empty"


# The coordinator's own life


@on_loop
async def test_a_stable_group_outlives_the_coordinator() -> None:
    h = await Harness().start()
    one, two = await h.member(), await h.member()
    await h.stable(one, two)
    before = h.coordinator.describe("g")
    await h.restart()
    assert h.coordinator.describe("g") == before
    assert (await h.heartbeat("g", one, 1)).error_code == errors.NONE
    assert (await h.sync("g", two, 1)).assignment == two.encode()
    await h.advance(11)
    assert h.state() == "Empty"


@on_loop
async def test_a_failed_append_answers_those_who_wait_and_goes_back_to_the_log() -> None:
    h = await Harness().start()
    one = await h.member()
    await h.stable(one)
    joined = h.join(member=one)
    await settle()
    await joined
    h.store.fail_with = errors.KAFKA_STORAGE_ERROR
    assert (await h.sync("g", one, 2, {one: b"never"})).error_code == errors.NOT_COORDINATOR
    h.store.fail_with = None
    await h.coordinator.loaded()
    assert (await h.heartbeat("g", one, 1)).error_code == errors.NONE  # the generation that the log has


@on_loop
async def test_an_assignment_too_large_for_the_log_is_refused_and_the_group_goes_on() -> None:
    h = await Harness(message_max_bytes=2_000).start()
    one = await h.member()
    joined = h.join(member=one)
    await h.advance(3)
    await joined
    assert (await h.sync("g", one, 1, {one: bytes(3_000)})).error_code == errors.UNKNOWN_SERVER_ERROR
    assert h.state() == "PreparingRebalance"
    await h.join(member=one)
    assert (await h.sync("g", one, 2, {one: b"small"})).error_code == errors.NONE


@on_loop
async def test_who_resigns_tells_those_who_wait() -> None:
    h = await Harness().start()
    waiting = h.join(member=await h.member())
    for partition in h.store.led_partitions():
        h.coordinator.resigned(partition)
    assert (await waiting).error_code == errors.NOT_COORDINATOR
    assert (await h.heartbeat("g", "m", 1)).error_code == errors.NOT_COORDINATOR


@on_loop
async def test_while_a_partition_loads_its_groups_are_told_to_wait() -> None:
    h = Harness()
    h.coordinator.start()
    assert (await h.join()).error_code == errors.COORDINATOR_LOAD_IN_PROGRESS
    assert (await h.heartbeat("g", "m", 1)).error_code == errors.NONE  # members are to stay members
    with pytest.raises(errors.KafkaError):
        h.coordinator.list_groups([], [])
    await h.coordinator.loaded()
    assert (await h.join()).error_code == errors.MEMBER_ID_REQUIRED


@on_loop
async def test_a_client_that_has_gone_does_not_break_the_rebalance() -> None:
    h = await Harness().start()
    joined = h.join(member=await h.member())
    await settle()
    joined.cancel()
    await h.advance(3)
    assert h.state() == "CompletingRebalance"


def test_subscriptions_that_cannot_be_read_are_no_subscriptions() -> None:
    from kcli.group.membership import _subscription_topics

    encoded = messages.ConsumerProtocolSubscription(topics=["a", "b"]).encode_bytes(3)
    assert _subscription_topics(b"\0\3" + encoded) == ["a", "b"]
    for torn in (b"", b"\0", b"\xff\xff", b"\0\0\0\0\0\5"):
        with pytest.raises(errors.WireError):
            _subscription_topics(torn)
