"""The group coordinator: finds a group's live shard, and turns requests into events of its state machine.

Keeps one live shard for every partition of `__consumer_offsets` that this broker leads. Requests and responses are the
wire's messages; what is refused as a whole is raised as a KafkaError, which the API module puts where its response has
room for it. Topics come resolved (name, id) and known to exist: that is the API's part.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kcli.clock import Clock
from kcli.group import consumer_group_requests, log_records
from kcli.group.classic_group import ClassicGroup, Join
from kcli.group.consumer_group_events import Client
from kcli.group.consumer_group_metadata import GroupMetadata
from kcli.group.effects import Timer, Write
from kcli.group.live_shard import LiveShard, coordinator_error
from kcli.group.membership import CONSUMER_PROTOCOL_TYPE, State
from kcli.group.mixed_group import MixedGroup
from kcli.group.offsets import Offset
from kcli.group.partitioner import partition_for
from kcli.group.settings import GroupSettings
from kcli.group.shard import Shard
from kcli.group.store import NO_PRODUCER_ID, Store, StoredRecord
from kcli.group.timers import Scheduler, TimerService
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.metadata.keeper import Keeper

__all__ = ["NO_PRODUCER_ID", "OFFSETS_TOPIC", "GroupCoordinator", "Store", "StoredRecord"]

OFFSETS_TOPIC = "__consumer_offsets"

_log = logging.getLogger(__name__)
_RETENTION_TIMER = "offsets.retention.check"
_TOPIC_RECORDS = frozenset(("TopicRecord", "RemoveTopicRecord", "PartitionRecord", "PartitionChangeRecord"))

TopicPartition = tuple[str, int]


class GroupCoordinator:
    """Runs on the broker's event loop; `scheduler` is that loop, or a test's."""

    def __init__(
        self, settings: GroupSettings, clock: Clock, store: Store, scheduler: Scheduler, metadata: GroupMetadata
    ) -> None:
        self.settings = settings
        self._metadata = metadata
        self._clock = clock
        self._store = store
        self._timers = TimerService(clock, scheduler, self._fire)
        self._shards: dict[int, LiveShard] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._partition_count: int | None = None

    # Life

    def start(self) -> None:
        """Begin to load every partition that is led now; their groups answer COORDINATOR_LOAD_IN_PROGRESS meanwhile."""
        self._timers.start(_RETENTION_TIMER, self.settings.offsets_retention_check_interval_ms)
        for partition in sorted(self._store.led_partitions()):
            self.elected(partition)

    def elected(self, partition: int) -> None:
        """This broker leads a partition of the topic from now on."""
        self.resigned(partition)
        shard = LiveShard(
            partition, self.settings, self._metadata, self._clock, self._store, self._timers, self._reload
        )
        self._shards[partition] = shard
        self._spawn(self._load(shard))

    def resigned(self, partition: int) -> None:
        """It does not any more."""
        shard = self._shards.pop(partition, None)
        if shard is not None:
            shard.close(errors.NOT_COORDINATOR)

    async def loaded(self) -> None:
        """Wait until no partition is being loaded and nothing is being tidied."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Finish what is being written, then give up every partition."""
        self._timers.close()
        for shard in list(self._shards.values()):
            try:
                await shard.settled()
            except KafkaError as error:
                _log.warning("%s-%d: %s", OFFSETS_TOPIC, shard.partition, error.message)
        for partition in list(self._shards):
            self.resigned(partition)
        for task in list(self._tasks):
            task.cancel()

    def _reload(self, failed: LiveShard) -> None:
        if self._shards.get(failed.partition) is failed:
            self.elected(failed.partition)

    async def _load(self, shard: LiveShard) -> None:
        try:
            await shard.load()
        except Exception:
            _log.exception("%s-%d cannot be loaded", OFFSETS_TOPIC, shard.partition)
            if self._shards.get(shard.partition) is shard:
                self.resigned(shard.partition)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fire(self, key: Any) -> None:
        if key == _RETENTION_TIMER:
            self._timers.start(_RETENTION_TIMER, self.settings.offsets_retention_check_interval_ms)
            self._spawn(self._tidy(lambda shard: shard.expired(self._clock.time_ms())))
            return
        shard, group_id, timer = key
        assert isinstance(shard, LiveShard) and isinstance(timer, Timer)
        shard.expire(group_id, timer)

    async def _tidy(self, tombstones: Callable[[Shard], list[log_records.Record]]) -> None:
        """Write the tombstones that each loaded shard has to write, one shard after the other."""
        for live in list(self._shards.values()):
            if live.loading or live.closed:
                continue
            try:
                await live.append_all(tombstones(live.shard))
            except KafkaError as error:
                _log.warning("%s-%d: %s", OFFSETS_TOPIC, live.partition, error.message)

    def follow(self, keeper: Keeper) -> None:
        """Forget the offsets of topics as they are deleted from the cluster's metadata, and let groups look at others
        as they change."""

        def on_records(records: Sequence[Any]) -> None:
            removed = [bytes(record.topic_id) for record in records if record.NAME == "RemoveTopicRecord"]
            self.topics_deleted(removed, keeper.image.topics.__contains__)
            changed = [record for record in records if record.NAME in _TOPIC_RECORDS]
            if changed:
                self._topics_changed(changed)

        keeper.add_listener(on_records)

    def topics_deleted(self, topic_ids: Iterable[bytes], exists: Callable[[str], bool]) -> None:
        """Forget the offsets of deleted topics; those committed before topics had ids go by the name."""
        deleted = frozenset(topic_ids)

        def gone(topic: str, offset: Offset) -> bool:
            return not exists(topic) if offset.topic_id == uuid.ZERO else offset.topic_id in deleted

        if deleted:
            self._spawn(self._tidy(lambda shard: shard.of_deleted_topics(gone)))

    def _topics_changed(self, records: list[Any]) -> None:
        if any(record.NAME == "TopicRecord" for record in records):
            self._metadata.topics_added()
        for live in self._shards.values():
            for group in live.shard.consumers.values():
                group.metadata_is_stale = True

    # Finding a group

    def partition_of(self, group_id: str) -> int:
        """The partition of `__consumer_offsets` that has the group; its leader is the group's coordinator."""
        if self._partition_count is None:
            self._partition_count = self._store.partition_count()
        return partition_for(group_id, self._partition_count or self.settings.offsets_topic_num_partitions)

    def _live(self, group_id: str) -> LiveShard:
        live = self._shards.get(self.partition_of(group_id))
        if live is None:
            raise KafkaError(errors.NOT_COORDINATOR)
        if live.loading:
            raise KafkaError(errors.COORDINATOR_LOAD_IN_PROGRESS)
        return live

    def _loaded_shards(self) -> Iterator[LiveShard]:
        """Raises COORDINATOR_LOAD_IN_PROGRESS if there is one that is not."""
        for live in self._shards.values():
            if live.loading:
                raise KafkaError(errors.COORDINATOR_LOAD_IN_PROGRESS)
            yield live

    # Membership

    def join(self, request: Any, version: int, client_id: str, client_host: str) -> Any | Awaitable[Any]:
        """JoinGroup. Answered when the rebalance that it takes part in has collected its members."""
        _check_group_id(request.group_id)
        session = request.session_timeout_ms
        if not self.settings.group_min_session_timeout_ms <= session <= self.settings.group_max_session_timeout_ms:
            raise KafkaError(errors.INVALID_SESSION_TIMEOUT)
        live = self._live(request.group_id)
        join = Join(
            member_id=request.member_id,
            instance_id=request.group_instance_id,
            protocol_type=request.protocol_type,
            protocols=[(protocol.name, bytes(protocol.metadata)) for protocol in request.protocols],
            session_timeout_ms=session,
            rebalance_timeout_ms=session if version == 0 else request.rebalance_timeout_ms,
            client_id=client_id,
            client_host=client_host,
            fresh_member_id=f"{request.group_instance_id or client_id}-{_java_uuid()}",
            requires_known_id=version >= 4,
            knows_skip_assignment=version >= 9,
        )
        consumers = live.shard.consumers.get(request.group_id)
        if consumers is not None and consumers.members:
            mixed = replace(join, fresh_member_id=uuid.to_text(uuid.random()))  # as all members of such groups have
            return live.ask(consumers, lambda waiter, now: consumers.join(mixed, waiter, now))
        group = live.shard.groups.get(request.group_id)
        is_new = group is None
        if group is None:
            if request.member_id:
                raise KafkaError(errors.UNKNOWN_MEMBER_ID)
            self._take_over(live, request.group_id)
            group = live.shard.create(request.group_id, self._clock.time_ms())
        answer = live.ask(group, lambda waiter, now: group.join(join, waiter, now))
        if is_new:
            live.run(group, [Write(group.new_group_record())])
        return answer

    def _take_over(self, live: LiveShard, group_id: str) -> None:
        """A group of a newer protocol becomes a classic one, if it is empty."""
        consumers = live.shard.consumers.get(group_id)
        foreign = live.shard.foreign.get(group_id)
        if consumers is not None:
            live.append(consumers.tombstones())
        elif foreign is not None:
            live.append(foreign.tombstones())

    def sync(self, request: Any) -> Any | Awaitable[Any]:
        """SyncGroup. Answered when the leader's assignment is in the log."""
        live, group = self._member_group(request.group_id)
        return live.ask(group, lambda waiter, now: group.sync(request, waiter, now))

    def heartbeat(self, request: Any) -> Any | Awaitable[Any]:
        try:
            live, group = self._member_group(request.group_id)
        except KafkaError as error:
            if error.code == errors.COORDINATOR_LOAD_IN_PROGRESS:
                return messages.HeartbeatResponse()  # the member is to stay; its session starts when the group is there
            raise
        event = group.classic_heartbeat if isinstance(group, MixedGroup) else group.heartbeat
        return live.ask(group, lambda waiter, now: event(request, waiter, now))

    def leave(self, request: Any) -> Any | Awaitable[Any]:
        """LeaveGroup of a list of members; who leaves a group that is not there is as unknown as its group."""
        _check_group_id(request.group_id)
        live = self._live(request.group_id)
        consumers = live.shard.consumers.get(request.group_id)
        if consumers is not None:
            return live.ask(consumers, lambda waiter, now: consumers.remove(request.members, waiter))
        group = live.shard.groups.get(request.group_id)
        if group is None:
            return messages.LeaveGroupResponse(
                members=[
                    messages.LeaveGroupResponse.MemberResponse(
                        member_id=member.member_id,
                        group_instance_id=member.group_instance_id,
                        error_code=errors.UNKNOWN_MEMBER_ID,
                    )
                    for member in request.members
                ]
            )
        return live.ask(group, lambda waiter, now: group.leave(request.members, waiter, now))

    def _member_group(self, group_id: str) -> tuple[LiveShard, ClassicGroup | MixedGroup]:
        _check_group_id(group_id)
        live = self._live(group_id)
        group = live.shard.live_group(group_id)
        if group is None:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID)
        return live, group

    def consumer_heartbeat(self, request: Any, version: int, client: Client) -> Any | Awaitable[Any]:
        """ConsumerGroupHeartbeat (KIP-848). Answered when what it changes is in the log."""
        consumer_group_requests.check_request(request, version)
        live = self._live(request.group_id)
        return consumer_group_requests.heartbeat(live, request, client)

    # Offsets

    async def commit_offsets(self, request: Any, version: int) -> dict[TopicPartition, int]:
        """OffsetCommit: the error of each partition, by topic name. All of its offsets end up in one batch."""
        live = self._live(request.group_id)
        self._check_commit(live, request, version)
        now = self._clock.time_ms()
        retention = request.retention_time_ms
        result: dict[TopicPartition, int] = {}
        records = []
        for topic in request.topics:
            for partition in topic.partitions:
                key = topic.name, partition.partition_index
                metadata = partition.committed_metadata or ""
                if _java_length(metadata) > self.settings.offset_metadata_max_bytes:
                    result[key] = errors.OFFSET_METADATA_TOO_LARGE
                    continue
                result[key] = errors.NONE
                offset = Offset(
                    offset=partition.committed_offset,
                    leader_epoch=partition.committed_leader_epoch,
                    metadata=metadata,
                    commit_timestamp=now,
                    expire_timestamp=None if retention == -1 else now + retention,
                    topic_id=topic.topic_id,
                )
                version_written = self.settings.offset_value_version
                records.append(log_records.offset_commit(request.group_id, *key, offset, version_written))
        if records:
            await _done(live.append, records)
        return result

    def _check_commit(self, live: LiveShard, request: Any, version: int) -> None:
        """Generation -1 commits to any group without members, also to one that does not exist yet."""
        group = live.shard.groups.get(request.group_id)
        generation = request.generation_id_or_member_epoch
        if group is not None:
            group.check_offset_commit(request.member_id, request.group_instance_id, generation)
            live.run(group, group.keep_alive(request.member_id))
            return
        consumers = live.shard.consumers.get(request.group_id)
        if consumers is not None:
            partitions = [
                (bytes(topic.topic_id), p.partition_index) for topic in request.topics for p in topic.partitions
            ]
            consumers.check_offset_commit(request.member_id, generation, version, partitions)
            return
        if generation >= 0 and request.group_id in live.shard.foreign:
            raise KafkaError(errors.UNKNOWN_MEMBER_ID)
        if generation >= 0:
            raise KafkaError(errors.GROUP_ID_NOT_FOUND if version >= 9 else errors.ILLEGAL_GENERATION)

    async def fetch_offsets(self, group_id: str, member_id: str | None = None, member_epoch: int = -1) -> OffsetView:
        """What a group has committed, nothing of which can be taken back any more."""
        live = self._live(group_id)
        if not live.is_settled:
            await _done(live.settled)
        consumers = live.shard.consumers.get(group_id)
        if consumers is not None:
            consumers.check_offset_fetch(member_id, member_epoch)
        return OffsetView(live.shard, group_id)

    async def delete_offsets(self, request: Any) -> dict[TopicPartition, int]:
        """OffsetDelete: the error of each partition, by topic name."""
        _check_group_id(request.group_id)
        live = self._live(request.group_id)
        subscribed = self._subscription(live.shard, request.group_id)
        result: dict[TopicPartition, int] = {}
        records = []
        for topic in request.topics:
            for partition in topic.partitions:
                key = topic.name, partition.partition_index
                result[key] = errors.GROUP_SUBSCRIBED_TO_TOPIC if subscribed(topic.name) else errors.NONE
                known = live.shard.offsets.get(request.group_id, *key) is not None
                if not result[key] and (known or live.shard.offsets.is_pending(request.group_id, *key)):
                    records.append(log_records.offset_tombstone(request.group_id, *key))
        if records:
            await _done(live.append_all, records)
        return result

    @staticmethod
    def _subscription(shard: Shard, group_id: str) -> Callable[[str], bool]:
        consumers = shard.consumers.get(group_id)
        if consumers is not None:
            return consumers.subscribed_topics().__contains__
        if group_id in shard.foreign:
            return lambda _: False
        group = shard.group(group_id)
        group.check_offset_delete()
        return group.is_subscribed_to

    # Administration

    def describe(self, group_id: str) -> Any:
        """A messages.DescribeGroupsResponse.DescribedGroup; raises GROUP_ID_NOT_FOUND."""
        shard = self._live(group_id).shard
        described = messages.DescribeGroupsResponse
        group = shard.group(group_id)
        stable = group.state is State.STABLE
        return described.DescribedGroup(
            group_id=group_id,
            group_state=group.state.value,
            protocol_type=group.protocol_type or "",
            protocol_data=group.protocol_name or "" if stable else "",
            members=[
                described.DescribedGroupMember(
                    member_id=member.member_id,
                    group_instance_id=member.instance_id,
                    client_id=member.client_id,
                    client_host=member.client_host,
                    member_metadata=member.metadata(group.protocol_name) if stable else b"",
                    member_assignment=member.assignment,
                )
                for member in group.members.values()
            ],
        )

    async def describe_consumer_group(self, group_id: str) -> Any:
        """A messages.ConsumerGroupDescribeResponse.DescribedGroup; raises GROUP_ID_NOT_FOUND."""
        live = self._live(group_id)
        if not live.is_settled:
            await _done(live.settled)
        return consumer_group_requests.describe(live.shard, group_id)

    def list_groups(self, states: list[str], types: list[str]) -> list[Any]:
        """Groups in any of the states and of any of the types, both compared without regard to case."""
        wanted_states = {state.strip().lower() for state in states}
        wanted_types = {kind.strip().lower() for kind in types}
        return [
            listed
            for live in self._loaded_shards()
            for listed in _listed(live.shard)
            if (not states or listed.group_state.lower() in wanted_states)
            and (not types or listed.group_type.lower() in wanted_types)
        ]

    async def delete_group(self, group_id: str) -> None:
        """Delete an empty group with its offsets; raises NON_EMPTY_GROUP or GROUP_ID_NOT_FOUND."""
        live = self._live(group_id)
        await _done(live.append_all, live.shard.delete_group(group_id))


