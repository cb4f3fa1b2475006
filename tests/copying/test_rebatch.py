"""Batches on their way to a producer's request keep their records, whatever becomes of their edges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcli.copying.digest import Digest
from kcli.copying.rebatch import join_small, pieces, stamp
from kcli.records.batch import check_crc, parse_header
from kcli.records.builder import BatchBuilder
from kcli.records.reader import read_records

HEADERS = st.lists(st.tuples(st.text(max_size=3), st.none() | st.binary(max_size=3)), max_size=3)
FIELD = st.none() | st.binary(max_size=20)
RECORDS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1 << 40), FIELD, FIELD, HEADERS), min_size=1, max_size=6)
BATCHES = st.lists(st.tuples(RECORDS, st.integers(0, 4), st.none() | st.integers(0, 1 << 40)), min_size=1, max_size=5)


def build(batches) -> bytes:  # type: ignore[no-untyped-def]
    """Batches with holes where a record's number says so."""
    data, offset = b"", 0
    for records, codec, stamped in batches:
        builder = BatchBuilder(offset)
        for hole, time, key, value, headers in records:
            offset += hole
            builder.append(time, key, value, headers, offset)
            offset += 1
        data += builder.build(codec=codec, log_append_time=stamped)
    return data


@given(BATCHES, st.booleans(), st.data())
def test_every_record_is_sent_once_and_as_it_was(batches, joined, data) -> None:  # type: ignore[no-untyped-def]
    source = build(batches)
    before = Digest()
    before.add(source)
    skip = data.draw(st.integers(0, before.records - 1))
    found = list(join_small(pieces(source, skip)) if joined else pieces(source, skip))
    sent, first = b"", skip
    for piece in found:
        batch = stamp(piece, 1 << 62, first)
        header = parse_header(batch)
        check_crc(batch, 0, len(batch))
        assert (header.count, header.last_offset_delta) == (piece.records, piece.records - 1)
        assert (header.base_sequence, header.producer_epoch) == (first, 0)
        assert header.attributes == header.codec
        sent += batch
        first += piece.records
    every = [record for piece in pieces(source) for record in read_records(piece.data)]
    rest = [record for piece in pieces(sent) for record in read_records(piece.data)]
    assert [record[1:] for record in rest] == [record[1:] for record in every[skip:]]
    if skip == 0:
        after = Digest()
        after.add(sent)
        assert (after.records, after.text()) == (before.records, before.text())


def test_a_digest_tells_apart_what_is_not_the_same() -> None:
    variants = [
        [(1, b"k", b"v", [])],
        [(2, b"k", b"v", [])],
        [(1, None, b"v", [])],
        [(1, b"", b"v", [])],
        [(1, b"k", None, [])],
        [(1, b"kv", b"", [])],
        [(1, b"k", b"v", [("h", None)])],
        [(1, b"k", b"v", [("h", b"")])],
        [(1, b"k", b"v", [("h", b"1"), ("h", b"2")])],
        [(1, b"k", b"v", [("h", b"2"), ("h", b"1")])],
        [(1, b"k", b"v", []), (1, b"k", b"v", [])],
    ]
    texts = set()
    for records in variants:
        builder = BatchBuilder()
        for record in records:
            builder.append(*record)
        digest = Digest()
        digest.add(builder.build())
        texts.add(digest.text())
    assert len(texts) == len(variants)
