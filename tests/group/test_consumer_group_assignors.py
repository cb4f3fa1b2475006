"""Both assignors: everything goes to somebody who wants it, evenly, and stays where it is."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kcli.group.consumer_group_assignors import ASSIGNORS, MemberSpec, assign_range, assign_uniform
from kcli.group.consumer_group_member import Assignment

TOPICS = [bytes([n]) * 16 for n in range(1, 5)]
A, B = TOPICS[:2]


@st.composite
def groups(draw: st.DrawFn, alike: bool = False) -> tuple[dict[str, MemberSpec], dict[bytes, int]]:
    counts = {topic: draw(st.integers(0, 7)) for topic in TOPICS}
    subsets = st.lists(st.sampled_from(TOPICS), unique=True, max_size=4).map(tuple)
    common = draw(subsets)
    members = {}
    free = {(topic, partition) for topic in TOPICS for partition in range(8)}
    for name in draw(st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, min_size=1, max_size=6)):
        mine = draw(st.sets(st.sampled_from(sorted(free)), max_size=5)) if free else set()
        free -= mine
        target: dict[bytes, frozenset[int]] = {}
        for topic, partition in mine:
            target[topic] = target.get(topic, frozenset()) | {partition}
        members[name] = MemberSpec(common if alike else draw(subsets), target)
    return members, counts


def check(members: dict[str, MemberSpec], counts: dict[bytes, int], assigned: dict[str, Assignment]) -> None:
    given_out = [(t, p) for target in assigned.values() for t, partitions in target.items() for p in partitions]
    wanted = {(t, p) for spec in members.values() for t in spec.topics for p in range(counts[t])}
    assert len(given_out) == len(set(given_out)) and set(given_out) == wanted
    for member, target in assigned.items():
        assert set(target) <= set(members[member].topics)


def with_targets(members: dict[str, MemberSpec], assigned: dict[str, Assignment]) -> dict[str, MemberSpec]:
    return {name: MemberSpec(spec.topics, assigned.get(name, {})) for name, spec in members.items()}


@given(groups(), st.sampled_from(sorted(ASSIGNORS)))
def test_every_partition_goes_to_one_subscriber(
    group: tuple[dict[str, MemberSpec], dict[bytes, int]], name: str
) -> None:
    members, counts = group
    assigned = ASSIGNORS[name](members, counts)
    check(members, counts, assigned)
    assert ASSIGNORS[name](with_targets(members, assigned), counts) == assigned


@given(groups(alike=True))
def test_uniform_is_even_and_moves_no_more_than_it_must(group: tuple[dict[str, MemberSpec], dict[bytes, int]]) -> None:
    members, counts = group
    assigned = assign_uniform(members, counts)
    sizes = [sum(map(len, assigned.get(member, {}).values())) for member in members]
    assert max(sizes) - min(sizes) <= 1
    for size, (member, spec) in zip(sizes, members.items()):
        before = {(t, p) for t in spec.topics for p in spec.target.get(t, ()) if p < counts[t]}
        after = {(t, p) for t, partitions in assigned.get(member, {}).items() for p in partitions}
        assert len(before & after) == min(len(before), size)


def test_uniform_evens_out_members_with_different_subscriptions() -> None:
    members = {
        "a": MemberSpec((A,), {A: frozenset(range(6))}),
        "b": MemberSpec((A, B), {B: frozenset(range(2))}),
        "c": MemberSpec((B,)),
    }
    assigned = assign_uniform(members, {A: 6, B: 2})
    loads = Counter({member: sum(map(len, target.values())) for member, target in assigned.items()})
    assert max(loads.values()) - min(loads.values()) <= 1


def test_range_gives_the_same_ranges_of_all_topics_in_the_order_of_instances_and_ids() -> None:
    members = {
        "z": MemberSpec((A, B)),
        "m": MemberSpec((A, B)),
        "y": MemberSpec((A, B), instance_id="2"),
        "x": MemberSpec((A, B), instance_id="3"),
    }
    assigned = assign_range(members, {A: 6, B: 6})
    expected = {"y": {0, 1}, "x": {2, 3}, "m": {4}, "z": {5}}
    assert assigned == {member: {A: partitions, B: partitions} for member, partitions in expected.items()}
    assert list(assigned) == ["y", "x", "m", "z"]
