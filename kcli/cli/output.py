"""`--output`: besides Kafka's own text, the same facts as JSON, YAML, CSV or a table.

What the rows are is said by a `Listing`. JSON and YAML are one document, a list of rows, each printed as it comes. In
CSV and in tables what is nested is a cell of JSON; nothing is an empty cell in CSV, and a dash in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.options import OURS_SUFFIX, Option

if TYPE_CHECKING:
    from kcli.cli.listing import Listing

OURS = f"Output {OURS_SUFFIX}"
TEXT, JSON, YAML, CSV, TABLE = FORMS = ("text", "json", "yaml", "csv", "table")


def _form(text: str) -> str:
    if text not in FORMS:
        raise ValueError(text)
    if text == YAML:  # said before anything is done
        _yaml()
    return text


OUTPUT = Option(
    "output",
    "How to print results: text (as Kafka does), json, yaml, csv or table.",
    "FORM",
    type=_form,
    group=OURS,
    default=TEXT,
    complete=FORMS,
)


def remarks(form: str, environment: Environment) -> Callable[[str], None]:
    """How to say what is no data: on stdout beside Kafka's own text, on stderr beside what programs read."""
    return environment.print if form == TEXT else environment.warn


def show(rows: Iterable[Mapping[str, Any]], listing: Listing, form: str, environment: Environment) -> None:
    """Rows in a form other than text."""
    with Rows(listing, form, environment) as shown:
        for row in rows:
            shown.put(row)


class Rows:
    """Rows, each printed as it comes: as the text that comes with it, or in another form; a table at the end.

    What was printed is a whole document, even where an error or Ctrl-C ends it; an error before the first row leaves
    nothing.
    """

    def __init__(self, listing: Listing, form: str, environment: Environment, *, live: bool = False) -> None:
        self._listing = listing
        self._names = listing.names
        self._form = form
        self._environment = environment
        self._live = live  # whether somebody waits for each row
        self._pretty = environment.stdout.isatty()
        self._kept: list[Mapping[str, Any]] = []
        self._started = False

    def put(self, row: Mapping[str, Any], text: str = "") -> None:
        """Print a row, or its text."""
        if self._form == TEXT:
            self.say(text)
            return
        (row,) = self._listing.ordered([row])
        if self._form == TABLE:
            self._kept.append(row)
            return
        first, self._started = not self._started, True  # before it is written: Ctrl-C may come as soon as it is read
        if self._form == JSON:
            text = to_json(row, pretty=self._pretty)
            if self._pretty:
                text = "\n" + text
            separator = "[" if first else "," if self._pretty else ", "
            self._write(separator + text.replace("\n", "\n  "))
        elif self._form == YAML:
            self._write(to_yaml([row]) + "\n")
        else:
            self._write(to_csv([row], self._names, header=first) + "\n")
        if self._live:
            self._environment.stdout.flush()

    def note(self, row: Mapping[str, Any]) -> None:
        """Print a row that is no line of text."""
        if self._form != TEXT:
            self.put(row)

    def say(self, text: str) -> None:
        """A remark: on stdout as Kafka has it, unless a program reads that."""
        if self._form != TEXT:
            self._environment.warn(text)
            return
        self._environment.print(text)
        if self._live:
            self._environment.stdout.flush()

    def end(self) -> None:
        """Print what is left of the document."""
        if self._form == TEXT:
            return
        if self._started:
            self._write("" if self._form != JSON else "\n]\n" if self._pretty else "]\n")
        else:
            self._write(formatted(self._kept, self._names, self._form) + "\n")

    def _write(self, text: str) -> None:
        self._environment.stdout.write(text.encode("utf-8", "surrogateescape"))

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or self._started or self._kept:
            self.end()


def formatted(rows: Sequence[Mapping[str, Any]], names: Sequence[str], form: str, *, pretty: bool = False) -> str:
    """The text of rows. JSON is on one line for a program, and `pretty` for a reader."""
    if form == JSON:
        return to_json(rows, pretty=pretty)
    if form == YAML:
        return to_yaml(rows)
    if form == CSV:
        return to_csv(rows, names)
    return to_table(rows, names)


def to_json(value: Any, *, pretty: bool = False) -> str:
    """One JSON document."""
    import json

    return json.dumps(value, indent=2 if pretty else None, ensure_ascii=False)


def to_yaml(value: Any) -> str:
    """One YAML document."""
    yaml = _yaml()
    dumper = type("Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True})  # equal lists are no anchors
    text: str = yaml.dump(value, None, dumper, sort_keys=False, allow_unicode=True, width=1 << 20)
    return text.rstrip("\n")


def to_csv(rows: Iterable[Mapping[str, Any]], names: Sequence[str], *, header: bool = True) -> str:
    """Lines of CSV, the first of which are the columns' names, rows or not."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)
    return text.getvalue().rstrip("\n")


def to_table(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Columns under their names."""
    from tabulate import tabulate

    cells = [["-" if row[name] is None else cell(row[name]) for name in names] for row in rows]
    return tabulate(cells, headers=list(names), tablefmt="simple", disable_numparse=True)


def cell(value: Any) -> str:
    """What CSV and tables have of a value: texts as they are, nothing as nothing, all else as in JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)


def _yaml() -> Any:
    from importlib import import_module

    try:
        return import_module("yaml")
    except ModuleNotFoundError:
        raise CommandError("--output yaml needs the Python package PyYAML: python3 -m pip install PyYAML") from None
