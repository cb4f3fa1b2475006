"""The parser against joptsimple 5.0.4 itself: `golden/joptsimple.jsonl` holds what Java made of each command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kcli.cli.errors import UsageError
from kcli.cli.joptsimple import Parsed, parse
from kcli.cli.options import INT, LONG, Option, OptionTable

GOLDEN = Path(__file__).parent / "golden" / "joptsimple.jsonl"
TABLE = OptionTable(
    "tool",
    "A tool.",
    (
        Option("topic", "", "NAME"),
        Option("num", "", "N", INT),
        Option("long", "", "N", LONG, default=5),
        Option("opt", "", "X", optional="nothing"),
        Option("optint", "", "N", INT, optional="0"),
        Option("flag", ""),
    ),
)


def describe(option: Option, parsed: Parsed) -> str:
    """An option as the Java program that made the golden file prints it."""
    text = f"{option}{'+' if parsed.has(option.name) else '-'}"
    try:
        values = parsed.values(option.name)
        shown = values or ([] if option.default is None else [option.default])
        text += f"[{', '.join(map(str, shown))}]"
        if parsed.has(option.name):
            value = parsed.value(option.name)
            text += f"={value if values else 'null'}"
    except UsageError as error:
        text += f"!{error}"
    return text


def outcome(arguments: list[str]) -> str:
    try:
        parsed = parse(TABLE, arguments)
    except UsageError as error:
        return f"ERR {str(error).splitlines()[0]}"
    return " ".join(describe(option, parsed) for option in TABLE.options)


@pytest.mark.parametrize("line", GOLDEN.read_text().splitlines())
def test_every_command_line_means_what_it_means_to_joptsimple(line: str) -> None:
    arguments, expected = json.loads(line)
    assert outcome(arguments) == expected


def test_an_unknown_option_that_is_nearly_a_known_one_is_suggested() -> None:
    with pytest.raises(UsageError, match=r"^topics is not a recognized option\nDid you mean --topic\?$"):
        parse(TABLE, ["--topics", "a"])


def test_values_come_in_order() -> None:
    assert parse(TABLE, ["--num", "3", "--flag", "--num=1"]).values("num") == [3, 1]


DEPRECATING = OptionTable(
    "tool",
    "A tool.",
    (
        Option("new", "", "X", repeated=True),
        Option("old", "", "X", repeated=True, deprecated="--old is deprecated", replaced_by="new"),
        Option("gone", "", deprecated="--gone does nothing"),
    ),
)


def test_an_old_name_gives_its_values_to_the_new_one_and_a_warning() -> None:
    parsed = parse(DEPRECATING, ["--old", "a", "--old", "b", "--gone"])
    assert parsed.values("new") == ["a", "b"]
    assert not parsed.has("old")
    assert parsed.warnings == ["--old is deprecated", "--gone does nothing"]


def test_an_old_name_beside_the_new_one_is_an_error() -> None:
    with pytest.raises(UsageError, match="can't be used with"):
        parse(DEPRECATING, ["--old", "a", "--new", "b"])


def test_requirements_and_clashes_are_in_kafkas_words() -> None:
    parsed = parse(TABLE, ["--flag", "--num", "1"])
    with pytest.raises(UsageError) as missing:
        parsed.require("flag", "topic")
    assert str(missing.value) == 'Missing required argument "[topic]"'
    with pytest.raises(UsageError) as clash:
        parsed.forbid("flag", "topic", "num")
    assert str(clash.value) == 'Option "[flag]" can\'t be used with option "[num]"'
    parsed.forbid("topic", "flag")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], []),
        (["--list", "a,b"], ["a", "b"]),
        (["--list", "a,,b,", "--list", "c"], ["a", "b", "c"]),
        (["--list", ""], [""]),
        (["--list", ","], [","]),
    ],
)
def test_arguments_that_are_lists(arguments: list[str], words: list[str]) -> None:
    table = OptionTable("tool", "", (Option("list", "", "A,B", repeated=True),))
    assert parse(table, arguments).separated("list") == words


def test_the_order_in_which_options_came() -> None:
    table = OptionTable("tool", "", (Option("name", "", "NAME", repeated=True), Option("flag", "")))
    assert parse(table, ["--name", "a", "--flag", "-name=b"]).order == ["name", "flag", "name"]
