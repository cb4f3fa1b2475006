"""The README's examples of a broker for tests, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples(language, word):
    found = [
        code for kind, code in BLOCK.findall((ROOT / "README.md").read_text()) if kind == language and word in code
    ]
    assert found, f"no {language} example with {word}"
    return found


@pytest.fixture
def where(tmp_path, monkeypatch):
    """A folder to work in, and the tools by their installed names on the PATH, before they are installed."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for script in (ROOT / "bin").glob("kafka-*.sh"):
        (tools / script.stem).symlink_to(script)
    python = tools / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("KCLI_RUN_DIR", str(tmp_path / "run"))
    return tmp_path


def run(command, where):
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", examples("sh", "--ephemeral"))
def test_shell_example(code, where):
    assert "Created topic t." in run(["bash", "-e", "-c", code], where)
    assert (where / "address").read_text().startswith("localhost:")


@pytest.mark.parametrize("code", examples("python", "EphemeralBroker"))
def test_python_example(code, where):
    assert re.fullmatch(r"localhost:\d+\n", run([sys.executable, "-c", code], where))
