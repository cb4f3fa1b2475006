"""The broker's settings: Kafka's whole table, and the layers that a value is looked up in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from kcli.config.broker_table import COLUMNS, TABLE
from kcli.config.definition import ConfigDef, ConfigKey, read_table

_LISTENER_PREFIX = re.compile(r"listener\.name\.([^.]+)\.(.+)")

# May follow listener.name.NAME.MECHANISM. instead of listener.name.NAME.
_MECHANISM_PROPERTIES = (
    "sasl.jaas.config",
    "sasl.login.callback.handler.class",
    "sasl.login.class",
    "sasl.server.callback.handler.class",
    "connections.max.reauth.ms",
)

# Quotas that Kafka keeps with the dynamic properties; a file cannot set them.
DYNAMIC_ONLY = (
    "leader.replication.throttled.rate",
    "follower.replication.throttled.rate",
    "replica.alter.log.dirs.io.max.bytes.per.second",
)


@cache
def definition(dialect: str = "4.3") -> ConfigDef:
    """Every broker property of both versions of Kafka; where they differ, as ``dialect`` has it."""
    return read_table(TABLE, dialect, COLUMNS)


def base_name(name: str) -> str:
    """The property behind ``listener.name.NAME.[MECHANISM.]property``; other names come back as they are."""
    match = _LISTENER_PREFIX.fullmatch(name)
    if match is None:
        return name
    rest = match.group(2)
    return next((known for known in _MECHANISM_PROPERTIES if rest.endswith("." + known)), rest)


def find_key(name: str, dialect: str = "4.3") -> ConfigKey | None:
    """The table's line for a name, with or without a listener's prefix."""
    return definition(dialect).get(base_name(name))


class BrokerConfig:
    """Typed values by name; what was set while running comes before the file, and the file before the defaults."""

    def __init__(self, static: Mapping[str, str] | None = None, dialect: str = "4.3") -> None:
        self.dialect = dialect
        self.definition = definition(dialect)
        self.static: dict[str, str] = dict(static or {})
        self.dynamic: dict[str, str] = {}
        self.dynamic_default: dict[str, str] = {}
        self._parsed: dict[str, Any] = {}

    def update(self, dynamic: Mapping[str, str], dynamic_default: Mapping[str, str]) -> None:
        """Take what ConfigRecords say of this broker and of all brokers."""
        self.dynamic, self.dynamic_default = dict(dynamic), dict(dynamic_default)
        self._parsed.clear()

    def text(self, name: str) -> str | None:
        """The text a property was set to, None where it was not."""
        for layer in (self.dynamic, self.dynamic_default, self.static):
            if name in layer:
                return layer[name]
        return None

    def __contains__(self, name: str) -> bool:
        return self.text(name) is not None

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            key = self.definition[name]
            text = self.text(name)
            self._parsed[name] = key.default if text is None else key.parse(text)
        return self._parsed[name]

    def for_listener(self, listener: str, name: str, mechanism: str = "") -> Any:
        """A property as one listener (and SASL mechanism) has it: its own setting first, the broker's otherwise."""
        prefix = f"listener.name.{listener.lower()}."
        for full in (f"{prefix}{mechanism.lower()}.{name}" if mechanism else "", prefix + name):
            text = self.text(full) if full else None
            if text is not None:
                return self.definition[name].parse(text)
        return self[name]
