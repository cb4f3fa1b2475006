"""Metadata in all versions: what is listed, to whom, and topics that come by being asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kcli.wire import errors, messages
from tests.api.admin import Broker, serve

METADATA = messages.MetadataRequest
CREATE = messages.CreateTopicsRequest
VERSIONS = range(METADATA.VERSIONS[0], METADATA.VERSIONS[1] + 1)


def named(*names: str | None, **more: Any) -> Any:
    return METADATA(topics=[METADATA.MetadataRequestTopic(name=name) for name in names], **more)


async def create(broker: Broker, *names: str, partitions: int = 2) -> None:
    topics = [CREATE.CreatableTopic(name=name, num_partitions=partitions, replication_factor=1) for name in names]
    await broker.ask(CREATE(topics=topics))


@pytest.mark.parametrize("version", VERSIONS)
def test_all_topics_none_and_some(tmp_path: Path, version: int) -> None:
    async def work(broker: Broker) -> None:
        await create(broker, "a", "b")
        every = await broker.ask(METADATA(topics=[] if version == 0 else None), version)
        assert sorted(topic.name for topic in every.topics) == ["a", "b"]
        if version > 0:
            assert (await broker.ask(METADATA(topics=[]), version)).topics == []
        some = await broker.ask(named("b", "nonesuch", "a/b", allow_auto_topic_creation=version < 4), version)
        found = {topic.name: topic for topic in some.topics}
        assert found["b"].error_code == errors.NONE
        assert [partition.leader_id for partition in found["b"].partitions] == [1, 1]
        assert found["nonesuch"].error_code == errors.UNKNOWN_TOPIC_OR_PARTITION
        assert found["a/b"].error_code == errors.INVALID_TOPIC_EXCEPTION
        assert [(broker.node_id, broker.host, broker.port) for broker in some.brokers] == [(1, "inside", 9092)]
        if version >= 1:
            assert some.controller_id == 1
            assert some.brokers[0].rack == "r1"
        if version >= 2:
            assert some.cluster_id == "cluster"
        if version >= 10:
            assert found["b"].topic_id == broker.keeper.image.topics["b"].id

    serve(tmp_path, work)


def test_a_listeners_clients_are_told_its_endpoint(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        await create(broker, "a")
        for listener, endpoint in (("OUTER", ("outside", 19092)), ("PLAINTEXT", ("inside", 9092))):
            broker.session.listener = listener
            answer = await broker.ask(METADATA(topics=None))
            assert [(broker.host, broker.port) for broker in answer.brokers] == [endpoint]
        broker.session.listener = "NOWHERE"
        answer = await broker.ask(METADATA(topics=None))
        assert answer.brokers == []
        [topic] = answer.topics
        assert {(p.error_code, p.leader_id) for p in topic.partitions} == {(errors.LISTENER_NOT_FOUND, -1)}
        assert topic.partitions[0].offline_replicas == [1]
        older = await broker.ask(METADATA(topics=None), 5)
        assert {p.error_code for p in older.topics[0].partitions} == {errors.LEADER_NOT_AVAILABLE}

    serve(tmp_path, work)


def test_the_kept_answer_for_all_topics_follows_the_image(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        for names in (["a"], ["a", "b"]):
            await create(broker, names[-1])
            for _ in range(2):
                answer = await broker.ask(METADATA(topics=None))
                assert sorted(topic.name for topic in answer.topics) == names

    serve(tmp_path, work)


def test_topics_are_created_when_asked_for_and_there_the_next_time(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        first = await broker.ask(named("new", "a/b"))
        codes = {topic.name: topic.error_code for topic in first.topics}
        assert codes == {"new": errors.UNKNOWN_TOPIC_OR_PARTITION, "a/b": errors.INVALID_TOPIC_EXCEPTION}
        [again] = (await broker.ask(named("new"))).topics
        assert (again.error_code, len(again.partitions)) == (errors.NONE, 3)

    serve(tmp_path, work, num_partitions="3")


@pytest.mark.parametrize(("asked", "enabled"), [(False, "true"), (True, "false")])
def test_topics_are_not_created_unless_client_and_broker_agree(tmp_path: Path, asked: bool, enabled: str) -> None:
    async def work(broker: Broker) -> None:
        [topic] = (await broker.ask(named("new", allow_auto_topic_creation=asked))).topics
        assert topic.error_code == errors.UNKNOWN_TOPIC_OR_PARTITION
        assert not broker.keeper.image.topics

    serve(tmp_path, work, auto_create_topics_enable=enabled)


def test_internal_topics_are_created_with_their_own_settings(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        [missing] = (await broker.ask(named("__consumer_offsets"))).topics
        assert missing.is_internal
        [topic] = (await broker.ask(named("__consumer_offsets"))).topics
        assert topic.is_internal
        assert len(topic.partitions) == 50
        assert topic.partitions[0].replica_nodes == [1]
        assert broker.keeper.image.config(2, "__consumer_offsets") == {
            "cleanup.policy": "compact",
            "compression.type": "producer",
            "segment.bytes": "104857600",
        }

    serve(tmp_path, work)


def test_topics_by_id(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        await create(broker, "a")
        topic_id = broker.keeper.image.topics["a"].id
        wanted = [METADATA.MetadataRequestTopic(topic_id=wanted, name=None) for wanted in (topic_id, b"x" * 16)]
        answer = await broker.ask(METADATA(topics=wanted))
        assert [(topic.name, topic.topic_id, topic.error_code) for topic in answer.topics] == [
            ("a", topic_id, errors.NONE),
            (None, b"x" * 16, errors.UNKNOWN_TOPIC_ID),
        ]
        refused = await broker.ask(METADATA(topics=wanted), 10)
        assert {topic.error_code for topic in refused.topics} == {errors.INVALID_REQUEST}

    serve(tmp_path, work)


def test_operations_are_told_only_where_asked(tmp_path: Path) -> None:
    async def work(broker: Broker) -> None:
        await create(broker, "a")
        silent = await broker.ask(named("a"), 10)
        assert (silent.cluster_authorized_operations, silent.topics[0].topic_authorized_operations) == (-(2**31),) * 2
        asked = {"include_cluster_authorized_operations": True, "include_topic_authorized_operations": True}
        told = await broker.ask(named("a", **asked), 10)
        assert (told.cluster_authorized_operations, told.topics[0].topic_authorized_operations) == (8096, 3576)

    serve(tmp_path, work)
