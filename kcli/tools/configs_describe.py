"""What kafka-configs prints: settings with where their values come from, quotas, SCRAM credentials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kcli.cli.errors import CommandError
from kcli.client.admin import (
    BROKER_CONFIG,
    BROKER_LOGGER,
    CLIENT_METRICS,
    DYNAMIC_BROKER_CONFIG,
    DYNAMIC_CLIENT_METRICS_CONFIG,
    DYNAMIC_DEFAULT_BROKER_CONFIG,
    DYNAMIC_GROUP_CONFIG,
    DYNAMIC_TOPIC_CONFIG,
    GROUP_CONFIG,
    TOPIC_CONFIG,
    ConfigEntry,
    results,
)
from kcli.client.admin_configs import CLIENT_ID, IP, USER, ConfigAdmin, Quota
from kcli.tools import configs_options as kinds
from kcli.tools.formatters_java import java_double
from kcli.wire import errors
from kcli.wire.errors import KafkaError

RESOURCES = {
    kinds.TOPICS: TOPIC_CONFIG,
    kinds.BROKERS: BROKER_CONFIG,
    kinds.BROKER_LOGGERS: BROKER_LOGGER,
    kinds.CLIENT_METRICS: CLIENT_METRICS,
    kinds.GROUPS: GROUP_CONFIG,
}
_SOURCES = (
    "UNKNOWN",
    "DYNAMIC_TOPIC_CONFIG",
    "DYNAMIC_BROKER_CONFIG",
    "DYNAMIC_DEFAULT_BROKER_CONFIG",
    "STATIC_BROKER_CONFIG",
    "DEFAULT_CONFIG",
    "DYNAMIC_BROKER_LOGGER_CONFIG",
    "DYNAMIC_CLIENT_METRICS_CONFIG",
    "DYNAMIC_GROUP_CONFIG",
)
# Where a setting comes from that somebody has changed. All levels of loggers are shown.
_CHANGED = {
    TOPIC_CONFIG: DYNAMIC_TOPIC_CONFIG,
    BROKER_CONFIG: DYNAMIC_BROKER_CONFIG,
    CLIENT_METRICS: DYNAMIC_CLIENT_METRICS_CONFIG,
    GROUP_CONFIG: DYNAMIC_GROUP_CONFIG,
}
ENTITY_PARTS = {kinds.USERS: USER, kinds.CLIENTS: CLIENT_ID, kinds.IPS: IP}
_PART_NAMES = {USER: "user-principal", CLIENT_ID: "client-id", IP: "ip"}
Row = dict[str, Any]


class ResourceDescriber:
    """The settings of one resource, or of all of a kind."""

    def __init__(self, admin: ConfigAdmin, kind: str, name: str | None, *, all_: bool) -> None:
        self._admin = admin
        self._kind = kind
        self._type = RESOURCES[kind]
        self._name = name
        self._all = all_

    def lines(self) -> Iterator[str]:
        """Kafka's text."""
        if self._missing():
            yield f"The {self._kind[:-1]} '{self._name}' doesn't exist and doesn't have dynamic config."
            return
        for name in self._names():
            which = "All" if self._all else "Dynamic"
            whose = (
                f"{which} configs for {self._kind[:-1]} {name}"
                if name
                else f"Default configs for {self._kind} in the cluster"
            )
            yield f"{whose} are:"
            for entry in self._entries(name):
                synonyms = ", ".join(
                    f"{source_name(other.source)}:{other.name}={_text(other.value)}" for other in entry.synonyms
                )
                sensitive = str(entry.sensitive).lower()
                yield f"  {entry.name}={_text(entry.value)} sensitive={sensitive} synonyms={{{synonyms}}}"

    def rows(self) -> Iterator[Row]:
        """The same for programs."""
        if self._missing():
            return
        for name in self._names():
            for entry in self._entries(name):
                yield {
                    "entityType": self._kind,
                    "entityName": name or None,
                    "name": entry.name,
                    "value": entry.value,
                    "source": source_name(entry.source),
                    "sensitive": entry.sensitive,
                    "readOnly": entry.read_only,
                }

    def _names(self) -> list[str]:
        if self._name is not None:
            return [self._name]
        return [*self._existing(), ""] if self._type == BROKER_CONFIG else self._existing()

    def _missing(self) -> bool:
        """Whether what was named is not there and has no settings either. With --all Kafka asks for it regardless."""
        name = self._name
        if self._all or name is None or (self._type == BROKER_CONFIG and not name):
            return False
        if name in self._existing():
            return False
        if self._type == TOPIC_CONFIG:
            self._check_topic_name(name)
        return True

    def _check_topic_name(self, name: str) -> None:
        """A name that no topic can have is an error of its own."""
        found = self._admin.describe_configs(TOPIC_CONFIG, [name])[name]
        if isinstance(found, KafkaError) and found.code == errors.INVALID_TOPIC_EXCEPTION:
            raise CommandError(str(found))

    def _existing(self) -> list[str]:
        if self._type == TOPIC_CONFIG:
            return [topic.name for topic in self._admin.list_topics()]
        if self._type in (BROKER_CONFIG, BROKER_LOGGER):
            self._admin.cluster.refresh()
            return [str(node) for node in sorted(self._admin.cluster.nodes)]
        if self._type == CLIENT_METRICS:
            return self._admin.config_resources(CLIENT_METRICS)
        return sorted({group.id for group in self._admin.list_groups()} | set(self._configured_groups()))

    def _configured_groups(self) -> list[str]:
        try:
            return self._admin.config_resources(GROUP_CONFIG)
        except KafkaError as error:
            if error.code == errors.UNSUPPORTED_VERSION:  # before 4.1 only those of client metrics were listed
                return []
            raise

    def _entries(self, name: str) -> list[ConfigEntry]:
        entries = results(self._admin.describe_configs(self._type, [name], synonyms=True))[name]
        changed = _CHANGED.get(self._type)
        if self._type == BROKER_CONFIG and not name:
            changed = DYNAMIC_DEFAULT_BROKER_CONFIG
        return sorted(entry for entry in entries if self._all or changed is None or entry.source == changed)


