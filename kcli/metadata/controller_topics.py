"""Creating and deleting topics, adding partitions: what may be, and the records that make it so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kcli.config.definition import ConfigError
from kcli.metadata import topic_names
from kcli.metadata.controller import MAX_RECORDS_PER_CHANGE, Settings
from kcli.metadata.controller_configs import incremental_records
from kcli.metadata.image import TOPIC_RESOURCE, Image, Partition, Record, Topic, partition_record
from kcli.metadata.placement import Placer
from kcli.wire import errors, messages, uuid
from kcli.wire.errors import KafkaError

METADATA_TOPIC = "__cluster_metadata"
UNASSIGNED_DIRECTORY = uuid.ZERO
MIGRATING_DIRECTORY = bytes(15) + b"\x02"

_SET = 0


def create_topics(image: Image, request: Any, settings: Settings) -> tuple[list[Any], list[Record]]:
    """(a CreatableTopicResult for each topic, records). Results lack `configs`, which is the API's to add."""
    result_class = messages.CreateTopicsResponse.CreatableTopicResult
    try:
        _check_total(request, settings)
    except KafkaError as error:
        return _all_refused(request, error), []
    duplicates = _duplicates(topic.name for topic in request.topics)
    results: list[Any] = []
    records: list[Record] = []
    for topic in request.topics:
        if topic.name in duplicates:
            continue
        try:
            topic_id, made = _create_topic(image, topic, settings)
        except KafkaError as error:
            results.append(result_class(name=topic.name, error_code=error.code, error_message=error.message))
            continue
        partitions = [record for record in made if isinstance(record, messages.PartitionRecord)]
        results.append(
            result_class(
                name=topic.name,
                topic_id=topic_id,
                error_message=None,
                num_partitions=len(partitions),
                replication_factor=len(partitions[0].replicas),
                configs=[],
            )
        )
        records += made
    if len(records) > MAX_RECORDS_PER_CHANGE:
        return _all_refused(request, settings.error(errors.POLICY_VIOLATION, "too many records")), []
    results += [
        result_class(name=name, error_code=errors.INVALID_REQUEST, error_message="Duplicate topic name.")
        for name in duplicates
    ]
    return results, [] if request.validate_only else records


def _check_total(request: Any, settings: Settings) -> None:
    """Before anything is placed: counts are a client's to choose, and memory is not."""
    total = 0
    for topic in request.topics:
        default = settings.num_partitions if topic.num_partitions == -1 else max(topic.num_partitions, 0)
        total += len(topic.assignments) or default
    if total > MAX_RECORDS_PER_CHANGE:
        raise settings.error(errors.POLICY_VIOLATION, "too many partitions")


def _all_refused(request: Any, error: KafkaError) -> list[Any]:
    result_class = messages.CreateTopicsResponse.CreatableTopicResult
    names = dict.fromkeys(topic.name for topic in request.topics)
    return [result_class(name=name, error_code=error.code, error_message=error.message) for name in names]


def _create_topic(image: Image, topic: Any, settings: Settings) -> tuple[bytes, list[Record]]:
    _check_name(image, topic.name, settings)
    nulls = [config.name for config in topic.configs if config.value is None]
    if nulls:
        raise settings.error(errors.INVALID_CONFIG, "null config", names=",".join(nulls))
    changes = {config.name: (_SET, config.value) for config in topic.configs}
    try:
        config_records = incremental_records(image, (TOPIC_RESOURCE, topic.name), changes, settings) if changes else []
    except ConfigError as error:
        raise KafkaError(errors.INVALID_CONFIG, str(error)) from None
    replicas = _assigned(image, topic, settings) if topic.assignments else _placed(image, topic, settings)
    topic_id = settings.new_topic_id()
    return topic_id, [
        messages.TopicRecord(name=topic.name, topic_id=topic_id),
        *config_records,
        *_partition_records(image, topic_id, enumerate(replicas)),
    ]


def _check_name(image: Image, name: str, settings: Settings) -> None:
    if name == METADATA_TOPIC:
        raise KafkaError(errors.INVALID_REQUEST, f"Creation of internal topic {METADATA_TOPIC} is prohibited.")
    if name in image.topics:
        raise KafkaError(errors.TOPIC_ALREADY_EXISTS, f"Topic '{name}' already exists.")
    topic_names.validate(name)
    colliding = sorted(image.colliding_topics(name))
    if colliding:
        values = {"name": name, "first": colliding[0], "all": ", ".join(colliding)}
        raise settings.error(errors.INVALID_TOPIC_EXCEPTION, "name collides", **values)


