"""A classic consumer group (KIP-62, 345, 394, 814): the rebalance protocol as a pure state machine.

Requests, expired timers and finished writes go in; effects come out, to be carried out in their order. No socket and
no clock is known here: a request that waits is an opaque `waiter`, time is passed in. The states are Kafka's:

    Empty -> PreparingRebalance -> CompletingRebalance -> Stable, and back to PreparingRebalance when anything changes.

A rebalance collects JoinGroups (at first for group.initial.rebalance.delay.ms, later until all known members are back
or the longest rebalance timeout is over), starts a generation, and waits for the leader's assignment, which is written
to the log before any member hears of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kcli.group.effects import (
    JOIN_TIMER,
    SYNC_TIMER,
    Answer,
    AssignmentWritten,
    Effect,
    StartTimer,
    StaticMemberWritten,
    StopTimer,
    Timer,
    Write,
    heartbeat_timer,
)
from kcli.group.member import Member, Protocols
from kcli.group.membership import State
from kcli.group.rebalance import Rebalance
from kcli.group.settings import NEW_MEMBER_JOIN_TIMEOUT_MS
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

NO_MEMBER_ID = ""


@dataclass(frozen=True)
class Join:
    """A JoinGroup, of whatever version. `fresh_member_id` is the id to give to a member that has none."""

    member_id: str
    instance_id: str | None
    protocol_type: str
    protocols: Protocols
    session_timeout_ms: int
    rebalance_timeout_ms: int
    client_id: str
    client_host: str
    fresh_member_id: str
    requires_known_id: bool  # v4: a member has to come back with the id it was given (KIP-394)
    knows_skip_assignment: bool  # v9 (KIP-814)


class ClassicGroup(Rebalance):
    """Every public method below that takes `now_ms` is an event and returns its effects."""

    # Events: requests

    def join(self, request: Join, waiter: Any, now_ms: int) -> list[Effect]:
        self._now = now_ms
        if not self._has_room_for(request.member_id):
            self.remove(request.member_id)
            self._refuse_join(waiter, NO_MEMBER_ID, errors.GROUP_MAX_SIZE_REACHED)
        elif self.state is State.DEAD:
            self._refuse_join(waiter, request.member_id, errors.COORDINATOR_NOT_AVAILABLE)
        elif not self.supports(request.protocol_type, request.protocols):
            self._refuse_join(waiter, request.member_id, errors.INCONSISTENT_GROUP_PROTOCOL)
        elif not request.member_id:
            self._join_new(request, waiter)
        else:
            self._join_existing(request, waiter)
        return self._take_effects()

    def sync(self, request: Any, waiter: Any, now_ms: int) -> list[Effect]:
        """`request` is a messages.SyncGroupRequest."""
        self._now = now_ms
        error = self._check_sync(request)
        if error is None and self.state is State.PREPARING_REBALANCE:
            error = errors.REBALANCE_IN_PROGRESS
        if error is not None:
            self._emit(Answer(waiter, messages.SyncGroupResponse(error_code=error)))
        else:
            self._receive_sync(request, waiter)
        return self._take_effects()

    def heartbeat(self, request: Any, waiter: Any, now_ms: int) -> list[Effect]:
        """`request` is a messages.HeartbeatRequest. A heartbeat counts even while the group rebalances."""
        self._now = now_ms
        error = errors.NONE
        try:
            if self.state is State.DEAD:
                raise KafkaError(errors.COORDINATOR_NOT_AVAILABLE)
            self.check_member(request.member_id, request.group_instance_id)
            if request.generation_id != self.generation:
                raise KafkaError(errors.ILLEGAL_GENERATION)
            self._restart_session(self.members[request.member_id])
            if self.state is State.PREPARING_REBALANCE:
                error = errors.REBALANCE_IN_PROGRESS
        except KafkaError as refused:
            error = refused.code
        self._emit(Answer(waiter, messages.HeartbeatResponse(error_code=error)))
        return self._take_effects()

    def leave(self, leaving: list[Any], waiter: Any, now_ms: int) -> list[Effect]:
        """`leaving` are LeaveGroupRequest.MemberIdentity; a static member may be named by its instance alone."""
        self._now = now_ms
        if self.state is State.DEAD:
            self._emit(Answer(waiter, messages.LeaveGroupResponse(error_code=errors.COORDINATOR_NOT_AVAILABLE)))
            return self._take_effects()
        answered = [
            messages.LeaveGroupResponse.MemberResponse(
                member_id=identity.member_id,
                group_instance_id=identity.group_instance_id,
                error_code=self._remove_leaving(identity.member_id, identity.group_instance_id),
            )
            for identity in leaving
        ]
        if any(member.error_code == errors.NONE for member in answered):
            self._after_departure()
        self._emit(Answer(waiter, messages.LeaveGroupResponse(members=answered)))
        return self._take_effects()

    def keep_alive(self, member_id: str) -> list[Effect]:
        """A commit shows that its member lives, while heartbeats are what is expected of it."""
        member = self.members.get(member_id)
        if member is not None and self.state in (State.STABLE, State.PREPARING_REBALANCE):
            self._restart_session(member)
        return self._take_effects()

    # Events: time, the log, the coordinator

    def expire(self, timer: Timer, now_ms: int) -> list[Effect]:
        self._now = now_ms
        if self.state is State.DEAD:
            pass
        elif timer == JOIN_TIMER:
            self._expire_join()
        elif timer == SYNC_TIMER:
            self._expire_sync()
        else:
            self._expire_session(timer.member_id)
        return self._take_effects()

    def written(self, what: AssignmentWritten | StaticMemberWritten, error: int | None, now_ms: int) -> list[Effect]:
        """A record has been committed, or refused with an error, in which case the log is as it was."""
        self._now = now_ms
        if isinstance(what, StaticMemberWritten):
            self._finish_static_rejoin(what, error)
        elif self.state is State.COMPLETING_REBALANCE and what.generation == self.generation:
            # Otherwise the group has moved on while the record was being written, and nobody waits for it.
            if error is not None:
                self._withdraw_assignment(error)
                self._rebalance_or_complete_join()
            else:
                self._hand_out(what.assignments)
                self.transition(State.STABLE, self._now)
        return self._take_effects()

    def loaded(self, now_ms: int) -> list[Effect]:
        """The group has been read back from the log: its members have a whole session to show up."""
        self._now = now_ms
        for member in self.members.values():
            self._restart_session(member)
        if len(self.members) > self._settings.group_max_size:
            self._prepare_rebalance()
        return self._take_effects()

    def downgraded(self, now_ms: int, *, rebalances: bool) -> list[Effect]:
        """The group has just taken over the members of a consumer group."""
        self._now = now_ms
        for member in self.members.values():
            self._restart_session(member)
        if rebalances:
            self._prepare_rebalance()
        return self._take_effects()

    def upgraded(self) -> list[Effect]:
        """A consumer group goes on with the members: those who wait are to join that."""
        for member in self.members.values():
            self._refuse_join(self.release_join(member), member.member_id, errors.REBALANCE_IN_PROGRESS)
            waiter, member.sync_waiter = member.sync_waiter, None
            if waiter is not None:
                self._emit(Answer(waiter, messages.SyncGroupResponse(error_code=errors.REBALANCE_IN_PROGRESS)))
        timers = [heartbeat_timer(member_id) for member_id in (*self.members, *self.pending_join)]
        return [*self._take_effects(), *map(StopTimer, (JOIN_TIMER, SYNC_TIMER, *timers))]

    def die(self, error: int, now_ms: int) -> list[Effect]:
        """The coordinator gives the group up: everybody who waits is told."""
        self.transition(State.DEAD, now_ms)
        for member in self.members.values():
            self._refuse_join(self.release_join(member), member.member_id, error)
            self._answer_sync(member, error)
        return self._take_effects()

    # Joining

    def _has_room_for(self, member_id: str) -> bool:
        """In a rebalance those who are already waiting count, so that the last to come are turned away."""
        member = self.members.get(member_id)
        if self.state is State.PREPARING_REBALANCE:
            waiting = member is not None and member.join_waiter is not None
            return waiting or self.joining_count < self._settings.group_max_size
        if self.state in (State.COMPLETING_REBALANCE, State.STABLE):
            return member is not None or len(self.members) < self._settings.group_max_size
        return True

    def _join_new(self, request: Join, waiter: Any) -> None:
        if request.instance_id is not None and request.instance_id in self.static_members:
            self._rejoin_static(request, waiter)
        elif request.instance_id is None and request.requires_known_id:
            self.pending_join.add(request.fresh_member_id)
            self._emit(StartTimer(heartbeat_timer(request.fresh_member_id), request.session_timeout_ms))
            self._refuse_join(waiter, request.fresh_member_id, errors.MEMBER_ID_REQUIRED)
        else:
            self._add_member(request, request.fresh_member_id, waiter)

    def _join_existing(self, request: Join, waiter: Any) -> None:
        if request.member_id in self.pending_join:
            if request.instance_id is not None:  # only dynamic members are ever pending
                self._refuse_join(waiter, request.member_id, errors.UNKNOWN_SERVER_ERROR)
            else:
                self._add_member(request, request.member_id, waiter)
            return
        try:
            self.check_member(request.member_id, request.instance_id)
        except KafkaError as refused:
            self._refuse_join(waiter, request.member_id, refused.code)
            return
        member = self.members[request.member_id]
        unchanged = member.protocols == request.protocols
        if self.state is State.EMPTY:
            self._refuse_join(waiter, request.member_id, errors.UNKNOWN_MEMBER_ID)
        elif unchanged and self.state is State.COMPLETING_REBALANCE:
            # It may have missed the answer to its first JoinGroup.
            self._answer_join(waiter, member, with_members=self.leader == member.member_id)
        elif unchanged and self.state is State.STABLE and self.leader != member.member_id:
            self._answer_join(waiter, member)
        else:
            # A leader that rejoins a stable group asks for a rebalance, for instance because a topic has grown.
            self._update_member(member, request, waiter)
            self._rebalance_or_complete_join()

    def _add_member(self, request: Join, member_id: str, waiter: Any) -> None:
        member = Member(
            member_id=member_id,
            instance_id=request.instance_id,
            client_id=request.client_id,
            client_host=request.client_host,
            rebalance_timeout_ms=request.rebalance_timeout_ms,
            session_timeout_ms=request.session_timeout_ms,
            protocol_type=request.protocol_type,
            protocols=request.protocols,
            is_new=True,
        )
        if self._in_initial_rebalance:
            self._member_added = True
        self.add(member)
        self.await_join(member, waiter)
        self._emit(StartTimer(heartbeat_timer(member_id), NEW_MEMBER_JOIN_TIMEOUT_MS))
        self._rebalance_or_complete_join()

    def _update_member(self, member: Member, request: Join, waiter: Any) -> None:
        self.update(member, request.protocols, request.rebalance_timeout_ms, request.session_timeout_ms)
        self.await_join(member, waiter)

    def _rejoin_static(self, request: Join, waiter: Any) -> None:
        """A static member has restarted. Whoever still waits under its old id is fenced; a stable group stays stable
        unless the protocol it would choose next is another one."""
        assert request.instance_id is not None
        old = self.members[self.static_members[request.instance_id]]
        previous, previous_leader = replace(old, join_waiter=None, sync_waiter=None), self.leader
        self._refuse_join(self.release_join(old), old.member_id, errors.FENCED_INSTANCE_ID)
        member = self.rename(old, request.fresh_member_id)
        self._answer_sync(old, errors.FENCED_INSTANCE_ID)
        self._emit(StopTimer(heartbeat_timer(old.member_id)))
        self._restart_session(member)
        self._update_member(member, request, waiter)
        if self.state is State.STABLE and self.select_protocol() == self.protocol_name:
            done = StaticMemberWritten(member.member_id, previous, previous_leader, request.knows_skip_assignment)
            self._emit(Write(self.record(self._assignments()), done))
        elif self.state is State.COMPLETING_REBALANCE:
            # The leader may have been given the old id already; its assignment would miss the new one.
            self._prepare_rebalance()
        else:
            self._rebalance_or_complete_join()

    def _finish_static_rejoin(self, what: StaticMemberWritten, error: int | None) -> None:
        member = self.members.get(what.member_id)
        if member is None or member.join_waiter is None or self.state is not State.STABLE:
            return  # a rebalance has begun in the meantime, and answers or has answered the member
        waiter = self.release_join(member)
        if error is not None:
            back = self.rename(member, what.previous.member_id)
            self.update(
                back, what.previous.protocols, what.previous.rebalance_timeout_ms, what.previous.session_timeout_ms
            )
            self._restart_session(back)
            self._refuse_join(waiter, NO_MEMBER_ID, error)
        elif what.skip_assignment:
            leads = self.leader == member.member_id
            self._answer_join(waiter, member, with_members=leads, skip_assignment=leads)
        else:
            # It is told of the former leader, itself included, so that it does not assign anything.
            self._answer_join(waiter, member, leader=what.previous_leader)

    # Syncing

    def _check_sync(self, request: Any) -> int | None:
        if self.state is State.DEAD:
            return errors.COORDINATOR_NOT_AVAILABLE
        if self.state is State.EMPTY:
            return errors.UNKNOWN_MEMBER_ID
        try:
            self.check_member(request.member_id, request.group_instance_id)
        except KafkaError as refused:
            return refused.code
        if request.generation_id != self.generation:
            return errors.ILLEGAL_GENERATION
        asked = ((request.protocol_type, self.protocol_type), (request.protocol_name, self.protocol_name))
        if any(theirs is not None and ours is not None and theirs != ours for theirs, ours in asked):
            return errors.INCONSISTENT_GROUP_PROTOCOL
        return None

    def _receive_sync(self, request: Any, waiter: Any) -> None:
        member = self.members[request.member_id]
        self.pending_sync.discard(member.member_id)
        if not self.pending_sync:
            self._emit(StopTimer(SYNC_TIMER))
        if self.state is State.STABLE:
            self._emit(Answer(waiter, self._sync_response(member)))
            return
        member.sync_waiter = waiter
        if self.leader == member.member_id:
            given = {assignment.member_id: assignment.assignment for assignment in request.assignments}
            assignments = {member_id: given.get(member_id, b"") for member_id in self.members}
            self._emit(Write(self.record(assignments), AssignmentWritten(self.generation, assignments)))

    def _expire_sync(self) -> None:
        if self.state not in (State.COMPLETING_REBALANCE, State.STABLE) or not self.pending_sync:
            return
        for member_id in list(self.pending_sync):
            self.remove(member_id)
            self._emit(StopTimer(heartbeat_timer(member_id)))
        self._prepare_rebalance()

    # Members that go

    def _remove_leaving(self, member_id: str, instance_id: str | None) -> int:
        if not member_id:
            if instance_id is None or instance_id not in self.static_members:
                return errors.UNKNOWN_MEMBER_ID
            member_id = self.static_members[instance_id]
        elif member_id not in self.pending_join:
            try:
                self.check_member(member_id, instance_id)
            except KafkaError as refused:
                return refused.code
        self._emit(StopTimer(heartbeat_timer(member_id)))
        self._drop(member_id)
        return errors.NONE

    def _expire_session(self, member_id: str) -> None:
        if member_id in self.pending_join:
            self.remove(member_id)
            if self.state is State.PREPARING_REBALANCE and self.all_joined:
                self._complete_join()
        elif member_id in self.members and not self.members[member_id].satisfies_heartbeat:
            self._drop(member_id)
            if self.state is State.PREPARING_REBALANCE and self.all_joined:
                self._complete_join()
            elif self.state is not State.PREPARING_REBALANCE:
                self._after_departure()

    def _drop(self, member_id: str) -> None:
        """Remove a member; if it waits for a join after all, it is told to start over."""
        member = self.members.get(member_id)
        if member is not None:
            self._refuse_join(self.release_join(member), NO_MEMBER_ID, errors.UNKNOWN_MEMBER_ID)
        self.remove(member_id)
        if member is not None:
            self._answer_sync(member, errors.UNKNOWN_MEMBER_ID)

    def _after_departure(self) -> None:
        if self.state in (State.STABLE, State.COMPLETING_REBALANCE):
            self._prepare_rebalance()
        else:
            self._complete_join_if_all_joined()
