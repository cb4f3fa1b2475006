"""kcli restore: a dump's topics into a cluster. Run again after an interruption, it goes on where it was."""

from __future__ import annotations

from contextlib import closing
from typing import BinaryIO

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.progress import Progress
from kcli.commands import copying
from kcli.commands.parsing import parse_command

TABLE = OptionTable(
    program="kcli restore",
    summary="Bring the topics of a dump into a cluster; goes on where an earlier restore was interrupted.",
    usage="--bootstrap-server HOST:PORT [--file FILE] [OPTIONS]",
    options=(
        Option("file", "The dump; stdin without it.", "FILE", group="The file", complete="file"),
        *copying.DESTINATION,
        Option("no-groups", "Leave out the groups' offsets that the dump has.", group="Into the destination"),
        Option("digest", "Print the digests of what has arrived.", group="The file"),
        OUTPUT,
        copying.SERVERS,
        PROFILE,
        copying.CONFIG,
    ),
    examples=(
        ("A file", "kcli restore --bootstrap-server localhost:9092 --file orders.kdump"),
        ("Under another name",
         "kcli restore --bootstrap-server localhost:9092 --file orders.kdump --rename orders=orders-copy"),
    ),
)  # fmt: skip


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    names = copying.renaming(parsed)
    name = parsed.value("file")
    if parsed.has("digest") and parsed.has("no-verify"):
        raise UsageError("--digest and --no-verify exclude each other")
    if name is None and environment.stdin.isatty():
        raise UsageError("Where is the dump? Give --file, or pipe it in")
    stream = environment.stdin if name is None else _open(name)
    progress = Progress(environment, "restore")

    def say(text: str) -> None:
        progress.close()
        environment.warn(text)

    with copying.one_line(), closing(connect(parsed, environment)) as cluster:  # fmt: skip
        from kcli.copying import work
        from kcli.copying.file import DumpReader

        reader = DumpReader(stream, name or "stdin")
        copying.check_renaming(names, reader.manifest)
        progress.begin("restore", copying.expected(reader.manifest))
        how = work.Restoring(
            rename=lambda topic: names.get(topic, topic),
            replication_factor=parsed.value("replication-factor"),
            settings=not parsed.has("no-configs"),
            groups=not parsed.has("no-groups"),
            verify=not parsed.has("no-verify"),
        )
        try:
            found = work.restore(
                cluster,
                reader.manifest,
                reader.parts(),
                lambda: reader.end,
                how,
                progress=progress,
                say=say,
                warn=lambda text: say(f"warning: {text}"),
            )
        finally:
            progress.close()
        assert reader.end is not None
        environment.warn(
            copying.summary("restored", reader.manifest, reader.end, progress.first)
            + (", digests equal" if found else "")
        )
        copying.print_outcome(parsed, copying.rows_of(reader.manifest, found or reader.end, how.rename), environment)
    return OK


def _open(name: str) -> BinaryIO:
    try:
        return open(name, "rb", buffering=1 << 20)
    except OSError as error:
        raise CommandError(f"--file: {name}: {error.strerror}") from None
