"""Points in time and durations, as Java's classes read them."""

from __future__ import annotations

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.iso_time import parse_datetime, parse_duration

NOON = 1_719_835_200_000  # 2024-07-01T12:00:00Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-07-01T12:00:00.000", NOON),
        ("2024-07-01T12:00:00.000Z", NOON),
        ("2024-07-01T14:00:00.000+02:00", NOON),
        ("2024-07-01T14:00:00.000+0200", NOON),
        ("2024-07-01T14:00:00.000+02", NOON),
        ("2024-07-01T08:30:00.250-03:30", NOON + 250),
        ("2024-07-01T12:00:00.5", NOON + 5),  # a count of milliseconds, not a fraction
        ("1970-01-01T00:00:00.000", 0),
        ("1969-12-31T23:59:59.999", -1),
    ],
)
def test_datetime(text: str, expected: int) -> None:
    assert parse_datetime(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-01T12:00:00",
        "2024-13-01T12:00:00.000",
        "2024-07-01T25:00:00.000",
        "2024-07-01Tnoon",
        "2024-07-01T12:00:00.1000",
    ],
)
def test_not_a_datetime(text: str) -> None:
    with pytest.raises(CommandError, match=r"^java\.text\.ParseException: Unparseable date: "):
        parse_datetime(text)


def test_a_date_alone() -> None:
    with pytest.raises(CommandError, match="does not contain a 'T'"):
        parse_datetime("2024-07-01")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT0S", 0),
        ("P1D", 86_400_000),
        ("P1DT2H", 93_600_000),
        ("pt1h30m", 5_400_000),
        ("PT1.5S", 1500),
        ("PT-1.5S", -1500),
        ("-PT1M", -60_000),
        ("PT-1M30S", -30_000),
        ("PT0.0009S", 0),
    ],
)
def test_duration(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1h", "PT1", "P1H", "P1Y", "PT1.5H", "PT.5S"])
def test_not_a_duration(text: str) -> None:
    with pytest.raises(CommandError, match=r"^Text cannot be parsed to a Duration$"):
        parse_duration(text)
