"""One member of a consumer group, as a state machine: no socket, no clock, one request in flight at a time.

Two protocols share the surface below: the classic one (JoinGroup, SyncGroup, Heartbeat; the members assign), and
KIP-848's (ConsumerGroupHeartbeat; the coordinator assigns), in `membership_consumer`. The consumer's loop

    sends what `next_request` gives to the coordinator, and hands the answer to `on_response`;
    while `phase` is PREPARE, stops and commits what `give_up` names, then calls `prepared`;
    while `phase` is ASSIGN (classic leader), calls `distribute` with the partition counts of `wanted_topics`;
    takes over `assignment` whenever it is not what the loop consumes; `lost` says that commits would be refused.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from kcli.client.assignors import Assignor, TopicPartition, decode_sticky
from kcli.client.assignors import Member as GroupMember
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError, WireError

NO_GENERATION = -1
CONSUMER_PROTOCOL_VERSION = 3
_INT16 = struct.Struct(">h")
_LONGEST_REASON = 255
NO_CONSUMER_PROTOCOL = (
    "The cluster does not support the new CONSUMER group protocol. Set group.protocol=classic on the consumer configs"
    " to revert to the CLASSIC protocol until the cluster is upgraded."
)
_LAPSE = 5.0  # seconds that a coordinator may take beyond the rebalance timeout


class Phase(enum.Enum):
    """Where a member stands; only STABLE members may expect their commits to be taken."""

    PREPARE = "prepare"
    JOIN = "join"
    JOINING = "joining"
    ASSIGN = "assign"
    SYNC = "sync"
    SYNCING = "syncing"
    STABLE = "stable"
    LEFT = "left"


class MemberSettings(NamedTuple):
    """What a member tells the coordinator; times in seconds."""

    group_id: str
    instance_id: str | None = None
    rack_id: str | None = None
    session_timeout: float = 45.0
    rebalance_timeout: float = 300.0
    heartbeat_interval: float = 3.0
    retry_backoff: float = 0.1


class Conversation(Protocol):
    """A member's talk with its coordinator, in any protocol."""

    coordinator_lost: bool

    def next_request(self, now: float) -> Any | None: ...
    def on_response(self, response: Any, now: float) -> None: ...
    def on_disconnect(self, now: float) -> None: ...
    def wake_at(self) -> float: ...
    def leave_request(self) -> Any | None: ...


class Membership(Conversation, Protocol):
    """What the consumer's loop asks of either protocol."""

    phase: Phase
    assignment: frozenset[TopicPartition] | None
    lost: bool
    member_id: str
    generation: int

    @property
    def admitted(self) -> bool: ...
    def subscribe(self, topics: Iterable[str]) -> None: ...
    def give_up(self, owned: frozenset[TopicPartition]) -> frozenset[TopicPartition]: ...
    def prepared(self, owned: frozenset[TopicPartition]) -> None: ...


class Outcome(enum.Enum):
    """What an error code asks a member to do. What is in no table is fatal."""

    RETRY = "again, after a pause"
    FIND_COORDINATOR = "look the coordinator up"
    REJOIN = "join the next generation"
    NEW_GENERATION = "what was owned is lost; the member id may still be good"
    NEW_MEMBER = "what was owned is lost, and so is the member id"


_COMMON = {
    errors.COORDINATOR_LOAD_IN_PROGRESS: Outcome.RETRY,
    errors.COORDINATOR_NOT_AVAILABLE: Outcome.FIND_COORDINATOR,
    errors.NOT_COORDINATOR: Outcome.FIND_COORDINATOR,
    errors.REBALANCE_IN_PROGRESS: Outcome.REJOIN,
    errors.ILLEGAL_GENERATION: Outcome.NEW_GENERATION,
    errors.UNKNOWN_MEMBER_ID: Outcome.NEW_MEMBER,
}


