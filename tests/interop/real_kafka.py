"""Real Apache Kafka beside us: 3.9.1 with ZooKeeper and 4.3.0 with KRaft, from Maven Central, run by `java`.

The jars are resolved once into a cache folder (KCLI_REAL_KAFKA, or ~/.cache/kcli/real-kafka); brokers run on free
ports in folders of the caller's. Tests get it through the `real_kafka` fixtures and skip, with the reason, where
there is no Java or no Maven.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from kazoo.client import KazooClient

ROOT = Path(__file__).resolve().parent.parent.parent
FULL = {"3.9": "3.9.1", "4.3": "4.3.0"}
ARTIFACTS = ("kafka_2.13", "kafka-tools", "kafka-shell", "kafka-streams")

TOOLS = {
    "kafka-topics": "org.apache.kafka.tools.TopicCommand",
    "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-consumer-perf-test": "org.apache.kafka.tools.ConsumerPerformance",
    "kafka-producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
    "kafka-configs": "kafka.admin.ConfigCommand",
    "kafka-storage": "kafka.tools.StorageTool",
    "kafka-get-offsets": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
    "kafka-log-dirs": "org.apache.kafka.tools.LogDirsCommand",
    "kafka-cluster": "org.apache.kafka.tools.ClusterTool",
    "kafka-features": "org.apache.kafka.tools.FeatureCommand",
    "kafka-metadata-quorum": "org.apache.kafka.tools.MetadataQuorumCommand",
    "kafka-leader-election": "org.apache.kafka.tools.LeaderElectionCommand",
    "kafka-reassign-partitions": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
    "kafka-transactions": "org.apache.kafka.tools.TransactionsCommand",
    "kafka-client-metrics": "org.apache.kafka.tools.ClientMetricsCommand",
    "kafka-delegation-tokens": "org.apache.kafka.tools.DelegationTokenCommand",
    "kafka-e2e-latency": "org.apache.kafka.tools.EndToEndLatency",
    "kafka-replica-verification": "org.apache.kafka.tools.ReplicaVerificationTool",
    "kafka-streams-application-reset": "org.apache.kafka.tools.StreamsResetter",
    "kafka-verifiable-consumer": "org.apache.kafka.tools.VerifiableConsumer",
    "kafka-verifiable-producer": "org.apache.kafka.tools.VerifiableProducer",
}
TOOLS_39 = {
    "kafka-dump-log": "kafka.tools.DumpLogSegments",
    "kafka-broker-api-versions": "kafka.admin.BrokerApiVersionsCommand",
    "kafka-console-producer": "kafka.tools.ConsoleProducer",
    "kafka-acls": "kafka.admin.AclCommand",
    "zookeeper-shell": "org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka -server",
}
TOOLS_43 = {
    "kafka-dump-log": "org.apache.kafka.tools.DumpLogSegments",
    "kafka-broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
    "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-acls": "org.apache.kafka.tools.AclCommand",
    "kafka-groups": "org.apache.kafka.tools.GroupsCommand",
    "kafka-share-groups": "org.apache.kafka.tools.consumer.group.ShareGroupCommand",
    "kafka-streams-groups": "org.apache.kafka.tools.streams.StreamsGroupCommand",
    "kafka-console-share-consumer": "org.apache.kafka.tools.consumer.ConsoleShareConsumer",
    "kafka-share-consumer-perf-test": "org.apache.kafka.tools.ShareConsumerPerformance",
    "kafka-verifiable-share-consumer": "org.apache.kafka.tools.VerifiableShareConsumer",
    "kafka-metadata-shell": "org.apache.kafka.shell.MetadataShell",
    "kafka-server-start": "kafka.Kafka",
}

# The flags that Kafka's own kafka-run-class.sh gives its tools, so that times compare.
JVM_FLAGS = (
    "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 "
    "-XX:+ExplicitGCInvokesConcurrent -XX:MaxInlineLevel=15 -Djava.awt.headless=true"
)

LOG4J_1 = """log4j.rootLogger=WARN, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=[%d] %p %m (%c)%n
log4j.appender.stderr.Target=System.err
"""
LOG4J_2 = """rootLogger.level=warn
rootLogger.appenderRef.stderr.ref=STDERR
appender.stderr.type=Console
appender.stderr.name=STDERR
appender.stderr.target=SYSTEM_ERR
appender.stderr.layout.type=PatternLayout
appender.stderr.layout.pattern=[%d] %p %m (%c)%n
"""


def missing() -> str | None:
    """Why real Kafka cannot run here, or None."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            return f"real Kafka needs {program}, which is not on PATH"
    return None


