"""Topic properties: the table, the broker properties that give their defaults, and what a log is told of them."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigDef, ConfigError, ConfigKey, read_table

COLUMNS = ("name", "type", "default", "allowed", "importance", "dialect", "synonyms", "documentation")

TABLE = """\
cleanup.policy | LIST | delete | list of compact,delete | M |  | log.cleanup.policy | What happens to old segments: delete, compact or both.
compression.gzip.level | INT | -1 | [1,...,9] or -1 | M |  | compression.gzip.level | Level when batches are compressed again with gzip.
compression.lz4.level | INT | 9 | [1,...,17] | M |  | compression.lz4.level | Level when batches are compressed again with lz4.
compression.type | STRING | producer | one of uncompressed,zstd,lz4,snappy,gzip,producer | M |  | compression.type | Compression of stored batches; producer keeps what came.
compression.zstd.level | INT | 3 | [-131072,...,22] | M |  | compression.zstd.level | Level when batches are compressed again with zstd.
delete.retention.ms | LONG | 86400000 | [0,...] | M |  | log.cleaner.delete.retention.ms | Time a tombstone is kept.
file.delete.delay.ms | LONG | 60000 | [0,...] | M |  | log.segment.delete.delay.ms | Wait before a deleted file leaves the disk.
flush.messages | LONG | 9223372036854775807 | [1,...] | M |  | log.flush.interval.messages | Records between two flushes to disk.
flush.ms | LONG | 9223372036854775807 | [0,...] | M |  | log.flush.interval.ms,log.flush.scheduler.interval.ms | Time a record may wait for its flush to disk.
follower.replication.throttled.replicas | LIST |  | replicas | M
index.interval.bytes | INT | 4096 | [0,...] | M |  | log.index.interval.bytes | Bytes between two index entries.
internal.segment.bytes | INT | null |  | Mi | 4.3
leader.replication.throttled.replicas | LIST |  | replicas | M
local.retention.bytes | LONG | -2 | [-2,...] | M |  | log.local.retention.bytes
local.retention.ms | LONG | -2 | [-2,...] | M |  | log.local.retention.ms
max.compaction.lag.ms | LONG | 9223372036854775807 | [1,...] | M |  | log.cleaner.max.compaction.lag.ms | Time after which a record must be compacted.
max.message.bytes | INT | 1048588 | [0,...] | M |  | message.max.bytes | Largest record batch accepted.
message.downconversion.enable | BOOLEAN | true |  | L | 3.9 | log.message.downconversion.enable
message.format.version | STRING | 3.0-IV1 | version | M | 3.9 | log.message.format.version
message.timestamp.after.max.ms | LONG | 9223372036854775807 | [0,...] | M | 3.9 | log.message.timestamp.after.max.ms | How far in the future a record's timestamp may lie.
message.timestamp.after.max.ms | LONG | 3600000 | [0,...] | M | 4.3 | log.message.timestamp.after.max.ms | How far in the future a record's timestamp may lie.
message.timestamp.before.max.ms | LONG | 9223372036854775807 | [0,...] | M |  | log.message.timestamp.before.max.ms | How far in the past a record's timestamp may lie.
message.timestamp.difference.max.ms | LONG | 9223372036854775807 | [0,...] | M | 3.9 | log.message.timestamp.difference.max.ms
message.timestamp.type | STRING | CreateTime | one of CreateTime,LogAppendTime | M |  | log.message.timestamp.type | Whether the producer or the broker stamps records.
min.cleanable.dirty.ratio | DOUBLE | 0.5 | [0,...,1] | M |  | log.cleaner.min.cleanable.ratio | Share of uncleaned bytes that starts a cleaning.
min.compaction.lag.ms | LONG | 0 | [0,...] | M |  | log.cleaner.min.compaction.lag.ms | Time a record stays out of compaction.
min.insync.replicas | INT | 1 | [1,...] | M |  | min.insync.replicas | Replicas that must hold a record before acks=all answers.
preallocate | BOOLEAN | false |  | M |  | log.preallocate | Give new segments their full size at once.
remote.log.copy.disable | BOOLEAN | false |  | M
remote.log.delete.on.disable | BOOLEAN | false |  | M
remote.storage.enable | BOOLEAN | false |  | M
retention.bytes | LONG | -1 |  | M |  | log.retention.bytes | Bytes kept per partition.
retention.ms | LONG | 604800000 | [-1,...] | M |  | log.retention.ms,log.retention.minutes*60000,log.retention.hours*3600000 | Time records are kept.
segment.bytes | INT | 1073741824 | [14,...] | M | 3.9 | log.segment.bytes | Size at which a segment is rolled.
segment.bytes | INT | 1073741824 | [1048576,...] | M | 4.3 | log.segment.bytes | Size at which a segment is rolled.
segment.index.bytes | INT | 10485760 | [4,...] | M |  | log.index.size.max.bytes | Largest index file.
segment.jitter.ms | LONG | 0 | [0,...] | M |  | log.roll.jitter.ms,log.roll.jitter.hours*3600000 | Random part taken off the roll age.
segment.ms | LONG | 604800000 | [1,...] | M |  | log.roll.ms,log.roll.hours*3600000 | Age at which a segment is rolled.
unclean.leader.election.enable | BOOLEAN | false |  | M |  | unclean.leader.election.enable | Allow a replica that is behind to lead.
"""


@cache
def definition(dialect: str = "4.3") -> ConfigDef:
    """Every topic property of both versions of Kafka; where they differ, as ``dialect`` has it."""
    return read_table(TABLE, dialect, COLUMNS)


def validate(overrides: Mapping[str, str | None], dialect: str = "4.3") -> dict[str, Any]:
    """The typed values of the properties set on a topic; raises ConfigError with Kafka's words."""
    known = definition(dialect).known_in(dialect)
    parsed: dict[str, Any] = {}
    for name, text in overrides.items():
        if name not in definition(dialect) or (name not in known and not definition(dialect)[name].internal):
            raise ConfigError(f"Unknown topic config name: {name}", name, text)
        if text is None:
            raise ConfigError(f"Null value not supported for topic configs: {name}", name)
        parsed[name] = definition(dialect)[name].parse(text)
    _check_together({**{name: key.default for name, key in known.items()}, **parsed})
    return parsed


def _check_together(values: Mapping[str, Any]) -> None:
    low, high = values["min.compaction.lag.ms"], values["max.compaction.lag.ms"]
    if low > high:
        raise ConfigError(
            f"conflict topic config setting min.compaction.lag.ms ({low}) > max.compaction.lag.ms ({high})"
        )


def default(key: ConfigKey, broker: BrokerConfig) -> Any:
    """What a topic has for a property that is not set on it: the broker's first synonym that is set, else the default."""
    for synonym in key.synonyms:
        value = broker[synonym.name]
        if value is not None:
            if synonym.multiplier == 1:
                return value
            return value * synonym.multiplier if value >= 0 else -1  # never, in any unit
    return key.default


def log_config(overrides: Mapping[str, str], broker: BrokerConfig) -> dict[str, Any]:
    """Every topic property's effective value under its name as an attribute (``segment_bytes``), for storage's LogConfig.

    Overrides that a newer or older Kafka wrote and this table does not know are left alone, as Kafka does.
    """
    values = {}
    for name, key in definition(broker.dialect).items():
        value = key.parse(overrides[name]) if name in overrides else default(key, broker)
        values[name.replace(".", "_")] = tuple(value) if isinstance(value, list) else value
    if values["internal_segment_bytes"] is not None:
        values["segment_bytes"] = values["internal_segment_bytes"]
    return values
