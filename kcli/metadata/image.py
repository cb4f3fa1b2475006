"""The cluster's metadata as one object in memory: brokers, topics, partitions, configs, features.

It changes only by `apply(record)` with Kafka's metadata records, whoever keeps them (a KRaft log or znodes), and
`records()` gives back the shortest list of records that makes the same image again (a snapshot). What a record says
is here; what may be written is decided in `controller`.

Records that the broker does not act on yet (access control, quotas, credentials, tokens) are kept under their key, so
that a snapshot loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kcli.wire import messages

TOPIC_RESOURCE = 2
BROKER_RESOURCE = 4
BROKER_LOGGER_RESOURCE = 8
CLIENT_METRICS_RESOURCE = 16
GROUP_RESOURCE = 32

METADATA_VERSION = "metadata.version"
NO_LEADER = -1
INTERNAL_TOPICS = frozenset({"__consumer_offsets", "__transaction_state", "__share_group_state"})

Record = Any
"""A metadata record: an object of one of the record classes in `wire.messages`."""


class Endpoint(NamedTuple):
    """Where clients of one listener reach a broker."""

    name: str
    host: str
    port: int
    security_protocol: int
    """0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL"""


class Broker(NamedTuple):
    """A registered broker; it takes no part while it is fenced."""

    id: int
    epoch: int
    incarnation_id: bytes
    endpoints: dict[str, Endpoint]
    """by listener name"""
    features: dict[str, tuple[int, int]]
    """supported levels, lowest and highest"""
    rack: str | None = None
    fenced: bool = False
    in_controlled_shutdown: bool = False
    directories: tuple[bytes, ...] = ()
    cordoned_directories: tuple[bytes, ...] = ()

    @property
    def active(self) -> bool:
        return not self.fenced and not self.in_controlled_shutdown


class Partition(NamedTuple):
    """One partition's registration. Immutable: a change makes a new one, so a listener may keep the old."""

    index: int  # type: ignore[assignment]
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    leader: int
    leader_epoch: int
    partition_epoch: int
    leader_recovery_state: int = 0
    directories: tuple[bytes, ...] = ()
    removing: tuple[int, ...] = ()
    adding: tuple[int, ...] = ()
    elr: tuple[int, ...] = ()
    """eligible leader replicas (KIP-966)"""
    last_known_elr: tuple[int, ...] = ()


class Topic:
    """A topic and its partitions by index."""

    __slots__ = ("id", "name", "partitions")

    def __init__(self, name: str, topic_id: bytes) -> None:
        self.name = name
        self.id = topic_id
        self.partitions: dict[int, Partition] = {}

    @property
    def internal(self) -> bool:
        return self.name in INTERNAL_TOPICS

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Topic):
            return NotImplemented
        return (self.name, self.id, self.partitions) == (other.name, other.id, other.partitions)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Topic({self.name!r}, {self.partitions!r})"


