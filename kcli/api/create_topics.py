"""CreateTopics (19), versions 2 to 7: topics with counts or assignments, properties, and validate_only.

From version 5 on the answer carries what came of it: counts and every effective property (KIP-525).
The timeout has nothing to wait for: when the answer leaves, this broker leads the new partitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_topics import create_topics
from kcli.metadata.image import Image
from kcli.wire import errors, messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(19, 2, 7)


async def handle(context: BrokerContext, request: Request) -> Any:
    body = request.body

    def decide(image: Image) -> tuple[list[Any], list[Any]]:
        return create_topics(image, body, context.settings)

    results = await context.keeper.change(decide)
    if request.version >= 5:
        given = {topic.name: {config.name: config.value for config in topic.configs} for topic in body.topics}
        for result in results:
            if result.error_code == errors.NONE:
                result.configs = _configs(context, given[result.name])
    return messages.CreateTopicsResponse(topics=results)


def _configs(context: BrokerContext, given: dict[str, str]) -> list[Any]:
    return [
        messages.CreateTopicsResponse.CreatableTopicConfigs(
            name=entry.name,
            value=entry.value,
            read_only=entry.read_only,
            config_source=entry.source,
            is_sensitive=entry.sensitive,
        )
        for entry in sorted(context.effective().topic(given))
    ]
