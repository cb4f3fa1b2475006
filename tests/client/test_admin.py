"""Administration of our own broker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kcli.client.admin import (
    BROKER_CONFIG,
    DELETE,
    DYNAMIC_TOPIC_CONFIG,
    EARLIEST,
    LATEST,
    SET,
    TOPIC_CONFIG,
    Admin,
    ConfigEntry,
    NewTopic,
    OffsetAndTimestamp,
    Reassignment,
    results,
)
from kcli.client.cluster import Cluster
from kcli.testing.broker import InProcessBroker
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from kcli.wire.frames import RequestHeader
from tests.client.scripted_broker import ScriptedBroker


@pytest.fixture(scope="module")
def admin() -> Iterator[Admin]:
    with InProcessBroker() as broker, Cluster(broker.bootstrap_servers) as cluster:
        yield Admin(cluster)


def setting(admin: Admin, kind: int, resource: str, name: str) -> ConfigEntry:
    found = results(admin.describe_configs(kind, [resource]))[resource]
    return next(entry for entry in found if entry.name == name)


def test_each_topic_has_its_own_outcome(admin: Admin) -> None:
    outcome = admin.create_topics([NewTopic("a", 2), NewTopic("a/b"), NewTopic("c", configs={"nonesuch": "1"})])
    created = outcome["a"]
    assert not isinstance(created, KafkaError)
    assert (created.name, created.partitions, created.replication_factor) == ("a", 2, 1)
    refused = {name: error.name for name, error in outcome.items() if isinstance(error, KafkaError)}
    assert refused == {"a/b": "INVALID_TOPIC_EXCEPTION", "c": "INVALID_CONFIG"}
    with pytest.raises(KafkaError):
        results(outcome)
    deleted = admin.delete_topics(["a", "zzz"])
    assert deleted["a"] is None
    missing = deleted["zzz"]
    assert isinstance(missing, KafkaError)
    assert missing.code == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_a_dry_run_changes_nothing(admin: Admin) -> None:
    results(admin.create_topics([NewTopic("dry")], validate_only=True))
    assert "dry" not in [topic.name for topic in admin.list_topics()]


def test_partitions_are_added_where_one_says(admin: Admin) -> None:
    results(admin.create_topics([NewTopic("grows", assignments={0: [1]})]))
    results(admin.create_partitions({"grows": (3, [[1], [1]])}))
    results(admin.create_partitions({"grows": (4, None)}))
    described = results(admin.describe_topics(["grows"]))["grows"]
    assert [(partition.partition, partition.leader) for partition in described.partitions] == [
        (number, 1) for number in range(4)
    ]
    by_id = results(admin.describe_topics_by_id([described.id]))[described.id]
    assert by_id.name == "grows"
    assert by_id.partitions[0].elr is None


def test_a_topics_settings_are_changed_one_by_one(admin: Admin) -> None:
    results(admin.create_topics([NewTopic("set", configs={"retention.ms": "5"})]))
    changes = {"set": [("retention.ms", DELETE, None), ("cleanup.policy", SET, "compact")]}
    results(admin.alter_configs(TOPIC_CONFIG, changes))
    assert setting(admin, TOPIC_CONFIG, "set", "retention.ms").default
    changed = setting(admin, TOPIC_CONFIG, "set", "cleanup.policy")
    assert (changed.value, changed.source) == ("compact", DYNAMIC_TOPIC_CONFIG)


def test_a_broker_tells_its_own_settings(admin: Admin) -> None:
    assert setting(admin, BROKER_CONFIG, "1", "log.retention.hours").value == "168"


def test_offsets_of_partitions_on_whichever_broker(admin: Admin) -> None:
    results(admin.create_topics([NewTopic("offsets", 2)]))
    wanted = {("offsets", 0): EARLIEST, ("offsets", 1): LATEST}
    found = admin.list_offsets(wanted)
    assert set(found) == set(wanted)
    for outcome in found.values():
        assert isinstance(outcome, OffsetAndTimestamp)
        assert outcome.offset == 0


def test_there_are_no_groups_yet(admin: Admin) -> None:
    assert admin.list_groups() == []


def test_what_is_being_moved() -> None:
    def script(header: RequestHeader, body: Any) -> Any:
        if isinstance(body, messages.MetadataRequest):
            broker = messages.MetadataResponse.MetadataResponseBroker
            return messages.MetadataResponse(
                brokers=[broker(node_id=0, host="localhost", port=scripted.address.port)], controller_id=0
            )
        response = messages.ListPartitionReassignmentsResponse
        moving = response.OngoingPartitionReassignment(
            partition_index=2, replicas=[1, 2, 3], adding_replicas=[3], removing_replicas=[1]
        )
        return response(topics=[response.OngoingTopicReassignment(name="t", partitions=[moving])])

    with ScriptedBroker(script) as scripted, Cluster(str(scripted.address)) as cluster:
        cluster.refresh()
        assert Admin(cluster).reassignments() == {("t", 2): Reassignment([1, 2, 3], [3], [1])}


def test_a_controller_that_moved_is_found_again() -> None:
    """Two brokers; the first still believes that it is the controller, and learns better when asked again."""
    asked: list[int] = []

    def script(number: int) -> Any:
        def answer(header: RequestHeader, body: Any) -> Any:
            if isinstance(body, messages.MetadataRequest):
                broker = messages.MetadataResponse.MetadataResponseBroker
                return messages.MetadataResponse(
                    brokers=[
                        broker(node_id=index, host=each.address.host, port=each.address.port)
                        for index, each in enumerate(brokers)
                    ],
                    controller_id=1 if asked else 0,
                )
            asked.append(number)
            code = errors.NOT_CONTROLLER if number == 0 else errors.NONE
            item = messages.DeleteTopicsResponse.DeletableTopicResult
            return messages.DeleteTopicsResponse(responses=[item(name="t", error_code=code)])

        return answer

    with ScriptedBroker(script(0)) as first, ScriptedBroker(script(1)) as second:
        brokers = [first, second]
        with Cluster(str(first.address), {"retry.backoff.ms": "1"}) as cluster:
            assert Admin(cluster).delete_topics(["t"]) == {"t": None}
    assert asked == [0, 1]
