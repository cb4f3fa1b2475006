"""kafka-streams-groups: list, describe and delete streams groups, reset and delete their offsets."""

from __future__ import annotations

import re
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, UsageError
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT
from kcli.tools import listings
from kcli.tools.group_command import TypedGroupCommand
from kcli.tools.streams_groups_options import TABLE, check

_LISTINGS = {
    "offsets": listings.STREAMS_GROUP_OFFSETS,
    "members": listings.STREAMS_GROUP_MEMBERS,
    "state": listings.STREAMS_GROUP_STATE,
}
_INTERNAL = re.compile(
    r".*-changelog|.*-repartition|.*-subscription-registration-topic|.*-subscription-response-topic"
    r"|.+-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic"
)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)
    for name in ("timeout", "to-offset", "shift-by"):  # which the tools for other groups read, and refuse, later
        parsed.value(name)
    return _StreamsGroups("streams group", parsed, environment).do(action)


class _StreamsGroups(TypedGroupCommand):
    """The actions."""

    type = "Streams"
    states = ("Dead", "Empty", "NotReady", "Stable", "Assigning", "Reconciling")
    plan_width = 30
    full_stop = "."
    nothing_deleted = "''"
    failure_code = FAILED

    def holdings(self, member: Any) -> str:
        from kcli.tools.streams_groups_describe import tasks_text

        return tasks_text(member).strip()

    # Each action

    def describe(self, cluster: Any) -> None:
        from kcli.client.admin import results
        from kcli.client.admin_streams_groups import describe_streams_groups
        from kcli.tools import streams_groups_describe as describe

        subject = next((name for name in ("members", "state") if self.options.has(name)), "offsets")
        verbose = self.options.has("verbose")
        rows: list[dict[str, Any]] = []
        for group in results(describe_streams_groups(cluster, self.groups(cluster))).values():
            if subject == "state":
                lines, found = describe.state_text(group, verbose), [describe.state_row(group)]
            elif subject == "members":
                lines, found = describe.members_text(group, verbose), describe.members_rows(group)
            else:
                positions = describe.positions(cluster, group)
                lines, found = describe.offsets_text(group, positions, verbose), describe.offsets_rows(group, positions)
            rows += found
            if self.form == TEXT:
                self._print(group, lines, always=subject == "state")
        if self.form != TEXT:
            self.show(rows, _LISTINGS[subject])

    def _print(self, group: Any, lines: list[str], *, always: bool) -> None:
        """A group without members only has a state."""
        remark = f"Streams group '{group.id}' has no active members."
        if not group.members and not always:
            if self.talkative:
                self.environment.warn(f"\n{remark}")
            return
        if not group.members:
            self.environment.print(f"\nError: {remark}")
        for line in lines:
            self.environment.print(line)

    def delete(self, cluster: Any) -> None:
        from kcli.client.admin_groups import delete_groups

        states = {group.id: group.state for group in self.listed(cluster)}
        outcomes = self.deletable(states, "Streams", "does not exist or is not a streams group.")
        empty = [name for name, outcome in outcomes.items() if outcome is None]
        internal = self._internal_topics(cluster, empty) if self.options.has("delete-all-internal-topics") else {}
        if empty:
            outcomes |= delete_groups(cluster, empty)
        self.report_deletion(outcomes)
        gone = {name: topics for name, topics in internal.items() if outcomes[name] is None}
        self._delete_internal_topics(cluster, gone)

    def delete_offsets(self, cluster: Any) -> None:
        from kcli.client.admin_offsets import committed_offsets
        from kcli.tools.delete_offsets import delete_group_offsets

        group = self.options.value("group")
        topics = self.options.values("input-topic")
        if self.options.has("all-input-topics"):
            inputs = self._described(cluster, group).input_topics
            topics = [f"{topic}:{number}" for topic, number in committed_offsets(cluster, group) if topic in inputs]
        delete_group_offsets(self, cluster, group, topics)

    def reset(self, cluster: Any) -> None:
        from kcli.client.admin_streams_groups import describe_streams_groups
        from kcli.tools.group_reset import reset

        def scope(ways: Any, group: str, committed: Any) -> list[tuple[str, int]]:
            if self.options.has("all-input-topics"):
                inputs = self._described(cluster, group).input_topics
                return [partition for partition in committed if partition[0] in inputs]
            if self.options.has("input-topic"):
                return self._named(ways, group, committed)
            if not self.options.has("from-file"):
                raise UsageError("One of the reset scopes should be defined: --all-topics, --topic.")
            return []

        described = describe_streams_groups(cluster, self.groups(cluster))
        idle = [name for name, group in described.items() if getattr(group, "state", "") in ("Empty", "Dead")]
        reset(self, cluster, described, scope, lambda: self._drop_topics_of(cluster, idle))

    def _drop_topics_of(self, cluster: Any, groups: list[str]) -> None:
        """Delete the internal topics of groups whose offsets were reset, as the options say."""
        from kcli.wire.errors import UNKNOWN_TOPIC_OR_PARTITION

        if self.options.has("delete-all-internal-topics"):
            by_group = self._internal_topics(cluster, groups)
        else:
            named = self.options.values("delete-internal-topic")
            by_group = dict.fromkeys(groups, named) if named else {}
        for name, topics in by_group.items():
            trouble = f"Deleting internal topics for group '{name}' failed"
            error = next((error for error in self._delete_topics(cluster, topics).values() if error is not None), None)
            if error is not None and error.code == UNKNOWN_TOPIC_OR_PARTITION:
                self.error(f"{trouble} because the topics do not exist.")
            elif error is not None:
                self.error(f"{trouble} due to {error.java_class}: {error}")

    def _named(self, ways: Any, group: str, committed: Any) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = ways.partitions(self.options.values("input-topic"))
        ways.check(found)
        if all(partition in committed for partition in found):
            return found
        self.error(f"One or more topics are not part of the group '{group}'.")
        return []

    # Topics that belong to groups

    def _described(self, cluster: Any, group: str) -> Any:
        from kcli.client.admin import results
        from kcli.client.admin_streams_groups import describe_streams_groups

        return results(describe_streams_groups(cluster, [group]))[group]

    def _internal_topics(self, cluster: Any, groups: list[str]) -> dict[str, list[str]]:
        """What Kafka Streams made for the groups; a topic of another name than it gives is left alone."""
        internal: dict[str, list[str]] = {}
        for name in groups:
            for topic in self._described(cluster, name).internal_topics:
                if topic.startswith(f"{name}-") and _INTERNAL.fullmatch(topic):
                    internal.setdefault(name, []).append(topic)
                else:
                    self.error(
                        f"The internal topic '{topic}' is not inferred as internal"
                        f" and thus will not be deleted with the group '{name}'."
                    )
        return internal

    def _delete_internal_topics(self, cluster: Any, by_group: dict[str, list[str]]) -> None:
        """Delete the topics of groups that are gone, and tell."""
        failures: dict[str, Any] = {}
        for name, topics in by_group.items():
            for topic, error in self._delete_topics(cluster, topics).items():
                if error is not None:
                    self.say(f"Failed to delete internal topic: {topic}")
                    failures.setdefault(name, error)
        self.failed |= bool(failures)
        if failures:
            self.say("Deletion of some associated internal topics failed:")
            for name, error in failures.items():
                self.say(
                    f"* Internal topics of the streams group '{name}' could not be deleted due to:"
                    f" {error.java_class}: {error}"
                )
        elif by_group:
            names = "', '".join(by_group)
            self.say(f"Deletion of associated internal topics of the streams groups ('{names}') was successful.")

    def _delete_topics(self, cluster: Any, topics: list[str]) -> dict[str, Any]:
        from kcli.client.admin import Admin

        return Admin(cluster).delete_topics(topics)


if __name__ == "__main__":
    main()
