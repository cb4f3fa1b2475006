from __future__ import annotations

from kcli.config.broker import BrokerConfig
from kcli.group.settings import GroupSettings


def test_without_a_file_they_are_kafkas_defaults() -> None:
    assert GroupSettings.of(BrokerConfig()) == GroupSettings()


def test_they_come_from_server_properties() -> None:
    config = BrokerConfig({"group.max.size": "7", "offsets.retention.minutes": "3"})
    settings = GroupSettings.of(config)
    assert (settings.group_max_size, settings.offsets_retention_ms) == (7, 180_000)


def test_beside_brokers_of_3_9_offsets_are_written_as_they_write_them() -> None:
    assert GroupSettings.of(BrokerConfig(dialect="3.9")).offset_value_version == 3
