"""The five codecs of record batches, as Kafka's Java client writes and reads them; decompression has a ceiling."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from struct import Struct
from typing import Any

from kcli.records.errors import CorruptRecord, DecompressedTooLarge

Buffer = Any  # bytes, bytearray or memoryview

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
NAMES = ("none", "gzip", "snappy", "lz4", "zstd")
CODECS = {name: codec for codec, name in enumerate(NAMES)}
DEFAULT_LEVELS = {GZIP: -1, LZ4: 9, ZSTD: 3}  # Kafka's compression.*.level defaults
DEFAULT_LIMIT = 1 << 30

_GZIP_WINDOW = 31  # 15 bits of window plus 16: a gzip wrapper around deflate
_XERIAL_HEADER = b"\x82SNAPPY\x00" + Struct(">ii").pack(1, 1)
_XERIAL_BLOCK = 32 * 1024
_FAST_LZ4 = 1
_HIGHEST_LZ4 = 12  # Kafka allows up to 17 and its library, like ours, stops at 12
_SMALLEST_SCRATCH = 64 * 1024
_INT32 = Struct(">i")


def compress(codec: int, data: Buffer, level: int | None = None) -> bytes:
    """Compress one batch's records; level is Kafka's compression.<codec>.level."""
    return _COMPRESSORS[_known(codec)](data, level)


def decompress(codec: int, data: Buffer, limit: int = DEFAULT_LIMIT) -> bytes:
    """Decompress one batch's records; more than `limit` bytes are refused before they are allocated."""
    return _DECOMPRESSORS[_known(codec)](data, limit)


def _known(codec: int) -> int:
    if not 0 <= codec < len(NAMES):
        raise CorruptRecord(f"unknown compression codec {codec}")
    return codec


def _too_large(limit: int) -> DecompressedTooLarge:
    return DecompressedTooLarge(f"records decompress to more than {limit} bytes")


def _store(data: Buffer, level: int | None) -> bytes:
    return bytes(data)


def _take(data: Buffer, limit: int) -> bytes:
    if len(data) > limit:
        raise _too_large(limit)
    return bytes(data)


def _gzip(data: Buffer, level: int | None) -> bytes:
    compressor = zlib.compressobj(-1 if level is None else level, zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(data) + compressor.flush()


def _gunzip(data: Buffer, limit: int) -> bytes:
    parts: list[bytes] = []
    room = limit
    while True:  # Java's GZIPInputStream reads concatenated members as one stream
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            part = member.decompress(data, room + 1)
        except zlib.error as error:
            raise CorruptRecord(f"gzip: {error}") from None
        room -= len(part)
        if room < 0:
            raise _too_large(limit)
        parts.append(part)
        if not member.eof:
            raise CorruptRecord("gzip: the stream ends too early")
        data = member.unused_data
        if not data:
            return b"".join(parts)


def _snappy(data: Buffer, level: int | None) -> bytes:
    """The stream that Java's snappy library writes: a header and blocks of 32 KiB."""
    from cramjam import snappy

    parts = [_XERIAL_HEADER]
    view = memoryview(data)
    for start in range(0, len(view), _XERIAL_BLOCK):
        block = bytes(snappy.compress_raw(view[start : start + _XERIAL_BLOCK]))
        parts += (_INT32.pack(len(block)), block)
    return b"".join(parts)


def _unsnappy(data: Buffer, limit: int) -> bytes:
    """Both framings in use: Java's blocks, and the one bare block of librdkafka, Go and others."""
    view = memoryview(data)
    if bytes(view[: len(_XERIAL_HEADER) - 8]) != _XERIAL_HEADER[:-8]:
        return _unsnappy_block(view, limit, limit)
    parts: list[bytes] = []
    room = limit
    position = len(_XERIAL_HEADER)
    while position < len(view):
        if len(view) - position < 4:
            raise CorruptRecord("snappy: a block length is cut short")
        (size,) = _INT32.unpack_from(view, position)
        position += 4
        if not 0 <= size <= len(view) - position:
            raise CorruptRecord(f"snappy: a block of {size} bytes where {len(view) - position} are left")
        part = _unsnappy_block(view[position : position + size], room, limit)
        room -= len(part)
        parts.append(part)
        position += size
    return b"".join(parts)


def _unsnappy_block(block: memoryview, room: int, limit: int) -> bytes:
    from cramjam import DecompressionError, snappy

    try:
        if snappy.decompress_raw_len(block) > min(room, 64 * len(block) + 64):  # no real block shrinks that far
            raise _too_large(limit)
        return bytes(snappy.decompress_raw(block))
    except DecompressionError as error:
        raise CorruptRecord(str(error)) from None


def _lz4(data: Buffer, level: int | None) -> bytes:
    """A frame of independent blocks: Java's reader refuses linked ones. Kafka's default level 9 means its fast mode."""
    from cramjam import lz4

    effort = _FAST_LZ4 if level in (None, DEFAULT_LEVELS[LZ4]) else min(level or 0, _HIGHEST_LZ4)
    compressor = lz4.Compressor(effort, False, False)
    compressor.compress(data)
    return bytes(compressor.finish())


def _zstd(data: Buffer, level: int | None) -> bytes:
    from cramjam import zstd

    return bytes(zstd.compress(data, DEFAULT_LEVELS[ZSTD] if level is None else level))


def _grow_into(decompress_into: Callable[[Buffer, bytearray], int], data: Buffer, limit: int) -> bytes:
    """Decompress into a buffer that grows until the data fits or the limit is reached."""
    from cramjam import DecompressionError

    size = min(limit, max(_SMALLEST_SCRATCH, 4 * len(data)))
    while True:
        scratch = bytearray(size)
        try:
            written = decompress_into(data, scratch)
        except DecompressionError as error:
            if "whole buffer" not in str(error):
                raise CorruptRecord(str(error)) from None
            if size == limit:
                raise _too_large(limit) from None
            size = min(limit, 4 * size)
        else:
            return bytes(memoryview(scratch)[:written])


def _unlz4(data: Buffer, limit: int) -> bytes:
    from cramjam import lz4

    return _grow_into(lz4.decompress_into, data, limit)


def _unzstd(data: Buffer, limit: int) -> bytes:
    from cramjam import zstd

    return _grow_into(zstd.decompress_into, data, limit)


_COMPRESSORS: tuple[Callable[[Buffer, int | None], bytes], ...] = (_store, _gzip, _snappy, _lz4, _zstd)
_DECOMPRESSORS: tuple[Callable[[Buffer, int], bytes], ...] = (_take, _gunzip, _unsnappy, _unlz4, _unzstd)
