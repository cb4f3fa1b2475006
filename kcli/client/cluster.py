"""A whole cluster: where to begin, who leads what, and patience while that changes.

    with Cluster("localhost:9092") as cluster:
        response = cluster.request(cluster.leader("t", 0), body)

Connections are opened when first needed and kept. Everything blocks, and nothing runs in the background, but for what
`opening` gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kcli.client.address import Address, parse_addresses
from kcli.client.connection import REQUEST_TIMEOUT_MS, SETUP_TIMEOUT_MS, Connection
from kcli.client.errors import (
    BrokerUnreachable,
    ClientError,
    ClusterUnreachable,
    ConnectionClosed,
    HungUp,
    NotKafka,
    RequestTimedOut,
    TlsFailed,
    TurnedAway,
)
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.client.opening import Opening

T = TypeVar("T")

API_TIMEOUT_MS = 60_000
GROUP, TRANSACTION = 0, 1  # kinds of coordinator
_TURNED_AWAY_LIMIT = 3  # a broker that is shutting down hangs up once or twice
_TURNED_AWAY_LATER = 10  # and when brokers have answered already, it is more likely the network than the wrong listener
_SILENT = "it accepts connections but does not answer within {} ms (is it a Kafka broker?)"
_HEAD_START = 1.0  # seconds after which another broker is tried, too
_PROMPTLY = 3.0  # seconds in which an answer comes that any broker can give at once
_OTHERS = 2  # so many that do not give it are passed over, if there are others
_UNREACHABLE_GRACE = 1.0  # seconds in which a broker that is just restarting may come back, once we know the cluster


class Node(NamedTuple):
    """A broker of the cluster; ids below zero are bootstrap addresses, whose broker ids we do not know."""

    id: int
    address: Address
    rack: str | None = None


class Partition(NamedTuple):
    """What clients have to know of a partition; leader -1: none."""

    partition: int
    leader: int
    leader_epoch: int
    replicas: list[int]
    isr: list[int]
    offline: list[int]


class Topic(NamedTuple):
    """A topic as the cluster's metadata has it, partitions in order."""

    name: str
    id: bytes
    internal: bool
    partitions: list[Partition]


