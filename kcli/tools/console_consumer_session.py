"""One run of the console consumer, once its command line is understood: read, print, stop, say how much it was."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import BROKEN_PIPE, FAILED, INTERRUPTED, OK, CommandError
from kcli.cli.progress import Progress
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.config import CONSUMER, parse
from kcli.client.consumer import BulkConsumer
from kcli.client.consumer_config import RESETS, ConsumerConfig, OffsetReset, consumer_config
from kcli.client.decode import Chunk
from kcli.client.decode_helper import join_values
from kcli.client.errors import ClientError, ClusterUnreachable
from kcli.records.errors import CorruptRecord
from kcli.tools.console_consumer_bulk import Bulk
from kcli.tools.console_consumer_options import Options, refuse
from kcli.tools.console_consumer_output import Output
from kcli.tools.console_run import TERMINATED, TIMED_OUT, code_of, log_warning, report, sigterm
from kcli.tools.console_search import Search
from kcli.tools.formatters import Context, FormatError, Formatter, NoSuchClass, make_formatter
from kcli.wire.errors import KafkaError

_POLL = 0.5  # the longest wait in one poll; heartbeats and the rest happen inside
_SHORT_POLL = 0.005  # while a helper's result can be printed instead
_LAST_WORDS = 2.0  # seconds to get rid of output after an interrupt


class JsonFormatter(Formatter):
    """`--output json`: a record a line, loss-free."""

    needs_headers = True

    def write(self, record: Any, context: Context, out: list[bytes]) -> None:
        from kcli.cli.record_json import encode_record

        offset, timestamp, key, value, headers = record
        out.append(
            encode_record(
                context.topic, context.partition, offset, timestamp, context.timestamp_type, headers, key, value
            )
        )
        out.append(b"\n")


def consume(options: Options, environment: Environment) -> int:
    """Do what the options ask for; the exit code."""
    formatter = _formatter(options, environment)
    with options.settings.reported():
        config = consumer_config(parse(CONSUMER, options.settings))
        cluster = Cluster(options.bootstrap_server, options.settings)
    matches = _pattern(options.include)
    with cluster, sigterm():
        return ConsoleConsumer(options, config, cluster, formatter, environment).run(matches)


def _formatter(options: Options, environment: Environment) -> Formatter:
    if options.json:
        return JsonFormatter()
    try:
        return make_formatter(options.formatter, options.formatter_properties, environment.warn)
    except NoSuchClass as error:
        refuse(str(error).partition(": ")[2], "formatter")


def _pattern(include: str | None) -> Callable[[str], bool] | None:
    if include is None:
        return None
    from kcli.cli.java_regex import RegexError, compile_java

    try:
        pattern = compile_java(include)
    except RegexError as error:
        raise CommandError(f"java.util.regex.PatternSyntaxException: {_explain(str(error), include)}") from None
    return lambda topic: pattern.fullmatch(topic) is not None


def _explain(reason: str, pattern: str) -> str:
    """What is wrong with a pattern, in Java's words and with its mark where there is something to point at."""
    position = len(pattern)
    if "out of range" in reason:  # the pattern ends too early
        reason = "Unclosed group"
        if pattern.rfind("[") > pattern.rfind("]"):
            reason, position = "Unclosed character class", len(pattern) - 1
    mark = "\n" + " " * position + "^" if position < len(pattern) else ""
    return f"{reason} near index {position}\n{pattern}{mark}"


