"""From the settings to what the network listens on, and to what clients are told to connect to."""

from __future__ import annotations

import socket
from collections.abc import Callable

from kcli.broker.settings import Settings
from kcli.config.listeners import PROTOCOLS, ListenerAddress
from kcli.metadata.image import Endpoint as AdvertisedEndpoint
from kcli.net.listener import Endpoint, Listener
from kcli.net.server import Limits
from kcli.security.session import SASL_PROTOCOLS, TLS_PROTOCOLS, Session


def network_endpoints(settings: Settings) -> list[Endpoint]:
    """Each listener with its TLS context; raises ConfigError."""
    return [_endpoint(settings, listener) for listener in settings.listeners]


def _endpoint(settings: Settings, listener: ListenerAddress) -> Endpoint:
    if listener.protocol not in TLS_PROTOCOLS:
        return Endpoint(listener.name, listener.protocol, listener.host, listener.port)
    from kcli.security.tls import identifier, server_context

    context = server_context(settings, listener.name)
    # Behind SASL_SSL it is SASL that says who somebody is.
    identify = identifier(settings, listener.name) if listener.protocol == "SSL" else None
    return Endpoint(listener.name, listener.protocol, listener.host, listener.port, context, identify)


def session_factory(settings: Settings) -> Callable[[Endpoint], Session] | None:
    """What makes sessions of SASL listeners wait for a login; None where there are none. Raises ConfigError."""
    names = [listener.name for listener in settings.listeners if listener.protocol in SASL_PROTOCOLS]
    if not names:
        return None
    from kcli.security.sasl import SaslServer, mechanisms_of

    mechanisms = {name: mechanisms_of(settings, name) for name in names}

    def new_session(endpoint: Endpoint) -> Session:
        session = Session(endpoint.name, endpoint.protocol)
        if endpoint.name in mechanisms:
            session.authenticated = False
            session.sasl = SaslServer(mechanisms[endpoint.name])
        return session

    return new_session


def limits(settings: Settings) -> Limits:
    """The bounds of the network, from Kafka's socket properties."""
    return Limits(
        request_bytes=settings["socket.request.max.bytes"],
        unauthenticated_bytes=settings["sasl.server.max.receive.size"],
        idle_seconds=settings["connections.max.idle.ms"] / 1000,
        connections=settings["max.connections"],
        connections_per_address=settings["max.connections.per.ip"],
        overrides=settings.connection_overrides,
        backlog=settings["socket.listen.backlog.size"],
        send_buffer=settings["socket.send.buffer.bytes"],
        receive_buffer=settings["socket.receive.buffer.bytes"],
    )


def advertised(settings: Settings, bound: list[Listener]) -> tuple[AdvertisedEndpoint, ...]:
    """What clients are told: a host that they can name, and the port that was bound where the file says 0."""
    ports = {listener.endpoint.name: listener.port for listener in bound}
    return tuple(
        AdvertisedEndpoint(
            name=listener.name,
            host=listener.host or socket.getfqdn(),
            port=listener.port or ports[listener.name],
            security_protocol=PROTOCOLS.index(listener.protocol),
        )
        for listener in settings.advertised
    )
