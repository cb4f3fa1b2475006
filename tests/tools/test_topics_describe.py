"""What is said of partitions that are moving, leaderless or short of replicas: states that one broker cannot be in."""

from __future__ import annotations

import pytest

from kcli.cli.joptsimple import Parsed, parse
from kcli.client.admin import ConfigEntry, PartitionDescription, Reassignment, TopicDescription
from kcli.tools.topics_describe import Description, to_text, to_values
from kcli.tools.topics_options import TABLE

HEALTHY = PartitionDescription(0, 1, [1, 2, 3], [1, 2, 3], [], [])
LAGGING = PartitionDescription(1, 2, [2, 3, 1], [2, 3], [1], [])
LEADERLESS = PartitionDescription(2, None, [3, 1, 2], [], None, None)
MOVING = PartitionDescription(3, 1, [1, 2, 3, 4], [1, 2, 3], [], [])
MOVE = Reassignment([1, 2, 3, 4], [4], [1])
STRANDED = PartitionDescription(4, 9, [9], [9], [], [])


def described(*partitions: PartitionDescription) -> Description:
    configs = [ConfigEntry("min.insync.replicas", "2", 5, False, False), ConfigEntry("x", None, 1, False, False)]
    return Description(
        TopicDescription("t", bytes(16), False, list(partitions)), configs, {("t", 3): MOVE}, {1, 2, 3, 4}
    )


def options(line: str) -> Parsed:
    return parse(TABLE, ["--describe", *line.split()])


ALL = (HEALTHY, LAGGING, LEADERLESS, MOVING, STRANDED)


@pytest.mark.parametrize(
    ("report", "partitions"),
    [
        ("--under-replicated-partitions", [1, 2]),
        ("--unavailable-partitions", [2, 4]),
        ("--under-min-isr-partitions", [2, 4]),
        ("--at-min-isr-partitions", [1]),
        ("--at-min-isr-partitions --unavailable-partitions", [1, 2, 4]),
        ("", [0, 1, 2, 3, 4]),
        ("--topics-with-overrides", []),
    ],
)
def test_reports(report: str, partitions: list[int]) -> None:
    assert [partition.partition for partition in described(*ALL).partitions(options(report))] == partitions


def test_kafkas_lines() -> None:
    assert list(to_text([described(LEADERLESS, MOVING)], options(""))) == [
        "Topic: t\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: x=null",
        "\tTopic: t\tPartition: 2\tLeader: none\tReplicas: 3,1,2\tIsr: \tElr: N/A\tLastKnownElr: N/A",
        "\tTopic: t\tPartition: 3\tLeader: 1\tReplicas: 1,2,3,4\tIsr: 1,2,3"
        "\tAdding Replicas: 4\tRemoving Replicas: 1\tElr: \tLastKnownElr: ",
    ]


def test_a_move_that_is_over_does_not_count() -> None:
    done = PartitionDescription(3, 2, [2, 3, 5], [2, 3, 5])
    assert described(done).replication_factor(done) == 3


def test_values_keep_what_is_unknown_apart_from_what_is_nothing() -> None:
    (value,) = to_values([described(LEADERLESS, MOVING)], options(""))
    assert (value["id"], value["configs"]) == (None, {"x": None})
    assert value["partitions"][0] == {
        "partition": 2,
        "leader": None,
        "replicas": [3, 1, 2],
        "isr": [],
        "elr": None,
        "lastKnownElr": None,
        "addingReplicas": None,
        "removingReplicas": None,
    }
    assert (value["partitions"][1]["addingReplicas"], value["partitions"][1]["removingReplicas"]) == ([4], [1])


def test_topics_without_settings_of_their_own_are_left_out() -> None:
    plain = Description(TopicDescription("p", bytes(16), False, [HEALTHY]), [], {}, {1})
    assert list(to_text([plain], options("--topics-with-overrides"))) == []
