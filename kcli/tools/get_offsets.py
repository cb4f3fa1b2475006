"""kafka-get-offsets: the first, last or some other offset of partitions, as topic:partition:offset."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kcli.cli.connection_options import BOOTSTRAP_SERVER, COMMAND_CONFIG, CONNECTION
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed, split_list
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.tools import listings_cluster as listings

_WHICH = "Which partitions"
_RUN = "kafka-get-offsets --bootstrap-server localhost:9092"

TABLE = OptionTable(
    program="kafka-get-offsets",
    summary="An interactive shell for getting topic-partition offsets.",
    usage="--bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER,
        PROFILE,
        Option(
            "broker-list",
            "The same, as it was called until 4.0.",
            "HOST:PORT",
            group=CONNECTION,
            deprecated="Option --broker-list has been removed in Kafka 4.0: use --bootstrap-server.",
        ),
        COMMAND_CONFIG,
        Option("topic", "Topics, as a regular expression [default: all].", "NAME", group=_WHICH, complete="topic"),
        Option("partitions", "Only these partitions of them.", "N,N", group=_WHICH),
        Option(
            "topic-partitions",
            "Instead of both: topics, each with a partition, or a range from a first one to one before a last:"
            " orders:1,payments:0-3,.*:5-.",
            "NAME:N-M,...",
            group=_WHICH,
        ),
        Option("exclude-internal-topics", "Leave Kafka's own topics out.", group=_WHICH),
        Option(
            "time",
            "The first offset at or after this time (in ms since 1970), or one of: latest (-1), earliest (-2),"
            " max-timestamp (-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6).",
            "TIME",
            default="latest",
            complete=("latest", "earliest", "max-timestamp", "earliest-local", "latest-tiered"),
        ),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("how much was ever written to a topic", f"{_RUN} --topic orders"),
        ("where partitions begin", f"{_RUN} --topic 'orders.*' --time earliest"),
        ("only some partitions", f"{_RUN} --topic-partitions 'orders:0-3,payments:1'"),
    ),
)

_TIMES = {
    "latest": -1,
    "earliest": -2,
    "max-timestamp": -3,
    "earliest-local": -4,
    "latest-tiered": -5,
    "earliest-pending-upload": -6,
}
_SINCE = {-3: 7, -4: 8, -5: 9, -6: 11}  # the version of ListOffsets that knows a special time
_RULE = re.compile(r"([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?", re.ASCII)
_NO_LIMIT = (1 << 31) - 1

TopicPartition = tuple[str, int]
Filter = Callable[[str, int], bool]


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    try:
        parsed = parse_arguments(TABLE, arguments, environment)
    except UsageError as error:
        raise UsageError(f"Error occurred: {error.message}") from None
    if isinstance(parsed, int):
        return parsed
    if not parsed.has("broker-list"):
        parsed.require("bootstrap-server")

    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    try:
        offsets = _offsets(parsed, environment)
    except (ClientError, KafkaError, CommandError) as error:
        raise CommandError(f"Error occurred: {error}") from None
    _show(offsets, parsed.value("output"), environment)
    return OK


def _show(offsets: dict[TopicPartition, int], form: str, environment: Environment) -> None:
    if form != TEXT:
        rows = [{"topic": topic, "partition": number, "offset": offset} for (topic, number), offset in offsets.items()]
        show(rows, listings.OFFSETS, form, environment)
        return
    for (topic, number), offset in offsets.items():
        environment.print(f"{topic}:{number}:{offset}")


def _offsets(options: Parsed, environment: Environment) -> dict[TopicPartition, int]:
    wanted = _filter(options)
    timestamp = parse_time(options.value("time"))

    from kcli.cli.connect import connect
    from kcli.client.admin import Admin
    from kcli.wire.errors import KafkaError

    with connect(options, environment) as cluster:
        found = _led_partitions(cluster.metadata(), wanted, options.has("exclude-internal-topics"))
        if not found:
            raise CommandError("Could not match any topic-partitions with the specified filters")
        led = [partition for partition, leader in found.items() if leader >= 0]
        answers: dict[TopicPartition, Any] = {partition: _no_leader() for partition in found}
        try:
            for node in {found[partition] for partition in led}:
                _check_version(cluster, node, timestamp)
            answers.update(Admin(cluster).list_offsets(dict.fromkeys(led, timestamp)) if led else {})
        except KafkaError as error:
            answers.update(dict.fromkeys(led, error))
    offsets = {}
    for topic, number in sorted(found, key=lambda partition: f"{partition[0]}-{partition[1]}"):
        answer = answers[topic, number]
        if isinstance(answer, KafkaError):
            environment.warn(
                f"Skip getting offsets for topic-partition {topic}-{number} due to error: {answer.java_class}: {answer}"
            )
        elif answer.offset >= 0:
            offsets[topic, number] = answer.offset
    return offsets


def _led_partitions(metadata: Any, wanted: Filter, without_internal: bool) -> dict[TopicPartition, int]:
    """The partitions that are wanted, with their leaders."""
    return {
        (topic.name, each.partition_index): each.leader_id
        for topic in metadata.topics
        if not (without_internal and topic.is_internal)
        for each in topic.partitions
        if wanted(topic.name, each.partition_index)
    }


def _no_leader() -> Exception:
    from kcli.wire import errors
    from kcli.wire.errors import KafkaError

    return KafkaError(errors.LEADER_NOT_AVAILABLE)


def _check_version(cluster: Any, node: int, timestamp: int) -> None:
    from kcli.wire import errors, messages
    from kcli.wire.errors import KafkaError

    needed = _SINCE.get(timestamp, 0)
    oldest, latest = cluster.connection(node).versions[messages.ListOffsetsRequest.API_KEY]
    if latest < needed:
        raise KafkaError(
            errors.UNSUPPORTED_VERSION,
            f"The node does not support LIST_OFFSETS with version in range [{needed},{needed}]."
            f" The supported range is [{oldest},{latest}].",
        )


def parse_time(text: str) -> int:
    """The timestamp, or the special one that a name stands for."""
    if text in _TIMES:
        return _TIMES[text]
    try:
        timestamp: int = LONG(text)
        return timestamp
    except ValueError:
        names = " / ".join(f"{number} or {name}" for name, number in _TIMES.items())
        raise CommandError(
            f"Malformed time argument {text}. Please use {names}, or a specified long format timestamp"
        ) from None


# Which partitions


def _filter(options: Parsed) -> Filter:
    from kcli.cli.topic_filter import topic_filter

    rules = options.value("topic-partitions")
    if rules is not None:
        if options.has("topic") or options.has("partitions"):
            raise CommandError("--topic-partitions cannot be used with --topic or --partitions")
        parsed = [parse_rule(rule) for rule in split_list(rules)]
        return lambda topic, partition: any(rule(topic, partition) for rule in parsed)
    named = topic_filter(options.value("topic") or ".*")
    numbers = _numbers(options.value("partitions"))
    return lambda topic, partition: named(topic) and (not numbers or partition in numbers)


def _numbers(text: str | None) -> set[int]:
    try:
        return {INT(word) for word in split_list(text or "")}
    except ValueError:
        raise CommandError(
            f"--partitions expects a comma separated list of numeric partition ids, but received: {text}"
        ) from None


def parse_rule(text: str) -> Filter:
    """`topic`, `topic:1`, `topic:1-3` (without 3), `topic:1-`, `topic:-3`; without a topic it is for all."""
    from kcli.cli.topic_filter import topic_filter

    match = _RULE.fullmatch(text)
    if match is None:
        raise CommandError(f"org.apache.kafka.tools.TerseException: Invalid rule specification: {text}")
    named = topic_filter(match[1] or ".*")
    if match[2]:
        first, last = int(match[2]), int(match[2]) + 1
    else:
        first, last = int(match[3] or 0), int(match[4] or _NO_LIMIT)
    return lambda topic, partition: first <= partition < last and named(topic)


if __name__ == "__main__":
    main()
