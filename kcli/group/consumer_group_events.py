"""What happens to a consumer group of KIP-848: heartbeats, departures and time. Pure: events in, effects out.

A refused request raises a KafkaError before anything has changed. Everything else changes the group by records, which
the effects append as one batch before the answer goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kcli.group import consumer_group_records as group_records
from kcli.group.consumer_group import ConsumerGroup
from kcli.group.consumer_group_assignors import ASSIGNORS, MemberSpec
from kcli.group.consumer_group_member import (
    LEAVE_EPOCH,
    STATIC_LEAVE_EPOCH,
    Assignment,
    ConsumerMember,
    MemberState,
    Reconciliation,
    reconcile,
)
from kcli.group.consumer_group_records import Resolved
from kcli.group.consumer_group_regex import Regex, RegexError
from kcli.group.effects import (
    Answer,
    Append,
    Effect,
    StartTimer,
    StopTimer,
    Timer,
    rebalance_timer,
    session_timer,
)
from kcli.group.log_records import Record
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

REGEX_MIN_REFRESH_INTERVAL_MS = 10_000
_SESSION = session_timer("").kind


@dataclass(frozen=True)
class Client:
    """Who sends a request."""

    client_id: str
    host: str


class LiveConsumerGroup(ConsumerGroup):
    """Every public method below that takes `now_ms` is an event and returns its effects."""

    # Events

    def heartbeat(self, request: Any, client: Client, fresh_id: str, waiter: Any, now_ms: int) -> list[Effect]:
        """`request` is a messages.ConsumerGroupHeartbeatRequest of a member that joins or stays; `fresh_id` is the id
        of a member that brings none."""
        member_id = request.member_id or fresh_id
        settings = self.metadata.settings(self.group_id)
        self._check_room(member_id)
        reported = None if request.topic_partitions is None else group_records.assignment_of(request.topic_partitions)
        member, replaced = self._find(request, member_id, reported)
        updated = _with_request(member, request, client)
        regexes = self.regexes()
        self._check_regex(member, updated, regexes)
        effects, moved = self._move(member, updated, replaced, reported, now_ms)
        effects.append(StartTimer(session_timer(member_id), settings.session_timeout_ms))
        full = request.member_epoch == 0 or _is_full(request)
        tells = full or moved.assigned.keys() != member.assigned.keys() or moved.assigned != member.assigned
        effects.append(Answer(waiter, _response(moved, settings.heartbeat_interval_ms, tells)))
        return effects + self._resolve_regexes(regexes, settings.regex_refresh_interval_ms, now_ms)

    def _move(
        self,
        member: ConsumerMember,
        updated: ConsumerMember,
        replaced: ConsumerMember | None,
        reported: Assignment | None,
        now_ms: int,
    ) -> tuple[list[Effect], ConsumerMember]:
        """The member is what `updated` says: write that, and move it towards its target as far as it goes now."""
        regexes = self.regexes()
        records: list[Record] = []
        effects: list[Effect] = [Append(records)]
        if replaced is not None:
            self._replace(replaced, member, records)
            effects += [StopTimer(session_timer(replaced.member_id)), StopTimer(rebalance_timer(replaced.member_id))]
        if updated != member:
            self._write(records, group_records.member(self.group_id, updated))
        names_changed = updated.topics != member.topics
        regex_changed = updated.regex != member.regex
        if regex_changed and regexes.get(member.regex) == 1:
            self._forget_regex(member.regex, records)
        switched = regex_changed and (not updated.regex or updated.regex in self.resolved)
        if names_changed or switched or self.metadata_is_stale:
            self._refresh_epoch(records, names_changed or switched)
        self._refresh_target(records, self.metadata.settings(self.group_id).assignment_interval_ms, now_ms)
        moved = self._reconcile(updated, names_changed or regex_changed, reported)
        if moved != updated:
            self._write(records, group_records.current(self.group_id, moved))
            effects.append(_rebalance_effect(moved))
        return effects, moved

    def _check_room(self, member_id: str) -> None:
        limit = self.metadata.settings(self.group_id).max_size
        if len(self.members) >= limit and member_id not in self.members:
            text = f"The consumer group has reached its maximum capacity of {limit} members."
            raise KafkaError(errors.GROUP_MAX_SIZE_REACHED, text)

    def leave(self, request: Any, waiter: Any) -> list[Effect]:
        """The member epoch of the request says whether a static member will be back."""
        member = self._leaving(request.member_id, request.instance_id)
        if request.instance_id is not None and request.member_epoch == STATIC_LEAVE_EPOCH:
            records: list[Record] = []
            self._write(records, group_records.current(self.group_id, member.gone_for_now()))
            effects: list[Effect] = [Append(records)]
        else:
            effects = self._fence([member])
        response = messages.ConsumerGroupHeartbeatResponse(
            member_id=request.member_id, member_epoch=request.member_epoch
        )
        return [*effects, Answer(waiter, response)]

    def remove(self, leaving: list[Any], waiter: Any) -> list[Effect]:
        """LeaveGroup, with which an admin takes members out; a static one may be named by its instance alone."""
        answered: list[Any] = []
        gone: dict[str, ConsumerMember] = {}
        for identity in leaving:
            answer = messages.LeaveGroupResponse.MemberResponse(
                member_id=identity.member_id, group_instance_id=identity.group_instance_id
            )
            try:
                member = self._named(identity.member_id, identity.group_instance_id)
                answer.member_id = member.member_id
                gone[member.member_id] = member
            except KafkaError as error:
                answer.error_code = error.code
            answered.append(answer)
        effects = self._fence(list(gone.values())) if gone else []
        return [*effects, Answer(waiter, messages.LeaveGroupResponse(members=answered))]

    def expire(self, timer: Timer, now_ms: int) -> list[Effect]:
        member = self.members.get(timer.member_id)
        if member is None:
            return []
        owes = member.state is MemberState.UNREVOKED_PARTITIONS and member.epoch != STATIC_LEAVE_EPOCH
        return self._fence([member]) if timer.kind == _SESSION or owes else []

    def loaded(self, now_ms: int) -> list[Effect]:
        """The group has been read back from the log: its members have a whole session to show up."""
        session = self.metadata.settings(self.group_id).session_timeout_ms
        effects: list[Effect] = []
        for member in self.members.values():
            effects.append(StartTimer(session_timer(member.member_id), session))
            if member.state is MemberState.UNREVOKED_PARTITIONS:
                effects.append(_rebalance_effect(member))
        return effects

    def die(self, error: int, now_ms: int) -> list[Effect]:
        """The coordinator gives the group up. Nobody waits for anything but the log."""
        return []

    # Members

    def _find(
        self, request: Any, member_id: str, reported: Assignment | None
    ) -> tuple[ConsumerMember, ConsumerMember | None]:
        """The member as it is, or a new one, and the static member whose place it takes."""
        joins, instance_id = request.member_epoch == 0, request.instance_id
        if instance_id is None:
            known = self.members.get(member_id) if joins else self.member(member_id)
            member = known or ConsumerMember(member_id)
            _check_epoch(member, request.member_epoch, reported)
            return member, None
        if not joins:
            member = self._leaving(member_id, instance_id)
            _check_epoch(member, request.member_epoch, reported)
            return member, None
        if instance_id not in self.static_members:
            return self.members.get(member_id) or ConsumerMember(member_id), None
        previous = self.members[self.static_members[instance_id]]
        if previous.classic is None and previous.epoch != STATIC_LEAVE_EPOCH:
            text = (
                f"Static member {member_id} with instance id {instance_id} cannot join the group because the instance "
                f"id is owned by {previous.member_id} member."
            )
            raise KafkaError(errors.UNRELEASED_INSTANCE_ID, text)
        return replace(previous, member_id=member_id, epoch=0, previous_epoch=0), previous

    def _named(self, member_id: str, instance_id: str | None) -> ConsumerMember:
        known = self.static_members.get(instance_id) if instance_id is not None and not member_id else None
        return self._leaving(known or member_id, instance_id)

    def _leaving(self, member_id: str, instance_id: str | None) -> ConsumerMember:
        """A member that is there, by its id and, if it is static, by its instance."""
        if instance_id is None:
            return self.member(member_id)
        known = self.static_members.get(instance_id)
        if known is None:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID, f"Instance id {instance_id} is unknown.")
        if known != member_id:
            text = f"Static member {member_id} with instance id {instance_id} was fenced by member {known}."
            raise KafkaError(errors.FENCED_INSTANCE_ID, text)
        return self.members[known]

    def _replace(self, previous: ConsumerMember, member: ConsumerMember, records: list[Record]) -> None:
        """A static member is back under another id: it goes on with the target of its predecessor."""
        target = self.target.get(previous.member_id, {})
        self._remove(previous, records)
        self._write(records, group_records.member(self.group_id, member))
        self._write(records, group_records.target_member(self.group_id, member.member_id, target))
        self._write(records, group_records.current(self.group_id, member))

    def _remove(self, member: ConsumerMember, records: list[Record]) -> None:
        for kind in (group_records.CURRENT, group_records.TARGET_MEMBER, group_records.MEMBER):
            made = group_records.tombstone(kind, group_id=self.group_id, member_id=member.member_id)
            self._write(records, made)

    def _fence(self, members: list[ConsumerMember]) -> list[Effect]:
        """The members are out, and their partitions are free."""
        records: list[Record] = []
        for member in members:
            self._remove(member, records)
            if member.regex and member.regex not in self.regexes():
                self._forget_regex(member.regex, records)
        metadata_hash = self.metadata.hash_of(self.subscribed_topics())
        self._write(records, group_records.group(self.group_id, self.epoch + 1, metadata_hash))
        timers = [timer(member.member_id) for member in members for timer in (session_timer, rebalance_timer)]
        return [Append(records), *map(StopTimer, timers)]

    # Epoch, target, and the way there

    def _write(self, records: list[Record], record: Record) -> None:
        """What is written is what happens."""
        key, value = record
        kind = int.from_bytes(key[:2], "big")
        self.replay(kind, *group_records.parse(kind, key, value))
        records.append(record)

    def _refresh_epoch(self, records: list[Record], bump: bool) -> None:
        """A new group epoch if it has to be, or if the topics are not what they were."""
        metadata_hash = self.metadata.hash_of(self.subscribed_topics())
        if bump or metadata_hash != self.metadata_hash:
            self._write(records, group_records.group(self.group_id, self.epoch + 1, metadata_hash))
        self.metadata_is_stale = False
        if self.has_partition_metadata:  # of Kafka before 4.1
            self._write(records, group_records.tombstone(group_records.PARTITION_METADATA, group_id=self.group_id))

    def _refresh_target(self, records: list[Record], interval_ms: int, now_ms: int) -> None:
        """A target for the group's epoch, unless the last one was computed just now."""
        if self.epoch <= self.target_epoch:
            return
        if self.target_timestamp and interval_ms and now_ms < self.target_timestamp + interval_ms:
            return
        counts: dict[bytes, int] = {}
        specs = {}
        for member in self.members.values():
            topics = self.metadata.topic_ids(self.topics_of(member))
            counts.update(topics)
            specs[member.member_id] = MemberSpec(
                tuple(topics), self.target.get(member.member_id, {}), member.instance_id
            )
        assigned = ASSIGNORS[self.assignor](specs, counts)
        for member_id in specs:
            target = assigned.get(member_id, {})
            if self.target.get(member_id) != target:
                self._write(records, group_records.target_member(self.group_id, member_id, target))
        self._write(records, group_records.target(self.group_id, self.epoch, now_ms))

    def _reconcile(self, member: ConsumerMember, changed: bool, reported: Assignment | None) -> ConsumerMember:
        if not changed and member.is_reconciled_to(self.target_epoch):
            return member
        return reconcile(
            member,
            Reconciliation(
                target_epoch=self.target_epoch,
                target=self.target.get(member.member_id, {}),
                subscribed=frozenset(self.metadata.topic_ids(self.topics_of(member))),
                reported=reported,
                is_owned=self.is_owned,
                subscription_changed=changed,
            ),
        )

    # Regular expressions

    def _check_regex(self, member: ConsumerMember, updated: ConsumerMember, regexes: Any) -> None:
        if updated.regex and updated.regex != member.regex and updated.regex not in regexes:
            try:
                Regex(updated.regex)
            except RegexError as error:
                text = f"SubscribedTopicRegex `{updated.regex}` is not a valid regular expression: {error}."
                raise KafkaError(errors.INVALID_REGULAR_EXPRESSION, text) from error

    def _forget_regex(self, regex: str, records: list[Record]) -> None:
        kind = group_records.REGULAR_EXPRESSION
        made = group_records.tombstone(kind, group_id=self.group_id, regular_expression=regex)
        self._write(records, made)

    def _resolve_regexes(self, before: Any, refresh_interval_ms: int, now_ms: int) -> list[Effect]:
        """See which topics the expressions stand for, all at once, but not with every heartbeat.

        What is found comes after the answer: the next heartbeat of each member has it.
        """
        subscribed = self.regexes()
        if not subscribed:
            return []
        last = next(iter(self.resolved.values()), None)
        if last is not None and now_ms <= last.timestamp + REGEX_MIN_REFRESH_INTERVAL_MS:
            return []
        due = (
            last is None
            or any(regex not in before for regex in subscribed)
            or len(subscribed) != len(self.resolved)
            or last.version < self.metadata.new_topics_version
            or now_ms > last.timestamp + refresh_interval_ms
        )
        return [Append(self._resolved_records(list(subscribed), now_ms))] if due else []

    def _resolved_records(self, subscribed: list[str], now_ms: int) -> list[Record]:
        records: list[Record] = []
        names = sorted(self.metadata.topic_names())
        bump = False
        for regex in subscribed:
            topics = _matching(regex, names)
            known = self.resolved.get(regex)
            bump = bump or topics != (known.topics if known is not None else frozenset())
            resolved = Resolved(topics, self.metadata.version, now_ms)
            self._write(records, group_records.regular_expression(self.group_id, regex, resolved))
        self._refresh_epoch(records, bump)
        return records


