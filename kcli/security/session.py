"""Who is on a connection: what the network knows, what the client said of itself, and whether it has proved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ANONYMOUS = "User:ANONYMOUS"
SASL_PROTOCOLS = ("SASL_PLAINTEXT", "SASL_SSL")
TLS_PROTOCOLS = ("SSL", "SASL_SSL")


@dataclass(slots=True, eq=False)
class Session:
    """One connection as the request handlers see it."""

    listener: str = "PLAINTEXT"
    """name of the listener it came in by"""
    protocol: str = "PLAINTEXT"
    client_address: str = "127.0.0.1"
    client_port: int = 0
    connection_id: str = ""
    principal: str = ANONYMOUS
    authenticated: bool = True
    client_software_name: str = "unknown"
    client_software_version: str = "unknown"
    sasl: Any = None
    """`security.sasl.SaslServer` on SASL listeners"""
    closing: bool = False
    """set by a handler: the connection closes once its answer is sent"""
    attributes: dict[str, Any] = field(default_factory=dict)
    """what else belongs to the connection; each key is its user's"""
