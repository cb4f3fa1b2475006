"""kafka-verifiable-consumer: consume a topic in a group, and say as a line of JSON whatever happens.

Deviation: an error that ends it exits with 1, a signal with the signal's code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kcli.cli.argparse4j import Arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.main import start
from kcli.cli.options import INT, Option, OptionTable
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
    from kcli.client.consumer import BulkConsumer
    from kcli.client.decode import Chunk

_RANGE = "org.apache.kafka.clients.consumer.RangeAssignor"
_POLL = 0.2  # seconds; a signal waits no longer

TABLE = OptionTable(
    program="kafka-verifiable-consumer",
    usage_program="verifiable-consumer",
    summary="This tool consumes messages from a specific topic and emits consumer events as JSON objects to stdout.",
    usage="--topic TOPIC --group-id GROUP-ID --bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        Option("topic", "The topic to consume from.", "TOPIC", required=True, complete="topic"),
        Option(
            "group-protocol", "The group's protocol: classic or consumer.", "GROUP-PROTOCOL", default="classic",
            complete=("classic", "consumer"),
        ),
        Option(
            "group-remote-assignor", "The assignor, on the broker, of the protocol consumer.", "GROUP-REMOTE-ASSIGNOR"
        ),
        Option("group-id", "The group to consume in.", "GROUP-ID", required=True, complete="group"),
        Option("group-instance-id", "A name that makes this a static member.", "GROUP-INSTANCE-ID"),
        Option("max-messages", "How many to consume; -1: until it is stopped.", "MAX-MESSAGES", type=INT, default=-1),
        Option("session-timeout", "The group's session timeout, in milliseconds.", "TIMEOUT-MS", type=INT),
        Option("verbose", "A line for each record."),
        Option("enable-autocommit", "Commit now and then, not after each poll."),
        Option(
            "reset-policy", "Where to begin without a commit: earliest, latest or none.", "RESET-POLICY",
            default="earliest", complete=("earliest", "latest", "none"),
        ),
        Option("assignment-strategy", "The assignor of the protocol classic.", "ASSIGNMENT-STRATEGY", default=_RANGE),
        Option("consumer.config", "Deprecated: use --command-config.", "CONFIG-FILE", complete="file"),
        COMMAND_CONFIG,
        BROKER_LIST,
        PROFILE,
        BOOTSTRAP._replace(required=True),
    ),
    examples=(
        (
            "five records",
            "kafka-verifiable-consumer --bootstrap-server localhost:9092 --topic t --group-id g --max-messages 5",
        ),
    ),
)  # fmt: skip


def main() -> None:
    start(run, "kafka-verifiable-consumer")


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    parsed = read_options(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed

    from kcli.client.cluster import Cluster
    from kcli.client.config import CONSUMER
    from kcli.client.consumer import BulkConsumer
    from kcli.client.consumer_config import consumer_config
    from kcli.tools.console_producer_signals import Signals, impatient
    from kcli.wire.errors import KafkaError

    settings = _settings(parsed, environment)
    values = settings.parse(CONSUMER)
    with settings.reported():
        config = consumer_config(values)
        cluster = Cluster(settings["bootstrap.servers"], settings)
    events = Events(environment)
    complaints: list[str] = []
    consumer = BulkConsumer(cluster, config, warn=complaints.append)
    consumer.subscribe([parsed.value("topic")])
    session = Session(consumer, parsed, events, values["max.poll.records"], complaints)
    events.say("startup_complete")
    trouble = OK
    with Signals(impatient(cluster, always=True)) as signals:
        try:
            while not session.finished and not signals.code:
                session.step()
        except KeyboardInterrupt:
            pass
        except KafkaError as error:
            environment.warn(f"{error.java_class}: {error}")
            trouble = environment.exit_code(FAILED, OK)
        finally:
            if signals.code:
                events.say("shutdown_requested")
            session.leave()
            events.say("shutdown_complete")
            if not signals.code:
                events.say("shutdown_requested")  # Kafka's tool hears of its own end
    return signals.code or trouble


def _settings(parsed: Arguments, environment: Environment) -> Settings:
    """The options win over the file's settings."""
    settings = load_settings(config_file(parsed, "consumer.config", TABLE, environment), (), parsed.inherited)
    protocol = parsed.value("group-protocol")
    if protocol.upper() not in ("CLASSIC", "CONSUMER"):
        constant = f"org.apache.kafka.clients.consumer.GroupProtocol.{protocol.upper()}"
        raise CommandError(f"java.lang.IllegalArgumentException: No enum constant {constant}")
    if protocol.upper() == "CONSUMER":
        settings["group.protocol"] = protocol
        if parsed.has("group-remote-assignor"):
            settings["group.remote.assignor"] = parsed.value("group-remote-assignor")
    else:
        settings["partition.assignment.strategy"] = parsed.value("assignment-strategy")
    if parsed.has("session-timeout"):
        settings["session.timeout.ms"] = str(parsed.value("session-timeout"))
    if parsed.has("group-instance-id"):
        settings["group.instance.id"] = parsed.value("group-instance-id")
    settings["group.id"] = parsed.value("group-id")
    settings["bootstrap.servers"] = parsed.value("bootstrap-server")
    settings["enable.auto.commit"] = "true" if parsed.has("enable-autocommit") else "false"
    settings["auto.offset.reset"] = parsed.value("reset-policy")
    return settings


