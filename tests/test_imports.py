"""The rooms' import rules of docs/architecture.md, checked by walking the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "kcli"

# What each room may import of the others, besides itself.
BASE = {"clock"}
LOW = BASE | {"records", "wire", "config"}
ALLOWED: dict[str, set[str]] = {
    "clock": set(),
    "records": BASE,
    "wire": BASE | {"records"},
    "config": BASE | {"records", "wire"},
    "storage": LOW,
    "metadata": LOW | {"storage"},
    "replica": LOW | {"storage", "metadata"},
    "group": LOW | {"metadata", "replica"},
    "security": LOW,
    "api": LOW | {"storage", "metadata", "replica", "group", "security"},
    "net": BASE | {"wire", "security"},
    "broker": LOW | {"storage", "metadata", "replica", "group", "security", "api", "net"},
    "client": LOW,
    "copying": LOW | {"client"},
    "cli": LOW | {"client"},
    "tools": LOW | {"cli", "client"},
    "commands": LOW | {"cli", "client", "copying", "tools"},
    "testing": LOW | {"broker", "client"},
}
# Offline tools and the server's start reach the broker's side.
EXCEPTIONS = {
    "tools/server_start.py",
    "tools/server_stop.py",
    "tools/validate_regex.py",
    "tools/dump_log_entries.py",
    "tools/dump_log_indexes.py",
    "tools/storage.py",
    "tools/storage_format.py",
    "tools/metadata_quorum_joiner.py",
    "tools/metadata_shell_tree.py",
}
WITHOUT_ASYNCIO = {"records", "wire", "storage", "client", "cli", "config"}


def modules() -> Iterator[Path]:
    yield from sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "kcli")


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    here = room(path)
    if here in ("__init__", "__main__") or str(path.relative_to(ROOT)) in EXCEPTIONS:
        return
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "kcli" and len(parts) > 1 and parts[1] not in ("__version__", "KAFKA_VERSION"):
            assert parts[1] == here or parts[1] in ALLOWED[here], f"{path.relative_to(ROOT)} imports {name}"
        if parts[0] == "asyncio":
            assert here not in WITHOUT_ASYNCIO, f"{path.relative_to(ROOT)} imports asyncio"


def test_kazoo_is_imported_in_two_modules_the_brokers_and_the_tools() -> None:
    holders = [
        str(path.relative_to(ROOT)) for path in modules() if any(n.split(".")[0] == "kazoo" for n in imported(path))
    ]
    assert holders == ["client/zookeeper.py", "metadata/zk/session.py"]


def test_the_operating_systems_files_are_touched_in_one_module_of_storage() -> None:
    for path in (ROOT / "storage").glob("*.py"):
        if path.name == "fs.py":
            continue
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "open" not in calls, path.name


def test_every_module_says_what_it_is() -> None:
    silent = [str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []
