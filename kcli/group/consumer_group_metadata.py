"""What consumer groups of KIP-848 have to know of the cluster: its topics, and the properties of each group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from kcli.config.broker import BrokerConfig
from kcli.group.consumer_group_hash import group_hash, topic_hash
from kcli.metadata.image import GROUP_RESOURCE, Image

_BY_GROUP = {
    "consumer.session.timeout.ms": "session_timeout_ms",
    "consumer.heartbeat.interval.ms": "heartbeat_interval_ms",
    "consumer.assignment.interval.ms": "assignment_interval_ms",
}


@dataclass(frozen=True)
class ConsumerGroupSettings:
    """The broker's `group.consumer.*`, with Kafka's defaults; a group may have its own (kafka-configs)."""

    max_size: int = 2**31 - 1
    session_timeout_ms: int = 45_000
    heartbeat_interval_ms: int = 5_000
    assignment_interval_ms: int = 1_000
    regex_refresh_interval_ms: int = 600_000

    @classmethod
    def of(cls, config: BrokerConfig) -> ConsumerGroupSettings:
        """From a broker's properties; only the dialect that has all of them has such groups."""
        if config.dialect == "3.9":
            return cls()
        names = cls.__dataclass_fields__
        return cls(**{name: config[f"group.consumer.{name.replace('_', '.')}"] for name in names})

    def with_overrides(self, overrides: Mapping[str, str]) -> ConsumerGroupSettings:
        own = {field: int(overrides[name]) for name, field in _BY_GROUP.items() if name in overrides}
        return replace(self, **own) if own else self


class GroupMetadata:
    """A view of the cluster's metadata as it is at the moment."""

    def __init__(self, image: Image, defaults: ConsumerGroupSettings, version: Callable[[], int] | None = None) -> None:
        self._image = image
        self._defaults = defaults
        self._version = version or (lambda: image.version)
        self.new_topics_version = self.version
        """the version of the metadata in which topics were last added"""

    @property
    def version(self) -> int:
        """Grows with the metadata, across restarts too."""
        return self._version()

    def topics_added(self) -> None:
        self.new_topics_version = self.version

    def settings(self, group_id: str) -> ConsumerGroupSettings:
        return self._defaults.with_overrides(self._image.config(GROUP_RESOURCE, group_id))

    def topic_names(self) -> Iterable[str]:
        return self._image.topics.keys()

    def topic_id(self, name: str) -> bytes | None:
        topic = self._image.topics.get(name)
        return None if topic is None else topic.id

    def topic_name(self, topic_id: bytes) -> str | None:
        topic = self._image.topics_by_id.get(topic_id)
        return None if topic is None else topic.name

    def topic_ids(self, names: Iterable[str]) -> dict[bytes, int]:
        """The ids, in the order of the names, and the numbers of partitions of those topics that exist."""
        found = (self._image.topics.get(name) for name in sorted(names))
        return {topic.id: len(topic.partitions) for topic in found if topic is not None}

    def hash_of(self, names: Iterable[str]) -> int:
        """The hash that a group with these topics has."""
        brokers, hashes = self._image.brokers, {}
        for name in names:
            topic = self._image.topics.get(name)
            if topic is not None:
                racks = [
                    [broker.rack for b in topic.partitions[i].replicas if (broker := brokers.get(b)) and broker.rack]
                    for i in sorted(topic.partitions)
                ]
                hashes[name] = topic_hash(topic.id, name, racks)
        return group_hash(hashes)
