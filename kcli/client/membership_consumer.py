"""The group protocol of KIP-848: one heartbeat carries everything, and the coordinator assigns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kcli.client.assignors import TopicPartition
from kcli.client.membership import MemberSettings, Outcome, Phase, by_topic, group_error
from kcli.wire import errors, messages, uuid

JOIN_EPOCH = 0
LEAVE_EPOCH = -1
LEAVE_STATIC_EPOCH = -2
OUTCOMES = {
    errors.COORDINATOR_LOAD_IN_PROGRESS: Outcome.RETRY,
    errors.COORDINATOR_NOT_AVAILABLE: Outcome.FIND_COORDINATOR,
    errors.NOT_COORDINATOR: Outcome.FIND_COORDINATOR,
    errors.FENCED_MEMBER_EPOCH: Outcome.NEW_GENERATION,
    errors.UNKNOWN_MEMBER_ID: Outcome.NEW_MEMBER,
}


class ConsumerMembership:
    """A member of a `group.protocol=consumer` group. Topics have ids here; `topic_ids` must map every wanted name."""

    def __init__(self, settings: MemberSettings, server_assignor: str | None = None) -> None:
        self.phase = Phase.JOIN
        self.assignment: frozenset[TopicPartition] | None = None
        self.lost = False
        self.coordinator_lost = False
        self.member_id = uuid.to_text(uuid.random())
        self.generation = JOIN_EPOCH
        self.topic_ids: dict[str, bytes] = {}
        self.unknown_topic_ids: frozenset[bytes] = frozenset()
        self._settings = settings
        self._server_assignor = server_assignor
        self._topics: frozenset[str] = frozenset()
        self._topics_changed = True
        self._owned: frozenset[TopicPartition] = frozenset()
        self._target: list[tuple[bytes, int]] | None = None
        self._owned_changed = True
        self._in_flight = False
        self._sent_at = 0.0
        self._interval = settings.heartbeat_interval
        self._heartbeat_at = 0.0

    def subscribe(self, topics: Iterable[str]) -> None:
        """Want these topics; the next heartbeat says so."""
        wanted = frozenset(topics)
        if wanted != self._topics:
            self._topics, self._topics_changed, self._heartbeat_at = wanted, True, 0.0

    def name_topics(self, topic_ids: dict[str, bytes]) -> None:
        """Learn topic ids from the metadata, and resolve an assignment that waited for them."""
        self.topic_ids = topic_ids
        self._resolve()

    def give_up(self, owned: frozenset[TopicPartition]) -> frozenset[TopicPartition]:
        """What has to be stopped and committed before the coordinator may hand it to somebody else."""
        return owned if self.lost else owned - (self.assignment or frozenset())

    def prepared(self, owned: frozenset[TopicPartition]) -> None:
        """What `give_up` named is stopped and committed: tell the coordinator at once what is held now."""
        self._owned = owned if self.lost or self.assignment is None else self.assignment
        self._owned_changed = True
        self._heartbeat_at = 0.0
        if self.lost:
            self._owned = frozenset()
            self.lost = False
            self.phase = Phase.JOIN
        else:
            self.phase = Phase.STABLE

    def wake_at(self) -> float:
        """When `next_request` has something to say; with a request in flight, when to give its answer up."""
        return self._sent_at + self._settings.session_timeout if self._in_flight else self._heartbeat_at

    @property
    def admitted(self) -> bool:
        """Whether the coordinator knows this member."""
        return self.generation != JOIN_EPOCH

    def next_request(self, now: float) -> Any | None:
        """The heartbeat that is due, if any; after joining it carries only what changed since the last one."""
        if self._in_flight or now < self._heartbeat_at or self.phase in (Phase.PREPARE, Phase.LEFT):
            return None
        self._in_flight, self._sent_at = True, now
        joining = self.phase is Phase.JOIN
        request = messages.ConsumerGroupHeartbeatRequest
        heartbeat = request(group_id=self._settings.group_id, member_id=self.member_id, member_epoch=self.generation)
        heartbeat.instance_id = self._settings.instance_id
        if joining:
            heartbeat.rack_id = self._settings.rack_id
            heartbeat.server_assignor = self._server_assignor
        heartbeat.rebalance_timeout_ms = round(self._settings.rebalance_timeout * 1000) if joining else -1
        if joining or self._topics_changed:
            heartbeat.subscribed_topic_names = sorted(self._topics)
        if joining or self._owned_changed:
            heartbeat.topic_partitions = [
                request.TopicPartitions(topic_id=self.topic_ids[topic], partitions=numbers)
                for topic, numbers in by_topic(frozenset() if joining else self._owned).items()
            ]
        self._topics_changed = self._owned_changed = False
        return heartbeat

    def on_response(self, response: Any, now: float) -> None:
        """Take the coordinator's answer; raises KafkaError where the group can not or must not be joined."""
        self._in_flight = False
        if response.error_code:
            self._on_error(response, now)
            return
        self.member_id = response.member_id or self.member_id
        self.generation = response.member_epoch
        self._interval = response.heartbeat_interval_ms / 1000
        self._heartbeat_at = now + self._interval
        if self.phase is Phase.JOIN:
            self.phase = Phase.STABLE
        if response.assignment is not None:
            self._target = [
                (each.topic_id, number) for each in response.assignment.topic_partitions for number in each.partitions
            ]
            self._resolve()
        if self._topics_changed or self._owned_changed:
            self._heartbeat_at = now

    def on_disconnect(self, now: float) -> None:
        """The connection broke: the next heartbeat repeats everything, because nobody knows what arrived."""
        self._in_flight = False
        self.coordinator_lost = self._topics_changed = self._owned_changed = True
        self._heartbeat_at = now + self._settings.retry_backoff

    def leave_request(self) -> Any | None:
        """Good-bye, or for a static member: back soon."""
        if self.phase is Phase.LEFT or self.generation == JOIN_EPOCH:
            return None
        self.phase = Phase.LEFT
        return messages.ConsumerGroupHeartbeatRequest(
            group_id=self._settings.group_id,
            member_id=self.member_id,
            member_epoch=LEAVE_EPOCH if self._settings.instance_id is None else LEAVE_STATIC_EPOCH,
            instance_id=self._settings.instance_id,
        )

    def _on_error(self, response: Any, now: float) -> None:
        outcome = OUTCOMES.get(response.error_code)
        if outcome is None:
            raise group_error(response.error_code, self._settings, response.error_message)
        self._topics_changed = self._owned_changed = True
        self._heartbeat_at = now + self._settings.retry_backoff
        if outcome is Outcome.FIND_COORDINATOR:
            self.coordinator_lost = True
        elif outcome is not Outcome.RETRY:
            self.generation = JOIN_EPOCH
            self.lost = True
            self.assignment = self._target = None
            self._heartbeat_at = now
            self.phase = Phase.PREPARE

    def _resolve(self) -> None:
        """Turn the target's topic ids into names once all are known; then the loop reconciles."""
        if self._target is None:
            return
        names = {topic_id: name for name, topic_id in self.topic_ids.items()}
        self.unknown_topic_ids = frozenset(topic_id for topic_id, _ in self._target if topic_id not in names)
        if not self.unknown_topic_ids:
            self.assignment = frozenset((names[topic_id], number) for topic_id, number in self._target)
            self._target = None
            self.phase = Phase.PREPARE
