"""Java's hashes of texts, and the order of its Properties, which were printed by a JVM."""

from __future__ import annotations

import pytest

from kcli.config.java_hash import in_properties_order, java_hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("a", 97), ("hello", 99162322), ("console-consumer-62821", 163077850), ("😀", 1772899)],
)
def test_the_hash_is_javas(text: str, expected: int) -> None:
    assert java_hash(text) == expected


def test_the_smallest_int() -> None:
    assert java_hash("polygenelubricants") == -(2**31)


@pytest.mark.parametrize(
    ("names", "printed"),
    [
        (["SCRAM-SHA-256", "SCRAM-SHA-512"], ["SCRAM-SHA-512", "SCRAM-SHA-256"]),
        (["a.b", "c", "Aa", "BB"], ["Aa", "BB", "c", "a.b"]),
        (
            [f"log.setting.{number}" for number in range(14)],
            [f"log.setting.{number}" for number in (8, 9, 0, 1, 2, 10, 3, 4, 5, 6, 7, 12, 11, 13)],
        ),
    ],
)
def test_the_order_of_properties(names: list[str], printed: list[str]) -> None:
    assert in_properties_order(names) == printed