def _assigned(image: Image, topic: Any, settings: Settings) -> list[tuple[int, ...]]:
    """The replicas of each partition as the request assigns them."""
    if topic.replication_factor != -1:
        raise settings.error(errors.INVALID_REQUEST, "assignment and factor")
    if topic.num_partitions != -1:
        raise settings.error(errors.INVALID_REQUEST, "assignment and partitions")
    replicas: dict[int, tuple[int, ...]] = {}
    for assignment in topic.assignments:
        index = assignment.partition_index
        if index in replicas:
            raise settings.error(errors.INVALID_REPLICA_ASSIGNMENT, "assigned twice", partition=index)
        expected = len(next(iter(replicas.values()))) if replicas else None
        replicas[index] = _checked_assignment(image, assignment.broker_ids, index, expected, settings)
    if sorted(replicas) != list(range(len(replicas))):
        raise settings.error(errors.INVALID_REPLICA_ASSIGNMENT, "not consecutive")
    return [replicas[index] for index in range(len(replicas))]


def check_replicas(image: Image, brokers: Sequence[int], settings: Settings) -> None:
    """Raise unless the brokers can be the replicas of a partition: some, all registered, none twice."""
    code = errors.INVALID_REPLICA_ASSIGNMENT
    if not brokers:
        raise settings.error(code, "empty assignment")
    previous = None
    for broker in sorted(brokers):
        if broker not in image.brokers:
            raise settings.error(code, "unknown broker", broker=broker)
        if broker == previous:
            raise settings.error(code, "broker twice", broker=broker)
        previous = broker


def _checked_assignment(
    image: Image, brokers: Sequence[int], index: int, expected: int | None, settings: Settings
) -> tuple[int, ...]:
    check_replicas(image, brokers, settings)
    code = errors.INVALID_REPLICA_ASSIGNMENT
    if expected is not None and len(brokers) != expected:
        raise settings.error(code, "uneven assignment", count=len(brokers), expected=expected)
    if not any(image.brokers[broker].active for broker in brokers):
        raise settings.error(code, "assigned to fenced", partition=index)
    return tuple(brokers)


def _placed(image: Image, topic: Any, settings: Settings) -> list[tuple[int, ...]]:
    """The replicas of each partition as the placer spreads them."""
    if topic.replication_factor < -1 or topic.replication_factor == 0:
        raise settings.error(errors.INVALID_REPLICATION_FACTOR, "bad factor")
    if topic.num_partitions < -1 or topic.num_partitions == 0:
        raise settings.error(errors.INVALID_PARTITIONS, "bad partitions")
    factor = settings.replication_factor if topic.replication_factor == -1 else topic.replication_factor
    partitions = settings.num_partitions if topic.num_partitions == -1 else topic.num_partitions
    return _place(image, factor, partitions, settings)


def _place(image: Image, factor: int, partitions: int, settings: Settings) -> list[tuple[int, ...]]:
    code = errors.INVALID_REPLICATION_FACTOR
    usable = [broker for broker in image.brokers.values() if _has_room(broker.directories, broker.cordoned_directories)]
    if factor > len(usable):
        raise settings.error(code, "too few brokers", factor=factor, brokers=len(usable))
    if all(broker.fenced for broker in usable):
        raise settings.error(code, "no usable broker", factor=factor)
    placer = Placer(usable, settings.random)
    replicas = [placer.place(factor) for _ in range(partitions)]
    if not all(any(image.brokers[broker].active for broker in chosen) for chosen in replicas):
        raise settings.error(code, "no active broker", factor=factor)
    return replicas


def _has_room(directories: Sequence[bytes], cordoned: Sequence[bytes]) -> bool:
    return not directories or not set(directories) <= set(cordoned)


def _partition_records(
    image: Image, topic_id: bytes, replicas: Iterable[tuple[int, tuple[int, ...]]]
) -> Iterable[Record]:
    for index, chosen in replicas:
        isr = tuple(broker for broker in chosen if image.brokers[broker].active)
        directories = tuple(default_directory(image, broker) for broker in chosen)
        partition = Partition(index, chosen, isr, isr[0], leader_epoch=0, partition_epoch=0, directories=directories)
        yield partition_record(topic_id, partition)


def default_directory(image: Image, broker: int) -> bytes:
    """Where a broker's new replica goes, as far as the controller can know (KIP-858)."""
    directories = image.brokers[broker].directories
    if not directories:
        return MIGRATING_DIRECTORY
    return directories[0] if len(directories) == 1 else UNASSIGNED_DIRECTORY


