"""`kcli wait`: until brokers answer, a topic can be used, a group is ready or has caught up, a record is there.

Made for CI.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import Arguments
from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import INT, Command, Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.commands.parsing import parse_command
from kcli.commands.wait_record import OPTIONS as RECORD_OPTIONS
from kcli.commands.wait_record import RecordLook

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster

TIMED_OUT = 124
Look = Callable[["Cluster", Arguments], "str | None"]
_PAUSE = 0.25
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


def duration(text: str) -> float:
    """Seconds of `500ms`, `30s`, `2m`, `1h` or `30`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|)", text, re.ASCII)
    if match is None:
        raise ValueError(text)
    return float(match[1]) * _UNITS[match[2]]


_COMMON = (
    Option("bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT"),
    PROFILE,
    Option("command-config", "A file of client settings.", "FILE", complete="file"),
    OUTPUT,
    Option("timeout", "How long to wait: 500ms, 30s, 2m, 1h.", "TIME", type=duration, default="60s"),
)
_TOPIC = Option("name", "The topic.", "NAME", required=True, complete="topic")
_GROUP = Option("name", "The group.", "NAME", required=True, complete="group")
_SERVERS = (Exclusive(("bootstrap-server",), required=True),)

TABLE = OptionTable(
    program="kcli wait",
    summary="Wait until brokers answer, a topic can be used, a group is ready, or a record is there.",
    usage="COMMAND",
    options=(),
    commands=(
        Command(
            "brokers",
            "Until so many brokers are in the cluster.",
            (*_COMMON, Option("count", "How many.", "N", type=INT, default=1)),
            _SERVERS,
            examples=(
                (
                    "three brokers, for two minutes at most",
                    "kcli wait brokers --bootstrap-server localhost:9092 --count 3 --timeout 2m",
                ),
            ),
        ),
        Command(
            "topic",
            "Until a topic is there, with all its leaders and all replicas in sync.",
            _COMMON,
            _SERVERS,
            positionals=(_TOPIC,),
            examples=(("before anybody produces", "kcli wait topic orders --bootstrap-server localhost:9092"),),
        ),
        Command(
            "group",
            "Until a consumer group is in a state, or has members.",
            (
                *_COMMON,
                Option("state", "The state.", "STATE", choices=("Stable", "Empty"), default="Stable"),
                Option("members", "How many members it has to have, at least.", "N", type=INT, default=0),
            ),
            _SERVERS,
            positionals=(_GROUP,),
            examples=(
                (
                    "two members that have their partitions",
                    "kcli wait group shop --bootstrap-server localhost:9092 --members 2",
                ),
                ("nobody is left", "kcli wait group shop --bootstrap-server localhost:9092 --state Empty"),
            ),
        ),
        Command(
            "lag",
            "Until a consumer group has read all there is, or all but so many records.",
            (
                *_COMMON,
                Option("max", "How many records it may be behind, in all.", "N", type=INT, default=0),
                Option("topic", "Only look at this topic; may be repeated.", "TOPIC", repeated=True, complete="topic"),
            ),
            _SERVERS,
            positionals=(_GROUP,),
            examples=(
                ("all is read but ten records", "kcli wait lag shop --bootstrap-server localhost:9092 --max 10"),
            ),
        ),
        Command(
            "record",
            "Until a topic has a record like this, and print its value.",
            (*_COMMON, *RECORD_OPTIONS),
            _SERVERS,
            positionals=(_TOPIC,),
            examples=(
                (
                    "the answer to what was just asked",
                    "kcli wait record answers --bootstrap-server localhost:9092 --grep-key 42 --from now",
                ),
            ),
        ),
    ),
    examples=(
        ("three brokers, for a minute at most", "kcli wait brokers --bootstrap-server localhost:9092 --count 3"),
        ("a topic", "kcli wait topic orders --bootstrap-server localhost:9092 --timeout 2m"),
        ("a group with two members", "kcli wait group shop --bootstrap-server localhost:9092 --members 2"),
        ("a group that has read all", "kcli wait lag shop --bootstrap-server localhost:9092"),
        ("an answer", "kcli wait record answers --grep-key 42 --from now --bootstrap-server localhost:9092"),
    ),
    notes="The exit code is 0, or 124 when the time is over; then a line says what was missing.",
)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    assert parsed.command is not None
    timeout = duration(parsed.value("timeout")) if not parsed.has("timeout") else parsed.value("timeout")
    looks: dict[str, Look] = {"brokers": _brokers, "topic": _topic_ready, "group": _group_state, "lag": _lag}
    record = RecordLook(parsed, timeout) if parsed.command == "record" else None
    begin = time.monotonic()
    missing = _wait(record or looks[parsed.command], parsed, begin + timeout, environment)
    if parsed.value("output") != TEXT:
        _show(parsed, missing, time.monotonic() - begin, record, environment)
    elif record is not None and missing is None:
        environment.stdout.write((b"null" if record.value is None else record.value) + b"\n")
    if missing is not None:
        raise CommandError(f"timed out: {missing}", TIMED_OUT)
    return OK


