"""Pytest fixtures; ``pytest_plugins = ["kcli.testing.plugin"]`` in a conftest.py makes them known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kcli.testing.broker import EphemeralBroker


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[EphemeralBroker]:
    """A broker that all tests of the session share."""
    with EphemeralBroker() as broker:
        yield broker


@pytest.fixture(scope="session")
def kafka_bootstrap_servers(kafka_broker: EphemeralBroker) -> str:
    """Its address."""
    return kafka_broker.bootstrap_servers
