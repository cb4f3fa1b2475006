"""Kafka's client settings: tables for the producer, the consumer and the admin client, and what ties them together.

values = parse(PRODUCER, {"acks": "1", "linger.ms": "20"})      # typed, with defaults; raises ConfigError
unknown(PRODUCER, {"acsk": "1"}) -> ["acsk"]                    # Kafka takes and ignores such names
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kcli.client.config_table import COLUMNS, TABLE
from kcli.config.definition import ConfigDef, ConfigError, ConfigKey, invalid, read_table

PRODUCER, CONSUMER, ADMIN = "P", "C", "A"

_DURATION = re.compile(
    r"by_duration:[+-]?P(?=.)([+-]?\d+D)?(T(?=.)([+-]?\d+H)?([+-]?\d+M)?([+-]?\d+(\.\d*)?S)?)?", re.I
)
_IDEMPOTENT_IN_FLIGHT = 5


@cache
def definition(client: str) -> ConfigDef:
    """The table of one kind of client."""
    rows = (line.split(" | ", 1) for line in TABLE.splitlines())
    table = read_table("\n".join(row for clients, row in rows if client in clients), "4.3", COLUMNS)
    return ConfigDef(_with_validator(key) for key in table.values())


def _with_validator(key: ConfigKey) -> ConfigKey:
    if key.name != "auto.offset.reset":
        return key
    return key._replace(validator=_check_offset_reset)


def _check_offset_reset(name: str, value: Any) -> None:
    text = str(value)
    if text.lower() in ("earliest", "latest", "none") or _DURATION.fullmatch(text):
        return
    raise invalid(
        name,
        value,
        f"Invalid value `{text}` for configuration {name}. The value must be either 'earliest', 'latest', 'none'"
        " or of the format 'by_duration:<PnDTnHnMn.nS.>'.",
    )


def parse(client: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """Every setting of this kind of client, typed, given or default; raises ConfigError in Kafka's words."""
    values = definition(client).parse(settings)
    _check_sasl(values)
    if client == PRODUCER:
        _settle_idempotence(values, settings)
        _settle_delivery_timeout(values, settings)
    elif client == CONSUMER:
        _check_group_protocol(values, settings)
    return values


def unknown(client: str, settings: Mapping[str, str]) -> list[str]:
    """Names that Kafka's client does not know (and ignores)."""
    return [name for name in settings if name not in definition(client)]


def _check_sasl(values: Mapping[str, Any]) -> None:
    if values["security.protocol"].upper().startswith("SASL") and not values["sasl.mechanism"]:
        raise invalid(
            "sasl.mechanism",
            None,
            "When the security.protocol configuration enables SASL, mechanism must be non-null and non-empty string.",
        )


def _settle_idempotence(values: dict[str, Any], given: Mapping[str, str]) -> None:
    """On by default, and quietly off where other settings rule it out; asked for, those settings are an error."""
    asked = "enable.idempotence" in given
    if values["enable.idempotence"]:
        if values["retries"] == 0:
            if asked:
                raise ConfigError("Must set retries to non-zero when using the idempotent producer.")
            values["enable.idempotence"] = False
        if values["acks"] not in ("all", "-1"):
            if asked:
                raise ConfigError(
                    "Must set acks to all in order to use the idempotent producer."
                    " Otherwise we cannot guarantee idempotence."
                )
            values["enable.idempotence"] = False
        in_flight = values["max.in.flight.requests.per.connection"]
        if values["enable.idempotence"] and in_flight > _IDEMPOTENT_IN_FLIGHT:
            raise ConfigError(
                "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most"
                f" {_IDEMPOTENT_IN_FLIGHT}. Current value is {in_flight}."
            )
    if values["transactional.id"] is not None and not values["enable.idempotence"]:
        raise ConfigError("Cannot set a transactional.id without also enabling idempotence.")


def _settle_delivery_timeout(values: dict[str, Any], given: Mapping[str, str]) -> None:
    least = min(values["linger.ms"] + values["request.timeout.ms"], 0x7FFFFFFF)
    if values["delivery.timeout.ms"] < least:
        if "delivery.timeout.ms" in given:
            raise ConfigError("delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms")
        values["delivery.timeout.ms"] = least


_FOREIGN = {
    "CLASSIC": ("group.remote.assignor",),
    "CONSUMER": ("partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"),
}


def _check_group_protocol(values: Mapping[str, Any], given: Mapping[str, str]) -> None:
    protocol = values["group.protocol"].upper()
    foreign = [name for name in _FOREIGN[protocol] if name in given]
    if foreign:
        raise ConfigError(f"{', '.join(foreign)} cannot be set when group.protocol={protocol}")
