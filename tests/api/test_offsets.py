"""ListOffsets, OffsetForLeaderEpoch, DeleteRecords, DescribeProducers, InitProducerId and DescribeLogDirs."""

from __future__ import annotations

from typing import Any

from kcli.wire import errors, messages
from tests.api.node import Node, batch, in_node

LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED, PENDING_UPLOAD = -1, -2, -3, -4, -5, -6
LIST = messages.ListOffsetsRequest


async def list_offset(node: Node, timestamp: int, version: int = 11, topic: str = "t", **fields: Any) -> Any:
    epoch = fields.pop("current_leader_epoch", -1)
    wanted = LIST.ListOffsetsPartition(partition_index=0, current_leader_epoch=epoch, timestamp=timestamp)
    body = LIST(**{"replica_id": -1, **fields}, topics=[LIST.ListOffsetsTopic(name=topic, partitions=[wanted])])
    response = await node.request(body, version)
    return response.topics[0].partitions[0]


async def place(node: Node, timestamp: int, **fields: Any) -> tuple[int, int, int, int]:
    found = await list_offset(node, timestamp, **fields)
    return found.error_code, found.timestamp, found.offset, found.leader_epoch


async def filled(node: Node) -> None:
    """Offsets 0-2 at 1000-1002, 3 at 5000, 4 at 3000; the epoch is 1 from offset 3 on."""
    await node.create_topic("t")
    await node.produce("t", batch(b"a", b"b", b"c", timestamp=1000))
    await node.change("t", leader=1)
    await node.produce("t", batch(b"d", timestamp=5000), batch(b"e", timestamp=3000))


@in_node()
async def test_places_and_times(node: Node) -> None:
    await filled(node)
    assert await place(node, LATEST) == (0, -1, 5, 1)
    assert await place(node, EARLIEST) == (0, -1, 0, 0)
    assert await place(node, EARLIEST_LOCAL) == (0, -1, 0, 0)
    assert await place(node, MAX_TIMESTAMP) == (0, 5000, 3, 1)
    assert await place(node, LATEST_TIERED) == (0, -1, -1, -1)
    assert await place(node, PENDING_UPLOAD) == (0, -1, -1, -1)
    assert await place(node, 0) == (0, 1000, 0, 0)
    assert await place(node, 1001) == (0, 1001, 1, 0)
    assert await place(node, 1003) == (0, 5000, 3, 1)
    assert await place(node, 5001) == (0, -1, -1, -1)


@in_node()
async def test_every_version_answers_the_end(node: Node) -> None:
    await filled(node)
    for version in range(1, 12):
        found = await list_offset(node, LATEST, version)
        assert (found.error_code, found.offset, found.leader_epoch) == (0, 5, 1 if version >= 4 else -1)


@in_node()
async def test_places_that_a_version_does_not_know(node: Node) -> None:
    await filled(node)
    first = {MAX_TIMESTAMP: 7, EARLIEST_LOCAL: 8, LATEST_TIERED: 9, PENDING_UPLOAD: 11}
    for timestamp, version in first.items():
        assert (await list_offset(node, timestamp, version - 1)).error_code == errors.UNSUPPORTED_VERSION
        assert (await list_offset(node, timestamp, version)).error_code == errors.NONE
    assert (await list_offset(node, -7)).error_code == errors.UNSUPPORTED_VERSION


@in_node()
async def test_after_records_were_deleted(node: Node) -> None:
    await filled(node)
    node.context.replicas.partition("t", 0).log.delete_records(4)
    assert await place(node, EARLIEST) == (0, -1, 4, 1)
    assert await place(node, 0) == (0, 3000, 4, 1)


@in_node()
async def test_list_offsets_errors(node: Node) -> None:
    await filled(node)
    assert (await list_offset(node, LATEST, topic="gone")).error_code == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert (await list_offset(node, LATEST, current_leader_epoch=0)).error_code == errors.FENCED_LEADER_EPOCH
    assert (await list_offset(node, LATEST, current_leader_epoch=2)).error_code == errors.UNKNOWN_LEADER_EPOCH
    twice = [LIST.ListOffsetsPartition(partition_index=0, timestamp=LATEST)] * 2
    response = await node.request(LIST(replica_id=-1, topics=[LIST.ListOffsetsTopic(name="t", partitions=twice)]), 5)
    assert [part.error_code for part in response.topics[0].partitions] == [errors.INVALID_REQUEST]
    await node.change("t", leader=2)
    assert (await list_offset(node, LATEST)).error_code == errors.NOT_LEADER_OR_FOLLOWER
    assert (await list_offset(node, LATEST, replica_id=-2)).error_code == errors.NONE


