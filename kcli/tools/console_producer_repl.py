"""The console producer on a terminal: a record a line, each answered with where it went and how long that took.

`:`-commands change what one would otherwise restart the tool for. Several lines that are pasted at once are as many
records, taken literally.
"""

from __future__ import annotations

from collections.abc import Callable

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, INTERRUPTED, OK, CommandError
from kcli.cli.repl import Command, Repl, help_lines, history_file, split_command, unescape
from kcli.client.cluster import Cluster
from kcli.client.errors import ClusterUnreachable, TurnedAway
from kcli.client.producer import BulkProducer
from kcli.client.producer_batch import Delivery
from kcli.client.producer_config import ProducerConfig
from kcli.tools.console_producer_input import InputRecord, Reader
from kcli.tools.console_producer_signals import Signals, impatient

_PATIENCE = 1.0  # seconds to wait for an acknowledgement before the next line may be typed

COMMANDS = {
    "key": Command("[KEY]", "give the records from now on this key; none without KEY"),
    "headers": Command("[NAME=VALUE,...]", "give the records from now on these headers; none without"),
    "partition": Command("[NUMBER]", "send to this partition from now on; to any without NUMBER"),
    "tombstone": Command("KEY", "send a record with this key and a null value"),
    "null": Command("", "send a record with a null value and the present key"),
    "flush": Command("", "wait until everything is acknowledged"),
    "help": Command("", "show this"),
    "quit": Command("", "flush and leave, as Ctrl-D does"),
}


class Quit(Exception):
    """The user has had enough."""


def converse(
    cluster: Cluster, config: ProducerConfig, reader: Reader, topic: str | None, environment: Environment
) -> int:
    """Talk until Ctrl-D; the exit code."""
    conversation = Conversation(cluster, config, reader, topic, environment)
    with Repl(
        "> ",
        COMMANDS,
        history_file(environment.variables, "console-producer", topic or "any"),
        conversation.status,
        conversation.work,
    ) as repl:
        return conversation.run(repl.read)


