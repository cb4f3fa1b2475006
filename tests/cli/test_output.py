"""--output: the forms, and that nobody changes what they contain by accident."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from kcli.cli.errors import CommandError
from kcli.cli.listing import TYPES, Listing
from kcli.cli.output import CSV, FORMS, JSON, OUTPUT, TABLE, YAML, formatted, show
from kcli.tools.listings_all import every_listing
from tests.cli.support import Recorded

EXAMPLE = Listing("t", "", "text string ?\n number number ?\n list integers ?\n object object ?\n nothing string? ?")
FROZEN = Path(__file__).parent / "golden" / "output.json"
NAMES = ["text", "number", "list", "object", "nothing"]
ROWS = [
    {"text": 'a, "b"\nc', "number": 0.5, "list": [1, 2], "object": {"é": None}, "nothing": None},
    {"text": "null", "number": -(1 << 63), "list": [], "object": {}, "nothing": None},
]


def test_json_and_yaml_are_the_rows() -> None:
    assert json.loads(formatted(ROWS, NAMES, JSON)) == ROWS
    assert "\n" not in formatted(ROWS, NAMES, JSON)
    assert json.loads(formatted(ROWS, NAMES, JSON, pretty=True)) == ROWS
    assert yaml.safe_load(formatted(ROWS, NAMES, YAML)) == ROWS


def test_yaml_repeats_what_is_equal() -> None:
    same = [1]
    assert "&" not in formatted([{"a": same, "b": same}], ["a", "b"], YAML)


def test_csv_has_cells_of_json() -> None:
    head, *rows = csv.reader(io.StringIO(formatted(ROWS, NAMES, CSV)))
    assert head == NAMES
    assert rows == [
        ['a, "b"\nc', "0.5", "[1, 2]", '{"é": null}', ""],
        ["null", str(-(1 << 63)), "[]", "{}", ""],
    ]


@pytest.mark.parametrize("form", [CSV, TABLE])
def test_names_of_columns_without_rows(form: str) -> None:
    assert formatted([], NAMES, form).splitlines()[0].replace(",", " ").split() == NAMES


def test_nothing_is_a_dash_in_a_table() -> None:
    assert formatted(ROWS[1:], NAMES, TABLE).splitlines()[-1].split() == ["null", str(-(1 << 63)), "[]", "{}", "-"]


@pytest.mark.parametrize(("form", "text"), [(JSON, "[]"), (YAML, "[]")])
def test_no_rows(form: str, text: str) -> None:
    assert formatted([], NAMES, form) == text


def test_without_pyyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(CommandError, match="^--output yaml needs the Python package PyYAML: "):
        OUTPUT.type("yaml")


def test_rows_have_the_columns_of_their_listing() -> None:
    listing = Listing("t", "", "a string A.\n b integer? B.")
    environment = Recorded()
    show([{"b": 1, "a": "x"}], listing, JSON, environment)
    assert environment.out == '[{"a": "x", "b": 1}]\n'
    for wrong in ({"a": "x"}, {"a": "x", "b": 1, "c": 2}):
        with pytest.raises(AssertionError):
            show([wrong], listing, JSON, environment)


class Screen(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("form", FORMS[1:])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], []], ids=len)
@pytest.mark.parametrize("pretty", [False, True])
def test_rows_one_by_one_are_the_same_document(form: str, rows: list[dict[str, object]], pretty: bool) -> None:
    environment = Recorded()
    if pretty:
        environment.stdout = Screen()
    show(rows, EXAMPLE, form, environment)
    assert environment.stdout.getvalue().decode() == formatted(rows, NAMES, form, pretty=pretty) + "\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_document_is_whole_where_an_error_ends_it(form: str) -> None:
    def broken(count: int) -> Iterator[dict[str, object]]:
        yield from ROWS[:count]
        raise CommandError("no more")

    for count in (0, 1):
        environment = Recorded()
        with pytest.raises(CommandError):
            show(broken(count), EXAMPLE, form, environment)
        assert environment.out == (formatted(ROWS[:1], NAMES, form) + "\n" if count else "")


def test_the_schema_is_frozen() -> None:
    """Programs rely on names and types: a column may come, at the end, but none may change or go."""
    frozen = json.loads(FROZEN.read_text())
    now = {
        listing.title: {column.name: column.type + "?" * column.nullable for column in listing.columns}
        for listing in every_listing()
    }
    assert now == frozen
    for listing in every_listing():
        assert listing.names == list(frozen[listing.title])
        assert all(column.type in TYPES and column.meaning.endswith(".") for column in listing.columns)
