"""What a group's state machine asks its driver to do: answer a request, set or stop a timer, write a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from kcli.group.log_records import Record
from kcli.group.member import Member


class Timer(NamedTuple):
    """The name of one of a group's timers; setting it again moves it."""

    kind: str
    member_id: str = ""


JOIN_TIMER = Timer("join")
SYNC_TIMER = Timer("sync")


def session_timer(member_id: str) -> Timer:
    return Timer("session", member_id)


def rebalance_timer(member_id: str) -> Timer:
    return Timer("rebalance", member_id)


def rejoin_timer(member_id: str) -> Timer:
    """A classic member of a consumer group has been told to join again."""
    return Timer("rejoin", member_id)


def resync_timer(member_id: str) -> Timer:
    """A classic member of a consumer group has joined, and is to fetch its assignment."""
    return Timer("resync", member_id)


def heartbeat_timer(member_id: str) -> Timer:
    return Timer("heartbeat", member_id)


@dataclass(frozen=True)
class Answer:
    """`waiter` is what the request was handed in with."""

    waiter: Any
    response: Any


@dataclass(frozen=True)
class StartTimer:
    timer: Timer
    delay_ms: int


@dataclass(frozen=True)
class StopTimer:
    timer: Timer


@dataclass(frozen=True)
class AssignmentWritten:
    """The leader's assignment is in the log: the generation it was made for may become stable."""

    generation: int
    assignments: dict[str, bytes]


@dataclass(frozen=True)
class StaticMemberWritten:
    """A static member has come back under a new id without a rebalance, and the log knows."""

    member_id: str
    previous: Any  # the Member as it was before, to go back to when the write is refused
    previous_leader: str | None
    skip_assignment: bool  # whether the client understands that flag (JoinGroup v9)


@dataclass(frozen=True)
class Write:
    """Append `record`; if `then` is not None, report back with it once the record is committed or refused."""

    record: Record
    then: AssignmentWritten | StaticMemberWritten | None = None


@dataclass(frozen=True)
class Append:
    """Append the records of one request as one batch; the group has taken them in already."""

    records: list[Record]


@dataclass(frozen=True)
class Downgrade:
    """The consumer group has only classic members left: it goes on as a classic group."""

    tombstones: list[Record]
    generation: int
    members: list[Member]
    rebalances: bool
    """a member has gone; otherwise one has taken another's place, and the rest stays as it is"""


Effect = Downgrade | Answer | StartTimer | StopTimer | Write | Append
