"""Metadata records as writes to znodes: what Kafka 3.9's controller writes for the same change.

Each step is one function of a client, with the records that hold once it has run; steps run in order. Every write of
a controller goes together with a check of /controller_epoch, so that a deposed one cannot write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from kcli.metadata.image import TOPIC_RESOURCE, Image, Partition, Record, changed_partition
from kcli.metadata.zk import znodes
from kcli.metadata.zk.session import BadVersionError, KazooClient, NodeExistsError, NoNodeError
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

# A multi has to stay below ZooKeeper's 1 MB limit for one packet.
OPERATIONS_AT_ONCE = 500


class Leadership(NamedTuple):
    """The controller's claim: its epoch, and the version that /controller_epoch has in it."""

    epoch: int
    epoch_version: int


class Step(NamedTuple):
    """One write and the records that are true after it."""

    records: list[Record]
    run: Callable[[KazooClient], None]


Operation = Callable[[Any], None]
"""Adds itself to a transaction."""


def commit(client: KazooClient, leadership: Leadership, operations: Iterable[Operation]) -> None:
    """Run operations in multis, each with the epoch check. Raises NOT_CONTROLLER, or what the first failure says."""
    remaining = iter(operations)
    while chunk := list(islice(remaining, OPERATIONS_AT_ONCE)):
        transaction = client.transaction()
        transaction.check(znodes.CONTROLLER_EPOCH, leadership.epoch_version)
        for operation in chunk:
            operation(transaction)
        results = transaction.commit()
        if isinstance(results[0], BadVersionError):
            raise KafkaError(errors.NOT_CONTROLLER)
        # The operation that failed says why; those beside it only say that they were rolled back.
        failed = [r for r in results if isinstance(r, Exception) and type(r).__name__ != "RolledBackError"]
        failed = [r for r in failed if type(r).__name__ != "RuntimeInconsistency"] or failed
        if failed:
            if isinstance(failed[0], NodeExistsError):
                raise KafkaError(errors.TOPIC_ALREADY_EXISTS)
            raise failed[0]


def create(path: str, data: bytes = b"") -> Operation:
    return lambda transaction: transaction.create(path, data)


def set_data(path: str, data: bytes, version: int = -1) -> Operation:
    return lambda transaction: transaction.set_data(path, data, version)


def partition_operations(topic: str, partition: Partition, epoch: int) -> Iterator[Operation]:
    yield create(znodes.partition_path(topic, partition.index))
    yield create(znodes.state_path(topic, partition.index), znodes.state(partition, epoch))


def plan(image: Image, records: Sequence[Record], leadership: Leadership) -> list[Step]:
    """The steps for records that were decided on this image, each topic and each resource on its own."""
    planner = _Planner(image, leadership)
    for record in records:
        kind = type(record).__name__
        if kind not in _PLANNED:
            raise KafkaError(errors.UNSUPPORTED_VERSION, f"A {kind} cannot be kept in ZooKeeper.")
        _PLANNED[kind](planner, record)
    return planner.steps()


