import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kcli.clock import ManualClock
from kcli.storage.config import LogConfig
from kcli.storage.errors import LogDirError
from kcli.storage.fs import FileSystem
from kcli.storage.manager import LogManager
from kcli.storage.meta_properties import KRAFT, ZOOKEEPER
from kcli.wire import errors, uuid
from kcli.wire.errors import KafkaError
from tests.storage.faults import FailingFileSystem, TidyFileSystem
from tests.storage.helpers import NOW, commit, contents, values

CONFIG = LogConfig(segment_bytes=500)
CLUSTER = "Ui9nqHS8RTWDF6FOPNshxA"
TOPIC_ID = bytes(range(1, 17))


def manager(*dirs: Path, load: bool = True, **options: Any) -> LogManager:
    options = {"clock": ManualClock(NOW), "fs": TidyFileSystem(), **options}
    logs = LogManager([str(path) for path in dirs], **options)
    logs.open()
    if load:
        logs.load(lambda topic: CONFIG)
    return logs


def test_logs_come_back_after_a_clean_stop(tmp_path: Path) -> None:
    logs = manager(tmp_path / "a")
    log = logs.get_or_create("t", 0, TOPIC_ID, CONFIG)
    for number in range(20):
        log.append_as_leader(values(f"value {number}"), 0)
    commit(log).delete_records(7)
    expected = contents(log)
    logs.close(broker_epoch=25)
    names = set(os.listdir(tmp_path / "a"))
    assert names == {
        ".kafka_cleanshutdown",
        ".lock",
        "log-start-offset-checkpoint",
        "recovery-point-offset-checkpoint",
        "replication-offset-checkpoint",
        "t-0",
    }
    assert json.loads((tmp_path / "a/.kafka_cleanshutdown").read_text()) == {"version": 0, "brokerEpoch": 25}
    assert (tmp_path / "a/recovery-point-offset-checkpoint").read_text() == "0\n1\nt 0 20\n"
    again = manager(tmp_path / "a")
    assert not (tmp_path / "a/.kafka_cleanshutdown").exists()
    log = again.logs["t", 0]
    assert (log.high_watermark, log.recovery_point, log.topic_id) == (20, 20, TOPIC_ID)
    assert contents(log) == expected
    again.close()


def test_logs_are_recovered_after_an_unclean_stop(tmp_path: Path) -> None:
    logs = manager(tmp_path)
    log = logs.get_or_create("a-b_c.d", 3, TOPIC_ID, CONFIG)
    for number in range(20):
        log.append_as_leader(values(f"value {number}"), 0)
    logs.checkpoint()
    with open(log.active.path(), "ab") as file:
        file.write(b"torn")
    logs.unlock()
    again = manager(tmp_path)
    assert len(contents(commit(again.logs["a-b_c.d", 3]))) == 20


@pytest.mark.parametrize("damage", [b"", b"x", b"0\n3\nt 0 5\n", b"0\n1\nt zero 5\n", b"7\n0\n", bytes(20)])
@pytest.mark.parametrize("name", ["recovery-point", "replication", "log-start"])
@pytest.mark.parametrize("clean", [True, False])
def test_checkpoints_that_cannot_be_read_cost_nothing(tmp_path: Path, damage: bytes, name: str, clean: bool) -> None:
    logs = manager(tmp_path)
    log = logs.get_or_create("t", 0, None, CONFIG)
    for number in range(20):
        log.append_as_leader(values(f"value {number}"), 0)
    if clean:
        logs.close()
    else:
        logs.checkpoint()
        logs.unlock()
    (tmp_path / f"{name}-offset-checkpoint").write_bytes(damage)
    assert len(contents(commit(manager(tmp_path).logs["t", 0]))) == 20


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    logs = manager(tmp_path)
    with pytest.raises(LogDirError, match="another process"):
        manager(tmp_path)
    program = (
        "import sys; from kcli.clock import SystemClock; from kcli.storage.manager import LogManager\n"
        "LogManager([sys.argv[1]], SystemClock()).open()"
    )
    refused = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True)
    assert refused.returncode == 1 and "Failed to acquire lock" in refused.stderr
    logs.close()
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    manager(tmp_path).close()


def test_log_dirs_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(LogDirError, match="Duplicate"):
        manager(tmp_path / "a", tmp_path / "a")
    (tmp_path / "file").write_text("")
    with pytest.raises(LogDirError, match="file"):
        manager(tmp_path / "file")

    class ReadOnly(FileSystem):
        def is_writable(self, path: str) -> bool:
            return False

    with pytest.raises(LogDirError, match="not writable"):
        manager(tmp_path / "b", fs=ReadOnly())


