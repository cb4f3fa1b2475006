"""The metadata log's records against one that Kafka 4.3.0 wrote, and what a snapshot and a transaction are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcli.metadata.image import Image
from kcli.metadata.kraft import bootstrap, snapshots
from kcli.metadata.kraft.records import Transactions, decode_batches, encode_batch, record_version
from kcli.records.batch import iterate_batches
from kcli.records.errors import CorruptRecord
from kcli.records.reader import read_records
from kcli.storage.fs import FileSystem
from kcli.wire import messages
from kcli.wire.errors import WireError
from kcli.wire.records_codec import decode_record, encode_record

GOLDEN = Path(__file__).parents[1] / "golden"
LOGS = ("cluster_metadata.log", "snapshot_log.log")
SNAPSHOT = "00000000000000000038-0000000001.checkpoint"


def replay(image: Image, data: bytes, since: int = 0) -> Image:
    transactions = Transactions()
    for header, records, _ in decode_batches(data):
        for offset, record in enumerate(records, header.base_offset):
            for effective in transactions.feed(record) if offset >= since else []:
                image.apply(effective)
    return image


@pytest.mark.parametrize("name", LOGS)
def test_every_record_of_a_real_log_is_written_again_byte_for_byte(name: str) -> None:
    data = (GOLDEN / name).read_bytes()
    kinds = set()
    for header, start, end in iterate_batches(data):
        if header.is_control:
            continue
        values = [record.value for record in read_records(data, start)]
        records = [decode_record(value)[0] for value in values]
        kinds |= {type(record).__name__ for record in records}
        assert [encode_record(record, record_version(record, 30)) for record in records] == values
        place = {"base_offset": header.base_offset, "leader_epoch": header.leader_epoch}
        assert encode_batch(records, 30, header.base_timestamp, **place) == data[start:end]
    assert "TopicRecord" in kinds
    assert "RegisterBrokerRecord" in kinds


def test_a_real_log_makes_the_image_it_stands_for() -> None:
    image = replay(Image(), (GOLDEN / "cluster_metadata.log").read_bytes())
    assert image.features == bootstrap.FEATURES
    assert list(image.topics) == ["t1"]
    assert len(image.topics["t1"].partitions) == 4
    assert image.topics["t1"].partitions[0].elr == (1,)
    assert image.configs == {
        (4, ""): {"min.insync.replicas": "1"},
        (16, "cm1"): {"interval.ms": "1000", "metrics": "org.apache"},
        (32, "g1"): {"consumer.session.timeout.ms": "50000"},
        (2, "t1"): {"retention.ms": "5000"},
    }
    assert image.brokers[1].fenced
    assert image.brokers[1].endpoints["PLAINTEXT"].port == 29592
    assert image.next_producer_id == 1000
    assert sorted(kind for kind, _ in image.kept) == ["acl", "quota", "scram"]


def test_a_real_snapshot_and_the_log_behind_it_make_the_image_of_the_whole_log() -> None:
    data = (GOLDEN / "snapshot_log.log").read_bytes()
    resumed = Image()
    for record in snapshots.decode((GOLDEN / SNAPSHOT).read_bytes()).records:
        resumed.apply(record)
    assert replay(resumed, data, since=38) == replay(Image(), data)


def test_a_bootstrap_checkpoint_is_written_as_the_format_tool_writes_it() -> None:
    data = (GOLDEN / "bootstrap.checkpoint").read_bytes()
    headers = [header for header, _, _ in iterate_batches(data)]
    assert snapshots.decode(data).records == bootstrap.feature_records()
    batches = snapshots.encode(
        bootstrap.feature_records(),
        [],
        level=30,
        epoch=0,
        timestamp=headers[0].base_timestamp,
        last_log_timestamp=0,
    )
    assert [len(batch) for batch in batches] == [header.size for header in headers]
    assert batches[0] == data[: headers[0].size]


@pytest.mark.parametrize("cut", [1, 75, 76, 400])
def test_a_snapshot_that_is_not_whole_is_refused(cut: int) -> None:
    data = (GOLDEN / SNAPSHOT).read_bytes()
    with pytest.raises((CorruptRecord, WireError)):
        snapshots.decode(data[:-cut])


def test_the_newest_whole_snapshot_counts(tmp_path: Path) -> None:
    fs = FileSystem()
    data = (GOLDEN / SNAPSHOT).read_bytes()
    older, newer = snapshots.SnapshotId(38, 1), snapshots.SnapshotId(50, 2)
    snapshots.write(fs, str(tmp_path), older.file, [data])
    (tmp_path / newer.file).write_bytes(data[:-10])
    (tmp_path / (snapshots.SnapshotId(60, 2).file + ".part")).write_bytes(data)
    snapshots.remove_leftovers(fs, str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [older.file, newer.file]
    found = snapshots.latest(fs, str(tmp_path))
    assert found is not None
    assert found[0] == older


def test_a_snapshot_keeps_the_quorums_own_records() -> None:
    quorum = [(5, b"version"), (6, b"voters")]
    features = bootstrap.feature_records()
    batches = snapshots.encode(features, quorum, level=30, epoch=3, timestamp=1, last_log_timestamp=0)
    snapshot = snapshots.decode(b"".join(batches))
    assert (snapshot.records, snapshot.quorum) == (features, quorum)


def test_transactions_hold_records_back_until_their_end() -> None:
    first, second = (messages.FeatureLevelRecord(name=name, feature_level=1) for name in "ab")
    transactions = Transactions()
    assert transactions.feed(first) == [first]
    assert transactions.feed(messages.BeginTransactionRecord(name="x")) == []
    assert transactions.feed(first) == []
    assert transactions.open
    assert transactions.feed(messages.AbortTransactionRecord(reason="y")) == []
    assert transactions.feed(messages.BeginTransactionRecord(name=None)) == []
    assert transactions.feed(first) + transactions.feed(second) == []
    assert transactions.feed(messages.EndTransactionRecord()) == [first, second]
    assert not transactions.open


@pytest.mark.parametrize(
    ("record", "versions"),
    [
        (messages.PartitionRecord(), {7: 0, 17: 1, 22: 1, 23: 2, 30: 2}),
        (messages.RegisterBrokerRecord(), {7: 1, 8: 2, 17: 3, 29: 3, 30: 4}),
        (messages.TopicRecord(), {7: 0, 30: 0}),
        (messages.BrokerRegistrationChangeRecord(fenced=1), {30: 0}),
        (messages.BrokerRegistrationChangeRecord(in_controlled_shutdown=1), {30: 1}),
        (messages.BrokerRegistrationChangeRecord(cordoned_log_dirs=[]), {30: 3}),
    ],
)
def test_record_versions_follow_the_metadata_version(record: object, versions: dict[int, int]) -> None:
    assert {level: record_version(record, level) for level in versions} == versions


def test_a_damaged_log_is_not_guessed_at() -> None:
    data = bytearray((GOLDEN / "cluster_metadata.log").read_bytes())
    data[200] ^= 1
    with pytest.raises(CorruptRecord):
        list(decode_batches(bytes(data)))
