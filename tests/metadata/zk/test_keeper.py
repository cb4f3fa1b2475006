"""The keeper on a real ZooKeeper: what it writes another keeper reads, and what stands in its way is named."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kazoo.client import KazooClient

from kcli.clock import SystemClock
from kcli.metadata.errors import StartError
from kcli.metadata.image import TOPIC_RESOURCE, Endpoint
from kcli.metadata.keeper import Registration
from kcli.metadata.zk.keeper import ZkKeeper
from kcli.wire import messages, uuid
from kcli.wire.errors import KafkaError
from tests.interop import real_kafka

pytestmark = pytest.mark.interop

chroots = itertools.count()
REGISTRATION = Registration(1, (Endpoint("PLAINTEXT", "localhost", 1, 0),))


@pytest.fixture(scope="module")
def zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("zookeeper")
    server = real_kafka.ZooKeeper(folder)
    yield server.address
    server.stop()


@pytest.fixture
def connect(zookeeper: str) -> str:
    """A chroot of the test's own."""
    return f"{zookeeper}/test/{next(chroots)}"


def keeper(connect: str, broker_id: int = 1) -> ZkKeeper:
    return ZkKeeper(broker_id, connect, 6000, 6000, SystemClock())


def run(connect: str, *uses: Callable[[ZkKeeper], Awaitable[Any]]) -> list[Any]:
    """Each use with a keeper of its own, one after the other."""

    async def all_of_them() -> list[Any]:
        results = []
        for use in uses:
            one = keeper(connect)
            await one.start()
            await one.register(REGISTRATION)
            try:
                results.append(await use(one))
            finally:
                await one.close()
        return results

    return asyncio.run(all_of_them())


def topic_records(name: str, topic_id: bytes, partitions: int) -> list[Any]:
    return [messages.TopicRecord(name=name, topic_id=topic_id)] + [
        messages.PartitionRecord(
            topic_id=topic_id, partition_id=i, replicas=[1], isr=[1], leader=1, leader_epoch=0, partition_epoch=0
        )
        for i in range(partitions)
    ]


def test_what_one_keeper_wrote_another_reads(connect: str) -> None:
    topic_id = uuid.random()

    async def write(one: ZkKeeper) -> Any:
        config = messages.ConfigRecord(
            resource_type=TOPIC_RESOURCE, resource_name="t", name="retention.ms", value="5000"
        )
        await one.commit([*topic_records("t", topic_id, 3), config])
        await one.commit([messages.PartitionChangeRecord(topic_id=topic_id, partition_id=1, leader=1)])
        grown = topic_records("t", topic_id, 5)[4:]
        await one.commit(grown)
        assert one.controller_id == 1
        return one.cluster_id, dict(one.image.topics), dict(one.image.configs)

    async def read(one: ZkKeeper) -> Any:
        return one.cluster_id, dict(one.image.topics), dict(one.image.configs)

    wrote, seen = run(connect, write, read)
    assert seen == wrote
    partition = seen[1]["t"].partitions[1]
    assert (partition.leader_epoch, partition.partition_epoch) == (1, 1)
    assert sorted(seen[1]["t"].partitions) == [0, 1, 2, 3, 4]


def test_a_deleted_topic_leaves_nothing_behind(connect: str) -> None:
    topic_id = uuid.random()

    async def write(one: ZkKeeper) -> list[str]:
        await one.commit(topic_records("gone", topic_id, 2))
        await one.commit([messages.RemoveTopicRecord(topic_id=topic_id)])
        return list(one.image.topics)

    assert run(connect, write) == [[]]
    client = KazooClient(connect)
    client.start()
    try:
        for path in ("/brokers/topics", "/config/topics", "/admin/delete_topics"):
            assert client.get_children(path) == []
    finally:
        client.stop()


def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(connect: str) -> None:
    async def write(one: ZkKeeper) -> None:
        await one.commit(topic_records("half", uuid.random(), 1))

    def mark() -> None:
        client = KazooClient(connect)
        client.start()
        client.create("/admin/delete_topics/half")
        client.stop()

    run(connect, write)
    mark()

    async def topics(one: ZkKeeper) -> list[str]:
        return list(one.image.topics)

    assert run(connect, topics) == [[]]


def test_a_topic_of_more_partitions_than_one_packet_holds(connect: str) -> None:
    async def write(one: ZkKeeper) -> int:
        await one.commit(topic_records("wide", uuid.random(), 600))
        return len(one.image.topics["wide"].partitions)

    async def read(one: ZkKeeper) -> int:
        return len([p for p in one.image.topics["wide"].partitions.values() if p.leader == 1])

    assert run(connect, write, read) == [600, 600]


