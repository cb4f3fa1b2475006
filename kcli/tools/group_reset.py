"""--reset-offsets of consumer and streams groups: plan for every group, keep what is to be replaced, replace it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kcli.cli.errors import CommandError
from kcli.cli.output import TEXT
from kcli.client.admin import Admin
from kcli.client.admin_offsets import committed_offsets, delete_offsets, set_offsets
from kcli.client.cluster import Cluster
from kcli.tools import listings
from kcli.tools.group_command import GroupCommand, Row, or_missing, table, widest
from kcli.tools.reset_offsets import OffsetReset, is_missing_group, offsets_table
from kcli.tools.reset_plan import Offsets, TopicPartition, format_plan, write_plan
from kcli.wire.errors import KafkaError

_NAME, _PARTITION, _OFFSET = 15, 10, 15


# The partitions of a group to reset, from the ways to name them and what the group has committed.
Scope = Callable[[OffsetReset, str, Mapping[TopicPartition, int]], list[TopicPartition]]


class Change(NamedTuple):
    """A group's offsets before and after; none in `before` where the group has none."""

    before: Mapping[TopicPartition, int | None]
    after: Offsets


def reset(
    command: GroupCommand,
    cluster: Cluster,
    groups: Mapping[str, Any],
    scope: Scope,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Reset groups, which come with their descriptions, or the errors instead; each has a new outcome.

    `then` is done after offsets are replaced, and before they are shown.
    """
    changes = {}
    ways = OffsetReset(command, Admin(cluster))
    for group, found in groups.items():
        if not isinstance(found, Exception) and found.state not in ("Empty", "Dead"):
            _refuse(command, found)
            changes[group] = Change({}, {})
        elif isinstance(found, Exception) and not is_missing_group(found):
            raise found
        else:
            changes[group] = _plan(cluster, ways, group, scope)
    if command.options.has("execute"):
        _execute(command, cluster, changes)
        then()
    _show(command, changes)


def _refuse(command: GroupCommand, group: Any) -> None:
    command.error(
        f"Assignments can only be reset if the group '{group.id}' is inactive, but the current state is {group.state}."
    )
    for line in command.members_of(group):
        command.environment.warn(line)


def _plan(cluster: Cluster, ways: OffsetReset, group: str, scope: Scope) -> Change:
    committed = {partition: each.offset for partition, each in committed_offsets(cluster, group).items()}
    after = ways.plan(group, scope(ways, group, committed), lambda: committed)
    return Change({each: committed[each] for each in after if each in committed}, after)


def _execute(command: GroupCommand, cluster: Cluster, changes: dict[str, Change]) -> None:
    _keep(command, changes)
    done: list[str] = []
    for group, change in changes.items():
        try:
            set_offsets(cluster, group, {each: offset for each, offset in change.after.items() if offset is not None})
            forgotten = [each for each, offset in change.after.items() if offset is None and each in change.before]
            for error in (delete_offsets(cluster, group, forgotten) if forgotten else {}).values():
                if error is not None:
                    raise error
        except KafkaError:
            if done:
                command.environment.warn(f"Only the offsets of {', '.join(map(repr, done))} have been reset.")
            raise
        done.append(group)


def _keep(command: GroupCommand, changes: dict[str, Change]) -> None:
    """Write down what is about to be replaced, before anything is."""
    plans = {group: {each: change.before.get(each) for each in change.after} for group, change in changes.items()}
    asked = command.options.value("undo-file")
    if not any(plans.values()) or (asked is None and not command.talkative):
        return
    path = asked or _undo_path(command)
    try:
        write_plan(path, format_plan(plans, with_group=len(plans) > 1))
    except CommandError as error:
        if asked is not None:
            raise
        command.environment.warn(f"{error.message}; there is no undo file")
        return
    if command.talkative and os.path.isfile(path):  # from a device or a pipe there is nothing to take back
        command.environment.warn(f"Undo with --reset-offsets --from-file {path} --execute")


def _undo_path(command: GroupCommand) -> str:
    variables = command.environment.variables
    state = variables.get("XDG_STATE_HOME") or os.path.join(variables.get("HOME") or str(Path.home()), ".local/state")
    groups = command.options.values("group")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", groups[0]) if len(groups) == 1 else "groups"
    stamp = time.strftime("%Y%m%dT%H%M%S")
    return os.path.join(state, "kcli", command.options.table.program, f"{name}-{stamp}-{os.getpid()}.csv")


# What is shown


def _show(command: GroupCommand, changes: dict[str, Change]) -> None:
    plans = {group: change.after for group, change in changes.items()}
    if command.options.has("export"):
        command.environment.print(format_plan(plans, with_group=len(command.options.values("group")) != 1))
    elif command.form != TEXT:
        command.show(change_rows(changes), listings.RESET)
    else:
        for line in both_table(changes) if command.on_terminal else offsets_table(plans, command.plan_width):
            command.environment.print(line)


def both_table(changes: dict[str, Change]) -> list[str]:
    """A table of the offsets before and after."""
    header = ["GROUP", "TOPIC", "PARTITION", "OLD-OFFSET", "NEW-OFFSET", "CHANGE"]
    rows = [[or_missing(value) for value in row.values()] for row in change_rows(changes)]
    widths = [widest(_NAME, changes), widest(_NAME, (row[1] for row in rows)), _PARTITION, _OFFSET, _OFFSET]
    return ["", *table(header, rows, widths)]


def change_rows(changes: Mapping[str, Change]) -> list[Row]:
    """A row for each partition."""
    rows = []
    for group, change in changes.items():
        for (topic, number), new in change.after.items():
            old = change.before.get((topic, number))
            rows.append(
                {
                    "group": group,
                    "topic": topic,
                    "partition": number,
                    "oldOffset": old,
                    "newOffset": new,
                    "change": None if old is None or new is None else new - old,
                }
            )
    return rows
