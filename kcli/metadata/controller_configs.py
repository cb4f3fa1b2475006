"""Changing the properties of topics, brokers and groups: what is allowed, and the ConfigRecords that say it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from kcli.config.definition import ConfigError
from kcli.metadata import topic_names
from kcli.metadata.controller import Settings
from kcli.metadata.image import (
    BROKER_LOGGER_RESOURCE,
    BROKER_RESOURCE,
    CLIENT_METRICS_RESOURCE,
    GROUP_RESOURCE,
    TOPIC_RESOURCE,
    Image,
    Record,
)
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

SET, DELETE, APPEND, SUBTRACT = range(4)
OPERATIONS = ("SET", "DELETE", "APPEND", "SUBTRACT")
_TYPE_NAMES = {
    TOPIC_RESOURCE: "TOPIC",
    BROKER_RESOURCE: "BROKER",
    CLIENT_METRICS_RESOURCE: "CLIENT_METRICS",
    GROUP_RESOURCE: "GROUP",
}

ELR_FEATURE = "eligible.leader.replicas.version"
MIN_ISR = "min.insync.replicas"

Resource = tuple[int, str]
Changes = Mapping[str, tuple[int, "str | None"]]
"""by property: (operation, value)"""


def incremental_alter(image: Image, request: Any, settings: Settings, broker_id: int) -> tuple[list[Any], list[Record]]:
    """IncrementalAlterConfigs: (an AlterConfigsResourceResponse for each resource, records).

    Loggers have no records; the broker whose they are alters them.
    """

    def decide(resource: Any) -> list[Record]:
        for config in resource.configs:
            if config.config_operation not in range(len(OPERATIONS)):
                raise KafkaError(errors.INVALID_REQUEST, f"Unknown operations type {config.config_operation}")
        key = (resource.resource_type, resource.resource_name)
        if resource.resource_type == BROKER_LOGGER_RESOURCE:
            return []
        changes = {config.name: (config.config_operation, config.value) for config in resource.configs}
        return _altered(image, key, changes, settings)

    result_class = messages.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
    return _each_resource(request, broker_id, result_class, decide, {*_TYPE_NAMES, BROKER_LOGGER_RESOURCE})


def legacy_alter(image: Image, request: Any, settings: Settings, broker_id: int) -> tuple[list[Any], list[Record]]:
    """AlterConfigs: what a resource is not given, it loses."""

    def decide(resource: Any) -> list[Record]:
        key = (resource.resource_type, resource.resource_name)
        given = {config.name: (SET, config.value) for config in resource.configs}
        lost = {name: (DELETE, None) for name in image.config(*key) if name not in given}
        return _altered(image, key, {**given, **lost}, settings)

    result_class = messages.AlterConfigsResponse.AlterConfigsResourceResponse
    return _each_resource(request, broker_id, result_class, decide, _TYPE_NAMES)


def _each_resource(
    request: Any, broker_id: int, result_class: Any, decide: Callable[[Any], list[Record]], known: Container[int]
) -> tuple[list[Any], list[Record]]:
    counts: dict[Resource, int] = {}
    for resource in request.resources:
        key = (resource.resource_type, resource.resource_name)
        counts[key] = counts.get(key, 0) + 1
    results, records = [], []
    for resource in request.resources:
        result = result_class(
            error_message=None, resource_type=resource.resource_type, resource_name=resource.resource_name
        )
        try:
            if counts[resource.resource_type, resource.resource_name] > 1:
                raise KafkaError(errors.INVALID_REQUEST, "Each resource must appear at most once.")
            _check_request(resource, broker_id, known)
            records += decide(resource)
        except KafkaError as error:
            result.error_code, result.error_message = error.code, error.message
        results.append(result)
    return results, [] if request.validate_only else records


def _check_request(resource: Any, broker_id: int, known: Container[int]) -> None:
    names = [config.name for config in resource.configs]
    if len(set(names)) < len(names):
        raise KafkaError(errors.INVALID_REQUEST, "Error due to duplicate config keys")
    nulls = [c.name for c in resource.configs if c.value is None and getattr(c, "config_operation", SET) != DELETE]
    if nulls:
        raise KafkaError(errors.INVALID_REQUEST, f"Null value not supported for : {', '.join(nulls)}")
    if resource.resource_type not in known:
        raise KafkaError(errors.INVALID_REQUEST, f"Unknown resource type {resource.resource_type}")
    named = bool(resource.resource_name) and resource.resource_type == BROKER_RESOURCE
    if named or resource.resource_type == BROKER_LOGGER_RESOURCE:
        check_this_broker(resource.resource_name, broker_id, "Node id")


def check_this_broker(name: str, broker_id: int, what: str, received: str = ", but received") -> None:
    """A broker's own properties are changed and shown by that broker only; its words differ with what is asked for."""
    try:
        named = int(name)
    except ValueError:
        raise KafkaError(errors.INVALID_REQUEST, f"{what} must be an integer, but it is: {name}") from None
    if named != broker_id:
        raise KafkaError(errors.INVALID_REQUEST, f"Unexpected broker id, expected {broker_id}{received} {name}")


