"""What kafka-streams-groups tells of groups: their lag, their members with tasks, their state."""

from __future__ import annotations

from typing import NamedTuple

from kcli.client.admin import EARLIEST, LATEST, Admin, results
from kcli.client.admin_offsets import committed_offsets
from kcli.client.admin_streams_groups import Assignment, StreamsGroup, StreamsMember
from kcli.client.cluster import Cluster
from kcli.tools.group_command import Row, or_missing, table, widest

_LEAST, _PARTITION, _COORDINATOR, _EPOCH = 15, 10, 25, 25


class Position(NamedTuple):
    """Where a group is in a partition."""

    topic: str
    partition: int
    offset: int | None
    leader_epoch: int | None
    end: int
    lag: int


def positions(cluster: Cluster, group: StreamsGroup) -> list[Position]:
    """Of each partition that members read; without an offset, the lag is all that there is."""
    admin = Admin(cluster)
    partitions = group.active_partitions
    begins = results(admin.list_offsets(dict.fromkeys(partitions, EARLIEST))) if partitions else {}
    ends = results(admin.list_offsets(dict.fromkeys(partitions, LATEST))) if partitions else {}
    committed = committed_offsets(cluster, group.id)
    found = []
    for partition in partitions:
        at = committed.get(partition)
        end = ends[partition].offset
        lag = end - (at.offset if at else begins[partition].offset)
        found.append(Position(*partition, at.offset if at else None, at.leader_epoch if at else None, end, lag))
    return found


def tasks_text(member: StreamsMember, *, target: bool = False) -> str:
    """`ACTIVE: 0:[0,1]; STANDBY: 1:[2]; `"""
    return _tasks(member.assignment, "") + (_tasks(member.target, "TARGET-") if target else "")


def _tasks(assignment: Assignment, prefix: str) -> str:
    parts = []
    for name, tasks in zip(("ACTIVE", "STANDBY", "WARMUP"), assignment, strict=True):
        if tasks:
            listed = (f"{subtopology}:[{','.join(map(str, numbers))}]; " for subtopology, numbers in tasks.items())
            parts.append(f"{prefix}{name}: {''.join(listed)}")
    return "".join(parts)


# As Kafka's text


def offsets_text(group: StreamsGroup, found: list[Position], verbose: bool) -> list[str]:
    names = [widest(_LEAST, [group.id]), widest(_LEAST, (each.topic for each in found)), _PARTITION]
    if not verbose:
        rows = [[group.id, each.topic, each.partition, each.lag] for each in found]
        return table(["GROUP", "TOPIC", "PARTITION", "OFFSET-LAG"], rows, names)
    header = ["GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LEADER-EPOCH", "LOG-END-OFFSET", "OFFSET-LAG"]
    long = [
        [group.id, each.topic, each.partition, *map(or_missing, (each.offset, each.leader_epoch)), each.end, each.lag]
        for each in found
    ]
    return table(header, long, [*names, *[_LEAST] * 4])


def members_text(group: StreamsGroup, verbose: bool) -> list[str]:
    members = group.members
    name = widest(_LEAST, [group.id])
    member_id = widest(_LEAST, (member.id for member in members))
    ends = [
        widest(_LEAST, (member.process_id for member in members)),
        widest(_LEAST, (member.client_id for member in members)),
    ]
    if not verbose:
        rows = [[group.id, member.id, member.process_id, member.client_id, tasks_text(member)] for member in members]
        return table(["GROUP", "MEMBER", "PROCESS", "CLIENT-ID", "ASSIGNMENTS"], rows, [name, member_id, *ends])
    # Kafka's table has no space between the topology's epoch and the member.
    header = ["GROUP", "TARGET-ASSIGNMENT-EPOCH", f"{'TOPOLOGY-EPOCH':<{_LEAST}}{'MEMBER':<{member_id}}"]
    header += ["MEMBER-PROTOCOL", "MEMBER-EPOCH", "PROCESS", "CLIENT-ID", "ASSIGNMENTS"]
    long = [
        [
            group.id,
            group.assignment_epoch,
            f"{group.topology_epoch:<{_LEAST}}{member.id:<{member_id}}",
            "classic" if member.classic else "streams",
            member.epoch,
            member.process_id,
            member.client_id,
            tasks_text(member, target=True),
        ]
        for member in members
    ]
    return table(header, long, [name, _EPOCH, 0, _LEAST, _LEAST, *ends])


def state_text(group: StreamsGroup, verbose: bool) -> list[str]:
    coordinator = f"{group.coordinator.address.host}:{group.coordinator.address.port} ({group.coordinator.id})"
    widths = [widest(_LEAST, [group.id]), widest(_COORDINATOR, [coordinator]), _COORDINATOR]
    header = ["GROUP", "COORDINATOR (ID)", "STATE"]
    row: list[object] = [group.id, coordinator, group.state]
    if verbose:
        header += ["GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"]
        row += [group.epoch, group.assignment_epoch]
        widths += [_LEAST, _EPOCH]
    return table([*header, "#MEMBERS"], [[*row, len(group.members)]], widths)


# As values


def offsets_rows(group: StreamsGroup, found: list[Position]) -> list[Row]:
    return [
        {
            "group": group.id,
            "topic": each.topic,
            "partition": each.partition,
            "currentOffset": each.offset,
            "leaderEpoch": each.leader_epoch,
            "logEndOffset": each.end,
            "lag": each.lag,
        }
        for each in found
    ]


def members_rows(group: StreamsGroup) -> list[Row]:
    return [
        {
            "group": group.id,
            "member": member.id,
            "protocol": "classic" if member.classic else "streams",
            "memberEpoch": member.epoch,
            "process": member.process_id,
            "host": member.host,
            "clientId": member.client_id,
            "assignments": tasks_text(member).strip(),
            "target": _tasks(member.target, "").strip(),
        }
        for member in group.members
    ]


def state_row(group: StreamsGroup) -> Row:
    return {
        "group": group.id,
        "coordinator": str(group.coordinator.address),
        "coordinatorId": group.coordinator.id,
        "state": group.state,
        "groupEpoch": group.epoch,
        "targetAssignmentEpoch": group.assignment_epoch,
        "topologyEpoch": group.topology_epoch,
        "members": len(group.members),
    }
