"""kafka-dump-log on files made here; the expectations are what Kafka 4.3.0's tool prints of such files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.records.builder import build_batch
from kcli.records.control import ControlType, build_control, build_end_marker, leader_change_value
from kcli.storage.indexes import AbortedTransaction, TransactionIndex
from kcli.storage.producer_state import BatchSpan, ProducerEntry, encode_snapshot
from kcli.tools import listings_files as listings
from kcli.tools.dump_log import run
from kcli.wire import messages, uuid
from kcli.wire.records_codec import encode_record, encode_versioned
from tests.cli.schema import check
from tests.cli.support import Recorded

NOW = 1_700_000_000_000
LOG = "00000000000000000005.log"


def dump(*arguments: object) -> Recorded:
    environment = Recorded(program="kafka-dump-log")
    environment.code = guard(run, list(map(str, arguments)), environment)
    return environment


def records_of(path: Path, *options: str) -> list[str]:
    done = dump("--files", path, *options)
    assert done.code == 0, done.err
    return [line for line in done.out.splitlines() if line.startswith("|")]


def one_record(path: Path, key: bytes | None, value: bytes | None) -> Path:
    path.write_bytes(build_batch([(NOW, key, value, ())]))
    return path


def test_batches_and_records(tmp_path: Path) -> None:
    records = [
        (NOW, b"k", b"v", (("h1", b"x"), ("h2", None))),
        (NOW + 5, None, b"\xff", ()),
        (NOW + 2, b"", None, ()),
    ]
    producer = {"producer_id": 7, "producer_epoch": 1, "base_sequence": 10, "transactional": True}
    first = build_batch(records, base_offset=5, leader_epoch=3, **producer)
    marker = build_end_marker(False, 7, 1, 4, NOW + 9, base_offset=8, leader_epoch=3)
    damaged = bytearray(build_batch([(NOW, b"k", b"v2", ())], base_offset=21))
    damaged[-2] ^= 1
    path = tmp_path / LOG
    path.write_bytes(first + marker + damaged + b"garbage")
    done = dump("--files", path, "--print-data-log")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[:2] == [f"Dumping {path}", "Log starting offset: 5"]
    assert lines[2].startswith(
        "baseOffset: 5 lastOffset: 7 count: 3 baseSequence: 10 lastSequence: 12 producerId: 7 producerEpoch: 1"
        " partitionLeaderEpoch: 3 isTransactional: true isControl: false deleteHorizonMs: OptionalLong.empty"
        f" position: 0 CreateTime: {NOW + 5} size: {len(first)} magic: 2 compresscodec: none crc: "
    )
    assert lines[2].endswith(" isvalid: true")
    assert lines[3:6] == [
        f"| offset: 5 CreateTime: {NOW} keySize: 1 valueSize: 1 sequence: 10 headerKeys: [h1,h2] key: k payload: v",
        f"| offset: 6 CreateTime: {NOW + 5} keySize: -1 valueSize: 1 sequence: 11 headerKeys: [] payload: \ufffd",
        f"| offset: 7 CreateTime: {NOW + 2} keySize: 0 valueSize: -1 sequence: 12 headerKeys: [] key: ",
    ]
    assert lines[7].endswith(" headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 4")
    assert lines[8].endswith(" isvalid: false")
    assert lines[-1] == f"Found 7 invalid bytes at the end of {LOG}"
    assert done.err == f"Non-consecutive offsets in {path}\n  -1 is followed by 5\n  8 is followed by 21\n"


def test_contents_alone_and_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "00000000000000000000.log"
    batches = [build_batch([(NOW, None, b"%d" % number, ())], base_offset=number) for number in range(3)]
    path.write_bytes(b"".join(batches))
    done = dump("--files", path, "--print-data-log", "--skip-record-metadata", "--max-bytes", 2 * len(batches[0]))
    assert [line for line in done.out.splitlines() if "payload" in line] == [" payload: 0", " payload: 1"]


def test_index_of_a_segment_in_use(tmp_path: Path) -> None:
    log = tmp_path / LOG
    batches = [build_batch([(NOW + number, None, b"x", ())], base_offset=5 + number) for number in range(3)]
    log.write_bytes(b"".join(batches))
    size = len(batches[0])
    index, times = log.with_suffix(".index"), log.with_suffix(".timeindex")
    index.write_bytes(struct.pack(">iiii", 1, size, 2, 2 * size) + bytes(64))
    times.write_bytes(struct.pack(">qiqi", NOW + 1, 1, NOW + 2, 2) + bytes(48))
    done = dump("--files", f"{index},{times}")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"Dumping {index}", f"offset: 6 position: {size}", f"offset: 7 position: {2 * size}",
        f"Dumping {times}", f"timestamp: {NOW + 1} offset: 6", f"timestamp: {NOW + 2} offset: 7",
    ]  # fmt: skip
    assert dump("--files", index, "--verify-index-only").out == f"Dumping {index}\n"
    assert dump("--files", index, "--max-message-size", size).out == "".join(done.out.splitlines(True)[:3])
    small = dump("--files", index, "--max-message-size", size - 1)
    assert (small.code, small.out) == (1, f"Dumping {index}\n")
    assert small.err == (
        f"{log}: the batch at position {size} has {size} bytes, more than --max-message-size {size - 1}\n"
    )
    assert dump("--files", log, "--max-message-size", 1).code == 0  # of logs it says nothing


def test_indexes_that_do_not_agree_with_the_log(tmp_path: Path) -> None:
    log = tmp_path / "00000000000000000009.log"
    log.write_bytes(
        build_batch([(NOW, None, b"x", ())], base_offset=9)
        + build_batch([(NOW + 4, None, b"x", ()), (NOW + 3, None, b"x", ())], base_offset=10)
    )
    index, times = log.with_suffix(".index"), log.with_suffix(".timeindex")
    index.write_bytes(struct.pack(">ii", 1, 0))
    times.write_bytes(struct.pack(">qiqiqi", NOW + 9, 2, NOW + 2, 2, NOW + 20, 1))
    assert dump("--files", f"{index},{times}").err.splitlines() == [
        f"Mismatches in :{index}",
        "  Index offset: 10, log offset: 9",
        f"Found timestamp mismatch in :{times}",
        f"  Index timestamp: {NOW + 9}, log timestamp: {NOW + 4}",
        f"  Index timestamp: {NOW + 2}, log timestamp: {NOW + 4}",
        f"Found out of order timestamp in :{times}",
        f"  Index timestamp: {NOW + 2}, Previously indexed timestamp: {NOW + 9}",
        f"The following indexed offsets are not found in :{times}",
        "Indexed offset: 10, found log offset: 11",
    ]


def test_rows_of_a_log(tmp_path: Path) -> None:
    records = [(NOW, b"k", b"v", (("h1", b"x"),)), (NOW + 5, None, b"2", ())]
    producer = {"producer_id": 7, "producer_epoch": 1, "base_sequence": 10, "transactional": True}
    first = build_batch(records, base_offset=5, leader_epoch=3, **producer)
    marker = build_end_marker(False, 7, 1, 4, NOW + 9, base_offset=7, leader_epoch=3)
    path = tmp_path / LOG
    path.write_bytes(first + marker + b"garbage")
    done = dump("--files", path, "--output", "json")
    assert (done.code, done.err.splitlines()[0]) == (0, f"Dumping {path}")
    assert "Found 7 invalid bytes at the end of " in done.err
    batches = check(done.out, listings.LOG_BATCHES)
    assert [(row["position"], row["count"], row["producerId"], row["valid"]) for row in batches] == [
        (0, 2, 7, True), (len(first), 1, 7, True),
    ]  # fmt: skip
    done = dump("--files", path, "--print-data-log", "--output", "json")
    rows = check(done.out, listings.LOG_RECORDS)
    assert [(row["offset"], row["sequence"], row["keySize"], row["key"], row["value"]) for row in rows] == [
        (5, 10, 1, "k", "v"), (6, 11, None, None, "2"), (7, None, 4, None, None),
    ]  # fmt: skip
    assert [row["headerKeys"] for row in rows] == [["h1"], [], []]
    assert [row["control"] for row in rows] == [None, None, "endTxnMarker: ABORT coordinatorEpoch: 4"]
    (row, *_) = check(dump("--files", path, "--deep-iteration", "--output", "json").out, listings.LOG_RECORDS)
    assert (row["key"], row["valueSize"]) == (None, 1)


def test_rows_before_what_cannot_be_read(tmp_path: Path) -> None:
    path = one_record(tmp_path / LOG, None, b"x")
    path.write_bytes(path.read_bytes() + bytes(100))
    done = dump("--files", path, "--output", "json")
    assert done.code == 1 and "Found record size 0 smaller than minimum" in done.err
    assert len(check(done.out, listings.LOG_BATCHES)) == 1


def test_rows_of_indexes_and_snapshots(tmp_path: Path) -> None:
    log = tmp_path / LOG
    log.write_bytes(build_batch([(NOW, None, b"x", ())], base_offset=5))
    index, times = log.with_suffix(".index"), log.with_suffix(".timeindex")
    index.write_bytes(struct.pack(">ii", 0, 0))
    times.write_bytes(struct.pack(">qi", NOW, 0))
    entry = ProducerEntry()
    entry.epoch, entry.last_timestamp = 1, NOW
    snapshot, aborted = log.with_suffix(".snapshot"), log.with_suffix(".txnindex")
    snapshot.write_bytes(encode_snapshot({7: entry}))
    aborted.write_bytes(TransactionIndex([AbortedTransaction(7, 5, 8, 9)]).to_bytes())
    nothing = dict.fromkeys(("coordinatorEpoch", "currentTransactionStartOffset", "firstSequence", "lastSequence"))
    nothing |= dict.fromkeys(("lastOffset", "offsetDelta"))
    for path, listing, row in (
        (index, listings.OFFSET_INDEX, {"offset": 5, "position": 0}),
        (times, listings.TIME_INDEX, {"timestamp": NOW, "offset": 5}),
        (snapshot, listings.PRODUCER_SNAPSHOT, {"producerId": 7, "producerEpoch": 1, "lastTimestamp": NOW, **nothing}),
        (
            aborted,
            listings.TRANSACTION_INDEX,
            {"producerId": 7, "firstOffset": 5, "lastOffset": 8, "lastStableOffset": 9},
        ),
    ):
        done = dump("--files", path, "--output", "json")
        assert check(done.out, listing) == [{"file": str(path), **row}], done.err
    mixed, unknown = f"{index} and {times}", tmp_path / "other.txt"
    for files, says in (
        (
            f"{index},{times},{unknown}",
            f"--output takes files of one kind at a time, for they have other columns: not {mixed}",
        ),
        (unknown, f"--output: none of these files is of a kind that is known: {unknown}"),
    ):
        done = dump("--files", files, "--output", "csv")
        assert (done.code, done.out, done.err) == (1, "", f"{says}\n")


def test_sanity(tmp_path: Path) -> None:
    log = tmp_path / LOG
    log.write_bytes(b"")
    index = log.with_suffix(".index")
    index.write_bytes(struct.pack(">ii", 1, 0))
    assert dump("--files", index, "--index-sanity-check").out.endswith(f"{index} passed sanity check.\n")
    index.write_bytes(bytes(12))
    done = dump("--files", index, "--index-sanity-check")
    assert done.code == 1 and "CorruptIndexException" in done.err
    index.write_bytes(b"")
    assert dump("--files", index).out.endswith(f"{index} is empty.\n")


def test_producer_snapshots_and_aborted_transactions(tmp_path: Path) -> None:
    entry, idle = ProducerEntry(), ProducerEntry()
    entry.epoch, entry.coordinator_epoch, entry.last_timestamp, entry.transaction_start = 1, 4, NOW, 5
    entry.batches.append(BatchSpan(12, 7, 2, NOW))
    idle.epoch, idle.last_timestamp = 2, NOW
    snapshot = tmp_path / "00000000000000000007.snapshot"
    snapshot.write_bytes(encode_snapshot({7: entry, 9: idle}))
    assert dump("--files", snapshot).out.splitlines()[1:] == [
        "producerId: 7 producerEpoch: 1 coordinatorEpoch: 4 currentTxnFirstOffset: OptionalLong[5]"
        f" lastTimestamp: {NOW} firstSequence: 10 lastSequence: 12 lastOffset: 7 offsetDelta: 2 timestamp: {NOW}",
        "producerId: 9 producerEpoch: 2 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty"
        f" lastTimestamp: {NOW}",
    ]
    data = bytearray(snapshot.read_bytes())
    data[-1] ^= 1
    snapshot.write_bytes(data)
    done = dump("--files", snapshot)
    assert done.code == 0
    assert done.err.startswith("Snapshot is corrupt (CRC is no longer valid). Stored crc: ")
    aborted = tmp_path / "00000000000000000005.txnindex"
    aborted.write_bytes(TransactionIndex([AbortedTransaction(7, 5, 8, 9)]).to_bytes())
    assert dump("--files", aborted).out.splitlines()[1:] == [
        "version: 0 producerId: 7 firstOffset: 5 lastOffset: 8 lastStableOffset: 9"
    ]


def test_offsets_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "00000000000000000000.log"
    key = struct.pack(">h", 1) + messages.OffsetCommitKey(group="g", topic="t", partition=2).encode_bytes(0)
    value = encode_versioned(messages.OffsetCommitValue(offset=3, leader_epoch=1, commit_timestamp=9), 3)
    (line,) = records_of(one_record(path, key, value), "--offsets-decoder")
    shown = '{"type":"1","data":{"group":"g","topic":"t","partition":2}}'
    assert line.endswith(
        f' key: {shown} payload: {{"version":"3","data":{{"offset":3,"leaderEpoch":1,"metadata":"",'
        '"commitTimestamp":9}}'
    )
    (line,) = records_of(one_record(path, key, None), "--offsets-decoder")
    assert line.endswith(f" key: {shown} payload: <DELETE>")
    (line,) = records_of(one_record(path, struct.pack(">h", 99), b""), "--offsets-decoder")
    assert line.endswith(" key: Unknown record type 99 at offset 0, skipping.")

    member = messages.GroupMetadataValue.MemberMetadata(
        member_id="m",
        subscription=encode_versioned(messages.ConsumerProtocolSubscription(topics=["t"]), 0),
        assignment=b"",
    )
    group = messages.GroupMetadataValue(protocol_type="consumer", generation=1, members=[member])
    key = struct.pack(">h", 2) + messages.GroupMetadataKey(group="g").encode_bytes(0)
    (line,) = records_of(one_record(path, key, encode_versioned(group, 3)), "--offsets-decoder")
    assert '"subscription":{"topics":["t"],"userData":null},"assignment":""' in line

    key = struct.pack(">h", 5) + messages.ConsumerGroupMemberMetadataKey(group_id="g", member_id="m").encode_bytes(0)
    member = messages.ConsumerGroupMemberMetadataValue(server_assignor=None, classic_member_metadata=None)
    (line,) = records_of(one_record(path, key, encode_versioned(member, 0)), "--offsets-decoder")
    assert line.endswith('"serverAssignor":null,"classicMemberMetadata":null}}')


def test_transactions(tmp_path: Path) -> None:
    path = tmp_path / "00000000000000000000.log"
    key = struct.pack(">h", 0) + messages.TransactionLogKey(transactional_id="x").encode_bytes(0)
    value = encode_versioned(messages.TransactionLogValue(producer_id=4, transaction_partitions=None), 0)
    (line,) = records_of(one_record(path, key, value), "--transaction-log-decoder")
    assert ' key: {"type":"0","data":{"transactionalId":"x"}} payload: {"version":"0","data":{"producerId":4,' in line


def test_state_of_share_groups(tmp_path: Path) -> None:
    path = tmp_path / "00000000000000000000.log"
    topic = uuid.from_text("Tv1AM7RFQX6llonKDd7k-w")
    whose = {"group_id": "g", "topic_id": topic, "partition": 2}
    batch = messages.ShareSnapshotValue.StateBatch(first_offset=3, last_offset=4, delivery_state=0, delivery_count=1)
    snapshot = messages.ShareSnapshotValue(state_epoch=2, start_offset=3, state_batches=[batch])
    shown = '"data":{"groupId":"g","topicId":"Tv1AM7RFQX6llonKDd7k-w","partition":2}}'
    key = struct.pack(">h", 0) + messages.ShareSnapshotKey(**whose).encode_bytes(0)
    (line,) = records_of(one_record(path, key, encode_versioned(snapshot, 0)), "--share-group-state-decoder")
    assert f' key: {{"type":"0",{shown} payload: {{"version":"0","data":{{"snapshotEpoch":0,"stateEpoch":2,' in line
    assert '"stateBatches":[{"firstOffset":3,"lastOffset":4,"deliveryState":0,"deliveryCount":1}]' in line
    key = struct.pack(">h", 1) + messages.ShareUpdateKey(**whose).encode_bytes(0)
    (line,) = records_of(one_record(path, key, None), "--share-group-state-decoder")
    assert line.endswith(f' key: {{"type":"1",{shown} payload: <DELETE>')
    (line,) = records_of(one_record(path, struct.pack(">h", 2), b""), "--share-group-state-decoder")
    assert line.endswith(" key: Unknown record type 2 at offset 0, skipping.")


def test_cluster_metadata(tmp_path: Path) -> None:
    snapshot = tmp_path / "00000000000000000042-0000000003.checkpoint"
    header = messages.SnapshotHeaderRecord(version=0, last_contained_log_timestamp=5).encode_bytes(0)
    record = encode_record(messages.FeatureLevelRecord(name="metadata.version", feature_level=30), 0)
    snapshot.write_bytes(
        build_control(ControlType.SNAPSHOT_HEADER, header, NOW)
        + build_batch([(NOW, None, record, ()), (NOW, None, b"\x07", ())], base_offset=1)
        + build_control(ControlType.LEADER_CHANGE, leader_change_value(1, [1], [1]), NOW, base_offset=3)
    )
    done = dump("--files", snapshot, "--cluster-metadata-decoder")
    assert done.code == 0, done.err
    lines = [line.partition("headerKeys: [] ")[2] for line in done.out.splitlines() if line.startswith("|")]
    assert done.out.splitlines()[1] == "Snapshot end offset: 42, epoch: 3"
    assert lines[0] == 'SnapshotHeader {"version":0,"lastContainedLogTimestamp":5}'
    assert (
        lines[1] == 'payload: {"type":"FEATURE_LEVEL_RECORD","version":0,'
        '"data":{"name":"metadata.version","featureLevel":30}}'
    )
    assert lines[2].startswith("payload: Error at 2, skipping. ")
    voters = '[{"voterId":1}]'
    assert lines[3] == f'LeaderChange: {{"version":0,"leaderId":1,"voters":{voters},"grantingVoters":{voters}}}'


def test_numbers_as_values(tmp_path: Path) -> None:
    path = one_record(tmp_path / "00000000000000000000.log", b"k", struct.pack(">q", -5))
    (line,) = records_of(path, "--value-decoder-class", "org.apache.kafka.tools.api.LongDecoder")
    assert line.endswith("key: k payload: -5")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nonesuch.log", None, 'java.lang.NumberFormatException: For input string: "nonesuch"'),
        (LOG, None, "java.nio.file.NoSuchFileException: "),
        (LOG, bytes(100), "Found record size 0 smaller than minimum record overhead (14) in file "),
        ("00000000000000000005.index", None, "java.nio.file.NoSuchFileException: "),
        ("00000000000000000005.txnindex", bytes(3), "CorruptIndexException"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = dump("--files", path)
    assert (done.code, done.out.splitlines()[0]) == (1, f"Dumping {path}")
    assert message in done.err and "KCLI_DEBUG" not in done.err


def test_options(tmp_path: Path) -> None:
    done = dump("--print-data-log")
    assert done.code == 1 and done.err.startswith('Missing required argument "[files]"')
    other = tmp_path / "other.txt"
    done = dump("--files", other)
    assert (done.code, done.err) == (0, f"Ignoring unknown file {other}\n")
    path = one_record(tmp_path / LOG, None, None)
    assert "ClassNotFoundException: Mine" in dump("--files", path, "--key-decoder-class", "Mine").err


def test_records_that_a_decoder_is_not_for(tmp_path: Path) -> None:
    path = one_record(tmp_path / LOG, None, b"1")
    assert records_of(path, "--remote-log-metadata-decoder")[0].endswith(
        " payload: Error at offset 0, skipping. Could not deserialize metadata record due to unknown frame version 49"
        "(only frame version 1 is supported)"
    )
    done = dump("--files", path, "--offsets-decoder")
    assert done.code == 1
    assert done.err == (
        "java.lang.RuntimeException: Failed to decode message at offset 0 using the specified decoder"
        " (message had a missing key)\n"
    )
