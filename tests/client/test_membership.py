"""Group members as state machines, against a coordinator that is a few lines of model."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.client.assignors import ASSIGNORS, Assignor
from kcli.client.membership import ClassicMembership, MemberSettings, Phase
from kcli.client.membership_consumer import ConsumerMembership
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

BY_NAME = {assignor.name: assignor for assignor in ASSIGNORS.values()}
SETTINGS = MemberSettings(group_id="g")
COUNTS = {"t": 4, "u": 1}


class Coordinator:
    """Holds one classic group: collects joins, answers them all at once, hands assignments out."""

    def __init__(self) -> None:
        self.generation = 0
        self.named = 0
        self.assignments: dict[str, bytes] = {}

    def name(self) -> Any:
        self.named += 1
        return messages.JoinGroupResponse(error_code=errors.MEMBER_ID_REQUIRED, member_id=f"m{self.named}")

    def join_all(self, members: list[ClassicMembership], now: float = 0.0) -> None:
        """Let all members through the join and the sync."""
        joins: dict[str, Any] = {}
        for member in members:
            request = member.next_request(now)
            if request.member_id == "":
                member.on_response(self.name(), now)
                request = member.next_request(now)
            joins[member.member_id] = request
        self.generation += 1
        common = next(
            protocol.name
            for protocol in next(iter(joins.values())).protocols
            if all(any(each.name == protocol.name for each in join.protocols) for join in joins.values())
        )
        leader = members[0].member_id
        for member in members:
            metadata = [
                messages.JoinGroupResponse.JoinGroupResponseMember(
                    member_id=member_id,
                    metadata=next(each.metadata for each in join.protocols if each.name == common),
                )
                for member_id, join in joins.items()
            ]
            member.on_response(
                messages.JoinGroupResponse(
                    generation_id=self.generation,
                    protocol_name=common,
                    leader=leader,
                    member_id=member.member_id,
                    members=metadata if member.member_id == leader else [],
                ),
                now,
            )
        assert members[0].phase is Phase.ASSIGN
        members[0].distribute(COUNTS)
        for member in members:
            sync = member.next_request(now)
            if member is members[0]:
                self.assignments = {each.member_id: each.assignment for each in sync.assignments}
            answer = messages.SyncGroupResponse(assignment=self.assignments.get(member.member_id, b""))
            member.on_response(answer, now)


def member(*names: str, topics: tuple[str, ...] = ("t",), settings: MemberSettings = SETTINGS) -> ClassicMembership:
    chosen: list[Assignor] = [BY_NAME[name] for name in names or ("range", "cooperative-sticky")]
    made = ClassicMembership(settings, chosen)
    made.subscribe(topics)
    made.prepared(frozenset())
    return made


def stable(*names: str) -> ClassicMembership:
    made = member(*names)
    Coordinator().join_all([made])
    assert made.phase is Phase.STABLE
    return made


def heartbeat_answered(made: ClassicMembership, code: int, now: float = 3.0) -> None:
    assert made.next_request(now) == messages.HeartbeatRequest(
        group_id="g", generation_id=made.generation, member_id=made.member_id
    )
    made.on_response(messages.HeartbeatResponse(error_code=code), now)


def test_two_members_share_a_topic() -> None:
    first, second = member(), member(topics=("t", "u"))
    Coordinator().join_all([first, second])
    assert first.assignment == {("t", 0), ("t", 1)}
    assert second.assignment == {("t", 2), ("t", 3), ("u", 0)}
    assert first.leading
    assert not second.leading
    assert first.wanted_topics == {"t", "u"}


def test_heartbeats_keep_their_pace() -> None:
    made = stable()
    assert made.next_request(2.9) is None
    assert made.wake_at() == 3.0
    heartbeat_answered(made, errors.NONE)
    assert made.phase is Phase.STABLE
    assert made.wake_at() == 6.0


def test_an_eager_member_gives_everything_up_and_joins_again() -> None:
    made = stable("range")
    heartbeat_answered(made, errors.REBALANCE_IN_PROGRESS)
    assert made.phase is Phase.PREPARE
    owned = made.assignment
    assert owned
    assert made.give_up(owned) == owned
    made.prepared(frozenset())
    again = made.next_request(3.0)
    assert again.member_id == made.member_id
    assert again.reason == "group is already rebalancing"


def test_a_cooperative_member_goes_on_reading_and_gives_up_only_what_it_loses() -> None:
    coordinator = Coordinator()
    first = member("cooperative-sticky")
    coordinator.join_all([first])
    everything = first.assignment
    assert everything == {("t", number) for number in range(4)}
    second = member("cooperative-sticky")
    heartbeat_answered(first, errors.REBALANCE_IN_PROGRESS)
    assert first.give_up(everything) == frozenset()
    first.prepared(everything)
    coordinator.join_all([first, second], now=3.0)
    assert first.assignment is not None
    assert len(first.assignment) == 2
    assert second.assignment == frozenset()
    # It revoked something, so the group meets once more, and now the other gets it.
    assert first.phase is Phase.PREPARE
    assert first.give_up(everything) == everything - first.assignment
    first.prepared(first.assignment)
    heartbeat_answered(second, errors.REBALANCE_IN_PROGRESS, now=6.0)
    second.prepared(frozenset())
    coordinator.join_all([first, second], now=6.0)
    assert first.assignment | (second.assignment or frozenset()) == everything
    assert first.phase is second.phase is Phase.STABLE


@pytest.mark.parametrize(
    ("code", "keeps_its_id"), [(errors.ILLEGAL_GENERATION, True), (errors.UNKNOWN_MEMBER_ID, False)]
)
def test_an_evicted_member_has_lost_its_partitions(code: int, keeps_its_id: bool) -> None:
    made = stable("cooperative-sticky")
    member_id, owned = made.member_id, made.assignment
    assert owned
    heartbeat_answered(made, code)
    assert made.lost
    assert made.phase is Phase.PREPARE
    assert made.give_up(owned) == owned
    made.prepared(frozenset())
    assert not made.lost
    assert made.next_request(3.0).member_id == (member_id if keeps_its_id else "")


@pytest.mark.parametrize("code", [errors.NOT_COORDINATOR, errors.COORDINATOR_NOT_AVAILABLE])
def test_a_coordinator_that_moved_is_looked_up_and_the_membership_survives(code: int) -> None:
    made = stable()
    heartbeat_answered(made, code)
    assert made.coordinator_lost
    assert made.phase is Phase.STABLE
    made.coordinator_lost = False
    assert made.next_request(3.0) is None
    heartbeat_answered(made, errors.NONE, now=3.2)


def test_a_join_whose_connection_breaks_is_repeated() -> None:
    made = member()
    assert made.next_request(0.0) is not None
    made.on_disconnect(1.0)
    assert made.coordinator_lost
    assert made.next_request(1.0) is None
    assert isinstance(made.next_request(1.1), messages.JoinGroupRequest)


def test_another_subscription_makes_another_generation() -> None:
    made = stable()
    made.subscribe(["t"])
    assert made.phase is Phase.STABLE
    made.subscribe(["t", "u"])
    assert made.phase is Phase.PREPARE
    made.prepared(frozenset())
    assert made.next_request(0.0).reason == "subscription has changed"


def test_a_subscription_that_changes_during_a_join_waits_for_its_end() -> None:
    made = member()
    made.next_request(0.0)
    made.on_response(Coordinator().name(), 0.0)
    assert made.next_request(0.0) is not None
    made.subscribe(["u"])
    assert made.phase is Phase.JOINING
    made.on_response(
        messages.JoinGroupResponse(generation_id=1, protocol_name="range", leader="other", member_id="m1"), 0.0
    )
    made.next_request(0.0)
    made.on_response(messages.SyncGroupResponse(assignment=b""), 0.0)
    assert made.phase is Phase.PREPARE


@pytest.mark.parametrize(
    "code", [errors.GROUP_AUTHORIZATION_FAILED, errors.FENCED_INSTANCE_ID, errors.INCONSISTENT_GROUP_PROTOCOL]
)
def test_a_closed_group_is_an_error(code: int) -> None:
    made = member()
    made.next_request(0.0)
    with pytest.raises(KafkaError) as caught:
        made.on_response(messages.JoinGroupResponse(error_code=code), 0.0)
    assert caught.value.code == code


def test_a_dynamic_member_says_good_bye_once() -> None:
    made = stable()
    goodbye = made.leave_request()
    assert goodbye is not None
    assert [each.member_id for each in goodbye.members] == [made.member_id]
    assert made.leave_request() is None


def test_a_static_member_is_expected_back() -> None:
    made = member(settings=SETTINGS._replace(instance_id="i"))
    Coordinator().join_all([made])
    assert made.leave_request() is None


# KIP-848

TOPIC_ID = bytes(15) + b"\x07"


def answer(epoch: int, partitions: list[int] | None = None, code: int = 0) -> Any:
    response = messages.ConsumerGroupHeartbeatResponse
    made = response(error_code=code, member_id="me", member_epoch=epoch, heartbeat_interval_ms=5000)
    if partitions is not None:
        topic = response.TopicPartitions(topic_id=TOPIC_ID, partitions=partitions)
        made.assignment = response.Assignment(topic_partitions=[topic] if partitions else [])
    return made


def consumer_member() -> ConsumerMembership:
    made = ConsumerMembership(SETTINGS)
    made.subscribe(["t"])
    made.name_topics({"t": TOPIC_ID})
    return made


def test_the_coordinator_assigns() -> None:
    made = consumer_member()
    hello = made.next_request(0.0)
    assert (hello.member_epoch, hello.subscribed_topic_names, hello.topic_partitions) == (0, ["t"], [])
    assert not made.admitted
    made.on_response(answer(1, [0, 1]), 0.0)
    assert made.admitted
    assert made.phase is Phase.PREPARE
    assert made.give_up(frozenset()) == frozenset()
    made.prepared(frozenset())
    assert made.assignment == {("t", 0), ("t", 1)}
    acknowledgement = made.next_request(0.0)
    assert acknowledgement.subscribed_topic_names is None
    assert [each.partitions for each in acknowledgement.topic_partitions] == [[0, 1]]
    made.on_response(answer(1), 0.0)
    assert made.next_request(4.9) is None
    plain = made.next_request(5.0)
    assert (plain.topic_partitions, plain.subscribed_topic_names, plain.rebalance_timeout_ms) == (None, None, -1)


def test_what_is_taken_away_is_given_up_before_it_is_acknowledged() -> None:
    made = consumer_member()
    made.next_request(0.0)
    made.on_response(answer(1, [0, 1]), 0.0)
    made.prepared(frozenset())
    made.next_request(0.0)
    made.on_response(answer(2, [0]), 0.0)
    owned = frozenset({("t", 0), ("t", 1)})
    assert made.phase is Phase.PREPARE
    assert made.next_request(0.0) is None
    assert made.give_up(owned) == {("t", 1)}
    made.prepared(owned)
    assert [each.partitions for each in made.next_request(0.0).topic_partitions] == [[0]]


def test_a_fenced_member_begins_anew() -> None:
    made = consumer_member()
    made.next_request(0.0)
    made.on_response(answer(3, [0]), 0.0)
    made.prepared(frozenset())
    made.next_request(0.0)
    made.on_response(answer(0, code=errors.FENCED_MEMBER_EPOCH), 1.0)
    assert made.lost
    assert made.give_up(frozenset({("t", 0)})) == {("t", 0)}
    made.prepared(frozenset())
    again = made.next_request(1.0)
    assert (again.member_epoch, again.subscribed_topic_names, again.topic_partitions) == (0, ["t"], [])


def test_an_assignment_of_an_unknown_topic_waits_for_its_name() -> None:
    made = ConsumerMembership(SETTINGS)
    made.subscribe(["t"])
    made.next_request(0.0)
    made.on_response(answer(1, [0]), 0.0)
    assert made.unknown_topic_ids == {TOPIC_ID}
    assert made.assignment is None
    made.name_topics({"t": TOPIC_ID})
    assert made.assignment == {("t", 0)}


def test_leaving_says_whether_the_member_comes_back() -> None:
    for settings, epoch in ((SETTINGS, -1), (SETTINGS._replace(instance_id="i"), -2)):
        made = ConsumerMembership(settings)
        assert made.leave_request() is None
        made.next_request(0.0)
        made.on_response(answer(1), 0.0)
        goodbye = made.leave_request()
        assert goodbye is not None
        assert goodbye.member_epoch == epoch
