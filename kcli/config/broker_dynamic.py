"""Which broker properties may be set while brokers run: for all of them, for one, or for a listener of one."""

from __future__ import annotations

from collections.abc import Iterable

from kcli.config.broker import base_name, definition
from kcli.config.definition import PER_BROKER

# In Kafka's words; the names follow after a colon.
FIXED = "Cannot update these configs dynamically"
NO_LISTENER = "These security configs can be dynamically updated only per-listener using the listener prefix"
OF_ONE_BROKER = "Cannot update these configs at default cluster level, broker id must be specified"

# Properties of listeners that may be set for the whole cluster; all other ones belong to one broker.
_CLUSTER_LEVEL = ("max.connections", "max.connection.creation.rate", "num.network.threads")


def fixed(names: Iterable[str], dialect: str) -> list[str]:
    """Those that only a restart changes."""
    shown = definition(dialect).known_in(dialect)
    return [name for name in names if name in shown and shown[name].read_only]


def without_listener(names: Iterable[str], dialect: str) -> list[str]:
    """Those that need a listener's prefix and have none."""
    return [name for name in names if name.startswith("ssl.") and _of_a_broker(name, dialect)]


def of_one_broker(names: Iterable[str], dialect: str) -> list[str]:
    """Those that cannot be set for all brokers at once."""
    return [
        name
        for name in names
        if base_name(name) not in _CLUSTER_LEVEL and (base_name(name) != name or _of_a_broker(name, dialect))
    ]


def holds_password(name: str, dialect: str) -> bool:
    """Whether a property that may be set while brokers run is a secret, with or without a listener's prefix."""
    return any(
        key.sensitive and not key.read_only and name.endswith(known) for known, key in definition(dialect).items()
    )


def _of_a_broker(name: str, dialect: str) -> bool:
    key = definition(dialect).get(name)
    return key is not None and key.update_mode == PER_BROKER
