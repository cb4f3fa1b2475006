"""What the group requests share: answers that may come later, and a client's address as Java writes it."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any


def then(answer: Any | Awaitable[Any], change: Callable[[Any], Any]) -> Any | Awaitable[Any]:
    """`change` applied to a response now, or once it is there."""
    return _later(answer, change) if isinstance(answer, Awaitable) else change(answer)


async def _later(answer: Awaitable[Any], change: Callable[[Any], Any]) -> Any:
    return change(await answer)


def client_host(address: str) -> str:
    """The address as `InetAddress.toString` has it, which is what group records and descriptions contain: a slash, and
    IPv6 without abbreviation."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "/" + address
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"/{parsed}"
    if parsed.ipv4_mapped is not None:
        return f"/{parsed.ipv4_mapped}"
    return "/" + ":".join(f"{int(group, 16):x}" for group in parsed.exploded.split(":"))