@in_node()
async def test_consumers_see_what_is_committed_others_the_end(node: Node) -> None:
    await filled(node)
    await node.change("t", replicas=[1, 2], isr=[1, 2])
    await node.produce("t", b"f", acks=1)
    assert await place(node, LATEST) == (0, -1, 5, 1)
    assert await place(node, LATEST, replica_id=2) == (0, -1, 6, 1)


@in_node()
async def test_right_after_an_election_the_end_is_not_known(node: Node) -> None:
    await filled(node)
    await node.change("t", replicas=[1, 2], isr=[1, 2])
    await node.produce("t", b"f", acks=1)
    await node.change("t", leader=1)
    assert (await list_offset(node, LATEST, 5)).error_code == errors.OFFSET_NOT_AVAILABLE
    assert (await list_offset(node, LATEST, 4)).error_code == errors.LEADER_NOT_AVAILABLE
    assert await place(node, 1001) == (0, 1001, 1, 0)


EPOCH = messages.OffsetForLeaderEpochRequest


async def epoch_end(node: Node, epoch: int, version: int = 4, current: int = -1, topic: str = "t") -> tuple[int, ...]:
    wanted = EPOCH.OffsetForLeaderPartition(partition=0, leader_epoch=epoch, current_leader_epoch=current)
    body = EPOCH(replica_id=-1, topics=[EPOCH.OffsetForLeaderTopic(topic=topic, partitions=[wanted])])
    found = (await node.request(body, version)).topics[0].partitions[0]
    return found.error_code, found.leader_epoch, found.end_offset


@in_node()
async def test_an_isolation_level_that_does_not_exist(node: Node) -> None:
    await filled(node)
    topic = LIST.ListOffsetsTopic(name="t", partitions=[LIST.ListOffsetsPartition(partition_index=0, timestamp=-2)])
    answer = await node.request(LIST(replica_id=-1, isolation_level=2, topics=[topic]), 11)
    [found] = answer.topics[0].partitions
    assert (found.error_code, found.offset, found.timestamp) == (errors.UNKNOWN_SERVER_ERROR, -1, -1)


@in_node()
async def test_where_epochs_end(node: Node) -> None:
    await filled(node)
    for version in (2, 3, 4):
        assert await epoch_end(node, 0, version) == (0, 0, 3)
    assert await epoch_end(node, 1) == (0, 1, 5)
    assert await epoch_end(node, 2) == (0, -1, -1)
    assert (await epoch_end(node, 0, current=0))[0] == errors.FENCED_LEADER_EPOCH
    assert (await epoch_end(node, 0, topic="gone"))[0] == errors.UNKNOWN_TOPIC_OR_PARTITION


DELETE = messages.DeleteRecordsRequest


async def delete_records(node: Node, offset: int, version: int = 2, topic: str = "t") -> tuple[int, int]:
    wanted = DELETE.DeleteRecordsPartition(partition_index=0, offset=offset)
    body = DELETE(topics=[DELETE.DeleteRecordsTopic(name=topic, partitions=[wanted])])
    found = (await node.request(body, version)).topics[0].partitions[0]
    return found.error_code, found.low_watermark


@in_node()
async def test_records_are_deleted_up_to_an_offset_or_all(node: Node) -> None:
    await filled(node)
    assert await delete_records(node, 2, 0) == (0, 2)
    assert await delete_records(node, 1, 1) == (0, 2)
    assert await delete_records(node, 6) == (errors.OFFSET_OUT_OF_RANGE, -1)
    assert await delete_records(node, -2) == (errors.OFFSET_OUT_OF_RANGE, -1)
    assert await delete_records(node, -1) == (0, 5)
    assert await delete_records(node, -1, topic="gone") == (errors.UNKNOWN_TOPIC_OR_PARTITION, -1)


