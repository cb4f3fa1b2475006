"""kafka-share-groups: list, describe and delete share groups, reset and delete where they start."""

from __future__ import annotations

from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT
from kcli.tools import listings
from kcli.tools.group_command import (
    LEAST,
    Refused,
    Row,
    TypedGroupCommand,
    assignment_text,
    or_missing,
    table,
    widest,
)
from kcli.tools.share_groups_options import TABLE, check

_PARTITION, _OFFSET, _COORDINATOR, _MEMBERS = 10, 13, 25, 12
_LISTINGS = {
    "offsets": listings.SHARE_GROUP_OFFSETS,
    "members": listings.SHARE_GROUP_MEMBERS,
    "state": listings.SHARE_GROUP_STATE,
}


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    return _ShareGroups("share group", parsed, environment).do(check(parsed))


class _ShareGroups(TypedGroupCommand):
    """The actions."""

    type = "Share"
    states = ("Dead", "Empty", "Stable")

    def _print(self, header: list[str], rows: list[list[Any]], widths: list[int], *, blank: bool = True) -> None:
        for line in [*([""] if blank else []), *table(header, rows, widths)]:
            self.environment.print(line)

    # Each action

    def describe(self, cluster: Any) -> None:
        from kcli.client.admin_groups import all_described, describe_share_groups

        described = all_described(describe_share_groups(cluster, self.groups(cluster)))
        subject = next((name for name in ("members", "state") if self.options.has(name)), "offsets")
        rows: list[Row] = []
        for name in sorted(described):
            group = described[name]
            if subject == "offsets":
                rows += self._describe_offsets(cluster, group)
            elif self._introduce(group):
                rows += (self._describe_members if subject == "members" else self._describe_state)(group)
        if self.form != TEXT:
            self.show(rows, _LISTINGS[subject])

    def _introduce(self, group: Any) -> bool:
        """Say what is special about the group's state; whether there is a group to tell of."""
        if group.state == "Dead":
            self.error(f"Share group '{group.id}' does not exist.")
        elif group.state == "Empty":
            self.environment.warn(f"\nShare group '{group.id}' has no active members.")
        return bool(group.state != "Dead")

    def _describe_offsets(self, cluster: Any, group: Any) -> list[Row]:
        from kcli.client.admin_share_groups import share_group_offsets

        found = share_group_offsets(cluster, group.id)
        rows: list[Row] = [
            {
                "group": group.id,
                "topic": topic,
                "partition": number,
                "leaderEpoch": each.leader_epoch,
                "startOffset": each.start,
                "lag": each.lag,
            }
            for (topic, number), each in found.items()
        ]
        if self.form != TEXT:
            return rows
        if not found:
            self.environment.print(f"\nShare group '{group.id}' has no offset information.")
            return rows
        verbose = self.options.has("verbose")
        header = ["GROUP", "TOPIC", "PARTITION", "LEADER-EPOCH", "START-OFFSET", "LAG"]
        names = [widest(LEAST, [group.id]), widest(LEAST, (topic for topic, _ in found))]
        widths = [*names, _PARTITION, _OFFSET, _OFFSET]
        lines = [header, *([or_missing(value) for value in row.values()] for row in rows)]
        if not verbose:
            lines, widths = [[*line[:3], *line[4:]] for line in lines], widths[:-1]
        self._print(lines[0], [*lines[1:]], widths)
        return rows

    def _describe_members(self, group: Any) -> list[Row]:
        members = sorted(group.members, key=lambda member: member.id)
        if self.form == TEXT and members:
            epoch = ["MEMBER-EPOCH"] if self.options.has("verbose") else []
            self._print(
                ["GROUP", "CONSUMER-ID", "HOST", "CLIENT-ID", "#PARTITIONS", *epoch, "ASSIGNMENT"],
                [
                    [group.id, member.id, member.host, member.client_id, len(member.assignment)]
                    + ([member.epoch] if epoch else [])
                    + [assignment_text(member.assignment)]
                    for member in members
                ],
                [
                    widest(LEAST, [group.id]),
                    widest(LEAST, (member.id for member in members)),
                    widest(LEAST, (member.host for member in members)),
                    widest(LEAST, (member.client_id for member in members)),
                    _MEMBERS,
                    *([_OFFSET] if epoch else []),
                ],
            )
        return [
            {
                "group": group.id,
                "consumerId": member.id,
                "host": member.host,
                "clientId": member.client_id,
                "partitions": len(member.assignment),
                "memberEpoch": member.epoch,
                "assignment": assignment_text(member.assignment),
            }
            for member in members
        ]

    def _describe_state(self, group: Any) -> list[Row]:
        from kcli.tools.consumer_groups_describe import coordinator_text, state_row

        coordinator = coordinator_text(group.coordinator)
        widths = [widest(LEAST, [group.id]), widest(_COORDINATOR, [coordinator]), LEAST]
        if self.form == TEXT and self.options.has("verbose"):
            self._print(
                ["GROUP", "COORDINATOR (ID)", "STATE", "GROUP-EPOCH", "ASSIGNMENT-EPOCH", "#MEMBERS"],
                [[group.id, coordinator, group.state, group.epoch, group.assignment_epoch, len(group.members)]],
                [*widths, 12, 17],
            )
        elif self.form == TEXT:
            header = ["GROUP", "COORDINATOR (ID)", "STATE", "#MEMBERS"]
            self._print(header, [[group.id, coordinator, group.state, len(group.members)]], widths)
        return [state_row(group)]

    def delete(self, cluster: Any) -> None:
        from kcli.client.admin_groups import delete_groups

        states = {group.id: group.state for group in self.listed(cluster)}
        outcomes = self.deletable(states, "Share", "is not a share group.")
        empty = [name for name, outcome in outcomes.items() if outcome is None]
        if empty:
            outcomes |= delete_groups(cluster, empty)
        self.report_deletion(outcomes)

    def delete_offsets(self, cluster: Any) -> None:
        from kcli.client.admin_share_groups import delete_share_group_offsets
        from kcli.wire import errors
        from kcli.wire.errors import KafkaError

        topics = sorted(set(self.options.values("topic")))
        outcomes: dict[str, Any]
        try:
            outcomes = {**delete_share_group_offsets(cluster, self.options.value("group"), topics)}
        except KafkaError as error:
            expected = (
                errors.INVALID_GROUP_ID,
                errors.GROUP_ID_NOT_FOUND,
                errors.GROUP_AUTHORIZATION_FAILED,
                errors.NON_EMPTY_GROUP,
            )
            self.error(
                str(error) if error.code in expected else f"Encounter some unknown error: {error.java_class}: {error}"
            )
            outcomes = dict.fromkeys(topics, error)
        self.failed |= any(outcomes.values())
        if self.form != TEXT:
            found = [
                {"topic": topic, "error": error and f"{error.java_class}: {error}"} for topic, error in outcomes.items()
            ]
            self.show(found, listings.SHARE_GROUP_DELETED_OFFSETS)
            return
        rows = [[topic, f"Error: {error}" if error else "Successful"] for topic, error in sorted(outcomes.items())]
        self._print(["TOPIC", "STATUS"], rows, [widest(LEAST, outcomes)])

    def reset(self, cluster: Any) -> None:
        from kcli.client.admin import Admin
        from kcli.client.admin_groups import GroupDescription, describe_share_groups
        from kcli.client.admin_share_groups import set_share_group_offsets, share_group_offsets
        from kcli.tools.group_reset import Change, both_table, change_rows
        from kcli.tools.reset_offsets import OffsetReset, is_missing_group, offsets_table
        from kcli.wire.errors import KafkaError

        name = self.options.value("group")
        described = describe_share_groups(cluster, [name])[name]
        if isinstance(described, GroupDescription):
            if described.state not in ("Empty", "Dead"):
                raise Refused("\n".join([f"Share group '{name}' is not empty.", *self.members_of(described)]))
        elif not is_missing_group(described):
            raise Refused(str(described))
        ways = OffsetReset(self, Admin(cluster))
        if self.options.has("topic"):
            partitions = ways.partitions(self.options.values("topic"))
        else:
            partitions = list(share_group_offsets(cluster, name))
        offsets = ways.plan(name, partitions, dict)
        before = {} if isinstance(described, KafkaError) else share_group_offsets(cluster, name)
        change = Change({each: before[each].start for each in offsets if each in before}, offsets)
        if self.options.has("execute"):
            set_share_group_offsets(
                cluster, name, {each: offset for each, offset in offsets.items() if offset is not None}
            )
        if self.form != TEXT:
            self.show(change_rows({name: change}), listings.RESET)
            return
        for line in both_table({name: change}) if self.on_terminal else offsets_table({name: offsets}):
            self.environment.print(line)


if __name__ == "__main__":
    main()
