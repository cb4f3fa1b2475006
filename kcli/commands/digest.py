"""kcli digest: whether two topics, or a topic and a dump, hold the same records."""

from __future__ import annotations

from contextlib import closing
from typing import BinaryIO

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.cli.progress import Progress
from kcli.commands import copying
from kcli.commands.parsing import parse_command
from kcli.tools.listings import DIGESTS

TABLE = OptionTable(
    program="kcli digest",
    summary="A digest of topics' records that batching, compression and offsets do not change.",
    usage="(--bootstrap-server HOST:PORT (--topic TOPIC | --include REGEX) | --file FILE) [OPTIONS]",
    options=(
        *copying.SELECTION,
        copying.SINCE,
        copying.UNTIL,
        Option("file", "The digests of a dump.", "FILE", group="What to take", complete="file"),
        OUTPUT,
        copying.SERVERS,
        PROFILE,
        copying.CONFIG,
    ),
    examples=(
        ("Of a topic", "kcli digest --bootstrap-server localhost:9092 --topic orders"),
        ("Of a dump, whose records are all read", "kcli digest --file orders.kdump"),
    ),
    notes="A line for each partition and one for the topic: digest, number of records, name.",
)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    progress = Progress(environment, "digest")
    name = parsed.value("file")
    if name is not None and (parsed.value("topic") or parsed.value("include")):
        raise UsageError("--file is a dump with its own topics: leave --topic and --include away")
    if name is None:
        copying.check_selection(parsed)
    with copying.one_line():
        try:
            if name is not None:
                rows = _of_file(name, progress)
            else:
                with closing(connect(parsed, environment)) as cluster:  # fmt: skip
                    from kcli.copying import work
                    from kcli.copying.source import Source

                    manifest = copying.manifest_of(parsed, cluster)
                    progress.begin("digest", copying.expected(manifest))
                    source = Source(cluster, manifest, warn=lambda text: environment.warn(f"warning: {text}"))
                    rows = copying.rows_of(manifest, work.digest(source, manifest, progress.step))
        finally:
            progress.close()
    form = parsed.value("output")
    if form == TEXT:
        copying.print_digests(rows, environment)
    else:
        show(rows, DIGESTS, form, environment)
    return OK


def _of_file(name: str, progress: Progress) -> list[dict[str, object]]:
    from kcli.copying import work
    from kcli.copying.file import DumpReader

    try:
        stream: BinaryIO = open(name, "rb")  # noqa: SIM115
    except OSError as error:
        raise CommandError(f"--file: {name}: {error.strerror}") from None
    with stream:
        reader = DumpReader(stream, name)
        progress.begin("digest", copying.expected(reader.manifest))
        found = work.digest_file(reader, progress.step)
        if reader.end is None:
            raise CommandError(f"{name} is not complete: go on with it by kcli dump --resume --file {name}")
        if found != reader.end:
            raise CommandError(f"{name}: its records do not have the digests that it says")
        return copying.rows_of(reader.manifest, found)
