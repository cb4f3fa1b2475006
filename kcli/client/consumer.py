"""The bulk consumer: whole batches from all leaders at once, by assignment or as a member of a group.

    consumer = BulkConsumer(cluster, parse_config(settings))
    consumer.subscribe(["t"])
    for chunk in consumer.poll(1.0):
        values = chunk.values()
        consumer.consumed(chunk)
    consumer.close()

Everything happens inside `poll`, in one thread: fetches, heartbeats, metadata, commits. Only for connecting to leaders
and the coordinator there are others (see `opening`). Positions advance as chunks come; what is committed is only what
the application said it is done with.

Deviation: after a rebalance a partition that stays with this member goes on where it was, committed or not; Kafka's
consumer goes back to the last commit.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from kcli.client import consumer_offsets
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.consumer_commits import Commits
from kcli.client.consumer_config import ConsumerConfig, OffsetReset
from kcli.client.consumer_fetch import MOVED, UNREACHABLE, Fetcher, Reading, Trouble
from kcli.client.consumer_group import GroupClient
from kcli.client.consumer_offsets import OffsetAndEpoch
from kcli.client.consumer_positions import Group, Positions, Readings, not_authorized
from kcli.client.decode import Chunk
from kcli.client.errors import ClientError
from kcli.client.membership import ClassicMembership, Phase
from kcli.client.membership_consumer import ConsumerMembership
from kcli.client.opening import Opening
from kcli.client.patience import TRANSIENT, Patience
from kcli.clock import Clock, SystemClock
from kcli.wire import errors
from kcli.wire.errors import KafkaError


class OutOfRange(ClientError):
    """The position lies outside the log, and auto.offset.reset=none says not to choose another."""

    java_class = "org.apache.kafka.clients.consumer.OffsetOutOfRangeException"


class BulkConsumer:
    """Reads partitions; not thread-safe. `warn` gets lines about trouble that is being waited out.

    `private` says that the group's name was made up for this consumer alone: it is joined so that it can be seen,
    but nothing waits for that, because there is nobody to share with and nothing committed. `patient` waits for a
    cluster that nobody answers for at the start, as long as its hosts exist.
    """

    def __init__(
        self,
        cluster: Cluster,
        config: ConsumerConfig,
        *,
        private: bool = False,
        patient: bool = False,
        warn: Callable[[str], None] = lambda text: None,
        clock: Clock | None = None,
    ) -> None:
        self._cluster = cluster
        self._config = config
        self._private = private
        self._warn = warn
        self._clock = clock or SystemClock()
        self._patience = Patience(
            cluster, warn, backoff=config.retry_backoff, backoff_max=config.retry_backoff_max, patient=patient
        )
        self._places = Positions(cluster, config, self._patience, self._clock)
        self._selector = selectors.DefaultSelector()
        self._fetcher = Fetcher(cluster, config, self._selector)
        self._group: Group | None = None
        self._readings: Readings = {}
        self._kept: dict[TopicPartition, OffsetAndEpoch] = {}
        self._topics: frozenset[str] | None = None
        self._matches: Callable[[str], bool] | None = None
        self._counts: dict[str, int] = {}
        self._metadata_known = False
        self._commits = Commits(cluster, config, self._clock, warn)
        self.settled = False  # whether there is an assignment, perhaps an empty one

    # What to read

    def assign(self, starts: Mapping[TopicPartition, int | OffsetReset]) -> None:
        """Read these partitions, from offsets or resets; no group is joined."""
        self._topics = frozenset(topic for topic, _ in starts)
        self._readings = {}
        for (topic, number), start in starts.items():
            reading = Reading(topic, number)
            if isinstance(start, OffsetReset):
                reading.start = start.at(self._clock.time_ms())
            else:
                reading.offset = start
            self._readings[topic, number] = reading
        self.settled = True

    def subscribe(self, topics: Iterable[str] | Callable[[str], bool]) -> None:
        """Share these topics, or all that the function likes, with the other members of the group."""
        if callable(topics):
            self._matches = topics
        else:
            self._topics = frozenset(topics)
        settings = self._config.group
        assert settings is not None, "a subscription needs a group"
        membership: ClassicMembership | ConsumerMembership
        if self._config.protocol == "consumer":
            membership = ConsumerMembership(settings, self._config.remote_assignor)
        else:
            membership = ClassicMembership(settings, list(self._config.assignors))
        self._group = GroupClient(self._cluster, settings, membership, self._selector, warn=self._patience.mention)
        self._commits.group = self._group

    def stop(self, topic: str, partition: int) -> None:
        """Read no more of an assigned partition."""
        self._drop((topic, partition))

    @property
    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(self._readings)

    @property
    def positions(self) -> dict[TopicPartition, int | None]:
        """The next offset to come of each partition; None while it is not known yet."""
        return {key: reading.offset for key, reading in self._readings.items()}

    # Reading

    def poll(self, timeout: float) -> list[Chunk]:
        """Chunks as soon as there are some; none after `timeout` seconds, or earlier when the assignment changed."""
        deadline = self._clock.monotonic() + timeout
        while True:
            now = self._clock.monotonic()
            self._patience.attempt(self._refresh, now)
            before = self.assignment
            self._patience.attempt(self._step_group, now)
            self._patience.attempt(self._locate, now)
            self._patience.attempt(self._send, now)
            self._patience.attempt(self._commit, now)
            chunks = self._wait(max(0.0, min(deadline, self._next_event(now)) - now))
            if chunks or self._clock.monotonic() >= deadline or self.assignment != before:
                return chunks

    def keep_alive(self) -> None:
        """Stay a member while the application has no time to read."""
        now = self._clock.monotonic()
        self._patience.attempt(self._step_group, now)
        for key, _ in self._selector.select(0):
            if isinstance(key.data, GroupClient):
                key.data.receive(self._clock.monotonic())

    def consumed(self, chunk: Chunk, offset: int | None = None) -> None:
        """The application is done with the chunk, or with what it has before `offset`."""
        reading = self._readings.get((chunk.topic, chunk.partition))
        if reading is not None:
            done = OffsetAndEpoch(chunk.next_offset, chunk.leader_epoch) if offset is None else OffsetAndEpoch(offset)
            reading.consumed = done

    def list_offsets(self, reset: OffsetReset) -> dict[TopicPartition, int]:
        """Offsets of all assigned partitions, with the isolation level configured."""
        timestamp = reset.at(self._clock.time_ms())
        assert timestamp is not None
        found: dict[TopicPartition, int] = {}

        def ask() -> None:
            asked = {key: timestamp for key in self._readings if key not in found}
            answers = consumer_offsets.list_offsets(self._cluster, asked, committed=self._config.read_committed)
            trouble = None
            for key, answer in answers.items():
                if isinstance(answer, KafkaError):
                    trouble = answer
                else:
                    found[key] = answer.offset
            if trouble is not None:
                raise trouble

        self._cluster.retry(ask)
        return found

    def commit(self) -> bool:
        """Commit what is consumed; False (after a warning) if the group refused."""
        return self._commits.commit(self._readings.values())

    def close(self) -> None:
        """Commit, leave the group, close the connections of this consumer (the cluster stays open)."""
        heard = False
        try:
            heard = self._commits.last(self._readings.values())
        finally:
            self._fetcher.close()
            if self._group is not None:
                self._group.leave(silently=not heard)
            self._selector.close()

    # One step of each kind

    def _refresh(self, now: float) -> None:
        if now < self._patience.look_at:
            return
        self._patience.looking(now)
        wanted = None if self._topics is None else sorted(self._topics | self._watched())
        response = self._cluster.metadata(wanted, auto_create=self._config.allow_auto_create and wanted is not None)
        usable = {topic.name: topic for topic in response.topics if not topic.error_code}
        self._counts = {
            name: len(topic.partitions) for name, topic in usable.items() if wanted is not None or self._likes(topic)
        }
        self._metadata_known = True
        if wanted is not None and self._check_topics(response.topics):
            self._patience.look_again(now)
        else:
            self._patience.well(now + self._config.metadata_max_age, healed=not self._fetcher.missing)
        if self._group is not None:
            self._tell_group(usable)

    def _watched(self) -> frozenset[str]:
        """The leader of a classic group looks after the topics of all members."""
        membership = self._group.membership if self._group is not None else None
        leading = isinstance(membership, ClassicMembership) and membership.leading
        return membership.wanted_topics if leading else frozenset()  # type: ignore[union-attr]

    def _likes(self, topic: Any) -> bool:
        assert self._matches is not None
        return not (topic.is_internal and self._config.exclude_internal) and self._matches(topic.name)

    def _check_topics(self, topics: Iterable[Any]) -> bool:
        """Raise what waiting cannot cure; whether a topic is not there yet."""
        by_code: dict[int, list[str]] = {}
        for topic in topics:
            by_code.setdefault(topic.error_code, []).append(topic.name)
        for code, names in by_code.items():
            if code == errors.INVALID_TOPIC_EXCEPTION:
                raise KafkaError(code, f"Invalid topics: [{', '.join(names)}]")
            if code == errors.TOPIC_AUTHORIZATION_FAILED:
                raise not_authorized(names)
        return any(by_code)

    def _tell_group(self, usable: Mapping[str, Any]) -> None:
        assert self._group is not None
        membership = self._group.membership
        membership.subscribe(self._topics if self._topics is not None else self._counts)
        if isinstance(membership, ConsumerMembership):
            membership.name_topics({name: topic.topic_id for name, topic in usable.items()})
        elif membership.leading and membership.phase is Phase.STABLE:
            watched = {name: len(usable[name].partitions) for name in membership.wanted_topics if name in usable}
            if watched != membership.counts:
                membership.rejoin("cached metadata has changed")

    def _step_group(self, now: float) -> None:
        group = self._group
        if group is None or not self._metadata_known:
            return
        membership = group.membership
        if membership.phase is Phase.PREPARE:
            if not self._private:
                self._give_up(membership)
            membership.prepared(self.assignment)
        if isinstance(membership, ClassicMembership) and membership.phase is Phase.ASSIGN:
            membership.distribute(self._partition_counts(membership.wanted_topics))
        if isinstance(membership, ConsumerMembership) and membership.unknown_topic_ids:
            self._patience.look_again(now)
        group.silent(now)
        group.step(now)
        if self._private:
            if membership.admitted or group.out_of_reach:
                self._take(frozenset(_partitions(self._counts)))
        elif membership.phase is Phase.STABLE and membership.assignment is not None:
            self._take(membership.assignment)

    def _give_up(self, membership: ClassicMembership | ConsumerMembership) -> None:
        stopped = membership.give_up(self.assignment)
        readings = [self._readings[key] for key in stopped]
        if membership.lost:
            self._kept.clear()
        elif self._config.auto_commit:
            self._commits.commit(readings)
        for reading in readings:
            self._drop(reading.key)
            if reading.consumed is not None and not membership.lost:
                self._kept[reading.key] = reading.consumed

    def _drop(self, key: TopicPartition) -> None:
        reading = self._readings.pop(key)
        reading.offset = reading.seeking = None  # so that what is on its way for it is not taken

    def _partition_counts(self, topics: frozenset[str]) -> dict[str, int]:
        """The leader assigns what all members want, which may be more than what it reads itself."""
        unknown = topics - self._counts.keys()
        if unknown:
            response = self._cluster.metadata(sorted(unknown))
            self._counts |= {topic.name: len(topic.partitions) for topic in response.topics if not topic.error_code}
        return self._counts

    def _take(self, assignment: frozenset[TopicPartition]) -> None:
        self.settled = True
        if assignment == self._readings.keys():
            return
        for key in self._readings.keys() - assignment:
            self._drop(key)
        for key in sorted(assignment - self._readings.keys()):
            reading = self._readings[key] = Reading(*key, ask_committed=not self._private)
            if key in self._kept:
                reading.consumed = reading.committed = self._kept[key]
                reading.offset = self._kept[key].offset
        self._kept.clear()

    def _commit(self, now: float) -> None:
        self._commits.if_due(self._readings.values(), now)

    def _locate(self, now: float) -> None:
        self._places.locate(self._readings, self._group, now)

    def _send(self, now: float) -> None:
        by_node: dict[int, list[Reading]] = {}
        for reading in self._readings.values():
            if (reading.offset is None and reading.seeking is None) or reading.not_before > now:
                continue
            try:
                node = reading.replica if reading.replica is not None else self._cluster.leader(*reading.key)
            except KafkaError as error:
                if reading.offset is None:
                    self._places.place(self._readings, {reading.key: error}, now)
                reading.not_before = now + self._config.retry_backoff
                self._patience.look_again(now)
                continue
            by_node.setdefault(node, []).append(reading)
        for node, readings in by_node.items():
            with self._doubting(node):
                self._fetcher.send(node, readings, now)

    @contextmanager
    def _doubting(self, node: int) -> Iterator[None]:
        """A broker that cannot be reached may lead no more."""
        try:
            yield
        except TRANSIENT:
            self._cluster.forget()
            for reading in self._readings.values():
                if reading.replica == node:
                    reading.replica = None
            raise

    def _opened(self, opening: Opening, now: float) -> None:
        with self._doubting(opening.node):
            self._fetcher.opened(opening, now)

    def _wait(self, timeout: float) -> list[Chunk]:
        chunks: list[Chunk] = []
        ready = self._selector.select(timeout)
        now = self._clock.monotonic()
        for key, _ in ready:
            if isinstance(key.data, GroupClient):
                key.data.receive(now)
            elif isinstance(key.data, Opening):
                self._patience.attempt(partial(self._opened, key.data), now)
            else:
                chunks += self._receive(key.data, now)
        if chunks:
            self._patience.attempt(self._send, now)
        else:
            for node in self._fetcher.overdue(now):
                self._patience.trouble(f"{self._cluster.address(node)} answers no more", now)
                self._cluster.distrust(node)  # the line that we ask for metadata on has most likely died with it
                self._cluster.forget()
        return chunks

    def _receive(self, link: Any, now: float) -> list[Chunk]:
        """What has arrived from one leader."""
        try:
            received = self._fetcher.receive(link)
        except UNREACHABLE as error:
            self._cluster.forget()
            for reading, _ in (*link.asked.values(), *link.sought.values()):
                reading.not_before = now + self._config.retry_backoff
            self._patience.trouble(str(error), now)
            return []
        self._places.place(self._readings, received.answers, now)
        for trouble in received.troubles:
            self._on_trouble(trouble, now)
        for chunk in received.chunks:  # whoever brought something goes to the end of the next request
            moved = (chunk.topic, chunk.partition)
            self._readings[moved] = self._readings.pop(moved)
        return received.chunks

    def _on_trouble(self, trouble: Trouble, now: float) -> None:
        reading, code = trouble.reading, trouble.code
        if code == errors.OFFSET_OUT_OF_RANGE:
            if reading.replica is not None:
                reading.replica = None  # a follower may lag; the leader knows
            elif self._config.offset_reset.at(0) is None:
                raise OutOfRange(
                    f"Fetch position {reading.offset} is out of range for partition {reading.topic}-{reading.number}"
                )
            else:
                reading.offset = reading.start = None
        elif code in MOVED:
            reading.replica = None
            reading.not_before = now + self._config.retry_backoff
            self._cluster.forget()
            self._patience.look_again(now)
        elif code == errors.TOPIC_AUTHORIZATION_FAILED:
            raise not_authorized([reading.topic])
        elif code == errors.UNKNOWN_SERVER_ERROR or errors.error(code).retriable:
            reading.not_before = now + self._config.retry_backoff
        else:
            raise KafkaError(code)

    def _next_event(self, now: float) -> float:
        """When there is something to do even if nothing arrives."""
        events = [self._patience.look_at, self._fetcher.wake_at(now)]
        events += [reading.not_before for reading in self._readings.values() if reading.not_before > now]
        if self._group is not None:
            events.append(self._group.membership.wake_at())
            if self._config.auto_commit:
                events.append(self._commits.due_at)
        return min(events)


def _partitions(counts: Mapping[str, int]) -> Iterable[TopicPartition]:
    return ((topic, number) for topic, count in counts.items() for number in range(count))
