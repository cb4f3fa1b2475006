"""What kafka-consumer-groups tells of groups: where they are, who is in them, their state; as text and as values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kcli.cli.errors import CommandError
from kcli.client.admin import LATEST, Admin, TopicDescription, results
from kcli.client.admin_groups import GroupDescription, Member
from kcli.client.admin_offsets import CommittedOffset, committed_offsets
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster, Node
from kcli.tools.group_command import GroupCommand, Row, assignment_text, or_missing, table, widest

_REBALANCING = ("PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling")
_LEAST, _PARTITION, _INSTANCE, _ASSIGNMENT, _COORDINATOR, _STATE = 15, 10, 17, 20, 25, 20

Committed = dict[TopicPartition, CommittedOffset]


class Position(NamedTuple):
    """Where a group is in a partition, and who reads it."""

    topic: str
    partition: int
    offset: int | None
    leader_epoch: int | None
    end: int | None
    member: Member | None

    @property
    def lag(self) -> int | None:
        return None if self.offset is None or self.end is None else self.end - self.offset


def end_offsets(admin: Admin, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """The ends of those partitions that exist and have a leader."""
    wanted = set(partitions)
    topics = admin.describe_topics({topic for topic, _ in wanted}) if wanted else {}
    led = [
        (topic, each.partition)
        for topic, described in topics.items()
        if isinstance(described, TopicDescription)
        for each in described.partitions
        if each.leader is not None and (topic, each.partition) in wanted
    ]
    found = results(admin.list_offsets(dict.fromkeys(led, LATEST))) if led else {}
    return {partition: each.offset for partition, each in found.items()}


def find_positions(cluster: Cluster, groups: Iterable[GroupDescription]) -> dict[str, list[Position]]:
    """Where groups are now."""
    groups = list(groups)
    committed = {group.id: committed_offsets(cluster, group.id) for group in groups}
    wanted = {partition for offsets in committed.values() for partition in offsets}
    wanted |= {partition for group in groups for member in group.members for partition in member.assignment}
    ends = end_offsets(Admin(cluster), wanted)
    return {group.id: positions(group, committed[group.id], ends) for group in groups}


def positions(group: GroupDescription, committed: Committed, ends: dict[TopicPartition, int]) -> list[Position]:
    """Member by member, those with the most partitions first; then what nobody has."""
    owned: list[tuple[TopicPartition, Member | None]] = []
    for member in sorted(group.members, key=lambda member: -len(member.assignment)):
        owned += [(partition, member) for partition in sorted(member.assignment)]
    taken = {partition for partition, _ in owned}
    owned += [(partition, None) for partition in sorted(committed) if partition not in taken]
    found = []
    for partition, owner in owned:
        offset = committed.get(partition)
        found.append(
            Position(
                *partition,
                offset.offset if offset else None,
                offset.leader_epoch if offset else None,
                ends.get(partition),
                owner,
            )
        )
    return found


def introduce(command: GroupCommand, group: GroupDescription) -> bool:
    """Say what is special about the group's state; whether there is a group to tell of."""
    if group.state == "Dead":
        command.error(f"Consumer group '{group.id}' does not exist.")
        return False
    if group.state == "Empty":
        command.environment.warn(f"\nConsumer group '{group.id}' has no active members.")
    elif group.state in _REBALANCING:
        command.environment.warn(f"\nWarning: Consumer group '{group.id}' is rebalancing.")
    elif group.state != "Stable":
        raise CommandError(f"Expected a valid consumer group state, but found '{group.state}'.")
    return True


def coordinator_text(node: Node) -> str:
    return f"{node.address.host}:{node.address.port}  ({node.id})"


# As Kafka's text


def offsets_text(group: GroupDescription, found: list[Position], verbose: bool) -> list[str]:
    """A blank line, titles, and a line for each partition."""
    epoch = ["LEADER-EPOCH"] if verbose else []
    header = ["GROUP", "TOPIC", "PARTITION", *epoch, "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"]
    header += ["CONSUMER-ID", "HOST", "CLIENT-ID"]
    rows = []
    for each in found:
        row: list[object] = [group.id, each.topic, each.partition]
        row += [or_missing(each.leader_epoch)] if verbose else []
        row += map(or_missing, (each.offset, each.end, each.lag))
        member = each.member
        row += map(or_missing, (member.id, member.host, member.client_id) if member else (None,) * 3)
        rows.append(row)
    widths = [
        widest(_LEAST, [group.id]),
        widest(_LEAST, (each.topic for each in found)),
        _PARTITION,
        *[_LEAST] * (4 if verbose else 3),
        widest(_LEAST, (each.member.id for each in found if each.member)),
        widest(_LEAST, (each.member.host for each in found if each.member)),
    ]
    return ["", *table(header, rows, widths)]


