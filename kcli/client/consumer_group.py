"""A group member's line to its coordinator: carries what a membership wants said, over a connection of its own."""

from __future__ import annotations

import selectors

from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.consumer_config import ConsumerConfig
from kcli.client.errors import BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut
from kcli.client.membership import ClassicMembership, MemberSettings, group_error
from kcli.client.membership_consumer import ConsumerMembership
from kcli.wire.errors import KafkaError

_LEAVE_TIMEOUT = 5.0


class GroupClient:
    """Connects a membership to the cluster. The connection is not shared: a JoinGroup may be answered minutes later."""

    def __init__(
        self, cluster: Cluster, config: ConsumerConfig, settings: MemberSettings, selector: selectors.BaseSelector
    ) -> None:
        self.settings = settings
        self.membership: ClassicMembership | ConsumerMembership
        if config.protocol == "consumer":
            self.membership = ConsumerMembership(settings, config.remote_assignor)
        else:
            self.membership = ClassicMembership(settings, list(config.assignors))
        self._cluster = cluster
        self._selector = selector
        self._connection: Connection | None = None

    def step(self, now: float) -> None:
        """Send what is due. Raises KafkaError where the group is closed to us."""
        if self.membership.coordinator_lost:
            self._drop()
            self._cluster.forget()
            self.membership.coordinator_lost = False
        request = self.membership.next_request(now)
        if request is None:
            return
        try:
            self._connected().send(request)
        except KafkaError as error:
            if error.retriable:
                self._lost(now)
                return
            raise group_error(error.code, self.settings, error.message) from None
        except (BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut):
            self._lost(now)

    def receive(self, now: float) -> None:
        """Hand the membership what has arrived. Raises KafkaError where the group is closed to us."""
        if self._connection is None:
            return
        try:
            received = self._connection.receive(0)
        except ConnectionClosed:
            self._lost(now)
            return
        if received is not None:
            self.membership.on_response(received[1], now)

    def silent(self, now: float) -> None:
        """The membership waited for an answer until `wake_at` in vain: the coordinator is gone."""
        if self._connection is not None and self._connection.in_flight and now >= self.membership.wake_at():
            self._lost(now)

    def leave(self) -> None:
        """Leave, without making anybody wait for it."""
        request = self.membership.leave_request()
        self._drop()
        if request is None:
            return
        try:
            node = self._cluster.coordinator(self.settings.group_id)
            self._cluster.request(node, request, timeout=_LEAVE_TIMEOUT)
        except (BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut, KafkaError):
            pass  # the session ends by itself

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._cluster.open(self._cluster.coordinator(self.settings.group_id))
            self._selector.register(self._connection, selectors.EVENT_READ, self)
        return self._connection

    def _lost(self, now: float) -> None:
        self._drop()
        self.membership.on_disconnect(now)

    def _drop(self) -> None:
        if self._connection is not None:
            self._selector.unregister(self._connection)
            self._connection.close()
            self._connection = None