class Image:
    """Everything the cluster agreed on. Look up freely; change it with `apply` only."""

    def __init__(self) -> None:
        self.version = 0
        """Moves with every applied record: what was computed from the image may be kept while it stands still."""
        self.brokers: dict[int, Broker] = {}
        self.controllers: dict[int, Record] = {}
        self.topics: dict[str, Topic] = {}
        self.topics_by_id: dict[bytes, Topic] = {}
        self.configs: dict[tuple[int, str], dict[str, str]] = {}
        """by (resource type, resource name); the cluster's default for brokers is (4, "")"""
        self.features: dict[str, int] = {}
        self.producer_ids: Record | None = None
        self.kept: dict[tuple[str, Any], Record] = {}
        self._unified_names: dict[str, set[str]] = {}

    def apply(self, record: Record) -> None:
        """Change the image as the record says. A record that contradicts the image raises ValueError."""
        name = type(record).__name__
        handler = _HANDLERS.get(name)
        if handler is None:
            raise ValueError(f"not a metadata record that changes an image: {name}")
        handler(self, record)
        self.version += 1

    def partition(self, topic: str, index: int) -> Partition | None:
        found = self.topics.get(topic)
        return found.partitions.get(index) if found else None

    def config(self, resource_type: int, name: str) -> dict[str, str]:
        """The dynamic configuration of one resource; not to be changed."""
        return self.configs.get((resource_type, name), {})

    def colliding_topics(self, name: str) -> set[str]:
        """Topics whose name equals this one once '.' and '_' are taken for the same, as metric names do."""
        return self._unified_names.get(unify(name), set())

    @property
    def metadata_version(self) -> int:
        return self.features.get(METADATA_VERSION, 0)

    @property
    def next_producer_id(self) -> int:
        return self.producer_ids.next_producer_id if self.producer_ids else 0

    def records(self) -> Iterator[Record]:
        """The records that make this image from an empty one, in the order Kafka's snapshots have."""
        yield from self._feature_records()
        for broker in self.brokers.values():
            yield broker_record(broker)
        yield from self.controllers.values()
        for topic in self.topics.values():
            yield messages.TopicRecord(name=topic.name, topic_id=topic.id)
            for partition in topic.partitions.values():
                yield partition_record(topic.id, partition)
        for (resource_type, resource_name), entries in self.configs.items():
            for name, value in entries.items():
                yield messages.ConfigRecord(
                    resource_type=resource_type, resource_name=resource_name, name=name, value=value
                )
        yield from self.kept.values()
        if self.producer_ids is not None:
            yield self.producer_ids

    def _feature_records(self) -> Iterator[Record]:
        # metadata.version comes first: how the other records are read depends on it.
        for name in sorted(self.features, key=lambda name: (name != METADATA_VERSION, name)):
            yield messages.FeatureLevelRecord(name=name, feature_level=self.features[name])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _COMPARED)

    __hash__ = None  # type: ignore[assignment]

    # Brokers

    def _register_broker(self, record: Record) -> None:
        self.brokers[record.broker_id] = Broker(
            id=record.broker_id,
            epoch=record.broker_epoch,
            incarnation_id=bytes(record.incarnation_id),
            endpoints={e.name: Endpoint(e.name, e.host, e.port, e.security_protocol) for e in record.end_points},
            features={f.name: (f.min_supported_version, f.max_supported_version) for f in record.features},
            rack=record.rack,
            fenced=record.fenced,
            in_controlled_shutdown=record.in_controlled_shutdown,
            directories=tuple(map(bytes, record.log_dirs)),
            cordoned_directories=tuple(map(bytes, record.cordoned_log_dirs or ())),
        )

    def _unregister_broker(self, record: Record) -> None:
        self._known_broker(record.broker_id)
        del self.brokers[record.broker_id]

    def _fence_broker(self, record: Record) -> None:
        self.brokers[record.id] = self._known_broker(record.id)._replace(fenced=True)

    def _unfence_broker(self, record: Record) -> None:
        self.brokers[record.id] = self._known_broker(record.id)._replace(fenced=False)

    def _change_broker(self, record: Record) -> None:
        broker = self._known_broker(record.broker_id)
        if record.fenced:
            broker = broker._replace(fenced=record.fenced > 0)
        if record.in_controlled_shutdown:
            broker = broker._replace(in_controlled_shutdown=record.in_controlled_shutdown > 0)
        if record.log_dirs:
            broker = broker._replace(directories=tuple(map(bytes, record.log_dirs)))
        if record.cordoned_log_dirs is not None:
            broker = broker._replace(cordoned_directories=tuple(map(bytes, record.cordoned_log_dirs)))
        self.brokers[broker.id] = broker

    def _known_broker(self, broker_id: int) -> Broker:
        broker = self.brokers.get(broker_id)
        if broker is None:
            raise ValueError(f"a record changes broker {broker_id}, which is not registered")
        return broker

    def _register_controller(self, record: Record) -> None:
        self.controllers[record.controller_id] = record

    # Topics and partitions

    def _add_topic(self, record: Record) -> None:
        if record.name in self.topics:
            raise ValueError(f"a record creates topic {record.name}, which is there already")
        topic = Topic(record.name, bytes(record.topic_id))
        self.topics[topic.name] = topic
        self.topics_by_id[topic.id] = topic
        self._unified_names.setdefault(unify(topic.name), set()).add(topic.name)

    def _remove_topic(self, record: Record) -> None:
        topic = self._known_topic(record.topic_id)
        del self.topics_by_id[topic.id]
        del self.topics[topic.name]
        self.configs.pop((TOPIC_RESOURCE, topic.name), None)
        names = self._unified_names[unify(topic.name)]
        names.remove(topic.name)
        if not names:
            del self._unified_names[unify(topic.name)]

    def _put_partition(self, record: Record) -> None:
        self._known_topic(record.topic_id).partitions[record.partition_id] = Partition(
            index=record.partition_id,
            replicas=tuple(record.replicas),
            isr=tuple(record.isr),
            leader=record.leader,
            leader_epoch=record.leader_epoch,
            partition_epoch=record.partition_epoch,
            leader_recovery_state=record.leader_recovery_state,
            directories=tuple(map(bytes, record.directories)),
            removing=tuple(record.removing_replicas),
            adding=tuple(record.adding_replicas),
            elr=tuple(record.eligible_leader_replicas or ()),
            last_known_elr=tuple(record.last_known_elr or ()),
        )

    def _change_partition(self, record: Record) -> None:
        partitions = self._known_topic(record.topic_id).partitions
        partition = partitions.get(record.partition_id)
        if partition is None:
            raise ValueError(f"a record changes partition {record.partition_id}, which its topic does not have")
        partitions[partition.index] = changed_partition(partition, record)

    def _clear_elr(self, record: Record) -> None:
        topics = [self.topics[record.topic_name]] if record.topic_name else self.topics.values()
        for topic in topics:
            for index, partition in topic.partitions.items():
                if partition.elr or partition.last_known_elr:
                    topic.partitions[index] = partition._replace(
                        elr=(), last_known_elr=(), partition_epoch=partition.partition_epoch + 1
                    )

    def _known_topic(self, topic_id: bytes) -> Topic:
        topic = self.topics_by_id.get(bytes(topic_id))
        if topic is None:
            raise ValueError(f"a record names topic id {bytes(topic_id).hex()}, which no topic has")
        return topic

    # The rest

    def _put_config(self, record: Record) -> None:
        key = (record.resource_type, record.resource_name)
        entries = self.configs.setdefault(key, {})
        if record.value is None:
            entries.pop(record.name, None)
        else:
            entries[record.name] = record.value
        if not entries:
            del self.configs[key]

    def _put_feature(self, record: Record) -> None:
        if record.feature_level == 0:
            self.features.pop(record.name, None)
        else:
            self.features[record.name] = record.feature_level

    def _put_producer_ids(self, record: Record) -> None:
        self.producer_ids = record

    def _keep(self, record: Record) -> None:
        kind, key = _KEPT[type(record).__name__]
        if getattr(record, "remove", False):
            self.kept.pop((kind, key(record)), None)
        else:
            self.kept[kind, key(record)] = record

    def _drop(self, record: Record) -> None:
        kind, key = _DROPPED[type(record).__name__]
        self.kept.pop((kind, key(record)), None)

    def _nothing(self, record: Record) -> None:
        """NoOp: it only moves the log on."""


