"""A client's login at a whole broker: which requests are answered when, and when the connection ends."""

import socket

import pytest

from kcli.testing import InProcessBroker
from kcli.wire import errors, frames, messages

API_VERSIONS, METADATA, HANDSHAKE, AUTHENTICATE = 18, 3, 17, 36
JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";'


@pytest.fixture(scope="module")
def broker():
    properties = {
        "listeners": "PLAINTEXT://localhost:0,SASL_PLAINTEXT://localhost:0",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": JAAS,
        "connection.failed.authentication.delay.ms": "20",
    }
    with InProcessBroker(properties) as started:
        yield started


class Client:
    def __init__(self, broker, listener="SASL_PLAINTEXT"):
        ports = {bound.endpoint.name: bound.port for bound in broker.broker._bound}
        self.socket = socket.create_connection(("localhost", ports[listener]), timeout=20)
        self.answers = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.answers.close()
        self.socket.close()

    def ask(self, key, version, body):
        self.socket.sendall(frames.encode_request(frames.RequestHeader(key, version, 1, "test"), body))
        return frames.decode_response(key, version, self.frame())[1]

    def frame(self):
        size = int.from_bytes(self.answers.read(4), "big")
        return self.answers.read(size)

    def handshake(self, mechanism="PLAIN", version=1):
        return self.ask(HANDSHAKE, version, messages.SaslHandshakeRequest(mechanism=mechanism))

    def authenticate(self, token):
        return self.ask(AUTHENTICATE, 2, messages.SaslAuthenticateRequest(auth_bytes=token))

    def metadata(self):
        return self.ask(METADATA, 12, messages.MetadataRequest(topics=None))

    def is_closed(self):
        try:
            return self.answers.read(1) == b""
        except ConnectionError:
            return True


def test_login(broker):
    with Client(broker) as client:
        assert client.ask(API_VERSIONS, 2, messages.ApiVersionsRequest()).error_code == errors.NONE
        handshake = client.handshake()
        assert (handshake.error_code, handshake.mechanisms) == (errors.NONE, ["PLAIN"])
        answer = client.authenticate(b"\0alice\0secret")
        assert (answer.error_code, bytes(answer.auth_bytes), answer.session_lifetime_ms) == (errors.NONE, b"", 0)
        assert len(client.metadata().brokers) == 1


def test_bare_tokens_after_handshake_version_0(broker):
    with Client(broker) as client:
        assert client.handshake(version=0).error_code == errors.NONE
        token = b"\0alice\0secret"
        client.socket.sendall(len(token).to_bytes(4, "big") + token)
        assert client.frame() == b""
        assert len(client.metadata().brokers) == 1


def test_wrong_password(broker):
    with Client(broker) as client:
        client.handshake()
        answer = client.authenticate(b"\0alice\0wrong")
        assert answer.error_code == errors.SASL_AUTHENTICATION_FAILED
        assert answer.error_message == "Authentication failed: Invalid username or password"
        assert client.is_closed()


def test_wrong_bare_token(broker):
    with Client(broker) as client:
        client.handshake(version=0)
        client.socket.sendall(b"\0\0\0\x03abc")
        assert client.is_closed()


def test_mechanism_that_is_not_offered(broker):
    with Client(broker) as client:
        answer = client.handshake("SCRAM-SHA-256")
        assert (answer.error_code, answer.mechanisms) == (errors.UNSUPPORTED_SASL_MECHANISM, ["PLAIN"])
        assert client.is_closed()


@pytest.mark.parametrize(
    "key, version, body",
    [
        (METADATA, 12, messages.MetadataRequest(topics=None)),
        (AUTHENTICATE, 2, messages.SaslAuthenticateRequest(auth_bytes=b"\0alice\0secret")),
    ],
)
def test_nothing_else_before_login(broker, key, version, body):
    with Client(broker) as client:
        client.socket.sendall(frames.encode_request(frames.RequestHeader(key, version, 1, "test"), body))
        assert client.is_closed()


def test_second_handshake_in_the_middle(broker):
    with Client(broker) as client:
        client.handshake()
        request = frames.encode_request(
            frames.RequestHeader(HANDSHAKE, 1, 1, "test"), messages.SaslHandshakeRequest(mechanism="PLAIN")
        )
        client.socket.sendall(request)
        assert client.is_closed()


def test_large_frame_before_login(broker):
    with Client(broker) as client:
        client.socket.sendall((512 * 1024 + 1).to_bytes(4, "big") + b"abc")
        assert client.is_closed()


def test_login_where_none_is_asked_for(broker):
    with Client(broker, "PLAINTEXT") as client:
        assert client.handshake().error_code == errors.ILLEGAL_SASL_STATE
        assert client.authenticate(b"\0alice\0secret").error_code == errors.ILLEGAL_SASL_STATE
        assert len(client.metadata().brokers) == 1


def test_login_again(broker):
    with Client(broker) as client:
        client.handshake()
        client.authenticate(b"\0alice\0secret")
        assert client.handshake().error_code == errors.ILLEGAL_SASL_STATE
        assert client.authenticate(b"\0alice\0secret").error_code == errors.ILLEGAL_SASL_STATE
