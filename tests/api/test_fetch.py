from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kcli.api.fetch import MUCH_OWED, SPARING_BYTES
from kcli.records.batch import iterate_batches
from kcli.records.control import build_end_marker
from kcli.storage.producer_state import Origin
from kcli.wire import errors, messages, uuid
from tests.api.node import Node, batch, in_node

LARGE = 1 << 30
FETCH = messages.FetchRequest


def fetch_request(wanted: dict[Any, Any], forgotten: dict[Any, list[int]] | None = None, **fields: Any) -> Any:
    """`wanted` is {(topic, index): offset or fields of the partition}; a topic of 16 bytes is an id."""
    topics = [
        FETCH.FetchTopic(
            **topic_field(topic),
            partitions=[
                FETCH.FetchPartition(
                    partition=index,
                    **{"partition_max_bytes": LARGE, **({"fetch_offset": part} if isinstance(part, int) else part)},
                )
            ],
        )
        for (topic, index), part in wanted.items()
    ]
    forget = [
        FETCH.ForgottenTopic(**topic_field(name), partitions=indexes) for name, indexes in (forgotten or {}).items()
    ]
    defaults = {"max_bytes": LARGE, "min_bytes": 1, "max_wait_ms": 0}
    return FETCH(topics=topics, forgotten_topics_data=forget, **{**defaults, **fields})


def topic_field(topic: str | bytes) -> dict[str, Any]:
    return {"topic_id" if isinstance(topic, bytes) else "topic": topic}


def parts(response: Any) -> dict[tuple[Any, int], Any]:
    return {
        (topic.topic or bytes(topic.topic_id), part.partition_index): part
        for topic in response.responses
        for part in topic.partitions
    }


def offsets(part: Any) -> list[int]:
    return [header.base_offset for header, _, _ in iterate_batches(part.records)]


async def fetch_one(node: Node, offset: int = 0, version: int = 12, topic: str = "t", **fields: Any) -> Any:
    own = {name: fields.pop(name) for name in list(fields) if name in FETCH.FetchPartition._names}
    response = await node.request(fetch_request({(topic, 0): {"fetch_offset": offset, **own}}, **fields), version)
    return parts(response)[topic, 0]


@in_node()
async def test_every_version_reads_what_was_written(node: Node) -> None:
    topic_id = await node.create_topic("t")
    await node.produce("t", b"a", b"b", b"c")
    for version in range(4, 19):
        topic = topic_id if version >= 13 else "t"
        response = await node.request(fetch_request({(topic, 0): 1}), version)
        part = parts(response)[topic, 0]
        assert (response.error_code, part.error_code, offsets(part)) == (0, 0, [1, 2])
        assert (part.high_watermark, part.last_stable_offset) == (3, 3)
        assert part.log_start_offset == (0 if version >= 5 else -1)
        assert part.aborted_transactions is None


