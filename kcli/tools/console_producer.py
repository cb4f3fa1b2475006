"""kafka-console-producer: standard input to a topic, a line (or a JSON object) a record.

Piped input moves in large chunks and never meets the REPL. On a terminal there is a REPL; where stderr is no terminal,
or the terminal can do nothing, there is Kafka's plain `>`.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.refusal import option_rows, refusal
from kcli.client.address import parse_addresses
from kcli.tools.console_producer_input import InputRecord, JsonReader, LineReader, LineSplitter, Reader
from kcli.tools.console_producer_options import (
    LINE_READER,
    OPTIONS,
    check_arguments,
    client_settings,
    reader_properties,
)
from kcli.tools.console_producer_signals import Signals, deliver, impatient
from kcli.tools.console_run import log_warning

if TYPE_CHECKING:  # the client is loaded once it is known that there is something to do: not for --help
    from kcli.client.cluster import Cluster
    from kcli.client.producer_batch import Delivery
    from kcli.client.producer_config import ProducerConfig

_CHUNK = 384 * 1024  # its lines of usual length make one batch
_ERRORS_SHOWN = 100
_QUIET_SECONDS = 1.0


def main() -> None:
    start(run, OPTIONS.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    if not arguments:
        raise CommandError("\n".join([OPTIONS.summary, *option_rows(OPTIONS.options)]))
    try:
        options = parse_arguments(OPTIONS, arguments, environment)
        if isinstance(options, int):
            return options
        check_arguments(options)
        reader, topic = _reader(options)
        settings = client_settings(options)
    except UsageError as error:
        raise refusal(OPTIONS, error.message) from None

    from kcli.client.cluster import Cluster
    from kcli.client.config import PRODUCER, unknown
    from kcli.client.producer_config import producer_config

    values = settings.parse(PRODUCER)
    if values["transactional.id"] is not None:
        raise CommandError(
            "java.lang.IllegalStateException: Cannot add partition to transaction before completing a call to"
            " initTransactions"
        )
    if unknown(PRODUCER, settings) and environment.exit_code(FAILED, OK):  # Kafka's tool says nothing of them
        for remark in settings.unknown():
            environment.warn(remark)
    config = producer_config(values, settings)
    _check_resolvable(settings["bootstrap.servers"])
    # How long to wait for metadata is the producer's business: the cluster shall not be patient on its own.
    cluster = Cluster(settings["bootstrap.servers"], {**settings, "default.api.timeout.ms": "0"})
    if _is_for_repl(environment):
        from kcli.tools.console_producer_repl import converse

        return converse(cluster, config, reader, topic, environment)
    return Pipe(cluster, config, reader, topic, environment, sync=options.has("sync")).run()


def _reader(options: Parsed) -> tuple[Reader, str | None]:
    """The reader, and the topic that records go to (None: each names its own)."""
    if options.value("line-reader") != LINE_READER:
        raise CommandError(f"java.lang.ClassNotFoundException: {options.value('line-reader')}")
    properties = reader_properties(options)
    reader: Reader = JsonReader() if options.value("input") == "json" else LineReader(properties)
    return reader, properties.get("topic")


def _check_resolvable(servers: str) -> None:
    """Kafka's producer does not start when no bootstrap host has an address; an unreachable one it would wait for."""
    import socket

    for address in parse_addresses(servers):
        try:
            socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            continue
        return
    raise CommandError(
        "org.apache.kafka.common.KafkaException: Failed to construct kafka producer\n"
        "Caused by: org.apache.kafka.common.config.ConfigException:"
        f" No resolvable bootstrap urls given in bootstrap.servers ({servers})"
    )


def _is_for_repl(environment: Environment) -> bool:
    streams = (environment.stdin, environment.stdout, environment.stderr)
    return all(stream.isatty() for stream in streams) and environment.variables.get("TERM", "dumb") != "dumb"


