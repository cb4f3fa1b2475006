"""The table that several of Kafka's tools print: padded columns, each followed by a tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kcli.cli.environment import Environment


def print_rows(heads: Sequence[str], rows: Iterable[Sequence[object]], environment: Environment) -> None:
    """The heading, then the rows."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        environment.print("".join(f"{cell.ljust(width)}\t" for cell, width in zip(line, widths, strict=True)))
