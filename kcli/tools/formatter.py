"""What a formatter of the console consumers is, and what it is told of a record besides the record."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

_CREATE_TIME, _LOG_APPEND_TIME = "CreateTime", "LogAppendTime"


class Context(NamedTuple):
    """What the records of one batch share."""

    topic: str
    partition: int
    log_append_time: bool
    delivery_count: int | None = None  # only share groups count deliveries

    @property
    def timestamp_type(self) -> str:
        return _LOG_APPEND_TIME if self.log_append_time else _CREATE_TIME


class Formatter(Protocol):
    """`needs_headers`: whether records must have them; `plain_values`: (null, line end) if values alone are printed."""

    needs_headers: bool = False
    plain_values: tuple[bytes, bytes] | None = None

    def write(self, record: Any, context: Context, out: list[bytes]) -> None:
        """Append what is printed for a record (offset, timestamp, key, value[, headers])."""
