"""Runs of records alike: whatever the batch, the same as the reader that goes record by record."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.records.builder import build_batch, build_pairs, build_values
from kcli.records.errors import CorruptRecord
from kcli.records.reader import read_raw
from kcli.records.uniform import read_fields

FIELDS = st.sampled_from([None, b"", b"a", b"bb", b"c" * 70, b"d" * 9000])
RUNS = st.lists(
    st.tuples(st.integers(1, 90), st.integers(-70, 20_000), FIELDS, FIELDS, st.sampled_from([(), (("h", b"v"),)])),
    max_size=4,
)


def expected(batch: bytes) -> tuple[list[Any], list[Any]]:
    raw = read_raw(batch)
    return [record[2] for record in raw], [record[3] for record in raw]


@given(RUNS, st.sampled_from([0, 1, 4]))
def test_as_the_usual_reader(runs: list[Any], codec: int) -> None:
    records = [(1000 + time, key, value, headers) for count, time, key, value, headers in runs for _ in range(count)]
    batch = build_batch(records, codec=codec)
    assert read_fields(batch) == expected(batch)


@given(RUNS, st.data())
def test_a_damaged_byte_is_refused_or_read_as_usual(runs: list[Any], data: st.DataObject) -> None:
    records = [(1000 + time, key, value, headers) for count, time, key, value, headers in runs for _ in range(count)]
    batch = bytearray(build_batch(records))
    if len(batch) == 61:
        return
    position = data.draw(st.integers(61, len(batch) - 1))
    batch[position] ^= data.draw(st.integers(1, 255))
    try:
        usual = expected(bytes(batch))
    except CorruptRecord:
        with pytest.raises(CorruptRecord):
            read_fields(bytes(batch))
    else:
        assert read_fields(bytes(batch)) == usual


def test_offsets_of_every_length() -> None:
    values = [b"%05d" % number for number in range(10_000)]
    assert read_fields(build_values(values, 5)) == ([None] * 10_000, values)
    keys = [value[:3] for value in values]
    assert read_fields(build_pairs(list(zip(keys, values, strict=True)), 5)) == (keys, values)
