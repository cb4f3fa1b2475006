"""The limits that kafka-reassign-partitions puts on moving partitions, and takes away again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kcli.tools.reassign_partitions_plan import Partition

_LEADERS, _FOLLOWERS = "leader.replication.throttled.", "follower.replication.throttled."
_BETWEEN_LOG_DIRS = "replica.alter.log.dirs.io.max.bytes.per.second"
_OF_BROKERS = (f"{_LEADERS}rate", f"{_FOLLOWERS}rate", _BETWEEN_LOG_DIRS)
_OF_TOPICS = (f"{_LEADERS}replicas", f"{_FOLLOWERS}replicas")

# From which brokers, and to which ones, a partition moves.
Move = tuple[set[int], set[int]]


def moves(
    ongoing: Mapping[Partition, Any], proposed: Mapping[Partition, list[int]], current: Mapping[Partition, list[int]]
) -> dict[Partition, Move]:
    """What moves already, and what is about to."""
    found: dict[Partition, Move] = {
        key: (set(item.replicas) - set(item.adding), set(item.adding)) for key, item in ongoing.items()
    }
    for key, replicas in proposed.items():
        sources = found[key][0] if key in found else set(current[key])
        found[key] = (sources, set(replicas) - sources)
    return found


def limit_brokers(admin: Any, found: Mapping[Partition, Move], rate: int, say: Callable[[str], None]) -> None:
    """Limit what moves between brokers."""
    from kcli.client.admin import BROKER_CONFIG, SET, TOPIC_CONFIG, results

    by_topic: dict[str, tuple[set[str], set[str]]] = {}
    for (topic, partition), (sources, destinations) in found.items():
        leaders, followers = by_topic.setdefault(topic, (set(), set()))
        leaders.update(f"{partition}:{broker}" for broker in sources)
        followers.update(f"{partition}:{broker}" for broker in destinations - sources)
    changes = {
        topic: [(name, SET, ",".join(sorted(replicas))) for name, replicas in zip(_OF_TOPICS, both, strict=True)]
        for topic, both in by_topic.items()
    }
    results(admin.alter_configs(TOPIC_CONFIG, changes))
    brokers = sorted({broker for both in found.values() for some in both for broker in some})
    rates = [(name, SET, str(rate)) for name in _OF_BROKERS[:2]]
    results(admin.alter_configs(BROKER_CONFIG, {str(broker): rates for broker in brokers}))
    say(f"The inter-broker throttle limit was set to {rate} B/s")


def limit_log_dirs(admin: Any, brokers: Iterable[int], rate: int, say: Callable[[str], None]) -> None:
    """Limit what moves between log dirs."""
    from kcli.client.admin import BROKER_CONFIG, SET, results

    changes = {str(broker): [(_BETWEEN_LOG_DIRS, SET, str(rate))] for broker in sorted(set(brokers))}
    results(admin.alter_configs(BROKER_CONFIG, changes))
    say(f"The replica-alter-dir throttle limit was set to {rate} B/s")


def clear(admin: Any, partitions: Iterable[tuple[Partition, list[int]]], say: Callable[[str], None]) -> None:
    """Take all limits away: from every broker, since nobody remembers where the partitions came from."""
    from kcli.client.admin import BROKER_CONFIG, DELETE, TOPIC_CONFIG, results

    partitions = list(partitions)
    admin.cluster.refresh()
    brokers = sorted({*admin.cluster.nodes, *(broker for _, replicas in partitions for broker in replicas)})
    say(f"Clearing broker-level throttles on broker{'' if len(brokers) == 1 else 's'} {','.join(map(str, brokers))}")
    removals = [(name, DELETE, None) for name in _OF_BROKERS]
    results(admin.alter_configs(BROKER_CONFIG, {str(broker): removals for broker in brokers}))
    topics = list(dict.fromkeys(topic for (topic, _), _ in partitions))
    say(f"Clearing topic-level throttles on topic{'' if len(topics) == 1 else 's'} {','.join(topics)}")
    removals = [(name, DELETE, None) for name in _OF_TOPICS]
    results(admin.alter_configs(TOPIC_CONFIG, dict.fromkeys(topics, removals)))
