"""A group member's line to its coordinator: carries what a membership wants said, over a connection of its own."""

from __future__ import annotations

import select
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from kcli.client import consumer_offsets
from kcli.client.cluster import Cluster
from kcli.client.connection import Connection
from kcli.client.errors import BrokerUnreachable, ClientError, ClusterUnreachable, ConnectionClosed, RequestTimedOut
from kcli.client.membership import NO_CONSUMER_PROTOCOL, Conversation, MemberSettings, group_error
from kcli.client.mention import Mention
from kcli.client.opening import Opening
from kcli.client.transport import wait_for
from kcli.wire import messages
from kcli.wire.errors import KafkaError

LEAVE_PATIENCE = 2.0  # seconds for the last words to a coordinator that may be gone
Member = TypeVar("Member", bound=Conversation)


class GroupClient(Generic[Member]):
    """Connects a membership to the cluster. The connection is not shared: a JoinGroup may be answered minutes later.

    `warn` is told why the coordinator cannot be reached, once until it can be.
    """

    def __init__(
        self,
        cluster: Cluster,
        settings: MemberSettings,
        membership: Member,
        selector: selectors.BaseSelector,
        unsupported: str = NO_CONSUMER_PROTOCOL,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.settings = settings
        self.out_of_reach = False  # whether the last try to speak to the coordinator was in vain
        self._unsupported = unsupported
        self.membership = membership
        self._cluster = cluster
        self._selector = selector
        self._opening: Opening | None = None
        self._connection: Connection | None = None
        self._unsent: Any = None  # what the membership wants said once there is a connection
        self._asked = False  # whether the membership is owed an answer
        self._committing: Callable[[int], None] | None = None  # who hears of the commit that is under way
        self._mention = Mention(warn)

    def step(self, now: float) -> None:
        """Send what is due. Raises KafkaError where the group is closed to us."""
        if self.membership.coordinator_lost:
            self._drop()
            self._cluster.forget_coordinator(self.settings.group_id)
            self.membership.coordinator_lost = False
        request = self.membership.next_request(now)
        if request is None:
            return
        with self._losing(now):
            if self._connection is not None:
                self._say(self._connection, request)
            else:
                self._unsent = request
                self._connect()

    def receive(self, now: float) -> None:
        """Hand the membership what has arrived. Raises KafkaError where the group is closed to us."""
        if self._opening is not None:
            with self._losing(now):
                self._connected(self._opening)
            return
        if self._connection is None:
            return
        try:
            while self._connection is not None and (received := self._connection.receive(0)) is not None:
                self._mention.over()
                self._heard(received[1], now)
        except ConnectionClosed:
            self._lost(now)

    def _heard(self, response: Any, now: float) -> None:
        if isinstance(response, messages.OffsetCommitResponse) and self._committing is not None:
            told, self._committing = self._committing, None
            told(consumer_offsets.commit_code(response))
        else:
            self._asked = False
            self.membership.on_response(response, now)

    def commit(self, request: Any, told: Callable[[int], None], now: float) -> None:
        """Commit without waiting: `told` hears the error code, or nothing if the connection breaks.

        One at a time, and only while there is a connection; whoever commits does it again and again.
        """
        if self._connection is None or self._committing is not None:
            return
        with self._losing(now):
            self._connection.send(request, consumer_offsets.commit_version(self._connection))
            self._committing = told

    def silent(self, now: float) -> None:
        """The membership waited for an answer until `wake_at` in vain: the coordinator is gone."""
        if self._connection is not None and self._asked and now >= self.membership.wake_at():
            self._lost(now)

    def settle(self, now: float) -> bool:
        """Wait for the commit that is under way, lest it arrive after the next one; False if no answer comes."""
        deadline = time.monotonic() + LEAVE_PATIENCE
        while self._committing is not None and self._connection is not None:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not wait_for(self._connection.fileno(), select.POLLIN, remaining):
                self._lost(now)
                return False
            self.receive(now)
        return True

    def leave(self, *, silently: bool = False) -> None:
        """Leave, without making anybody wait for it, or without saying so."""
        request = self.membership.leave_request()
        self._drop()
        if request is None or silently:
            return
        try:
            with self._cluster.hurried(LEAVE_PATIENCE):
                self._cluster.request(self._cluster.coordinator(self.settings.group_id), request)
        except (BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut, KafkaError):
            pass  # the session ends by itself

    def _connect(self) -> None:
        """Set out; where there is no coordinator, the membership waits, and others go on meanwhile."""
        self._opening = self._cluster.opening(self._cluster.coordinator(self.settings.group_id, timeout=0))
        self._selector.register(self._opening, selectors.EVENT_READ, self)

    def _connected(self, opening: Opening) -> None:
        self._selector.unregister(opening)
        self._opening = None
        try:
            connection = opening.take()
        except ClientError:
            self._cluster.distrust(opening.node)
            raise
        self._connection = connection
        self.out_of_reach = False
        self._selector.register(connection, selectors.EVENT_READ, self)
        request, self._unsent = self._unsent, None
        self._say(connection, request)

    def _say(self, connection: Connection, request: Any) -> None:
        self._asked = True
        connection.send(request)

    @contextmanager
    def _losing(self, now: float) -> Iterator[None]:
        """Within it trouble that may pass is told, and costs the connection."""
        try:
            yield
        except KafkaError as error:
            if not error.retriable:
                raise group_error(error.code, self.settings, error.message, self._unsupported) from None
            self._lost(now)
        except (BrokerUnreachable, ClusterUnreachable, ConnectionClosed, RequestTimedOut) as error:
            self._mention(str(error))
            self._lost(now)

    def _lost(self, now: float) -> None:
        self._drop()
        self.out_of_reach = True
        self.membership.on_disconnect(now)

    def _drop(self) -> None:
        self._unsent = self._committing = None
        self._asked = False
        if self._opening is not None:
            self._selector.unregister(self._opening)
            self._opening.abandon()
            self._opening = None
        if self._connection is not None:
            self._selector.unregister(self._connection)
            self._connection.close()
            self._connection = None
