"""A consumer in a share group (KIP-932): records one by one, to be acknowledged, released or rejected.

    consumer = ShareConsumer(cluster, share_config(settings))
    consumer.subscribe(["t"])
    for delivered in consumer.poll(1.0):
        for offset, timestamp, key, value in delivered.records:
            consumer.acknowledge(delivered, offset, ACCEPT)     # with explicit acknowledgement
    consumer.close()

Everything happens inside the calls, in one thread, but for connecting (see `opening`). With implicit acknowledgement
the next call of `poll`, `commit` or `close` accepts what the last poll delivered. What was not acknowledged when the
consumer closes is released.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterable
from typing import Any

from kcli.client.cluster import Cluster
from kcli.client.consumer_fetch import MOVED
from kcli.client.consumer_group import GroupClient
from kcli.client.membership_share import NO_SHARE_GROUPS, ShareMembership, TopicIdPartition
from kcli.client.opening import Opening
from kcli.client.patience import Patience
from kcli.client.share_config import ShareConfig
from kcli.client.share_records import ACCEPT, Acquired, Delivered, read_acquired
from kcli.client.share_session import Acknowledgement, Report, ShareSession
from kcli.client.share_sessions import ShareSessions
from kcli.clock import Clock, SystemClock
from kcli.records.errors import CorruptRecord
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_CLOSE_PATIENCE = 10.0


class ShareConsumer:
    """A member; not thread-safe. `warn` gets lines about trouble that is being waited out, `report` hears what became
    of acknowledgements: which, and the error if they were refused."""

    def __init__(
        self,
        cluster: Cluster,
        config: ShareConfig,
        *,
        headers: bool = False,
        warn: Callable[[str], None] = lambda text: None,
        report: Report = lambda acknowledgements, error: None,
        clock: Clock | None = None,
    ) -> None:
        self._cluster = cluster
        self._config = config
        self._headers = headers
        self._warn = warn
        self._report = report
        self._clock = clock or SystemClock()
        self._patience = Patience(cluster, warn, backoff=config.retry_backoff, backoff_max=config.retry_backoff_max)
        self._selector = selectors.DefaultSelector()
        self._membership = ShareMembership(config.group)
        self._group = GroupClient(cluster, config.group, self._membership, self._selector, NO_SHARE_GROUPS)
        self._sessions = ShareSessions(
            cluster, config, self._membership.member_id, self._selector, self._patience, self._told
        )
        self._topics: frozenset[str] = frozenset()
        self._names: dict[bytes, str] = {}
        self._leaders: dict[TopicIdPartition, int] = {}  # without those that turned out not to lead
        self._held: list[tuple[ShareSession, Acquired]] = []  # delivered by the last poll
        self._arrived: list[tuple[ShareSession, Acquired, list[Delivered]]] = []
        self._damage: CorruptRecord | None = None
        self._metadata_known = False

    def subscribe(self, topics: Iterable[str]) -> None:
        """Share these topics with the other members of the group."""
        self._topics = frozenset(topics)
        self._membership.subscribe(self._topics)

    @property
    def assignment(self) -> frozenset[TopicIdPartition]:
        return self._membership.assignment

    # The application's side

    def poll(self, timeout: float) -> list[Delivered]:
        """Records as soon as there are some; none after `timeout` seconds.

        Raises CorruptRecord for a batch that cannot be read (and is rejected), once those before it are delivered.
        """
        self._settle()
        deadline = self._clock.monotonic() + timeout
        while not self._arrived:
            if self._damage is not None:
                damage, self._damage = self._damage, None
                raise damage
            now = self._clock.monotonic()
            self._patience.attempt(self._refresh, now)
            self._patience.attempt(self._step_group, now)
            self._patience.attempt(self._fetch, now)
            self._wait(max(0.0, min(deadline, self._next_event(now)) - now))
            if not self._arrived and self._clock.monotonic() >= deadline:
                return []
        delivered: list[Delivered] = []
        for session, acquired, items in self._arrived:
            self._held.append((session, acquired))
            delivered += items
        self._arrived.clear()
        return delivered

    def acknowledge(self, delivered: Delivered, offset: int, kind: int) -> None:
        """Say of one record that it is accepted, released or rejected."""
        delivered.acquired.decide(offset, kind)

    def commit(self, *, wait: bool) -> None:
        """Send what is acknowledged; `wait` for the answers."""
        self._settle()
        deadline = self._clock.monotonic() + self._config.api_timeout
        while True:
            now = self._clock.monotonic()
            self._sessions.commit(now)
            if not wait or not self._sessions.acknowledging or now >= deadline:
                return
            self._patience.attempt(self._step_group, now)
            self._wait(max(0.0, min(now + 1.0, deadline, self._sessions.wake_at(now)) - now))

    def keep_alive(self) -> None:
        """Stay a member while the application has no time to read."""
        self._patience.attempt(self._step_group, self._clock.monotonic())
        self._wait(0)

    def close(self) -> None:
        """Acknowledge what is acknowledged, release the rest, leave the group; the cluster stays open."""
        self._settle()
        deadline = self._clock.monotonic() + _CLOSE_PATIENCE
        try:
            while True:
                # A fetch may be under way: its records are released with the rest, as the session ends.
                now = self._clock.monotonic()
                if not self._sessions.finish(deadline, now) or now >= deadline:
                    break
                self._wait(min(1.0, deadline - now))
        finally:
            self._sessions.close()
            self._group.leave()
            self._selector.close()

    # One step of each kind

    def _settle(self) -> None:
        """The application is done with what the last poll delivered."""
        held, self._held = self._held, []
        default = None if self._config.explicit else ACCEPT
        for session, acquired in held:
            acknowledgement = Acknowledgement(acquired, acquired.batches(default))
            if session in self._sessions:
                session.acknowledge(acknowledgement)
            elif acknowledgement.batches:
                self._told([acknowledgement], KafkaError(errors.SHARE_SESSION_NOT_FOUND))

    def _refresh(self, now: float) -> None:
        if now < self._patience.look_at:
            return
        self._patience.looking(now)
        response = self._cluster.metadata(sorted(self._topics), auto_create=self._config.allow_auto_create)
        self._names = {topic.topic_id: topic.name for topic in response.topics if not topic.error_code}
        self._leaders = {
            (topic.topic_id, part.partition_index): part.leader_id
            for topic in response.topics
            for part in topic.partitions
            if not topic.error_code and part.leader_id >= 0
        }
        self._metadata_known = True
        for topic in response.topics:
            if topic.error_code == errors.INVALID_TOPIC_EXCEPTION:
                raise KafkaError(topic.error_code, f"Invalid topics: [{topic.name}]")
            if topic.error_code == errors.TOPIC_AUTHORIZATION_FAILED:
                raise _not_authorized(topic.name)
        troubled = [topic for topic in response.topics if topic.error_code]
        if troubled:
            text = ", ".join(f"{topic.name}={errors.error(topic.error_code).name}" for topic in troubled)
            self._patience.trouble(f"The metadata response from the cluster reported an error: {{{text}}}", now)
            return
        if not self._membership.assignment <= self._leaders.keys():
            self._patience.look_again(now)  # a partition has no leader at the moment
            return
        self._patience.well(now + self._config.metadata_max_age, healed=not self._sessions.missing)

    def _step_group(self, now: float) -> None:
        if self._metadata_known:
            self._group.silent(now)
            self._group.step(now)

    def _fetch(self, now: float) -> None:
        """Ask every leader for records of the partitions that are ours."""
        by_leader: dict[int, set[TopicIdPartition]] = {}
        for partition in self._membership.assignment:
            leader = self._leaders.get(partition)
            if leader is None:
                self._patience.look_again(now)
            else:
                by_leader.setdefault(leader, set()).add(partition)
        self._sessions.fetch(by_leader, now)

    def _wait(self, timeout: float) -> None:
        ready = self._selector.select(timeout)
        now = self._clock.monotonic()
        for key, _ in ready:
            if isinstance(key.data, Opening):
                self._sessions.opened(key.data, now)
                continue
            if not isinstance(key.data, ShareSession):
                self._group.receive(now)
                continue
            for partition, part in self._sessions.receive(key.data, now):
                self._take(key.data, partition, part, now)
        self._sessions.drop_silent(now)

    def _take(self, session: ShareSession, partition: TopicIdPartition, part: Any, now: float) -> None:
        topic_id, number = partition
        name = self._names.get(topic_id, "")
        if part.error_code:
            if part.error_code == errors.TOPIC_AUTHORIZATION_FAILED:
                raise _not_authorized(name)
            if part.error_code in MOVED:
                self._leaders.pop(partition, None)  # until the cluster says who it is
                self._patience.look_again(now)
            else:
                session.pause(now)
                self._patience.trouble(
                    f"{name}-{number}: {part.error_message or errors.error(part.error_code).message}", now
                )
            return
        counts = [(each.first_offset, each.last_offset, each.delivery_count) for each in part.acquired_records]
        if not counts:
            return
        acquired = Acquired(name, topic_id, number, [(first, last) for first, last, _ in counts])
        items, damage = read_acquired(
            acquired, part.records or b"", counts, headers=self._headers, check_crcs=self._config.check_crcs
        )
        self._damage = damage or self._damage
        if items:
            self._arrived.append((session, acquired, items))
        else:  # nothing but gaps, or damaged
            session.acknowledge(Acknowledgement(acquired, acquired.batches(None)))

    def _next_event(self, now: float) -> float:
        """When there is something to do even if nothing arrives."""
        heartbeat_at = self._membership.wake_at() if self._metadata_known else float("inf")
        return min(self._patience.look_at, heartbeat_at, self._sessions.wake_at(now))

    def _told(self, acknowledgements: list[Acknowledgement], error: KafkaError | None) -> None:
        if error is not None:
            count = sum(last - first + 1 for each in acknowledgements for first, last, _ in each.batches)
            self._warn(f"{count} records could not be acknowledged, and may be delivered again: {error.message}")
        self._report(acknowledgements, error)


def _not_authorized(topic: str) -> KafkaError:
    return KafkaError(errors.TOPIC_AUTHORIZATION_FAILED, f"Not authorized to access topics: [{topic}]")
