"""Creating, deleting and extending topics: what is allowed, what it says when it is not, and what is written."""

from __future__ import annotations

import pytest

from kcli.metadata.controller_topics import create_partitions, create_topics, delete_topics
from kcli.metadata.image import TOPIC_RESOURCE, Image
from kcli.wire import errors, messages, uuid
from tests.metadata.cluster import REQUEST, brokers, create, outcome, settings, topic

TOO_FEW = (
    "Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached because only 1 "
    "broker(s) are registered or some brokers have all their log directories cordoned."
)


@pytest.fixture
def image() -> Image:
    return brokers(Image(), 1)


def test_a_created_topic_has_its_partitions_replicas_and_directories(image: Image) -> None:
    [result] = create(image, topic("t", 3, 1, retention_ms="5"))
    assert result.error_code == errors.NONE
    assert (result.num_partitions, result.replication_factor) == (3, 1)
    created = image.topics["t"]
    assert created.id == result.topic_id
    assert sorted(created.partitions) == [0, 1, 2]
    partition = created.partitions[2]
    assert (partition.replicas, partition.isr, partition.leader, partition.leader_epoch) == ((1,), (1,), 1, 0)
    assert partition.directories == (b"\x01" * 16,)
    assert image.config(TOPIC_RESOURCE, "t") == {"retention.ms": "5"}


def test_defaults_come_from_the_broker() -> None:
    image = brokers(Image(), 1, 2)
    request = REQUEST(topics=[topic("t")])
    _, records = create_topics(image, request, settings(num_partitions="4", default_replication_factor="2"))
    partitions = [record for record in records if isinstance(record, messages.PartitionRecord)]
    assert [len(record.replicas) for record in partitions] == [2, 2, 2, 2]


def test_records_are_in_kafkas_order(image: Image) -> None:
    _, records = create_topics(image, REQUEST(topics=[topic("t", 1, 1, retention_ms="5")]), settings())
    assert [type(record).__name__ for record in records] == ["TopicRecord", "ConfigRecord", "PartitionRecord"]


def test_validating_only_writes_nothing_and_says_the_same(image: Image) -> None:
    results = create(image, topic("t", 2, 1), topic("u", 1, 2), validate_only=True)
    assert outcome(results) == [(errors.NONE, None), (errors.INVALID_REPLICATION_FACTOR, TOO_FEW)]
    assert not image.topics


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ([topic("t", 2_000_000_000, 1), topic("u", 2_000_000_000, 1), topic("", -3)], "Excessively large number of"),
        ([topic("t", 9_998, 1), topic("u"), topic("v", -3, 1)], "Unable to perform excessively large batch operation."),
    ],
)
def test_more_partitions_than_one_request_may_have(image: Image, topics: list[object], message: str) -> None:
    results = create(image, *topics)
    assert [result.name for result in results] == [wanted.name for wanted in topics]  # type: ignore[attr-defined]
    assert all(code == errors.POLICY_VIOLATION and message in str(text) for code, text in outcome(results))
    assert not image.topics


