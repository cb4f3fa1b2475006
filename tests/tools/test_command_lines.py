"""Flags that no test of their tool's own uses: each line is run on our broker, and does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.cli.registry import find_tool
from kcli.testing import EphemeralBroker
from tests.cli.support import Recorded

# The command line, and what it prints; {b} is the broker, {c} a client's settings, {j} a list of topics as JSON.
LINES = (
    ("kafka-client-metrics --bootstrap-server {b} --command-config {c} --list", ""),
    ("kafka-configs --bootstrap-server {b} --command-config {c} --describe --broker 1", "broker 1"),
    ("kafka-configs --bootstrap-server {b} --describe --broker-defaults", "Default configs for brokers"),
    ("kafka-consumer-groups --bootstrap-server {b} --command-config {c} --list", ""),
    ("kafka-get-offsets --bootstrap-server {b} --command-config {c} --topic lines", "lines:0:3"),
    ("kafka-groups --bootstrap-server {b} --command-config {c} --list", "GROUP"),
    ("kafka-transactions --bootstrap-server {b} --command-config {c} describe-producers --broker-id 1 --topic lines "
     "--partition 0", "ProducerId"),
    ("kafka-cluster list-endpoints --bootstrap-server {b} --command-config {c}", "HOST"),
    ("kafka-delete-records --bootstrap-server {b} --command-config {c} --offset-json-file {d}", "low_watermark: 0"),
    ("kafka-producer-perf-test --bootstrap-server {b} --command-config {c} --topic perf --num-records 3 "
     "--record-size 10 --throughput -1 --print-metrics", "3 records sent"),
    ("kafka-verifiable-consumer --bootstrap-server {b} --topic lines --group-id v --max-messages 3 "
     "--session-timeout 10000 --reset-policy earliest --enable-autocommit --group-instance-id i "
     "--group-protocol classic", "records_consumed"),
    ("kafka-storage format --config {p} --cluster-id JEXY6aqzQY-32P5TStzaFg --standalone", "Formatting"),
    ("kafka-storage info --config {p}", "Found"),
    ("kafka-features --bootstrap-server {b} --command-config {c} describe", "metadata.version"),
    ("kafka-consumer-perf-test --bootstrap-server {b} --command-config {c} --fetch-size 1000 "
     "--socket-buffer-size 65536 --topic lines --num-records 3", "start.time"),
    ("kafka-verifiable-producer --bootstrap-server {b} --topic other --max-messages 2 --throughput 100 "
     "--message-create-time 1000", "producer_send_success"),
    ("kafka-storage feature-dependencies --feature group.version=1", "group.version=1"),
    ("kafka-reassign-partitions --bootstrap-server {b} --generate --topics-to-move-json-file {j} --broker-list 1 "
     "--disable-rack-aware", "Proposed partition reassignment"),
    ("kafka-consumer-perf-test --bootstrap-server {b} --topic lines --num-records 3 --from-latest --timeout 1000",
     "Exiting before consuming the expected number of records: timeout (1000 ms)"),
    ("kafka-verifiable-consumer --bootstrap-server {b} --topic lines --group-id assigned --max-messages 3 "
     "--reset-policy earliest --assignment-strategy org.apache.kafka.clients.consumer.RoundRobinAssignor",
     '"name":"records_consumed","count":3'),
)  # fmt: skip
# A file of settings is read, whatever the option is called: one that has a wrong setting, {w}, is refused.
WRONG_SETTINGS = (
    "kafka-cluster list-endpoints --bootstrap-server {b} --config {w}",
    "kafka-cluster unregister --bootstrap-server {b} --id 9 --config {w}",
    "kafka-console-producer --bootstrap-server {b} --topic lines --producer.config {w}",
    "kafka-console-share-consumer --bootstrap-server {b} --topic lines --command-config {w}",
    "kafka-consumer-perf-test --bootstrap-server {b} --topic lines --num-records 3 --consumer.config {w}",
    "kafka-consumer-perf-test --bootstrap-server {b} --topic lines --num-records 3 "
    "--command-property security.protocol=NOPE",
    "kafka-e2e-latency --bootstrap-server {b} --topic lines --num-records 3 --producer-acks 1 --record-size 10 "
    "--command-config {w}",
    "kafka-leader-election --bootstrap-server {b} --admin.config {w} --election-type PREFERRED --topic lines "
    "--partition 0",
    "kafka-producer-perf-test --bootstrap-server {b} --topic lines --num-records 3 --record-size 10 --throughput -1 "
    "--producer.config {w}",
    "kafka-share-groups --bootstrap-server {b} --command-config {w} --list",
    "kafka-streams-application-reset --bootstrap-server {b} --application-id a --input-topics lines --config-file {w}",
    "kafka-streams-application-reset --bootstrap-server {b} --application-id a --input-topics lines "
    "--command-config {w}",
    "kafka-streams-groups --bootstrap-server {b} --command-config {w} --list",
    "kafka-verifiable-producer --bootstrap-server {b} --topic lines --max-messages 2 --producer.config {w}",
)
# Options that are out of date or have no effect say so next to what the tool does: the line, stdout, stderr.
REMARKED = (
    ("kafka-consumer-perf-test --broker-list {b} --topic lines --num-records 3", "start.time",
     "Option --broker-list has been removed in Kafka 4.0: use --bootstrap-server."),
    ("kafka-consumer-perf-test --bootstrap-server {b} --topic lines --num-records 3 --threads 1 "
     "--num-fetch-threads 1", "start.time", "--num-fetch-threads is ignored"),
    ("kafka-streams-application-reset --bootstrap-servers {b} --application-id a --input-topics lines --dry-run",
     "Topic: lines Partition: 0 Offset: 0", "Option --bootstrap-servers has been removed in Kafka 4.0"),
)  # fmt: skip
SENDS = (
    "kafka-console-producer --bootstrap-server {b} --topic sent --max-memory-bytes 33554432 --metadata-expiry-ms 60000",
    "kafka-console-producer --bootstrap-server {b} --topic sent --message-send-max-retries 2 --retry-backoff-ms 50",
    "kafka-console-producer --bootstrap-server {b} --topic sent --request-timeout-ms 9000 --socket-buffer-size 65536",
)


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("lines")
    (folder / "client.properties").write_text("client.id=lines\n")
    (folder / "wrong.properties").write_text("security.protocol=NOPE\n")
    (folder / "topics.json").write_text('{"version": 1, "topics": [{"topic": "lines"}]}')
    (folder / "records.json").write_text(
        '{"version": 1, "partitions": [{"topic": "lines", "partition": 0, "offset": 0}]}'
    )
    (folder / "node.properties").write_text(
        "node.id=1\nprocess.roles=controller\ncontroller.listener.names=CONTROLLER\n"
        f"listeners=CONTROLLER://localhost:19093\nlog.dirs={folder}/data\n"
        "controller.quorum.bootstrap.servers=localhost:19093\n"
    )
    with EphemeralBroker() as broker:
        known = {
            "b": broker.bootstrap_servers,
            "c": str(folder / "client.properties"),
            "w": str(folder / "wrong.properties"),
            "d": str(folder / "records.json"),
            "p": str(folder / "node.properties"),
            "j": str(folder / "topics.json"),
        }
        send = "kafka-console-producer --bootstrap-server {b} --topic lines"
        assert run(send, known, b"one\ntwo\nthree\n").code == 0
        yield known


def run(line: str, values: dict[str, str], stdin: bytes = b"") -> Recorded:
    program, *words = line.format(**values).split()
    tool = find_tool(program)
    assert tool is not None
    environment = Recorded(stdin)
    environment.code = guard(tool.module.run, words, environment)
    return environment


@pytest.mark.parametrize(("line", "shown"), LINES)
def test_a_command_line(line: str, shown: str, values: dict[str, str]) -> None:
    done = run(line, values)
    assert (done.code, done.err) == (0, "")
    assert shown in done.out


@pytest.mark.parametrize("line", WRONG_SETTINGS)
def test_wrong_settings_are_refused(line: str, values: dict[str, str]) -> None:
    done = run(line, values, b"a\n")
    assert done.code == 1
    assert "security.protocol" in done.out + done.err
    assert "NOPE" in done.out + done.err
    assert "{w}" not in line or f"{values['w']}:1" in done.out + done.err


@pytest.mark.parametrize(("line", "shown", "remark"), REMARKED)
def test_a_remark_on_an_option(line: str, shown: str, remark: str, values: dict[str, str]) -> None:
    done = run(line, values)
    assert done.code == 0
    assert shown in done.out
    assert remark in done.err


@pytest.mark.parametrize("line", SENDS)
def test_what_is_sent_arrives(line: str, values: dict[str, str]) -> None:
    def end() -> int:
        offsets = run("kafka-get-offsets --bootstrap-server {b} --topic sent", values).out
        return int(offsets.rpartition(":")[2] or 0)

    before = end()
    assert run(line, values, b"a\nb\n").code == 0
    assert end() == before + 2
