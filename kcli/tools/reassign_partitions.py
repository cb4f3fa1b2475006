"""kafka-reassign-partitions: move partitions to other brokers and log dirs.

As Kafka's, it says on stdout what went wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.listing import Listing
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, remarks, show
from kcli.cli.watch import look_or_watch
from kcli.tools import listings_cluster as listings
from kcli.tools import reassign_partitions_throttles as throttles
from kcli.tools.reassign_partitions_options import TABLE, check
from kcli.tools.reassign_partitions_plan import (
    Partition,
    Plan,
    Replica,
    check_executable,
    parse_brokers,
    read_plan,
    read_topics,
    shown,
    spread,
    to_json,
)
from kcli.tools.reassign_partitions_states import (
    State,
    by_broker,
    change_rows,
    move_state,
    proposal_row,
    state_row,
)

_PAUSE = 0.1
_ONGOING = (
    "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create"
    " a new partition assignment in addition to the existing one. The --additional flag can also be used to change the"
    " throttle by resubmitting the current reassignment."
)
_VERIFY = (
    "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed."
)


class _Refused(Exception):
    """What Kafka's tool says without an `Error:` before it."""


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = check(parsed)

    from kcli.cli.connect import connect
    from kcli.client.admin_partitions import PartitionAdmin
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    say = remarks(parsed.value("output"), environment)
    try:
        with connect(parsed, environment) as cluster:
            admin = PartitionAdmin(cluster)

            def look(page: Environment) -> bool:
                return _ACTIONS[action](_Reassignment(admin, parsed, page)) is not False

            look_or_watch(look, parsed, environment, parsed.value("output"))
    except _Refused as refusal:
        say(str(refusal))
        return FAILED
    except CommandError as error:
        say(f"Error: {error}")
        return FAILED
    except (ClientError, KafkaError) as error:
        say(f"Error: {error.java_class}: {error}")
        return FAILED
    return OK


