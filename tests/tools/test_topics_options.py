"""kafka-topics' command line: what goes together, in Kafka's words and order."""

from __future__ import annotations

import pytest

from kcli.cli.errors import CommandError, UsageError
from kcli.cli.joptsimple import parse
from kcli.tools.topics import parse_assignments, parse_topic_id
from kcli.tools.topics_options import TABLE, check

ONE_ACTION = "Command must include exactly one action: --list, --describe, --create, --alter or --delete"


def clash(one: str, other: str) -> str:
    return f'Option "[{one}]" can\'t be used with option "[{other}]"'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", ONE_ACTION),
        ("--list --describe", ONE_ACTION),
        ("--list", "--bootstrap-server must be specified"),
        ("-B --create", 'Missing required argument "[topic]"'),
        ("-B --delete", 'Missing required argument "[topic]"'),
        ("-B --alter --partitions 2", 'Missing required argument "[topic]"'),
        ("-B --alter --topic a", 'Missing required argument "[partitions]"'),
        ("-B --describe --if-exists", "--topic or --topic-id is required to describe a topic"),
        ("-B --list --partitions 2", clash("partitions", "list")),
        ("-B --list --config a=b", clash("config", "list")),
        ("-B --alter --topic a --partitions 2 --replication-factor 1", clash("replication-factor", "alter")),
        ("-B --create --topic a --replica-assignment 1 --partitions 1", clash("replica-assignment", "partitions")),
        (
            "-B --create --topic a --replica-assignment 1 --replication-factor 1",
            clash("replica-assignment", "replication-factor"),
        ),
        ("-B --describe --if-not-exists", clash("if-not-exists", "describe")),
        ("-B --list --if-exists", clash("if-exists", "list")),
        ("-B --delete --topic a --exclude-internal", clash("exclude-internal", "delete")),
        ("-B --list --unavailable-partitions", clash("unavailable-partitions", "list")),
        (
            "-B --describe --topics-with-overrides --at-min-isr-partitions",
            clash("at-min-isr-partitions", "topics-with-overrides"),
        ),
        ("-B --list --topics-with-overrides", clash("topics-with-overrides", "list")),
        (
            "-B --alter --topic a --config a=b",
            'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]"'
            " (To alter topic configurations, the kafka-configs tool can be used.)",
        ),
    ],
)
def test_what_does_not_go_together(line: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        check(parse(TABLE, line.replace("-B", "--bootstrap-server b:1").split()))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("--list --exclude-internal --topic a", "list"),
        ("--describe --under-replicated-partitions --unavailable-partitions", "describe"),
        ("--describe --if-exists --topic-id a", "describe"),
        (
            "--create --topic a --partitions 1 --replication-factor 1 --config a=b --config c=d --if-not-exists",
            "create",
        ),
        ("--alter --topic a --partitions 2 --replica-assignment 1,1 --if-exists", "alter"),
        ("--delete --topic a --if-exists", "delete"),
    ],
)
def test_what_goes_together(line: str, action: str) -> None:
    assert check(parse(TABLE, ["--bootstrap-server", "b:1", *line.split()])) == action


@pytest.mark.parametrize(
    ("text", "partitions"), [("1", [[1]]), ("1:2,2:1", [[1, 2], [2, 1]]), (" 1 : 2 ", [[1, 2]]), ("1,2,,", [[1], [2]])]
)
def test_assignments(text: str, partitions: list[list[int]]) -> None:
    assert parse_assignments(text) == partitions


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1:1", "Partition replica lists may not contain duplicate entries: 1"),
        ("1:2,1", "Partition 1 has different replication factor: [1]"),
        ("1,x", 'For input string: "x"'),
        ("1,,1", 'For input string: ""'),
        ("99999999999", 'For input string: "99999999999"'),
    ],
)
def test_assignments_that_are_none(text: str, message: str) -> None:
    with pytest.raises(CommandError) as error:
        parse_assignments(text)
    assert str(error.value) == message


def test_a_topics_id() -> None:
    assert parse_topic_id("AAAAAAAAAAAAAAAAAAAAAQ") == bytes(15) + b"\x01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "xyz",
            "Input string `xyz` decoded as 2 bytes,"
            " which is not equal to the expected 16 bytes of a base64-encoded UUID",
        ),
        ("A" * 25, f"Input string with prefix `{'A' * 24}` is too long to be decoded as a base64 UUID"),
        ("AAAAAAAAAAAAAAAAAAAA!!", "Illegal base64 character 21"),
        ("AAAAA", "Last unit does not have enough valid bits"),
    ],
)
def test_what_is_no_topics_id(text: str, message: str) -> None:
    with pytest.raises(CommandError) as error:
        parse_topic_id(text)
    assert str(error.value) == message
