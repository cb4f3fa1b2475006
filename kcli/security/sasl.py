"""SASL on the broker's side: which mechanism, whose turn, and when it is over. No socket and no clock in here.

A client names a mechanism (SaslHandshake), then sends tokens until its exchange is complete: wrapped in
SaslAuthenticate after a handshake of version 1, as bare frames after one of version 0.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigError
from kcli.config.jaas import JaasError, parse_jaas


class SaslError(Exception):
    """The client did not prove who it is; the text is for the client and tells no secret."""


class Exchange(Protocol):
    """One mechanism's side of one authentication."""

    user: str | None
    """who it is; None until the exchange is complete"""

    def evaluate(self, token: bytes) -> bytes:
        """The challenge that answers a token; raises SaslError."""


class State(Enum):
    """Where a connection stands."""

    HANDSHAKE = "handshake"
    AUTHENTICATE = "authenticate"
    COMPLETE = "complete"
    FAILED = "failed"


Mechanisms = Mapping[str, Callable[[], Exchange]]


class SaslServer:
    """The state of one connection."""

    def __init__(self, mechanisms: Mechanisms) -> None:
        self.mechanisms = mechanisms
        self.state = State.HANDSHAKE
        self.mechanism = ""
        self.bare_tokens = False
        """tokens come as frames without a request header"""
        self._exchange: Exchange | None = None

    @property
    def user(self) -> str | None:
        return self._exchange.user if self._exchange is not None and self.state is State.COMPLETE else None

    def handshake(self, mechanism: str, version: int) -> bool:
        """Whether the mechanism is offered; if not, the connection ends with the answer."""
        if mechanism not in self.mechanisms:
            self.state = State.FAILED
            return False
        self.mechanism = mechanism
        self._exchange = self.mechanisms[mechanism]()
        self.bare_tokens = version == 0
        self.state = State.AUTHENTICATE
        return True

    def authenticate(self, token: bytes) -> bytes:
        """Answer one token; `state` says whether that was the last one. Raises SaslError."""
        assert self._exchange is not None
        try:
            challenge = self._exchange.evaluate(token)
        except SaslError:
            self.state = State.FAILED
            raise
        if self._exchange.user is not None:
            self.state = State.COMPLETE
            self.bare_tokens = False
        return challenge


class Plain:
    """RFC 4616 over the users that the listener's JAAS entry lists as ``user_NAME="password"``."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self.user: str | None = None
        self._users = users

    def evaluate(self, token: bytes) -> bytes:
        """One token is the whole exchange."""
        try:
            parts = token.decode("utf-8").split("\0")
        except UnicodeDecodeError:
            raise SaslError("Invalid SASL/PLAIN response: it is not UTF-8") from None
        if len(parts) != 3:
            raise SaslError(f"Invalid SASL/PLAIN response: expected 3 tokens, got {len(parts)}")
        authorization_id, name, password = parts
        if not name:
            raise SaslError("Authentication failed: username not specified")
        if not password:
            raise SaslError("Authentication failed: password not specified")
        expected = self._users.get(name)
        matches = hmac.compare_digest((expected or "").encode(), password.encode())  # in constant time
        if expected is None or not matches:
            raise SaslError("Authentication failed: Invalid username or password")
        if authorization_id and authorization_id != name:
            raise SaslError(
                "Authentication failed: Client requested an authorization id that is different from username"
            )
        self.user = name
        return b""


def mechanisms_of(config: BrokerConfig, listener: str) -> dict[str, Callable[[], Exchange]]:
    """What a listener offers, by `sasl.enabled.mechanisms` and its JAAS entries; raises ConfigError."""
    offered: dict[str, Callable[[], Exchange]] = {}
    for mechanism in config.for_listener(listener, "sasl.enabled.mechanisms"):
        if mechanism not in _FACTORIES:
            name = f"listener.name.{listener.lower()}.sasl.enabled.mechanisms"
            raise ConfigError(f"{name}={mechanism}: this broker offers {', '.join(_FACTORIES)}", name, mechanism)
        offered[mechanism] = _FACTORIES[mechanism](config, listener)
    return offered


def _plain_factory(config: BrokerConfig, listener: str) -> Callable[[], Exchange]:
    options = _login_options(config, listener, "PLAIN")
    users = {name.removeprefix("user_"): value for name, value in options.items() if name.startswith("user_")}
    return lambda: Plain(users)


def _login_options(config: BrokerConfig, listener: str, mechanism: str) -> dict[str, str]:
    name = f"listener.name.{listener.lower()}.{mechanism.lower()}.sasl.jaas.config"
    text = config.for_listener(listener, "sasl.jaas.config", mechanism)
    if text is None:
        raise ConfigError(f"Listener {listener} offers SASL {mechanism}, but {name} is not set", name)
    try:
        return parse_jaas(str(text)).options
    except JaasError as error:
        raise ConfigError(f"{name}: {error}", name) from None


_FACTORIES: dict[str, Callable[[BrokerConfig, str], Callable[[], Exchange]]] = {"PLAIN": _plain_factory}
