"""Releases and features as Kafka 4.3.0's own tools map them."""

from __future__ import annotations

import pytest

from kcli.config.features import FEATURES, UnknownRelease, find, level_of, name_of


@pytest.mark.parametrize(
    ("release", "level"),
    [
        ("3.3-IV3", 7),
        ("3.3", 7),
        ("3.5", 11),
        ("3.5.2", 11),
        ("3.9.1-IV0", 21),
        ("3.9.x", 21),
        ("4.0", 25),
        ("4.0-IV1", 23),
        ("4.3.0", 30),
        ("4.4-IV0", 31),
    ],
)
def test_the_level_of_a_release(release: str, level: int) -> None:
    assert level_of(release) == level


@pytest.mark.parametrize("release", ["3.0", "4", "4.3.", "4.3-IV1", "4.4", "9.9", "x", ""])
def test_what_is_no_release(release: str) -> None:
    with pytest.raises(
        UnknownRelease, match=r"^Unknown metadata.version '.*'. Supported .* are: 3.3-IV3, .*, 4.4-IV0$"
    ):
        level_of(release)


def test_what_is_under_development_is_not_stable() -> None:
    with pytest.raises(UnknownRelease, match=r"4.3-IV0$"):
        level_of("4.4-IV0", stable=True)


@pytest.mark.parametrize(
    ("release", "levels"),
    [
        ("3.8", (0, 0, 0, 0, 0, 0)),
        ("3.9", (1, 0, 0, 0, 0, 0)),
        ("4.0-IV1", (1, 0, 1, 0, 0, 0)),
        ("4.0", (1, 2, 1, 0, 0, 0)),
        ("4.1-IV0", (1, 2, 1, 1, 0, 0)),
        ("4.2-IV0", (1, 2, 1, 1, 1, 0)),
        ("4.3", (1, 2, 1, 1, 1, 1)),
    ],
)
def test_the_features_of_a_release(release: str, levels: tuple[int, ...]) -> None:
    assert tuple(feature.default(level_of(release)) for feature in FEATURES) == levels


def test_names_and_requirements() -> None:
    assert (name_of(7), name_of(31), name_of(6), name_of(32)) == ("3.3-IV3", "4.4-IV0", None, None)
    replicas = find("eligible.leader.replicas.version")
    assert replicas is not None
    assert (replicas.required(1), replicas.required(0)) == (23, None)
    assert find("nonesuch") is None
