"""kafka-verifiable-producer: send numbers, and say as a line of JSON what became of each.

Deviations: exits with 1 where a record was not delivered, and with the signal's code where one ended it; after a signal
it waits for acknowledgements only as long as some come, where Kafka's waits for delivery.timeout.ms.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import Arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, LONG, Exclusive, Option, OptionTable
from kcli.cli.settings import Settings, load_settings
from kcli.tools.verifiable_events import (
    BOOTSTRAP,
    BROKER_LIST,
    COMMAND_CONFIG,
    Events,
    config_file,
    read_options,
    text,
)

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_batch import Delivery
    from kcli.tools.console_producer_signals import Signals

_QUIET = 1.0  # seconds without an acknowledgement after which a signal ends the waiting

TABLE = OptionTable(
    program="kafka-verifiable-producer",
    usage_program="verifiable-producer",
    summary="This tool produces increasing integers to the specified topic and prints JSON metadata to stdout.",
    usage="--topic TOPIC --bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        Option("topic", "The topic to send to.", "TOPIC", required=True, complete="topic"),
        Option("max-messages", "How many to send; -1: until it is stopped.", "MAX-MESSAGES", type=INT, default=-1),
        Option(
            "throughput", "About how many a second to send; -1: as many as can be.", "THROUGHPUT", type=LONG, default=-1
        ),
        Option("acks", "Whose acknowledgements to wait for.", "ACKS", type=INT, choices=(0, 1, -1), default=-1),
        Option("producer.config", "Deprecated: use --command-config.", "CONFIG-FILE", complete="file"),
        Option(
            "message-create-time",
            "The first record's time, in milliseconds since 1970; -1: now.",
            "CREATE-TIME",
            type=LONG,
            default=-1,
        ),
        Option("value-prefix", "A number to put before each value, with a dot.", "VALUE-PREFIX", type=INT),
        Option("repeating-keys", "Give the records so many keys by turns.", "REPEATING-KEYS", type=INT),
        COMMAND_CONFIG,
        BOOTSTRAP,
        BROKER_LIST,
        PROFILE,
    ),
    exclusive=(Exclusive(("bootstrap-server", "broker-list"), required=True),),
    examples=(
        ("ten numbers", "kafka-verifiable-producer --bootstrap-server localhost:9092 --topic t --max-messages 10"),
    ),
)


def main() -> None:
    start(run, "kafka-verifiable-producer")


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    parsed = read_options(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed

    from kcli.client.cluster import Cluster
    from kcli.client.config import PRODUCER
    from kcli.client.producer import BulkProducer
    from kcli.client.producer_config import producer_config
    from kcli.tools.console_run import log_warning

    settings = _settings(parsed, environment)
    config = producer_config(settings.parse(PRODUCER), settings)
    cluster = Cluster(settings["bootstrap.servers"], {**settings, "default.api.timeout.ms": "0"})
    cluster.refresh()
    events = Events(environment)
    teller = Teller(events)
    producer = BulkProducer(cluster, config, teller.delivered, partial(log_warning, environment))
    begin = time.monotonic()
    events.say("startup_complete")
    sent, code = _send(producer, cluster, parsed)
    events.say("shutdown_complete")
    events.say(
        "tool_data",
        sent=sent,
        acked=producer.delivered,
        target_throughput=parsed.value("throughput"),
        avg_throughput=producer.delivered / max(time.monotonic() - begin, 0.001),
    )
    return code or (environment.exit_code(FAILED, OK) if producer.failed else OK)


def _send(producer: BulkProducer, cluster: Cluster, parsed: Arguments) -> tuple[int, int]:
    """Send until there were enough, or a signal came, and see to all of it; how many, and the signal's exit code."""
    from kcli.tools.console_producer_signals import Signals, impatient
    from kcli.tools.throttle import Throttle

    numbers = Numbers(parsed)
    throttle = Throttle(parsed.value("throughput"))
    limit = parsed.value("max-messages")
    sent = 0

    def hurry() -> None:
        producer.hurry()
        impatient(cluster, always=True)()

    with Signals(hurry) as signals:
        try:
            while (limit < 0 or sent < limit) and not signals.code:
                if throttle.due(sent, 1) <= 0:
                    throttle.wait(producer, sent)
                    continue
                key, value, timestamp = numbers.next()
                sent += 1
                producer.send(parsed.value("topic"), key, value, timestamp=timestamp)
            _finish(producer, signals)
        except KeyboardInterrupt:
            pass
        producer.give_up()
    return sent, signals.code


def _finish(producer: BulkProducer, signals: Signals) -> None:
    """Wait for every record; after a signal, as long as records arrive."""
    from kcli.tools.console_producer_signals import deliver

    deliver(producer, signals)
    while producer.pending:
        arrived = producer.delivered
        if not producer.flush(_QUIET) and producer.delivered == arrived:
            return


def _settings(parsed: Arguments, environment: Environment) -> Settings:
    """The file's settings win over the options, as in Kafka's tool; a record is sent once."""
    settings = Settings()
    settings["bootstrap.servers"] = parsed.value("bootstrap-server")
    settings["acks"] = str(parsed.value("acks"))
    settings["retries"] = "0"
    settings.take(load_settings(config_file(parsed, "producer.config", TABLE, environment)))
    settings.inherit(parsed.inherited, but=("acks", "retries"))
    return settings


class Numbers:
    """The records, one after another."""

    def __init__(self, parsed: Arguments) -> None:
        prefix = parsed.value("value-prefix")
        self._prefix = "" if prefix is None else f"{prefix}."
        self._keys = parsed.value("repeating-keys")
        create_time = parsed.value("message-create-time")
        self._time = None if create_time == -1 else create_time
        self._begin = time.monotonic()
        self._count = 0

    def next(self) -> tuple[bytes | None, bytes, int | None]:
        """Key, value, timestamp."""
        number, self._count = self._count, self._count + 1
        timestamp = self._time
        if self._time is not None:
            self._time += int((time.monotonic() - self._begin) * 1000)
        key = b"%d" % (number % self._keys) if self._keys else None
        return key, f"{self._prefix}{number}".encode(), timestamp


class Teller:
    """Says what became of each record."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def delivered(self, delivery: Delivery) -> None:
        """What became of a batch."""
        for record in delivery.batch.records():
            key, value = text(record.key), text(record.value)
            if delivery.error is None:
                offset = delivery.offset + record.offset if delivery.offset >= 0 else -1
                self._events.say(
                    "producer_send_success",
                    key=key,
                    value=value,
                    topic=delivery.topic,
                    partition=delivery.partition,
                    offset=offset,
                )
            else:
                self._events.say(
                    "producer_send_error",
                    key=key,
                    value=value,
                    topic=delivery.topic,
                    exception=f"class {delivery.error.java_class}",
                    message=delivery.error.message,
                )


if __name__ == "__main__":
    main()
