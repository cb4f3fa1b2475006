"""What an administrator asks of transactions and of producers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from kcli.client.admin import Admin
from kcli.client.admin_offsets import without_metadata
from kcli.client.admin_partitions import Partition, by_topic
from kcli.client.cluster import TRANSACTION
from kcli.client.versions import require_version
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

_NO_PATTERNS = (
    "Transactional ID pattern filter can be set only when using API version 2 or higher."
    " If client is connected to an older broker, do not specify the pattern filter."
)
_NO_DURATIONS = (
    "Duration filter can be set only when using API version 1 or higher."
    " If client is connected to an older broker, do not specify duration filter or set it to -1."
)
_PATIENCE = 5.0  # seconds to wait for a partition to have a leader


class TransactionListing(NamedTuple):
    """A transactional id as its coordinator lists it."""

    transactional_id: str
    coordinator: int
    producer_id: int
    state: str


class TransactionDescription(NamedTuple):
    """A transactional id with its last transaction; `start` (ms) is None if none is going on."""

    coordinator: int
    producer_id: int
    producer_epoch: int
    state: str
    timeout_ms: int
    start: int | None
    partitions: list[Partition]


class ProducerState(NamedTuple):
    """A producer as a partition remembers it; `transaction_start` is None outside of transactions."""

    producer_id: int
    producer_epoch: int
    coordinator_epoch: int | None
    last_sequence: int
    last_timestamp: int
    transaction_start: int | None


class TransactionAdmin(Admin):
    """Calls on transactions."""

    def list_transactions(
        self, *, duration: int = -1, pattern: str | None = None, producer_ids: Iterable[int] = ()
    ) -> list[TransactionListing]:
        """Those that all coordinators know; `duration` (ms) leaves only those that have been open for longer."""
        self.cluster.refresh()
        body = messages.ListTransactionsRequest(
            state_filters=[],
            producer_id_filters=list(producer_ids),
            duration_filter=duration,
            transactional_id_pattern=pattern,
        )
        found: list[TransactionListing] = []
        for node in sorted(self.cluster.nodes):
            if pattern is not None:
                require_version(self.cluster, node, type(body), 2, _NO_PATTERNS)
            if duration >= 0:
                require_version(self.cluster, node, type(body), 1, _NO_DURATIONS)
            response = self._ask(node, body, lambda response: [response])
            if response.error_code:
                raise KafkaError(response.error_code)
            found += [
                TransactionListing(item.transactional_id, node, item.producer_id, item.transaction_state)
                for item in response.transaction_states
            ]
        return found

    def describe_transaction(self, transactional_id: str) -> TransactionDescription:
        """One transactional id, from its coordinator."""
        body = messages.DescribeTransactionsRequest(transactional_ids=[transactional_id])

        def attempt() -> TransactionDescription:
            node = self._coordinator(transactional_id)
            (item,) = self.cluster.request(node, body).transaction_states
            if item.error_code == errors.TRANSACTIONAL_ID_NOT_FOUND:
                raise KafkaError(
                    item.error_code,
                    f"DescribeTransactions request for transactionalId `{transactional_id}` failed"
                    " because the ID could not be found",
                )
            if item.error_code:
                raise KafkaError(item.error_code)
            return TransactionDescription(
                node,
                item.producer_id,
                item.producer_epoch,
                item.transaction_state,
                item.transaction_timeout_ms,
                None if item.transaction_start_time_ms < 0 else item.transaction_start_time_ms,
                [(topic.topic, partition) for topic in item.topics for partition in topic.partitions],
            )

        return self.cluster.retry(attempt)

    def _coordinator(self, transactional_id: str) -> int:
        """Kafka's admin client says of an unauthorized id that it is its coordinator that it may not ask for."""
        try:
            return self.cluster.coordinator(transactional_id, TRANSACTION)
        except KafkaError as error:
            if error.code != errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
                raise
            key = f"CoordinatorKey(idValue='{transactional_id}', type=TRANSACTION)"
            text = f"FindCoordinator request for transactionalId `{key}` failed due to authorization failure"
            raise KafkaError(error.code, text) from None

    def _leader(self, partition: Partition) -> int:
        try:
            return self.cluster.leader(*partition)
        except KafkaError as error:
            raise without_metadata(partition, error) from None

    def producers(
        self, partitions: Iterable[Partition], broker: int | None = None
    ) -> dict[Partition, list[ProducerState]]:
        """The producers that partitions remember, as their leaders (or one broker) have it."""
        wanted = list(partitions)

        def attempt() -> dict[Partition, list[ProducerState]]:
            by_node: dict[int, list[Partition]] = {}
            for topic, partition in wanted:
                node = self._leader((topic, partition)) if broker is None else broker
                by_node.setdefault(node, []).append((topic, partition))
            return {key: states for node, some in by_node.items() for key, states in self._producers(node, some)}

        return self.cluster.retry(attempt, _PATIENCE)

    def _producers(self, node: int, partitions: list[Partition]) -> list[tuple[Partition, list[ProducerState]]]:
        request = messages.DescribeProducersRequest
        body = request(
            topics=[
                request.TopicRequest(name=name, partition_indexes=indexes)
                for name, indexes in by_topic(partitions).items()
            ]
        )
        found = []
        for topic in self.cluster.request(node, body).topics:
            for part in topic.partitions:
                if part.error_code:
                    raise KafkaError(part.error_code, part.error_message)
                found.append(((topic.name, part.partition_index), [_producer(item) for item in part.active_producers]))
        return found

    def abort(self, partition: Partition, producer_id: int, producer_epoch: int, coordinator_epoch: int) -> None:
        """Write an abort marker to a partition whose transaction has lost its coordinator."""
        request = messages.WriteTxnMarkersRequest
        topic, index = partition
        marker = request.WritableTxnMarker(
            producer_id=producer_id,
            producer_epoch=producer_epoch,
            coordinator_epoch=coordinator_epoch,
            transaction_result=False,
            topics=[request.WritableTxnMarkerTopic(name=topic, partition_indexes=[index])],
        )

        def attempt() -> None:
            response = self.cluster.request(self.cluster.leader(topic, index), request(markers=[marker]))
            for item in response.markers:
                for answered in item.topics:
                    for part in answered.partitions:
                        if part.error_code:
                            raise KafkaError(part.error_code)

        self.cluster.retry(attempt, _PATIENCE)

    def fence(self, transactional_id: str) -> None:
        """Take a transactional id's place: what it has open is aborted, who uses it is locked out."""
        body = messages.InitProducerIdRequest(
            transactional_id=transactional_id,
            transaction_timeout_ms=self._timeout_ms,
            producer_id=-1,
            producer_epoch=-1,
        )

        def attempt() -> None:
            response = self.cluster.request(self.cluster.coordinator(transactional_id, TRANSACTION), body)
            if response.error_code:
                raise KafkaError(response.error_code)

        self.cluster.retry(attempt)


def _producer(item: Any) -> ProducerState:
    return ProducerState(
        item.producer_id,
        item.producer_epoch,
        None if item.coordinator_epoch < 0 else item.coordinator_epoch,
        item.last_sequence,
        item.last_timestamp,
        None if item.current_txn_start_offset < 0 else item.current_txn_start_offset,
    )
