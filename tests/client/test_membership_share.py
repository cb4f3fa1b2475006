"""The life of a share group's member, message by message."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.client.membership import MemberSettings
from kcli.client.membership_share import ShareMembership
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

TOPIC = b"t" * 16


def answer(epoch: int = 1, partitions: list[int] | None = None, error_code: int = 0) -> Any:
    response = messages.ShareGroupHeartbeatResponse(
        member_epoch=epoch, heartbeat_interval_ms=5000, error_code=error_code
    )
    if partitions is not None:
        kind = messages.ShareGroupHeartbeatResponse
        response.assignment = kind.Assignment(
            topic_partitions=[kind.TopicPartitions(topic_id=TOPIC, partitions=partitions)]
        )
    return response


def joined() -> ShareMembership:
    member = ShareMembership(MemberSettings("g"))
    member.subscribe(["t"])
    assert member.next_request(0.0).member_epoch == 0
    member.on_response(answer(3, [0, 1]), 0.0)
    return member


def test_it_joins_once_and_then_says_only_that_it_lives() -> None:
    member = joined()
    assert member.assignment == {(TOPIC, 0), (TOPIC, 1)}
    assert member.next_request(4.9) is None
    heartbeat = member.next_request(5.0)
    assert (heartbeat.member_epoch, heartbeat.subscribed_topic_names) == (3, None)
    assert member.next_request(6.0) is None  # until that one is answered


@pytest.mark.parametrize("code", [errors.UNKNOWN_MEMBER_ID, errors.FENCED_MEMBER_EPOCH])
def test_fenced_it_joins_again_and_holds_nothing(code: int) -> None:
    member = joined()
    member.next_request(5.0)
    member.on_response(answer(error_code=code), 5.0)
    assert member.assignment == frozenset()
    again = member.next_request(5.0)
    assert (again.member_epoch, again.subscribed_topic_names) == (0, ["t"])


def test_after_a_broken_connection_it_says_everything_again_elsewhere() -> None:
    member = joined()
    member.next_request(5.0)
    member.on_disconnect(5.0)
    assert member.coordinator_lost
    assert member.next_request(6.0).subscribed_topic_names == ["t"]
    assert member.assignment  # what it holds it keeps


def test_a_closed_group_is_an_error() -> None:
    member = joined()
    member.next_request(5.0)
    with pytest.raises(KafkaError, match="Not authorized to access group: g"):
        member.on_response(answer(error_code=errors.GROUP_AUTHORIZATION_FAILED), 5.0)


def test_it_leaves_once() -> None:
    member = joined()
    assert member.leave_request().member_epoch == -1
    assert member.leave_request() is None
    assert member.next_request(100.0) is None