def _altered(image: Image, key: Resource, changes: Changes, settings: Settings) -> list[Record]:
    try:
        records = incremental_records(image, key, changes, settings)
    except ConfigError as error:
        if not settings.schemas[key[0]].knows(error.name):
            raise KafkaError(errors.INVALID_CONFIG, str(error)) from None
        values = {"type": _TYPE_NAMES[key[0]], "name": key[1], "reason": str(error)}
        raise settings.error(errors.INVALID_CONFIG, "invalid value", **values) from None
    _check_resource(image, key, settings)
    return records


def _check_resource(image: Image, key: Resource, settings: Settings) -> None:
    resource_type, name = key
    if resource_type == TOPIC_RESOURCE:
        if not name:
            raise KafkaError(errors.INVALID_REQUEST, "Default topic resources are not allowed.")
        topic_names.validate(name)
        if name not in image.topics:
            raise settings.error(errors.UNKNOWN_TOPIC_OR_PARTITION, "no topic to alter", name=name)
    if resource_type == GROUP_RESOURCE and not name:
        raise KafkaError(errors.INVALID_REQUEST, "Default group resources are not allowed.")


def incremental_records(image: Image, key: Resource, changes: Changes, settings: Settings) -> list[Record]:
    """The records of one resource's changes; raises KafkaError or ConfigError if what results is not allowed."""
    current = image.config(*key)
    resulting = dict(current)
    for name, (operation, value) in changes.items():
        changed = _changed(key, name, operation, value, current.get(name), settings)
        if changed is None:
            resulting.pop(name, None)
        else:
            resulting[name] = changed
    _check_min_isr(image, key, changes, resulting)
    if key[0] in settings.schemas:
        settings.schemas[key[0]].validate(key, resulting, settings.wording)
    # A broker's own values are recorded even if they did not change: the record makes it reload files (KAFKA-14136).
    return [
        messages.ConfigRecord(resource_type=key[0], resource_name=key[1], name=name, value=resulting.get(name))
        for name in changes
        if current.get(name) != resulting.get(name) or key[0] == BROKER_RESOURCE
    ]


def _changed(
    key: Resource, name: str, operation: int, value: str | None, current: str | None, settings: Settings
) -> str | None:
    if operation == DELETE:
        return None
    if operation == SET:
        return value
    schema = settings.schemas.get(key[0])
    if schema is None or not schema.is_list(name):
        raise _not_a_list(key, name, operation, known=schema is not None and schema.knows(name), settings=settings)
    present = _items(current if current is not None else schema.default(name))
    given = (value or "").split(",")
    if operation == APPEND:
        return ",".join(present + [item for item in given if item not in present])
    return ",".join(item for item in present if item not in given)


def _not_a_list(key: Resource, name: str, operation: int, known: bool, settings: Settings) -> KafkaError:
    word = OPERATIONS[operation]
    if key[0] == TOPIC_RESOURCE:
        values = {"operation": word, "lower": word.lower(), "key": name}
        return settings.error(errors.INVALID_CONFIG, "not a list", **values)
    if not known:
        return KafkaError(errors.INVALID_CONFIG, f"Unknown config name: {name}")
    return KafkaError(errors.INVALID_CONFIG, f"Config value {word.lower()} is not allowed for config key: {name}")


def _items(text: str | None) -> list[str]:
    return [item for item in (text or "").split(",") if item]


def _check_min_isr(image: Image, key: Resource, changes: Changes, resulting: Mapping[str, str]) -> None:
    """With eligible leader replicas the minimum is the cluster's or a topic's, never one broker's (KIP-966)."""
    if key[0] != BROKER_RESOURCE or MIN_ISR not in changes or not image.features.get(ELR_FEATURE):
        return
    if key[1]:
        text = "Broker-level min.insync.replicas cannot be altered while ELR is enabled."
        raise KafkaError(errors.INVALID_CONFIG, text)
    if MIN_ISR not in resulting:
        text = "Cluster-level min.insync.replicas cannot be removed while ELR is enabled."
        raise KafkaError(errors.INVALID_CONFIG, text)
