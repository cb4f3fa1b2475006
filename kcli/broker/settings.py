"""server.properties and --override, checked: what the broker is told, or one line on what is wrong and where."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence

from kcli.broker.errors import BrokerError
from kcli.config import broker as broker_config
from kcli.config.broker import BrokerConfig
from kcli.config.definition import HIDDEN, ConfigError
from kcli.config.listeners import ListenerAddress, parse_listeners, parse_protocol_map
from kcli.config.properties import PropertiesError, read

EPHEMERAL = {"broker.id": "1", "listeners": "PLAINTEXT://localhost:0", "group.initial.rebalance.delay.ms": "0"}
"""what a broker for tests is told where nobody says otherwise"""

_COMMAND_LINE = "--override"
_SECURE = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")


class Settings(BrokerConfig):
    """A broker's configuration with what follows from it."""

    def __init__(self, static: Mapping[str, str], origins: Mapping[str, str], dialect: str) -> None:
        super().__init__(static, dialect)
        self.origins = origins
        self.broker_id: int = self["broker.id"] if "broker.id" in self.static else self["node.id"]
        """-1 until it is known, where the file has none"""
        self.zookeeper: str | None = self["zookeeper.connect"] if dialect == "3.9" else None
        self.log_dirs: list[str] = []
        self.listeners: list[ListenerAddress] = []
        """those that clients may use; a controller's are not served"""
        self.advertised: list[ListenerAddress] = []
        """one for each listener, host or port still as the file has it"""
        self.inter_broker_listener = ""
        self.connection_overrides: dict[str, int] = {}
        self.warnings: list[str] = []

    @property
    def controller_listeners(self) -> list[str]:
        """Names of the listeners that belong to a controller."""
        return [name.upper() for name in self["controller.listener.names"] or ()]


def load(path: str | None, overrides: Iterable[str] = ()) -> Settings:
    """The settings of a file with the overrides over them; raises BrokerError."""
    static, origins = _read(path, overrides)
    zookeeper = "zookeeper.connect" in static and not static.get("process.roles", "").strip()
    settings = Settings({}, origins, "3.9" if zookeeper else "4.3")
    try:
        _check_values(static, settings)
        settings = Settings(static, origins, settings.dialect)
        for derive in _DERIVATIONS:
            derive(settings)
    except ConfigError as error:
        raise BrokerError(_locate(error, static, origins)) from None
    _warn(settings)
    return settings


