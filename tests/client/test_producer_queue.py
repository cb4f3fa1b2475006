"""The queue of one partition, driven against a model of what a broker's partition does with sequence numbers.

Whatever fails and whenever: what counts as delivered is in the log once and in order, what the broker refused is not.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcli.client.config import PRODUCER, parse
from kcli.client.producer_batch import Batch, Kind
from kcli.client.producer_config import ProducerConfig, producer_config
from kcli.client.producer_queue import PartitionQueue, Producer, Verdict
from kcli.records.batch import parse_header
from kcli.records.reader import read_records
from kcli.wire import errors


def make_config(**given: Any) -> ProducerConfig:
    texts = {name.replace("_", "."): str(value) for name, value in given.items()}
    return producer_config(parse(PRODUCER, texts), texts)


def fill(queue: PartitionQueue, *values: bytes, now: float = 0.0, timestamp: int = 1000) -> None:
    for value in values:
        queue.append(Kind.VALUES, [value], len(value) + 21, timestamp, now)


def values_of(payload: bytes) -> list[bytes | None]:
    return [record.value for record in read_records(payload)]


def send(queue: PartitionQueue, producer: Producer | None = None, now: float = 0.0) -> tuple[Batch, bytes]:
    batch = queue.next_ready(now, flushing=True)
    assert batch is not None
    return batch, queue.put_on_wire(batch, producer)


# Batches


def test_a_batch_waits_for_linger_and_then_goes() -> None:
    queue = PartitionQueue("t", 0, make_config(linger_ms=100))
    fill(queue, b"a")
    assert queue.next_ready(0.05, flushing=False) is None
    assert queue.wake_at(flushing=False) == pytest.approx(0.1)
    assert queue.next_ready(0.1, flushing=False) is not None
    assert queue.next_ready(0.0, flushing=True) is not None


def test_a_full_batch_does_not_wait() -> None:
    queue = PartitionQueue("t", 0, make_config(linger_ms=1000, batch_size=150))
    assert queue.append(Kind.VALUES, [b"a" * 50], 71, 1000, 0.0)
    assert queue.append(Kind.VALUES, [b"b" * 50], 71, 1000, 0.0)
    assert not queue.append(Kind.VALUES, [b""], 1, 1000, 0.0)
    batch = queue.next_ready(0.0, flushing=False)
    assert batch is not None
    assert values_of(queue.put_on_wire(batch, Producer(1, 0))) == [b"a" * 50]


def test_batches_grow_while_the_line_carries_them_and_begin_small_again_after_a_loss() -> None:
    queue = PartitionQueue("t", 0, make_config())
    limits = []
    for _ in range(7):
        limits.append(queue.batch_limit)
        queue.grow()
    assert [limit // 1024 for limit in limits] == [16, 32, 64, 128, 256, 512, 512]
    fill(queue, b"a")
    batch, _ = send(queue, Producer(1, 0))
    queue.judge(batch, errors.REQUEST_TIMED_OUT)
    assert queue.batch_limit == 16 * 1024


def test_batches_stay_as_large_as_was_wanted_and_as_the_topic_takes() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=10_000))
    queue.grow()
    assert queue.batch_limit == 10_000
    fill(queue, b"a" * 4000, b"b" * 4000)
    batch, _ = send(queue, Producer(1, 0))
    queue.split(batch)
    limit = queue.batch_limit
    assert limit <= batch.size // 2
    queue.grow()
    assert queue.batch_limit == limit


def test_records_of_different_kinds_and_times_share_a_batch_and_keep_all_they_have() -> None:
    queue = PartitionQueue("t", 0, make_config())
    queue.append(Kind.VALUES, [b"one"], 30, 1000, 0.0)
    queue.append(Kind.VALUES, [b"two"], 30, 5000, 0.0)
    queue.append(Kind.PAIRS, [(b"k", b"three")], 30, 5000, 0.0)
    queue.append(Kind.RECORDS, [(7000, None, None, [("h", b"v")])], 30, 7000, 0.0)
    _, payload = send(queue, Producer(1, 0))
    assert [tuple(record)[1:] for record in read_records(payload)] == [
        (1000, None, b"one", []),
        (5000, None, b"two", []),
        (5000, b"k", b"three", []),
        (7000, None, None, [("h", b"v")]),
    ]


def test_many_plain_records_stay_plain() -> None:
    queue = PartitionQueue("t", 0, make_config())
    queue.append(Kind.VALUES, [b"x"] * 1000, 22_000, 1000, 0.0)
    queue.append(Kind.VALUES, [b"y"] * 1000, 22_000, 9000, 0.0)
    assert [batch.kind for batch in queue.batches] == [Kind.VALUES, Kind.VALUES]


# Windows


def test_with_idempotence_the_first_batch_goes_alone_and_then_up_to_five() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1))
    fill(queue, *[b"%d" % number for number in range(9)])
    producer = Producer(7, 0)
    first, _ = send(queue, producer)
    assert queue.next_ready(0.0, flushing=True) is None
    queue.acknowledge(first)
    sequences = [parse_header(send(queue, producer)[1]).base_sequence for _ in range(5)]
    assert sequences == [1, 2, 3, 4, 5]
    assert queue.next_ready(0.0, flushing=True) is None
    assert queue.wake_at(flushing=True) is None


def test_without_idempotence_one_batch_at_a_time_keeps_the_order() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1, enable_idempotence="false"))
    fill(queue, b"a", b"b")
    batch, payload = send(queue)
    assert parse_header(payload).producer_id == -1
    assert queue.next_ready(0.0, flushing=True) is None
    queue.take_back(batch, 0.0)
    again = queue.next_ready(0.0, flushing=True)
    assert again is batch


def test_with_acks_0_nothing_is_waited_for() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1, acks=0))
    fill(queue, b"a", b"b")
    send(queue)
    assert queue.next_ready(0.0, flushing=True) is not None


# Failures


def test_a_retry_waits_and_goes_before_everything_else() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1))
    fill(queue, b"a", b"b")
    batch, _ = send(queue, Producer(1, 0))
    assert queue.judge(batch, errors.NOT_LEADER_OR_FOLLOWER) is Verdict.RETRY
    queue.take_back(batch, 5.0)
    assert queue.next_ready(4.9, flushing=True) is None
    assert queue.wake_at(flushing=True) == 5.0
    assert queue.next_ready(5.0, flushing=True) is batch


def test_retries_end() -> None:
    queue = PartitionQueue("t", 0, make_config(retries=2))
    fill(queue, b"a")
    verdicts = []
    for _ in range(3):
        batch, _ = send(queue, Producer(1, 0))
        verdicts.append(queue.judge(batch, errors.NOT_ENOUGH_REPLICAS))
        queue.take_back(batch, 0.0)
    assert verdicts == [Verdict.RETRY, Verdict.RETRY, Verdict.FAIL]


def test_a_batch_that_is_too_large_becomes_two_and_later_ones_smaller() -> None:
    queue = PartitionQueue("t", 0, make_config())
    fill(queue, b"a", b"b", b"c")
    producer = Producer(1, 0)
    batch, _ = send(queue, producer)
    assert queue.judge(batch, errors.MESSAGE_TOO_LARGE) is Verdict.SPLIT
    limit = queue.batch_limit
    queue.split(batch)
    assert queue.batch_limit < limit
    first, payload = send(queue, producer)
    assert (values_of(payload), parse_header(payload).base_sequence) == ([b"a", b"b"], 0)
    queue.acknowledge(first)
    last, payload = send(queue, producer)
    assert (values_of(payload), parse_header(payload).base_sequence) == ([b"c"], 2)
    assert queue.judge(last, errors.MESSAGE_TOO_LARGE) is Verdict.FAIL


def test_bad_records_are_taken_out_and_the_others_sent_again() -> None:
    queue = PartitionQueue("t", 0, make_config())
    fill(queue, b"a", b"b", b"c", b"d")
    batch, _ = send(queue, Producer(1, 0))
    queue.drop_records(batch, [1, 3])
    _, payload = send(queue, Producer(1, 0))
    assert values_of(payload) == [b"a", b"c"]


def test_what_follows_a_refused_batch_takes_its_sequence_numbers() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1))
    fill(queue, b"a", b"b", b"c", b"d")
    producer = Producer(1, 0)
    for _ in range(2):
        written, _ = send(queue, producer)
        queue.acknowledge(written)
    refused, _ = send(queue, producer)
    queue.give_up(refused)
    _, payload = send(queue, producer)
    header = parse_header(payload)
    assert (values_of(payload), header.base_sequence, header.producer_epoch) == ([b"d"], 2, 0)


def test_what_follows_a_batch_that_may_have_been_written_does_not() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1))
    fill(queue, b"a", b"b")
    producer = Producer(1, 0)
    lost, _ = send(queue, producer)
    queue.judge(lost, errors.NETWORK_EXCEPTION)
    queue.give_up(lost)
    following, payload = send(queue, producer)
    assert parse_header(payload).base_sequence == 1
    assert queue.judge(following, errors.OUT_OF_ORDER_SEQUENCE_NUMBER) is Verdict.RETRY
    queue.take_back(following, 0.0)
    _, payload = send(queue, producer)
    header = parse_header(payload)
    assert (header.base_sequence, header.producer_epoch) == (0, 1)


def test_expired_batches_are_named_and_sizes_add_up() -> None:
    queue = PartitionQueue("t", 0, make_config(batch_size=1, delivery_timeout_ms=60_000))
    fill(queue, b"a", now=0.0)
    fill(queue, b"b", now=30.0)
    assert queue.expires_at() == 60.0
    assert [batch.created for batch in queue.expired(60.0)] == [0.0]
    for batch in queue.expired(100.0):
        queue.give_up(batch)
    assert (queue.bytes, len(queue.batches)) == (0, 0)


# The model


class ModelBroker:
    """A partition's log and its producer state, as Kafka keeps it: the last five batches, strict sequences."""

    def __init__(self) -> None:
        self.log: list[bytes | None] = []
        self._epoch = -1
        self._recent: deque[tuple[int, int]] = deque(maxlen=5)

    def append(self, payload: bytes) -> int:
        header = parse_header(payload)
        first, last = header.base_sequence, header.base_sequence + header.count - 1
        if header.producer_epoch < self._epoch:
            return errors.INVALID_PRODUCER_EPOCH
        if header.producer_epoch > self._epoch:
            if self._epoch >= 0 and first != 0:
                return errors.OUT_OF_ORDER_SEQUENCE_NUMBER
            self._recent.clear()
        elif (first, last) in self._recent:
            return errors.NONE
        elif self._recent and first != self._recent[-1][1] + 1:
            known = self._recent[0][0]
            return errors.DUPLICATE_SEQUENCE_NUMBER if last < known else errors.OUT_OF_ORDER_SEQUENCE_NUMBER
        self._epoch = header.producer_epoch
        self._recent.append((first, last))
        self.log += values_of(payload)
        return errors.NONE


