"""What is said in more than one place agrees: scripts, entry points, the tools' registry, generated files, prose."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kcli.cli.registry import TOOLS
from kcli.tools.jvm_only import SCRIPTS

ROOT = Path(__file__).resolve().parent.parent


def entry_points() -> dict[str, str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options.entry_points"]["console_scripts"].strip().splitlines()
    return dict(line.split(" = ") for line in lines)


def test_generated_files_are_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_tool_is_a_command() -> None:
    wanted = {tool.program: f"{tool.module.__name__}:main" for tool in TOOLS}
    wanted |= dict.fromkeys(SCRIPTS, "kcli.tools.jvm_only:main")
    assert entry_points() == {"kcli": "kcli.cli.umbrella:main", **wanted}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.program)
def test_every_tool_has_a_script(tool: object) -> None:
    script = ROOT / "bin" / f"{getattr(tool, 'program')}.sh"  # noqa: B009
    assert os.access(script, os.X_OK)


def test_links_between_documents_lead_somewhere() -> None:
    import re

    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_versions_agree() -> None:
    import kcli

    assert f"## {kcli.__version__}" in (ROOT / "CHANGELOG.md").read_text()
