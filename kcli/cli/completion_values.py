"""What completes the argument of an option: choices, files, setting names with their values, names from the cluster.

An option's own row says it where it can (`choices`, `complete`); for what depends on the tool, or on other options of
the command line, the tables below do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from kcli.cli.completion_askers import ALONE, TOGETHER
from kcli.cli.completion_live import Source, known_servers, names
from kcli.cli.completion_words import Place
from kcli.cli.errors import CommandError
from kcli.cli.inherited import SERVERS_VARIABLE, chosen, resolved
from kcli.cli.options import Option
from kcli.cli.profiles import SERVERS as PROFILE_SERVERS

_COMMAND = "${command:"
LIVE = {*TOGETHER, *ALONE}
_SERVERS = ("bootstrap-server", "bootstrap-servers", "broker-list", "zk-connect")
_CONTROLLERS = ("bootstrap-controller",)
_CLIENT_FILES = ("command-config", "config-file", "consumer.config", "producer.config", "consumer-config")

# The kind of an argument where the option's row does not say it: by tool and option, or by option alone.
_KINDS: dict[str | tuple[str, str], str] = {
    "bootstrap-server": "server",
    "bootstrap-servers": "server",
    "bootstrap-controller": "server",
    "broker": "broker",
    "broker-logger": "broker",
    "broker-id": "broker",
    "broker-list": "server",
    ("kafka-log-dirs", "broker-list"): "broker",
    ("kafka-reassign-partitions", "broker-list"): "broker",
    ("kafka-cluster", "id"): "broker",
    ("kafka-features", "node-id"): "broker",
    ("kafka-metadata-quorum", "controller-id"): "controller",
    ("kafka-topics", "topic-id"): "topic id",
    ("kafka-transactions", "transactional-id"): "transactional id",
    ("kafka-transactions", "transactionalId"): "transactional id",
    ("kafka-acls", "transactional-id"): "transactional id",
    ("kafka-acls", "allow-principal"): "principal",
    ("kafka-acls", "deny-principal"): "principal",
    ("kafka-acls", "principal"): "principal",
    ("kafka-client-metrics", "name"): "metrics subscription",
    ("kafka-configs", "client-metrics"): "metrics subscription",
    ("kafka-configs", "user"): "user",
    ("kafka-configs", "client"): "client",
    ("kafka-configs", "ip"): "ip",
    ("kcli cp", "to-bootstrap-server"): "server",
    "include": "topic",
    "whitelist": "topic",
    ("kafka-log-dirs", "topic-list"): "topic",
    ("kafka-get-offsets", "topic-partitions"): "topic",
    ("kafka-configs", "entity-name"): "entity",
    ("kafka-configs", "add-config"): "entity settings",
    ("kafka-configs", "delete-config"): "entity setting names",
    ("kafka-topics", "config"): "topic settings",
    ("kafka-topics", "delete-config"): "topic setting names",
    "command-property": "client settings",
    "consumer-property": "consumer settings",
    "producer-property": "producer settings",
    "producer-props": "producer settings",
    ("kafka-console-producer", "command-property"): "producer settings",
    ("kafka-producer-perf-test", "command-property"): "producer settings",
    ("kafka-console-consumer", "command-property"): "consumer settings",
    ("kafka-consumer-perf-test", "command-property"): "consumer settings",
    ("kafka-server-start", "override"): "broker settings",
    ("kafka-server-start", "server.properties"): "file",
    ("kafka-storage", "config"): "file",
    "feature": "feature",
    "metadata": "release",
    "release-version": "release",
    ("kafka-consumer-groups", "type"): "group type",
    ("kafka-consumer-groups", "state"): "group state",
    ("kafka-share-groups", "state"): "group state",
    ("kafka-streams-groups", "state"): "group state",
    ("kafka-client-metrics", "match"): "metrics selector",
}
_WORDS: dict[str, tuple[str, ...]] = {
    "group type": ("classic", "consumer"),
    "group state": ("stable", "empty", "dead", "preparing-rebalance", "completing-rebalance", "assigning",
                    "reconciling"),
    "metrics selector": ("client_id=", "client_instance_id=", "client_software_name=", "client_software_version=",
                         "client_source_address=", "client_source_port="),
}  # fmt: skip
# What names the entity in kafka-configs, and the settings that each kind of entity has.
_ENTITIES = {"topic": "topics", "broker": "brokers", "broker-defaults": "brokers", "broker-logger": "broker-loggers",
             "user": "users", "user-defaults": "users", "client": "clients", "client-defaults": "clients",
             "ip": "ips", "ip-defaults": "ips", "group": "groups", "client-metrics": "client-metrics"}  # fmt: skip
_QUOTAS = ("producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate")
_ENTITY_SETTINGS = {
    "users": (*_QUOTAS, "SCRAM-SHA-256", "SCRAM-SHA-512"),
    "clients": _QUOTAS,
    "ips": ("connection_creation_rate",),
    "client-metrics": ("interval.ms", "metrics", "match"),
    "broker-loggers": ("ROOT",),
}
_ENTITY_NAMES = {"topics": "topic", "groups": "group", "brokers": "broker", "broker-loggers": "broker", "users": "user",
                 "clients": "client", "ips": "ip", "client-metrics": "metrics subscription"}  # fmt: skip
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
# Settings whose values a validator of their own checks.
_VALUES = {
    "auto.offset.reset": ("earliest", "latest", "none", "by_duration:"),
    "share.auto.offset.reset": ("earliest", "latest", "by_duration:"),
    "sasl.mechanism": ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"),
    "ssl.keystore.type": ("JKS", "PKCS12", "PEM"),
    "ssl.truststore.type": ("JKS", "PKCS12", "PEM"),
    "ssl.enabled.protocols": ("TLSv1.2", "TLSv1.3"),
}


class Asked(NamedTuple):
    """What is completed, for whom."""

    program: str
    place: Place
    variables: Mapping[str, str]


def values(asked: Asked) -> list[str]:
    """The words that complete the argument; each replaces the whole of what is typed of it."""
    place, option = asked.place, asked.place.option
    assert option is not None
    kind = _kind(asked.program, option, place)
    if kind == "file":
        return files(place.typed)
    if kind.endswith("settings"):
        return _settings(asked, kind)
    done, comma, last = place.typed.rpartition(",")
    taken = set(done.split(",")) if comma else set()
    found = (word for word in _words(asked, kind, option) if word.startswith(last) and word not in taken)
    return [done + comma + word for word in found]


def _kind(program: str, option: Option, place: Place) -> str:
    kind = _KINDS.get((program, option.name)) or _KINDS.get(option.name)
    if isinstance(option.complete, str):
        kind = option.complete
    elif option.choices or option.complete:
        kind = "choices"
    if kind == "entity":
        return _ENTITY_NAMES.get(_entity(place), "nothing")
    return kind or "nothing"


def _words(asked: Asked, kind: str, option: Option) -> Iterable[str]:
    if kind == "choices":
        return map(str, option.choices or option.complete)
    if kind in LIVE:
        source = source_of(asked)
        return names(kind, source, asked.variables) if source is not None else ()
    if kind == "profile":
        from kcli.cli.profiles import Profiles

        return Profiles(asked.variables).names()
    if kind == "server":
        return known_servers(asked.variables)
    if kind.endswith("setting names"):
        return setting_table(_table_of(kind, asked.place))
    if kind in ("feature", "release"):
        from kcli.config.features import FEATURES, LEVELS, METADATA_VERSION

        return LEVELS if kind == "release" else (f"{name}=" for name in (METADATA_VERSION, *(f.name for f in FEATURES)))
    return _WORDS.get(kind, ())


# Which cluster


def source_of(asked: Asked) -> Source | None:
    """The cluster that the command line names so far."""
    given = asked.place.given
    written = _last(given, *_CLIENT_FILES, *(("config",) if asked.program == "kafka-cluster" else ()))
    file = os.path.expanduser(os.path.expandvars(written)) if written else None
    servers = None
    if (asked.program, "broker-list") not in _KINDS:
        servers = _last(given, *_SERVERS)
    servers = servers or _last(given, *_SERVERS[:2])
    controllers = None if servers else _last(given, *_CONTROLLERS)
    if not servers and not controllers and file:
        servers = _servers_of_file(file)
    named, variable = _last(given, "profile"), asked.variables.get(SERVERS_VARIABLE) or None
    try:
        profile = chosen(named, bool(servers or controllers or variable), asked.variables)
        if profile is not None and any(_COMMAND in value for value in profile.settings.values()):
            return None  # the tab key runs no command: it might ask for a password, or cost something
        if profile is not None and not servers and not controllers and profile.settings.get(PROFILE_SERVERS):
            servers = resolved(profile, PROFILE_SERVERS, asked.variables)
    except CommandError:
        return None
    servers = servers or (None if controllers else variable)
    if not servers and not controllers:
        return None
    name = None if profile is None else profile.name
    return Source(os.path.expandvars(servers or controllers or ""), file, controllers=not servers, profile=name)


def _servers_of_file(path: str) -> str | None:
    from kcli.config.properties import PropertiesError, load

    with suppress(OSError, PropertiesError):
        if os.path.isfile(path):  # a pipe would have to be waited for
            return load(path).get(PROFILE_SERVERS)
    return None


def _last(given: Mapping[str, list[str]], *options: str) -> str | None:
    return next((given[name][-1] for name in options if given.get(name)), None)


# Settings: name=value


def _settings(asked: Asked, kind: str) -> list[str]:
    """`name=` and what is typed behind it; in kafka-configs several, and values of several words in brackets."""
    typed = asked.place.typed
    begin = _open_element(typed) if kind == "entity settings" else 0
    done, element = typed[:begin], typed[begin:]
    name, equals, value = element.partition("=")
    table = setting_table(_table_of(kind, asked.place))
    if not equals:
        return [f"{done}{key}=" for key in table if key.startswith(name)]
    allowed = table.get(name)
    bracket = "[" if value.startswith("[") else ""
    several, comma, last = value[len(bracket) :].rpartition(",")
    if allowed is None or (comma and not (allowed.several and (bracket or kind != "entity settings"))):
        return []
    taken = several.split(",")
    head = f"{done}{name}={bracket}{several}{comma}"
    return [head + word for word in allowed.words if word.startswith(last) and word not in taken]


def _open_element(text: str) -> int:
    """Where the last element of `a=1,b=[2,3],c` begins; a comma in brackets belongs to its element."""
    begin = depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == "," and depth <= 0:
            begin = position + 1
    return begin


def _entity(place: Place) -> str:
    """The kind of entity that kafka-configs is about."""
    for option, kind in _ENTITIES.items():
        if option in place.given:
            return kind
    kinds = place.given.get("entity-type") or [""]
    return "users" if "users" in kinds else kinds[-1]


def _table_of(kind: str, place: Place) -> str:
    scope = kind.partition(" ")[0]
    return _entity(place) if scope == "entity" else scope


class Allowed(NamedTuple):
    """The values that a setting may have, as far as they can be listed."""

    words: tuple[str, ...] = ()
    several: bool = False


def setting_table(scope: str) -> dict[str, Allowed]:
    """The settings of topics, brokers, groups or clients, with their values."""
    if scope in _ENTITY_SETTINGS:
        words = _LEVELS if scope == "broker-loggers" else ()
        return {name: Allowed(words) for name in _ENTITY_SETTINGS[scope]}
    rows = _ROWS.get(scope.removesuffix("s"))
    return {} if rows is None else {row[0]: _allowed(row) for row in sorted(rows()) if not row[4].endswith("i")}


def _rows(table: str) -> Iterable[list[str]]:
    return ([cell.strip() for cell in line.split(" | ")] for line in table.splitlines())


def _topic_rows() -> Iterable[list[str]]:
    from kcli.config.topic import TABLE

    return _rows(TABLE)


def _group_rows() -> Iterable[list[str]]:
    from kcli.config.group import TABLE

    return _rows(TABLE)


def _broker_rows() -> Iterable[list[str]]:
    from kcli.config.broker_table import TABLE

    return _rows(TABLE)


def _client_rows(clients: str) -> Callable[[], Iterable[list[str]]]:
    def rows() -> Iterable[list[str]]:
        from kcli.client.config_table import TABLE

        return (row[1:] for row in _rows(TABLE) if set(clients) & set(row[0]))

    return rows


_ROWS: dict[str, Callable[[], Iterable[list[str]]]] = {
    "topic": _topic_rows,
    "group": _group_rows,
    "broker": _broker_rows,
    "client": _client_rows("PCA"),
    "consumer": _client_rows("C"),
    "producer": _client_rows("P"),
}


def _allowed(row: list[str]) -> Allowed:
    name, kind, allowed = row[0], row[1], row[3]
    if name in _VALUES:
        return Allowed(_VALUES[name], kind == "LIST")
    if kind == "BOOLEAN":
        return Allowed(("true", "false"))
    _, of, words = allowed.partition("of ")
    return Allowed(tuple(words.split(",")) if of else (), kind == "LIST")


# Files


def files(typed: str) -> list[str]:
    """The files and folders that a path begins to name, in the form that was begun; folders end in a slash."""
    folder, slash, begun = typed.rpartition("/")
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder + slash) or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    shown = [entry for entry in entries if entry.name.startswith(begun or ".") != (not begun)]
    return [f"{folder}{slash}{entry.name}{'/' if entry.is_dir() else ''}" for entry in shown]
