"""What the group coordinator asks of whoever keeps `__consumer_offsets`.

Implemented over the replica manager by `kcli.replica.coordinator_store`; by a dict of lists in tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

NO_PRODUCER_ID = -1


@dataclass(frozen=True)
class StoredRecord:
    """One record of a coordinator's partition, as it was read back.

    `producer_id` is set only for records of transactional batches. An end-of-transaction marker comes as a record with
    `committed` True or False (key and value are not looked at); for all others `committed` is None.
    """

    offset: int
    key: bytes | None
    value: bytes | None
    producer_id: int = NO_PRODUCER_ID
    committed: bool | None = None


class Store(Protocol):
    """The partitions of one internal topic that this broker leads."""

    def partition_count(self) -> int | None:
        """How many partitions the topic has in the metadata; None while there is no such topic."""

    def led_partitions(self) -> set[int]:
        """The partitions that this broker leads and can append to."""

    async def append(self, partition: int, records: list[tuple[bytes, bytes | None]]) -> None:
        """Append as one batch; returns when the records are committed (acks=all).

        A value of None is a tombstone. Raises KafkaError, of which nothing was appended.
        """

    def read(self, partition: int) -> Iterable[StoredRecord]:
        """Every record of the partition from its log start, in order; lazily, a batch at a time."""
