"""What keeps the cluster's metadata: the one way to change the image, whether a KRaft log or znodes hold it.

A change is decided by a pure function of the image (see `controller`), made durable, applied, and then told to the
listeners, in that order and one change at a time: no decision is ever taken on an image that is about to change.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from kcli.metadata.image import Endpoint, Image, Record

Result = TypeVar("Result")
Listener = Callable[[Sequence[Record]], None]
Decide = Callable[[Image], tuple[Result, Sequence[Record]]]

PRODUCER_ID_BLOCK = 1000


@dataclass(frozen=True)
class Registration:
    """What a broker says of itself when it joins."""

    broker_id: int
    endpoints: tuple[Endpoint, ...]
    rack: str | None = None
    directories: tuple[bytes, ...] = ()
    """ids of its log directories, the first being where new replicas go"""


class Quorum(NamedTuple):
    """The metadata log's quorum of one: what its leader knows of itself."""

    epoch: int
    end_offset: int
    directory_id: bytes
    """zero where the voters come from the configuration, as they do without a record of them in the log"""
    endpoints: tuple[tuple[str, str, int], ...]
    """listener, host and port as that record has them"""


class Keeper(ABC):
    """Holds the image; subclasses know where its records last."""

    dialect: str
    """whose wording errors have: "kraft" (Kafka 4.3) or "zk" (Kafka 3.9)"""

    def __init__(self, broker_id: int) -> None:
        self.broker_id = broker_id
        self.image = Image()
        self._listeners: list[Listener] = []
        self._change_lock = asyncio.Lock()
        self._changing: set[asyncio.Task[Any]] = set()

    @property
    @abstractmethod
    def cluster_id(self) -> str: ...

    @property
    @abstractmethod
    def controller_id(self) -> int:
        """The broker that clients send changes to; -1 while there is none."""

    @property
    def features_epoch(self) -> int:
        """Grows whenever a finalized feature changes."""
        return self.image.version

    def quorum(self) -> Quorum | None:
        """None where the metadata is not in a log of its own."""
        return None

    @abstractmethod
    async def start(self) -> None:
        """Read what was kept; after this `image` is whole. Listeners hear of later changes only."""

    @abstractmethod
    async def register(self, registration: Registration) -> None:
        """Make the broker known and take the leadership of the partitions it may lead.

        Called once its listeners are bound; when it returns, `image.brokers[id]` is there, not fenced, with its epoch.
        """

    @abstractmethod
    async def commit(self, records: Sequence[Record]) -> None:
        """Make the records durable, all or none, then apply them, then tell the listeners."""

    @abstractmethod
    async def close(self) -> None: ...

    async def change(self, decide: Decide[Result]) -> Result:
        """Decide on the present image and commit what was decided; the way every API writes.

        Once begun, a change is brought to its end even if its client goes away and the caller is cancelled: what was
        written has to take effect here too.
        """
        task = asyncio.ensure_future(self._change(decide))
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)
        return await asyncio.shield(task)

    async def _change(self, decide: Decide[Result]) -> Result:
        async with self._change_lock:
            result, records = decide(self.image)
            if records:
                await self.commit(records)
            return result

    def add_listener(self, listener: Listener) -> None:
        """`listener(records)` is called right after the records were applied, before anybody gets an answer."""
        self._listeners.append(listener)

    @abstractmethod
    async def allocate_producer_ids(self) -> range:
        """A block of producer ids that nobody else ever gets."""

    def _publish(self, records: Sequence[Record]) -> None:
        for record in records:
            self.image.apply(record)
        for listener in self._listeners:
            listener(records)
