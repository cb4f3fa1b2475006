"""What travels between a source and a destination: a manifest, parts, and an end.

Parts hold whole record batches as a broker stored them, with the source's offsets. Aborted records and control batches
are not among them, so `next_offset` says how far a part has brought its partition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Place = tuple[int, int]  # the index of a topic in the manifest, and a partition's number


class TopicInfo(NamedTuple):
    """A topic as it was found: settings of its own, and from which offset to which each partition is taken."""

    name: str
    id: str
    replication_factor: int
    configs: dict[str, str]
    starts: list[int]
    ends: list[int]

    @property
    def partitions(self) -> int:
        return len(self.starts)


class GroupOffset(NamedTuple):
    """What a group had committed, as an offset of the source."""

    group: str
    topic: int
    partition: int
    offset: int
    metadata: str


class Manifest(NamedTuple):
    """What the whole stream is of; times are in milliseconds."""

    cluster: str
    created: int
    topics: list[TopicInfo]
    groups: list[GroupOffset]

    def places(self) -> Iterator[Place]:
        """Every partition of every topic."""
        for index, topic in enumerate(self.topics):
            for partition in range(topic.partitions):
                yield index, partition

    def identity(self, place: Place) -> str:
        """Names a partition's records: streams that begin with the same record of the same topic share it."""
        index, partition = place
        topic = self.topics[index]
        text = f"{self.cluster}\0{topic.id}\0{topic.name}\0{partition}\0{topic.starts[partition]}"
        return hashlib.sha256(text.encode()).hexdigest()


class Part(NamedTuple):
    """Some batches of one partition, one behind the other; `records` of them in all. Without data it only moves on."""

    place: Place
    next_offset: int
    records: int
    data: Any


class Sum(NamedTuple):
    """What a partition came to."""

    records: int
    digest: str


End = Mapping[Place, Sum]