def test_several_topics_stand_or_fall_alone_and_duplicates_fail_once(image: Image) -> None:
    results = create(image, topic("a", 1, 1), topic("b", 1, 1), topic("b", 2, 1), topic("c", 1, 9))
    by_name = {result.name: (result.error_code, result.error_message) for result in results}
    assert by_name["a"][0] == errors.NONE
    assert by_name["b"] == (errors.INVALID_REQUEST, "Duplicate topic name.")
    assert by_name["c"][0] == errors.INVALID_REPLICATION_FACTOR
    assert len(results) == 3
    assert sorted(image.topics) == ["a"]


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        (topic("t", 1, 2), errors.INVALID_REPLICATION_FACTOR, TOO_FEW),
        (
            topic("t", 0, 1),
            errors.INVALID_PARTITIONS,
            "Number of partitions was set to an invalid non-positive value.",
        ),
        (
            topic("t", 1, 0),
            errors.INVALID_REPLICATION_FACTOR,
            "Replication factor must be larger than 0, or -1 to use the default value.",
        ),
        (topic("here"), errors.TOPIC_ALREADY_EXISTS, "Topic 'here' already exists."),
        (topic("a_b"), errors.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b"),
        (
            topic("__cluster_metadata"),
            errors.INVALID_REQUEST,
            "Creation of internal topic __cluster_metadata is prohibited.",
        ),
        (
            topic("a/b"),
            errors.INVALID_TOPIC_EXCEPTION,
            "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' "
            "and '-'",
        ),
        (topic("t", nonesuch="1"), errors.INVALID_CONFIG, "Unknown topic config name: nonesuch"),
        (
            topic("t", retention_ms="soon"),
            errors.INVALID_CONFIG,
            "Invalid value soon for configuration retention.ms: Not a number of type LONG",
        ),
        (
            topic("t", retention_ms=None, segment_ms=None),
            errors.INVALID_CONFIG,
            "Null value not supported for topic configs: retention.ms,segment.ms",
        ),
        (
            topic("t", 1, assignments={0: [1]}),
            errors.INVALID_REQUEST,
            "A manual partition assignment was specified, but numPartitions was not set to -1.",
        ),
        (
            topic("t", -1, 1, assignments={0: [1]}),
            errors.INVALID_REQUEST,
            "A manual partition assignment was specified, but replication factor was not set to -1.",
        ),
        (
            topic("t", assignments={0: [1], 2: [1]}),
            errors.INVALID_REPLICA_ASSIGNMENT,
            "partitions should be a consecutive 0-based integer sequence",
        ),
        (
            topic("t", assignments={0: [7]}),
            errors.INVALID_REPLICA_ASSIGNMENT,
            "The manual partition assignment includes broker 7, but no such broker is registered.",
        ),
        (
            topic("t", assignments={0: [1, 1]}),
            errors.INVALID_REPLICA_ASSIGNMENT,
            "The manual partition assignment includes the broker 1 more than once.",
        ),
        (
            topic("t", assignments={0: []}),
            errors.INVALID_REPLICA_ASSIGNMENT,
            "The manual partition assignment includes an empty replica list.",
        ),
    ],
)
def test_what_may_not_be_created(image: Image, wanted: object, code: int, message: str) -> None:
    create(image, topic("here"), topic("a.b"))
    assert outcome(create(image, wanted)) == [(code, message)]
    assert sorted(image.topics) == ["a.b", "here"]


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        (
            topic("t", 1, 2),
            errors.INVALID_REPLICATION_FACTOR,
            "Replication factor: 2 larger than available brokers: 1.",
        ),
        (topic("t", 0, 1), errors.INVALID_PARTITIONS, "Number of partitions must be larger than 0."),
        (topic("t", 1, 0), errors.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0."),
        (topic("a_b"), errors.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topics: a.b"),
        (
            topic("t", retention_ms="soon"),
            errors.INVALID_CONFIG,
            "Invalid value soon for configuration retention.ms: Not a number of type LONG",
        ),
        (
            topic("t", 1, assignments={0: [1]}),
            errors.INVALID_REQUEST,
            "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the "
            "same time.",
        ),
    ],
)
def test_the_zookeeper_dialect(image: Image, wanted: object, code: int, message: str) -> None:
    create(image, topic("a.b"))
    assert outcome(create(image, wanted, dialect="zk")) == [(code, message)]


def test_a_fenced_broker_gets_replicas_but_neither_leads_nor_is_in_sync() -> None:
    image = brokers(Image(), 1, 2, 3, fenced=(3,))
    create(image, topic("t", 20, 3), topic("m", assignments={0: [3, 2, 1]}))
    for partition in [*image.topics["t"].partitions.values(), image.topics["m"].partitions[0]]:
        assert set(partition.replicas) == {1, 2, 3}
        assert set(partition.isr) == {1, 2}
        assert partition.leader == partition.isr[0]
    [result] = create(image, topic("f", assignments={0: [3]}))
    assert result.error_message == (
        "All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown."
    )


