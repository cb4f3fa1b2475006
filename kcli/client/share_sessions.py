"""The share sessions of one member: one with each broker that leads what is assigned to it.

Every leader has a connection of its own. With the connection goes the session, and with that the broker releases what
it had acquired for us. A leader that is not there is left alone for a moment, while the others are read, and so are
they while a leader takes its time to answer.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from kcli.client.cluster import Cluster
from kcli.client.errors import ConnectionClosed, RequestTimedOut
from kcli.client.membership_share import TopicIdPartition
from kcli.client.opening import Opening, Openings
from kcli.client.patience import TRANSIENT, Patience
from kcli.client.share_config import ShareConfig
from kcli.client.share_session import SESSION_LOST, Report, ShareSession
from kcli.wire import errors
from kcli.wire.errors import KafkaError

_GRACE = 5.0  # seconds beyond the request timeout that a long poll may take
_PASSING = SESSION_LOST | {errors.UNKNOWN_SERVER_ERROR}  # errors of a request that the next one may not meet


class ShareSessions:
    """By leader. `report` hears what became of acknowledgements."""

    def __init__(
        self,
        cluster: Cluster,
        config: ShareConfig,
        member_id: str,
        selector: selectors.BaseSelector,
        patience: Patience,
        report: Report,
    ) -> None:
        self._cluster = cluster
        self._config = config
        self._member_id = member_id
        self._selector = selector
        self._patience = patience
        self._report = report
        self._by_leader: dict[int, ShareSession] = {}
        self._openings = Openings(cluster, config.retry_backoff_max, config.retry_backoff_max, selector)

    def __iter__(self) -> Iterator[ShareSession]:
        return iter(list(self._by_leader.values()))

    def __contains__(self, session: ShareSession) -> bool:
        return self._by_leader.get(session.node) is session

    @property
    def acknowledging(self) -> bool:
        """Whether there are acknowledgements to send, or to be answered."""
        return any(session.pending or session.acknowledging for session in self)

    @property
    def missing(self) -> bool:
        """Whether a leader could not be reached."""
        return self._openings.missing

    def fetch(self, wanted: Mapping[int, set[TopicIdPartition]], now: float) -> None:
        """Ask every leader that owes no answer for records; those that asked last time come last."""
        for node in dict.fromkeys([*self._by_leader, *wanted]):
            if self._config.record_limit and any(session.busy for session in self):
                return  # the limit holds for all leaders together
            session = self._by_leader.get(node)
            if session is None:
                self._begin(node, now)
                continue
            if not session.ready(now):
                continue
            self._send(session, partial(session.fetch, wanted.get(node, set()), now), now)
            if session in self:
                self._by_leader[node] = self._by_leader.pop(node)

    def commit(self, now: float) -> None:
        """Send what is acknowledged, where no answer is owed."""
        for session in self:
            if session.pending and session.ready(now):
                self._send(session, partial(session.commit, now), now)

    def finish(self, deadline: float, now: float) -> bool:
        """End the sessions, as far as they can be ended yet; whether there are answers to wait for."""
        for session in self:
            self._send(session, partial(session.finish, deadline), now)
        return any(session.busy for session in self)

    def opened(self, opening: Opening, now: float) -> None:
        """A leader has been reached, or not."""
        with self._waited_out(now):
            connection = self._openings.take(opening, now)
            session = ShareSession(opening.node, connection, self._member_id, self._config, self._report)
            self._by_leader[opening.node] = session
            self._selector.register(connection, selectors.EVENT_READ, session)

    def receive(self, session: ShareSession, now: float) -> list[tuple[TopicIdPartition, Any]]:
        """The parts of the answer that has come from a leader. Raises KafkaError for what waiting cannot heal."""
        parts: list[tuple[TopicIdPartition, Any]] = []
        try:
            while (received := session.connection.receive(0)) is not None:
                parts += session.answered(received[1], now)
        except ConnectionClosed as error:
            self.drop(session, error)
            self._patience.trouble(str(error), now)
        except KafkaError as error:
            if error.code == errors.GROUP_AUTHORIZATION_FAILED:
                raise KafkaError(error.code, f"Not authorized to access group: {self._config.group.group_id}") from None
            if error.code not in _PASSING and not error.retriable:
                raise
            self._patience.trouble(error.message, now)
        return parts

    def drop_silent(self, now: float) -> None:
        """Give up leaders that have owed an answer for too long."""
        limit = now - self._config.request_timeout - self._config.fetch_max_wait_ms / 1000 - _GRACE
        for session in self:
            if session.busy and session.sent_at < limit:
                error = RequestTimedOut(f"{session.connection.address} answers no more")
                self.drop(session, error)
                self._cluster.distrust(session.node)
                self._patience.trouble(str(error), now)

    def close(self) -> None:
        """Hang up everywhere."""
        for session in self:
            self.drop(session, None)
        self._openings.close()

    def drop(self, session: ShareSession, error: Exception | None) -> None:
        """Forget a session; acknowledgements that were under way may or may not have arrived."""
        if session in self:
            del self._by_leader[session.node]
            self._selector.unregister(session.connection)
        session.connection.close()
        session.lost(KafkaError(errors.NETWORK_EXCEPTION, None if error is None else str(error)))

    def wake_at(self, now: float) -> float:
        """When a leader that is left alone may be asked again."""
        times = [session.not_before for session in self if session.not_before > now]
        return min([*times, self._openings.wake_at(now)])

    def _begin(self, node: int, now: float) -> None:
        """Connect to a leader; `opened` has the outcome."""
        with self._waited_out(now):
            self._openings.begin(node, now)

    @contextmanager
    def _waited_out(self, now: float) -> Iterator[None]:
        """A leader that cannot be reached for now is left alone for a moment."""
        try:
            yield
        except TRANSIENT as error:
            self._patience.trouble(str(error), now)
        except KafkaError as error:
            if not error.retriable:
                raise
            self._patience.trouble(error.message, now)

    def _send(self, session: ShareSession, send: Callable[[], bool], now: float) -> None:
        try:
            send()
        except (ConnectionClosed, RequestTimedOut) as error:
            self.drop(session, error)
            self._patience.trouble(str(error), now)
