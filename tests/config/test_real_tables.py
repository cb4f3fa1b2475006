"""The tables against what real brokers answer: names, types, defaults, what may change while running."""

import pytest

from kcli.client.cluster import Cluster
from kcli.config import broker, topic
from kcli.config.definition import TYPE_CODES
from kcli.wire import messages

BROKER, TOPIC = 4, 2
DEFAULT_SOURCE = 5

# Answered as what was made of the value, or filled in where the file says nothing.
MADE_UP = {"log.dirs", "node.id", "broker.id", "process.roles", "controller.listener.names"}


def described(kafka, kind, name):
    request = messages.DescribeConfigsRequest
    resource = request.DescribeConfigsResource(resource_type=kind, resource_name=name, configuration_keys=None)
    with Cluster(kafka.bootstrap) as cluster:
        (result,) = cluster.request(cluster.any_node(), request(resources=[resource])).results
    assert result.error_code == 0, result.error_message
    return {entry.name: entry for entry in result.configs}


def check(entries, known, dialect):
    names = known.known_in(dialect).keys()
    quotas = set(broker.DYNAMIC_ONLY) if "listeners" in known else set()
    assert entries.keys() - quotas == names - quotas
    for name, entry in entries.items():
        if name not in known:
            continue
        key = known[name]
        assert entry.is_sensitive == key.sensitive, name
        if entry.config_source == DEFAULT_SOURCE and name not in MADE_UP and not key.sensitive:
            assert entry.value == key.default_text, name
        if dialect == "4.3":
            assert entry.config_type == TYPE_CODES[key.type], name
            if "listeners" in known:
                assert entry.read_only == key.read_only, name


@pytest.mark.interop
@pytest.mark.parametrize("dialect", ["3.9", "4.3"])
def test_tables(dialect, request):
    kafka = request.getfixturevalue(f"kafka_{dialect.replace('.', '')}")
    check(described(kafka, BROKER, "1"), broker.definition(dialect), dialect)
    with Cluster(kafka.bootstrap) as cluster:
        creatable = messages.CreateTopicsRequest.CreatableTopic(name="tables", num_partitions=1, replication_factor=1)
        cluster.request(cluster.controller(), messages.CreateTopicsRequest(topics=[creatable], timeout_ms=30000))
    check(described(kafka, TOPIC, "tables"), topic.definition(dialect), dialect)
