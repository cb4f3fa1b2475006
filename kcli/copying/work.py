"""The four jobs: a topic's digest, a dump, a restore, and a copy from cluster to cluster."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple, Protocol

from kcli.client.admin import Admin
from kcli.client.cluster import Cluster
from kcli.copying import file, topics
from kcli.copying.destination import Destination, Lane
from kcli.copying.digest import Digest
from kcli.copying.errors import CopyError
from kcli.copying.file import DumpReader
from kcli.copying.groups import Translation, commit_all
from kcli.copying.source import Source, describe
from kcli.copying.stream import End, Manifest, Part, Place, Sum

Step = Callable[[int, int], None]  # told of records and bytes as they pass


class Watcher(Protocol):
    """Sees how far a job is."""

    records: int

    def begin(self, what: str, total: int | None = None) -> None: ...

    def step(self, records: int, size: int) -> None: ...


class Digests:
    """A digest for each partition of a stream."""

    def __init__(self, manifest: Manifest) -> None:
        self._digests = {place: Digest() for place in manifest.places()}

    def add(self, part: Part) -> None:
        self._digests[part.place].add(part.data)

    def end(self) -> dict[Place, Sum]:
        return {place: Sum(digest.records, digest.text()) for place, digest in self._digests.items()}


class Restoring(NamedTuple):
    """How to restore."""

    rename: Callable[[str], str]
    replication_factor: int | None = None
    settings: bool = True
    groups: bool = True
    verify: bool = True


def digest(source: Source, manifest: Manifest, step: Step) -> dict[Place, Sum]:
    """The digests of topics as they are now."""
    digests = Digests(manifest)
    for part in source.parts():
        digests.add(part)
        step(part.records, len(part.data))
    return digests.end()


def digest_file(reader: DumpReader, step: Step) -> dict[Place, Sum]:
    """The digests of a dump, computed from its records and compared with those that it ends with."""
    digests = Digests(reader.manifest)
    for part in reader.parts():
        digests.add(part)
        step(part.records, len(part.data))
    return digests.end()


def dump(source: Source, manifest: Manifest, stream: BinaryIO, step: Step) -> End:
    """Write a whole dump."""
    file.begin(stream, manifest)
    return _dump_rest(source, Digests(manifest), stream, step)


def _dump_rest(source: Source, digests: Digests, stream: BinaryIO, step: Step) -> End:
    for part in source.parts():
        file.write_part(stream, part)
        digests.add(part)
        step(part.records, len(part.data))
    end = digests.end()
    file.write_end(stream, end)
    stream.flush()
    return end


class Resumed(NamedTuple):
    """A dump that was read up to where it was interrupted; `end` if it was not."""

    manifest: Manifest
    positions: dict[Place, int]
    digests: Digests
    end: End | None


def take_up(stream: BinaryIO, name: str, step: Step) -> Resumed:
    """Read a dump that may have been interrupted, and cut off what is torn. The stream then stands at its end."""
    reader = DumpReader(stream, name)
    digests = Digests(reader.manifest)
    positions: dict[Place, int] = {}
    for part in reader.parts():
        digests.add(part)
        positions[part.place] = part.next_offset
        step(part.records, len(part.data))
    stream.seek(reader.position)
    stream.truncate()
    return Resumed(reader.manifest, positions, digests, reader.end)


def dump_on(source: Source, resumed: Resumed, stream: BinaryIO, step: Step) -> End:
    """Write what is missing of a dump."""
    return _dump_rest(source, resumed.digests, stream, step)


def sync(stream: BinaryIO) -> None:
    """Have the disk hold it, unless it is a pipe or a device."""
    stream.flush()
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        os.fsync(stream.fileno())


class Copy:
    """A source as a stream with an end."""

    def __init__(self, source: Source, manifest: Manifest) -> None:
        self._source = source
        self._digests = Digests(manifest)

    def parts(self) -> Iterator[Part]:
        for part in self._source.parts():
            self._digests.add(part)
            yield part

    def end(self) -> End:
        """What has gone by."""
        return self._digests.end()


def restore(
    cluster: Cluster,
    manifest: Manifest,
    parts: Iterable[Part],
    end: Callable[[], End | None],
    how: Restoring,
    *,
    progress: Watcher,
    say: Callable[[str], None],
    warn: Callable[[str], None],
) -> dict[Place, Sum]:
    """Send a stream to a cluster, read back what arrived and compare; the digests of what is there."""
    admin = Admin(cluster)
    targets = [
        topics.prepare(
            admin,
            topic,
            how.rename(topic.name),
            replication_factor=how.replication_factor,
            settings=how.settings,
            warn=warn,
        )
        for topic in manifest.topics
    ]
    destination = Destination(cluster, largest=min([1 << 20, *(each.largest for each in targets)]), warn=warn)
    try:
        lanes = {
            place: destination.open(targets[place[0]].name, place[1], manifest.identity(place))
            for place in manifest.places()
        }
        _say_what_is_there(lanes, say)
        translation = Translation(manifest)
        for part in parts:
            translation.watch(part)
            destination.take(lanes[part.place], part)
            progress.step(part.records, len(part.data))
        destination.flush()
    finally:
        destination.close()
    _check_whole(lanes, end())
    progress.begin("compare", progress.records)
    found = _verify(cluster, manifest, lanes, end(), how, progress.step, warn) if how.verify else {}
    if how.settings:
        for topic in manifest.topics:
            topics.finish(admin, topic, how.rename(topic.name), warn)
    if how.groups and manifest.groups:
        number = commit_all(cluster, manifest, translation.finish(), how.rename)
        say(f"the offsets of {number} group{'s' if number != 1 else ''} set")
    return found


def _say_what_is_there(lanes: Mapping[Place, Lane], say: Callable[[str], None]) -> None:
    there: dict[str, int] = defaultdict(int)
    for lane in lanes.values():
        there[lane.topic] += lane.arrived
    for topic, records in there.items():
        if records:
            say(f"{topic}: {records} records have arrived before; going on behind them")


def _check_whole(lanes: Mapping[Place, Lane], end: End | None) -> None:
    if end is None:
        records = sum(lane.taken for lane in lanes.values())
        raise CopyError(
            f"the dump is not complete: it stops after {records} records, which have been restored;"
            " complete it (kcli dump --resume) and restore again to go on"
        )
    for place, total in end.items():
        lane = lanes[place]
        if lane.taken != total.records:
            raise CopyError(f"{lane.name}: the dump has {lane.taken} records and says {total.records}")
        if lane.acknowledged != total.records:
            raise CopyError(f"{lane.name} has {lane.acknowledged} records, more than the {total.records} to be copied")


def _verify(
    cluster: Cluster,
    manifest: Manifest,
    lanes: Mapping[Place, Lane],
    end: End | None,
    how: Restoring,
    step: Step,
    warn: Callable[[str], None],
) -> dict[Place, Sum]:
    """Read back all that was restored; raises CopyError where it is not what was dumped."""
    assert end is not None
    cluster.forget()
    there = describe(cluster, [how.rename(topic.name) for topic in manifest.topics])
    for place, lane in lanes.items():
        if there.topics[place[0]].starts[place[1]]:
            warn(f"{lane.name} has deleted its beginning since it was restored, so it is not compared")
    found = digest(Source(cluster, there, warn=warn), there, step)
    for place, total in end.items():
        if found[place] != total and not there.topics[place[0]].starts[place[1]]:
            raise CopyError(
                f"{lanes[place].name} is not what was copied: {found[place].records} records with digest"
                f" {found[place].digest} instead of {total.records} with {total.digest}"
            )
    return found
