"""Where replicas go: distinct brokers, racks before brokers, leaders that are up, loads that are even."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kcli.metadata.image import Broker
from kcli.metadata.placement import Placer


def broker(number: int, rack: str | None, fenced: bool) -> Broker:
    return Broker(number, 1, bytes(16), {}, {}, rack, fenced)


@given(
    st.lists(st.tuples(st.sampled_from([None, "a", "b", "c"]), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 12),
    st.integers(1, 30),
    st.integers(0, 1000),
)
def test_every_partition_has_distinct_replicas_and_a_leader_that_is_up(
    racks: list[tuple[str | None, bool]], factor: int, partitions: int, seed: int
) -> None:
    racks[0] = (racks[0][0], False)
    brokers = [broker(number, rack, fenced) for number, (rack, fenced) in enumerate(racks)]
    factor = min(factor, len(brokers))
    placer = Placer(brokers, Random(seed))
    for _ in range(partitions):
        replicas = placer.place(factor)
        assert len(set(replicas)) == len(replicas) == factor
        assert not brokers[replicas[0]].fenced


def test_racks_are_used_evenly_before_brokers() -> None:
    brokers = [broker(number, "abc"[number % 3], False) for number in range(9)]
    placer = Placer(brokers, Random(4))
    for _ in range(50):
        assert len({brokers[replica].rack for replica in placer.place(3)}) == 3


def test_leaders_and_replicas_are_spread_evenly() -> None:
    placer = Placer([broker(number, None, False) for number in range(5)], Random(4))
    placed = [placer.place(3) for _ in range(500)]
    leaders = Counter(replicas[0] for replicas in placed)
    everyone = Counter(replica for replicas in placed for replica in replicas)
    assert set(leaders.values()) == {100}
    assert set(everyone.values()) == {300}


def test_brokers_that_are_down_get_replicas_last() -> None:
    placer = Placer([broker(number, None, number > 2) for number in range(5)], Random(4))
    for _ in range(20):
        assert set(placer.place(3)) == {0, 1, 2}