class _Planner:
    def __init__(self, image: Image, leadership: Leadership) -> None:
        self.image = image
        self.leadership = leadership
        self.created: dict[bytes, list[Record]] = {}
        self.grown: dict[bytes, list[Record]] = {}
        self.removed: list[Record] = []
        self.changed: list[Record] = []
        self.configured: dict[tuple[int, str], list[Record]] = {}
        self.silent: list[Record] = []

    def topic(self, record: Record) -> None:
        self.created[bytes(record.topic_id)] = [record]

    def partition(self, record: Record) -> None:
        new = self.created.get(bytes(record.topic_id))
        if new is not None:
            new.append(record)
        else:
            self.grown.setdefault(bytes(record.topic_id), []).append(record)

    def config(self, record: Record) -> None:
        if record.resource_type == TOPIC_RESOURCE:
            for records in self.created.values():
                if records[0].name == record.resource_name:
                    records.append(record)
                    return
        self.configured.setdefault((record.resource_type, record.resource_name), []).append(record)

    def steps(self) -> list[Step]:
        steps = [Step(self.silent, lambda client: None)] if self.silent else []
        steps += [Step([record], self._remove(record)) for record in self.removed]
        steps += [Step(records, self._create(records)) for records in self.created.values()]
        steps += [Step(records, self._grow(topic_id, records)) for topic_id, records in self.grown.items()]
        if self.changed:
            steps.append(Step(self.changed, self._change()))
        steps += [Step(records, self._configure(key, records)) for key, records in self.configured.items()]
        return steps

    def _create(self, records: list[Record]) -> Callable[[KazooClient], None]:
        name, topic_id = records[0].name, bytes(records[0].topic_id)
        shadow = Image()
        for record in records:
            shadow.apply(record)
        topic = shadow.topics[name]

        def run(client: KazooClient) -> None:
            config_path = "/config/" + znodes.config_entity(TOPIC_RESOURCE, name)
            config = znodes.config(shadow.config(TOPIC_RESOURCE, name))
            first = set_data if client.exists(config_path) else create  # one that a deletion left behind
            operations = [
                first(config_path, config),
                create(znodes.topic_path(name), znodes.topic(topic_id, topic.partitions)),
                create(znodes.partitions_path(name)),
            ]
            for partition in topic.partitions.values():
                operations += partition_operations(name, partition, self.leadership.epoch)
            commit(client, self.leadership, operations)

        return run

    def _grow(self, topic_id: bytes, records: list[Record]) -> Callable[[KazooClient], None]:
        known = self.image.topics_by_id[topic_id]
        shadow = Image()
        shadow.apply(_topic_record(known.name, topic_id))
        for record in records:
            shadow.apply(record)
        new = shadow.topics[known.name].partitions
        assignment = znodes.topic(topic_id, {**known.partitions, **new})

        def run(client: KazooClient) -> None:
            operations = [set_data(znodes.topic_path(known.name), assignment)]
            for partition in new.values():
                if partition.index not in known.partitions:
                    operations += partition_operations(known.name, partition, self.leadership.epoch)
            commit(client, self.leadership, operations)

        return run

    def _remove(self, record: Record) -> Callable[[KazooClient], None]:
        name = self.image.topics_by_id[bytes(record.topic_id)].name

        def run(client: KazooClient) -> None:
            commit(client, self.leadership, [create(znodes.delete_topic_path(name))])
            finish_deletion(client, name)

        return run

    def _change(self) -> Callable[[KazooClient], None]:
        states: dict[tuple[str, int], tuple[int, Partition]] = {}
        for record in self.changed:
            topic = self.image.topics_by_id[bytes(record.topic_id)]
            key = (topic.name, record.partition_id)
            version, partition = states.get(key, (-1, topic.partitions[record.partition_id]))
            version = partition.partition_epoch if version < 0 else version
            states[key] = (version, changed_partition(partition, record))
        operations = [
            set_data(znodes.state_path(*key), znodes.state(partition, self.leadership.epoch), version)
            for key, (version, partition) in states.items()
        ]
        return lambda client: commit(client, self.leadership, operations)

    def _configure(self, key: tuple[int, str], records: list[Record]) -> Callable[[KazooClient], None]:
        entries = dict(self.image.config(*key))
        for record in records:
            if record.value is None:
                entries.pop(record.name, None)
            else:
                entries[record.name] = record.value
        try:
            entity = znodes.config_entity(*key)
        except KeyError:
            raise KafkaError(errors.INVALID_REQUEST, f"Unexpected resource type {key[0]} in ZooKeeper mode.") from None

        def run(client: KazooClient) -> None:
            path = "/config/" + entity
            write = set_data if client.exists(path) else create
            commit(client, self.leadership, [write(path, znodes.config(entries))])
            client.create(znodes.CONFIG_CHANGES + "/config_change_", znodes.config_change(entity), sequence=True)

        return run


def finish_deletion(client: KazooClient, topic: str) -> None:
    """Remove what a topic has in ZooKeeper; its mark goes last, so that a deletion which was cut off is taken up."""
    config_path = "/config/" + znodes.config_entity(TOPIC_RESOURCE, topic)
    for path in (znodes.topic_path(topic), config_path, znodes.delete_topic_path(topic)):
        try:
            client.delete(path, recursive=True)
        except NoNodeError:
            pass


def _topic_record(name: str, topic_id: bytes) -> Record:
    return messages.TopicRecord(name=name, topic_id=topic_id)


_PLANNED: dict[str, Callable[[_Planner, Record], None]] = {
    "TopicRecord": _Planner.topic,
    "PartitionRecord": _Planner.partition,
    "PartitionChangeRecord": lambda planner, record: planner.changed.append(record),
    "RemoveTopicRecord": lambda planner, record: planner.removed.append(record),
    "ConfigRecord": _Planner.config,
    # Registrations live in ephemeral znodes that the brokers write themselves.
    "RegisterBrokerRecord": lambda planner, record: planner.silent.append(record),
    "BrokerRegistrationChangeRecord": lambda planner, record: planner.silent.append(record),
}
