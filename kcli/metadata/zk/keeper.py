"""The ZooKeeper keeper: the image read from Kafka 3.9's znodes, and written back to them as its controller does.

Start: connect, make the persistent paths, agree on the cluster id, read everything. Registration: an ephemeral
/brokers/ids/N (its czxid is the broker's epoch), then the controller's election. While ZooKeeper is out of reach
nothing is changed, and what is led goes on being served; when the session was lost, both are done again.

One broker to a ZooKeeper for now: a second one is refused at its start rather than half served.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from kcli.clock import Clock
from kcli.metadata.errors import StartError
from kcli.metadata.image import (
    NO_LEADER,
    Broker,
    Image,
    Partition,
    Record,
    broker_record,
    partition_record,
)
from kcli.metadata.keeper import PRODUCER_ID_BLOCK, Keeper, Registration
from kcli.metadata.zk import changes, znodes
from kcli.metadata.zk.session import BadVersionError, KazooClient, NodeExistsError, NoNodeError, ZkSession
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

log = logging.getLogger("kcli.zookeeper")

CONFIG_CHANGE_LIFETIME_MS = 15 * 60 * 1000
GRACE = 5.0
"""Seconds that ZooKeeper may take, behind the session timeout, to drop the znodes of a dead session."""


class ZkKeeper(Keeper):
    """Keeps the image in ZooKeeper's znodes, as a broker of Kafka 3.9 and its controller do."""

    dialect = "zk"

    def __init__(
        self, broker_id: int, connect: str, session_timeout_ms: int, connection_timeout_ms: int, clock: Clock
    ) -> None:
        super().__init__(broker_id)
        self._broker_id = broker_id
        self._connect = connect
        self._session_timeout_ms = session_timeout_ms
        self._connection_timeout_ms = connection_timeout_ms
        self._clock = clock
        self._session: ZkSession | None = None
        self._registration: Registration | None = None
        self._leadership: changes.Leadership | None = None
        self._cluster_id = ""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def cluster_id(self) -> str:
        return self._cluster_id

    @property
    def controller_id(self) -> int:
        return self._broker_id if self._leadership is not None else -1

    @property
    def session(self) -> ZkSession:
        assert self._session is not None, "the keeper was not started"
        return self._session

    # Start

    async def start(self) -> None:
        """Raises StartError when ZooKeeper is not there, or holds what is not Kafka's."""
        self._session = ZkSession(
            self._connect, self._session_timeout_ms, self._connection_timeout_ms, self._lost, self._restored
        )
        await self._session.start()
        try:
            await self._session.call(self._prepare)
            image = await self._session.call(read_image)
        except (znodes.ZnodeError, KafkaError) as error:
            await self._session.close()
            raise StartError(f"ZooKeeper at {self._connect} (zookeeper.connect): {error}") from error
        for record in image.records():
            self.image.apply(record)

    def _prepare(self, client: KazooClient) -> None:
        for path in znodes.PERSISTENT_PATHS:
            client.ensure_path(path)
        try:
            data, _ = client.get(znodes.CLUSTER_ID)
        except NoNodeError:
            client.ensure_path("/cluster")
            try:
                client.create(znodes.CLUSTER_ID, znodes.cluster_id(uuid.to_text(uuid.random())))
            except NodeExistsError:
                pass
            data, _ = client.get(znodes.CLUSTER_ID)
        self._cluster_id = znodes.read_cluster_id(data)
        for topic in client.get_children(znodes.DELETE_TOPICS):
            changes.finish_deletion(client, topic)

    # Registration

    async def register(self, registration: Registration) -> None:
        """Raises StartError when a live broker has this id, or other brokers are there."""
        self._registration = registration
        broker = await self._create_registration(registration)
        others = [int(n) for n in await self.session.call(lambda c: c.get_children(znodes.BROKER_IDS))]
        others.remove(self._broker_id)
        if others:
            raise StartError(
                f"ZooKeeper at {self._connect} (zookeeper.connect) already has the broker(s) "
                f"{', '.join(map(str, sorted(others)))}: a cluster of several brokers is not served yet; "
                "give this one a ZooKeeper or a chroot path of its own"
            )
        self._publish([broker_record(broker)])
        await self._become_controller()
        await self._watch_config_changes()

    async def _create_registration(self, registration: Registration) -> Broker:
        data = znodes.broker(registration.endpoints, registration.rack, self._clock.time_ms())
        path = znodes.broker_path(self._broker_id)
        told = False
        deadline = self._clock.monotonic() + self._session_timeout_ms / 1000 + GRACE
        while True:
            try:
                await self.session.call(lambda client: client.create(path, data, ephemeral=True))
            except NodeExistsError:
                holder = await self._other_holder(path)
            else:
                holder = None
            if holder is None:
                found, stat = await self.session.call(lambda client: client.get(path))
                return znodes.read_broker(self._broker_id, found, stat.czxid)
            if self._clock.monotonic() > deadline or await asyncio.to_thread(answers, holder, registration):
                where = ", ".join(f"{e.host}:{e.port}" for e in holder.endpoints.values())
                raise StartError(
                    f"broker.id={self._broker_id} is already registered in ZooKeeper at {self._connect} by a live "
                    f"broker at {where}: stop that one, or give this one another broker.id"
                )
            if not told:
                told = True
                log.warning(
                    "waiting up to %.0f s for the znode of this broker's last session to expire",
                    deadline - self._clock.monotonic(),
                )
            await asyncio.sleep(0.2)

    async def _other_holder(self, path: str) -> Broker | None:
        """The broker that another session registered under our id; None if the znode is gone or our own."""
        try:
            data, stat = await self.session.call(lambda client: client.get(path))
        except NoNodeError:
            return Broker(self._broker_id, -1, uuid.ZERO, {}, {})
        if stat.ephemeralOwner & 0xFFFFFFFFFFFFFFFF == self.session.session_id():
            return None
        return znodes.read_broker(self._broker_id, data, stat.czxid)

    # The controller

    async def _become_controller(self) -> None:
        deadline = self._clock.monotonic() + self._session_timeout_ms / 1000 + GRACE
        while True:
            self._leadership = await self.session.call(self._elect)
            if self._leadership is not None:
                break
            if self._clock.monotonic() > deadline:
                raise StartError(
                    f"another broker is the controller in ZooKeeper at {self._connect} ({znodes.CONTROLLER}): "
                    "a cluster of several brokers is not served yet"
                )
            await asyncio.sleep(0.2)
        await self._take_leaderships()

    def _elect(self, client: KazooClient) -> changes.Leadership | None:
        """One multi: the ephemeral /controller and the next epoch; None if another broker holds it."""
        try:
            data, stat = client.get(znodes.CONTROLLER_EPOCH)
        except NoNodeError:
            client.create(znodes.CONTROLLER_EPOCH, b"0")
            data, stat = client.get(znodes.CONTROLLER_EPOCH)
        epoch = int(data) + 1
        transaction = client.transaction()
        transaction.create(znodes.CONTROLLER, znodes.controller(self._broker_id, self._clock.time_ms()), ephemeral=True)
        transaction.set_data(znodes.CONTROLLER_EPOCH, str(epoch).encode(), stat.version)
        if any(isinstance(result, Exception) for result in transaction.commit()):
            return None
        if not client.exists(znodes.FEATURE):
            client.create(znodes.FEATURE, znodes.feature())
        return changes.Leadership(epoch, stat.version + 1)

    async def _take_leaderships(self) -> None:
        """Lead what nobody leads and this broker may; give partitions that were never started their first state."""
        records: list[Record] = []
        for topic in self.image.topics.values():
            for partition in topic.partitions.values():
                if partition.leader_epoch < 0:
                    await self._start_partition(topic.name, topic.id, partition)
                elif partition.leader != self._broker_id and self._broker_id in partition.isr:
                    records.append(
                        messages.PartitionChangeRecord(
                            topic_id=topic.id, partition_id=partition.index, leader=self._broker_id
                        )
                    )
        if records:
            await self.commit(records)

    async def _start_partition(self, topic: str, topic_id: bytes, partition: Partition) -> None:
        if self._broker_id not in partition.replicas:
            return
        started = partition._replace(isr=(self._broker_id,), leader=self._broker_id, leader_epoch=0, partition_epoch=0)
        leadership = self._claim()

        def run(client: KazooClient) -> None:
            client.ensure_path(znodes.partition_path(topic, partition.index))
            operation = changes.create(
                znodes.state_path(topic, partition.index), znodes.state(started, leadership.epoch)
            )
            changes.commit(client, leadership, [operation])

        await self.session.call(run)
        self._publish([partition_record(topic_id, started)])

    def _claim(self) -> changes.Leadership:
        if self._leadership is None or not self.session.connected:
            raise KafkaError(errors.REQUEST_TIMED_OUT, "ZooKeeper is not reachable.")
        return self._leadership

    async def commit(self, records: Sequence[Record]) -> None:
        for step in changes.plan(self.image, records, self._claim()):
            try:
                await self.session.call(step.run)
            except BadVersionError as error:
                raise KafkaError(errors.INVALID_UPDATE_VERSION) from error
            self._publish(step.records)

    async def allocate_producer_ids(self) -> range:
        def allocate(client: KazooClient) -> range:
            while True:
                data, stat = client.get(znodes.PRODUCER_IDS)
                first = znodes.read_next_producer_id(data)
                block = range(first, first + PRODUCER_ID_BLOCK)
                try:
                    client.set(znodes.PRODUCER_IDS, znodes.producer_ids(self._broker_id, block), stat.version)
                except BadVersionError:
                    continue
                return block

        return await self.session.call(allocate)

    # What others change

    async def _watch_config_changes(self) -> None:
        """Read the entities that notifications name, and drop old notifications, at every change from now on."""
        names = await self.session.call(
            self.session.watch_children(znodes.CONFIG_CHANGES, lambda: self._run(self._watch_config_changes()))
        )
        async with self._change_lock:
            for name in sorted(names):
                entity = await self.session.call(partial(self._read_change, name=name))
                resource = znodes.config_resource(entity)
                if resource is not None:
                    await self._refresh_config(resource, "/config/" + entity)

    def _read_change(self, client: KazooClient, name: str) -> str:
        path = f"{znodes.CONFIG_CHANGES}/{name}"
        try:
            data, stat = client.get(path)
            if self._clock.time_ms() - stat.mtime > CONFIG_CHANGE_LIFETIME_MS:
                client.delete(path)
        except NoNodeError:
            return ""
        return znodes.read_config_change(path, data)

    async def _refresh_config(self, resource: tuple[int, str], path: str) -> None:
        try:
            data, _ = await self.session.call(lambda client: client.get(path))
        except NoNodeError:
            data = b""
        new, old = znodes.read_config(path, data), self.image.config(*resource)
        changed = {name: new.get(name) for name in {*new, *old} if new.get(name) != old.get(name)}
        if changed:
            self._publish(
                [
                    messages.ConfigRecord(resource_type=resource[0], resource_name=resource[1], name=name, value=value)
                    for name, value in sorted(changed.items())
                ]
            )

    # The session

    def _lost(self) -> None:
        self._leadership = None
        log.warning("the ZooKeeper session expired; nothing can be changed until there is a new one")

    def _restored(self) -> None:
        if self._registration is not None:
            self._run(self._register_again())

    async def _register_again(self) -> None:
        assert self._registration is not None
        try:
            self._publish([broker_record(await self._create_registration(self._registration))])
            await self._become_controller()
            await self._watch_config_changes()
            log.warning("registered in ZooKeeper again")
        except StartError as error:
            log.error("%s", error)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        """Work for which nobody waits: an outage is met again, and told, when the session comes back."""
        try:
            await work
        except (KafkaError, znodes.ZnodeError) as error:
            log.warning("%s", error)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._session is not None:
            await self._session.close()


