"""What the tools for groups (consumer, share, streams) share: the cluster, their errors, their tables.

Kafka's tools for groups report a failure on stdout, with its trace on stderr, and exit with 0. Ours put one line on
stdout, one on stderr for the error of a broker, and exit with 1.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kcli.cli.environment import COMPATIBLE_EXIT, Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed, UnfitArgument, split_list
from kcli.cli.listing import Listing
from kcli.cli.output import TEXT, remarks, show
from kcli.tools import listings

MISSING = "-"
LEAST = 15  # the width of a column of names
ALL_STATES = ("Dead", "PreparingRebalance", "Empty", "Reconciling", "CompletingRebalance", "Stable", "Assigning")
Row = dict[str, Any]


class Refused(CommandError):
    """What Kafka's tool reports on stderr, with exit code 1."""


class GroupCommand(ABC):
    """One run of a tool for groups; `kind` is what its messages call them: `consumer group`."""

    states: Sequence[str] = ALL_STATES  # that its groups can be in
    plan_width = 15  # of names in the table of new offsets
    full_stop = ""  # after the names of deleted groups
    nothing_deleted = ""  # in place of them, where there are none
    failure_code = OK  # what Kafka's tool exits with after a failure

    def __init__(self, kind: str, options: Parsed, environment: Environment) -> None:
        self.kind = kind
        self.options = options
        self.environment = environment
        self.form = options.value("output")
        self.failed = False
        self.too_high: list[str] = []  # a line for each group whose lag --fail-above does not allow
        self._kafkas_code = OK

    def do(self, action: str) -> int:
        """One of the tool's actions; the exit code."""
        self.wanted_states = parse_states(self.options.value("state"), self.states) if action == "list" else []
        return self.run(
            {
                "list": self.list_groups,
                "describe": lambda cluster: self.watched(lambda: self.describe(cluster)),
                "delete": self.delete,
                "reset-offsets": self.reset,
                "delete-offsets": self.delete_offsets,
            }[action]
        )

    @abstractmethod
    def list_groups(self, cluster: Any) -> None: ...

    @abstractmethod
    def describe(self, cluster: Any) -> None: ...

    @abstractmethod
    def delete(self, cluster: Any) -> None: ...

    @abstractmethod
    def reset(self, cluster: Any) -> None: ...

    @abstractmethod
    def delete_offsets(self, cluster: Any) -> None: ...

    @abstractmethod
    def listed(self, cluster: Any) -> list[Any]:
        """All groups of this kind."""

    def groups(self, cluster: Any) -> list[str]:
        """The groups that the options name."""
        if self.options.has("all-groups"):
            return [group.id for group in self.listed(cluster)]
        return list(dict.fromkeys(self.options.values("group")))

    def run(self, action: Callable[[Any], None]) -> int:
        """Do the action with a cluster; the exit code."""
        from kcli.cli.connect import connect
        from kcli.client.errors import ClientError, RequestTimedOut
        from kcli.wire.errors import KafkaError

        try:
            timeout = self.options.value("timeout")
            if timeout <= 0:
                raise RequestTimedOut(f"Timed out waiting for a node assignment: --timeout {timeout} leaves no time")
            with connect(self.options, self.environment) as cluster:
                self._limit(cluster, timeout)
                action(cluster)
        except UnfitArgument as error:
            self.failure(error.message)
        except (UsageError, Refused):
            raise
        except KafkaError as error:
            if not (self.on_terminal and self.environment.stderr.isatty()):
                self.environment.warn(f"{error.java_class}: {error}")
            self.failure(f"{error.java_class}: {error}")
        except ClientError as error:
            self.failure(f"{error.java_class}: {error}")
        except CommandError as error:
            self.failure(error.message)
        if self.too_high:
            return FAILED
        return self.environment.exit_code(FAILED, self._kafkas_code) if self.failed else OK

    def _limit(self, cluster: Any, timeout: int) -> None:
        """Let nothing take longer than --timeout."""
        cluster.api_timeout = timeout / 1000
        cluster.request_timeout = min(cluster.api_timeout, cluster.request_timeout)
        setup = "socket.connection.setup.timeout.ms"
        cluster.config[setup] = str(min(timeout, int(cluster.config.get(setup, 10_000))))

    def found(self, list_groups: Callable[[], list[Any]]) -> list[Any] | None:
        """The groups that there are; None, with what Kafka's tool says of it, where no broker can be asked."""
        from kcli.client.errors import ClusterUnreachable

        try:
            return list_groups()
        except ClusterUnreachable as error:
            self.environment.warn(f"java.net.ConnectException: {error}")
            self.failure("org.apache.kafka.common.KafkaException: Failed to find brokers to send ListGroups")
        return None

    def failure(self, reason: str) -> None:
        """Nothing more can be done."""
        self._kafkas_code = self.failure_code
        self.error(f"Executing {self.kind} command failed due to {reason}")

    def error(self, text: str) -> None:
        """Something was not done. It is said on stdout, as Kafka has it, unless a program reads that."""
        self.failed = True
        if self.form == TEXT:
            self.environment.print(f"\nError: {text}")
        else:
            self.environment.warn(f"Error: {text}")

    def deletable(self, states: Mapping[str, str], kind: str, missing: str) -> dict[str, Any]:
        """What stands in the way of deleting each group that was asked for; None where nothing does.

        `states` are those of all groups of the kind; `missing` is said of a group that is not among them.
        """
        from kcli.client.admin_groups import WrongGroup
        from kcli.wire import errors
        from kcli.wire.errors import KafkaError

        outcomes: dict[str, Any] = {}
        for name in states if self.options.has("all-groups") else dict.fromkeys(self.options.values("group")):
            if name not in states:
                outcomes[name] = WrongGroup(f"Group '{name}' {missing}")
            elif states[name] != "Empty":
                outcomes[name] = KafkaError(errors.NON_EMPTY_GROUP, f"{kind} group '{name}' is not EMPTY.")
            else:
                outcomes[name] = None
        return outcomes

    def report_deletion(self, outcomes: Mapping[str, Any]) -> None:
        """Tell which groups are gone, and why the others are not; an outcome is None or an error."""
        deleted = [group for group, error in outcomes.items() if error is None]
        failed = {group: error for group, error in outcomes.items() if error is not None}
        names = ", ".join(f"'{group}'" for group in deleted)
        if self.form != TEXT:
            self.failed |= bool(failed)
            rows = [
                {"group": group, "deleted": error is None, "error": error and f"{error.java_class}: {error}"}
                for group, error in outcomes.items()
            ]
            self.show(rows, listings.DELETED_GROUPS)
        elif not failed:
            done = names or self.nothing_deleted
            self.environment.print(f"Deletion of requested {self.kind}s ({done}) was successful.")
        else:
            self.error(f"Deletion of some {self.kind}s failed:")
            for group, error in failed.items():
                self.environment.print(f"* Group '{group}' could not be deleted due to: {error.java_class}: {error}")
            if deleted:
                self.environment.print(f"\nThese {self.kind}s were deleted successfully: {names}{self.full_stop}")

    def say(self, text: str) -> None:
        """A remark: on stdout as Kafka has it, unless a program reads that."""
        remarks(self.form, self.environment)(text)

    def log_warning(self, text: str, source: str) -> None:
        """In the form of Kafka's log lines, which is how its tools say some things."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
        self.environment.warn(f"[{stamp},{int(now % 1 * 1000):03d}] WARN {text} ({source})")

    @property
    def talkative(self) -> bool:
        """Whether to say on stderr what Kafka's tools do not: always, but where scripts ask for Kafka's ways."""
        return self.environment.variables.get(COMPATIBLE_EXIT) != "1"

    def members_of(self, group: Any) -> list[str]:
        """A line for each member that keeps a group from being changed."""
        return [
            f"Active member of '{group.id}': {member.id} (client {member.client_id} at {member.host}),"
            f" has {self.holdings(member) or 'nothing'}"
            for member in (group.members if self.talkative else ())
        ]

    def holdings(self, member: Any) -> str:
        """What a member has been assigned."""
        return assignment_text(member.assignment)

    @property
    def on_terminal(self) -> bool:
        """Whether somebody looks at stdout."""
        return self.environment.stdout.isatty()

    def watched(self, describe: Callable[[], None]) -> None:
        """Describe once, or with --watch again and again; then say which lags are too high."""
        from kcli.cli.watch import look_or_watch

        ours = self.environment
        looks = 0

        def look(page: Environment) -> bool:
            nonlocal looks
            looks += 1
            self.environment, self.failed = page, False
            describe()
            return not self.too_high and not (self.failed and looks == 1)

        try:
            look_or_watch(look, self.options, ours, self.form)
        finally:
            self.environment = ours
        for line in self.too_high:
            self.environment.warn(line)
        self.failed |= bool(self.too_high)

    def show(self, rows: Iterable[Row], listing: Listing) -> None:
        """Results in the form that --output asks for."""
        show(rows, listing, self.form, self.environment)


class TypedGroupCommand(GroupCommand):
    """A run of a tool whose groups are told from others by their type: share groups, streams groups."""

    type: str  # as brokers call it

    def listed(self, cluster: Any, states: Iterable[str] = ()) -> list[Any]:
        from kcli.client.admin_groups import list_groups

        return list_groups(cluster, types=[self.type], states=states)

    def list_groups(self, cluster: Any) -> None:
        found = self.found(lambda: self.listed(cluster, self.wanted_states))
        if found is None:
            return
        if self.form != TEXT:
            self.show([{"group": group.id, "state": group.state or None} for group in found], listings.SHARE_GROUPS)
        elif self.options.has("state"):
            rows = [[group.id, group.state or "Unknown"] for group in found]
            for line in table(["GROUP", "STATE"], rows, [widest(LEAST, (group.id for group in found))]):
                self.environment.print(line)
        else:
            for group in found:
                self.environment.print(group.id)


def table(header: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> list[str]:
    """Lines in columns as Java's format makes them: each at least so wide; what has no width ends the line."""
    return [
        " ".join([*(str(cell).ljust(width) for cell, width in zip(row, widths)), *map(str, row[len(widths) :])])
        for row in [header, *rows]
    ]


def widest(least: int, texts: Iterable[str]) -> int:
    """The width of a column that holds the texts."""
    return max([least, *map(len, texts)])


def or_missing(value: Any) -> str:
    return MISSING if value is None or value == "" else str(value)


def assignment_text(partitions: Iterable[tuple[str, int]]) -> str:
    """`topic:0,1;other:2`"""
    from kcli.client.membership import by_topic

    return ";".join(f"{topic}:{','.join(map(str, numbers))}" for topic, numbers in by_topic(partitions).items())


def parse_states(text: str | None, valid: Sequence[str]) -> list[str]:
    """The states of a list, in whatever case; nothing for none."""
    return _parse_names(text, valid, "Invalid state list '{}'. Valid states are: {}")


def parse_types(text: str | None, valid: Sequence[str]) -> list[str]:
    return _parse_names(text, valid, "Invalid types list '{}'. Valid types are: {}")


def _parse_names(text: str | None, valid: Sequence[str], complaint: str) -> list[str]:
    if not text:
        return []
    by_lower = {name.lower(): name for name in valid}
    names = [by_lower.get(word.strip().lower()) for word in split_list(text)]
    if None in names:
        raise UsageError(complaint.format(text, ", ".join(valid)))
    return [name for name in names if name is not None]
