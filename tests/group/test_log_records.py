"""Bytes that Kafka 4.3.0 wrote into its own __consumer_offsets, read and written again."""

from __future__ import annotations

import pytest

from kcli.group import log_records
from kcli.group.log_records import ConsumerGroupKey, ForeignKey, GroupKey, OffsetKey
from kcli.group.membership import Membership, State
from kcli.group.offsets import Offset
from kcli.wire import uuid
from kcli.wire.errors import WireError

TOPIC_ID = uuid.from_text("ZULmAxQbQKqHqFPKilc_YQ")

OFFSET_KEY = bytes.fromhex("0001000364796e00017400000000")
OFFSET_VALUE = bytes.fromhex("000400000000000000050000000001000001a2067347370100106542e603141b40aa87a853ca8a573f61")
OFFSET = Offset(offset=5, leader_epoch=0, commit_timestamp=1795404547895, topic_id=TOPIC_ID, position=2)

GROUP_KEY = bytes.fromhex("0002000364796e")
NEW_GROUP = bytes.fromhex("0003000000000000ffffffff000001a20673465600000000")
EMPTIED_GROUP = bytes.fromhex("00030008636f6e73756d657200000002ffffffff000001a20673474500000000")
STABLE_GROUP = bytes.fromhex(
    "00030008636f6e73756d657200000001000572616e67650028636c692d66323230363065642d623965332d343062632d386338652d3266"
    "33366432386463663965000001a206734673000000010028636c692d66323230363065642d623965332d343062632d386338652d326633"
    "366432386463663965ffff0003636c69000a2f3132372e302e302e31000493e00000271000000017000300000001000174000000000000"
    "0000ffffffff00000000001900000000000100017400000002000000000000000100000000"
)
STATIC_GROUP = bytes.fromhex(
    "00030008636f6e73756d657200000001000572616e6765002b696e73742d312d61626562326639342d396134362d343838612d62663061"
    "2d336336666139323632386334000001a20673479f00000001002b696e73742d312d61626562326639342d396134362d343838612d6266"
    "30612d3363366661393236323863340006696e73742d310003636c69000a2f3132372e302e302e31000493e00000271000000017000300"
    "0000010001740000000000000000ffffffff00000000001900000000000100017400000002000000000000000100000000"
)


def test_an_offset_commit() -> None:
    assert log_records.parse_key(OFFSET_KEY) == OffsetKey("dyn", "t", 0)
    assert log_records.parse_offset(OFFSET_VALUE, 2) == OFFSET
    assert log_records.offset_commit("dyn", "t", 0, OFFSET, 4) == (OFFSET_KEY, OFFSET_VALUE)


def test_an_offset_commit_as_3_9_writes_it_has_no_topic_id() -> None:
    _, value = log_records.offset_commit("dyn", "t", 0, OFFSET, 3)
    assert value is not None
    assert value[:2] == b"\0\3"
    assert log_records.parse_offset(value, 2).topic_id == uuid.ZERO


def test_an_offset_with_a_retention_of_its_own_is_written_as_version_1() -> None:
    _, value = log_records.offset_commit("g", "t", 0, Offset(7, metadata="m", expire_timestamp=99), 4)
    assert value is not None
    assert value[:2] == b"\0\1"
    assert log_records.parse_offset(value, 0) == Offset(7, metadata="m", expire_timestamp=99, position=0)


def test_the_tombstones() -> None:
    assert log_records.offset_tombstone("dyn", "t", 0) == (OFFSET_KEY, None)
    assert log_records.group_tombstone("dyn") == (GROUP_KEY, None)


def test_a_group_that_has_just_been_made() -> None:
    group = Membership("dyn", int.from_bytes(NEW_GROUP[-12:-4], "big"))
    assert group.new_group_record() == (GROUP_KEY, NEW_GROUP)


@pytest.mark.parametrize("value", [STABLE_GROUP, STATIC_GROUP, EMPTIED_GROUP])
def test_groups_go_around(value: bytes) -> None:
    assert log_records.parse_key(GROUP_KEY) == GroupKey("dyn")
    group = Membership("dyn", 0)
    group.restore(log_records.parse_group(value))
    assert group.record({id_: member.assignment for id_, member in group.members.items()}) == (GROUP_KEY, value)


def test_what_a_stable_group_says() -> None:
    group = Membership("stat", 0)
    group.restore(log_records.parse_group(STATIC_GROUP))
    (member,) = group.members.values()
    assert (group.state, group.generation, group.protocol_name) == (State.STABLE, 1, "range")
    assert group.leader == member.member_id == group.static_members["inst-1"]
    assert (member.client_id, member.client_host) == ("cli", "/127.0.0.1")
    assert (member.session_timeout_ms, member.rebalance_timeout_ms) == (10_000, 300_000)
    assert group.subscribed_topics == {"t"}


def test_keys_of_other_protocols_name_their_group() -> None:
    assert log_records.parse_key(b"\0\5\0\1g\0\1m") == ConsumerGroupKey("g", 5)
    assert log_records.parse_key(b"\0\x0b\0\1s") == ForeignKey("s", 11)


def test_keys_from_the_future_say_nothing() -> None:
    assert log_records.parse_key(b"\0\x63whatever") is None


@pytest.mark.parametrize("key", [b"", b"\0", b"\0\1\0\5g", b"\0\2"])
def test_torn_keys_are_refused(key: bytes) -> None:
    with pytest.raises(WireError):
        log_records.parse_key(key)
