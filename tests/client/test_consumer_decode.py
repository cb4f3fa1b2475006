"""What a fetch brought: from which offset on, up to which, without control records and aborted transactions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.client.decode import Chunk
from kcli.client.decode_helper import Helper, join_values
from kcli.records.builder import build_batch
from kcli.records.control import build_end_marker
from kcli.records.errors import CorruptRecord


def plain(base: int, values: list[bytes], **header: object) -> bytes:
    records = [(1000 + number, None, value, ()) for number, value in enumerate(values)]
    return build_batch(records, base_offset=base, **header)


DATA = plain(10, [b"a", b"b", b"c"]) + plain(13, [b"d", b"e"], codec=4)


def test_all_of_it() -> None:
    chunk = Chunk("t", 0, DATA, 10)
    assert chunk.values() == [b"a", b"b", b"c", b"d", b"e"]
    assert chunk.next_offset == 15
    assert [record[0] for _, records in chunk.read() for record in records] == [10, 11, 12, 13, 14]


@given(st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_only_what_was_asked_for(first: int, stop: int, headers: bool) -> None:
    chunk = Chunk("t", 0, DATA, first)
    chunk.stop_at(stop)
    wanted = [offset for offset in range(10, 15) if first <= offset < stop]
    assert [record[0] for _, records in chunk.read(headers) for record in records] == wanted
    assert chunk.values() == [b"abcde"[offset - 10 : offset - 9] for offset in wanted]
    assert [chunk.offset_of(index) for index in range(len(wanted))] == wanted
    assert chunk.offset_of(len(wanted)) == chunk.next_offset == max(first, 15)


@given(st.integers(0, len(DATA)))
def test_a_cut_batch_is_left_for_the_next_fetch(size: int) -> None:
    chunk = Chunk("t", 0, DATA[:size], 10)
    assert chunk.values() == [b"a", b"b", b"c", b"d", b"e"][: chunk.next_offset - 10]
    assert chunk.next_offset in (10, 13, 15)


def test_what_is_before_a_damaged_batch_is_still_good() -> None:
    damaged = bytearray(DATA)
    damaged[-1] ^= 1
    batches = Chunk("t", 0, damaged, 10).read()
    assert [record[3] for record in next(batches)[1]] == [b"a", b"b", b"c"]
    with pytest.raises(CorruptRecord):
        next(batches)


def test_a_helper_that_nobody_waits_for_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    Helper(b"null", b"\n").close()
    assert capfd.readouterr().err == ""


def test_without_checks_a_wrong_checksum_is_not_noticed() -> None:
    damaged = bytearray(plain(0, [b"abc"]))
    damaged[-2] ^= 1
    assert Chunk("t", 0, damaged, 0, check_crcs=False).values() == [b"abb"]


# A log of transactions: each step writes for a producer, or ends its transaction.
steps = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["write", "plain", "commit", "abort"])), max_size=25)


@given(steps, st.integers(0, 25))
def test_committed_reads_leave_out_what_was_aborted(story: list[tuple[int, str]], first: int) -> None:
    log, offset = b"", 0
    open_since: dict[int, int] = {}
    aborted: list[tuple[int, int, int]] = []  # first offset, producer, offset of the marker
    written: list[tuple[int, int]] = []  # offset, producer (-1: none)
    for producer, action in story:
        if action == "plain":
            log += plain(offset, [b"%d" % offset])
            written.append((offset, -1))
        elif action == "write":
            log += plain(offset, [b"%d" % offset], producer_id=producer, producer_epoch=0, transactional=True)
            written.append((offset, producer))
            open_since.setdefault(producer, offset)
        elif producer in open_since:
            log += build_end_marker(action == "commit", producer, 0, 0, 1000, base_offset=offset)
            since = open_since.pop(producer)
            if action == "abort":
                aborted.append((since, producer, offset))
        else:
            continue
        offset += 1
    chunk = Chunk("t", 0, log, first, aborted=[(since, who) for since, who, end in aborted if end >= first])
    gone = {at for at, who in written for since, by, end in aborted if who == by and since <= at < end}
    assert chunk.values() == [b"%d" % at for at, _ in written if at >= first and at not in gone]
    assert Chunk("t", 0, log, first).values() == [b"%d" % at for at, _ in written if at >= first]


def test_the_helper_gives_the_lines_of_whole_chunks_and_survives_a_damaged_one() -> None:
    helper = Helper(b"nil", b"\r\n")
    data = plain(0, [b"a" * 500_000, b"", b"c"]) + build_batch([(0, b"k", None, [("h", b"1")])], base_offset=3)
    damaged = bytearray(data)
    damaged[-1] ^= 1
    while not helper.ready:
        time.sleep(0.01)
    for _ in range(2):
        helper.give(Chunk("t", 0, data, 0))
        assert helper.take() == join_values([b"a" * 500_000, b"", b"c", None], b"nil", b"\r\n")
        helper.give(Chunk("t", 0, damaged, 0))
        assert helper.take() is None
    helper.close()
