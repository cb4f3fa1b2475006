"""Times as people write them."""

from __future__ import annotations

import time

import pytest

from kcli.cli.moment import parse_moment

NOW = 1_714_564_800_123


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("-1h", NOW - 3_600_000),
        ("-30m", NOW - 1_800_000),
        ("-1d12h", NOW - 36 * 3_600_000),
        ("-250ms", NOW - 250),
        ("0", 0),
        ("1714564800000", 1_714_564_800_000),
        ("2024-05-01T12:00:00Z", 1_714_564_800_000),
        ("2024-05-01T12:00Z", 1_714_564_800_000),
        ("2024-05-01 14:00:00.5+02:00", 1_714_564_800_500),
        ("2024-05-01T07:30:00-0430", 1_714_564_800_000),
    ],
)
def test_a_time_is_understood(text: str, expected: int) -> None:
    assert parse_moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "soon", "-", "-1", "1h", "2024-13-01", "2024-02-30", "12:00", "9" * 30, "-1y"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(text, NOW)


def test_without_a_zone_it_is_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert parse_moment("2024-05-01T14:00:00") == 1_714_564_800_000
        assert parse_moment("2024-05-01") == parse_moment("today", NOW) == 1_714_514_400_000
        assert parse_moment("yesterday", NOW) == 1_714_514_400_000 - 86_400_000
    finally:
        monkeypatch.undo()
        time.tzset()
