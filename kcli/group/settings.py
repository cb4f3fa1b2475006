"""What server.properties says about groups, with Kafka's defaults."""

from __future__ import annotations

from dataclasses import dataclass

from kcli.config.broker import BrokerConfig

# How long a new member may wait for its first JoinGroup answer; its session only counts from there on. Not a setting.
NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000


@dataclass(frozen=True)
class GroupSettings:
    """See each property's documentation in Kafka; `group_max_size` and so on are their names."""

    group_min_session_timeout_ms: int = 6_000
    group_max_session_timeout_ms: int = 1_800_000
    group_initial_rebalance_delay_ms: int = 3_000
    group_max_size: int = 2**31 - 1
    offset_metadata_max_bytes: int = 4_096
    offsets_retention_minutes: int = 7 * 24 * 60
    offsets_retention_check_interval_ms: int = 600_000
    offsets_topic_num_partitions: int = 50
    message_max_bytes: int = 1_048_588
    group_consumer_migration_policy: str = "bidirectional"
    offset_value_version: int = 4
    """of the records of committed offsets: 3 where brokers of 3.9 share the topic, else 4 (with topic ids)"""

    @classmethod
    def of(cls, config: BrokerConfig) -> GroupSettings:
        """From a broker's properties, by their Kafka names."""
        names = (name for name in cls.__dataclass_fields__ if name != "offset_value_version")
        values = {name: config[name.replace("_", ".")] for name in names}
        return cls(**values, offset_value_version=3 if config.dialect == "3.9" else 4)

    @property
    def may_upgrade(self) -> bool:
        """Whether a classic group with members may become a consumer group."""
        return self.group_consumer_migration_policy.lower() in ("upgrade", "bidirectional")

    @property
    def may_downgrade(self) -> bool:
        """Whether a consumer group may become a classic group when only classic members are left."""
        return self.group_consumer_migration_policy.lower() in ("downgrade", "bidirectional")

    @property
    def offsets_retention_ms(self) -> int:
        return self.offsets_retention_minutes * 60_000
