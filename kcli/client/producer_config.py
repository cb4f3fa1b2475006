"""What a BulkProducer acts on, from Kafka's producer settings.

Deviation: a `batch.size` that nobody set means "whatever is fast", because a tool that reads a pipe has nothing to gain
from 16 KiB on a fast line; keyless records still change partition every 16 KiB, so that they spread as Kafka's do.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from kcli.records.compression import CODECS

FAST_BATCH_SIZE = 512 * 1024


class ProducerConfig(NamedTuple):
    """Times are in seconds, sizes in bytes."""

    acks: int
    idempotence: bool
    retries: int
    retry_backoff: float
    retry_backoff_max: float
    reconnect_backoff: float
    reconnect_backoff_max: float
    request_timeout: float
    delivery_timeout: float
    linger: float
    batch_size: int
    sticky_size: int
    buffer_memory: int
    max_block: float
    max_in_flight: int
    max_request_size: int
    metadata_max_age: float
    codec: int
    level: int | None
    adaptive: bool
    ignore_keys: bool
    transactional_id: str | None = None
    transaction_timeout: float = 60.0


def producer_config(values: Mapping[str, Any], given: Container[str]) -> ProducerConfig:
    """From the typed settings of `client.config.parse(PRODUCER, given)`."""
    codec = values["compression.type"]
    batch_size = values["batch.size"] if "batch.size" in given else FAST_BATCH_SIZE
    return ProducerConfig(
        acks=-1 if values["acks"] == "all" else int(values["acks"]),
        idempotence=values["enable.idempotence"],
        retries=values["retries"],
        retry_backoff=values["retry.backoff.ms"] / 1000,
        retry_backoff_max=max(values["retry.backoff.max.ms"], values["retry.backoff.ms"]) / 1000,
        reconnect_backoff=values["reconnect.backoff.ms"] / 1000,
        reconnect_backoff_max=max(values["reconnect.backoff.max.ms"], values["reconnect.backoff.ms"]) / 1000,
        request_timeout=values["request.timeout.ms"] / 1000,
        delivery_timeout=values["delivery.timeout.ms"] / 1000,
        linger=values["linger.ms"] / 1000,
        batch_size=max(1, min(batch_size, values["buffer.memory"] // 2)),
        sticky_size=max(1, values["batch.size"]),
        buffer_memory=values["buffer.memory"],
        max_block=values["max.block.ms"] / 1000,
        max_in_flight=values["max.in.flight.requests.per.connection"],
        max_request_size=values["max.request.size"],
        metadata_max_age=values["metadata.max.age.ms"] / 1000,
        codec=CODECS[codec],
        level=values.get(f"compression.{codec}.level"),
        adaptive=values["partitioner.adaptive.partitioning.enable"],
        ignore_keys=values["partitioner.ignore.keys"],
        transactional_id=values["transactional.id"],
        transaction_timeout=values["transaction.timeout.ms"] / 1000,
    )
