"""ApiVersions (18), versions 0 to 4: which requests are served in which versions, and which features are on.

A version that is not known is answered by `dispatch`, in version 0 (KIP-511). Features are told only where this broker
serves the requests they turn on: a client that reads transaction.version=2 starts to commit in another way.
The image holds the same features as a real cluster's, so that real Kafka finds what it expects in the log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.controller_brokers import SUPPORTED_FEATURES
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.api.request import Request

API = Api(18, 0, 4)

_SOFTWARE = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?")

# For each feature level the request, and its version, that a client uses once it is told of it.
_NEEDED: Mapping[str, tuple[tuple[int, int, int], ...]] = {
    "group.version": ((1, 68, 0),),
    "share.version": ((1, 76, 1), (1, 78, 1)),
    "streams.version": ((1, 88, 0),),
    "transaction.version": ((1, 26, 0), (2, 26, 5)),
}


def handle(context: BrokerContext, request: Request) -> Any:
    body, response = request.body, messages.ApiVersionsResponse
    if request.version >= 3 and not (
        _SOFTWARE.fullmatch(body.client_software_name) and _SOFTWARE.fullmatch(body.client_software_version)
    ):
        raise KafkaError(errors.INVALID_REQUEST)
    if request.version >= 3:
        request.session.client_software_name = body.client_software_name
        request.session.client_software_version = body.client_software_version
    answer = response(api_keys=_api_keys(context))
    if request.version < 3:
        return answer
    levels = _levels(context)
    answer.supported_features = [
        response.SupportedFeatureKey(name=name, min_version=low, max_version=min(high, levels.get(name, high)))
        for name, (low, high) in SUPPORTED_FEATURES.items()
        # Before version 4 a lowest level of 0 cannot be told (KAFKA-17011).
        if levels.get(name, high) > 0 and (request.version >= 4 or low > 0)
    ]
    answer.finalized_features = [
        response.FinalizedFeatureKey(name=name, min_version_level=level, max_version_level=level)
        for name, level in sorted(_finalized(context, levels).items())
    ]
    answer.finalized_features_epoch = context.keeper.features_epoch
    return answer


def _api_keys(context: BrokerContext) -> list[Any]:
    return [
        messages.ApiVersionsResponse.ApiVersion(
            api_key=key,
            min_version=api.min_version if api.advertised_min is None else api.advertised_min,
            max_version=api.max_version,
        )
        for key, api in sorted(context.apis.items())
        if context.keeper.dialect in api.dialects
    ]


def _levels(context: BrokerContext) -> dict[str, int]:
    """The highest level of each feature that is served here, for those that depend on it."""

    def served(key: int, version: int) -> bool:
        api = context.apis.get(key)
        return api is not None and api.min_version <= version <= api.max_version

    return {
        name: max((level for level, key, version in needed if served(key, version)), default=0)
        for name, needed in _NEEDED.items()
    }


def _finalized(context: BrokerContext, levels: Mapping[str, int]) -> dict[str, int]:
    features = context.keeper.image.features
    told = {name: min(level, levels.get(name, level)) for name, level in features.items()}
    return {name: level for name, level in told.items() if level > 0}
