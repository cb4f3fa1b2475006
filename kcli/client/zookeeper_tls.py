"""TLS to ZooKeeper: from Kafka's settings `zookeeper.ssl.*` to a context, or to none where they do not enable it.

The names are the broker's; an authorizer's own, `authorizer.zookeeper.ssl.*`, go over them. As ZooKeeper does, a store
without a type is what its file name ends in, and a key has the password of its store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kcli.client.errors import TlsFailed

if TYPE_CHECKING:
    import ssl

_ENABLE = "zookeeper.ssl.client.enable"
_SOCKET = "zookeeper.clientCnxnSocket"
_OVER = "authorizer."
_TYPES = {"pem": "PEM", "p12": "PKCS12", "jks": "JKS"}


def with_overlay(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings for ZooKeeper with an authorizer's own over them."""
    names = [name for name in settings if name.startswith("zookeeper.")]
    own = {name.removeprefix(_OVER): settings[name] for name in settings if name.startswith(f"{_OVER}zookeeper.")}
    return {**{name: settings[name] for name in names}, **own}


def shows_a_certificate(settings: Mapping[str, str]) -> bool:
    """Whether the session proves who it is: Kafka then lets nobody else change what it writes."""
    return _enabled(settings) and _SOCKET in settings and "zookeeper.ssl.keystore.location" in settings


def tls_context(settings: Mapping[str, str]) -> ssl.SSLContext | None:
    """The context for a session; raises TlsFailed."""
    if not _enabled(settings):
        return None
    from kcli.client.tls import client_context

    algorithm = settings.get("zookeeper.ssl.endpoint.identification.algorithm", "https").strip().lower()
    config = {"ssl.endpoint.identification.algorithm": "https" if algorithm == "https" else ""}
    for ours in ("enabled.protocols", "cipher.suites"):
        if value := settings.get(f"zookeeper.ssl.{ours}"):
            config[f"ssl.{ours}"] = value
    for store in ("keystore", "truststore"):
        location = settings.get(f"zookeeper.ssl.{store}.location")
        if not location:
            continue
        config[f"ssl.{store}.location"] = location
        config[f"ssl.{store}.type"] = _type(settings, store, location)
        password = settings.get(f"zookeeper.ssl.{store}.password")
        if password is not None:
            config[f"ssl.{store}.password"] = password
            if store == "keystore":
                config["ssl.key.password"] = password
    return client_context(config)


def _enabled(settings: Mapping[str, str]) -> bool:
    return settings.get(_ENABLE, "false").strip().lower() == "true"


def _type(settings: Mapping[str, str], store: str, location: str) -> str:
    """PEM, PKCS12 or JKS."""
    name = f"zookeeper.ssl.{store}.type"
    given = settings.get(name, "").strip()
    kind = given.upper() if given else _TYPES.get(location.rpartition(".")[2].lower(), "")
    if kind in _TYPES.values():
        return kind
    if given:
        raise TlsFailed(f"{name}={given} is not supported: PEM, PKCS12 or JKS")
    raise TlsFailed(f"{location} does not end in .pem, .p12 or .jks; {name} has to say what it is")
