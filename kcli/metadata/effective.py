"""The properties that a topic, a broker or a group has in the end, and where each value comes from.

The layers are looked up in Kafka's order: what the resource was given, what this broker was given while running, what
all brokers were given, the broker's file, the defaults. DescribeConfigs shows them, CreateTopics answers with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from kcli.config import broker as broker_config
from kcli.config import client_metrics
from kcli.config import group as group_config
from kcli.config import topic as topic_config
from kcli.config.broker import BrokerConfig
from kcli.config.definition import TYPE_CODES, ConfigKey, to_text
from kcli.metadata.image import BROKER_RESOURCE, Image

TOPIC_SOURCE = 1
DYNAMIC_BROKER_SOURCE = 2
DYNAMIC_DEFAULT_SOURCE = 3
STATIC_SOURCE = 4
DEFAULT_SOURCE = 5
CLIENT_METRICS_SOURCE = 7
GROUP_SOURCE = 8

_UNKNOWN_TYPE = 0

# Broker properties that are one setting in different units; the first that is set counts.
_UNITS = (
    ("log.roll.ms", "log.roll.hours"),
    ("log.roll.jitter.ms", "log.roll.jitter.hours"),
    ("log.retention.ms", "log.retention.minutes", "log.retention.hours"),
)
_FLUSH = ("log.flush.interval.ms", "log.flush.scheduler.interval.ms")

# Two names of one number: Kafka fills in the one that the file does not have.
_IDS = ("broker.id", "node.id")


class Synonym(NamedTuple):
    """One layer's value, under the name it has there."""

    name: str
    value: str | None
    source: int


class Entry(NamedTuple):
    """One property of one resource."""

    name: str
    value: str | None
    source: int
    type: int
    sensitive: bool
    read_only: bool
    synonyms: tuple[Synonym, ...]
    documentation: str | None


class Effective:
    """Looks values up in an image over one broker's own settings."""

    def __init__(self, image: Image, config: BrokerConfig, broker_id: int) -> None:
        static = dict(config.static)
        for name, other in (_IDS, _IDS[::-1]):
            if other in static:
                static.setdefault(name, static[other])
        self._defaults = config.definition
        self._dialect = config.dialect
        self._cluster = image.config(BROKER_RESOURCE, "")
        self._layers: tuple[tuple[Mapping[str, str], int], ...] = (
            (image.config(BROKER_RESOURCE, str(broker_id)), DYNAMIC_BROKER_SOURCE),
            (self._cluster, DYNAMIC_DEFAULT_SOURCE),
            (static, STATIC_SOURCE),
        )
        self._config = BrokerConfig(static, config.dialect)
        self._config.update(self._layers[0][0], self._cluster)

    def topic(self, overrides: Mapping[str, str]) -> Iterator[Entry]:
        """Every property of a topic that was given these."""
        for name, (key, entry) in self._of_any_topic.items():
            if name in overrides:
                value = to_text(key.parse(overrides[name]), key.type)
                synonyms = [Synonym(name, value, TOPIC_SOURCE), *entry.synonyms]
                yield _entry(name, value, key, synonyms, read_only=False)
            else:
                yield entry

    @cached_property
    def _of_any_topic(self) -> dict[str, tuple[ConfigKey, Entry]]:
        """Every property of a topic that was given none; thousands of topics may be asked for at once."""
        found = {}
        for name, key in topic_config.definition(self._dialect).known_in(self._dialect).items():
            synonyms = self._synonyms(key.synonyms[0].name, key.sensitive) if key.synonyms else []
            value = to_text(topic_config.default(key, self._config), key.type)
            found[name] = (key, _entry(name, value, key, synonyms, read_only=False))
        return found

    def group(self, overrides: Mapping[str, str]) -> Iterator[Entry]:
        for name, key in group_config.definition().items():
            broker_name = f"group.{name}"
            known = broker_name in self._defaults
            if name in overrides:
                value = to_text(key.parse(overrides[name]), key.type)
                synonyms = [Synonym(name, value, GROUP_SOURCE)]
            else:
                value = to_text(self._config[broker_name] if known else key.default, key.type)
                synonyms = [] if known else [Synonym(name, value, DEFAULT_SOURCE)]
            if known:
                synonyms += self._synonyms(broker_name, key.sensitive)
            yield _entry(name, value, key, synonyms, read_only=False)

    def client_metrics(self, overrides: Mapping[str, str]) -> Iterator[Entry]:
        """Every property of a subscription to client metrics; its defaults are nobody's but Kafka's."""
        for name, key in client_metrics.definition().items():
            value = to_text(key.parse(overrides[name]) if name in overrides else key.default, key.type)
            synonyms = [Synonym(name, value, CLIENT_METRICS_SOURCE)] if name in overrides else []
            yield _entry(name, value, key, synonyms, read_only=False)

    def broker(self) -> Iterator[Entry]:
        """Every property of this broker, and what its file or a client set under names nobody knows."""
        names = list(self._defaults.known_in(self._dialect))
        set_names = [name for layer, _ in self._layers for name in layer]
        for name in dict.fromkeys([*names, *set_names]):
            key = broker_config.find_key(name, self._dialect)
            sensitive = key is None or key.sensitive
            synonyms = self._synonyms(name, sensitive)
            value = None if sensitive else self._broker_value(name)
            read_only = name not in self._defaults or self._defaults[name].read_only
            yield _entry(name, value, key, synonyms, read_only)

    def cluster_default(self) -> Iterator[Entry]:
        """What all brokers were given."""
        for name, text in self._cluster.items():
            key = broker_config.find_key(name, self._dialect)
            value = None if key is None or key.sensitive else text
            read_only = name not in self._defaults or self._defaults[name].read_only
            yield _entry(name, value, key, [Synonym(name, value, DYNAMIC_DEFAULT_SOURCE)], read_only)

    def _broker_value(self, name: str) -> str | None:
        for layer, _ in self._layers:
            if name in layer:
                return layer[name]
        return self._defaults[name].default_text if name in self._defaults else None

    def _synonyms(self, name: str, sensitive: bool) -> list[Synonym]:
        """The layers that have a value for a broker property, from where it has one under its own name."""
        names = _other_names(name)
        found = [
            Synonym(other, None if sensitive else layer[other], source)
            for layer, source in self._layers
            for other in names
            if other in layer
        ]
        for other in names:
            default = self._defaults[other].default_text if other in self._defaults else None
            if default is not None:
                found.append(Synonym(other, None if sensitive else default, DEFAULT_SOURCE))
        while found and found[0].name != name:
            del found[0]
        return found


def _other_names(name: str) -> tuple[str, ...]:
    for names in _UNITS:
        if name in names:
            return names
    if name == _FLUSH[0]:
        return _FLUSH
    base = broker_config.base_name(name)
    return (name,) if base == name else (name, base)


def _entry(name: str, value: str | None, key: ConfigKey | None, synonyms: list[Synonym], read_only: bool) -> Entry:
    return Entry(
        name=name,
        value=value,
        source=synonyms[0].source if synonyms else DEFAULT_SOURCE,
        type=_UNKNOWN_TYPE if key is None else TYPE_CODES[key.type],
        sensitive=key is None or key.sensitive,
        read_only=read_only,
        synonyms=tuple(synonyms),
        documentation=key.documentation if key is not None else None,
    )
