"""The standalone keeper on real files: starts, changes, crashes, snapshots, and folders that real Kafka wrote."""

from __future__ import annotations

import asyncio
import errno
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kcli.clock import ManualClock
from kcli.config.broker import BrokerConfig
from kcli.metadata.controller_topics import create_topics
from kcli.metadata.errors import StartError
from kcli.metadata.image import Endpoint, Image, Record
from kcli.metadata.keeper import Registration
from kcli.metadata.kraft import bootstrap, snapshots
from kcli.metadata.kraft.keeper import FOLDER, KraftKeeper
from kcli.records.control import ControlType
from kcli.storage.fs import FileSystem
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.metadata.cluster import REQUEST, outcome, settings, topic

GOLDEN = Path(__file__).parents[1] / "golden"
DIRECTORY = b"\x11" * 16


def keeper(folder: Path, node: int = 1, fs: FileSystem | None = None, **config: str) -> KraftKeeper:
    properties = {name.replace("_", "."): value for name, value in config.items()}
    return KraftKeeper(node, "cluster", str(folder), BrokerConfig(properties), ManualClock(), fs)


def registration(node: int = 1) -> Registration:
    return Registration(node, (Endpoint("PLAINTEXT", "localhost", 9092, 0),), None, (DIRECTORY,))


async def create(kept: KraftKeeper, *names: str, partitions: int = 1) -> list[Any]:
    request = REQUEST(topics=[topic(name, partitions, 1) for name in names])
    return outcome(await kept.change(lambda image: create_topics(image, request, settings())))


def run(folder: Path, work: Callable[[KraftKeeper], Awaitable[Any]], *, crash: bool = False, **config: str) -> Any:
    """Start, register, work, and stop or just forget."""

    async def life() -> Any:
        kept = keeper(folder, **config)
        await kept.start()
        await kept.register(registration())
        result = await work(kept)
        if not crash:
            await kept.close()
        return result

    return asyncio.run(life())


async def look(kept: KraftKeeper) -> Image:
    return kept.image


def log_file(folder: Path) -> Path:
    return folder / FOLDER / f"{0:020d}.log"


def test_a_new_folder_begins_as_a_freshly_formatted_kafka(tmp_path: Path) -> None:
    image = run(tmp_path, look)
    assert image.features == bootstrap.FEATURES
    assert image.configs == {(4, ""): {"min.insync.replicas": "1"}}
    assert image.brokers[1].endpoints == {"PLAINTEXT": Endpoint("PLAINTEXT", "localhost", 9092, 0)}
    assert not image.brokers[1].fenced
    written = snapshots.decode((tmp_path / "bootstrap.checkpoint").read_bytes())
    assert written.records == bootstrap.feature_records()
    assert (tmp_path / FOLDER / "partition.metadata").read_bytes() == b"version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ"
    state = json.loads((tmp_path / FOLDER / "quorum-state").read_text())
    assert state == {
        "clusterId": "",
        "leaderId": 1,
        "leaderEpoch": 1,
        "votedId": -1,
        "appliedOffset": 0,
        "currentVoters": [{"voterId": 1}],
        "data_version": 0,
    }


def test_the_brokers_minimum_of_in_sync_replicas_becomes_the_clusters(tmp_path: Path) -> None:
    image = run(tmp_path, look, min_insync_replicas="2")
    assert image.configs == {(4, ""): {"min.insync.replicas": "2"}}


@pytest.mark.parametrize("crash", [False, True])
def test_what_was_committed_is_there_after_a_restart_in_a_new_epoch(tmp_path: Path, crash: bool) -> None:
    async def work(kept: KraftKeeper) -> tuple[Image, int]:
        assert await create(kept, "a", "b", partitions=3) == [(errors.NONE, None)] * 2
        return kept.image, kept._epoch

    before, epoch = run(tmp_path, work, crash=crash)
    after = run(tmp_path, look)
    assert {name: found.id for name, found in after.topics.items()} == {n: t.id for n, t in before.topics.items()}
    assert after.brokers[1].epoch > before.brokers[1].epoch
    for partition in after.topics["a"].partitions.values():
        assert (partition.leader, partition.leader_epoch) == (1, 1)
    assert json.loads((tmp_path / FOLDER / "quorum-state").read_text())["leaderEpoch"] == epoch + 1


