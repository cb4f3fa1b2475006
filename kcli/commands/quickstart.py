"""`kcli quickstart`: the main job on this machine, from a fresh broker to lines consumed, every command shown."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kcli.cli.environment import Environment
from kcli.cli.options import OptionTable
from kcli.commands.parsing import parse_command

TABLE = OptionTable(
    program="kcli quickstart",
    summary="Start a broker, create a topic, produce and consume lines; show each command and what it prints.",
    usage="",
    options=(),
    examples=(("See what it is about", "kcli quickstart"),),
)

_LINES = ("hello", "kafka without a JVM", "goodbye")
_TOPIC = "quickstart"


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    return parsed if isinstance(parsed, int) else walk_through()


class _Failed(Exception):
    """A step did not do what it should."""


def walk_through() -> int:
    """Run every step; the exit code."""
    try:
        with _broker() as address:
            where = ["--bootstrap-server", address]
            _step(["kafka-topics", "--create", "--topic", _TOPIC, *where])
            _step(["kafka-topics", "--list", *where])
            _step(["kafka-console-producer", "--topic", _TOPIC, *where], lines=_LINES)
            consumer = ["kafka-console-consumer", "--topic", _TOPIC, *where, "--from-beginning", "--exit-at-end"]
            consumed = _step(consumer)
            if tuple(consumed.splitlines()) != _LINES:
                raise _Failed(f"consumed {consumed!r}")
    except _Failed as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 1
    print("That was a broker, a topic, a producer and a consumer; the broker and its data are gone now.")
    return 0


_QUIET = """import sys
try:
    from kcli.cli.umbrella import main
    main()
except KeyboardInterrupt:
    sys.exit(130)
"""


@contextmanager
def _broker() -> Iterator[str]:
    """A broker in a temporary folder on a free port; its address."""
    command = ["kafka-server-start", "--ephemeral"]
    _show(f"{shlex.join(command)} &")
    process = subprocess.Popen(_python(command), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise _Failed("the broker did not start")
        print(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def _step(command: list[str], lines: tuple[str, ...] = ()) -> str:
    """Show a command, run it, show what it prints."""
    shown = shlex.join(command)
    if lines:
        shown = f"printf '%s\\n' {shlex.join(lines)} | {shown}"
    _show(shown)
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(_python(command), input=text, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="")
    if done.returncode:
        raise _Failed(f"{command[0]} exited with {done.returncode}")
    return done.stdout


def _show(command: str) -> None:
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print(f"{bold}$ {command}{plain}", flush=True)


def _python(command: list[str]) -> list[str]:
    """The command run by this Python, whether or not its script is on the PATH; quiet at Ctrl-C from its beginning."""
    return [sys.executable, "-c", _QUIET, *command]
