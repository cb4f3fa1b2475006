"""Metadata (3), versions 0 to 13: brokers, topics and partitions, as the clients of the request's listener reach them.

All topics are asked for by an empty list in version 0 and by null later. A topic that is not there is created when
both the request and `auto.create.topics.enable` allow it; the answer is then UNKNOWN_TOPIC_OR_PARTITION
(LEADER_NOT_AVAILABLE in the ZooKeeper dialect) as Kafka's, and the client finds the topic when it asks again.
Answers for all topics are encoded once per listener, version and state of the metadata.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from kcli.api.authorized import CLUSTER_OPERATIONS, NOT_ASKED, TOPIC_OPERATIONS
from kcli.api.auto_create import create_missing
from kcli.api.request import Api
from kcli.metadata import topic_names
from kcli.metadata.image import INTERNAL_TOPICS, Image, Partition, Topic
from kcli.metadata.listing import alive_brokers, offline_replicas, reachable
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(3, 0, 13)

_CREATED = {"kraft": errors.UNKNOWN_TOPIC_OR_PARTITION, "zk": errors.LEADER_NOT_AVAILABLE}


class _Encoded:
    """An answer that was encoded before."""

    FLEXIBLE = messages.MetadataResponse.FLEXIBLE

    def __init__(self, buffers: list[Any]) -> None:
        self._buffers = buffers

    def encode(self, version: int) -> list[Any]:
        return list(self._buffers)


class _View(NamedTuple):
    """Whose eyes the image is seen with."""

    image: Image
    listener: str
    version: int
    operations: int

    def topic(self, topic: Topic) -> Any:
        return messages.MetadataResponse.MetadataResponseTopic(
            name=topic.name,
            topic_id=topic.id,
            is_internal=topic.internal,
            partitions=[self.partition(partition) for _, partition in sorted(topic.partitions.items())],
            topic_authorized_operations=self.operations,
        )

    def partition(self, partition: Partition) -> Any:
        replicas, isr = self._shown(partition.replicas), self._shown(partition.isr)
        led = reachable(self.image, partition.leader, self.listener)
        return messages.MetadataResponse.MetadataResponsePartition(
            error_code=self._error(partition, led, len(replicas), len(isr)),
            partition_index=partition.index,
            leader_id=partition.leader if led else -1,
            leader_epoch=partition.leader_epoch,
            replica_nodes=replicas,
            isr_nodes=isr,
            offline_replicas=offline_replicas(self.image, partition, self.listener),
        )

    def _shown(self, brokers: tuple[int, ...]) -> list[int]:
        """Version 0 leaves out brokers that are away, later ones name them all."""
        if self.version > 0:
            return list(brokers)
        alive = {broker.id for broker, _ in alive_brokers(self.image, self.listener)}
        return [broker for broker in brokers if broker in alive]

    def _error(self, partition: Partition, led: bool, replicas: int, isr: int) -> int:
        if not led:
            known = partition.leader in self.image.brokers
            return errors.LISTENER_NOT_FOUND if known and self.version >= 6 else errors.LEADER_NOT_AVAILABLE
        if replicas < len(partition.replicas) or isr < len(partition.isr):
            return errors.REPLICA_NOT_AVAILABLE
        return errors.NONE


def handle(context: BrokerContext, request: Request) -> Any:
    body = request.body
    if body.topics is None or (request.version == 0 and not body.topics):
        return _all_topics(context, request)
    _check_names(request)
    ids = [bytes(topic.topic_id) for topic in body.topics if topic.topic_id != uuid.ZERO]
    if ids:
        return _by_id(context, request, ids)
    names = list(dict.fromkeys(topic.name for topic in body.topics))
    image = context.keeper.image
    create = body.allow_auto_topic_creation and context.config["auto.create.topics.enable"]
    missing = [name for name in names if name not in image.topics and _valid(name)] if create else []
    if missing:
        return _created(context, request, names, missing)
    return _by_name(context, request, names, {})


def error_response(body: Any, version: int, error: KafkaError) -> Any:
    """Every topic asked for with the error; older versions have no null for the name of a topic asked for by id."""
    topic = messages.MetadataResponse.MetadataResponseTopic
    return messages.MetadataResponse(
        topics=[
            topic(error_code=error.code, name=asked.name or "", topic_id=asked.topic_id) for asked in body.topics or ()
        ],
        error_code=error.code if version >= 13 else errors.NONE,
    )


def _check_names(request: Request) -> None:
    if request.version >= 12:
        return
    for topic in request.body.topics:
        if topic.name is None:
            raise KafkaError(errors.INVALID_REQUEST, f"Topic name can not be null for version {request.version}")
        if topic.topic_id != uuid.ZERO:
            text = f"Topic IDs are not supported in requests for version {request.version}"
            raise KafkaError(errors.INVALID_REQUEST, text)


def _all_topics(context: BrokerContext, request: Request) -> _Encoded:
    """Kept encoded: with thousands of topics this answer is the most expensive one that idle clients ask for."""
    image, body = context.keeper.image, request.body
    asked = (body.include_topic_authorized_operations, body.include_cluster_authorized_operations)
    cache = context.cache.setdefault("Metadata", {})
    key = (request.version, request.session.listener, asked)
    state, encoded = cache.get(key, (None, None))
    present = (image.version, context.keeper.controller_id)
    if state != present:
        view = _view(context, request)
        answer = _answer(context, request, [view.topic(topic) for topic in image.topics.values()])
        encoded = _Encoded([bytes(part) for part in answer.encode(request.version)])
        cache[key] = (present, encoded)
    return encoded


async def _created(context: BrokerContext, request: Request, names: list[str], missing: list[str]) -> Any:
    dialect = context.keeper.dialect
    outcome = await create_missing(context, missing)
    failed = {
        name: code if code not in (errors.NONE, errors.TOPIC_ALREADY_EXISTS) and dialect == "zk" else _CREATED[dialect]
        for name, code in outcome.items()
    }
    return _by_name(context, request, names, failed)


def _by_name(context: BrokerContext, request: Request, names: list[str], failed: dict[str, int]) -> Any:
    view = _view(context, request)
    topics = []
    for name in names:
        topic = view.image.topics.get(name)
        if topic is not None and name not in failed:
            topics.append(view.topic(topic))
        else:
            unknown = errors.UNKNOWN_TOPIC_OR_PARTITION if _valid(name) else errors.INVALID_TOPIC_EXCEPTION
            topics.append(_failure(view, failed.get(name, unknown), name=name, is_internal=name in INTERNAL_TOPICS))
    return _answer(context, request, topics)


def _by_id(context: BrokerContext, request: Request, ids: list[bytes]) -> Any:
    view = _view(context, request)
    topics = []
    for topic_id in dict.fromkeys(ids):
        topic = view.image.topics_by_id.get(topic_id)
        if topic is None:
            topics.append(_failure(view, errors.UNKNOWN_TOPIC_ID, name=None, topic_id=topic_id))
        else:
            topics.append(view.topic(topic))
    return _answer(context, request, topics)


def _failure(view: _View, code: int, **fields: Any) -> Any:
    if fields["name"] is None and view.version < 12:
        fields["name"] = ""
    return messages.MetadataResponse.MetadataResponseTopic(
        error_code=code, topic_authorized_operations=view.operations, **fields
    )


def _view(context: BrokerContext, request: Request) -> _View:
    asked = request.body.include_topic_authorized_operations
    operations = TOPIC_OPERATIONS if asked and request.version >= 8 else NOT_ASKED
    return _View(context.keeper.image, request.session.listener, request.version, operations)


def _answer(context: BrokerContext, request: Request, topics: Iterable[Any]) -> Any:
    response = messages.MetadataResponse
    alive = alive_brokers(context.keeper.image, request.session.listener)
    asked = 8 <= request.version <= 10 and request.body.include_cluster_authorized_operations
    return response(
        brokers=[
            response.MetadataResponseBroker(node_id=broker.id, host=at.host, port=at.port, rack=broker.rack)
            for broker, at in alive
        ],
        cluster_id=context.keeper.cluster_id,
        controller_id=context.keeper.controller_id,
        topics=list(topics),
        cluster_authorized_operations=CLUSTER_OPERATIONS if asked else NOT_ASKED,
    )


def _valid(name: str) -> bool:
    try:
        topic_names.validate(name)
    except KafkaError:
        return False
    return True
