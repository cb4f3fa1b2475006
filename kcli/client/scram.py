"""SCRAM credentials as brokers keep them: a password is salted, and of that only two keys are kept (RFC 5802)."""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

HASHES = {"SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}


class Keys(NamedTuple):
    """What a broker checks a client by, and is known to it by."""

    stored: bytes
    server: bytes


def salted(mechanism: str, password: bytes, salt: bytes, iterations: int) -> bytes:
    """The salted password."""
    return hashlib.pbkdf2_hmac(HASHES[mechanism], password, salt, iterations)


def keys(mechanism: str, salted_password: bytes) -> Keys:
    """The keys that follow from it."""
    name = HASHES[mechanism]
    client_key = hmac.digest(salted_password, b"Client Key", name)
    return Keys(hashlib.new(name, client_key).digest(), hmac.digest(salted_password, b"Server Key", name))
