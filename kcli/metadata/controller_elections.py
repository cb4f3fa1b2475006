"""Which leader a partition gets when somebody asks for an election (ElectLeaders).

A preferred election gives the leadership back to the first replica, or at least to one that is in sync; an unclean one
takes any replica that is there, at the price of what only the others had. Partitions that have what was asked for are
left alone.
"""

from __future__ import annotations

from collections.abc import Container

from kcli.metadata.image import NO_LEADER, Image, Partition, Record
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

PREFERRED, UNCLEAN = 0, 1

_RECOVERING = 1


def elect_leader(
    image: Image, broker_id: int, topic_name: str, index: int, election: int, lost: Container[tuple[str, int]] = ()
) -> Record:
    """The change that makes the broker, which is alone, the leader.

    KafkaError when there is nothing to change, or it may not lead; `lost` are the partitions that have no disk here.
    """
    topic = image.topics.get(topic_name)
    if topic is None:
        raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION, f"No such topic as {topic_name}")
    partition = topic.partitions.get(index)
    if partition is None:
        raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION, f"No such partition as {topic_name}-{index}")
    if not _needed(partition, election):
        raise KafkaError(errors.ELECTION_NOT_NEEDED)
    change = _change(partition, broker_id, election) if (topic_name, index) not in lost else None
    if change is None:
        preferred = election == PREFERRED
        raise KafkaError(errors.PREFERRED_LEADER_NOT_AVAILABLE if preferred else errors.ELIGIBLE_LEADERS_NOT_AVAILABLE)
    change.topic_id = topic.id
    return change


def _needed(partition: Partition, election: int) -> bool:
    if election == PREFERRED:
        return not partition.replicas or partition.leader != partition.replicas[0]
    return partition.leader == NO_LEADER


def _change(partition: Partition, broker_id: int, election: int) -> Record | None:
    if broker_id not in partition.replicas or broker_id == partition.leader:
        return None
    change = messages.PartitionChangeRecord(partition_id=partition.index, leader=broker_id)
    if broker_id not in partition.isr:
        change.isr = [broker_id]
    if broker_id in partition.elr:
        change.eligible_leader_replicas = [replica for replica in partition.elr if replica != broker_id]
    if partition.last_known_elr:
        change.last_known_elr = []
    if broker_id not in partition.isr and broker_id not in partition.elr:
        last_known = not partition.isr and not partition.elr and partition.last_known_elr == (broker_id,)
        if election != UNCLEAN and not last_known:
            return None
        change.leader_recovery_state = _RECOVERING
    return change
