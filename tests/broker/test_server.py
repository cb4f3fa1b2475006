"""The wiring, on the test's own loop."""

import asyncio
import errno
import os
import threading
import time

import pytest

from kcli.broker.errors import BrokerError
from kcli.broker.server import Broker
from kcli.broker.settings import EPHEMERAL, load
from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE
from kcli.records.builder import build_batch
from kcli.records.reader import read_records
from kcli.storage.manager import LogManager
from kcli.storage.producer_state import Origin
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError
from tests.storage.faults import FailingFileSystem


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
    """Whichever thread finds out: here a flush beside the loop."""
    reasons = []

    async def scenario(broker):
        for log in [await create(broker, "t"), await create(broker, "u")]:
            log.append_as_leader(bytearray(build_batch([(1, None, b"v", ())])), 0)
            log.roll()
            log._fs = FailingFileSystem(0)
            broker._flush_sealed()
            await broker._background.run(bool)  # comes after it
            assert log.failed
            reasons.append(broker.failure.result() if broker.failure.done() else None)

    running(settings(log_dirs=f"{tmp_path}/a,{tmp_path}/b"), scenario)
    assert reasons == [None, f"Shutting down: all log dirs have failed, the last one was {tmp_path}/b"]


def test_nobody_leads_what_was_on_a_failed_log_dir_until_it_is_back(settings, tmp_path):
    both = settings(log_dirs=f"{tmp_path}/a,{tmp_path}/b")
    batch = build_batch([(1, None, b"v", ())])

    async def fail_the_second(broker):
        logs = {"t": await create(broker, "t"), "u": await create(broker, "u")}
        for log in logs.values():
            log.append_as_leader(bytearray(batch), 0)
        log_dirs = {name: os.path.dirname(log.directory) for name, log in logs.items()}
        lost, kept = sorted(log_dirs, key=log_dirs.__getitem__, reverse=True)
        logs[lost].roll()
        logs[lost]._fs = FailingFileSystem(0)
        broker._flush_sealed()
        await broker._background.run(bool)
        await asyncio.wait(broker._resignations)
        image = broker.keeper.image
        with pytest.raises(KafkaError) as caught:
            broker.replicas.partition(lost, 0)
        assert caught.value.code == errors.KAFKA_STORAGE_ERROR
        assert len(image.brokers[1].directories) == 1
        assert [image.partition(name, 0).leader for name in (lost, kept)] == [-1, 1]
        assert image.partition(lost, 0).leader_epoch == 1
        assert broker.replicas.partition(kept, 0).is_leader
        return lost, kept

    async def look(broker):
        replicas = [broker.replicas.partition(name, 0) for name in names]
        return [(replica.is_leader, replica.log.log_end_offset) for replica in replicas]

    names = running(both, fail_the_second)
    assert running(settings(log_dirs=f"{tmp_path}/a,{tmp_path}/b"), look) == [(True, 1), (True, 1)]


def test_embedded_default_keeps_its_identity(tmp_path):
    overrides = [f"log.dirs={tmp_path}", "listeners=PLAINTEXT://localhost:0"]

    async def identity(broker):
        return broker.broker_id, broker.keeper.cluster_id

    first = running(load(None, overrides), identity)
    assert first[0] == 1
    assert running(load(None, overrides), identity) == first
    with pytest.raises(BrokerError, match=r"broker\.id is not set"):
        running(load(None, [*overrides, f"log.dirs={tmp_path}/new", "zookeeper.connect=localhost:1"]), identity)


def test_compacted_topics_are_compacted(settings):
    async def scenario(broker):
        log = await create(broker, "t")
        policy = {"resource_type": TOPIC_RESOURCE, "resource_name": "t", "name": "cleanup.policy", "value": "compact"}
        await broker.keeper.commit([messages.ConfigRecord(**policy)])
        for number in range(10):
            batch = build_batch([(1, b"key", str(number).encode(), ())])
            broker.replicas.append(broker.replicas.partition("t", 0), bytearray(batch), acks=-1, origin=Origin.CLIENT)
            log.roll()
        while len(list(log.segments[0].batches())) + len(log.segments) > 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return [(record.offset, record.value) for record in read_records(log.read(0, 1 << 20).records)]

    assert running(settings(log_cleaner_backoff_ms="1"), scenario) == [(9, b"9")]


def test_a_start_that_is_no_longer_wanted_leaves_the_logs_as_after_a_crash(settings, tmp_path, monkeypatch):
    async def fill(broker):
        for name in "abc":
            log = await create(broker, name)
            log.append_as_leader(bytearray(build_batch([(1, None, b"v", ())] * 10)), 0)
            log.high_watermark = 10
        log.delete_records(5)

    running(settings(), fill)
    opened = threading.Event()
    plain = LogManager._open_log

    def slow(self, directory, *arguments, **options):
        opened.set()
        if directory.endswith("b-0"):
            while not self._interrupted:
                time.sleep(0.001)
        return plain(self, directory, *arguments, **options)

    async def interrupted():
        starting = asyncio.ensure_future(Broker(settings()).start())
        await asyncio.to_thread(opened.wait)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting

    with monkeypatch.context() as patched:
        patched.setattr(LogManager, "_open_log", slow)
        asyncio.run(interrupted())
    assert not (tmp_path / "data" / ".kafka_cleanshutdown").exists()

    async def look(broker):
        logs = [broker.replicas.partition(name, 0).log for name in "abc"]
        return [(log.log_start_offset, log.log_end_offset) for log in logs]

    assert running(settings(), look) == [(0, 10), (0, 10), (5, 10)]


def test_a_topic_that_a_full_disk_had_no_room_for_works_later(settings):
    async def scenario(broker):
        fs = broker.logs._fs
        broker.logs._fs = FailingFileSystem(0, errno.ENOSPC, 1_000)
        with pytest.raises(KafkaError) as caught:
            await create(broker, "t")
        assert caught.value.code == errors.KAFKA_STORAGE_ERROR
        with pytest.raises(KafkaError):
            broker.replicas.partition("t", 0)
        broker.logs.checkpoint()
        broker.logs._fs = fs
        return broker.replicas.partition("t", 0).log.log_end_offset, broker.logs.online == broker.logs.log_dirs

    assert running(settings(), scenario) == (0, True)
