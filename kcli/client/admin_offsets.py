"""The offsets that consumer groups have committed, and the beginning of partitions: reading, setting, removing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.consumer_offsets import OffsetAndEpoch, commit
from kcli.client.coordination import ask_coordinator, check_coordinator, error_of
from kcli.client.membership import by_topic
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

_LAST_BY_NAME = 9  # OffsetFetch v10 names topics by id; earlier versions serve every broker
_BATCHED_SINCE = 8


class CommittedOffset(NamedTuple):
    """Where a group is in a partition; the epoch is that of the record before, None if unknown."""

    offset: int
    leader_epoch: int | None
    metadata: str


def committed_offsets(cluster: Cluster, group_id: str) -> dict[TopicPartition, CommittedOffset]:
    """Everything that a group has committed; nothing for a group that does not exist."""
    request = messages.OffsetFetchRequest

    def attempt() -> Any:
        node = cluster.coordinator(group_id)
        version = cluster.connection(node).version_for(request, _LAST_BY_NAME)
        if version < _BATCHED_SINCE:
            answer = cluster.request(node, request(group_id=group_id, topics=None), version=version)
        else:
            group = request.OffsetFetchRequestGroup(group_id=group_id, topics=None)
            answer = cluster.request(node, request(groups=[group]), version=version).groups[0]
        check_coordinator([answer.error_code])
        return answer

    answer = cluster.retry(attempt)
    if answer.error_code:
        raise KafkaError(answer.error_code)
    found: dict[TopicPartition, CommittedOffset] = {}
    for topic in answer.topics:
        for item in topic.partitions:
            if item.error_code:
                raise KafkaError(item.error_code)
            if item.committed_offset >= 0:
                epoch = item.committed_leader_epoch
                found[topic.name, item.partition_index] = CommittedOffset(
                    item.committed_offset, epoch if epoch >= 0 else None, item.metadata or ""
                )
    return dict(sorted(found.items()))


def set_offsets(cluster: Cluster, group_id: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit on behalf of a group that has no members."""
    if not offsets:
        return

    def attempt() -> int:
        code = commit(cluster, group_id, {key: OffsetAndEpoch(offset) for key, offset in offsets.items()})
        check_coordinator([code])
        return code

    code = cluster.retry(attempt)
    if code:
        raise KafkaError(code)


def delete_offsets(
    cluster: Cluster, group_id: str, partitions: Iterable[TopicPartition]
) -> dict[TopicPartition, KafkaError | None]:
    """Forget what a group has committed; raises KafkaError where the group as a whole is refused."""
    request = messages.OffsetDeleteRequest
    topics = [
        request.OffsetDeleteRequestTopic(
            name=topic,
            partitions=[request.OffsetDeleteRequestPartition(partition_index=number) for number in numbers],
        )
        for topic, numbers in by_topic(partitions).items()
    ]
    body = request(group_id=group_id, topics=topics)
    response = ask_coordinator(cluster, group_id, body, lambda response: [response.error_code])
    if response.error_code:
        raise KafkaError(response.error_code)
    return {
        (topic.name, item.partition_index): error_of(item) for topic in response.topics for item in topic.partitions
    }


def delete_records(cluster: Cluster, offsets: Mapping[TopicPartition, int]) -> dict[TopicPartition, int | KafkaError]:
    """Delete what is before an offset (-1: everything); the partition's new beginning, or why not."""
    cluster.metadata({topic for topic, _ in offsets})
    done: dict[TopicPartition, int | KafkaError] = {}

    def attempt() -> None:
        by_leader: dict[int, list[TopicPartition]] = {}
        for partition in offsets:
            if partition not in done:
                try:
                    by_leader.setdefault(cluster.leader(*partition), []).append(partition)
                except KafkaError as error:
                    if error.code != errors.UNKNOWN_TOPIC_OR_PARTITION and error.retriable:
                        raise
                    done[partition] = without_metadata(partition, error)
        for node, some in by_leader.items():
            for partition, outcome in _delete_records(cluster, node, {key: offsets[key] for key in some}).items():
                if isinstance(outcome, KafkaError) and outcome.code == errors.NOT_LEADER_OR_FOLLOWER:
                    raise outcome
                done[partition] = outcome

    cluster.retry(attempt)
    return {partition: done[partition] for partition in offsets}


def without_metadata(partition: TopicPartition, error: KafkaError) -> KafkaError:
    """Kafka's admin client says of an unauthorized topic that it is its metadata that it did not get."""
    if error.code != errors.TOPIC_AUTHORIZATION_FAILED:
        return error
    name = f"{partition[0]}-{partition[1]}"
    return KafkaError(error.code, f"Failed to fetch metadata for partition {name} due to topic authorization failure")


def _delete_records(
    cluster: Cluster, node: int, offsets: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int | KafkaError]:
    request = messages.DeleteRecordsRequest
    response = cluster.request(
        node,
        request(
            topics=[
                request.DeleteRecordsTopic(
                    name=topic,
                    partitions=[
                        request.DeleteRecordsPartition(partition_index=number, offset=offsets[topic, number])
                        for number in numbers
                    ],
                )
                for topic, numbers in by_topic(offsets).items()
            ],
            timeout_ms=round(cluster.request_timeout * 1000),
        ),
    )
    return {
        (topic.name, item.partition_index): error_of(item) or item.low_watermark
        for topic in response.topics
        for item in topic.partitions
    }
