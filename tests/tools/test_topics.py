"""kafka-topics against our own broker."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import listings
from kcli.tools.topics import run
from tests.cli.support import Recorded

EXECUTING = "Error while executing topic command : "


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


class Topics:
    """The tool, run in this process."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def __call__(self, line: str) -> Recorded:
        environment = Recorded(program="kafka-topics")
        environment.code = guard(run, ["--bootstrap-server", self._bootstrap, *line.split()], environment)
        return environment

    def succeed(self, line: str) -> str:
        done = self(line)
        assert (done.code, done.err) == (0, ""), done.out
        return done.out

    def fail(self, line: str) -> str:
        done = self(line)
        assert done.code == 1
        assert done.err == ""
        return done.out


@pytest.fixture
def topics(bootstrap: str) -> Iterator[Topics]:
    tool = Topics(bootstrap)
    yield tool
    tool("--delete --topic tt-.* --if-exists")


def test_the_life_of_a_topic(topics: Topics) -> None:
    assert topics.succeed("--create --topic tt-a --partitions 2 --config retention.ms=5") == "Created topic tt-a.\n"
    assert topics.succeed("--list --topic tt-.*") == "tt-a\n"
    assert topics.succeed("--alter --topic tt-a --partitions 3") == ""
    first, *partitions = topics.succeed("--describe --topic tt-a").splitlines()
    assert first.split("\t")[2:4] == ["PartitionCount: 3", "ReplicationFactor: 1"]
    assert "retention.ms=5" in first
    assert len(partitions) == 3
    assert topics.succeed("--delete --topic tt-a") == ""
    assert topics.succeed("--list --topic tt-.*") == "\n"


def test_creating_it_twice(topics: Topics) -> None:
    topics.succeed("--create --topic tt-b")
    assert topics.fail("--create --topic tt-b") == f"{EXECUTING}Topic 'tt-b' already exists.\n"
    assert topics.succeed("--create --topic tt-b --if-not-exists") == ""


@pytest.mark.parametrize("action", ["--describe", "--delete", "--alter --partitions 2"])
def test_a_topic_that_is_not_there(topics: Topics, action: str) -> None:
    assert topics.fail(f"{action} --topic tt-none") == f"{EXECUTING}Topic 'tt-none' does not exist as expected\n"
    assert topics.succeed(f"{action} --topic tt-none --if-exists") == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--topic tt-c --partitions many", "Cannot parse argument 'many' of option partitions"),
        ("--topic tt-c --partitions 0", "The partitions must be greater than 0"),
        ("--topic tt-c --replication-factor 0", "The replication factor must be between 1 and 32767 inclusive"),
        (
            "--topic tt-c --config retention.ms",
            'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
        ),
        ("--topic tt-c --config nonesuch=1", "Unknown topic config name: nonesuch"),
        ("--topic tt-c --topic tt-d", "Found multiple arguments for option topic, but you asked for only one"),
        ("--topic=", "The given topic name '' cannot be represented in a request."),
    ],
)
def test_what_cannot_be_created(topics: Topics, options: str, message: str) -> None:
    assert topics.fail(f"--create {options}") == f"{EXECUTING}{message}\n"
    assert topics.succeed("--list --topic tt-.*") == "\n"


def test_replicas_may_be_named(topics: Topics) -> None:
    topics.succeed("--create --topic tt-e --replica-assignment 1,1")
    topics.succeed("--alter --topic tt-e --partitions 4 --replica-assignment 1,1,1,1")
    assert len(topics.succeed("--describe --topic tt-e").splitlines()) == 5
    assert topics.fail("--alter --topic tt-e --partitions 5 --replica-assignment 1,1").startswith(EXECUTING)


def test_a_topic_is_described_by_its_id(topics: Topics) -> None:
    topics.succeed("--create --topic tt-f")
    (described,) = json.loads(topics.succeed("--describe --topic tt-f --output json"))
    by_id = topics.succeed(f"--describe --topic-id {described['id']}").splitlines()
    assert by_id[0].startswith(f"Topic: tt-f\tTopicId: {described['id']}\t")
    assert by_id[1].endswith("\tElr: N/A\tLastKnownElr: N/A")
    unknown = "AAAAAAAAAAAAAAAAAAAABA"
    assert topics.fail(f"--describe --topic-id {unknown}") == (
        f"{EXECUTING}TopicId '{unknown}' does not exist as expected\n"
    )
    assert topics.succeed(f"--describe --topic-id {unknown} --if-exists") == ""


def test_many_partitions_come_in_several_answers(topics: Topics) -> None:
    topics.succeed("--create --topic tt-g --partitions 7")
    topics.succeed("--create --topic tt-h --partitions 5")
    whole = topics.succeed("--describe --topic tt-[gh]")
    assert len(whole.splitlines()) == 14
    for limit in (1, 3, 7, 8):
        described = topics.succeed(f"--describe --topic tt-[gh] --partition-size-limit-per-response {limit}")
        assert described == whole, limit


