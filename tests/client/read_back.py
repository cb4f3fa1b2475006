"""What is in a topic, read by librdkafka."""

from __future__ import annotations

from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition


class Read(NamedTuple):
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    timestamp: int


def read_back(bootstrap: str, topic: str, expected: int = 0) -> list[Read]:
    """Every record of a topic, each partition's in order, read to the end, and (for acks=0) until `expected` came."""
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "read-back", "enable.partition.eof": True,
         "enable.auto.commit": False, "fetch.wait.max.ms": 10}
    )  # fmt: skip
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
        read: list[Read] = []
        ended: set[int] = set()
        idle = 0
        while len(ended) < len(partitions) or len(read) < expected:
            messages = consumer.consume(5000, 0.1)
            idle = 0 if messages else idle + 1
            assert idle < 100, f"nothing came for 10 s after {len(read)} records of {topic}"
            for message in messages:
                partition, error = message.partition() or 0, message.error()
                if error is None:
                    headers: Any = message.headers()
                    offset, time = message.offset() or 0, message.timestamp()[1]
                    read.append(Read(partition, offset, message.key(), message.value(), headers or [], time))
                elif error.code() == KafkaError._PARTITION_EOF:
                    ended.add(partition)
                else:
                    raise AssertionError(error)
        return sorted(read, key=lambda record: record[:2])
    finally:
        consumer.close()