def test_producer_ids_never_come_twice(connect: str) -> None:
    async def allocate(one: ZkKeeper) -> list[range]:
        return [await one.allocate_producer_ids(), await one.allocate_producer_ids()]

    first, second = run(connect, allocate, allocate)
    assert [*first, *second] == [range(1000), range(1000, 2000), range(2000, 3000), range(3000, 4000)]


def test_a_config_that_somebody_else_wrote_arrives(connect: str) -> None:
    async def write(one: ZkKeeper) -> dict[str, str]:
        await one.commit(topic_records("t", uuid.random(), 1))
        heard = asyncio.Event()
        one.add_listener(lambda records: heard.set())

        def change() -> None:
            client = KazooClient(connect)
            client.start()
            client.set("/config/topics/t", json.dumps({"version": 1, "config": {"retention.ms": "7"}}).encode())
            notice = json.dumps({"version": 2, "entity_path": "topics/t"}).encode()
            client.create("/config/changes/config_change_", notice, sequence=True)
            client.stop()

        await asyncio.to_thread(change)
        await asyncio.wait_for(heard.wait(), 20)
        return one.image.config(TOPIC_RESOURCE, "t")

    assert run(connect, write) == [{"retention.ms": "7"}]


def test_the_session_is_taken_up_again_after_it_expired(connect: str) -> None:
    async def expire(one: ZkKeeper) -> bool:
        client = one.session._client
        password = client.client_id
        before = one.image.brokers[1].epoch

        def steal() -> None:
            thief = KazooClient(connect, client_id=password)
            thief.start()
            thief.stop()  # closing a session from elsewhere ends it for its owner

        await asyncio.to_thread(steal)
        for _ in range(200):
            await asyncio.sleep(0.1)
            if one.image.brokers[1].epoch != before and one.controller_id == 1:
                break
        await one.commit(topic_records("after", uuid.random(), 1))
        return "after" in one.image.topics

    assert run(connect, expire) == [True]


def test_an_id_that_a_live_broker_holds_is_refused(connect: str) -> None:
    async def two(one: ZkKeeper) -> None:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "localhost", 0)
        port = server.sockets[0].getsockname()[1]
        first, second = keeper(connect, 7), keeper(connect, 7)
        await first.start()
        data = Registration(7, (Endpoint("PLAINTEXT", "localhost", port, 0),))
        await first._create_registration(data)
        await second.start()
        try:
            with pytest.raises(StartError, match=f"broker.id=7 is already registered.*localhost:{port}"):
                await second.register(Registration(7, (Endpoint("PLAINTEXT", "localhost", 2, 0),)))
        finally:
            await second.close()
            await first.close()
            server.close()

    run(connect, two)


def test_the_znode_of_our_own_last_session_is_waited_for(connect: str) -> None:
    async def crash_and_return(one: ZkKeeper) -> int:
        old, new = keeper(connect, 9), keeper(connect, 9)
        registration = Registration(9, (Endpoint("PLAINTEXT", "localhost", 3, 0),))
        await old.start()
        await old._create_registration(registration)
        await new.start()
        asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(old.close()))
        broker = await new._create_registration(registration)
        await new.close()
        return broker.id

    assert run(connect, crash_and_return) == [9]


def test_a_zookeeper_that_is_not_there_is_named() -> None:
    async def start() -> None:
        await ZkKeeper(1, "localhost:1", 6000, 500, SystemClock()).start()

    with pytest.raises(StartError, match=r"localhost:1 \(zookeeper.connect\) does not answer within 500 ms"):
        asyncio.run(start())


def test_a_second_broker_is_refused(connect: str) -> None:
    async def join(one: ZkKeeper) -> None:
        other = keeper(connect, 2)
        await other.start()
        try:
            with pytest.raises(StartError, match="several brokers"):
                await other.register(Registration(2, (Endpoint("PLAINTEXT", "localhost", 4, 0),)))
        finally:
            await other.close()

    run(connect, join)


def test_a_deposed_controller_cannot_write(connect: str) -> None:
    async def depose(one: ZkKeeper) -> None:
        await one.session.call(lambda client: client.set("/controller_epoch", b"99"))
        with pytest.raises(KafkaError) as caught:
            await one.commit(topic_records("never", uuid.random(), 1))
        assert caught.value.name == "NOT_CONTROLLER"
        assert "never" not in one.image.topics

    run(connect, depose)
