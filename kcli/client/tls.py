"""The TLS context of a client, made from Kafka's `ssl.*` settings."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from kcli.client.errors import TlsFailed
from kcli.config.keystore import KeyStoreError, load_identity, load_trust

_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
DEFAULT_PROTOCOLS = "TLSv1.2,TLSv1.3"


def client_context(config: Mapping[str, str]) -> ssl.SSLContext:
    """Trust (the system's, unless a truststore is named), our own key if there is one, protocols, host name check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    algorithm = config.get("ssl.endpoint.identification.algorithm", "https").strip().lower()
    if algorithm not in ("", "https"):
        raise TlsFailed(f"ssl.endpoint.identification.algorithm {algorithm} is not supported: https, or empty for none")
    context.check_hostname = algorithm == "https"
    _limit_versions(context, config.get("ssl.enabled.protocols") or DEFAULT_PROTOCOLS)
    if config.get("ssl.cipher.suites"):
        _choose_ciphers(context, config["ssl.cipher.suites"])
    try:
        if not load_trust(context, config):
            context.load_default_certs()
        load_identity(context, config)
    except KeyStoreError as error:
        raise TlsFailed(str(error)) from None
    return context


def _limit_versions(context: ssl.SSLContext, protocols: str) -> None:
    names = [name.strip() for name in protocols.split(",") if name.strip()]
    unknown = [name for name in names if name not in _VERSIONS]
    if unknown or not names:
        wrong = ", ".join(unknown) or "an empty list"
        raise TlsFailed(f"ssl.enabled.protocols: {wrong} is not supported: {', '.join(_VERSIONS)}")
    versions = sorted(_VERSIONS[name] for name in names)
    context.minimum_version, context.maximum_version = versions[0], versions[-1]


def _choose_ciphers(context: ssl.SSLContext, suites: str) -> None:
    """Java names suites as the standards do (TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), OpenSSL in its own way."""
    known = {cipher["name"] for cipher in context.get_ciphers()}
    wanted = [_openssl_name(name.strip()) for name in suites.split(",") if name.strip()]
    chosen = [name for name in wanted if name in known and not name.startswith("TLS_")]
    if chosen:
        context.set_ciphers(":".join(chosen))
    elif not any(name in known for name in wanted):
        raise TlsFailed(f"ssl.cipher.suites: none of {suites} is supported")


def _openssl_name(name: str) -> str:
    if "_WITH_" not in name:
        return name  # a TLS 1.3 suite, named alike by both
    text = name.removeprefix("TLS_").replace("_WITH_", "_").replace("AES_128", "AES128").replace("AES_256", "AES256")
    return text.replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305").replace("_", "-").removeprefix("RSA-")
