"""From a request's frame to its answer: header, version, authentication, handler, errors.

A module of this package that has an `API` serves that request; adding a request is adding a module. A handler that can
answer at once returns its response, and no task or future is made for it; one that has to wait returns an awaitable.
What closes the connection is a WireError: bytes that do not fit, an unknown API, a version that is not served.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import kcli.api
from kcli.api.failure import error_response
from kcli.api.faults import Action, Fault, Faults
from kcli.api.request import Api, Request
from kcli.wire import errors, messages
from kcli.wire.apis import API_NAMES, API_VERSIONS, request_class
from kcli.wire.errors import KafkaError, WireError
from kcli.wire.frames import RequestHeader, decode_request_header, encode_response

if TYPE_CHECKING:
    from types import ModuleType

    from kcli.api.context import BrokerContext
    from kcli.security.session import Session

SASL_HANDSHAKE = 17
SASL_AUTHENTICATE = 36
BEFORE_AUTHENTICATION = frozenset({SASL_HANDSHAKE, API_VERSIONS, SASL_AUTHENTICATE})

Answer = list[Any] | None
"""buffers to send one after the other; None: nothing is sent (Produce with acks=0)"""

_log = logging.getLogger(__name__)


class _Served(NamedTuple):
    api: Api
    handle: Callable[[BrokerContext, Request], Any]
    decode: Callable[[Any, int, int], tuple[Any, int]]
    """the message's own, or a faster one that its module has"""
    error_response: Callable[[Any, int, KafkaError], Any]


def _api_modules() -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(kcli.api.__path__):
        module = importlib.import_module(f"{kcli.api.__name__}.{info.name}")
        if hasattr(module, "API"):
            yield module


class Dispatch:
    """All that `net` knows of the broker: `handle(frame, session)`."""

    def __init__(self, context: BrokerContext, faults: Faults | None = None) -> None:
        self._context = context
        self.faults = faults or Faults()
        self._served: dict[int, _Served] = {}
        for module in _api_modules():
            decode = getattr(module, "decode", None) or _decoder(module.API.key)
            fail = getattr(module, "error_response", error_response)
            self._served[module.API.key] = _Served(module.API, module.handle, decode, fail)
        context.apis = {key: served.api for key, served in sorted(self._served.items())}

    def handle(self, frame: memoryview | bytes, session: Session) -> Answer | Awaitable[Answer]:
        """The answer to one request frame (without its size), now or later; WireError closes the connection."""
        header, position = decode_request_header(frame)
        served = self._served.get(header.api_key)
        if served is None:
            raise WireError(f"{API_NAMES[header.api_key]} (key {header.api_key}) is not served")
        if not served.api.min_version <= header.api_version <= served.api.max_version:
            if header.api_key == API_VERSIONS:
                return self._unknown_api_versions(header)
            raise WireError(f"{API_NAMES[header.api_key]} version {header.api_version} is not served")
        if not session.authenticated and header.api_key not in BEFORE_AUTHENTICATION:
            raise WireError(f"{API_NAMES[header.api_key]} before authentication")
        body, _ = served.decode(frame, header.api_version, position)
        request = Request(header, body, session)
        if self.faults.rules and (fault := self.faults.match(header.client_id, body, self._topic_name)):
            return self._faulty(fault, served, request)
        return self._answer(served, request)

    def _answer(self, served: _Served, request: Request) -> Answer | Awaitable[Answer]:
        try:
            response = served.handle(self._context, request)
        except WireError:
            raise
        except Exception as error:
            return _failed(served, request, error)
        if response is None:
            return None
        if hasattr(response, "encode"):
            return _encode(request, response)
        return _when_ready(served, request, response)

    def _unknown_api_versions(self, header: RequestHeader) -> Answer:
        """A client from the future learns what we understand, in the oldest format (KIP-511)."""
        api = self._served[API_VERSIONS].api
        known = messages.ApiVersionsResponse.ApiVersion(
            api_key=API_VERSIONS, min_version=api.min_version, max_version=api.max_version
        )
        body = messages.ApiVersionsResponse(error_code=errors.UNSUPPORTED_VERSION, api_keys=[known])
        return encode_response(API_VERSIONS, 0, header.correlation_id, body)

    def _topic_name(self, topic_id: bytes) -> str | None:
        topic = self._context.keeper.image.topics_by_id.get(topic_id)
        return topic.name if topic is not None else None

    def _faulty(self, fault: Fault, served: _Served, request: Request) -> Answer | Awaitable[Answer]:
        if fault.action is Action.DISCONNECT:
            raise WireError("a fault rule disconnects this client")
        if fault.action is Action.DROP:
            return None
        if fault.action is Action.FAIL:
            return _failed(served, request, KafkaError(fault.error))
        return self._delayed(fault.seconds, served, request)

    async def _delayed(self, seconds: float, served: _Served, request: Request) -> Answer:
        await asyncio.sleep(seconds)
        answer = self._answer(served, request)
        return answer if answer is None or isinstance(answer, list) else await answer


def _decoder(key: int) -> Callable[[Any, int, int], tuple[Any, int]]:
    """The message class is made when its first request comes, not at the broker's start."""

    def decode(frame: Any, version: int, position: int) -> tuple[Any, int]:
        return request_class(key).decode(frame, version, position)

    return decode


def _encode(request: Request, response: Any) -> list[Any]:
    header = request.header
    return encode_response(header.api_key, header.api_version, header.correlation_id, response)


async def _when_ready(served: _Served, request: Request, pending: Awaitable[Any]) -> Answer:
    try:
        response = await pending
    except WireError:
        raise
    except Exception as error:
        return _failed(served, request, error)
    return None if response is None else _encode(request, response)


def _failed(served: _Served, request: Request, error: Exception) -> Answer:
    """The answer that carries an error; the unexpected ones are ours to log."""
    header = request.header
    if not isinstance(error, KafkaError):
        _log.error(
            "%s v%d from %s failed", API_NAMES[header.api_key], header.api_version, header.client_id, exc_info=error
        )
        error = KafkaError(errors.UNKNOWN_SERVER_ERROR)
    if getattr(request.body, "acks", None) == 0:  # a producer that waits for no answer learns of it by the disconnect
        raise WireError(f"a produce request with acks=0 failed: {error.message}")
    return _encode(request, served.error_response(request.body, header.api_version, error))
