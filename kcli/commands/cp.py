"""kcli cp: topics from one cluster to another, or under another name within one, without a file between."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import Arguments
from kcli.cli.connect import connect, connect_to
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.options import Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.progress import Progress
from kcli.commands import copying
from kcli.commands.parsing import parse_command

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster

_TO = "The destination's client"
TABLE = OptionTable(
    program="kcli cp",
    summary="Copy topics to another cluster, or to other names; goes on where an earlier copy was interrupted.",
    usage="--bootstrap-server HOST:PORT (--topic TOPIC | --include REGEX) [--to-bootstrap-server HOST:PORT] [OPTIONS]",
    options=(
        *copying.SELECTION,
        copying.SINCE,
        copying.UNTIL,
        copying.GROUPS,
        copying.GROUP,
        *copying.DESTINATION,
        Option("digest", "Print the digests of what has arrived.", group="Into the destination"),
        OUTPUT,
        copying.SERVERS,
        PROFILE,
        copying.CONFIG,
        Option("to-bootstrap-server", "Brokers of the destination; without it, the same cluster.", "HOST:PORT,...",
               group=_TO),
        Option("to-command-config", "A file of client settings for the destination.", "FILE", group=_TO,
               complete="file"),
    ),
    examples=(
        ("To another cluster",
         "kcli cp --bootstrap-server a:9092 --to-bootstrap-server b:9092 --topic orders --groups"),
        ("Under another name", "kcli cp --bootstrap-server localhost:9092 --topic orders --rename orders=orders-2"),
    ),
)  # fmt: skip


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    copying.check_selection(parsed)
    names = copying.renaming(parsed)
    copying.moment(parsed, "from")
    copying.moment(parsed, "to")
    progress = Progress(environment, "cp")

    def say(text: str) -> None:
        progress.close()
        environment.warn(text)

    def warn(text: str) -> None:
        say(f"warning: {text}")

    with (
        copying.one_line(),
        closing(connect(parsed, environment)) as cluster,
        closing(_destination(parsed, environment)) as target,
    ):
        from kcli.copying import work
        from kcli.copying.source import Source

        manifest = copying.manifest_of(parsed, cluster)
        copying.check_renaming(names, manifest)
        target.refresh()
        same = [topic.name for topic in manifest.topics if names.get(topic.name, topic.name) == topic.name]
        if same and target.cluster_id == cluster.cluster_id:
            raise CommandError(
                f"{same[0]} would be copied onto itself: give it another name with --rename {same[0]}=NEW"
            )
        progress.begin("cp", copying.expected(manifest))
        source = Source(cluster, manifest, warn=warn)
        copy = work.Copy(source, manifest)
        how = work.Restoring(
            rename=lambda topic: names.get(topic, topic),
            replication_factor=parsed.value("replication-factor"),
            settings=not parsed.has("no-configs"),
            verify=not parsed.has("no-verify"),
        )
        try:
            found = work.restore(target, manifest, copy.parts(), copy.end, how, progress=progress, say=say, warn=warn)
        finally:
            progress.close()
        environment.warn(
            copying.summary("copied", manifest, copy.end(), progress.first) + (", digests equal" if found else "")
        )
        copying.print_outcome(parsed, copying.rows_of(manifest, copy.end(), how.rename), environment)
    return OK


def _destination(parsed: Arguments, environment: Environment) -> Cluster:
    """The cluster to copy to; the source's profile is not for another one."""
    if not parsed.has("to-bootstrap-server") and not parsed.has("to-command-config"):
        return connect(parsed, environment)
    servers = parsed.value("to-bootstrap-server") or parsed.value("bootstrap-server")
    return connect_to(servers, parsed.value("to-command-config"), environment)
