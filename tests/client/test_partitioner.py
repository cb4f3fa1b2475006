"""The partitioner agrees with Kafka's: known murmur2 values, and how keyless records spread."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.client.partitioner import StickyPartitioner, murmur2, partition_for_key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_gives_the_values_of_kafkas_own_test(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected & 0xFFFFFFFF


@given(st.binary(max_size=40), st.integers(1, 1000))
def test_a_key_meets_a_partition_in_range(key: bytes, partitions: int) -> None:
    assert 0 <= murmur2(key) <= 0xFFFFFFFF
    assert partition_for_key(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions


def test_keyless_records_stay_until_a_batch_is_full_and_then_reach_every_partition() -> None:
    sticky = StickyPartitioner(100, rng=random.Random(1))
    visits = []
    for _ in range(200):
        first = sticky.partition(range(4), lambda partition: 0)
        sticky.appended(60)
        assert sticky.partition(range(4), lambda partition: 0) == first
        sticky.appended(60)
        visits.append(first)
    assert set(visits) == {0, 1, 2, 3}


def test_long_queues_are_avoided() -> None:
    sticky = StickyPartitioner(1, rng=random.Random(2))
    seen: Counter[int] = Counter()
    for _ in range(300):
        seen[sticky.partition([0, 1], [9, 0].__getitem__)] += 1
        sticky.appended(1)
    assert seen[1] > 5 * seen[0] > 0


def test_a_partition_that_lost_its_leader_is_left_at_once() -> None:
    sticky = StickyPartitioner(1000)
    assert sticky.partition([3], lambda partition: 0) == 3
    assert sticky.partition([1], lambda partition: 0) == 1
