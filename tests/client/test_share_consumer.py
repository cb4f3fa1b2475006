"""A share consumer and two leaders that do what the test says: sessions, leaders that move, errors."""

from __future__ import annotations

import socket
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from kcli.client.cluster import Cluster
from kcli.client.share_config import share_config
from kcli.client.share_consumer import ShareConsumer
from kcli.records.builder import build_values
from kcli.wire import errors, messages
from kcli.wire.frames import RequestHeader
from tests.client.scripted_broker import HANG_UP, ScriptedBroker
from tests.interop.real_kafka import free_port

TOPIC_ID = b"t" * 16
FETCH, ACKNOWLEDGE = messages.ShareFetchRequest.API_KEY, messages.ShareAcknowledgeRequest.API_KEY
Said = tuple[list[tuple[int, int]], "str | None"]  # (partition, offset) of what was acknowledged, and the error


class Leaders:
    """Brokers 1 and 2. `leader` says who leads a partition; `script` has what a broker answers next, instead of a
    record of each partition in its session."""

    def __init__(self) -> None:
        self.leader = {0: 1, 1: 2}
        self.brokers = {node: ScriptedBroker(self._answer(node)) for node in (1, 2)}
        self.ports = {node: broker.address.port for node, broker in self.brokers.items()}
        self.script: dict[int, deque[Callable[[Any], Any]]] = defaultdict(deque)
        self.requests: list[tuple[int, Any]] = []
        self._sessions: dict[int, set[int]] = {1: set(), 2: set()}
        self._next = [0, 0]

    def _answer(self, node: int) -> Callable[[RequestHeader, Any], Any]:
        def answer(header: RequestHeader, body: Any) -> Any:
            if header.api_key in (FETCH, ACKNOWLEDGE):
                self.requests.append((node, body))
                if self.script[node]:
                    return self.script[node].popleft()(body)
                return self.fetched(node, body) if header.api_key == FETCH else acknowledged(body)
            return self._other(body)

        return answer

    def _other(self, body: Any) -> Any:
        if isinstance(body, messages.MetadataRequest):
            response = messages.MetadataResponse
            return response(
                brokers=[
                    response.MetadataResponseBroker(node_id=node, host="localhost", port=port)
                    for node, port in self.ports.items()
                ],
                topics=[
                    response.MetadataResponseTopic(
                        name="t",
                        topic_id=TOPIC_ID,
                        partitions=[
                            response.MetadataResponsePartition(partition_index=number, leader_id=leader)
                            for number, leader in self.leader.items()
                        ],
                    )
                ],
            )
        if isinstance(body, messages.FindCoordinatorRequest):
            coordinator = messages.FindCoordinatorResponse.Coordinator
            address = self.brokers[1].address
            return messages.FindCoordinatorResponse(
                coordinators=[coordinator(key="g", node_id=1, host=address.host, port=address.port)]
            )
        assert isinstance(body, messages.ShareGroupHeartbeatRequest)
        response = messages.ShareGroupHeartbeatResponse
        return response(
            member_epoch=1,
            heartbeat_interval_ms=5000,
            assignment=response.Assignment(
                topic_partitions=[response.TopicPartitions(topic_id=TOPIC_ID, partitions=[0, 1])]
            ),
        )

    def fetched(self, node: int, body: Any, codes: dict[int, int] = {}) -> Any:  # noqa: B006
        """A record of each partition that the session has, and that this broker leads."""
        session = self._sessions[node]
        if body.share_session_epoch == 0:
            session.clear()
        session |= {part.partition_index for topic in body.topics for part in topic.partitions}
        session -= {number for topic in body.forgotten_topics_data for number in topic.partitions}
        kind = messages.ShareFetchResponse
        parts = []
        for number in sorted(session):
            if self.leader[number] != node:
                parts.append(_moved(number))
                continue
            offset = self._next[number]
            self._next[number] += 1
            parts.append(
                kind.PartitionData(
                    partition_index=number,
                    acknowledge_error_code=codes.get(number, 0),
                    records=build_values([b"%d-%d" % (number, offset)], 0, base_offset=offset),
                    acquired_records=[kind.AcquiredRecords(first_offset=offset, last_offset=offset, delivery_count=1)],
                )
            )
        return kind(responses=[kind.ShareFetchableTopicResponse(topic_id=TOPIC_ID, partitions=parts)] if parts else [])

    def fetches(self, node: int) -> list[Any]:
        return [body for at, body in self.requests if at == node and isinstance(body, messages.ShareFetchRequest)]

    def offsets(self, node: int) -> list[tuple[int, int]]:
        """What a broker was told of: (partition, offset)."""
        return [
            (part.partition_index, batch.first_offset)
            for at, body in self.requests
            if at == node
            for topic in body.topics
            for part in topic.partitions
            for batch in part.acknowledgement_batches
        ]


