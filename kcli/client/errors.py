"""What can go wrong between us and a cluster, besides the error codes that brokers answer with (`KafkaError`)."""

from __future__ import annotations

from kcli.client.address import Address


class ClientError(Exception):
    """One line that a user can act on; `java_class` is what Kafka's tools call the same trouble."""

    java_class = "org.apache.kafka.common.KafkaException"


class BrokerUnreachable(ClientError):
    """Nobody answers at the address: refused, unknown host, no route, no answer in time.

    `silent`: nothing came back at all, so that whoever tries again waits as long.
    """

    java_class = "org.apache.kafka.common.errors.TimeoutException"

    def __init__(self, address: Address, reason: str, *, silent: bool = False) -> None:
        super().__init__(f"Cannot connect to {address}: {reason}")
        self.address = address
        self.reason = reason
        self.silent = silent


class ClusterUnreachable(ClientError):
    """None of the addresses we know answers."""

    java_class = "org.apache.kafka.common.errors.TimeoutException"

    def __init__(self, failures: list[BrokerUnreachable]) -> None:
        lines = [str(failures[0]), *(f"{failure.address}: {failure.reason}" for failure in failures[1:])]
        super().__init__("; ".join(lines))
        self.failures = failures

    @property
    def unknown_hosts(self) -> bool:
        """Whether none of the addresses has a host that exists, which waiting will not change."""
        return all(failure.reason.startswith("unknown host") for failure in self.failures)


class ConnectionClosed(ClientError):
    """The broker hung up, or the network did."""

    java_class = "org.apache.kafka.common.errors.DisconnectException"


class TurnedAway(ConnectionClosed):
    """The broker hung up on the first thing we asked: most often it wants us to authenticate first."""


class HungUp(TurnedAway):
    """The peer hung up before it said that it is a broker: something else, or the network, or a proxy before a broker
    that is about to come back."""


class SaslFailed(ClientError):
    """The SASL exchange cannot begin, or the broker's part of it is wrong."""

    java_class = "org.apache.kafka.common.errors.SaslAuthenticationException"


class RequestTimedOut(ClientError):
    """No answer, or no usable one, within the time allowed."""

    java_class = "org.apache.kafka.common.errors.TimeoutException"


class NotKafka(ClientError):
    """Something answers at the address, but not in Kafka's protocol (or not in the security.protocol configured)."""


class TlsFailed(ClientError):
    """The TLS handshake failed, or the key material for it cannot be used."""

    java_class = "org.apache.kafka.common.errors.SslAuthenticationException"


class TlsHungUp(TlsFailed, HungUp):
    """The peer hung up during the TLS handshake: it may not speak TLS, or the network broke."""
