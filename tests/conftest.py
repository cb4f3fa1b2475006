"""Fixtures that more than one room's tests need."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.interop import real_kafka

# No test fails for being slow. In CI a change is judged by the same examples each time; elsewhere new ones are tried.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# A background job of a shell ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Interop tests skip, with the reason, where real Kafka cannot run."""
    reason = real_kafka.missing()
    if reason is None:
        return
    for item in items:
        if item.get_closest_marker("interop"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def kafka_43(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_kafka.Kafka43]:
    """One real Kafka 4.3.0 for the whole run."""
    folder: Path = tmp_path_factory.mktemp("kafka-4.3")
    broker = real_kafka.Kafka43(folder)
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def kafka_39(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_kafka.Kafka39]:
    """One real Kafka 3.9.1, with its ZooKeeper, for the whole run."""
    folder: Path = tmp_path_factory.mktemp("kafka-3.9")
    broker = real_kafka.Kafka39(folder)
    yield broker
    broker.stop()
