"""SaslHandshake 0-1: the client names its SASL mechanism; the answer lists those that are offered.

After version 0 the client's tokens come as bare frames, after version 1 in SaslAuthenticate.
A mechanism that is not offered ends the connection after the answer. On a connection that needs no SASL, or has passed
it, the answer is ILLEGAL_SASL_STATE.
"""

from __future__ import annotations

from typing import Any

from kcli.api.context import BrokerContext
from kcli.api.request import Api, Request
from kcli.security.sasl import State
from kcli.wire import errors, messages
from kcli.wire.errors import WireError

API = Api(17, 0, 1)


def handle(context: BrokerContext, request: Request) -> Any:
    """See the module."""
    session = request.session
    sasl = session.sasl
    if sasl is None or session.authenticated:
        return messages.SaslHandshakeResponse(error_code=errors.ILLEGAL_SASL_STATE)
    if sasl.state is not State.HANDSHAKE:
        raise WireError("a second SASL handshake")
    offered = list(sasl.mechanisms)
    if sasl.handshake(request.body.mechanism, request.version):
        return messages.SaslHandshakeResponse(mechanisms=offered)
    session.closing = True
    return messages.SaslHandshakeResponse(error_code=errors.UNSUPPORTED_SASL_MECHANISM, mechanisms=offered)
