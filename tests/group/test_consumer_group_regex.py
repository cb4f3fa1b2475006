"""Expressions as RE2/J takes them: what it refuses and in which words, what matches, and that none lasts for ever."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.group.consumer_group_regex import Regex, RegexError

# Pattern and RE2/J's own description.
REFUSED = [
    ("[", "missing closing ]"),
    ("(", "missing closing )"),
    (")", "regexp/syntax: internal error"),
    ("*a", "missing argument to repetition operator"),
    ("a|*", "missing argument to repetition operator"),
    ("(*)", "missing argument to repetition operator"),
    ("a**", "invalid nested repetition operator"),
    ("a+*", "invalid nested repetition operator"),
    ("a++", "invalid nested repetition operator"),
    ("x{2}{3}", "invalid nested repetition operator"),
    ("a{1001}", "invalid repeat count"),
    ("a{2,1}", "invalid repeat count"),
    ("\\", "trailing backslash at end of expression"),
    ("[\\", "trailing backslash at end of expression"),
    ("(?=a)", "invalid or unsupported Perl syntax"),
    ("(?x)a", "invalid or unsupported Perl syntax"),
    ("(?z)", "invalid or unsupported Perl syntax"),
    ("(?", "invalid or unsupported Perl syntax"),
    ("(?<!a)", "invalid named capture"),
    ("(?P<n", "invalid named capture"),
    ("(?P<n>a)(?P<n>b)", "duplicate capture group name"),
    ("[z-a]", "invalid character class range"),
    ("[[:foo:]]", "invalid character class range"),
    (r"\p{Foo}", "invalid character class range"),
    (r"\1", "invalid escape sequence"),
    (r"\8", "invalid escape sequence"),
    (r"\y", "invalid escape sequence"),
    (r"\Z", "invalid escape sequence"),
    (r"\C", "invalid escape sequence"),
    (r"\e", "invalid escape sequence"),
    (r"\cA", "invalid escape sequence"),
    (r"\G", "invalid escape sequence"),
    (r"\R", "invalid escape sequence"),
    (r"[a-\d]", "invalid escape sequence"),
]


@pytest.mark.parametrize(("pattern", "description"), REFUSED)
def test_what_is_refused_is_described_as_by_kafka(pattern: str, description: str) -> None:
    with pytest.raises(RegexError) as caught:
        Regex(pattern)
    assert str(caught.value) == description


MATCHES = [
    ("a.c", "abc", True), ("a.c", "ac", False), ("", "", True), ("a|b|", "", True), ("(ab)+", "abab", True),
    ("a{2,3}", "aaaa", False), ("a{,3}", "a{,3}", True), ("{", "{", True), ("a{3", "a{3", True), ("]", "]", True),
    ("[]a]+", "]a", True), ("[^]a]", "]", False), ("[a&&b]", "&", True), ("[[:alpha:]]+", "aZ", True),
    (r"\Qa.b\E+", "a.bb", True), (r"\Q.", ".", True), (r"\d+", "12", True), (r"\pL+", "ab", True), (r"\PL", "1", True),
    (r"\p{Lu}", "A", True), (r"\p{Greek}", "a", False), (r"\x41\x{42}", "AB", True), (r"\101", "A", True),
    ("(?i)abc", "aBC", True), ("(?i:a)b", "AB", False), ("a(?i)b|c", "C", True), (r"\Aab\z", "ab", True),
    ("^a$", "a", True), ("$*", "", True), (r"\bab\b", "ab", True), (r"a\Bb", "ab", True), (r"\_\-", "_-", True),
    ("(?P<n>a)(?<m>b)", "ab", True), ("a+?b*?", "aab", True), ("(|a)*", "aaa", True), ("(a{100}){2}", "a" * 200, True),
    ("[a-c-]+", "a-c", True), ("orders", "orders-eu", False), ("(?s).", "\n", True), (".", "\n", False),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    assert Regex(pattern).matches(text) is expected


NAMES = st.text(alphabet="abc-._1", max_size=8)
ATOMS = st.sampled_from(["a", "b", "c", ".", r"\.", "[ab]", "[^b-c]", r"\d", r"\w", "-", "$", "^"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PATTERNS, NAMES)
def test_what_both_languages_have_matches_as_in_python(pattern: str, name: str) -> None:
    assert Regex(pattern).matches(name) == (re.fullmatch(pattern, name) is not None)


@given(st.text(alphabet=string.printable, max_size=12))
def test_anything_is_either_an_expression_or_refused(pattern: str) -> None:
    try:
        Regex(pattern).matches("some-topic.1")
    except RegexError:
        pass


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "((a?){30}){30}b", "(.*)*(.*)*(.*)*x"])
def test_expressions_that_ruin_backtracking_end(pattern: str) -> None:
    assert Regex(pattern).matches("a" * 248 + "!") is False
