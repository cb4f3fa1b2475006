"""DescribeProducers v0: the producers that a partition remembers, for finding hanging transactions (KIP-664)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.metadata import topic_names
from kcli.wire import messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.storage.producer_state import ProducerEntry

API = Api(61, 0, 0)

NO_TRANSACTION = -1


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.DescribeProducersResponse
    topics = []
    for topic in request.body.topics:
        answers = []
        for index in topic.partition_indexes:
            answer = response.PartitionResponse(partition_index=index)
            answers.append(answer)
            try:
                topic_names.validate(topic.name)
                partition = context.replicas.partition(topic.name, index)
                partition.check_access()
                answer.active_producers = [
                    _state(producer_id, entry) for producer_id, entry in partition.log.producers.producers.items()
                ]
            except KafkaError as error:
                answer.error_code = error.code
                if topic.name not in context.keeper.image.topics:
                    answer.error_message = error.message
        topics.append(response.TopicResponse(name=topic.name, partitions=answers))
    return response(topics=topics)


def _state(producer_id: int, entry: ProducerEntry) -> Any:
    return messages.DescribeProducersResponse.ProducerState(
        producer_id=producer_id,
        producer_epoch=entry.epoch,
        last_sequence=entry.last_sequence,
        last_timestamp=entry.last_timestamp,
        coordinator_epoch=entry.coordinator_epoch,
        current_txn_start_offset=NO_TRANSACTION if entry.transaction_start is None else entry.transaction_start,
    )