def _home() -> Path:
    return Path(os.environ.get("KCLI_REAL_KAFKA") or Path.home() / ".cache" / "kcli" / "real-kafka")


def _pom(version: str) -> str:
    def dependency(group: str, artifact: str, release: str) -> str:
        return (
            f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{release}</version></dependency>"
        )

    wanted = [dependency("org.apache.kafka", artifact, FULL[version]) for artifact in ARTIFACTS]
    if version == "4.3":
        wanted.append(dependency("org.apache.logging.log4j", "log4j-slf4j-impl", "2.24.3"))
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>peer</groupId><artifactId>peer</artifactId><version>{FULL[version]}</version>"
        f"<dependencies>{''.join(wanted)}</dependencies></project>"
    )


@cache
def fetch(version: str) -> Path:
    """The folder of a version ("3.9" or "4.3") with libs/ and bin/, resolved by Maven on first use."""
    home = _home() / version
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it
        if not (home / ".ready").exists():
            _resolve(home, version)
            (home / ".ready").touch()
        _write_scripts(home, version)
    return home


def _resolve(home: Path, version: str) -> None:
    for name in ("bin", "config"):
        (home / name).mkdir(exist_ok=True)
    (home / "pom.xml").write_text(_pom(version))
    subprocess.run(
        ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=libs"], cwd=home, check=True, timeout=900
    )
    (home / "config" / "log4j.properties").write_text(LOG4J_1)
    (home / "config" / "log4j2.properties").write_text(LOG4J_2)
    run_class = home / "bin" / "run-class"
    run_class.write_text(
        "#!/usr/bin/env bash\n"
        f"exec java ${{KAFKA_HEAP_OPTS:--Xmx256M}} {JVM_FLAGS} "
        f"-Dlog4j.configuration=file:{home}/config/log4j.properties "
        f'-Dlog4j2.configurationFile={home}/config/log4j2.properties $KAFKA_OPTS -cp "{home}/libs/*" "$@"\n'
    )
    run_class.chmod(0o755)


def _write_scripts(home: Path, version: str) -> None:
    """A script for each tool; those that a cache folder of an older checkout lacks, too."""
    for name, java_class in _tools(version).items():
        script = home / "bin" / f"{name}.sh"
        if not script.exists():
            script.write_text(f'#!/usr/bin/env bash\nexec "{home}/bin/run-class" {java_class} "$@"\n')
            script.chmod(0o755)


def _tools(version: str) -> dict[str, str]:
    return {**TOOLS, **(TOOLS_39 if version == "3.9" else TOOLS_43)}


def kafka_bin(version: str) -> Path:
    """The folder with the JVM's kafka-topics.sh and the others."""
    return fetch(version) / "bin"


