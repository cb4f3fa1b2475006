"""What a consumer tells its group: up to where each partition is consumed.

While it reads, it does so on the group's own line, whose answers nobody waits for. When partitions are given up, and at
the end, it waits until the coordinator has taken it, and then on a line of the cluster's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kcli.client import consumer_offsets
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.consumer_config import ConsumerConfig
from kcli.client.consumer_fetch import Reading
from kcli.client.consumer_group import LEAVE_PATIENCE
from kcli.client.consumer_offsets import OffsetAndEpoch
from kcli.client.consumer_positions import Group
from kcli.client.errors import BrokerUnreachable, ClientError, RequestTimedOut
from kcli.client.membership import Phase
from kcli.client.patience import TRANSIENT
from kcli.clock import Clock
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_PATIENCE = 10.0


class _Silent(ClientError):
    """The coordinator says nothing."""


class Commits:
    """One consumer's, as a member of `group` once it has joined one. `warn` is told what a group refuses."""

    def __init__(self, cluster: Cluster, config: ConsumerConfig, clock: Clock, warn: Callable[[str], None]) -> None:
        self.group: Group | None = None
        self.due_at = clock.monotonic() + config.auto_commit_interval
        self._cluster = cluster
        self._config = config
        self._clock = clock
        self._warn = warn

    def if_due(self, readings: Iterable[Reading], now: float) -> None:
        """Commit now and then, without waiting for the answer."""
        group = self.group
        if group is None or not self._config.auto_commit or now < self.due_at:
            return
        self.due_at = now + self._config.auto_commit_interval
        due = _due(readings)
        if not due or group.membership.phase is not Phase.STABLE:
            return

        def told(code: int) -> None:
            if not code:
                _note(due)

        body = consumer_offsets.commit_request(group.settings.group_id, _by_key(due), **self._member())
        group.commit(body, told, now)

    def last(self, readings: Iterable[Reading]) -> bool:
        """Commit what is left; whether there was a coordinator. One that says nothing is not waited for long."""
        if not self._config.auto_commit or self._config.group is None:
            return True
        try:
            with self._cluster.hurried(LEAVE_PATIENCE):
                self.commit(readings, last=True)
        except (*TRANSIENT, _Silent) as error:
            self._warn(f"Offset commit failed: {error}")
            return False
        return True

    def commit(self, readings: Iterable[Reading], *, last: bool = False) -> bool:
        """Commit with patience for a coordinator that moves; whether it was taken. `last`: not if it says nothing."""
        readings = list(readings)

        def attempt() -> None:
            try:
                code = self._commit(readings)
            except (RequestTimedOut, BrokerUnreachable) as error:
                if last and (isinstance(error, RequestTimedOut) or error.silent):
                    raise _Silent(str(error)) from None
                raise
            if code:
                raise KafkaError(code)

        try:
            if self.group is not None and not self.group.settle(self._clock.monotonic()) and last:
                raise _Silent("the group's coordinator answers no more")
            self._cluster.retry(attempt, _PATIENCE)
        except KafkaError as error:
            self._warn(f"Offset commit failed: {error.message}")
            return False
        return True

    def _commit(self, readings: Iterable[Reading]) -> int:
        group = self._config.group
        assert group is not None
        due = _due(readings)
        if not due:
            return errors.NONE
        code = consumer_offsets.commit(self._cluster, group.group_id, _by_key(due), **self._member())
        if not code:
            _note(due)
        return code

    def _member(self) -> dict[str, Any]:
        """Who commits."""
        if self.group is None:
            return {}
        membership, settings = self.group.membership, self.group.settings
        return {
            "member_id": membership.member_id,
            "generation": membership.generation,
            "instance_id": settings.instance_id,
        }


def _due(readings: Iterable[Reading]) -> dict[Reading, OffsetAndEpoch]:
    """What is consumed and not committed."""
    return {
        reading: reading.consumed
        for reading in readings
        if reading.consumed is not None and reading.consumed != reading.committed
    }


def _by_key(due: Mapping[Reading, OffsetAndEpoch]) -> dict[TopicPartition, OffsetAndEpoch]:
    return {reading.key: consumed for reading, consumed in due.items()}


def _note(due: Mapping[Reading, OffsetAndEpoch]) -> None:
    for reading, consumed in due.items():
        reading.committed = consumed
