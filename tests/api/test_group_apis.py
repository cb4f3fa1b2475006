"""Every group request in every version, asked over a socket: of our broker, and, the judge, of real Kafka 4.3.0."""

from __future__ import annotations

import itertools
import socket
import struct
import time
import uuid as java_uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest

from kcli.api import (
    delete_groups,
    describe_groups,
    find_coordinator,
    heartbeat,
    join_group,
    leave_group,
    list_groups,
    offset_commit,
    offset_delete,
    offset_fetch,
    sync_group,
)
from kcli.api.authorized import GROUP_OPERATIONS, NOT_ASKED
from kcli.testing.broker import InProcessBroker
from kcli.wire import errors, frames, messages, uuid
from kcli.wire.apis import request_class

MODULES = (
    delete_groups, describe_groups, find_coordinator, heartbeat, join_group, leave_group, list_groups, offset_commit,
    offset_delete, offset_fetch, sync_group,
)  # fmt: skip
CONSUMER = "consumer"
_numbers = itertools.count(1)


class Asker:
    """One connection; `ask` sends a request in a version and gives the decoded answer."""

    def __init__(self, bootstrap: str) -> None:
        host, _, port = bootstrap.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=30)
        self._pool = ThreadPoolExecutor(1)

    def ask(self, body: Any, version: int) -> Any:
        number = next(_numbers)
        header = frames.RequestHeader(body.API_KEY, version, number, "asker")
        self._socket.sendall(frames.encode_request(header, body))
        (size,) = struct.unpack(">i", self._read(4))
        correlation_id, answer = frames.decode_response(body.API_KEY, version, self._read(size))
        assert correlation_id == number
        return answer

    def begin(self, body: Any, version: int) -> Any:
        """The same without waiting: a future."""
        return self._pool.submit(self.ask, body, version)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            assert part, "the broker has closed the connection"
            data += part
        return data

    def close(self) -> None:
        self._socket.close()
        self._pool.shutdown()


