import pytest

from kcli.storage.errors import CorruptFile
from kcli.storage.indexes import AbortedTransaction, OffsetIndex, TimeEntry, TimeIndex, TransactionIndex

BASE = 10_000_000_000


def offset_index() -> OffsetIndex:
    index = OffsetIndex(BASE)
    for slot in range(1, 5):
        index.append(BASE + slot * 10, slot * 100)
    return index


def test_offset_index_in_kafkas_format() -> None:
    data = offset_index().to_bytes()
    assert data[:8] == (10).to_bytes(4, "big") + (100).to_bytes(4, "big")
    again = OffsetIndex.load(BASE, data, 1000)
    assert again.to_bytes() == data and len(again) == 4


def test_offset_lookups() -> None:
    index = offset_index()
    assert [index.lookup(BASE + offset) for offset in (0, 9, 10, 19, 20, 99)] == [0, 0, 100, 100, 200, 400]
    assert [index.floor_position(position) for position in (0, 99, 100, 450)] == [0, 0, 100, 400]
    index.truncate_to(BASE + 30)
    assert len(index) == 2


def test_time_index_in_kafkas_format() -> None:
    index = TimeIndex(BASE)
    for entry in (TimeEntry(5, BASE), TimeEntry(5, BASE + 3), TimeEntry(9, BASE + 4), TimeEntry(7, BASE + 5)):
        index.append(entry)
    assert index.last() == (9, BASE + 4)
    data = index.to_bytes()
    assert data == (5).to_bytes(8, "big") + bytes(4) + (9).to_bytes(8, "big") + (4).to_bytes(4, "big")
    assert TimeIndex.load(BASE, data).to_bytes() == data
    assert [index.lookup(timestamp) for timestamp in (4, 5, 6, 9, 10)] == [BASE, BASE, BASE, BASE, BASE + 4]


def test_transaction_index_in_kafkas_format() -> None:
    entry = AbortedTransaction(7, BASE, BASE + 5, BASE + 2)
    data = TransactionIndex([entry]).to_bytes()
    assert len(data) == 34 and data[:10] == bytes(9) + b"\x07"
    index = TransactionIndex.load(BASE, data)
    assert index.collect(BASE + 5, BASE + 9) == ([entry], False)
    assert index.collect(BASE + 6, BASE + 9) == ([], False)
    assert index.collect(BASE, BASE) == ([], True)
    index.truncate_to(BASE + 5)
    assert index.entries == []


@pytest.mark.parametrize(
    "data",
    [
        b"123",
        bytes(16),
        bytes.fromhex("0000000500000064 0000000500000065"),
        bytes.fromhex("00000005 00000400"),
        b"\xff" * 8,
    ],
)
def test_offset_indexes_that_make_no_sense(data: bytes) -> None:
    with pytest.raises(CorruptFile):
        OffsetIndex.load(BASE, data, 1000)


@pytest.mark.parametrize("data", [b"123", bytes(12), bytes(24), b"\xff" * 12, (5).to_bytes(8, "big") + b"\xff" * 4])
def test_time_indexes_that_make_no_sense(data: bytes) -> None:
    with pytest.raises(CorruptFile):
        TimeIndex.load(BASE, data)


@pytest.mark.parametrize("data", [b"123", bytes(34), b"\x00\x01" + bytes(32)])
def test_transaction_indexes_that_make_no_sense(data: bytes) -> None:
    with pytest.raises(CorruptFile):
        TransactionIndex.load(BASE, data)
