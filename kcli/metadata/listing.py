"""The image as the clients of one listener see it: who is there, and which partitions they can reach."""

from __future__ import annotations

from kcli.metadata.image import Broker, Endpoint, Image, Partition

# Directory ids that stand for a state (KIP-858); all below the first real one.
_UNASSIGNED, _LOST, _MIGRATING = bytes(16), bytes(15) + b"\x01", bytes(15) + b"\x02"


def alive_brokers(image: Image, listener: str) -> list[tuple[Broker, Endpoint]]:
    """Brokers that take part and that these clients can reach, by id."""
    return [
        (broker, broker.endpoints[listener])
        for _, broker in sorted(image.brokers.items())
        if not broker.fenced and listener in broker.endpoints
    ]


def reachable(image: Image, broker_id: int, listener: str) -> bool:
    broker = image.brokers.get(broker_id)
    return broker is not None and listener in broker.endpoints


def offline_replicas(image: Image, partition: Partition, listener: str) -> list[int]:
    """Replicas whose broker is away, out of these clients' reach, or has lost the disk."""
    directories = dict(zip(partition.replicas, partition.directories))
    return [
        replica
        for replica in partition.replicas
        if not reachable(image, replica, listener)
        or image.brokers[replica].fenced
        or not _directory_online(image.brokers[replica], directories.get(replica, _MIGRATING))
    ]


def _directory_online(broker: Broker, directory: bytes) -> bool:
    if directory in (_UNASSIGNED, _MIGRATING) or not broker.directories:
        return True
    return directory != _LOST and directory in broker.directories
