"""What the controller's pure functions share: its settings, and how an error is worded.

`controller_topics`, `controller_configs` and `controller_brokers` hold the decisions: each takes the image as it is
and a request, and returns results and the records that would make it so. None of them changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from kcli.metadata.wording import KRAFT
from kcli.wire import uuid
from kcli.wire.errors import KafkaError

MAX_RECORDS_PER_CHANGE = 10_000
"""Kafka's own bound; of the partitions that one request creates, too"""


class ConfigSchema(Protocol):
    """What the controller has to know of one kind of resource's properties."""

    def validate(self, key: tuple[int, str], entries: Mapping[str, str], wording: Mapping[str, str]) -> None:
        """Raise ConfigError or KafkaError, in Kafka's words, if a resource may not have these properties together."""

    def knows(self, name: str) -> bool: ...

    def is_list(self, name: str) -> bool: ...

    def default(self, name: str) -> str | None:
        """The value a resource without one has, as text."""


@dataclass(frozen=True)
class Settings:
    """The broker's settings that decide about topics."""

    num_partitions: int = 1
    replication_factor: int = 1
    schemas: Mapping[int, ConfigSchema] = field(default_factory=dict)
    """by resource type; a type without one takes anything"""
    wording: Mapping[str, str] = field(default_factory=lambda: KRAFT)
    new_topic_id: Callable[[], bytes] = uuid.random
    random: Random = field(default_factory=Random)

    def error(self, code: int, key: str, /, **values: object) -> KafkaError:
        return KafkaError(code, self.wording[key].format(**values))
