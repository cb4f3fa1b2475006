"""Our clients on two nodes of real Kafka 4.3.0, each leading some partitions, one of which is killed and comes back."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from confluent_kafka import Producer
from cryptography.hazmat.primitives import serialization

from kcli.cli.main import Run, guard
from kcli.client.cluster import Cluster
from kcli.client.share_config import share_config
from kcli.client.share_consumer import ShareConsumer
from kcli.commands import doctor, wait
from kcli.tools import (
    configs,
    console_share_consumer,
    share_consumer_perf_test,
    share_groups,
    topics,
    verifiable_share_consumer,
)
from tests.cli.support import Recorded
from tests.interop.real_kafka import Cluster43

pytestmark = [pytest.mark.interop, pytest.mark.slow]
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
Place = tuple[str, int, int]  # topic, partition, offset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster43]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "trust.pem")
    issued = authority.issue_cert("localhost")
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "broker.pem").write_bytes(pem + b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    (folder / "client.properties").write_text(
        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n"
        f'sasl.jaas.config={PLAIN} username="alice" password="secret";\n'
        f"ssl.truststore.type=PEM\nssl.truststore.location={folder / 'trust.pem'}\n"
    )
    made = Cluster43(
        folder,
        listeners=["SASL_SSL"],
        properties={
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_ssl.plain.sasl.jaas.config": f'{PLAIN} user_alice="secret";',
            "connections.max.reauth.ms": "3000",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(folder / "broker.pem"),
        },
    )
    try:
        assert tool(wait.run, made.bootstrap, "brokers --count 2", last=True).code == 0
        yield made
    finally:
        made.stop()


def produce(cluster: Cluster43, topic: str, partitions: int, count: int) -> list[str]:
    """So many records to each partition, in batches of five; their values, in order."""
    producer = Producer({"bootstrap.servers": cluster.bootstrap, "batch.num.messages": 5})
    values = [f"{number}-{position}" for number in range(partitions) for position in range(count)]
    for value in values:
        producer.produce(topic, value, partition=int(value.partition("-")[0]))
    assert producer.flush(60) == 0
    return sorted(values)


def tool(run: Run, bootstrap: str, arguments: str, *, last: bool = False) -> Recorded:
    """Run a tool; `last`: the servers are named after the command."""
    server, line = ["--bootstrap-server", bootstrap], arguments.split()
    environment = Recorded()
    environment.code = guard(run, [*line, *server] if last else [*server, *line], environment)
    return environment


def kcli(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "kcli.cli.umbrella", *arguments], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def create(cluster: Cluster43, topic: str, assignment: str) -> None:
    done = tool(topics.run, cluster.bootstrap, f"--create --topic {topic} --replica-assignment {assignment}")
    assert done.code == 0, done.err
    done = tool(wait.run, cluster.bootstrap, f"topic {topic}", last=True)
    assert done.code == 0, done.err


def new_group(cluster: Cluster43, name: str) -> str:
    """A share group that begins at the beginning."""
    reset = f"--entity-type groups --entity-name {name} --alter --add-config share.auto.offset.reset=earliest"
    assert tool(configs.run, cluster.bootstrap, reset).code == 0
    return name


def lag(cluster: Cluster43, group: str) -> int:
    """How many records a group is not done with."""
    described = tool(share_groups.run, cluster.bootstrap, f"--describe --group {group}").out
    rows = [line.split() for line in described.splitlines() if line.startswith(group)]
    assert rows, described
    return sum(int(row[-1]) for row in rows)


def test_share_groups_over_sasl_and_tls(cluster: Cluster43, folder: Path) -> None:
    create(cluster, "secure", "1,2,1,2")
    written = produce(cluster, "secure", 4, 10)
    secure = f"localhost:{cluster.nodes[1].ports['SASL_SSL']}"
    login = f"--command-config {folder / 'client.properties'}"
    new_group(cluster, "console")
    line = f"--topic secure --group console --timeout-ms 60000 {login}"
    first = tool(console_share_consumer.run, secure, f"{line} --max-messages 15")
    rest = tool(console_share_consumer.run, secure, f"{line} --max-messages 25")
    assert (first.code, rest.code) == (0, 0), first.err + rest.err
    assert sorted((first.out + rest.out).split()) == written
    assert lag(cluster, "console") == 0

    line = f"--topic secure --group-id verified --max-messages 40 --acknowledgement-mode sync {login}"
    done = tool(verifiable_share_consumer.run, secure, f"{line} --offset-reset-strategy earliest")
    events = [json.loads(text) for text in done.out.splitlines()]
    assert done.code == 0, done.err
    assert sum(event["count"] for event in events if event["name"] == "offsets_acknowledged") == 40
    assert lag(cluster, "verified") == 0

    new_group(cluster, "measured")
    line = f"--topic secure --group measured --num-records 40 --threads 2 --timeout 60000 {login}"
    done = tool(share_consumer_perf_test.run, secure, line)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1].split(", ")[5] == "40"


def test_copies_between_leaders_on_several_brokers(cluster: Cluster43, folder: Path) -> None:
    """A transaction is open in two of the partitions: of these what comes before it is taken, of the others all."""
    create(cluster, "original", "1:2,2:1,1:2,2:1")
    produce(cluster, "original", 4, 200)
    transaction = Producer({"bootstrap.servers": cluster.bootstrap, "transactional.id": "open"})
    transaction.init_transactions(60)
    transaction.begin_transaction()
    for partition in (0, 1):
        transaction.produce("original", b"not yet", partition=partition)
    transaction.flush(60)
    produce(cluster, "original", 4, 10)
    server = ("--bootstrap-server", cluster.nodes[1].bootstrap)
    dump = str(folder / "original.kdump")
    kcli("dump", *server, "--topic", "original", "--file", dump)
    kcli("restore", *server, "--rename", "original=restored", "--file", dump)
    kcli("cp", *server, "--topic", "original", "--rename", "original=copied", "--replication-factor", "1")
    digests = {
        name: [line.rpartition("  ")[0] for line in kcli("digest", *server, "--topic", name).splitlines()]
        for name in ("original", "restored", "copied")
    }
    assert [int(line.split()[1]) for line in digests["original"]] == [200, 200, 210, 210, 820]  # the last: in all
    assert digests["original"] == digests["restored"] == digests["copied"]
    transaction.commit_transaction(60)
    whole = kcli("digest", *server, "--topic", "original").splitlines()
    assert [int(line.split()[1]) for line in whole] == [211, 211, 210, 210, 842]


class Reader:
    """A share consumer, and which records it has been given and has acknowledged."""

    def __init__(self, bootstrap: str, group: str, *names: str) -> None:
        settings = {"bootstrap.servers": bootstrap, "group.id": group, "max.poll.records": "5"}
        self.warnings: list[str] = []
        self.given: list[Place] = []
        self.accepted: set[Place] = set()
        self.cluster = Cluster(bootstrap, settings)
        self.consumer = ShareConsumer(
            self.cluster, share_config(settings), warn=self.warnings.append, report=self._report
        )
        self.consumer.subscribe(names)

    def _report(self, acknowledgements: Any, error: Any) -> None:
        if error is None:
            for acquired in (each.acquired for each in acknowledgements):
                self.accepted |= {(acquired.topic, acquired.partition, offset) for offset in acquired.offsets}

    def read(self, enough: Callable[[], bool], seconds: float = 150) -> None:
        """Poll until it is enough."""
        deadline = time.monotonic() + seconds
        while not enough():
            assert time.monotonic() < deadline, (self.progress(), self.warnings[-5:])
            for delivered in self.consumer.poll(0.5):
                self.given += [(delivered.topic, delivered.partition, record[0]) for record in delivered.records]

    def progress(self) -> dict[tuple[str, int], tuple[int, int]]:
        """For each partition, how many records were given and how many accepted."""
        given, accepted = (Counter(place[:2] for place in places) for places in (self.given, self.accepted))
        return {partition: (given[partition], accepted[partition]) for partition in sorted(given)}

    def close(self) -> None:
        self.consumer.close()
        self.cluster.close()


def test_a_broker_dies_and_comes_back(cluster: Cluster43, folder: Path) -> None:
    """What is on the dying one alone waits for it, the rest is read on."""
    create(cluster, "single", "1,2,1")
    create(cluster, "double", "1:2,2:1")
    group = new_group(cluster, "survivors")
    first, second = cluster.nodes
    produce(cluster, "single", 3, 60)
    produce(cluster, "double", 2, 60)
    partitions = {("single", 0), ("single", 1), ("single", 2), ("double", 0), ("double", 1)}
    places = {(*partition, offset) for partition in partitions for offset in range(60)}
    reader = Reader(cluster.bootstrap, group, "single", "double")
    reader.read(lambda: {place[:2] for place in reader.accepted} == partitions)
    second.kill()

    elsewhere = {place for place in places if place[:2] != ("single", 1)}
    reader.read(lambda: elsewhere <= set(reader.given))

    seen = tool(wait.run, first.bootstrap, "topic single --timeout 1s", last=True)
    assert (seen.code, seen.err) == (124, "timed out: topic single: partition 1 has no leader\n")
    seen = tool(wait.run, first.bootstrap, "topic double --timeout 1s", last=True)
    assert seen.err == "timed out: topic double: 1 of 2 replicas of partition 0 are in sync\n"
    seen = tool(doctor.run, first.bootstrap, "--timeout 5s", last=True)
    assert seen.code == 1
    (failed,) = [line for line in seen.out.splitlines() if line.startswith("failed")]
    assert failed.split()[1:4] == ["listener", "2", second.bootstrap]
    assert f"broker 2 advertises {second.bootstrap}, which does not answer here" in failed
    assert "start broker 2" in failed
    kcli("dump", "--bootstrap-server", first.bootstrap, "--topic", "double", "--file", str(folder / "one-left"))

    second.start()
    # Acknowledgements that were under way when it died may have arrived, and are not reported; if not, all comes again.
    reader.read(lambda: places <= set(reader.given) and lag(cluster, group) == 0)
    reader.close()
    for name in ("single", "double"):
        seen = tool(wait.run, cluster.bootstrap, f"topic {name} --timeout 60s", last=True)
        assert (seen.code, seen.err) == (0, "")
    again = Reader(cluster.bootstrap, group, "single", "double")
    produce(cluster, "single", 3, 1)
    produce(cluster, "double", 2, 1)
    again.read(lambda: len(again.accepted) == 5)
    again.close()
    assert set(again.given) == {(*partition, 60) for partition in partitions}
