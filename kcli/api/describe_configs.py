"""DescribeConfigs (32), versions 1 to 4: properties of topics, brokers, groups, client metrics and loggers.

Version 3 adds types and documentation (KIP-569). Secrets are told to exist, their values never. The documentation is
our own and short. A type that nobody knows fails the whole request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kcli.api import loggers
from kcli.api.request import Api
from kcli.metadata import topic_names
from kcli.metadata.controller_configs import check_this_broker
from kcli.metadata.effective import Entry
from kcli.metadata.image import (
    BROKER_LOGGER_RESOURCE,
    BROKER_RESOURCE,
    CLIENT_METRICS_RESOURCE,
    GROUP_RESOURCE,
    TOPIC_RESOURCE,
)
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(32, 1, 4)


def handle(context: BrokerContext, request: Request) -> Any:
    body = request.body
    if any(resource.resource_type not in _DESCRIBERS for resource in body.resources):
        raise KafkaError(errors.INVALID_REQUEST)
    return messages.DescribeConfigsResponse(results=[_result(context, body, resource) for resource in body.resources])


def _result(context: BrokerContext, body: Any, resource: Any) -> Any:
    result = messages.DescribeConfigsResponse.DescribeConfigsResult(
        resource_type=resource.resource_type, resource_name=resource.resource_name
    )
    describe = _DESCRIBERS[resource.resource_type]
    try:
        wanted = resource.configuration_keys
        result.configs = [
            _config(entry, body)
            for entry in describe(context, resource.resource_name)
            if not wanted or entry.name in wanted
        ]
    except KafkaError as error:
        result.error_code, result.error_message = error.code, error.message
    return result


def _config(entry: Entry, body: Any) -> Any:
    response = messages.DescribeConfigsResponse
    synonyms = entry.synonyms if body.include_synonyms else ()
    return response.DescribeConfigsResourceResult(
        name=entry.name,
        value=entry.value,
        read_only=entry.read_only,
        config_source=entry.source,
        is_sensitive=entry.sensitive,
        synonyms=[response.DescribeConfigsSynonym(name=s.name, value=s.value, source=s.source) for s in synonyms],
        config_type=entry.type,
        documentation=entry.documentation if body.include_documentation else None,
    )


def _topic(context: BrokerContext, name: str) -> Iterable[Entry]:
    topic_names.validate(name)
    image = context.keeper.image
    if name not in image.topics:
        raise KafkaError(errors.UNKNOWN_TOPIC_OR_PARTITION, "")  # Kafka has no text here, and tools print what they get
    return context.effective().topic(image.config(TOPIC_RESOURCE, name))


def _broker(context: BrokerContext, name: str) -> Iterable[Entry]:
    if not name:
        return context.effective().cluster_default()
    try:
        check_this_broker(name, context.broker_id, "Broker id")
    except KafkaError as error:
        text = error.message.replace(", but received", " or empty string, but received")
        raise KafkaError(error.code, text) from None
    return context.effective().broker()


def _broker_loggers(context: BrokerContext, name: str) -> Iterable[Entry]:
    if not name:
        raise KafkaError(errors.INVALID_REQUEST, "Broker id must not be empty")
    check_this_broker(name, context.broker_id, "Broker id", " but received")
    return loggers.entries()


def _group(context: BrokerContext, name: str) -> Iterable[Entry]:
    if not name:
        raise KafkaError(errors.INVALID_REQUEST, "Group name must not be empty")
    return context.effective().group(context.keeper.image.config(GROUP_RESOURCE, name))


def _client_metrics(context: BrokerContext, name: str) -> Iterable[Entry]:
    if not name:
        raise KafkaError(errors.INVALID_REQUEST, "Client metrics subscription name must not be empty")
    return context.effective().client_metrics(context.keeper.image.config(CLIENT_METRICS_RESOURCE, name))


_DESCRIBERS: Mapping[int, Callable[[BrokerContext, str], Iterable[Entry]]] = {
    TOPIC_RESOURCE: _topic,
    BROKER_RESOURCE: _broker,
    GROUP_RESOURCE: _group,
    CLIENT_METRICS_RESOURCE: _client_metrics,
    BROKER_LOGGER_RESOURCE: _broker_loggers,
}
