import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.records import batch
from kcli.records.builder import BatchBuilder, build_batch, build_pairs, build_values
from kcli.records.control import ControlType, EndMarker, build_end_marker, control_type, read_end_marker
from kcli.records.errors import CorruptRecord, UnsupportedMagic
from kcli.records.reader import Record, read_raw, read_records, read_values

field = st.none() | st.binary(max_size=300)
headers = st.lists(st.tuples(st.text(max_size=10), field), max_size=3)
timestamps = st.integers(1_600_000_000_000, 1_600_000_100_000) | st.integers(-1, 2**62)
records = st.lists(st.tuples(timestamps, field, field, headers | st.just([])), min_size=1, max_size=80)


@given(records, st.integers(0, 4), st.integers(0, 2**50))
def test_round_trip(content: list, codec: int, base: int) -> None:
    data = build_batch(content, codec=codec, base_offset=base, producer_id=7, producer_epoch=1, base_sequence=5)
    header = batch.parse_header(data)
    batch.check_crc(data, 0, len(data))
    assert (header.size, header.count, header.codec) == (len(data), len(content), codec)
    assert header.base_timestamp == content[0][0]
    assert header.max_timestamp == max(record[0] for record in content)
    expected = [Record(base + index, *record) for index, record in enumerate(content)]
    assert read_records(data) == expected
    assert read_raw(data) == [record[:4] for record in expected]
    assert read_values(data) == [record.value for record in expected]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 8191, 8192, 8193])
@pytest.mark.parametrize("size", [0, 1, 55, 58, 59, 63, 64, 130])
def test_bulk_builds_the_same_bytes_as_one_by_one(count: int, size: int) -> None:
    values = [b"v" * (size + index % 3) for index in range(count)]
    assert build_values(values, 5) == build_batch([(5, None, value, ()) for value in values])
    pairs = [(b"%d" % index, value) for index, value in enumerate(values)]
    bulk = build_pairs(pairs, 5, codec=4)
    assert bulk == build_batch([(5, key, value, ()) for key, value in pairs], codec=4)
    assert read_values(bulk) == values
    assert [record[2:] for record in read_raw(bulk)] == pairs


def test_huge_values() -> None:
    values = [b"a" * 70_000, b"b" * 3_000_000]
    assert read_values(build_values(values, 5)) == values


def test_log_append_time_is_every_records_time() -> None:
    data = build_batch([(1, None, b"a", ()), (2, None, b"b", ())], log_append_time=99)
    header = batch.parse_header(data)
    assert header.uses_log_append_time and header.max_timestamp == 99 and header.base_timestamp == 1
    assert [record.timestamp for record in read_records(data)] == [99, 99]


def test_gaps_and_an_empty_batch_as_compaction_leaves_them() -> None:
    builder = BatchBuilder(10)
    builder.append(5, b"k", b"v", offset=12)
    data = builder.build(last_offset=19)
    header = batch.parse_header(data)
    assert (header.base_offset, header.last_offset, header.next_offset, header.count) == (10, 19, 20, 1)
    assert read_raw(data) == [(12, 5, b"k", b"v")]
    empty = BatchBuilder(20).build(last_offset=29, producer_id=4, producer_epoch=0, base_sequence=3)
    assert batch.parse_header(empty).last_sequence == 12
    assert read_records(empty) == []


def test_delete_horizon_takes_the_base_timestamp() -> None:
    builder = BatchBuilder(3, delete_horizon_ms=1000)
    builder.append(400, b"k", None)
    data = builder.build()
    assert batch.parse_header(data).delete_horizon_ms == 1000
    assert read_raw(data) == [(3, 400, b"k", None)]
    assert batch.parse_header(data).max_timestamp == 400


def test_patch_keeps_the_crc() -> None:
    data = bytearray(b"??" + build_values([b"a", b"b"], 1))
    batch.patch(data, 2, 1234, 7)
    batch.check_crc(data, 2, len(data))
    header = batch.parse_header(data, 2)
    assert (header.base_offset, header.leader_epoch, header.last_offset) == (1234, 7, 1235)


def test_walk_over_several_batches_leaves_out_an_incomplete_tail() -> None:
    one, two = build_values([b"a"], 1), build_values([b"b", b"c"], 1, base_offset=1)
    both = one + two
    assert [(start, end) for _, start, end in batch.iterate_batches(both)] == [(0, len(one)), (len(one), len(both))]
    for cut in range(len(two)):
        assert len(list(batch.iterate_batches(both[: len(one) + cut]))) == 1


@pytest.mark.parametrize("magic", [0, 1])
def test_old_message_sets_are_named(magic: int) -> None:
    old = bytes(8) + (14).to_bytes(4, "big") + bytes(4) + bytes([magic]) + bytes(9)
    with pytest.raises(UnsupportedMagic, match=f"v{magic}"):
        list(batch.iterate_batches(old))
    with pytest.raises(UnsupportedMagic, match=f"v{magic}"):
        batch.parse_header(old)


def test_every_flipped_bit_is_seen_by_the_crc() -> None:
    data = build_values([b"hello"], 1)
    for bit in range(batch.CRC_POSITION * 8, len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CorruptRecord):
            batch.check_crc(flipped, 0, len(flipped))


@given(records, st.data())
def test_damaged_records_are_refused_or_read_alike(content: list, draw: st.DataObject) -> None:
    """Past the CRC, all three readers agree about what is well-formed, and none raises anything but CorruptRecord."""
    data = bytearray(build_batch(content))
    for _ in range(draw.draw(st.integers(1, 3))):
        data[draw.draw(st.integers(batch.HEADER_SIZE, len(data) - 1))] = draw.draw(st.integers(0, 255))
    outcomes = []
    for read, value in ((read_records, lambda r: r.value), (read_raw, lambda r: r[3]), (read_values, lambda r: r)):
        try:
            outcomes.append([value(record) for record in read(data)])
        except CorruptRecord:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] == outcomes[2]


@pytest.mark.parametrize("count", [-1, 4, 2**31 - 1])
def test_a_record_count_that_does_not_fit(count: int) -> None:
    data = bytearray(build_values([b"a", b"b", b"c"], 1))
    data[57:61] = count.to_bytes(4, "big", signed=True)
    with pytest.raises(CorruptRecord):
        read_values(data)


def test_sequences_wrap() -> None:
    data = build_values([b"a", b"b", b"c"], 1, producer_id=1, producer_epoch=0, base_sequence=2**31 - 2)
    assert batch.parse_header(data).last_sequence == 0


@pytest.mark.parametrize("commit", [True, False])
def test_end_markers(commit: bool) -> None:
    data = build_end_marker(commit, 9, 2, 5, 1000)
    header = batch.parse_header(data)
    assert header.is_control and header.is_transactional and header.producer_id == 9
    assert read_end_marker(data, header) == EndMarker(commit, 5)
    assert control_type(read_records(data)[0].key) == (ControlType.COMMIT if commit else ControlType.ABORT)


def test_a_header_name_that_is_no_utf_8_comes_back_as_it_was() -> None:
    name = b"\xff\xfe".decode("utf-8", "surrogateescape")
    batch = build_batch([(0, b"k", b"v", [(name, b"x")])])
    assert read_records(batch)[0].headers == [(name, b"x")]
