"""Requests for consumer groups of KIP-848, on a live shard: which group it is, and who may have its id."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from kcli.group import log_records
from kcli.group.consumer_group import ConsumerGroup
from kcli.group.consumer_group_events import Client, check_request
from kcli.group.consumer_group_member import LEAVE_EPOCH, STATIC_LEAVE_EPOCH
from kcli.group.effects import Append, Effect
from kcli.group.live_shard import LiveShard
from kcli.group.log_records import Record
from kcli.group.membership import State
from kcli.group.mixed_group import MixedGroup
from kcli.group.shard import Shard
from kcli.wire import errors, uuid
from kcli.wire.errors import KafkaError

_LEAVING = (LEAVE_EPOCH, STATIC_LEAVE_EPOCH)

__all__ = ["Client", "check_request", "describe", "heartbeat"]


def heartbeat(live: LiveShard, request: Any, client: Client) -> Any | Awaitable[Any]:
    """ConsumerGroupHeartbeat: the response, or a future of it. Raises KafkaError where nothing was done."""
    if request.member_epoch in _LEAVING:
        known = known_group(live.shard, request.group_id)
        return live.ask(known, lambda waiter, now: known.leave(request, waiter))
    group, replaced = _group(live.shard, request)

    def event(waiter: Any, now: int) -> list[Effect]:
        effects = group.heartbeat(request, client, uuid.to_text(uuid.random()), waiter, now)
        classic = live.shard.groups.pop(request.group_id, None)
        if classic is not None:
            live.run(classic, classic.upgraded())
            effects += group.session_timers(without=request.member_id)
        live.shard.consumers[request.group_id] = group
        return _behind(replaced, effects)

    return live.ask(group, event)


def known_group(shard: Shard, group_id: str) -> MixedGroup:
    group = shard.consumers.get(group_id)
    if group is not None:
        return group
    exists = group_id in shard.groups or group_id in shard.foreign
    text = f"Group {group_id} is not a consumer group." if exists else f"Group {group_id} not found."
    raise KafkaError(errors.GROUP_ID_NOT_FOUND, text)


def describe(shard: Shard, group_id: str) -> Any:
    """A messages.ConsumerGroupDescribeResponse.DescribedGroup; raises GROUP_ID_NOT_FOUND."""
    group: ConsumerGroup = known_group(shard, group_id)
    return group.describe()


def _group(shard: Shard, request: Any) -> tuple[MixedGroup, list[Record]]:
    """The group, a new one for a member that joins, and the tombstones of an empty group that gives it its id."""
    group_id, joins = request.group_id, request.member_epoch == 0
    known = shard.consumers.get(group_id)
    if known is not None:
        return known, []
    classic, foreign = shard.groups.get(group_id), shard.foreign.get(group_id)
    if classic is None and foreign is None:
        if not joins:
            raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Consumer group {group_id} not found.")
        return shard.new_consumer_group(group_id), []
    if joins and classic is not None and classic.state is State.EMPTY:
        return shard.new_consumer_group(group_id), [log_records.group_tombstone(group_id)]
    if not joins or classic is None:
        raise KafkaError(errors.GROUP_ID_NOT_FOUND, f"Group {group_id} is not a consumer group.")
    group = shard.new_consumer_group(group_id)
    return group, [log_records.group_tombstone(group_id), *group.take_over(classic)]


def _behind(records: list[Record], effects: list[Effect]) -> list[Effect]:
    """Put records in front of those that the effects begin with."""
    first = effects[0]
    assert isinstance(first, Append)
    return [Append([*records, *first.records]), *effects[1:]] if records else effects
