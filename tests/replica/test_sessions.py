from __future__ import annotations

from typing import Any

import pytest

from kcli.replica.sessions import FINAL_EPOCH, INITIAL_EPOCH, MAX_EPOCH, FetchContext, FetchSessions, Key, next_epoch
from kcli.wire import errors, messages

BY_NAME, BY_ID = 12, 13
A, B, C = Key("t", 0), Key("t", 1), Key("u", 0)


def wanted(offset: int = 0) -> Any:
    return messages.FetchRequest.FetchPartition(fetch_offset=offset)


def result(high_watermark: int = 0, records: bytes = b"", error: int = errors.NONE, log_start: int = 0) -> Any:
    return messages.FetchResponse.PartitionData(
        high_watermark=high_watermark, log_start_offset=log_start, records=records, error_code=error
    )


class Client:
    """One fetcher: keeps the session id and the epoch as Kafka's clients do."""

    def __init__(self, sessions: FetchSessions, version: int = BY_NAME, privileged: bool = False) -> None:
        self.sessions = sessions
        self.version = version
        self.privileged = privileged
        self.id, self.epoch = 0, INITIAL_EPOCH

    def fetch(
        self, partitions: dict[Key, Any], forgotten: tuple[Key, ...] = (), now_ms: int = 0, epoch: int | None = None
    ) -> FetchContext:
        return self.sessions.context(
            self.version,
            self.id,
            self.epoch if epoch is None else epoch,
            list(partitions.items()),
            forgotten,
            now_ms=now_ms,
            privileged=self.privileged,
        )

    def answer(self, context: FetchContext, results: dict[Key, Any]) -> dict[Key, Any]:
        selected = context.answer(results)
        self.id = context.session_id
        self.epoch = next_epoch(self.epoch) if self.id else INITIAL_EPOCH
        return selected

    def open(self, *keys: Key, now_ms: int = 0) -> FetchContext:
        context = self.fetch({key: wanted() for key in keys}, now_ms=now_ms)
        self.answer(context, {key: result() for key in keys})
        return context


def test_a_full_fetch_gets_a_session_and_is_answered_whole() -> None:
    sessions = FetchSessions()
    client = Client(sessions)
    context = client.fetch({A: wanted(), B: wanted()})
    assert [key for key, _ in context.partitions()] == [A, B]
    results = {A: result(), B: result()}
    assert client.answer(context, results) == results
    assert client.id > 0 and len(sessions) == 1


def test_an_incremental_fetch_reads_all_partitions_and_answers_only_what_changed() -> None:
    client = Client(FetchSessions())
    client.open(A, B)
    context = client.fetch({A: wanted(5)})
    assert [(key, part.fetch_offset) for key, part in context.partitions()] == [(A, 5), (B, 0)]
    assert client.answer(context, {A: result(), B: result(high_watermark=3)}) == {B: result(high_watermark=3)}
    context = client.fetch({})
    assert client.answer(context, {A: result(), B: result(high_watermark=3)}) == {}
    assert context.session_id == client.id != 0


@pytest.mark.parametrize(
    "changed",
    [result(records=b"x"), result(high_watermark=1), result(log_start=1), result(error=errors.NOT_LEADER_OR_FOLLOWER)],
)
def test_what_counts_as_a_change(changed: Any) -> None:
    client = Client(FetchSessions())
    client.open(A)
    assert client.answer(client.fetch({}), {A: changed}) == {A: changed}


def test_preferred_replica_and_divergence_are_always_sent() -> None:
    client = Client(FetchSessions())
    client.open(A, B)
    preferred, diverging = result(), result()
    preferred.preferred_read_replica = 2
    diverging.diverging_epoch.epoch = 1
    results = {A: preferred, B: diverging}
    assert client.answer(client.fetch({}), results) == results


def test_a_partition_is_sent_again_once_its_error_is_gone() -> None:
    client = Client(FetchSessions())
    client.open(A)
    client.answer(client.fetch({}), {A: result(error=errors.NOT_LEADER_OR_FOLLOWER)})
    assert client.answer(client.fetch({}), {A: result()}) == {A: result()}
    assert client.answer(client.fetch({}), {A: result()}) == {}