@pytest.fixture(scope="module", params=["ours", pytest.param("real", marks=pytest.mark.interop)])
def bootstrap(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "real":
        yield request.getfixturevalue("kafka_43").bootstrap
        return
    with InProcessBroker({"group.initial.rebalance.delay.ms": 100, "offsets.topic.num.partitions": 3}) as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def asker(bootstrap: str) -> Iterator[Asker]:
    asker = Asker(bootstrap)
    yield asker
    asker.close()


@pytest.fixture
def other(bootstrap: str) -> Iterator[Asker]:
    asker = Asker(bootstrap)
    yield asker
    asker.close()


@pytest.fixture
def group(asker: Asker) -> str:
    """A fresh group's id, whose coordinator is ready."""
    name = f"group-{java_uuid.uuid4()}"
    coordinator_of(asker, name)
    beat = messages.HeartbeatRequest(group_id=name, member_id="m", generation_id=1)
    wait_for(lambda: asker.ask(beat, 4).error_code == errors.UNKNOWN_MEMBER_ID)  # it has been loaded
    return name


@pytest.fixture
def topic(asker: Asker) -> tuple[str, bytes]:
    """A fresh topic of two partitions, by name and id."""
    return create_topic(asker, f"topic-{java_uuid.uuid4()}")


def create_topic(asker: Asker, name: str) -> tuple[str, bytes]:
    request = messages.CreateTopicsRequest
    wanted = request.CreatableTopic(name=name, num_partitions=2, replication_factor=1)
    (made,) = asker.ask(request(topics=[wanted], timeout_ms=30_000), 7).topics
    assert made.error_code == errors.NONE
    described = messages.MetadataRequest
    wait_for(
        lambda: asker.ask(described(topics=[described.MetadataRequestTopic(name=name)]), 12).topics[0].error_code == 0
    )
    return name, bytes(made.topic_id)


def wait_for(condition: Any) -> Any:
    for _ in range(200):
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError("it never came true")


def coordinator_of(asker: Asker, name: str) -> Any:
    def look() -> Any:
        request = messages.FindCoordinatorRequest(key_type=0, coordinator_keys=[name])
        (found,) = asker.ask(request, 4).coordinators
        return found if found.error_code == errors.NONE else None

    return wait_for(look)


def versions(name: str) -> Any:
    low, high = getattr(messages, name).VERSIONS
    return pytest.mark.parametrize("version", range(low, high + 1))


def subscription(*topics: str) -> bytes:
    return b"\0\0" + bytes(messages.ConsumerProtocolSubscription(topics=list(topics)).encode_bytes(0))


def join_request(group: str, member: str = "", metadata: bytes = b"", **fields: Any) -> Any:
    request = messages.JoinGroupRequest
    given = {"session_timeout_ms": 10_000, "rebalance_timeout_ms": 10_000, "protocol_type": CONSUMER, **fields}
    protocols = [request.JoinGroupRequestProtocol(name="range", metadata=metadata)]
    return request(group_id=group, member_id=member, protocols=protocols, **given)


def join(asker: Asker, group: str, version: int = 9, **fields: Any) -> Any:
    """The answer of a member that has joined, sent back with an id or not."""
    answer = asker.ask(join_request(group, **fields), version)
    if answer.error_code == errors.MEMBER_ID_REQUIRED:
        answer = asker.ask(join_request(group, answer.member_id, **fields), version)
    assert answer.error_code == errors.NONE
    return answer


def sync_request(group: str, joined: Any, version: int, assignment: bytes | None = None) -> Any:
    request = messages.SyncGroupRequest
    entry = request.SyncGroupRequestAssignment(member_id=joined.member_id, assignment=assignment or b"")
    named = {"protocol_type": CONSUMER, "protocol_name": "range"} if version >= 5 else {}
    return request(
        group_id=group, generation_id=joined.generation_id, member_id=joined.member_id,
        assignments=[entry] if assignment is not None else [], **named,
    )  # fmt: skip


def stable(asker: Asker, group: str, **fields: Any) -> Any:
    joined = join(asker, group, **fields)
    synced = asker.ask(sync_request(group, joined, 5, b"assigned"), 5)
    assert (synced.error_code, synced.assignment) == (errors.NONE, b"assigned")
    return joined


def leave(asker: Asker, group: str, member: str) -> Any:
    identity = messages.LeaveGroupRequest.MemberIdentity(member_id=member)
    return asker.ask(messages.LeaveGroupRequest(group_id=group, members=[identity]), 5)


def commit_request(group: str, topic: tuple[str, bytes], *partitions: int, offset: int = 5, **fields: Any) -> Any:
    request = messages.OffsetCommitRequest
    name, topic_id = topic
    wanted = [
        request.OffsetCommitRequestPartition(partition_index=index, committed_offset=offset, committed_metadata="m")
        for index in partitions
    ]
    topics = [request.OffsetCommitRequestTopic(name=name, topic_id=topic_id, partitions=wanted)]
    return request(group_id=group, topics=topics, **fields)


def commit(asker: Asker, group: str, topic: tuple[str, bytes], *partitions: int, **fields: Any) -> list[int]:
    answer = asker.ask(commit_request(group, topic, *partitions, **fields), 9)
    return [partition.error_code for topic in answer.topics for partition in topic.partitions]


def fetch_request(version: int, group: str, *topics: tuple[str, bytes], everything: bool = False) -> Any:
    request = messages.OffsetFetchRequest
    if version < 8:
        wanted = [request.OffsetFetchRequestTopic(name=name, partition_indexes=[0, 1]) for name, _ in topics]
        return request(group_id=group, topics=None if everything else wanted)
    wanted = [
        request.OffsetFetchRequestTopics(name=name, topic_id=topic_id, partition_indexes=[0, 1])
        for name, topic_id in topics
    ]
    return request(groups=[request.OffsetFetchRequestGroup(group_id=group, topics=None if everything else wanted)])


def fetched(answer: Any, version: int) -> tuple[int, dict[Any, tuple[int, int, str]]]:
    """The group's error, and by (topic, partition) offset, error and metadata."""
    group = answer if version < 8 else answer.groups[0]
    offsets = {
        (bytes(topic.topic_id) if version >= 10 else topic.name, partition.partition_index): (
            partition.committed_offset, partition.error_code, partition.metadata,
        )
        for topic in group.topics
        for partition in topic.partitions
    }  # fmt: skip
    return group.error_code, offsets


def offsets_of(asker: Asker, group: str) -> dict[Any, int]:
    error, offsets = fetched(asker.ask(fetch_request(9, group, everything=True), 9), 9)
    assert error == errors.NONE
    return {key: offset for key, (offset, _, _) in offsets.items()}


# FindCoordinator


@versions("FindCoordinatorRequest")
def test_find_coordinator(asker: Asker, group: str, bootstrap: str, version: int) -> None:
    port = int(bootstrap.rpartition(":")[2])
    if version < 4:
        found = asker.ask(messages.FindCoordinatorRequest(key=group), version)
        assert (found.error_code, found.node_id, found.port) == (errors.NONE, 1, port)
        assert found.error_message == ("NONE" if version else "")
        return
    answer = asker.ask(messages.FindCoordinatorRequest(key_type=0, coordinator_keys=[group, "", "ä"]), version)
    assert [c.key for c in answer.coordinators] == [group, "", "ä"]
    assert {(c.error_code, c.node_id, c.port) for c in answer.coordinators} == {(errors.NONE, 1, port)}


# JoinGroup, SyncGroup, Heartbeat, LeaveGroup


@versions("JoinGroupRequest")
def test_join(asker: Asker, group: str, version: int) -> None:
    first = asker.ask(join_request(group, metadata=b"m"), version)
    if version >= 4:
        assert first.error_code == errors.MEMBER_ID_REQUIRED
        assert first.member_id.startswith("asker-")
        assert first.protocol_name == (None if version >= 7 else "")
        first = asker.ask(join_request(group, first.member_id, b"m"), version)
    assert (first.error_code, first.generation_id, first.leader) == (errors.NONE, 1, first.member_id)
    assert (first.protocol_name, first.skip_assignment) == ("range", False)
    assert first.protocol_type == (CONSUMER if version >= 7 else None)
    assert [(member.member_id, member.metadata) for member in first.members] == [(first.member_id, b"m")]


@pytest.mark.parametrize("version", [0, 9])
def test_join_is_refused(asker: Asker, group: str, version: int) -> None:
    def code(*arguments: Any, **fields: Any) -> int:
        return asker.ask(join_request(*arguments, **fields), version).error_code

    assert code("") == errors.INVALID_GROUP_ID
    assert code(group, session_timeout_ms=5_999) == errors.INVALID_SESSION_TIMEOUT
    assert code(group, "stranger") == errors.UNKNOWN_MEMBER_ID
    assert code(group, protocol_type="") == errors.INCONSISTENT_GROUP_PROTOCOL
    stable(asker, group)
    assert code(group, protocol_type="connect") == errors.INCONSISTENT_GROUP_PROTOCOL
    assert code(group, "stranger") == errors.UNKNOWN_MEMBER_ID


@versions("SyncGroupRequest")
def test_sync(asker: Asker, group: str, version: int) -> None:
    joined = join(asker, group)
    synced = asker.ask(sync_request(group, joined, version, b"mine"), version)
    assert (synced.error_code, synced.assignment) == (errors.NONE, b"mine")
    if version >= 5:
        assert (synced.protocol_type, synced.protocol_name) == (CONSUMER, "range")
        unnamed = asker.ask(sync_request(group, joined, 4), version)
        assert unnamed.error_code == errors.INCONSISTENT_GROUP_PROTOCOL
    old = messages.JoinGroupResponse(member_id=joined.member_id, generation_id=0)
    assert asker.ask(sync_request(group, old, version), version).error_code == errors.ILLEGAL_GENERATION
    stranger = messages.JoinGroupResponse(member_id="stranger", generation_id=1)
    assert asker.ask(sync_request(group, stranger, version), version).error_code == errors.UNKNOWN_MEMBER_ID
    assert asker.ask(sync_request("no-group", joined, version), version).error_code == errors.UNKNOWN_MEMBER_ID
    assert asker.ask(sync_request("", joined, version), version).error_code == errors.INVALID_GROUP_ID


@versions("HeartbeatRequest")
def test_heartbeat(asker: Asker, group: str, version: int) -> None:
    joined = stable(asker, group)

    def code(group: str, member: str, generation: int) -> int:
        request = messages.HeartbeatRequest(group_id=group, member_id=member, generation_id=generation)
        return asker.ask(request, version).error_code

    assert code(group, joined.member_id, 1) == errors.NONE
    assert code(group, joined.member_id, 2) == errors.ILLEGAL_GENERATION
    assert code(group, "stranger", 1) == errors.UNKNOWN_MEMBER_ID
    assert code("no-group", "stranger", 1) == errors.UNKNOWN_MEMBER_ID
    assert code("", "stranger", 1) == errors.INVALID_GROUP_ID


@versions("LeaveGroupRequest")
def test_leave(asker: Asker, group: str, version: int) -> None:
    joined = stable(asker, group)
    request = messages.LeaveGroupRequest
    if version < 3:
        codes = [
            asker.ask(request(group_id=name, member_id=member), version).error_code
            for name, member in (("", "m"), ("no-group", "m"), (group, "stranger"), (group, joined.member_id))
        ]
        assert codes == [errors.INVALID_GROUP_ID, errors.UNKNOWN_MEMBER_ID, errors.UNKNOWN_MEMBER_ID, errors.NONE]
        return
    leaving = [request.MemberIdentity(member_id=member) for member in ("stranger", joined.member_id)]
    leaving.append(request.MemberIdentity(member_id="", group_instance_id="nobody"))
    answer = asker.ask(request(group_id=group, members=leaving), version)
    assert answer.error_code == errors.NONE
    assert [(m.member_id, m.group_instance_id, m.error_code) for m in answer.members] == [
        ("stranger", None, errors.UNKNOWN_MEMBER_ID),
        (joined.member_id, None, errors.NONE),
        ("", "nobody", errors.UNKNOWN_MEMBER_ID),
    ]
    gone = asker.ask(request(group_id="no-group", members=leaving[:1]), version)
    assert (gone.error_code, gone.members[0].error_code) == (errors.NONE, errors.UNKNOWN_MEMBER_ID)


def test_a_rebalance_of_two(asker: Asker, other: Asker, group: str) -> None:
    one = stable(asker, group)
    two = other.ask(join_request(group), 9).member_id
    joining = other.begin(join_request(group, two), 9)
    beat = messages.HeartbeatRequest(group_id=group, member_id=one.member_id, generation_id=1)
    wait_for(lambda: asker.ask(beat, 4).error_code == errors.REBALANCE_IN_PROGRESS)
    assert asker.ask(sync_request(group, one, 5), 5).error_code == errors.REBALANCE_IN_PROGRESS
    leader, follower = asker.ask(join_request(group, one.member_id), 9), joining.result()
    assert (leader.generation_id, follower.generation_id, follower.members) == (2, 2, [])
    assert {member.member_id for member in leader.members} == {one.member_id, two}
    waiting = other.begin(sync_request(group, follower, 5), 5)
    request = sync_request(group, leader, 5, b"1")
    request.assignments.append(messages.SyncGroupRequest.SyncGroupRequestAssignment(member_id=two, assignment=b"2"))
    assert asker.ask(request, 5).assignment == b"1"
    assert waiting.result().assignment == b"2"


def test_a_static_member_comes_back(asker: Asker, group: str) -> None:
    one = stable(asker, group, group_instance_id="i")
    back = asker.ask(join_request(group, group_instance_id="i"), 9)
    assert (back.error_code, back.generation_id, back.skip_assignment) == (errors.NONE, 1, True)
    assert back.leader == back.member_id != one.member_id
    assert [(m.member_id, m.group_instance_id) for m in back.members] == [(back.member_id, "i")]
    older = asker.ask(join_request(group, group_instance_id="i"), 8)
    assert (older.error_code, older.leader, older.members) == (errors.NONE, back.member_id, [])
    fenced = messages.HeartbeatRequest(group_id=group, member_id=one.member_id, generation_id=1, group_instance_id="i")
    assert asker.ask(fenced, 4).error_code == errors.FENCED_INSTANCE_ID


# OffsetCommit, OffsetFetch, OffsetDelete


@versions("OffsetCommitRequest")
def test_offset_commit(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    answer = asker.ask(commit_request(group, topic, 0, 1, 7), version)
    (answered,) = answer.topics
    assert (answered.name, bytes(answered.topic_id)) == (("", topic[1]) if version >= 10 else (topic[0], uuid.ZERO))
    assert {p.partition_index: p.error_code for p in answered.partitions} == {
        0: errors.NONE, 1: errors.NONE, 7: errors.UNKNOWN_TOPIC_OR_PARTITION,
    }  # fmt: skip
    assert offsets_of(asker, group) == {(topic[0], 0): 5, (topic[0], 1): 5}
    unknown = asker.ask(commit_request(group, ("no-topic", uuid.random()), 0), version)
    code = errors.UNKNOWN_TOPIC_ID if version >= 10 else errors.UNKNOWN_TOPIC_OR_PARTITION
    assert unknown.topics[0].partitions[0].error_code == code


@versions("OffsetCommitRequest")
def test_offset_commit_of_members(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    def code(group: str, member: str, generation: int) -> int:
        request = commit_request(group, topic, 0, member_id=member, generation_id_or_member_epoch=generation)
        return asker.ask(request, version).topics[0].partitions[0].error_code

    missing = errors.GROUP_ID_NOT_FOUND if version >= 9 else errors.ILLEGAL_GENERATION
    assert code(group, "m", 1) == missing
    joined = join(asker, group)
    assert code(group, joined.member_id, 1) == errors.REBALANCE_IN_PROGRESS
    asker.ask(sync_request(group, joined, 5, b""), 5)
    assert code(group, joined.member_id, 1) == errors.NONE
    assert code(group, joined.member_id, 0) == errors.ILLEGAL_GENERATION
    assert code(group, "stranger", 1) == errors.UNKNOWN_MEMBER_ID
    assert code(group, "", -1) == errors.UNKNOWN_MEMBER_ID
    assert code("", "", -1) == errors.NONE  # the group without a name has always been allowed offsets


def test_offset_metadata_is_bounded(asker: Asker, group: str, topic: tuple[str, bytes]) -> None:
    request = commit_request(group, topic, 0, 1)
    request.topics[0].partitions[0].committed_metadata = "x" * 4097
    request.topics[0].partitions[1].committed_metadata = None
    answered = asker.ask(request, 9).topics[0].partitions
    assert {p.partition_index: p.error_code for p in answered} == {0: errors.OFFSET_METADATA_TOO_LARGE, 1: errors.NONE}


@versions("OffsetFetchRequest")
def test_offset_fetch(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    commit(asker, group, topic, 1, offset=9)
    name = topic[1] if version >= 10 else topic[0]
    one, none = (9, errors.NONE, "m"), (-1, errors.NONE, "")
    assert fetched(asker.ask(fetch_request(version, group, topic), version), version) == (
        errors.NONE, {(name, 0): none, (name, 1): one},
    )  # fmt: skip
    if version >= 2:
        everything = asker.ask(fetch_request(version, group, everything=True), version)
        assert fetched(everything, version) == (errors.NONE, {(name, 1): one})
    assert fetched(asker.ask(fetch_request(version, "no-group", topic), version), version) == (
        errors.NONE, {(name, 0): none, (name, 1): none},
    )  # fmt: skip
    unknown = "no-topic", uuid.random()
    error, offsets = fetched(asker.ask(fetch_request(version, group, unknown), version), version)
    assert error == errors.NONE
    assert {code for _, code, _ in offsets.values()} == {errors.UNKNOWN_TOPIC_ID if version >= 10 else errors.NONE}


def test_offset_fetch_of_several_groups(asker: Asker, group: str, topic: tuple[str, bytes]) -> None:
    commit(asker, group, topic, 0)
    request = fetch_request(9, group, everything=True)
    request.groups.append(messages.OffsetFetchRequest.OffsetFetchRequestGroup(group_id="no-group", topics=None))
    request.require_stable = True
    answered = asker.ask(request, 9).groups
    assert [(g.group_id, g.error_code, len(g.topics)) for g in answered] == [(group, 0, 1), ("no-group", 0, 0)]


def offset_delete_request(group: str, topic: str, *partitions: int) -> Any:
    request = messages.OffsetDeleteRequest
    wanted = [request.OffsetDeleteRequestPartition(partition_index=index) for index in partitions]
    return request(group_id=group, topics=[request.OffsetDeleteRequestTopic(name=topic, partitions=wanted)])


def test_offset_delete(asker: Asker, group: str, topic: tuple[str, bytes]) -> None:
    commit(asker, group, topic, 0, 1)
    answer = asker.ask(offset_delete_request(group, topic[0], 0, 7), 0)
    assert answer.error_code == errors.NONE
    assert {p.partition_index: p.error_code for p in answer.topics[0].partitions} == {
        0: errors.NONE, 7: errors.UNKNOWN_TOPIC_OR_PARTITION,
    }  # fmt: skip
    assert offsets_of(asker, group) == {(topic[0], 1): 5}
    missing = asker.ask(offset_delete_request("no-group", topic[0], 0), 0)
    assert (missing.error_code, missing.topics) == (errors.GROUP_ID_NOT_FOUND, [])
    assert asker.ask(offset_delete_request("", topic[0], 0), 0).error_code == errors.INVALID_GROUP_ID


def test_offset_delete_leaves_what_members_are_subscribed_to(
    asker: Asker, group: str, topic: tuple[str, bytes]
) -> None:
    other_topic = create_topic(asker, f"other-{topic[0]}")
    joined = stable(asker, group, metadata=subscription(topic[0]))
    member = {"member_id": joined.member_id, "generation_id_or_member_epoch": 1}
    assert commit(asker, group, topic, 0, **member) == commit(asker, group, other_topic, 0, **member) == [errors.NONE]
    answer = asker.ask(offset_delete_request(group, topic[0], 0), 0)
    assert answer.topics[0].partitions[0].error_code == errors.GROUP_SUBSCRIBED_TO_TOPIC
    answer = asker.ask(offset_delete_request(group, other_topic[0], 0), 0)
    assert answer.topics[0].partitions[0].error_code == errors.NONE
    assert offsets_of(asker, group) == {(topic[0], 0): 5}


def test_offset_delete_in_a_live_group_that_is_not_of_consumers(
    asker: Asker, group: str, topic: tuple[str, bytes]
) -> None:
    joined = join(asker, group, protocol_type="connect")
    request = sync_request(group, joined, 4, b"")
    assert asker.ask(request, 4).error_code == errors.NONE
    assert asker.ask(offset_delete_request(group, topic[0], 0), 0).error_code == errors.NON_EMPTY_GROUP


def test_offsets_go_with_their_topic(asker: Asker, group: str, topic: tuple[str, bytes]) -> None:
    kept = create_topic(asker, f"kept-{topic[0]}")
    commit(asker, group, topic, 0, 1)
    commit(asker, group, kept, 0)
    request = messages.DeleteTopicsRequest
    gone = asker.ask(request(topics=[request.DeleteTopicState(name=topic[0])], timeout_ms=30_000), 6)
    assert gone.responses[0].error_code == errors.NONE
    wait_for(lambda: offsets_of(asker, group) == {(kept[0], 0): 5})


# DescribeGroups, ListGroups, DeleteGroups


@versions("DescribeGroupsRequest")
def test_describe_groups(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    joined = stable(asker, group, metadata=subscription(topic[0]))
    simple = f"simple-{group}"
    commit(asker, simple, topic, 0)
    missing = f"missing-{group}"
    request = messages.DescribeGroupsRequest(
        groups=[group, simple, missing], include_authorized_operations=version >= 3
    )
    described = {found.group_id: found for found in asker.ask(request, version).groups}
    live = described[group]
    assert (live.group_state, live.protocol_type, live.protocol_data) == ("Stable", CONSUMER, "range")
    (member,) = live.members
    assert (member.member_id, member.client_id, member.client_host) == (joined.member_id, "asker", "/127.0.0.1")
    assert (member.member_metadata, member.member_assignment) == (subscription(topic[0]), b"assigned")
    assert live.authorized_operations == (GROUP_OPERATIONS if version >= 3 else NOT_ASKED)
    offsets = described[simple]
    assert (offsets.group_state, offsets.protocol_type, offsets.members) == ("Empty", "", [])
    dead = described[missing]
    assert (dead.group_state, dead.authorized_operations) == ("Dead", described[missing].authorized_operations)
    if version >= 6:
        expected = errors.GROUP_ID_NOT_FOUND, f"Group {missing} not found."
        assert (dead.error_code, dead.error_message) == expected
    else:
        assert dead.error_code == errors.NONE


@pytest.mark.parametrize("state", ["PreparingRebalance", "CompletingRebalance"])
def test_describe_a_group_that_rebalances(asker: Asker, other: Asker, group: str, state: str) -> None:
    joined = stable(asker, group, metadata=subscription("t"))
    two = other.ask(join_request(group), 9).member_id
    joining = other.begin(join_request(group, two), 9)
    if state == "CompletingRebalance":
        beat = messages.HeartbeatRequest(group_id=group, member_id=joined.member_id, generation_id=1)
        wait_for(lambda: asker.ask(beat, 4).error_code == errors.REBALANCE_IN_PROGRESS)
        asker.ask(join_request(group, joined.member_id, subscription("t")), 9)
        joining.result()
    request = messages.DescribeGroupsRequest(groups=[group])

    def look() -> Any:
        (found,) = asker.ask(request, 5).groups
        return found if found.group_state == state else None

    found = wait_for(look)
    assert (found.protocol_data, {member.member_metadata for member in found.members}) == ("", {b""})
    if state == "PreparingRebalance":
        leave(asker, group, joined.member_id)
        joining.result()


@versions("ListGroupsRequest")
def test_list_groups(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    stable(asker, group)
    simple = f"simple-{group}"
    commit(asker, simple, topic, 0)

    def listed(states: tuple[str, ...] = (), types: tuple[str, ...] = ()) -> dict[str, tuple[str, str, str]]:
        filters = {"states_filter": list(states)} if version >= 4 else {}
        filters |= {"types_filter": list(types)} if version >= 5 else {}
        answer = asker.ask(messages.ListGroupsRequest(**filters), version)
        assert answer.error_code == errors.NONE
        mine = (found for found in answer.groups if found.group_id in (group, simple))
        return {found.group_id: (found.protocol_type, found.group_state, found.group_type) for found in mine}

    state, kind = (("Stable", "Empty") if version >= 4 else ("", "")), ("classic" if version >= 5 else "")
    expected = {group: (CONSUMER, state[0], kind), simple: ("", state[1], kind)}
    assert listed() == expected
    if version >= 4:
        assert listed(("sTABLE ",)).keys() == {group}
        assert listed(("Empty", "Stable")) == expected
        assert listed(("nonsense",)) == {}
    if version >= 5:
        assert listed((), ("CLASSIC",)) == expected
        assert listed((), ("consumer",)) == {}
        assert listed((), ("nonsense",)) == {}
        assert listed(("Stable",), ("classic",)).keys() == {group}


@versions("DeleteGroupsRequest")
def test_delete_groups(asker: Asker, group: str, topic: tuple[str, bytes], version: int) -> None:
    joined = stable(asker, group)
    simple = f"simple-{group}"
    commit(asker, simple, topic, 0)

    def delete(*groups: str) -> dict[str, int]:
        answer = asker.ask(messages.DeleteGroupsRequest(groups_names=list(groups)), version)
        return {result.group_id: result.error_code for result in answer.results}

    assert delete(group, simple, "no-group", simple) == {
        group: errors.NON_EMPTY_GROUP, simple: errors.NONE, "no-group": errors.GROUP_ID_NOT_FOUND,
    }  # fmt: skip
    assert offsets_of(asker, simple) == {}
    leave(asker, group, joined.member_id)
    assert delete(group) == {group: errors.NONE}
    assert delete(group) == {group: errors.GROUP_ID_NOT_FOUND}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_version_of_4_3_is_served(module: ModuleType) -> None:
    assert (module.API.min_version, module.API.max_version) == request_class(module.API.key).VERSIONS