def unify(name: str) -> str:
    """A topic's name as metrics show it."""
    return name.replace(".", "_")


def changed_partition(partition: Partition, record: Record) -> Partition:
    """The partition after a PartitionChangeRecord. Naming a leader, even the same one, begins a new leader epoch."""
    changes: dict[str, Any] = {"partition_epoch": partition.partition_epoch + 1}
    for field, attribute in _CHANGEABLE.items():
        value = getattr(record, attribute)
        if value is not None:
            changes[field] = tuple(value)
    if record.directories is not None:
        changes["directories"] = tuple(map(bytes, record.directories))
    if record.leader != -2:
        changes["leader"] = record.leader
        changes["leader_epoch"] = partition.leader_epoch + 1
    if record.leader_recovery_state != -1:
        changes["leader_recovery_state"] = record.leader_recovery_state
    return partition._replace(**changes)


def partition_record(topic_id: bytes, partition: Partition) -> Record:
    return messages.PartitionRecord(
        partition_id=partition.index,
        topic_id=topic_id,
        replicas=list(partition.replicas),
        isr=list(partition.isr),
        removing_replicas=list(partition.removing),
        adding_replicas=list(partition.adding),
        leader=partition.leader,
        leader_recovery_state=partition.leader_recovery_state,
        leader_epoch=partition.leader_epoch,
        partition_epoch=partition.partition_epoch,
        directories=list(partition.directories),
        eligible_leader_replicas=list(partition.elr) or None,
        last_known_elr=list(partition.last_known_elr) or None,
    )


