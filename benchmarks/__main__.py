"""`python -m benchmarks [--write] [startup|console|throughput ...]`"""

from __future__ import annotations

import os
import platform
import re
import sys

from tabulate import tabulate

from benchmarks import console, startup, throughput
from benchmarks.harness import ROOT, Row
from tests.interop import real_kafka

PARTS = {"startup": startup.rows, "console": console.rows, "throughput": throughput.rows}
HEADERS = ("what", "ours", "beside it", "ratio", "aim")


def table(rows: list[Row]) -> str:
    cells = [(r.what, r.ours, r.other, f"{r.ratio:.1f}x" if r.ratio else "", r.aim) for r in rows]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, Linux {platform.machine()}"
    return f"{tabulate(cells, HEADERS, tablefmt='github')}\n\n({machine}; medians of alternating runs)"


def main(arguments: list[str]) -> None:
    reason = real_kafka.missing()
    if reason:
        sys.exit(f"benchmarks: {reason}")
    chosen = [name for name in arguments if name != "--write"] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"benchmarks: no part named {', '.join(unknown)}; there are {', '.join(PARTS)}")
    rows: list[Row] = []
    for name in chosen:
        for row in PARTS[name]():
            print(f"{row.what}: {row.ours} | {row.other} | {row.ratio}", file=sys.stderr)
            rows.append(row)
    print(table(rows))
    if "--write" in arguments:
        readme = ROOT / "README.md"
        marked = f"<!-- benchmarks -->\n{table(rows)}\n<!-- /benchmarks -->"
        text = re.sub(r"<!-- benchmarks -->.*<!-- /benchmarks -->", lambda _: marked, readme.read_text(), flags=re.S)
        readme.write_text(text)


main(sys.argv[1:])