def test_partitions_that_gave_records_go_to_the_end() -> None:
    client = Client(FetchSessions())
    client.open(A, B, C)
    client.answer(client.fetch({}), {A: result(records=b"x"), B: result(), C: result()})
    assert [key for key, _ in client.fetch({}).partitions()] == [B, C, A]


def test_forgotten_partitions_are_gone_and_an_empty_session_closes() -> None:
    sessions = FetchSessions()
    client = Client(sessions)
    client.open(A, B)
    context = client.fetch({}, forgotten=(A,))
    assert [key for key, _ in context.partitions()] == [B]
    client.answer(context, {B: result()})
    context = client.fetch({}, forgotten=(B,))
    assert client.answer(context, {}) == {} and context.session_id == 0
    assert len(sessions) == 0


def test_unknown_sessions_wrong_epochs_and_mixed_topic_ids_are_refused() -> None:
    sessions = FetchSessions()
    client = Client(sessions)
    client.open(A)
    assert client.fetch({}, epoch=7).error == errors.INVALID_FETCH_SESSION_EPOCH
    client.version = BY_ID
    assert client.fetch({}).error == errors.FETCH_SESSION_TOPIC_ID_ERROR
    client.id += 1
    context = client.fetch({})
    assert (context.error, context.session_id) == (errors.FETCH_SESSION_ID_NOT_FOUND, 0)
    assert list(context.partitions()) == []


def test_a_fetch_overtaken_by_the_next_one_of_its_session_is_an_error() -> None:
    client = Client(FetchSessions())
    client.open(A)
    first = client.fetch({})
    client.fetch({}, epoch=client.epoch + 1)
    assert first.answer({A: result(high_watermark=1)}) == {}
    assert first.error == errors.INVALID_FETCH_SESSION_EPOCH


def test_the_final_epoch_closes_and_opens_nothing() -> None:
    sessions = FetchSessions()
    client = Client(sessions)
    client.open(A)
    context = client.fetch({B: wanted()}, epoch=FINAL_EPOCH)
    assert client.answer(context, {B: result()}) == {B: result()}
    assert context.session_id == 0 and len(sessions) == 0


def test_a_full_fetch_closes_the_session_that_it_names() -> None:
    sessions = FetchSessions()
    client = Client(sessions)
    client.open(A)
    old, client.epoch = client.id, INITIAL_EPOCH
    client.open(B)
    assert client.id != old and len(sessions) == 1


def test_epochs_wrap_past_zero() -> None:
    assert [next_epoch(0), next_epoch(1), next_epoch(MAX_EPOCH), next_epoch(-1)] == [1, 2, 1, -1]


class TestEviction:
    def full(self, size: int = 1, privileged: bool = False) -> tuple[FetchSessions, Client]:
        sessions = FetchSessions(slots=1, eviction_ms=100)
        holder = Client(sessions, privileged=privileged)
        holder.open(*(Key("t", index) for index in range(size)))
        return sessions, holder

    def newcomer(self, sessions: FetchSessions, size: int, now_ms: int, privileged: bool = False) -> bool:
        client = Client(sessions, privileged=privileged)
        client.open(*(Key("n", index) for index in range(size)), now_ms=now_ms)
        assert len(sessions) == 1
        return client.id != 0

    def test_a_young_session_stays(self) -> None:
        sessions, _ = self.full()
        assert not self.newcomer(sessions, 10, now_ms=100)

    def test_a_stale_session_goes(self) -> None:
        sessions, _ = self.full(size=10)
        assert self.newcomer(sessions, 1, now_ms=101)

    def test_an_old_session_in_use_goes_for_a_bigger_one_only(self) -> None:
        for size, gets_it in ((2, False), (3, False), (4, True)):
            sessions, holder = self.full(size=3)
            holder.fetch({}, now_ms=150)
            assert self.newcomer(sessions, size, now_ms=160) is gets_it

    def test_a_follower_takes_a_consumers_slot_at_once(self) -> None:
        sessions, _ = self.full(size=10)
        assert self.newcomer(sessions, 1, now_ms=1, privileged=True)

    def test_a_consumer_never_takes_a_followers_slot_while_it_is_used(self) -> None:
        sessions, holder = self.full(privileged=True)
        holder.fetch({}, now_ms=150)
        assert not self.newcomer(sessions, 10, now_ms=160)

    def test_no_slots_no_sessions(self) -> None:
        client = Client(FetchSessions(slots=0))
        client.open(A)
        assert client.id == 0
