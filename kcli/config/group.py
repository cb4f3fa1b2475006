"""Properties of one group, as kafka-configs sets them with --entity-type groups."""

from __future__ import annotations

from functools import cache

from kcli.config.definition import ConfigDef, read_table

COLUMNS = ("name", "type", "default", "allowed", "importance", "dialect")

TABLE = """\
consumer.assignment.interval.ms | INT | 1000 | [0,...] | M | 4.3
consumer.heartbeat.interval.ms | INT | 5000 | [1,...] | M | 4.3
consumer.session.timeout.ms | INT | 45000 | [1,...] | M | 4.3
share.assignment.interval.ms | INT | 1000 | [0,...] | M | 4.3
share.auto.offset.reset | STRING | latest | offset reset | M | 4.3
share.delivery.count.limit | INT | 5 | [2,...] | M | 4.3
share.heartbeat.interval.ms | INT | 5000 | [1,...] | M | 4.3
share.isolation.level | STRING | read_uncommitted | one of read_committed,read_uncommitted | M | 4.3
share.partition.max.record.locks | INT | 2000 | [100,...] | M | 4.3
share.record.lock.duration.ms | INT | 30000 | [1000,...] | M | 4.3
share.renew.acknowledge.enable | BOOLEAN | true |  | M | 4.3
share.session.timeout.ms | INT | 45000 | [1,...] | M | 4.3
streams.assignment.interval.ms | INT | 1000 | [0,...] | M | 4.3
streams.heartbeat.interval.ms | INT | 5000 | [1,...] | M | 4.3
streams.initial.rebalance.delay.ms | INT | 3000 | [0,...] | M | 4.3
streams.num.standby.replicas | INT | 0 | [0,...] | M | 4.3
streams.session.timeout.ms | INT | 45000 | [1,...] | M | 4.3
"""


@cache
def definition() -> ConfigDef:
    """Every group property; Kafka 3.9 has none of them."""
    return read_table(TABLE, "4.3", COLUMNS)
