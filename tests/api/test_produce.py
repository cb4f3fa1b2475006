from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kcli.records.batch import parse_header
from kcli.records.compression import ZSTD
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import WireError
from tests.api.node import Node, batch, in_node, produce_request


async def code(node: Node, records: object, version: int = 9, topic: str = "t", **fields: object) -> int:
    answer = await node.produce(topic, records, version=version, **fields)  # type: ignore[arg-type]
    return int(answer.error_code)


@in_node()
async def test_every_version_appends_and_says_where(node: Node) -> None:
    topic_id = await node.create_topic("t")
    low, high = 3, 13
    for offset, version in enumerate(range(low, high + 1)):
        topic = topic_id if version >= 13 else "t"
        response = await node.request(produce_request({(topic, 0): batch(b"v")}), version)
        (answer,) = response.responses
        assert (answer.name, answer.topic_id) == (("t", uuid.ZERO) if version < 13 else ("", topic_id))
        (partition,) = answer.partition_responses
        assert (partition.index, partition.error_code, partition.base_offset) == (0, errors.NONE, offset)
        assert partition.log_append_time_ms == -1
        assert partition.log_start_offset == (0 if version >= 5 else -1)


@in_node()
async def test_each_partition_has_its_own_result(node: Node) -> None:
    await node.create_topic("t", 2)
    request = produce_request({("t", 0): batch(b"a"), ("t", 7): batch(b"b"), ("gone", 0): batch(b"c")})
    request.topic_data[0].partition_data += request.topic_data[1].partition_data
    del request.topic_data[1]
    response = await node.request(request, 9)
    codes = [(p.index, p.error_code, p.base_offset) for topic in response.responses for p in topic.partition_responses]
    unknown = errors.UNKNOWN_TOPIC_OR_PARTITION
    assert codes == [(0, errors.NONE, 0), (7, unknown, -1), (0, unknown, -1)]


@in_node()
async def test_unknown_topic_id(node: Node) -> None:
    response = await node.request(produce_request({(uuid.random(), 0): batch(b"a")}), 13)
    assert response.responses[0].partition_responses[0].error_code == errors.UNKNOWN_TOPIC_ID


@in_node()
async def test_what_a_request_may_carry_per_partition(node: Node) -> None:
    await node.create_topic("t")
    two = batch(b"a") + batch(b"b")
    old = batch(b"a")
    old[16] = 1
    cut = batch(b"a")[:-1]
    damaged = batch(b"a")
    damaged[-1] ^= 1
    assert await code(node, two) == errors.INVALID_RECORD
    assert await code(node, old) == errors.INVALID_RECORD
    assert await code(node, cut) == errors.INVALID_RECORD
    assert await code(node, bytearray()) == errors.INVALID_RECORD
    assert await code(node, batch(b"a") + bytes(20)) == errors.CORRUPT_MESSAGE
    future = batch(b"a")
    future[16] = 3
    assert await code(node, future) == errors.CORRUPT_MESSAGE
    assert await code(node, damaged) == errors.CORRUPT_MESSAGE
    response = await node.request(produce_request({("t", 0): None}), 9)
    assert response.responses[0].partition_responses[0].error_code == errors.INVALID_RECORD
    assert node.context.replicas.partition("t", 0).log.log_end_offset == 0


@in_node()
async def test_zstd_needs_a_version_that_knows_it(node: Node) -> None:
    await node.create_topic("t")
    assert await code(node, batch(b"a", codec=ZSTD), version=6) == errors.UNSUPPORTED_COMPRESSION_TYPE
    assert await code(node, batch(b"a", codec=ZSTD), version=7) == errors.NONE


@in_node()
async def test_acks_that_kafka_does_not_know(node: Node) -> None:
    await node.create_topic("t")
    assert await code(node, b"a", acks=2) == errors.INVALID_REQUIRED_ACKS
    assert await code(node, b"a", acks=1) == errors.NONE


@in_node()
async def test_acks_0_is_not_answered_and_its_failure_closes_the_connection(node: Node) -> None:
    await node.create_topic("t")
    assert await node.produce("t", b"a", acks=0) is None
    assert node.context.replicas.partition("t", 0).log.log_end_offset == 1
    with pytest.raises(WireError, match="UNKNOWN_TOPIC_OR_PARTITION"):
        await node.produce("gone", b"a", acks=0)


@in_node()
async def test_a_retried_batch_gets_its_first_offset(node: Node) -> None:
    await node.create_topic("t")
    batches = [batch(b"v", producer_id=5, producer_epoch=0, base_sequence=sequence) for sequence in range(3)]
    for records in batches:
        await node.produce("t", records)
    again = await node.produce("t", batches[1])
    assert (again.error_code, again.base_offset) == (errors.NONE, 1)
    assert node.context.replicas.partition("t", 0).log.log_end_offset == 3
    gap = batch(b"v", producer_id=5, producer_epoch=0, base_sequence=9)
    assert await code(node, gap) == errors.OUT_OF_ORDER_SEQUENCE_NUMBER
    old = batch(b"v", producer_id=5, producer_epoch=1, base_sequence=0)
    assert await code(node, old) == errors.NONE
    assert (
        await code(node, batch(b"v", producer_id=5, producer_epoch=0, base_sequence=3)) == errors.INVALID_PRODUCER_EPOCH
    )


