from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.records.batch import checksum
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem
from kcli.storage.producer_state import BatchSpan, ProducerEntry, ProducerStates, decode_snapshot, encode_snapshot

longs = st.integers(0, 2**62)


@st.composite
def entries(draw: st.DrawFn) -> ProducerEntry:
    entry = ProducerEntry()
    entry.epoch = draw(st.integers(0, 2**15 - 1))
    entry.coordinator_epoch = draw(st.integers(-1, 2**30))
    entry.last_timestamp = draw(longs)
    entry.transaction_start = draw(st.none() | longs)
    if draw(st.booleans()):
        span = BatchSpan(
            draw(st.integers(0, 2**31 - 1)), draw(longs), draw(st.integers(0, 2**31 - 1)), entry.last_timestamp
        )
        entry.batches.append(span)
    return entry


def facts(producers: dict[int, ProducerEntry]) -> dict[int, list[object]]:
    return {key: [getattr(entry, name) for name in ProducerEntry.__slots__] for key, entry in producers.items()}


@given(st.dictionaries(longs, entries(), max_size=5))
def test_snapshots_round_trip(producers: dict[int, ProducerEntry]) -> None:
    data = encode_snapshot(producers)
    assert len(data) == 10 + 46 * len(producers)
    assert facts(decode_snapshot(data)) == facts(producers)


def test_a_snapshot_in_kafkas_format() -> None:
    entry = ProducerEntry()
    entry.epoch, entry.last_timestamp = 2, 1_700_000_000_000
    entry.batches.append(BatchSpan(9, 100, 4, 1_700_000_000_000))
    data = encode_snapshot({5: entry})
    fields = (
        "00000001 0000000000000005 0002 00000009 0000000000000064 00000004 0000018bcfe56800 ffffffff ffffffffffffffff"
    )
    body = bytes.fromhex(fields)
    assert data == b"\x00\x01" + checksum(body).to_bytes(4, "big") + body


@given(st.binary(max_size=120))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptFile):
        decode_snapshot(data)


def test_every_flipped_bit_is_seen() -> None:
    data = encode_snapshot({5: ProducerEntry()})
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CorruptFile):
            decode_snapshot(bytes(flipped))


def test_stray_snapshots_go_but_for_the_newest_behind_the_log(tmp_path: Path) -> None:
    for offset in (0, 5, 10, 17, 20, 30, 40):
        (tmp_path / f"{offset:020d}.snapshot").write_bytes(b"")
    states = ProducerStates(FileSystem(), str(tmp_path), "t-0")
    states.remove_stray_snapshots([0, 10, 20])
    assert states.snapshots == [0, 10, 20, 40]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_damaged_snapshot_gives_way_to_the_one_before(tmp_path: Path) -> None:
    good = encode_snapshot({5: ProducerEntry()})
    (tmp_path / f"{10:020d}.snapshot").write_bytes(good)
    (tmp_path / f"{20:020d}.snapshot").write_bytes(good[:-1])
    states = ProducerStates(FileSystem(), str(tmp_path), "t-0", expiration_ms=1 << 62)
    states.reload(0, 30, 1)
    assert states.end_offset == 10 and list(states.producers) == [5]
    assert states.snapshots == [10]
