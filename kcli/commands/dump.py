"""kcli dump: topics with everything that belongs to them, into a file that `kcli restore` takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from kcli.cli.argparse4j import Arguments
from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT
from kcli.cli.progress import Progress
from kcli.commands import copying
from kcli.commands.parsing import parse_command

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.copying.source import Source
    from kcli.copying.stream import End, Manifest, Place

_FILE = "The file"
TABLE = OptionTable(
    program="kcli dump",
    summary="Write topics (records, settings, offsets of groups) to a file or to stdout.",
    usage="--bootstrap-server HOST:PORT (--topic TOPIC | --include REGEX) [--file FILE] [OPTIONS]",
    options=(
        *copying.SELECTION,
        copying.SINCE,
        copying.UNTIL,
        copying.GROUPS,
        copying.GROUP,
        Option("file", "Where to write; stdout without it.", "FILE", group=_FILE, complete="file"),
        Option("resume", "Go on with a dump that was interrupted: what it has already is kept.", group=_FILE),
        Option("overwrite", "Replace a file that is there.", group=_FILE),
        Option("digest", "Print the digests when done (not with a dump to stdout).", group=_FILE),
        OUTPUT,
        copying.SERVERS,
        PROFILE,
        copying.CONFIG,
    ),
    examples=(
        ("A topic into a file", "kcli dump --bootstrap-server localhost:9092 --topic orders --file orders.kdump"),
        ("To another cluster through a pipe",
         "kcli dump --bootstrap-server a:9092 --topic t | kcli restore --bootstrap-server b:9092"),
    ),
)  # fmt: skip


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    name = parsed.value("file")
    if parsed.has("resume"):
        if name is None:
            raise UsageError("--resume needs --file")
        if parsed.has("overwrite"):
            raise UsageError("--resume and --overwrite exclude each other")
    copying.moment(parsed, "from")
    copying.moment(parsed, "to")
    if name is None:
        if environment.stdout.isatty():
            raise UsageError("A dump is not for a terminal: give --file, or pipe it on")
        if parsed.has("digest") or parsed.value("output") != TEXT:
            option = "--digest" if parsed.has("digest") else "--output"
            raise UsageError(f"{option} needs --file: stdout is taken by the dump")
    with copying.one_line(), closing(connect(parsed, environment)) as cluster:  # fmt: skip
        job = _Dump(parsed, environment, cluster)
        try:
            if parsed.has("resume") and _holds_something(name):
                job.resume(name)
            else:
                copying.check_selection(parsed)
                job.begin(name)
        finally:
            job.progress.close()
    return OK


def _holds_something(name: str) -> bool:
    """Whether there is a file, not a pipe or a device, with something in it."""
    return os.path.isfile(name) and os.path.getsize(name) > 0


class _Dump:
    """One run."""

    def __init__(self, parsed: Arguments, environment: Environment, cluster: Cluster) -> None:
        self._parsed = parsed
        self._environment = environment
        self._cluster = cluster
        self.progress = Progress(environment, "dump")

    def begin(self, name: str | None) -> None:
        from kcli.copying import work

        if name is not None and _holds_something(name) and not self._parsed.has("overwrite"):
            raise CommandError(f"--file: {name} exists; --resume goes on with it, --overwrite replaces it")
        manifest = copying.manifest_of(self._parsed, self._cluster)
        source = self._source(manifest)
        self.progress.begin("dump", copying.expected(manifest))
        if name is None:
            self._done(manifest, work.dump(source, manifest, self._environment.stdout, self.progress.step))
            return
        with self._open(name, "wb") as stream:
            end = work.dump(source, manifest, stream, self.progress.step)
            work.sync(stream)
        self._done(manifest, end)

    def resume(self, name: str) -> None:
        from kcli.copying import work

        with self._open(name, "r+b") as stream:
            self.progress.begin("read what is there")
            resumed = work.take_up(stream, name, self.progress.step)
            kept = self.progress.records
            self._check_same_topics(resumed.manifest, name)
            if resumed.end is not None:
                self._environment.warn(f"{name} is complete")
                self._print(resumed.manifest, resumed.end)
                return
            self.progress.close()
            self._environment.warn(f"{name} has {kept} records; going on behind them")
            source = self._source(resumed.manifest, resumed.positions)
            self.progress.begin("dump", max(0, copying.expected(resumed.manifest) - kept))
            end = work.dump_on(source, resumed, stream, self.progress.step)
            work.sync(stream)
        self._done(resumed.manifest, end)

    def _check_same_topics(self, manifest: Manifest, name: str) -> None:
        """Topics may be named again; they have to be those of the file."""
        there = {topic.name for topic in manifest.topics}
        other = sorted(set(self._parsed.value("topic") or ()) - there)
        if other:
            raise CommandError(f"--resume: {name} is a dump of {', '.join(sorted(there))}, not of {', '.join(other)}")

    def _source(self, manifest: Manifest, positions: dict[Place, int] | None = None) -> Source:
        from kcli.copying.source import Source

        return Source(self._cluster, manifest, positions, self._warn)

    def _warn(self, text: str) -> None:
        self.progress.close()
        self._environment.warn(f"warning: {text}")

    @contextmanager
    def _open(self, name: str, mode: str) -> Iterator[BinaryIO]:
        begun = ""
        try:
            with open(name, mode, buffering=1 << 20) as stream:
                begun = "; the dump is not whole, --resume goes on with it"
                yield cast(BinaryIO, stream)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CommandError(f"--file: {name}: {error.strerror}{begun}") from None

    def _done(self, manifest: Manifest, end: End) -> None:
        elapsed = self.progress.elapsed
        self.progress.close()
        self._environment.warn(copying.summary("dumped", manifest, end, elapsed))
        self._print(manifest, end)

    def _print(self, manifest: Manifest, end: End) -> None:
        copying.print_outcome(self._parsed, copying.rows_of(manifest, end), self._environment)