class ClassicMembership:
    """The classic protocol. `assignors` in the order of preference; the group uses the first that all members know."""

    def __init__(self, settings: MemberSettings, assignors: list[Assignor]) -> None:
        self.phase = Phase.PREPARE
        self.assignment: frozenset[TopicPartition] | None = None
        self.lost = False
        self.coordinator_lost = False
        self.member_id = ""
        self.generation = NO_GENERATION
        self.wanted_topics: frozenset[str] = frozenset()
        self.counts: dict[str, int] = {}
        self._settings = settings
        self._assignors = {assignor.name: assignor for assignor in assignors}
        # Members that can only stop the world make all of them stop (KIP-429).
        self._cooperative = all(assignor.cooperative for assignor in assignors)
        self._topics: frozenset[str] = frozenset()
        self._owned: frozenset[TopicPartition] = frozenset()
        self._assignor: Assignor | None = None
        self._members: list[GroupMember] = []
        self._leading = False
        self._to_sync: dict[str, list[TopicPartition]] = {}
        self._reason = ""
        self._in_flight = False
        self._rejoin = False
        self._not_before = 0.0
        self._heartbeat_at = 0.0
        self._last_answer = self._sent_at = 0.0

    def subscribe(self, topics: Iterable[str]) -> None:
        """Want these topics from the next generation on; joins it at once if they are others than before."""
        wanted = frozenset(topics)
        if wanted != self._topics:
            joined = bool(self._topics)
            self._topics = wanted
            if joined:
                self.rejoin("subscription has changed")

    def rejoin(self, reason: str) -> None:
        """Start another generation as soon as the present one has settled."""
        self._reason = reason[:_LONGEST_REASON]
        if self.phase is Phase.STABLE and not self._in_flight:
            self.phase = Phase.PREPARE
        else:
            self._rejoin = True

    def give_up(self, owned: frozenset[TopicPartition]) -> frozenset[TopicPartition]:
        """What must not be consumed while the group rebalances: everything, unless the group is cooperative."""
        if not self._cooperative or self.lost:
            return owned
        kept = owned if self.assignment is None else self.assignment
        return frozenset(each for each in owned if each not in kept or each[0] not in self._topics)

    def prepared(self, owned: frozenset[TopicPartition]) -> None:
        """What `give_up` named is stopped and committed; `owned` is what goes on."""
        self._owned = owned
        self.lost = False
        self._rejoin = False
        self.phase = Phase.JOIN

    def distribute(self, counts: Mapping[str, int]) -> None:
        """The leader's work: share the partitions of all wanted topics out among the members."""
        assert self._assignor is not None
        self.counts = {topic: counts[topic] for topic in sorted(self.wanted_topics) if topic in counts}
        self._to_sync = self._assignor.assign(self._members, self.counts)
        self.phase = Phase.SYNC

    @property
    def leading(self) -> bool:
        """Whether this member watches the topics of all members for the group."""
        return self._leading

    @property
    def admitted(self) -> bool:
        """Whether the coordinator knows this member, though the group may not have settled yet."""
        return bool(self.member_id)

    def wake_at(self) -> float:
        """When `next_request` has something to say; with a request in flight, when to give its answer up."""
        if self._in_flight:
            stable = self.phase is Phase.STABLE
            patience = self._settings.session_timeout if stable else self._settings.rebalance_timeout + _LAPSE
            return self._sent_at + patience
        return max(self._heartbeat_at, self._not_before) if self.phase is Phase.STABLE else self._not_before

    def next_request(self, now: float) -> Any | None:
        """The request that is due, if any."""
        if self._in_flight or now < self._not_before:
            return None
        request = None
        if self.phase is Phase.JOIN:
            request, self.phase = self._join_request(), Phase.JOINING
        elif self.phase is Phase.SYNC:
            request, self.phase = self._sync_request(), Phase.SYNCING
        elif self.phase is Phase.STABLE and now >= self._heartbeat_at:
            request = self._heartbeat_request()
        self._in_flight, self._sent_at = request is not None, now
        return request

    def on_response(self, response: Any, now: float) -> None:
        """Take the coordinator's answer; raises KafkaError where the group can not or must not be joined."""
        self._in_flight = False
        self._last_answer = now
        if response.error_code == errors.MEMBER_ID_REQUIRED and self.phase is Phase.JOINING:
            self.member_id = response.member_id  # KIP-394: the coordinator names members before it counts them
            self.phase = Phase.JOIN
        elif response.error_code:
            self._on_error(response, now)
        elif self.phase is Phase.JOINING:
            self._joined(response)
        elif self.phase is Phase.SYNCING:
            self._synced(response, now)
        elif self.phase is Phase.STABLE:
            self._heartbeat_at = now + self._settings.heartbeat_interval
            if self._rejoin:
                self.phase = Phase.PREPARE

    def on_disconnect(self, now: float) -> None:
        """The connection to the coordinator broke: what was asked has to be asked again, perhaps of another broker."""
        self._in_flight = False
        self.coordinator_lost = True
        self._not_before = now + self._settings.retry_backoff
        if self.phase in (Phase.JOINING, Phase.SYNC, Phase.SYNCING):
            self.phase = Phase.JOIN
        if self.phase is Phase.STABLE and now - self._last_answer > self._settings.session_timeout:
            self._forget(keep_member_id=True)

    def leave_request(self) -> Any | None:
        """A dynamic member says good-bye; a static one is expected back (KIP-345)."""
        if self._settings.instance_id is not None or not self.member_id or self.phase is Phase.LEFT:
            return None
        self.phase = Phase.LEFT
        member = messages.LeaveGroupRequest.MemberIdentity(
            member_id=self.member_id, group_instance_id=None, reason="the consumer is being closed"
        )
        return messages.LeaveGroupRequest(group_id=self._settings.group_id, member_id=self.member_id, members=[member])

    def _on_error(self, response: Any, now: float) -> None:
        outcome = _COMMON.get(response.error_code)
        self._not_before = now + self._settings.retry_backoff
        if outcome is None:
            raise group_error(response.error_code, self._settings, getattr(response, "error_message", None))
        if outcome is Outcome.FIND_COORDINATOR:
            self.coordinator_lost = True
        if outcome is Outcome.NEW_MEMBER or outcome is Outcome.NEW_GENERATION:
            self._not_before = now
            self._forget(keep_member_id=outcome is Outcome.NEW_GENERATION)
        elif outcome is Outcome.REJOIN and self.phase is Phase.STABLE:
            self._reason = "group is already rebalancing"
            self._not_before = now
            self.phase = Phase.PREPARE
        elif self.phase is not Phase.STABLE:
            self.phase = Phase.JOIN
        else:
            self._heartbeat_at = self._not_before

    def _forget(self, *, keep_member_id: bool) -> None:
        self.generation = NO_GENERATION
        self.lost = self.assignment is not None
        self.assignment = None
        self._owned = frozenset()
        if not keep_member_id:
            self.member_id = ""
        self.phase = Phase.PREPARE

    def _join_request(self) -> Any:
        request = messages.JoinGroupRequest
        return request(
            group_id=self._settings.group_id,
            session_timeout_ms=round(self._settings.session_timeout * 1000),
            rebalance_timeout_ms=round(self._settings.rebalance_timeout * 1000),
            member_id=self.member_id,
            group_instance_id=self._settings.instance_id,
            protocol_type="consumer",
            protocols=[
                request.JoinGroupRequestProtocol(name=name, metadata=self._subscription(assignor))
                for name, assignor in self._assignors.items()
            ],
            reason=self._reason,
        )

    def _subscription(self, assignor: Assignor) -> bytes:
        subscription = messages.ConsumerProtocolSubscription
        owned = self._owned if self._cooperative else frozenset()
        body = subscription(
            topics=sorted(self._topics),
            user_data=assignor.encode_user_data(sorted(self.assignment or ()), self.generation),
            owned_partitions=[
                subscription.TopicPartition(topic=topic, partitions=numbers)
                for topic, numbers in by_topic(owned).items()
            ],
            generation_id=self.generation,
            rack_id=self._settings.rack_id,
        )
        return _INT16.pack(CONSUMER_PROTOCOL_VERSION) + body.encode_bytes(CONSUMER_PROTOCOL_VERSION)

    def _sync_request(self) -> Any:
        request = messages.SyncGroupRequest
        return request(
            group_id=self._settings.group_id,
            generation_id=self.generation,
            member_id=self.member_id,
            group_instance_id=self._settings.instance_id,
            protocol_type="consumer",
            protocol_name=self._assignor.name if self._assignor else None,
            assignments=[
                request.SyncGroupRequestAssignment(member_id=member_id, assignment=_encode_assignment(partitions))
                for member_id, partitions in self._to_sync.items()
            ],
        )

    def _heartbeat_request(self) -> Any:
        return messages.HeartbeatRequest(
            group_id=self._settings.group_id,
            generation_id=self.generation,
            member_id=self.member_id,
            group_instance_id=self._settings.instance_id,
        )

    def _joined(self, response: Any) -> None:
        self.generation, self.member_id = response.generation_id, response.member_id
        self._assignor = self._assignors.get(response.protocol_name)
        if self._assignor is None:
            raise KafkaError(errors.INCONSISTENT_GROUP_PROTOCOL)
        self._leading = response.leader == response.member_id
        self._to_sync = {}
        self._reason = ""
        self.phase = Phase.SYNC
        if self._leading:
            self._members = [_decode_member(member, self._assignor) for member in response.members]
            self.wanted_topics = frozenset[str]().union(*(member.topics for member in self._members))
            if not response.skip_assignment:
                self.phase = Phase.ASSIGN

    def _synced(self, response: Any, now: float) -> None:
        self.assignment = _decode_assignment(response.assignment)
        self.phase = Phase.STABLE
        self._heartbeat_at = now + self._settings.heartbeat_interval
        if self._rejoin or (self._cooperative and self._owned - self.assignment):
            self._reason = self._reason or "need to revoke partitions and re-join"
            self.phase = Phase.PREPARE


