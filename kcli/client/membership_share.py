"""A member of a share group (KIP-932): one heartbeat; the coordinator assigns, and nothing has to be handed over.

Several members may hold the same partition, so that an assignment counts from the moment it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kcli.client.membership import MemberSettings, Outcome, group_error
from kcli.client.membership_consumer import JOIN_EPOCH, LEAVE_EPOCH, OUTCOMES
from kcli.wire import messages, uuid

TopicIdPartition = tuple[bytes, int]
_SILENCE = 30.0  # seconds without an answer after which the coordinator is taken for gone
NO_SHARE_GROUPS = (
    "The cluster does not support the share group protocol. To use share groups, the cluster must have the share"
    " group protocol enabled."
)


class ShareMembership:
    """The state machine: no socket, no clock, one request in flight at a time."""

    def __init__(self, settings: MemberSettings) -> None:
        self.assignment: frozenset[TopicIdPartition] = frozenset()
        self.coordinator_lost = False
        self.member_id = uuid.to_text(uuid.random())
        self.epoch = JOIN_EPOCH
        self._settings = settings
        self._topics: frozenset[str] = frozenset()
        self._topics_changed = True
        self._in_flight = False
        self._left = False
        self._sent_at = 0.0
        self._heartbeat_at = 0.0

    def subscribe(self, topics: Iterable[str]) -> None:
        """Want these topics; the next heartbeat says so."""
        self._topics, self._topics_changed, self._heartbeat_at = frozenset(topics), True, 0.0

    def wake_at(self) -> float:
        """When `next_request` has something to say; with a request in flight, when to give its answer up."""
        return self._sent_at + _SILENCE if self._in_flight else self._heartbeat_at

    def next_request(self, now: float) -> Any | None:
        """The heartbeat that is due, if any; after joining it names the topics only when they changed."""
        if self._in_flight or self._left or now < self._heartbeat_at:
            return None
        self._in_flight, self._sent_at = True, now
        heartbeat = messages.ShareGroupHeartbeatRequest(
            group_id=self._settings.group_id, member_id=self.member_id, member_epoch=self.epoch
        )
        if self.epoch == JOIN_EPOCH:
            heartbeat.rack_id = self._settings.rack_id
        if self.epoch == JOIN_EPOCH or self._topics_changed:
            heartbeat.subscribed_topic_names = sorted(self._topics)
        self._topics_changed = False
        return heartbeat

    def on_response(self, response: Any, now: float) -> None:
        """Take the coordinator's answer; raises KafkaError where the group can not or must not be joined."""
        self._in_flight = False
        if response.error_code:
            self._on_error(response, now)
            return
        self.epoch = response.member_epoch
        self._heartbeat_at = now if self._topics_changed else now + response.heartbeat_interval_ms / 1000
        if response.assignment is not None:
            self.assignment = frozenset(
                (each.topic_id, number) for each in response.assignment.topic_partitions for number in each.partitions
            )

    def on_disconnect(self, now: float) -> None:
        """The connection broke: the next heartbeat repeats everything, because nobody knows what arrived."""
        self._in_flight = False
        self.coordinator_lost = self._topics_changed = True
        self._heartbeat_at = now + self._settings.retry_backoff

    def leave_request(self) -> Any | None:
        """Good-bye."""
        if self._left or self.epoch == JOIN_EPOCH:
            return None
        self._left = True
        return messages.ShareGroupHeartbeatRequest(
            group_id=self._settings.group_id, member_id=self.member_id, member_epoch=LEAVE_EPOCH
        )

    def _on_error(self, response: Any, now: float) -> None:
        outcome = OUTCOMES.get(response.error_code)
        if outcome is None:
            raise group_error(response.error_code, self._settings, response.error_message, NO_SHARE_GROUPS)
        self._topics_changed = True
        self._heartbeat_at = now + self._settings.retry_backoff
        if outcome is Outcome.FIND_COORDINATOR:
            self.coordinator_lost = True
        elif outcome is not Outcome.RETRY:  # fenced: join again, as somebody who holds nothing
            self.epoch = JOIN_EPOCH
            self.assignment = frozenset()
            self._heartbeat_at = now