def _show(
    parsed: Arguments, missing: str | None, seconds: float, record: RecordLook | None, environment: Environment
) -> None:
    from kcli.tools.listings import WAITED

    value = None if record is None else record.value
    row = {
        "condition": parsed.command,
        "name": None if parsed.command == "brokers" else parsed.value("name"),
        "met": missing is None,
        "missing": missing,
        "seconds": round(seconds, 3),
        "value": None if value is None else value.decode("utf-8", "replace"),
    }
    show([row], WAITED, parsed.value("output"), environment)


def _wait(look: Look, parsed: Arguments, end: float, environment: Environment) -> str | None:
    """What was missing when the time was over."""
    from kcli.client.errors import ClientError, HungUp, TlsFailed, TurnedAway
    from kcli.wire.errors import KafkaError

    told = None
    while True:
        try:
            with connect(parsed, environment) as cluster:
                left = max(0.1, end - time.monotonic())
                cluster.api_timeout = min(left, cluster.api_timeout)
                cluster.request_timeout = min(left, cluster.request_timeout)
                missing = look(cluster, parsed)
        except (ClientError, KafkaError) as error:
            hung_up = isinstance(error, HungUp) and not isinstance(error, TlsFailed)  # a proxy before a broker does
            if isinstance(error, (TlsFailed, TurnedAway)) and not hung_up:
                raise CommandError(str(error), FAILED) from None  # no waiting mends it
            missing = str(error)
        if missing is None:
            return None
        if missing != told and environment.stderr.isatty():
            environment.warn(f"waiting: {missing}")
            told = missing
        if time.monotonic() + _PAUSE >= end:
            return missing
        time.sleep(_PAUSE)


def _brokers(cluster: Cluster, parsed: Arguments) -> str | None:
    found = len(cluster.metadata([]).brokers)
    wanted = parsed.value("count")
    return None if found >= wanted else f"{found} of {wanted} brokers are there"


def _topic_ready(cluster: Cluster, parsed: Arguments) -> str | None:
    from kcli.wire.errors import KafkaError

    name = parsed.value("name")
    (topic,) = cluster.metadata([name]).topics
    if topic.error_code:
        return f"topic {name}: {KafkaError(topic.error_code)}"
    for part in sorted(topic.partitions, key=lambda part: part.partition_index):
        if part.leader_id < 0:
            return f"topic {name}: partition {part.partition_index} has no leader"
        if len(part.isr_nodes) < len(part.replica_nodes):
            return (
                f"topic {name}: {len(part.isr_nodes)} of {len(part.replica_nodes)} replicas of partition"
                f" {part.partition_index} are in sync"
            )
    return None


def _group_state(cluster: Cluster, parsed: Arguments) -> str | None:
    from kcli.client.admin_groups import GroupDescription, describe_consumer_groups

    name, state, members = (parsed.value(option) for option in ("name", "state", "members"))
    found = describe_consumer_groups(cluster, [name])[name]
    if not isinstance(found, GroupDescription):
        return f"group {name}: {found}"
    if found.state != state:
        return f"group {name} is {found.state}, not {state}"
    if len(found.members) < members:
        return f"group {name} has {len(found.members)} of {members} members"
    return None


def _lag(cluster: Cluster, parsed: Arguments) -> str | None:
    from kcli.client.admin_groups import GroupDescription, describe_consumer_groups
    from kcli.tools.consumer_groups_describe import find_positions
    from kcli.tools.group_lag import total_lag

    name, most, topics = parsed.value("name"), parsed.value("max"), parsed.value("topic") or []
    group = describe_consumer_groups(cluster, [name])[name]
    if not isinstance(group, GroupDescription):
        return f"group {name}: {group}"
    positions = [each for each in find_positions(cluster, [group])[name] if not topics or each.topic in topics]
    for topic in topics or [None]:
        if not any(each.offset is not None for each in positions if topic in (None, each.topic)):
            return f"group {name} has no committed offsets" + (f" in topic {topic}" if topic else "")
    for each in positions:
        if each.end is None:
            return f"group {name}: the end of {each.topic}-{each.partition} is not known"
        if each.offset is None and each.end:  # a member has it, so that something is still to be committed
            return f"group {name} has no committed offset of {each.topic}-{each.partition}"
    lag = total_lag(positions) or 0
    return None if lag <= most else f"group {name} has a lag of {lag}, more than {most}"
