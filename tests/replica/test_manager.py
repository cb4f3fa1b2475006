"""Replicas follow the metadata: over a real keeper and real logs."""

from __future__ import annotations

import os
from pathlib import Path

from kcli.clock import ManualClock
from kcli.records.control import build_end_marker
from kcli.replica.coordinator_store import CoordinatorStore
from kcli.replica.partition import Partition, Progress
from kcli.storage.producer_state import Origin
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.api.node import Node, batch, in_node, running_node


def code_of(node: Node, topic: str, index: int) -> int:
    try:
        node.context.replicas.partition(topic, index)
    except KafkaError as error:
        return error.code
    return errors.NONE


def folders(node: Node) -> list[str]:
    (path,) = node.context.replicas.logs.log_dirs
    return sorted(name for name in os.listdir(path) if os.path.isdir(os.path.join(path, name)) and name[0] != "_")


@in_node()
async def test_topics_come_and_go_with_their_folders(node: Node) -> None:
    topic_id = await node.create_topic("t", 2)
    assert folders(node) == ["t-0", "t-1"]
    assert node.context.replicas.partition_by_id(topic_id, 1) is node.context.replicas.partition("t", 1)
    await node.context.keeper.commit([messages.RemoveTopicRecord(topic_id=topic_id)])
    assert code_of(node, "t", 0) == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert [name.split(".")[0] for name in folders(node)] == ["t-0", "t-1"]
    assert all(name.endswith("-delete") for name in folders(node))


@in_node()
async def test_a_topic_of_the_same_name_is_another_one(node: Node) -> None:
    old = await node.create_topic("t")
    await node.produce("t", b"v")
    await node.context.keeper.commit([messages.RemoveTopicRecord(topic_id=old)])
    new = await node.create_topic("t")
    partition = node.context.replicas.partition("t", 0)
    assert (partition.topic_id, partition.log.log_end_offset) == (new, 0)


@in_node()
async def test_configs_reach_the_logs(node: Node) -> None:
    await node.create_topic("t", retention_ms="5000")
    partition = node.context.replicas.partition("t", 0)
    assert partition.log.config.retention_ms == 5000
    await node.configure("t", retention_ms="6000", min_insync_replicas="3")
    assert (partition.log.config.retention_ms, partition.min_in_sync) == (6000, 3)


@in_node()
async def test_replicas_move_away_and_back(node: Node) -> None:
    await node.create_topic("t")
    seen: list[tuple[bool, int]] = []
    node.context.replicas.add_leadership_listener(lambda p: seen.append((p.is_leader, p.leader_epoch)))
    await node.change("t", leader=1)
    await node.change("t", leader=2)
    assert code_of(node, "t", 0) == errors.NONE
    await node.change("t", replicas=[2], isr=[2])
    assert code_of(node, "t", 0) == errors.NOT_LEADER_OR_FOLLOWER
    await node.change("t", replicas=[1, 2])
    assert seen == [(True, 1), (False, 2), (False, 2), (False, 2)]


def test_a_restart_finds_its_records_and_begins_a_new_epoch(tmp_path: Path) -> None:
    @in_node()
    async def before(node: Node) -> None:
        await node.create_topic("t")
        await node.produce("t", b"a", b"b")

    @in_node()
    async def after(node: Node) -> None:
        partition = node.context.replicas.partition("t", 0)
        assert (partition.log.log_end_offset, partition.log.high_watermark) == (2, 2)
        assert (await node.produce("t", b"c")).base_offset == 2

    before(tmp_path)
    after(tmp_path)


def test_waits_end_by_the_brokers_clock(tmp_path: Path) -> None:
    import asyncio

    async def scenario() -> None:
        clock = ManualClock()
        async with running_node(tmp_path, clock) as node:
            await node.create_topic("t")
            replicas = node.context.replicas
            partition = replicas.partition("t", 0)
            waiting = asyncio.create_task(replicas.wait({(partition, "readable"): 10}, 10, seconds=3600))
            await asyncio.sleep(0)
            replicas.waiting.expire(clock.monotonic())
            await asyncio.sleep(0)
            assert not waiting.done()
            clock.advance(3600)
            replicas.waiting.expire(clock.monotonic())
            await waiting

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_committed_is_what_all_in_sync_replicas_have() -> None:
    progress = Progress()
    assert progress.committed(1, 10, [1]) == 10
    assert progress.committed(1, 10, [1, 2, 3]) == -1
    progress.reached(2, 7)
    progress.reached(3, 9)
    assert progress.committed(1, 10, [1, 2, 3]) == 7
    assert progress.committed(1, 10, [1, 3]) == 9
    progress.reset([2, 3])
    assert progress.committed(1, 10, [1, 2]) == -1


# A coordinator's store


def store(node: Node, timeout_s: float = 5.0) -> CoordinatorStore:
    return CoordinatorStore(node.context.replicas, "__consumer_offsets", lambda *args, **more: (*args, more), timeout_s)


@in_node()
async def test_what_a_coordinator_writes_it_reads_again(node: Node) -> None:
    memory = store(node)
    assert (memory.partition_count(), memory.led_partitions()) == (None, set())
    await node.create_topic("__consumer_offsets", 3)
    await node.change("__consumer_offsets", 2, leader=2)
    assert (memory.partition_count(), memory.led_partitions()) == (3, {0, 1})
    await memory.append(1, [(b"k", b"v"), (b"gone", None)])
    await memory.append(1, [(b"k", b"w")])
    plain = {"producer_id": -1}
    assert list(memory.read(1)) == [(0, b"k", b"v", plain), (1, b"gone", None, plain), (2, b"k", b"w", plain)]
    assert list(memory.read(0)) == []


@in_node()
async def test_transactional_records_and_their_end_are_told_apart(node: Node) -> None:
    await node.create_topic("__consumer_offsets")
    partition: Partition = node.context.replicas.partition("__consumer_offsets", 0)
    records = batch(b"v", keys=(b"k",), producer_id=7, producer_epoch=0, base_sequence=0, transactional=True)
    node.context.replicas.append(partition, records, acks=-1, origin=Origin.COORDINATOR)
    marker = bytearray(build_end_marker(True, 7, 0, 0, 1_000))
    node.context.replicas.append(partition, marker, acks=-1, origin=Origin.COORDINATOR)
    assert list(store(node).read(0)) == [
        (0, b"k", b"v", {"producer_id": 7}),
        (1, None, None, {"producer_id": 7, "committed": True}),
    ]


@in_node()
async def test_a_coordinators_append_that_is_not_committed_is_an_error(node: Node) -> None:
    await node.create_topic("__consumer_offsets")
    await node.change("__consumer_offsets", replicas=[1, 2], isr=[1, 2])
    try:
        await store(node, timeout_s=0.005).append(0, [(b"k", b"v")])
    except KafkaError as error:
        assert error.code == errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND
    else:
        raise AssertionError("the append must fail")


@in_node(max_message_bytes="100000")
async def test_a_coordinators_partition_larger_than_one_read(node: Node) -> None:
    await node.create_topic("__consumer_offsets")
    memory = store(node)
    for index in range(7):
        await memory.append(0, [(b"%d" % index, bytes(1_000_000))])
    assert [record[0] for record in memory.read(0)] == list(range(7))
