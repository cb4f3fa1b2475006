"""DescribeTopicPartitions (75), version 0 (KIP-966): topics in the order of their names, a page at a time.

A page holds as many partitions as the request allows, at most `max.request.partition.size.limit`; the cursor in the
answer names where the next page begins. Brokers with ZooKeeper do not have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.authorized import TOPIC_OPERATIONS
from kcli.api.request import Api
from kcli.metadata import topic_names
from kcli.metadata.image import INTERNAL_TOPICS, Image, Partition, Topic
from kcli.metadata.listing import offline_replicas, reachable
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(75, 0, 0, dialects=("kraft",))


def handle(context: BrokerContext, request: Request) -> Any:
    body, image = request.body, context.keeper.image
    every = not body.topics
    first = body.cursor.topic_name if body.cursor is not None else ""
    asked = image.topics if every else (topic.name for topic in body.topics)
    names = sorted({name for name in asked if name >= first})
    _check_cursor(body, every or first in names)
    start = body.cursor.partition_index if body.cursor is not None else 0
    limit = max(min(context.config["max.request.partition.size.limit"], body.response_partition_limit), 1)
    response = messages.DescribeTopicPartitionsResponse(next_cursor=None)
    for name in names:
        topic = image.topics.get(name)
        begin = start if name == first else 0
        if limit <= 0:
            _set_cursor(response, name, begin)
            break
        if topic is None:
            if not every:
                response.topics.append(_unknown(name))
            continue
        end = min(len(topic.partitions), begin + limit)
        response.topics.append(_topic(image, topic, begin, end, request.session.listener))
        limit -= max(0, end - begin)
        if end < len(topic.partitions):
            _set_cursor(response, name, end)
            break
    return response


def _check_cursor(body: Any, asked_for: bool) -> None:
    if body.cursor is None:
        return
    if not asked_for:
        text = f"DescribeTopicPartitionsRequest topic list should contain the cursor topic: {body.cursor.topic_name}"
        raise KafkaError(errors.INVALID_REQUEST, text)
    if body.cursor.partition_index < 0:
        cursor = f"Cursor(topicName='{body.cursor.topic_name}', partitionIndex={body.cursor.partition_index})"
        text = f"DescribeTopicPartitionsRequest cursor partition must be valid: {cursor}"
        raise KafkaError(errors.INVALID_REQUEST, text)


def _set_cursor(response: Any, name: str, partition: int) -> None:
    response.next_cursor = type(response).Cursor(topic_name=name, partition_index=partition)


def _topic(image: Image, topic: Topic, begin: int, end: int, listener: str) -> Any:
    return messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic(
        name=topic.name,
        topic_id=topic.id,
        is_internal=topic.internal,
        partitions=[_partition(image, topic.partitions[index], listener) for index in range(begin, end)],
        topic_authorized_operations=TOPIC_OPERATIONS,
    )


def _partition(image: Image, partition: Partition, listener: str) -> Any:
    return messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition(
        partition_index=partition.index,
        leader_id=partition.leader if reachable(image, partition.leader, listener) else -1,
        leader_epoch=partition.leader_epoch,
        replica_nodes=list(partition.replicas),
        isr_nodes=list(partition.isr),
        eligible_leader_replicas=list(partition.elr),
        last_known_elr=list(partition.last_known_elr),
        offline_replicas=offline_replicas(image, partition, listener),
    )


def _unknown(name: str) -> Any:
    try:
        topic_names.validate(name)
        code = errors.UNKNOWN_TOPIC_OR_PARTITION
    except KafkaError as error:
        code = error.code
    return messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic(
        error_code=code,
        name=name,
        is_internal=name in INTERNAL_TOPICS,
        topic_authorized_operations=TOPIC_OPERATIONS,
    )
