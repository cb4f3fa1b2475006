"""What `kcli dump`, `restore`, `cp` and `digest` share: options, which topics are meant, errors as one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import Arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.moment import FORMS, is_ago, parse_moment
from kcli.cli.options import INT, Option
from kcli.cli.output import TEXT, show

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.copying.stream import End, Manifest

_WHAT, _CLIENT, _INTO = "What to take", "Client", "Into the destination"
TOPIC = Option("topic", "A topic.", "TOPIC", group=_WHAT, repeated=True, complete="topic")
INCLUDE = Option("include", "All topics whose whole name matches this Java regex.", "REGEX", group=_WHAT)
EXCLUDE_INTERNAL = Option("exclude-internal", "With --include: not Kafka's internal topics.", group=_WHAT)
SINCE = Option("from", f"Only records from this time on: {FORMS}.", "TIME", group=_WHAT, dashed=is_ago)
UNTIL = Option("to", "Only records before the first one of this time or later.", "TIME", group=_WHAT, dashed=is_ago)
GROUPS = Option("groups", "Also where all consumer groups are in these topics.", group=_WHAT)
GROUP = Option("group", "Also where this group is.", "GROUP", group=_WHAT, repeated=True, complete="group")
SERVERS = Option("bootstrap-server", "Brokers to connect to.", "HOST:PORT,...", group=_CLIENT)
CONFIG = Option("command-config", "A file of client settings.", "FILE", group=_CLIENT, complete="file")
RENAME = Option("rename", "Give a topic another name there.", "OLD=NEW", group=_INTO, repeated=True)
REPLICATION = Option(
    "replication-factor",
    "Replicas of topics that are created; else as many as the original has, or as there are brokers.",
    "NUMBER",
    type=INT,
    group=_INTO,
)
NO_CONFIGS = Option("no-configs", "Leave the topics' settings as they are there.", group=_INTO)
NO_VERIFY = Option("no-verify", "Do not read back and compare what has arrived.", group=_INTO)

SELECTION = (TOPIC, INCLUDE, EXCLUDE_INTERNAL)
DESTINATION = (RENAME, REPLICATION, NO_CONFIGS, NO_VERIFY)


def moment(parsed: Arguments, name: str) -> int | None:
    """The time that an option gives."""
    text = parsed.value(name)
    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError:
        raise UsageError(f"--{name}: {text} is no time: use {FORMS}") from None


def renaming(parsed: Arguments) -> dict[str, str]:
    """What --rename says."""
    names: dict[str, str] = {}
    for text in parsed.value("rename") or ():
        old, equals, new = text.partition("=")
        if not (old and equals and new):
            raise UsageError(f"--rename: {text} is not OLD=NEW")
        names[old] = new
    return names


def check_renaming(names: dict[str, str], manifest: Manifest) -> None:
    """Names that are not there, and two topics under one name."""
    topics = [topic.name for topic in manifest.topics]
    missing = sorted(names.keys() - set(topics))
    if missing:
        raise UsageError(f"--rename: there is no topic {missing[0]} among {', '.join(topics)}")
    new = [names.get(topic, topic) for topic in topics]
    twice = sorted({name for name in new if new.count(name) > 1})
    if twice:
        raise UsageError(f"--rename: two topics would be {twice[0]}")


def check_selection(parsed: Arguments) -> None:
    if not parsed.value("topic") and parsed.value("include") is None:
        raise UsageError("Which topics? Give --topic or --include")


def chosen_topics(parsed: Arguments, cluster: Cluster) -> list[str]:
    """The topics that are meant, by name."""
    names = set(parsed.value("topic") or ())
    pattern = parsed.value("include")
    if pattern is not None:
        from kcli.cli.topic_filter import topic_filter

        matches = topic_filter(pattern, exclude_internal=parsed.has("exclude-internal"))
        found = {topic.name for topic in cluster.metadata().topics if matches(topic.name)}
        if not found | names:
            raise CommandError(f"--include: no topic matches {pattern}")
        names |= found
    return sorted(names)


def chosen_groups(parsed: Arguments, cluster: Cluster) -> list[str]:
    """The groups whose offsets are wanted."""
    names = set(parsed.value("group") or ())
    if parsed.has("groups"):
        from kcli.client.admin import Admin

        names |= {
            group.id
            for group in Admin(cluster).list_groups()
            if group.protocol in ("", "consumer") and group.type.lower() not in ("share", "streams")
        }
    return sorted(names)


def manifest_of(parsed: Arguments, cluster: Cluster) -> Manifest:
    """What there is to be taken of what the options name."""
    from kcli.copying.source import describe

    return describe(
        cluster,
        chosen_topics(parsed, cluster),
        chosen_groups(parsed, cluster) if parsed.has("groups") or parsed.has("group") else (),
        since=moment(parsed, "from"),
        until=moment(parsed, "to"),
    )


def expected(manifest: Manifest) -> int:
    """About how many records there are: as many as offsets."""
    return sum(sum(topic.ends) - sum(topic.starts) for topic in manifest.topics)


def summary(what: str, manifest: Manifest, end: End, seconds: float) -> str:
    """One line about a job that is done."""
    records = sum(total.records for total in end.values())
    topics = len(manifest.topics)
    return (
        f"{what} {records} records of {topics} topic{'s' if topics != 1 else ''} in {seconds:.1f} s"
        f" ({records / max(seconds, 1e-6):,.0f} records/s)"
    )


def rows_of(manifest: Manifest, end: End, rename: Callable[[str], str] = str) -> list[dict[str, object]]:
    """The digests as rows: each partition, then the topic as a whole (partition null)."""
    from kcli.copying.digest import combined

    rows: list[dict[str, object]] = []
    for index, topic in enumerate(manifest.topics):
        sums = [end[index, number] for number in range(topic.partitions)]
        for number, total in enumerate(sums):
            rows.append(
                {"topic": rename(topic.name), "partition": number, "records": total.records, "digest": total.digest}
            )
        whole = combined([total.digest for total in sums])
        count = sum(total.records for total in sums)
        rows.append({"topic": rename(topic.name), "partition": None, "records": count, "digest": whole})
    return rows


def print_outcome(parsed: Arguments, rows: list[dict[str, object]], environment: Environment) -> None:
    """What has been copied, for --digest and --output."""
    form = parsed.value("output")
    if form != TEXT:
        from kcli.tools.listings import COPIED

        show([row for row in rows if parsed.has("digest") or row["partition"] is None], COPIED, form, environment)
    elif parsed.has("digest"):
        print_digests(rows, environment)


def print_digests(rows: list[dict[str, object]], environment: Environment) -> None:
    """A line for each partition, and one for the topic: digest, records, where."""
    for row in rows:
        where = row["topic"] if row["partition"] is None else f"{row['topic']}-{row['partition']}"
        environment.print(f"{row['digest']}  {row['records']}  {where}")


@contextmanager
def one_line() -> Iterator[None]:
    """Turn what a copy can end with into the user's one line."""
    from kcli.client.errors import ClientError
    from kcli.copying.errors import CopyError
    from kcli.records.errors import CorruptRecord
    from kcli.wire.errors import KafkaError

    try:
        yield
    except (CopyError, ClientError, CorruptRecord) as error:
        raise CommandError(str(error)) from None
    except KafkaError as error:
        raise CommandError(error.message) from None
