"""kafka-consumer-groups: list, describe and delete consumer groups, reset and delete their offsets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT
from kcli.tools import listings
from kcli.tools.consumer_groups_options import TABLE, check
from kcli.tools.group_command import GroupCommand, parse_types, table, widest

_TYPES = ("Classic", "Consumer")
_NAME, _COLUMN = 15, 20
_LISTINGS = {
    "offsets": listings.CONSUMER_GROUP_OFFSETS,
    "members": listings.CONSUMER_GROUP_MEMBERS,
    "state": listings.CONSUMER_GROUP_STATE,
}


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed, environment.warn)
    if action == "validate-regex":
        from kcli.tools.validate_regex import validate_regex

        return validate_regex(parsed.value("validate-regex"), environment)
    return _ConsumerGroups("consumer group", parsed, environment).do(action)


class _ConsumerGroups(GroupCommand):
    """The actions."""

    def __init__(self, kind: str, options: Parsed, environment: Environment) -> None:
        super().__init__(kind, options, environment)
        self._rates: dict[str, Any] = {}  # what --watch has seen of each group

    def listed(self, cluster: Any, types: Sequence[str] = (), states: Sequence[str] = ()) -> list[Any]:
        from kcli.client.admin_groups import CONSUMER_PROTOCOLS, list_groups

        return list_groups(cluster, types=types or _TYPES, states=states, protocols=CONSUMER_PROTOCOLS)

    # Each action

    def list_groups(self, cluster: Any) -> None:
        types = parse_types(self.options.value("type"), _TYPES)
        found = self.found(lambda: self.listed(cluster, types, self.wanted_states))
        if found is None:
            return
        if self.form != TEXT:
            rows = [
                {"group": each.id, "type": each.type or None, "state": each.state or None, "protocol": each.protocol}
                for each in found
            ]
            self.show(rows, listings.CONSUMER_GROUPS)
            return
        columns = [name for name in ("type", "state") if self.options.has(name)]
        if not columns:
            for each in found:
                self.environment.print(each.id)
            return
        header = ["GROUP", *map(str.upper, columns)]
        lines = [[each.id, *(getattr(each, name) or "Unknown" for name in columns)] for each in found]
        widths = [widest(_NAME, (each.id for each in found)) + 10, *[_COLUMN] * len(columns)]
        for line in table(header, lines, widths):
            self.environment.print(line)

    def describe(self, cluster: Any) -> None:
        from kcli.client.admin_groups import all_described, describe_consumer_groups
        from kcli.tools import consumer_groups_describe as describe

        described = all_described(describe_consumer_groups(cluster, self.groups(cluster)))
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
            elif self.options.has("watch"):
                lines, found_rows = self._progress(cluster, group, positions[group.id])
                rows += found_rows
            else:
                found = positions[group.id]
                lines = describe.offsets_text(group, found, verbose) if found else []
                rows += describe.offsets_rows(group, found)
            if self.form == TEXT:
                for line in lines:
                    self.environment.print(line)
        if self.form != TEXT:
            watched = self._subject == "offsets" and self.options.has("watch")
            self.show(rows, listings.CONSUMER_GROUP_LAG if watched else _LISTINGS[self._subject])
        self._compare(positions)

    def _progress(self, cluster: Any, group: Any, found: list[Any]) -> tuple[list[str], list[dict[str, Any]]]:
        """Lag with rates, as lines and as rows."""
        from kcli.client.admin import Admin
        from kcli.tools import group_lag

        rates = self._rates.setdefault(group.id, group_lag.Rates())
        rates.add(time.monotonic(), found)
        each = group_lag.progress(found, rates, group_lag.record_ages(Admin(cluster), found))
        return group_lag.lag_text(group, found, each), group_lag.lag_rows(group, found, each)

    def _compare(self, positions: dict[str, list[Any]]) -> None:
        """Note the groups whose lag is higher than --fail-above allows."""
        from kcli.tools.group_lag import total_lag

        most = self.options.value("fail-above")
        if most is not None:
            lags = {group: total_lag(found) or 0 for group, found in positions.items()}
            self.too_high = [
                f"Consumer group '{group}' has a total lag of {lag}, which is above {most} (--fail-above)."
                for group, lag in lags.items()
                if lag > most
            ]

    @property
    def _subject(self) -> str:
        return next((name for name in ("members", "state") if self.options.has(name)), "offsets")

    def _positions(self, cluster: Any, groups: list[Any]) -> dict[str, list[Any]]:
        from kcli.tools.consumer_groups_describe import find_positions

        return find_positions(cluster, groups)

    def delete(self, cluster: Any) -> None:
        from kcli.client.admin_groups import delete_groups

        self.report_deletion(delete_groups(cluster, self.groups(cluster)))

    def delete_offsets(self, cluster: Any) -> None:
        from kcli.tools.delete_offsets import delete_group_offsets

        delete_group_offsets(self, cluster, self.options.value("group"), self.options.values("topic"))

    def reset(self, cluster: Any) -> None:
        from kcli.client.admin_groups import describe_consumer_groups
        from kcli.tools.group_reset import reset

        reset(self, cluster, describe_consumer_groups(cluster, self.groups(cluster)), self._scope)

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
