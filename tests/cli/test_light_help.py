"""Help must not load what only a tool at work needs: that is most of the time that a start takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kcli.cli.registry import TOOLS, Tool

BIN = Path(__file__).resolve().parents[2] / "bin"
HEAVY = {"asyncio", "kafka", "kazoo", "kcli.client.connection", "kcli.wire.messages", "prompt_toolkit", "ssl"}
of_every_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)


@of_every_tool
def test_help_loads_nothing_heavy(tool: Tool) -> None:
    command = [sys.executable, "-X", "importtime", str(BIN / "run.py"), tool.command.replace("-", "_"), "--help"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "--help" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "kcli.cli.environment" in loaded
    assert not HEAVY & loaded


@of_every_tool
def test_scripts_print_help_without_python(tool: Tool) -> None:
    command = [str(BIN / f"{tool.program}.sh"), "--help"]
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    from_file = subprocess.run(command, env=variables | {"KCLI_PYTHON": "no-python"}, capture_output=True, timeout=60)
    made = subprocess.run(
        command, env=variables | {"KCLI_PYTHON": sys.executable, "COLUMNS": "100"}, capture_output=True
    )
    assert from_file.returncode == made.returncode == 0
    assert from_file.stdout == made.stdout != b""


def test_scripts_fit_help_to_the_columns() -> None:
    variables = os.environ | {"KCLI_PYTHON": sys.executable, "COLUMNS": "70"}
    done = subprocess.run([str(BIN / "kafka-topics.sh"), "--help"], env=variables, capture_output=True, text=True)
    options = done.stdout.partition("Examples")[0]
    assert max(map(len, options.splitlines()[3:])) <= 70
