"""The tools for a cluster beside the JVM's, on real Kafka 4.3.0; and real Kafka on a folder that we format."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.interop import real_kafka
from tests.tools.test_cluster_tools import succeed, use

pytestmark = [pytest.mark.interop, pytest.mark.slow]

COMMANDS = (
    ("broker-api-versions", "--bootstrap-server {server}"),
    ("cluster", "cluster-id --bootstrap-server {server}"),
    ("cluster", "list-endpoints -b {server}"),
    ("cluster", "unregister -b {server} --id 4711"),
    ("cluster", "cluster-id --boot {server}"),
    ("features", "--bootstrap-server {server} describe"),
    ("features", "--bootstrap-server {server} upgrade --release-version 4.3 --dry-run"),
    ("features", "--bootstrap-server {server} downgrade --release-version 4.0 --dry-run"),
    ("features", "--bootstrap-server {server} disable --feature nonesuch"),
    ("metadata-quorum", "--bootstrap-server {server} describe --status"),
    ("metadata-quorum", "--bootstrap-server {server} describe --re"),
    (
        "metadata-quorum",
        "--bootstrap-server {server} remove-controller -i 1 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAQ",
    ),
    ("leader-election", "--bootstrap-server {server} --election-type preferred --topic ctl --partition 0"),
    ("leader-election", "--bootstrap-server {server} --election-type preferred --topic ctl --partition 7"),
    ("transactions", "--bootstrap-server {server} describe --transactional-id nonesuch"),
    ("transactions", "--bootstrap-server {server} find-hanging --topic ctl"),
    ("transactions", "--bootstrap-server {server} describe-producers --topic ctl --partition 0"),
    ("log-dirs", "--bootstrap-server {server} --describe --topic-list ctl"),
    ("reassign-partitions", "--bootstrap-server {server} --list"),
    ("reassign-partitions", "--bootstrap-server {server} --execute --reassignment-json-file {plan} --throttle 1000"),
    ("reassign-partitions", "--bootstrap-server {server} --verify --reassignment-json-file {plan}"),
    ("reassign-partitions", "--bootstrap-server {server} --cancel --reassignment-json-file {plan}"),
    ("storage", "version-mapping -r 3.9"),
    ("storage", "format -c x"),
)
# Stack frames, log lines, and what differs from one moment to the next.
NOISE = re.compile(r"\s+at |\s*\.\.\. |\[20|Caused by|java\.util\.concurrent|org\.apache\.kafka\.tools\.|\tSuppressed")
MOMENT = re.compile(r"(?<=Epoch: )\d+|(?<=HighWatermark: {10})\d+|\d{13}|(?<=\t)\d+ +(?=\t0  \t)")


def lines(text: str) -> list[str]:
    return [MOMENT.sub("N", line) for line in text.splitlines() if line and not NOISE.match(line)]


def test_the_same_lines_and_codes(kafka_43: real_kafka.Kafka43, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"version": 1, "partitions": [{"topic": "ctl", "partition": 0, "replicas": [1]}]}')
    succeed("topics", f"--bootstrap-server {kafka_43.bootstrap} --create --topic ctl")
    for tool, command in COMMANDS:
        line = command.format(server=kafka_43.bootstrap, plan=plan)
        java = real_kafka.run_tool("4.3", f"kafka-{tool}", *line.split(), check=False)
        ours = use(tool, line)
        expected = (java.returncode, lines(java.stdout.decode()), lines(java.stderr.decode()))
        assert (ours.code, lines(ours.out), lines(ours.err)) == expected, line


def test_kafka_starts_on_what_we_format_and_moves_between_log_dirs(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": "1@localhost:1",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": ",".join(map(str, folders)),
    }
    file = tmp_path / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    cluster_id = succeed("storage", "random-uuid").strip()
    succeed("storage", f"format -t {cluster_id} -c {file} -S SCRAM-SHA-256=[name=alice,password=secret]")
    kafka = real_kafka.Kafka43(tmp_path / "run", log_dir=folders[0], properties={"log.dirs": settings["log.dirs"]})
    try:
        server = f"--bootstrap-server {kafka.bootstrap}"
        assert succeed("cluster", f"cluster-id -b {kafka.bootstrap}") == f"Cluster ID: {cluster_id}\n"
        users = real_kafka.run_tool("4.3", "kafka-configs", *server.split(), "--describe", "--entity-type", "users")
        assert b"'alice' are SCRAM-SHA-256=iterations=4096" in users.stdout
        _move(server, folders, tmp_path / "plan.json")
    finally:
        kafka.stop()


def _move(server: str, folders: list[Path], plan: Path) -> None:
    succeed("topics", f"{server} --create --topic mv")
    deadline = time.monotonic() + 120
    while not any((folder / "mv-0").exists() for folder in folders):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (now,) = [folder for folder in folders if (folder / "mv-0").exists()]
    (other,) = [folder for folder in folders if folder != now]
    partition = {"topic": "mv", "partition": 0, "replicas": [1], "log_dirs": [str(other)]}
    plan.write_text(json.dumps({"version": 1, "partitions": [partition]}))
    verify = f"{server} --verify --reassignment-json-file {plan}"
    assert f"is not being moved from log dir {now} to {other}." in succeed("reassign-partitions", verify)
    said = succeed("reassign-partitions", f"{server} --execute --reassignment-json-file {plan}")
    assert f"Successfully started moving log directory to {other} for replica mv-0 with broker 1 \n" in said
    assert f'"log_dirs":["{now}"]' in said
    while "Reassignment of replica mv-0-1 completed successfully." not in succeed("reassign-partitions", verify):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert (other / "mv-0").exists()
    partition["log_dirs"] = ["/nonesuch"]
    plan.write_text(json.dumps({"version": 1, "partitions": [partition]}))
    refused = use("reassign-partitions", f"{server} --execute --reassignment-json-file {plan}")
    assert refused.code == 1
    assert "Error: Failed to alter dir for mv-0-1: " in refused.out
