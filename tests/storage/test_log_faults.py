"""A disk that fails, fills up or forgets: no acknowledged record is lost, none appears that was not sent."""

import errno
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcli.storage.config import LogConfig
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from kcli.wire import errors
from kcli.wire.errors import KafkaError
from tests.storage.faults import FailingFileSystem, ForgetfulFileSystem, FullFileSystem
from tests.storage.helpers import commit, contents, open_log, values

SMALL = LogConfig(segment_bytes=500, index_interval_bytes=100)
Rows = list[tuple[int, bytes | None]]


def script(log: Log) -> Rows:
    """Appends, rolls, flushes, cuts; gives the acknowledged records. Whatever fails is skipped."""
    acknowledged: Rows = []

    def attempt(work: object, *arguments: object, **options: object) -> object:
        try:
            return work(*arguments, **options)  # type: ignore[operator]
        except KafkaError as error:
            assert error.code == errors.KAFKA_STORAGE_ERROR
            return None

    for number in range(24):
        text = f"value {number}"
        sequence = {"producer_id": number % 3, "producer_epoch": number, "base_sequence": 0}
        info = attempt(log.append_as_leader, values(text, **sequence), number // 8)
        if info is not None:
            acknowledged.append((info[0], text.encode()))  # type: ignore[index]
        if number % 10 == 9:
            attempt(log.flush)
    attempt(log.flush)
    attempt(log.close)
    return acknowledged


def count_calls(folder: Path) -> int:
    fs = FailingFileSystem()
    script(open_log(folder, SMALL, fs=fs))
    return fs.calls


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EMFILE])
def test_an_error_at_any_call_loses_nothing(tmp_path: Path, code: int) -> None:
    calls = count_calls(tmp_path / "counting")
    assert calls > 100
    for number in range(calls):
        folder = tmp_path / f"at-{number}"
        fs = FailingFileSystem(number, code)
        failed: list[str] = []
        try:
            log = open_log(folder, SMALL, fs=fs, on_failure=lambda path, _, to=failed: to.append(path))
        except OSError:
            continue
        acknowledged = script(log)
        assert failed in ([], [str(folder)])
        if code == errno.EIO and fs.failures == 0 and "fsync" in fs.log[number : number + 1]:
            assert log.failed
        found = contents(commit(open_log(folder, SMALL, clean=False)))
        assert [row for row in found if row in acknowledged] == acknowledged, number
        assert [offset for offset, _ in found] == list(range(len(found)))
        assert len(found) <= len(acknowledged) + 1  # a write that failed half-way may turn out to be whole
        shutil.rmtree(folder)


def test_nothing_is_served_after_an_error_that_does_not_pass(tmp_path: Path) -> None:
    fs = FailingFileSystem()
    log = commit(open_log(tmp_path, SMALL, fs=fs))
    log.append_as_leader(values("a"), 0)
    fs.fail_at = fs.calls
    with pytest.raises(KafkaError):
        log.flush()
    assert log.failed
    for work in (log.flush, log.roll, log.delete_old_segments, lambda: log.read(0, 10)):
        with pytest.raises(KafkaError) as caught:
            work()
        assert caught.value.code == errors.KAFKA_STORAGE_ERROR


def test_a_full_disk_that_gets_room_again(tmp_path: Path) -> None:
    fs = FullFileSystem(100_000)
    log = open_log(tmp_path, LogConfig(segment_bytes=5_000), fs=fs)
    kept: Rows = []
    refused = 0
    for number in range(300):
        fs.room = {50: 100, 120: 100_000, 200: 0, 230: 100_000}.get(number, fs.room)
        try:
            info = log.append_as_leader(values(f"value {number}"), 0)
            kept.append((info.first_offset, f"value {number}".encode()))
        except KafkaError as error:
            assert error.code == errors.KAFKA_STORAGE_ERROR
            refused += 1
    assert refused > 50 and not log.failed
    assert contents(commit(log)) == kept
    log.close()
    assert contents(commit(open_log(tmp_path))) == kept
    assert contents(commit(open_log(tmp_path, clean=False))) == kept


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.sampled_from([0.0, 0.1, 1.0]),
    seed=st.integers(0, 2**20),
    operations=st.lists(st.sampled_from(["append", "append", "append", "roll", "flush", "retain", "cut"]), max_size=30),
)
def test_flushed_records_survive_a_crash(tmp_path: Path, kept: float, seed: int, operations: list[str]) -> None:
    """With flush.messages=1, everything acknowledged is on the disk, whatever else the machine forgot."""
    folder = tmp_path / "crash"
    shutil.rmtree(folder, ignore_errors=True)
    fs = ForgetfulFileSystem(kept, seed)
    log = open_log(folder, LogConfig(segment_bytes=400, flush_messages=1, retention_bytes=2_000), fs=fs)
    acknowledged: Rows = []
    for number, operation in enumerate(operations):
        if operation == "append":
            info = log.append_as_leader(
                values(f"value {number}", producer_id=1, producer_epoch=number, base_sequence=0), 0
            )
            acknowledged.append((info.first_offset, f"value {number}".encode()))
        elif operation == "roll":
            log.roll()
        elif operation == "flush":
            log.flush_sealed()
        elif operation == "retain":
            commit(log).delete_old_segments()
        elif operation == "cut" and acknowledged:
            commit(log).delete_records(acknowledged[len(acknowledged) // 2][0])
    start = log.log_start_offset
    point = log.recovery_point
    log.release()
    fs.crash()
    again = commit(open_log(folder, log.config, clean=False, recovery_point=point, log_start=start))
    assert contents(again) == [row for row in acknowledged if row[0] >= start]


def test_a_failed_roll_can_be_tried_again(tmp_path: Path) -> None:
    log = open_log(tmp_path, SMALL)
    rows: Rows = []
    for number in range(4):
        log.append_as_leader(values("x" * 60), 0)
        rows.append((number, b"x" * 60))
    for fail_at in range(10):
        log._fs = fs = FailingFileSystem(fail_at, errno.ENOSPC)
        log.active.fs = fs
        try:
            log.roll()
        except KafkaError:
            assert contents(commit(log)) == rows
    log._fs = log.active.fs = FileSystem()
    log.append_as_leader(values("y"), 0)
    assert contents(commit(log)) == [*rows, (4, b"y")]
