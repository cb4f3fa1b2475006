from __future__ import annotations

from typing import Any

import pytest

from kcli.api.failure import error_response
from kcli.wire import apis, errors, messages
from kcli.wire.errors import KafkaError

FENCED = KafkaError(errors.FENCED_LEADER_EPOCH, "an older leader")

TOP_LEVEL = {
    "JoinGroup": 9,
    "InitProducerId": 4,
    "DescribeCluster": 1,
    "ListGroups": 4,
    "Heartbeat": 4,
    "OffsetDelete": 0,
    "DescribeLogDirs": 4,
}


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_an_error_code_of_the_whole_response_is_set(name: str) -> None:
    request = apis.request_class(apis.API_KEYS[name])()
    assert error_response(request, TOP_LEVEL[name], FENCED).error_code == FENCED.code


def items(response: Any, *path: str) -> list[Any]:
    """The structures at the end of a path of arrays."""
    found = [response]
    for name in path:
        found = [inner for outer in found for inner in getattr(outer, name)]
    return found


def test_every_partition_that_was_named_is_answered() -> None:
    request = messages.OffsetCommitRequest
    body = request(
        topics=[
            request.OffsetCommitRequestTopic(
                name=name, partitions=[request.OffsetCommitRequestPartition(partition_index=index) for index in (0, 3)]
            )
            for name in ("a", "b")
        ]
    )
    response = error_response(body, 8, FENCED)
    assert [topic.name for topic in response.topics] == ["a", "b"]
    answered = [(item.partition_index, item.error_code) for item in items(response, "topics", "partitions")]
    assert answered == [(0, FENCED.code), (3, FENCED.code)] * 2


def test_items_named_by_plain_strings() -> None:
    response = error_response(messages.DeleteGroupsRequest(groups_names=["g", "h"]), 2, FENCED)
    assert [(item.group_id, item.error_code) for item in response.results] == [("g", FENCED.code), ("h", FENCED.code)]
    response = error_response(messages.DescribeGroupsRequest(groups=["g"]), 6, FENCED)
    assert [(g.group_id, g.error_code, g.error_message) for g in response.groups] == [
        ("g", FENCED.code, "an older leader")
    ]


def test_topics_by_name_or_by_id() -> None:
    topic_id = bytes(range(16))
    request = messages.DeleteTopicsRequest
    by_name = error_response(request(topic_names=["t"]), 3, FENCED).responses[0]
    by_id = error_response(
        request(topics=[request.DeleteTopicState(name=None, topic_id=topic_id)]), 6, FENCED
    ).responses[0]
    assert (by_name.name, by_name.error_code) == ("t", FENCED.code)
    assert (by_id.name, by_id.topic_id, by_id.error_code) == (None, topic_id, FENCED.code)


def test_resources_get_error_and_message() -> None:
    request = messages.IncrementalAlterConfigsRequest
    body = request(resources=[request.AlterConfigsResource(resource_type=2, resource_name="t")])
    (answer,) = error_response(body, 1, FENCED).responses
    assert (answer.resource_type, answer.resource_name) == (2, "t")
    assert (answer.error_code, answer.error_message) == (FENCED.code, "an older leader")


def test_all_topics_asked_for_means_no_item_to_answer() -> None:
    assert error_response(messages.MetadataRequest(topics=None), 12, FENCED).topics == []


def versions() -> list[tuple[int, int]]:
    return [
        (key, version)
        for key in apis.API_NAMES
        for low, high in [apis.request_class(key).VERSIONS]
        for version in range(low, high + 1)
    ]


def test_every_request_of_every_version_has_an_answer_that_can_be_sent() -> None:
    for key, version in versions():
        response = error_response(apis.request_class(key)(), version, FENCED)
        if type(response).VERSIONS[0] <= version <= type(response).VERSIONS[1]:
            decoded, _ = type(response).decode(response.encode_bytes(version), version)
            assert decoded.encode_bytes(version) == response.encode_bytes(version)
