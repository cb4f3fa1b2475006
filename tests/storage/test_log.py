import threading
from pathlib import Path
from struct import pack

import pytest

from kcli.clock import ManualClock
from kcli.records import compression
from kcli.records.batch import iterate_batches, parse_header
from kcli.records.builder import build_batch, build_values
from kcli.records.control import build_end_marker
from kcli.records.reader import read_records
from kcli.storage.config import LogConfig
from kcli.storage.errors import RecordErrors
from kcli.storage.fs import FileSystem
from kcli.storage.indexes import AbortedTransaction, OffsetIndex
from kcli.storage.log import Log
from kcli.storage.producer_state import Origin
from kcli.wire import errors
from kcli.wire.errors import KafkaError
from tests.storage.helpers import CLOCK, NOW, commit, contents, keyed, open_log, values

COMPACT = frozenset({"compact"})


def refused(log: Log, batch: bytes, code: int, **options: object) -> KafkaError:
    before = log.log_end_offset, log.size
    with pytest.raises(KafkaError) as caught:
        log.append_as_leader(batch, 0, **options)  # type: ignore[arg-type]
    assert caught.value.code == code, caught.value.message
    assert (log.log_end_offset, log.size) == before
    return caught.value


def test_offsets_and_epochs_are_assigned_in_place(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    assert log.append_as_leader(values("a", "b"), 3)[:2] == (0, 1)
    assert log.append_as_leader(memoryview(values("c")), 4)[:2] == (2, 2)
    records = log.read(0, 1000).records
    headers = [header for header, _, _ in iterate_batches(records)]
    assert [(header.base_offset, header.leader_epoch) for header in headers] == [(0, 3), (2, 4)]
    assert contents(log) == [(0, b"a"), (1, b"b"), (2, b"c")]
    assert log.epochs.entries == [(3, 0), (4, 2)]
    assert log.latest_epoch == 4
    assert log.epoch_end_offset(3) == (3, 2)
    assert log.epoch_end_offset(4) == (4, 3)
    assert log.epoch_end_offset(2) == (2, 0)
    assert log.epoch_end_offset(5) == (-1, -1)


def test_append_is_one_write(tmp_path: Path) -> None:
    calls = []

    class Watching(FileSystem):
        def pwritev(self, descriptor: int, buffers: object, position: int) -> None:
            calls.append(position)
            super().pwritev(descriptor, buffers, position)  # type: ignore[arg-type]

    log = open_log(tmp_path, fs=Watching())
    log.append_as_leader(values("a"), 0)
    calls.clear()
    log.append_as_leader(values("b"), 0)
    log.append_as_leader(values("c") + values("d") + values("e"), 0, origin=Origin.COORDINATOR)
    assert len(calls) == 2


def test_a_read_gives_whole_batches_from_the_one_that_holds_the_offset(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    batches = [values(*"abc"), values(*"defg"), values("h")]
    for batch in batches:
        log.append_as_leader(batch, 0)
    sizes = [len(batch) for batch in batches]
    assert len(log.read(1, 1 << 20).records) == sum(sizes)
    assert len(log.read(4, 1 << 20).records) == sum(sizes[1:])
    assert len(log.read(0, sizes[0] + sizes[1] - 1).records) == sizes[0]
    assert len(log.read(0, sizes[0] + sizes[1]).records) == sizes[0] + sizes[1]
    assert len(log.read(0, 1).records) == sizes[0]
    assert len(log.read(0, 1, minimum_one=False).records) == 0
    assert len(log.read(0, 1 << 20, upper=7).records) == sizes[0] + sizes[1]
    assert len(log.read(8, 1 << 20).records) == 0
    assert len(log.read(5, 1 << 20, upper=3).records) == 0


@pytest.mark.parametrize("offset", [-1, 9])
def test_reading_outside_the_log(tmp_path: Path, offset: int) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(values(*"abcdefgh"), 0)
    with pytest.raises(KafkaError) as caught:
        log.read(offset, 100)
    assert caught.value.code == errors.OFFSET_OUT_OF_RANGE


def test_what_clients_may_not_append(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(max_message_bytes=200, segment_bytes=150))
    good = values("a", "b")
    refused(log, values("a", base_offset=1), errors.INVALID_RECORD)
    refused(log, values("x" * 200), errors.MESSAGE_TOO_LARGE)
    refused(log, values("x" * 100), errors.RECORD_LIST_TOO_LARGE)
    refused(log, good[:-1] + b"?", errors.CORRUPT_MESSAGE)
    refused(log, good[:-1], errors.CORRUPT_MESSAGE)
    refused(log, b"", errors.CORRUPT_MESSAGE)
    refused(log, good + good, errors.INVALID_RECORD)
    refused(log, values("a", last_offset_delta=5), errors.INVALID_RECORD)
    refused(log, values("a", control=True), errors.INVALID_RECORD)
    refused(log, values("a", producer_id=1, producer_epoch=0), errors.INVALID_RECORD)
    refused(log, values("a", log_append_time=5), errors.INVALID_TIMESTAMP)
    refused(log, build_values([], NOW), errors.INVALID_RECORD)
    refused(log, bytes(8) + (14).to_bytes(4, "big") + bytes(4) + b"\x01" + bytes(50), errors.INVALID_RECORD)
    refused(log, bytes(8) + (14).to_bytes(4, "big") + bytes(4) + b"\x09" + bytes(50), errors.CORRUPT_MESSAGE)
    assert log.append_as_leader(good, 0).first_offset == 0


def test_timestamps_must_be_in_range(tmp_path: Path) -> None:
    late = keyed(("k", "v"), timestamp=NOW + 3_600_001)
    log = open_log(tmp_path, LogConfig(message_timestamp_before_max_ms=1000))
    error = refused(log, late, errors.INVALID_TIMESTAMP)
    assert isinstance(error, RecordErrors)
    assert [index for index, _ in error.record_errors] == [0]
    mixed = build_batch([(NOW, None, b"a", ()), (NOW - 1001, None, b"b", ()), (-1, None, b"c", ())])
    error = refused(log, mixed, errors.INVALID_TIMESTAMP)
    assert isinstance(error, RecordErrors)
    assert [index for index, _ in error.record_errors] == [1]
    log.append_as_leader(keyed(("k", "v"), timestamp=NOW + 3_600_000), 0)
    log.append_as_leader(values("no time", timestamp=-1), 0)


def test_compacted_topics_want_keys(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(cleanup_policy=COMPACT))
    error = refused(log, keyed(("k", "v"), (None, "v"), (None, "w")), errors.INVALID_RECORD)
    assert isinstance(error, RecordErrors)
    assert [index for index, _ in error.record_errors] == [1, 2]
    log.append_as_leader(keyed(("k", None)), 0)


def test_a_bomb_for_a_compacted_topic_is_refused(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(cleanup_policy=COMPACT))
    bomb = build_batch([(NOW, b"k", bytes(100_000_000), ())], codec=compression.ZSTD)
    refused(log, bomb, errors.MESSAGE_TOO_LARGE)


def test_log_append_time(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(message_timestamp_type="LogAppendTime"))
    info = log.append_as_leader(values("a", "b", timestamp=5, codec=compression.GZIP), 0)
    assert info.log_append_time == info.max_timestamp == NOW
    batch = bytes(log.read(0, 1000).records)
    assert parse_header(batch).uses_log_append_time
    assert [record.timestamp for record in read_records(batch)] == [NOW, NOW]


@pytest.mark.parametrize("source", range(5))
@pytest.mark.parametrize("target", ["uncompressed", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("timestamp_type", ["CreateTime", "LogAppendTime"])
def test_stored_compression(tmp_path: Path, source: int, target: str, timestamp_type: str) -> None:
    log = open_log(tmp_path, LogConfig(compression_type=target, message_timestamp_type=timestamp_type))
    log.append_as_leader(values("x"), 0)
    batch = build_batch(
        [(NOW - 5, b"k", b"v" * 50, [("h", None)]), (NOW, None, b"w", ())],
        codec=source,
        producer_id=3,
        producer_epoch=1,
        base_sequence=0,
    )
    log.append_as_leader(batch, 2)
    stored = bytes(log.read(1, 10_000).records)
    header = parse_header(stored)
    names = {"uncompressed": 0} | compression.CODECS
    assert (header.codec, header.base_offset, header.leader_epoch) == (names[target], 1, 2)
    assert (header.producer_id, header.producer_epoch, header.base_sequence) == (3, 1, 0)
    times = [NOW, NOW] if timestamp_type == "LogAppendTime" else [NOW - 5, NOW]
    records = read_records(stored)
    assert [record.timestamp for record in records] == times
    assert [record[2:] for record in records] == [(b"k", b"v" * 50, [("h", None)]), (None, b"w", [])]


def idempotent(sequence: int, *texts: str, epoch: int = 0, **header: object) -> bytes:
    return values(*texts, producer_id=7, producer_epoch=epoch, base_sequence=sequence, **header)


def test_duplicates_of_the_last_five_batches_succeed_with_their_first_offset(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    for sequence in range(7):
        log.append_as_leader(idempotent(sequence * 2, "a", "b"), 0)
    for sequence in range(2, 7):
        info = log.append_as_leader(idempotent(sequence * 2, "a", "b"), 0)
        assert info.duplicate and info[:2] == (sequence * 2, sequence * 2 + 1)
    assert log.log_end_offset == 14
    refused(log, idempotent(2, "a", "b"), errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    refused(log, idempotent(16, "a"), errors.OUT_OF_ORDER_SEQUENCE_NUMBER)


def test_producer_epochs(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(idempotent(40, "first seen", epoch=3), 0)
    refused(log, idempotent(41, "a", epoch=2), errors.INVALID_PRODUCER_EPOCH)
    refused(log, idempotent(41, "a", epoch=4), errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    log.append_as_leader(idempotent(0, "a", epoch=4), 0)
    log.append_as_leader(idempotent(1, "a", epoch=4), 0)


def test_sequences_wrap(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(idempotent(2**31 - 2, "a", "b"), 0)
    log.append_as_leader(idempotent(0, "c"), 0)
    assert log.append_as_leader(idempotent(2**31 - 2, "a", "b"), 0).duplicate


@pytest.mark.parametrize("clean", [True, False])
def test_producers_survive_a_restart(tmp_path: Path, clean: bool) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(idempotent(0, "a"), 0)
    log.append_as_leader(idempotent(1, "b", "c"), 0)
    if clean:
        log.close()
    again = open_log(tmp_path, clean=clean)
    assert again.append_as_leader(idempotent(1, "b", "c"), 0).duplicate
    refused(again, idempotent(5, "x"), errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    assert again.append_as_leader(idempotent(3, "d"), 0).first_offset == 3


def test_producers_expire(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(idempotent(0, "a"), 0)
    log.producers.remove_expired(NOW + 24 * 3600 * 1000 - 1)
    refused(log, idempotent(5, "x"), errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    log.producers.remove_expired(NOW + 24 * 3600 * 1000)
    log.append_as_leader(idempotent(5, "x"), 0)


def transactional(producer: int, sequence: int, *texts: str, epoch: int = 0) -> bytes:
    return values(*texts, producer_id=producer, producer_epoch=epoch, base_sequence=sequence, transactional=True)


def end(log: Log, producer: int, commit_it: bool, coordinator_epoch: int = 0) -> None:
    marker = build_end_marker(commit_it, producer, 0, coordinator_epoch, NOW)
    log.append_as_leader(marker, 0, origin=Origin.COORDINATOR)


@pytest.mark.parametrize("restart", ["none", "clean", "unclean", "rolled"])
def test_transactions(tmp_path: Path, restart: str) -> None:
    log = open_log(tmp_path)

    def again() -> Log:
        if restart == "rolled":
            log.roll()
        if restart in ("none", "rolled"):
            return log
        if restart == "clean":
            log.close()
        return open_log(tmp_path, clean=restart == "clean")

    log.append_as_leader(transactional(1, 0, "a"), 0)
    log.append_as_leader(transactional(2, 0, "b"), 0)
    log.append_as_leader(values("plain"), 0)
    log = commit(again())
    assert (log.high_watermark, log.last_stable_offset) == (3, 0)
    end(log, 1, False)
    log = again()
    assert commit(log).last_stable_offset == 1
    refused(log, values("x", producer_id=2, producer_epoch=0, base_sequence=1), errors.INVALID_TXN_STATE)
    end(log, 2, True)
    log = commit(again())
    assert log.last_stable_offset == 5
    log.append_as_leader(transactional(1, 1, "c"), 0)
    end(log, 1, False)
    log = commit(again())
    first, second = AbortedTransaction(1, 0, 3, 1), AbortedTransaction(1, 5, 6, 7)
    fetched = log.read(0, 1 << 20, upper=log.last_stable_offset, with_aborted=True)
    assert fetched.aborted == ([first, second] if restart != "rolled" else [first])
    assert log.read(5, 1 << 20, upper=log.last_stable_offset, with_aborted=True).aborted == [second]
    one_batch = log.read(0, 1, upper=log.last_stable_offset, with_aborted=True)
    assert one_batch.aborted == [first]


def test_the_stable_offset_waits_for_the_high_watermark_to_pass_the_marker(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(transactional(1, 0, "a"), 0)
    end(log, 1, True)
    log.high_watermark = 1
    assert log.last_stable_offset == 0
    log.high_watermark = 2
    assert log.last_stable_offset == 2


def test_zombie_coordinators_are_fenced(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(transactional(1, 0, "a"), 0)
    end(log, 1, True, coordinator_epoch=5)
    with pytest.raises(KafkaError) as caught:
        end(log, 1, True, coordinator_epoch=4)
    assert caught.value.code == errors.TRANSACTION_COORDINATOR_FENCED


def test_followers_copy(tmp_path: Path) -> None:
    leader = open_log(tmp_path / "leader")
    for number in range(20):
        leader.append_as_leader(idempotent(number, f"value {number}"), number // 5)
    follower = open_log(tmp_path / "follower")
    copied = leader.read(0, 1 << 20).records
    assert follower.append_as_follower(bytes(copied)[:-5]) is not None
    assert follower.log_end_offset == 19
    with pytest.raises(KafkaError):
        follower.append_as_follower(copied)
    follower.append_as_follower(leader.read(19, 1 << 20).records)
    assert follower.epochs.entries == leader.epochs.entries
    assert contents(follower) == contents(leader)
    assert follower.append_as_follower(b"") is None
    damaged = bytearray(leader.read(0, 1 << 20).records)
    damaged[70] ^= 1
    with pytest.raises(KafkaError):
        open_log(tmp_path / "other").append_as_follower(damaged)


def test_rolls_by_size_time_and_index(tmp_path: Path) -> None:
    batch = values("x" * 100)
    by_size = open_log(tmp_path / "size", LogConfig(segment_bytes=len(batch) * 3))
    for _ in range(7):
        by_size.append_as_leader(batch, 0)
    assert [segment.base_offset for segment in by_size.segments] == [0, 3, 6]
    by_time = open_log(tmp_path / "time", LogConfig(segment_ms=1000))
    for timestamp in (NOW, NOW + 1000, NOW + 1001, NOW + 1002):
        by_time.append_as_leader(values("a", timestamp=timestamp), 0)
    assert [segment.base_offset for segment in by_time.segments] == [0, 2]
    by_index = open_log(tmp_path / "index", LogConfig(segment_index_bytes=36, index_interval_bytes=0))
    for number in range(10):
        by_index.append_as_leader(values("a", timestamp=NOW + number), 0)
    assert len(by_index.segments) > 1
    for log in (by_size, by_time, by_index):
        assert [offset for offset, _ in contents(log)] == list(range(log.log_end_offset))


def many(folder: Path, count: int = 500, **settings: object) -> Log:
    log = open_log(folder, LogConfig(segment_bytes=20_000, index_interval_bytes=500, **settings))  # type: ignore[arg-type]
    for number in range(count):
        log.append_as_leader(values(f"{number}" * 20, timestamp=NOW + (number // 10) * 10), 0)
    return commit(log)


@pytest.mark.parametrize("reopen", ["no", "clean", "without indexes"])
def test_lookups_by_offset_and_time_across_segments(tmp_path: Path, reopen: str) -> None:
    log = many(tmp_path)
    if reopen != "no":
        log.close()
        if reopen == "without indexes":
            for index in Path(log.directory).glob("*index"):
                index.unlink()
        log = commit(open_log(tmp_path, LogConfig(segment_bytes=20_000, index_interval_bytes=500)))
    assert len(log.segments) > 3
    for offset in range(0, 500, 7):
        assert parse_header(log.read(offset, 1).records).base_offset == offset
    for number in range(50):
        assert log.offset_for_timestamp(NOW + number * 10) == (NOW + number * 10, number * 10, 0)
        assert log.offset_for_timestamp(NOW + number * 10 - 9) == (NOW + number * 10, number * 10, 0)
    assert log.offset_for_timestamp(NOW + 491) is None
    assert log.offset_for_timestamp(0) == (NOW, 0, 0)
    assert log.offset_of_max_timestamp() == (NOW + 490, 490, 0)


@pytest.mark.parametrize("clean", [True, False])
def test_a_reopened_segment_remembers_its_times(tmp_path: Path, clean: bool) -> None:
    config = LogConfig(segment_ms=1000)
    log = open_log(tmp_path, config)
    log.append_as_leader(values("a", timestamp=NOW), 0)
    log.close()
    log = open_log(tmp_path, config)
    log.append_as_leader(values("b", timestamp=NOW + 600), 0)
    log.close() if clean else log.release()
    log = open_log(tmp_path, config, clean=clean)
    assert log.offset_of_max_timestamp() == (NOW + 600, 1, 0)
    assert log.offset_for_timestamp(NOW + 1) == (NOW + 600, 1, 0)
    log.append_as_leader(values("c", timestamp=NOW + 1001), 0)
    assert [segment.base_offset for segment in log.segments] == [0, 2]


def test_time_is_exact_inside_a_batch(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    times = [5, 3, 9, 9, 7]
    log.append_as_leader(build_batch([(NOW + time, None, b"v", ()) for time in times], codec=compression.LZ4), 0)
    found = [log.offset_for_timestamp(NOW + time) for time in range(3, 11)]
    assert [entry and entry.offset for entry in found] == [0, 0, 0, 2, 2, 2, 2, None]
    assert log.offset_of_max_timestamp() == (NOW + 9, 2, 0)
    assert commit(log).delete_records(3) == 3
    assert log.offset_for_timestamp(NOW + 3) == (NOW + 9, 3, 0)


def test_a_bomb_is_not_opened_to_find_a_time(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(build_batch([(NOW, None, bytes(100_000_000), ())], codec=compression.ZSTD), 0)
    log.append_as_leader(build_values([b""] * 600_000, NOW + 1, codec=compression.ZSTD), 0)
    assert log.offset_for_timestamp(NOW) == (NOW, 0, 0)
    assert log.offset_for_timestamp(NOW + 1) == (NOW + 1, 600_000, 0)


def test_an_empty_log_has_no_times(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    assert log.offset_for_timestamp(0) is None
    assert log.offset_of_max_timestamp() is None


def test_delete_records(tmp_path: Path) -> None:
    log = many(tmp_path)
    with pytest.raises(KafkaError):
        log.delete_records(501)
    assert log.delete_records(333) == 333
    assert log.delete_records(10) == 333
    assert contents(log)[0][0] == 333
    with pytest.raises(KafkaError):
        log.read(332, 10)
    gone = log.delete_old_segments()
    assert gone > 0 and log.segments[0].base_offset <= 333
    assert log.epochs.entries == [(0, 333)]
    log.close()
    assert contents(commit(open_log(tmp_path, log_start=333)))[0][0] == 333


def test_retention_by_size_keeps_at_least_so_much(tmp_path: Path) -> None:
    log = many(tmp_path, retention_bytes=30_000)
    log.delete_old_segments()
    assert 30_000 <= log.size < 50_000 + 20_000
    assert log.log_start_offset == log.segments[0].base_offset
    assert contents(log)[0][0] == log.log_start_offset


def test_retention_by_time_takes_even_the_active_segment(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    log = open_log(tmp_path, LogConfig(segment_bytes=2_000, retention_ms=60_000), clock=clock)
    for _ in range(50):
        log.append_as_leader(values("x" * 100, timestamp=clock.time_ms()), 0)
        clock.advance(2)
    assert log.delete_old_segments() == 0  # nothing is committed yet
    commit(log)
    kept = [segment for segment in log.segments if segment.largest_timestamp >= clock.time_ms() - 60_000]
    assert log.delete_old_segments() > 0
    assert log.segments == kept
    clock.advance(3600)
    log.delete_old_segments()
    assert (log.log_start_offset, log.log_end_offset, log.size, len(log.segments)) == (50, 50, 0, 1)
    assert log.delete_old_segments() == 0
    assert log.append_as_leader(values("y", timestamp=clock.time_ms()), 0).first_offset == 50


def test_compacted_logs_are_not_cut_by_retention(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(segment_bytes=200, retention_bytes=0, retention_ms=1, cleanup_policy=COMPACT))
    for _ in range(10):
        log.append_as_leader(keyed(("k", "x" * 100), timestamp=1), 0)
    assert commit(log).delete_old_segments() == 0


def test_deleted_files_wait_under_another_name(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    log = open_log(tmp_path, LogConfig(segment_bytes=200, retention_bytes=0), clock=clock)
    for _ in range(3):
        log.append_as_leader(values("x" * 100), 0)
    commit(log).delete_old_segments()
    folder = Path(log.directory)
    assert len(list(folder.glob("*.deleted"))) > 0
    clock.advance(61)
    log._trash.empty()
    assert list(folder.glob("*.deleted")) == []


@pytest.mark.parametrize("offset", [0, 1, 17, 100, 250, 499, 500])
@pytest.mark.parametrize("reopen", [False, True])
def test_truncation(tmp_path: Path, offset: int, reopen: bool) -> None:
    log = many(tmp_path)
    log.append_as_leader(idempotent(0, "last"), 9)
    log.truncate_to(offset)
    if reopen:
        log.close()
        log = open_log(tmp_path, log.config)
    assert log.log_end_offset == offset
    assert [found for found, _ in contents(log)] == list(range(offset))
    assert log.high_watermark <= offset
    assert log.latest_epoch == (0 if offset else -1)
    info = log.append_as_leader(idempotent(0, "again"), 10)
    assert not info.duplicate and info.first_offset == offset
    assert contents(log)[-1] == (offset, b"again")
    newest = log.offset_of_max_timestamp()
    assert newest is not None and newest.timestamp == max(NOW, NOW + (offset - 1) // 10 * 10)


def test_truncating_into_a_batch_drops_the_whole_batch(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(values(*"abc"), 0)
    log.append_as_leader(values(*"def"), 0)
    assert log.truncate_to(4)
    assert contents(log) == [(0, b"a"), (1, b"b"), (2, b"c")]


def test_truncating_fully_starts_elsewhere(tmp_path: Path) -> None:
    log = many(tmp_path)
    log.truncate_fully(1000)
    assert (log.log_start_offset, log.log_end_offset, log.size) == (1000, 1000, 0)
    assert log.append_as_leader(values("a"), 1).first_offset == 1000


def test_flush_messages(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(flush_messages=3))
    log.append_as_leader(values("a", "b"), 0)
    assert log.recovery_point == 0
    log.append_as_leader(values("c"), 0)
    assert log.recovery_point == 3


def test_flushing_sealed_segments(tmp_path: Path) -> None:
    log = many(tmp_path)
    assert log.has_unflushed_segments
    log.flush_sealed()
    assert log.recovery_point == log.active.base_offset and not log.has_unflushed_segments
    log.flush()
    assert log.recovery_point == 500


def test_the_topic_id_is_written_once(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.assign_topic_id(bytes(range(16)))
    data = (Path(log.directory) / "partition.metadata").read_bytes()
    assert data == b"version: 0\ntopic_id: AAECAwQFBgcICQoLDA0ODw"
    log.assign_topic_id(bytes(range(16)))
    with pytest.raises(KafkaError):
        log.assign_topic_id(bytes(range(1, 17)))
    assert open_log(tmp_path).topic_id == bytes(range(16))


def test_preallocated_segments_are_trimmed(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(preallocate=True, segment_bytes=100_000))
    log.roll()
    log.append_as_leader(values("a"), 0)
    log.roll()
    log.append_as_leader(values("b"), 0)
    assert Path(log.active.path()).stat().st_size == 100_000
    unclean = open_log(tmp_path, clean=False)
    assert contents(unclean) == [(0, b"a"), (1, b"b")]


def test_sealed_segments_do_not_stay_open(tmp_path: Path) -> None:
    opened: set[int] = set()

    class Counting(FileSystem):
        def open(self, path: str, *, create: bool = False) -> int:
            descriptor = super().open(path, create=create)
            opened.add(descriptor)
            return descriptor

        def close(self, descriptor: int) -> None:
            opened.discard(descriptor)
            super().close(descriptor)

    log = open_log(tmp_path, LogConfig(segment_bytes=200), fs=Counting())
    for _ in range(50):
        log.append_as_leader(values("x" * 100), 0)
    assert len(log.segments) == 50
    contents(log)
    assert len(opened) <= 6
    log.close()
    assert not opened


def test_a_renamed_log_goes_on(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.append_as_leader(values("a"), 0)
    log.rename(str(tmp_path / "t-0.abc-delete"))
    log.append_as_leader(values("b"), 1)
    log.roll()
    assert contents(log) == [(0, b"a"), (1, b"b")]
    assert not (tmp_path / "t-0").exists()


def test_time_of_the_clock_is_used_for_empty_segments(tmp_path: Path) -> None:
    assert open_log(tmp_path).active.created_ms == CLOCK.time_ms()


def test_sealed_segments_are_flushed_while_the_log_goes_on(tmp_path: Path) -> None:
    log = many(tmp_path, 300, retention_bytes=50_000)
    failures: list[BaseException] = []
    stop = threading.Event()

    def flush() -> None:
        while not stop.is_set():
            try:
                log.flush_sealed()
            except BaseException as error:
                failures.append(error)
                return

    thread = threading.Thread(target=flush)
    thread.start()
    for number in range(1500):
        log.append_as_leader(values(f"{number}" * 20), 0)
        if number % 50 == 0:
            commit(log).delete_old_segments()
            contents(log)
        if number == 700:
            log.truncate_to(log.log_start_offset + 3)
    log.rename(str(tmp_path / "t-0.abc-delete"))
    log.release()
    stop.set()
    thread.join()
    assert not failures and not log.failed
    assert log.recovery_point <= log.active.base_offset


def test_the_index_files_of_the_active_segment_follow_when_asked(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(index_interval_bytes=1))
    folder = tmp_path / "t-0"
    log.save_index_entries()
    assert [(folder / f"{0:020}{kind}").read_bytes() for kind in (".index", ".timeindex")] == [b"", b""]
    for start in range(0, 9, 3):
        for i in range(start, start + 3):
            log.append_as_leader(values(f"v{i}", timestamp=NOW + i), 0)
        log.save_index_entries()
        size = log.active.size // (start + 3)
        entries = [pack(">ii", i, i * size) for i in range(1, start + 3)]
        assert (folder / f"{0:020}.index").read_bytes() == b"".join(entries)
        times = [pack(">qi", NOW + i, i) for i in range(1, start + 3)]
        assert (folder / f"{0:020}.timeindex").read_bytes() == b"".join(times)
    log.truncate_to(4)
    log.append_as_leader(values("w", timestamp=NOW + 20), 0)
    log.save_index_entries()
    offsets = OffsetIndex.load(0, (folder / f"{0:020}.index").read_bytes(), log.active.size)
    assert (len(offsets), offsets.lookup(4)) == (4, 4 * size)


def test_index_files_that_were_written_midway_do_not_matter_after_a_crash(tmp_path: Path) -> None:
    log = open_log(tmp_path, LogConfig(index_interval_bytes=1))
    for i in range(4):
        log.append_as_leader(values(f"v{i}", timestamp=NOW + i), 0)
    log.save_index_entries()
    log.append_as_leader(values("last", timestamp=NOW + 50), 0)
    log.flush()
    reopened = commit(open_log(tmp_path, LogConfig(index_interval_bytes=1), clean=False, recovery_point=5))
    assert [value for _, value in contents(reopened)] == [b"v0", b"v1", b"v2", b"v3", b"last"]
    assert reopened.active.latest == (NOW + 50, 4)
