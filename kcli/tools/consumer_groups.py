"""kafka-consumer-groups: list, describe and delete consumer groups, reset and delete their offsets."""

from __future__ import annotations

from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import UsageError
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT
from kcli.tools.consumer_groups_options import TABLE, check
from kcli.tools.group_command import ALL_STATES, GroupCommand, parse_states, parse_types, table, widest

_TYPES = ("Classic", "Consumer")
_NAME, _COLUMN = 15, 20


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)
    if action == "validate-regex":
        from kcli.tools.validate_regex import validate_regex

        return validate_regex(parsed.value("validate-regex"), environment)
    return _ConsumerGroups("consumer group", parsed, environment).do(action)


class _ConsumerGroups(GroupCommand):
    """The actions."""

    def do(self, action: str) -> int:
        if action == "list":
            self._states = parse_states(self.options.value("state"), ALL_STATES)
            self._types = parse_types(self.options.value("type"), _TYPES)
        return self.run(
            {
                "list": self._list,
                "describe": self._describe,
                "delete": self._delete,
                "reset-offsets": self._reset,
                "delete-offsets": self._delete_offsets,
            }[action]
        )

    def _groups(self, cluster: Any) -> list[str]:
        """The groups that the options name."""
        if not self.options.has("all-groups"):
            return list(dict.fromkeys(self.options.values("group")))
        return [group.id for group in self._listed(cluster)]

    def _listed(self, cluster: Any, types: list[str] | None = None, states: list[str] | None = None) -> list[Any]:
        from kcli.client.admin_groups import CONSUMER_PROTOCOLS, list_groups

        return list_groups(cluster, types=types or _TYPES, states=states or (), protocols=CONSUMER_PROTOCOLS)

    # Each action

    def _list(self, cluster: Any) -> None:
        from kcli.client.errors import ClusterUnreachable

        try:
            found = self._listed(cluster, self._types, self._states)
        except ClusterUnreachable as error:
            self.environment.warn(f"java.net.ConnectException: {error}")
            self.failure("org.apache.kafka.common.KafkaException: Failed to find brokers to send ListGroups")
            return
        if self.form != TEXT:
            self.show(
                {"group": each.id, "type": each.type or None, "state": each.state or None, "protocol": each.protocol}
                for each in found
            )
            return
        columns = [name for name in ("type", "state") if self.options.has(name)]
        if not columns:
            for each in found:
                self.environment.print(each.id)
            return
        header = ["GROUP", *map(str.upper, columns)]
        rows = [[each.id, *(getattr(each, name) or "Unknown" for name in columns)] for each in found]
        widths = [widest(_NAME, (each.id for each in found)) + 10, *[_COLUMN] * len(columns)]
        for line in table(header, rows, widths):
            self.environment.print(line)

    def _describe(self, cluster: Any) -> None:
        from kcli.client.admin_groups import all_described, describe_consumer_groups
        from kcli.tools import consumer_groups_describe as describe

        described = all_described(describe_consumer_groups(cluster, self._groups(cluster)))
        groups = [described[name] for name in sorted(described)]
        verbose = self.options.has("verbose")
        lines: list[str] = []
        rows: list[dict[str, Any]] = []
        positions = {} if self._subject != "offsets" else self._positions(cluster, groups)
        for group in groups:
            if not describe.introduce(self, group):
                continue
            if self._subject == "state":
                lines = describe.state_text(group, verbose)
                rows.append(describe.state_row(group))
            elif self._subject == "members":
                lines = describe.members_text(group, verbose)
                rows += describe.members_rows(group)
            else:
                found = positions[group.id]
                lines = describe.offsets_text(group, found, verbose) if found else []
                rows += describe.offsets_rows(group, found)
            if self.form == TEXT:
                for line in lines:
                    self.environment.print(line)
        if self.form != TEXT:
            self.show(rows)

    @property
    def _subject(self) -> str:
        return next((name for name in ("members", "state") if self.options.has(name)), "offsets")

    def _positions(self, cluster: Any, groups: list[Any]) -> dict[str, list[Any]]:
        from kcli.client.admin import Admin
        from kcli.client.admin_offsets import committed_offsets
        from kcli.tools.consumer_groups_describe import end_offsets, positions

        committed = {group.id: committed_offsets(cluster, group.id) for group in groups}
        wanted = {partition for offsets in committed.values() for partition in offsets}
        wanted |= {partition for group in groups for member in group.members for partition in member.assignment}
        ends = end_offsets(Admin(cluster), wanted)
        return {group.id: positions(group, committed[group.id], ends) for group in groups}

    def _delete(self, cluster: Any) -> None:
        from kcli.client.admin_groups import delete_groups

        self.report_deletion(delete_groups(cluster, self._groups(cluster)))

    def _delete_offsets(self, cluster: Any) -> None:
        from kcli.tools.delete_offsets import delete_group_offsets

        delete_group_offsets(self, cluster, self.options.value("group"), self.options.values("topic"))

    def _reset(self, cluster: Any) -> None:
        from kcli.client.admin_groups import describe_consumer_groups
        from kcli.tools.group_reset import reset

        if not self.options.has("dry-run") and not self.options.has("execute"):
            self.environment.warn(
                "WARN: No action will be performed as the --execute option is missing. In version 5.0, this command"
                " will require either --dry-run or --execute to be specified. You should add the --dry-run option"
                " explicitly if you are scripting this command and want to keep the current default behavior without"
                " prompting."
            )
        reset(self, cluster, describe_consumer_groups(cluster, self._groups(cluster)), self._scope)

    def _scope(self, ways: Any, group: str, committed: Any) -> list[tuple[str, int]]:
        """The partitions to reset."""
        if self.options.has("all-topics"):
            return sorted(committed)
        if self.options.has("topic"):
            found: list[tuple[str, int]] = ways.partitions(self.options.values("topic"))
            return found
        if not self.options.has("from-file"):
            raise UsageError("One of the reset scopes should be defined: --all-topics, --topic.")
        return []


if __name__ == "__main__":
    main()
