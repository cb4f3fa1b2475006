"""SaslAuthenticate 0-2: one token of the client's SASL exchange, and our challenge or verdict.

A refusal is answered after `connection.failed.authentication.delay.ms`, then the connection closes.
Sessions do not expire (session_lifetime_ms is 0), so re-authentication is not asked for.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from typing import Any

from kcli.api.context import BrokerContext
from kcli.api.request import Api, Request
from kcli.security.sasl import SaslError, SaslServer, State
from kcli.security.session import Session
from kcli.wire import errors, messages
from kcli.wire.errors import WireError

API = Api(36, 0, 2)

_log = logging.getLogger(__name__)


def handle(context: BrokerContext, request: Request) -> Any:
    """See the module."""
    session = request.session
    sasl = session.sasl
    if sasl is None or session.authenticated:
        return messages.SaslAuthenticateResponse(
            error_code=errors.ILLEGAL_SASL_STATE,
            error_message="SaslAuthenticate request received after successful authentication",
        )
    try:
        challenge = _evaluate(session, sasl, bytes(request.body.auth_bytes))
    except SaslError as error:
        refusal = messages.SaslAuthenticateResponse(
            error_code=errors.SASL_AUTHENTICATION_FAILED, error_message=str(error), auth_bytes=b""
        )
        return _refuse(context, session, refusal)
    return messages.SaslAuthenticateResponse(auth_bytes=challenge)


def bare_token(session: Session, token: memoryview) -> list[bytes]:
    """A token that came as a frame of its own, and the frame that answers it; a refusal closes the connection."""
    try:
        challenge = _evaluate(session, session.sasl, bytes(token))
    except SaslError as error:
        raise WireError(str(error)) from None
    return [struct.pack(">i", len(challenge)) + challenge]


def _evaluate(session: Session, sasl: SaslServer, token: bytes) -> bytes:
    if sasl.state is not State.AUTHENTICATE:
        raise WireError("a SASL token before its handshake")
    try:
        challenge = sasl.authenticate(token)
    except SaslError as error:
        _log.info("%s failed to authenticate with %s: %s", session.client_address, sasl.mechanism, error)
        raise
    if sasl.user is not None:
        session.principal = f"User:{sasl.user}"
        session.authenticated = True
    return challenge


async def _refuse(context: BrokerContext, session: Session, answer: Any) -> Any:
    await asyncio.sleep(context.config["connection.failed.authentication.delay.ms"] / 1000)
    session.closing = True
    return answer
