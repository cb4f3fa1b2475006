"""kafka-streams-application-reset: have a Kafka Streams application begin again.

Its input topics are set to their beginning or elsewhere, and its internal topics are deleted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import Rows
from kcli.cli.refusal import refusal
from kcli.tools.listings import APPLICATION_RESET
from kcli.tools.streams_application_reset_options import APPLICATION_ID, SCENARIOS, TABLE

if TYPE_CHECKING:
    from kcli.client.admin import Admin

TopicPartition = tuple[str, int]
Offsets = dict[TopicPartition, int]

_DEFAULT_SERVER = "localhost:9092"
_ILLEGAL = "ERROR: java.lang.IllegalArgumentException"
_INTERNAL = re.compile(
    r".*(-changelog|-repartition|-subscription-registration-topic|-subscription-response-topic"
    r"|.-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic)",
    re.ASCII | re.DOTALL,
)
_PLAN_LINE = re.compile(r"([^,]+),([-+]?\d+),([-+]?\d+)", re.ASCII)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    """The whole tool."""
    try:
        options = parse_arguments(TABLE, arguments, environment)
        if isinstance(options, int):
            return options
        if not options.has(APPLICATION_ID):
            raise UsageError(f"Missing required option(s) [{APPLICATION_ID}]")
        for scenario in SCENARIOS:
            options.forbid(scenario, *(other for other in SCENARIOS if other != scenario))
            options.value(scenario)
    except UsageError as error:
        raise refusal(TABLE, error.message) from None

    from kcli.cli.connect import connect
    from kcli.client.admin import Admin
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    rows = Rows(APPLICATION_RESET, options.value("output"), environment)
    with connect(options, environment, otherwise=_DEFAULT_SERVER) as cluster:
        try:
            with rows:
                return Reset(Admin(cluster), options, rows).run()
        except (KafkaError, ClientError) as error:
            environment.stdout.flush()
            raise CommandError(f"ERROR: {getattr(error, 'java_class', type(error).__name__)}: {error}") from None


class Reset:
    """What is done, in this order: members out, offsets set, topics deleted."""

    def __init__(self, admin: Admin, options: Parsed, rows: Rows) -> None:
        self._admin = admin
        self._options = options
        self._rows = rows
        self._say = rows.say
        self._group = options.value(APPLICATION_ID)
        self._dry = options.has("dry-run")

    def run(self) -> int:
        """All of it; the exit code."""
        self._remove_members()
        topics = [topic.name for topic in self._admin.list_topics()]
        if self._dry:
            self._say("----Dry run displays the actions which will be performed when running Streams Reset Tool----")
        code = self._reset_offsets(topics)
        self._delete_topics(topics)
        return code

    def _remove_members(self) -> None:
        from kcli.client.admin_groups import WrongGroup, describe_consumer_groups
        from kcli.client.admin_members import remove_members
        from kcli.wire import errors
        from kcli.wire.errors import KafkaError

        group = describe_consumer_groups(self._admin.cluster, [self._group])[self._group]
        if isinstance(group, KafkaError) and group.code == errors.GROUP_ID_NOT_FOUND:
            return  # it will be there once it has offsets
        if isinstance(group, (KafkaError, WrongGroup)):
            raise group
        if not group.members:
            return
        if not self._options.has("force"):
            names = ", ".join(member.id for member in group.members)
            raise CommandError(
                f"ERROR: java.lang.IllegalStateException: Consumer group '{self._group}' is still active and has"
                f" following members: [{names}]. Make sure to stop all running application instances before running the"
                " reset tool. You can use option '--force' to remove active members from the group."
            )
        self._say(f"Force deleting all active members in the group: {self._group}")
        if not self._dry:  # Kafka's tool removes them all the same
            remove_members(self._admin.cluster, self._group, group.members)

    # Offsets

    def _reset_offsets(self, topics: Iterable[str]) -> int:
        inputs = self._options.separated("input-topics")
        intermediates = self._options.separated("intermediate-topics")
        if not inputs and not intermediates:
            self._say("No input or intermediate topics specified. Skipping seek.")
            return OK
        if intermediates:
            self._say("WARN: `--intermediate-topics` is deprecated and will be removed in a future release")
        if inputs:
            self._say(f"Reset-offsets for input topics {_shown(inputs)}")
        if intermediates:
            self._say(f"Seek-to-end for intermediate topics {_shown(intermediates)}")
        existing = set(topics)
        code = OK
        for kind, names, label in (("input", inputs, "Topic: "), ("intermediate", intermediates, "Topic:")):
            missing = [name for name in names if name not in existing]
            if missing:
                self._say(f"Following {kind} topics are not found, skipping them")
                for name in missing:
                    self._say(f"{label}{name}")
                code = FAILED
        to_reset = self._partitions(name for name in inputs if name in existing)
        to_skip = self._partitions(name for name in intermediates if name in existing and name not in inputs)
        if not to_reset and not to_skip:
            return code
        try:
            reset, skipped = self._reset(to_reset), self._skip(to_skip)
        except CommandError as error:
            raise CommandError(f"ERROR: Resetting offsets failed.\nERROR: {error.message}") from None
        if not self._dry:
            from kcli.client.admin_offsets import set_offsets

            set_offsets(self._admin.cluster, self._group, {**reset, **skipped})
        for action, offsets in (("reset", reset), ("skipped", skipped)):
            for (topic, number), offset in offsets.items():
                self._row(topic, action, number, offset)
        self._say("Done.")
        return code

    def _partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        from kcli.client.admin import results

        names = list(dict.fromkeys(topics))
        described = results(self._admin.describe_topics(names)) if names else {}
        return [(name, partition.partition) for name in names for partition in described[name].partitions]

    def _reset(self, partitions: list[TopicPartition]) -> Offsets:
        if not partitions:
            return {}
        self._say(f"Following input topics offsets will be reset to (for consumer group {self._group})")
        offsets = self._new_offsets(partitions)
        for (topic, number), offset in offsets.items():
            self._say(f"Topic: {topic} Partition: {number} Offset: {offset}")
        return offsets

    def _skip(self, partitions: list[TopicPartition]) -> Offsets:
        from kcli.client.admin import LATEST

        if not partitions:
            return {}
        self._say(f"Following intermediate topics offsets will be reset to end (for consumer group {self._group})")
        for topic, _ in partitions:
            self._say(f"Topic: {topic}")
        return self._offsets_at(partitions, LATEST)

    def _new_offsets(self, partitions: list[TopicPartition]) -> Offsets:
        from kcli.cli.iso_time import parse_datetime, parse_duration
        from kcli.client.admin import EARLIEST, LATEST

        options = self._options
        if options.has("to-offset"):
            return self._clamped(dict.fromkeys(partitions, options.value("to-offset")))
        if options.has("shift-by"):
            positions = self._positions(partitions)
            return self._clamped({each: positions[each] + options.value("shift-by") for each in partitions})
        if options.has("to-datetime"):
            return self._since(partitions, parse_datetime(options.value("to-datetime")))
        if options.has("by-duration"):
            ago = parse_duration(options.value("by-duration"))
            return self._since(partitions, time.time_ns() // 1_000_000 - ago)
        if options.has("from-file"):
            plan = _read_plan(options.value("from-file"))
            missing = [f"{topic}-{number}" for topic, number in partitions if (topic, number) not in plan]
            if missing:
                raise CommandError(f"The file says nothing of {', '.join(missing)}.")
            return self._clamped({each: plan[each] for each in partitions})
        return self._offsets_at(partitions, LATEST if options.has("to-latest") else EARLIEST)

    def _positions(self, partitions: list[TopicPartition]) -> Offsets:
        """Where the group is; where it has no offset, the end, at which a consumer would begin."""
        from kcli.client.admin import LATEST
        from kcli.client.admin_offsets import committed_offsets

        committed = committed_offsets(self._admin.cluster, self._group)
        ends = self._offsets_at([each for each in partitions if each not in committed], LATEST)
        return {each: committed[each].offset if each in committed else ends[each] for each in partitions}

    def _since(self, partitions: list[TopicPartition], timestamp: int) -> Offsets:
        from kcli.client.admin import LATEST

        found = self._offsets_at(partitions, timestamp)
        beyond = [each for each in partitions if found[each] < 0]
        for topic, number in beyond:
            self._say(
                f"Partition {number} from topic {topic} is empty, without a committed record."
                " Falling back to latest known offset."
            )
        return {**found, **self._offsets_at(beyond, LATEST)}

    def _clamped(self, wanted: Mapping[TopicPartition, int]) -> Offsets:
        from kcli.client.admin import EARLIEST, LATEST

        begins, ends = self._offsets_at(wanted, EARLIEST), self._offsets_at(wanted, LATEST)
        clamped: Offsets = {}
        for each, offset in wanted.items():
            clamped[each] = max(min(offset, ends[each]), begins[each])
            if clamped[each] != offset:
                relation = "higher than latest" if clamped[each] < offset else "lower than earliest"
                self._say(f"New offset ({offset}) is {relation} offset. Value will be set to {clamped[each]}")
        return clamped

    def _offsets_at(self, partitions: Iterable[TopicPartition], timestamp: int) -> Offsets:
        from kcli.client.admin import results

        asked = dict.fromkeys(partitions, timestamp)
        found: dict[TopicPartition, Any] = results(self._admin.list_offsets(asked)) if asked else {}
        return {each: found[each].offset for each in asked}

    # Topics

    def _delete_topics(self, topics: Iterable[str]) -> None:
        inferred = [name for name in topics if name.startswith(f"{self._group}-") and _INTERNAL.fullmatch(name)]
        doomed = self._options.separated("internal-topics")
        if doomed:
            if not set(doomed) <= set(inferred):
                raise CommandError(
                    f"{_ILLEGAL}: Invalid topic specified in the --internal-topics option. Ensure that the topics"
                    " specified are all internal topics. Do a dry run without the --internal-topics option to see the"
                    " list of all internal topics that can be deleted."
                )
            self._say(f"Deleting specified internal topics {_shown(doomed)}")
        else:
            doomed = inferred
            self._say(f"Deleting inferred internal topics {_shown(doomed)}")
        failed: list[str] = []
        if doomed and not self._dry:
            outcome = self._admin.delete_topics(doomed)
            failed = [f"ERROR: deleting topic {name}: {error}" for name, error in outcome.items() if error is not None]
            doomed = [name for name in doomed if outcome.get(name) is None]
        for name in doomed:
            self._row(name, "deleted")
        if failed:
            raise CommandError("\n".join(failed))
        self._say("Done.")

    def _row(self, topic: str, action: str, partition: int | None = None, offset: int | None = None) -> None:
        """What was done, where it is printed as rows; as text, it was said before."""
        self._rows.note({"topic": topic, "partition": partition, "action": action, "offset": offset})


def _shown(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"


def _read_plan(path: str) -> Offsets:
    """The offsets of a file."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
    except OSError:
        raise CommandError(f"java.io.IOException: Unable to read file {path}") from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: {error}") from None
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise CommandError(f"{path}: java.text.ParseException: Error parsing reset plan CSV file. It is empty,")
    plan: Offsets = {}
    for number, line in enumerate(lines, 1):
        match = _PLAN_LINE.fullmatch(line.rstrip("\r"))
        if match is None:
            raise CommandError(
                f"{path}:{number}: java.text.ParseException: Reset plan CSV file is not following the format"
                " `TOPIC,PARTITION,OFFSET`."
            )
        plan[match[1], int(match[2])] = int(match[3])
    return plan


if __name__ == "__main__":
    main()