class OffsetView:
    """The committed offsets of one group, for as long as nothing else runs."""

    def __init__(self, shard: Shard, group_id: str) -> None:
        self._offsets = shard.offsets
        self._group_id = group_id

    def partitions(self) -> list[TopicPartition]:
        return list(self._offsets.of_group(self._group_id))

    def get(self, topic: str, partition: int, topic_id: bytes) -> Offset | None:
        """What is committed, if for this incarnation of the topic."""
        offset = self._offsets.get(self._group_id, topic, partition)
        return offset if offset is not None and offset.belongs_to(topic_id) else None

    def is_pending(self, topic: str, partition: int) -> bool:
        """Whether an open transaction is about to commit something else."""
        return self._offsets.is_pending(self._group_id, topic, partition)


def _listed(shard: Shard) -> Iterator[Any]:
    listed = messages.ListGroupsResponse.ListedGroup
    for group in shard.groups.values():
        yield listed(
            group_id=group.group_id,
            protocol_type=group.protocol_type or "",
            group_state=group.state.value,
            group_type="classic",
        )
    for consumers in shard.consumers.values():
        yield listed(
            group_id=consumers.group_id,
            protocol_type=CONSUMER_PROTOCOL_TYPE,
            group_state=consumers.state,
            group_type="consumer",
        )
    for foreign in shard.foreign.values():
        yield listed(
            group_id=foreign.group_id,
            protocol_type=foreign.kind,
            group_state=State.EMPTY.value,
            group_type=foreign.kind,
        )


def _check_group_id(group_id: str | None) -> None:
    """Members need a group with a name; offsets have always been allowed to live in the group ''."""
    if not group_id:
        raise KafkaError(errors.INVALID_GROUP_ID)


def _java_uuid() -> str:
    """A random id in the form that Java prints."""
    digits = uuid.random().hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _java_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


async def _done(work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    """Do it, and name a failed append as clients of a coordinator know it."""
    try:
        await work(*arguments)
    except KafkaError as error:
        raise KafkaError(coordinator_error(error)) from error
