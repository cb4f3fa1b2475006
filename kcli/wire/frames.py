"""Frames: a 4-byte size, a header, a body. Which header a message has follows from its API and version.

Request header v1 has no tagged fields, v2 has; response header v0 and v1 likewise. ApiVersions answers with v0
always, because a client cannot know what the broker understands before it has read that answer (KIP-511).
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from kcli.wire.apis import API_VERSIONS, CONTROLLED_SHUTDOWN, request_class, response_class
from kcli.wire.codec import read_uvarint, skip_tags
from kcli.wire.errors import WireError

_REQUEST = struct.Struct(">hhih")
_SIZE = struct.Struct(">i")
_ANSWER = struct.Struct(">ii")


class RequestHeader(NamedTuple):
    """What stands before every request."""

    api_key: int
    api_version: int
    correlation_id: int
    client_id: str | None


def decode_request_header(frame: memoryview | bytes) -> tuple[RequestHeader, int]:
    """(header, position of the body). Raises WireError for an API that Kafka does not have or bytes that do not fit."""
    try:
        api_key, api_version, correlation_id, length = _REQUEST.unpack_from(frame, 0)
        position = 10
        if api_key == CONTROLLED_SHUTDOWN and api_version == 0:
            return RequestHeader(api_key, api_version, correlation_id, None), 8
        client_id = None
        if length >= 0:
            position += length
            if position > len(frame):
                raise WireError("the client id ends behind the request")
            client_id = str(frame[10:position], "utf-8")
        flexible = request_class(api_key).FLEXIBLE
        # An ApiVersions request of a version from the future still has to be answered: its header is flexible, too.
        if flexible is not None and api_version >= flexible:
            count, position = read_uvarint(frame, position)
            position = skip_tags(frame, position, len(frame), count)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise WireError(f"a request header does not fit: {error}") from None
    return RequestHeader(api_key, api_version, correlation_id, client_id), position


def encode_request(header: RequestHeader, body: Any) -> bytes:
    """A request as one frame, size included."""
    parts = encode_request_parts(header, body)
    return b"".join(parts)


def encode_request_parts(header: RequestHeader, body: Any) -> list[Any]:
    """A request as buffers whose first begins with the frame's size; record batches are not copied."""
    client_id = header.client_id.encode() if header.client_id is not None else b""
    length = len(client_id) if header.client_id is not None else -1
    head = _REQUEST.pack(header.api_key, header.api_version, header.correlation_id, length) + client_id
    if body.FLEXIBLE is not None and header.api_version >= body.FLEXIBLE:
        head += b"\x00"
    parts = body.encode(header.api_version)
    return [_SIZE.pack(len(head) + sum(map(len, parts))) + head + parts[0], *parts[1:]]


def encode_response(api_key: int, version: int, correlation_id: int, body: Any) -> list[Any]:
    """A response as buffers whose first begins with the frame's size; record batches are not copied."""
    parts = body.encode(version)
    tags = b"\x00" if api_key != API_VERSIONS and body.FLEXIBLE is not None and version >= body.FLEXIBLE else b""
    size = 4 + len(tags) + sum(map(len, parts))
    return [_ANSWER.pack(size, correlation_id) + tags + parts[0], *parts[1:]]


def decode_response_header(api_key: int, version: int, frame: memoryview | bytes) -> tuple[int, int]:
    """(correlation id, position of the body) of a response frame without its size."""
    try:
        (correlation_id,) = _SIZE.unpack_from(frame, 0)
        position = 4
        flexible = response_class(api_key).FLEXIBLE
        if api_key != API_VERSIONS and flexible is not None and version >= flexible:
            count, position = read_uvarint(frame, position)
            position = skip_tags(frame, position, len(frame), count)
    except (struct.error, IndexError) as error:
        raise WireError(f"a response header does not fit: {error}") from None
    return correlation_id, position


def decode_response(api_key: int, version: int, frame: memoryview | bytes) -> tuple[int, Any]:
    """(correlation id, body) of a response frame without its size."""
    correlation_id, position = decode_response_header(api_key, version, frame)
    body, _ = response_class(api_key).decode(frame, version, position)
    return correlation_id, body
