"""Kafka's variable-length integers: base-128 groups, zigzag for signed values, with tables for the short ones."""

from __future__ import annotations

from typing import Any

from kcli.records.errors import CorruptRecord

Buffer = Any  # bytes, bytearray or memoryview of bytes: indexing gives an int


def encode_unsigned(value: int) -> bytes:
    """The bytes of an unsigned varint."""
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


_SHORT = 8192  # every signed varint of one or two bytes that is not negative
VARINTS: list[bytes] = [bytes((low,)) for low in range(0, 128, 2)]
VARINTS += [bytes((low, high)) for high in range(1, 128) for low in range(128, 256, 2)]


def encode(value: int) -> bytes:
    """The bytes of a signed (zigzag) varint or varlong."""
    if 0 <= value < _SHORT:
        return VARINTS[value]
    return encode_unsigned(_zigzag(value))


def size_of(value: int) -> int:
    """How many bytes `encode` gives for a value."""
    return max(1, (_zigzag(value).bit_length() + 6) // 7)


def _groups(buffer: Buffer, position: int, bits: int) -> tuple[int, int]:
    """The raw number at position and where it ends; refuses more groups, or more bits, than the type has."""
    value = shift = 0
    try:
        while True:
            byte = buffer[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift >= bits:
                raise CorruptRecord(f"varint is longer than {bits} bits")
    except IndexError:
        raise CorruptRecord("varint runs past the end of the buffer") from None
    return value & ((1 << bits) - 1), position  # Java drops the excess bits of the last group


def decode_unsigned(buffer: Buffer, position: int = 0) -> tuple[int, int]:
    """An unsigned 32-bit varint and the position after it."""
    return _groups(buffer, position, 32)


def decode(buffer: Buffer, position: int = 0) -> tuple[int, int]:
    """A signed 32-bit varint and the position after it."""
    raw, position = _groups(buffer, position, 32)
    return (raw >> 1) ^ -(raw & 1), position


def decode_long(buffer: Buffer, position: int = 0) -> tuple[int, int]:
    """A signed 64-bit varint and the position after it."""
    raw, position = _groups(buffer, position, 64)
    return (raw >> 1) ^ -(raw & 1), position
