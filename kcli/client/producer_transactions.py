"""A producer's transactions: its side of the talk with the transaction coordinator (KIP-98).

Partitions are named to the coordinator before records go to them, as all brokers understand it; the newer protocol, in
which brokers find out by themselves (KIP-890), is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kcli.client.cluster import TRANSACTION, Cluster
from kcli.client.membership import by_topic
from kcli.client.producer_config import ProducerConfig
from kcli.wire import messages
from kcli.wire.errors import KafkaError

TopicPartition = tuple[str, int]

# The last versions of the older protocol.
_INIT_UNTIL, _ADD_UNTIL, _END_UNTIL = 4, 3, 4


class Transactions:
    """The transactions of one transactional id, one after another."""

    def __init__(self, cluster: Cluster, transactional_id: str, config: ProducerConfig) -> None:
        self._cluster = cluster
        self._id = transactional_id
        self._timeout_ms = round(config.transaction_timeout * 1000)
        self._patience = config.max_block
        self._identity = (-1, -1)
        self._partitions: set[TopicPartition] = set()

    def start(self) -> tuple[int, int]:
        """End what an earlier producer of this id left open; this one's producer id and epoch."""
        request = messages.InitProducerIdRequest(
            transactional_id=self._id, transaction_timeout_ms=self._timeout_ms, producer_id=-1, producer_epoch=-1
        )
        response = self._ask(request, _INIT_UNTIL, lambda answer: (answer.error_code,))
        self._identity = (response.producer_id, response.producer_epoch)
        return self._identity

    def include(self, partitions: Iterable[TopicPartition]) -> None:
        """Records are about to go to these partitions."""
        new = sorted(set(partitions) - self._partitions)
        if not new:
            return
        request = messages.AddPartitionsToTxnRequest
        producer_id, epoch = self._identity
        topics = [
            request.AddPartitionsToTxnTopic(name=topic, partitions=indexes) for topic, indexes in by_topic(new).items()
        ]
        body = request(
            v3_and_below_transactional_id=self._id,
            v3_and_below_producer_id=producer_id,
            v3_and_below_producer_epoch=epoch,
            v3_and_below_topics=topics,
        )
        self._ask(body, _ADD_UNTIL, _codes_of_partitions)
        self._partitions.update(new)

    def end(self, *, commit: bool) -> None:
        """Commit or abort. One that has no partitions never began for the coordinator."""
        if not self._partitions:
            return
        producer_id, epoch = self._identity
        body = messages.EndTxnRequest(
            transactional_id=self._id, producer_id=producer_id, producer_epoch=epoch, committed=commit
        )
        self._ask(body, _END_UNTIL, lambda answer: (answer.error_code,))
        self._partitions.clear()

    def _ask(self, body: messages.Message, at_most: int, codes: Callable[[Any], Iterable[int]]) -> Any:
        def attempt() -> Any:
            node = self._cluster.coordinator(self._id, TRANSACTION)
            response = self._cluster.request(
                node, body, version=self._cluster.connection(node).version_for(body, at_most)
            )
            for code in codes(response):
                if code:
                    raise KafkaError(code)
            return response

        return self._cluster.retry(attempt, self._patience)


def _codes_of_partitions(answer: Any) -> Iterable[int]:
    for topic in answer.results_by_topic_v3_and_below:
        for item in topic.results_by_partition:
            yield item.partition_error_code
