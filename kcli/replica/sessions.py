"""Fetch sessions (KIP-227): a client names its partitions once, later requests and answers carry only what changed.

Pure state. A request becomes a `FetchContext` that says which partitions to read, and afterwards which results belong
in the answer. Followers are `privileged`: theirs outlive those of consumers when the slots run out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from kcli.wire import errors

NO_SESSION = 0
FINAL_EPOCH = -1
INITIAL_EPOCH = 0
MAX_EPOCH = 2**31 - 1
FIRST_VERSION_WITH_TOPIC_IDS = 13

SLOTS = 1000  # max.incremental.fetch.session.cache.slots
EVICTION_MS = 120_000


class Key(NamedTuple):
    """A partition as the client names it: by topic id since version 13, by topic name before."""

    topic: str | bytes
    partition: int


def next_epoch(epoch: int) -> int:
    """The epoch of the request that must follow: it wraps to 1, because 0 and -1 have meanings of their own."""
    if epoch < 0:
        return FINAL_EPOCH
    return 1 if epoch == MAX_EPOCH else epoch + 1


class _Cached:
    """What a session remembers of one partition: what was asked for last, and what was answered last."""

    __slots__ = ("high_watermark", "log_start_offset", "wanted")

    def __init__(self, wanted: Any, high_watermark: int = -1, log_start_offset: int = -1) -> None:
        self.wanted = wanted
        self.high_watermark = high_watermark
        self.log_start_offset = log_start_offset

    def must_answer(self, result: Any) -> bool:
        """Whether the answer has to carry this partition; remembers it as answered."""
        changed = (
            bool(result.records)
            or self.high_watermark != result.high_watermark
            or self.log_start_offset != result.log_start_offset
            or result.preferred_read_replica != -1
            or result.error_code != errors.NONE
            or result.diverging_epoch.epoch != -1
        )
        self.log_start_offset = result.log_start_offset
        # After an error the partition is sent again as soon as the error is gone, whatever its offsets are then.
        self.high_watermark = result.high_watermark if result.error_code == errors.NONE else -1
        return changed


class Session:
    """One client's partitions, in the order in which they are to be read."""

    __slots__ = ("created_ms", "epoch", "id", "partitions", "privileged", "used_ms", "uses_topic_ids")

    def __init__(self, session_id: int, *, privileged: bool, uses_topic_ids: bool, now_ms: int) -> None:
        self.id = session_id
        self.privileged = privileged
        self.uses_topic_ids = uses_topic_ids
        self.created_ms = self.used_ms = now_ms
        self.epoch = next_epoch(INITIAL_EPOCH)
        self.partitions: dict[Key, _Cached] = {}

    def update(self, wanted: Iterable[tuple[Key, Any]], forgotten: Iterable[Key]) -> None:
        for key, partition in wanted:
            cached = self.partitions.get(key)
            if cached is None:
                self.partitions[key] = _Cached(partition)
            else:
                cached.wanted = partition
        for key in forgotten:
            self.partitions.pop(key, None)

    def select(self, results: dict[Key, Any]) -> dict[Key, Any]:
        """Leaves out what did not change; partitions that gave records go to the end, so that all get their turn."""
        selected = {}
        for key, result in results.items():
            cached = self.partitions.get(key)
            if cached is None or cached.must_answer(result):
                selected[key] = result
                if cached is not None and result.records:
                    self.partitions[key] = self.partitions.pop(key)
        return selected


class FetchContext:
    """A fetch outside any session: everything asked for is answered."""

    def __init__(self, wanted: list[tuple[Key, Any]], session_id: int = NO_SESSION, error: int = errors.NONE) -> None:
        self._wanted = dict(wanted)
        self.session_id = session_id
        self.error = error

    def partitions(self) -> Iterator[tuple[Key, Any]]:
        return iter(self._wanted.items())

    def answer(self, results: dict[Key, Any]) -> dict[Key, Any]:
        """The results that go into the response; call once, after reading."""
        return results


