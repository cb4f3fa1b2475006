"""What an administrator asks of the cluster itself: its id, its nodes, its features, its metadata quorum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kcli.client.address import Address
from kcli.client.admin import Admin
from kcli.client.controllers import CONTROLLERS, ControllerCluster
from kcli.client.versions import require_version
from kcli.wire import messages
from kcli.wire.errors import KafkaError

BROKERS = 1
UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE = 1, 2, 3  # what UpdateFeatures may do to a feature's level
METADATA_TOPIC = "__cluster_metadata"


class Endpoint(NamedTuple):
    """A broker or a controller; `fenced` is None where the cluster does not say."""

    id: int
    host: str
    port: int
    rack: str | None
    fenced: bool | None


class ClusterDescription(NamedTuple):
    """A cluster's id (None where it is too old to have one), active controller and nodes."""

    id: str | None
    controller: int
    endpoints: list[Endpoint]


class Feature(NamedTuple):
    """Which levels of a feature a node supports, and which one the cluster has settled on (0: none)."""

    name: str
    lowest: int
    highest: int
    level: int


class Features(NamedTuple):
    """All features by name; `epoch` is None where the node does not know any settled ones."""

    features: list[Feature]
    epoch: int | None


class QuorumReplica(NamedTuple):
    """A replica of the metadata log; timestamps are None where the leader does not know."""

    id: int
    directory_id: bytes
    end_offset: int
    last_fetch: int | None
    last_caught_up: int | None


class Quorum(NamedTuple):
    """The metadata quorum; `listeners` are those of its nodes: (name, address)."""

    leader: int
    epoch: int
    high_watermark: int
    voters: list[QuorumReplica]
    observers: list[QuorumReplica]
    listeners: dict[int, list[tuple[str, Address]]]


class ClusterAdmin(Admin):
    """Calls on the cluster as a whole, through its brokers or, with a ControllerCluster, its controllers."""

    def describe(self, *, include_fenced: bool = False) -> ClusterDescription:
        """The nodes that are there; fenced brokers only if asked for, and if the cluster is new enough (4.0)."""
        if include_fenced:
            request = messages.DescribeClusterRequest
            why = "Including fenced broker endpoints is not supported by brokers before 4.0"
            self.cluster.retry(lambda: require_version(self.cluster, self.cluster.any_node(), request, 2, why))
        response = self._ask(
            None,
            messages.DescribeClusterRequest(
                endpoint_type=self._kind,
                include_fenced_brokers=include_fenced,
                include_cluster_authorized_operations=False,
            ),
            lambda response: [response],
        )
        _check(response)
        endpoints = [
            Endpoint(item.broker_id, item.host, item.port, item.rack, item.is_fenced) for item in response.brokers
        ]
        return ClusterDescription(response.cluster_id or None, response.controller_id, sorted(endpoints))

    def unregister_broker(self, broker: int) -> None:
        """Forget a broker that will not come back."""
        self._through_controller(messages.UnregisterBrokerRequest(broker_id=broker))

    # Features

    def features(self, node: int | None = None) -> Features:
        """The features that a node supports (None: any node)."""
        response = self._ask(
            node,
            messages.ApiVersionsRequest(client_software_name="kcli", client_software_version="0"),
            lambda response: [response],
        )
        _check(response)
        levels = {item.name: item.max_version_level for item in response.finalized_features}
        features = [
            Feature(item.name, item.min_version, item.max_version, levels.get(item.name, 0))
            for item in response.supported_features
        ]
        epoch = response.finalized_features_epoch
        return Features(sorted(features), None if epoch < 0 else epoch)

    def update_features(
        self, levels: Mapping[str, int], kind: int, *, validate_only: bool = False
    ) -> dict[str, KafkaError | None]:
        """Settle on other levels. New clusters take or refuse them all together."""
        request = messages.UpdateFeaturesRequest
        body = request(
            timeout_ms=self._timeout_ms,
            feature_updates=[
                request.FeatureUpdateKey(
                    feature=name, max_version_level=level, upgrade_type=kind, allow_downgrade=kind != UPGRADE
                )
                for name, level in levels.items()
            ],
            validate_only=validate_only,
        )
        response = self._ask_controller(body, lambda response: [response])
        if response.error_code:
            return dict.fromkeys(levels, KafkaError(response.error_code, response.error_message))
        outcome: dict[str, KafkaError | None] = dict.fromkeys(levels)
        for item in response.results:
            if item.error_code:
                outcome[item.feature] = KafkaError(item.error_code, item.error_message)
        return outcome

    # The quorum

    def quorum(self) -> Quorum:
        """The metadata quorum as its leader sees it."""
        request = messages.DescribeQuorumRequest
        partition = request.PartitionData(partition_index=0)
        body = request(topics=[request.TopicData(topic_name=METADATA_TOPIC, partitions=[partition])])
        response = self._ask_controller(body, _quorum_parts)
        _check(response)
        (found,) = response.topics[0].partitions
        _check(found)
        return Quorum(
            found.leader_id,
            found.leader_epoch,
            found.high_watermark,
            _replicas(found.current_voters),
            _replicas(found.observers),
            {
                node.node_id: [(item.name, Address(item.host, item.port)) for item in node.listeners]
                for node in response.nodes
            },
        )

    def add_voter(self, voter: int, directory_id: bytes, listeners: Iterable[tuple[str, Address]]) -> None:
        """Have a controller join the quorum (KIP-853)."""
        request = messages.AddRaftVoterRequest
        self._through_controller(
            request(
                cluster_id=None,
                timeout_ms=self._timeout_ms,
                voter_id=voter,
                voter_directory_id=directory_id,
                listeners=[request.Listener(name=name, host=host, port=port) for name, (host, port) in listeners],
            )
        )

    def remove_voter(self, voter: int, directory_id: bytes) -> None:
        """Have a controller leave the quorum (KIP-853)."""
        self._through_controller(
            messages.RemoveRaftVoterRequest(cluster_id=None, voter_id=voter, voter_directory_id=directory_id)
        )

    @property
    def _kind(self) -> int:
        return CONTROLLERS if isinstance(self.cluster, ControllerCluster) else BROKERS

    def _through_controller(self, body: messages.Message) -> None:
        _check(self._ask_controller(body, lambda response: [response]))


def _check(answer: Any) -> None:
    if answer.error_code:
        raise KafkaError(answer.error_code, getattr(answer, "error_message", None))


def _quorum_parts(response: Any) -> list[Any]:
    return [response, *(partition for topic in response.topics for partition in topic.partitions)]


def _replicas(items: Iterable[Any]) -> list[QuorumReplica]:
    return [
        QuorumReplica(
            item.replica_id,
            item.replica_directory_id,
            item.log_end_offset,
            None if item.last_fetch_timestamp < 0 else item.last_fetch_timestamp,
            None if item.last_caught_up_timestamp < 0 else item.last_caught_up_timestamp,
        )
        for item in items
    ]
