"""Where a consumer begins in a partition: at what its group has committed, or else as told, or as configured.

The coordinator is asked here; what its leader has to be asked for is noted in the reading, and asked by the `Fetcher`.
"""

from __future__ import annotations

from kcli.client import consumer_offsets
from kcli.client.assignors import TopicPartition
from kcli.client.cluster import Cluster
from kcli.client.consumer_config import ConsumerConfig
from kcli.client.consumer_fetch import Reading
from kcli.client.consumer_group import GroupClient
from kcli.client.consumer_offsets import NO_OFFSET, OffsetAndEpoch
from kcli.client.errors import ClientError
from kcli.client.membership import ClassicMembership
from kcli.client.membership_consumer import ConsumerMembership
from kcli.client.patience import Patience
from kcli.clock import Clock
from kcli.wire import errors
from kcli.wire.errors import KafkaError

Readings = dict[TopicPartition, Reading]
Group = GroupClient[ClassicMembership | ConsumerMembership]


class NoOffset(ClientError):
    """There is no position, and auto.offset.reset=none says not to choose one."""

    java_class = "org.apache.kafka.clients.consumer.NoOffsetForPartitionException"


class Positions:
    """Asks for offsets, and gives them to the readings."""

    def __init__(self, cluster: Cluster, config: ConsumerConfig, patience: Patience, clock: Clock) -> None:
        self._cluster = cluster
        self._config = config
        self._patience = patience
        self._clock = clock

    def locate(self, readings: Readings, group: Group | None, now: float) -> None:
        """Find out where to begin in partitions without a position."""
        lost = {key: each for key, each in readings.items() if each.offset is None and each.not_before <= now}
        asking = [key for key, reading in lost.items() if reading.ask_committed]
        if asking and group is not None:
            self._ask_committed({key: readings[key] for key in asking}, group, now)
        for key, reading in lost.items():
            if reading.offset is not None or reading.ask_committed or reading.seeking is not None:
                continue
            reset = self._config.offset_reset.at(self._clock.time_ms())
            timestamp = reading.start if reading.start is not None else reset
            if timestamp is None:
                raise NoOffset(f"Undefined offset with no reset policy for partitions: [{key[0]}-{key[1]}]")
            reading.seeking = timestamp

    def _ask_committed(self, readings: Readings, group: Group, now: float) -> None:
        membership = group.membership
        epoch_based = isinstance(membership, ConsumerMembership)
        answers = consumer_offsets.fetch_committed(
            self._cluster,
            group.settings.group_id,
            list(readings),
            member_id=membership.member_id if epoch_based else "",
            member_epoch=membership.generation if epoch_based else consumer_offsets.NO_GENERATION,
        )
        for key, answer in answers.items():
            if not isinstance(answer, KafkaError):
                readings[key].ask_committed = False
                readings[key].committed = answer if answer.offset != NO_OFFSET else None
        self.place(readings, answers, now)

    def place(self, readings: Readings, answers: consumer_offsets.Answers, now: float) -> None:
        """Begin where the answers say."""
        for key, answer in answers.items():
            reading = readings[key]
            if isinstance(answer, OffsetAndEpoch):
                if answer.offset != NO_OFFSET:
                    reading.offset = answer.offset
                    # Committed even if nothing comes: else the group's next reader would begin at another end.
                    known = reading.committed
                    reading.consumed = answer if answer == known else OffsetAndEpoch(answer.offset)
                elif not reading.ask_committed and reading.committed is None:
                    reading.not_before = now + self._config.retry_backoff  # no record is that young yet
                continue
            if answer.code == errors.TOPIC_AUTHORIZATION_FAILED:
                raise not_authorized([key[0]])
            if not answer.retriable:
                raise answer
            reading.not_before = now + self._config.retry_backoff
            self._patience.look_again(now)


def not_authorized(topics: list[str]) -> KafkaError:
    return KafkaError(errors.TOPIC_AUTHORIZATION_FAILED, f"Not authorized to access topics: [{', '.join(topics)}]")
