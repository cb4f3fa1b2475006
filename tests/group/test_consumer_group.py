"""Consumer groups of KIP-848 at the coordinator: fencing, members that go, offsets, other protocols, failures."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kcli.group import consumer_group_records as group_records
from kcli.group.consumer_group_events import Client
from kcli.group.consumer_group_member import ConsumerMember
from kcli.group.consumer_group_metadata import ConsumerGroupSettings
from kcli.metadata.image import GROUP_RESOURCE
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError
from tests.group.support import Harness, answer, on_loop
from tests.group.test_consumer_group_machine import add_topic

TOPIC = bytes([7]) * 16
OTHER = bytes([8]) * 16
CLIENT = Client("client", "/127.0.0.1")


async def harness(**settings: Any) -> Harness:
    h = Harness(**settings)
    add_topic(h.image, "t", TOPIC, 4)
    add_topic(h.image, "other", OTHER, 2)
    return await h.start()


def beat(
    h: Harness, member: str, epoch: int, *, owned: dict[bytes, list[int]] | None = None, group: str = "g",
    version: int = 1, **fields: Any,
) -> asyncio.Future[Any]:  # fmt: skip
    request = messages.ConsumerGroupHeartbeatRequest(group_id=group, member_id=member, member_epoch=epoch, **fields)
    if owned is not None:
        made = messages.ConsumerGroupHeartbeatRequest.TopicPartitions
        request.topic_partitions = [made(topic_id=topic, partitions=partitions) for topic, partitions in owned.items()]
    return answer(lambda: h.coordinator.consumer_heartbeat(request, version, CLIENT))


def join(h: Harness, member: str, topics: tuple[str, ...] = ("t",), **fields: Any) -> asyncio.Future[Any]:
    fields = {"rebalance_timeout_ms": 30_000, "subscribed_topic_names": list(topics), **fields}
    return beat(h, member, 0, owned={}, **fields)


def assigned(response: Any) -> dict[bytes, list[int]] | None:
    assert response.error_code == 0, response
    if response.assignment is None:
        return None
    return {t.topic_id: sorted(t.partitions) for t in response.assignment.topic_partitions}


async def described(h: Harness, group: str = "g") -> Any:
    return await h.coordinator.describe_consumer_group(group)


async def two_members(h: Harness) -> None:
    """m1 and m2, both with two partitions, in epoch 3."""
    await join(h, "m1")
    await h.advance(1.1)
    await join(h, "m2")
    await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})
    assert assigned(await beat(h, "m1", 2, owned={TOPIC: [0, 1]})) is None
    assert assigned(await beat(h, "m2", 3)) == {TOPIC: [2, 3]}
    assert (await described(h)).group_state == "Stable"


@on_loop
async def test_a_partition_is_revoked_before_another_member_gets_it() -> None:
    h = await harness()
    first = await join(h, "m1")
    assert (first.member_epoch, first.heartbeat_interval_ms, assigned(first)) == (2, 5_000, {TOPIC: [0, 1, 2, 3]})
    await h.advance(1.1)
    second = await join(h, "m2")
    assert (second.member_epoch, assigned(second)) == (3, {})
    assert (await described(h)).group_state == "Reconciling"
    assert assigned(await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})) == {TOPIC: [0, 1]}
    assert assigned(await beat(h, "m2", 3)) is None
    assert assigned(await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})) is None
    done = await beat(h, "m1", 2, owned={TOPIC: [0, 1]})
    assert (done.member_epoch, assigned(done)) == (3, None)
    assert assigned(await beat(h, "m2", 3)) == {TOPIC: [2, 3]}
    assert (await described(h)).group_state == "Stable"


@on_loop
async def test_targets_are_not_computed_more_often_than_the_interval_allows() -> None:
    h = await harness()
    await join(h, "m1")
    assert (await join(h, "m2")).member_epoch == 2
    assert (await described(h)).group_state == "Assigning"
    await h.advance(1.1)
    assert (await beat(h, "m2", 2)).member_epoch == 3


@on_loop
async def test_old_and_future_epochs_are_fenced_but_a_lost_answer_is_forgiven() -> None:
    h = await harness()
    await two_members(h)
    assert (await beat(h, "m1", 4)).error_code == errors.FENCED_MEMBER_EPOCH
    assert (await beat(h, "m1", 1)).error_code == errors.FENCED_MEMBER_EPOCH
    assert (await beat(h, "m1", 2)).error_code == errors.FENCED_MEMBER_EPOCH
    assert (await beat(h, "m1", 2, owned={TOPIC: [0, 3]})).error_code == errors.FENCED_MEMBER_EPOCH
    assert (await beat(h, "m1", 2, owned={TOPIC: [0]})).member_epoch == 3
    assert (await beat(h, "m9", 3)).error_code == errors.UNKNOWN_MEMBER_ID
    assert (await beat(h, "m1", 3, group="none")).error_code == errors.GROUP_ID_NOT_FOUND
    rejoined = await join(h, "m1")
    assert (rejoined.member_epoch, assigned(rejoined)) == (3, {TOPIC: [0, 1]})


@on_loop
async def test_a_session_ends_without_heartbeats_and_frees_the_partitions() -> None:
    h = await harness()
    await two_members(h)
    await h.advance(40)
    await beat(h, "m1", 3)
    await h.advance(6)
    assert [member.member_id for member in (await described(h)).members] == ["m1"]
    assert assigned(await beat(h, "m1", 3)) == {TOPIC: [0, 1, 2, 3]}


@on_loop
async def test_a_member_that_does_not_revoke_in_time_is_out() -> None:
    h = await harness()
    await join(h, "m1", rebalance_timeout_ms=5_000)
    await h.advance(1.1)
    await join(h, "m2")
    await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})
    await h.advance(4)
    await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})
    await h.advance(1.1)
    assert (await beat(h, "m1", 2)).error_code == errors.UNKNOWN_MEMBER_ID
    assert assigned(await beat(h, "m2", 3)) == {TOPIC: [0, 1, 2, 3]}


@on_loop
async def test_sessions_begin_anew_after_a_restart_and_so_do_revocations() -> None:
    h = await harness()
    await join(h, "m1", rebalance_timeout_ms=5_000)
    await h.advance(1.1)
    await join(h, "m2")
    await beat(h, "m1", 2, owned={TOPIC: [0, 1, 2, 3]})
    before = await described(h)
    await h.restart()
    assert await described(h) == before
    await h.advance(5.1)
    assert [member.member_id for member in (await described(h)).members] == ["m2"]
    await h.advance(45)
    assert (await described(h)).group_state == "Empty"


@on_loop
async def test_a_group_may_have_its_own_times() -> None:
    h = await harness()
    for name, value in (("consumer.session.timeout.ms", "8000"), ("consumer.heartbeat.interval.ms", "700")):
        record = messages.ConfigRecord(resource_type=GROUP_RESOURCE, resource_name="g", name=name, value=value)
        h.image.apply(record)
    assert (await join(h, "m1")).heartbeat_interval_ms == 700
    await h.advance(8.1)
    assert (await described(h)).members == []


@on_loop
async def test_static_members_come_back_under_another_id_with_what_they_had() -> None:
    h = await harness()
    await join(h, "a", instance_id="i")
    assert (await join(h, "b", instance_id="i")).error_code == errors.UNRELEASED_INSTANCE_ID
    assert (await beat(h, "b", 2, instance_id="i")).error_code == errors.FENCED_INSTANCE_ID
    assert (await beat(h, "a", 2, instance_id="x")).error_code == errors.UNKNOWN_MEMBER_ID
    assert (await beat(h, "a", -2, instance_id="i")).member_epoch == -2
    assert (await beat(h, "a", 2, instance_id="i")).error_code == errors.FENCED_MEMBER_EPOCH
    await h.advance(1.1)
    back = await join(h, "b", instance_id="i")
    assert (back.member_epoch, assigned(back)) == (2, {TOPIC: [0, 1, 2, 3]})
    await h.advance(44)  # the session of the one that left must not end the other's
    await beat(h, "b", 2, instance_id="i")
    await h.advance(2)
    group = await described(h)
    assert [(m.member_id, m.instance_id) for m in group.members] == [("b", "i")]
    assert (group.group_epoch, group.group_state) == (2, "Stable")


@on_loop
async def test_a_static_member_that_stays_away_is_forgotten() -> None:
    h = await harness()
    await join(h, "a", instance_id="i")
    await beat(h, "a", -2, instance_id="i")
    await h.advance(45.1)
    assert (await described(h)).group_state == "Empty"


@on_loop
async def test_new_partitions_topics_and_matches_of_expressions_are_handed_out() -> None:
    h = await harness()
    await join(h, "m1", (), subscribed_topic_regex="t.*")
    await h.advance(1.1)
    assert assigned(await beat(h, "m1", 1)) == {TOPIC: [0, 1, 2, 3]}
    h.coordinator._topics_changed([messages.TopicRecord()])
    add_topic(h.image, "t2", bytes([9]) * 16, 1)
    h.metadata.topics_added()
    await h.advance(10.1)
    await beat(h, "m1", 2)
    assert assigned(await beat(h, "m1", 2)) == {TOPIC: [0, 1, 2, 3], bytes([9]) * 16: [0]}
    assert (await described(h)).members[0].subscribed_topic_regex == "t.*"
    refused = await join(h, "m2", (), subscribed_topic_regex="(")
    assert refused.error_code == errors.INVALID_REGULAR_EXPRESSION
    assert [m.member_id for m in (await described(h)).members] == ["m1"]
    await beat(h, "m1", -1)
    await h.restart()
    assert h.coordinator._live("g").shard.consumers["g"].resolved == {}


@on_loop
async def test_most_members_choose_the_assignor() -> None:
    h = await harness()
    await join(h, "m1", server_assignor="range")
    assert (await described(h)).assignor_name == "range"
    refused = await join(h, "m2", server_assignor="mine")
    assert refused.error_code == errors.UNSUPPORTED_ASSIGNOR


@on_loop
async def test_a_full_group_takes_nobody_else() -> None:
    h = await harness()
    h.metadata._defaults = ConsumerGroupSettings(max_size=1)
    await join(h, "m1")
    assert (await join(h, "m2")).error_code == errors.GROUP_MAX_SIZE_REACHED
    assert (await join(h, "m1")).error_code == 0


@on_loop
async def test_commits_need_an_epoch_that_the_partition_has_been_the_members_in() -> None:
    h = await harness()
    await two_members(h)

    async def code(member: str, epoch: int, *partitions: int, version: int = 9) -> int:
        offsets = {("t", partition): 5 for partition in partitions}
        try:
            result = await h.commit("g", offsets, member=member, generation=epoch, version=version, topic_id=TOPIC)
        except KafkaError as error:
            return error.code
        return max(result.values())

    assert await code("m1", 3, 0, 3) == 0
    assert await code("m1", 2, 0, 1) == 0
    assert await code("m1", 2, 0, 2) == errors.STALE_MEMBER_EPOCH
    assert await code("m2", 2, 2) == errors.STALE_MEMBER_EPOCH
    assert await code("m1", 4, 0) == errors.STALE_MEMBER_EPOCH
    assert await code("m9", 3, 0) == errors.UNKNOWN_MEMBER_ID
    assert await code("", -1, 0) == errors.UNKNOWN_MEMBER_ID
    assert await code("m1", 3, 0, version=8) == errors.UNSUPPORTED_VERSION
    await beat(h, "m1", -1)
    await beat(h, "m2", -1)
    assert await code("", -1, 0) == 0


@on_loop
async def test_members_fetch_offsets_in_their_own_epoch_only() -> None:
    h = await harness()
    await two_members(h)
    await h.coordinator.fetch_offsets("g", "m1", 3)
    await h.coordinator.fetch_offsets("g", None, -1)
    for member, epoch, code in (("m1", 2, errors.STALE_MEMBER_EPOCH), ("m9", 3, errors.UNKNOWN_MEMBER_ID)):
        with pytest.raises(KafkaError) as caught:
            await h.coordinator.fetch_offsets("g", member, epoch)
        assert caught.value.code == code


@on_loop
async def test_only_an_empty_group_is_deleted_or_forgets_offsets_of_its_topics() -> None:
    h = await harness()
    await join(h, "m1")
    await h.commit("g", {("t", 0): 1, ("other", 0): 1}, member="m1", generation=2, topic_id=TOPIC)
    with pytest.raises(KafkaError) as caught:
        await h.coordinator.delete_group("g")
    assert caught.value.code == errors.NON_EMPTY_GROUP
    topic = messages.OffsetDeleteRequest.OffsetDeleteRequestTopic
    index = messages.OffsetDeleteRequest.OffsetDeleteRequestPartition(partition_index=0)
    request = messages.OffsetDeleteRequest(
        group_id="g", topics=[topic(name=name, partitions=[index]) for name in ("t", "other")]
    )
    assert await h.coordinator.delete_offsets(request) == {
        ("t", 0): errors.GROUP_SUBSCRIBED_TO_TOPIC, ("other", 0): errors.NONE,
    }  # fmt: skip
    await beat(h, "m1", -1)
    await h.coordinator.delete_group("g")
    await h.restart()
    assert h.coordinator.list_groups([], []) == [] and await h.committed("g") == {}


@on_loop
async def test_offsets_of_subscribed_topics_do_not_expire_and_an_empty_group_does() -> None:
    h = await harness(offsets_retention_minutes=1)
    await join(h, "m1")
    await h.commit("g", {("t", 0): 1, ("other", 0): 1}, member="m1", generation=2, topic_id=TOPIC)
    for _ in range(20):
        await h.advance(40)
        await beat(h, "m1", 2)
    assert await h.committed("g") == {("t", 0): 1}
    await beat(h, "m1", -1)
    await h.advance(1_300)
    await h.restart()
    assert h.coordinator.list_groups([], []) == []


@on_loop
async def test_an_admin_takes_members_out() -> None:
    h = await harness()
    await two_members(h)
    await join(h, "m3", instance_id="i3")
    left = await h.leave("g", "m1", "nobody", instances=["i3", "i9"])
    assert [(member.member_id, member.error_code) for member in left.members] == [
        ("m1", 0), ("nobody", errors.UNKNOWN_MEMBER_ID), ("m3", 0), ("", errors.UNKNOWN_MEMBER_ID),
    ]  # fmt: skip
    assert (await beat(h, "m1", 3)).error_code == errors.UNKNOWN_MEMBER_ID
    await h.restart()
    await h.advance(1.1)
    assert assigned(await beat(h, "m2", 3)) == {TOPIC: [0, 1, 2, 3]}
    assert [member.member_id for member in (await described(h)).members] == ["m2"]
    assert (await h.leave("g", "nobody")).members[0].error_code == errors.UNKNOWN_MEMBER_ID


@on_loop
async def test_an_empty_classic_group_becomes_a_consumer_group_and_back_with_its_offsets() -> None:
    h = await harness()
    classic = await h.member("g")
    await h.stable(classic)
    refused = await join(h, "m1")
    assert refused.error_code == errors.GROUP_ID_NOT_FOUND
    await h.leave("g", classic)
    await h.commit("g", {("t", 0): 5})
    assert (await join(h, "m1")).member_epoch == 2
    with pytest.raises(KafkaError, match="Group g is not a classic group"):
        h.coordinator.describe("g")
    assert (await h.join("g", protocol_type="connect")).error_code == errors.INCONSISTENT_GROUP_PROTOCOL
    await h.restart()
    listed = h.coordinator.list_groups([], [])
    assert [(g.group_type, g.protocol_type, g.group_state) for g in listed] == [("consumer", "consumer", "Stable")]
    await beat(h, "m1", -1)
    await h.stable(await h.member("g"))
    await h.restart()
    assert h.state("g") == "Stable" and await h.committed("g") == {("t", 0): 5}


@on_loop
async def test_nobody_hears_of_what_is_not_in_the_log() -> None:
    h = await harness()
    h.store.gate.clear()
    waiting = join(h, "m1")
    await asyncio.sleep(0.01)
    assert not waiting.done()
    h.store.fail_with = errors.NOT_ENOUGH_REPLICAS
    h.store.gate.set()
    assert (await waiting).error_code == errors.COORDINATOR_NOT_AVAILABLE
    h.store.fail_with = None
    await h.coordinator.loaded()
    assert h.coordinator.list_groups([], []) == []
    assert (await join(h, "m1")).member_epoch == 2


@on_loop
async def test_what_is_too_large_for_the_log_changes_nothing() -> None:
    h = await harness(message_max_bytes=2_000)
    await join(h, "m1")
    before = await described(h)
    assert (await join(h, "m2", tuple(f"topic-{n}" for n in range(500)))).error_code == errors.UNKNOWN_SERVER_ERROR
    await h.coordinator.loaded()
    assert await described(h) == before


@on_loop
async def test_metadata_that_kafka_before_4_1_kept_is_deleted_when_met() -> None:
    h = await harness()
    partition = h.coordinator.partition_of("g")
    member = ConsumerMember(
        "m1", client_id="c", client_host="/h", topics=frozenset("t"), rebalance_timeout_ms=1, epoch=1
    )
    key, _ = group_records.tombstone(group_records.PARTITION_METADATA, group_id="g")
    value = messages.ConsumerGroupPartitionMetadataValue(topics=[])
    for record in (
        group_records.member("g", member), (key, b"\0\0" + value.encode_bytes(0)), group_records.current("g", member)
    ):  # fmt: skip
        h.store.put(partition, *record)
    await h.restart()
    assert assigned(await beat(h, "m1", 1)) == {TOPIC: [0, 1, 2, 3]}
    assert [record.value for record in h.store.logs[partition] if record.key == key][-1] is None


@on_loop
async def test_an_expression_that_only_another_broker_understood_stands_for_nothing() -> None:
    h = await harness()
    member = ConsumerMember("m1", client_id="c", client_host="/h", regex="(?=t)", rebalance_timeout_ms=1, epoch=1)
    for record in (group_records.member("g", member), group_records.current("g", member)):
        h.store.put(h.coordinator.partition_of("g"), *record)
    await h.restart()
    assert assigned(await beat(h, "m1", 1)) is None
    assert (await described(h)).group_state == "Stable"


MALFORMED = [
    ({"member": ""}, "MemberId can't be empty."),
    ({"member": "", "version": 0, "epoch": 1}, "MemberId can't be empty."),
    ({"group": " "}, "GroupId can't be empty."),
    ({"epoch": 1, "instance_id": ""}, "InstanceId can't be empty."),
    ({"epoch": 1, "rack_id": " "}, "RackId can't be empty."),
    ({"rebalance_timeout_ms": -1}, "RebalanceTimeoutMs must be provided in first request."),
    ({"owned": {TOPIC: [0]}}, "TopicPartitions must be empty when (re-)joining."),
    ({"subscribed_topic_names": None}, "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when "),
    ({"epoch": -2}, "InstanceId can't be null."),
    ({"epoch": -3}, "MemberEpoch is invalid."),
]


@pytest.mark.parametrize(("wrong", "text"), MALFORMED)
def test_requests_that_make_no_sense(wrong: dict[str, Any], text: str) -> None:
    @on_loop
    async def run() -> None:
        h = await harness()
        fields: dict[str, Any] = {
            "member": "m", "epoch": 0, "owned": {}, "rebalance_timeout_ms": 1, "subscribed_topic_names": ["t"], **wrong
        }  # fmt: skip
        request = messages.ConsumerGroupHeartbeatRequest(
            group_id=fields.pop("group", "g"), member_id=fields.pop("member"), member_epoch=fields.pop("epoch")
        )
        made = messages.ConsumerGroupHeartbeatRequest.TopicPartitions
        owned = fields.pop("owned")
        request.topic_partitions = [made(topic_id=topic, partitions=partitions) for topic, partitions in owned.items()]
        version = fields.pop("version", 1)
        for name, value in fields.items():
            setattr(request, name, value)
        with pytest.raises(KafkaError) as caught:
            h.coordinator.consumer_heartbeat(request, version, CLIENT)
        assert caught.value.code == errors.INVALID_REQUEST
        assert caught.value.message.startswith(text)

    run()


@on_loop
async def test_a_member_without_an_id_is_given_one_in_version_0() -> None:
    h = await harness()
    joined = await join(h, "", version=0)
    assert len(uuid.from_text(joined.member_id)) == 16
    assert (await beat(h, joined.member_id, joined.member_epoch, version=0)).error_code == 0
