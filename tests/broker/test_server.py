"""The wiring, on the test's own loop."""

import asyncio
import os

import pytest

from kcli.broker.errors import BrokerError
from kcli.broker.server import Broker
from kcli.broker.settings import EPHEMERAL, load
from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE
from kcli.wire import messages, uuid


@pytest.fixture
def settings(tmp_path):
    def make(**properties):
        overrides = {**EPHEMERAL, "log.dirs": str(tmp_path / "data")}
        overrides |= {name.replace("_", "."): value for name, value in properties.items()}
        return load(None, [f"{name}={value}" for name, value in overrides.items()])

    return make


def running(settings, scenario):
    async def run():
        broker = Broker(settings)
        await broker.start()
        try:
            return await scenario(broker)
        finally:
            await broker.stop()

    return asyncio.run(asyncio.wait_for(run(), 60))


async def create(broker, name):
    topic_id = uuid.random()
    partition = messages.PartitionRecord(
        partition_id=0, topic_id=topic_id, replicas=[1], isr=[1], leader=1, leader_epoch=0, partition_epoch=0
    )
    await broker.keeper.commit([messages.TopicRecord(name=name, topic_id=topic_id), partition])
    return broker.replicas.partition(name, 0).log


def test_a_failed_start_leaves_nothing_behind(settings, tmp_path):
    async def blocked(first):
        taken = first.bootstrap.rpartition(":")[2]
        other = settings(log_dirs=str(tmp_path / "other"), listeners=f"PLAINTEXT://localhost:{taken}")
        with pytest.raises(BrokerError, match="Address already in use"):
            await Broker(other).start()
        with pytest.raises(BrokerError, match="Failed to acquire lock"):
            await Broker(settings()).start()

    running(settings(), blocked)
    assert not os.path.exists(tmp_path / "other")

    async def wrong(_):
        raise AssertionError

    with pytest.raises(BrokerError, match="stored"):
        running(settings(broker_id="2"), wrong)

    async def again(broker):
        return broker.broker_id

    assert running(settings(), again) == 1


def test_folders_of_no_topic_are_put_aside(settings, tmp_path):
    async def make(broker):
        await create(broker, "kept")

    running(settings(), make)
    data = tmp_path / "data"
    os.rename(data / "kept-0", data / "lost-0")

    async def look(broker):
        return broker.replicas.hosted("kept", 0) is not None

    assert running(settings(), look)
    names = os.listdir(data)
    assert "lost-0" not in names and "kept-0" in names
    assert [name for name in names if name.startswith("lost-0.") and name.endswith("-stray")]


def test_settings_changed_while_running_reach_the_logs(settings):
    async def scenario(broker):
        log = await create(broker, "t")
        plain = log.config.retention_ms
        record = messages.ConfigRecord
        await broker.keeper.commit(
            [record(resource_type=BROKER_RESOURCE, resource_name="", name="log.retention.ms", value="1000")]
        )
        for_all = log.config.retention_ms
        await broker.keeper.commit(
            [record(resource_type=BROKER_RESOURCE, resource_name="1", name="log.retention.ms", value="2000")]
        )
        for_one = log.config.retention_ms
        await broker.keeper.commit(
            [record(resource_type=TOPIC_RESOURCE, resource_name="t", name="retention.ms", value="3000")]
        )
        return plain, for_all, for_one, log.config.retention_ms

    assert running(settings(log_retention_hours="1"), scenario) == (3_600_000, 1000, 2000, 3000)


def test_the_broker_gives_up_with_its_last_log_dir(settings, tmp_path):
    async def scenario(broker):
        first, second = broker.logs.online
        broker.logs._fail(first, OSError(5, "Input/output error"))
        assert not broker.failure.done()
        broker.logs._fail(second, OSError(5, "Input/output error"))
        return await broker.failure

    reason = running(settings(log_dirs=f"{tmp_path}/a,{tmp_path}/b"), scenario)
    assert reason == f"Shutting down: all log dirs have failed, the last one was {tmp_path}/b"


def test_embedded_default_keeps_its_identity(tmp_path):
    overrides = [f"log.dirs={tmp_path}", "listeners=PLAINTEXT://localhost:0"]

    async def identity(broker):
        return broker.broker_id, broker.keeper.cluster_id

    first = running(load(None, overrides), identity)
    assert first[0] == 1
    assert running(load(None, overrides), identity) == first
    with pytest.raises(BrokerError, match=r"broker\.id is not set"):
        running(load(None, [*overrides, f"log.dirs={tmp_path}/new", "zookeeper.connect=localhost:1"]), identity)