def _matching(regex: str, names: list[str]) -> frozenset[str]:
    """An expression that another broker has let in and that is none here stands for nothing."""
    try:
        compiled = Regex(regex)
    except RegexError:
        return frozenset()
    return frozenset(name for name in names if compiled.matches(name))


def _check_epoch(member: ConsumerMember, epoch: int, reported: Assignment | None) -> None:
    """The epoch before the present one will do too, as the answer with the new one may have been lost, but only for a
    member that has nothing it should not have."""
    if epoch in (0, member.epoch):
        return
    if epoch < member.epoch and epoch == member.previous_epoch and _has_only(reported, member):
        return
    size = "greater" if epoch > member.epoch else "smaller"
    text = (
        f"The consumer group member has a {size} member epoch ({epoch}) than the one known by the group coordinator "
        f"({member.epoch}). The member must abandon all its partitions and rejoin."
    )
    raise KafkaError(errors.FENCED_MEMBER_EPOCH, text)


def _has_only(reported: Assignment | None, member: ConsumerMember) -> bool:
    if reported is None:
        return False
    return all(topic in member.assigned and owned <= member.assigned[topic].keys() for topic, owned in reported.items())


def _with_request(member: ConsumerMember, request: Any, client: Client) -> ConsumerMember:
    """What the request leaves out stays as it was; who speaks the new protocol is no classic member any more."""
    topics, regex = request.subscribed_topic_names, request.subscribed_topic_regex
    told = {
        "instance_id": request.instance_id,
        "rack_id": request.rack_id,
        "rebalance_timeout_ms": None if request.rebalance_timeout_ms == -1 else request.rebalance_timeout_ms,
        "assignor": request.server_assignor,
        "topics": None if topics is None else frozenset(topics),
        "regex": regex,
    }
    changes: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    return replace(member, client_id=client.client_id, client_host=client.host, classic=None, **changes)


