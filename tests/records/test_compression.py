import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.records import compression
from kcli.records.errors import CorruptRecord, DecompressedTooLarge

CODECS = range(5)
COMPRESSED = range(1, 5)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [0, 1, 100, 32 * 1024, 32 * 1024 + 1, 500_000])
def test_round_trip_at_exactly_the_limit(codec: int, size: int) -> None:
    data = random.Random(size).randbytes(size // 2) + b"k" * (size - size // 2)
    packed = compression.compress(codec, data)
    assert compression.decompress(codec, packed, len(data)) == data
    assert compression.decompress(codec, memoryview(bytearray(packed)), len(data) + 1) == data
    if size:
        with pytest.raises(DecompressedTooLarge):
            compression.decompress(codec, packed, len(data) - 1)


@pytest.mark.parametrize("codec", COMPRESSED)
def test_a_bomb_is_refused(codec: int) -> None:
    bomb = compression.compress(codec, bytes(30_000_000))
    with pytest.raises(DecompressedTooLarge):
        compression.decompress(codec, bomb, 1_000_000)


def test_a_lying_snappy_length_is_refused_before_it_is_allocated() -> None:
    with pytest.raises(CorruptRecord):
        compression.decompress(compression.SNAPPY, b"\xff\xff\xff\xff\x0f" + b"x" * 10, 1 << 40)


@pytest.mark.parametrize("codec", COMPRESSED)
@given(data=st.binary(max_size=200))
def test_garbage_is_refused_or_read(codec: int, data: bytes) -> None:
    try:
        compression.decompress(codec, data, 1 << 16)
    except CorruptRecord:
        pass


@pytest.mark.parametrize("codec", COMPRESSED)
def test_every_cut_is_refused(codec: int) -> None:
    data = random.Random(1).randbytes(2000)
    packed = compression.compress(codec, data)
    for cut in range(1, len(packed)):
        try:
            assert compression.decompress(codec, packed[:cut], 4000) != data or cut > len(packed) - 8
        except CorruptRecord:
            pass


@pytest.mark.parametrize("codec", [5, 6, 7, -1])
def test_unknown_codec(codec: int) -> None:
    with pytest.raises(CorruptRecord):
        compression.decompress(codec, b"", 10)


@pytest.mark.parametrize(("codec", "level"), [(1, 1), (1, 9), (3, 1), (3, 17), (4, -5), (4, 19)])
def test_levels(codec: int, level: int) -> None:
    data = b"the quick brown fox " * 500
    assert compression.decompress(codec, compression.compress(codec, data, level), len(data)) == data


def test_gzip_members_are_one_stream() -> None:
    assert compression.decompress(compression.GZIP, gzip.compress(b"ab") + gzip.compress(b"cd"), 4) == b"abcd"


def test_snappy_is_framed_as_java_frames_it_and_bare_blocks_are_read() -> None:
    from cramjam import snappy

    data = b"x" * 40_000
    packed = compression.compress(compression.SNAPPY, data)
    assert packed.startswith(b"\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01")
    assert compression.decompress(compression.SNAPPY, bytes(snappy.compress_raw(data)), 40_000) == data


def test_lz4_blocks_are_independent() -> None:
    packed = compression.compress(compression.LZ4, b"hello" * 100_000)
    assert packed[:4] == b"\x04\x22\x4d\x18"
    assert packed[4] & 0x20  # Java's reader refuses a frame without this flag
