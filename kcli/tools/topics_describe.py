"""What `kafka-topics --describe` shows: which partitions, in Kafka's lines, as values for JSON, or as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kcli.cli.joptsimple import Parsed
from kcli.client.admin import ConfigEntry, PartitionDescription, Reassignment, TopicDescription, topic_id_text
from kcli.tools.topics_options import REPORTS

_NONE = "N/A"


class Description:
    """A topic with all that has to be known to describe it."""

    def __init__(
        self,
        topic: TopicDescription,
        configs: list[ConfigEntry],
        reassignments: Mapping[tuple[str, int], Reassignment],
        alive: set[int],
    ) -> None:
        self.topic = topic
        self.overrides = {entry.name: entry.value for entry in configs if not entry.default}
        self._configs = {entry.name: entry.value for entry in configs}
        self._reassignments = reassignments
        self._alive = alive

    def reassignment(self, partition: PartitionDescription) -> Reassignment | None:
        return self._reassignments.get((self.topic.name, partition.partition))

    def replication_factor(self, partition: PartitionDescription) -> int:
        """How many replicas are meant to be: while a partition moves, those that come do not count yet.

        A move may have ended between our questions; then its replicas are no longer among the partition's.
        """
        moving = self.reassignment(partition)
        if moving is not None and set(partition.replicas) & {*moving.adding, *moving.removing}:
            return len(moving.replicas) - len(moving.adding)
        return len(partition.replicas)

    def matches(self, report: str, partition: PartitionDescription) -> bool:
        """Whether a partition belongs in one of the reports."""
        if report == "under-replicated-partitions":
            return len(partition.isr) < self.replication_factor(partition)
        if report == "unavailable-partitions":
            return partition.leader not in self._alive
        minimum = int(self._configs["min.insync.replicas"] or 1)
        if report == "under-min-isr-partitions":
            return partition.leader is None or len(partition.isr) < minimum
        return len(partition.isr) == minimum

    def partitions(self, options: Parsed) -> list[PartitionDescription]:
        """The partitions that the options ask for."""
        reports = [report for report in REPORTS if options.has(report)]
        if not reports:
            return [] if options.has("topics-with-overrides") else self.topic.partitions
        return [
            partition
            for partition in self.topic.partitions
            if any(self.matches(report, partition) for report in reports)
        ]


def _selected(described: list[Description], options: Parsed) -> list[Description]:
    if not options.has("topics-with-overrides"):
        return described
    return [description for description in described if description.overrides]


def summary(described: list[Description]) -> str:
    """One line for those who watch: what is not as it should be."""
    partitions = [(each, partition) for each in described for partition in each.topic.partitions]
    below = sum(each.matches("under-replicated-partitions", partition) for each, partition in partitions)
    away = sum(each.matches("unavailable-partitions", partition) for each, partition in partitions)
    return f"Topics: {len(described)}  Partitions: {len(partitions)}  Under-replicated: {below}  Unavailable: {away}\n"


def to_text(described: list[Description], options: Parsed) -> Iterator[str]:
    """Kafka's lines."""
    with_topics = not any(options.has(report) for report in REPORTS)
    for description in _selected(described, options):
        if with_topics:
            yield _topic_line(description)
        for partition in description.partitions(options):
            yield _partition_line(description, partition)


def _topic_line(description: Description) -> str:
    topic = description.topic
    configs = ",".join(f"{name}={'null' if value is None else value}" for name, value in description.overrides.items())
    fields = [f"Topic: {topic.name}"]
    topic_id = topic_id_text(topic.id)
    if topic_id is not None:
        fields.append(f"TopicId: {topic_id}")
    fields += [
        f"PartitionCount: {len(topic.partitions)}",
        f"ReplicationFactor: {description.replication_factor(topic.partitions[0])}",
        f"Configs: {configs}",
    ]
    return "\t".join(fields)


def _partition_line(description: Description, partition: PartitionDescription) -> str:
    fields = [
        f"\tTopic: {description.topic.name}",
        f"Partition: {partition.partition}",
        f"Leader: {'none' if partition.leader is None else partition.leader}",
        f"Replicas: {_join(partition.replicas)}",
        f"Isr: {_join(partition.isr)}",
    ]
    moving = description.reassignment(partition)
    if moving is not None:
        fields += [f"Adding Replicas: {_join(moving.adding)}", f"Removing Replicas: {_join(moving.removing)}"]
    fields += [f"Elr: {_join(partition.elr)}", f"LastKnownElr: {_join(partition.last_known_elr)}"]
    return "\t".join(fields)


def _join(brokers: list[int] | None) -> str:
    return _NONE if brokers is None else ",".join(map(str, brokers))


def to_values(described: list[Description], options: Parsed) -> list[dict[str, Any]]:
    """Topics with their partitions inside, for JSON and YAML."""
    reported = any(options.has(report) for report in REPORTS)
    values = []
    for description in _selected(described, options):
        topic = description.topic
        partitions = [_partition_value(description, partition) for partition in description.partitions(options)]
        if reported and not partitions:
            continue
        values.append(
            {
                "name": topic.name,
                "id": topic_id_text(topic.id),
                "internal": topic.internal,
                "partitionCount": len(topic.partitions),
                "replicationFactor": description.replication_factor(topic.partitions[0]),
                "configs": description.overrides,
                "partitions": partitions,
            }
        )
    return values


def to_rows(described: list[Description], options: Parsed) -> list[dict[str, Any]]:
    """A row for each partition, for CSV and tables."""
    return [
        {"topic": description.topic.name, **_partition_value(description, partition)}
        for description in _selected(described, options)
        for partition in description.partitions(options)
    ]


def _partition_value(description: Description, partition: PartitionDescription) -> dict[str, Any]:
    moving = description.reassignment(partition)
    return {
        "partition": partition.partition,
        "leader": partition.leader,
        "replicas": partition.replicas,
        "isr": partition.isr,
        "elr": partition.elr,
        "lastKnownElr": partition.last_known_elr,
        "addingReplicas": None if moving is None else moving.adding,
        "removingReplicas": None if moving is None else moving.removing,
    }
