"""Kafka's features: what each release's metadata.version is, and which levels of the others go with it.

Reference: `kafka-features version-mapping` and `feature-dependencies` of Kafka 4.3.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

METADATA_VERSION = "metadata.version"

_FIRST_LEVEL = 7
_NAMES = (
    ("3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2")
    + ("3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0")
    + ("4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0")
)
LEVELS = {name: level for level, name in enumerate(_NAMES, _FIRST_LEVEL)}
LATEST = "4.3-IV0"  # of those that are not under development
LATEST_LEVEL = LEVELS[LATEST]


class Feature(NamedTuple):
    """A feature besides metadata.version: `defaults` are (metadata level, its level from there on)."""

    name: str
    highest: int
    defaults: tuple[tuple[int, int], ...]
    requires: tuple[tuple[int, int], ...] = ()  # (its level, metadata level needed)

    def default(self, metadata_level: int) -> int:
        """The level that goes with a metadata.version."""
        return max((level for since, level in self.defaults if since <= metadata_level), default=0)

    def required(self, level: int) -> int | None:
        """The metadata.version that a level needs, if any."""
        return dict(self.requires).get(level)


FEATURES = (
    Feature("kraft.version", 1, ((21, 1),)),
    Feature("transaction.version", 2, ((24, 2),)),
    Feature("group.version", 1, ((22, 1),)),
    Feature("eligible.leader.replicas.version", 1, ((26, 1),), ((1, 23),)),
    Feature("share.version", 1, ((28, 1),)),
    Feature("streams.version", 1, ((29, 1),)),
)


class UnknownRelease(ValueError):
    """No metadata.version goes by this name; the message lists those there are."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        super().__init__(f"Unknown metadata.version '{text}'. Supported metadata.version are: {', '.join(names)}")


def level_of(text: str, *, stable: bool = False) -> int:
    """The level of `4.3-IV0`; a release's number means its last one (`4.0`, `4.0.2` -> 4.0-IV3).

    With `stable` those that are still under development count as unknown.
    """
    names = [name for name, level in LEVELS.items() if level <= LATEST_LEVEL or not stable]
    if text in names:
        return LEVELS[text]
    parts = text.rstrip(".").split(".")
    prefix = text if len(parts) < 3 else ".".join(parts[:2])
    levels = [level for name, level in LEVELS.items() if name.partition("-")[0] == prefix and level <= LATEST_LEVEL]
    if not levels:
        raise UnknownRelease(text, names)
    return max(levels)


def name_of(level: int) -> str | None:
    """`4.3-IV0` for 30; None for a level that is not known."""
    position = level - _FIRST_LEVEL
    return _NAMES[position] if 0 <= position < len(_NAMES) else None


def find(name: str) -> Feature | None:
    return next((feature for feature in FEATURES if feature.name == name), None)
