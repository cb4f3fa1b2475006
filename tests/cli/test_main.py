"""The border of a tool: every way to end, as a line and an exit code."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress

import pytest

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError, UsageError
from kcli.cli.help import format_help
from kcli.cli.main import guard, parse_arguments
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.client.address import Address
from kcli.client.errors import BrokerUnreachable
from kcli.wire import errors
from kcli.wire.errors import KafkaError
from tests.cli.support import Recorded

TABLE = OptionTable(
    "tool",
    "A tool that does nothing.",
    (Option("level", "How much.", "N", group="Doing"), Option("old", "", deprecated="--old is over"), HELP, VERSION),
    examples=(("all of it", "tool --level 9"),),
)


def raising(error: BaseException) -> object:
    def run(arguments: list[str], environment: Environment) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (CommandError("no such thing"), 1, "no such thing\n"),
        (CommandError("no such thing", 7), 7, "no such thing\n"),
        (UsageError("--x is wrong"), 1, "--x is wrong\nTry 'tool --help'.\n"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (
            KafkaError(errors.TOPIC_ALREADY_EXISTS, "Topic 'a' already exists."),
            1,
            "org.apache.kafka.common.errors.TopicExistsException: Topic 'a' already exists.\n",
        ),
        (
            BrokerUnreachable(Address("localhost", 1), "connection refused"),
            1,
            "org.apache.kafka.common.errors.TimeoutException: Cannot connect to localhost:1: connection refused\n",
        ),
        (
            UnicodeEncodeError("utf-8", "t\udcff", 1, 2, "surrogates not allowed"),
            1,
            "tool: 't\\udcff' is not UTF-8, which Kafka's names are\n",
        ),
        (ZeroDivisionError("oops"), 1, "tool: ZeroDivisionError: oops (KCLI_DEBUG=1 shows where)\n"),
        (
            ModuleNotFoundError("No module named 'tabulate'", name="tabulate"),
            1,
            "tool needs the Python package tabulate: python3 -m pip install tabulate\n",
        ),
    ],
)
def test_an_error_becomes_one_line_and_a_code(error: BaseException, code: int, said: str) -> None:
    environment = Recorded()
    assert guard(raising(error), [], environment) == code  # type: ignore[arg-type]
    assert environment.err == said
    assert environment.out == ""


def test_a_trace_is_shown_to_whoever_asks_for_it() -> None:
    environment = Recorded(variables={"KCLI_DEBUG": "1"})
    guard(raising(ZeroDivisionError("oops")), [], environment)  # type: ignore[arg-type]
    assert environment.err.startswith("Traceback")


def test_help_goes_to_stdout_and_names_every_option() -> None:
    environment = Recorded()
    assert parse_arguments(TABLE, ["--help"], environment) == 0
    assert environment.out.startswith("A tool that does nothing.\n\nUsage: tool [OPTIONS]\n")
    for part in ("--level N", "Doing:", "  # all of it\n  tool --level 9\n", "--version"):
        assert part in environment.out


def test_help_exits_as_kafkas_does_where_that_is_asked_for() -> None:
    assert parse_arguments(TABLE, ["--help"], Recorded(variables={"KCLI_COMPAT_EXIT": "1"})) == 1


def test_without_arguments_the_help_is_an_error() -> None:
    environment = Recorded()
    assert parse_arguments(TABLE, [], environment) == 1
    assert environment.out == ""
    assert environment.err.startswith("A tool that does nothing.\n")


def test_the_version_is_that_of_the_dialect() -> None:
    environment = Recorded()
    assert parse_arguments(TABLE, ["--version", "--level", "x"], environment) == 0
    assert environment.out == "4.3.0\n"


def test_a_deprecated_option_is_said_to_be_so_on_stderr() -> None:
    environment = Recorded()
    parse_arguments(TABLE, ["--old"], environment)
    assert (environment.out, environment.err) == ("", "--old is over\n")


def test_help_fits_the_width() -> None:
    long = OptionTable("tool", "x", (Option("a", "word " * 60, "N"),))
    environment = Recorded(variables={"COLUMNS": "70"})
    assert max(map(len, format_help(long, environment.width).splitlines())) <= 70


def test_colour_needs_a_terminal_and_consent() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    def colour(out: io.BytesIO, **variables: str) -> bool:
        return Environment(io.BytesIO(), out, io.BytesIO(), variables).colour

    assert colour(Terminal())
    assert not colour(io.BytesIO())
    assert not colour(Terminal(), NO_COLOR="1")
    assert not colour(Terminal(), TERM="dumb")


def test_a_reader_that_goes_away_ends_the_tool_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "kcli.cli.umbrella", "topics", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_full_disk_is_told() -> None:
    environment = Recorded(program="tool")
    with suppress(OSError), open("/dev/full", "wb") as environment.stdout:  # closing it, too, cannot write
        code = guard(lambda _, where: where.print("x") or 0, [], environment)
    assert (code, environment.err) == (1, "tool: Cannot write the output: No space left on device\n")


def test_a_closed_stdout_is_no_trouble() -> None:
    command = [sys.executable, "-m", "kcli.cli.umbrella", "topics", "--version"]
    shell = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, check=False)
    assert shell.stderr == b""


def test_what_a_tool_leaves_in_circles_is_collected() -> None:
    """Even where its start did without."""
    program = (
        "import gc\ngc.disable()\nfrom kcli.cli.main import start\n"
        "start(lambda arguments, environment: environment.print(str(gc.isenabled())) or 0, 'tool')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
