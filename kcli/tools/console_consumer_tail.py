"""`--tail`: the last records of several partitions together, in the order of their timestamps."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import merge
from typing import Any

from kcli.client.assignors import TopicPartition
from kcli.client.consumer import BulkConsumer
from kcli.client.consumer_config import RESETS
from kcli.tools.formatters import Context

_POLL = 1.0
Tailed = tuple[Context, Any]


def last_records(consumer: BulkConsumer, partitions: list[TopicPartition], count: int) -> list[Tailed]:
    """The last `count` records of the partitions; the consumer is left reading from their ends."""
    consumer.assign(dict.fromkeys(partitions, RESETS["latest"]))
    ends = consumer.list_offsets(RESETS["latest"])
    begins = consumer.list_offsets(RESETS["earliest"])
    found: dict[TopicPartition, list[Tailed]] = {key: [] for key in partitions}
    unread = ends.copy()  # from here on a partition is read
    step = max(count, 1)
    while short := [key for key in partitions if len(found[key]) < count and unread[key] > begins[key]]:
        # Offsets may be missing (compaction, transactions), so a partition may have to be read from further back.
        starts = {key: max(begins[key], unread[key] - step) for key in short}
        older = _read(consumer, starts, unread, count)
        for key in short:
            found[key] = (older[key] + found[key])[-count:]
            unread[key] = starts[key]
        step *= 2
    consumer.assign(ends)
    in_time = merge(*map(_in_time, found.values()), key=lambda item: item[0])
    return [tailed for _, tailed in deque(in_time, maxlen=count)]


def _in_time(records: list[Tailed]) -> Iterator[tuple[int, Tailed]]:
    """Each record with the latest timestamp up to it, so that a partition keeps its order."""
    latest = -1
    for tailed in records:
        latest = max(latest, tailed[1].timestamp)
        yield latest, tailed


def _read(
    consumer: BulkConsumer, starts: dict[TopicPartition, int], ends: dict[TopicPartition, int], count: int
) -> dict[TopicPartition, list[Tailed]]:
    """The last `count` records of each partition between two offsets."""
    kept: dict[TopicPartition, deque[Tailed]] = {key: deque(maxlen=count) for key in starts}
    consumer.assign(starts)
    while any((position or 0) < ends[key] for key, position in consumer.positions.items()):
        for chunk in consumer.poll(_POLL):
            key = (chunk.topic, chunk.partition)
            chunk.stop_at(ends[key])
            for header, records in chunk.read():
                context = Context(*key, header.uses_log_append_time)
                kept[key] += [(context, record) for record in records]
    return {key: list(records) for key, records in kept.items()}
