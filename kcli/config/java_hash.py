"""Java's String.hashCode, and the order in which Java's Properties list their names, which follows from it."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_LEAST_BINS = 16


def java_hash(text: str) -> int:
    """`String.hashCode`: over UTF-16 code units, in a 32-bit signed int."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for (unit,) in struct.iter_unpack(">H", units):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value


def in_properties_order(names: Iterable[str]) -> list[str]:
    """Names as `java.util.Properties` list them that were set in this order: by bins of a hash table."""
    given = list(names)
    bins = _LEAST_BINS
    while len(given) >= bins * 3 // 4:
        bins *= 2
    return sorted(given, key=lambda name: _spread(java_hash(name)) % bins)


def _spread(value: int) -> int:
    unsigned = value & 0xFFFFFFFF
    return (unsigned ^ unsigned >> 16) & 0x7FFFFFFF
