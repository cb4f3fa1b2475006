"""The hash over a group's topics that Kafka 4.1 and later keep with the group's epoch, to see that a topic has changed.

XXH3 with 64 bits (seed 0, the default secret) of each topic's id, name, partitions and racks; the group's is that of
its topics' hashes, by name. Kafka's strings are hashed as UTF-16 followed by their length in characters.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_MASK = (1 << 64) - 1
_P32_1, _P32_2, _P32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
_P64_1, _P64_2, _P64_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P64_4, _P64_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_MIX_1, _MIX_2 = 0x165667919E3779F9, 0x9FB21C651E98DF25
_SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
_STRIPE, _STEP, _STRIPES_PER_BLOCK = 64, 8, (len(_SECRET) - 64) // 8
_LANES = struct.Struct("<8Q")


def topic_hash(topic_id: bytes, name: str, racks: Sequence[Sequence[str]]) -> int:
    """`racks` are those of each partition's replicas."""
    high, low = struct.unpack(">QQ", topic_id)
    data = bytearray(struct.pack("<BQQ", 0, high, low)) + _string(name) + struct.pack("<i", len(racks))
    for partition, known in enumerate(racks):
        data += struct.pack("<i", partition)
        for rack in sorted(known):
            data += struct.pack("<i", len(rack)) + _string(rack)
    return xxh3_64(bytes(data))


def group_hash(topics: Mapping[str, int]) -> int:
    """As the signed number that records have; 0 for no topics."""
    if not topics:
        return 0
    value = xxh3_64(b"".join(struct.pack("<Q", topics[name]) for name in sorted(topics)))
    return value - (1 << 64) if value >> 63 else value


def _string(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return encoded + struct.pack("<i", len(encoded) // 2)


def xxh3_64(data: bytes) -> int:
    """XXH3's 64-bit hash."""
    size = len(data)
    if size <= 16:
        return _hash_up_to_16(data, size)
    if size <= 128:
        return _hash_up_to_128(data, size)
    if size <= 240:
        return _hash_up_to_240(data, size)
    return _hash_long(data, size)


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _fold(a: int, b: int) -> int:
    product = a * b
    return (product & _MASK) ^ (product >> 64)


def _rotate(value: int, by: int) -> int:
    return (value << by | value >> (64 - by)) & _MASK


def _avalanche(value: int) -> int:
    value = (value ^ value >> 37) * _MIX_1 & _MASK
    return value ^ value >> 32


def _avalanche_xxh64(value: int) -> int:
    value = (value ^ value >> 33) * _P64_2 & _MASK
    value = (value ^ value >> 29) * _P64_3 & _MASK
    return value ^ value >> 32


def _mix(data: bytes, at: int, secret: int) -> int:
    return _fold(_u64(data, at) ^ _u64(_SECRET, secret), _u64(data, at + 8) ^ _u64(_SECRET, secret + 8))


def _hash_up_to_16(data: bytes, size: int) -> int:
    if size > 8:
        low = _u64(data, 0) ^ _u64(_SECRET, 24) ^ _u64(_SECRET, 32)
        high = _u64(data, size - 8) ^ _u64(_SECRET, 40) ^ _u64(_SECRET, 48)
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return _avalanche((size + swapped + high + _fold(low, high)) & _MASK)
    if size >= 4:
        value = (_u32(data, size - 4) + (_u32(data, 0) << 32)) ^ _u64(_SECRET, 8) ^ _u64(_SECRET, 16)
        value ^= _rotate(value, 49) ^ _rotate(value, 24)
        value = value * _MIX_2 & _MASK
        value = (value ^ ((value >> 35) + size)) * _MIX_2 & _MASK
        return value ^ value >> 28
    if size:
        combined = data[0] << 16 | data[size >> 1] << 24 | data[size - 1] | size << 8
        return _avalanche_xxh64(combined ^ _u32(_SECRET, 0) ^ _u32(_SECRET, 4))
    return _avalanche_xxh64(_u64(_SECRET, 56) ^ _u64(_SECRET, 64))


def _hash_up_to_128(data: bytes, size: int) -> int:
    total = size * _P64_1
    for pair in range((size - 1) // 32, -1, -1):
        total += _mix(data, 16 * pair, 32 * pair) + _mix(data, size - 16 * (pair + 1), 32 * pair + 16)
    return _avalanche(total & _MASK)


def _hash_up_to_240(data: bytes, size: int) -> int:
    total = size * _P64_1 + sum(_mix(data, 16 * part, 16 * part) for part in range(8))
    total = _avalanche(total & _MASK)
    total += sum(_mix(data, 16 * part, 16 * (part - 8) + 3) for part in range(8, size // 16))
    return _avalanche((total + _mix(data, size - 16, 136 - 17)) & _MASK)


def _hash_long(data: bytes, size: int) -> int:
    lanes = [_P32_3, _P64_1, _P64_2, _P64_3, _P64_4, _P32_2, _P64_5, _P32_1]
    last_stripe = (size - 1) // _STRIPE
    scramble = _LANES.unpack_from(_SECRET, len(_SECRET) - _STRIPE)
    for stripe in range(last_stripe):
        place = stripe % _STRIPES_PER_BLOCK
        _accumulate(lanes, data, stripe * _STRIPE, place * _STEP)
        if place == _STRIPES_PER_BLOCK - 1:
            for lane in range(8):
                value = lanes[lane] ^ lanes[lane] >> 47 ^ scramble[lane]
                lanes[lane] = value * _P32_1 & _MASK
    _accumulate(lanes, data, size - _STRIPE, len(_SECRET) - _STRIPE - 7)
    total = size * _P64_1
    for pair in range(4):
        at = 11 + 16 * pair
        total += _fold(lanes[2 * pair] ^ _u64(_SECRET, at), lanes[2 * pair + 1] ^ _u64(_SECRET, at + 8))
    return _avalanche(total & _MASK)


def _accumulate(lanes: list[int], data: bytes, at: int, secret: int) -> None:
    keys = _LANES.unpack_from(_SECRET, secret)
    for lane, value in enumerate(_LANES.unpack_from(data, at)):
        mixed = value ^ keys[lane]
        lanes[lane ^ 1] = lanes[lane ^ 1] + value & _MASK
        lanes[lane] = lanes[lane] + (mixed & 0xFFFFFFFF) * (mixed >> 32) & _MASK
