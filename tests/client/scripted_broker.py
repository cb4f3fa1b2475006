"""A broker that misbehaves to order: it speaks real frames, and does what the test says with each request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from kcli.client.address import Address
from kcli.wire import messages
from kcli.wire.apis import API_VERSIONS, request_class
from kcli.wire.frames import RequestHeader, decode_request_header, encode_response

HANG_UP = object()
Script = Callable[[RequestHeader, Any], Any]

ALL = [messages.ApiVersionsResponse.ApiVersion(api_key=key, min_version=0, max_version=99) for key in range(80)]


def api_versions(header: RequestHeader, body: Any) -> Any:
    """Claim to understand everything."""
    return messages.ApiVersionsResponse(api_keys=ALL)


class ScriptedBroker:
    """`script(header, body)` gives a response, raw bytes, None (no answer), or HANG_UP. ApiVersions is seen to here."""

    def __init__(self, script: Script, greet: Script = api_versions) -> None:
        self._script = script
        self._greet = greet
        self._listener = socket.create_server(("localhost", 0))
        self.address = Address("localhost", self._listener.getsockname()[1])
        self.connections = 0
        self.requests: list[tuple[RequestHeader, Any]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> ScriptedBroker:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted, accepted.makefile("rb") as stream:
            while size := stream.read(4):
                frame = stream.read(int.from_bytes(size, "big"))
                header, position = decode_request_header(frame)
                known = request_class(header.api_key)
                body = None
                if header.api_version <= known.VERSIONS[1]:
                    body, _ = known.decode(frame, header.api_version, position)
                self.requests.append((header, body))
                script = self._greet if header.api_key == API_VERSIONS else self._script
                answer = script(header, body)
                if answer is HANG_UP:
                    return
                if isinstance(answer, tuple):  # a response in a version of the script's choice
                    accepted.sendall(
                        b"".join(encode_response(header.api_key, answer[0], header.correlation_id, answer[1]))
                    )
                elif isinstance(answer, bytes):
                    accepted.sendall(answer)
                elif answer is not None:
                    accepted.sendall(
                        b"".join(encode_response(header.api_key, header.api_version, header.correlation_id, answer))
                    )
