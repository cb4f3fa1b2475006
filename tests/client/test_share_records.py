"""Acquired records: what is acknowledged of them, in which ranges."""

from __future__ import annotations

from kcli.client.share_records import ACCEPT, GAP, REJECT, RELEASE, Acquired, read_acquired
from kcli.records.builder import build_batch
from kcli.records.errors import CorruptRecord

COUNT = 3


def batch(base: int, count: int) -> bytearray:
    return bytearray(build_batch([(0, None, b"%d" % number, []) for number in range(count)], base_offset=base))


def acquired(*ranges: tuple[int, int]) -> Acquired:
    return Acquired("t", bytes(16), 0, ranges)


def test_all_of_a_range_is_one_acknowledgement() -> None:
    held = acquired((5, 9))
    held.found([(offset,) for offset in range(5, 10)])
    assert held.batches(ACCEPT) == [(5, 9, [ACCEPT])]
    assert held.batches(None) == []


def test_single_records_differ_and_offsets_without_a_record_are_gaps() -> None:
    held = acquired((0, 4), (8, 8))
    held.found([(0,), (1,), (2,), (4,), (8,)])
    held.decide(1, REJECT)
    assert held.batches(ACCEPT) == [(0, 4, [ACCEPT, REJECT, ACCEPT, GAP, ACCEPT]), (8, 8, [ACCEPT])]
    assert held.batches(None) == [(1, 1, [REJECT]), (3, 3, [GAP])]


def test_only_what_is_acquired_is_delivered_with_its_count() -> None:
    held = acquired((2, 2), (4, 11))
    data = bytes(batch(0, 6) + batch(6, 6))
    delivered, damage = read_acquired(held, data, [(4, 11, 1), (2, 2, COUNT)], headers=False, check_crcs=True)
    assert damage is None
    assert [(each.delivery_count, [record[0] for record in each.records]) for each in delivered] == [
        (COUNT, [2]),
        (1, [4, 5]),
        (1, [6, 7, 8, 9, 10, 11]),
    ]
    assert held.batches(ACCEPT) == [(2, 2, [ACCEPT]), (4, 11, [ACCEPT])]


def test_a_damaged_batch_is_rejected_and_what_follows_is_released() -> None:
    held = acquired((0, 5))
    damaged = batch(2, 2)
    damaged[-1] ^= 1
    data = bytes(batch(0, 2) + damaged + batch(4, 2))
    delivered, damage = read_acquired(held, data, [(0, 5, 1)], headers=False, check_crcs=True)
    assert isinstance(damage, CorruptRecord)
    assert [record[0] for each in delivered for record in each.records] == [0, 1]
    assert held.batches(ACCEPT) == [(0, 5, [ACCEPT, ACCEPT, REJECT, REJECT, RELEASE, RELEASE])]