def test_meta_properties_of_zookeeper_and_kraft(tmp_path: Path) -> None:
    logs = manager(tmp_path / "zk")
    assert logs.claim(ZOOKEEPER, 1, CLUSTER) == {str(tmp_path / "zk"): None}
    lines = (tmp_path / "zk/meta.properties").read_text().splitlines()
    assert lines[0] == "#" and lines[1] == "#Tue Nov 14 22:13:20 UTC 2023"
    assert lines[2:] == ["broker.id=1", "version=0", f"cluster.id={CLUSTER}"]
    logs.claim(ZOOKEEPER, 1, CLUSTER)
    with pytest.raises(LogDirError, match=r"Invalid cluster\.id"):
        logs.claim(ZOOKEEPER, 1, "other")
    with pytest.raises(LogDirError, match=r"broker\.id 2 doesn't match stored broker\.id 1"):
        logs.claim(ZOOKEEPER, 2, CLUSTER)
    with pytest.raises(LogDirError, match="with ZooKeeper"):
        logs.claim(KRAFT, 1, CLUSTER)
    logs.close()
    logs = manager(tmp_path / "kraft", tmp_path / "kraft2")
    ids = logs.claim(KRAFT, 1, CLUSTER)
    assert len(set(ids.values())) == 2
    lines = (tmp_path / "kraft/meta.properties").read_text().splitlines()
    first = ids[str(tmp_path / "kraft")]
    assert lines[2:] == ["node.id=1", f"directory.id={first}", "version=1", f"cluster.id={CLUSTER}"]
    assert logs.claim(KRAFT, 1, CLUSTER) == ids
    logs.close()


@pytest.mark.parametrize(
    "text", ["version=7", "version=one", "version=1\nnode.id=1", "", "version=1\nnode.id=x", "a=\\u12"]
)
def test_meta_properties_that_make_no_sense(tmp_path: Path, text: str) -> None:
    (tmp_path / "meta.properties").write_text(text)
    with pytest.raises(LogDirError, match=r"meta\.properties"):
        manager(tmp_path).claim(KRAFT, 1, CLUSTER)


def test_new_logs_go_where_the_fewest_are(tmp_path: Path) -> None:
    logs = manager(tmp_path / "a", tmp_path / "b")
    for partition in range(5):
        logs.get_or_create("t", partition, None, CONFIG)
    assert sorted(len(list((tmp_path / name).glob("t-*"))) for name in "ab") == [2, 3]
    logs.close()
    assert len(manager(tmp_path / "a", tmp_path / "b").logs) == 5


