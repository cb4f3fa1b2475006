"""One broker: TCP or TLS, SASL, the versions it understands, requests out and responses in.

    connection = Connection.open(Address("localhost", 9092), {})
    response = connection.request(messages.MetadataRequest(topics=None))

Requests may be pipelined (`send`, then `receive` in the same order), and used with a selector: `fileno()`,
`queue` + `flush(0)` to write, `receive(0)` until None to read. Bulk senders give pre-encoded bodies to `queue_encoded`
and bulk readers take raw frames from `receive_frame`, so that no record is copied or decoded on the way.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kcli import __version__
from kcli.client.address import Address
from kcli.client.errors import ClientError, ConnectionClosed, NotKafka, RequestTimedOut, TurnedAway
from kcli.client.transport import Buffer, Transport, hung_up, open_socket, start_tls
from kcli.wire import errors, messages
from kcli.wire.apis import API_NAMES, API_VERSIONS
from kcli.wire.errors import KafkaError, WireError
from kcli.wire.frames import RequestHeader, decode_response, encode_request_parts

DEFAULT_CLIENT_ID = "kcli"
REQUEST_TIMEOUT_MS = 30_000
SETUP_TIMEOUT_MS = 10_000
MAX_FRAME = 0x7FFFFFFF
_SECURITY = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


class Connection:
    """A connection that has been through handshakes: `versions` holds what the broker understands, by API key."""

    def __init__(self, transport: Transport, client_id: str = DEFAULT_CLIENT_ID) -> None:
        self.address = transport.address
        self.versions: dict[int, tuple[int, int]] = {}
        self._transport = transport
        self._client_id = client_id
        self._correlation_id = 0
        self._in_flight: deque[tuple[int, int, int]] = deque()  # correlation id, API key, version
        self._answers = 0  # since the handshakes
        self._authenticate: Callable[[], None] | None = None
        self._authenticate_at: float | None = None  # on the monotonic clock: when the broker wants us to do so again

    @classmethod
    def open(
        cls, address: Address, config: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> Connection:
        """Connect, with the security that `config` (Kafka's client settings) asks for."""
        config = config or {}
        security = config.get("security.protocol", "PLAINTEXT").upper()
        if security not in _SECURITY:
            raise ClientError(f"security.protocol {security} is unknown: one of {', '.join(_SECURITY)}")
        if timeout is None:
            timeout = int(config.get("socket.connection.setup.timeout.ms", SETUP_TIMEOUT_MS)) / 1000
        connected = open_socket(
            address,
            timeout,
            send_buffer=int(config.get("send.buffer.bytes", -1)),
            receive_buffer=int(config.get("receive.buffer.bytes", -1)),
        )
        try:
            if security.endswith("SSL"):
                from kcli.client.tls import client_context

                connected = start_tls(connected, client_context(config), address, timeout)
            connection = cls(Transport(connected, address), config.get("client.id") or DEFAULT_CLIENT_ID)
            connection.greet(timeout)
            if security.startswith("SASL"):
                connection.authenticate(config, timeout)
            connection._transport.frame_limit = MAX_FRAME
            connection._answers = 0
        except BaseException:
            connected.close()
            raise
        return connection

    def fileno(self) -> int:
        return self._transport.fileno()

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def in_flight(self) -> int:
        """How many requests wait for their response."""
        return len(self._in_flight)

    @property
    def unsent(self) -> bool:
        """Whether queued bytes wait for the socket to become writable."""
        return self._transport.unsent

    def supports(self, api: type[messages.Message] | messages.Message, version: int = 0) -> bool:
        """Whether the broker has this request, in this version or a later one."""
        found = self.versions.get(_key(api))
        return found is not None and version <= min(found[1], api.VERSIONS[1])

    def version_for(self, api: type[messages.Message] | messages.Message, at_most: int | None = None) -> int:
        """The latest version that the broker, our tables and `at_most` have in common."""
        name = _upper_snake(API_NAMES[_key(api)])
        found = self.versions.get(_key(api))
        if found is None:
            raise KafkaError(errors.UNSUPPORTED_VERSION, f"The node does not support {name}")
        low, high = api.VERSIONS
        version = min(found[1], high if at_most is None else at_most)
        if version < max(found[0], low):
            raise KafkaError(
                errors.UNSUPPORTED_VERSION,
                f"The node does not support {name} with version in range [{low},{high}]."
                f" The supported range is [{found[0]},{found[1]}].",
            )
        return version

    def queue(self, body: messages.Message, version: int | None = None, *, answered: bool = True) -> int:
        """Take a request to be sent by `flush`; its correlation id. `answered=False`: the broker will not reply."""
        if version is None:
            version = self.version_for(body)
        self._stay_authenticated()
        correlation_id = self._next(_key(body), version, answered)
        header = RequestHeader(_key(body), version, correlation_id, self._client_id)
        self._transport.queue(encode_request_parts(header, body))
        return correlation_id

    def queue_encoded(
        self, api: type[messages.Message], version: int, body: Sequence[Buffer], *, answered: bool = True
    ) -> int:
        """Like `queue` for a body that is encoded already, as buffers that stay unchanged until they are sent."""
        self._stay_authenticated()
        correlation_id = self._next(_key(api), version, answered)
        header = RequestHeader(_key(api), version, correlation_id, self._client_id)
        self._transport.queue(encode_request_parts(header, _Encoded(api, body)))
        return correlation_id

    def flush(self, timeout: float | None = 0) -> bool:
        """Write what is queued for at most `timeout` seconds (None: until done); True when all is out."""
        return self._transport.flush(timeout)

    def send(self, body: messages.Message, version: int | None = None, *, answered: bool = True) -> int:
        """Queue a request and write it out; its correlation id."""
        correlation_id = self.queue(body, version, answered=answered)
        self.flush(None)
        return correlation_id

    def receive_frame(self, timeout: float | None = 0) -> tuple[int, int, int, memoryview] | None:
        """(correlation id, API key, version, whole frame) of the next response; None if there is none in time."""
        try:
            frame = self._transport.receive(timeout)
        except ConnectionClosed as error:
            if self._answers or not self._in_flight:
                raise
            raise self._turned_away(error) from None
        if frame is None:
            return None
        self._answers += 1
        correlation_id = int.from_bytes(frame[:4], "big", signed=True)
        if not self._in_flight or self._in_flight[0][0] != correlation_id:
            raise NotKafka(f"{self.address} answered request {correlation_id}, which we are not waiting for")
        _, api_key, version = self._in_flight.popleft()
        return correlation_id, api_key, version, frame

    def receive(self, timeout: float | None = 0) -> tuple[int, Any] | None:
        """(correlation id, response) of the next response; None if there is none in time."""
        received = self.receive_frame(timeout)
        if received is None:
            return None
        _, api_key, version, frame = received
        if api_key == API_VERSIONS and int.from_bytes(frame[4:6], "big") == errors.UNSUPPORTED_VERSION:
            version = 0  # the broker is older than the question: it answers in the oldest form
        try:
            return decode_response(api_key, version, frame)
        except WireError as error:
            raise NotKafka(f"{self.address} sent a response that does not fit: {error}") from None

    def request(self, body: messages.Message, timeout: float | None = None, version: int | None = None) -> Any:
        """Send one request and wait for its response; nothing else may be in flight. `timeout` defaults to 30 s."""
        if timeout is None:
            timeout = REQUEST_TIMEOUT_MS / 1000
        deadline = time.monotonic() + timeout
        self.queue(body, version)
        received = None
        if self.flush(timeout):
            received = self.receive(max(0.0, deadline - time.monotonic()))
        if received is None:
            self.close()
            name = API_NAMES[_key(body)]
            raise RequestTimedOut(f"{self.address} did not answer a {name} request within {round(timeout * 1000)} ms")
        return received[1]

    def _turned_away(self, error: ConnectionClosed) -> TurnedAway:
        name = API_NAMES[self._in_flight[0][1]]
        hint = "" if self._authenticate is not None else " (does it ask for SASL?)"
        return TurnedAway(f"{error}, at our first request, {name}{hint}")

    def _next(self, api_key: int, version: int, answered: bool) -> int:
        self._correlation_id = correlation_id = (self._correlation_id + 1) & 0x7FFFFFFF
        if answered:
            self._in_flight.append((correlation_id, api_key, version))
        return correlation_id

    def greet(self, timeout: float) -> Any:
        """Ask which versions the broker understands; one older than the question says which question it knows.

        This and `authenticate` are the steps of `open`, for whoever goes them one by one.
        """
        request = messages.ApiVersionsRequest(client_software_name="kcli", client_software_version=__version__)
        version = request.VERSIONS[1]
        try:
            response = self.request(request, timeout, version)
            if response.error_code == errors.UNSUPPORTED_VERSION:
                known = [item.max_version for item in response.api_keys if item.api_key == API_VERSIONS]
                response = self.request(request, timeout, min([*known, version - 1]) if known else 0)
        except ConnectionClosed:
            raise hung_up(self.address) from None
        if response.error_code:
            raise KafkaError(response.error_code)
        self.versions = {item.api_key: (item.min_version, item.max_version) for item in response.api_keys}
        return response

    def authenticate(self, config: Mapping[str, str], timeout: float) -> None:
        """Say who we are by SASL, now and whenever the broker wants to hear it again."""
        self._authenticate = lambda: self._exchange(config, timeout)
        self._authenticate()

    def _stay_authenticated(self) -> None:
        """Authenticate again when the session is about to end (KIP-368), if nothing is under way.

        A broker closes connections that stay beyond their session; whoever always has requests in flight reconnects.
        """
        if self._authenticate_at is None or self._in_flight or self.unsent or time.monotonic() < self._authenticate_at:
            return
        assert self._authenticate is not None
        self._authenticate_at = None
        self._authenticate()

    def _exchange(self, config: Mapping[str, str], timeout: float) -> None:
        from kcli.client import sasl

        name = sasl.mechanism_name(config)
        exchange = sasl.mechanism(config, self.address.host)
        handshake = self.request(messages.SaslHandshakeRequest(mechanism=name), timeout)
        if handshake.error_code == errors.UNSUPPORTED_SASL_MECHANISM:
            enabled = ", ".join(handshake.mechanisms)
            raise KafkaError(
                handshake.error_code,
                f"Client SASL mechanism '{name}' not enabled in the server, enabled mechanisms are [{enabled}]",
            )
        if handshake.error_code == errors.ILLEGAL_SASL_STATE:
            raise KafkaError(
                handshake.error_code,
                f"Unexpected handshake request with client mechanism {name}: {self.address} does not use SASL",
            )
        if handshake.error_code:
            raise KafkaError(handshake.error_code)
        message: bytes | None = exchange.first()
        while message is not None:
            response = self.request(messages.SaslAuthenticateRequest(auth_bytes=message), timeout)
            if response.error_code:
                raise KafkaError(response.error_code, response.error_message)
            message = exchange.answer(bytes(response.auth_bytes))
        if response.session_lifetime_ms > 0:
            # Between 85 and 95 % of the lifetime is when Kafka's own clients authenticate anew.
            self._authenticate_at = time.monotonic() + response.session_lifetime_ms * 0.9 / 1000


class _Encoded:
    """A body that is bytes already, shaped like a message for the framing."""

    def __init__(self, api: type[messages.Message], body: Sequence[Buffer]) -> None:
        self.FLEXIBLE = api.FLEXIBLE
        self._body = body

    def encode(self, version: int) -> Sequence[Buffer]:
        return self._body


def _key(api: type[messages.Message] | messages.Message) -> int:
    key = api.API_KEY
    assert key is not None, f"{api.NAME} is not a request"
    return key


def _upper_snake(name: str) -> str:
    """CreateTopics -> CREATE_TOPICS, as Kafka's clients name an API."""
    return "".join(f"_{character}" if character.isupper() else character for character in name).lstrip("_").upper()