class _Reassignment:
    """The actions."""

    def __init__(self, admin: Any, options: Parsed, environment: Environment) -> None:
        self._admin = admin
        self._options = options
        self._environment = environment
        self._form = options.value("output")
        self._print = remarks(self._form, environment)

    # Each action

    def generate(self) -> None:
        wanted = parse_brokers(self._options.value("broker-list"))
        topics = read_topics(self._options.value("topics-to-move-json-file"))
        current = self._replicas(topics)
        nodes = {node: item.rack for node, item in self._admin.cluster.nodes.items() if node in wanted}
        if self._options.has("disable-rack-aware"):
            nodes = dict.fromkeys(nodes)
        elif None in nodes.values() and any(nodes.values()):
            raise CommandError(
                "Not all brokers have rack information. Add --disable-rack-aware in command line to make replica"
                " assignment without rack information."
            )
        proposed = spread(current, nodes) if current else {}
        log_dirs = self._log_dirs(current)
        if self._form != TEXT:
            self._show((proposal_row(key, current[key], proposed[key], log_dirs) for key in current),
                       listings.REASSIGNMENT_PROPOSALS)  # fmt: skip
            return
        self._print(f"Current partition replica assignment\n{to_json(current, log_dirs)}\n")
        self._print(f"Proposed partition reassignment configuration\n{to_json(proposed, {})}")

    def execute(self) -> None:
        plan = read_plan(self._options.value("reassignment-json-file"))
        proposed = check_executable(plan)
        rate, log_dir_rate, timeout = (
            self._options.value(name) for name in ("throttle", "replica-alter-log-dirs-throttle", "timeout")
        )
        ongoing = self._admin.reassignments()
        if ongoing and not self._options.has("additional"):
            raise _Refused(_ONGOING)
        self._check_brokers(proposed)
        current = self._current(proposed)
        self._print(
            f"Current partition replica assignment\n\n{to_json(current, self._log_dirs(current))}\n\n"
            "Save this to use as the --reassignment-json-file option during rollback"
        )
        if rate >= 0 or log_dir_rate >= 0:
            self._print(_VERIFY)
        if rate >= 0:
            found = throttles.moves(ongoing, proposed, current)
            throttles.limit_brokers(self._admin, found, rate, self._print)
        if log_dir_rate >= 0:
            brokers = [broker for _, _, broker in plan.log_dirs]
            throttles.limit_log_dirs(self._admin, brokers, log_dir_rate, self._print)
        outcome = self._admin.alter_reassignments(
            proposed,
            allow_replication_factor_change=not self._options.has("disallow-replication-factor-change"),
        )
        self._refuse_if_failed("Error reassigning partition(s):", outcome)
        self._print(f"Successfully started partition reassignment{_plural(proposed)} for {_names(proposed)}")
        if plan.log_dirs:
            self._move(plan.log_dirs, timeout)
        if self._form != TEXT:
            self._show(change_rows("started", current, proposed, plan.log_dirs), listings.REASSIGNMENTS_CHANGED)

    def verify(self) -> bool:
        """Whether something of the plan is still in progress."""
        plan = read_plan(self._options.value("reassignment-json-file"))
        ongoing = self._admin.reassignments()
        states = self._states(plan, ongoing)
        located = self._locate(plan.log_dirs)
        moves = [move_state(replica, plan.log_dirs[replica], located) for replica in by_broker(plan.log_dirs)]
        self._print("\n".join(["Status of partition reassignment:", *(text for text, _ in states)]))
        self._print("\n".join(text for text, _ in moves))
        if self._form != TEXT:
            rows = [row for _, row in (*states, *moves)]
            self._show(rows, listings.REASSIGNMENT_STATES)
        moving = any(future for _, future in located.values())
        if not ongoing and not moving and not self._options.has("preserve-throttles"):
            throttles.clear(self._admin, plan.partitions, self._print)
        return any(row["state"] == "inProgress" for _, row in (*states, *moves))

    def cancel(self) -> None:
        plan = read_plan(self._options.value("reassignment-json-file"))
        targets = dict(plan.partitions)
        active = {
            key: item.replicas
            for key, item in self._admin.reassignments().items()
            if key in targets and (item.adding or item.removing)
        }
        if active:
            outcome = self._admin.alter_reassignments(dict.fromkeys(active))
            failed = [key for key, error in outcome.items() if error]
            self._refuse_if_failed(f"Error cancelling partition reassignment{_plural(failed)} for:", outcome)
            self._print(f"Successfully cancelled partition reassignment{_plural(active)} for: {_names(active)}")
        else:
            self._print("None of the specified partition reassignments are active.")
        back = {replica: now for replica, (now, future) in self._locate(plan.log_dirs).items() if now and future}
        if back:
            self._move(back, self._options.value("timeout"))
        elif self._form != TEXT:
            self._print("None of the specified partition moves are active.")
        else:  # Kafka's tool forgets to end the line
            self._environment.stdout.write(b"None of the specified partition moves are active.")
        if not self._options.has("preserve-throttles"):
            throttles.clear(self._admin, plan.partitions, self._print)
        if self._form != TEXT:
            self._show(change_rows("cancelled", active, {}, back), listings.REASSIGNMENTS_CHANGED)

    def list_ongoing(self) -> None:
        ongoing = sorted(self._admin.reassignments().items())
        if self._form != TEXT:
            rows = [{"topic": topic, "partition": number, **item._asdict()} for (topic, number), item in ongoing]
            self._show(rows, listings.REASSIGNMENTS)
        elif not ongoing:
            self._print("No partition reassignments found.")
        else:
            lines = [f"{shown(key)}: replicas: {_join(item.replicas)}.{_changes(item)}" for key, item in ongoing]
            self._print("\n".join(["Current partition reassignments:", *lines]))

    # What the actions share

    def _show(self, rows: Iterable[Mapping[str, Any]], listing: Listing) -> None:
        show(rows, listing, self._form, self._environment)

    def _replicas(self, topics: Iterable[str]) -> dict[Partition, list[int]]:
        """Where the partitions of topics are."""
        from kcli.wire.errors import UNKNOWN_TOPIC_OR_PARTITION, KafkaError

        self._admin.cluster.refresh()
        found: dict[Partition, list[int]] = {}
        topics = sorted(set(topics))
        for name, item in (self._admin.describe_topics(topics) if topics else {}).items():
            if isinstance(item, KafkaError):
                if item.code == UNKNOWN_TOPIC_OR_PARTITION:
                    raise KafkaError(item.code, f"Topic {name} not found.")
                raise item
            found.update(((name, part.partition), part.replicas) for part in item.partitions)
        return found

    def _current(self, proposed: Mapping[Partition, Any]) -> dict[Partition, list[int]]:
        from kcli.wire.errors import UNKNOWN_TOPIC_OR_PARTITION, KafkaError

        found = self._replicas(topic for topic, _ in proposed)
        missing = [shown(key) for key in proposed if key not in found]
        if missing:
            raise KafkaError(UNKNOWN_TOPIC_OR_PARTITION, f"Unable to find partition: {', '.join(missing)}")
        return {key: found[key] for key in proposed}

    def _check_brokers(self, proposed: Mapping[Partition, list[int]]) -> None:
        self._admin.cluster.refresh()
        for broker in sorted({broker for replicas in proposed.values() for broker in replicas}):
            if broker not in self._admin.cluster.nodes:
                raise CommandError(f"Unknown broker id {broker}")

    def _log_dirs(self, partitions: Mapping[Partition, list[int]]) -> dict[Replica, str]:
        """Where the replicas of partitions lie, as far as their brokers can say."""
        from kcli.client.errors import ClientError
        from kcli.wire.errors import KafkaError

        replicas = [(*key, broker) for key, brokers in partitions.items() for broker in brokers]
        try:
            return {replica: now for replica, (now, _) in self._locate(replicas).items() if now is not None}
        except (ClientError, KafkaError):
            return {}  # a broker that is down must not keep partitions from leaving it

    def _locate(self, replicas: Iterable[Replica]) -> dict[Replica, tuple[str | None, str | None]]:
        """The log dir of each replica, and the one that it is moving to."""
        found: dict[Replica, tuple[str | None, str | None]] = {}
        wanted = set(replicas)
        for broker in sorted({broker for _, _, broker in wanted}):
            for log_dir in self._admin.log_dirs(broker):
                for (topic, partition), item in log_dir.replicas.items():
                    replica = (topic, partition, broker)
                    if replica in wanted:
                        now, future = found.get(replica, (None, None))
                        found[replica] = (now, log_dir.path) if item.future else (log_dir.path, future)
        return found

    def _states(self, plan: Plan, ongoing: Mapping[Partition, Any]) -> list[State]:
        from kcli.client.admin import TopicDescription

        targets = dict(plan.partitions)
        topics = sorted({topic for topic, number in targets if (topic, number) not in ongoing})
        current: dict[Partition, list[int]] = {}
        for name, item in (self._admin.describe_topics(topics) if topics else {}).items():
            if isinstance(item, TopicDescription):
                current.update(((name, part.partition), part.replicas) for part in item.partitions)
        states = []
        for key, target in sorted(targets.items()):
            now = ongoing[key].replicas if key in ongoing else current.get(key, [])
            if key in ongoing:
                state, text = "inProgress", f"Reassignment of partition {shown(key)} is still in progress."
            elif now == target:
                state, text = "completed", f"Reassignment of partition {shown(key)} is completed."
            else:
                state = "inactive" if key in current else "missing"
                text = (
                    f"There is no active reassignment of partition {shown(key)}, but replica set is {_join(now)}"
                    f" rather than {_join(target)}."
                )
            states.append((text, state_row(*key, state=state, current=now, target=target)))
        return states

    def _refuse_if_failed(self, head: str, outcome: Mapping[Partition, Any]) -> None:
        failed = {key: error for key, error in outcome.items() if error}
        if failed:
            raise _Refused("\n".join([head, *(f"{shown(key)}: {failed[key]}" for key in sorted(failed))]))

    def _move(self, log_dirs: Mapping[Replica, str], timeout: int) -> None:
        """Have replicas move to other log dirs; one that is still on its way to its broker is asked for again."""
        from kcli.wire.errors import REPLICA_NOT_AVAILABLE

        deadline = time.monotonic() + timeout / 1000
        pending = dict(log_dirs)
        while True:
            for replica in self._started(pending, REPLICA_NOT_AVAILABLE):
                topic, partition, broker = replica
                self._print(
                    f"Successfully started moving log directory to {pending.pop(replica)} for replica"
                    f" {topic}-{partition} with broker {broker} "
                )
            if not pending:
                return
            if time.monotonic() >= deadline:
                names = ",".join("-".join(map(str, replica)) for replica in by_broker(pending))
                raise _Refused(f"Timed out before log directory move{_plural(pending)} could be started for: {names}")
            time.sleep(_PAUSE)

    def _started(self, pending: Mapping[Replica, str], passing: int) -> list[Replica]:
        started: list[Replica] = []
        for broker in sorted({broker for _, _, broker in pending}):
            paths = {(topic, number): path for (topic, number, node), path in pending.items() if node == broker}
            for (topic, number), error in self._admin.alter_log_dirs(broker, paths).items():
                if error is None:
                    started.append((topic, number, broker))
                elif error.code != passing:
                    raise CommandError(f"Failed to alter dir for {topic}-{number}-{broker}: {error}")
        return by_broker(started)


_ACTIONS: dict[str, Callable[[_Reassignment], bool | None]] = {
    "generate": _Reassignment.generate,
    "execute": _Reassignment.execute,
    "verify": _Reassignment.verify,
    "cancel": _Reassignment.cancel,
    "list": _Reassignment.list_ongoing,
}


def _names(partitions: Iterable[Partition]) -> str:
    return ",".join(map(shown, sorted(partitions)))


def _plural(items: Any) -> str:
    return "" if len(items) == 1 else "s"


def _join(brokers: Iterable[int]) -> str:
    return ",".join(map(str, brokers))


def _changes(item: Any) -> str:
    return "".join(
        f" {what}: {_join(brokers)}."
        for what, brokers in (("adding", item.adding), ("removing", item.removing))
        if brokers
    )


if __name__ == "__main__":
    main()
