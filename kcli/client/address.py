"""Broker addresses as users write them: `host1:9092,host2:9092`, with IPv6 hosts in brackets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class AddressError(ValueError):
    """The text is not a list of host:port."""

    java_class = "org.apache.kafka.common.config.ConfigException"


class Address(NamedTuple):
    """Where a broker listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """One `host:port`, `[v6]:port`, or `PROTOCOL://host:port` as Kafka's clients take it."""
    rest = text.strip().rpartition("://")[2]
    host, colon, port = rest.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if not colon or not host or not (port.isascii() and port.isdigit()):
        raise AddressError(f"Invalid url in bootstrap.servers: {text.strip()}")
    if int(port) > 0xFFFF:
        raise AddressError(f"Invalid port in bootstrap.servers: {text.strip()}")
    return Address(host, int(port))


def parse_addresses(servers: str | Iterable[str]) -> list[Address]:
    """The addresses of a comma-separated text, or of a list of such texts."""
    texts = [servers] if isinstance(servers, str) else servers
    addresses = [parse_address(part) for text in texts for part in text.split(",") if part.strip()]
    if not addresses:
        raise AddressError("No resolvable bootstrap urls given in bootstrap.servers")
    return addresses
