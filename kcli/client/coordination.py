"""Requests that only a group's coordinator answers: found, asked, and asked again while it moves or loads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kcli.client.cluster import Cluster
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

_MOVING = (errors.COORDINATOR_LOAD_IN_PROGRESS, errors.COORDINATOR_NOT_AVAILABLE, errors.NOT_COORDINATOR)


def ask_coordinator(
    cluster: Cluster,
    group_id: str,
    body: messages.Message,
    codes: Callable[[Any], Iterable[int]],
    *,
    at_most: int | None = None,
) -> Any:
    """The coordinator's response; `codes` are the error codes in it that may say that it is not (yet) the one."""

    def attempt() -> Any:
        node = cluster.coordinator(group_id)
        response = cluster.request(node, body, version=cluster.connection(node).version_for(body, at_most))
        check_coordinator(codes(response))
        return response

    return cluster.retry(attempt)


def check_coordinator(codes: Iterable[int]) -> None:
    """Raise the first error that another try at another time or place may heal."""
    for code in codes:
        if code in _MOVING:
            raise KafkaError(code)


def by_coordinator(
    cluster: Cluster, group_ids: Iterable[str], refused: dict[str, KafkaError | None] | None = None
) -> dict[int, list[str]]:
    """Groups by the broker that coordinates them; those whose coordinator we may not know go into `refused`."""
    grouped: dict[int, list[str]] = {}
    for group_id in dict.fromkeys(group_ids):
        try:
            grouped.setdefault(cluster.coordinator(group_id), []).append(group_id)
        except KafkaError as error:
            if refused is None or error.code != errors.GROUP_AUTHORIZATION_FAILED:
                raise
            refused[group_id] = error
    return grouped


def error_of(item: Any) -> KafkaError | None:
    """An item's error with the broker's own message, if it sent one."""
    return KafkaError(item.error_code, getattr(item, "error_message", None)) if item.error_code else None
