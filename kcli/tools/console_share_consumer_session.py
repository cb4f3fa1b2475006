"""One run of the console share consumer: read, print, acknowledge, stop, say how much it was."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import BROKEN_PIPE, FAILED, INTERRUPTED, OK
from kcli.client.cluster import Cluster
from kcli.client.errors import ClientError, ClusterUnreachable
from kcli.client.share_config import share_config
from kcli.client.share_consumer import ShareConsumer
from kcli.client.share_records import ACCEPT, REJECT, RELEASE, Delivered
from kcli.records.errors import CorruptRecord
from kcli.tools.console_consumer_output import Output
from kcli.tools.console_options import refuse
from kcli.tools.console_run import TERMINATED, TIMED_OUT, code_of, log_warning, report, sigterm
from kcli.tools.console_share_consumer_options import TABLE, Options
from kcli.tools.formatters import Context, FormatError, Formatter, NoSuchClass, make_formatter
from kcli.wire.errors import KafkaError

_POLL = 0.5  # the longest wait in one poll; heartbeats and the rest happen inside
_LAST_WORDS = 2.0  # seconds to get rid of output after an interrupt


def consume(options: Options, environment: Environment) -> int:
    """Do what the options ask for; the exit code."""
    try:
        formatter = make_formatter(options.formatter, options.formatter_properties, environment.warn)
    except NoSuchClass as error:
        refuse(TABLE, str(error).partition(": ")[2], "formatter")
    with options.settings.reported():
        config = share_config(options.settings)
        cluster = Cluster(options.bootstrap_server, options.settings)
    with cluster, sigterm():
        consumer = ShareConsumer(
            cluster, config, headers=formatter.needs_headers, warn=partial(log_warning, environment)
        )
        return ConsoleShareConsumer(options, consumer, formatter, environment).run()


class ConsoleShareConsumer:
    """The state of a run: what is printed, and what is not acknowledged yet."""

    def __init__(
        self, options: Options, consumer: ShareConsumer, formatter: Formatter, environment: Environment
    ) -> None:
        self._options = options
        self._consumer = consumer
        self._formatter = formatter
        self._environment = environment
        self._output = Output(environment.stdout)
        self._kind = REJECT if options.reject else RELEASE if options.release else ACCEPT
        self._printed: list[
            tuple[Delivered, int, int]
        ] = []  # handed to the output: (where, offset, what becomes of it)
        self._last_record = 0.0
        self.count = 0

    def run(self) -> int:
        """Read until something says to stop; the exit code."""
        try:
            code = self._read()
        except KeyboardInterrupt as interrupt:
            code = code_of(interrupt)
        except BrokenPipeError:
            code = self._environment.exit_code(BROKEN_PIPE, OK)
            self._finish(quiet=True)
            return code
        except (FormatError, ClusterUnreachable) as error:
            code = FAILED
            self._explain(error)
        except (KafkaError, ClientError, CorruptRecord) as error:
            code = self._environment.exit_code(FAILED, OK)
            self._explain(error)
        return self._finish(interrupted=code in (INTERRUPTED, TERMINATED)) or code

    def _read(self) -> int:
        options = self._options
        self._consumer.subscribe([options.topic])
        self._last_record = time.monotonic()
        while options.max_messages is None or self.count < options.max_messages:
            self._output.check()
            waited = time.monotonic() - self._last_record
            if waited > options.timeout:
                self._environment.warn(TIMED_OUT)
                return OK
            for delivered in self._consumer.poll(min(_POLL, max(0.0, options.timeout - waited) + 0.001)):
                self._print(delivered)
                self._last_record = time.monotonic()
            self._acknowledge()
        return OK

    def _print(self, delivered: Delivered) -> None:
        """Print what is wanted of the records; what is not printed stays unacknowledged, and is released."""
        context = Context(delivered.topic, delivered.partition, delivered.log_append_time, delivered.delivery_count)
        limit = self._options.max_messages
        out: list[bytes] = []
        printed: list[tuple[Delivered, int, int]] = []
        try:
            for record in delivered.records[: None if limit is None else limit - self.count]:
                printed.append((delivered, record[0], self._print_record(record, context, out)))
        finally:
            self._write(b"".join(out))
            self._printed += printed

    def _print_record(self, record: Any, context: Context, out: list[bytes]) -> int:
        """What becomes of the record."""
        self.count += 1
        try:
            self._formatter.write(record, context, out)
        except FormatError as error:
            if not self._options.reject_on_error:
                raise
            self._environment.warn(f"Error processing message, rejecting this message: {error}")
            return REJECT
        return self._kind

    def _write(self, data: bytes) -> None:
        while not self._output.offer(data, _POLL):
            self._consumer.keep_alive()

    def _acknowledge(self) -> None:
        """Acknowledge what is printed, once it is out."""
        while not self._output.drain(_POLL):
            self._consumer.keep_alive()
        self._settle()

    def _settle(self) -> None:
        for delivered, offset, kind in self._printed:
            self._consumer.acknowledge(delivered, offset, kind)
        self._printed.clear()

    def _explain(self, error: Exception) -> None:
        if isinstance(error, FormatError):
            self._environment.warn(str(error))
        else:
            report(error, self._environment)

    def _finish(self, *, interrupted: bool = False, quiet: bool = False) -> int:
        """Write what is left, acknowledge it, leave the group, say how much it was; an exit code if writing fails."""
        code = OK
        try:
            patience = _LAST_WORDS if interrupted else _POLL
            while not quiet:
                if self._output.drain(patience):
                    self._settle()
                elif not interrupted:
                    self._consumer.keep_alive()
                    continue
                break
        except BrokenPipeError:
            code, quiet = self._environment.exit_code(BROKEN_PIPE, OK), True
        try:
            self._consumer.close()
        except (KafkaError, ClientError) as error:
            report(error, self._environment)
        if not quiet:
            self._environment.warn(f"Processed a total of {self.count} messages")
            if self._options.systest_events:
                self._environment.print("shutdown_complete")
        return code
