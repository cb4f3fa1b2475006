"""DescribeProducers v0: the producers that a partition remembers, for finding hanging transactions (KIP-664)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(61, 0, 0)


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.DescribeProducersResponse
    topics = []
    for topic in request.body.topics:
        answers = []
        for index in topic.partition_indexes:
            answer = response.PartitionResponse(partition_index=index)
            answers.append(answer)
            try:
                partition = context.replicas.partition(topic.name, index)
                partition.check_access()
                answer.active_producers = [_state(producer) for producer in partition.log.active_producers()]
            except KafkaError as error:
                answer.error_code = error.code
                answer.error_message = error.message
        topics.append(response.TopicResponse(name=topic.name, partitions=answers))
    return response(topics=topics)


def _state(producer: Any) -> Any:
    return messages.DescribeProducersResponse.ProducerState(
        producer_id=producer.producer_id,
        producer_epoch=producer.producer_epoch,
        last_sequence=producer.last_sequence,
        last_timestamp=producer.last_timestamp,
        coordinator_epoch=producer.coordinator_epoch,
        current_txn_start_offset=producer.current_txn_first_offset,
    )
