"""`kcli doctor`: each step on the way to a cluster, tried by itself; what fails, why, and what to change."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from kcli.cli.connect import client_settings
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.inherited import PROFILE, servers_of
from kcli.cli.options import Exclusive, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.commands.parsing import parse_command
from kcli.commands.wait import duration
from kcli.tools.listings import DOCTOR

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster
    from kcli.commands.probes import Probe
    from kcli.commands.remedies import Remedy

_TIMEOUT = "5s"
OK_STEP, FAILED_STEP, SKIPPED_STEP = "ok", "failed", "skipped"
_COLOURS = {OK_STEP: "\x1b[32m", FAILED_STEP: "\x1b[31m", SKIPPED_STEP: "\x1b[2m"}

TABLE = OptionTable(
    program="kcli doctor",
    summary="Try each step on the way to a cluster by itself: what fails, why, and what to change.",
    usage="--bootstrap-server HOST:PORT [OPTIONS]",
    options=(
        Option("bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT"),
        PROFILE,
        Option("command-config", "A file of client settings.", "FILE", complete="file"),
        Option("timeout", "How long a step may take: 500ms, 5s.", "TIME", type=duration, default=_TIMEOUT),
        Option("topic", "Write to and read from this topic, not one of our own.", "NAME", complete="topic"),
        Option("read-only", "Write nothing."),
        OUTPUT,
    ),
    exclusive=(Exclusive(("bootstrap-server",), required=True), Exclusive(("topic", "read-only"))),
    examples=(
        ("why nobody can connect", "kcli doctor --bootstrap-server kafka:9093 --command-config client.properties"),
        ("without a topic of our own", "kcli doctor --profile prod --read-only"),
    ),
    notes="A line for each step: ok, failed or skipped. The exit code is 0 when none failed, 1 otherwise. Without"
    " --topic or --read-only, a topic kcli-doctor-... is created, written to, read and deleted.",
)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed

    from kcli.client.address import AddressError, parse_addresses
    from kcli.commands.probes import Probe

    timeout = parsed.value("timeout") if parsed.has("timeout") else duration(_TIMEOUT)
    config = dict(client_settings(parsed, environment))
    servers, _ = servers_of(parsed)
    try:
        addresses = parse_addresses(servers or "")
    except AddressError as error:
        raise CommandError(f"--bootstrap-server: {error}") from None
    form = parsed.value("output")
    report = Report(environment if form == TEXT else None)
    visit = Visit(report, [Probe(address, config, timeout) for address in addresses])
    visit.bootstrap()
    visit.listeners()
    if parsed.has("read-only"):
        report.skip("produce", "-", "--read-only")
        report.skip("fetch", "-", "--read-only")
    else:
        visit.topic(parsed.value("topic"))
    if form != TEXT:
        show(report.rows, DOCTOR, form, environment)
    return FAILED if any(row["status"] == FAILED_STEP for row in report.rows) else OK


class Report:
    """The steps so far, printed as they come where there is somebody to read them."""

    def __init__(self, environment: Environment | None) -> None:
        self.rows: list[dict[str, Any]] = []
        self._environment = environment

    def attempt(
        self,
        step: str,
        target: str,
        action: Callable[[], str],
        explain: Callable[[Exception], Remedy],
        broker: int | None = None,
    ) -> bool:
        """Try a step; False if it failed."""
        from kcli.client.errors import ClientError
        from kcli.commands.probes import Skipped
        from kcli.wire.errors import KafkaError

        begin = time.perf_counter()
        status, fix = OK_STEP, None
        try:
            found = action()
        except Skipped as skipped:
            self.skip(step, target, str(skipped), broker)
            return True
        except (ClientError, KafkaError, OSError) as error:
            elapsed = time.perf_counter() - begin
            status, (found, fix) = FAILED_STEP, explain(error)
        else:
            elapsed = time.perf_counter() - begin
        self._add(step, target, broker, status, found, fix, round(elapsed * 1000, 1))
        return status == OK_STEP

    def skip(self, step: str, target: str, why: str, broker: int | None = None) -> None:
        self._add(step, target, broker, SKIPPED_STEP, why, None, None)

    def _add(
        self,
        step: str,
        target: str,
        broker: int | None,
        status: str,
        found: str,
        fix: str | None,
        milliseconds: float | None,
    ) -> None:
        self.rows.append(
            {
                "step": step,
                "target": target,
                "broker": broker,
                "status": status,
                "found": found,
                "fix": fix,
                "milliseconds": milliseconds,
            }
        )
        if self._environment is None:
            return
        name = step if broker is None else f"{step} {broker}"
        text = found if fix is None else f"{found}: {fix}"
        took = "" if milliseconds is None else f" ({milliseconds} ms)"
        shown = f"{status:7}"
        if self._environment.colour:
            shown = f"{_COLOURS[status]}{shown}\x1b[0m"
        self._environment.print(f"{shown}  {name:12}  {target}  {text}{took}")
        self._environment.stdout.flush()  # a step may take a while: what is known is to be seen


class Visit:
    """The steps in order, and what later ones need of earlier ones."""

    def __init__(self, report: Report, probes: list[Probe]) -> None:
        self._report = report
        self._probes = probes
        self._cluster_id: str | None = None
        self._listeners: list[Probe] = []
        self._way_in: Probe | None = None
        self._reachable: list[int] = []

    def bootstrap(self) -> None:
        """To each address that the user named."""
        for probe in self._probes:
            self._walk(probe)

    def _walk(self, probe: Probe) -> None:
        from kcli.commands.probes import Walk
        from kcli.commands.remedies import remedy

        target = str(probe.address)
        failed = None
        with closing(Walk(probe, self._cluster_id)) as walk:
            for step in walk.STEPS:
                if failed is not None:
                    self._report.skip(step, target, f"{failed} failed")
                elif not self._report.attempt(
                    step, target, lambda: walk.step(step), lambda error: remedy(probe, step, error)  # noqa: B023
                ):  # fmt: skip
                    failed = step
            if failed is None and self._way_in is None:
                self._way_in, self._cluster_id = probe, walk.metadata.cluster_id
                self._listeners = walk.listeners()

    def listeners(self) -> None:
        """To the address that each broker advertises to those who came in by this listener."""
        if self._way_in is None:
            self._report.skip("listener", "-", "no broker told which there are")
            return
        for probe in self._listeners:
            if self._listener(probe) and not probe.fenced:
                assert probe.broker is not None
                self._reachable.append(probe.broker)

    def _listener(self, probe: Probe) -> bool:
        from kcli.commands.probes import Skipped, Walk
        from kcli.commands.remedies import remedy

        step = ""

        def action() -> str:
            nonlocal step
            found = []
            for step in walk.STEPS:
                with suppress(Skipped):
                    found.append(walk.step(step))
            return "; ".join([*found[1:-2], *(["fenced: the controller does not hear of it"] if probe.fenced else [])])

        with closing(Walk(probe, self._cluster_id)) as walk:
            return self._report.attempt(
                "listener", str(probe.address), action, lambda error: remedy(probe, step, error), probe.broker
            )

    def topic(self, name: str | None) -> None:
        """A record to a topic and back."""
        from kcli.client.cluster import Cluster

        target = name or "-"
        if self._way_in is None or not self._reachable:
            unknown = "no broker told which there are"
            none = "no broker can be reached at the address that it advertises"
            for step in ("produce", "fetch"):
                self._report.skip(step, target, unknown if self._way_in is None else none)
            return
        probe = self._way_in
        milliseconds = str(round(probe.timeout * 1000))
        limits = dict.fromkeys(
            ("request.timeout.ms", "default.api.timeout.ms", "socket.connection.setup.timeout.ms"), milliseconds
        )
        with Cluster(str(probe.address), {**probe.config, **limits}) as cluster:
            if name is not None:
                self._through(cluster, name, probe.timeout)
            else:
                self._through_our_own(cluster, probe.timeout)

    def _through_our_own(self, cluster: Cluster, timeout: float) -> None:
        from uuid import uuid4

        from kcli.client.errors import ClientError
        from kcli.commands import probes
        from kcli.wire.errors import KafkaError

        topic = f"kcli-doctor-{uuid4().hex[:12]}"
        broker = self._reachable[0]
        created = False
        try:
            created = self._attempt(
                "topic", topic, lambda: probes.create(cluster, topic, broker), f"created on broker {broker}"
            )
            if created:
                self._through(cluster, topic, timeout)
            else:
                self._report.skip("produce", topic, "topic failed")
                self._report.skip("fetch", topic, "topic failed")
        finally:
            if created:
                self._attempt("cleanup", topic, lambda: probes.delete(cluster, topic), "deleted")
            else:  # it may be there although we do not know
                with suppress(ClientError, KafkaError):
                    probes.delete(cluster, topic)

    def _through(self, cluster: Cluster, topic: str, timeout: float) -> None:
        from kcli.commands import probes

        value = f"kcli doctor {time.time_ns()}".encode()
        offsets: list[int] = []

        def produce() -> None:
            offsets.append(probes.produce(cluster, topic, value, timeout, self._reachable))

        if not self._attempt("produce", topic, produce, "a record is written"):
            self._report.skip("fetch", topic, "produce failed")
        elif not offsets:
            self._report.skip("fetch", topic, "nothing was written")
        else:
            self._attempt(
                "fetch", topic, lambda: probes.fetch(cluster, topic, offsets[0], value, timeout), "and read again"
            )

    def _attempt(self, step: str, topic: str, action: Callable[[], None], found: str) -> bool:
        from kcli.commands.remedies import topic_remedy

        def act() -> str:
            action()
            return found

        return self._report.attempt(step, topic, act, lambda error: topic_remedy(step, topic, error))
