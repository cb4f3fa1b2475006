"""`kcli`: its list of tools, how it runs them, and completion from the option tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kcli.cli.completion_scripts import script
from kcli.cli.options import OptionTable
from kcli.cli.registry import COMMANDS, EVERYTHING, TOOLS, Tool, find_tool
from kcli.commands.completions import SHELLS

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def kcli(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kcli.cli.umbrella", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )


def test_alone_it_lists_the_tools() -> None:
    listed = kcli("--help").stdout
    for tool in EVERYTHING:
        assert f"  {tool.command} " in listed


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.program)
def test_every_command_has_help_and_an_example(command: Tool) -> None:
    done = kcli(command.command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(command.table.summary)
    assert "Examples:" in done.stdout


def test_a_command_wants_the_words_it_needs_and_no_more() -> None:
    assert "too few arguments" in kcli("completions").stderr
    assert "invalid choice: 'tcsh' (choose from {bash,zsh,fish})" in kcli("completions", "tcsh").stderr
    assert "unrecognized arguments: 'zsh'" in kcli("completions", "bash", "zsh").stderr


@pytest.mark.parametrize("name", ["topics", "kafka-topics", "kafka-topics.sh"])
def test_a_tool_runs_under_any_of_its_names(name: str) -> None:
    done = kcli(name, "--version")
    assert (done.returncode, done.stdout) == (0, "4.3.0\n")


def test_a_tools_own_options_are_not_clicks() -> None:
    done = kcli("topics", "--list", "--nope")
    assert done.returncode == 1
    assert done.stderr.startswith("nope is not a recognized option\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_files_are_current(shell: str) -> None:
    assert (CHECKOUT / "completions" / f"kcli.{shell}").read_text() == script(shell)


@pytest.mark.parametrize("tool", EVERYTHING, ids=lambda tool: tool.program)
def test_every_tools_table_is_whole(tool: Tool) -> None:
    table = tool.table
    assert isinstance(table, OptionTable)
    assert table.program == tool.program
    names = [option.name for option in (*table.options, *table.positionals)]
    assert len(names) == len(set(names))
    for option in table.options:
        assert option.replaced_by is None or option.replaced_by in names
        assert option.help


def test_tools_are_found_by_command_program_and_script() -> None:
    assert find_tool("topics") is find_tool("kafka-topics") is find_tool("kafka-topics.sh") is TOOLS[0]
    assert find_tool("nonesuch") is None


def test_the_quickstart_shows_the_main_job() -> None:
    done = kcli("quickstart")
    assert done.returncode == 0, done.stderr
    shown = done.stdout.splitlines()
    assert "Created topic quickstart." in shown
    assert shown[-4:-1] == ["hello", "kafka without a JVM", "goodbye"]
    assert [line.split()[1] for line in shown if line.startswith("$ ")] == [
        "kafka-server-start",
        "kafka-topics",
        "kafka-topics",
        "printf",
        "kafka-console-consumer",
    ]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_every_tool_has_a_script_in_bin(tool: Tool, tmp_path: Path) -> None:
    link = tmp_path / "a-link"
    link.symlink_to(CHECKOUT / "bin" / f"{tool.program}.sh")
    done = subprocess.run(
        [str(link), "--version"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "KCLI_PYTHON": sys.executable},
    )
    assert (done.returncode, done.stdout) == (0, "4.3.0\n")