def members_text(group: GroupDescription, verbose: bool) -> list[str]:
    """A blank line, titles, and a line for each member."""
    members = group.members
    static = any(member.instance_id for member in members)
    mixed = len({member.upgraded for member in members} - {None}) == 2
    header = ["GROUP", "CONSUMER-ID", *(["GROUP-INSTANCE-ID"] if static else []), "HOST", "CLIENT-ID", "#PARTITIONS"]
    widths = [
        widest(_LEAST, [group.id] if members else []),
        widest(_LEAST, (member.id for member in members)),
        *([widest(_INSTANCE, (member.instance_id or "" for member in members))] if static else []),
        widest(_LEAST, (member.host for member in members)),
        widest(_LEAST, (member.client_id for member in members)),
        _LEAST,
    ]
    rows: list[list[object]] = []
    for member in members:
        instance = [member.instance_id or ""] if static else []
        rows.append([group.id, member.id, *instance, member.host, member.client_id, len(member.assignment)])
    if verbose:
        header += ["CURRENT-EPOCH", "CURRENT-ASSIGNMENT", "TARGET-EPOCH", "TARGET-ASSIGNMENT"]
        header += ["UPGRADED"] if mixed else []
        for row, member in zip(rows, members):
            row += [
                or_missing(member.epoch),
                or_missing(assignment_text(member.assignment)),
                or_missing(group.assignment_epoch),
                or_missing(assignment_text(member.target or [])),
            ]
            row += [or_missing(member.upgraded).lower()] if mixed else []
        current = widest(_ASSIGNMENT, (assignment_text(member.assignment) for member in members))
        target = widest(_ASSIGNMENT, (assignment_text(member.target or []) for member in members))
        widths += [_LEAST, current, _LEAST, target]
    else:
        header.append("")  # Kafka's lines end in a space here
        rows = [[*row, ""] for row in rows]
    return ["", *table(header, rows, widths)]


def state_text(group: GroupDescription, verbose: bool) -> list[str]:
    """A blank line, titles, and one line."""
    coordinator = coordinator_text(group.coordinator)
    header = ["GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE"]
    row: list[object] = [group.id, coordinator, or_missing(group.assignor), group.state]
    widths = [widest(_LEAST, [group.id]), widest(_COORDINATOR, [coordinator]), _STATE, _STATE]
    if verbose:
        header += ["GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"]
        row += [or_missing(group.epoch), or_missing(group.assignment_epoch)]
        widths += [_LEAST, _COORDINATOR]
    return ["", *table([*header, "#MEMBERS"], [[*row, len(group.members)]], widths)]


# As values


def offsets_rows(group: GroupDescription, found: list[Position]) -> list[Row]:
    return [
        {
            "group": group.id,
            "topic": each.topic,
            "partition": each.partition,
            "leaderEpoch": each.leader_epoch,
            "currentOffset": each.offset,
            "logEndOffset": each.end,
            "lag": each.lag,
            "consumerId": each.member.id if each.member else None,
            "host": each.member.host if each.member else None,
            "clientId": each.member.client_id if each.member else None,
        }
        for each in found
    ]


def members_rows(group: GroupDescription) -> list[Row]:
    return [
        {
            "group": group.id,
            "consumerId": member.id,
            "groupInstanceId": member.instance_id,
            "host": member.host,
            "clientId": member.client_id,
            "partitions": len(member.assignment),
            "currentEpoch": member.epoch,
            "currentAssignment": assignment_text(member.assignment),
            "targetEpoch": group.assignment_epoch,
            "targetAssignment": assignment_text(member.target or []),
            "upgraded": member.upgraded,
        }
        for member in group.members
    ]


def state_row(group: GroupDescription) -> Row:
    return {
        "group": group.id,
        "coordinator": f"{group.coordinator.address.host}:{group.coordinator.address.port}",
        "coordinatorId": group.coordinator.id,
        "assignmentStrategy": group.assignor or None,
        "state": group.state,
        "groupEpoch": group.epoch,
        "targetAssignmentEpoch": group.assignment_epoch,
        "members": len(group.members),
    }
