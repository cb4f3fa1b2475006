"""Faults on purpose: rules that delay, fail, drop or disconnect requests, by API, topic and client.

Pure: a rule set is asked about each request and says what is to happen to it; the dispatch does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kcli.wire import errors


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

    def match(self, client_id: str | None, body: Any) -> Fault | None:
        """The rule that this request meets, counted down."""
        for rule in self.rules:
            if (
                (rule.api is None or rule.api == body.API_KEY)
                and (rule.client is None or rule.client == client_id)
                and (rule.topic is None or rule.topic in topics_of(body))
            ):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times == 0:
                        self.remove(rule)
                return rule
        return None


def topics_of(body: Any) -> Iterator[str]:
    """The topic names that a request carries (newer Produce and Fetch carry ids instead)."""
    for name in ("topics", "topic_data", "topic_names"):
        for item in getattr(body, name, None) or ():
            topic = item if isinstance(item, str) else getattr(item, "name", None) or getattr(item, "topic", None)
            if topic:
                yield topic