def by_topic(partitions: Iterable[TopicPartition]) -> dict[str, list[int]]:
    """Partition numbers by topic, both in order."""
    grouped: dict[str, list[int]] = {}
    for topic, number in sorted(partitions):
        grouped.setdefault(topic, []).append(number)
    return grouped


def group_error(
    code: int, settings: MemberSettings, message: str | None = None, unsupported: str = NO_CONSUMER_PROTOCOL
) -> KafkaError:
    """The error that ends a membership, worded as Kafka's consumer words it."""
    if code == errors.GROUP_AUTHORIZATION_FAILED:
        return KafkaError(code, f"Not authorized to access group: {settings.group_id}")
    if code == errors.UNSUPPORTED_VERSION:
        return KafkaError(code, unsupported)
    return KafkaError(code, message)


def _encode_assignment(partitions: Iterable[TopicPartition]) -> bytes:
    assignment = messages.ConsumerProtocolAssignment
    body = assignment(
        assigned_partitions=[
            assignment.TopicPartition(topic=topic, partitions=numbers)
            for topic, numbers in by_topic(partitions).items()
        ]
    )
    return _INT16.pack(CONSUMER_PROTOCOL_VERSION) + body.encode_bytes(CONSUMER_PROTOCOL_VERSION)


def _decode_embedded(kind: Any, data: bytes) -> Any:
    """A subscription or assignment; one of a later version is read as the latest we know, which is its promise."""
    if len(data) < _INT16.size:
        raise WireError(f"{kind.NAME}: {len(data)} bytes")
    version = min(max(_INT16.unpack_from(data)[0], 0), CONSUMER_PROTOCOL_VERSION)
    return kind.decode(data, version, _INT16.size)[0]


def _decode_assignment(data: bytes) -> frozenset[TopicPartition]:
    if not data:
        return frozenset()
    assignment = _decode_embedded(messages.ConsumerProtocolAssignment, data)
    return frozenset((each.topic, number) for each in assignment.assigned_partitions for number in each.partitions)


def _decode_member(member: Any, assignor: Assignor) -> GroupMember:
    subscription = _decode_embedded(messages.ConsumerProtocolSubscription, member.metadata)
    owned = tuple((each.topic, number) for each in subscription.owned_partitions for number in each.partitions)
    generation = subscription.generation_id
    if assignor.name == "sticky" and subscription.user_data:
        owned, generation = decode_sticky(subscription.user_data)
    elif assignor.cooperative and generation < 0 and subscription.user_data and len(subscription.user_data) == 4:
        generation = int.from_bytes(subscription.user_data, "big", signed=True)
    return GroupMember(member.member_id, frozenset(subscription.topics), member.group_instance_id, owned, generation)
