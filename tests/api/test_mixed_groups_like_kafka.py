"""Groups of members of both protocols at real Kafka 4.3.0 and at ours: the same answers, and the same records.

Ids of classic members are made by the broker: each test calls them by a name, which stands for another id on each side.
"""

from __future__ import annotations

import struct
from itertools import groupby
from typing import Any

import pytest

from kcli.group import consumer_group_records as group_records
from kcli.group import log_records
from kcli.group.log_records import CONSUMER_GROUP_KEYS, GROUP_METADATA
from kcli.wire import errors, messages
from tests.api.test_consumer_group_like_kafka import Group
from tests.api.test_like_kafka import Pair, Side, pair  # noqa: F401  a fixture

pytestmark = pytest.mark.interop

TIMES = {"current_state_timestamp"}


class MixedGroup(Group):
    """A group whose classic members are called by name."""

    def __init__(self, both: Pair, group_id: str) -> None:
        super().__init__(both, group_id)
        self.ids: dict[Side, dict[str, str]] = {side: {} for side in both.sides}

    def _id(self, side: Side, name: str) -> str:
        return self.ids[side].get(name, name)

    def _named(self, side: Side, value: Any) -> Any:
        names = {member_id: name for name, member_id in self.ids[side].items()}
        if isinstance(value, dict):
            return {key: self._named(side, item) for key, item in value.items() if key not in TIMES}
        if isinstance(value, list):
            return [self._named(side, item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    def ask(self, make: Any, version: int, new_name: str | None = None) -> Any:
        """The one answer of both sides; what it says is the id of `new_name` is called that from then on."""
        answers = []
        for side in self.pair.sides:
            answer = side.request(make(side), version)
            if new_name is not None:
                self.ids[side][new_name] = answer.member_id
            answers.append(self._named(side, side.comparable(answer.to_dict())))
        assert answers[0] == answers[1]
        return answers[0]

    def join_classic(
        self, name: str, topic: str, owned: tuple[int, ...] = (), *, protocol: str = "range",
        instance: str | None = None, protocol_type: str = "consumer", is_new: bool = False, version: int = 9,
    ) -> Any:  # fmt: skip
        subscription = messages.ConsumerProtocolSubscription
        made = subscription(
            topics=[topic], owned_partitions=[subscription.TopicPartition(topic=topic, partitions=owned)]
        )
        metadata = struct.pack(">h", 1) + bytes(made.encode_bytes(1))
        entry = messages.JoinGroupRequest.JoinGroupRequestProtocol(name=protocol, metadata=metadata)

        def make(side: Side) -> Any:
            return messages.JoinGroupRequest(
                group_id=self.group_id, member_id="" if is_new else self._id(side, name), group_instance_id=instance,
                session_timeout_ms=30_000, rebalance_timeout_ms=60_000, protocol_type=protocol_type, protocols=[entry],
            )  # fmt: skip

        return self.ask(make, version, name if is_new else None)

    def sync(self, name: str, generation: int, assignment: bytes = b"", **fields: Any) -> Any:
        def make(side: Side) -> Any:
            entry = messages.SyncGroupRequest.SyncGroupRequestAssignment
            given = [entry(member_id=self._id(side, name), assignment=assignment)] if assignment else []
            return messages.SyncGroupRequest(
                group_id=self.group_id, member_id=self._id(side, name), generation_id=generation, assignments=given,
                **{"protocol_type": "consumer", "protocol_name": "range", **fields},
            )  # fmt: skip

        return self.ask(make, 5)

    def heartbeat(self, name: str, generation: int, instance: str | None = None) -> int:
        def make(side: Side) -> Any:
            return messages.HeartbeatRequest(
                group_id=self.group_id, member_id=self._id(side, name), generation_id=generation,
                group_instance_id=instance,
            )  # fmt: skip

        code: int = self.ask(make, 4)["error_code"]
        return code

    def leave(self, name: str) -> None:
        entry = messages.LeaveGroupRequest.MemberIdentity

        def make(side: Side) -> Any:
            return messages.LeaveGroupRequest(
                group_id=self.group_id, members=[entry(member_id=self._id(side, name), reason="")]
            )

        self.ask(make, 5)

    def describe_both(self) -> tuple[Any, Any]:
        """As a consumer group, and as a classic one."""
        consumer = messages.ConsumerGroupDescribeRequest(group_ids=[self.group_id])
        classic = messages.DescribeGroupsRequest(groups=[self.group_id])
        found = []
        for request, version in ((consumer, 1), (classic, 6)):
            sides = []
            for side in self.pair.sides:
                (group,) = self._named(side, side.comparable(side.request(request, version).to_dict()))["groups"]
                group["members"].sort(key=lambda member: member["member_id"])
                sides.append(group)
            assert sides[0] == sides[1]
            found.append(sides[0])
        return found[0], found[1]

    def _log(self, side: Side) -> list[Any]:
        """Kafka writes what it has for each member in the order of a hash map of their ids."""
        found = super()._log(side)
        runs = (list(run) for _, run in groupby(found, key=lambda record: record[0]))
        return [record for run in runs for record in sorted(run, key=repr)]

    def _parse(self, side: Side, kind: int, key: bytes, value: bytes | None) -> tuple[Any, Any] | None:
        if kind == GROUP_METADATA:
            parsed = messages.GroupMetadataKey.decode(key, 0, 2)[0]
            if parsed.group != self.group_id:
                return None
            return "classic", None if value is None else self._named(side, log_records.parse_group(value).to_dict())
        if kind not in CONSUMER_GROUP_KEYS:
            return None
        parsed, said = group_records.parse(kind, key, value)
        if parsed.group_id != self.group_id:
            return None
        return self._named(side, parsed.to_dict()), None if said is None else self._named(side, self._plain(side, said))


def assignment(topic: str, *partitions: int) -> bytes:
    made = messages.ConsumerProtocolAssignment
    message = made(assigned_partitions=[made.TopicPartition(topic=topic, partitions=list(partitions))])
    return struct.pack(">h", 1) + bytes(message.encode_bytes(1))


def test_a_group_is_upgraded_and_downgraded_member_by_member(pair: Pair) -> None:  # noqa: F811
    topic, other = pair.create("mixed", partitions=6), pair.create("mixed-other")
    group = MixedGroup(pair, "mixed")
    assert group.join_classic("c1", topic, is_new=True)["error_code"] == errors.MEMBER_ID_REQUIRED
    assert group.join_classic("c1", topic)["generation_id"] == 1
    group.sync("c1", 1, assignment(topic, *range(6)))

    assert group.join("m1", topic)["member_epoch"] == 2
    assert [m["member_type"] for m in group.describe_both()[0]["members"]] == [0, 1]
    assert group.heartbeat("c1", 1) == errors.REBALANCE_IN_PROGRESS
    assert group.sync("c1", 1)["error_code"] == errors.REBALANCE_IN_PROGRESS
    assert group.join_classic("c1", topic, tuple(range(6)))["generation_id"] == 1
    group.sync("c1", 1)
    assert group.heartbeat("c1", 1) == errors.REBALANCE_IN_PROGRESS
    assert group.join_classic("c1", topic, (0, 1, 2))["generation_id"] == 2
    assert group.sync("c1", 2)["error_code"] == 0
    assert group.heartbeat("c1", 2) == 0
    group.beat("m1", 2)
    assert group.describe_both()[0]["group_state"] == "Stable"

    for name, generation in (("c1", 1), ("c1", 3), ("m1", 2), ("nobody", 2)):
        group.heartbeat(name, generation)
        group.sync(name, generation)
    group.sync("c1", 2, protocol_name="roundrobin")
    group.sync("c1", 2, protocol_type="connect")
    group.join_classic("c2", topic, is_new=True, protocol="roundrobin")
    group.join_classic("c2", topic, is_new=True, protocol_type="connect")

    group.join_classic("c2", other, is_new=True)
    assert group.join_classic("c2", other)["generation_id"] == 3
    group.sync("c2", 3)
    assert group.heartbeat("c2", 3) == 0
    group.leave("c2")
    group.leave("nobody")
    group.beat("m1", 2, {topic: [3, 4, 5]})
    group.describe_both()

    group.beat("m1", -1)
    classic = group.describe_both()[1]
    assert (classic["group_state"], len(classic["members"])) == ("PreparingRebalance", 1)
    assert group.heartbeat("c1", 2) == errors.ILLEGAL_GENERATION
    joined = group.join_classic("c1", topic, (0, 1))
    assert joined["leader"] == "c1"
    group.sync("c1", joined["generation_id"], assignment(topic, *range(6)))
    assert group.describe_both()[1]["group_state"] == "Stable"
    assert len(group.same_log()) > 20


def test_a_static_member_changes_its_protocol_and_back(pair: Pair) -> None:  # noqa: F811
    topic = pair.create("mixed-static", partitions=2)
    group = MixedGroup(pair, "mixed-static")
    assert group.join_classic("s1", topic, is_new=True, instance="i")["generation_id"] == 1
    group.sync("s1", 1, assignment(topic, 0, 1), group_instance_id="i")
    assert group.join("s2", topic, instance_id="i")["member_epoch"] == 1  # nothing but the protocol has changed
    assert group.heartbeat("s1", 1, "i") == errors.FENCED_INSTANCE_ID
    assert group.describe_both()[0]["members"][0]["member_type"] == 1

    joined = group.join_classic("s3", topic, is_new=True, instance="i")
    assert group.describe_both()[1]["group_state"] == "Stable"
    assert group.sync("s3", joined["generation_id"], group_instance_id="i")["assignment"] == assignment(topic, 0, 1)
    assert group.heartbeat("s3", joined["generation_id"], "i") == 0
    assert len(group.same_log()) > 20


def test_an_upgrade_interrupts_a_rebalance(pair: Pair) -> None:  # noqa: F811
    """A member that has joined and not been assigned anything yet is to join again."""
    topic, other = pair.create("mixed-early", partitions=2), pair.create("mixed-early-other", partitions=2)
    group = MixedGroup(pair, "mixed-early")
    group.join_classic("c1", topic, is_new=True)
    assert group.join_classic("c1", topic)["generation_id"] == 1
    group.join("m1", other)
    group.describe_both()
    assert group.heartbeat("c1", 1) == errors.REBALANCE_IN_PROGRESS
    joined = group.join_classic("c1", topic)
    group.sync("c1", joined["generation_id"])
    group.beat("m1", 2, {other: [0, 1]})
    group.heartbeat("c1", joined["generation_id"])
    group.describe_both()
    group.leave("c1")
    assert len(group.describe_both()[0]["members"]) == 1
    assert len(group.same_log()) > 10


def test_a_group_of_another_protocol_type_is_not_upgraded(pair: Pair) -> None:  # noqa: F811
    topic = pair.create("mixed-connect")
    group = MixedGroup(pair, "mixed-connect")
    group.join_classic("c1", topic, is_new=True, protocol_type="connect")
    assert group.join_classic("c1", topic, protocol_type="connect")["generation_id"] == 1
    assert group.join("m1", topic)["error_code"] == errors.GROUP_ID_NOT_FOUND
    group.describe_both()
