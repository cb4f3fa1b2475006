"""What a handler is given, and how it says which versions it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcli.security.session import Session
    from kcli.wire.frames import RequestHeader


@dataclass(frozen=True)
class Api:
    """One request kind as this broker serves it."""

    key: int
    min_version: int
    max_version: int
    advertised_min: int | None = None
    """what ApiVersions claims as the lowest version where it differs (Produce, KAFKA-18659)"""
    dialects: tuple[str, ...] = ("kraft", "zk")
    """the keepers' dialects in which a broker has this request at all"""


@dataclass(slots=True)
class Request:
    """One decoded request and who sent it."""

    header: RequestHeader
    body: Any
    session: Session

    @property
    def version(self) -> int:
        return self.header.api_version
