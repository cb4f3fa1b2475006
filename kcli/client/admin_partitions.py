"""What an administrator asks of partitions: where replicas lie, who leads, and that they move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kcli.client.admin import Admin
from kcli.client.versions import require_version
from kcli.wire import messages
from kcli.wire.errors import KafkaError

PREFERRED, UNCLEAN = 0, 1  # kinds of elections

Partition = tuple[str, int]


class ReplicaDescription(NamedTuple):
    """A replica in a log dir; a future one is on its way there from another log dir."""

    size: int
    offset_lag: int
    future: bool


class LogDir(NamedTuple):
    """A broker's log dir; `error` if it is out of order."""

    path: str
    error: KafkaError | None
    replicas: dict[Partition, ReplicaDescription]


class PartitionAdmin(Admin):
    """Calls on partitions and their replicas."""

    def log_dirs(self, broker: int) -> list[LogDir]:
        """The log dirs of a broker with all that is in them."""
        response = self._ask(broker, messages.DescribeLogDirsRequest(topics=None), lambda response: [response])
        if response.error_code:
            raise KafkaError(response.error_code)
        return [
            LogDir(
                item.log_dir,
                KafkaError(item.error_code) if item.error_code else None,
                {
                    (topic.name, part.partition_index): ReplicaDescription(
                        part.partition_size, part.offset_lag, part.is_future_key
                    )
                    for topic in item.topics
                    for part in topic.partitions
                },
            )
            for item in response.results
        ]

    def alter_log_dirs(self, broker: int, paths: Mapping[Partition, str]) -> dict[Partition, KafkaError | None]:
        """Have a broker move replicas to other log dirs of its own."""
        request = messages.AlterReplicaLogDirsRequest
        by_path: dict[str, dict[str, list[int]]] = {}
        for (topic, partition), path in paths.items():
            by_path.setdefault(path, {}).setdefault(topic, []).append(partition)
        body = request(
            dirs=[
                request.AlterReplicaLogDir(
                    path=path,
                    topics=[
                        request.AlterReplicaLogDirTopic(name=name, partitions=partitions)
                        for name, partitions in topics.items()
                    ],
                )
                for path, topics in by_path.items()
            ]
        )
        response = self._ask(broker, body)
        return {
            (topic.topic_name, part.partition_index): KafkaError(part.error_code) if part.error_code else None
            for topic in response.results
            for part in topic.partitions
        }

    def elect_leaders(self, kind: int, partitions: Iterable[Partition] | None) -> dict[Partition, KafkaError | None]:
        """Elect leaders; None: for all partitions that need it."""
        request = messages.ElectLeadersRequest
        topics = (
            None
            if partitions is None
            else [
                request.TopicPartitions(topic=name, partitions=indexes)
                for name, indexes in by_topic(partitions).items()
            ]
        )
        body = request(election_type=kind, topic_partitions=topics, timeout_ms=self._timeout_ms)
        response = self._ask_controller(body, lambda response: [response])
        if response.error_code:
            raise KafkaError(response.error_code)
        return {
            (topic.topic, part.partition_id): _error(part)
            for topic in response.replica_election_results
            for part in topic.partition_result
        }

    def alter_reassignments(
        self, replicas: Mapping[Partition, list[int] | None], *, allow_replication_factor_change: bool = True
    ) -> dict[Partition, KafkaError | None]:
        """Have partitions move to other brokers; None: stop moving."""
        request = messages.AlterPartitionReassignmentsRequest
        if not allow_replication_factor_change:
            why = "The cluster is too old to refuse changes of the replication factor"
            self.cluster.retry(lambda: require_version(self.cluster, self.cluster.controller(), request, 1, why))
        body = request(
            timeout_ms=self._timeout_ms,
            allow_replication_factor_change=allow_replication_factor_change,
            topics=[
                request.ReassignableTopic(
                    name=name,
                    partitions=[
                        request.ReassignablePartition(partition_index=index, replicas=replicas[name, index])
                        for index in indexes
                    ],
                )
                for name, indexes in by_topic(replicas).items()
            ],
        )
        response = self._ask_controller(body, lambda response: [response])
        if response.error_code:
            raise KafkaError(response.error_code, response.error_message)
        return {
            (topic.name, part.partition_index): _error(part)
            for topic in response.responses
            for part in topic.partitions
        }


def by_topic(partitions: Iterable[Partition]) -> dict[str, list[int]]:
    """Partitions grouped by their topic."""
    topics: dict[str, list[int]] = {}
    for name, index in partitions:
        topics.setdefault(name, []).append(index)
    return topics


def _error(item: Any) -> KafkaError | None:
    return KafkaError(item.error_code, item.error_message) if item.error_code else None
