import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.records import varint
from kcli.records.errors import CorruptRecord


@given(st.integers(-(2**31), 2**31 - 1))
def test_int_round_trip(value: int) -> None:
    data = varint.encode(value)
    assert varint.decode(b"x" + data + b"y", 1) == (value, 1 + len(data))
    assert varint.size_of(value) == len(data)


@given(st.integers(-(2**63), 2**63 - 1))
def test_long_round_trip(value: int) -> None:
    data = varint.encode(value)
    assert varint.decode_long(data) == (value, len(data))
    assert varint.size_of(value) == len(data)


@given(st.integers(0, 2**32 - 1))
def test_unsigned_round_trip(value: int) -> None:
    data = varint.encode_unsigned(value)
    assert varint.decode_unsigned(data) == (value, len(data))


@pytest.mark.parametrize(
    ("value", "data"),
    [(0, "00"), (-1, "01"), (1, "02"), (63, "7e"), (-64, "7f"), (64, "8001"), (8191, "fe7f"), (8192, "808001")],
)
def test_bytes(value: int, data: str) -> None:
    assert varint.encode(value).hex() == data


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff\xff\xff\xff\x01", b"\x80" * 20])
def test_refuses_what_is_cut_short_or_too_long(data: bytes) -> None:
    with pytest.raises(CorruptRecord):
        varint.decode(data)
