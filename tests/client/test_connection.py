"""One connection, with brokers that are old, slow, rude or no brokers at all."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kcli.client.address import Address
from kcli.client.connection import Connection
from kcli.client.errors import (
    BrokerUnreachable,
    ClientError,
    ConnectionClosed,
    HungUp,
    NotKafka,
    RequestTimedOut,
    TurnedAway,
)
from kcli.client.transport import Transport
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from kcli.wire.frames import RequestHeader, encode_request
from tests.client.bad_network import BadNetwork
from tests.client.scripted_broker import HANG_UP, ScriptedBroker

HEARTBEAT = messages.HeartbeatRequest(group_id="g", member_id="m")


def answering(header: RequestHeader, body: Any) -> Any:
    return messages.HeartbeatResponse(error_code=27)


def test_requests_are_answered_in_order_when_pipelined() -> None:
    def script(header: RequestHeader, body: Any) -> Any:
        return messages.HeartbeatResponse(throttle_time_ms=body.generation_id)

    with ScriptedBroker(script) as broker, Connection.open(broker.address) as connection:
        sent = [connection.send(messages.HeartbeatRequest(generation_id=number)) for number in range(5)]
        assert connection.in_flight == 5
        received = [connection.receive(5) for _ in sent]
        assert [(correlation_id, body.throttle_time_ms) for correlation_id, body in received if body] == list(
            zip(sent, range(5))
        )
        assert connection.in_flight == 0
        assert connection.receive(0) is None


def test_a_selector_sees_responses_come() -> None:
    with ScriptedBroker(answering) as broker, Connection.open(broker.address) as connection:
        connection.queue(HEARTBEAT)
        assert connection.unsent
        assert connection.flush(5)
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            assert [key.fileobj for key, _ in selector.select(5)] == [connection]
        received = connection.receive_frame(0)
        assert received is not None
        assert received[1] == HEARTBEAT.API_KEY


def test_a_body_may_be_encoded_already() -> None:
    with ScriptedBroker(answering) as broker, Connection.open(broker.address) as connection:
        connection.queue_encoded(messages.HeartbeatRequest, 4, HEARTBEAT.encode(4))
        connection.flush(None)
        assert connection.receive(5) is not None
        assert broker.requests[-1][1] == HEARTBEAT


def test_the_version_is_the_latest_that_both_know() -> None:
    def greet(header: RequestHeader, body: Any) -> Any:
        item = messages.ApiVersionsResponse.ApiVersion
        return messages.ApiVersionsResponse(
            api_keys=[
                item(api_key=12, min_version=0, max_version=2),
                item(api_key=3, min_version=90, max_version=99),
                item(api_key=15, min_version=0, max_version=99),
            ]
        )

    with ScriptedBroker(answering, greet) as broker, Connection.open(broker.address) as connection:
        assert connection.version_for(messages.HeartbeatRequest) == 2
        assert connection.version_for(messages.HeartbeatRequest, at_most=1) == 1
        assert connection.version_for(messages.DescribeGroupsRequest) == messages.DescribeGroupsRequest.VERSIONS[1]
        assert connection.supports(messages.HeartbeatRequest, 2)
        assert not connection.supports(messages.HeartbeatRequest, 3)
        assert not connection.supports(messages.FetchRequest)
        with pytest.raises(KafkaError, match=r"The node does not support CREATE_TOPICS$") as unknown:
            connection.version_for(messages.CreateTopicsRequest)
        assert unknown.value.code == errors.UNSUPPORTED_VERSION
        with pytest.raises(KafkaError, match=r"The supported range is \[90,99\]"):
            connection.version_for(messages.MetadataRequest)


def test_a_broker_older_than_our_first_question_is_asked_again() -> None:
    def greet(header: RequestHeader, body: Any) -> Any:
        item = messages.ApiVersionsResponse.ApiVersion
        known = [item(api_key=18, min_version=0, max_version=2), item(api_key=12, min_version=0, max_version=1)]
        if header.api_version > 2:
            return 0, messages.ApiVersionsResponse(error_code=errors.UNSUPPORTED_VERSION, api_keys=known)
        return messages.ApiVersionsResponse(api_keys=known)

    with ScriptedBroker(answering, greet) as broker, Connection.open(broker.address) as connection:
        assert connection.versions[12] == (0, 1)
        assert [header.api_version for header, _ in broker.requests] == [messages.ApiVersionsRequest.VERSIONS[1], 2]


def test_a_broker_that_is_slow_is_given_up_and_named() -> None:
    with (
        ScriptedBroker(lambda header, body: None) as broker,
        Connection.open(broker.address) as connection,
        pytest.raises(RequestTimedOut, match=f"^{broker.address} did not answer a Heartbeat request within 50 ms$"),
    ):
        connection.request(HEARTBEAT, timeout=0.05)


def test_a_broker_that_hangs_up_at_once_may_want_us_to_authenticate() -> None:
    with (
        ScriptedBroker(lambda header, body: HANG_UP) as broker,
        Connection.open(broker.address) as connection,
        pytest.raises(TurnedAway, match=r"at our first request, Heartbeat \(does it ask for SASL\?\)"),
    ):
        connection.request(HEARTBEAT)


def test_a_broker_that_hangs_up_later_is_just_gone() -> None:
    answers: list[Any] = [messages.HeartbeatResponse(), HANG_UP]
    with ScriptedBroker(lambda header, body: answers.pop(0)) as broker, Connection.open(broker.address) as connection:
        connection.request(HEARTBEAT)
        with pytest.raises(ConnectionClosed) as error:
            connection.request(HEARTBEAT)
        assert not isinstance(error.value, TurnedAway)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",  # a TLS alert
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02ab",
    ],
)
def test_what_does_not_speak_kafka_is_named(answer: Any) -> None:
    with (
        ScriptedBroker(answering, lambda header, body: answer) as broker,
        pytest.raises(NotKafka, match=str(broker.address)),
    ):
        Connection.open(broker.address)


def test_who_hangs_up_at_the_greeting_may_be_no_broker() -> None:
    with (
        ScriptedBroker(answering, lambda header, body: HANG_UP) as broker,
        pytest.raises(HungUp, match=f"^{broker.address} closed the connection at the first request: is it a Kafka"),
    ):
        Connection.open(broker.address)


def test_who_hangs_up_during_the_tls_handshake_may_be_gone_for_a_moment_only() -> None:
    with (
        ScriptedBroker(answering) as broker,
        BadNetwork(broker.address.port, refusals=1) as network,
        pytest.raises(HungUp),
    ):
        Connection.open(Address("localhost", network.port), {"security.protocol": "SSL"})


@pytest.mark.parametrize("answer", [b"\x00\x00\x00\x04\x00\x00\x00\x63", b"\x00\x00\x00\x05\x00\x00\x00\x02\x7f"])
def test_an_answer_to_nothing_and_one_that_does_not_fit_are_refused(answer: bytes) -> None:
    with (
        ScriptedBroker(lambda header, body: answer) as broker,
        Connection.open(broker.address) as connection,
        pytest.raises(NotKafka),
    ):
        connection.request(HEARTBEAT)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(BrokerUnreachable, match=f"^Cannot connect to {address}: connection refused$"):
        Connection.open(address)


def test_an_unknown_name() -> None:
    with pytest.raises(BrokerUnreachable, match=r"^Cannot connect to nonesuch\.invalid:9092: unknown host"):
        Connection.open(Address("nonesuch.invalid", 9092))


def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedBroker(answering) as broker:
        port = broker.address.port
        there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        refused = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [refused, there])
        with Connection.open(Address("two-addresses", port)) as connection:
            assert connection.request(HEARTBEAT).error_code == 27


def test_an_unknown_security_protocol() -> None:
    with pytest.raises(ClientError, match=r"^security\.protocol TLS is unknown: one of PLAINTEXT, SSL"):
        Connection.open(Address("localhost", 1), {"security.protocol": "TLS"})


@contextlib.contextmanager
def transport_pair() -> Iterator[tuple[Transport, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Transport(ours, Address("peer", 1)), theirs


def send_apart(peer: socket.socket, *parts: bytes) -> None:
    for part in parts:
        peer.sendall(part)


def test_frames_arrive_whole_however_they_are_cut() -> None:
    bodies = [b"abcd", b"x" * 70_000, b"0123456789", b"y" * 200_000]
    stream = b"".join(len(body).to_bytes(4, "big") + body for body in bodies)
    for cut in [*range(1, 24), 65_535, 65_536, 65_540, 70_007, 70_008, len(stream) - 1]:
        with transport_pair() as (transport, peer):
            sender = threading.Thread(target=send_apart, args=(peer, stream[:cut], stream[cut:]))
            sender.start()
            assert [bytes(transport.receive(5) or b"") for _ in bodies] == bodies, cut
            assert transport.receive(0) is None
            sender.join()


def test_single_bytes_make_frames_too() -> None:
    with transport_pair() as (transport, peer):
        for byte in b"\x00\x00\x00\x04abc":
            peer.sendall(bytes([byte]))
            assert transport.receive(0) is None
        peer.sendall(b"d")
        assert bytes(transport.receive(5) or b"") == b"abcd"


def test_more_than_the_socket_takes_is_sent_bit_by_bit() -> None:
    body = [memoryview(bytes([number % 251]) * 3000) for number in range(700)]
    with transport_pair() as (transport, peer):
        transport.queue([b"", *body])
        assert not transport.flush(0)
        received = bytearray()

        def drain() -> None:
            while len(received) < 2_100_000:
                received.extend(peer.recv(1 << 16))

        reader = threading.Thread(target=drain)
        reader.start()
        assert transport.flush(5)
        reader.join()
        assert received == b"".join(body)


def test_the_client_id_is_the_configured_one() -> None:
    with ScriptedBroker(answering) as broker, Connection.open(broker.address, {"client.id": "me"}) as connection:
        connection.request(HEARTBEAT)
        header = broker.requests[-1][0]
        assert header.client_id == "me"
        assert encode_request(header, HEARTBEAT)[4:].startswith(b"\x00\x0c")
