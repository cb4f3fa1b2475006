"""The topics of a destination: made, or looked at whether they will do, and given their settings when all is there.

While records arrive a topic neither expires nor compacts them and takes the times that they have; the settings that
would do otherwise are given at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kcli.client.admin import (
    DELETE,
    DYNAMIC_TOPIC_CONFIG,
    SET,
    TOPIC_CONFIG,
    Admin,
    ConfigEntry,
    NewTopic,
    TopicDescription,
    results,
)
from kcli.copying.errors import CopyError
from kcli.copying.stream import TopicInfo
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_FOREVER = str((1 << 63) - 1)
HELD_BACK: dict[str, str | None] = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.before.max.ms": _FOREVER,
    "message.timestamp.after.max.ms": _FOREVER,
    "min.insync.replicas": None,
}


class Target(NamedTuple):
    """A topic of the destination. `largest`: the bytes that a batch may have there."""

    name: str
    created: bool
    largest: int


def prepare(
    admin: Admin,
    topic: TopicInfo,
    name: str,
    *,
    replication_factor: int | None = None,
    settings: bool = True,
    warn: Callable[[str], None],
) -> Target:
    """Create the topic if it is not there; raises CopyError if one is there that cannot take the records."""
    created = _create(admin, topic, name, replication_factor, settings, warn)
    if not created:
        found = admin.describe_topics([name])[name]
        if isinstance(found, KafkaError):
            raise CopyError(f"topic {name}: {found.message}")
        _compare(found, topic)
    known = _known(admin, name)
    if settings:
        now: dict[str, str | None] = {key: value for key, value in topic.configs.items() if key not in HELD_BACK}
        _alter(admin, name, now | HELD_BACK, known, warn)
        known = _known(admin, name)
    return Target(name, created, int(known["max.message.bytes"].value or 1 << 20))


def finish(admin: Admin, topic: TopicInfo, name: str, warn: Callable[[str], None]) -> None:
    """Give the topic the settings that were held back."""
    wanted = {key: topic.configs.get(key) for key in HELD_BACK}
    description = results(admin.describe_topics([name]))[name]
    replicas = len(description.partitions[0].replicas)
    if int(wanted["min.insync.replicas"] or 1) > replicas:
        warn(f"{name}: min.insync.replicas={wanted['min.insync.replicas']} is left out: there are {replicas} replicas")
        wanted["min.insync.replicas"] = None
    _alter(admin, name, wanted, _known(admin, name), warn)


def _create(
    admin: Admin,
    topic: TopicInfo,
    name: str,
    replication_factor: int | None,
    settings: bool,
    warn: Callable[[str], None],
) -> bool:
    admin.cluster.refresh()
    brokers = len(admin.cluster.nodes)
    replicas = replication_factor or min(topic.replication_factor, brokers)
    outcome = admin.create_topics([NewTopic(name, topic.partitions, replicas)])[name]
    if not isinstance(outcome, KafkaError):
        if replication_factor is None and replicas < topic.replication_factor:
            warn(f"{name}: {replicas} replicas instead of {topic.replication_factor}: there are {brokers} brokers")
        return True
    if outcome.code == errors.TOPIC_ALREADY_EXISTS:
        return False
    raise CopyError(f"topic {name}: {outcome.message}")


def _compare(found: TopicDescription, topic: TopicInfo) -> None:
    if found.internal:
        raise CopyError(f"{found.name} is an internal topic of Kafka's: it cannot be copied into")
    if len(found.partitions) != topic.partitions:
        raise CopyError(
            f"topic {found.name} is there already with {len(found.partitions)} partitions instead of"
            f" {topic.partitions}: delete it, or copy into another one with --rename"
        )


def _known(admin: Admin, name: str) -> dict[str, ConfigEntry]:
    found = admin.cluster.retry(lambda: results(admin.describe_configs(TOPIC_CONFIG, [name]))[name])
    return {entry.name: entry for entry in found}


def _alter(
    admin: Admin,
    name: str,
    wanted: dict[str, str | None],
    known: dict[str, ConfigEntry],
    warn: Callable[[str], None],
) -> None:
    """Set what differs; None takes a setting back to the default."""
    unknown = sorted(
        key for key, value in wanted.items() if key not in known and value not in (None, HELD_BACK.get(key))
    )
    if unknown:
        warn(f"{name}: left out because the cluster does not know them: {', '.join(unknown)}")
    changes: list[tuple[str, int, str | None]] = []
    for key, value in wanted.items():
        entry = known.get(key)
        if entry is None:
            continue
        own = entry.source == DYNAMIC_TOPIC_CONFIG
        if value is None and own:
            changes.append((key, DELETE, None))
        elif value is not None and not (own and entry.value == value):
            changes.append((key, SET, value))
    if changes:
        error = admin.alter_configs(TOPIC_CONFIG, {name: changes})[name]
        if error is not None:
            raise CopyError(f"topic {name}: {error.message}")
