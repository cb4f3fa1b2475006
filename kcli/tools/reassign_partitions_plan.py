"""Plans of where partitions go: read, checked, made up, and written as JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kcli.cli.errors import CommandError
from kcli.cli.json_file import checked, checked_list, field, parse_json, read_text

ANY = "any"  # the log dir that a broker chooses itself

Partition = tuple[str, int]
Replica = tuple[str, int, int]  # topic, partition, broker


class Plan(NamedTuple):
    """Partitions with the brokers that they go to, in the file's order and as often as it has them; and the log dirs
    of those replicas that are to be in a particular one.
    """

    partitions: list[tuple[Partition, list[int]]]
    log_dirs: dict[Replica, str]


def shown(partition: Partition) -> str:
    return f"{partition[0]}-{partition[1]}"


def read_plan(path: str) -> Plan:
    """Read a reassignment file."""
    text = read_text(path)
    if not text.strip():
        raise CommandError("The input string shouldn't be empty")
    plan = Plan([], {})
    for item in _items(parse_json(path, text), "partitions"):
        partition = (field(item, "topic", str), field(item, "partition", int))
        replicas = checked_list(field(item, "replicas", list), int)
        log_dirs = checked_list(item.get("log_dirs", [ANY] * len(replicas)), str)
        if len(replicas) != len(log_dirs):
            raise CommandError(
                f"Size of replicas list {replicas} is different from size of log dirs list [{', '.join(log_dirs)}]"
                f" for partition {shown(partition)}"
            )
        plan.partitions.append((partition, replicas))
        plan.log_dirs.update(
            ((*partition, broker), path) for broker, path in zip(replicas, log_dirs, strict=True) if path != ANY
        )
    return plan


def read_topics(path: str) -> list[str]:
    """Read a file of topics to move."""
    topics = [field(item, "topic", str) for item in _items(parse_json(path, read_text(path)), "topics")]
    twice = _duplicates(topics)
    if twice:
        raise CommandError(f"List of topics to reassign contains duplicate entries: [{', '.join(twice)}]")
    return topics


def _items(document: Any, name: str) -> list[Any]:
    version = checked(checked(document, dict).get("version", 1), int)
    if version != 1:
        raise CommandError(f"Not supported version field value {version}")
    return checked_list(document.get(name, []), dict)


def _duplicates(items: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys(item for item in items if items.count(item) > 1))


def parse_brokers(text: str) -> list[int]:
    """`1,2,3`."""
    try:
        brokers = [int(part) for part in text.split(",")]
    except ValueError:
        wrong = next(part for part in text.split(",") if not part.lstrip("-").isdigit())
        raise CommandError(f'For input string: "{wrong}"') from None
    twice = _duplicates(brokers)
    if twice:
        raise CommandError(f"Broker list contains duplicate entries: {twice}")
    return brokers


def check_executable(plan: Plan) -> dict[Partition, list[int]]:
    """The partitions of a plan that can be carried out."""
    if not plan.partitions:
        raise CommandError("Partition reassignment list cannot be empty")
    if not all(replicas for _, replicas in plan.partitions):
        raise CommandError("Partition replica list cannot be empty")
    twice = _duplicates([partition for partition, _ in plan.partitions])
    if twice:
        raise CommandError(f"Partition reassignment contains duplicate topic partitions: {','.join(map(shown, twice))}")
    repeated = [(partition, _duplicates(replicas)) for partition, replicas in plan.partitions]
    wrong = [
        f"{shown(partition)} contains multiple entries for {','.join(map(str, brokers))}"
        for partition, brokers in repeated
        if brokers
    ]
    if wrong:
        raise CommandError(f"Partition replica lists may not contain duplicate entries: {'. '.join(wrong)}")
    return dict(plan.partitions)


def to_json(partitions: Mapping[Partition, Sequence[int]], log_dirs: Mapping[Replica, str]) -> str:
    """A plan as --execute reads it."""
    listed = [
        {
            "topic": topic,
            "partition": partition,
            "replicas": list(replicas),
            "log_dirs": [log_dirs.get((topic, partition, broker), ANY) for broker in replicas],
        }
        for (topic, partition), replicas in sorted(partitions.items())
    ]
    return json.dumps({"version": 1, "partitions": listed}, separators=(",", ":"), ensure_ascii=False)


def spread(current: Mapping[Partition, Sequence[int]], racks: Mapping[int, str | None]) -> dict[Partition, list[int]]:
    """Spread partitions over brokers (id -> rack), with as many replicas as each topic has now.

    Brokers are dealt out in turn, rack by rack, from a random one on; replicas of a partition are in different racks
    as long as there are enough of them.
    """
    if not racks:
        raise CommandError("All brokers are currently fenced, or have all their log directories cordoned.")
    order = _alternate(racks)
    proposed: dict[Partition, list[int]] = {}
    for topic in dict.fromkeys(topic for topic, _ in current):
        partitions = sorted(key for key in current if key[0] == topic)
        count = len(current[partitions[0]])
        if count > len(order):
            raise CommandError(
                f"The target replication factor of {count} cannot be reached because only {len(order)} broker(s)"
                " are registered."
            )
        start = random.randrange(len(order))
        for position, partition in enumerate(partitions):
            first = start + position + position // len(order)
            ring = [order[(first + step) % len(order)] for step in range(len(order))]
            proposed[partition] = _pick(ring, racks, count)
    return proposed


def _pick(ring: Sequence[int], racks: Mapping[int, str | None], count: int) -> list[int]:
    """So many brokers, beginning with the first: one of each rack, then again one of each, and so on."""
    rest = list(ring)
    chosen: list[int] = []
    while len(chosen) < count:
        seen: set[str | None] = set()
        for broker in list(rest):
            if racks[broker] not in seen:
                seen.add(racks[broker])
                chosen.append(broker)
                rest.remove(broker)
    return chosen[:count]


def _alternate(racks: Mapping[int, str | None]) -> list[int]:
    by_rack: dict[str, list[int]] = {}
    for broker in sorted(racks):
        by_rack.setdefault(racks[broker] or "", []).append(broker)
    waiting = [by_rack[rack] for rack in sorted(by_rack)]
    order: list[int] = []
    while any(waiting):
        order += [brokers.pop(0) for brokers in waiting if brokers]
    return order