@in_node()
async def test_transactional_batches_are_refused(node: Node) -> None:
    await node.create_topic("t")
    records = {"producer_id": 5, "producer_epoch": 0, "base_sequence": 0, "transactional": True}
    assert await code(node, batch(b"v", **records)) == errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    assert await code(node, batch(b"v", **records), transactional_id="x") == errors.INVALID_TXN_STATE
    assert node.context.replicas.partition("t", 0).log.log_end_offset == 0


@in_node()
async def test_log_append_time_is_the_brokers(node: Node) -> None:
    await node.create_topic("t", message_timestamp_type="LogAppendTime")
    answer = await node.produce("t", b"v")
    log = node.context.replicas.partition("t", 0).log
    header = parse_header(log.read(0, 1000).records)
    assert answer.log_append_time_ms == header.max_timestamp > 1_600_000_000_000


@in_node()
async def test_record_errors_name_the_records(node: Node) -> None:
    await node.create_topic("t", cleanup_policy="compact")
    answer = await node.produce("t", batch(b"a", b"b", keys=(b"k",)))
    assert answer.error_code == errors.INVALID_RECORD
    assert [item.batch_index for item in answer.record_errors] == [1]
    assert "record errors" in answer.error_message


@in_node()
async def test_internal_topics_are_not_for_clients(node: Node) -> None:
    await node.create_topic("__consumer_offsets")
    assert await code(node, b"v", topic="__consumer_offsets") == errors.INVALID_TOPIC_EXCEPTION


@in_node()
async def test_too_few_in_sync_replicas(node: Node) -> None:
    await node.create_topic("t", min_insync_replicas="2")
    assert await code(node, b"v") == errors.NONE  # there is one replica, so no more can be asked for
    await node.change("t", replicas=[1, 2])
    assert await code(node, b"v") == errors.NOT_ENOUGH_REPLICAS
    assert await code(node, b"v", acks=1) == errors.NONE
    assert node.context.replicas.partition("t", 0).log.high_watermark == 1
    await node.configure("t", min_insync_replicas="1")
    assert await code(node, b"v") == errors.NONE
    assert node.context.replicas.partition("t", 0).log.high_watermark == 3


@in_node()
async def test_who_asks_the_wrong_broker_learns_of_the_leader(node: Node) -> None:
    await node.create_topic("t")
    await node.change("t", leader=2)
    response = await node.request(produce_request({("t", 0): batch(b"v")}), 10)
    (answer,) = response.responses[0].partition_responses
    assert answer.error_code == errors.NOT_LEADER_OR_FOLLOWER
    assert (answer.current_leader.leader_id, answer.current_leader.leader_epoch) == (2, 1)
    assert response.node_endpoints == []  # broker 2 is not registered
    await node.change("t", leader=1, replicas=[2], isr=[2])
    response = await node.request(produce_request({("t", 0): batch(b"v")}), 10)
    (endpoint,) = response.node_endpoints
    assert (endpoint.node_id, endpoint.host, endpoint.port) == (1, "broker.test", 9092)


# acks=all with followers


async def pending_produce(node: Node) -> asyncio.Task[Any]:
    """A record that follower 2, which is in the ISR, does not have yet."""
    await node.create_topic("t")
    await node.change("t", replicas=[1, 2], isr=[1, 2])
    task = asyncio.create_task(node.produce("t", b"v", timeout_ms=60_000))
    log = node.context.replicas.partition("t", 0).log
    await node.until(lambda: log.log_end_offset == 1)
    assert log.high_watermark == 0 and not task.done()
    return task


@in_node()
async def test_acks_all_waits_for_the_follower(node: Node) -> None:
    pending = await pending_produce(node)
    fetch = messages.FetchRequest
    wanted = fetch.FetchPartition(partition=0, fetch_offset=1, partition_max_bytes=1000)
    await node.request(fetch(replica_id=2, topics=[fetch.FetchTopic(topic="t", partitions=[wanted])]), 12)
    answer = await pending
    assert (answer.error_code, answer.base_offset) == (errors.NONE, 0)
    assert node.context.replicas.partition("t", 0).log.high_watermark == 1


@in_node()
async def test_acks_all_needs_no_follower_that_left_the_isr(node: Node) -> None:
    pending = await pending_produce(node)
    await node.change("t", isr=[1])
    assert (await pending).error_code == errors.NONE


@in_node()
async def test_acks_all_gives_up_after_the_producers_timeout(node: Node) -> None:
    await node.create_topic("t")
    await node.change("t", replicas=[1, 2], isr=[1, 2])
    assert await code(node, b"v", timeout_ms=5) == errors.REQUEST_TIMED_OUT


@in_node()
async def test_acks_all_fails_when_the_leadership_is_lost_meanwhile(node: Node) -> None:
    pending = await pending_produce(node)
    await node.change("t", leader=2)
    assert (await pending).error_code == errors.NOT_LEADER_OR_FOLLOWER
