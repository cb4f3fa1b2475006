"""Java's key and trust stores (PEM, PKCS12, JKS) as Python's `ssl` takes them: PEM text.

Both sides use it: clients for `ssl.keystore.*` and `ssl.truststore.*`, the broker for its listeners.
JKS is read here; PKCS12 by the optional package `cryptography` (extra `p12`), since `ssl` cannot.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

_PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_JKS_MAGIC = b"\xfe\xed\xfe\xed"
_SUN_KEY_PROTECTOR = bytes.fromhex("2b060104012a021101 01".replace(" ", ""))  # OID 1.3.6.1.4.1.42.2.17.1.1


class KeyStoreError(ValueError):
    """A store cannot be read: one line that names it and says why."""


class KeyStore(NamedTuple):
    """What a store holds, as PEM: a private key with its chain, and trusted certificates."""

    key: str | None
    chain: list[str]
    trusted: list[str]


def load_identity(context: ssl.SSLContext, config: Mapping[str, str]) -> bool:
    """Give the context the key and chain that `ssl.keystore.*` names; False if it names none."""
    store = _configured(config, "keystore", ("key", "certificate.chain"))
    if store is None:
        return False
    if store.key is None or not store.chain:
        raise KeyStoreError(f"{_where(config, 'keystore')} holds no private key with a certificate chain")
    password = config.get("ssl.key.password")
    if password is None and "ENCRYPTED" not in store.key:
        password = ""
    _load_cert_chain(context, store, password, _where(config, "keystore"))
    return True


def load_trust(context: ssl.SSLContext, config: Mapping[str, str]) -> bool:
    """Give the context the certificates that `ssl.truststore.*` names; False if it names none."""
    import ssl

    store = _configured(config, "truststore", ("certificates",))
    if store is None:
        return False
    trusted = store.trusted + store.chain
    if not trusted:
        raise KeyStoreError(f"{_where(config, 'truststore')} holds no trusted certificate")
    try:
        context.load_verify_locations(cadata="\n".join(trusted))
    except ssl.SSLError as error:
        raise KeyStoreError(f"{_where(config, 'truststore')} cannot be used: {error.reason or error}") from None
    return True


def _where(config: Mapping[str, str], what: str) -> str:
    location = config.get(f"ssl.{what}.location")
    kind = config.get(f"ssl.{what}.type", "JKS")
    return f"SSL {what} {location} of type {kind}" if location else f"SSL {what} given in the configuration"


def _configured(config: Mapping[str, str], what: str, inline: tuple[str, ...]) -> KeyStore | None:
    texts = [config[f"ssl.{what}.{name}"] for name in inline if config.get(f"ssl.{what}.{name}")]
    if texts:
        return parse_pem("\n".join(texts))
    location = config.get(f"ssl.{what}.location")
    if not location:
        return None
    try:
        with open(location, "rb") as file:
            data = file.read()
    except OSError as error:
        raise KeyStoreError(f"Failed to load {_where(config, what)}: {error.strerror}") from None
    try:
        return parse_store(data, config.get(f"ssl.{what}.type", "JKS"), config.get(f"ssl.{what}.password"))
    except KeyStoreError as error:
        raise KeyStoreError(f"Failed to load {_where(config, what)}: {error}") from None


def parse_store(data: bytes, kind: str, password: str | None) -> KeyStore:
    """Parse a store's bytes. As Java does, types JKS and PKCS12 each accept the other's format."""
    kind = kind.upper()
    if kind == "PEM":
        try:
            return parse_pem(data.decode("utf-8"))
        except UnicodeDecodeError:
            raise KeyStoreError("not a PEM file") from None
    if kind not in ("JKS", "PKCS12"):
        raise KeyStoreError(f"type {kind} is not supported: PEM, PKCS12 or JKS")
    if data.startswith(_JKS_MAGIC):
        return _parse_jks(data, password)
    return _parse_pkcs12(data, password)


def parse_pem(text: str) -> KeyStore:
    """A PEM text: a private key, if there is one, owns the certificates; without a key they are trusted ones."""
    key: str | None = None
    certificates: list[str] = []
    for match in _PEM_BLOCK.finditer(text):
        if match[1].endswith("PRIVATE KEY"):
            key = match[0]
        elif match[1] == "CERTIFICATE":
            certificates.append(match[0])
    if key is None and not certificates:
        raise KeyStoreError("no PEM certificate or key in it")
    return KeyStore(key, certificates, []) if key else KeyStore(None, [], certificates)


def _parse_pkcs12(data: bytes, password: str | None) -> KeyStore:
    try:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
    except ImportError:
        raise KeyStoreError("reading PKCS12 needs the package cryptography (pip install 'kcli[p12]')") from None
    try:
        store = pkcs12.load_pkcs12(data, None if password is None else password.encode("utf-8"))
    except ValueError:
        raise KeyStoreError("not a PKCS12 or JKS store, or a wrong password") from None
    others = [entry.certificate.public_bytes(Encoding.PEM).decode("ascii") for entry in store.additional_certs]
    if store.key is None:
        return KeyStore(None, [], others)
    key = store.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    chain = [store.cert.certificate.public_bytes(Encoding.PEM).decode("ascii")] if store.cert else []
    return KeyStore(key, chain + others, [])


def _parse_jks(data: bytes, password: str | None) -> KeyStore:
    """Sun's format: entries, then SHA-1 over password, a fixed phrase and the entries."""
    import hashlib

    secret = (password or "").encode("utf-16-be")
    if password is not None and hashlib.sha1(secret + b"Mighty Aphrodite" + data[:-20]).digest() != data[-20:]:
        raise KeyStoreError("a wrong password, or a damaged file")
    try:
        return _jks_entries(_Reader(data), secret)
    except (IndexError, UnicodeDecodeError):
        raise KeyStoreError("the file is damaged") from None


