"""What the tools for groups (consumer, share, streams) share: the cluster, their errors, their tables.

Kafka's tools for groups report a failure on stdout, with its trace on stderr, and exit with 0. Ours put one line on
stdout, one on stderr for the error of a broker, and exit with 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kcli.cli.environment import COMPATIBLE_EXIT, Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.options import Parsed
from kcli.cli.output import TEXT, show

MISSING = "-"
ALL_STATES = ("Dead", "PreparingRebalance", "Empty", "Reconciling", "CompletingRebalance", "Stable", "Assigning")
Row = dict[str, Any]


class Refused(CommandError):
    """What Kafka's tool reports on stderr, with exit code 1."""


class GroupCommand:
    """One run of a tool for groups; `kind` is what its messages call them: `consumer group`."""

    plan_width = 15  # of names in the table of new offsets
    full_stop = ""  # after the names of deleted groups
    failure_code = OK  # what Kafka's tool exits with after a failure

    def __init__(self, kind: str, options: Parsed, environment: Environment) -> None:
        self.kind = kind
        self.options = options
        self.environment = environment
        self.form = options.value("output")
        self.failed = False
        self._kafkas_code = OK

    def run(self, action: Callable[[Any], None]) -> int:
        """Do the action with a cluster; the exit code."""
        from kcli.cli.connect import connect
        from kcli.client.errors import ClientError
        from kcli.wire.errors import KafkaError

        servers, config = self.options.value("bootstrap-server"), self.options.value("command-config")
        try:
            with connect(servers, config, self.environment) as cluster:
                self._limit(cluster)
                action(cluster)
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
        return self.environment.exit_code(FAILED, self._kafkas_code) if self.failed else OK

    def _limit(self, cluster: Any) -> None:
        """Let nothing take longer than --timeout."""
        timeout = max(1, self.options.value("timeout"))
        cluster.api_timeout = timeout / 1000
        cluster.request_timeout = min(cluster.api_timeout, cluster.request_timeout)
        setup = "socket.connection.setup.timeout.ms"
        cluster.config[setup] = str(min(timeout, int(cluster.config.get(setup, 10_000))))

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
            self.show(
                {"group": group, "deleted": error is None, "error": error and f"{error.java_class}: {error}"}
                for group, error in outcomes.items()
            )
        elif not failed:
            self.environment.print(f"Deletion of requested {self.kind}s ({names}) was successful.")
        else:
            self.error(f"Deletion of some {self.kind}s failed:")
            for group, error in failed.items():
                self.environment.print(f"* Group '{group}' could not be deleted due to: {error.java_class}: {error}")
            if deleted:
                self.environment.print(f"\nThese {self.kind}s were deleted successfully: {names}{self.full_stop}")

    def say(self, text: str) -> None:
        """A remark: on stdout as Kafka has it, unless a program reads that."""
        (self.environment.print if self.form == TEXT else self.environment.warn)(text)

    def log_warning(self, text: str, source: str) -> None:
        """In the form of Kafka's log lines, which is how its tools say some things."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
        self.environment.warn(f"[{stamp},{int(now % 1 * 1000):03d}] WARN {text} ({source})")

    @property
    def talkative(self) -> bool:
        """Whether to say on stderr what Kafka's tools do not: always, but where scripts ask for Kafka's ways."""
        return self.environment.variables.get(COMPATIBLE_EXIT) != "1"

    def holdings(self, member: Any) -> str:
        """What a member has been assigned."""
        return assignment_text(member.assignment)

    @property
    def on_terminal(self) -> bool:
        """Whether somebody looks at stdout."""
        return self.environment.stdout.isatty()

    def show(self, rows: Iterable[Row]) -> None:
        """Results in the form that --output asks for."""
        show(list(rows), self.form, self.environment)


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
    names = [by_lower.get(word.strip().lower()) for word in text.split(",")]
    if None in names:
        raise UsageError(complaint.format(text, ", ".join(valid)))
    return [name for name in names if name is not None]
