"""Topics that come into being because a client asks for them: auto.create.topics.enable, and the coordinators' own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kcli.metadata.controller_topics import create_topics
from kcli.metadata.image import Image
from kcli.wire import errors, messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

GROUP_TOPIC = "__consumer_offsets"
TRANSACTION_TOPIC = "__transaction_state"

# For each internal topic: the broker properties with its partitions and replicas, and its own properties.
_INTERNAL = {
    GROUP_TOPIC: (
        "offsets.topic.num.partitions",
        "offsets.topic.replication.factor",
        {
            "cleanup.policy": "compact",
            "compression.type": "producer",
            "segment.bytes": "offsets.topic.segment.bytes",
        },
    ),
    TRANSACTION_TOPIC: (
        "transaction.state.log.num.partitions",
        "transaction.state.log.replication.factor",
        {
            "cleanup.policy": "compact",
            "compression.type": "uncompressed",
            "min.insync.replicas": "transaction.state.log.min.isr",
            "segment.bytes": "transaction.state.log.segment.bytes",
            "unclean.leader.election.enable": "false",
        },
    ),
}


async def create_missing(context: BrokerContext, names: Iterable[str]) -> dict[str, int]:
    """Create topics with the broker's defaults; by name the error code, 0 where the topic is there now."""
    wanted = list(names)

    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        missing = [_topic(context, image, name) for name in wanted if name not in image.topics]
        request = messages.CreateTopicsRequest(topics=missing)
        return create_topics(image, request, context.settings)

    results = await context.keeper.change(decide)
    failed = {result.name: result.error_code for result in results if result.error_code != errors.NONE}
    return {name: failed.get(name, errors.NONE) for name in wanted}


def _topic(context: BrokerContext, image: Image, name: str) -> Any:
    topic = messages.CreateTopicsRequest.CreatableTopic
    if name not in _INTERNAL:
        return topic(name=name, num_partitions=-1, replication_factor=-1)
    partitions, factor, properties = _INTERNAL[name]
    config = context.config
    replicas = config[factor]
    if factor not in config:
        # The default of 3 is for clusters. On fewer brokers Kafka leaves groups without a coordinator until somebody
        # sets it; here the default is as many as there are.
        replicas = max(1, min(replicas, sum(broker.active for broker in image.brokers.values())))
    return topic(
        name=name,
        num_partitions=config[partitions],
        replication_factor=replicas,
        configs=[
            messages.CreateTopicsRequest.CreatableTopicConfig(
                name=key, value=str(config[value]) if value in config.definition and value != key else value
            )
            for key, value in properties.items()
        ],
    )
