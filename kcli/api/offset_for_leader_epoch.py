"""OffsetForLeaderEpoch v2-4: where a leader epoch ended, by which a client sees that its history was cut (KIP-320)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(23, 2, 4)


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.OffsetForLeaderEpochResponse
    topics = []
    for topic in request.body.topics:
        answers = []
        for wanted in topic.partitions:
            answer = response.EpochEndOffset(partition=wanted.partition)
            answers.append(answer)
            try:
                partition = context.replicas.partition(topic.topic, wanted.partition)
                answer.leader_epoch, answer.end_offset = partition.epoch_end(
                    wanted.leader_epoch, wanted.current_leader_epoch
                )
            except KafkaError as error:
                answer.error_code = error.code
        topics.append(response.OffsetForLeaderTopicResult(topic=topic.topic, partitions=answers))
    return response(topics=topics)
