"""kafka-server-start: run a broker in this process until it is told to stop.

SIGTERM and Ctrl-C end it cleanly; it then exits with 143 and 130, as Java's broker does (0 after SIGTERM with
--ephemeral, whose user asked for nothing else).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.main import parse_arguments, start
from kcli.cli.options import HELP, VERSION, Option, OptionTable

if TYPE_CHECKING:
    from kcli.broker.server import Broker

TABLE = OptionTable(
    program="kafka-server-start",
    summary="Run a broker. It needs no ZooKeeper and no formatting, unless its file asks for a ZooKeeper.",
    usage="[-daemon] server.properties [--override property=value]*",
    options=(
        Option("daemon", "Return once the broker is ready, and let it run on; its output goes to the folder $LOG_DIR."),
        Option("override", "Set a property over what the file says.", "property=value", repeated=True),
        Option(
            "ephemeral",
            "A broker for a test: no file needed, a temporary folder, a free port. The address to connect to is alone "
            "on the first line of stdout once it is ready; the log goes to stderr. All is deleted when it ends.",
        ),
        HELP,
        VERSION,
    ),
    examples=(
        ("A broker on localhost:9092", "kafka-server-start config/server.properties"),
        (
            "Another one beside it",
            "kafka-server-start config/server.properties --override broker.id=2 "
            "--override listeners=PLAINTEXT://localhost:9093 --override log.dirs=/tmp/kafka-logs-2",
        ),
        ("One for a test", "kafka-server-start --ephemeral"),
    ),
    notes="KCLI_LOG_LEVEL in the environment says how much is logged: DEBUG, INFO (the default), WARN or ERROR.",
    positionals=(Option("server.properties", "The broker's settings.", "FILE", complete="file"),),
)

_DAEMON_OUTPUT = "kafkaServer.out"
_READY = b"ready"

Ready = Callable[["Broker"], None]


class Command(NamedTuple):
    """What the command line asks for."""

    file: str | None
    overrides: list[str]
    ephemeral: bool


def run(arguments: list[str], environment: Environment) -> int:
    """The tool."""
    files, options = _split(arguments)
    parsed = parse_arguments(TABLE, options or (["--"] if files else []), environment)
    if isinstance(parsed, int):
        return parsed
    if len(files) > 1:
        raise UsageError(f"Found non argument parameters: {','.join(files[1:])}")
    if not files and not parsed.has("ephemeral"):
        raise UsageError(f"USAGE: {environment.program} {TABLE.usage}")
    command = Command(files[0] if files else None, parsed.values("override"), parsed.has("ephemeral"))
    if parsed.has("daemon"):
        return _daemon(command, environment)
    return _serve(command, environment, _announce(command, environment))


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that belong to no option (Kafka wants the file first, here it may stand anywhere), and the rest."""
    files: list[str] = []
    options: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("-"):
            files.append(word)
            continue
        options.append(word)
        if word.lstrip("-") == "override":
            options.extend(argument for argument in [next(rest, None)] if argument is not None)
    return files, options


def _announce(command: Command, environment: Environment) -> Ready:
    def ready(broker: Broker) -> None:
        if command.ephemeral:
            environment.print(broker.bootstrap)
            environment.stdout.flush()

    return ready


def _serve(command: Command, environment: Environment, ready: Ready) -> int:
    """Run the broker to its end; the exit code."""
    from kcli.broker import logs
    from kcli.broker.errors import BrokerError
    from kcli.broker.process import run_loop, serve
    from kcli.broker.settings import load

    level = environment.variables.get(logs.LEVEL_VARIABLE, "INFO")
    logs.configure(environment.stderr if command.ephemeral else environment.stdout, level)
    try:
        with _overrides(command) as overrides:
            settings = load(command.file, overrides)
            number = run_loop(serve(settings, ready))
    except BrokerError as error:
        raise CommandError(str(error)) from None
    return OK if command.ephemeral and number == signal.SIGTERM else 128 + number


@contextmanager
def _overrides(command: Command) -> Iterator[list[str]]:
    """The properties over those of the file; with --ephemeral a folder goes with them."""
    if not command.ephemeral:
        yield command.overrides
        return
    import tempfile

    from kcli.broker.settings import EPHEMERAL

    with tempfile.TemporaryDirectory(prefix="kcli-", ignore_cleanup_errors=True) as folder:
        defaults = {**EPHEMERAL, "log.dirs": folder}
        yield [*(f"{name}={value}" for name, value in defaults.items()), *command.overrides]


# In the background


def _daemon(command: Command, environment: Environment) -> int:
    """Kafka's -daemon returns at once; this one waits to say whether the broker runs."""
    output = _open_output(environment)
    reader, writer = os.pipe()
    environment.stdout.flush()
    environment.stderr.flush()
    if os.fork():
        os.close(writer)
        os.close(output)
        return _await(reader, environment)
    os.setsid()
    os.close(reader)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)

    def ready(broker: Broker) -> None:
        os.write(writer, _READY + (f" {broker.bootstrap}" if command.ephemeral else "").encode())
        os.close(writer)

    try:
        return _serve(command, environment, ready)
    except CommandError as error:
        os.write(writer, error.message.encode())
        raise


def _open_output(environment: Environment) -> int:
    folder = environment.variables.get("LOG_DIR") or "logs"
    path = os.path.join(folder, _DAEMON_OUTPUT)
    try:
        os.makedirs(folder, exist_ok=True)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror} (LOG_DIR names another folder)") from None


def _await(reader: int, environment: Environment) -> int:
    """What the child says: that it is ready, or why it cannot start."""
    with open(reader, "rb") as pipe:
        said = pipe.read()
    if said.startswith(_READY):
        if said != _READY:
            environment.print(said.removeprefix(_READY).decode().strip())
        return OK
    environment.warn(said.decode() or "The broker ended before it was ready")
    return FAILED


def main() -> None:
    """The console entry point."""
    start(run, TABLE.program)


if __name__ == "__main__":
    sys.argv[0] = TABLE.program
    main()
