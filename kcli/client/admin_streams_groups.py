"""Streams groups (KIP-1071) as an administrator sees them: members, their tasks, and the topology they run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from kcli.client.admin_groups import STATES, canonical
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster, Node
from kcli.client.coordination import by_coordinator, check_coordinator, error_of
from kcli.wire import messages
from kcli.wire.errors import KafkaError

Tasks = dict[str, list[int]]  # partitions by subtopology


class Assignment(NamedTuple):
    """The tasks of a member, by what it does with them."""

    active: Tasks
    standby: Tasks
    warmup: Tasks


class StreamsMember(NamedTuple):
    """An instance of the application."""

    id: str
    client_id: str
    host: str
    process_id: str
    classic: bool
    epoch: int
    assignment: Assignment
    target: Assignment


class Subtopology(NamedTuple):
    """A part of the topology, by the topics that it reads and keeps."""

    id: str
    source_topics: list[str]
    repartition_topics: list[str]
    changelog_topics: list[str]


class StreamsGroup(NamedTuple):
    """A group with its members and its topology."""

    id: str
    state: str
    coordinator: Node
    members: list[StreamsMember]
    epoch: int
    assignment_epoch: int
    topology_epoch: int
    subtopologies: list[Subtopology]

    @property
    def input_topics(self) -> set[str]:
        return {topic for each in self.subtopologies for topic in each.source_topics}

    @property
    def internal_topics(self) -> list[str]:
        """What Kafka Streams made for itself."""
        made = [topic for each in self.subtopologies for topic in (*each.repartition_topics, *each.changelog_topics)]
        return [topic for topic in dict.fromkeys(made) if topic not in self.input_topics]

    @property
    def active_partitions(self) -> list[TopicPartition]:
        """What the members are reading."""
        read = {each.id: [*each.source_topics, *each.repartition_topics] for each in self.subtopologies}
        return sorted(
            {
                (topic, number)
                for member in self.members
                for subtopology, numbers in member.assignment.active.items()
                for topic in read.get(subtopology, ())
                for number in numbers
            }
        )


def describe_streams_groups(cluster: Cluster, group_ids: Iterable[str]) -> dict[str, StreamsGroup | KafkaError]:
    """Groups by id, each with its own error."""
    group_ids = list(dict.fromkeys(group_ids))
    found: dict[str, StreamsGroup | KafkaError] = {}

    def attempt() -> None:
        for node, some in by_coordinator(cluster, (group for group in group_ids if group not in found)).items():
            response = cluster.request(node, messages.StreamsGroupDescribeRequest(group_ids=some))
            check_coordinator(item.error_code for item in response.groups)
            for item in response.groups:
                found[item.group_id] = error_of(item) or _described(item, cluster.nodes[node])

    cluster.retry(attempt)
    return {group: found[group] for group in group_ids}


def _described(item: Any, coordinator: Node) -> StreamsGroup:
    members = [
        StreamsMember(
            member.member_id,
            member.client_id,
            member.client_host,
            member.process_id,
            member.is_classic,
            member.member_epoch,
            _assignment(member.assignment),
            _assignment(member.target_assignment),
        )
        for member in item.members
    ]
    return StreamsGroup(
        item.group_id,
        canonical(item.group_state, STATES),
        coordinator,
        members,
        item.group_epoch,
        item.assignment_epoch,
        -1 if item.topology is None else item.topology.epoch,
        [] if item.topology is None else [_subtopology(each) for each in item.topology.subtopologies or ()],
    )


def _subtopology(item: Any) -> Subtopology:
    return Subtopology(
        item.subtopology_id,
        item.source_topics,
        [topic.name for topic in item.repartition_source_topics],
        [topic.name for topic in item.state_changelog_topics],
    )


def _assignment(assignment: Any) -> Assignment:
    kinds = (assignment.active_tasks, assignment.standby_tasks, assignment.warmup_tasks)
    return Assignment(*({task.subtopology_id: task.partitions for task in tasks} for tasks in kinds))
