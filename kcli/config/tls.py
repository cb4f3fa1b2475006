"""`ssl.enabled.protocols` and `ssl.cipher.suites` in Java's names, applied to a context of Python's."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from kcli.config.definition import ConfigError

_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def limit_versions(context: ssl.SSLContext, protocols: Sequence[str]) -> None:
    """Allow the named versions (and what lies between them); raises ConfigError."""
    unknown = [name for name in protocols if name not in _VERSIONS]
    if unknown or not protocols:
        wrong = ", ".join(unknown) or "an empty list"
        raise ConfigError(f"ssl.enabled.protocols: {wrong} is not supported: {', '.join(_VERSIONS)}")
    versions = sorted(_VERSIONS[name] for name in protocols)
    context.minimum_version, context.maximum_version = versions[0], versions[-1]


def choose_ciphers(context: ssl.SSLContext, suites: Sequence[str]) -> None:
    """Allow the named suites, as far as TLS 1.2 has them: Python cannot choose among those of 1.3."""
    known = {cipher["name"] for cipher in context.get_ciphers()}
    wanted = [_openssl_name(name) for name in suites]
    chosen = [name for name in wanted if name in known and not name.startswith("TLS_")]
    if chosen:
        context.set_ciphers(":".join(chosen))
    elif not any(name in known for name in wanted):
        raise ConfigError(f"ssl.cipher.suites: none of {','.join(suites)} is supported")


def _openssl_name(name: str) -> str:
    """Java names suites as the standards do (TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), OpenSSL in its own way."""
    if "_WITH_" not in name:
        return name  # of TLS 1.3, named alike by both
    text = name.removeprefix("TLS_").replace("_WITH_", "_").replace("AES_128", "AES128").replace("AES_256", "AES256")
    return text.replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305").replace("_", "-").removeprefix("RSA-")