@in_node()
async def test_readers_get_less_while_much_waits_for_slow_ones(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", *[bytes(400_000)] * 4)
    assert offsets(await fetch_one(node, max_bytes=LARGE)) == [0, 1, 2, 3]
    node.context.owed = lambda: MUCH_OWED + 1
    spared = await fetch_one(node, max_bytes=LARGE)
    assert offsets(spared)[:2] == [0, 1] and len(spared.records) <= SPARING_BYTES
    node.context.owed = lambda: 0
    assert offsets(await fetch_one(node, max_bytes=LARGE)) == [0, 1, 2, 3]


@in_node()
async def test_an_offset_inside_a_batch_gives_the_whole_batch(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", batch(b"a", b"b", b"c"))
    assert offsets(await fetch_one(node, 2)) == [0]


@in_node()
async def test_offsets_outside_the_log(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", b"a", b"b")
    assert (await fetch_one(node, 3)).error_code == errors.OFFSET_OUT_OF_RANGE
    end = await fetch_one(node, 2)
    assert (end.error_code, end.records) == (errors.NONE, b"")
    node.context.replicas.partition("t", 0).log.delete_records(1)
    low = await fetch_one(node, 0)
    assert (low.error_code, low.high_watermark, low.records) == (errors.OFFSET_OUT_OF_RANGE, -1, b"")


@in_node()
async def test_limits_hold_but_the_first_batch_always_goes(node: Node) -> None:
    await node.create_topic("t", 2)
    size = len(batch(b"x" * 100))
    await node.produce("t", *[b"x" * 100] * 4)
    await node.produce("t", *[b"y" * 100] * 4, partition=1)
    both = {("t", 0): 0, ("t", 1): 0}

    async def counts(**fields: Any) -> list[int]:
        per_partition = fields.pop("partition_max_bytes", LARGE)
        wanted = {key: {"fetch_offset": at, "partition_max_bytes": per_partition} for key, at in both.items()}
        found = parts(await node.request(fetch_request(wanted, **fields), 12))
        return [len(offsets(found[key])) for key in both]

    assert await counts() == [4, 4]
    assert await counts(max_bytes=1) == [1, 0]
    assert await counts(max_bytes=0) == [1, 0]
    assert await counts(max_bytes=5 * size) == [4, 1]
    assert await counts(partition_max_bytes=2 * size + 1) == [2, 2]
    assert await counts(partition_max_bytes=1) == [1, 0]


@in_node(fetch_max_bytes="1024")
async def test_the_brokers_own_limit_counts_too(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", *[b"x" * 400] * 5)
    assert offsets(await fetch_one(node)) == [0, 1]


@in_node()
async def test_errors_per_partition(node: Node) -> None:
    topic_id = await node.create_topic("t")
    unknown = uuid.random()
    found = parts(await node.request(fetch_request({(unknown, 0): 0, (topic_id, 0): 0, (topic_id, 5): 0}), 13))
    assert found[unknown, 0].error_code == errors.UNKNOWN_TOPIC_ID
    assert found[topic_id, 5].error_code == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert found[topic_id, 0].error_code == errors.NONE
    assert (await fetch_one(node, topic="gone")).error_code == errors.UNKNOWN_TOPIC_OR_PARTITION


@in_node()
async def test_leader_epochs_are_checked_and_the_leader_is_named(node: Node) -> None:
    topic_id = await node.create_topic("t")
    await node.change("t", leader=1)
    assert (await fetch_one(node, current_leader_epoch=1)).error_code == errors.NONE
    assert (await fetch_one(node, current_leader_epoch=2)).error_code == errors.UNKNOWN_LEADER_EPOCH
    wanted = {(topic_id, 0): {"current_leader_epoch": 0}}
    response = await node.request(fetch_request(wanted), 16)
    part = parts(response)[topic_id, 0]
    assert part.error_code == errors.FENCED_LEADER_EPOCH
    assert (part.current_leader.leader_id, part.current_leader.leader_epoch) == (1, 1)
    assert [(e.node_id, e.host, e.port) for e in response.node_endpoints] == [(1, "broker.test", 9092)]
    await node.change("t", leader=2)
    assert (await fetch_one(node)).error_code == errors.NOT_LEADER_OR_FOLLOWER


@in_node()
async def test_a_reader_of_another_history_is_told_where_it_diverges(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", b"a", b"b")
    await node.change("t", leader=1)
    await node.produce("t", b"c")
    agreed = await fetch_one(node, 2, last_fetched_epoch=0)
    assert (agreed.diverging_epoch.epoch, offsets(agreed)) == (-1, [2])
    part = await fetch_one(node, 3, last_fetched_epoch=0)
    assert (part.error_code, part.diverging_epoch.epoch, part.diverging_epoch.end_offset) == (0, 0, 2)
    assert part.records == b"" and part.high_watermark == 3
    assert (await fetch_one(node, 3, last_fetched_epoch=9)).error_code == errors.OFFSET_OUT_OF_RANGE


# Transactions


def transactional(node: Node, sequence: int, value: bytes = b"v") -> None:
    """What a coordinator's partition would let through; clients may not write it yet."""
    partition = node.context.replicas.partition("t", 0)
    records = batch(value, producer_id=7, producer_epoch=0, base_sequence=sequence, transactional=True)
    node.context.replicas.append(partition, records, acks=-1, origin=Origin.COORDINATOR)


def end_transaction(node: Node, commit: bool) -> None:
    partition = node.context.replicas.partition("t", 0)
    marker = bytearray(build_end_marker(commit, 7, 0, 0, 1_000))
    node.context.replicas.append(partition, marker, acks=-1, origin=Origin.COORDINATOR)


@in_node()
async def test_committed_readers_stop_at_the_last_stable_offset(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", b"a")
    transactional(node, 0)
    await node.produce("t", b"b")
    part = await fetch_one(node, isolation_level=1)
    assert (offsets(part), part.last_stable_offset, part.high_watermark) == ([0], 1, 3)
    assert part.aborted_transactions == []
    assert offsets(await fetch_one(node)) == [0, 1, 2]
    end_transaction(node, commit=False)
    part = await fetch_one(node, isolation_level=1)
    assert (offsets(part), part.last_stable_offset) == ([0, 1, 2, 3], 4)
    assert [(item.producer_id, item.first_offset) for item in part.aborted_transactions] == [(7, 1)]
    assert (await fetch_one(node)).aborted_transactions is None


@in_node()
async def test_a_committed_readers_wait_ends_with_the_transaction(node: Node) -> None:
    await node.create_topic("t")
    transactional(node, 0)
    waiting = await start(node, fetch_one(node, isolation_level=1, max_wait_ms=60_000))
    await node.produce("t", b"b")
    await asyncio.sleep(0)
    assert not waiting.done()
    end_transaction(node, commit=True)
    assert offsets(await waiting) == [0, 1, 2]


# Waiting


async def start(node: Node, request: Any) -> asyncio.Task[Any]:
    """A fetch that is waiting once this returns."""
    before = len(node.context.replicas.waiting)
    task = asyncio.create_task(request)
    await node.until(lambda: len(node.context.replicas.waiting) > before or task.done())
    assert not task.done()
    return task


@in_node()
async def test_a_fetch_at_the_end_waits_for_records(node: Node) -> None:
    await node.create_topic("t")
    waiting = await start(node, fetch_one(node, max_wait_ms=60_000))
    await node.produce("t", b"a")
    part = await waiting
    assert (offsets(part), part.high_watermark) == ([0], 1)
    assert len(node.context.replicas.waiting) == 0


@in_node()
async def test_min_bytes_must_be_met(node: Node) -> None:
    await node.create_topic("t", 2)
    size = len(batch(b"x" * 100))
    wanted = {("t", 0): 0, ("t", 1): 0}
    request = fetch_request(wanted, min_bytes=2 * size, max_wait_ms=60_000)
    waiting = await start(node, node.request(request, 12))
    await node.produce("t", b"x" * 100)
    await asyncio.sleep(0)
    assert not waiting.done()
    await node.produce("t", b"x" * 100, partition=1)
    found = parts(await waiting)
    assert [len(offsets(found[key])) for key in wanted] == [1, 1]


@in_node()
async def test_after_max_wait_the_answer_is_what_there_is(node: Node) -> None:
    await node.create_topic("t")
    await node.produce("t", b"a")
    assert offsets(await fetch_one(node, min_bytes=LARGE, max_wait_ms=1)) == [0]
    assert (await fetch_one(node, 1, max_wait_ms=1)).records == b""


@in_node()
async def test_errors_end_the_wait(node: Node) -> None:
    await node.create_topic("t")
    waiting = await start(node, fetch_one(node, max_wait_ms=60_000))
    await node.change("t", leader=2)
    assert (await waiting).error_code == errors.NOT_LEADER_OR_FOLLOWER


@in_node()
async def test_a_deleted_topic_ends_the_wait(node: Node) -> None:
    topic_id = await node.create_topic("t")
    waiting = await start(node, fetch_one(node, max_wait_ms=60_000))
    await node.context.keeper.commit([messages.RemoveTopicRecord(topic_id=topic_id)])
    assert (await waiting).error_code == errors.UNKNOWN_TOPIC_OR_PARTITION


@in_node()
async def test_a_wait_is_forgotten_with_its_connection(node: Node) -> None:
    await node.create_topic("t")
    waiting = await start(node, fetch_one(node, max_wait_ms=60_000))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert len(node.context.replicas.waiting) == 0


# Sessions


@in_node()
async def test_a_session_over_real_partitions(node: Node) -> None:
    topic_id = await node.create_topic("t", 3)
    keys = [(topic_id, index) for index in range(3)]
    response = await node.request(fetch_request(dict.fromkeys(keys, 0), session_epoch=0), 13)
    assert list(parts(response)) == keys and response.session_id > 0
    session = {"session_id": response.session_id}

    await node.produce("t", b"a", partition=1)
    response = await node.request(fetch_request({}, session_epoch=1, **session), 13)
    assert {key: offsets(part) for key, part in parts(response).items()} == {keys[1]: [0]}

    response = await node.request(fetch_request({keys[1]: 1}, session_epoch=2, **session), 13)
    assert parts(response) == {} and response.error_code == errors.NONE

    await node.produce("t", b"b", partition=0)
    response = await node.request(fetch_request({}, {topic_id: [0]}, session_epoch=3, **session), 13)
    assert parts(response) == {}

    for epoch, version, session_id, error in (
        (9, 13, session["session_id"], errors.INVALID_FETCH_SESSION_EPOCH),
        (4, 12, session["session_id"], errors.FETCH_SESSION_TOPIC_ID_ERROR),
        (1, 13, session["session_id"] % 1000 + 1, errors.FETCH_SESSION_ID_NOT_FOUND),
    ):
        response = await node.request(fetch_request({}, session_epoch=epoch, session_id=session_id), version)
        assert (response.error_code, parts(response), response.session_id) == (error, {}, 0)


@in_node()
async def test_a_topic_made_anew_is_not_the_one_of_the_session(node: Node) -> None:
    topic_id = await node.create_topic("t")
    response = await node.request(fetch_request({(topic_id, 0): 0}, session_epoch=0), 13)
    await node.context.keeper.commit([messages.RemoveTopicRecord(topic_id=topic_id)])
    await node.create_topic("t")
    response = await node.request(fetch_request({}, session_epoch=1, session_id=response.session_id), 13)
    assert parts(response)[topic_id, 0].error_code == errors.UNKNOWN_TOPIC_ID


# Followers


@in_node()
async def test_a_follower_reads_what_is_not_committed_and_thereby_commits_it(node: Node) -> None:
    topic_id = await node.create_topic("t")
    await node.change("t", replicas=[1, 2], isr=[1, 2])
    await node.produce("t", b"a", acks=1)
    assert (await fetch_one(node)).records == b""
    state = FETCH.ReplicaState(replica_id=2)
    part = parts(await node.request(fetch_request({(topic_id, 0): 0}, replica_state=state), 17))[topic_id, 0]
    assert (offsets(part), part.high_watermark) == ([0], 0)
    part = parts(await node.request(fetch_request({(topic_id, 0): 1}, replica_state=state), 17))[topic_id, 0]
    assert part.high_watermark == 1
    assert offsets(await fetch_one(node)) == [0]


@in_node()
async def test_strangers_are_no_followers(node: Node) -> None:
    await node.create_topic("t")
    assert (await fetch_one(node, replica_id=9)).error_code == errors.NOT_LEADER_OR_FOLLOWER
    assert (await fetch_one(node, replica_id=9, current_leader_epoch=0)).error_code == errors.UNKNOWN_LEADER_EPOCH
