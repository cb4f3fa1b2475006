"""The hash over topics, held against what hash4j (which Kafka uses) gives for the same bytes."""

from __future__ import annotations

import struct

import pytest

from kcli.group.consumer_group_hash import group_hash, topic_hash, xxh3_64

# Of the bytes (7 * i + n) mod 256 for i below n: one length, or more, for each of the algorithm's ways.
HASHES = {
    0: 3244421341483603138,
    1: 16226181191752404715,
    2: 3724619060873665926,
    3: 12180141160879835164,
    4: 6297312323375345790,
    5: 2565845316291143453,
    8: 12752855198315354378,
    9: 10000907846553926702,
    12: 13493662757664391912,
    16: 3159599325006435930,
    17: 7070371635116224842,
    32: 9876767123032657305,
    33: 13175479875485247564,
    64: 1953419934939160347,
    65: 17294807227940740292,
    100: 7938407634120260973,
    128: 16813233705924465638,
    129: 13063484349860316345,
    144: 4562368557712465490,
    145: 14906148201769253274,
    200: 7350251351420641343,
    239: 3569128420754416473,
    240: 4473034316189165092,
    241: 13654115510048419178,
    256: 18400051043315964857,
    300: 4044510628947536213,
    512: 17797752143322522092,
    1024: 15878231082470753371,
    1025: 14435947017053915143,
    1088: 1926298949930276695,
    2048: 9551330843961554072,
    5000: 3499038088879543845,
    20000: 2956427117328831066,
}


@pytest.mark.parametrize(("size", "expected"), HASHES.items())
def test_the_hash_of_any_length(size: int, expected: int) -> None:
    assert xxh3_64(bytes((7 * i + size) % 256 for i in range(size))) == expected


def test_a_topic() -> None:
    topic_id = struct.pack(">QQ", 0x0102030405060708, 2**64 - 2)
    assert topic_hash(topic_id, "my-topic", [["r1"], []]) == 11061041043351518871


def test_a_group_and_that_order_does_not_matter() -> None:
    assert group_hash({"b": 2**64 - 7, "a": 5}) == group_hash({"a": 5, "b": 2**64 - 7}) == -4646943608980624969


def test_a_group_without_topics() -> None:
    assert group_hash({}) == 0


def test_racks_partitions_and_names_all_count() -> None:
    base = topic_hash(bytes(16), "t", [["a"], ["b"]])
    assert base == topic_hash(bytes(16), "t", [["a"], ["b"]])
    others = [("t", [["b"], ["a"]]), ("t", [["a"], []]), ("t", [["a"], ["b"], []]), ("u", [["a"], ["b"]])]
    assert base not in {topic_hash(bytes(16), name, racks) for name, racks in others}
