"""Administration of groups and their offsets, with brokers that move, are old, or refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kcli.client.admin import GroupListing
from kcli.client.admin_groups import (
    GroupDescription,
    WrongGroup,
    all_described,
    delete_groups,
    describe_consumer_groups,
    list_groups,
)
from kcli.client.admin_offsets import (
    CommittedOffset,
    committed_offsets,
    delete_offsets,
    delete_records,
    set_offsets,
)
from kcli.client.cluster import Cluster
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from kcli.wire.frames import RequestHeader
from tests.client.scripted_broker import ScriptedBroker

UNKNOWN = errors.UNKNOWN_TOPIC_OR_PARTITION
Answer = Callable[[Any], Any]


@contextmanager
def cluster_of(answer: Answer, **newest: int) -> Iterator[tuple[Cluster, ScriptedBroker]]:
    """One broker, which coordinates every group; `newest` limits the versions of requests, by name."""
    versions = messages.ApiVersionsResponse.ApiVersion
    limits = {getattr(messages, name).API_KEY: limit for name, limit in newest.items()}

    def greet(header: RequestHeader, body: Any) -> Any:
        return messages.ApiVersionsResponse(
            api_keys=[versions(api_key=key, min_version=0, max_version=limits.get(key, 99)) for key in range(80)]
        )

    def script(header: RequestHeader, body: Any) -> Any:
        if isinstance(body, messages.MetadataRequest):
            node = messages.MetadataResponse.MetadataResponseBroker
            topic = messages.MetadataResponse.MetadataResponseTopic
            return messages.MetadataResponse(
                brokers=[node(node_id=1, host="localhost", port=broker.address.port)],
                controller_id=1,
                topics=[topic(name=each.name, error_code=UNKNOWN) for each in body.topics],
            )
        if isinstance(body, messages.FindCoordinatorRequest):
            coordinator = messages.FindCoordinatorResponse.Coordinator
            return messages.FindCoordinatorResponse(
                coordinators=[
                    coordinator(key=key, node_id=1, host="localhost", port=broker.address.port)
                    for key in body.coordinator_keys
                ]
            )
        return answer(body)

    with (
        ScriptedBroker(script, greet) as broker,
        Cluster(str(broker.address), {"retry.backoff.ms": "1"}) as cluster,
    ):
        yield cluster, broker


def test_a_coordinator_that_moves_is_asked_again_for_what_is_missing() -> None:
    asked: list[list[str]] = []

    def answer(body: Any) -> Any:
        asked.append(body.groups_names)
        code = errors.NOT_COORDINATOR if len(asked) == 1 else errors.NONE
        result = messages.DeleteGroupsResponse.DeletableGroupResult
        codes = {"gone": errors.GROUP_ID_NOT_FOUND}
        return messages.DeleteGroupsResponse(
            results=[result(group_id=name, error_code=code or codes.get(name, 0)) for name in body.groups_names]
        )

    with cluster_of(answer) as (cluster, _):
        done = delete_groups(cluster, ["a", "gone", "a"])
    assert done["a"] is None
    assert done["gone"] is not None
    assert done["gone"].code == errors.GROUP_ID_NOT_FOUND
    assert asked == [["a", "gone"]] * 2


def test_a_broker_that_is_too_old_for_filters() -> None:
    def answer(body: Any) -> Any:
        assert (body.types_filter, body.states_filter) == ([], [])
        group = messages.ListGroupsResponse.ListedGroup
        return messages.ListGroupsResponse(
            groups=[group(group_id="b", protocol_type="connect"), group(group_id="a", protocol_type="consumer")]
        )

    with cluster_of(answer, ListGroupsRequest=3) as (cluster, _):
        listed = list_groups(cluster, types=["Classic", "Consumer"], protocols=["consumer", ""])
        assert listed == [GroupListing("a", "consumer", "", "")]
        with pytest.raises(KafkaError, match="without states filter"):
            list_groups(cluster, states=["Empty"])
        with pytest.raises(KafkaError, match="without types filter"):
            list_groups(cluster, types=["Share"])


def test_a_broker_that_names_the_newer_protocol_but_does_not_speak_it() -> None:
    """Kafka 3.9 with ZooKeeper; the groups are classic ones."""
    described = messages.DescribeGroupsResponse.DescribedGroup
    assignment = messages.ConsumerProtocolAssignment
    assigned = assignment(assigned_partitions=[assignment.TopicPartition(topic="t", partitions=[1, 0])])
    member = messages.DescribeGroupsResponse.DescribedGroupMember(
        member_id="m",
        group_instance_id="i",
        client_id="c",
        client_host="/h",
        member_assignment=b"\x00\x01" + assigned.encode_bytes(1),
    )

    def answer(body: Any) -> Any:
        if isinstance(body, messages.ConsumerGroupDescribeRequest):
            group = messages.ConsumerGroupDescribeResponse.DescribedGroup
            return messages.ConsumerGroupDescribeResponse(
                groups=[group(group_id=name, error_code=errors.UNSUPPORTED_VERSION) for name in body.group_ids]
            )
        return messages.DescribeGroupsResponse(
            groups=[
                described(
                    group_id="g",
                    group_state="Stable",
                    protocol_type="consumer",
                    protocol_data="range",
                    members=[member],
                ),
                described(group_id="connectors", group_state="Stable", protocol_type="connect"),
            ]
        )

    with cluster_of(answer) as (cluster, _):
        found = describe_consumer_groups(cluster, ["g", "connectors"])
    group = found["g"]
    assert isinstance(group, GroupDescription)
    assert (group.type, group.state, group.assignor, group.epoch) == ("Classic", "Stable", "range", None)
    assert group.members[0].assignment == [("t", 0), ("t", 1)]
    assert group.members[0].instance_id == "i"
    assert isinstance(found["connectors"], WrongGroup)
    with pytest.raises(WrongGroup, match="GroupId connectors is not a consumer group"):
        all_described(found)


@pytest.mark.parametrize("version", [5, 9])
def test_committed_offsets_of_brokers_old_and_new(version: int) -> None:
    response = messages.OffsetFetchResponse

    def answer(body: Any) -> Any:
        if version < 8:
            partition = response.OffsetFetchResponsePartition
            topic, group = response.OffsetFetchResponseTopic, None
        else:
            partition = response.OffsetFetchResponsePartitions
            topic, group = response.OffsetFetchResponseTopics, response.OffsetFetchResponseGroup
        partitions = [
            partition(partition_index=1, committed_offset=7, committed_leader_epoch=3, metadata="m"),
            partition(partition_index=0, committed_offset=-1, committed_leader_epoch=-1, metadata=""),
        ]
        topics = [topic(name="t", partitions=partitions)]
        return response(topics=topics) if group is None else response(groups=[group(group_id="g", topics=topics)])

    with cluster_of(answer, OffsetFetchRequest=version) as (cluster, broker):
        assert committed_offsets(cluster, "g") == {("t", 1): CommittedOffset(7, 3, "m")}
    assert broker.requests[-1][0].api_version == version


def test_a_commit_that_is_refused() -> None:
    def answer(body: Any) -> Any:
        response = messages.OffsetCommitResponse
        item = response.OffsetCommitResponsePartition(partition_index=0, error_code=errors.UNKNOWN_MEMBER_ID)
        return response(topics=[response.OffsetCommitResponseTopic(name="t", partitions=[item])])

    with cluster_of(answer) as (cluster, _), pytest.raises(KafkaError) as caught:
        set_offsets(cluster, "g", {("t", 0): 5})
    assert caught.value.code == errors.UNKNOWN_MEMBER_ID


def test_setting_nothing_asks_nobody() -> None:
    with cluster_of(lambda body: None) as (cluster, broker):
        set_offsets(cluster, "g", {})
        assert broker.requests == []


def test_offsets_of_a_group_that_is_refused_as_a_whole() -> None:
    def answer(body: Any) -> Any:
        return messages.OffsetDeleteResponse(error_code=errors.NON_EMPTY_GROUP)

    with cluster_of(answer) as (cluster, _), pytest.raises(KafkaError) as caught:
        delete_offsets(cluster, "g", [("t", 0)])
    assert caught.value.code == errors.NON_EMPTY_GROUP


def test_deleting_records_of_a_topic_that_is_not_there() -> None:
    with cluster_of(lambda body: None) as (cluster, _):
        outcome = delete_records(cluster, {("none", 0): 1})["none", 0]
    assert isinstance(outcome, KafkaError)
    assert outcome.code == UNKNOWN
