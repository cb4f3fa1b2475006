"""Batches keep what was put into them through encoding, patching and division."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.client.producer_batch import Batch, Kind, record_size
from kcli.records.batch import HEADER_SIZE, check_crc, parse_header
from kcli.records.compression import CODECS
from kcli.records.reader import read_records

ITEMS: dict[Kind, list[Any]] = {
    Kind.VALUES: [b"a", b"", b"c" * 300],
    Kind.PAIRS: [(b"k", b"a"), (b"", b""), (b"k" * 200, b"c")],
    Kind.RECORDS: [(5, None, b"a", [("h", None)]), (3, b"k", None, [("x", b"1"), ("x", b"2")]), (9, b"", b"", [])],
}


def make_batch(kind: Kind) -> Batch:
    batch = Batch("t", 2, kind, 1000, 0.0)
    batch.extend(ITEMS[kind], 1000)
    return batch


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("codec", CODECS.values())
def test_records_are_the_same_before_and_after_encoding(kind: Kind, codec: int) -> None:
    batch = make_batch(kind)
    before = batch.records()
    payload = batch.encode(codec, None, (7, 1))
    assert batch.records() == before == read_records(payload)
    assert parse_header(payload).codec == codec


def test_another_producer_is_patched_in_under_a_valid_checksum() -> None:
    batch = make_batch(Kind.VALUES)
    batch.base_sequence = 5
    first = batch.encode(0, None, (7, 0))
    batch.base_sequence = 0
    second = batch.encode(0, None, (8, 3))
    check_crc(second, 0, len(second))
    header = parse_header(second)
    assert (header.producer_id, header.producer_epoch, header.base_sequence) == (8, 3, 0)
    assert first[HEADER_SIZE:] == second[HEADER_SIZE:]


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_halves_hold_everything_in_order(kind: Kind, encoded: bool) -> None:
    batch = make_batch(kind)
    records = batch.records()
    if encoded:
        batch.encode(0, None, (7, 0))
    parts = batch.divide()
    assert [part.count for part in parts] == [2, 1]
    assert [record[1:] for part in parts for record in part.records()] == [record[1:] for record in records]
    assert all(part.size > HEADER_SIZE for part in parts)


def test_some_records_can_be_left_out() -> None:
    (rest,) = make_batch(Kind.VALUES).divide(without=[1])
    assert [record.value for record in rest.records()] == [b"a", b"c" * 300]
    assert make_batch(Kind.VALUES).divide(without=[0, 1, 2]) == []


fields = st.one_of(st.none(), st.binary(max_size=300))


@given(fields, fields, st.lists(st.tuples(st.text(max_size=5), fields), max_size=3))
def test_a_record_never_takes_more_than_it_was_reckoned_to(key: Any, value: Any, headers: Any) -> None:
    batch = Batch("t", 0, Kind.RECORDS, 0, 0.0)
    size = record_size(key, value, headers)
    batch.extend([(2**62, key, value, headers)], size)
    assert len(batch.encode(0, None, None)) <= HEADER_SIZE + size


@pytest.mark.parametrize(("length", "kafkas"), [(28, 113), (200, 286), (300, 386), (1_100_000, 1_100_088)])
def test_sizes_are_those_that_kafkas_producer_names_in_its_errors(length: int, kafkas: int) -> None:
    assert HEADER_SIZE + record_size(None, bytes(length)) == kafkas
