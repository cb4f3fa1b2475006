"""The rebalance of a classic group: collect joins, begin a generation, hand out what the leader assigned.

The part of the state machine that requests do not see; `classic_group` holds its events.
"""

from __future__ import annotations

from typing import Any

from kcli.group.effects import (
    JOIN_TIMER,
    SYNC_TIMER,
    Answer,
    Effect,
    StartTimer,
    StopTimer,
    Write,
    heartbeat_timer,
)
from kcli.group.member import Member
from kcli.group.membership import Membership, State
from kcli.group.settings import GroupSettings
from kcli.wire import errors, messages


class Rebalance(Membership):
    """Emits effects, which the event that caused them takes along."""

    def __init__(self, group_id: str, settings: GroupSettings, now_ms: int) -> None:
        super().__init__(group_id, now_ms)
        self._settings = settings
        self._now = now_ms
        self._effects: list[Effect] = []
        self._member_added = False  # since the initial delay was last extended
        self._initial_delay = (0, 0)  # this delay, and what may be added to it in all

    # Joins

    @property
    def _in_initial_rebalance(self) -> bool:
        return self.state is State.PREPARING_REBALANCE and self.previous_state is State.EMPTY

    def _rebalance_or_complete_join(self) -> None:
        if self.can_rebalance:
            self._prepare_rebalance()
        else:
            self._complete_join_if_all_joined()

    def _complete_join_if_all_joined(self) -> None:
        """The first rebalance of a group waits for its delay in any case."""
        if self.state is State.PREPARING_REBALANCE and not self._in_initial_rebalance and self.all_joined:
            self._complete_join()

    def _prepare_rebalance(self) -> None:
        if self.state is State.COMPLETING_REBALANCE:
            self._withdraw_assignment(errors.REBALANCE_IN_PROGRESS)
        self.pending_sync.clear()
        self._emit(StopTimer(SYNC_TIMER))
        if self.state is State.EMPTY:
            delay = self._settings.group_initial_rebalance_delay_ms
            self._start_initial_delay(delay, max(self.rebalance_timeout_ms - delay, 0))
            self.transition(State.PREPARING_REBALANCE, self._now)
            return
        self.transition(State.PREPARING_REBALANCE, self._now)
        if self.all_joined:
            self._complete_join()
        else:
            self._emit(StartTimer(JOIN_TIMER, self.rebalance_timeout_ms))

    def _start_initial_delay(self, delay_ms: int, remaining_ms: int) -> None:
        self._initial_delay = delay_ms, remaining_ms
        self._emit(StartTimer(JOIN_TIMER, delay_ms))

    def _expire_join(self) -> None:
        if self.state is not State.PREPARING_REBALANCE:
            return
        delay, remaining = self._initial_delay
        if self._in_initial_rebalance and self._member_added and remaining:
            self._member_added = False
            extension = min(self._settings.group_initial_rebalance_delay_ms, remaining)
            self._start_initial_delay(extension, max(remaining - delay, 0))
        else:
            self._complete_join()

    def _complete_join(self) -> None:
        self._emit(StopTimer(JOIN_TIMER))
        for member in list(self.members.values()):
            if member.join_waiter is None and not member.is_static:
                self.remove(member.member_id)
                self._emit(StopTimer(heartbeat_timer(member.member_id)))
        if not self.elect_joined_leader() and self.members:
            # Only static members are left and none has come back: wait until their sessions are over.
            self._emit(StartTimer(JOIN_TIMER, self.rebalance_timeout_ms))
            return
        self.begin_generation(self._now)
        if self.state is State.EMPTY:
            self._emit(Write(self.record({})))
            return
        for member in self.members.values():
            waiter = self.release_join(member)
            if waiter is not None:
                self._answer_join(waiter, member, with_members=self.leader == member.member_id)
            self._restart_session(member)
            member.is_new = False
            self.pending_sync.add(member.member_id)
        self._emit(StartTimer(SYNC_TIMER, self.rebalance_timeout_ms))

    # Assignments

    def _hand_out(self, assignments: dict[str, bytes]) -> None:
        for member in self.members.values():
            member.assignment = assignments.get(member.member_id, b"")
            self._answer_sync(member, errors.NONE)

    def _withdraw_assignment(self, error: int) -> None:
        for member in self.members.values():
            member.assignment = b""
            self._answer_sync(member, error)

    # Effects

    def _emit(self, effect: Effect) -> None:
        self._effects.append(effect)

    def _take_effects(self) -> list[Effect]:
        taken, self._effects = self._effects, []
        return taken

    def _restart_session(self, member: Member) -> None:
        self._emit(StartTimer(heartbeat_timer(member.member_id), member.session_timeout_ms))

    def _assignments(self) -> dict[str, bytes]:
        return {member.member_id: member.assignment for member in self.members.values()}

    def _refuse_join(self, waiter: Any, member_id: str, error: int) -> None:
        if waiter is not None:
            self._emit(Answer(waiter, messages.JoinGroupResponse(member_id=member_id, error_code=error)))

    def _answer_join(
        self,
        waiter: Any,
        member: Member,
        *,
        with_members: bool = False,
        skip_assignment: bool = False,
        leader: str | None = None,
    ) -> None:
        response = messages.JoinGroupResponse(
            member_id=member.member_id,
            generation_id=self.generation,
            protocol_type=self.protocol_type,
            protocol_name=self.protocol_name,
            leader=leader or self.leader,
            skip_assignment=skip_assignment,
            members=self._joined_members() if with_members else [],
        )
        self._emit(Answer(waiter, response))

    def _joined_members(self) -> list[Any]:
        return [
            messages.JoinGroupResponse.JoinGroupResponseMember(
                member_id=member.member_id,
                group_instance_id=member.instance_id,
                metadata=member.metadata(self.protocol_name),
            )
            for member in self.members.values()
        ]

    def _sync_response(self, member: Member) -> Any:
        return messages.SyncGroupResponse(
            protocol_type=self.protocol_type, protocol_name=self.protocol_name, assignment=member.assignment
        )

    def _answer_sync(self, member: Member, error: int) -> None:
        """Answer a waiting SyncGroup; its session starts anew, because a session that ended in the wait was ignored."""
        waiter, member.sync_waiter = member.sync_waiter, None
        if waiter is None:
            return
        refused = error != errors.NONE
        response = messages.SyncGroupResponse(error_code=error) if refused else self._sync_response(member)
        self._emit(Answer(waiter, response))
        if member.member_id in self.members and self.state is not State.DEAD:
            self._restart_session(member)
