"""Moving partitions between two brokers of real Kafka 4.3.0, with and without limits; and a broker that is fenced.

What is expected is what Kafka's own tools print there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kcli.client.admin import Admin, NewTopic, results
from kcli.client.cluster import Cluster
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.test_cluster_tools import succeed, use

pytestmark = [pytest.mark.interop, pytest.mark.slow]

A, B, CONFIGURED = "tb-a", "tb-b", "--describe --entity-type"
RATES = ("leader.replication.throttled.rate", "follower.replication.throttled.rate")


class Two(NamedTuple):
    """The brokers 1 and 2; topics with a megabyte are on broker 1."""

    bootstrap: str
    second: real_kafka.Node43
    folder: Path

    def use(self, tool: str, line: str) -> Recorded:
        return use(tool, f"--bootstrap-server {self.bootstrap} {line}")

    def reassign(self, line: str, **targets: list[int]) -> Recorded:
        """Use the tool with a plan for partition 0 of topics."""
        plan = self.folder / "plan.json"
        partitions = [
            {"topic": f"tb-{name}", "partition": 0, "replicas": replicas} for name, replicas in targets.items()
        ]
        plan.write_text(json.dumps({"version": 1, "partitions": partitions}))
        return self.use("reassign-partitions", f"{line} --reassignment-json-file {plan}")

    def settings(self, kind: str, name: str) -> dict[str, str]:
        """The changed settings of a topic or broker."""
        done = self.use("configs", f"{CONFIGURED} {kind} --entity-name {name}")
        assert done.code == 0, done.err
        pairs = (line.split()[0].partition("=") for line in done.out.splitlines()[1:])
        return {name: value for name, _, value in pairs}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    # One batch at a time, so that a limit is felt from the first on.
    nodes = real_kafka.Cluster43(folder, properties={"replica.fetch.max.bytes": "1024"})
    first, second = nodes.nodes
    try:
        with Cluster(first.bootstrap) as cluster:
            deadline = time.monotonic() + 180
            while len(cluster.nodes) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.2)
                cluster.refresh()
            results(Admin(cluster).create_topics([NewTopic(name, assignments={0: [1]}) for name in (A, B)]))
        for name in (A, B):
            succeed(
                "producer-perf-test",
                f"--bootstrap-server {first.bootstrap} --topic {name} --num-records 1000 --record-size 1000"
                " --throughput -1",
            )
        yield Two(first.bootstrap, second, folder)
    finally:
        nodes.stop()


def limited(two: Two, name: str) -> bool:
    return any("throttled.replicas" in setting for setting in two.settings("topics", name))


def test_moves_that_are_limited(two: Two) -> None:
    refused = two.reassign("--execute --disallow-replication-factor-change", a=[1, 2])
    assert refused.code == 1
    assert refused.out.endswith(
        "Error reassigning partition(s):\ntb-a-0: The replication factor is changed from 1 to 2\n"
    )
    begun = two.reassign("--execute --disallow-replication-factor-change --throttle 100 --timeout 1", a=[2])
    assert begun.code == 0
    assert begun.out.endswith(
        "The inter-broker throttle limit was set to 100 B/s\nSuccessfully started partition reassignment for tb-a-0\n"
    )
    assert two.settings("topics", A) == {
        "leader.replication.throttled.replicas": "0:1", "follower.replication.throttled.replicas": "0:2",
    }  # fmt: skip
    for broker in ("1", "2"):
        assert two.settings("brokers", broker) == dict.fromkeys(RATES, "100")

    busy = two.reassign("--execute --throttle 200", b=[2])
    assert busy.code == 1
    assert busy.out.startswith("Cannot execute because there is an existing partition assignment.  Use --additional")
    beside = two.reassign("--execute --throttle 200 --replica-alter-log-dirs-throttle 300 --additional", b=[2])
    assert beside.code == 0
    assert beside.out.endswith(
        "The inter-broker throttle limit was set to 200 B/s\n"
        "The replica-alter-dir throttle limit was set to 300 B/s\n"
        "Successfully started partition reassignment for tb-b-0\n"
    )
    for broker in ("1", "2"):  # no replica moves between log dirs, so that no broker has that limit
        assert two.settings("brokers", broker) == dict.fromkeys(RATES, "200")
    assert two.use("reassign-partitions", "--list").out.splitlines() == [
        "Current partition reassignments:",
        "tb-a-0: replicas: 2,1. adding: 2. removing: 1.",
        "tb-b-0: replicas: 2,1. adding: 2. removing: 1.",
    ]

    cancelled = two.reassign("--cancel --preserve-throttles --timeout 1000", a=[2])
    assert (cancelled.code, cancelled.out) == (
        0,
        "Successfully cancelled partition reassignment for: tb-a-0\nNone of the specified partition moves are active.",
    )
    assert limited(two, A)
    assert two.reassign("--verify", b=[2]).out.startswith(
        "Status of partition reassignment:\nReassignment of partition tb-b-0 is still in progress.\n"
    )
    assert limited(two, B)  # until nothing moves

    faster = two.reassign("--execute --additional --throttle 100000000", b=[2])
    assert faster.code == 0
    deadline = time.monotonic() + 180
    while "completed" not in (seen := two.reassign("--verify --preserve-throttles", b=[2])).out:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert seen.out == "Status of partition reassignment:\nReassignment of partition tb-b-0 is completed.\n\n"
    assert limited(two, B)
    assert two.settings("brokers", "1") == dict.fromkeys(RATES, "100000000")
    assert two.reassign("--verify", a=[1], b=[2]).out.endswith(
        "Clearing broker-level throttles on brokers 1,2\nClearing topic-level throttles on topics tb-a,tb-b\n"
    )
    assert not limited(two, A)
    assert not limited(two, B)
    assert two.settings("brokers", "1") == {}


def test_a_broker_that_is_fenced(two: Two) -> None:
    """The last test here: afterwards there is one broker."""
    row = ["2", "localhost", str(two.second.ports["PLAINTEXT"]), "null"]

    def states(option: str = "") -> dict[str, list[str]]:
        done = use("cluster", f"list-endpoints --bootstrap-server {two.bootstrap} {option}")
        assert done.code == 0, done.err
        return {line.split()[0]: line.split() for line in done.out.splitlines()}

    assert states("--include-fenced-brokers")["2"] == states()["2"] == [*row, "unfenced", "broker"]
    two.second.stop()
    deadline = time.monotonic() + 180
    while "2" in states():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert states("--include-fenced-brokers")["2"] == [*row, "fenced", "broker"]