def broker_record(broker: Broker) -> Record:
    record = messages.RegisterBrokerRecord
    return record(
        broker_id=broker.id,
        incarnation_id=broker.incarnation_id,
        broker_epoch=broker.epoch,
        end_points=[
            record.BrokerEndpoint(name=e.name, host=e.host, port=e.port, security_protocol=e.security_protocol)
            for e in broker.endpoints.values()
        ],
        features=[
            record.BrokerFeature(name=name, min_supported_version=low, max_supported_version=high)
            for name, (low, high) in broker.features.items()
        ],
        rack=broker.rack,
        fenced=broker.fenced,
        in_controlled_shutdown=broker.in_controlled_shutdown,
        log_dirs=list(broker.directories),
        cordoned_log_dirs=list(broker.cordoned_directories) or None,
    )


_COMPARED = ("brokers", "controllers", "topics", "topics_by_id", "configs", "features", "producer_ids", "kept")

_CHANGEABLE = {
    "isr": "isr",
    "replicas": "replicas",
    "removing": "removing_replicas",
    "adding": "adding_replicas",
    "elr": "eligible_leader_replicas",
    "last_known_elr": "last_known_elr",
}

_KEPT: dict[str, tuple[str, Callable[[Record], Any]]] = {
    "ClientQuotaRecord": (
        "quota",
        lambda r: (tuple(sorted((e.entity_type, e.entity_name or "", e.entity_name is None) for e in r.entity)), r.key),
    ),
    "AccessControlEntryRecord": ("acl", lambda r: bytes(r.id)),
    "UserScramCredentialRecord": ("scram", lambda r: (r.name, r.mechanism)),
    "DelegationTokenRecord": ("token", lambda r: r.token_id),
    "ZkMigrationStateRecord": ("migration", lambda r: None),
}
_DROPPED: dict[str, tuple[str, Callable[[Record], Any]]] = {
    "RemoveAccessControlEntryRecord": ("acl", lambda r: bytes(r.id)),
    "RemoveUserScramCredentialRecord": ("scram", lambda r: (r.name, r.mechanism)),
    "RemoveDelegationTokenRecord": ("token", lambda r: r.token_id),
}
_HANDLERS: dict[str, Callable[[Image, Record], None]] = {
    "RegisterBrokerRecord": Image._register_broker,
    "UnregisterBrokerRecord": Image._unregister_broker,
    "FenceBrokerRecord": Image._fence_broker,
    "UnfenceBrokerRecord": Image._unfence_broker,
    "BrokerRegistrationChangeRecord": Image._change_broker,
    "RegisterControllerRecord": Image._register_controller,
    "TopicRecord": Image._add_topic,
    "RemoveTopicRecord": Image._remove_topic,
    "PartitionRecord": Image._put_partition,
    "PartitionChangeRecord": Image._change_partition,
    "ClearElrRecord": Image._clear_elr,
    "ConfigRecord": Image._put_config,
    "FeatureLevelRecord": Image._put_feature,
    "ProducerIdsRecord": Image._put_producer_ids,
    "NoOpRecord": Image._nothing,
    **dict.fromkeys(_KEPT, Image._keep),
    **dict.fromkeys(_DROPPED, Image._drop),
}
