"""Which partition of an internal topic keeps a group or a transactional id: Java's String.hashCode, modulo the count.

Clients never compute this; other brokers do, and a folder written here must be found again by them.
"""

from __future__ import annotations

from kcli.config.java_hash import java_hash

_INT_MIN = -(2**31)


def partition_for(identifier: str, count: int) -> int:
    """Kafka's `Utils.abs(hash) % count`, where the absolute value of the smallest int is 0."""
    value = java_hash(identifier)
    return (0 if value == _INT_MIN else abs(value)) % count
