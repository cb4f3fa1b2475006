"""The same requests to real Kafka 4.3.0 and to us get the same answers: the data path, good requests and bad ones."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from kcli.records.builder import build_batch
from kcli.records.compression import ZSTD
from kcli.records.control import build_end_marker
from kcli.testing import InProcessBroker
from kcli.wire import frames, messages
from tests.interop import real_kafka

pytestmark = pytest.mark.interop

NOW = 1_700_000_000_000
FOREVER = {"retention.ms": "-1"}
Make = Callable[["Side"], Any]


class Side:
    """One broker and what it called things: topic ids and fetch sessions differ, everything else must not."""

    def __init__(self, bootstrap: str) -> None:
        host, _, port = bootstrap.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._socket = self._connect()
        self._correlation_ids = count(1)
        self.ids: dict[str, bytes] = {}
        self.session = 0

    def _connect(self) -> socket.socket:
        return socket.create_connection(self._address, timeout=20)

    def request(self, body: Any, version: int) -> Any:
        """The answer, or "closed"."""
        header = frames.RequestHeader(body.API_KEY, version, next(self._correlation_ids), "same")
        self._socket.sendall(frames.encode_request(header, body))
        frame = self._receive()
        if frame is None:
            self._socket.close()
            self._socket = self._connect()
            return "closed"
        return frames.decode_response(body.API_KEY, version, frame)[1]

    def _receive(self) -> bytes | None:
        data = b""
        try:
            while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
                piece = self._socket.recv(1 << 20)
                if not piece:
                    return None
                data += piece
        except ConnectionError:
            return None
        return data[4:]

    def comparable(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.comparable(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.comparable(item) for item in value]
        if name == "topic_id":
            return next((topic for topic, topic_id in self.ids.items() if topic_id == value), value)
        if name in ("session_id", "port") or (name == "log_append_time_ms" and value > NOW):
            return value and "some"
        return value


class Pair:
    """Both sides; `same` asks both and compares."""

    def __init__(self, ours: Side, real: Side) -> None:
        self.sides = (ours, real)

    def create(self, name: str, partitions: int = 1, **configs: str) -> str:
        request = messages.CreateTopicsRequest
        settings = {**FOREVER, **{key.replace("_", "."): value for key, value in configs.items()}}
        topic = request.CreatableTopic(
            name=name,
            num_partitions=partitions,
            replication_factor=1,
            configs=[request.CreatableTopicConfig(name=key, value=value) for key, value in settings.items()],
        )
        for side in self.sides:
            (created,) = side.request(request(topics=[topic], timeout_ms=10_000), 7).topics
            assert created.error_code == 0, created
            side.ids[name] = bytes(created.topic_id)
            self._wait_for_leaders(side, name)
        return name

    def _wait_for_leaders(self, side: Side, name: str) -> None:
        request = messages.ListOffsetsRequest
        wanted = request.ListOffsetsPartition(partition_index=0, timestamp=-1)
        body = request(replica_id=-1, topics=[request.ListOffsetsTopic(name=name, partitions=[wanted])])
        while side.request(body, 5).topics[0].partitions[0].error_code:
            pass

    def same(self, make: Make | Any, version: int, what: str = "") -> Any:
        answers = []
        for side in self.sides:
            answer = side.request(make(side) if callable(make) else make, version)
            if getattr(answer, "session_id", 0):
                side.session = answer.session_id
            answers.append(answer if isinstance(answer, str) else side.comparable(answer.to_dict()))
        ours, real = answers
        assert ours == real, f"{what} v{version}"
        return ours


@pytest.fixture(scope="module")
def pair(kafka_43: real_kafka.Kafka43) -> Iterator[Pair]:
    with InProcessBroker() as broker:
        yield Pair(Side(broker.bootstrap_servers), Side(kafka_43.bootstrap))


def records(*values: bytes | None, keys: tuple[bytes | None, ...] = (), timestamp: int = NOW, **header: Any) -> bytes:
    keys = keys or (None,) * len(values)
    return build_batch([(timestamp + i, key, v, ()) for i, (key, v) in enumerate(zip(keys, values))], **header)


def produce(topic: str, data: bytes | None, acks: int = -1, index: int = 0, **fields: Any) -> Make:
    request = messages.ProduceRequest
    part = request.PartitionProduceData(index=index, records=data)

    def make(side: Side) -> Any:
        named = request.TopicProduceData(
            name=topic, topic_id=side.ids.get(topic, bytes(15) + b"9"), partition_data=[part]
        )
        return request(acks=acks, timeout_ms=5000, topic_data=[named], **fields)

    return make


def changed(data: bytes, position: int, value: int) -> bytes:
    return data[:position] + bytes([value]) + data[position + 1 :]


def test_produce(pair: Pair) -> None:
    topic = pair.create("produce")
    for version in range(3, 14):
        pair.same(produce(topic, records(b"v")), version)
        pair.same(produce("produce-unknown", records(b"v")), version)
        pair.same(produce(topic, records(b"v"), index=9), version)
        pair.same(produce(topic, records(b"v"), acks=2), version)
    batch = records(b"v")
    bad = {
        "two batches": batch + batch,
        "CRC": changed(batch, -1, 9),
        "magic 1": changed(batch, 16, 1),
        "cut": batch[:-1],
        "cut in the header": batch[:30],
        "cut before the magic": batch[:10],
        "empty": b"",
        "few bytes behind": batch + bytes(5),
        "more bytes behind": batch + bytes(20),
        "base offset": records(b"v", base_offset=5),
        "control": build_end_marker(True, 5, 0, 0, NOW),
        "no sequence": records(b"v", producer_id=9, producer_epoch=0),
    }
    for what, data in bad.items():
        for version in (7, 8, 12):
            pair.same(produce(topic, data), version, what)
    for version in (6, 7):
        pair.same(produce(topic, records(b"v", codec=ZSTD)), version, "zstd")
    no_topics = messages.ProduceRequest(acks=-1, timeout_ms=100)
    pair.same(no_topics, 9)


def test_produce_by_topic_properties(pair: Pair) -> None:
    pair.create("append-time", message_timestamp_type="LogAppendTime")
    pair.create("compact", cleanup_policy="compact")
    pair.create("small", max_message_bytes="200")
    pair.create("two", min_insync_replicas="2")
    for version in (7, 9, 13):
        pair.same(produce("append-time", records(b"v")), version)
        pair.same(produce("compact", records(b"v", b"w", keys=(b"k", None))), version)
        pair.same(produce("small", records(b"v" * 300)), version)
        pair.same(produce("two", records(b"v")), version)


def test_idempotent_produce(pair: Pair) -> None:
    topic = pair.create("idempotent")
    for epoch, sequence in ((1, 0), (1, 0), (1, 1), (1, 5), (0, 2), (1, 0), (2, 4), (2, 0), (2, 1)):
        data = records(b"v", producer_id=77, producer_epoch=epoch, base_sequence=sequence)
        pair.same(produce(topic, data), 9, f"epoch {epoch}, sequence {sequence}")
    request = messages.DescribeProducersRequest
    for name, index in ((topic, 0), (topic, 5), ("unknown", 0), ("..", 0)):
        pair.same(request(topics=[request.TopicRequest(name=name, partition_indexes=[index])]), 0)


FETCH = messages.FetchRequest


def fetch(topics: str | list[str], offset: int = 0, **fields: Any) -> Make:
    own = {name: fields.pop(name) for name in list(fields) if name in FETCH.FetchPartition._names}
    part = FETCH.FetchPartition(**{"partition": 0, "fetch_offset": offset, "partition_max_bytes": 1 << 20, **own})
    forgotten, in_session = fields.pop("forgotten", []), fields.pop("in_session", False)
    defaults = {"max_wait_ms": 50, "min_bytes": 1, "max_bytes": 1 << 25}
    names = [topics] if isinstance(topics, str) else topics

    def make(side: Side) -> Any:
        ids = {name: side.ids.get(name, bytes(15) + b"9") for name in [*names, *forgotten]}
        return FETCH(
            topics=[FETCH.FetchTopic(topic=name, topic_id=ids[name], partitions=[part]) for name in names],
            forgotten_topics_data=[
                FETCH.ForgottenTopic(topic=name, topic_id=ids[name], partitions=[0]) for name in forgotten
            ],
            session_id=side.session if in_session else 0,
            **{**defaults, **fields},
        )

    return make


def test_fetch(pair: Pair) -> None:
    topic, empty = pair.create("fetch"), pair.create("fetch-empty")
    for start in range(5):
        pair.same(produce(topic, records(b"x" * 50, b"y" * 50, timestamp=NOW + 10 * start)), 9)
    for version in range(4, 19):
        pair.same(fetch(topic, 3), version)
        pair.same(fetch(topic, 10), version)
    wanted: dict[str, dict[str, Any]] = {
        "above": {"offset": 11},
        "negative": {"offset": -1},
        "unknown topic": {"topics": "fetch-unknown"},
        "unknown topic among others": {"topics": [topic, "fetch-unknown", empty]},
        "unknown partition": {"partition": 9},
        "no leader epoch": {"current_leader_epoch": -2},
        "epoch from the future": {"current_leader_epoch": 5},
        "partition limit": {"partition_max_bytes": 1},
        "no bytes": {"max_bytes": 0},
        "first batch only": {"topics": [topic, empty], "max_bytes": 1},
        "nothing asked for": {"offset": 10, "min_bytes": 0, "max_wait_ms": 5000},
        "committed": {"isolation_level": 1},
        "isolation level that does not exist": {"isolation_level": 2},
    }
    for what, fields in wanted.items():
        for version in (9, 12, 17):
            pair.same(fetch(**{"topics": topic, **fields}), version, what)
    for version in (12, 17):
        for offset, epoch in ((0, 0), (3, 5), (11, 0)):
            pair.same(fetch(topic, offset, last_fetched_epoch=epoch), version, f"last fetched epoch {epoch}")


def test_fetch_sessions(pair: Pair) -> None:
    first, second = pair.create("session-1"), pair.create("session-2")
    for round_, version in enumerate((12, 16)):
        pair.same(fetch([first, second], round_, session_epoch=0), version)
        steps: list[tuple[str, Make]] = [
            ("nothing new", fetch([], session_epoch=1, in_session=True)),
            ("produce", produce(second, records(b"v"))),
            ("data", fetch([], session_epoch=2, in_session=True)),
            ("forget one", fetch([], forgotten=[first], session_epoch=3, in_session=True)),
            ("wrong epoch", fetch([], session_epoch=9, in_session=True)),
            ("forget the other", fetch([], forgotten=[second], session_epoch=4, in_session=True)),
            ("closed", fetch([], session_epoch=5, in_session=True)),
            ("no session", fetch(first, session_epoch=-1)),
        ]
        for what, make in steps:
            pair.same(make, 9 if what == "produce" else version, what)


def list_offsets(topic: str, timestamp: int, epoch: int = -1, **fields: Any) -> Any:
    request = messages.ListOffsetsRequest
    wanted = request.ListOffsetsPartition(partition_index=0, current_leader_epoch=epoch, timestamp=timestamp)
    times = fields.pop("times", 1)
    return request(
        **{"replica_id": -1, **fields}, topics=[request.ListOffsetsTopic(name=topic, partitions=[wanted] * times)]
    )


def test_list_offsets(pair: Pair) -> None:
    topic, empty = pair.create("offsets"), pair.create("offsets-empty")
    for start in (0, 30, 10):
        pair.same(produce(topic, records(b"x", b"y", timestamp=NOW + start)), 9)
    for version in range(1, 12):
        for timestamp in (-1, -2, -3, -4, -5, -6, -7, 0, NOW, NOW + 1, NOW + 2, NOW + 31, NOW + 32):
            pair.same(list_offsets(topic, timestamp), version, str(timestamp))
            pair.same(list_offsets(empty, timestamp), version, f"{timestamp} of an empty log")
    for version in (4, 11):
        pair.same(list_offsets("offsets-unknown", -1), version)
        pair.same(list_offsets(topic, -1, epoch=9), version)
        pair.same(list_offsets(topic, -1, replica_id=-2), version)
        pair.same(list_offsets(topic, -1, isolation_level=1), version)
        pair.same(list_offsets(topic, -2, isolation_level=2), version)
        pair.same(list_offsets(topic, -1, times=2), version, "twice")


def test_epochs_and_deletions(pair: Pair) -> None:
    topic = pair.create("epochs")
    compact = pair.create("epochs-compact", cleanup_policy="compact")
    pair.same(produce(topic, records(b"x", b"y", b"z")), 9)
    epochs = messages.OffsetForLeaderEpochRequest

    def epoch_end(name: str, epoch: int, current: int = -1) -> Any:
        wanted = epochs.OffsetForLeaderPartition(partition=0, leader_epoch=epoch, current_leader_epoch=current)
        return epochs(replica_id=-2, topics=[epochs.OffsetForLeaderTopic(topic=name, partitions=[wanted])])

    delete = messages.DeleteRecordsRequest

    def delete_records(name: str, offset: int, index: int = 0) -> Any:
        wanted = delete.DeleteRecordsPartition(partition_index=index, offset=offset)
        return delete(timeout_ms=5000, topics=[delete.DeleteRecordsTopic(name=name, partitions=[wanted])])

    for version in (2, 3, 4):
        for epoch in (-1, 0, 1, 5):
            pair.same(epoch_end(topic, epoch), version)
        pair.same(epoch_end(topic, 0, current=9), version)
        pair.same(epoch_end(compact, 0), version)
        pair.same(epoch_end("epochs-unknown", 0), version)
    for version in (0, 1, 2):
        for name, offset, index in (
            (topic, version, 0), (topic, 99, 0), (topic, -2, 0), (topic, 0, 9), (compact, -1, 0), ("none", -1, 0)
        ):  # fmt: skip
            pair.same(delete_records(name, offset, index), version)
    pair.same(list_offsets(topic, -2), 9)
    pair.same(list_offsets(topic, 0), 9)
    pair.same(epoch_end(topic, 0), 4)
    pair.same(fetch(topic, 0), 12)
    pair.same(delete_records(topic, -1), 2)
    for timestamp in (-1, -2, -3, 0):
        pair.same(list_offsets(topic, timestamp), 9)


def test_log_dirs_and_producer_ids(pair: Pair) -> None:
    topic = pair.create("dirs")
    pair.same(produce(topic, records(b"x")), 9)
    request = messages.DescribeLogDirsRequest
    for version in range(1, 6):
        body = request(topics=[request.DescribableLogDirTopic(topic=topic, partitions=[0, 7])])
        ours, real = ([result.topics for result in side.request(body, version).results] for side in pair.sides)
        assert ours == real
    for version in range(6):
        for fields in ({"transactional_id": ""}, {"transactional_id": None, "producer_id": 5}):
            if "producer_id" not in fields or version >= 3:
                pair.same(messages.InitProducerIdRequest(transaction_timeout_ms=1000, **fields), version)


def _sorted(answer: Any) -> Any:
    """Kafka answers some requests in the order of its hash maps."""
    if isinstance(answer, dict):
        return {key: _sorted(item) for key, item in answer.items()}
    return sorted(map(_sorted, answer), key=repr) if isinstance(answer, list) else answer


def test_topics_named_twice_or_without_partitions(pair: Pair) -> None:
    topic = pair.create("twice", partitions=2)
    ask = messages.ListOffsetsRequest

    def listed(*wanted: tuple[str, list[int]]) -> Any:
        parts = {name: [ask.ListOffsetsPartition(partition_index=i, timestamp=-1) for i in on] for name, on in wanted}
        return ask(
            replica_id=-1, topics=[ask.ListOffsetsTopic(name=name, partitions=parts[name]) for name, _ in wanted]
        )

    delete = messages.DeleteRecordsRequest

    def deleted(*wanted: tuple[str, list[int]]) -> Any:
        topics = [
            delete.DeleteRecordsTopic(
                name=name, partitions=[delete.DeleteRecordsPartition(partition_index=i, offset=0) for i in indexes]
            )
            for name, indexes in wanted
        ]
        return delete(timeout_ms=5000, topics=topics)

    commit = messages.OffsetCommitRequest

    def committed(*wanted: tuple[str, list[int]]) -> Any:
        topics = [
            commit.OffsetCommitRequestTopic(
                name=name,
                partitions=[
                    commit.OffsetCommitRequestPartition(partition_index=i, committed_offset=1) for i in indexes
                ],
            )
            for name, indexes in wanted
        ]
        return commit(group_id="twice", topics=topics)

    coordinator = messages.FindCoordinatorRequest(key="twice", key_type=0)
    for side in pair.sides:
        while side.request(coordinator, 3).error_code:
            pass
        while side.request(committed((topic, [0])), 5).topics[0].partitions[0].error_code:
            pass
    asked = (
        [(topic, [])],
        [("none", [])],
        [(topic, [0]), (topic, [1])],
        [(topic, []), (topic, [0]), ("none", [0]), (topic, [1, 9])],
        [("none", [0, 0])],
    )
    for wanted in asked:
        for make, version in ((listed, 7), (deleted, 2), (committed, 5), (committed, 9)):
            ours, real = (_sorted(side.request(make(*wanted), version).to_dict()) for side in pair.sides)
            assert ours == real, (make.__name__, version, wanted)


def test_negative_leader_epochs(pair: Pair) -> None:
    topic = pair.create("negative")
    for epoch in (-2, -(2**31)):
        pair.same(list_offsets(topic, -1, epoch=epoch), 7)
        pair.same(fetch(topic, current_leader_epoch=epoch), 12)
    epochs = messages.OffsetForLeaderEpochRequest
    wanted = epochs.OffsetForLeaderPartition(partition=0, leader_epoch=0, current_leader_epoch=-2)
    body = epochs(replica_id=-2, topics=[epochs.OffsetForLeaderTopic(topic=topic, partitions=[wanted])])
    pair.same(body, 4)


def test_more_partitions_for_a_topic_that_is_not_there(pair: Pair) -> None:
    request = messages.CreatePartitionsRequest
    for version in range(4):
        pair.same(request(timeout_ms=5000, topics=[request.CreatePartitionsTopic(name="none", count=3)]), version)
