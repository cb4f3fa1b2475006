"""`python -m benchmarks [--write] [startup|console|throughput|tools|perf-tools ...]`"""

from __future__ import annotations

import compileall
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from benchmarks import console, perf_tools, startup, throughput, tools
from benchmarks.harness import ROOT, Row
from tests.interop import real_kafka


class Part(NamedTuple):
    """What can be measured, and the marked table that `--write` puts it into."""

    rows: Callable[[], Iterator[Row]]
    table: str


PARTS = {
    "startup": Part(startup.rows, "benchmarks"),
    "console": Part(console.rows, "benchmarks"),
    "throughput": Part(throughput.rows, "benchmarks"),
    "tools": Part(tools.rows, "tools"),
    "perf-tools": Part(perf_tools.rows, "perf-tools"),
}
DOCUMENTS = {
    "benchmarks": ROOT / "README.md",
    "tools": ROOT / "docs" / "benchmarks.md",
    "perf-tools": ROOT / "docs" / "benchmarks.md",
}
HEADERS = ("what", "ours", "beside it", "ratio", "aim")


def table(rows: list[Row]) -> str:
    cells = [(r.what, r.ours, r.other, f"{r.ratio:.1f}x" if r.ratio else "", r.aim) for r in rows]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, Linux {platform.machine()}"
    return f"{tabulate(cells, HEADERS, tablefmt='github')}\n\n({machine}; medians of alternating runs)"


def write(document: Path, marker: str, rows: list[Row]) -> None:
    marked = f"<!-- {marker} -->\n{table(rows)}\n<!-- /{marker} -->"
    text = re.sub(f"<!-- {marker} -->.*<!-- /{marker} -->", lambda _: marked, document.read_text(), flags=re.S)
    document.write_text(text)


def main(arguments: list[str]) -> None:
    reason = real_kafka.missing()
    if reason:
        sys.exit(f"benchmarks: {reason}")
    chosen = [name for name in arguments if name != "--write"] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"benchmarks: no part named {', '.join(unknown)}; there are {', '.join(PARTS)}")
    compileall.compile_dir(ROOT / "kcli", quiet=1)  # as pip does when it installs; PYTHONDONTWRITEBYTECODE may be set
    measured: dict[str, list[Row]] = {}
    for name in chosen:
        for row in PARTS[name].rows():
            print(f"{row.what}: {row.ours} | {row.other} | {row.ratio}", file=sys.stderr)
            measured.setdefault(PARTS[name].table, []).append(row)
    for marker, rows in measured.items():
        print(table(rows), end="\n\n")
        if "--write" in arguments:
            write(DOCUMENTS[marker], marker, rows)


main(sys.argv[1:])
