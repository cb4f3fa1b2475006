"""What a ShareConsumer acts on, from Kafka's consumer settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kcli.client.config import CONSUMER, parse
from kcli.client.membership import MemberSettings
from kcli.config.definition import ConfigError, invalid

_UNSUPPORTED = (
    "auto.offset.reset",
    "enable.auto.commit",
    "group.instance.id",
    "isolation.level",
    "partition.assignment.strategy",
    "interceptor.classes",
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "group.protocol",
    "group.remote.assignor",
)
_MODES = (
    ("share.acknowledgement.mode", ("implicit", "explicit")),
    ("share.acquire.mode", ("batch_optimized", "record_limit")),
)


class ShareConfig(NamedTuple):
    """Connections take their settings from the cluster's; times in seconds, but for the one that goes out as it is."""

    group: MemberSettings
    explicit: bool
    record_limit: bool
    max_records: int
    check_crcs: bool
    fetch_min_bytes: int
    fetch_max_bytes: int
    fetch_max_wait_ms: int
    metadata_max_age: float
    request_timeout: float
    api_timeout: float
    retry_backoff: float
    retry_backoff_max: float
    allow_auto_create: bool


def share_config(settings: Mapping[str, str]) -> ShareConfig:
    """From the settings as they were given; raises ConfigError in Kafka's words."""
    refused = [name for name in _UNSUPPORTED if name in settings]
    if refused:
        raise ConfigError(f"{', '.join(refused)} cannot be set when using a share group.")
    values = parse(CONSUMER, settings)
    if not values["group.id"]:
        raise invalid("group.id", values["group.id"], "A share consumer needs a group.")
    for name, allowed in _MODES:
        if values[name].lower() not in allowed:
            either = " or ".join(f"'{each}'" for each in allowed)
            reason = f"Invalid value `{values[name]}` for configuration {name}. The value must either be {either}."
            raise invalid(name, values[name], reason)
    return ShareConfig(
        group=MemberSettings(
            group_id=values["group.id"],
            rack_id=values["client.rack"] or None,
            retry_backoff=values["retry.backoff.ms"] / 1000,
        ),
        explicit=values["share.acknowledgement.mode"].lower() == "explicit",
        record_limit=values["share.acquire.mode"].lower() == "record_limit",
        max_records=values["max.poll.records"],
        check_crcs=values["check.crcs"],
        fetch_min_bytes=values["fetch.min.bytes"],
        fetch_max_bytes=values["fetch.max.bytes"],
        fetch_max_wait_ms=values["fetch.max.wait.ms"],
        metadata_max_age=values["metadata.max.age.ms"] / 1000,
        request_timeout=values["request.timeout.ms"] / 1000,
        api_timeout=values["default.api.timeout.ms"] / 1000,
        retry_backoff=values["retry.backoff.ms"] / 1000,
        retry_backoff_max=max(values["retry.backoff.max.ms"], values["retry.backoff.ms"]) / 1000,
        allow_auto_create=values["allow.auto.create.topics"],
    )