class EntityDescriber:
    """The quotas and credentials of users, clients or addresses; without a name, of all of them."""

    def __init__(self, admin: ConfigAdmin, kinds_: list[str], names: list[str]) -> None:
        self._admin = admin
        self._kinds = kinds_
        self._names = names

    def lines(self) -> Iterator[str]:
        """Kafka's text."""
        for quota in client_quotas(self._admin, self._kinds, self._names):
            values = ", ".join(f"{name}={java_double(value)}" for name, value in quota.values.items())
            yield f"Quota configs for {_whose(quota)} are {values}"
        for user, credentials in self._credentials().items():
            if isinstance(credentials, KafkaError):
                yield (
                    f"Error retrieving SCRAM credential configs for user-principal '{user}': "
                    f"{credentials.java_class.rpartition('.')[2]}: {credentials}"
                )
                continue
            values = ", ".join(f"{found.mechanism}=iterations={found.iterations}" for found in credentials)
            yield f"SCRAM credential configs for user-principal '{user}' are {values}"

    def rows(self) -> Iterator[Row]:
        """The same for programs."""
        for quota in client_quotas(self._admin, self._kinds, self._names):
            named = {part: "<default>" if name is None else name for part, name in quota.entity.items()}
            parts = {part: named.get(part) for part in _PART_NAMES}
            for name, value in quota.values.items():
                yield {**parts, "name": name, "value": value}
        for user, credentials in results(self._credentials()).items():
            for found in credentials:
                parts = {part: user if part == USER else None for part in _PART_NAMES}
                yield {**parts, "name": found.mechanism, "value": found.iterations}

    def _credentials(self) -> dict[str, Any]:
        """Clients and the default user have none."""
        if self._kinds[0] == kinds.IPS or kinds.CLIENTS in self._kinds or "" in self._names:
            return {}
        return self._admin.scram_credentials(self._names)


def client_quotas(admin: ConfigAdmin, kinds_: list[str], names: list[str]) -> list[Quota]:
    """The quotas of the entities that a command line means."""
    if len(names) > len(kinds_):
        raise CommandError("More entity names specified than entity types")
    missing = len(kinds_) - len(names)
    given: list[tuple[str | None, bool]] = [(name or None, False) for name in names] + [(None, True)] * missing
    return admin.client_quotas([(ENTITY_PARTS[kind], *which) for kind, which in zip(kinds_, given)])


def _whose(quota: Quota) -> str:
    return ", ".join(
        f"the default {_PART_NAMES[part]}"
        if quota.entity[part] is None
        else f"{_PART_NAMES[part]} '{quota.entity[part]}'"
        for part in _PART_NAMES
        if part in quota.entity
    )


def source_name(source: int) -> str:
    return _SOURCES[source] if 0 <= source < len(_SOURCES) else _SOURCES[0]


def _text(value: str | None) -> str:
    return "null" if value is None else value