def _moved(number: int) -> Any:
    kind = messages.ShareFetchResponse.PartitionData
    return kind(partition_index=number, error_code=errors.NOT_LEADER_OR_FOLLOWER, records=b"")


def acknowledged(body: Any, code: int = 0) -> Any:
    """The answer to acknowledgements."""
    kind = messages.ShareAcknowledgeResponse
    return kind(
        responses=[
            kind.ShareAcknowledgeTopicResponse(
                topic_id=topic.topic_id,
                partitions=[
                    kind.PartitionData(partition_index=part.partition_index, error_code=code)
                    for part in topic.partitions
                ],
            )
            for topic in body.topics
        ]
    )


@pytest.fixture
def leaders() -> Iterator[Leaders]:
    made = Leaders()
    yield made
    for broker in made.brokers.values():
        broker.__exit__()


class Reader:
    """A consumer of the topic, and what it heard."""

    def __init__(self, leaders: Leaders, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.said: list[Said] = []
        self.warnings: list[str] = []
        settings = {"bootstrap.servers": str(leaders.brokers[1].address), "group.id": "g", "retry.backoff.ms": "10"}
        settings |= {"retry.backoff.max.ms": "20", **more}
        self.cluster = Cluster(settings["bootstrap.servers"], settings)
        self.consumer = ShareConsumer(
            self.cluster, share_config(settings), warn=self.warnings.append, report=self._report
        )
        self.consumer.subscribe(["t"])

    def _report(self, acknowledgements: Any, error: Any) -> None:
        places = [(each.acquired.partition, offset) for each in acknowledgements for offset in each.acquired.offsets]
        self.said.append((sorted(places), None if error is None else errors.error(error.code).name))

    @property
    def accepted(self) -> set[tuple[int, int]]:
        return {place for places, error in self.said if error is None for place in places}

    def read(self, until: Callable[[set[str]], bool]) -> set[str]:
        """Poll until the values that came are enough."""
        values: set[str] = set()
        while not until(values):
            for delivered in self.consumer.poll(10.0):
                values |= {bytes(record[3]).decode() for record in delivered.records}
        return values

    def close(self) -> None:
        self.consumer.close()
        self.cluster.close()


def of_partition(number: int, values: set[str]) -> list[str]:
    """Those of the values that came from one partition; which ones depends on how fast each leader is."""
    return [value for value in values if value.startswith(f"{number}-")]


def test_each_leader_has_a_session_of_its_own(leaders: Leaders) -> None:
    reader = Reader(leaders)
    reader.read(lambda values: {"0-0", "0-1", "1-0", "1-1"} <= values)
    reader.close()
    for node, partition in ((1, 0), (2, 1)):
        fetches = leaders.fetches(node)
        assert [body.share_session_epoch for body in fetches] == list(range(len(fetches)))
        named = [part.partition_index for body in fetches for topic in body.topics for part in topic.partitions]
        assert set(named) == {partition}
        assert not any(part.acknowledgement_batches for topic in fetches[0].topics for part in topic.partitions)
        last = [body for at, body in leaders.requests if at == node][-1]
        assert (type(last), last.share_session_epoch) == (messages.ShareAcknowledgeRequest, -1)
        assert {where for where, _ in leaders.offsets(node)} == {partition}
    assert {(0, 0), (0, 1), (1, 0), (1, 1)} <= reader.accepted
    assert {error for _, error in reader.said} == {None}


def test_a_leader_moves(leaders: Leaders) -> None:
    reader = Reader(leaders)
    reader.read(lambda values: {"0-0", "1-0"} <= values)
    leaders.leader[1] = 1
    moved = acknowledged_at_the_old(leaders)

    def forgotten() -> bool:
        return any(1 in topic.partitions for body in leaders.fetches(2) for topic in body.forgotten_topics_data)

    reader.read(lambda values: bool(of_partition(1, values)) and bool(moved) and forgotten())
    reader.read(lambda values: bool(of_partition(1, values)))
    reader.close()
    assert 1 in {where for where, _ in leaders.offsets(1)}
    assert all(error in (None, "NOT_LEADER_OR_FOLLOWER") for _, error in reader.said)


def acknowledged_at_the_old(leaders: Leaders) -> list[int]:
    """The requests to broker 2 that carry acknowledgements from now on, which it refuses."""
    seen: list[int] = []

    def refuse(body: Any) -> Any:
        if isinstance(body, messages.ShareAcknowledgeRequest):
            return acknowledged(body, errors.NOT_LEADER_OR_FOLLOWER)
        seen.append(body.share_session_epoch)
        return leaders.fetched(2, body)

    leaders.script[2].extend([refuse] * 2)
    return seen


@pytest.mark.parametrize("code", [errors.SHARE_SESSION_NOT_FOUND, errors.INVALID_SHARE_SESSION_EPOCH,
                                  errors.FENCED_MEMBER_EPOCH, errors.UNKNOWN_MEMBER_ID])  # fmt: skip
def test_a_session_that_the_broker_does_not_know_begins_anew(leaders: Leaders, code: int) -> None:
    reader = Reader(leaders)
    reader.read(lambda values: {"0-0", "1-0"} <= values)
    leaders.script[2].append(lambda body: messages.ShareFetchResponse(error_code=code))
    before = len(leaders.fetches(2))
    reader.read(lambda values: len(of_partition(1, values)) > 1)
    reader.close()
    epochs = [body.share_session_epoch for body in leaders.fetches(2)]
    assert epochs[:before] == list(range(before))
    assert epochs.count(0) == 2
    anew = leaders.fetches(2)[epochs.index(0, 1)]
    assert [part.partition_index for topic in anew.topics for part in topic.partitions] == [1]
    assert all(body.share_session_epoch != 0 for body in leaders.fetches(1)[1:])
    lost = [places for places, error in reader.said if error is not None]
    assert all(where == 1 for places in lost for where, _ in places)


def test_what_failed_for_now_is_acknowledged_again(leaders: Leaders) -> None:
    reader = Reader(leaders)
    reader.read(lambda values: {"0-0", "1-0"} <= values)
    leaders.script[1].append(lambda body: acknowledged(body, errors.COORDINATOR_NOT_AVAILABLE)
                             if isinstance(body, messages.ShareAcknowledgeRequest)
                             else leaders.fetched(1, body, {0: errors.COORDINATOR_NOT_AVAILABLE}))  # fmt: skip
    reader.consumer.commit(wait=True)
    reader.read(lambda values: len(of_partition(0, values)) > 1)
    reader.close()
    sent = leaders.offsets(1)
    assert any(sent.count(place) == 2 for place in sent)
    assert set(sent) <= reader.accepted
    assert {error for _, error in reader.said} == {None}


def test_the_others_are_read_while_a_leader_is_gone(leaders: Leaders) -> None:
    leaders.ports[2] = free_port()  # nobody listens there
    reader = Reader(leaders)
    values = reader.read(lambda values: len(values) > 5 and any("Cannot connect" in each for each in reader.warnings))
    assert values == {f"0-{number}" for number in range(len(values))}
    leaders.leader[1] = -1
    reader.read(lambda values: len(values) > 5)
    reader.close()
    assert leaders.fetches(2) == []


def test_the_others_are_read_while_a_leader_says_nothing(leaders: Leaders) -> None:
    """Long before it would be given up, about which there would be a warning."""
    with socket.create_server(("localhost", 0)) as silent:
        leaders.ports[2] = silent.getsockname()[1]
        reader = Reader(leaders)
        assert reader.read(lambda values: len(values) > 5) == {f"0-{number}" for number in range(6)}
        reader.close()
    assert reader.warnings == []


def test_a_leader_that_said_nothing_is_left_alone_and_tried_again(leaders: Leaders) -> None:
    port = leaders.ports[2]
    with socket.create_server(("localhost", 0)) as silent:
        leaders.ports[2] = silent.getsockname()[1]
        reader = Reader(leaders, {"socket.connection.setup.timeout.ms": "1500"})
        reader.read(lambda values: any("did not answer" in warning for warning in reader.warnings))
        leaders.ports[2] = port
        reader.read(lambda values: "1-0" in values)
        reader.close()


def test_a_leader_hangs_up(leaders: Leaders) -> None:
    reader = Reader(leaders)
    reader.read(lambda values: {"0-0", "1-0"} <= values)
    leaders.script[2].append(lambda body: HANG_UP)

    def sessions() -> int:
        return [body.share_session_epoch for body in leaders.fetches(2)].count(0)

    reader.read(lambda values: sessions() == 2)
    reader.read(lambda values: bool(of_partition(0, values) and of_partition(1, values)))
    reader.close()
    assert sessions() == 2
    assert any(error == "NETWORK_EXCEPTION" for _, error in reader.said)
