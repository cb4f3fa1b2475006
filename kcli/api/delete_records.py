"""DeleteRecords v0-2: moves a partition's log start up to an offset, or to the high watermark (-1).

With one replica the low watermark is the new log start at once; the files go when the log manager next cleans up. Of a
partition that is named twice, the later offset counts; a topic without partitions is not in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.metadata.image import INTERNAL_TOPICS
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(21, 0, 2)

NO_LOW_WATERMARK = -1


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.DeleteRecordsResponse
    topics: dict[str, dict[int, Any]] = {}
    for topic in request.body.topics:
        for wanted in topic.partitions:
            answer = response.DeleteRecordsPartitionResult(
                partition_index=wanted.partition_index, low_watermark=NO_LOW_WATERMARK
            )
            topics.setdefault(topic.name, {})[wanted.partition_index] = answer
            try:
                partition = context.replicas.partition(topic.name, wanted.partition_index)
                if topic.name in INTERNAL_TOPICS:
                    raise KafkaError(errors.INVALID_TOPIC_EXCEPTION)
                answer.low_watermark = partition.delete_records(wanted.offset)
            except KafkaError as error:
                answer.error_code = error.code
    topic_result = response.DeleteRecordsTopicResult
    return response(topics=[topic_result(name=name, partitions=[*found.values()]) for name, found in topics.items()])