class _NewSessionContext(FetchContext):
    """A full fetch that asks for a session: it gets one if there is a slot."""

    def __init__(self, wanted: list[tuple[Key, Any]], create: Callable[[dict[Key, _Cached]], int]) -> None:
        super().__init__(wanted)
        self._create = create

    def answer(self, results: dict[Key, Any]) -> dict[Key, Any]:
        self.session_id = self._create(
            {
                key: _Cached(self._wanted[key], result.high_watermark, result.log_start_offset)
                for key, result in results.items()
            }
        )
        return results


class _IncrementalContext(FetchContext):
    def __init__(self, session: Session) -> None:
        super().__init__([], session.id)
        self._session = session
        self._epoch = session.epoch

    def partitions(self) -> Iterator[tuple[Key, Any]]:
        return ((key, cached.wanted) for key, cached in self._session.partitions.items())

    def answer(self, results: dict[Key, Any]) -> dict[Key, Any]:
        if self._session.epoch != self._epoch:  # the client has sent another fetch of this session meanwhile
            self.error = errors.INVALID_FETCH_SESSION_EPOCH
            return {}
        return self._session.select(results)


class FetchSessions:
    """All sessions of a broker, in a fixed number of slots."""

    def __init__(
        self, slots: int = SLOTS, eviction_ms: int = EVICTION_MS, draw: Callable[[int, int], int] = random.randint
    ) -> None:
        self._slots = slots
        self._eviction_ms = eviction_ms
        self._draw = draw
        self._sessions: dict[int, Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def context(
        self,
        version: int,
        session_id: int,
        epoch: int,
        wanted: list[tuple[Key, Any]],
        forgotten: Iterable[Key],
        *,
        now_ms: int,
        privileged: bool = False,
    ) -> FetchContext:
        """Decides what kind of fetch this is and moves its session on."""
        uses_topic_ids = version >= FIRST_VERSION_WITH_TOPIC_IDS
        if epoch in (INITIAL_EPOCH, FINAL_EPOCH):
            self._sessions.pop(session_id, None)  # a full fetch closes the session that it names
            if epoch == FINAL_EPOCH:
                return FetchContext(wanted)

            def create(partitions: dict[Key, _Cached]) -> int:
                return self._create(partitions, privileged, uses_topic_ids, now_ms)

            return _NewSessionContext(wanted, create)
        session = self._sessions.get(session_id)
        if session is None:
            return FetchContext([], error=errors.FETCH_SESSION_ID_NOT_FOUND)
        if session.epoch != epoch:
            return FetchContext([], error=errors.INVALID_FETCH_SESSION_EPOCH)
        if session.uses_topic_ids != uses_topic_ids:
            return FetchContext([], error=errors.FETCH_SESSION_TOPIC_ID_ERROR)
        session.update(wanted, forgotten)
        if not session.partitions:
            del self._sessions[session_id]
            return FetchContext(wanted)
        session.used_ms = now_ms
        session.epoch = next_epoch(session.epoch)
        return _IncrementalContext(session)

    def _create(self, partitions: dict[Key, _Cached], privileged: bool, uses_topic_ids: bool, now_ms: int) -> int:
        if len(self._sessions) >= self._slots and not self._evict(len(partitions), privileged, now_ms):
            return NO_SESSION
        session_id = self._draw(1, MAX_EPOCH)
        while session_id in self._sessions:
            session_id = self._draw(1, MAX_EPOCH)
        session = Session(session_id, privileged=privileged, uses_topic_ids=uses_topic_ids, now_ms=now_ms)
        session.partitions = partitions
        self._sessions[session_id] = session
        return session_id

    def _evict(self, size: int, privileged: bool, now_ms: int) -> bool:
        """Frees a slot: a stale session first, else the least valuable one that may go for the newcomer."""
        if not self._sessions:
            return False
        oldest = min(self._sessions.values(), key=lambda session: session.used_ms)
        if now_ms - oldest.used_ms > self._eviction_ms:
            del self._sessions[oldest.id]
            return True
        candidates = [
            session
            for session in self._sessions.values()
            if now_ms - session.created_ms > self._eviction_ms or (privileged and not session.privileged)
        ]
        if not candidates:
            return False
        least = min(candidates, key=lambda session: (session.privileged, len(session.partitions), session.id))
        if (privileged, size, 0) < (least.privileged, len(least.partitions), least.id):
            return False
        del self._sessions[least.id]
        return True
