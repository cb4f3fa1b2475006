"""The tables of topic, broker and group properties as the controller asks them, errors worded as Kafka words them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kcli.config import broker as broker_config
from kcli.config import broker_dynamic, client_metrics
from kcli.config import group as group_config
from kcli.config import topic as topic_config
from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigDef, ConfigError
from kcli.metadata.controller import ConfigSchema
from kcli.metadata.image import BROKER_RESOURCE, CLIENT_METRICS_RESOURCE, GROUP_RESOURCE, TOPIC_RESOURCE
from kcli.wire.errors import INVALID_CONFIG, INVALID_REQUEST, KafkaError

Wording = Mapping[str, str]

_THREAD_COUNTS = (
    "num.io.threads",
    "num.replica.fetchers",
    "num.recovery.threads.per.data.dir",
    "background.threads",
    "num.network.threads",
)
_CLEANER_THREADS = "log.cleaner.threads"


def schemas(config: BrokerConfig) -> dict[int, ConfigSchema]:
    """The schema of each kind of resource that has one."""
    return {
        TOPIC_RESOURCE: TopicSchema(config),
        BROKER_RESOURCE: BrokerSchema(config),
        GROUP_RESOURCE: GroupSchema(config),
        CLIENT_METRICS_RESOURCE: ClientMetricsSchema(),
    }


class _Table:
    """What all of them share."""

    def __init__(self, definition: ConfigDef) -> None:
        self._definition = definition

    def knows(self, name: str) -> bool:
        return name in self._definition

    def is_list(self, name: str) -> bool:
        return name in self._definition and self._definition[name].type == "LIST"

    def default(self, name: str) -> str | None:
        return self._definition[name].default_text


class TopicSchema(_Table):
    def __init__(self, config: BrokerConfig) -> None:
        super().__init__(topic_config.definition(config.dialect))
        self._config = config
        self._dialect = config.dialect

    def validate(self, key: tuple[int, str], entries: Mapping[str, str], wording: Wording) -> None:
        values = topic_config.validate(entries, self._dialect)
        if values.get("remote.storage.enable") and not self._config["remote.log.storage.system.enable"]:
            text = (
                "Tiered Storage functionality is disabled in the broker. "
                "Topic cannot be configured with remote log storage."
            )
            raise ConfigError(text, "remote.storage.enable", entries["remote.storage.enable"])


class GroupSchema(_Table):
    """A group's properties have to lie within the broker's limits for them."""

    def __init__(self, config: BrokerConfig) -> None:
        super().__init__(group_config.definition())
        self._config = config

    def validate(self, key: tuple[int, str], entries: Mapping[str, str], wording: Wording) -> None:
        for name, text in entries.items():
            if name not in self._definition:
                raise ConfigError(f"Unknown group config name: {name}", name, text)
        values = self._definition.parse(entries)
        for name in entries:
            self._check_limits(name, values[name])
        for kind in ("consumer", "share", "streams"):
            session, heartbeat = f"{kind}.session.timeout.ms", f"{kind}.heartbeat.interval.ms"
            if values[session] <= values[heartbeat]:
                raise ConfigError(f"{session} must be greater than {heartbeat}")

    def _check_limits(self, name: str, value: object) -> None:
        kind, _, rest = name.partition(".")
        known = self._config.definition
        low, high = f"group.{kind}.min.{rest}", f"group.{kind}.max.{rest.removeprefix('num.')}"
        if low in known and value < self._config[low]:
            raise ConfigError(f"{name} must be greater than or equal to {low}")
        if high in known and value > self._config[high]:
            raise ConfigError(f"{name} must be less than or equal to {high}")


class ClientMetricsSchema(_Table):
    """A subscription to metrics of clients."""

    def __init__(self) -> None:
        super().__init__(client_metrics.definition())

    def validate(self, key: tuple[int, str], entries: Mapping[str, str], wording: Wording) -> None:
        if not key[1]:
            raise KafkaError(INVALID_REQUEST, "Subscription name can't be empty")
        unknown = next((name for name in entries if name not in self._definition), None)
        if unknown is not None:
            raise KafkaError(INVALID_REQUEST, f"Unknown client metrics configuration: {unknown}")
        try:
            interval = self._definition.parse(entries)[client_metrics.INTERVAL]
            client_metrics.check_match(entries.get(client_metrics.MATCH, ""))
        except ConfigError as error:
            raise KafkaError(INVALID_CONFIG, str(error)) from None
        if not client_metrics.MIN_INTERVAL <= interval <= client_metrics.MAX_INTERVAL:
            raise KafkaError(
                INVALID_REQUEST,
                f"Invalid value {interval} for {client_metrics.INTERVAL}, interval must be between "
                f"{client_metrics.MIN_INTERVAL} and {client_metrics.MAX_INTERVAL} (1 hour)",
            )


class BrokerSchema(_Table):
    """Broker properties set while the broker runs. Unknown names are taken for a plug-in's, as Kafka takes them."""

    def __init__(self, config: BrokerConfig) -> None:
        super().__init__(config.definition)
        self._config = config

    def knows(self, name: str) -> bool:
        return broker_config.base_name(name) in self._definition

    def validate(self, key: tuple[int, str], entries: Mapping[str, str], wording: Wording) -> None:
        dialect = self._config.dialect
        self._refuse(broker_dynamic.fixed(entries, dialect), broker_dynamic.FIXED, wording)
        self._refuse(broker_dynamic.without_listener(entries, dialect), broker_dynamic.NO_LISTENER, wording)
        for name, text in entries.items():
            self._check_value(name, text)
        if not key[1]:
            self._refuse(broker_dynamic.of_one_broker(entries, dialect), broker_dynamic.OF_ONE_BROKER, wording)

    def _refuse(self, names: Sequence[str], reason: str, wording: Wording) -> None:
        if names:
            shown = wording["set"].format(names=", ".join(names))
            raise KafkaError(INVALID_REQUEST, f"{reason}: {shown}")

    def _check_value(self, name: str, text: str) -> None:
        key = broker_config.find_key(name, self._config.dialect)
        if key is None:
            return
        try:
            value = key.parse(text)
        except ConfigError as error:
            raise KafkaError(INVALID_REQUEST, str(error)) from None
        reason = self._thread_limit(name, value)
        if reason:
            raise KafkaError(
                INVALID_REQUEST,
                f"Invalid value org.apache.kafka.common.config.ConfigException: {reason} for configuration "
                "Invalid dynamic configuration",
            )

    def _thread_limit(self, name: str, value: int) -> str | None:
        """Threads may at most be doubled or halved at a time."""
        if name == _CLEANER_THREADS:
            current = self._config[name]
            if value < current / 2:
                return f"Log cleaner threads cannot be reduced to less than half the current value {current}"
            if value > current * 2:
                return f"Log cleaner threads cannot be increased to more than double the current value {current}"
        if name in _THREAD_COUNTS:
            current = self._config[name]
            prefix = f"Dynamic thread count update validation failed for {name}={value}, value should "
            if value < current / 2:
                return f"{prefix}be at least half the current value {current}"
            if value > current * 2:
                return f"{prefix}not be greater than double the current value {current}"
        return None
