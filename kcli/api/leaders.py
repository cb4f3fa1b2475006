"""Who leads now and where to reach it: what Produce and Fetch tell a client that asked the wrong broker (KIP-951)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.security.session import Session


class CurrentLeaders:
    """Fills `current_leader` of partitions and gathers the endpoints of those leaders for one answer."""

    def __init__(self, context: BrokerContext, session: Session) -> None:
        self._image = context.keeper.image
        self._session = session
        self._leaders: set[int] = set()

    def add(self, current_leader: Any, topic: str | bytes, partition: int) -> None:
        """The topic by name, or by id as newer requests have it."""
        found = self._image.topics.get(topic) if isinstance(topic, str) else self._image.topics_by_id.get(topic)
        registration = found.partitions.get(partition) if found is not None else None
        if registration is not None:
            current_leader.leader_id = registration.leader
            current_leader.leader_epoch = registration.leader_epoch
            self._leaders.add(registration.leader)

    def endpoints(self, node_endpoint: Any) -> list[Any]:
        """The leaders as the client's own listener reaches them."""
        found = []
        for leader in sorted(self._leaders):
            broker = self._image.brokers.get(leader)
            endpoint = broker.endpoints.get(self._session.listener) if broker is not None else None
            if broker is not None and endpoint is not None:
                found.append(node_endpoint(node_id=leader, host=endpoint.host, port=endpoint.port, rack=broker.rack))
        return found