def _read(path: str | None, overrides: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    static: dict[str, str] = {}
    origins: dict[str, str] = {}
    try:
        for name, value, line in read(path) if path is not None else ():
            static[name], origins[name] = value.strip(), f"{path}:{line}"
    except OSError as error:
        raise BrokerError(f"{path}: {error.strerror}") from None
    except PropertiesError as error:
        raise BrokerError(f"{path}:{error.line}: {error}") from None
    for override in overrides:
        name, equals, value = override.partition("=")
        if not equals:
            raise BrokerError(f"{_COMMAND_LINE} {override}: it takes property=value")
        static[name.strip()], origins[name.strip()] = value.strip(), _COMMAND_LINE
    return static, origins


def _check_values(static: Mapping[str, str], settings: Settings) -> None:
    for name, text in static.items():
        key = settings.definition.get(broker_config.base_name(name))
        if key is not None:
            try:
                key.parse(text)
            except ConfigError as error:
                raise ConfigError(str(error), name, text, error.reason) from None


def _locate(error: ConfigError, static: Mapping[str, str], origins: Mapping[str, str]) -> str:
    """``file:line: property=value: what is allowed``; without a property just what is wrong."""
    if error.name not in static:
        return str(error)
    key = broker_config.find_key(error.name)
    value = HIDDEN if key is not None and key.sensitive else static[error.name]
    return f"{origins[error.name]}: {error.name}={value}: {error.reason}"


# What follows from the values


def _wrong(name: str, reason: str) -> ConfigError:
    return ConfigError(f"{name}: {reason}", name, reason=reason)


def _check_identity(settings: Settings) -> None:
    broker, node = settings.static.get("broker.id"), settings.static.get("node.id")
    if broker is not None and node is not None and settings["broker.id"] != settings["node.id"]:
        raise _wrong("node.id", "must be the same as broker.id")
    given = "broker.id" if broker is not None else "node.id"
    if settings.broker_id < -1:
        raise _wrong(given, "Value must be at least 0")
    if settings.dialect == "3.9" and settings["broker.id.generation.enable"]:
        reserved = settings["reserved.broker.max.id"]
        if settings.broker_id > reserved:
            raise _wrong(given, f"must not be greater than reserved.broker.max.id ({reserved})")


def _check_roles(settings: Settings) -> None:
    roles = settings["process.roles"]
    if not roles:
        return
    if "broker" not in roles:
        raise _wrong("process.roles", "only a broker is served here: broker,controller or broker")
    if settings.broker_id < 0:
        raise ConfigError(
            "Missing configuration `node.id` which is required when `process.roles` is defined "
            "(i.e. when running in KRaft mode)."
        )
    voters = settings["controller.quorum.voters"]
    others = [voter for voter in voters if int(voter.partition("@")[0]) != settings.broker_id]
    if others:
        reason = f"this node is its own and only controller; {', '.join(others)} cannot be joined"
        raise _wrong("controller.quorum.voters", reason)


def _derive_log_dirs(settings: Settings) -> None:
    directories = settings["log.dirs"] or settings["log.dir"]
    settings.log_dirs = [os.path.abspath(directory) for directory in directories]


def _derive_listeners(settings: Settings) -> None:
    every = parse_listeners("listeners", settings["listeners"], _protocols(settings))
    settings.listeners = [listener for listener in every if listener.name not in settings.controller_listeners]
    if not settings.listeners:
        hint = "Perhaps all listeners appear in controller.listener.names?"
        raise _wrong("listeners", f"There must be at least one broker listener. {hint}")
    settings.advertised = list(settings.listeners)


def _derive_advertised(settings: Settings) -> None:
    name = "advertised.listeners" if settings["advertised.listeners"] else "listeners"
    if name == "advertised.listeners":
        given = parse_listeners(name, settings[name], _protocols(settings), distinct_ports=False)
        settings.advertised = [listener for listener in given if listener.name not in settings.controller_listeners]
        known = [listener.name for listener in settings.listeners]
        if not settings.advertised or not {listener.name for listener in settings.advertised} <= set(known):
            allowed = f"The valid options based on the current configuration are {','.join(known)}"
            raise _wrong(name, f"names must be equal to or a subset of the ones defined in listeners. {allowed}")
    if any(listener.host == "0.0.0.0" for listener in settings.advertised):
        reason = "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address."
        raise _wrong(name, reason)


def _protocols(settings: Settings) -> dict[str, str]:
    """Controller listeners are PLAINTEXT where the file maps nothing and asks for no security anywhere."""
    name = "listener.security.protocol.map"
    protocols = parse_protocol_map(settings[name])
    listed = [entry.partition("://")[0].upper() for entry in settings["listeners"]]
    if name not in settings.static and not set(_SECURE) & {*listed, *settings.controller_listeners}:
        for controller in settings.controller_listeners:
            protocols.setdefault(controller, "PLAINTEXT")
    return protocols


def _derive_inter_broker_listener(settings: Settings) -> None:
    names = [listener.name for listener in settings.advertised]
    given = settings["inter.broker.listener.name"]
    if given is None:
        protocol = settings["security.inter.broker.protocol"]
        settings.inter_broker_listener = protocol if protocol in names else names[0]
        return
    if "security.inter.broker.protocol" in settings.static:
        raise ConfigError("Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.")
    if given.upper() not in names:
        allowed = f"The valid options based on currently configured listeners are {','.join(names)}"
        raise _wrong(
            "inter.broker.listener.name", f"must be a listener name defined in advertised.listeners. {allowed}"
        )
    settings.inter_broker_listener = given.upper()


def _derive_connection_overrides(settings: Settings) -> None:
    name = "max.connections.per.ip.overrides"
    for entry in filter(None, re.split(r"\s*,\s*", settings[name])):
        host, _, count = entry.rpartition(":")
        if not host or not count.isdigit():
            raise _wrong(name, "it takes hostName:100,127.0.0.1:200")
        settings.connection_overrides[_resolved(host)] = int(count)


def _resolved(host: str) -> str:
    try:
        return socket.gethostbyname(host)
    except OSError:
        return host


def _check_times(settings: Settings) -> None:
    for name in ("log.retention.ms", "log.retention.minutes", "log.retention.hours"):
        if name in settings.static and settings[name] != -1 and settings[name] < 1:
            reason = "log.retention.ms must be unlimited (-1) or, greater than or equal to 1"
            raise _wrong(name, reason)
    for name, least in (("log.roll.ms", 1), ("log.roll.jitter.ms", 0)):
        if name in settings.static and settings[name] < least:
            raise _wrong(name, f"must be greater than or equal to {least}")


_DERIVATIONS: Sequence[Callable[[Settings], None]] = (
    _check_identity,
    _check_roles,
    _check_times,
    _derive_log_dirs,
    _derive_listeners,
    _derive_advertised,
    _derive_inter_broker_listener,
    _derive_connection_overrides,
)


def _warn(settings: Settings) -> None:
    """What the file says in vain: names nobody knows, each with its line; those without an effect here in one line."""
    idle = []
    for name in settings.static:
        key = broker_config.find_key(name)
        if key is None:
            settings.warnings.append(f"{settings.origins[name]}: {name} is not a property of Kafka's broker")
        elif not key.acted_on:
            idle.append(name)
    if idle:
        settings.warnings.append(f"These properties have no effect on this broker: {', '.join(idle)}")
