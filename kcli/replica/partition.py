"""One partition as a replica of this broker: who leads it, what is committed, and the checks before each access.

The metadata image decides leader, epochs, replicas and ISR; this holds the log beside them and moves the high
watermark. Alone in the ISR, the leader's end offset is the high watermark at once; with followers it is the smallest
end offset in the ISR, which `Progress` keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from kcli.wire import errors
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.metadata.image import Partition as Registration
    from kcli.storage.log import Log

NO_EPOCH = -1
UNDEFINED_OFFSET = -1
HIGH_WATERMARK = -1

READ_UNCOMMITTED = 0
READ_COMMITTED = 1
_ISOLATION_LEVELS = (0, READ_COMMITTED)


class Progress:
    """How far each follower has come; pure state."""

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        self._ends: dict[int, int] = {}

    def reached(self, follower: int, end_offset: int) -> None:
        self._ends[follower] = end_offset

    def reset(self, followers: Iterable[int]) -> None:
        """A new leader knows nothing of its followers until they fetch."""
        self._ends = dict.fromkeys(followers, UNDEFINED_OFFSET)

    def committed(self, leader: int, leader_end: int, isr: Iterable[int]) -> int:
        """The first offset that not every in-sync replica has; -1 while some follower has not been heard of."""
        return min(leader_end if replica == leader else self._ends.get(replica, UNDEFINED_OFFSET) for replica in isr)


class Frontier:
    """An offset that readers may reach, and the bytes appended since it last moved."""

    __slots__ = ("_pending", "end")

    def __init__(self, end: int) -> None:
        self.end = end
        self._pending = 0

    def gain(self, appended: int, end: int) -> int:
        """Takes an append and where the offset is now; gives how many bytes became readable, 1 if nobody counted."""
        self._pending += appended
        if end <= self.end:
            return 0
        self.end = end
        gained, self._pending = self._pending, 0
        return gained or 1


def check_isolation_level(level: int) -> None:
    """Refuses what is neither read_uncommitted nor read_committed, as Kafka does: it has no better answer than this."""
    if level not in _ISOLATION_LEVELS:
        raise KafkaError(errors.UNKNOWN_SERVER_ERROR)


class Partition:
    """A hosted replica: its registration in the image, its log, and what may be read of it."""

    __slots__ = (
        "_broker_id",
        "committed",
        "epoch_start_offset",
        "index",
        "log",
        "min_in_sync",
        "progress",
        "registration",
        "stable",
        "topic",
        "topic_id",
    )

    def __init__(
        self, broker_id: int, topic: str, topic_id: bytes, registration: Registration, log: Log, min_in_sync: int = 1
    ) -> None:
        self._broker_id = broker_id
        self.topic = topic
        self.topic_id = topic_id
        self.index = registration.index
        self.log = log
        self.min_in_sync = min_in_sync  # min.insync.replicas
        self.progress = Progress()
        self.epoch_start_offset = log.log_end_offset
        self.registration = registration
        self._become(registration)
        self.committed = Frontier(log.high_watermark)
        self.stable = Frontier(log.last_stable_offset)

    @property
    def is_leader(self) -> bool:
        return self.registration.leader == self._broker_id

    @property
    def leader_epoch(self) -> int:
        return self.registration.leader_epoch

    @property
    def required_in_sync(self) -> int:
        """min.insync.replicas, but never more than there are replicas."""
        return min(self.min_in_sync, len(self.registration.replicas))

    def update(self, registration: Registration) -> bool:
        """Takes what the image says now; true if the leader or its epoch is another."""
        old = self.registration
        self.registration = registration
        if (old.leader, old.leader_epoch) != (registration.leader, registration.leader_epoch):
            self._become(registration)
            return True
        self.advance()
        return False

    def _become(self, registration: Registration) -> None:
        if not self.is_leader:
            return
        self.epoch_start_offset = self.log.log_end_offset
        self.log.start_leader_epoch(registration.leader_epoch)
        self.progress.reset(replica for replica in registration.replicas if replica != self._broker_id)
        self.advance()

    def advance(self) -> bool:
        """Moves the high watermark to what is committed by now; true if it moved."""
        if not self.is_leader or len(self.registration.isr) < self.required_in_sync:
            return False
        log = self.log
        committed = log.log_end_offset
        if self.registration.isr != (self._broker_id,):
            committed = self.progress.committed(self._broker_id, committed, self.registration.isr)
        if committed <= log.high_watermark:
            return False
        log.high_watermark = committed
        return True

    def check_access(self, current_leader_epoch: int = NO_EPOCH, *, only_leader: bool = True) -> None:
        """Raises the error that a client with this idea of the leader must get; NO_EPOCH is no idea."""
        epoch = self.registration.leader_epoch
        if current_leader_epoch not in (NO_EPOCH, epoch):
            raise KafkaError(
                errors.FENCED_LEADER_EPOCH if current_leader_epoch < epoch else errors.UNKNOWN_LEADER_EPOCH
            )
        if only_leader and self.registration.leader != self._broker_id:
            self._not_leader()

    def append(self, records: Any, *, acks: int, origin: Any) -> Any:
        """Appends a client's or a coordinator's batches as the leader; the high watermark follows when it can."""
        registration = self.registration
        if registration.leader != self._broker_id:
            self._not_leader()
        if acks == -1 and len(registration.isr) < self.required_in_sync:
            raise KafkaError(
                errors.NOT_ENOUGH_REPLICAS,
                f"The size of the current ISR {set(registration.isr)} is insufficient to satisfy the min.isr "
                f"requirement of {self.required_in_sync} for partition {self}",
            )
        info = self.log.append_as_leader(records, registration.leader_epoch, origin=origin)
        self.advance()
        return info

    def fetched_by(self, follower: int, offset: int, current_leader_epoch: int) -> None:
        """A follower asks for `offset`: it has everything before. Only other assigned replicas may say so."""
        if follower not in self.registration.replicas or follower == self.registration.leader:
            known = current_leader_epoch != NO_EPOCH
            raise KafkaError(errors.UNKNOWN_LEADER_EPOCH if known else errors.NOT_LEADER_OR_FOLLOWER)
        self.progress.reached(follower, offset)
        self.advance()

    def readable_end(self, isolation: int) -> int:
        """The first offset that a consumer must not see."""
        return self.log.last_stable_offset if isolation == READ_COMMITTED else self.log.high_watermark

    def epoch_end(self, epoch: int, current_leader_epoch: int = NO_EPOCH) -> tuple[int, int]:
        """The largest epoch not above `epoch` and where it ends; (-1, -1) if that is not known."""
        self.check_access(current_leader_epoch)
        return self.log.epoch_end_offset(epoch)

    def divergence(self, fetch_offset: int, last_fetched_epoch: int) -> tuple[int, int] | None:
        """Where a reader that came from another history must go back to (KIP-595), if it did."""
        epoch, end = self.log.epoch_end_offset(last_fetched_epoch)
        if epoch == NO_EPOCH or end == UNDEFINED_OFFSET or fetch_offset < self.log.log_start_offset:
            raise KafkaError(errors.OFFSET_OUT_OF_RANGE)
        return (epoch, end) if epoch < last_fetched_epoch or end < fetch_offset else None

    def delete_records(self, before: int) -> int:
        """Moves the log start up; gives the low watermark, the start that all replicas have."""
        if not self.is_leader:
            self._not_leader()
        if self.log.config.compact and not self.log.config.delete:
            message = f"Records of partition {self} can not be deleted due to the configured policy"
            raise KafkaError(errors.POLICY_VIOLATION, message)
        offset = self.log.high_watermark if before == HIGH_WATERMARK else before
        if not 0 <= offset <= self.log.high_watermark:
            raise KafkaError(errors.OFFSET_OUT_OF_RANGE, f"The offset {before} for partition {self} is not valid")
        self.log.delete_records(offset)
        return self.log.log_start_offset

    def _not_leader(self) -> NoReturn:
        raise KafkaError(errors.NOT_LEADER_OR_FOLLOWER)

    def __str__(self) -> str:
        return f"{self.topic}-{self.index}"
