"""A consumer group's whole life at real Kafka 4.3.0 and at ours: the same answers, and the same records in the log."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.group import consumer_group_records as group_records
from kcli.group.log_records import CONSUMER_GROUP_KEYS
from kcli.group.partitioner import partition_for
from kcli.records.batch import iterate_batches
from kcli.records.reader import read_records
from kcli.wire import errors, messages
from tests.api.test_like_kafka import Pair, Side, pair  # noqa: F401  a fixture

pytestmark = pytest.mark.interop

GROUP_RESOURCE, SET = 32, 0
EARLIEST = -2
DIFFERS = {"timestamp", "assignment_timestamp", "metadata_hash", "version"}


class Group:
    """Requests about one group, to both sides; its targets are computed without any wait."""

    def __init__(self, both: Pair, group_id: str) -> None:
        self.pair, self.group_id = both, group_id
        self._await_coordinator()
        configs = messages.IncrementalAlterConfigsRequest
        setting = configs.AlterableConfig(name="consumer.assignment.interval.ms", config_operation=SET, value="0")
        resource = configs.AlterConfigsResource(resource_type=GROUP_RESOURCE, resource_name=group_id, configs=[setting])
        self.pair.same(configs(resources=[resource], validate_only=False), 1)

    def _await_coordinator(self) -> None:
        find = messages.FindCoordinatorRequest(key_type=0, coordinator_keys=[self.group_id])
        describe = messages.ConsumerGroupDescribeRequest(group_ids=[self.group_id])
        for side in self.pair.sides:
            while side.request(find, 4).coordinators[0].error_code:
                pass
            while side.request(describe, 1).groups[0].error_code != errors.GROUP_ID_NOT_FOUND:
                pass

    def beat(
        self, member: str, epoch: int, owned: dict[str, list[int]] | None = None, version: int = 1, **fields: Any
    ) -> Any:
        made = messages.ConsumerGroupHeartbeatRequest.TopicPartitions

        def make(side: Side) -> Any:
            partitions = None
            if owned is not None:
                partitions = [made(topic_id=side.ids[topic], partitions=given) for topic, given in owned.items()]
            return messages.ConsumerGroupHeartbeatRequest(
                group_id=self.group_id, member_id=member, member_epoch=epoch, topic_partitions=partitions, **fields
            )

        return self.pair.same(make, version, f"{member} in epoch {epoch}")

    def join(self, member: str, *topics: str, **fields: Any) -> Any:
        fields = {"rebalance_timeout_ms": 60_000, "subscribed_topic_names": list(topics), **fields}
        return self.beat(member, 0, {}, **fields)

    def describe(self) -> Any:
        return described(self.pair, self.group_id)[0]

    def commit(self, member: str, epoch: int, topic: str, *partitions: int, version: int = 9) -> None:
        request = messages.OffsetCommitRequest
        made = [
            request.OffsetCommitRequestPartition(partition_index=index, committed_offset=1, committed_metadata="")
            for index in partitions
        ]

        def make(side: Side) -> Any:
            named = request.OffsetCommitRequestTopic(name=topic, topic_id=side.ids[topic], partitions=made)
            return request(
                group_id=self.group_id, member_id=member, generation_id_or_member_epoch=epoch, topics=[named]
            )

        self.pair.same(make, version, f"commit of {partitions} by {member} in epoch {epoch}")

    def fetch_offsets(self, member: str | None, epoch: int) -> None:
        group = messages.OffsetFetchRequest.OffsetFetchRequestGroup(
            group_id=self.group_id, member_id=member, member_epoch=epoch, topics=None
        )
        answers = []
        for side in self.pair.sides:
            (answer,) = side.request(messages.OffsetFetchRequest(groups=[group]), 9).groups
            found = [(t.name, p.partition_index, p.committed_offset) for t in answer.topics for p in t.partitions]
            answers.append((answer.error_code, sorted(found)))
        assert answers[0] == answers[1]

    def same_log(self) -> list[Any]:
        """What both sides have written about the group, apart from times and what depends on topic ids."""
        logs = [self._log(side) for side in self.pair.sides]
        assert logs[0] == logs[1]
        return logs[0]

    def _log(self, side: Side) -> list[Any]:
        fetch = messages.FetchRequest
        partition = fetch.FetchPartition(partition=partition_for(self.group_id, 50), partition_max_bytes=1 << 20)
        topic = fetch.FetchTopic(topic="__consumer_offsets", partitions=[partition])
        answer = side.request(fetch(max_wait_ms=0, min_bytes=0, max_bytes=1 << 20, topics=[topic]), 12)
        data = bytes(answer.responses[0].partitions[0].records)
        found = []
        for _, start, _ in iterate_batches(data):
            for record in read_records(data, start):
                key, value = bytes(record.key or b""), None if record.value is None else bytes(record.value)
                kind = int.from_bytes(key[:2], "big")
                parsed = self._parse(side, kind, key, value)
                if parsed is not None:
                    found.append((kind, *parsed))
        return found

    def _parse(self, side: Side, kind: int, key: bytes, value: bytes | None) -> tuple[Any, Any] | None:
        """Key and value as far as they are to be the same on both sides; None if they are about something else."""
        if kind not in CONSUMER_GROUP_KEYS:
            return None
        parsed, said = group_records.parse(kind, key, value)
        if parsed.group_id != self.group_id:
            return None
        return parsed.to_dict(), None if said is None else self._plain(side, said)

    @staticmethod
    def _plain(side: Side, value: Any) -> Any:
        plain = side.comparable(value.to_dict())
        return {name: item for name, item in plain.items() if name not in DIFFERS}


def described(both: Pair, *group_ids: str) -> Any:
    request = messages.ConsumerGroupDescribeRequest(group_ids=list(group_ids), include_authorized_operations=True)
    for version in (0, 1):
        ours, real = (side.comparable(side.request(request, version).to_dict())["groups"] for side in both.sides)
        for group in (*ours, *real):
            group["members"].sort(key=lambda member: member["member_id"])
        for groups in (ours, real):
            groups.sort(key=lambda group: group["group_id"])
        assert ours == real
    return ours


def test_members_come_and_go(pair: Pair) -> None:  # noqa: F811
    topic, other = pair.create("cg-life", partitions=4), pair.create("cg-life-other", partitions=2)
    group = Group(pair, "cg-life")
    group.beat("m1", 5)
    group.beat("m1", -1)
    group.join("m1", subscribed_topic_regex="[a")
    assert group.join("m1", topic)["member_epoch"] == 2
    group.describe()
    for epoch in (2, 1, 3):
        group.beat("m1", epoch)
    group.join("m2", topic)
    group.beat("m1", 2, {topic: [0, 1, 2, 3]})
    assert group.describe()["group_state"] == "Reconciling"
    group.beat("m1", 2, {topic: [0, 1, 2, 3]})
    group.beat("m1", 2, {topic: [0, 1]})
    group.commit("m1", 2, topic, 0, 1, version=10)
    group.commit("m1", 2, topic, 0, 2)
    group.beat("m2", 3)
    assert group.describe()["group_state"] == "Stable"
    for epoch, partitions, version in ((3, (0, 3), 9), (4, (0,), 9), (3, (0,), 8), (2, (2,), 9), (3, (1,), 10)):
        group.commit("m1", epoch, topic, *partitions, version=version)
    group.commit("nobody", 3, topic, 0)
    group.commit("", -1, topic, 0)
    for member, epoch in ((None, -1), ("m1", 3), ("m1", 2), ("nobody", 3)):
        group.fetch_offsets(member, epoch)
    group.beat("m2", -1)
    group.beat("m1", 3)
    group.beat("m1", 4, {topic: [0, 1]}, rebalance_timeout_ms=60_000, subscribed_topic_names=[topic])
    group.beat("m1", 4, {topic: [0, 1, 2, 3]}, rebalance_timeout_ms=1_000, subscribed_topic_names=[other])
    group.describe()
    group.beat("m1", 4, {})
    group.beat("m1", 5, {other: [0, 1]})
    pair.same(messages.DeleteGroupsRequest(groups_names=["cg-life"]), 2)
    group.beat("m1", -1)
    assert group.describe()["group_state"] == "Empty"
    pair.same(messages.DeleteGroupsRequest(groups_names=["cg-life"]), 2)
    group.describe()
    assert len(group.same_log()) > 25


def test_static_members(pair: Pair) -> None:  # noqa: F811
    topic = pair.create("cg-static", partitions=3)
    group = Group(pair, "cg-static")
    group.join("a1", topic, instance_id="i1")
    group.join("a2", topic, instance_id="i1")
    group.beat("a2", 2, instance_id="i1")
    group.beat("a1", 2, instance_id="i9")
    group.beat("a1", -2, instance_id="i1")
    group.describe()
    group.beat("a1", 2, instance_id="i1")
    group.commit("a1", 2, topic, 0)
    group.join("a2", topic, instance_id="i1")
    group.describe()
    group.beat("a1", -1, instance_id="i1")
    group.beat("a2", -1, instance_id="i1")
    group.describe()
    assert len(group.same_log()) > 15


def test_regular_expressions_and_assignors(pair: Pair) -> None:  # noqa: F811
    pair.create("cg-regex", partitions=3)
    group = Group(pair, "cg-regex")
    assert group.join("x1", subscribed_topic_regex="cg-reg.x")["member_epoch"] == 1
    find = messages.ConsumerGroupDescribeRequest(group_ids=["cg-regex"])
    for side in pair.sides:
        while side.request(find, 1).groups[0].group_epoch < 2:  # Kafka resolves them beside its requests
            pass
    assert group.beat("x1", 1)["assignment"] is not None
    group.join("x2", subscribed_topic_regex="cg-reg.x", server_assignor="range")
    group.join("x3", "cg-regex", server_assignor="range")
    group.beat("x3", 4, server_assignor="unheard-of")
    group.beat("x2", -1)
    group.beat("x1", -1)
    group.beat("x3", -1)
    assert len(group.same_log()) > 15


def test_topics_that_do_not_exist_and_requests_that_make_no_sense(pair: Pair) -> None:  # noqa: F811
    group = Group(pair, "cg-odd")
    group.join("x1", "cg-missing")
    group.join("x2")
    group.beat("x1", 2)
    senseless: tuple[dict[str, Any], ...] = (
        {"member": "", "epoch": 0}, {"member": "m", "epoch": 0}, {"member": "m", "epoch": -2},
        {"member": "m", "epoch": 0, "rebalance_timeout_ms": 1}, {"member": "m", "epoch": -3},
        {"member": "m", "epoch": 0, "rebalance_timeout_ms": 1, "owned": {}},
        {"member": "m", "epoch": 1, "instance_id": ""}, {"member": "m", "epoch": 1, "rack_id": ""},
        {"member": "", "epoch": 1, "version": 0}, {"member": "x1", "epoch": 2, "version": 0},
    )  # fmt: skip
    for fields in senseless:
        group.beat(**fields)
    described(pair, "", "cg-odd", "cg-none")
    group.same_log()
