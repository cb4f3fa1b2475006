"""Which partition of an internal topic keeps a group or a transactional id: Java's String.hashCode, modulo the count.

Clients never compute this; other brokers do, and a folder written here must be found again by them.
"""

from __future__ import annotations

import struct

_INT_MIN = -(2**31)


def java_hash(text: str) -> int:
    """`String.hashCode`: over UTF-16 code units, in a 32-bit signed int."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for (unit,) in struct.iter_unpack(">H", units):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def partition_for(identifier: str, count: int) -> int:
    """Kafka's `Utils.abs(hash) % count`, where the absolute value of the smallest int is 0."""
    value = java_hash(identifier)
    return (0 if value == _INT_MIN else abs(value)) % count
