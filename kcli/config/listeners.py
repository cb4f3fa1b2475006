"""`listeners`, `advertised.listeners` and `listener.security.protocol.map` as Kafka reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kcli.config.definition import ConfigError

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MAP = "listener.security.protocol.map"
_ENTRY = re.compile(r"(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)")
_IPV4 = re.compile(r"\d+\.\d+\.\d+\.\d+")


class ListenerAddress(NamedTuple):
    """One entry: NAME://host:port."""

    name: str
    host: str
    port: int
    protocol: str


def parse_protocol_map(text: str) -> dict[str, str]:
    """Listener names (upper case) to security protocols; raises ConfigError."""
    protocols = {}
    for entry in filter(None, re.split(r"\s*,\s*", text.strip())):
        name, colon, protocol = entry.rpartition(":")
        if not colon:
            raise ConfigError(f"Error parsing configuration property '{_MAP}': {entry}", _MAP, text)
        if protocol.upper() not in PROTOCOLS:
            raise ConfigError(f"Invalid security protocol `{protocol}` defined in {_MAP}", _MAP, text)
        protocols[name.upper()] = protocol.upper()
    return protocols


def parse_listeners(
    name: str, entries: Iterable[str], protocols: Mapping[str, str], distinct_ports: bool = True
) -> list[ListenerAddress]:
    """The entries of one property, in order; raises ConfigError in Kafka's words."""
    entries = list(entries)
    shown = ",".join(entries)
    listeners = [_parse(name, entry, protocols, shown) for entry in entries]
    if len({listener.name for listener in listeners}) != len(listeners):
        raise ConfigError(f"Each listener must have a different name, listeners: {shown}", name, shown)
    if distinct_ports:
        _check_ports(name, listeners, shown)
    return listeners


def _parse(name: str, entry: str, protocols: Mapping[str, str], shown: str) -> ListenerAddress:
    match = _ENTRY.fullmatch(entry)
    reason = f"Unable to parse {entry} to a broker endpoint"
    if match is not None:
        listener, host, port = match.group(1).upper(), match.group(2), int(match.group(3))
        protocol = protocols.get(listener)
        if protocol is not None and -1 <= port <= 65535:
            return ListenerAddress(listener, host, port, protocol)
        reason = f"No security protocol defined for listener {listener}" if protocol is None else f"Invalid port {port}"
    raise ConfigError(f"Error creating broker listeners from '{shown}': {reason}", name, shown)


def _check_ports(name: str, listeners: Sequence[ListenerAddress], shown: str) -> None:
    """A port may be used twice by literal addresses, once of IPv4 and once of IPv6 (KIP-797)."""
    by_port: dict[int, list[ListenerAddress]] = {}
    for listener in listeners:
        by_port.setdefault(listener.port, []).append(listener)
    for port, sharing in by_port.items():
        kinds = sorted(_kind(listener.host) for listener in sharing)
        if port and len(sharing) > 1 and kinds != ["IPv4", "IPv6"]:
            raise ConfigError(f"Each listener must have a different port, listeners: {shown}", name, shown)


def _kind(host: str) -> str:
    if ":" in host:
        return "IPv6"
    return "IPv4" if _IPV4.fullmatch(host) else "name"
