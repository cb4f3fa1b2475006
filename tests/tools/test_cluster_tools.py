"""The tools for a cluster as a whole, against our own broker, and against none."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from kcli.cli.listing import Listing
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import listings_cluster as listings
from tests.cli.schema import check
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        assert (
            use("topics", f"--bootstrap-server {broker.bootstrap_servers} --create --topic t --partitions 2").code == 0
        )
        yield broker.bootstrap_servers


def use(tool: str, line: str) -> Recorded:
    """Run a tool of the registry in this process."""
    environment = Recorded(program=f"kafka-{tool}")
    module = import_module(f"kcli.tools.{tool.replace('-', '_')}")
    environment.code = guard(module.run, line.split(), environment)
    return environment


def succeed(tool: str, line: str) -> str:
    done = use(tool, line)
    assert (done.code, done.err) == (0, ""), done.out
    return done.out


def test_versions_of_every_request(bootstrap: str) -> None:
    first, *lines, last = succeed("broker-api-versions", f"--bootstrap-server {bootstrap}").splitlines()
    assert first == f"{bootstrap} (id: 1 rack: null isFenced: false) -> ("
    assert last == ")"
    row = re.compile(r"\t\w+\(\d+\): (\d+( to \d+)? \[usable: \d+\]|UNSUPPORTED),?")
    assert [line for line in lines if not row.fullmatch(line)] == []
    assert [line for line in lines if not line.endswith(",")] == lines[-1:]
    keys = [int(line.split("(")[1].split(")")[0]) for line in lines]
    assert keys == sorted(set(keys))
    assert "\tApiVersions(18): 0 to 4 [usable: 4]," in lines


def test_versions_for_programs(bootstrap: str) -> None:
    rows = json.loads(succeed("broker-api-versions", f"--bootstrap-server {bootstrap} --output json"))
    assert {"broker": 1, "api": "ApiVersions", "key": 18, "min": 0, "max": 4, "usable": 4} in rows
    assert {"broker": 1, "api": "AddRaftVoter", "key": 80, "min": None, "max": None, "usable": None} in rows


def test_versions_that_do_not_meet() -> None:
    from kcli.tools.broker_api_versions import _text, entries

    by_key = {entry["key"]: entry for entry in entries({1: (0, 1), 3: (90, 99), 4: (0, 7), 999: (0, 2)})}
    assert _text(by_key[1]) == "Fetch(1): 0 to 1 [unusable: node too old]"
    assert _text(by_key[3]) == "Metadata(3): 90 to 99 [unusable: node too new]"
    assert _text(by_key[4]) == "LeaderAndIsr(4): 0 to 7 [unusable: node too new]"
    assert _text(by_key[999]) == "UNKNOWN(999): 0 to 2"
    assert _text(by_key[60]) == "DescribeCluster(60): UNSUPPORTED"
    assert 56 not in by_key  # what only brokers say to each other is listed only where it is understood


def test_the_cluster_and_its_brokers(bootstrap: str) -> None:
    assert re.fullmatch(r"Cluster ID: [\w-]{22}\n", succeed("cluster", f"cluster-id -b {bootstrap}"))
    head, row = succeed("cluster", f"list-endpoints -b {bootstrap}").splitlines()
    assert head == "ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  "
    host, port = bootstrap.split(":")
    assert row == f"1          {host} {port:<10} null       unfenced   broker         "
    (endpoint,) = json.loads(succeed("cluster", f"list-endpoints -b {bootstrap} --output json"))
    assert endpoint == {"id": 1, "host": host, "port": int(port), "rack": None, "fenced": False, "type": "broker"}


def test_an_old_name_of_an_option_is_warned_about(bootstrap: str) -> None:
    done = use("cluster", f"cluster-id -b {bootstrap} --config /dev/null")
    assert done.code == 0
    assert done.err.startswith("Option --config has been deprecated")
    done = use("cluster", f"cluster-id -b {bootstrap} --config /dev/null -c /dev/null")
    assert (done.code, done.err) == (1, "--config and --command-config cannot be specified together.\n")


@pytest.mark.parametrize(
    "line", ["cluster-id -b {} --command-config {}", "unregister -b {} --command-config {} --id 7"]
)
def test_settings_from_a_file(bootstrap: str, tmp_path: Path, line: str) -> None:
    file = tmp_path / "client.properties"
    file.write_text("security.protocol=SSL\n")  # which the broker does not speak
    done = use("cluster", line.format(bootstrap, file))
    assert (done.code, done.out) == (1, "")
    assert "SSL" in done.err


def test_what_would_be_removed(bootstrap: str) -> None:
    which = "--controller-id 3 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAQ"
    line = f"--bootstrap-server {bootstrap} remove-controller {which} --dry-run"
    assert succeed("metadata-quorum", line) == (
        "DRY RUN of removing  KRaft controller 3 with directory id AAAAAAAAAAAAAAAAAAAAAQ\n"
    )


def test_features_in_force(bootstrap: str) -> None:
    lines = succeed("features", f"--bootstrap-server {bootstrap} describe").splitlines()
    (line,) = [line for line in lines if line.startswith("Feature: metadata.version")]
    assert re.sub(r"\d+$", "N", line) == (
        "Feature: metadata.version                          SupportedMinVersion: 3.3-IV3          "
        "SupportedMaxVersion: 4.3-IV0          FinalizedVersionLevel: 4.3-IV0          Epoch: N"
    )


def test_log_dirs_in_kafkas_json(bootstrap: str) -> None:
    first, second, document = succeed(
        "log-dirs", f"--bootstrap-server {bootstrap} --describe --topic-list t"
    ).splitlines()
    assert first == "Querying brokers for log directories information"
    assert second == "Received log directory information from brokers 1"
    (broker,) = json.loads(document)["brokers"]
    (log_dir,) = broker["logDirs"]
    assert list(log_dir) == ["partitions", "error", "logDir"]
    empty = {"size": 0, "offsetLag": 0, "isFuture": False}
    assert sorted(log_dir["partitions"], key=str) == [{"partition": "t-0", **empty}, {"partition": "t-1", **empty}]
    rows = json.loads(succeed("log-dirs", f"--bootstrap-server {bootstrap} --describe --topic-list t --output json"))
    assert {row["partition"] for row in rows} == {"t-0", "t-1"}


def test_brokers_that_are_not_there(bootstrap: str) -> None:
    done = use("log-dirs", f"--bootstrap-server {bootstrap} --describe --broker-list 1,7,1,8")
    assert (done.code, done.out) == (1, "")
    assert done.err == ("ERROR: The given brokers do not exist from --broker-list: 7,8. Current existent brokers: 1\n")


def test_producers_on_one_broker(bootstrap: str) -> None:
    describe = f"--bootstrap-server {bootstrap} describe-producers --topic t --partition 0 --broker-id"
    assert succeed("transactions", f"{describe} 1").startswith("ProducerId\t")
    other = use("transactions", f"{describe} 7")
    assert (other.code, other.out) == (1, "")
    assert other.err.startswith("Failed to describe producers for partition t-0 on broker 7")
    find = f"--bootstrap-server {bootstrap} find-hanging --topic t"
    for where in ("--broker-id 1", "--broker-id 7"):  # which has no replica, so that nobody is asked
        assert json.loads(succeed("transactions", f"{find} {where} --output json")) == []
    other = use("transactions", f"{find} --partition 0 --broker-id 7")
    assert (other.code, other.out) == (1, "")
    assert other.err.startswith("Failed to describe producers for 1 partitions on broker Optional[7]")


def test_producers_of_a_partition(bootstrap: str) -> None:
    heads: tuple[str, ...] = ("ProducerId", "ProducerEpoch", "LatestCoordinatorEpoch", "LastSequence", "LastTimestamp")
    heads += ("CurrentTransactionStartOffset",)
    line = f"--bootstrap-server {bootstrap} describe-producers --topic t --partition 0"
    assert succeed("transactions", line).splitlines()[0] == "".join(f"{head}\t" for head in heads)
    assert json.loads(succeed("transactions", f"{line} --output json")) == []


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("features", "--bootstrap-controller {} describe"),
        ("cluster", "cluster-id --bootstrap-controller {}"),
        ("cluster", "list-endpoints --bootstrap-controller {}"),
        ("cluster", "unregister --bootstrap-controller {} --id 1"),
    ],
)
def test_a_broker_is_no_controller(bootstrap: str, tool: str, line: str) -> None:
    done = use(tool, line.format(bootstrap))
    if tool == "cluster":
        assert done.code == 1
        assert "Exception: " in done.err
    else:  # any node tells of features
        assert done.code == 0


def test_moves_for_programs(bootstrap: str, tmp_path: Path) -> None:
    wanted, plan = tmp_path / "topics.json", tmp_path / "plan.json"
    wanted.write_text('{"topics": [{"topic": "t"}]}')
    plan.write_text('{"partitions": [{"topic": "t", "partition": 0, "replicas": [1]}]}')

    def rows(line: str, listing: Listing) -> list[dict[str, object]]:
        done = use("reassign-partitions", f"--bootstrap-server {bootstrap} {line} --output json")
        assert done.code == 0, done.err
        return check(done.out, listing)

    proposed = rows(f"--generate --topics-to-move-json-file {wanted} --broker-list 1", listings.REASSIGNMENT_PROPOSALS)
    assert [(row["partition"], row["current"], row["proposed"]) for row in proposed] == [(0, [1], [1]), (1, [1], [1])]
    (started,) = rows(f"--execute --reassignment-json-file {plan}", listings.REASSIGNMENTS_CHANGED)
    assert (started["action"], started["current"], started["target"]) == ("started", [1], [1])
    assert rows(f"--cancel --reassignment-json-file {plan}", listings.REASSIGNMENTS_CHANGED) == []


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("cluster", "cluster-id -b {}"),
        ("broker-api-versions", "--bootstrap-server {}"),
        ("features", "--bootstrap-server {} describe"),
        ("metadata-quorum", "--bootstrap-server {} describe --status"),
        ("metadata-quorum", "--bootstrap-controller {} describe --status"),
        ("log-dirs", "--bootstrap-server {} --describe"),
        ("leader-election", "--bootstrap-server {} --election-type preferred --all-topic-partitions"),
        ("transactions", "--bootstrap-server {} list"),
        ("reassign-partitions", "--bootstrap-server {} --list"),
        ("replica-verification", "--broker-list {}"),
    ],
)
def test_nobody_at_the_address(tool: str, line: str) -> None:
    with socket.create_server(("localhost", 0)) as listener:
        address = f"localhost:{listener.getsockname()[1]}"
    done = use(tool, line.format(address))
    assert done.code == 1
    said = (done.out + done.err).splitlines()[-1]
    assert said.endswith(f"Cannot connect to {address}: connection refused"), said


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("cluster", "cluster-id -b nonesuch"),
        ("metadata-quorum", "--bootstrap-controller nonesuch describe --status"),
        ("transactions", "--bootstrap-server nonesuch list"),
    ],
)
def test_what_is_no_address(tool: str, line: str) -> None:
    done = use(tool, line)
    assert (done.code, done.err) == (
        1,
        "Failed to create new KafkaAdminClient: Invalid url in bootstrap.servers: nonesuch\n",
    )
