"""Znodes as real Kafka 3.9.1 wrote them, read and written."""

from __future__ import annotations

import json

import pytest

from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE, Endpoint
from kcli.metadata.zk import znodes

# Read off a real 3.9.1 broker.
BROKER = (
    b'{"features":{},"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://localhost:9092"],'
    b'"jmx_port":-1,"port":9092,"host":"localhost","version":5,"timestamp":"1763865600000"}'
)
TOPIC = (
    b'{"removing_replicas":{},"partitions":{"0":[1],"1":[1]},"topic_id":"AAAAAAAAAAAAAAAAAAAAAg",'
    b'"adding_replicas":{},"version":3}'
)
STATE = b'{"controller_epoch":3,"leader":1,"version":1,"leader_epoch":7,"isr":[1]}'


def test_a_broker_is_written_as_kafka_writes_it() -> None:
    endpoint = Endpoint("PLAINTEXT", "localhost", 9092, 0)
    assert json.loads(znodes.broker([endpoint], None, 1763865600000)) == json.loads(BROKER)
    broker = znodes.read_broker(1, BROKER, epoch=25)
    assert (broker.epoch, broker.endpoints) == (25, {"PLAINTEXT": endpoint})


def test_listeners_with_names_of_their_own_and_ipv6() -> None:
    listed = [Endpoint("INSIDE", "::1", 1, 2), Endpoint("OUTSIDE", "kafka.example.org", 2, 1)]
    data = znodes.broker(listed, "rack-1", 5)
    assert json.loads(data)["host"] is None
    assert json.loads(data)["port"] == -1
    broker = znodes.read_broker(4, data, 1)
    assert list(broker.endpoints.values()) == listed
    assert broker.rack == "rack-1"


def test_a_topic_and_a_state() -> None:
    assignment = znodes.read_topic("t", TOPIC)
    assert assignment.partitions == {0: (1,), 1: (1,)}
    partition = znodes.read_state("t", 1, STATE, 4, assignment)
    assert (partition.leader, partition.leader_epoch, partition.partition_epoch, partition.isr) == (1, 7, 4, (1,))
    assert json.loads(znodes.state(partition, 3)) == json.loads(STATE)
    other = znodes.read_state("t", 0, STATE, 0, assignment)
    assert assignment.topic_id is not None
    assert json.loads(znodes.topic(assignment.topic_id, {0: other, 1: partition})) == json.loads(TOPIC)


@pytest.mark.parametrize(
    ("resource", "entity"),
    [
        ((TOPIC_RESOURCE, "a.b_c-d"), "topics/a.b_c-d"),
        ((BROKER_RESOURCE, "1"), "brokers/1"),
        ((BROKER_RESOURCE, ""), "brokers/<default>"),
    ],
)
def test_config_entities(resource: tuple[int, str], entity: str) -> None:
    assert znodes.config_entity(*resource) == entity
    assert znodes.config_resource(entity) == resource


def test_other_entities_are_not_in_the_image() -> None:
    assert znodes.config_resource("users/alice") is None


def test_producer_id_blocks_are_quoted() -> None:
    data = znodes.producer_ids(1, range(1000, 2000))
    assert json.loads(data) == {"version": 1, "broker": 1, "block_start": "1000", "block_end": "1999"}
    assert znodes.read_next_producer_id(data) == 2000
    assert znodes.read_next_producer_id(b"") == 0


@pytest.mark.parametrize("data", [b"", b"not json", b"[]"])
def test_a_znode_that_kafka_did_not_write_is_named(data: bytes) -> None:
    with pytest.raises(znodes.ZnodeError, match="/cluster/id"):
        znodes.read_cluster_id(data)