class ConsoleConsumer:
    """The state of a run: what is read, what is printed, how many."""

    def __init__(
        self,
        options: Options,
        config: ConsumerConfig,
        cluster: Cluster,
        formatter: Formatter,
        environment: Environment,
    ) -> None:
        self._options = options
        self._formatter = formatter
        self._environment = environment
        self._cluster = cluster
        self._consumer = BulkConsumer(
            cluster,
            config,
            private=options.private_group,
            patient=options.timeout != math.inf,
            warn=partial(log_warning, environment),
        )
        self._output = Output(environment.stdout)
        self._limit: int | None = None
        self._ends: dict[TopicPartition, int] = {}
        self._ended = False
        self._last_record = 0.0
        self._search = options.search
        self._bulk = Bulk(formatter.plain_values if self._search is None else None)
        self._progress = Progress(environment, "searched") if self._search is not None else None
        self.count = 0

    def run(self, matches: Callable[[str], bool] | None) -> int:
        """Read until something says to stop; the exit code."""
        try:
            code = self._read(matches)
            self._settle()
        except KeyboardInterrupt as interrupt:
            code = code_of(interrupt)
        except BrokenPipeError:
            code = self._environment.exit_code(BROKEN_PIPE, OK)
            self._finish(quiet=True)
            return code
        except (CommandError, FormatError) as error:
            self._finish()
            self._environment.warn(str(error))
            return FAILED
        except ClusterUnreachable as error:
            self._finish()
            report(error, self._environment)
            return FAILED
        except (KafkaError, ClientError, CorruptRecord) as error:
            report(error, self._environment)
            code = self._environment.exit_code(FAILED, OK)
        return self._finish(interrupted=code in (INTERRUPTED, TERMINATED)) or code

    def _read(self, matches: Callable[[str], bool] | None) -> int:
        self._last_record = time.monotonic()
        self._limit = self._options.limit()
        if self._options.tail is not None:
            self._print_tail(matches, self._options.tail)
            if self._options.exit_at_end:
                return OK
        elif self._search is not None and (self._search.since is not None or self._search.until is not None):
            self._begin_at_time(matches, self._search)
        elif self._options.partition is not None:
            assert self._options.topic is not None
            start = self._options.start
            self._consumer.assign(
                {(self._options.topic, self._options.partition): RESETS[start] if isinstance(start, str) else start}
            )
        else:
            self._consumer.subscribe(matches or [self._options.topic or ""])
        self._last_record = time.monotonic()
        while self._limit is None or self.count < self._limit:
            if (self._options.exit_at_end or self._time_is_over()) and self._at_end():
                return OK
            self._output.check()
            waited = time.monotonic() - self._last_record
            if waited > self._options.timeout:
                self._environment.warn(TIMED_OUT)
                return OK
            patience = min(_POLL, max(0.0, self._options.timeout - waited) + 0.001)
            chunks = self._consumer.poll(_SHORT_POLL if self._bulk.pending else patience)
            if not chunks:
                self._settle()
            for chunk in chunks:
                self._print(chunk)
                if self._limit is not None and self.count >= self._limit:
                    break
        return OK

    # Printing

    def _print(self, chunk: Chunk) -> None:
        """Print what is wanted of a chunk, and count it."""
        end = self._ends.get((chunk.topic, chunk.partition))
        if end is not None:
            chunk.stop_at(end)
        if self._search is not None:
            self._print_found(chunk, self._search)
            return
        before = self.count
        remaining = None if self._limit is None else self._limit - self.count
        if self._bulk.takes(chunk, remaining):
            self.count += chunk.count
            self._last_record = time.monotonic()
            return
        if self._formatter.plain_values is not None:
            values = chunk.values()[:remaining]
            self.count += len(values)
            lines = join_values(values, *self._formatter.plain_values)
            self._settle()
            self._write(lines)
        else:
            self._print_records(chunk)
        printed = self.count - before
        if printed:
            self._last_record = time.monotonic()
        if remaining is not None and printed == remaining:
            self._consumer.consumed(chunk, chunk.offset_of(printed))
        else:
            self._consumer.consumed(chunk)

    def _print_found(self, chunk: Chunk, search: Search) -> None:
        """Print the records of a chunk that are looked for."""
        self._last_record = time.monotonic()
        if search.only_value and self._formatter.plain_values is not None and self._options.private_group:
            assert search.value is not None
            found = list(filter(search.value, chunk.values()))
            if self._limit is not None:
                found = found[: self._limit - self.count]
            self.count += len(found)
            self._write_found(join_values(found, *self._formatter.plain_values))
        elif not self._print_matching_records(chunk, search):
            return
        self._consumer.consumed(chunk)
        self._show_progress(chunk)

    def _print_matching_records(self, chunk: Chunk, search: Search) -> bool:
        """Look at each record; False if no more are wanted."""
        out: list[bytes] = []
        try:
            for header, records in chunk.read(self._formatter.needs_headers or search.needs_headers):
                context = Context(chunk.topic, chunk.partition, header.uses_log_append_time)
                for record in records:
                    if not search.matches(record, context):
                        continue
                    self._print_record(record, context, out)
                    if self.count == self._limit:
                        self._consumer.consumed(chunk, record[0] + 1)
                        return False
        finally:
            self._write_found(b"".join(out))
        return True

    def _write_found(self, data: bytes | bytearray) -> None:
        if data and self._progress is not None:
            self._progress.close()
        self._write(data)

    def _show_progress(self, chunk: Chunk) -> None:
        progress = self._progress
        if progress is None:
            return
        if progress.shown and self._environment.stdout.isatty():
            self._output.drain(_POLL)  # both are the same screen
        progress.note = f", {self.count:,} found, at {chunk.topic}-{chunk.partition} offset {chunk.next_offset}"
        progress.step(chunk.count, len(chunk.data))

    def _settle(self) -> None:
        """Print what the helper has been given."""
        chunk = self._bulk.pending
        if chunk is None:
            return
        lines = self._bulk.result()
        if lines is None:  # what is wrong with the chunk will come out here
            self.count -= chunk.count
            self._print(chunk)
            return
        self._write(lines)
        self._consumer.consumed(chunk)

    def _print_records(self, chunk: Chunk) -> None:
        out: list[bytes] = []
        try:
            for header, records in chunk.read(self._formatter.needs_headers):
                context = Context(chunk.topic, chunk.partition, header.uses_log_append_time)
                wanted = None if self._limit is None else self._limit - self.count
                for record in records[:wanted]:
                    self._print_record(record, context, out)
                self._write(b"".join(out))
                out.clear()
        finally:
            self._write(b"".join(out))

    def _print_record(self, record: Any, context: Context, out: list[bytes]) -> None:
        self.count += 1
        try:
            self._formatter.write(record, context, out)
        except FormatError as error:
            if not self._options.skip_on_error:
                raise
            self._write(b"".join(out))
            out.clear()
            self._environment.warn(str(error))

    def _write(self, data: bytes | bytearray) -> None:
        while not self._output.offer(data, _POLL):
            self._consumer.keep_alive()

    # Where to stop and start

    def _at_end(self) -> bool:
        """Whether every partition is read up to where it ended when it was assigned."""
        if not self._consumer.settled:
            return False
        if self._consumer.assignment - self._ends.keys():
            found = self._consumer.list_offsets(RESETS["latest"])
            self._ends = {key: self._ends.get(key, end) for key, end in found.items()}
        positions = self._consumer.positions
        return all(position is not None and position >= self._ends[key] for key, position in positions.items())

    def _begin_at_time(self, matches: Callable[[str], bool] | None, search: Search) -> None:
        """Begin with each partition's first record of the time that --from gives; no group takes part."""
        self._consumer.assign(dict.fromkeys(self._tailed(matches), RESETS["earliest"]))
        latest = self._consumer.list_offsets(RESETS["latest"])
        if search.since is not None:
            found = self._consumer.list_offsets(OffsetReset(search.since))
            self._consumer.assign({key: found[key] if found[key] >= 0 else latest[key] for key in latest})
        elif self._options.partition is not None and isinstance(self._options.start, int):
            self._consumer.assign(dict.fromkeys(latest, self._options.start))

    def _time_is_over(self) -> bool:
        """Whether --to has passed; from then on each partition is read up to its first record of that time."""
        search = self._search
        if search is None or search.until is None or time.time() * 1000 < search.until:
            return False
        if not self._ended:
            self._ended = True
            latest = self._consumer.list_offsets(RESETS["latest"])
            found = self._consumer.list_offsets(OffsetReset(search.until))
            self._ends = {key: found[key] if found[key] >= 0 else end for key, end in latest.items()}
        return True

    def _print_tail(self, matches: Callable[[str], bool] | None, count: int) -> None:
        from kcli.tools.console_consumer_tail import last_records

        out: list[bytes] = []
        try:
            for context, record in last_records(self._consumer, self._tailed(matches), count):
                wanted = self._search is None or self._search.matches(record, context)
                if wanted and (self._limit is None or self.count < self._limit):
                    self._print_record(record, context, out)
        finally:
            self._write(b"".join(out))

    def _tailed(self, matches: Callable[[str], bool] | None) -> list[TopicPartition]:
        options = self._options
        if options.topic is not None and options.partition is not None:
            return [(options.topic, options.partition)]
        if options.topic is not None:
            names = [options.topic]
        else:
            found = self._cluster.metadata().topics
            names = [each.name for each in found if matches and matches(each.name) and not each.is_internal]
        return [
            (name, each.partition)
            for name in names
            for each in self._cluster.retry(lambda name=name: self._cluster.topic(name)).partitions  # type: ignore[misc]
        ]

    # The end

    def _finish(self, *, interrupted: bool = False, quiet: bool = False) -> int:
        """Write what is left, commit, leave the group, say how much it was; an exit code if the writing fails."""
        code = OK
        if self._progress is not None:
            self._progress.close()
        try:
            patience = _LAST_WORDS if interrupted else _POLL
            while not quiet and not self._output.drain(patience) and not interrupted:
                self._consumer.keep_alive()
        except BrokenPipeError:
            code, quiet = self._environment.exit_code(BROKEN_PIPE, OK), True
        if self._bulk.pending is not None:  # interrupted before it was printed
            self.count -= self._bulk.pending.count
        self._bulk.close()
        if interrupted:
            self._cluster.close()  # the interrupt may have come between a request and its answer
        self._consumer.close()
        if not quiet:
            self._environment.warn(f"Processed a total of {self.count} messages")
            if self._options.systest_events:
                self._environment.print("shutdown_complete")
        return code
