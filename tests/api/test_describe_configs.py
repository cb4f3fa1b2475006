"""DescribeConfigs: what topics inherit is kept between requests, and follows what is changed on the broker."""

from __future__ import annotations

from typing import Any

from kcli.metadata.effective import DEFAULT_SOURCE, DYNAMIC_DEFAULT_SOURCE, TOPIC_SOURCE
from kcli.metadata.image import BROKER_RESOURCE, TOPIC_RESOURCE
from kcli.wire import messages
from tests.api.node import Node, in_node

DESCRIBE = messages.DescribeConfigsRequest
ALTER = messages.IncrementalAlterConfigsRequest
_SET = 0


async def retention(node: Node, *topics: str) -> list[tuple[str, int]]:
    """Each topic's retention.ms, and where it is from."""
    wanted: list[Any] = [
        DESCRIBE.DescribeConfigsResource(
            resource_type=TOPIC_RESOURCE, resource_name=topic, configuration_keys=["retention.ms"]
        )
        for topic in topics
    ]
    answer = await node.request(DESCRIBE(resources=wanted), 4)
    return [(entry.value, entry.config_source) for result in answer.results for entry in result.configs]


@in_node()
async def test_topics_follow_the_brokers_defaults(node: Node) -> None:
    await node.create_topic("plain")
    await node.create_topic("own", **{"retention.ms": "7"})
    week = ("604800000", DEFAULT_SOURCE)
    assert await retention(node, "plain", "own", "plain") == [week, ("7", TOPIC_SOURCE), week]
    change = ALTER.AlterableConfig(name="log.retention.ms", config_operation=_SET, value="1234")
    resource = ALTER.AlterConfigsResource(resource_type=BROKER_RESOURCE, resource_name="", configs=[change])
    [answer] = (await node.request(ALTER(resources=[resource]), 1)).responses
    assert answer.error_code == 0
    assert await retention(node, "plain", "own") == [("1234", DYNAMIC_DEFAULT_SOURCE), ("7", TOPIC_SOURCE)]
