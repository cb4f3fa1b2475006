"""`--output`: besides Kafka's own text, the same facts as JSON or as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kcli.cli.environment import Environment
from kcli.cli.options import Option

OURS = "Output (not in Kafka's tools)"  # a group of options that Kafka's usage lines do not have
TEXT, JSON, TABLE = "text", "json", "table"


def _form(text: str) -> str:
    if text not in (TEXT, JSON, TABLE):
        raise ValueError(text)
    return text


OUTPUT = Option(
    "output",
    "How to print results: text (as Kafka does), json or table.",
    "FORM",
    type=_form,
    group=OURS,
    default=TEXT,
    complete=(TEXT, JSON, TABLE),
)


def show(rows: Sequence[Mapping[str, Any]], form: str, environment: Environment) -> None:
    """Rows in a form other than text."""
    if form == JSON:
        print_json(rows, environment)
    else:
        print_table(rows, environment)


def print_json(value: Any, environment: Environment) -> None:
    """One JSON document, indented for a reader on a terminal, on one line for a pipe."""
    import json

    environment.print(json.dumps(value, indent=2 if environment.stdout.isatty() else None, ensure_ascii=False))


def print_table(rows: Iterable[Mapping[str, Any]], environment: Environment) -> None:
    """Rows under their names; lists are joined, nothing shows as a dash."""
    from tabulate import tabulate

    listed = [{name: _cell(value) for name, value in row.items()} for row in rows]
    if listed:
        environment.print(tabulate(listed, headers="keys", tablefmt="simple", disable_numparse=True))


def _cell(value: Any) -> str:
    if value is None or value in ([], ""):
        return "-"
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
