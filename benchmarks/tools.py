"""How long each tool takes beside its JVM twin: for its help, and for one call that only reads metadata."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.harness import Row, create_topic, ours, real_broker, seconds
from kcli.cli.registry import TOOLS
from tests.interop import real_kafka

TOPIC = "measured"
HELP = ("--help",)
CLASSES = "org.apache.kafka.tools"


class Twin(NamedTuple):
    """The JVM's class, and the arguments of a call that reads; `{bootstrap}` and others are filled in."""

    java_class: str
    call: str = ""
    version: str = "4.3"
    first: tuple[str, ...] = ()
    """what Kafka's script puts before the arguments"""


_AT = "--bootstrap-server {bootstrap} "
TWINS = {
    "kafka-acls": Twin(f"{CLASSES}.AclCommand", _AT + "--list"),
    "kafka-broker-api-versions": Twin(f"{CLASSES}.BrokerApiVersionsCommand", _AT),
    "kafka-client-metrics": Twin(f"{CLASSES}.ClientMetricsCommand", _AT + "--describe"),
    "kafka-cluster": Twin(f"{CLASSES}.ClusterTool", "cluster-id " + _AT),
    "kafka-configs": Twin("kafka.admin.ConfigCommand", _AT + "--describe --entity-type topics --entity-name {topic}"),
    "kafka-console-consumer": Twin(f"{CLASSES}.consumer.ConsoleConsumer"),
    "kafka-console-producer": Twin(f"{CLASSES}.ConsoleProducer"),
    "kafka-console-share-consumer": Twin(f"{CLASSES}.consumer.ConsoleShareConsumer"),
    "kafka-consumer-groups": Twin(f"{CLASSES}.consumer.group.ConsumerGroupCommand", _AT + "--list"),
    "kafka-consumer-perf-test": Twin(f"{CLASSES}.ConsumerPerformance"),
    "kafka-delegation-tokens": Twin(f"{CLASSES}.DelegationTokenCommand"),
    "kafka-delete-records": Twin(f"{CLASSES}.DeleteRecordsCommand"),
    "kafka-dump-log": Twin(f"{CLASSES}.DumpLogSegments", "--files {segment}"),
    "kafka-e2e-latency": Twin(f"{CLASSES}.EndToEndLatency"),
    "kafka-features": Twin(f"{CLASSES}.FeatureCommand", _AT + "describe"),
    "kafka-get-offsets": Twin(f"{CLASSES}.GetOffsetShell", _AT + "--topic {topic}"),
    "kafka-groups": Twin(f"{CLASSES}.GroupsCommand", _AT + "--list"),
    "kafka-leader-election": Twin(f"{CLASSES}.LeaderElectionCommand"),
    "kafka-log-dirs": Twin(f"{CLASSES}.LogDirsCommand", _AT + "--describe"),
    "kafka-metadata-quorum": Twin(f"{CLASSES}.MetadataQuorumCommand", _AT + "describe --status"),
    "kafka-metadata-shell": Twin("org.apache.kafka.shell.MetadataShell"),
    "kafka-producer-perf-test": Twin(f"{CLASSES}.ProducerPerformance"),
    "kafka-reassign-partitions": Twin(f"{CLASSES}.reassign.ReassignPartitionsCommand", _AT + "--list"),
    "kafka-replica-verification": Twin(f"{CLASSES}.ReplicaVerificationTool"),
    "kafka-share-consumer-perf-test": Twin(f"{CLASSES}.ShareConsumerPerformance"),
    "kafka-share-groups": Twin(f"{CLASSES}.consumer.group.ShareGroupCommand", _AT + "--list"),
    "kafka-storage": Twin("kafka.tools.StorageTool", "random-uuid"),
    "kafka-streams-application-reset": Twin(f"{CLASSES}.StreamsResetter"),
    "kafka-streams-groups": Twin(f"{CLASSES}.streams.StreamsGroupCommand", _AT + "--list"),
    "kafka-topics": Twin(f"{CLASSES}.TopicCommand", _AT + "--describe --topic {topic}"),
    "kafka-transactions": Twin(f"{CLASSES}.TransactionsCommand", _AT + "list"),
    "kafka-verifiable-consumer": Twin(f"{CLASSES}.VerifiableConsumer"),
    "kafka-verifiable-producer": Twin(f"{CLASSES}.VerifiableProducer"),
    "kafka-verifiable-share-consumer": Twin(f"{CLASSES}.VerifiableShareConsumer"),
    "zookeeper-shell": Twin(
        "org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka", "{zookeeper} ls /", "3.9", ("-server",)
    ),
}
WITHOUT_TWIN = {"kafka-server-start", "kafka-server-stop"}  # measured by `startup`; a shell script in Kafka too


def rows(rounds: int = 3) -> Iterator[Row]:
    """Alternating runs of each tool; the call of both must end alike, so that no failure passes for speed."""
    with real_broker("4.3") as broker, real_broker("3.9") as old:
        create_topic(broker.bootstrap, TOPIC)
        assert isinstance(old, real_kafka.Kafka39) and old.zookeeper is not None
        values = {
            "bootstrap": broker.bootstrap,
            "topic": TOPIC,
            "zookeeper": old.zookeeper.address,
            "segment": str(broker.log_dir / f"{TOPIC}-0" / f"{0:020}.log"),
        }
        for name in sorted(tool.program for tool in TOOLS if tool.program not in WITHOUT_TWIN):
            twin = TWINS[name]
            yield _row(f"{name} --help", name, twin, HELP, rounds)
            if twin.call:
                call = twin.call.format(**values).split()
                shown = " ".join(twin.call.replace(_AT, "").format(topic=TOPIC, zookeeper="", segment="LOG").split())
                yield _row(f"{name} {shown}".rstrip(), name, twin, call, rounds)


def _row(what: str, name: str, twin: Twin, arguments: Sequence[str], rounds: int) -> Row:
    commands = {
        "ours": ours(name, *arguments),
        "jvm": [str(real_kafka.fetch(twin.version) / "bin" / "run-class"), twin.java_class, *twin.first, *arguments],
    }
    times: dict[str, list[float]] = {"ours": [], "jvm": []}
    codes: dict[str, int] = {}
    for number in range(rounds + 1):
        for side, command in commands.items():
            begun = time.perf_counter()
            codes[side] = subprocess.run(
                # The pipe is what ends the wait; without one, a wait with a timeout looks every 50 ms only.
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=120,
            ).returncode
            if number:
                times[side].append(time.perf_counter() - begun)
    if arguments is not HELP and codes["ours"] != codes["jvm"]:
        print(f"{what}: exit codes differ: {codes['ours']}, JVM {codes['jvm']}", file=sys.stderr)
    our, jvm = statistics.median(times["ours"]), statistics.median(times["jvm"])
    return Row(what, seconds(our), "JVM " + seconds(jvm), jvm / our, "10x, < 200 ms")
