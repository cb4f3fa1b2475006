"""Which names a topic may have (Kafka's Topic.validate)."""

from __future__ import annotations

import re

from kcli.wire.errors import INVALID_TOPIC_EXCEPTION, KafkaError

MAX_LENGTH = 249
_LEGAL = re.compile(r"[a-zA-Z0-9._-]+\Z")


def validate(name: str, what: str = "Topic name") -> None:
    """Raise KafkaError(INVALID_TOPIC_EXCEPTION) unless this is a name."""
    reason = _reason(name)
    if reason:
        raise KafkaError(INVALID_TOPIC_EXCEPTION, f"{what} is invalid: {reason}")


def _reason(name: str) -> str | None:
    if not name:
        return "the empty string is not allowed"
    if name in (".", ".."):
        return f"'{name}' is not allowed"
    if len(name) > MAX_LENGTH:
        return f"the length of '{name}' is longer than the max allowed length {MAX_LENGTH}"
    if not _LEGAL.match(name):
        return f"'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    return None
