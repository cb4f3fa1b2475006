"""Brokers that come, log directories that fail, and the leaderships that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kcli.metadata.image import NO_LEADER, Broker, Image, Partition, Record, broker_record
from kcli.metadata.keeper import Registration
from kcli.wire import messages, uuid

# What this broker can read at most; written into its registration as Kafka 4.3.0 writes it.
SUPPORTED_FEATURES: dict[str, tuple[int, int]] = {
    "eligible.leader.replicas.version": (0, 1),
    "group.version": (0, 1),
    "kraft.version": (0, 1),
    "metadata.version": (7, 30),
    "share.version": (0, 1),
    "streams.version": (0, 1),
    "transaction.version": (0, 2),
}


def registration_record(registration: Registration, epoch: int) -> Record:
    """The record of a broker that has just come: fenced until its log directories are known to be there."""
    return broker_record(
        Broker(
            id=registration.broker_id,
            epoch=epoch,
            incarnation_id=uuid.random(),
            endpoints={endpoint.name: endpoint for endpoint in registration.endpoints},
            features=SUPPORTED_FEATURES,
            rack=registration.rack,
            fenced=True,
            directories=registration.directories,
        )
    )


def unfence_records(image: Image, broker_id: int) -> list[Record]:
    """The broker takes part again, and leads what it may lead and nobody else does."""
    broker = image.brokers[broker_id]
    unfence = messages.BrokerRegistrationChangeRecord(broker_id=broker_id, broker_epoch=broker.epoch, fenced=-1)
    return [unfence, *_leadership_records(image, broker_id)]


def failed_directory_records(
    image: Image, broker_id: int, online: Sequence[bytes], lost: Collection[tuple[str, int]]
) -> list[Record]:
    """Directories of the broker have failed: nobody leads the `lost` partitions (KIP-112), their replicas are offline.

    `online` are the ids of the directories that are left, which only KRaft keeps (KIP-858).
    """
    records: list[Record] = []
    broker = image.brokers[broker_id]
    if broker.directories and tuple(online) != broker.directories:
        change = messages.BrokerRegistrationChangeRecord
        records.append(change(broker_id=broker_id, broker_epoch=broker.epoch, log_dirs=list(online)))
    for name, index in sorted(lost):
        topic = image.topics.get(name)
        partition = None if topic is None else topic.partitions.get(index)
        if topic is not None and partition is not None and partition.leader == broker_id:
            record = messages.PartitionChangeRecord(partition_id=index, topic_id=topic.id, leader=NO_LEADER)
            records.append(record)
    return records


def _leadership_records(image: Image, broker_id: int) -> Iterator[Record]:
    """A new leader epoch for each partition the broker leads: what it held before it went is another time's."""
    for topic in image.topics.values():
        for partition in topic.partitions.values():
            if partition.leader in (broker_id, NO_LEADER) and broker_id in partition.replicas:
                record = _election(partition, broker_id)
                if record is not None:
                    record.topic_id = topic.id
                    yield record


def _election(partition: Partition, broker_id: int) -> Record | None:
    record = messages.PartitionChangeRecord(partition_id=partition.index, leader=broker_id)
    if broker_id not in partition.isr:
        # Nobody in sync is known: an eligible replica may lead, or the last leader there was (KIP-966).
        if partition.isr or (broker_id not in partition.elr and partition.last_known_elr != (broker_id,)):
            return None
        record.isr = [broker_id]
    if broker_id in partition.elr:
        record.eligible_leader_replicas = [replica for replica in partition.elr if replica != broker_id]
    if partition.last_known_elr:
        record.last_known_elr = []
    return record
