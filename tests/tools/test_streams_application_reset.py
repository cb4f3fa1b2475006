"""kafka-streams-application-reset against our own broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.client.admin import Admin, NewTopic
from kcli.client.admin_groups import describe_consumer_groups
from kcli.client.admin_offsets import committed_offsets, set_offsets
from kcli.client.cluster import Cluster
from kcli.client.config import CONSUMER, PRODUCER, parse
from kcli.client.consumer import BulkConsumer
from kcli.client.consumer_config import consumer_config
from kcli.client.producer import BulkProducer
from kcli.client.producer_config import producer_config
from kcli.testing.broker import InProcessBroker
from kcli.tools.listings import APPLICATION_RESET
from kcli.tools.streams_application_reset import run
from tests.cli.schema import check
from tests.cli.support import Recorded

NOW = 1_700_000_000_000


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker({"group.initial.rebalance.delay.ms": 0}) as broker:
        config = producer_config(parse(PRODUCER, {"bootstrap.servers": broker.bootstrap_servers}), {})
        with BulkProducer(Cluster(broker.bootstrap_servers, {}), config) as producer:
            for number in range(5):
                producer.send("sr-in", None, b"%d" % number, timestamp=NOW + number)
        yield broker.bootstrap_servers


def reset(bootstrap: str, line: str) -> Recorded:
    environment = Recorded(program="kafka-streams-application-reset")
    environment.code = guard(run, ["--bootstrap-server", bootstrap, *line.split()], environment)
    return environment


def offset(bootstrap: str, group: str) -> int:
    return committed_offsets(Cluster(bootstrap, {}), group)["sr-in", 0].offset


def test_a_dry_run_and_the_real_thing(bootstrap: str) -> None:
    admin = Admin(Cluster(bootstrap, {}))
    names = ["sr-app-x-changelog", "sr-app-KSTREAM-AGGREGATE-0001-repartition", "sr-app-out", "sr-apple-x-changelog"]
    admin.create_topics([NewTopic(name, 1, 1) for name in names])
    set_offsets(admin.cluster, "sr-app", {("sr-in", 0): 5})
    expected = [
        "Reset-offsets for input topics [sr-in]",
        "Following input topics offsets will be reset to (for consumer group sr-app)",
        "Topic: sr-in Partition: 0 Offset: 0",
        "Done.",
    ]
    done = reset(bootstrap, "--application-id sr-app --input-topics sr-in --dry-run")
    assert (done.code, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first.startswith("----Dry run displays") and rest[:4] == expected
    assert offset(bootstrap, "sr-app") == 5

    done = reset(bootstrap, "--application-id sr-app --input-topics sr-in")
    assert (done.code, done.out.splitlines()[:4]) == (0, expected)
    assert offset(bootstrap, "sr-app") == 0
    left = {topic.name for topic in admin.list_topics()}
    assert left & set(names) == {"sr-app-out", "sr-apple-x-changelog"}


@pytest.mark.parametrize(
    ("way", "expected", "remark"),
    [
        ("--to-latest", 5, ""),
        ("--to-offset 3", 3, ""),
        ("--to-offset 9", 5, "New offset (9) is higher than latest offset. Value will be set to 5"),
        ("--shift-by -1", 1, ""),
        ("--shift-by -7", 0, "New offset (-5) is lower than earliest offset. Value will be set to 0"),
        ("--to-datetime 2023-11-14T22:13:20.003", 3, ""),
        ("--by-duration PT1S", 5, "Partition 0 from topic sr-in is empty, without a committed record."),
    ],
)
def test_where_to(bootstrap: str, way: str, expected: int, remark: str) -> None:
    set_offsets(Cluster(bootstrap, {}), "sr-w", {("sr-in", 0): 2})
    done = reset(bootstrap, f"--application-id sr-w --input-topics sr-in {way}")
    assert (done.code, done.err) == (0, "")
    assert remark in done.out
    assert f"Topic: sr-in Partition: 0 Offset: {expected}\n" in done.out
    assert offset(bootstrap, "sr-w") == expected


def test_from_a_file(bootstrap: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text("sr-in,0,4\n")
    assert reset(bootstrap, f"--application-id sr-f --input-topics sr-in --from-file {plan}").code == 0
    assert offset(bootstrap, "sr-f") == 4
    plan.write_text("sr-in,0\n")
    done = reset(bootstrap, f"--application-id sr-f --input-topics sr-in --from-file {plan}")
    assert done.code == 1
    assert done.err.startswith(f"ERROR: Resetting offsets failed.\nERROR: {plan}:1: java.text.ParseException")


def test_topics_that_are_not_there_and_intermediate_ones(bootstrap: str) -> None:
    done = reset(bootstrap, "--application-id sr-i --input-topics sr-none --intermediate-topics sr-in")
    assert done.code == 1
    assert "Following input topics are not found, skipping them\nTopic: sr-none\n" in done.out
    assert offset(bootstrap, "sr-i") == 5


@pytest.mark.parametrize("dry", ["--dry-run", ""])
def test_what_was_done_as_rows(bootstrap: str, dry: str) -> None:
    admin = Admin(Cluster(bootstrap, {}))
    admin.create_topics([NewTopic("sr-rows-x-changelog", 1, 1), NewTopic("sr-between", 1, 1)])
    line = "--application-id sr-rows --input-topics sr-in --intermediate-topics sr-between --to-offset 2 --output json"
    done = reset(bootstrap, f"{line} {dry}")
    assert done.code == 0
    assert [list(row.values()) for row in check(done.out, APPLICATION_RESET)] == [
        ["sr-in", 0, "reset", 2],
        ["sr-between", 0, "skipped", 0],
        ["sr-rows-x-changelog", None, "deleted", None],
    ]
    assert "Reset-offsets for input topics [sr-in]\n" in done.err
    assert ("sr-rows-x-changelog" in {topic.name for topic in admin.list_topics()}) == bool(dry)


def test_members_that_are_still_there(bootstrap: str) -> None:
    config = consumer_config(parse(CONSUMER, {"bootstrap.servers": bootstrap, "group.id": "sr-m"}))
    consumer = BulkConsumer(Cluster(bootstrap, {}), config)
    consumer.subscribe(["sr-in"])
    while not consumer.settled:
        consumer.poll(0.1)
    done = reset(bootstrap, "--application-id sr-m --input-topics sr-in")
    assert done.code == 1
    assert "Consumer group 'sr-m' is still active and has following members: [" in done.err
    assert reset(bootstrap, "--application-id sr-m --input-topics sr-in --force").code == 0
    cluster = Cluster(bootstrap, {})
    assert describe_consumer_groups(cluster, ["sr-m"])["sr-m"].members == []  # type: ignore[union-attr]
    consumer.close()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--input-topics t", "Missing required option(s) [application-id]"),
        ("--application-id a --to-earliest --to-latest", 'Option "[to-earliest]" can\'t be used with option'),
        ("--application-id a --internal-topics x", "ERROR: java.lang.IllegalArgumentException: Invalid topic"),
    ],
)
def test_what_is_refused(bootstrap: str, line: str, message: str) -> None:
    done = reset(bootstrap, line)
    assert done.code == 1
    assert done.err.startswith(message)
