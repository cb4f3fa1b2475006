"""What kafka-storage takes from a server.properties: the node, its folders, its place in the quorum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from kcli.cli.errors import CommandError
from kcli.client.address import Address

if TYPE_CHECKING:
    from kcli.cli.settings import Settings

_CONFIG_EXCEPTION = "org.apache.kafka.common.config.ConfigException"
_DEFAULT_FOLDER = "/tmp/kafka-logs"
CONTROLLER = "controller"


class NodeSettings(NamedTuple):
    """A node to be; `listener` is its first controller listener as others reach it, if it has any."""

    node_id: int
    roles: tuple[str, ...]
    log_dirs: list[str]
    metadata_dir: str
    voters: str
    listener_name: str
    listener: Address | None

    @property
    def directories(self) -> list[str]:
        """Every folder, in order of name."""
        return sorted({*self.log_dirs, self.metadata_dir})


def read_node(path: str) -> NodeSettings:
    """Read a server.properties."""
    from kcli.cli.settings import load_settings

    settings = load_settings(path)
    with settings.reported():
        _check_node_id(settings)
    roles = tuple(_list(_required(settings, "process.roles")))
    log_dirs = _log_dirs(settings)
    names = [name.upper() for name in _list(_required(settings, "controller.listener.names"))]
    if not any(_list(settings.get(f"controller.quorum.{name}", "")) for name in ("voters", "bootstrap.servers")):
        raise CommandError(
            f"{_CONFIG_EXCEPTION}: If using process.roles, either"
            " controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or"
            " controller.quorum.voters must contain a parseable set of controllers."
        )
    return NodeSettings(
        _node_id(settings),
        roles,
        log_dirs,
        settings.get("metadata.log.dir") or log_dirs[0],
        settings.get("controller.quorum.voters", "").strip(),
        names[0],
        _listener(settings, names[0]) if CONTROLLER in roles else None,
    )


def _required(settings: Mapping[str, str], name: str) -> str:
    value = settings.get(name, "").strip()
    if not value:
        raise CommandError(f'{_CONFIG_EXCEPTION}: Missing required configuration "{name}" which has no default value.')
    return value


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _check_node_id(settings: Settings) -> None:
    """Kafka takes node.id for broker.id, too, and that it is no number is the first thing it sees."""
    from kcli.config.definition import invalid

    name = "node.id" if settings.get("node.id") else "broker.id"
    try:
        int(settings.get(name) or "0")
    except ValueError:
        settings.origins["broker.id"] = settings.origins[name]
        raise invalid("broker.id", settings[name], "Not a number of type INT") from None


def _node_id(settings: Mapping[str, str]) -> int:
    node = int(settings.get("node.id") or _required({"node.id": settings.get("broker.id", "")}, "node.id"))
    if node < 0:
        raise CommandError("You must specify a valid non-negative node ID.")
    return node


def _log_dirs(settings: Mapping[str, str]) -> list[str]:
    if "log.dirs" in settings and not _list(settings["log.dirs"]):
        raise CommandError(f"{_CONFIG_EXCEPTION}: Configuration 'log.dirs' must not be empty.")
    text = settings.get("log.dirs") or settings.get("log.dir") or _DEFAULT_FOLDER
    return _list(text)


def _listener(settings: Mapping[str, str], name: str) -> Address | None:
    """Where other controllers reach this one: as advertised, else where it listens."""
    from kcli.config.definition import ConfigError
    from kcli.config.listeners import parse_listeners

    found = None
    for key in ("listeners", "advertised.listeners"):
        entries = _list(settings.get(key, ""))
        # Only the addresses matter here, so every listener may pass for a plain one.
        protocols = {entry.partition(":")[0].upper(): "PLAINTEXT" for entry in entries}
        try:
            for item in parse_listeners(key, entries, protocols):
                if item.name == name:
                    found = Address(item.host or "localhost", item.port)
        except ConfigError as error:
            raise CommandError(f"{_CONFIG_EXCEPTION}: {error}") from None
    return found
