"""Where to set a group's offsets to: the ways that Kafka's tools for groups and streams have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kcli.cli.errors import CommandError, UsageError
from kcli.cli.iso_time import parse_datetime, parse_duration
from kcli.cli.options import INT
from kcli.client.admin import EARLIEST, LATEST, Admin, results
from kcli.tools.group_command import GroupCommand, or_missing, table, widest
from kcli.tools.group_options import SCENARIOS
from kcli.tools.reset_plan import Offsets, TopicPartition, read_plan
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_PARTITION = 10
_SOURCE = "org.apache.kafka.tools.OffsetsUtils"
Committed = Callable[[], Mapping[TopicPartition, int]]


def parse_topic(text: str) -> tuple[str, list[int] | None]:
    """`topic`, or `topic:0,1` with some of its partitions."""
    if ":" not in text:
        return text, None
    parts = text.split(":")
    while parts and not parts[-1]:
        parts.pop()  # Java's split leaves out empty parts at the end
    if len(parts) != 2:
        raise UsageError(f"Invalid topic arg '{text}', expected topic name and partitions")
    numbers = []
    for word in parts[1].split(","):
        try:
            numbers.append(INT(word))
        except ValueError:
            raise UsageError(f"Invalid partition '{word}' specified in topic arg '{text}''") from None
    return parts[0], numbers


class OffsetReset:
    """Works out new offsets; changes nothing."""

    def __init__(self, command: GroupCommand, admin: Admin) -> None:
        self._command = command
        self._options = command.options
        self._admin = admin

    def partitions(self, arguments: Iterable[str]) -> list[TopicPartition]:
        """What `--topic` arguments name."""
        parsed = [parse_topic(text) for text in arguments]
        whole = [topic for topic, numbers in parsed if numbers is None]
        try:
            described = results(self._admin.describe_topics(whole)) if whole else {}
        except KafkaError as error:
            raise CommandError(str(error)) from None
        found = [(topic, number) for topic, numbers in parsed if numbers is not None for number in numbers]
        found += [(topic, each.partition) for topic in whole for each in described[topic].partitions]
        return sorted(dict.fromkeys(found))

    def check(self, partitions: Iterable[TopicPartition]) -> None:
        """Raise CommandError for partitions that do not exist or have no leader."""
        partitions = list(partitions)
        topics = {topic for topic, _ in partitions}
        described = results(self._admin.describe_topics(topics)) if topics else {}
        leaders = {(topic, each.partition): each.leader for topic in described for each in described[topic].partitions}
        missing = [each for each in partitions if each not in leaders]
        if missing:
            raise CommandError(f'The partitions "{_names(missing)}" do not exist')
        leaderless = [each for each in partitions if leaders[each] is None]
        if leaderless:
            raise CommandError(f'The partitions "{_names(leaderless)}" have no leader')

    def plan(self, group: str, partitions: list[TopicPartition], committed: Committed) -> Offsets:
        """The new offset of each partition, by whichever way the options name."""
        options = self._options
        self.check(partitions)
        ways: dict[str, Callable[[], Offsets]] = {
            "to-offset": lambda: self._clamped(dict.fromkeys(partitions, options.value("to-offset"))),
            "to-earliest": lambda: {**self._offsets(partitions, EARLIEST)},
            "to-latest": lambda: {**self._offsets(partitions, LATEST)},
            "shift-by": lambda: self._shifted(partitions, committed()),
            "to-datetime": lambda: self._at(partitions, parse_datetime(options.value("to-datetime"))),
            "by-duration": lambda: self._ago(partitions),
            "from-file": lambda: self._from_file(group),
            "to-current": lambda: self._current(partitions, committed()),
        }
        for name, way in ways.items():
            if options.table.find(name) and options.has(name):
                return way()
        raise UsageError(
            "Option '[reset-offsets]' requires one of the following scenarios: "
            f"[{', '.join(f'[{name}]' for name in SCENARIOS if options.table.find(name))}]"
        )

    def _ago(self, partitions: list[TopicPartition]) -> Offsets:
        duration = parse_duration(self._options.value("by-duration"))
        return self._at(partitions, int(time.time() * 1000) - duration)

    def _shifted(self, partitions: list[TopicPartition], committed: Mapping[TopicPartition, int]) -> Offsets:
        for partition in partitions:
            if partition not in committed:
                raise UsageError(
                    f"Cannot shift offset for partition {_names([partition])}"
                    " since there is no current committed offset"
                )
        shift = self._options.value("shift-by")
        return self._clamped({partition: committed[partition] + shift for partition in partitions})

    def _current(self, partitions: list[TopicPartition], committed: Mapping[TopicPartition, int]) -> Offsets:
        ends = self._offsets([each for each in partitions if each not in committed], LATEST)
        return {each: committed[each] if each in committed else ends[each] for each in partitions}

    def _from_file(self, group: str) -> Offsets:
        plans = read_plan(self._options.values("from-file")[0], self._options.values("group"))
        if group not in plans:
            self._command.error(f"No reset plan for group {group} found")
            return {}
        plan = plans[group]
        self.check(plan)
        clamped = self._clamped({each: offset for each, offset in plan.items() if offset is not None})
        return {each: clamped.get(each) for each in plan}

    def _at(self, partitions: list[TopicPartition], timestamp: int) -> Offsets:
        """The first offset at or after a time; the end where there is none."""
        found = self._offsets(partitions, timestamp)
        beyond = [each for each in partitions if found[each] < 0]
        for topic, number in beyond:
            self._command.say(
                f"\nWarn: Partition {number} from topic {topic} is empty. Falling back to latest known offset."
            )
        return {**found, **self._offsets(beyond, LATEST)}

    def _clamped(self, wanted: Mapping[TopicPartition, int]) -> Offsets:
        """Within what the partitions hold."""
        begins = self._offsets(wanted, EARLIEST)
        ends = self._offsets(wanted, LATEST)
        clamped: Offsets = {}
        for partition, offset in wanted.items():
            kept = max(min(offset, ends[partition]), begins[partition])
            clamped[partition] = kept
            if kept != offset:
                relation = "higher than latest" if kept < offset else "lower than earliest"
                self._command.log_warning(
                    f"New offset ({offset}) is {relation} offset for topic partition {_names([partition])}."
                    f" Value will be set to {kept}",
                    _SOURCE,
                )
        return clamped

    def _offsets(self, partitions: Iterable[TopicPartition], timestamp: int) -> dict[TopicPartition, int]:
        asked = dict.fromkeys(partitions, timestamp)
        found: dict[TopicPartition, Any] = results(self._admin.list_offsets(asked)) if asked else {}
        return {partition: found[partition].offset for partition in asked}


def _names(partitions: Iterable[TopicPartition]) -> str:
    return ",".join(f"{topic}-{number}" for topic, number in partitions)


def is_missing_group(outcome: Any) -> bool:
    """Whether the outcome is that there is no such group: one can be made by giving it offsets."""
    return isinstance(outcome, KafkaError) and outcome.code == errors.GROUP_ID_NOT_FOUND


def offsets_table(plans: Mapping[str, Offsets], least: int = 15) -> list[str]:
    """Kafka's table of new offsets, by group; names take at least so many columns."""
    if not plans:
        return [""]
    rows = [
        [group, topic, number, or_missing(offset)]
        for group, offsets in plans.items()
        for (topic, number), offset in offsets.items()
    ]
    widths = [widest(least, plans), widest(least, (str(row[1]) for row in rows)), _PARTITION]
    return ["", *table(["GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"], rows, widths)]