def answers(holder: Broker, registration: Registration) -> bool:
    """Whether the holder of our id accepts connections. What we have bound ourselves, nobody else has."""
    ours = {(endpoint.host, endpoint.port) for endpoint in registration.endpoints}
    for endpoint in holder.endpoints.values():
        if (endpoint.host, endpoint.port) in ours:
            continue
        try:
            socket.create_connection((endpoint.host, endpoint.port), timeout=1).close()
        except OSError:
            continue
        return True
    return False


def read_image(client: KazooClient) -> Image:
    """The image of everything in ZooKeeper but the brokers. Raises ZnodeError."""
    image = Image()
    topics = sorted(client.get_children(znodes.TOPICS))
    for topic, request in [(topic, client.get_async(znodes.topic_path(topic))) for topic in topics]:
        data, stat = request.get()
        assignment = znodes.read_topic(topic, data)
        topic_id = assignment.topic_id
        if topic_id is None:  # from before 2.8: give it an id, as Kafka does
            topic_id = uuid.random()
            assignment = assignment._replace(topic_id=topic_id)
            parts = {i: _unstarted(i, assignment) for i in assignment.partitions}
            client.set(znodes.topic_path(topic), znodes.topic(topic_id, parts), stat.version)
        image.apply(messages.TopicRecord(name=topic, topic_id=topic_id))
        states = [(i, client.get_async(znodes.state_path(topic, i))) for i in sorted(assignment.partitions)]
        for index, pending in states:
            try:
                data, stat = pending.get()
                partition = znodes.read_state(topic, index, data, stat.version, assignment)
            except NoNodeError:
                partition = _unstarted(index, assignment)
            image.apply(partition_record(topic_id, partition))
    for kind in ("topics", "brokers"):
        for name in client.get_children(f"/config/{kind}"):
            path = f"/config/{kind}/{name}"
            resource = znodes.config_resource(f"{kind}/{name}")
            if resource is None:
                continue
            for key, value in znodes.read_config(path, client.get(path)[0]).items():
                image.apply(
                    messages.ConfigRecord(resource_type=resource[0], resource_name=resource[1], name=key, value=value)
                )
    return image


def _unstarted(index: int, assignment: znodes.Assignment) -> Partition:
    """A partition that has replicas but no state yet."""
    return Partition(
        index=index,
        replicas=assignment.partitions[index],
        isr=(),
        leader=NO_LEADER,
        leader_epoch=-1,
        partition_epoch=-1,
        adding=assignment.adding.get(index, ()),
        removing=assignment.removing.get(index, ()),
    )
