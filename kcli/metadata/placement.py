"""Which brokers get the replicas of new partitions: striped over racks and brokers, as Kafka's StripedReplicaPlacer.

Leaders go to brokers that are up, replicas spread over racks first and brokers second, and a random start keeps
small topics from piling up on the first broker.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from kcli.metadata.image import Broker


class _Ring:
    """Brokers of one rack in one state; each partition starts one further."""

    def __init__(self, brokers: list[int], random: Random) -> None:
        self.brokers = sorted(brokers)
        self._offset = random.randrange(len(brokers)) if brokers else 0
        self._index = 0
        self._epoch = 0

    def next(self, epoch: int) -> int | None:
        if not self.brokers:
            return None
        if self._epoch != epoch:
            self._epoch = epoch
            self._index = 0
            self._offset = (self._offset + 1) % len(self.brokers)
        if self._index >= len(self.brokers):
            return None
        broker = self.brokers[(self._index + self._offset) % len(self.brokers)]
        self._index += 1
        return broker


class _Rack:
    def __init__(self, brokers: list[Broker], random: Random) -> None:
        self.unfenced = _Ring([b.id for b in brokers if not b.fenced], random)
        self.fenced = _Ring([b.id for b in brokers if b.fenced], random)

    def next(self, epoch: int) -> int | None:
        broker = self.unfenced.next(epoch)
        return self.fenced.next(epoch) if broker is None else broker


class Placer:
    """Places one topic's partitions, one after the other.

    The caller has checked that the replication factor is positive and not above the number of brokers, and that one
    of them at least is not fenced.
    """

    def __init__(self, brokers: Iterable[Broker], random: Random) -> None:
        by_rack: dict[str | None, list[Broker]] = {}
        for broker in brokers:
            by_rack.setdefault(broker.rack, []).append(broker)
        self._random = random
        self._racks = [_Rack(by_rack[name], random) for name in sorted(by_rack, key=lambda rack: rack or "")]
        self._unfenced = sum(len(rack.unfenced.brokers) for rack in self._racks)
        self._offset = random.randrange(len(self._racks))
        self._epoch = 0

    def place(self, replication_factor: int) -> tuple[int, ...]:
        """The replicas of the next partition, its preferred leader first."""
        if self._epoch == self._unfenced and self._unfenced > 1:
            self._shuffle()
        leader_rack, leader = self._leader()
        replicas = [leader]
        index = self._offset
        skip: int | None = leader_rack
        while len(replicas) < replication_factor:
            if index == skip:
                skip = None
            else:
                broker = self._racks[index].next(self._epoch)
                if broker is not None:
                    replicas.append(broker)
            index = (index + 1) % len(self._racks)
        self._epoch += 1
        self._offset = (self._offset + 1) % len(self._racks)
        return tuple(replicas)

    def _leader(self) -> tuple[int, int]:
        index = self._offset
        while True:
            broker = self._racks[index].unfenced.next(self._epoch)
            if broker is not None:
                return index, broker
            index = (index + 1) % len(self._racks)

    def _shuffle(self) -> None:
        self._random.shuffle(self._racks)
        for rack in self._racks:
            self._random.shuffle(rack.unfenced.brokers)
            self._random.shuffle(rack.fenced.brokers)
        self._epoch = 0
