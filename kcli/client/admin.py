"""What an administrator asks of a cluster: topics, partitions, settings, offsets, groups.

Calls are batched: many items go in one request, and each has its own result. Where items can fail one by one, the
result is a dict of item -> value or KafkaError, and `results` raises the first error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from kcli.client.cluster import Cluster
from kcli.client.controllers import ControllerCluster
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

K = TypeVar("K")
V = TypeVar("V")

# Types of resources that have settings.
TOPIC_CONFIG, BROKER_CONFIG, BROKER_LOGGER, CLIENT_METRICS, GROUP_CONFIG = 2, 4, 8, 16, 32
# Where a setting's value comes from.
DYNAMIC_TOPIC_CONFIG, DYNAMIC_BROKER_CONFIG, DYNAMIC_DEFAULT_BROKER_CONFIG, STATIC_BROKER_CONFIG = 1, 2, 3, 4
DEFAULT_CONFIG, DYNAMIC_BROKER_LOGGER_CONFIG, DYNAMIC_CLIENT_METRICS_CONFIG, DYNAMIC_GROUP_CONFIG = 5, 6, 7, 8
# Special timestamps of `list_offsets`.
LATEST, EARLIEST, MAX_TIMESTAMP = -1, -2, -3
SET, DELETE, APPEND, SUBTRACT = 0, 1, 2, 3  # operations of `alter_configs`


class TopicListing(NamedTuple):
    """A topic's name and what comes with it for free."""

    name: str
    id: bytes
    internal: bool


class PartitionDescription(NamedTuple):
    """A partition's replicas. The eligible leader replicas (KIP-966) are None where the cluster does not say."""

    partition: int
    leader: int | None
    replicas: list[int]
    isr: list[int]
    elr: list[int] | None = None
    last_known_elr: list[int] | None = None


class TopicDescription(NamedTuple):
    """A topic with its partitions, in order."""

    name: str
    id: bytes
    internal: bool
    partitions: list[PartitionDescription]


class NewTopic(NamedTuple):
    """A topic to be created: counts (-1: the broker's default) or, instead, the replicas of each partition."""

    name: str
    partitions: int = -1
    replication_factor: int = -1
    assignments: Mapping[int, Sequence[int]] = {}
    configs: Mapping[str, str] = {}


class CreatedTopic(NamedTuple):
    """What the broker made of it; -1 where it is too old to say."""

    name: str
    id: bytes
    partitions: int
    replication_factor: int


class ConfigSynonym(NamedTuple):
    """Another place where a setting's value might come from, and the value there."""

    name: str
    value: str | None
    source: int


class ConfigEntry(NamedTuple):
    """A setting in force; `source` says where its value comes from, `synonyms` what it went before."""

    name: str
    value: str | None
    source: int
    sensitive: bool
    read_only: bool
    synonyms: tuple[ConfigSynonym, ...] = ()

    @property
    def default(self) -> bool:
        return self.source == DEFAULT_CONFIG


class Reassignment(NamedTuple):
    """A partition on its way to other brokers."""

    replicas: list[int]
    adding: list[int]
    removing: list[int]


class OffsetAndTimestamp(NamedTuple):
    """Where a partition stands; offset -1: there is no such record."""

    offset: int
    timestamp: int
    leader_epoch: int


class GroupListing(NamedTuple):
    """A group; `type` and `state` are empty where the broker is too old to say."""

    id: str
    protocol: str
    state: str
    type: str


def results(outcome: Mapping[K, V | KafkaError]) -> dict[K, V]:
    """The values, or the first error."""
    values: dict[K, V] = {}
    for key, value in outcome.items():
        if isinstance(value, KafkaError):
            raise value
        values[key] = value
    return values


