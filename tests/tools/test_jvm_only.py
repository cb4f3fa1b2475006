"""Scripts that stay with the JVM say so in one line, whatever they are given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kcli.tools.jvm_only import SCRIPTS

BIN = Path(__file__).resolve().parent.parent.parent / "bin"


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_says_so_and_fails(name: str) -> None:
    done = subprocess.run(
        [str(BIN / f"{name}.sh"), "config/some.properties", "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KCLI_PYTHON": sys.executable},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{name} stays with the JVM (")
    assert ": use " in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_installed_script_knows_its_name(tmp_path: Path) -> None:
    script = tmp_path / "trogdor"
    script.write_text(f"#!{sys.executable}\nfrom kcli.tools.jvm_only import main\nmain()\n")
    script.chmod(0o755)
    done = subprocess.run(
        [str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(BIN.parent)},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("trogdor stays with the JVM")
