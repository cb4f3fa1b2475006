"""Help must not load what only a tool at work needs: that is most of the time that a start takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kcli.cli.registry import TOOLS

HEAVY = {"asyncio", "kafka", "kazoo", "kcli.client.connection", "kcli.wire.messages", "prompt_toolkit", "ssl"}


@pytest.mark.parametrize("program", [tool.program for tool in TOOLS])
def test_help_loads_nothing_heavy(program: str) -> None:
    module = next(tool for tool in TOOLS if tool.program == program).command.replace("-", "_")
    command = [sys.executable, "-X", "importtime", "-m", f"kcli.tools.{module}", "--help"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "kcli.cli.environment" in loaded
    assert not HEAVY & loaded
