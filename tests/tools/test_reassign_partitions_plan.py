"""Plans of kafka-reassign-partitions: read, checked, made up; and its limits and states, without a cluster."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.cli.errors import CommandError
from kcli.client.admin import Reassignment
from kcli.tools.reassign_partitions_plan import (
    check_executable,
    parse_brokers,
    read_plan,
    read_topics,
    spread,
    to_json,
)
from kcli.tools.reassign_partitions_states import move_state
from kcli.tools.reassign_partitions_throttles import moves


def _file(folder: Path, text: str) -> str:
    file = folder / "plan.json"
    file.write_text(text)
    return str(file)


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    partitions = {("t", 1): [2, 3], ("a", 0): [1]}
    text = to_json(partitions, {("t", 1, 3): "/disk"})
    assert text == (
        '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1],"log_dirs":["any"]},'
        '{"topic":"t","partition":1,"replicas":[2,3],"log_dirs":["any","/disk"]}]}'
    )
    plan = read_plan(_file(tmp_path, text))
    assert (check_executable(plan), plan.log_dirs) == (partitions, {("t", 1, 3): "/disk"})


@pytest.mark.parametrize(
    ("partitions", "message"),
    [
        ([], "Partition reassignment list cannot be empty"),
        ([{"replicas": []}], "Partition replica list cannot be empty"),
        ([{"replicas": [1]}] * 2, "Partition reassignment contains duplicate topic partitions: t-0"),
        (
            [{"replicas": [1, 2, 1]}],
            "Partition replica lists may not contain duplicate entries: t-0 contains multiple entries for 1",
        ),
        (
            [{"replicas": [1], "log_dirs": ["any", "any"]}],
            "Size of replicas list [1] is different from size of log dirs list [any, any] for partition t-0",
        ),
        ([{"replicas": ["x"]}], 'Expected `Integer` value, received "x"'),
        ([{"replicas": [1], "partition": "x"}], 'Expected `Integer` value, received "x"'),
        ([{}], "No such field exists: `replicas`"),
        ([5], "Expected JSON object, received 5"),
    ],
)
def test_plans_that_make_no_sense(tmp_path: Path, partitions: list[object], message: str) -> None:
    full = [{"topic": "t", "partition": 0, **item} if isinstance(item, dict) else item for item in partitions]
    with pytest.raises(CommandError) as caught:
        check_executable(read_plan(_file(tmp_path, json.dumps({"version": 1, "partitions": full}))))
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The input string shouldn't be empty"),
        ('{"version": 2}', "Not supported version field value 2"),
        ("[]", "Expected JSON object, received []"),
        ("move it", "{}:1: The input string is not a valid JSON: Expecting value"),
        ("[" * 100_000, "{}: The input string is not a valid JSON: nested too deeply"),
    ],
)
def test_files_that_are_no_plans(tmp_path: Path, text: str, message: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(CommandError) as caught:
        read_plan(path)
    assert caught.value.message == message.format(path)


def test_topics_and_brokers(tmp_path: Path) -> None:
    assert read_topics(_file(tmp_path, '{"topics": [{"topic": "b"}, {"topic": "a"}]}')) == ["b", "a"]
    with pytest.raises(CommandError, match=r"^List of topics to reassign contains duplicate entries: .a.$"):
        read_topics(_file(tmp_path, '{"topics": [{"topic": "a"}, {"topic": "a"}]}'))
    assert parse_brokers("3,1") == [3, 1]
    with pytest.raises(CommandError, match=r"^Broker list contains duplicate entries: .1.$"):
        parse_brokers("1,2,1")
    with pytest.raises(CommandError, match=r'^For input string: "x"$'):
        parse_brokers("1,x")


@given(
    racks=st.dictionaries(st.integers(0, 40), st.sampled_from(["a", "b", "c"]), min_size=1, max_size=9),
    partitions=st.integers(1, 30),
    data=st.data(),
)
def test_replicas_are_spread_evenly(racks: dict[int, str], partitions: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(racks)))
    current = {("t", number): list(range(count)) for number in range(partitions)}
    proposed = spread(current, racks)
    assert set(proposed) == set(current)
    leaders = [replicas[0] for replicas in proposed.values()]
    for replicas in proposed.values():
        assert len(set(replicas)) == count
        assert set(replicas) <= set(racks)
        assert len({racks[broker] for broker in replicas}) == min(count, len(set(racks.values())))
    if partitions >= len(racks):
        assert set(leaders) == set(racks)


def test_too_few_brokers() -> None:
    with pytest.raises(CommandError, match=r"^All brokers are currently fenced"):
        spread({("t", 0): [1]}, {})
    with pytest.raises(CommandError, match=r"factor of 2 cannot be reached because only 1 broker\(s\)"):
        spread({("t", 0): [1, 2]}, {1: None})


def test_which_brokers_are_limited() -> None:
    ongoing = {("t", 0): Reassignment(replicas=[1, 2, 3], adding=[3], removing=[1])}
    found = moves(ongoing, {("t", 0): [2, 4], ("t", 1): [5]}, {("t", 0): [1, 2, 3], ("t", 1): [1]})
    assert found == {("t", 0): ({1, 2}, {4}), ("t", 1): ({1}, {5})}


@pytest.mark.parametrize(
    ("located", "line"),
    [
        (
            {},
            "Partition t-0 is not found in any live log dir on broker 1."
            " There is likely an offline log directory on the broker.",
        ),
        ({("t", 0, 1): ("/to", None)}, "Reassignment of replica t-0-1 completed successfully."),
        ({("t", 0, 1): ("/a", None)}, "Partition t-0 on broker 1 is not being moved from log dir /a to /to."),
        ({("t", 0, 1): ("/a", "/to")}, "Reassignment of replica t-0-1 is still in progress."),
        ({("t", 0, 1): ("/a", "/b")}, "Partition t-0 on broker 1 is being moved to log dir /b instead of /to."),
    ],
)
def test_how_far_a_replica_is(located: dict[tuple[str, int, int], tuple[str, str | None]], line: str) -> None:
    assert move_state(("t", 0, 1), "/to", located)[0] == line
