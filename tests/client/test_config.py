"""Kafka's client settings: the tables, and how settings constrain each other."""

from __future__ import annotations

import pytest

from kcli.client.config import ADMIN, CONSUMER, PRODUCER, definition, parse, unknown
from kcli.config.definition import ConfigError


@pytest.mark.parametrize("client", [PRODUCER, CONSUMER, ADMIN])
def test_every_default_is_a_value_that_its_own_setting_allows(client: str) -> None:
    values = parse(client, {})
    for name, key in definition(client).items():
        if values[name] is not None:
            key.parse(key.default_text)


def test_defaults_are_those_of_kafka_4() -> None:
    assert parse(PRODUCER, {})["linger.ms"] == 5
    assert parse(CONSUMER, {})["auto.offset.reset"] == "latest"
    assert parse(ADMIN, {})["default.api.timeout.ms"] == 60_000


def test_names_that_kafka_does_not_know_are_only_told() -> None:
    assert unknown(PRODUCER, {"acks": "1", "acsk": "1"}) == ["acsk"]
    parse(PRODUCER, {"acsk": "1"})


@pytest.mark.parametrize(
    ("client", "settings", "message"),
    [
        (
            PRODUCER,
            {"acks": "maybe"},
            "Invalid value maybe for configuration acks: String must be one of: all, -1, 0, 1",
        ),
        (
            CONSUMER,
            {"auto.offset.reset": "middle"},
            "Invalid value middle for configuration auto.offset.reset: Invalid value `middle` for configuration"
            " auto.offset.reset. The value must be either 'earliest', 'latest', 'none' or of the format"
            " 'by_duration:<PnDTnHnMn.nS.>'.",
        ),
        (
            PRODUCER,
            {"enable.idempotence": "true", "acks": "1"},
            "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.",
        ),
        (
            PRODUCER,
            {"enable.idempotence": "true", "retries": "0"},
            "Must set retries to non-zero when using the idempotent producer.",
        ),
        (
            PRODUCER,
            {"max.in.flight.requests.per.connection": "6"},
            "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5."
            " Current value is 6.",
        ),
        (
            PRODUCER,
            {"transactional.id": "t", "acks": "1"},
            "Cannot set a transactional.id without also enabling idempotence.",
        ),
        (
            PRODUCER,
            {"delivery.timeout.ms": "10"},
            "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms",
        ),
        (
            CONSUMER,
            {"group.protocol": "consumer", "session.timeout.ms": "1"},
            "session.timeout.ms cannot be set when group.protocol=CONSUMER",
        ),
        (
            ADMIN,
            {"security.protocol": "SASL_SSL", "sasl.mechanism": ""},
            "Invalid value null for configuration sasl.mechanism: When the security.protocol configuration enables"
            " SASL, mechanism must be non-null and non-empty string.",
        ),
    ],
)
def test_what_is_not_allowed_is_refused_in_kafkas_words(client: str, settings: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(client, settings)
    assert str(error.value) == message


@pytest.mark.parametrize("settings", [{"acks": "1"}, {"acks": "0"}, {"retries": "0"}, {"enable.idempotence": "false"}])
def test_idempotence_yields_to_other_settings(settings: dict[str, str]) -> None:
    assert parse(PRODUCER, settings)["enable.idempotence"] is False


def test_the_delivery_timeout_grows_with_what_it_has_to_cover() -> None:
    assert parse(PRODUCER, {"request.timeout.ms": "150000"})["delivery.timeout.ms"] == 150_005


@pytest.mark.parametrize(
    "text", ["earliest", "LATEST", "none", "by_duration:P1D", "by_duration:PT1.5S", "by_duration:P1DT2H"]
)
def test_where_to_begin_may_be_a_duration(text: str) -> None:
    parse(CONSUMER, {"auto.offset.reset": text})


@pytest.mark.parametrize(
    "text", ["by_duration:", "by_duration:P", "by_duration:PT", "by_duration:1D", "by_duration:P1H"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(CONSUMER, {"auto.offset.reset": text})
