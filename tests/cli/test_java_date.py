"""SimpleDateFormat's patterns; the expectations are Java's."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kcli.cli.java_date import compile_date_format

MOMENT = 1_700_000_000.0625  # Tuesday 2023-11-14 22:13:20.062 UTC


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd HH:mm:ss:SSS", "2023-11-14 22:13:20:062"),
        ("yy M d h:m a", "23 11 14 10:13 PM"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2023-11-14T22:13:20Z"),
        ("hh 'o''clock' Z", "10 o'clock +0000"),
        ("E MMM D", "Tue Nov 318"),
        ("''yyyy", "'2023"),
    ],
)
def test_patterns(pattern: str, text: str) -> None:
    assert compile_date_format(pattern)(MOMENT) == text


@pytest.mark.parametrize(("pattern", "message"), [("yyyy 'x", "Unterminated quote"), ("b", "Illegal pattern")])
def test_what_is_no_pattern(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile_date_format(pattern)
