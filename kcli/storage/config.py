"""What a topic's properties mean to its log: one frozen set of typed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from kcli.records.compression import CODECS, DEFAULT_LEVELS, GZIP, LZ4, NONE, ZSTD

FOREVER = (1 << 63) - 1  # Kafka's way to say never
CREATE_TIME = "CreateTime"
LOG_APPEND_TIME = "LogAppendTime"
COMPACT = "compact"
DELETE = "delete"
_KEEP_PRODUCERS = "producer"
_UNCOMPRESSED = "uncompressed"


@dataclass(frozen=True)
class LogConfig:
    """Fields are Kafka's topic properties in snake_case, with Kafka 4.3's defaults."""

    segment_bytes: int = 1 << 30
    segment_ms: int = 7 * 24 * 3600 * 1000
    segment_jitter_ms: int = 0
    segment_index_bytes: int = 10 << 20
    index_interval_bytes: int = 4096
    max_message_bytes: int = (1 << 20) + 12
    retention_ms: int = 7 * 24 * 3600 * 1000
    retention_bytes: int = -1
    cleanup_policy: frozenset[str] = field(default=frozenset({DELETE}))
    message_timestamp_type: str = CREATE_TIME
    message_timestamp_before_max_ms: int = FOREVER
    message_timestamp_after_max_ms: int = 3600 * 1000
    compression_type: str = _KEEP_PRODUCERS
    compression_gzip_level: int = DEFAULT_LEVELS[GZIP]
    compression_lz4_level: int = DEFAULT_LEVELS[LZ4]
    compression_zstd_level: int = DEFAULT_LEVELS[ZSTD]
    flush_messages: int = FOREVER
    flush_ms: int = FOREVER
    file_delete_delay_ms: int = 60_000
    delete_retention_ms: int = 24 * 3600 * 1000
    min_compaction_lag_ms: int = 0
    max_compaction_lag_ms: int = FOREVER
    min_cleanable_dirty_ratio: float = 0.5
    preallocate: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> LogConfig:
        """From effective topic properties by attribute name; those that do not concern a log are left aside."""
        known = {item.name: values[item.name] for item in fields(cls) if item.name in values}
        policy: Iterable[str] | None = known.get("cleanup_policy")
        if policy is not None:
            known["cleanup_policy"] = frozenset(policy)
        return cls(**known)

    @property
    def compact(self) -> bool:
        return COMPACT in self.cleanup_policy

    @property
    def delete(self) -> bool:
        return DELETE in self.cleanup_policy

    @property
    def uses_log_append_time(self) -> bool:
        return self.message_timestamp_type == LOG_APPEND_TIME

    def target_codec(self, source: int) -> int:
        """The codec that batches are stored in, given the one they came in."""
        if self.compression_type == _KEEP_PRODUCERS:
            return source
        return NONE if self.compression_type == _UNCOMPRESSED else CODECS[self.compression_type]

    def level(self, codec: int) -> int | None:
        """The configured level of a codec that has levels."""
        levels = {
            GZIP: self.compression_gzip_level,
            LZ4: self.compression_lz4_level,
            ZSTD: self.compression_zstd_level,
        }
        return levels.get(codec)
