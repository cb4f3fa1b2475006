"""A share consumer of two brokers of real Kafka 4.3.0, one of which is stopped in the middle of its work."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kcli.client.admin import Admin, NewTopic, results
from kcli.client.cluster import Cluster
from kcli.client.config import PRODUCER, parse
from kcli.client.producer import BulkProducer
from kcli.client.producer_config import producer_config
from tests.interop import real_kafka
from tests.tools.test_cluster_tools import succeed

pytestmark = [pytest.mark.interop, pytest.mark.slow]

GROUP, TOPIC = "ss", "ss-t"
COMMAND = [sys.executable, "-c", "from kcli.tools.console_share_consumer import main; main()"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_kafka.Cluster43]:
    """Partition 0 of the topic is on broker 1, with all that the group needs, and partition 1 on broker 2.

    A broker may be silent as long as it likes: it goes on leading.
    """
    own = {"__consumer_offsets": "offsets.topic", "__share_group_state": "share.coordinator.state.topic"}
    properties = {"broker.session.timeout.ms": "3600000"}
    for prefix in own.values():
        properties |= {f"{prefix}.num.partitions": "1", f"{prefix}.replication.factor": "1"}
    nodes = real_kafka.Cluster43(tmp_path_factory.mktemp("two"), properties=properties)
    try:
        with Cluster(nodes.nodes[0].bootstrap) as cluster:
            while len(cluster.nodes) < 2:
                cluster.refresh()
            made = [NewTopic(name, assignments={0: [1]}, configs={"cleanup.policy": "compact"}) for name in own]
            results(Admin(cluster).create_topics([*made, NewTopic(TOPIC, assignments={0: [1], 1: [2]})]))
        line = f"--bootstrap-server {nodes.nodes[0].bootstrap} --entity-type groups --entity-name {GROUP} --alter"
        succeed("configs", f"{line} --add-config share.auto.offset.reset=earliest")
        yield nodes
    finally:
        nodes.stop()


def produce(bootstrap: str, partition: int, *values: bytes) -> None:
    config = producer_config(parse(PRODUCER, {"bootstrap.servers": bootstrap}), {})
    with Cluster(bootstrap) as cluster, BulkProducer(cluster, config) as producer:
        for value in values:
            producer.send(TOPIC, None, value, partition=partition)


def test_the_others_are_read_while_a_leader_is_stopped(two: real_kafka.Cluster43) -> None:
    """Even where it is waited for as long as one can ask for."""
    first, second = two.nodes
    produce(first.bootstrap, 0, b"a", b"b")
    produce(first.bootstrap, 1, b"y", b"z")
    forever = ["--command-property", "socket.connection.setup.timeout.ms=2000000000"]
    second.process.send_signal(signal.SIGSTOP)
    try:
        command = [*COMMAND, "--bootstrap-server", first.bootstrap, "--topic", TOPIC, "--group", GROUP, *forever]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as consumer:
            try:
                assert consumer.stdout is not None
                assert [consumer.stdout.readline() for _ in range(2)] == [b"a\n", b"b\n"]
                produce(first.bootstrap, 0, b"c")
                assert consumer.stdout.readline() == b"c\n"
                second.process.send_signal(signal.SIGCONT)
                assert [consumer.stdout.readline() for _ in range(2)] == [b"y\n", b"z\n"]
                consumer.terminate()
                assert consumer.wait(60) == 143
            finally:
                consumer.kill()
    finally:
        second.process.send_signal(signal.SIGCONT)
