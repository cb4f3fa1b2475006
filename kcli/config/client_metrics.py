"""Properties of one subscription to client metrics (KIP-714), as kafka-client-metrics sets them."""

from __future__ import annotations

import re
from functools import cache

from kcli.config.definition import ConfigDef, ConfigError, read_table

INTERVAL, MATCH, METRICS = "interval.ms", "match", "metrics"
MIN_INTERVAL, MAX_INTERVAL = 100, 3_600_000
_COLUMNS = ("name", "type", "default", "allowed", "importance", "dialect")
_TABLE = """\
interval.ms | INT | 300000 |  | M | 4.3
match | LIST |  | list | M | 4.3
metrics | LIST |  | list | M | 4.3
"""
_SELECTORS = (
    "client_id",
    "client_instance_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
)


@cache
def definition() -> ConfigDef:
    """Every property of a subscription."""
    return read_table(_TABLE, "4.3", _COLUMNS)


def check_match(text: str) -> None:
    """Each item is a name of what is known of clients, and an expression: ``client_id=a.*``."""
    for item in filter(None, (item.strip() for item in text.split(","))):
        name, separator, pattern = item.partition("=")
        try:
            if not separator or name not in _SELECTORS or "=" in pattern:
                raise ValueError(item)
            re.compile(pattern)
        except (ValueError, re.error):
            raise ConfigError(f"Illegal client matching pattern: {item}", MATCH, text) from None
