"""DescribeQuorum (55), versions 0 to 2: who keeps the metadata log, which here is this node alone.

Version 1 says when a replica fetched last, version 2 has directory ids and the addresses of the controllers. It may be
asked for the one partition of the metadata log only; named with others, none of them is known, as in Kafka.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.metadata.controller_topics import METADATA_TOPIC
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.metadata.keeper import Quorum

API = Api(55, 0, 2, dialects=("kraft",))

_DEFAULT_LISTENER = "CONTROLLER"


def handle(context: BrokerContext, request: Request) -> Any:
    response = messages.DescribeQuorumResponse
    quorum = context.keeper.quorum()
    if quorum is None:
        raise KafkaError(errors.UNSUPPORTED_VERSION)
    asked = [(topic.topic_name, [item.partition_index for item in topic.partitions]) for topic in request.body.topics]
    if asked == [(METADATA_TOPIC, [0])]:
        topic = response.TopicData(topic_name=METADATA_TOPIC, partitions=[_state(context, quorum)])
        return response(topics=[topic], nodes=[_node(context, quorum, request.session.listener)])
    unknown = KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION)
    return response(
        topics=[
            response.TopicData(
                topic_name=name,
                partitions=[
                    response.PartitionData(
                        partition_index=index, error_code=unknown.code, error_message=unknown.message
                    )
                    for index in indexes
                ],
            )
            for name, indexes in asked
        ]
    )


def _state(context: BrokerContext, quorum: Quorum) -> Any:
    response = messages.DescribeQuorumResponse
    now = context.clock.time_ms()
    leader = response.ReplicaState(
        replica_id=context.broker_id,
        replica_directory_id=quorum.directory_id,
        log_end_offset=quorum.end_offset,
        last_fetch_timestamp=now,
        last_caught_up_timestamp=now,
    )
    return response.PartitionData(
        partition_index=0,
        leader_id=context.broker_id,
        leader_epoch=quorum.epoch,
        high_watermark=quorum.end_offset,
        current_voters=[leader],
    )


def _node(context: BrokerContext, quorum: Quorum, listener: str) -> Any:
    response = messages.DescribeQuorumResponse
    addresses = quorum.endpoints or (_configured(context, listener),)
    listeners = [response.Listener(name=name, host=host, port=port) for name, host, port in addresses]
    return response.Node(node_id=context.broker_id, listeners=listeners)


def _configured(context: BrokerContext, listener: str) -> tuple[str, str, int]:
    """The controller's address by the configuration; without one it is where this request came in."""
    config = context.config
    own = context.keeper.image.brokers[context.broker_id].endpoints[listener]
    name = (config["controller.listener.names"] or [_DEFAULT_LISTENER])[0].upper()
    found = [voter.partition("@")[2] for voter in config["controller.quorum.voters"] or ()]
    named = (entry.partition("://") for entry in config["listeners"])
    found += [address for entry, _, address in named if entry.upper() == name]
    if not found:
        return name, own.host, own.port
    host, _, port = found[0].rpartition(":")
    return name, host.strip("[]") or own.host, int(port) or own.port