REFUSALS = (
    errors.NOT_LEADER_OR_FOLLOWER,
    errors.NOT_ENOUGH_REPLICAS,
    errors.MESSAGE_TOO_LARGE,
    errors.TOPIC_AUTHORIZATION_FAILED,
)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 4)),
        st.tuples(st.just("send"), st.just(0)),
        st.tuples(st.just("answer"), st.just(0)),
        st.tuples(st.just("refuse"), st.sampled_from(REFUSALS)),
        st.tuples(st.just("lose"), st.integers(0, 5)),
        st.tuples(st.just("expire"), st.just(0)),
    ),
    max_size=60,
)


class Simulation:
    """A queue, a connection on which requests arrive in order, and the broker."""

    def __init__(self) -> None:
        self.queue = PartitionQueue("t", 0, make_config(batch_size=70, retries=3))
        self.producer = Producer(1, 0)
        self.broker = ModelBroker()
        self.wire: deque[tuple[Batch, bytes]] = deque()
        self.written = 0
        self.delivered: list[bytes] = []
        self.refused: set[bytes] = set()
        self.ambiguous: set[bytes] = set()

    def add(self, count: int) -> None:
        for _ in range(count):
            fill(self.queue, b"%d" % self.written)
            self.written += 1

    def send(self, _: int = 0) -> None:
        batch = self.queue.next_ready(1e9, flushing=True)
        if batch is not None:
            self.wire.append((batch, self.queue.put_on_wire(batch, self.producer)))

    def answer(self, _: int = 0) -> None:
        """The broker takes the oldest request, and its answer arrives."""
        if self.wire:
            batch, payload = self.wire.popleft()
            self.settle(batch, payload, self.broker.append(payload))

    def refuse(self, code: int) -> None:
        if self.wire:
            batch, payload = self.wire.popleft()
            self.settle(batch, payload, code)

    def lose(self, processed: int) -> None:
        """The connection breaks after the broker has processed some of the requests, whose answers are lost."""
        broken, self.wire = list(self.wire), deque()
        for _, payload in broken[:processed]:
            self.broker.append(payload)
        for batch, payload in broken:
            self.settle(batch, payload, errors.NETWORK_EXCEPTION)

    def expire(self, _: int = 0) -> None:
        """The time of the oldest batch is over, wherever it is."""
        if self.queue.batches:
            batch = self.queue.batches[0]
            values = {record.value for record in batch.records() if record.value is not None}
            (self.ambiguous if batch.attempts else self.refused).update(values)
            self.queue.abandon(batch)

    def settle(self, batch: Batch, payload: bytes, code: int) -> None:
        if batch not in self.queue:
            return
        values = [value for value in values_of(payload) if value is not None]
        was_ambiguous = batch.ambiguous
        verdict = Verdict.DELIVERED if code == errors.NONE else self.queue.judge(batch, code)
        if verdict is Verdict.DELIVERED:
            self.queue.acknowledge(batch)
            self.delivered += values
        elif verdict is Verdict.SPLIT:
            self.queue.split(batch)
        elif verdict is Verdict.RETRY:
            self.queue.take_back(batch, 0.0)
        else:
            self.queue.give_up(batch)
            (self.ambiguous if was_ambiguous or batch.ambiguous else self.refused).update(values)

    def finish(self) -> None:
        for _ in range(1000):
            if not self.queue.batches:
                return
            self.send()
            self.answer()
        raise AssertionError("the queue does not empty")


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_delivered_means_written_once_and_in_order(events: list[tuple[str, int]]) -> None:
    simulation = Simulation()
    for name, argument in events:
        getattr(simulation, name)(argument)
    simulation.finish()
    log = simulation.broker.log
    assert [value for value in log if value in set(simulation.delivered)] == simulation.delivered
    assert simulation.delivered == sorted(simulation.delivered, key=int)
    assert len(log) == len(set(log))
    assert simulation.refused.isdisjoint(set(log))
    everything = set(simulation.delivered) | simulation.refused | simulation.ambiguous
    assert everything == {b"%d" % number for number in range(simulation.written)}
    assert simulation.queue.bytes == 0