def run_tool(
    version: str, name: str, *arguments: str, stdin: bytes = b"", timeout: float = 120, check: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run a JVM tool; `check` raises with its output when it fails."""
    command = [str(kafka_bin(version) / "run-class"), *_tools(version)[name].split(), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout)
    if check and done.returncode:
        raise AssertionError(f"{name} exited {done.returncode}:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return done


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"it exited {process.returncode} before it listened:\n{log.read_text()[-4000:]}")
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"port {port} did not open in {seconds} s:\n{log.read_text()[-4000:]}")


class JavaServer:
    """A JVM in the background with its log in a folder; stop() ends it cleanly, kill() does not."""

    def __init__(self, version: str, java_class: str, config: str, folder: Path, heap: str, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"{name}.log"
        path = folder / f"{name}.properties"
        path.write_text(config)
        self.config = path
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(kafka_bin(version) / "run-class"), java_class, str(path)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env={**os.environ, "KAFKA_HEAP_OPTS": heap},
            )  # fmt: skip

    def stop(self, seconds: float = 40) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class ZooKeeper(JavaServer):
    """A real ZooKeeper server (the one of Kafka 3.9.1)."""

    def __init__(self, folder: Path, port: int | None = None, properties: Mapping[str, str] = {}) -> None:
        self.port = port or free_port()
        config = (
            f"dataDir={folder}/zookeeper-data\nclientPort={self.port}\nmaxClientCnxns=0\n"
            "admin.enableServer=false\n4lw.commands.whitelist=*\ntickTime=500\n"
            + "".join(f"{key}={value}\n" for key, value in properties.items())
        )
        main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        super().__init__("3.9", main, config, folder, "-Xmx256M", "zookeeper")
        self.address = f"localhost:{self.port}"
        wait_for_port(self.port, self.process, self.log)
        # Its first session takes seconds on a busy machine, longer than those have who are tested; and a connection
        # that comes before it has read its data is never answered, so that another one has to be tried.
        client = KazooClient(self.address, timeout=15, connection_retry={"max_tries": -1})
        try:
            client.start(90)
        except BaseException:
            self.kill()
            raise
        client.stop()
        client.close()


SINGLE_BROKER = {
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
}


class Kafka39(JavaServer):
    """Real Kafka 3.9.1 on a ZooKeeper (its own, unless one is given)."""

    def __init__(
        self,
        folder: Path,
        *,
        log_dir: Path | None = None,
        zookeeper: str | None = None,
        broker_id: int = 1,
        port: int | None = None,
        properties: Mapping[str, str] = {},
    ) -> None:
        self.zookeeper = None if zookeeper else ZooKeeper(folder)
        address = zookeeper or (self.zookeeper.address if self.zookeeper else "")
        self.port = port or free_port()
        self.bootstrap = f"localhost:{self.port}"
        self.log_dir = log_dir or folder / "data"
        settings = {
            "broker.id": str(broker_id),
            "listeners": f"PLAINTEXT://localhost:{self.port}",
            "zookeeper.connect": address,
            "log.dirs": str(self.log_dir),
            **SINGLE_BROKER,
            **properties,
        }
        config = "".join(f"{key}={value}\n" for key, value in settings.items())
        super().__init__("3.9", "kafka.Kafka", config, folder, "-Xmx1G", "kafka-3.9")
        wait_for_port(self.port, self.process, self.log)
        run_tool("3.9", "kafka-broker-api-versions", "--bootstrap-server", self.bootstrap)

    def stop(self, seconds: float = 40) -> None:
        super().stop(seconds)
        if self.zookeeper is not None:
            self.zookeeper.stop()


class Kafka43(JavaServer):
    """Real Kafka 4.3.0, broker and controller in one process. An empty folder is formatted first."""

    def __init__(
        self,
        folder: Path,
        *,
        log_dir: Path | None = None,
        node_id: int = 1,
        port: int | None = None,
        properties: Mapping[str, str] = {},
    ) -> None:
        self.port = port or free_port()
        controller_port = free_port()
        self.bootstrap = f"localhost:{self.port}"
        self.log_dir = log_dir or folder / "data"
        settings = {
            "process.roles": "broker,controller",
            "node.id": str(node_id),
            "controller.quorum.voters": f"{node_id}@localhost:{controller_port}",
            "listeners": f"PLAINTEXT://localhost:{self.port},CONTROLLER://localhost:{controller_port}",
            "advertised.listeners": f"PLAINTEXT://localhost:{self.port}",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "log.dirs": str(self.log_dir),
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            **SINGLE_BROKER,
            **properties,
        }
        config = "".join(f"{key}={value}\n" for key, value in settings.items())
        if not (self.log_dir / "meta.properties").exists():
            with tempfile.NamedTemporaryFile("w", suffix=".properties") as file:
                file.write(config)
                file.flush()
                cluster_id = run_tool("4.3", "kafka-storage", "random-uuid").stdout.decode().split()[-1]
                run_tool("4.3", "kafka-storage", "format", "-t", cluster_id, "-c", file.name)
        super().__init__("4.3", "kafka.Kafka", config, folder, "-Xmx1G", "kafka-4.3")
        wait_for_port(self.port, self.process, self.log)
        run_tool("4.3", "kafka-broker-api-versions", "--bootstrap-server", self.bootstrap)


class Node43(JavaServer):
    """One node of a `Cluster43`. It can be killed, and started again where it was."""

    def __init__(self, node_id: int, ports: Mapping[str, int], config: str, folder: Path) -> None:
        self.id = node_id
        self.ports = ports
        self.bootstrap = f"localhost:{ports['PLAINTEXT']}"
        self._start = partial(super().__init__, "4.3", "kafka.Kafka", config, folder, "-Xmx512M", f"node-{node_id}")

    def start(self) -> Node43:
        """Start it, or start it again."""
        self._start()
        return self


class Cluster43:
    """Real Kafka 4.3.0 on several nodes, of which the first is the controller too; they start at the same time.

    `listeners` are more of them beside PLAINTEXT: names, which are security protocols too. `port` gives those of a
    node. Every topic of the cluster's own is on all nodes.
    """

    def __init__(
        self, folder: Path, *, count: int = 2, listeners: Sequence[str] = (), properties: Mapping[str, str] = {}
    ) -> None:
        controller = free_port()
        common = {
            "process.roles": "broker",
            "controller.quorum.voters": f"1@localhost:{controller}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "broker.session.timeout.ms": "4000",
            "broker.heartbeat.interval.ms": "500",
            **dict.fromkeys(_OWN_TOPICS_REPLICAS, str(count)),
            **dict.fromkeys(_OWN_TOPICS_MIN_ISR, "1"),
            **dict.fromkeys(_OWN_TOPICS_PARTITIONS, "4"),
            "group.initial.rebalance.delay.ms": "0",
            **properties,
        }
        self.nodes = []
        for node_id in range(1, count + 1):
            ports = {name: free_port() for name in ("PLAINTEXT", *listeners)}
            addresses = ",".join(f"{name}://localhost:{port}" for name, port in ports.items())
            settings = {
                **common,
                "node.id": str(node_id),
                "listeners": addresses,
                "advertised.listeners": addresses,
                "log.dirs": str(folder / f"data-{node_id}"),
            }
            if node_id == 1:
                settings["process.roles"] = "broker,controller"
                settings["listeners"] += f",CONTROLLER://localhost:{controller}"
            config = "".join(f"{key}={value}\n" for key, value in settings.items())
            _format(folder / f"format-{node_id}.properties", config)
            self.nodes.append(Node43(node_id, ports, config, folder))
        for node in self.nodes:
            node.start()
        try:
            for node in self.nodes:
                wait_for_port(node.ports["PLAINTEXT"], node.process, node.log)
        except BaseException:
            self.stop()
            raise
        self.bootstrap = ",".join(node.bootstrap for node in self.nodes)

    def stop(self) -> None:
        """End all; the controller last, because the others take leave of it."""
        for node in reversed(self.nodes):
            node.stop()


_OWN_TOPICS = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
_OWN_TOPICS_REPLICAS = [f"{topic}.replication.factor" for topic in _OWN_TOPICS]
_OWN_TOPICS_MIN_ISR = [f"{topic}.min.isr" for topic in _OWN_TOPICS[1:]]
_OWN_TOPICS_PARTITIONS = [f"{topic}.num.partitions" for topic in _OWN_TOPICS]
_CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk"


def _format(file: Path, config: str) -> None:
    """Format a node's folders, with our tool, which takes no JVM."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(config)
    command = [sys.executable, str(ROOT / "bin" / "run.py"), "storage", "format", "-t", _CLUSTER_ID, "-c", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
