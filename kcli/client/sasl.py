"""SASL on the client's side: what to say to each challenge. No socket here; `connection` carries the messages.

PLAIN, SCRAM and OAUTHBEARER are plain exchanges of bytes; GSSAPI comes from kafka-python, loaded only when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kcli.client.errors import SaslFailed
from kcli.config.jaas import JaasError, parse_jaas

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI")
_MINIMUM_ITERATIONS = 4096  # RFC 7677's floor, which Kafka keeps


class Mechanism(Protocol):
    """One authentication: `first` opens it, `answer` replies to each challenge; None ends it."""

    def first(self) -> bytes: ...

    def answer(self, challenge: bytes) -> bytes | None: ...


def mechanism_name(config: Mapping[str, str]) -> str:
    return config.get("sasl.mechanism", "GSSAPI")


def mechanism(config: Mapping[str, str], host: str) -> Mechanism:
    """The exchange that `sasl.mechanism` and `sasl.jaas.config` ask for."""
    name = mechanism_name(config)
    if name == "GSSAPI":
        return Gssapi(config, host)
    options = _login_options(config, name)
    if name == "OAUTHBEARER":
        from kcli.client.oauth import OauthBearer

        return OauthBearer(config, options)
    if name not in MECHANISMS:
        raise SaslFailed(f"SASL mechanism {name} is not supported: {', '.join(MECHANISMS)}")
    username, password = options.get("username"), options.get("password")
    if username is None or password is None:
        raise SaslFailed(f"sasl.jaas.config needs username and password for {name}")
    if name == "PLAIN":
        return Plain(username, password)
    return Scram(name, username, password, delegation_token=options.get("tokenauth", "").lower() == "true")


def _login_options(config: Mapping[str, str], name: str) -> dict[str, str]:
    text = config.get("sasl.jaas.config")
    if not text:
        raise SaslFailed(f"sasl.jaas.config is missing: SASL mechanism {name} needs it")
    try:
        return parse_jaas(text).options
    except JaasError as error:
        raise SaslFailed(f"sasl.jaas.config: {error}") from None


class Plain:
    """RFC 4616: everything in one message."""

    def __init__(self, username: str, password: str) -> None:
        self._message = b"\0".join((b"", username.encode("utf-8"), password.encode("utf-8")))

    def first(self) -> bytes:
        return self._message

    def answer(self, challenge: bytes) -> bytes | None:
        return None


class Scram:
    """RFC 5802 and 7677; `tokenauth` is Kafka's extension for delegation tokens (KIP-48)."""

    def __init__(
        self, name: str, username: str, password: str, *, delegation_token: bool = False, nonce: str | None = None
    ) -> None:
        import secrets

        self._hash = name.removeprefix("SCRAM-").replace("-", "").lower()
        self._password = password.encode("utf-8")
        self._nonce = nonce or secrets.token_urlsafe(24)
        user = username.replace("=", "=3D").replace(",", "=2C")
        extension = ",tokenauth=true" if delegation_token else ""
        self._client_first = f"n={user},r={self._nonce}{extension}"
        self._server_signature: bytes | None = None

    def first(self) -> bytes:
        return f"n,,{self._client_first}".encode()

    def answer(self, challenge: bytes) -> bytes | None:
        fields = _fields(challenge)
        if "e" in fields:
            raise SaslFailed(f"Authentication failed: {fields['e']}")
        if self._server_signature is None:
            return self._prove(challenge.decode("utf-8"), fields)
        self._verify(fields)
        return None

    def _prove(self, server_first: str, fields: dict[str, str]) -> bytes:
        import base64
        import hashlib
        import hmac

        nonce = fields.get("r", "")
        if not nonce.startswith(self._nonce) or nonce == self._nonce:
            raise SaslFailed("Invalid server nonce: it does not extend ours")
        try:
            salt, iterations = base64.b64decode(fields["s"], validate=True), int(fields["i"])
        except (KeyError, ValueError):
            raise SaslFailed("Invalid SCRAM message from the server") from None
        if iterations < _MINIMUM_ITERATIONS:
            raise SaslFailed(f"The server asks for {iterations} SCRAM iterations, the minimum is {_MINIMUM_ITERATIONS}")
        salted = hashlib.pbkdf2_hmac(self._hash, self._password, salt, iterations)
        client_key = hmac.digest(salted, b"Client Key", self._hash)
        final = f"c=biws,r={nonce}"
        message = ",".join((self._client_first, server_first, final)).encode()
        signature = hmac.digest(hashlib.new(self._hash, client_key).digest(), message, self._hash)
        proof = bytes(left ^ right for left, right in zip(client_key, signature))
        self._server_signature = hmac.digest(hmac.digest(salted, b"Server Key", self._hash), message, self._hash)
        return f"{final},p={base64.b64encode(proof).decode('ascii')}".encode()

    def _verify(self, fields: dict[str, str]) -> None:
        import base64
        import hmac

        try:
            signature = base64.b64decode(fields["v"], validate=True)
        except (KeyError, ValueError):
            raise SaslFailed("Invalid SCRAM message from the server") from None
        if self._server_signature is None or not hmac.compare_digest(signature, self._server_signature):
            raise SaslFailed("Invalid server signature: the server does not know the password")


def _fields(message: bytes) -> dict[str, str]:
    try:
        parts = message.decode("utf-8").split(",")
    except UnicodeDecodeError:
        raise SaslFailed("Invalid SCRAM message from the server") from None
    return {name: value for name, _, value in (part.partition("=") for part in parts)}


class Gssapi:
    """Kerberos, through kafka-python and the system's GSSAPI library."""

    def __init__(self, config: Mapping[str, str], host: str) -> None:
        service = config.get("sasl.kerberos.service.name") or _service_name(config)
        if not service:
            raise SaslFailed("sasl.kerberos.service.name is missing: SASL mechanism GSSAPI needs it")
        from kafka.net.sasl import get_sasl_mechanism

        try:
            self._inner = get_sasl_mechanism("GSSAPI")(sasl_kerberos_service_name=service, host=host)
        except RuntimeError:
            raise SaslFailed("SASL mechanism GSSAPI needs the package gssapi (pip install gssapi)") from None
        except Exception as error:  # gssapi raises types of its own, which we cannot name without importing it
            raise SaslFailed(f"GSSAPI: {error}") from None

    def first(self) -> bytes:
        return bytes(self._inner.auth_bytes())

    def answer(self, challenge: bytes) -> bytes | None:
        if self._inner.is_done():
            return None
        self._inner.receive(challenge)
        return bytes(self._inner.auth_bytes())


def _service_name(config: Mapping[str, str]) -> str | None:
    text = config.get("sasl.jaas.config")
    return parse_jaas(text).options.get("serviceName") if text else None