class Pipe:
    """From standard input to the topic, until the input ends."""

    def __init__(
        self,
        cluster: Cluster,
        config: ProducerConfig,
        reader: Reader,
        topic: str | None,
        environment: Environment,
        *,
        sync: bool,
    ) -> None:
        self._cluster = cluster
        self._environment = environment
        self._reader = reader
        self._topic = topic
        self._sync = sync
        self._begun = False  # whether there was any input
        from kcli.client.producer import BulkProducer

        self._producer = BulkProducer(cluster, config, self._delivered, partial(log_warning, environment))

    def run(self) -> int:
        """Send everything; the exit code."""
        from kcli.client.errors import ClusterUnreachable, TurnedAway

        with Signals(self._hurry) as signals:
            try:
                self._send_input(signals)
                self._finish(signals)
            except CommandError:
                self._finish(signals)  # what was read before the bad line, or acknowledged before the error, counts
                raise
            except (ClusterUnreachable, TurnedAway) as error:  # at first; later that would be waited out
                code = signals.code or self._environment.exit_code(FAILED, OK)
                raise CommandError(f"{error.java_class}: {error}; no record was sent", code) from None
            except KeyboardInterrupt:
                lost = self._producer.abandon()
                if self._cluster.nodes:
                    self._say(f"{lost} record(s) neither acknowledged nor refused")
                elif self._begun:
                    self._say("no record was sent")
            finally:
                self._producer.abandon()
        code = signals.code
        if self._producer.failed:
            code = code or self._environment.exit_code(FAILED, OK)
            if code:
                total = self._producer.delivered + self._producer.failed
                self._say(f"{self._producer.failed} of {total} record(s) not delivered")
        return code

    def _hurry(self) -> None:
        """The first signal: a cluster that has not answered yet is not waited for, nor is a topic that is not there."""
        self._producer.hurry()
        impatient(self._cluster)()

    def _finish(self, signals: Signals) -> None:
        """Wait for every record; after a signal, say so if that takes long."""
        deliver(self._producer, signals)
        if signals.code and not self._producer.flush(_QUIET_SECONDS):
            self._say("waiting for acknowledgements; interrupt again to give up")
        self._producer.flush()

    def _say(self, text: str) -> None:
        self._environment.warn(f"{self._environment.program}: {text}")

    def _send_input(self, signals: Signals) -> None:
        splitter = LineSplitter()
        for chunk in self._chunks(signals):
            self._begun = True
            self._send(splitter.feed(chunk), signals)
        self._send(splitter.finish(), signals)

    def _chunks(self, signals: Signals) -> Iterator[bytes]:
        """The input until its end or a signal, in pieces as large as there are; meanwhile the producer works."""
        try:
            descriptor = self._environment.stdin.fileno()
        except OSError:  # not a file of the system's
            yield from iter(lambda: self._environment.stdin.read(_CHUNK), b"")
            return
        terminal = self._environment.stdin.isatty()
        while True:
            if terminal and self._environment.stdout.isatty():
                self._environment.stdout.write(b">")
                self._environment.stdout.flush()
            while not self._producer.poll(None, watch=(descriptor, signals.fileno())):
                pass
            if signals.code:
                return
            # A terminal gives a line at a time, and its end of input only once.
            chunk = os.read(descriptor, _CHUNK) if terminal else _read_available(descriptor, _CHUNK)
            if not chunk:
                return
            yield chunk

    def _send(self, lines: list[bytes], signals: Signals) -> None:
        if self._sync:
            for line in lines:
                if signals.code:
                    return
                self._send_now([line])
                self._producer.flush()
        elif lines:
            self._send_now(lines)

    def _send_now(self, lines: list[bytes]) -> None:
        if self._topic is not None and self._reader.plain_values(lines):
            self._producer.send_values(self._topic, lines)
        else:
            self._send_records(self._reader.records(lines))

    def _send_records(self, records: Iterable[InputRecord]) -> None:
        """Send records one by one, except that pairs of key and value with nothing else go together."""
        pairs: list[tuple[bytes, bytes]] = []
        pairs_topic = ""
        try:
            for key, value, headers, partition, timestamp, topic in records:
                topic = self._topic or topic
                if not topic:
                    raise CommandError("a record without a topic, and no --topic")
                pair = None
                if key is not None and value is not None and timestamp is None and partition is None and not headers:
                    pair = (key, value)
                if pairs and (pair is None or topic != pairs_topic):
                    together, pairs = pairs, []
                    self._producer.send_pairs(pairs_topic, together)
                if pair is None:
                    self._producer.send(topic, key, value, headers, partition=partition, timestamp=timestamp)
                else:
                    pairs.append(pair)
                    pairs_topic = topic
        finally:
            if pairs:
                self._producer.send_pairs(pairs_topic, pairs)

    def _delivered(self, delivery: Delivery) -> None:
        if delivery.error is None:
            return
        if self._sync:
            raise CommandError(str(delivery.error))
        room = _ERRORS_SHOWN - (self._producer.failed - delivery.count)
        if room <= 0:
            return
        for record in delivery.batch.records()[:room]:
            self._environment.warn(
                f"[{_log_time()}] ERROR Error when sending message to topic {delivery.topic} with"
                f" key: {_size(record.key)}, value: {_size(record.value)} with error:"
                f" (org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)\n{delivery.error}"
            )
        if room < delivery.count:
            self._say(f"no more than {_ERRORS_SHOWN} errors are shown")


def _read_available(descriptor: int, size: int) -> bytes:
    """Up to `size` bytes: what can be read without waiting, but at least something; nothing at the end."""
    chunk = os.read(descriptor, size)
    if len(chunk) == size or not chunk:
        return chunk
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    parts = [chunk]
    length = len(chunk)
    while length < size and poller.poll(0):
        chunk = os.read(descriptor, size - length)
        if not chunk:
            break
        parts.append(chunk)
        length += len(chunk)
    return b"".join(parts)


def _log_time() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)) + f",{int(now * 1000) % 1000:03d}"


def _size(field: bytes | None) -> str:
    return "null" if field is None else f"{len(field)} bytes"
