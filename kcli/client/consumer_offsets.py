"""Questions about offsets, asked once: what a partition has at a point in time, what a group has committed.

Each answer is an offset with its leader epoch, or the error that the broker gave for that partition; whoever asks
decides what is worth another try.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.membership import NO_GENERATION, by_topic
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

NO_OFFSET = -1
_LAST_BY_NAME = 9  # OffsetCommit and OffsetFetch v10 name topics by id; earlier versions serve every broker


class OffsetAndEpoch(NamedTuple):
    """Where to read on; the epoch is that of the record before, -1 if unknown."""

    offset: int
    leader_epoch: int = -1


Answers = dict[TopicPartition, "OffsetAndEpoch | KafkaError"]


def list_offsets(cluster: Cluster, timestamps: Mapping[TopicPartition, int], *, committed: bool = False) -> Answers:
    """The first offset at or after each timestamp (-1 latest, -2 earliest); NO_OFFSET where there is none.

    Partitions without a known leader answer with the error that says so. A broken connection is an exception.
    """
    answers: Answers = {}
    by_leader: dict[int, dict[TopicPartition, int]] = {}
    for partition, timestamp in timestamps.items():
        try:
            by_leader.setdefault(cluster.leader(*partition), {})[partition] = timestamp
        except KafkaError as error:
            answers[partition] = error
    for leader, asked in by_leader.items():
        answers |= offsets_answered(cluster.request(leader, offsets_request(asked, committed=committed)))
    return answers


def offsets_request(timestamps: Mapping[TopicPartition, int], *, committed: bool) -> messages.Message:
    """The question to one leader."""
    request = messages.ListOffsetsRequest
    return request(
        replica_id=-1,
        isolation_level=int(committed),
        topics=[
            request.ListOffsetsTopic(
                name=topic,
                partitions=[
                    request.ListOffsetsPartition(partition_index=number, timestamp=timestamps[topic, number])
                    for number in numbers
                ],
            )
            for topic, numbers in by_topic(timestamps).items()
        ],
    )


def offsets_answered(response: Any) -> Answers:
    """What one leader says."""
    return {
        (topic.name, answer.partition_index): (
            KafkaError(answer.error_code) if answer.error_code else OffsetAndEpoch(answer.offset, answer.leader_epoch)
        )
        for topic in response.topics
        for answer in topic.partitions
    }


def fetch_committed(
    cluster: Cluster,
    group_id: str,
    partitions: Iterable[TopicPartition],
    *,
    member_id: str = "",
    member_epoch: int = NO_GENERATION,
) -> Answers:
    """What the group has committed; NO_OFFSET for nothing. Raises KafkaError where the group as a whole is refused."""
    node = cluster.coordinator(group_id)
    request = messages.OffsetFetchRequest
    version = cluster.connection(node).version_for(request, _LAST_BY_NAME)
    topics = by_topic(partitions)
    if version < 8:
        body = request(
            group_id=group_id,
            require_stable=version >= 7,
            topics=[request.OffsetFetchRequestTopic(name=t, partition_indexes=n) for t, n in topics.items()],
        )
        answer = cluster.request(node, body, version=version)
    else:
        group = request.OffsetFetchRequestGroup(
            group_id=group_id,
            topics=[request.OffsetFetchRequestTopics(name=t, partition_indexes=n) for t, n in topics.items()],
        )
        if member_id and version >= 9:
            group.member_id, group.member_epoch = member_id, member_epoch
        body = request(groups=[group], require_stable=True)
        answer = cluster.request(node, body, version=version).groups[0]
    if answer.error_code:
        raise KafkaError(answer.error_code)
    return {
        (topic.name, item.partition_index): (
            KafkaError(item.error_code)
            if item.error_code
            else OffsetAndEpoch(item.committed_offset, item.committed_leader_epoch)
        )
        for topic in answer.topics
        for item in topic.partitions
    }


def commit(
    cluster: Cluster,
    group_id: str,
    offsets: Mapping[TopicPartition, OffsetAndEpoch],
    *,
    member_id: str = "",
    generation: int = NO_GENERATION,
    instance_id: str | None = None,
) -> int:
    """Commit for the group; the first error code of any partition, 0 if all were taken."""
    node = cluster.coordinator(group_id)
    body = commit_request(group_id, offsets, member_id=member_id, generation=generation, instance_id=instance_id)
    return commit_code(cluster.request(node, body, version=commit_version(cluster.connection(node))))


def commit_request(
    group_id: str,
    offsets: Mapping[TopicPartition, OffsetAndEpoch],
    *,
    member_id: str = "",
    generation: int = NO_GENERATION,
    instance_id: str | None = None,
) -> messages.Message:
    """What the coordinator is told."""
    request = messages.OffsetCommitRequest
    return request(
        group_id=group_id,
        generation_id_or_member_epoch=generation,
        member_id=member_id,
        group_instance_id=instance_id,
        topics=[
            request.OffsetCommitRequestTopic(
                name=topic,
                partitions=[
                    request.OffsetCommitRequestPartition(
                        partition_index=number,
                        committed_offset=offsets[topic, number].offset,
                        committed_leader_epoch=offsets[topic, number].leader_epoch,
                        committed_metadata="",
                    )
                    for number in numbers
                ],
            )
            for topic, numbers in by_topic(offsets).items()
        ],
    )


def commit_version(connection: Connection) -> int:
    """In which version."""
    return connection.version_for(messages.OffsetCommitRequest, _LAST_BY_NAME)


def commit_code(response: Any) -> int:
    """The first error code of any partition, 0 if all were taken."""
    codes = [item.error_code for topic in response.topics for item in topic.partitions if item.error_code]
    return codes[0] if codes else errors.NONE