Records = list[tuple[int, int, "bytes | None", "bytes | None"]]


class Session:
    """A consumer at work, and what is said of it."""

    def __init__(
        self, consumer: BulkConsumer, parsed: Arguments, events: Events, poll_records: int, complaints: list[str]
    ) -> None:
        self._consumer = consumer
        self._events = events
        self._limit = parsed.value("max-messages")
        self._verbose = parsed.has("verbose")
        self._commits = not parsed.has("enable-autocommit")
        self._poll_records = poll_records
        self._complaints = complaints
        self._assignment: frozenset[tuple[str, int]] | None = None
        self._count = 0

    @property
    def finished(self) -> bool:
        """Whether there were as many records as wanted."""
        return 0 <= self._limit <= self._count

    def step(self) -> None:
        """One poll, and what came of it."""
        chunks = self._consumer.poll(_POLL)
        self._watch_assignment()
        for poll in _polls(chunks, self._poll_records):
            self._take(poll)
            if self.finished:
                return

    def leave(self) -> None:
        """Give everything back."""
        self._consumer.close()
        if self._assignment:
            self._events.say("partitions_revoked", partitions=_named(self._assignment))

    def _watch_assignment(self) -> None:
        if not self._consumer.settled:
            return
        before, self._assignment = self._assignment, self._consumer.assignment
        lost = (before or frozenset()) - self._assignment
        new = self._assignment - (before or frozenset())
        if lost:
            self._events.say("partitions_revoked", partitions=_named(lost))
        if new or before is None:
            self._events.say("partitions_assigned", partitions=_named(new))

    def _take(self, poll: list[tuple[Chunk, Records]]) -> None:
        summaries: list[dict[str, Any]] = []
        offsets: list[dict[str, Any]] = []
        for chunk, records in poll:
            if self._limit >= 0:
                records = records[: self._limit - self._count]
            if not records:
                continue
            place = {"topic": chunk.topic, "partition": chunk.partition}
            first, last = records[0][0], records[-1][0]
            offsets.append({**place, "offset": last + 1})
            summaries.append({**place, "count": len(records), "minOffset": first, "maxOffset": last})
            if self._verbose:
                for offset, _, key, value in records:
                    self._events.say("record_data", key=text(key), value=text(value), **place, offset=offset)
            self._count += len(records)
            self._consumer.consumed(chunk, last + 1)
        total = sum(len(records) for _, records in poll)
        self._events.say("records_consumed", count=total, partitions=summaries)
        if self._commits:
            self._commit(offsets)

    def _commit(self, offsets: list[dict[str, Any]]) -> None:
        self._complaints.clear()
        if self._consumer.commit():
            self._events.say("offsets_committed", offsets=offsets, success=True)
        else:
            error = self._complaints[-1] if self._complaints else None
            self._events.say("offsets_committed", offsets=offsets, error=error, success=False)


def _polls(chunks: list[Chunk], most: int) -> Iterator[list[tuple[Chunk, Records]]]:
    """What came, in portions as Kafka's consumer gives them out."""
    poll: list[tuple[Chunk, Records]] = []
    room = most
    for chunk in chunks:
        records: Records = [record for _, some in chunk.read(headers=False) for record in some]
        while records:
            poll.append((chunk, records[:room]))
            records, room = records[room:], room - min(room, len(records))
            if not room:
                yield poll
                poll, room = [], most
    if poll:
        yield poll


def _named(partitions: frozenset[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"topic": topic, "partition": partition} for topic, partition in sorted(partitions)]


if __name__ == "__main__":
    main()