def _is_full(request: Any) -> bool:
    """A member that has lost track sends everything."""
    subscription = request.subscribed_topic_names is not None or request.subscribed_topic_regex is not None
    return request.rebalance_timeout_ms != -1 and subscription and request.topic_partitions is not None


def _response(member: ConsumerMember, interval_ms: int, with_assignment: bool) -> Any:
    response = messages.ConsumerGroupHeartbeatResponse
    made = response(member_id=member.member_id, member_epoch=member.epoch, heartbeat_interval_ms=interval_ms)
    if with_assignment:
        made.assignment = response.Assignment(
            topic_partitions=[
                response.TopicPartitions(topic_id=topic, partitions=list(epochs))
                for topic, epochs in member.assigned.items()
            ]
        )
    return made


def _rebalance_effect(member: ConsumerMember) -> Effect:
    """A member that has partitions to revoke has its rebalance timeout for it; a classic one has it for each step."""
    timer = rebalance_timer(member.member_id)
    if member.state is MemberState.UNREVOKED_PARTITIONS and member.classic is None:
        return StartTimer(timer, member.rebalance_timeout_ms)
    return StopTimer(timer)


def check_request(request: Any, version: int) -> None:
    """What no group could do anything with is refused, in Kafka's words."""
    epoch = request.member_epoch
    needs_id = version >= 1 or epoch > 0 or epoch == LEAVE_EPOCH
    problems = (
        (needs_id and not request.member_id.strip(), "MemberId can't be empty."),
        (not request.group_id.strip(), "GroupId can't be empty."),
        (request.instance_id is not None and not request.instance_id.strip(), "InstanceId can't be empty."),
        (request.rack_id is not None and not request.rack_id.strip(), "RackId can't be empty."),
        (epoch == 0 and request.rebalance_timeout_ms == -1, "RebalanceTimeoutMs must be provided in first request."),
        (
            epoch == 0 and (request.topic_partitions is None or bool(request.topic_partitions)),
            "TopicPartitions must be empty when (re-)joining.",
        ),
        (
            epoch == 0 and request.subscribed_topic_names is None and request.subscribed_topic_regex is None,
            "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.",
        ),
        (epoch == STATIC_LEAVE_EPOCH and request.instance_id is None, "InstanceId can't be null."),
        (epoch < STATIC_LEAVE_EPOCH, "MemberEpoch is invalid."),
    )
    for is_wrong, text in problems:
        if is_wrong:
            raise KafkaError(errors.INVALID_REQUEST, text)
    if request.server_assignor is not None and request.server_assignor not in ASSIGNORS:
        text = (
            f"ServerAssignor {request.server_assignor} is not supported. Supported assignors: {', '.join(ASSIGNORS)}."
        )
        raise KafkaError(errors.UNSUPPORTED_ASSIGNOR, text)
