"""Faults on purpose: rules that delay, fail, drop or disconnect requests, by API, topic and client.

Pure: a rule set is asked about each request and says what is to happen to it; the dispatch does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kcli.wire import errors

NameOf = Callable[[bytes], "str | None"]


def _nameless(topic_id: bytes) -> str | None:
    return None


class Action(Enum):
    """What happens to a request that a rule matches."""

    DELAY = "delay"
    """it is handled, later"""
    FAIL = "fail"
    """it is not handled; the answer is an error"""
    DROP = "drop"
    """it is not handled and never answered"""
    DISCONNECT = "disconnect"
    """its connection closes"""


@dataclass
class Fault:
    """One rule. What is left None matches everything."""

    action: Action
    api: int | None = None
    topic: str | None = None
    client: str | None = None
    seconds: float = 0.0
    """for DELAY"""
    error: int = errors.UNKNOWN_SERVER_ERROR
    """for FAIL"""
    times: int | None = None
    """how many requests it hits before it wears out; None: all"""


class Faults:
    """The rules in force; the first that matches counts."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        self.rules = [rule for rule in self.rules if rule is not fault]

    def match(self, client_id: str | None, body: Any, name_of: NameOf = _nameless) -> Fault | None:
        """The rule that this request meets, counted down; `name_of` gives the name of a topic id."""
        for rule in self.rules:
            if (
                (rule.api is None or rule.api == body.API_KEY)
                and (rule.client is None or rule.client == client_id)
                and (rule.topic is None or rule.topic in topics_of(body, name_of))
            ):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times == 0:
                        self.remove(rule)
                return rule
        return None


def topics_of(body: Any, name_of: NameOf = _nameless) -> Iterator[str]:
    """The topics that a request names, or gives the ids of; an incremental fetch carries those that changed only."""
    for name in ("topics", "topic_data", "topic_names"):
        for item in getattr(body, name, None) or ():
            if isinstance(item, str):
                yield item
                continue
            topic = getattr(item, "name", None) or getattr(item, "topic", None) or name_of(_id_of(item))
            if topic:
                yield topic


def _id_of(item: Any) -> bytes:
    return bytes(getattr(item, "topic_id", b""))
