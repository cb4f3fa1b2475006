"""Real Kafka reads what we wrote and finds nothing wrong; we read what real Kafka wrote, however it ended."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kcli.clock import ManualClock
from kcli.records.builder import build_batch
from kcli.records.control import build_end_marker
from kcli.storage.config import LogConfig
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from kcli.storage.manager import LogManager
from kcli.storage.producer_state import Origin
from tests.interop import real_kafka
from tests.storage.helpers import NOW, commit, contents, open_log, values
from tests.storage.test_cleaner import EAGER, Compacted

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

WRONG = re.compile(r"mismatch|corrupt|out of order|invalid|exception|error|not found|unexpected", re.IGNORECASE)


def dump(version: str, folder: Path) -> str:
    """Everything that kafka-dump-log checks about a partition's folder; fails if it complains."""
    kinds = [path for path in sorted(folder.iterdir()) if path.suffix in (".log", ".snapshot", ".txnindex")]
    logs = [path for path in kinds if path.suffix == ".log"]
    indexes = [path for path in sorted(folder.iterdir()) if path.suffix in (".index", ".timeindex")]
    assert len(indexes) == 2 * len(logs)
    output = ""
    for flags, files in (
        (["--deep-iteration", "--print-data-log"], kinds),
        (["--verify-index-only"], indexes),
        (["--index-sanity-check"], indexes),
    ):
        done = real_kafka.run_tool(version, "kafka-dump-log", *flags, "--files", ",".join(map(str, files)))
        text = done.stdout.decode() + done.stderr.decode()
        assert not WRONG.search(text.replace("isvalid: true", "")), WRONG.findall(text)
        output += text
    assert output.count("passed sanity check") == sum(path.stat().st_size > 0 for path in indexes)
    return output


def fill(log: Log, count: int = 300) -> None:
    """Batches of every kind: plain, compressed, with headers and nulls, idempotent, transactions of both ends."""
    for number in range(count):
        codec = number % 5
        log.append_as_leader(
            build_batch(
                [
                    (NOW + number, b"key", b"%d" % number * 30, [("header", b"x"), ("none", None)]),
                    (NOW + number * 2, None, None, ()),
                ],
                codec=codec,
                producer_id=7,
                producer_epoch=0,
                base_sequence=number * 2,
            ),
            number // 100,
        )
        if number % 50 == 0:
            record = values(
                "in a transaction", producer_id=8, producer_epoch=0, base_sequence=number // 50, transactional=True
            )
            log.append_as_leader(record, number // 100)
        if number % 50 == 20:
            marker = build_end_marker(number % 100 == 20, 8, 0, 3, NOW)
            log.append_as_leader(marker, number // 100, origin=Origin.COORDINATOR)


@pytest.mark.parametrize("version", ["3.9", "4.3"])
@pytest.mark.parametrize("history", ["closed", "recovered", "truncated", "stamped"])
def test_kafka_finds_nothing_wrong(tmp_path: Path, version: str, history: str) -> None:
    stamped = "LogAppendTime" if history == "stamped" else "CreateTime"
    config = LogConfig(
        segment_bytes=9_000,
        index_interval_bytes=500,
        message_timestamp_type=stamped,
        compression_type="zstd" if stamped == "LogAppendTime" else "producer",
    )
    log = open_log(tmp_path, config)
    fill(log)
    if history == "recovered":
        log.release()
        with open(log.active.path(), "ab") as file:
            file.write(b"torn" * 40)
        log = open_log(tmp_path, config, clean=False)
    if history == "truncated":
        log.truncate_to(log.log_end_offset // 2)
    log.append_as_leader(values("the last one"), 3)
    assert len(log.segments) > 1
    log.close()
    output = dump(version, Path(log.directory))
    assert output.count("payload: the last one") == 1
    assert output.count("| offset:") == log.log_end_offset
    assert "lastStableOffset" in output and "producerId: 7 producerEpoch: 0" in output


@pytest.mark.parametrize("version", ["3.9", "4.3"])
def test_kafka_finds_nothing_wrong_with_what_compaction_leaves(tmp_path: Path, version: str) -> None:
    made = Compacted(tmp_path, EAGER)
    for number in range(40):
        made.append((f"key {number % 7}", f"value {number}"), (f"gone {number % 3}", None), codec=number % 5)
        transaction = {"producer_id": 3, "producer_epoch": 0, "base_sequence": number, "transactional": True}
        made.append((f"key {number % 7}", "in a transaction"), **transaction)
        made.end(3, number % 2 == 0)
        if number % 15 == 14:
            assert made.clean()
    made.logs.close()
    output = dump(version, Path(made.log.directory))
    assert "deleteHorizonMs: OptionalLong[" in output and "count: 0" in output


PRODUCED = 6000


def produce(version: str, broker: real_kafka.Kafka39 | real_kafka.Kafka43) -> None:
    server = ("--bootstrap-server", broker.bootstrap)
    for topic in ("plain", "packed"):
        real_kafka.run_tool(
            version, "kafka-topics", *server, "--create", "--topic", topic, "--config", "segment.bytes=1048576"
        )
    for topic, codec in (("plain", "none"), ("packed", "lz4")):
        load = ("--topic", topic, "--num-records", str(PRODUCED), "--record-size", "500", "--throughput", "-1")
        properties = (f"bootstrap.servers={broker.bootstrap}", f"compression.type={codec}")
        transactions = ("--transactional-id", "perf", "--transaction-duration-ms", "200")
        real_kafka.run_tool(version, "kafka-producer-perf-test", *load, *transactions, "--producer-props", *properties)


def check_folder(folder: Path, version: str) -> None:
    logs = LogManager([str(folder)], ManualClock(NOW), fs=FileSystem())
    logs.open()
    logs.load(lambda topic: LogConfig(segment_bytes=1 << 20))
    assert len(logs.logs) > 50  # with the partitions of the coordinators' topics
    for topic in ("plain", "packed"):
        log = commit(logs.logs[topic, 0])
        assert log.last_stable_offset == log.log_end_offset
        rows = contents(log)
        assert len(rows) == PRODUCED and all(value is not None and len(value) == 500 for _, value in rows)
        assert log.topic_id is not None and log.latest_epoch >= 0
        newest = log.offset_of_max_timestamp()
        assert newest is not None and log.offset_for_timestamp(newest.timestamp) == newest
        log.append_as_leader(values("ours"), log.latest_epoch + 1)
    logs.close()
    for topic in ("plain", "packed"):
        assert "payload: ours" in dump(version, folder / f"{topic}-0")


@pytest.mark.parametrize("version", ["3.9", "4.3"])
def test_a_folder_that_real_kafka_wrote(tmp_path: Path, version: str) -> None:
    broker: real_kafka.Kafka39 | real_kafka.Kafka43
    broker = real_kafka.Kafka39(tmp_path / "real") if version == "3.9" else real_kafka.Kafka43(tmp_path / "real")
    try:
        produce(version, broker)
        shutil.copytree(broker.log_dir, tmp_path / "running")  # as after kill -9: preallocated indexes, no snapshot
    finally:
        broker.stop()
    check_folder(tmp_path / "running", version)
    check_folder(broker.log_dir, version)