@in_node()
async def test_compacted_and_internal_topics_keep_their_records(node: Node) -> None:
    await node.create_topic("t", cleanup_policy="compact")
    assert await delete_records(node, -1) == (errors.POLICY_VIOLATION, -1)
    await node.create_topic("kept", cleanup_policy="")
    assert await delete_records(node, -1, topic="kept") == (0, 0)
    await node.configure("t", cleanup_policy="compact,delete")
    assert await delete_records(node, -1) == (0, 0)
    await node.create_topic("__consumer_offsets")
    assert await delete_records(node, -1, topic="__consumer_offsets") == (errors.INVALID_TOPIC_EXCEPTION, -1)


@in_node()
async def test_producers_of_a_partition(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", batch(b"a", b"b", producer_id=9, producer_epoch=2, base_sequence=0, timestamp=5000))
    request = messages.DescribeProducersRequest
    body = request(topics=[request.TopicRequest(name="t", partition_indexes=[0, 4])])
    known, unknown = (await node.request(body, 0)).topics[0].partitions
    (producer,) = known.active_producers
    assert (producer.producer_id, producer.producer_epoch, producer.last_sequence) == (9, 2, 1)
    assert (producer.last_timestamp, producer.current_txn_start_offset) == (5001, -1)
    assert unknown.error_code == errors.UNKNOWN_TOPIC_OR_PARTITION


@in_node()
async def test_producer_ids_are_never_given_twice(node: Node) -> None:
    body = messages.InitProducerIdRequest(transactional_id=None, transaction_timeout_ms=1)
    answers = [await node.request(body, version) for version in range(6)]
    answers += [await node.request(body, 4) for _ in range(1000)]
    assert {(answer.error_code, answer.producer_epoch) for answer in answers} == {(0, 0)}
    assert len({answer.producer_id for answer in answers}) == len(answers)


@in_node()
async def test_transactional_producers_are_refused_for_good(node: Node) -> None:
    async def code(version: int, **fields: Any) -> int:
        answer = await node.request(messages.InitProducerIdRequest(**fields), version)
        assert (answer.producer_id, answer.producer_epoch) == (-1, -1)
        return int(answer.error_code)

    assert await code(4, transactional_id="x") == errors.UNSUPPORTED_VERSION
    assert await code(4, transactional_id="") == errors.INVALID_REQUEST
    assert await code(3, transactional_id=None, producer_id=5) == errors.INVALID_REQUEST


@in_node()
async def test_log_dirs(node: Node) -> None:
    await node.create_topic("t", 2)
    await node.create_topic("u")
    await node.produce("t", b"a", partition=1)
    size = len(batch(b"a"))
    (path,) = node.context.replicas.logs.log_dirs
    for version in range(1, 6):
        (found,) = (await node.request(messages.DescribeLogDirsRequest(topics=None), version)).results
        assert (found.error_code, found.log_dir) == (0, path)
        sizes = {(t.name, p.partition_index): p.partition_size for t in found.topics for p in t.partitions}
        assert sizes == {("t", 0): 0, ("t", 1): size, ("u", 0): 0}
        assert (found.total_bytes > found.usable_bytes > 0) is (version >= 4)
    request = messages.DescribeLogDirsRequest
    chosen = request(topics=[request.DescribableLogDirTopic(topic="t", partitions=[1])])
    (found,) = (await node.request(chosen, 4)).results
    assert [(t.name, [p.partition_index for p in t.partitions]) for t in found.topics] == [("t", [1])]


@in_node()
async def test_a_log_dir_that_failed_says_so_and_serves_nothing(node: Node) -> None:
    await node.create_topic("t")
    log = node.context.replicas.partition("t", 0).log
    log._failure("testing", OSError(5, "Input/output error"))
    (found,) = (await node.request(messages.DescribeLogDirsRequest(topics=None), 4)).results
    assert (found.error_code, found.topics) == (errors.KAFKA_STORAGE_ERROR, [])
    assert (await node.produce("t", b"a")).error_code == errors.KAFKA_STORAGE_ERROR
    await node.create_topic("new")
    assert (await node.produce("new", b"a")).error_code == errors.KAFKA_STORAGE_ERROR
