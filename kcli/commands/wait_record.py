"""`kcli wait record`: until a topic has a record like this, which may still be to come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kcli.cli.argparse4j import Arguments
from kcli.cli.errors import FAILED, CommandError
from kcli.cli.moment import FORMS, is_ago, parse_moment
from kcli.cli.options import UNTITLED, Option
from kcli.tools.console_search import OPTIONS as SEARCH
from kcli.tools.console_search import Search, read_expression, read_pattern
from kcli.tools.formatters import Context

if TYPE_CHECKING:
    from kcli.client.assignors import TopicPartition
    from kcli.client.cluster import Cluster
    from kcli.client.consumer import BulkConsumer
    from kcli.client.decode import Chunk

_BEGINNING, _NOW = "beginning", "now"
_LOOK = 5.0  # seconds, after which we look whether the topic has got new partitions
_POLL = 0.5

OPTIONS = (
    *(option._replace(group=UNTITLED) for option in SEARCH if option.name in ("grep", "grep-key", "where")),
    Option(
        "from",
        f"Look at records from here on: beginning, or a time: {FORMS}.",
        "TIME",
        default=_BEGINNING,
        dashed=is_ago,
        complete=(_BEGINNING, _NOW, "today", "yesterday"),
    ),
)


class RecordLook:
    """What has been searched so far; it goes on there after trouble with the cluster."""

    def __init__(self, parsed: Arguments, timeout: float) -> None:
        self._topic: str = parsed.value("name")
        self._from: str = parsed.value("from")
        since = _time(self._from)
        self._search = Search(
            read_pattern(parsed, "grep"), read_pattern(parsed, "grep-key"), None, read_expression(parsed), since, None
        )
        self._end = time.monotonic() + timeout
        self.value: bytes | None = None  # of the record, once it is there
        self._positions: dict[TopicPartition, int] = {}
        self._begun = False
        self._searched = 0

    def __call__(self, cluster: Cluster, parsed: Arguments) -> str | None:
        """Search until the record is there, or for some seconds; what is missing."""
        from kcli.records.errors import CorruptRecord

        self._begin(cluster)
        consumer = _consumer(cluster)
        try:
            consumer.assign(self._positions)
            end = min(self._end, time.monotonic() + _LOOK)
            while (left := end - time.monotonic()) > 0:
                for chunk in consumer.poll(min(_POLL, left)):
                    if self._find(chunk):
                        return None
                    self._positions[chunk.topic, chunk.partition] = chunk.next_offset
        except CorruptRecord as error:
            raise CommandError(f"topic {self._topic}: {error}", FAILED) from None
        finally:
            consumer.close()
        return f"topic {self._topic} has no such record yet ({self._searched} searched)"

    def _begin(self, cluster: Cluster) -> None:
        """Find where to begin in partitions that we have not seen before.

        Those that come later than the command are read from their beginning.
        """
        from kcli.client.admin import EARLIEST, LATEST, Admin, results
        from kcli.wire.errors import UNKNOWN_TOPIC_OR_PARTITION, KafkaError

        cluster.forget()
        try:
            partitions = [(self._topic, each.partition) for each in cluster.topic(self._topic).partitions]
        except KafkaError as error:
            if error.code == UNKNOWN_TOPIC_OR_PARTITION:
                self._begun = True  # whatever it will hold has come later
            raise
        new = [each for each in partitions if each not in self._positions]
        if not new:
            return
        admin = Admin(cluster)

        def offsets(at: int) -> dict[TopicPartition, int]:
            return {key: answer.offset for key, answer in results(admin.list_offsets(dict.fromkeys(new, at))).items()}

        if self._begun or self._from == _BEGINNING:
            self._positions |= offsets(EARLIEST)
        else:
            ends = offsets(LATEST)
            since = self._search.since
            found = offsets(since) if since is not None else {}
            self._positions |= {key: found[key] if found.get(key, -1) >= 0 else ends[key] for key in new}
        self._begun = True

    def _find(self, chunk: Chunk) -> bool:
        """Take the value of the first record that is as it should be; whether there is one."""
        for header, records in chunk.read(self._search.needs_headers):
            context = Context(chunk.topic, chunk.partition, header.uses_log_append_time)
            for record in records:
                if self._search.matches(record, context):
                    value: bytes | None = record[3]
                    self.value = None if value is None else bytes(value)
                    return True
            self._searched += len(records)
        return False


def _time(text: str) -> int | None:
    """The time of --from; None where records are not chosen by their time."""
    if text in (_BEGINNING, _NOW):
        return None
    try:
        return parse_moment(text)
    except ValueError:
        raise CommandError(f"--from: {text!r} is no time: use {_BEGINNING}, or {FORMS}") from None


def _consumer(cluster: Cluster) -> BulkConsumer:
    from kcli.client.config import CONSUMER, parse
    from kcli.client.consumer import BulkConsumer
    from kcli.client.consumer_config import consumer_config

    settings = {
        **cluster.config,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": "false",
        "enable.auto.commit": "false",
    }
    settings.pop("group.id", None)
    settings.setdefault("bootstrap.servers", "unused:0")
    return BulkConsumer(cluster, consumer_config(parse(CONSUMER, settings)))
