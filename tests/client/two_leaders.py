"""Two brokers of ours behind one cluster's metadata: what our broker cannot be, a cluster in which a leader is late.

The topics of both are the same to clients, who are told that broker 1 leads partition 0, and broker 2 partition 1. To
the second they come through a network that misbehaves to order.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from kcli.client.admin import Admin, NewTopic
from kcli.client.cluster import Cluster
from kcli.testing import InProcessBroker
from kcli.wire import messages
from kcli.wire.frames import RequestHeader
from tests.client.bad_network import BadNetwork
from tests.client.scripted_broker import ScriptedBroker


class TwoLeaders:
    """`bootstrap` is where clients begin; `direct` says how the test gets to a broker itself, and `coordinator` who is
    the groups'."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self.coordinator = 1

    def __enter__(self) -> TwoLeaders:
        enter = self._open.enter_context
        settings = {"num.partitions": "2", "offsets.topic.num.partitions": "1"}
        self.direct = {node: enter(InProcessBroker(settings)).bootstrap_servers for node in (1, 2)}
        for bootstrap in self.direct.values():
            with Cluster(bootstrap) as cluster:
                cluster.coordinator("any")  # its asking makes the broker a coordinator
        self.network = enter(BadNetwork(_port(self.direct[2])))
        self.ports = {1: _port(self.direct[1]), 2: self.network.port}
        guide = enter(ScriptedBroker(self._answer))
        self.bootstrap = str(guide.address)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def create(self, topic: str) -> str:
        for bootstrap in self.direct.values():
            with Cluster(bootstrap) as cluster:
                created = Admin(cluster).create_topics([NewTopic(topic, 2)])[topic]
                assert not isinstance(created, Exception), created
        return topic

    def _answer(self, header: RequestHeader, body: Any) -> Any:
        if isinstance(body, messages.FindCoordinatorRequest):
            kind = messages.FindCoordinatorResponse
            node, port = self.coordinator, self.ports[self.coordinator]
            keys = body.coordinator_keys
            return kind(
                coordinators=[kind.Coordinator(key=key, node_id=node, host="localhost", port=port) for key in keys]
            )
        if isinstance(body, messages.InitProducerIdRequest):
            return messages.InitProducerIdResponse(producer_id=4711, producer_epoch=0)
        assert isinstance(body, messages.MetadataRequest)
        response = messages.MetadataResponse
        partitions = [
            response.MetadataResponsePartition(partition_index=number, leader_id=number + 1) for number in (0, 1)
        ]
        return response(
            brokers=[
                response.MetadataResponseBroker(node_id=node, host="localhost", port=port)
                for node, port in self.ports.items()
            ],
            topics=[  # without an id, which the brokers do not agree on
                response.MetadataResponseTopic(name=topic.name, partitions=partitions) for topic in body.topics or ()
            ],
        )


def _port(bootstrap: str) -> int:
    return int(bootstrap.rpartition(":")[2])