class Admin:
    """Administration of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    # Topics

    def list_topics(self) -> list[TopicListing]:
        """All topics that we may see, by name."""
        found = self.cluster.metadata().topics
        return sorted(TopicListing(item.name, item.topic_id, item.is_internal) for item in found)

    def create_topics(
        self, topics: Iterable[NewTopic], *, validate_only: bool = False
    ) -> dict[str, CreatedTopic | KafkaError]:
        request = messages.CreateTopicsRequest
        response = self._ask_controller(
            request(
                topics=[_creatable(topic) for topic in topics],
                timeout_ms=self._timeout_ms,
                validate_only=validate_only,
            ),
            lambda response: response.topics,
        )
        return {
            item.name: _error(item)
            or CreatedTopic(item.name, item.topic_id, item.num_partitions, item.replication_factor)
            for item in response.topics
        }

    def delete_topics(self, names: Iterable[str]) -> dict[str, KafkaError | None]:
        names = list(names)
        request = messages.DeleteTopicsRequest
        response = self._ask_controller(
            request(
                topics=[request.DeleteTopicState(name=name) for name in names],
                topic_names=names,
                timeout_ms=self._timeout_ms,
            ),
            lambda response: response.responses,
        )
        return {item.name: _error(item) for item in response.responses}

    def create_partitions(
        self, totals: Mapping[str, tuple[int, Sequence[Sequence[int]] | None]], *, validate_only: bool = False
    ) -> dict[str, KafkaError | None]:
        """Grow topics to a total; with replicas for each new partition, or None to let the cluster place them."""
        request = messages.CreatePartitionsRequest
        assign = request.CreatePartitionsAssignment
        response = self._ask_controller(
            request(
                topics=[
                    request.CreatePartitionsTopic(
                        name=name,
                        count=count,
                        assignments=None if new is None else [assign(broker_ids=list(ids)) for ids in new],
                    )
                    for name, (count, new) in totals.items()
                ],
                timeout_ms=self._timeout_ms,
                validate_only=validate_only,
            ),
            lambda response: response.results,
        )
        return {item.name: _error(item) for item in response.results}

    def describe_topics(
        self, names: Iterable[str], *, partitions_per_response: int = 2000
    ) -> dict[str, TopicDescription | KafkaError]:
        """Topics by name: with eligible leader replicas where the cluster knows of them (4.0), else without."""
        names = sorted(names)
        if self._supports(messages.DescribeTopicPartitionsRequest):
            return self._describe_topic_partitions(names, partitions_per_response)
        response = self.cluster.metadata(names)
        return {item.name: _error(item) or _described(item, self.cluster.nodes) for item in response.topics}

    def describe_topics_by_id(self, ids: Iterable[bytes]) -> dict[bytes, TopicDescription | KafkaError]:
        """Topics by id; Kafka has no way to ask for eligible leader replicas by id."""
        request = messages.MetadataRequest
        response = self.cluster.ask(
            request(
                topics=[request.MetadataRequestTopic(topic_id=topic_id, name=None) for topic_id in ids],
                allow_auto_topic_creation=False,
            )
        )
        nodes = {item.node_id for item in response.brokers}
        return {item.topic_id: _error(item) or _described(item, nodes) for item in response.topics}

    def _describe_topic_partitions(self, names: list[str], limit: int) -> dict[str, TopicDescription | KafkaError]:
        request = messages.DescribeTopicPartitionsRequest
        found: dict[str, TopicDescription | KafkaError] = {}
        cursor = None
        if not self.cluster.nodes:
            self.cluster.refresh()
        while True:
            rest = names if cursor is None else [name for name in names if name >= cursor.topic_name]
            response = self.cluster.ask(
                request(
                    topics=[request.TopicRequest(name=name) for name in rest],
                    response_partition_limit=limit,
                    cursor=cursor,
                )
            )
            for item in response.topics:
                made = _error(item) or _described(item, self.cluster.nodes)
                earlier = found.get(item.name)
                if isinstance(earlier, TopicDescription) and isinstance(made, TopicDescription):
                    earlier.partitions.extend(made.partitions)
                else:
                    found[item.name] = made
            following = response.next_cursor
            if following is None:
                return found
            cursor = request.Cursor(topic_name=following.topic_name, partition_index=following.partition_index)

    def reassignments(self) -> dict[tuple[str, int], Reassignment]:
        """All partitions that are being moved."""
        response = self._ask_controller(
            messages.ListPartitionReassignmentsRequest(topics=None, timeout_ms=self._timeout_ms),
            lambda response: [response],
        )
        if response.error_code:
            raise KafkaError(response.error_code, response.error_message)
        return {
            (topic.name, item.partition_index): Reassignment(
                item.replicas, item.adding_replicas, item.removing_replicas
            )
            for topic in response.topics
            for item in topic.partitions
        }

    # Settings

    def describe_configs(
        self, kind: int, names: Iterable[str], *, synonyms: bool = False
    ) -> dict[str, list[ConfigEntry] | KafkaError]:
        """The settings of topics, brokers, groups ...; each broker knows its own only."""
        request = messages.DescribeConfigsRequest
        found: dict[str, list[ConfigEntry] | KafkaError] = {}
        for node, some in self._by_broker(kind, names):
            resources = [
                request.DescribeConfigsResource(resource_type=kind, resource_name=name, configuration_keys=None)
                for name in some
            ]
            body = request(resources=resources, include_synonyms=synonyms)
            response = self._ask_broker_or_controller(node, body, lambda response: response.results)
            for item in response.results:
                found[item.resource_name] = _error(item) or [
                    ConfigEntry(
                        entry.name,
                        entry.value,
                        entry.config_source,
                        entry.is_sensitive,
                        entry.read_only,
                        tuple(ConfigSynonym(other.name, other.value, other.source) for other in entry.synonyms),
                    )
                    for entry in item.configs
                ]
        return found

    def alter_configs(
        self, kind: int, changes: Mapping[str, Iterable[tuple[str, int, str | None]]], *, validate_only: bool = False
    ) -> dict[str, KafkaError | None]:
        """Change single settings of topics, brokers, groups ...: (setting, SET / DELETE / APPEND / SUBTRACT, value)."""
        request = messages.IncrementalAlterConfigsRequest
        found: dict[str, KafkaError | None] = {}
        for node, some in self._by_broker(kind, changes):
            resources = [
                request.AlterConfigsResource(
                    resource_type=kind,
                    resource_name=name,
                    configs=[
                        request.AlterableConfig(name=setting, config_operation=operation, value=value)
                        for setting, operation, value in changes[name]
                    ],
                )
                for name in some
            ]
            body = request(resources=resources, validate_only=validate_only)
            response = self._ask_broker_or_controller(node, body, lambda response: response.responses)
            found.update((item.resource_name, _error(item)) for item in response.responses)
        return found

    def _by_broker(self, kind: int, names: Iterable[str]) -> list[tuple[int | None, list[str]]]:
        names = list(names)
        if kind not in (BROKER_CONFIG, BROKER_LOGGER):
            return [(None, names)] if names else []
        # The empty name is the default of all brokers, which any of them knows.
        return [(int(name) if name else None, [name]) for name in names]

    # Offsets and groups

    def list_offsets(
        self, timestamps: Mapping[tuple[str, int], int], *, committed_only: bool = False
    ) -> dict[tuple[str, int], OffsetAndTimestamp | KafkaError]:
        """For each partition the first offset at or after a timestamp; LATEST, EARLIEST, MAX_TIMESTAMP are special."""
        found: dict[tuple[str, int], OffsetAndTimestamp | KafkaError] = {}

        def attempt() -> None:
            by_leader: dict[int, list[tuple[str, int]]] = {}
            for topic, partition in timestamps:
                if not isinstance(found.get((topic, partition)), OffsetAndTimestamp):
                    by_leader.setdefault(self.cluster.leader(topic, partition), []).append((topic, partition))
            again: KafkaError | None = None
            for node, some in by_leader.items():
                for key, outcome in self._list_offsets(node, some, timestamps, committed_only):
                    found[key] = outcome
                    if isinstance(outcome, KafkaError) and outcome.retriable:
                        again = outcome
            if again is not None:
                raise again

        self.cluster.retry(attempt)
        return found

    def _list_offsets(
        self, node: int, some: list[tuple[str, int]], timestamps: Mapping[tuple[str, int], int], committed_only: bool
    ) -> Iterable[tuple[tuple[str, int], OffsetAndTimestamp | KafkaError]]:
        request = messages.ListOffsetsRequest
        topics: dict[str, list[Any]] = {}
        for topic, partition in some:
            item = request.ListOffsetsPartition(partition_index=partition, timestamp=timestamps[topic, partition])
            topics.setdefault(topic, []).append(item)
        response = self.cluster.request(
            node,
            request(
                replica_id=-1,
                isolation_level=1 if committed_only else 0,
                topics=[request.ListOffsetsTopic(name=name, partitions=items) for name, items in topics.items()],
                timeout_ms=self._timeout_ms,
            ),
        )
        for answer in response.topics:
            for item in answer.partitions:
                yield (
                    (answer.name, item.partition_index),
                    _error(item) or OffsetAndTimestamp(item.offset, item.timestamp, item.leader_epoch),
                )

    def list_groups(self) -> list[GroupListing]:
        """The groups of all brokers, by id."""
        self.cluster.refresh()
        found: list[GroupListing] = []
        for node in list(self.cluster.nodes):
            response = self._ask(node, messages.ListGroupsRequest(), lambda response: [response])
            if response.error_code:
                raise KafkaError(response.error_code)
            found += [
                GroupListing(item.group_id, item.protocol_type, item.group_state, item.group_type)
                for item in response.groups
            ]
        return sorted(found)

    # How requests travel

    @property
    def _timeout_ms(self) -> int:
        return round(self.cluster.request_timeout * 1000)

    def _supports(self, request: type[messages.Message]) -> bool:
        return self.cluster.retry(lambda: self.cluster.connection(self.cluster.any_node()).supports(request))

    def _ask(
        self, node: int | None, body: messages.Message, items: Callable[[Any], Iterable[Any]] | None = None
    ) -> Any:
        """Ask a broker (None: any); errors of `items` that time may heal are raised, and so tried again."""

        def attempt() -> Any:
            response = self.cluster.request(self.cluster.any_node() if node is None else node, body)
            _raise_transient(items(response) if items is not None else ())
            return response

        return self.cluster.retry(attempt)

    def _ask_broker_or_controller(
        self, node: int | None, body: messages.Message, items: Callable[[Any], Iterable[Any]]
    ) -> Any:
        """Ask a broker (None: any of them or, where we speak with controllers, the active one)."""
        if node is None and isinstance(self.cluster, ControllerCluster):
            return self._ask_controller(body, items)
        return self._ask(node, body, items)

    def _ask_controller(self, body: messages.Message, items: Callable[[Any], Iterable[Any]]) -> Any:
        """Ask the controller; one that no longer is the controller says so in the items, and the new one is asked."""

        def attempt() -> Any:
            response = self.cluster.request(self.cluster.controller(), body)
            _raise_transient(items(response))
            return response

        return self.cluster.retry(attempt)


_TRANSIENT = (errors.NOT_CONTROLLER, errors.COORDINATOR_LOAD_IN_PROGRESS, errors.COORDINATOR_NOT_AVAILABLE)


def _raise_transient(items: Iterable[Any]) -> None:
    for item in items:
        if item.error_code in _TRANSIENT:
            raise KafkaError(item.error_code)


def _error(item: Any) -> KafkaError | None:
    """An item's error with the broker's own message, if it sent one."""
    return KafkaError(item.error_code, getattr(item, "error_message", None)) if item.error_code else None


def _creatable(topic: NewTopic) -> Any:
    request = messages.CreateTopicsRequest
    return request.CreatableTopic(
        name=topic.name,
        num_partitions=-1 if topic.assignments else topic.partitions,
        replication_factor=-1 if topic.assignments else topic.replication_factor,
        assignments=[
            request.CreatableReplicaAssignment(partition_index=partition, broker_ids=list(brokers))
            for partition, brokers in topic.assignments.items()
        ],
        configs=[request.CreatableTopicConfig(name=name, value=value) for name, value in topic.configs.items()],
    )


def _described(item: Any, nodes: Iterable[int]) -> TopicDescription:
    """From Metadata's answer or DescribeTopicPartitions'; a leader that is not alive is none."""
    alive = set(nodes)
    partitions = [
        PartitionDescription(
            partition.partition_index,
            partition.leader_id if partition.leader_id in alive else None,
            partition.replica_nodes,
            partition.isr_nodes,
            getattr(partition, "eligible_leader_replicas", None),
            getattr(partition, "last_known_elr", None),
        )
        for partition in item.partitions
    ]
    partitions.sort(key=lambda description: description.partition)
    return TopicDescription(item.name, item.topic_id, item.is_internal, partitions)


def topic_id_text(topic_id: bytes) -> str | None:
    """The id as Kafka writes it; None where a broker is too old to have ids."""
    return None if topic_id == uuid.ZERO else uuid.to_text(topic_id)
