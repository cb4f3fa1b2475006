"""Which partition a record goes to, chosen as Kafka's Java producer chooses it.

Records with a key: murmur2 of the key, so that the same key meets the same partition whichever tool wrote it.
Records without: one partition until `batch.size` bytes went there, then another at random, where partitions with
shorter queues are likelier (KIP-480, KIP-794).
"""

from __future__ import annotations

import random
import struct
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

_MASK = 0xFFFFFFFF
_MULTIPLIER = 0x5BD1E995
_SEED = 0x9747B28C


def murmur2(data: bytes) -> int:
    """Kafka's variant of MurmurHash2, as an unsigned 32-bit number."""
    length = len(data)
    result = _SEED ^ length
    for (word,) in struct.iter_unpack("<I", data[: length & ~3]):
        word = word * _MULTIPLIER & _MASK
        word = (word ^ word >> 24) * _MULTIPLIER & _MASK
        result = result * _MULTIPLIER & _MASK ^ word
    if length & 3:
        result = (result ^ int.from_bytes(data[length & ~3 :], "little")) * _MULTIPLIER & _MASK
    result = (result ^ result >> 13) * _MULTIPLIER & _MASK
    return result ^ result >> 15


def partition_for_key(key: bytes, partitions: int) -> int:
    """The partition of a key among all of the topic's partitions, whether or not they have a leader now."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


class StickyPartitioner:
    """Where the records without a key of one topic go at present."""

    def __init__(self, sticky_bytes: int, *, adaptive: bool = True, rng: random.Random | None = None) -> None:
        self._sticky_bytes = max(1, sticky_bytes)
        self._adaptive = adaptive
        self._random = rng or random.Random()
        self._current: int | None = None
        self._produced = 0

    def partition(self, candidates: Sequence[int], queue_length: Callable[[int], int]) -> int:
        """The partition to append to now; `candidates` are those with a leader, or all if none has one."""
        if self._current is None or self._current not in candidates:
            self._current = self._choose(candidates, queue_length)
            self._produced = 0
        return self._current

    @property
    def remaining(self) -> int:
        """How many bytes the current partition still takes before another is chosen."""
        return self._sticky_bytes - self._produced

    def appended(self, size: int) -> None:
        """Note what went to the current partition; the next record may go elsewhere."""
        self._produced += size
        if self._produced >= self._sticky_bytes:
            self._current = None

    def _choose(self, candidates: Sequence[int], queue_length: Callable[[int], int]) -> int:
        if len(candidates) == 1 or not self._adaptive:
            return self._random.choice(candidates)
        lengths = [queue_length(partition) for partition in candidates]
        longest = max(lengths) + 1
        weights = list(accumulate(longest - length for length in lengths))
        return candidates[bisect_right(weights, self._random.randrange(weights[-1]))]
