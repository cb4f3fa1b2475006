"""kafka-e2e-latency: how long a record takes from a producer to a consumer, one at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, Rows
from kcli.cli.refusal import refusal
from kcli.cli.settings import Settings, load_settings
from kcli.tools.listings_measures import LATENCY

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.client.consumer import BulkConsumer
    from kcli.client.decode import Chunk
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_batch import Delivery

TABLE = OptionTable(
    program="kafka-e2e-latency",
    summary="This tool measures end-to-end latency in Kafka by sending messages and timing their reception.",
    usage="--bootstrap-server HOST:PORT --topic NAME --num-records N --producer-acks 1|all --record-size N [OPTIONS]",
    options=(
        Option(
            "bootstrap-server", "REQUIRED: Brokers to connect to first.", "bootstrap-server", group="Connection"
        ),
        PROFILE,
        Option(
            "command-config",
            "Settings for producer, consumer and admin client from a .properties file.",
            "config-file",
            group="Connection",
            complete="file",
        ),
        Option(
            "topic", "REQUIRED: The topic; created with one partition if it is not there.", "topic-name",
            complete="topic",
        ),
        Option("num-records", "REQUIRED: How many records to send.", "count", type=INT),
        Option(
            "producer-acks", "REQUIRED: Whose acknowledgement to wait for: 1 or all.", "producer-acks",
            complete=("1", "all"),
        ),
        Option("record-size", "REQUIRED: The size of each value.", "bytes", type=INT),
        Option("record-key-size", "The size of each key; 0: none.", "bytes", type=INT, default=0),
        Option("num-headers", "How many headers each record has.", "count", type=INT, default=0),
        Option("record-header-key-size", "The size of their names.", "bytes", type=INT, default=0),
        Option("record-header-size", "The size of their values; -1: null.", "bytes", type=INT, default=0),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "of a thousand records, with the acknowledgement of all replicas",
            "kafka-e2e-latency --bootstrap-server localhost:9092 --topic t --num-records 1000 --producer-acks all"
            " --record-size 100",
        ),
    ),
    notes="Kafka's former way works, too: the first five, and --command-config, without names in this order.",
)  # fmt: skip
_POSITIONAL = ("bootstrap-server", "topic", "num-records", "producer-acks", "record-size", "command-config")
_REQUIRED = _POSITIONAL[:-1]
_TIMEOUT = 60.0


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    try:
        options = parse_arguments(TABLE, _named(arguments, environment), environment)
        if isinstance(options, int):
            return options
        options.require(*_REQUIRED)
        plan = _plan(options)
    except UsageError as error:
        raise refusal(TABLE, error.message) from None

    from kcli.client.cluster import Cluster
    from kcli.client.config import CONSUMER, PRODUCER

    settings = _settings(options)
    for client in (PRODUCER, CONSUMER):
        settings.parse(client)  # what is wrong is to be told before a topic is created
    cluster = Cluster(settings["bootstrap.servers"], settings)
    with Rows(LATENCY, options.value("output"), environment, live=True) as rows:
        measure(cluster, settings, plan, rows)
    return OK


def _named(arguments: list[str], environment: Environment) -> list[str]:
    """The command line with options, where it came as Kafka had it before 4.2."""
    if not arguments or any(word.startswith("--") for word in arguments):
        return arguments
    if len(arguments) not in (5, 6):
        raise CommandError(
            f"Invalid number of arguments. Expected 5 or 6 positional arguments, but got {len(arguments)}. Usage: "
            f"{' '.join(_POSITIONAL[:5])} [optional] command-config"
        )
    environment.warn(
        "WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0."
        f" Please use named arguments instead: {', '.join('--' + name for name in _POSITIONAL)}"
    )
    pairs = zip(_POSITIONAL, arguments, strict=False)
    return [word for name, value in pairs if value.strip() for word in (f"--{name}", value)]


class Plan(NamedTuple):
    """What to send."""

    topic: str
    records: int
    acks: str
    size: int
    key_size: int
    headers: int
    header_key_size: int
    header_size: int


def _plan(options: Parsed) -> Plan:
    if options.value("num-records") <= 0:
        raise UsageError("Value for --num-records must be a positive integer.")
    for name in ("record-size", "record-key-size", "num-headers", "record-header-key-size"):
        if options.value(name) < 0:
            raise UsageError(f"Value for --{name} must be a non-negative integer.")
    if options.value("record-header-size") < -1:
        raise UsageError("Value for --record-header-size must be a non-negative integer or -1 for null header value.")
    if options.value("producer-acks") not in ("1", "all"):
        raise UsageError(
            "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement."
            " Please use '1' or 'all'."
        )
    return Plan(
        topic=options.value("topic"),
        records=options.value("num-records"),
        acks=options.value("producer-acks"),
        size=options.value("record-size"),
        key_size=options.value("record-key-size"),
        headers=options.value("num-headers"),
        header_key_size=options.value("record-header-key-size"),
        header_size=options.value("record-header-size"),
    )


def _settings(options: Parsed) -> Settings:
    settings = load_settings(options.value("command-config"), (), options.inherited)
    settings["bootstrap.servers"] = options.value("bootstrap-server")
    return settings


def measure(cluster: Cluster, settings: Settings, plan: Plan, rows: Rows) -> None:
    """Send the records one by one, each after the one before has come back."""
    _create_topic(cluster, plan.topic, rows)
    deliveries: list[Delivery] = []
    producer = _producer(cluster, settings, plan, deliveries.append)
    consumer = _consumer(cluster, settings, plan.topic)
    choice = random.Random(0)
    latencies: list[int] = []
    try:
        for index in range(plan.records):
            key, value, headers = _record(choice, plan)
            begin = time.perf_counter_ns()
            producer.send(plan.topic, key, value, headers)
            producer.flush()
            if deliveries[-1].error is not None:
                raise CommandError(str(deliveries[-1].error))
            chunks = _receive(consumer)
            elapsed = time.perf_counter_ns() - begin
            _compare(chunks, key, value, headers)
            latencies.append(elapsed)
            if index % 1000 == 0:
                rows.say(f"{index}\t{elapsed / 1_000_000}")
    finally:
        producer.abandon()
        consumer.close()
    ordered = sorted(elapsed // 1_000_000 for elapsed in latencies)
    marks = [ordered[int(len(ordered) * share)] for share in (0.5, 0.99, 0.999)]
    average = sum(latencies) / plan.records / 1_000_000
    row = dict(zip(LATENCY.names, [plan.records, round(average, 6), *marks], strict=True))
    text = f"Avg latency: {average:.4f} ms\nPercentiles: 50th = {marks[0]}, 99th = {marks[1]}, 99.9th = {marks[2]}"
    rows.put(row, text)


def _create_topic(cluster: Cluster, topic: str, rows: Rows) -> None:
    from kcli.client.admin import Admin, NewTopic
    from kcli.wire import errors
    from kcli.wire.errors import KafkaError

    try:
        cluster.topic(topic)
    except KafkaError as error:
        if error.code != errors.UNKNOWN_TOPIC_OR_PARTITION:
            raise
    else:
        return
    rows.say(f'Topic "{topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1')
    created = Admin(cluster).create_topics([NewTopic(topic, 1, 1)])[topic]
    if isinstance(created, KafkaError):
        rows.say(f"Creation of topic {topic} failed")
        raise created
    cluster.retry(lambda: cluster.leader(topic, 0))


def _producer(
    cluster: Cluster, settings: Settings, plan: Plan, on_delivery: Callable[[Delivery], None]
) -> BulkProducer:
    from kcli.client.config import PRODUCER
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_config import producer_config

    given = settings.over("linger.ms=0", f"acks={plan.acks}")
    return BulkProducer(cluster, producer_config(given.parse(PRODUCER), given), on_delivery)


def _consumer(cluster: Cluster, settings: Settings, topic: str) -> BulkConsumer:
    """At the end of all partitions; the broker is not to wait until an answer is worth it."""
    from kcli.client.config import CONSUMER
    from kcli.client.consumer import BulkConsumer
    from kcli.client.consumer_config import RESETS, consumer_config

    given = settings.over("fetch.max.wait.ms=0", "enable.auto.commit=false")
    consumer = BulkConsumer(cluster, consumer_config(given.parse(CONSUMER)))
    partitions = [(topic, partition.partition) for partition in cluster.topic(topic).partitions]
    consumer.assign(dict.fromkeys(partitions, RESETS["latest"]))
    consumer.assign(dict(consumer.list_offsets(RESETS["latest"])))
    return consumer


def _record(choice: random.Random, plan: Plan) -> tuple[bytes | None, bytes, list[tuple[str, bytes | None]]]:
    def letters(size: int) -> bytes:
        return bytes([65 + choice.randrange(26)]) * size

    headers = [
        (letters(plan.header_key_size).decode(), None if plan.header_size < 0 else letters(plan.header_size))
        for _ in range(plan.headers)
    ]
    return letters(plan.key_size) if plan.key_size else None, letters(plan.size), headers


def _receive(consumer: BulkConsumer) -> list[Chunk]:
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        chunks = consumer.poll(_TIMEOUT)
        if chunks:
            return chunks
    raise CommandError(f"poll() timed out before finding a result (timeout:[{_TIMEOUT * 1000:.0f}ms])")


def _compare(chunks: list[Chunk], key: bytes | None, value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
    """Whether what came is what was sent, and that alone."""
    records = [record for chunk in chunks for _, some in chunk.read() for record in some]
    if len(records) != 1:
        raise CommandError(f"Only one result was expected during this test. We found [{len(records)}]")
    record = records[0]
    pairs = {"value": (value, record.value), "key": (key, record.key), "headers": (headers, record.headers)}
    for what, (sent, read) in pairs.items():
        if sent != read:
            raise CommandError(f"The message {what} read [{read!r}] did not match the message {what} sent [{sent!r}]")


if __name__ == "__main__":
    main()