class Conversation:
    """What has been set, what has been sent, and what became of it."""

    def __init__(
        self, cluster: Cluster, config: ProducerConfig, reader: Reader, topic: str | None, environment: Environment
    ) -> None:
        self.key: bytes | None = None
        self.headers: list[tuple[str, bytes | None]] = []
        self.partition: int | None = None
        self._cluster = cluster
        self._producer = BulkProducer(cluster, config, self._delivered)
        self._reader = reader
        self._topic = topic
        self._environment = environment
        self._signals: Signals | None = None
        self._sending = False
        self._last = ""
        self._news: list[str] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "key": self._set_key,
            "headers": self._set_headers,
            "partition": self._set_partition,
            "tombstone": self._tombstone,
            "null": self._null,
            "flush": self._flush,
            "help": self._help,
            "quit": self._quit,
        }

    def run(self, read: Callable[[], str]) -> int:
        """Enter what `read` gives until it raises EOFError (the end) or KeyboardInterrupt (Ctrl-C while typing)."""
        self._say(f"A line is a record for {self._topic or 'the topic it names'}. :help lists commands, Ctrl-D ends.")
        with Signals(self._hurry) as self._signals:
            code = self._talk(read, self._signals)
            try:
                self._producer.flush()
            except KeyboardInterrupt:
                pass
            self._tell_news()
            lost = self._producer.abandon()
        if lost:
            self._say(f"{lost} record(s) not acknowledged")
        if self._producer.failed:
            self._say(f"{self._producer.failed} record(s) not delivered")
            code = code or self._environment.exit_code(FAILED, OK)
        return code

    def _hurry(self) -> None:
        """The first signal: what waits for a cluster that has not answered yet ends, but not the prompt."""
        self._producer.hurry()
        if self._sending:
            impatient(self._cluster)()

    def _talk(self, read: Callable[[], str], signals: Signals) -> int:
        try:
            while not signals.code:
                self.enter(read())
                self._tell_news()
        except (EOFError, Quit):
            return signals.code
        except KeyboardInterrupt:
            return INTERRUPTED
        return signals.code

    def enter(self, text: str) -> None:
        """A command, a record, or several pasted ones."""
        command = split_command(text)
        self._sending = True
        try:
            if command is None:
                lines = unescape(text).split("\n")
                if len(lines) > 1 and not lines[-1]:
                    lines.pop()
                self._send_lines(lines)
            elif command[0] in self._commands:
                self._commands[command[0]](command[1])
            else:
                raise CommandError(f"no command :{command[0]}; :help lists them, and ::{command[0]} is a record")
        except CommandError as error:
            self._news.append(error.message)
        except (ClusterUnreachable, TurnedAway) as error:
            self._news.append(f"not sent: {error}")
        except KeyboardInterrupt:
            if not self._cluster.nodes:
                self._news.append("not sent")
            raise
        finally:
            self._sending = False

    def work(self) -> bool:
        """Move records and acknowledgements; True to stop."""
        self._producer.poll(0, flushing=True)
        return self._signals is not None and self._signals.code != 0

    def status(self) -> str:
        """The bar at the bottom."""
        parts = [f"topic {self._topic}" if self._topic else "topics by record"]
        parts.append("no key" if self.key is None else f"key {_shown(self.key)}")
        if self.headers:
            parts.append("headers " + ",".join(f"{name}={_shown(value)}" for name, value in self.headers))
        if self.partition is not None:
            parts.append(f"partition {self.partition}")
        parts.append(f"{self._producer.delivered} delivered")
        if self._producer.pending:
            parts.append("waiting for an acknowledgement")
        if self._producer.failed:
            parts.append(f"{self._producer.failed} failed")
        return " | ".join([*parts, self._last] if self._last else parts)

    # Records

    def _send_lines(self, lines: list[str]) -> None:
        encoded = [line.encode("utf-8", "surrogateescape") for line in lines]
        for record in self._reader.records(encoded):
            self._send(record)
        self._producer.flush(_PATIENCE)

    def _send(self, record: InputRecord) -> None:
        topic = self._topic or record.topic
        if not topic:
            raise CommandError("a record without a topic, and no --topic")
        self._producer.send(
            topic,
            self.key if record.key is None else record.key,
            record.value,
            [*self.headers, *record.headers],
            partition=self.partition if record.partition is None else record.partition,
            timestamp=record.timestamp,
        )

    def _send_null(self, key: bytes | None) -> None:
        self._send(InputRecord(key, None, []))
        self._producer.flush(_PATIENCE)

    def _delivered(self, delivery: Delivery) -> None:
        if delivery.error is not None:
            self._last = "not delivered"
            self._news.append(f"not delivered: {delivery.error}")
            return
        took = f"{max(1, round(delivery.elapsed * 1000))} ms"
        for index in range(delivery.count):
            where = f"p{delivery.partition}" + (f"@{delivery.offset + index}" if delivery.offset >= 0 else "")
            self._last = f"{where} {took}"
            self._news.append(self._last)

    def _tell_news(self) -> None:
        news, self._news = self._news, []
        for line in news:
            self._say(line)

    def _say(self, line: str) -> None:
        self._environment.warn(line)

    # Commands

    def _set_key(self, argument: str) -> None:
        self.key = _bytes(argument) if argument else None

    def _set_headers(self, argument: str) -> None:
        headers: list[tuple[str, bytes | None]] = []
        for pair in filter(None, argument.split(",")):
            name, equals, value = pair.partition("=")
            if not equals or not name.strip():
                raise CommandError(f"'{pair}' is not NAME=VALUE")
            headers.append((name.strip(), _bytes(value)))
        self.headers = headers

    def _set_partition(self, argument: str) -> None:
        if argument and not (argument.isascii() and argument.isdigit() and int(argument) <= 0x7FFFFFFF):
            raise CommandError(f"'{argument}' is not a partition's number")
        self.partition = int(argument) if argument else None

    def _tombstone(self, argument: str) -> None:
        if not argument:
            raise CommandError("a tombstone needs a key: :tombstone KEY")
        self._send_null(_bytes(argument))

    def _null(self, argument: str) -> None:
        _take_no(argument)
        self._send_null(self.key)

    def _flush(self, argument: str) -> None:
        _take_no(argument)
        self._producer.flush()

    def _help(self, argument: str) -> None:
        self._news += help_lines(COMMANDS)
        self._news.append("  A record that begins with a colon is entered with two. Pasted lines are one record each.")

    def _quit(self, argument: str) -> None:
        raise Quit


def _take_no(argument: str) -> None:
    if argument:
        raise CommandError(f"'{argument}' is too much: this command has no argument")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _shown(field: bytes | None) -> str:
    text = "null" if field is None else field.decode("utf-8", "replace")
    return text if len(text) <= 20 else text[:19] + "…"
