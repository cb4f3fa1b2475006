"""The controllers of a KRaft cluster, spoken to directly (KIP-919)."""

from __future__ import annotations

from typing import Any

from kcli.client.address import Address
from kcli.client.cluster import Cluster, Node
from kcli.wire import messages
from kcli.wire.errors import KafkaError

CONTROLLERS = 2  # the kind of endpoint that DescribeCluster is asked for


class ControllerCluster(Cluster):
    """Like a cluster, but its nodes are controllers. They know no topics' leaders, groups or transactions."""

    def refresh(self) -> None:
        """Learn the controllers, and which of them is active."""
        request = messages.DescribeClusterRequest(endpoint_type=CONTROLLERS)
        response: Any = self.retry(lambda: self._described(self.request(self.any_node(), request)))
        self.nodes = {
            item.broker_id: Node(item.broker_id, Address(item.host, item.port), item.rack) for item in response.brokers
        }
        self.cluster_id = response.cluster_id
        self._controller = response.controller_id
        self._adopt_bootstrap()

    def _described(self, response: Any) -> Any:
        if response.error_code:
            raise KafkaError(response.error_code, response.error_message)
        return response
