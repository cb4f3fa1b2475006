"""Random lives of a consumer group: members come, go and time out, answers get lost, topics change, brokers restart."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kcli.group import consumer_group_records as group_records
from kcli.group.consumer_group_events import Client, LiveConsumerGroup
from kcli.group.consumer_group_metadata import ConsumerGroupSettings, GroupMetadata
from kcli.group.effects import Answer, Append, rebalance_timer, session_timer
from kcli.group.log_records import Record
from kcli.metadata.image import Image
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

TOPICS = ("alpha", "beta", "gamma")
SUBSCRIPTIONS = st.sampled_from(
    [(("alpha",), None), (("alpha", "beta"), None), (("gamma",), None), ((), "(alpha|gamma)"), (("beta",), "[ag].*")]
)
GROUP = "g"


def add_topic(image: Image, name: str, topic_id: bytes, partitions: int) -> None:
    image.apply(messages.TopicRecord(name=name, topic_id=topic_id))
    add_partitions(image, topic_id, range(partitions))


def add_partitions(image: Image, topic_id: bytes, indexes: range) -> None:
    for index in indexes:
        image.apply(
            messages.PartitionRecord(
                partition_id=index, topic_id=topic_id, replicas=[1], isr=[1], leader=1, leader_epoch=0
            )
        )


def state_of(group: LiveConsumerGroup) -> tuple[Any, ...]:
    return (
        group.epoch, group.metadata_hash, group.members, group.static_members, group.target_epoch,
        group.target_timestamp, group.target, group.resolved, group.has_partition_metadata, group._owners,
    )  # fmt: skip


def replayed(log: list[Record], metadata: GroupMetadata) -> LiveConsumerGroup:
    group = LiveConsumerGroup(GROUP, metadata)
    for key, value in log:
        kind = int.from_bytes(key[:2], "big")
        group.replay(kind, *group_records.parse(kind, key, value))
    return group


class Member:
    """A client: it believes what it was answered last, and gives up at once what it is not assigned any more."""

    def __init__(self, member_id: str, instance_id: str | None, subscription: tuple[tuple[str, ...], str | None]):
        self.member_id, self.instance_id, self.subscription = member_id, instance_id, subscription
        self.epoch = 0
        self.owned: dict[bytes, set[int]] = {}
        self.missed_an_answer = False  # who has, sends everything the next time

    def request(self, *, full: bool = False, quiet: bool = False) -> Any:
        request = messages.ConsumerGroupHeartbeatRequest(
            group_id=GROUP, member_id=self.member_id, member_epoch=self.epoch, instance_id=self.instance_id
        )
        if full or self.missed_an_answer or self.epoch == 0:
            topics, regex = self.subscription
            request.rebalance_timeout_ms = 5_000
            request.subscribed_topic_names, request.subscribed_topic_regex = list(topics), regex or ""
        if not quiet or self.missed_an_answer or self.epoch == 0:
            made = messages.ConsumerGroupHeartbeatRequest.TopicPartitions
            request.topic_partitions = [made(topic_id=t, partitions=sorted(p)) for t, p in self.owned.items()]
        return request

    def take(self, response: Any) -> None:
        self.missed_an_answer = False
        self.epoch = response.member_epoch
        if response.assignment is not None:
            self.owned = {t.topic_id: set(t.partitions) for t in response.assignment.topic_partitions}

    def fenced(self) -> None:
        self.missed_an_answer = False
        self.epoch, self.owned = 0, {}


class ConsumerGroupMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.image = Image()
        self.metadata = GroupMetadata(self.image, ConsumerGroupSettings())
        self.ids: dict[str, bytes] = {}
        self.added = 0
        for name in TOPICS[:2]:
            self._add(name, 3)
        self.group = LiveConsumerGroup(GROUP, self.metadata)
        self.log: list[Record] = []
        self.now = 1_000
        self.members: list[Member] = []
        self.away: dict[str, Member] = {}
        self.count = 0
        self.epochs: dict[str, int] = {}
        self.group_epoch = 0

    def _add(self, name: str, partitions: int) -> None:
        self.added += 1
        self.ids[name] = self.added.to_bytes(16, "big")
        add_topic(self.image, name, self.ids[name], partitions)
        self._changed()

    def _changed(self) -> None:
        if hasattr(self, "group"):
            self.group.metadata_is_stale = True
        self.metadata.topics_added()

    # What is done to the group

    def _run(self, effects: list[Any]) -> Any:
        response = None
        for effect in effects:
            if isinstance(effect, Append):
                self.log += effect.records
            elif isinstance(effect, Answer):
                response = effect.response
        return response

    def _heartbeat(self, member: Member, *, lost: bool = False, **how: bool) -> None:
        try:
            effects = self.group.heartbeat(member.request(**how), Client("c", "/h"), "fresh", None, self.now)
        except KafkaError as refused:
            assert refused.code in (errors.FENCED_MEMBER_EPOCH, errors.UNKNOWN_MEMBER_ID), refused
            member.fenced()
            return
        response = self._run(effects)
        if lost:
            member.missed_an_answer = True
        else:
            member.take(response)

    @rule(subscription=SUBSCRIPTIONS, assigns=st.sampled_from([None, "range", "uniform"]))
    @precondition(lambda self: len(self.members) < 5)
    def join(self, subscription: Any, assigns: str | None) -> None:
        self.count += 1
        member = Member(f"m{self.count}", None, subscription)
        request = member.request()
        request.server_assignor = assigns
        member.take(self._run(self.group.heartbeat(request, Client("c", "/h"), "", None, self.now)))
        self.members.append(member)

    @rule(number=st.integers(1, 2), subscription=SUBSCRIPTIONS)
    def join_static(self, number: int, subscription: Any) -> None:
        instance = f"i{number}"
        if any(member.instance_id == instance for member in self.members):
            return
        self.count += 1
        member = Member(f"m{self.count}", instance, subscription)
        self.away.pop(instance, None)
        self._heartbeat(member)
        self.members.append(member)

    @rule(data=st.data(), lost=st.booleans(), quiet=st.booleans(), full=st.booleans())
    @precondition(lambda self: self.members)
    def heartbeat(self, data: st.DataObject, lost: bool, quiet: bool, full: bool) -> None:
        member = data.draw(st.sampled_from(self.members))
        if quiet and member.owned:
            full = False  # who sends everything sends what it owns
        self._heartbeat(member, lost=lost and member.epoch > 0, quiet=quiet, full=full)

    @rule(data=st.data(), subscription=SUBSCRIPTIONS)
    @precondition(lambda self: self.members)
    def resubscribe(self, data: st.DataObject, subscription: Any) -> None:
        member = data.draw(st.sampled_from(self.members))
        member.subscription = subscription
        self._heartbeat(member, full=True)

    @rule(data=st.data())
    @precondition(lambda self: self.members)
    def leave(self, data: st.DataObject) -> None:
        member = data.draw(st.sampled_from(self.members))
        self.members.remove(member)
        if member.member_id not in self.group.members:
            return
        for_now = member.instance_id is not None and data.draw(st.booleans())
        request = messages.ConsumerGroupHeartbeatRequest(
            group_id=GROUP, member_id=member.member_id, instance_id=member.instance_id,
            member_epoch=-2 if for_now else -1,
        )  # fmt: skip
        self._run(self.group.leave(request, None))
        if for_now:
            self.away[str(member.instance_id)] = member

    @rule(data=st.data())
    @precondition(lambda self: self.members or self.away)
    def session_expires(self, data: st.DataObject) -> None:
        member = data.draw(st.sampled_from([*self.members, *self.away.values()]))
        self._run(self.group.expire(session_timer(member.member_id), self.now))
        if member.instance_id in self.away:
            del self.away[str(member.instance_id)]
        member.fenced()

    @rule(data=st.data())
    @precondition(lambda self: self.members)
    def rebalance_expires(self, data: st.DataObject) -> None:
        member = data.draw(st.sampled_from(self.members))
        self._run(self.group.expire(rebalance_timer(member.member_id), self.now))
        if member.member_id not in self.group.members:
            member.fenced()

    @rule(milliseconds=st.sampled_from([1, 900, 1_500, 20_000]))
    def time_passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    @rule(name=st.sampled_from(TOPICS))
    def topic_changes(self, name: str) -> None:
        topic = self.image.topics.get(name)
        if topic is None:
            self._add(name, 2)
        elif len(topic.partitions) < 5:
            add_partitions(self.image, topic.id, range(len(topic.partitions), len(topic.partitions) + 1))
        else:
            self.image.apply(messages.RemoveTopicRecord(topic_id=topic.id))
        self._changed()

    @rule()
    def restart(self) -> None:
        self.group = replayed(self.log, self.metadata)

    # What always holds

    @invariant()
    def nobody_owns_what_another_owns(self) -> None:
        owned = [(t, p) for member in self.members for t, partitions in member.owned.items() for p in partitions]
        assert len(owned) == len(set(owned))
        known = [partition for member in self.group.members.values() for partition, _ in member.owned()]
        assert len(known) == len(set(known)) and set(known) == set(self.group._owners)

    @invariant()
    def epochs_only_grow(self) -> None:
        assert self.group.epoch >= self.group_epoch
        assert self.group.target_epoch <= self.group.epoch
        self.group_epoch = self.group.epoch
        for member_id, member in self.group.members.items():
            if member.epoch > 0:
                assert member.epoch >= self.epochs.get(member_id, 0)
                assert member.epoch <= self.group.target_epoch
                self.epochs[member_id] = member.epoch

    @invariant()
    def the_log_says_it_all(self) -> None:
        assert state_of(replayed(self.log, self.metadata)) == state_of(self.group)

    def teardown(self) -> None:
        """When nothing changes any more, everybody gets what there is to get."""
        if not hasattr(self, "group") or not self.members:
            return
        for instance in list(self.away):
            self._run(self.group.expire(session_timer(self.away.pop(instance).member_id), self.now))
        for _ in range(12):
            self.now += 11_000
            for member in self.members:
                self._heartbeat(member)
                self.nobody_owns_what_another_owns()
        assert self.group.state == "Stable"
        wanted = {
            (topic, partition)
            for topic, count in self.metadata.topic_ids(self.group.subscribed_topics()).items()
            for partition in range(count)
        }
        assert {(t, p) for m in self.members for t, partitions in m.owned.items() for p in partitions} == wanted
        for member in self.members:
            target = {topic: set(partitions) for topic, partitions in self.group.target[member.member_id].items()}
            assert member.owned == target


TestConsumerGroup = ConsumerGroupMachine.TestCase
TestConsumerGroup.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
