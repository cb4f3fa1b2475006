"""Every flag of Kafka's tools is in our option tables, takes what it takes there, and is used by a test."""

from __future__ import annotations

import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli import argparse4j
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.cli.registry import COMMANDS, EVERYTHING, TOOLS, Tool, find_tool
from kcli.commands import profile
from tests.cli.support import Recorded

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from scripts import flag_table

# Where Kafka's help calls an argument optional; its tools fail without it, and ours say that it is missing.
OPTIONAL_IN_NAME = {"kafka-delegation-tokens", "kafka-e2e-latency", "kafka-reassign-partitions"}
SHELL = {"printf", "source"}
NOT_YET = {"kafka-metadata-shell"}


def known() -> list[flag_table.Flag]:
    return [flag for flag in flag_table.flags() if flag.tool is not None or flag.program not in NOT_YET]


def test_no_flag_is_missing() -> None:
    missing = [flag for flag in known() if flag.option is None and flag[:3:2] not in flag_table.REFUSED]
    assert missing == []


def test_each_flag_takes_what_kafkas_takes() -> None:
    for flag in known():
        if flag.option is None:
            continue
        ours = flag_table.takes(flag.option)
        if not (flag.takes == "optional" and ours == "value" and flag.program in OPTIONAL_IN_NAME):
            assert ours == flag.takes, flag


def test_each_flag_is_used_by_a_test() -> None:
    unused = [f"{flag.program} {flag.command} {flag.name}" for flag in known() if flag_table.covering(flag) is None]
    assert unused == [], "a new flag needs a test that uses it"


def test_a_flag_of_a_command_is_used_with_that_command() -> None:
    source = """
def test_it() -> None:
    use("features", "downgrade --unsafe")
    run_tool("kafka-features", *server, "disable", "--dry-run")
    words = [*server, "upgrade", "--feature", name]
"""
    lines = flag_table.command_lines(source)
    for line in ("downgrade --unsafe", "kafka-features disable --dry-run", "upgrade --feature"):
        assert any(line in found for found in lines), line
    assert not any("disable" in found and "--unsafe" in found for found in lines)


def test_functions_of_transcripts_stand_for_tools() -> None:
    transcript = '  $ F() { kafka-features.sh --bootstrap-server $B "$@"; }\n  $ try F disable --unsafe\n  $ F2 x\n'
    lines = flag_table.transcript_lines(transcript)
    assert lines[1:] == ("  $ try kafka-features.sh --bootstrap-server $B  disable --unsafe", "  $ F2 x")


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_every_tool_and_command_has_help(tool: Tool) -> None:
    for words in ([], *([command.name] for command in tool.table.commands)):
        environment = Recorded(program=tool.program)
        assert guard(tool.module.run, [*words, "--help"], environment) == 0
        assert "Usage: " in environment.out
        assert "Options" in environment.out or ":\n" in environment.out


@pytest.mark.parametrize("tool", EVERYTHING, ids=lambda tool: tool.program)
def test_every_tool_and_command_has_examples(tool: Tool) -> None:
    for program, part in [(tool.program, tool.table), *((f"{tool.program} {c.name}", c) for c in tool.table.commands)]:
        assert part.examples, f"{program} --help has at least one example"
        words = [tool.program, program.split()[-1]]
        assert any(all(word in example for word in words) for _, example in part.examples)


EXAMPLES = [
    (tool, example)
    for tool in EVERYTHING
    for part in (tool.table, *tool.table.commands)
    for _, example in part.examples
]


@pytest.mark.parametrize("example", [example for _, example in EXAMPLES])
def test_each_example_is_understood(example: str, tmp_path: Path) -> None:
    """Every command of an example is one of ours, or of the shell's, and its parser takes what stands behind it."""
    environment = Recorded(variables={"XDG_CONFIG_HOME": str(tmp_path)})
    assert guard(profile.run, ["add", "prod", "--bootstrap-server", "localhost:9092"], environment) == 0
    commands = list(commands_of(example))
    assert commands
    for program, words in commands:
        if program in SHELL:
            continue
        tool = find_tool(program)
        assert tool is not None, f"{program} in {example}"
        if "argparse4j" in inspect.getsource(tool.module) or tool in COMMANDS:
            argparse4j.parse(tool.table, words, environment)
            continue
        parsed = parse(tool.table, words)
        assert parsed.warnings == [], "an example shows nothing that is deprecated"
        for option in tool.table.options:
            parsed.values(option.name)


def commands_of(line: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a line of the shell with pipes, files and $(...) or <(...), each with its words."""
    for inner in re.findall(r"[$<]\(([^)]*)\)", line):
        yield from commands_of(inner)
    lexer = shlex.shlex(re.sub(r"[$<]\([^)]*\)", "x", line), posix=True, punctuation_chars="|<>&;")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, "|"]:
        if word != "|":
            words.append(word)
            continue
        cut = next((place for place, each in enumerate(words) if each == "<"), len(words))
        program, *rest = words[:cut]
        if program == "kcli":
            program, *rest = rest
        yield program, rest
        words = []