def test_a_stopped_broker_is_fenced_in_the_log(tmp_path: Path) -> None:
    run(tmp_path, look)

    async def read() -> Image:
        kept = keeper(tmp_path)
        await kept.start()
        return kept.image

    assert asyncio.run(read()).brokers[1].fenced


def test_a_torn_end_of_the_log_costs_only_what_was_torn(tmp_path: Path) -> None:
    async def two(kept: KraftKeeper) -> int:
        await create(kept, "a")
        size = log_file(tmp_path).stat().st_size
        await create(kept, "b")
        return size

    size = run(tmp_path, two, crash=True)
    whole = log_file(tmp_path).read_bytes()
    end = len(whole.rstrip(b"\x00"))
    for cut in (size, size + 1, size + 70, end - 1):
        folder = tmp_path / f"cut{cut}"
        shutil.copytree(tmp_path / FOLDER, folder / FOLDER)
        log_file(folder).write_bytes(whole[:cut])
        assert list(run(folder, look).topics) == ["a"]


def test_one_name_is_created_once_however_many_ask_at_the_same_time(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> list[int]:
        answers = await asyncio.gather(*(create(kept, "t") for _ in range(5)))
        return sorted(answer[0][0] for answer in answers)

    assert run(tmp_path, work) == [errors.NONE] + [errors.TOPIC_ALREADY_EXISTS] * 4


def test_a_change_whose_client_went_away_takes_effect_all_the_same(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> list[str]:
        request = asyncio.create_task(create(kept, "t"))
        for _ in range(3):  # far enough to have been written, not far enough to have been flushed
            await asyncio.sleep(0)
        request.cancel()
        await create(kept, "u")
        assert request.cancelled()
        return list(kept.image.topics)

    assert run(tmp_path, work) == ["t", "u"]
    assert list(run(tmp_path, look).topics) == ["t", "u"]


def test_listeners_hear_of_records_once_they_are_in_the_image_and_before_the_answer(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> list[str]:
        heard: list[str] = []

        def listener(records: list[Record]) -> None:
            heard.extend(type(record).__name__ for record in records)
            assert "t" in kept.image.topics

        kept.add_listener(listener)
        await create(kept, "t")
        return heard

    assert run(tmp_path, work) == ["TopicRecord", "PartitionRecord"]


def test_producer_ids_are_never_given_twice(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> list[int]:
        blocks = await asyncio.gather(*(kept.allocate_producer_ids() for _ in range(3)))
        return [block.start for block in blocks]

    given = run(tmp_path, work, crash=True) + run(tmp_path, work, crash=True)
    assert given == [0, 1000, 2000, 3000, 4000, 5000]


def test_too_large_a_change_is_refused_whole(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> Image:
        request = REQUEST(topics=[topic("large", 1, 1)])
        with pytest.raises(KafkaError) as refused:
            await kept.change(lambda image: (None, [*create_topics(image, request, settings())[1]] * 6_000))
        assert refused.value.code == errors.POLICY_VIOLATION
        return kept.image

    assert "large" not in run(tmp_path, work).topics


class FailingDisk(FileSystem):
    """Works until told otherwise."""

    error: int | None = None

    def fsync(self, descriptor: int) -> None:
        if self.error is not None:
            raise OSError(self.error, "injected")
        super().fsync(descriptor)


def test_what_is_not_on_the_disk_takes_no_effect_and_nothing_does_after_it(tmp_path: Path) -> None:
    async def life() -> None:
        disk = FailingDisk()
        kept = keeper(tmp_path, fs=disk)
        await kept.start()
        await kept.register(registration())
        heard: list[Record] = []
        kept.add_listener(heard.extend)
        for disk.error in (errno.EIO, None):
            with pytest.raises(KafkaError) as failure:
                await create(kept, "t")
            assert failure.value.code == errors.KAFKA_STORAGE_ERROR
        assert not kept.image.topics
        assert not heard
        await kept.close()

    asyncio.run(life())


SMALL = {"metadata_log_max_record_bytes_between_snapshots": "1500"}


def checkpoints(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / FOLDER).glob("*.checkpoint"))


def test_snapshots_are_made_when_due_and_give_the_same_image(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> Image:
        for number in range(30):
            await create(kept, f"t{number}", partitions=2)
            await asyncio.sleep(0)
        return kept.image

    before = run(tmp_path, work, **SMALL)
    names = checkpoints(tmp_path)
    assert len(names) == 2
    for name in names:
        assert snapshots.decode((tmp_path / FOLDER / name).read_bytes()).records
    log_only = tmp_path / "log-only"
    shutil.copytree(tmp_path / FOLDER, log_only / FOLDER)
    for name in names:
        (log_only / FOLDER / name).unlink()
    with_snapshot, without = run(tmp_path, look), run(log_only, look)
    assert with_snapshot.topics == without.topics
    assert with_snapshot.configs == without.configs
    assert set(with_snapshot.topics) == set(before.topics)


def test_a_snapshot_is_also_due_after_a_while(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> None:
        await create(kept, "a")
        kept._clock.advance(3601)  # type: ignore[attr-defined]
        await create(kept, "b")

    run(tmp_path, work)
    assert len(checkpoints(tmp_path)) == 1


def test_a_log_that_grew_too_large_is_cut_where_a_snapshot_ends(tmp_path: Path) -> None:
    async def work(kept: KraftKeeper) -> Image:
        for number in range(20):
            await create(kept, f"t{number}")
            await asyncio.sleep(0.01)
        return kept.image

    before = run(tmp_path, work, **SMALL, metadata_max_retention_bytes="2000")
    assert not log_file(tmp_path).exists()
    assert set(run(tmp_path, look).topics) == set(before.topics)
    for name in checkpoints(tmp_path):
        (tmp_path / FOLDER / name).unlink()
    with pytest.raises(StartError, match="no whole snapshot"):
        run(tmp_path, look)


def real_folder(folder: Path, log: str = "cluster_metadata.log") -> Path:
    (folder / FOLDER).mkdir(parents=True)
    shutil.copy(GOLDEN / log, log_file(folder))
    shutil.copy(GOLDEN / "bootstrap.checkpoint", folder)
    return folder


def test_a_folder_of_real_kafka_is_led_on_and_loses_nothing(tmp_path: Path) -> None:
    folder = real_folder(tmp_path)

    async def work(kept: KraftKeeper) -> Image:
        await create(kept, "ours")
        return kept.image

    image = run(folder, work, metadata_log_max_record_bytes_between_snapshots="1")
    assert sorted(image.topics) == ["ours", "t1"]
    for partition in image.topics["t1"].partitions.values():
        assert (partition.leader, partition.isr, partition.elr, partition.leader_epoch) == (1, (1,), (), 4)
    assert log_file(folder).read_bytes().startswith((GOLDEN / "cluster_metadata.log").read_bytes())
    newest = snapshots.decode((folder / FOLDER / checkpoints(folder)[-1]).read_bytes())
    kinds = {type(record).__name__ for record in newest.records}
    assert kinds >= {
        "AccessControlEntryRecord",
        "ClientQuotaRecord",
        "UserScramCredentialRecord",
        "RegisterControllerRecord",
        "ProducerIdsRecord",
    }
    assert (16, "cm1") in image.configs


def test_a_snapshot_of_real_kafka_is_used(tmp_path: Path) -> None:
    folder = real_folder(tmp_path, "snapshot_log.log")
    expected = run(folder, look).topics
    other = real_folder(tmp_path / "other", "snapshot_log.log")
    shutil.copy(GOLDEN / "00000000000000000038-0000000001.checkpoint", other / FOLDER)
    assert run(other, look).topics == expected


def test_a_transaction_that_was_left_open_is_aborted(tmp_path: Path) -> None:
    async def begin(kept: KraftKeeper) -> None:
        lost = messages.FeatureLevelRecord(name="group.version", feature_level=0)
        await kept._append([messages.BeginTransactionRecord(name="half"), lost])

    run(tmp_path, begin, crash=True)
    assert run(tmp_path, look).features == bootstrap.FEATURES
    assert run(tmp_path, look).features == bootstrap.FEATURES


def quorum_of(folder: Path, voters: list[int]) -> None:
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    state = {"leaderId": 1, "leaderEpoch": 7, "currentVoters": [{"voterId": voter} for voter in voters]}
    (folder / FOLDER / "quorum-state").write_text(json.dumps({**state, "data_version": 0}))


def test_the_epoch_goes_on_from_the_quorums_file_or_without_it_from_the_log(tmp_path: Path) -> None:
    async def epoch(kept: KraftKeeper) -> int:
        return kept._epoch

    quorum_of(tmp_path, [1])
    assert run(tmp_path, epoch) == 8
    for damage in ("", "{}", "not json"):
        (tmp_path / FOLDER / "quorum-state").write_text(damage)
        run(tmp_path, look)
    (tmp_path / FOLDER / "quorum-state").unlink()
    assert run(tmp_path, epoch) == 12


def test_the_log_of_a_larger_quorum_is_not_taken_over(tmp_path: Path) -> None:
    quorum_of(tmp_path, [1, 2, 3])
    with pytest.raises(StartError, match="a quorum with node 2, 3"):
        run(tmp_path, look)


def voters_snapshot(folder: Path, *ids: int) -> None:
    voter = messages.VotersRecord.Voter
    feature = messages.VotersRecord.KRaftVersionFeature(min_supported_version=0, max_supported_version=1)
    voters = [voter(voter_id=node, voter_directory_id=DIRECTORY, kraft_version_feature=feature) for node in ids]
    quorum = [
        (ControlType.KRAFT_VERSION, messages.KRaftVersionRecord(version=0, kraft_version=1).encode_bytes(0)),
        (ControlType.KRAFT_VOTERS, messages.VotersRecord(version=0, voters=voters).encode_bytes(0)),
    ]
    (folder / FOLDER).mkdir(parents=True)
    batches = snapshots.encode([], quorum, level=30, epoch=0, timestamp=1, last_log_timestamp=0)
    (folder / FOLDER / snapshots.SnapshotId(0, 0).file).write_bytes(b"".join(batches))


def test_voters_in_the_log_are_kept_and_heeded(tmp_path: Path) -> None:
    voters_snapshot(tmp_path / "alone", 1)
    run(tmp_path / "alone", lambda kept: create(kept, "t"), metadata_log_max_record_bytes_between_snapshots="1")
    state = json.loads((tmp_path / "alone" / FOLDER / "quorum-state").read_text())
    assert state == {
        "leaderId": 1,
        "leaderEpoch": 1,
        "votedId": -1,
        "votedDirectoryId": "AAAAAAAAAAAAAAAAAAAAAA",
        "data_version": 1,
    }
    newest = snapshots.decode((tmp_path / "alone" / FOLDER / checkpoints(tmp_path / "alone")[-1]).read_bytes())
    assert [kind for kind, _ in newest.quorum] == [ControlType.KRAFT_VERSION, ControlType.KRAFT_VOTERS]
    voters_snapshot(tmp_path / "many", 1, 5)
    with pytest.raises(StartError, match="node 5"):
        run(tmp_path / "many", look)


def test_features_from_the_future_are_refused_by_name(tmp_path: Path) -> None:
    async def upgrade(kept: KraftKeeper) -> None:
        await kept.commit([messages.FeatureLevelRecord(name="metadata.version", feature_level=31)])

    run(tmp_path, upgrade)
    with pytest.raises(StartError, match=r"metadata\.version is at level 31, this broker knows it up to 30"):
        run(tmp_path, look)


def test_a_damaged_bootstrap_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bootstrap.checkpoint").write_bytes(b"x" * 100)
    with pytest.raises(StartError, match=r"bootstrap\.checkpoint"):
        run(tmp_path, look)
