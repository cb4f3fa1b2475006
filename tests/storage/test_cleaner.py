"""Compaction keeps what it must, drops what it may, and survives a crash at any of its steps."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcli.clock import ManualClock
from kcli.records.batch import check_crc, iterate_batches
from kcli.records.control import build_end_marker
from kcli.records.reader import read_records
from kcli.storage.cleaner import Cleaner
from kcli.storage.config import LogConfig
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from kcli.storage.manager import LogManager
from kcli.storage.producer_state import Origin
from kcli.wire.errors import KafkaError
from tests.storage.faults import FailingFileSystem, TidyFileSystem
from tests.storage.helpers import NOW, commit, keyed, values

CONFIG = LogConfig(segment_bytes=600, index_interval_bytes=100, cleanup_policy=frozenset({"compact"}))
EAGER = replace(CONFIG, min_cleanable_dirty_ratio=0.0)
Row = tuple[int, bytes | None, bytes | None]


class Compacted:
    """A log dir with one compacted log, and its cleaner."""

    def __init__(
        self, folder: Path, config: LogConfig = CONFIG, *, fs: FileSystem | None = None, most_keys: int = 1000
    ) -> None:
        self.clock = ManualClock(NOW)
        self.fs = fs or TidyFileSystem()
        self.logs = LogManager([str(folder)], self.clock, fs=self.fs)
        self.logs.open()
        self.logs.load(lambda topic: config)
        self.log: Log = self.logs.get_or_create("t", 0, None, config)
        self.cleaner = Cleaner(self.logs, self.clock, fs=self.fs, most_keys=most_keys)

    def append(self, *pairs: tuple[str, str | None], **header: object) -> None:
        self.log.append_as_leader(keyed(*pairs, timestamp=self.clock.time_ms(), **header), 0)

    def end(self, producer: int, commit_it: bool, epoch: int = 0) -> None:
        marker = build_end_marker(commit_it, producer, epoch, 0, self.clock.time_ms())
        self.log.append_as_leader(marker, 0, origin=Origin.COORDINATOR)

    def clean(self) -> bool:
        """Seal, and clean all that is dirty enough; False if nothing was."""
        self.log.roll()
        commit(self.log)
        job = self.cleaner.choose()
        if job is not None:
            for work in self.cleaner.run(job):
                if work is not None:
                    work()
        return job is not None

    def headers(self) -> list:
        return [header for segment in self.log.segments for header, _ in segment.batches()]

    def rows(self) -> list[Row]:
        """(offset, key, value) of the data records, checked to the last byte."""
        found: list[Row] = []
        for segment in self.log.segments:
            for header, position in segment.batches():
                batch = segment.read_batch(header, position)
                check_crc(batch, 0, len(batch))
                records = read_records(batch)
                assert len(records) == header.count
                if not header.is_control:
                    found += [(record.offset, record.key, record.value) for record in records]
        return found


def state(rows: list[Row]) -> dict[bytes | None, bytes | None]:
    """What a reader of the whole log ends up with."""
    table: dict[bytes | None, bytes | None] = {}
    for _, key, value in rows:
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return table


def test_only_the_newest_of_each_key_stays(tmp_path: Path) -> None:
    made = Compacted(tmp_path)
    for number in range(60):
        made.append((f"key {number % 7}", f"value {number}"))
    before = made.rows()
    assert made.clean()
    after = made.rows()
    assert state(after) == state(before)
    assert len(after) == 7 and set(after) <= set(before)
    assert made.log.log_end_offset == 60
    assert not made.clean()
    made.append(("key 3", "again"))
    assert made.log.log_end_offset == 61
    for offset in range(61):
        header = next(iterate_batches(made.log.read(offset, 1).records))[0]
        assert header.last_offset >= offset


def test_small_segments_are_merged(tmp_path: Path) -> None:
    made = Compacted(tmp_path, EAGER)
    for number in range(60):
        made.append(("key", f"value {number}"))
    made.clean()
    assert len(made.log.segments) > 3
    made.append(("key", "last"))
    made.clean()
    assert len(made.log.segments) == 2
    assert made.rows() == [(60, b"key", b"last")]


def test_it_waits_until_enough_is_dirty(tmp_path: Path) -> None:
    made = Compacted(tmp_path)
    for number in range(60):
        made.append((f"key {number}", "value" * 5))
    made.clean()
    for number in range(10):
        made.append((f"key {number}", "value" * 5))
    assert not made.clean()
    for number in range(70):
        made.append((f"key {number}", "value" * 5))
    assert made.clean()


def test_an_overdue_log_is_cleaned_however_clean_it_is(tmp_path: Path) -> None:
    made = Compacted(tmp_path, replace(CONFIG, max_compaction_lag_ms=60_000))
    for number in range(60):
        made.append((f"key {number}", "value" * 5))
    made.clean()
    made.append(("key 0", "new"))
    assert not made.clean()
    made.clock.advance(61)
    assert made.clean()


def test_what_is_young_or_not_stable_stays(tmp_path: Path) -> None:
    lagging = Compacted(tmp_path / "a", replace(CONFIG, min_compaction_lag_ms=60_000))
    for number in range(20):
        lagging.append(("key", f"value {number}"))
    assert not lagging.clean()
    lagging.clock.advance(61)
    assert lagging.clean()
    open_transaction = Compacted(tmp_path / "b")
    open_transaction.append(("k", "v"), producer_id=1, producer_epoch=0, base_sequence=0, transactional=True)
    for number in range(20):
        open_transaction.append(("key", f"value {number}"))
    assert not open_transaction.clean()


def test_tombstones_stay_for_delete_retention_after_the_first_cleaning_that_meets_them(tmp_path: Path) -> None:
    made = Compacted(tmp_path, EAGER)
    made.append(("gone", "value"), ("stays", "value"))
    made.append(("gone", None))
    made.append(("filler", "x"))
    made.clean()
    assert [row[1:] for row in made.rows()] == [(b"stays", b"value"), (b"gone", None), (b"filler", b"x")]
    (tombstone,) = [header for header in made.headers() if header.delete_horizon_ms is not None]
    assert tombstone.delete_horizon_ms == NOW + 24 * 3600 * 1000
    for wait, left in ((24 * 3600 - 1, 1), (1, 0)):
        made.clock.advance(wait)
        for number in range(5):
            made.append((f"more {number}", "x" * 60))
        assert made.clean()
        assert sum(row[1] == b"gone" for row in made.rows()) == left


def test_aborted_records_go_at_once_and_markers_later(tmp_path: Path) -> None:
    made = Compacted(tmp_path, EAGER)
    made.append(("a", "aborted"), producer_id=1, producer_epoch=0, base_sequence=0, transactional=True)
    made.append(("b", "committed"), producer_id=2, producer_epoch=0, base_sequence=0, transactional=True)
    made.end(1, False)
    made.end(2, True)
    made.append(("a", "next"), producer_id=1, producer_epoch=0, base_sequence=1, transactional=True)
    made.end(1, True)
    made.append(("c", "plain"))
    made.clean()
    assert [row[1:] for row in made.rows()] == [(b"b", b"committed"), (b"a", b"next"), (b"c", b"plain")]
    assert sum(header.is_control for header in made.headers()) == 3
    fetched = commit(made.log).read(0, 1 << 20, with_aborted=True)
    assert [entry.producer_id for entry in fetched.aborted] == [1]
    for _ in range(2):
        for number in range(12):
            made.append((f"more {number}", "x" * 60))
        assert made.clean()
        made.clock.advance(24 * 3600 + 1)
    controls = [header for header in made.headers() if header.is_control]
    assert not any(header.base_offset == 2 for header in controls)
    assert commit(made.log).read(0, 1 << 20, with_aborted=True).aborted == []


def test_the_last_batch_of_a_live_producer_stays_even_empty(tmp_path: Path) -> None:
    made = Compacted(tmp_path)
    made.append(("k", "mine"), producer_id=5, producer_epoch=0, base_sequence=0)
    made.append(("k", "mine"), producer_id=5, producer_epoch=0, base_sequence=1)
    for number in range(20):
        made.append(("k", f"newer {number}"))
    made.clean()
    (empty,) = [header for header in made.headers() if header.producer_id == 5]
    assert (empty.count, empty.base_offset, empty.last_sequence) == (0, 1, 1)
    made.logs.unlock()  # no clean end: producers come from the batches
    for snapshot in (tmp_path / "t-0").glob("*.snapshot"):
        snapshot.unlink()
    again = Compacted(tmp_path)
    with pytest.raises(KafkaError):
        again.append(("k", "x"), producer_id=5, producer_epoch=0, base_sequence=7)
    again.append(("k", "x"), producer_id=5, producer_epoch=0, base_sequence=2)


def test_keys_that_do_not_fit_are_left_for_the_next_round(tmp_path: Path) -> None:
    made = Compacted(tmp_path, most_keys=10)
    for number in range(60):
        made.append((f"key {number % 30}", f"value {number}"))
    before = made.rows()
    rounds = 0
    while made.clean():
        rounds += 1
        assert state(made.rows()) == state(before)
    assert rounds > 1
    assert (tmp_path / "cleaner-offset-checkpoint").read_text().startswith("0\n1\nt 0 ")


def test_what_is_clean_is_remembered(tmp_path: Path) -> None:
    made = Compacted(tmp_path)
    for number in range(60):
        made.append((f"key {number % 7}", f"value {number}"))
    made.clean()
    end = made.log.active.base_offset
    made.logs.close()
    assert (tmp_path / "cleaner-offset-checkpoint").read_text() == f"0\n1\nt 0 {end}\n"
    again = Compacted(tmp_path)
    commit(again.log)
    assert again.cleaner.choose() is None


def test_records_without_keys_and_long_keys(tmp_path: Path) -> None:
    made = Compacted(tmp_path, LogConfig(segment_bytes=600))
    made.log.append_as_leader(values("no key"), 0)
    made.append(("k" * 200, "old"))
    made.append(("k" * 200, "new"))
    made.append(("l", "x"))
    made.log.update_config(CONFIG)
    made.clean()
    assert [row[1:] for row in made.rows()] == [(b"k" * 200, b"new"), (b"l", b"x")]


pairs = st.tuples(st.sampled_from("abcdef"), st.none() | st.text("xyz", max_size=40))
batches = st.lists(st.lists(pairs, min_size=1, max_size=4), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=batches, codec=st.integers(0, 4), pauses=st.sets(st.integers(0, 40), max_size=4), keys=st.integers(2, 9))
def test_readers_end_up_with_the_same_table(
    tmp_path: Path, content: list, codec: int, pauses: set[int], keys: int
) -> None:
    folder = tmp_path / "model"
    shutil.rmtree(folder, ignore_errors=True)
    made = Compacted(folder, most_keys=keys)
    written: list[Row] = []
    for number, batch in enumerate(content):
        written += [
            (made.log.log_end_offset + index, key.encode(), None if value is None else value.encode())
            for index, (key, value) in enumerate(batch)
        ]
        made.append(*batch, codec=codec)
        if number in pauses:
            made.clean()
            made.clock.advance(13 * 3600)
    made.clean()
    rows = made.rows()
    assert state(rows) == state(written)
    assert set(rows) <= set(written) and rows == sorted(rows, key=lambda row: row[0])
    assert made.log.log_end_offset == len(written)
    made.logs.close()
    again = Compacted(folder)
    assert again.rows() == rows and again.log.log_end_offset == len(written)
    again.logs.close()


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_crash_at_any_step_of_the_swap(tmp_path: Path, code: int) -> None:
    def prepare(folder: Path) -> tuple[Compacted, FailingFileSystem, list[Row]]:
        fs = FailingFileSystem()
        made = Compacted(folder, fs=fs)
        for number in range(18):
            made.append((f"key {number % 4}", f"value {number}"))
        made.end(1, True)
        made.log.roll()
        made.log.flush()
        return made, fs, made.rows()

    made, fs, _ = prepare(tmp_path / "counting")
    first = fs.calls
    assert made.clean()
    calls = fs.calls - first
    assert calls > 20
    for number in range(calls):
        folder = tmp_path / f"at-{number}"
        made, fs, before = prepare(folder)
        fs.fail_at, fs.code, fs.failures = fs.calls + number, code, 1_000_000  # a crash: nothing works from here on
        try:
            made.clean()
        except OSError:
            pass
        fs.failures = 0
        made.logs.unlock()
        again = Compacted(folder)
        commit(again.log)
        after = again.rows()
        assert state(after) == state(before), number
        assert again.log.log_end_offset == 19
        assert not [path for path in (folder / "t-0").iterdir() if path.suffix in (".cleaned", ".swap", ".deleted")]
        again.append(("key 0", "on"))
        again.clean()
        assert state(again.rows()) == {**state(before), b"key 0": b"on"}
        again.logs.unlock()
        shutil.rmtree(folder)
