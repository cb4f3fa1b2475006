"""Topics of a cluster as a stream: which records there are to be had, and then these, batch by batch.

Only committed records are taken (read_committed), up to where each partition ended when the manifest was made, so a
transaction that was open then is not part of it. Each batch's CRC is checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from kcli.client.admin import DYNAMIC_TOPIC_CONFIG, EARLIEST, LATEST, TOPIC_CONFIG, Admin, results
from kcli.client.admin_offsets import committed_offsets
from kcli.client.cluster import Cluster, Topic
from kcli.client.config import CONSUMER, parse
from kcli.client.consumer import BulkConsumer, OutOfRange
from kcli.client.consumer_config import consumer_config
from kcli.client.decode import Chunk
from kcli.copying.errors import CopyError
from kcli.copying.rebatch import trim
from kcli.copying.stream import GroupOffset, Manifest, Part, Place, TopicInfo
from kcli.records.batch import check_crc
from kcli.records.errors import CorruptRecord
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

_OVERRIDES = {
    "isolation.level": "read_committed",
    "auto.offset.reset": "none",
    "allow.auto.create.topics": "false",
    "enable.auto.commit": "false",
    "max.partition.fetch.bytes": str(8 << 20),
}
_POLL = 1.0
_QUIET = 3.0  # seconds without records after which we look whether there are any
_PROBES = 2
_LAST_BY_NAME = 12  # of Fetch
_NOT_TO_COPY = ("leader.replication.throttled.replicas", "follower.replication.throttled.replicas")


def describe(
    cluster: Cluster,
    names: Iterable[str],
    groups: Iterable[str] = (),
    *,
    since: int | None = None,
    until: int | None = None,
) -> Manifest:
    """What there is of these topics now; from the first record of a time on, up to the first of another."""
    admin = Admin(cluster)
    names = list(names)
    topics = [cluster.retry(lambda name=name: _topic(cluster, name)) for name in names]  # type: ignore[misc]
    settings = results(admin.describe_configs(TOPIC_CONFIG, names))
    places = [(topic.name, each.partition) for topic in topics for each in topic.partitions]
    ends = _offsets(admin, dict.fromkeys(places, LATEST))
    starts = _offsets(admin, dict.fromkeys(places, EARLIEST))
    if since is not None:
        found = _offsets(admin, dict.fromkeys(places, since))
        starts = {place: max(starts[place], found[place] if found[place] >= 0 else ends[place]) for place in places}
    if until is not None:
        found = _offsets(admin, dict.fromkeys(places, until))
        ends = {place: found[place] if found[place] >= 0 else ends[place] for place in places}
    infos = [
        TopicInfo(
            topic.name,
            uuid.to_text(topic.id),
            len(topic.partitions[0].replicas),
            {
                entry.name: entry.value
                for entry in settings[topic.name]
                if entry.source == DYNAMIC_TOPIC_CONFIG and entry.value is not None and entry.name not in _NOT_TO_COPY
            },
            [starts[topic.name, each.partition] for each in topic.partitions],
            [ends[topic.name, each.partition] for each in topic.partitions],
        )
        for topic in topics
    ]
    indexes = {name: index for index, name in enumerate(names)}
    committed = [
        GroupOffset(group, indexes[name], number, entry.offset, entry.metadata)
        for group in groups
        for (name, number), entry in committed_offsets(cluster, group).items()
        if name in indexes and number < infos[indexes[name]].partitions
    ]
    return Manifest(cluster.cluster_id or "", time.time_ns() // 1_000_000, infos, committed)


def _topic(cluster: Cluster, name: str) -> Topic:
    try:
        return cluster.topic(name)
    except KafkaError as error:
        if error.retriable and error.code != errors.UNKNOWN_TOPIC_OR_PARTITION:
            raise
        raise CopyError(f"topic {name}: {error.message}") from None


def _offsets(admin: Admin, wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    found = results(admin.list_offsets(wanted, committed_only=True)) if wanted else {}
    return {key: answer.offset for key, answer in found.items()}


class Source:
    """Reads what a manifest describes, from given positions on."""

    def __init__(
        self,
        cluster: Cluster,
        manifest: Manifest,
        positions: Mapping[Place, int] | None = None,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._cluster = cluster
        self._manifest = manifest
        self._warn = warn
        self._trouble = ""
        self._places = {(manifest.topics[index].name, number): (index, number) for index, number in manifest.places()}
        starts = {place: manifest.topics[place[0]].starts[place[1]] for place in manifest.places()}
        self._positions = {**starts, **(positions or {})}
        self._check_topics()

    def _check_topics(self) -> None:
        for topic in self._manifest.topics:
            found = _topic(self._cluster, topic.name)
            if uuid.to_text(found.id) != topic.id:
                raise CopyError(
                    f"topic {topic.name} is not the one that was begun with: it has been created anew since"
                )

    def _end(self, place: Place) -> int:
        return self._manifest.topics[place[0]].ends[place[1]]

    def _name(self, place: Place) -> str:
        return f"{self._manifest.topics[place[0]].name}-{place[1]}"

    def parts(self) -> Iterator[Part]:
        """Everything up to the ends that the manifest names."""
        open_places = {place for place, position in self._positions.items() if position < self._end(place)}
        while open_places:
            consumer = self._consumer(open_places)
            try:
                yield from self._read(consumer, open_places)
            except OutOfRange:
                self._skip_deleted(open_places)
            finally:
                consumer.close()

    def _consumer(self, places: Iterable[Place]) -> BulkConsumer:
        settings = {**self._cluster.config, **_OVERRIDES}
        settings.pop("group.id", None)
        settings.setdefault("bootstrap.servers", "unused:0")
        config = consumer_config(parse(CONSUMER, settings))
        consumer = BulkConsumer(self._cluster, config, warn=self._note)
        consumer.assign({(self._manifest.topics[i].name, n): self._positions[i, n] for i, n in sorted(places)})
        return consumer

    def _note(self, text: str) -> None:
        self._trouble = text
        self._warn(text)

    def _read(self, consumer: BulkConsumer, open_places: set[Place]) -> Iterator[Part]:
        last = time.monotonic()
        while open_places:
            chunks = consumer.poll(_POLL)
            now = time.monotonic()
            if chunks:
                last, self._trouble = now, ""
            elif now - last > self._cluster.api_timeout:
                raise CopyError(
                    f"nothing more came of {self._name(min(open_places))} for {now - last:.0f} s"
                    + (f": {self._trouble}" if self._trouble else "")
                )
            elif now - last > _QUIET and not self._trouble:
                for place in sorted(open_places):
                    if self._is_empty(place):
                        yield self._finished(consumer, place, open_places)
            for chunk in chunks:
                place = self._places[chunk.topic, chunk.partition]
                if place not in open_places:
                    continue
                part = self._part(place, chunk)
                self._positions[place] = part.next_offset
                if part.next_offset >= self._end(place):
                    consumer.stop(chunk.topic, chunk.partition)
                    open_places.discard(place)
                yield part

    def _part(self, place: Place, chunk: Chunk) -> Part:
        low, high = chunk.first_offset, self._end(place)
        pieces: list[bytes | memoryview] = []
        count = 0
        view = memoryview(chunk.data)
        for header, start in chunk.batches:
            if header.base_offset >= high:
                break
            try:
                check_crc(view, start, start + header.size)
                if header.base_offset >= low and header.next_offset <= high:
                    pieces.append(view[start : start + header.size])
                    count += header.count
                    continue
                cut = trim(view, header, start, low, high)
            except CorruptRecord as error:
                raise CopyError(f"{self._name(place)}, batch at offset {header.base_offset}: {error}") from None
            if cut is not None:
                pieces.append(cut)
                count += int.from_bytes(cut[57:61], "big")
        return Part(place, min(chunk.next_offset, high), count, pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def _finished(self, consumer: BulkConsumer, place: Place, open_places: set[Place]) -> Part:
        """A partition whose last offsets hold nothing, as compaction may leave it."""
        consumer.stop(self._manifest.topics[place[0]].name, place[1])
        open_places.discard(place)
        self._positions[place] = self._end(place)
        return Part(place, self._end(place), 0, b"")

    def _is_empty(self, place: Place) -> bool:
        """Whether the leader has no record between our position and the end, asked directly and more than once."""
        return all(self._probe(place) for _ in range(_PROBES))

    def _probe(self, place: Place) -> bool:
        name = self._manifest.topics[place[0]].name
        request = messages.FetchRequest
        try:
            topic = self._cluster.topic(name)
            node = self._cluster.leader(name, place[1])
            version = self._cluster.connection(node).version_for(
                request, None if topic.id != uuid.ZERO else _LAST_BY_NAME
            )
            partition = request.FetchPartition(
                partition=place[1], fetch_offset=self._positions[place], partition_max_bytes=1 << 20
            )
            body = request(
                max_wait_ms=100,
                min_bytes=1,
                max_bytes=1 << 20,
                isolation_level=1,
                topics=[request.FetchTopic(topic=name, topic_id=topic.id, partitions=[partition])],
            )
            response = self._cluster.request(node, body, version=version)
        except KafkaError:
            return False
        answers = [item for answer in response.responses for item in answer.partitions]
        if response.throttle_time_ms or response.error_code or len(answers) != 1:
            return False
        answer = answers[0]
        return not answer.error_code and not answer.records and answer.last_stable_offset >= self._end(place)

    def _skip_deleted(self, open_places: set[Place]) -> None:
        """What retention has deleted while we were on the way cannot be had any more: say so and go on behind it."""
        names = {place: (self._manifest.topics[place[0]].name, place[1]) for place in open_places}
        begins = _offsets(Admin(self._cluster), dict.fromkeys(names.values(), EARLIEST))
        behind = [place for place in open_places if self._positions[place] < begins[names[place]]]
        if not behind:
            raise CopyError(f"{self._name(min(open_places))} has lost records at its end: the position is beyond it")
        for place in behind:
            begin = begins[names[place]]
            self._warn(
                f"{self._name(place)}: offsets {self._positions[place]} to {begin - 1} have been deleted meanwhile"
            )
            self._positions[place] = begin
            if begin >= self._end(place):
                open_places.discard(place)
