"""AlterPartitionReassignments (45), versions 0 and 1: moves of replicas, begun and cancelled.

The checks and their words are Kafka's. A broker that is alone has nowhere to move a replica to: the only assignment
that passes is the present one, which changes nothing. Other brokers may still be registered in a metadata log taken
over from a larger cluster; what would move replicas to or from them is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.metadata.controller_topics import check_replicas
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.metadata.controller import Settings
    from kcli.metadata.image import Image, Partition

API = Api(45, 0, 1, dialects=("kraft",))


def handle(context: BrokerContext, request: Request) -> Any:
    response, body = messages.AlterPartitionReassignmentsResponse, request.body
    if not body.topics:
        return response(error_message="")
    answers = [
        response.ReassignableTopicResponse(
            name=topic.name, partitions=[_answer(context, topic.name, wanted) for wanted in topic.partitions]
        )
        for topic in body.topics
    ]
    return response(
        error_message=None,
        responses=answers,
        allow_replication_factor_change=body.allow_replication_factor_change,
    )


def _answer(context: BrokerContext, topic: str, wanted: Any) -> Any:
    answer = messages.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse(
        partition_index=wanted.partition_index, error_message=None
    )
    try:
        _check(context.keeper.image, context.settings, topic, wanted.partition_index, wanted.replicas)
    except KafkaError as error:
        answer.error_code = error.code
        if error.message != error.error.message:  # Kafka says nothing, either
            answer.error_message = error.message
    return answer


def _check(image: Image, settings: Settings, topic: str, index: int, replicas: Sequence[int] | None) -> None:
    """Raise what Kafka answers, unless the partition is to stay as it is."""
    if topic not in image.topics:
        raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION, f"Unable to find a topic named {topic}.")
    partition = image.partition(topic, index)
    if partition is None:
        raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION, f"Unable to find partition {topic}:{index}.")
    moving = bool(partition.adding or partition.removing)
    if replicas is None and not moving:
        raise KafkaError(errors.NO_REASSIGNMENT_IN_PROGRESS)
    if replicas is not None:
        check_replicas(image, replicas, settings)
    if moving or replicas is None or tuple(replicas) != partition.replicas:
        raise KafkaError(errors.INVALID_REPLICA_ASSIGNMENT, _nowhere(partition))


def _nowhere(partition: Partition) -> str:
    present = ", ".join(map(str, partition.replicas))
    return f"This broker is alone and moves no replicas: the assignment of the partition has to stay {present}."
