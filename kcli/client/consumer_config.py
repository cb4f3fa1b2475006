"""The consumer's settings: Kafka's names, defaults, limits and objections, as one checked object; times in seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kcli.client.assignors import ASSIGNORS, Assignor
from kcli.client.membership import MemberSettings
from kcli.config.definition import ConfigDef, ConfigError, invalid, read_table

COLUMNS = ("name", "type", "default", "allowed", "importance", "dialect")

TABLE = """\
allow.auto.create.topics | BOOLEAN | true |  | M
auto.commit.interval.ms | INT | 5000 | [0,...] | L
auto.offset.reset | STRING | latest |  | M
check.crcs | BOOLEAN | true |  | L
client.rack | STRING |  |  | L
default.api.timeout.ms | INT | 60000 | [0,...] | M
enable.auto.commit | BOOLEAN | true |  | M
exclude.internal.topics | BOOLEAN | true |  | M
fetch.max.bytes | INT | 52428800 | [0,...] | M
fetch.max.wait.ms | INT | 500 | [0,...] | L
fetch.min.bytes | INT | 1 | [0,...] | H
group.id | STRING | null |  | H
group.instance.id | STRING | null | non-empty | M
group.protocol | STRING | classic | any case of CONSUMER,CLASSIC | H
group.remote.assignor | STRING | null |  | M
heartbeat.interval.ms | INT | 3000 |  | H
isolation.level | STRING | read_uncommitted | one of read_committed,read_uncommitted | M
max.partition.fetch.bytes | INT | 1048576 | [0,...] | H
max.poll.interval.ms | INT | 300000 | [1,...] | M
max.poll.records | INT | 500 | [1,...] | M
metadata.max.age.ms | LONG | 300000 | [0,...] | L
partition.assignment.strategy | LIST | null |  | M
reconnect.backoff.max.ms | LONG | 1000 | [0,...] | L
reconnect.backoff.ms | LONG | 50 | [0,...] | L
request.timeout.ms | INT | 30000 | [0,...] | M
retry.backoff.max.ms | LONG | 1000 | [0,...] | L
retry.backoff.ms | LONG | 100 | [0,...] | L
session.timeout.ms | INT | 45000 |  | H
"""

LATEST_TIMESTAMP = -1
EARLIEST_TIMESTAMP = -2
_DEFAULT_ASSIGNORS = ("range", "cooperative-sticky")
_NOT_WITH = {
    "consumer": ("partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"),
    "classic": ("group.remote.assignor",),
}
_DURATION = re.compile(
    r"([+-])?P(?:([+-]?\d+)D)?(T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:[.,](\d{0,9}))?S)?)?", re.I | re.A
)


@cache
def consumer_settings() -> ConfigDef:
    return read_table(TABLE, "4.3", COLUMNS)


@dataclass(frozen=True)
class OffsetReset:
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


@dataclass(frozen=True)
class ConsumerConfig:
    """What a BulkConsumer acts on; connections take their settings from the cluster's."""

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


def parse_config(given: Mapping[str, str]) -> ConsumerConfig:
    """The settings that a user gave, and the defaults of the others; ConfigError says what is wrong, as Kafka would."""
    values = consumer_settings().parse(given)
    protocol = values["group.protocol"].lower()
    for name in _NOT_WITH[protocol]:
        if name in given:
            raise ConfigError(f"{name} cannot be set when group.protocol={protocol.upper()}")
    return ConsumerConfig(
        group=_member(values) if values["group.id"] else None,
        protocol=protocol,
        assignors=_assignors(values["partition.assignment.strategy"]),
        remote_assignor=values["group.remote.assignor"],
        offset_reset=parse_offset_reset(values["auto.offset.reset"]),
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


def _assignors(names: list[str] | None) -> tuple[Assignor, ...]:
    if names is None:
        return tuple(assignor for assignor in ASSIGNORS.values() if assignor.name in _DEFAULT_ASSIGNORS)
    for name in names:
        if name not in ASSIGNORS:
            raise invalid(
                "partition.assignment.strategy", ",".join(names), f"{name} is not one of {', '.join(ASSIGNORS)}"
            )
    return tuple(ASSIGNORS[name] for name in names)


def parse_offset_reset(text: str) -> OffsetReset:
    """auto.offset.reset, with KIP-1106's by_duration:<ISO 8601 duration>."""
    known = RESETS.get(text)
    if known is not None:
        return known
    kind, colon, duration = text.partition(":")
    milliseconds = parse_duration_ms(duration) if colon and kind == "by_duration" else None
    if milliseconds is None or milliseconds < 0:
        raise invalid(
            "auto.offset.reset",
            text,
            f"Invalid value `{text}` for configuration auto.offset.reset. The value must be either 'earliest',"
            " 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
        )
    return OffsetReset(ago_ms=milliseconds)


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
