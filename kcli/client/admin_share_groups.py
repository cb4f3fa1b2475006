"""The offsets that share groups start from (KIP-932): reading, setting, removing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.coordination import ask_coordinator, error_of
from kcli.client.membership import by_topic
from kcli.wire import messages
from kcli.wire.errors import KafkaError


class ShareOffset(NamedTuple):
    """Where a share group starts in a partition; None where the broker does not know."""

    start: int | None
    leader_epoch: int | None
    lag: int | None


def share_group_offsets(cluster: Cluster, group_id: str) -> dict[TopicPartition, ShareOffset]:
    """Every partition that the group has state for."""
    request = messages.DescribeShareGroupOffsetsRequest
    body = request(groups=[request.DescribeShareGroupOffsetsRequestGroup(group_id=group_id, topics=None)])
    response = ask_coordinator(cluster, group_id, body, lambda answer: [each.error_code for each in answer.groups])
    found: dict[TopicPartition, ShareOffset] = {}
    for group in response.groups:
        error = error_of(group)
        if error is not None:
            raise error
        for topic in group.topics:
            for item in topic.partitions:
                if item.error_code:
                    continue
                known = item.start_offset >= 0
                found[topic.topic_name, item.partition_index] = ShareOffset(
                    item.start_offset if known else None,
                    item.leader_epoch if known and item.leader_epoch >= 0 else None,
                    item.lag if known and item.lag >= 0 else None,
                )
    return dict(sorted(found.items()))


def set_share_group_offsets(cluster: Cluster, group_id: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Let a group without members start elsewhere; raises the first error."""
    request = messages.AlterShareGroupOffsetsRequest
    topics = [
        request.AlterShareGroupOffsetsRequestTopic(
            topic_name=topic,
            partitions=[
                request.AlterShareGroupOffsetsRequestPartition(
                    partition_index=number, start_offset=offsets[topic, number]
                )
                for number in numbers
            ],
        )
        for topic, numbers in by_topic(offsets).items()
    ]
    body = request(group_id=group_id, topics=topics)
    response = ask_coordinator(cluster, group_id, body, lambda answer: [answer.error_code])
    partitions = [each for topic in response.responses for each in topic.partitions]
    for item in [response, *partitions]:
        error = error_of(item)
        if error is not None:
            raise error


def delete_share_group_offsets(cluster: Cluster, group_id: str, topics: Iterable[str]) -> dict[str, KafkaError | None]:
    """Forget topics; raises KafkaError where the group as a whole is refused."""
    request = messages.DeleteShareGroupOffsetsRequest
    body = request(
        group_id=group_id, topics=[request.DeleteShareGroupOffsetsRequestTopic(topic_name=topic) for topic in topics]
    )
    response = ask_coordinator(cluster, group_id, body, lambda answer: [answer.error_code])
    error = error_of(response)
    if error is not None:
        raise error
    return {item.topic_name: error_of(item) for item in response.responses}
