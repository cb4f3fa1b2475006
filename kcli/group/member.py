"""One member of a classic group, and what is known about its protocols."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

Protocols = list[tuple[str, bytes]]  # name and metadata, in the order of the member's preference


@dataclass
class Member:
    """`join_waiter` and `sync_waiter` stand for a request that has not been answered yet."""

    member_id: str
    instance_id: str | None
    client_id: str
    client_host: str
    rebalance_timeout_ms: int
    session_timeout_ms: int
    protocol_type: str
    protocols: Protocols
    assignment: bytes = b""
    is_new: bool = False
    join_waiter: Any = field(default=None, repr=False)
    sync_waiter: Any = field(default=None, repr=False)

    @property
    def is_static(self) -> bool:
        return self.instance_id is not None

    @property
    def satisfies_heartbeat(self) -> bool:
        """A waiting member cannot send heartbeats; a new one can die while it waits, because it may never have
        learned its id."""
        return not self.is_new and (self.join_waiter is not None or self.sync_waiter is not None)

    def metadata(self, protocol: str | None) -> bytes:
        for name, metadata in self.protocols:
            if name == protocol:
                return metadata
        raise KeyError(f"member {self.member_id} does not support protocol {protocol}")

    def vote(self, candidates: Container[str]) -> str:
        return next(name for name, _ in self.protocols if name in candidates)
