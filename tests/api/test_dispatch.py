from __future__ import annotations

import asyncio
import logging
import struct
from typing import Any

import pytest

from kcli.api import list_offsets
from kcli.api.faults import Action, Fault
from kcli.api.request import Request
from kcli.wire import errors, frames, messages
from kcli.wire.apis import API_KEYS, request_class
from kcli.wire.errors import KafkaError, WireError
from tests.api.node import Node, in_node, produce_request

API_VERSIONS = API_KEYS["ApiVersions"]


def frame(key: int, version: int, body: bytes = b"", client_id: bytes = b"c") -> memoryview:
    return memoryview(bytearray(struct.pack(">hhih", key, version, 42, len(client_id)) + client_id + body))


@in_node()
async def test_what_is_served_is_told_with_its_versions(node: Node) -> None:
    apis = node.context.apis
    assert list(apis) == sorted(apis)
    for key, api in apis.items():
        low, high = request_class(key).VERSIONS
        assert low <= api.min_version <= api.max_version <= high, key
    told = await node.request(messages.ApiVersionsRequest(client_software_name="t", client_software_version="1"), 3)
    assert {item.api_key for item in told.api_keys} == set(apis)


@in_node()
async def test_an_unknown_api_versions_version_is_answered_in_the_oldest_format(node: Node) -> None:
    answer = node.dispatch.handle(frame(API_VERSIONS, 99, b"\x00"), node.session)
    assert isinstance(answer, list)
    correlation_id, response = frames.decode_response(API_VERSIONS, 0, b"".join(answer)[4:])
    assert (correlation_id, response.error_code) == (42, errors.UNSUPPORTED_VERSION)
    assert [(item.api_key, item.min_version) for item in response.api_keys] == [(API_VERSIONS, 0)]


@in_node()
async def test_what_is_not_understood_closes_the_connection(node: Node) -> None:
    heartbeat = messages.HeartbeatRequest(group_id="g").encode_bytes(0)
    bad = {
        "unknown API": frame(32000, 0),
        "negative API": frame(-1, 0),
        "known to Kafka, not served": frame(API_KEYS["Vote"], 0),
        "version too new": frame(API_KEYS["Heartbeat"], 100, b"\x00"),
        "version below zero": frame(API_KEYS["Heartbeat"], -1),
        "no body": frame(API_KEYS["Heartbeat"], 0),
        "body cut": frame(API_KEYS["Heartbeat"], 0, heartbeat[:-1]),
        "nothing": memoryview(b""),
        "header cut": frame(API_KEYS["Heartbeat"], 0)[:9],
        "client id longer than the frame": memoryview(struct.pack(">hhih", 12, 0, 1, 500)),
        "client id not text": frame(API_KEYS["Heartbeat"], 0, heartbeat, b"\xff"),
    }
    for why, data in bad.items():
        with pytest.raises(WireError):
            node.dispatch.handle(data, node.session)
            pytest.fail(why)


@in_node()
async def test_before_authentication_only_what_it_needs_is_served(node: Node) -> None:
    node.session.authenticated = False
    told = await node.request(messages.ApiVersionsRequest(client_software_name="t", client_software_version="1"), 3)
    assert told.error_code == errors.NONE
    handshake = await node.request(messages.SaslHandshakeRequest(mechanism="NONE"), 1)
    assert handshake.error_code != errors.NONE
    for body in (messages.MetadataRequest(topics=None), produce_request({})):
        with pytest.raises(WireError, match="before authentication"):
            await node.request(body, 9)


def list_offsets_request() -> Any:
    request = messages.ListOffsetsRequest
    wanted = request.ListOffsetsPartition(partition_index=3, timestamp=-1)
    return request(replica_id=-1, topics=[request.ListOffsetsTopic(name="t", partitions=[wanted])])


def handle_by(monkeypatch: pytest.MonkeyPatch, handle: Any) -> None:
    monkeypatch.setattr(list_offsets, "handle", handle)


async def codes(node: Node) -> list[int]:
    response = await node.request(list_offsets_request(), 5)
    return [part.error_code for topic in response.topics for part in topic.partitions]


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("error", [KafkaError(errors.POLICY_VIOLATION), ZeroDivisionError("oops")])
def test_errors_of_handlers_become_answers(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, later: bool
) -> None:
    async def fail_later() -> None:
        await asyncio.sleep(0)
        raise error

    def handle(context: Any, request: Request) -> Any:
        if later:
            return fail_later()
        raise error

    handle_by(monkeypatch, handle)

    @in_node()
    async def scenario(node: Node) -> None:
        expected = error.code if isinstance(error, KafkaError) else errors.UNKNOWN_SERVER_ERROR
        assert await codes(node) == [expected]

    with caplog.at_level(logging.ERROR, "kcli.api.dispatch"):
        scenario(tmp_path)
    unexpected = [record for record in caplog.records if record.exc_info]
    assert len(unexpected) == (0 if isinstance(error, KafkaError) else 1)


@in_node()
async def test_faults_fail_drop_and_disconnect(node: Node) -> None:
    await node.create_topic("t", 4)
    faults = node.dispatch.faults
    fault = faults.add(Fault(Action.FAIL, topic="t", error=errors.NOT_LEADER_OR_FOLLOWER, times=1))
    assert await codes(node) == [errors.NOT_LEADER_OR_FOLLOWER]
    assert await codes(node) == [errors.NONE]
    assert fault not in faults.rules
    faults.add(Fault(Action.FAIL, topic="t", error=errors.KAFKA_STORAGE_ERROR, times=1))
    by_id = {(node.context.keeper.image.topics["t"].id, 0): b""}
    (answer,) = (await node.request(produce_request(by_id), 13)).responses[0].partition_responses
    assert answer.error_code == errors.KAFKA_STORAGE_ERROR
    faults.add(Fault(Action.DROP, api=2, times=1))
    assert await node.request(list_offsets_request(), 5) is None
    faults.add(Fault(Action.DISCONNECT, client="test", times=1))
    with pytest.raises(WireError):
        await node.request(list_offsets_request(), 5)
    assert await codes(node) == [errors.NONE]


@in_node()
async def test_a_delayed_request_is_answered_later(node: Node) -> None:
    await node.create_topic("t", 4)
    node.dispatch.faults.add(Fault(Action.DELAY, seconds=0.01, times=1))
    pending = asyncio.create_task(codes(node))
    await asyncio.sleep(0)
    assert not pending.done()
    assert await pending == [errors.NONE]


@in_node()
async def test_a_failed_produce_says_so_for_each_partition(node: Node) -> None:
    await node.create_topic("t")
    node.dispatch.faults.add(Fault(Action.FAIL, error=errors.KAFKA_STORAGE_ERROR))
    answer = await node.produce("t", b"v")
    assert (answer.error_code, answer.base_offset) == (errors.KAFKA_STORAGE_ERROR, -1)
    with pytest.raises(WireError):
        await node.produce("t", b"v", acks=0)
