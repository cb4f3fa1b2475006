"""The TLS context of a client, made from Kafka's `ssl.*` settings."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from kcli.client.errors import TlsFailed
from kcli.config.definition import ConfigError, parse_type
from kcli.config.keystore import KeyStoreError, load_identity, load_trust
from kcli.config.tls import choose_ciphers, limit_versions

DEFAULT_PROTOCOLS = ("TLSv1.2", "TLSv1.3")


def client_context(config: Mapping[str, str]) -> ssl.SSLContext:
    """Trust (the system's, unless a truststore is named), our own key if there is one, protocols, host name check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    algorithm = config.get("ssl.endpoint.identification.algorithm", "https").strip().lower()
    if algorithm not in ("", "https"):
        raise TlsFailed(f"ssl.endpoint.identification.algorithm {algorithm} is not supported: https, or empty for none")
    context.check_hostname = algorithm == "https"
    try:
        limit_versions(context, _list(config, "ssl.enabled.protocols") or DEFAULT_PROTOCOLS)
        if suites := _list(config, "ssl.cipher.suites"):
            choose_ciphers(context, suites)
        if not load_trust(context, config):
            context.load_default_certs()
        load_identity(context, config)
    except (ConfigError, KeyStoreError) as error:
        raise TlsFailed(str(error)) from None
    return context


def _list(config: Mapping[str, str], name: str) -> list[str]:
    values: list[str] = parse_type(name, config.get(name, ""), "LIST")
    return values
