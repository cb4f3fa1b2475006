"""Assignors: what is promised to every group, and what is promised to stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kcli.client.assignors import (
    ASSIGNORS,
    Assignment,
    Assignor,
    Member,
    assign_cooperative_sticky,
    assign_range,
    assign_round_robin,
    assign_sticky,
    decode_sticky,
)

TOPICS = ("a", "b", "c")
partition_counts = st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 7))
subscriptions = st.lists(st.frozensets(st.sampled_from(TOPICS), min_size=1), min_size=1, max_size=6)
assignors = st.sampled_from(list(ASSIGNORS.values()))


def members_of(wanted: list[frozenset[str]]) -> list[Member]:
    return [Member(f"m{number}", topics) for number, topics in enumerate(wanted)]


def holding(members: list[Member], assignment: Assignment, generation: int = 1) -> list[Member]:
    return [each._replace(owned=tuple(assignment[each.member_id]), generation=generation) for each in members]


@given(assignors, subscriptions, partition_counts)
def test_every_wanted_partition_has_one_owner_who_wants_it(
    assignor: Assignor, wanted: list[frozenset[str]], counts: dict[str, int]
) -> None:
    members = members_of(wanted)
    assignment = assignor.assign(members, counts)
    given_out = [partition for owned in assignment.values() for partition in owned]
    subscribed = frozenset[str]().union(*wanted)
    assert sorted(given_out) == sorted((t, n) for t in counts if t in subscribed for n in range(counts[t]))
    assert all(topic in member.topics for member in members for topic, _ in assignment[member.member_id])


@given(st.integers(1, 6), partition_counts)
def test_equal_members_hold_equally_much(count: int, counts: dict[str, int]) -> None:
    members = members_of([frozenset(TOPICS)] * count)
    for assign in (assign_round_robin, assign_sticky):
        sizes = [len(owned) for owned in assign(members, counts).values()]
        assert max(sizes) - min(sizes) <= 1
    for topic in counts:
        sizes = [sum(each[0] == topic for each in owned) for owned in assign_range(members, counts).values()]
        assert max(sizes) - min(sizes) <= 1
        assert sizes == sorted(sizes, reverse=True)


@given(subscriptions, partition_counts)
def test_sticky_moves_nothing_without_need(wanted: list[frozenset[str]], counts: dict[str, int]) -> None:
    members = members_of(wanted)
    first = assign_sticky(members, counts)
    assert assign_sticky(holding(members, first), counts) == first


@given(st.integers(2, 6), st.integers(1, 12))
def test_sticky_keeps_what_a_leaving_member_did_not_hold(count: int, partitions: int) -> None:
    members = holding(
        members_of([frozenset("a")] * count), assign_sticky(members_of([frozenset("a")] * count), {"a": partitions})
    )
    after = assign_sticky(members[1:], {"a": partitions})
    assert all(set(member.owned) <= set(after[member.member_id]) for member in members[1:])


@given(st.integers(1, 5), st.integers(0, 12))
def test_cooperative_hands_over_only_what_was_given_up(count: int, partitions: int) -> None:
    old = members_of([frozenset("a")] * count)
    held = holding(old, assign_cooperative_sticky(old, {"a": partitions}))
    joined = [*held, Member("new", frozenset("a"))]
    first = assign_cooperative_sticky(joined, {"a": partitions})
    owner = {partition: member.member_id for member in held for partition in member.owned}
    for member_id, owned in first.items():
        assert all(owner.get(partition, member_id) == member_id for partition in owned)
    second = assign_cooperative_sticky(holding(joined, first, 2), {"a": partitions})
    assert sorted(p for owned in second.values() for p in owned) == [("a", number) for number in range(partitions)]
    sizes = [len(owned) for owned in second.values()]
    assert max(sizes) - min(sizes) <= 1


def test_ranges() -> None:
    members = [Member("z", frozenset("ab"), instance_id="i"), Member("x", frozenset("ab")), Member("y", frozenset("b"))]
    assert assign_range(members, {"a": 3, "b": 4}) == {
        "z": [("a", 0), ("a", 1), ("b", 0), ("b", 1)],
        "x": [("a", 2), ("b", 2)],
        "y": [("b", 3)],
    }


def test_round_robin() -> None:
    members = [Member("x", frozenset("ab")), Member("y", frozenset("b"))]
    assert assign_round_robin(members, {"a": 2, "b": 3}) == {
        "x": [("a", 0), ("a", 1), ("b", 1)],
        "y": [("b", 0), ("b", 2)],
    }


def test_an_old_claim_does_not_count() -> None:
    stale = Member("stale", frozenset("a"), owned=(("a", 0), ("a", 1)), generation=1)
    current = Member("current", frozenset("a"), owned=(("a", 0),), generation=2)
    assert assign_sticky([stale, current], {"a": 2}) == {"stale": [("a", 1)], "current": [("a", 0)]}


@given(st.sets(st.tuples(st.sampled_from(TOPICS), st.integers(0, 99))), st.integers(-1, 2**31 - 1))
def test_sticky_user_data_comes_back(owned: set[tuple[str, int]], generation: int) -> None:
    sticky = next(each for each in ASSIGNORS.values() if each.name == "sticky")
    data = sticky.encode_user_data(sorted(owned), generation)
    assert data is not None
    assert decode_sticky(data) == (tuple(sorted(owned)), generation)


@given(st.binary(max_size=40))
def test_any_user_data_is_survived(data: bytes) -> None:
    owned, generation = decode_sticky(data)
    assert isinstance(owned, tuple)
    assert isinstance(generation, int)