def delete_topics(image: Image, request: Any) -> tuple[list[Any], list[Record]]:
    """(a DeletableTopicResult for each topic named or identified, records)."""
    names, ids, results = _deletions(request)
    for name in names:
        topic = image.topics.get(name)
        if topic is None:
            results.append(_deletion(name, uuid.ZERO, errors.UNKNOWN_TOPIC_OR_PARTITION))
        elif topic.id in ids:
            ids.remove(topic.id)
            reason = "The provided topic name maps to an ID that was already supplied."
            results.append(_deletion(name, topic.id, errors.INVALID_REQUEST, reason))
        else:
            ids.append(topic.id)
    records = []
    for topic_id in ids:
        topic = image.topics_by_id.get(topic_id)
        if topic is None:
            results.append(_deletion(None, topic_id, errors.UNKNOWN_TOPIC_ID))
        else:
            records.append(messages.RemoveTopicRecord(topic_id=topic_id))
            results.append(_deletion(topic.name, topic_id, errors.NONE))
    return results, records


def _deletions(request: Any) -> tuple[list[str], list[bytes], list[Any]]:
    """(names, ids, answers to what is neither or both or said twice)."""
    names: list[str] = list(request.topic_names)
    ids: list[bytes] = []
    results = []
    for topic in request.topics:
        if topic.name is None and topic.topic_id == uuid.ZERO:
            reason = "Neither topic name nor id were specified."
            results.append(_deletion(None, uuid.ZERO, errors.INVALID_REQUEST, reason))
        elif topic.name is None:
            ids.append(bytes(topic.topic_id))
        elif topic.topic_id == uuid.ZERO:
            names.append(topic.name)
        else:
            reason = "You may not specify both topic name and topic id."
            results.append(_deletion(topic.name, topic.topic_id, errors.INVALID_REQUEST, reason))
    twice_named, twice_identified = _duplicates(names), _duplicates(ids)
    for name in twice_named:
        results.append(_deletion(name, uuid.ZERO, errors.INVALID_REQUEST, "Duplicate topic name."))
    for topic_id in twice_identified:
        results.append(_deletion(None, topic_id, errors.INVALID_REQUEST, "Duplicate topic id."))
    names = [name for name in names if name not in twice_named]
    return names, [topic_id for topic_id in ids if topic_id not in twice_identified], results


def _deletion(name: str | None, topic_id: bytes, code: int, message: str | None = None) -> Any:
    text = message if message is not None or code == errors.NONE else errors.error(code).message
    return messages.DeleteTopicsResponse.DeletableTopicResult(
        name=name, topic_id=topic_id, error_code=code, error_message=text
    )


def create_partitions(image: Image, request: Any, settings: Settings) -> tuple[list[Any], list[Record]]:
    """(a CreatePartitionsTopicResult for each topic, records)."""
    result_class = messages.CreatePartitionsResponse.CreatePartitionsTopicResult
    duplicates = _duplicates(topic.name for topic in request.topics)
    results = [
        result_class(name=name, error_code=errors.INVALID_REQUEST, error_message="Duplicate topic name.")
        for name in duplicates
    ]
    records: list[Record] = []
    for topic in request.topics:
        if topic.name in duplicates:
            continue
        try:
            records += _add_partitions(image, topic, settings, MAX_RECORDS_PER_CHANGE - len(records))
            results.append(result_class(name=topic.name, error_message=None))
        except KafkaError as error:
            text = error.message if error.message != error.error.message else None  # Kafka says nothing, either
            results.append(result_class(name=topic.name, error_code=error.code, error_message=text))
    return results, [] if request.validate_only else records


def _add_partitions(image: Image, request: Any, settings: Settings, room: int) -> list[Record]:
    topic = image.topics.get(request.name)
    if topic is None:
        raise settings.error(errors.UNKNOWN_TOPIC_OR_PARTITION, "no such topic", name=request.name)
    present = len(topic.partitions)
    values = {"name": topic.name, "partitions": present, "count": request.count}
    if request.count == present:
        raise settings.error(errors.INVALID_PARTITIONS, "as many partitions", **values)
    if request.count < present:
        raise settings.error(errors.INVALID_PARTITIONS, "fewer partitions", **values)
    if request.count - present > room:
        raise settings.error(errors.POLICY_VIOLATION, "too many records")
    replicas = _additional(image, topic, request, settings)
    return list(_partition_records(image, topic.id, enumerate(replicas, present)))


def _additional(image: Image, topic: Topic, request: Any, settings: Settings) -> list[tuple[int, ...]]:
    present = len(topic.partitions)
    additional = request.count - present
    factor = len(next(iter(topic.partitions.values())).replicas)
    if request.assignments is None:
        return _place(image, factor, additional, settings)
    if len(request.assignments) != additional:
        values = {"additional": additional, "assignments": len(request.assignments)}
        raise settings.error(errors.INVALID_REPLICA_ASSIGNMENT, "wrong assignments", **values)
    return [
        _checked_assignment(image, assignment.broker_ids, index, factor, settings)
        for index, assignment in enumerate(request.assignments, present)
    ]


def _duplicates(items: Iterable[Any]) -> list[Any]:
    """What appears more than once, in order."""
    counts: dict[Any, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return [item for item, count in counts.items() if count > 1]