def test_deletion_takes_the_name_at_once_and_the_files_later(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    logs = manager(tmp_path, clock=clock)
    logs.get_or_create("t" * 249, 0, None, CONFIG).append_as_leader(values("a"), 0)
    logs.delete("t" * 249, 0)
    assert logs.get("t" * 249, 0) is None
    (folder,) = tmp_path.glob("t*")
    assert folder.name.endswith("-delete") and len(folder.name) == 255
    logs.get_or_create("t" * 249, 0, None, CONFIG)
    logs.close()
    logs = manager(tmp_path, clock=clock)
    logs.empty_trash()
    assert folder.exists()
    clock.advance(61)
    logs.empty_trash()
    assert not folder.exists()
    logs.close()


def test_a_topic_made_anew_gets_a_new_log(tmp_path: Path) -> None:
    logs = manager(tmp_path)
    logs.get_or_create("t", 0, TOPIC_ID, CONFIG).append_as_leader(values("old"), 0)
    log = logs.get_or_create("t", 0, uuid.random(), CONFIG)
    assert log.log_end_offset == 0
    assert len(list(tmp_path.glob("t-0.*-stray"))) == 1
    logs.close()
    assert list(manager(tmp_path).logs) == [("t", 0)]


def test_the_same_partition_in_two_dirs(tmp_path: Path) -> None:
    for name in "ab":
        logs = manager(tmp_path / name)
        logs.get_or_create("t", 0, None, CONFIG)
        logs.close()
    with pytest.raises(LogDirError, match="Duplicate log directories"):
        manager(tmp_path / "a", tmp_path / "b")


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in ("lost+found", "__cluster_metadata-0", "t-0.abc-stray", "t-1.abc-future"):
        (tmp_path / name).mkdir()
    logs = manager(tmp_path)
    assert not logs.logs
    logs.close()
    assert not any((tmp_path / "__cluster_metadata-0").iterdir())


def test_a_failed_dir_goes_offline_and_the_other_serves_on(tmp_path: Path) -> None:
    fs = FailingFileSystem()
    offline: list[str] = []
    logs = manager(tmp_path / "a", tmp_path / "b", fs=fs, on_offline=offline.append)
    first, second = (logs.get_or_create("t", partition, None, CONFIG) for partition in range(2))
    first.append_as_leader(values("a"), 0)
    fs.fail_at, fs.code = fs.calls, errno.EIO
    with pytest.raises(KafkaError) as caught:
        first.flush()
    assert caught.value.code == errors.KAFKA_STORAGE_ERROR
    assert offline == [str(tmp_path / "a")] and logs.online == [str(tmp_path / "b")]
    second.append_as_leader(values("b"), 0)
    with pytest.raises(KafkaError):
        first.append_as_leader(values("c"), 0)
    with pytest.raises(KafkaError):
        logs.get_or_create("t", 2, None, CONFIG)
    logs.checkpoint()
    logs.close()
    assert not (tmp_path / "a/.kafka_cleanshutdown").exists()
    assert (tmp_path / "b/.kafka_cleanshutdown").exists()
    again = manager(tmp_path / "a", tmp_path / "b")
    assert contents(commit(again.logs["t", 0])) == [(0, b"a")]
    assert contents(commit(again.logs["t", 1])) == [(0, b"b")]


def test_an_unloaded_dir_is_not_called_clean(tmp_path: Path) -> None:
    manager(tmp_path, load=False).close()
    assert not (tmp_path / ".kafka_cleanshutdown").exists()


def test_retention_and_flushes_when_called(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    logs = manager(tmp_path, clock=clock)
    log = logs.get_or_create("t", 0, None, LogConfig(segment_bytes=300, retention_bytes=500, flush_ms=1000))
    for _ in range(20):
        log.append_as_leader(values("x" * 50), 0)
    commit(log)
    assert logs.apply_retention() > 0
    logs.flush_sealed()
    assert log.recovery_point == log.active.base_offset
    logs.flush_due()
    assert log.recovery_point < 20
    clock.advance(1)
    logs.flush_due()
    assert log.recovery_point == 20
    logs.expire_producers()
    logs.close()


def test_checkpoints_are_written_when_something_changed(tmp_path: Path) -> None:
    logs = manager(tmp_path)
    logs.get_or_create("t", 0, None, CONFIG)
    logs.checkpoint()
    before = os.stat(tmp_path / "recovery-point-offset-checkpoint").st_ino
    logs.checkpoint()
    assert os.stat(tmp_path / "recovery-point-offset-checkpoint").st_ino == before


def test_log_config_from_topic_properties() -> None:
    config = LogConfig.of({"cleanup_policy": ("compact", "delete"), "retention_ms": 5, "min_insync_replicas": 2})
    assert config.compact and config.delete and config.retention_ms == 5


def test_index_entries_of_live_logs_are_written(tmp_path: Path) -> None:
    logs = manager(tmp_path)
    config = LogConfig(index_interval_bytes=1)
    names = [f"t{number}" for number in range(70)]
    for name in [*names, "gone"]:
        log = logs.get_or_create(name, 0, None, config)
        for number in range(3):
            log.append_as_leader(values(f"value {number}"), 0)
    logs.delete("gone", 0)
    logs.save_index_entries()
    logs.save_index_entries()
    for name in names:
        assert (tmp_path / f"{name}-0" / f"{0:020}.index").stat().st_size == 16
    logs.close()


def test_a_full_disk_leaves_index_entries_for_later(tmp_path: Path) -> None:
    fs = FailingFileSystem()
    logs = manager(tmp_path, fs=fs)
    log = logs.get_or_create("t", 0, None, LogConfig(index_interval_bytes=1))
    for number in range(3):
        log.append_as_leader(values(f"value {number}"), 0)
    fs.fail_at, fs.code = fs.calls, errno.ENOSPC
    logs.save_index_entries()
    assert logs.online and not log.failed
    log.append_as_leader(values("more"), 0)
    logs.save_index_entries()
    assert (tmp_path / "t-0" / f"{0:020}.index").stat().st_size == 24
    logs.close()
