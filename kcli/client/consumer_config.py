"""What a BulkConsumer acts on, from Kafka's consumer settings; times in seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kcli.client.assignors import ASSIGNORS, Assignor
from kcli.client.membership import MemberSettings
from kcli.config.definition import ConfigError, invalid

LATEST_TIMESTAMP = -1
EARLIEST_TIMESTAMP = -2
_DURATION = re.compile(
    r"([+-])?P(?:([+-]?\d+)D)?(T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.I | re.A
)


class OffsetReset(NamedTuple):
    """Where to read where there is no position: at a ListOffsets timestamp, some milliseconds ago, or nowhere."""

    timestamp: int | None = None
    ago_ms: int | None = None

    def at(self, now_ms: int) -> int | None:
        """The timestamp to ask ListOffsets for; None if there must not be a reset."""
        return self.timestamp if self.ago_ms is None else now_ms - self.ago_ms


RESETS = {
    "earliest": OffsetReset(EARLIEST_TIMESTAMP),
    "latest": OffsetReset(LATEST_TIMESTAMP),
    "none": OffsetReset(),
}


class ConsumerConfig(NamedTuple):
    """Connections take their settings from the cluster's."""

    group: MemberSettings | None
    protocol: str
    assignors: tuple[Assignor, ...]
    remote_assignor: str | None
    offset_reset: OffsetReset
    auto_commit: bool
    auto_commit_interval: float
    read_committed: bool
    check_crcs: bool
    fetch_min_bytes: int
    fetch_max_bytes: int
    fetch_max_wait: float
    partition_max_bytes: int
    metadata_max_age: float
    request_timeout: float
    retry_backoff: float
    retry_backoff_max: float
    allow_auto_create: bool
    exclude_internal: bool
    rack: str


def consumer_config(values: Mapping[str, Any]) -> ConsumerConfig:
    """From the typed settings of `client.config.parse(CONSUMER, given)`; raises ConfigError in Kafka's words."""
    if values["group.id"] is not None and not values["group.id"].strip():
        raise ConfigError("The configured group.id should not be an empty string or whitespace.", "group.id")
    return ConsumerConfig(
        group=_member(values) if values["group.id"] else None,
        protocol=values["group.protocol"].lower(),
        assignors=_assignors(values["partition.assignment.strategy"]),
        remote_assignor=values["group.remote.assignor"],
        offset_reset=offset_reset(values["auto.offset.reset"]),
        auto_commit=values["enable.auto.commit"],
        auto_commit_interval=values["auto.commit.interval.ms"] / 1000,
        read_committed=values["isolation.level"] == "read_committed",
        check_crcs=values["check.crcs"],
        fetch_min_bytes=values["fetch.min.bytes"],
        fetch_max_bytes=values["fetch.max.bytes"],
        fetch_max_wait=values["fetch.max.wait.ms"] / 1000,
        partition_max_bytes=values["max.partition.fetch.bytes"],
        metadata_max_age=values["metadata.max.age.ms"] / 1000,
        request_timeout=values["request.timeout.ms"] / 1000,
        retry_backoff=values["retry.backoff.ms"] / 1000,
        retry_backoff_max=max(values["retry.backoff.max.ms"], values["retry.backoff.ms"]) / 1000,
        allow_auto_create=values["allow.auto.create.topics"],
        exclude_internal=values["exclude.internal.topics"],
        rack=values["client.rack"] or "",
    )


def _member(values: Mapping[str, Any]) -> MemberSettings:
    return MemberSettings(
        group_id=values["group.id"],
        instance_id=values["group.instance.id"],
        rack_id=values["client.rack"] or None,
        session_timeout=values["session.timeout.ms"] / 1000,
        rebalance_timeout=values["max.poll.interval.ms"] / 1000,
        heartbeat_interval=values["heartbeat.interval.ms"] / 1000,
        retry_backoff=values["retry.backoff.ms"] / 1000,
    )


def _assignors(names: list[str]) -> tuple[Assignor, ...]:
    name = next((name for name in names if name not in ASSIGNORS), None)
    if name is not None:
        raise invalid("partition.assignment.strategy", names, f"{name} is not one of {', '.join(ASSIGNORS)}")
    return tuple(ASSIGNORS[name] for name in names)


def offset_reset(text: str) -> OffsetReset:
    """auto.offset.reset, which client.config has checked, with KIP-1106's by_duration:<ISO 8601 duration>."""
    known = RESETS.get(text.lower())
    return known if known is not None else OffsetReset(ago_ms=parse_duration_ms(text.partition(":")[2]))


def parse_duration_ms(text: str) -> int | None:
    """An ISO 8601 duration as java.time.Duration reads it; None if it is none."""
    match = _DURATION.fullmatch(text)
    if match is None or text[-1:].upper() in ("P", "T"):
        return None
    sign, days, _, hours, minutes, seconds, fraction = match.groups()
    total = 1000 * (86_400 * int(days or 0) + 3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds or 0))
    part = int((fraction or "").ljust(3, "0")[:3])
    total += -part if (seconds or "").startswith("-") else part
    return -total if sign == "-" else total
