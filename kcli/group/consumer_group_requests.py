"""Requests for consumer groups of KIP-848, on a live shard: which group it is, and who may have its id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from kcli.group import log_records
from kcli.group.classic_group import Join
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


def heartbeat(live: LiveShard, request: Any, client: Client, now_ms: int) -> Any | Awaitable[Any]:
    """ConsumerGroupHeartbeat: the response, or a future of it. Raises KafkaError where nothing was done."""
    waiter = asyncio.get_running_loop().create_future()
    if request.member_epoch in _LEAVING:
        group = known_group(live.shard, request.group_id)
        live.run(group, group.leave(request, waiter))
        return _answer(waiter)
    group, replaced = _group(live.shard, request)
    effects = group.heartbeat(request, client, uuid.to_text(uuid.random()), waiter, now_ms)
    classic = live.shard.groups.pop(request.group_id, None)
    if classic is not None:
        live.run(classic, classic.upgraded())
        effects += group.session_timers(without=request.member_id)
    live.shard.consumers[request.group_id] = group
    live.run(group, _behind(replaced, effects))
    return _answer(waiter)


def leave(live: LiveShard, group: MixedGroup, request: Any) -> Any | Awaitable[Any]:
    """LeaveGroup: an admin takes members out."""
    waiter = asyncio.get_running_loop().create_future()
    live.run(group, group.remove(request.members, waiter))
    return _answer(waiter)


def join(live: LiveShard, group: MixedGroup, request: Join, now_ms: int) -> Any | Awaitable[Any]:
    """JoinGroup of a member that speaks the classic protocol."""
    waiter = asyncio.get_running_loop().create_future()
    fresh = replace(request, fresh_member_id=uuid.to_text(uuid.random()))
    live.run(group, group.join(fresh, waiter, now_ms))
    return _answer(waiter)


def sync(live: LiveShard, group: MixedGroup, request: Any) -> Any | Awaitable[Any]:
    """SyncGroup of such a member."""
    waiter = asyncio.get_running_loop().create_future()
    live.run(group, group.sync(request, waiter))
    return _answer(waiter)


def classic_heartbeat(live: LiveShard, group: MixedGroup, request: Any) -> Any | Awaitable[Any]:
    """Heartbeat of such a member."""
    waiter = asyncio.get_running_loop().create_future()
    live.run(group, group.classic_heartbeat(request, waiter))
    return _answer(waiter)


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


def _answer(waiter: asyncio.Future[Any]) -> Any | Awaitable[Any]:
    return waiter.result() if waiter.done() else waiter
