"""What Kafka's consumer settings mean here."""

from __future__ import annotations

import pytest

from kcli.client.config import CONSUMER, parse
from kcli.client.consumer_config import RESETS, OffsetReset, consumer_config, offset_reset, parse_duration_ms
from kcli.config.definition import ConfigError


def test_defaults_are_kafkas() -> None:
    config = consumer_config(parse(CONSUMER, {}))
    assert config.group is None
    assert [assignor.name for assignor in config.assignors] == ["range", "cooperative-sticky"]
    assert config.offset_reset == RESETS["latest"]
    assert (config.fetch_max_bytes, config.partition_max_bytes, config.fetch_max_wait) == (52428800, 1048576, 0.5)


def test_a_group_member() -> None:
    config = consumer_config(parse(CONSUMER, {"group.id": "g", "group.instance.id": "i", "session.timeout.ms": "9000"}))
    assert config.group is not None
    assert (config.group.group_id, config.group.instance_id, config.group.session_timeout) == ("g", "i", 9.0)


def test_an_assignor_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match=r"no\.Such is not one of"):
        consumer_config(parse(CONSUMER, {"partition.assignment.strategy": "no.Such"}))


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("PT1S", 1000),
        ("P2DT3H4M5.678S", ((2 * 24 + 3) * 60 + 4) * 60_000 + 5678),
        ("pt0.5s", 500),
        ("PT-1.5S", -1500),
        ("-PT1M", -60_000),
        ("P1D", 86_400_000),
        ("PT1.9999S", 1999),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("1S", None),
        ("PT1S ", None),
    ],
)
def test_durations(text: str, milliseconds: int | None) -> None:
    assert parse_duration_ms(text) == milliseconds


def test_resets() -> None:
    assert offset_reset("Earliest") == RESETS["earliest"]
    assert offset_reset("by_duration:PT1M").at(100_000) == 40_000
    assert OffsetReset(timestamp=-2).at(5) == -2
    assert RESETS["none"].at(5) is None