class Cluster:
    """The brokers behind some bootstrap addresses. `config` holds Kafka's client settings, as text."""

    def __init__(self, bootstrap_servers: str | Iterable[str], config: Mapping[str, str] | None = None) -> None:
        self.config = dict(config or {})
        addresses = parse_addresses(bootstrap_servers)
        self._bootstrap = [Node(-1 - position, address) for position, address in enumerate(addresses)]
        self.nodes: dict[int, Node] = {}
        self.cluster_id: str | None = None
        self.request_timeout = self._milliseconds("request.timeout.ms", REQUEST_TIMEOUT_MS)
        self.api_timeout = self._milliseconds("default.api.timeout.ms", API_TIMEOUT_MS)
        self._backoff = self._milliseconds("retry.backoff.ms", 100)
        self._backoff_limit = self._milliseconds("retry.backoff.max.ms", 1000)
        self._controller = -1
        self._connections: dict[int, Connection] = {}
        self._topics: dict[str, Topic] = {}
        self._coordinators: dict[tuple[int, str], int] = {}
        self._silent: set[int] = set()
        self.waiting_since: float | None = None  # on the monotonic clock, while an answer or a connection is waited for

    def _milliseconds(self, name: str, default: int) -> float:
        return int(self.config.get(name, default)) / 1000

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    # Who is there

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        if self.waiting_since is not None:
            yield
            return
        self.waiting_since = time.monotonic()
        try:
            yield
        finally:
            self.waiting_since = None

    def any_node(self) -> int:
        """A broker that answers: one that we are connected to, else the first that can be reached."""
        for node in self._connections:
            return node
        with self._waiting():
            return self._reach_any()

    def _reach_any(self) -> int:
        failures: list[BrokerUnreachable] = []
        stranger: ClientError | None = None
        silent: RequestTimedOut | None = None
        with closing(self._try(self._candidates())) as outcomes:
            for node, outcome in outcomes:
                if isinstance(outcome, Connection):
                    return self._keep(node, outcome)
                if isinstance(outcome, BrokerUnreachable):
                    failures.append(outcome)
                elif isinstance(outcome, RequestTimedOut):
                    self.distrust(node)
                    silent = outcome
                    patience = self.config.get("socket.connection.setup.timeout.ms", SETUP_TIMEOUT_MS)
                    failures.append(BrokerUnreachable(self.address(node), _SILENT.format(patience)))
                elif isinstance(outcome, (HungUp, NotKafka, TlsFailed)):
                    stranger = stranger or outcome
                else:
                    raise outcome
        if stranger is not None:  # it says more than that others do not answer
            raise stranger
        if silent is not None and self.nodes:  # one of ours, which may only be busy: the caller knows how long to wait
            raise silent
        raise ClusterUnreachable(failures)

    def _candidates(self) -> list[int]:
        """One node for each address that we know, those that did not answer last."""
        by_address: dict[Address, int] = {}
        for node in [*self.nodes.values(), *self._bootstrap]:
            by_address.setdefault(node.address, node.id)
        return sorted(by_address.values(), key=self._silent.__contains__)

    def _try(self, nodes: list[int]) -> Generator[tuple[int, Connection | Exception], None, None]:
        """Connect to one after another; who takes long does not hold up the next."""
        if len(nodes) > 1:
            from kcli.client.opening import race

            yield from race(nodes, self.opening, _HEAD_START)
            return
        for node in nodes:
            try:
                outcome: Connection | Exception = self.open(node)
            except Exception as error:
                outcome = error
            yield node, outcome

    def connection(self, node: int) -> Connection:
        """The open connection to a broker, opened if need be."""
        connection = self._connections.get(node)
        if connection is None:
            connection = self.open(node)
            self._keep(node, connection)
        return connection

    def _keep(self, node: int, connection: Connection) -> int:
        self._connections[node] = connection
        self._silent.discard(node)
        return node

    def open(self, node: int) -> Connection:
        """A new connection to a broker, for the caller alone (bulk work); the caller closes it."""
        return Connection.open(self.address(node), self.config)

    def opening(self, node: int) -> Opening:
        """The same, without waiting for it."""
        from kcli.client.opening import Opening

        address, config = self.address(node), self.config
        return Opening(node, lambda: Connection.open(address, config))

    def address(self, node: int) -> Address:
        """Where a broker is."""
        found = self.nodes.get(node) if node >= 0 else self._bootstrap[-1 - node]
        if found is None:
            self.refresh()
            found = self.nodes.get(node)
            if found is None:
                raise KafkaError(errors.BROKER_NOT_AVAILABLE, f"Broker {node} is not available")
        return found.address

    def disconnect(self, node: int) -> None:
        connection = self._connections.pop(node, None)
        if connection is not None:
            connection.close()

    def distrust(self, node: int) -> None:
        """A broker does not answer: hang up, and ask the others before it until it can be reached again."""
        self.disconnect(node)
        self._silent.add(node)

    # Requests

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Within it no answer, and no connection, is waited for longer: for taking leave of who may be gone."""
        before = self.request_timeout, self.api_timeout, self.config
        self.request_timeout = min(seconds, self.request_timeout)
        self.api_timeout = min(seconds, self.api_timeout)
        self.config = {**self.config, "socket.connection.setup.timeout.ms": str(round(seconds * 1000))}
        try:
            yield
        finally:
            self.request_timeout, self.api_timeout, self.config = before

    def request(
        self, node: int, body: messages.Message, *, timeout: float | None = None, version: int | None = None
    ) -> Any:
        """One request to one broker; a connection that turns out to be dead (idle too long) is opened anew once."""
        reused = node in self._connections
        with self._waiting():
            try:
                return self._request(node, body, timeout, version)
            except ConnectionClosed as error:
                if not reused or isinstance(error, TurnedAway):
                    raise
                return self._request(node, body, timeout, version)

    def _request(self, node: int, body: messages.Message, timeout: float | None, version: int | None) -> Any:
        try:
            return self.connection(node).request(body, self.request_timeout if timeout is None else timeout, version)
        except (ConnectionClosed, KeyboardInterrupt):  # what comes after an interrupt would answer another request
            self.disconnect(node)
            raise
        except RequestTimedOut:
            self.distrust(node)
            raise

    def retry(self, attempt: Callable[[], T], timeout: float | None = None) -> T:
        """Call until it does not raise a retriable error, for at most `timeout` (default.api.timeout.ms) seconds.

        Between calls what we know of the cluster is forgotten. That nobody answers at all is not waited out, nor that
        we are turned away; but where the cluster has answered before, whoever hangs up may be a proxy of its.
        """
        with self._waiting():
            return self._retry(attempt, timeout)

    def _retry(self, attempt: Callable[[], T], timeout: float | None) -> T:
        begin = time.monotonic()
        deadline = begin + (self.api_timeout if timeout is None else timeout)
        pause = self._backoff
        turned_away = 0
        while True:
            try:
                return attempt()
            except ClusterUnreachable:
                if not self.nodes or time.monotonic() - begin > _UNREACHABLE_GRACE:
                    raise
            except KafkaError as error:
                if not error.retriable or time.monotonic() + pause > deadline:
                    raise
            except TurnedAway as error:
                turned_away += 1
                limit = _TURNED_AWAY_LATER if self.nodes else _TURNED_AWAY_LIMIT
                hopeless = not (isinstance(error, HungUp) and self.nodes)
                if (hopeless and turned_away >= limit) or time.monotonic() + pause > deadline:
                    raise
            except (BrokerUnreachable, ConnectionClosed, RequestTimedOut):
                if time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, self._backoff_limit)
            self.forget()

    def ask(self, body: messages.Message, *, timeout: float | None = None) -> Any:
        """One request to whichever broker answers, with patience for connections that break."""
        return self.retry(lambda: self.request(self.any_node(), body), timeout)

    def ask_any(self, body: messages.Message | Callable[[Connection], messages.Message]) -> Any:
        """The same without patience, for what any broker answers at once: one that does not is left for another."""
        for _ in range(min(_OTHERS, len(self.nodes) - 1)):
            node = self.any_node()
            try:
                return self._request_any(node, body, min(_PROMPTLY, self.request_timeout))
            except RequestTimedOut:
                pass  # it is not trusted from now on
        return self._request_any(self.any_node(), body, None)

    def _request_any(
        self, node: int, body: messages.Message | Callable[[Connection], messages.Message], timeout: float | None
    ) -> Any:
        return self.request(node, body(self.connection(node)) if callable(body) else body, timeout=timeout)

    # Metadata

    def forget(self) -> None:
        """Drop what may have changed: leaders, coordinators, the controller."""
        self._topics.clear()
        self._coordinators.clear()
        self._controller = -1

    def metadata(self, topics: Iterable[str] | None = None, *, auto_create: bool = False) -> Any:
        """A fresh MetadataResponse for the topics named (None: all), with each topic's own error code."""
        request = messages.MetadataRequest(
            topics=None
            if topics is None
            else [messages.MetadataRequest.MetadataRequestTopic(name=name) for name in topics],
            allow_auto_topic_creation=auto_create,
        )
        response = self.retry(lambda: self.ask_any(request))
        self._learn(response)
        return response

    def refresh(self) -> None:
        """Learn the brokers and the controller anew."""
        self.metadata(())

    def topic(self, name: str, *, auto_create: bool = False) -> Topic:
        """The topic's partitions and leaders, cached; raises KafkaError if there is no such topic."""
        found = self._topics.get(name)
        if found is None:
            for answer in self.metadata([name], auto_create=auto_create).topics:
                if answer.error_code and answer.error_code != errors.LEADER_NOT_AVAILABLE:
                    raise KafkaError(answer.error_code)
            found = self._topics.get(name)
            if found is None:
                raise KafkaError(errors.LEADER_NOT_AVAILABLE)
        return found

    def leader(self, topic: str, partition: int) -> int:
        """The broker that leads a partition; raises a retriable KafkaError while there is none."""
        partitions = self.topic(topic).partitions
        if not 0 <= partition < len(partitions):
            self._topics.pop(topic, None)
            raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION)
        leader = partitions[partition].leader
        if leader < 0:
            self._topics.pop(topic, None)
            raise KafkaError(errors.LEADER_NOT_AVAILABLE)
        return leader

    def controller(self) -> int:
        """The controller, or in KRaft a broker that passes on to it."""
        if self._controller not in self.nodes:
            self.refresh()
            if self._controller not in self.nodes:
                raise KafkaError(errors.NOT_CONTROLLER)
        return self._controller

    def coordinator(self, key: str, kind: int = GROUP, *, timeout: float | None = None) -> int:
        """The broker that coordinates a group (or a transactional id); `timeout` as of `retry`."""
        found = self._coordinators.get((kind, key))
        if found is None:
            found = self._coordinators[kind, key] = self.retry(lambda: self._find_coordinator(key, kind), timeout)
        return found

    def forget_coordinator(self, key: str, kind: int = GROUP) -> None:
        """Look for it anew when it is needed next."""
        self._coordinators.pop((kind, key), None)

    def _find_coordinator(self, key: str, kind: int) -> int:
        def body(connection: Connection) -> messages.Message:
            batched = connection.version_for(messages.FindCoordinatorRequest) >= 4
            return messages.FindCoordinatorRequest(
                key_type=kind, **({"coordinator_keys": [key]} if batched else {"key": key})
            )

        response = self.ask_any(body)
        answer = response.coordinators[0] if response.coordinators else response
        if answer.error_code:
            raise KafkaError(answer.error_code, answer.error_message or _unauthorized(answer.error_code, key))
        self.nodes[answer.node_id] = Node(answer.node_id, Address(answer.host, answer.port))
        return int(answer.node_id)

    def _learn(self, response: Any) -> None:
        nodes = {
            item.node_id: Node(item.node_id, Address(item.host, item.port), item.rack) for item in response.brokers
        }
        for node in [node for node in self._connections if node >= 0 and nodes.get(node) != self.nodes.get(node)]:
            self.disconnect(node)  # the broker is gone, or lives at another address now
        self.nodes = nodes
        self.cluster_id = response.cluster_id
        self._controller = response.controller_id
        self._adopt_bootstrap()
        for answer in response.topics:
            if answer.name and answer.error_code in (errors.NONE, errors.LEADER_NOT_AVAILABLE):
                self._topics[answer.name] = _topic(answer)
            elif answer.name:
                self._topics.pop(answer.name, None)

    def _adopt_bootstrap(self) -> None:
        """A bootstrap connection to an address that a broker advertises is that broker's: no need for a second one."""
        by_address = {node.address: node.id for node in self.nodes.values()}
        for bootstrap in self._bootstrap:
            node = by_address.get(bootstrap.address)
            if node is not None and bootstrap.id in self._connections and node not in self._connections:
                self._connections[node] = self._connections.pop(bootstrap.id)


def _unauthorized(code: int, group_id: str) -> str | None:
    """What Kafka's admin client says of a group whose coordinator may not be asked for; brokers say nothing."""
    if code != errors.GROUP_AUTHORIZATION_FAILED:
        return None
    key = f"CoordinatorKey(idValue='{group_id}', type=GROUP)"
    return f"FindCoordinator request for groupId `{key}` failed due to authorization failure"


def _topic(answer: Any) -> Topic:
    partitions = [
        Partition(
            item.partition_index,
            item.leader_id,
            item.leader_epoch,
            item.replica_nodes,
            item.isr_nodes,
            item.offline_replicas,
        )
        for item in answer.partitions
    ]
    partitions.sort()
    return Topic(answer.name, answer.topic_id, answer.is_internal, partitions)