def test_deleting_by_name_and_by_id(image: Image) -> None:
    create(image, topic("a", retention_ms="5"), topic("b"))
    state = messages.DeleteTopicsRequest.DeleteTopicState
    ids = {name: found.id for name, found in image.topics.items()}
    request = messages.DeleteTopicsRequest(
        topics=[
            state(name="a", topic_id=uuid.ZERO),
            state(name=None, topic_id=ids["b"]),
            state(name="c", topic_id=uuid.ZERO),
            state(name=None, topic_id=b"x" * 16),
            state(name=None, topic_id=uuid.ZERO),
            state(name="d", topic_id=b"y" * 16),
        ]
    )
    results, records = delete_topics(image, request)
    for record in records:
        image.apply(record)
    assert {(result.name, result.topic_id, result.error_code) for result in results} == {
        ("a", ids["a"], errors.NONE),
        ("b", ids["b"], errors.NONE),
        ("c", uuid.ZERO, errors.UNKNOWN_TOPIC_OR_PARTITION),
        (None, b"x" * 16, errors.UNKNOWN_TOPIC_ID),
        (None, uuid.ZERO, errors.INVALID_REQUEST),
        ("d", b"y" * 16, errors.INVALID_REQUEST),
    }
    assert not image.topics
    assert not image.configs


def test_what_is_said_twice_is_not_deleted(image: Image) -> None:
    create(image, topic("a"), topic("b"))
    state = messages.DeleteTopicsRequest.DeleteTopicState
    topic_id = image.topics["b"].id
    request = messages.DeleteTopicsRequest(topic_names=["a", "a", "b"], topics=[state(name=None, topic_id=topic_id)])
    results, records = delete_topics(image, request)
    assert not records
    assert {(result.name, result.error_message) for result in results} == {
        ("a", "Duplicate topic name."),
        ("b", "The provided topic name maps to an ID that was already supplied."),
    }


def more(name: str, count: int, assignments: list[list[int]] | None = None) -> object:
    request = messages.CreatePartitionsRequest
    assigned = [request.CreatePartitionsAssignment(broker_ids=ids) for ids in assignments or []]
    return request.CreatePartitionsTopic(name=name, count=count, assignments=None if assignments is None else assigned)


@pytest.mark.parametrize(
    ("wanted", "code", "kraft", "zk"),
    [
        (
            more("t", 2),
            errors.INVALID_PARTITIONS,
            "Topic already has 2 partition(s).",
            "Topic already has 2 partitions.",
        ),
        (
            more("t", 1),
            errors.INVALID_PARTITIONS,
            "The topic t currently has 2 partition(s); 1 would not be an increase.",
            "Topic currently has 2 partitions, which is higher than the requested 1.",
        ),
        (
            more("x", 1),
            errors.UNKNOWN_TOPIC_OR_PARTITION,
            None,
            "The topic 'x' does not exist.",
        ),
        (
            more("t", 4, [[1]]),
            errors.INVALID_REPLICA_ASSIGNMENT,
            "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.",
            "Increasing the number of partitions by 2 but 1 assignments provided.",
        ),
    ],
)
def test_partitions_that_cannot_be_added(image: Image, wanted: object, code: int, kraft: str | None, zk: str) -> None:
    create(image, topic("t", 2, 1))
    request = messages.CreatePartitionsRequest(topics=[wanted])
    for dialect, message in (("kraft", kraft), ("zk", zk)):
        results, records = create_partitions(image, request, settings(dialect))
        assert outcome(results) == [(code, message)]
        assert not records


def test_more_partitions_than_may_be_added_at_once(image: Image) -> None:
    create(image, topic("t", 2, 1), topic("u", 2, 1))
    request = messages.CreatePartitionsRequest(topics=[more("t", 9_000), more("u", 2_000_000_000)])
    results, records = create_partitions(image, request, settings())
    assert outcome(results) == [
        (errors.NONE, None),
        (errors.POLICY_VIOLATION, "Unable to perform excessively large batch operation."),
    ]
    assert len(records) == 8_998


def test_added_partitions_follow_the_others(image: Image) -> None:
    brokers(image, 2)
    create(image, topic("t", 1, 2))
    request = messages.CreatePartitionsRequest(topics=[more("t", 3, [[2, 1], [1, 2]])])
    results, records = create_partitions(image, request, settings())
    assert outcome(results) == [(errors.NONE, None)]
    for record in records:
        image.apply(record)
    assert [partition.replicas for partition in image.topics["t"].partitions.values()][1:] == [(2, 1), (1, 2)]
    request.validate_only = True
    request.topics = [more("t", 9)]
    assert create_partitions(image, request, settings())[1] == []
