"""Settings where Kafka before 4.0 keeps them, in ZooKeeper: a node for each entity, and a notification of each change.

An entity is the path below /config: `users/alice`, `brokers/1`, `brokers/<default>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote_plus

from kcli.client.zookeeper_kafka import KafkaNodes, decode, encode

USERS, BROKERS = "users", "brokers"
DEFAULT = "<default>"
_CHANGES = "/config/changes"
_RUNNING = "/brokers/ids"


class ZooKeeperConfigs:
    """Settings of users and brokers."""

    def __init__(self, nodes: KafkaNodes) -> None:
        self._nodes = nodes

    def names(self, kind: str) -> list[str]:
        """The names below /config of the entities of a kind that there are."""
        return self._nodes.children(f"/config/{kind}")

    def read(self, entity: str) -> dict[str, str]:
        """Its settings."""
        path = f"/config/{entity}"
        return _settings(path, self._nodes.read(path)[0])

    def change(self, entity: str, decide: Callable[[Mapping[str, str]], Mapping[str, str]]) -> None:
        """Decide on an entity's settings. A user who is left without any has no node."""
        path, kind = f"/config/{entity}", entity.partition("/")[0]

        def decide_on_data(data: bytes | None) -> bytes | None:
            settings = decide(_settings(path, data))
            if kind == USERS and not settings and not self._nodes.children(path):
                return None
            return encode({"version": 1, "config": settings})

        self._nodes.ensure(f"/config/{kind}")
        self._nodes.change(path, decide_on_data)
        self._nodes.ensure(_CHANGES)
        self._nodes.notify(f"{_CHANGES}/config_change_", encode({"version": 2, "entity_path": entity}))

    def running_brokers(self) -> list[str]:
        """The ids of the brokers that are up."""
        return self._nodes.children(_RUNNING)


def node_name(kind: str, name: str) -> str:
    """What an entity's node is called; the empty name is the default of a kind."""
    if not name:
        return DEFAULT
    return quote(name, safe="._-").replace("~", "%7E") if kind == USERS else str(int(name))


def entity_name(kind: str, node: str) -> str:
    """The name of the entity of a node; the empty one is the default of a kind."""
    if node == DEFAULT:
        return ""
    return unquote_plus(node) if kind == USERS else node


def _settings(path: str, data: bytes | None) -> dict[str, str]:
    settings = decode(path, data or b"").get("config", {})
    return {name: str(value) for name, value in settings.items()} if isinstance(settings, dict) else {}