def test_reports_on_partitions(topics: Topics) -> None:
    topics.succeed("--create --topic tt-i --partitions 2")
    for report in ("under-replicated", "unavailable", "under-min-isr"):
        assert topics.succeed(f"--describe --topic tt-i --{report}-partitions") == ""
    exact = topics.succeed("--describe --topic tt-i --at-min-isr-partitions").splitlines()
    assert [line.split("\t")[2] for line in exact] == ["Partition: 0", "Partition: 1"]
    topics.succeed("--create --topic tt-j --config min.insync.replicas=2")
    under = topics.succeed("--describe --topic tt-[ij] --under-min-isr-partitions").splitlines()
    assert [line.split("\t")[1] for line in under] == ["Topic: tt-j"]


def test_json_for_programs(topics: Topics) -> None:
    (created,) = json.loads(topics.succeed("--create --topic tt-k --partitions 2 --output json"))
    assert (created["name"], created["partitions"], created["replicationFactor"]) == ("tt-k", 2, 1)
    listed = json.loads(topics.succeed("--list --topic tt-k --output json"))
    assert listed == [{"name": "tt-k", "id": created["id"], "internal": False}]
    (described,) = json.loads(topics.succeed("--describe --topic tt-k --output json"))
    assert described["partitionCount"] == 2
    assert described["partitions"][1] == {
        "partition": 1,
        "leader": 1,
        "replicas": [1],
        "isr": [1],
        "elr": [],
        "lastKnownElr": [],
        "addingReplicas": None,
        "removingReplicas": None,
    }
    assert json.loads(topics.succeed("--list --topic tt-none --output json")) == []
    assert json.loads(topics.succeed("--describe --topic tt-k --unavailable-partitions --output json")) == []


def test_with_json_only_results_are_on_stdout(topics: Topics) -> None:
    done = topics("--create --topic tt.l_ --config nonesuch=1 --output json")
    assert (done.code, done.out) == (1, "")
    warning, error = done.err.splitlines()
    assert warning.startswith("WARNING: Due to limitations in metric names")
    assert error == f"{EXECUTING}Unknown topic config name: nonesuch"


def test_a_table_for_readers(topics: Topics) -> None:
    topics.succeed("--create --topic tt-m")
    head, _, row = topics.succeed("--describe --topic tt-m --output table").splitlines()
    assert head.split() == listings.TOPIC_PARTITIONS.names
    assert row.split() == ["tt-m", "0", "1", "[1]", "[1]", "[]", "[]", "-", "-"]


def test_csv_has_its_heading_whatever_there_is(topics: Topics) -> None:
    topics.succeed("--create --topic tt-n")
    heading = ",".join(listings.TOPIC_PARTITIONS.names)
    assert topics.succeed("--describe --topic tt-n --output csv").splitlines() == [heading, "tt-n,0,1,[1],[1],[],[],,"]
    assert topics.succeed("--describe --topic tt-n --unavailable-partitions --output csv").splitlines() == [heading]
    assert topics.succeed("--list --topic tt-none --output csv").splitlines() == ["name,id,internal"]


def test_what_was_changed(topics: Topics) -> None:
    topics.succeed("--create --topic tt-o")
    assert topics.succeed("--alter --topic tt-o --partitions 2 --output csv") == "name,action\ntt-o,altered\n"
    assert topics.succeed("--delete --topic tt-o --output yaml") == "- name: tt-o\n  action: deleted\n"
    assert json.loads(topics.succeed("--delete --if-exists --topic tt-o --output json")) == []


def test_a_pattern_that_is_none(topics: Topics) -> None:
    assert topics.fail("--list --topic tt-[") == f"{EXECUTING}tt-[ is an invalid regex.\n"


def test_settings_from_a_file(topics: Topics, tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("client.id=me\nrequest.timeout.ms=soon\n")
    done = topics(f"--list --command-config {file}")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "org.apache.kafka.common.config.ConfigException: Invalid value soon for configuration request.timeout.ms:"
        f" Not a number of type INT ({file}:2)\n"
    )
    file.write_text("client.id=me\n")
    topics.succeed(f"--list --command-config {file}")


def test_nobody_at_the_address() -> None:
    with socket.create_server(("localhost", 0)) as listener:
        address = f"localhost:{listener.getsockname()[1]}"
    assert Topics(address).fail("--list") == f"{EXECUTING}Cannot connect to {address}: connection refused\n"


def test_what_is_no_address() -> None:
    done = Topics("localhost")("--list")
    assert (done.code, done.out) == (1, "")
    assert done.err == ("Failed to create new KafkaAdminClient: Invalid url in bootstrap.servers: localhost\n")


def test_an_option_that_does_nothing_any_more(topics: Topics) -> None:
    done = topics("--list --topic tt-none --delete-config x")
    assert done.err.startswith("delete-config option is no longer supported and deprecated since version 4.0.")
    assert done.out == "\n"
