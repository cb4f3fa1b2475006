"""Patterns against java.util.regex itself: `golden/java_regex.jsonl` holds which names Java matched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.cli.errors import CommandError
from kcli.cli.java_regex import RegexError, compile_java
from kcli.cli.topic_filter import topic_filter

GOLDEN = (Path(__file__).parent / "golden" / "java_regex.jsonl").read_text().splitlines()
NAMES: list[str] = json.loads(GOLDEN[0])


@pytest.mark.parametrize("line", GOLDEN[1:])
def test_a_pattern_matches_the_names_that_java_matches(line: str) -> None:
    pattern, expected = json.loads(line)
    if expected is None:
        with pytest.raises(RegexError):
            compile_java(pattern)
    else:
        assert [name for name in NAMES if compile_java(pattern).fullmatch(name)] == expected


@given(st.text(alphabet="ab.*+?|()[]{}^$\\&-,<>=!:QEdpix012 ", max_size=12))
def test_whatever_is_no_pattern_is_a_regex_error_and_nothing_else(pattern: str) -> None:
    try:
        compile_java(pattern).fullmatch("a.b")
    except RegexError:
        pass


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [("a,b", "ab"), (" a , b ", "ab"), ("\"a|b'", "ab"), ("", ""), ("[a-b]", "ab"), ("c", "c")],
)
def test_commas_are_alternatives_and_quotes_and_blanks_do_not_count(pattern: str, matching: str) -> None:
    wanted = topic_filter(pattern)
    assert [name for name in "abc" if wanted(name)] == list(matching)


def test_internal_topics_are_left_out_on_demand() -> None:
    assert topic_filter("__.*")("__consumer_offsets")
    assert not topic_filter("__.*", exclude_internal=True)("__consumer_offsets")
    assert topic_filter("__.*", exclude_internal=True)("__mine")


def test_a_broken_pattern_is_reported_as_kafka_reports_it() -> None:
    with pytest.raises(CommandError, match=r"^tl-\[ is an invalid regex\.$"):
        topic_filter("tl-[")