def _jks_entries(reader: _Reader, secret: bytes) -> KeyStore:
    reader.skip(4)
    version, count = reader.int32(), reader.int32()
    if version not in (1, 2):
        raise KeyStoreError(f"JKS version {version} is unknown")
    key: str | None = None
    chain: list[str] = []
    trusted: list[str] = []
    for _ in range(count):
        tag = reader.int32()
        reader.text()  # alias
        reader.skip(8)  # creation time
        if tag == 1:
            plain = _unprotect(reader.block(), secret)
            certificates = [reader.certificate(version) for _ in range(reader.int32())]
            if key is None:
                key, chain = _pem("PRIVATE KEY", plain), certificates
        elif tag == 2:
            trusted.append(reader.certificate(version))
        else:
            raise KeyStoreError(f"JKS entry of kind {tag} is unknown")
    return KeyStore(key, chain, trusted)


def _unprotect(encrypted: bytes, secret: bytes) -> bytes:
    """Undo Sun's key protector: XOR with a chain of SHA-1 digests that starts at the salt."""
    import hashlib

    position = encrypted.find(_SUN_KEY_PROTECTOR)
    if position < 0:
        raise KeyStoreError("the key is protected in an unknown way")
    position += len(_SUN_KEY_PROTECTOR)
    if encrypted[position : position + 2] == b"\x05\x00":
        position += 2
    body = _der_octets(encrypted, position)
    salt, sealed, check = body[:20], body[20:-20], body[-20:]
    stream = bytearray()
    digest = salt
    while len(stream) < len(sealed):
        digest = hashlib.sha1(secret + digest).digest()
        stream += digest
    plain = bytes(left ^ right for left, right in zip(sealed, stream))
    if hashlib.sha1(secret + plain).digest() != check:
        raise KeyStoreError("the key's password is not the store's")
    return plain


def _der_octets(data: bytes, position: int) -> bytes:
    if data[position] != 4:
        raise KeyStoreError("the file is damaged")
    length = data[position + 1]
    position += 2
    if length & 0x80:
        width = length & 0x7F
        length = int.from_bytes(data[position : position + width], "big")
        position += width
    return data[position : position + length]


def _pem(label: str, der: bytes) -> str:
    text = base64.encodebytes(der).decode("ascii")
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----"


class _Reader:
    """Java's DataInput over bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def skip(self, count: int) -> None:
        self.take(count)

    def take(self, count: int) -> bytes:
        end = self._position + count
        if count < 0 or end > len(self._data):
            raise IndexError("short")
        taken, self._position = self._data[self._position : end], end
        return taken

    def int32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def block(self) -> bytes:
        return self.take(self.int32())

    def text(self) -> str:
        return self.take(int.from_bytes(self.take(2), "big")).decode("utf-8")

    def certificate(self, version: int) -> str:
        if version == 2:
            self.text()  # the certificate's type: X.509
        return _pem("CERTIFICATE", self.block())


def _load_cert_chain(context: ssl.SSLContext, store: KeyStore, password: str | None, where: str) -> None:
    """`ssl` reads keys from files only: a private temporary file, gone at once."""
    import os
    import ssl
    import tempfile

    descriptor, path = tempfile.mkstemp(prefix="kcli-", suffix=".pem")  # mode 0600
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join([str(store.key), *store.chain]) + "\n")
        context.load_cert_chain(path, password=lambda: password or "")
    except ssl.SSLError as error:
        if error.reason is None or "BAD_DECRYPT" in error.reason or "BAD_PASSWORD" in error.reason:
            raise KeyStoreError(f"{where} cannot be used: wrong ssl.key.password") from None
        raise KeyStoreError(f"{where} cannot be used: {error.reason.replace('_', ' ').lower()}") from None
    finally:
        os.unlink(path)
