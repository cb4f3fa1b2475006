"""Secrets among a broker's settings as Kafka keeps them in ZooKeeper: encrypted with `password.encoder.secret`.

What is needed to decrypt one, besides the secret, stands with it: `keyLength:128,salt:...`. AES is the optional package
`cryptography`'s (extra `p12`).
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping

from kcli.config.definition import parse_type

PREFIX = "password.encoder."
SECRET = f"{PREFIX}secret"
_CIPHER, _KEY_LENGTH, _ITERATIONS = (f"{PREFIX}{name}" for name in ("cipher.algorithm", "key.length", "iterations"))
_CBC, _GCM = "AES/CBC/PKCS5Padding", "AES/GCM/NoPadding"
_KEY_LENGTHS = (128, 192, 256)
_SALT_BYTES, _BLOCK_BYTES, _NONCE_BYTES, _TAG_BITS = 256, 16, 12, 128


class PasswordEncoderError(Exception):
    """A setting of the encoder's makes no sense, or there is none that could encrypt: one line."""


class PasswordEncoder:
    """Encrypts as the settings `password.encoder.*` say."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._secret = settings[SECRET]
        self._cipher = settings.get(_CIPHER, _CBC)
        self._key_length: int = parse_type(_KEY_LENGTH, settings.get(_KEY_LENGTH, "128"), "INT")
        self._iterations: int = parse_type(_ITERATIONS, settings.get(_ITERATIONS, "4096"), "INT")
        if self._cipher not in (_CBC, _GCM):
            raise PasswordEncoderError(f"{_CIPHER}={self._cipher} is not supported here: {_CBC} or {_GCM}")
        if self._key_length not in _KEY_LENGTHS:
            raise PasswordEncoderError(f"{_KEY_LENGTH}={self._key_length} is no length of an AES key: 128, 192 or 256")
        if self._iterations < 1:
            raise PasswordEncoderError(f"{_ITERATIONS}={self._iterations} is less than 1")

    def encode(self, password: str) -> str:
        """The text to keep."""
        salt = os.urandom(_SALT_BYTES)
        key = hashlib.pbkdf2_hmac("sha512", self._secret.encode(), salt, self._iterations, self._key_length // 8)
        start, encrypted = _encrypt(self._cipher, key, password.encode())
        parts = {
            "initializationVector": _base64(start),
            "keyLength": str(self._key_length),
            "salt": _base64(salt),
            "keyFactoryAlgorithm": "PBKDF2WithHmacSHA512",
            "cipherAlgorithm": self._cipher,
            "iterations": str(self._iterations),
            "passwordLength": str(len(password.encode("utf-16-be")) // 2),
            "encryptedPassword": _base64(encrypted),
        }
        if self._cipher == _GCM:
            parts["authenticationTagLength"] = str(_TAG_BITS)
        return ",".join(f"{name}:{value}" for name, value in parts.items())


def _encrypt(cipher: str, key: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Where the cipher starts from, and what it makes."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise PasswordEncoderError(
            "encrypting passwords needs the package cryptography (pip install 'kcli[p12]')"
        ) from None
    if cipher == _GCM:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce, AESGCM(key).encrypt(nonce, data, None)
    start = os.urandom(_BLOCK_BYTES)
    padding = _BLOCK_BYTES - len(data) % _BLOCK_BYTES
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return start, encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
