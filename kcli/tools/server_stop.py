"""kafka-server-stop: end the brokers that run on this machine for this user, cleanly."""

from __future__ import annotations

import os
import signal

from kcli.broker.registry import Running, running
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable

TABLE = OptionTable(
    program="kafka-server-stop",
    summary="End the brokers that this user runs on this machine: each gets SIGTERM and shuts down cleanly.",
    options=(
        Option("process-role", "Only those that have this role, as process.roles has it.", "role"),
        Option("node-id", "Only the one with this node.id (or broker.id).", "id", INT),
        HELP,
        VERSION,
    ),
    examples=(("All of them", "kafka-server-stop"), ("One of several", "kafka-server-stop --node-id=2")),
    notes="SIGNAL in the environment names another signal, as with Kafka's script. Java's brokers are left alone.",
)


def run(arguments: list[str], environment: Environment) -> int:
    """The tool."""
    # Without arguments the other tools show their help; this one does its work.
    parsed = parse_arguments(TABLE, arguments or ["--"], environment)
    if isinstance(parsed, int):
        return parsed
    role, node_id = parsed.value("process-role"), parsed.value("node-id")
    if role is not None and node_id is not None:
        environment.print("When both node-id and process-role are provided, the value for node-id will take precedence")
    brokers = running()
    if not brokers:
        environment.print("No kafka server to stop")
        return FAILED
    number = _signal(environment.variables.get("SIGNAL", "TERM"))
    for broker in brokers:
        if _wanted(broker, role, node_id):
            os.kill(broker.pid, number)
    return OK


def _wanted(broker: Running, role: str | None, node_id: int | None) -> bool:
    if node_id is not None:
        return broker.node_id == node_id
    return role is None or ",".join(broker.roles) == role


def _signal(name: str) -> signal.Signals:
    try:
        return signal.Signals[f"SIG{name.upper().removeprefix('SIG')}"]
    except KeyError:
        raise CommandError(f"SIGNAL={name} is not the name of a signal") from None


def main() -> None:
    """The console entry point."""
    start(run, TABLE.program)
