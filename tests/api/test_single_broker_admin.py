"""Reassignments, elections, the quorum: what a cluster of many brokers needs, as a broker that is alone answers it."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.wire import errors, messages
from tests.api.node import ID, Node, in_node
from tests.api.test_like_kafka import Pair, _sorted, pair  # noqa: F401  a fixture

ALTER = messages.AlterPartitionReassignmentsRequest
LIST = messages.ListPartitionReassignmentsRequest

ELECT = messages.ElectLeadersRequest
QUORUM = messages.DescribeQuorumRequest
PREFERRED, UNCLEAN = 0, 1
METADATA = "__cluster_metadata"

Assignments = list[tuple[int, "list[int] | None"]]


def alter(*topics: tuple[str, Assignments], **fields: Any) -> Any:
    made = [
        ALTER.ReassignableTopic(
            name=name,
            partitions=[ALTER.ReassignablePartition(partition_index=at, replicas=to) for at, to in assignments],
        )
        for name, assignments in topics
    ]
    return ALTER(timeout_ms=5000, topics=made, **fields)


def listing(*topics: tuple[str, list[int]]) -> Any:
    named = [LIST.ListPartitionReassignmentsTopics(name=name, partition_indexes=indexes) for name, indexes in topics]
    return LIST(timeout_ms=5000, topics=named)


def elect(election: int, *topics: tuple[str, list[int]]) -> Any:
    named = [ELECT.TopicPartitions(topic=name, partitions=indexes) for name, indexes in topics]
    return ELECT(election_type=election, timeout_ms=5000, topic_partitions=named)


def elect_all(election: int) -> Any:
    return ELECT(election_type=election, timeout_ms=5000, topic_partitions=None)


def quorum(*topics: tuple[str, list[int]]) -> Any:
    named = [
        QUORUM.TopicData(topic_name=name, partitions=[QUORUM.PartitionData(partition_index=at) for at in indexes])
        for name, indexes in topics
    ]
    return QUORUM(topics=named)


@in_node()
async def test_only_the_present_assignment_passes(node: Node) -> None:
    await node.create_topic("t", partitions=2)
    before = node.context.keeper.image.version
    asked: Assignments = [(0, [ID]), (1, None), (1, []), (1, [ID, ID]), (1, [ID, 7]), (9, [ID])]
    answer = await node.request(alter(("t", asked), ("none", [(0, [ID])])), 1)
    codes = [partition.error_code for topic in answer.responses for partition in topic.partitions]
    refused = errors.INVALID_REPLICA_ASSIGNMENT
    unknown = errors.UNKNOWN_TOPIC_OR_PARTITION
    assert codes == [0, errors.NO_REASSIGNMENT_IN_PROGRESS, refused, refused, refused, unknown, unknown]
    assert node.context.keeper.image.version == before


@in_node()
async def test_moves_of_a_larger_cluster_are_listed_and_stay(node: Node) -> None:
    await node.create_topic("t", partitions=2)
    await node.change("t", 1, replicas=[ID, 2], adding_replicas=[2])
    for body in (LIST(timeout_ms=5000, topics=None), listing(("t", [0, 1, 2]), ("none", [0]))):
        [topic] = (await node.request(body, 0)).topics
        [moving] = topic.partitions
        assert (topic.name, moving.partition_index, moving.replicas) == ("t", 1, [ID, 2])
        assert (moving.adding_replicas, moving.removing_replicas) == ([2], [])
    for wanted in (None, [ID]):
        [topic] = (await node.request(alter(("t", [(1, wanted)])), 1)).responses
        assert topic.partitions[0].error_code == errors.INVALID_REPLICA_ASSIGNMENT
        assert "alone" in topic.partitions[0].error_message


@pytest.mark.interop
def test_reassignments_like_kafka(pair: Pair) -> None:  # noqa: F811
    topic, other = pair.create("reassigned", partitions=2), pair.create("reassigned-2", partitions=2)
    for body in (LIST(timeout_ms=5000, topics=None), listing(), listing((topic, [0, 7]), ("none", [0]), ("", [0]))):
        pair.same(body, 0)
    asked: list[list[tuple[str, Assignments]]] = [
        [(topic, [(0, [1]), (1, None), (7, [1]), (8, None)]), ("none", [(0, [1]), (1, None)])],
        [(other, [(0, []), (1, [1, 1])]), (topic, [(0, [1, 7]), (1, [9])])],
        [(other, [(0, [-1]), (1, [1, -2, -2]), (0, [7, 7])])],
        [(topic, [(0, [1]), (0, [1])]), (topic, [(1, [1]), (1, [])])],
        [(topic, []), ("none", [])],
        [],
    ]
    for topics in asked:
        pair.same(alter(*topics), 0)
        for allowed in (True, False):
            pair.same(alter(*topics, allow_replication_factor_change=allowed), 1)


@in_node()
async def test_a_replica_that_is_not_in_sync_leads_after_an_unclean_election_only(node: Node) -> None:
    await node.create_topic("t", partitions=2)
    await node.change("t", 1, replicas=[ID, 2], isr=[2], leader=-1)
    image = node.context.keeper.image

    async def code(election: int) -> int:
        [topic] = (await node.request(elect_all(election), 2)).replica_election_results
        [answer] = topic.partition_result
        assert answer.partition_id == 1
        return int(answer.error_code)

    assert await code(PREFERRED) == errors.PREFERRED_LEADER_NOT_AVAILABLE
    epoch = image.topics["t"].partitions[1].leader_epoch
    assert await code(UNCLEAN) == errors.NONE
    partition = image.topics["t"].partitions[1]
    assert (partition.leader, partition.isr, partition.leader_epoch) == (ID, (ID,), epoch + 1)
    assert partition.leader_recovery_state == 1
    [topic] = (await node.request(elect_all(UNCLEAN), 2)).replica_election_results
    assert topic.partition_result == []


@in_node()
async def test_elections_that_find_nobody_or_somebody_in_sync(node: Node) -> None:
    await node.create_topic("t", partitions=3)
    await node.change("t", 0, replicas=[2], isr=[2], leader=-1)
    await node.change("t", 1, replicas=[2, ID], isr=[2, ID])
    await node.change("t", 2, leader=-1)
    expected = {
        PREFERRED: [errors.PREFERRED_LEADER_NOT_AVAILABLE, errors.PREFERRED_LEADER_NOT_AVAILABLE, errors.NONE],
        UNCLEAN: [errors.ELIGIBLE_LEADERS_NOT_AVAILABLE, errors.ELECTION_NOT_NEEDED, errors.ELECTION_NOT_NEEDED],
    }
    for election, codes in expected.items():
        [topic] = (await node.request(elect(election, ("t", [0, 1, 2])), 2)).replica_election_results
        assert [answer.error_code for answer in topic.partition_result] == codes
    partition = node.context.keeper.image.topics["t"].partitions[2]
    assert (partition.leader, partition.leader_recovery_state) == (ID, 0)


@pytest.mark.interop
def test_elections_like_kafka(pair: Pair) -> None:  # noqa: F811
    topic, other = pair.create("elected", partitions=2), pair.create("elected-2")
    asked: list[list[tuple[str, list[int]]]] = [
        [(topic, [0, 7, 1]), ("none", [0])],
        [(topic, [0, 0]), (other, [0]), (topic, [1, 0, 7])],
        [(topic, []), ("none", [])],
        [],
    ]
    for version in range(3):
        for election in (PREFERRED, UNCLEAN, 2, -1):
            if version or election == PREFERRED:
                for topics in asked:
                    pair.same(elect(election, *topics), version, f"election {election}")
    for election in (2, -1):
        pair.same(elect_all(election), 2)
    for election in (PREFERRED, UNCLEAN):
        ours, real = (_sorted(side.request(elect_all(election), 2).to_dict()) for side in pair.sides)
        named = [
            [found for found in answer["replica_election_results"] if found["topic"] in (topic, other)]
            for answer in (ours, real)
        ]
        assert named[0] == named[1]
        assert len(named[0]) == 2


@in_node()
async def test_the_quorum_follows_the_metadata_log(node: Node) -> None:
    async def described() -> Any:
        answer = await node.request(quorum((METADATA, [0])), 2)
        [node_found] = answer.nodes
        [listener] = node_found.listeners
        assert (node_found.node_id, listener.name, listener.host, listener.port) == (
            ID, "CONTROLLER", "broker.test", 9092
        )  # fmt: skip
        return answer.topics[0].partitions[0]

    before = await described()
    await node.create_topic("t")
    after = await described()
    assert (after.leader_id, after.leader_epoch, after.observers) == (ID, before.leader_epoch, [])
    assert after.high_watermark == before.high_watermark + 2
    [voter] = after.current_voters
    assert (voter.replica_id, voter.log_end_offset) == (ID, after.high_watermark)
    assert voter.replica_directory_id == bytes(16)


@in_node(controller_quorum_voters="1@controller.test:9093", controller_listener_names="INSIDE,OTHER")
async def test_the_controller_is_where_the_voters_say(node: Node) -> None:
    [found] = (await node.request(quorum((METADATA, [0])), 2)).nodes
    assert [(at.name, at.host, at.port) for at in found.listeners] == [("INSIDE", "controller.test", 9093)]


@in_node(
    listeners="PLAINTEXT://:9092,SOME://[::1]:9094,OTHER://:9095",
    controller_listener_names="SOME",
    listener_security_protocol_map="PLAINTEXT:PLAINTEXT,SOME:PLAINTEXT,OTHER:PLAINTEXT",
)
async def test_the_controller_is_where_its_listener_would_be(node: Node) -> None:
    [found] = (await node.request(quorum((METADATA, [0])), 2)).nodes
    assert [(at.name, at.host, at.port) for at in found.listeners] == [("SOME", "::1", 9094)]


def _own_offsets(answer: Any) -> Any:
    """Offsets, epochs, times and ports are each broker's own; that they are there is what can be compared."""
    if isinstance(answer, dict):
        own = ("log_end_offset", "high_watermark", "leader_epoch", "port")
        return {
            key: (item > 0 if key in own or key.endswith("timestamp") else _own_offsets(item))
            for key, item in answer.items()
        }
    return [_own_offsets(item) for item in answer] if isinstance(answer, list) else answer


@pytest.mark.interop
def test_the_quorum_like_kafka(pair: Pair) -> None:  # noqa: F811
    topic = pair.create("quorum")
    asked: list[list[tuple[str, list[int]]]] = [
        [(METADATA, [0])],
        [(METADATA, [1])],
        [(METADATA, [0, 1])],
        [(METADATA, [0]), (METADATA, [0])],
        [(METADATA, [0]), (topic, [0])],
        [(METADATA, [])],
        [(topic, [0])],
        [],
    ]
    for version in range(3):
        for topics in asked:
            ours, real = (_own_offsets(side.request(quorum(*topics), version).to_dict()) for side in pair.sides)
            assert ours == real, (topics, version)
