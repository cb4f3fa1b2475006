"""kafka-replica-verification: whether the replicas of partitions hold the same batches; until it is stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, LONG, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT, Rows
from kcli.tools.listings_measures import VERIFICATION

TABLE = OptionTable(
    program="kafka-replica-verification",
    summary="Validate that all replicas for a set of topics have the same data.",
    usage="--broker-list HOST:PORT [OPTIONS]",
    options=(
        Option("broker-list", "REQUIRED: The list of hostname and port of the server to connect to.", "HOST:PORT"),
        PROFILE,
        Option("topics-include", "Topics, as a Java regular expression.", "REGEX", default=".*", complete="topic"),
        Option(
            "topic-white-list",
            "The same, by its old name.",
            "REGEX",
            complete="topic",
            deprecated="Option --topic-white-list is deprecated; use --topics-include instead.",
        ),
        Option(
            "time", "Where to begin: a timestamp in ms, -1 (the end) or -2 (the beginning).", "MS", LONG, default=-1
        ),
        Option("fetch-size", "Bytes of each partition to fetch at once.", "BYTES", type=INT, default=1048576),
        Option("max-wait-ms", "How long a broker may wait for records.", "MS", type=INT, default=1000),
        Option("report-interval-ms", "How often to report.", "MS", type=LONG, default=30000),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "all that a topic holds",
            "kafka-replica-verification --broker-list localhost:9092 --topics-include orders --time -2",
        ),
    ),
)

_ANY_REPLICA = -2  # who asks with this id may read from followers, and beyond the high watermark
_LAST_BY_NAME = 12  # Fetch v13 and later name topics by id only

Partition = tuple[str, int]


class _Data:
    """What a replica answered: its high watermark and its batches."""

    def __init__(self, high_watermark: int, records: Any) -> None:
        self.high_watermark = high_watermark
        self.records = records

    def batches(self) -> Iterator[Any]:
        """The batches below the high watermark, each as its header."""
        from kcli.records.batch import iterate_batches

        for header, _, _ in iterate_batches(self.records or b""):
            if header.last_offset >= self.high_watermark:
                return
            yield header


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    parsed.require("broker-list")
    _check(parsed)
    environment.warn("WARN This tool is deprecated and may be removed in a future major release.")

    from kcli.cli.connect import connect

    rows = Rows(VERIFICATION, parsed.value("output"), environment, live=True)
    with connect(parsed, environment) as cluster, rows:
        verification = Verification(cluster, parsed, rows)
        rows.say(f"{_now()}: verification process is started")
        while True:
            verification.round()


def _check(options: Parsed) -> None:
    """What makes no sense is told before a broker is asked."""
    from kcli.cli.topic_filter import topic_filter
    from kcli.client.address import AddressError, parse_address

    try:
        for address in options.value("broker-list").split(","):
            parse_address(address)
    except AddressError:
        raise UsageError("Please provide valid host:port like host1:9091,host2:9092") from None
    for name in ("fetch-size", "max-wait-ms", "report-interval-ms", "time"):
        options.value(name)
    try:
        topic_filter(options.value("topics-include"))
    except CommandError as error:
        raise UsageError(error.message.rstrip(".")) from None


class Verification:
    """Rounds of fetching from all replicas and comparing what they sent."""

    def __init__(self, cluster: Any, options: Parsed, rows: Rows) -> None:
        self._cluster = cluster
        self._options = options
        self._rows = rows
        self._topic_ids: dict[str, bytes] = {}
        self._replicas = self._find_replicas()
        self._offsets = self._first_offsets()
        self._reported = time.monotonic()

    def round(self) -> None:
        """One fetch from every broker, and the comparison; a report when it is time."""
        fetched = self._fetch()
        worst = (-1, ("", -1), -1)
        for partition, answers in fetched.items():
            self._compare(partition, answers)
            end = max((data.high_watermark for data in answers.values()), default=-1)
            worst = max(worst, (end - self._offsets[partition], partition, self._offsets[partition]))
        if time.monotonic() - self._reported > self._options.value("report-interval-ms") / 1000:
            lag, (topic, number), offset = worst
            some = number >= 0  # there may be no partition at all
            self._put(
                f"max lag is {lag} for partition {topic}-{number} at offset {offset} among {len(fetched)} partitions",
                event="report",
                partitions=len(fetched),
                **({"topic": topic, "partition": number, "offset": offset, "lag": lag} if some else {}),
            )
            self._reported = time.monotonic()

    def _put(self, text: str, **columns: Any) -> None:
        row = {**dict.fromkeys(VERIFICATION.names), "time": int(time.time() * 1000), **columns}
        self._rows.put(row, f"{_now()}: {text}")

    def _find_replicas(self) -> dict[Partition, list[int]]:
        from kcli.cli.topic_filter import topic_filter
        from kcli.client.admin import Admin, results

        admin = Admin(self._cluster)
        old = self._options.has("topic-white-list") and not self._options.has("topics-include")
        wanted = topic_filter(self._options.value("topic-white-list" if old else "topics-include"))
        found = [topic for topic in admin.list_topics() if wanted(topic.name)]
        if not found:
            raise CommandError(
                "No topics found. [topics-include] if specified, is either filtering out all topics or there is no"
                " topic."
            )
        self._topic_ids = {topic.name: topic.id for topic in found}
        return {
            (name, part.partition): part.replicas
            for name, topic in results(admin.describe_topics(self._topic_ids)).items()
            for part in topic.partitions
        }

    def _first_offsets(self) -> dict[Partition, int]:
        from kcli.client.admin import LATEST, Admin, results

        admin = Admin(self._cluster)
        at = self._options.value("time")
        found = {
            key: item.offset for key, item in results(admin.list_offsets(dict.fromkeys(self._replicas, at))).items()
        }
        later = [key for key, offset in found.items() if offset < 0]  # nothing is as late as the timestamp
        if later:
            ends = results(admin.list_offsets(dict.fromkeys(later, LATEST)))
            found.update((key, item.offset) for key, item in ends.items())
        return found

    # Fetching

    def _fetch(self) -> dict[Partition, dict[int, _Data]]:
        """What each replica holds from our offset on. All brokers are asked before the first is listened to."""
        from kcli.client.errors import ClientError

        fetched: dict[Partition, dict[int, _Data]] = {key: {} for key in self._replicas}
        asked = []
        wait = self._options.value("max-wait-ms") / 1000 + self._cluster.request_timeout
        failures = 0
        for broker in sorted({broker for brokers in self._replicas.values() for broker in brokers}):
            try:
                connection = self._cluster.connection(broker)
                connection.send(self._request(connection, broker))
                asked.append((broker, connection))
            except ClientError:
                failures += 1
                self._cluster.disconnect(broker)
        for broker, connection in asked:
            try:
                received = connection.receive(wait)
            except ClientError:
                received = None
            if received is None:
                failures += 1
                self._cluster.disconnect(broker)
                continue
            self._take(broker, received[1], fetched)
        if failures:  # a broker that is down is waited for: its partitions make no progress until then
            time.sleep(1)
        return fetched

    def _request(self, connection: Any, broker: int) -> Any:
        from kcli.wire import messages

        request = messages.FetchRequest
        by_name = connection.version_for(request) <= _LAST_BY_NAME
        topics: dict[str, list[Any]] = {}
        for (topic, number), brokers in self._replicas.items():
            if broker in brokers:
                item = request.FetchPartition(
                    partition=number,
                    fetch_offset=self._offsets[topic, number],
                    partition_max_bytes=self._options.value("fetch-size"),
                )
                topics.setdefault(topic, []).append(item)
        version = connection.version_for(request)
        return request(
            max_wait_ms=self._options.value("max-wait-ms"),
            min_bytes=1,
            topics=[
                request.FetchTopic(
                    partitions=items, **({"topic": name} if by_name else {"topic_id": self._topic_ids[name]})
                )
                for name, items in topics.items()
            ],
            **(
                {"replica_state": request.ReplicaState(replica_id=_ANY_REPLICA)}
                if version >= 15
                else {"replica_id": _ANY_REPLICA}
            ),
        )

    def _take(self, broker: int, response: Any, fetched: dict[Partition, dict[int, _Data]]) -> None:
        names = {topic_id: name for name, topic_id in self._topic_ids.items()}
        for topic in response.responses:
            name = topic.topic or names.get(topic.topic_id, "")
            for part in topic.partitions:
                if not part.error_code and (name, part.partition_index) in fetched:
                    fetched[name, part.partition_index][broker] = _Data(part.high_watermark, part.records)

    # Comparing

    def _compare(self, partition: Partition, answers: Mapping[int, _Data]) -> None:
        """Go through the batches that all replicas have; our offset moves on behind them."""
        from kcli.records.errors import CorruptRecord

        if len(answers) < len(self._replicas[partition]):
            return
        first, *others = sorted(answers)
        try:
            for headers in zip(*(answers[broker].batches() for broker in (first, *others)), strict=False):
                for broker, header in zip(others, headers[1:], strict=True):
                    self._match(partition, first, headers[0], broker, header)
                self._offsets[partition] = headers[0].next_offset
        except CorruptRecord as error:
            raise CommandError(
                f"Error in processing partition {_shown(partition)} at offset {self._offsets[partition]}: {error}"
            ) from None

    def _match(self, partition: Partition, first: int, expected: Any, broker: int, found: Any) -> None:
        shown = _shown(partition)
        place = {"topic": partition[0], "partition": partition[1], "replica": first, "other": broker}
        if expected.last_offset != found.last_offset:
            self._put(
                f"partition {shown}: replica {first}'s offset {expected.last_offset} doesn't match replica {broker}'s"
                f" offset {found.last_offset}",
                **place, event="offset", offset=self._offsets[partition], value=expected.last_offset,
                otherValue=found.last_offset,
            )  # fmt: skip
            raise CommandError(f"The replicas of partition {shown} differ.")
        if expected.crc != found.crc:
            self._put(
                f"partition {shown} has unmatched checksum at offset {found.last_offset}; replica {first}'s checksum"
                f" {expected.crc}; replica {broker}'s checksum {found.crc}",
                **place, event="checksum", offset=found.last_offset, value=expected.crc, otherValue=found.crc,
            )  # fmt: skip


def _shown(partition: Partition) -> str:
    return f"{partition[0]}-{partition[1]}"


def _now() -> str:
    now = time.time()
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))},{int(now * 1000) % 1000:03d}"


if __name__ == "__main__":
    main()
