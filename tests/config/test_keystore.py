"""Java's stores: those in `golden/` were made by keytool, the PEM one by openssl; all hold keys of one authority."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from kcli.config.keystore import KeyStoreError, load_identity, load_trust, parse_pem, parse_store

GOLDEN = Path(__file__).parent / "golden"
PASSWORD = "secret1"
IDENTITIES = {
    "JKS": {"location": "identity.jks", "type": "JKS", "password": PASSWORD},
    "PKCS12": {"location": "identity.p12", "type": "PKCS12", "password": PASSWORD},
    "PKCS12 called JKS": {"location": "identity.p12", "type": "JKS", "password": PASSWORD},
    "PEM": {"location": "identity.pem", "type": "PEM"},
}
TRUSTS = {
    "JKS": {"location": "trust.jks", "type": "JKS", "password": PASSWORD},
    "JKS without a password": {"location": "trust.jks", "type": "JKS"},
    "PKCS12": {"location": "trust.p12", "type": "PKCS12", "password": PASSWORD},
    "PEM": {"location": "trust.pem", "type": "PEM"},
}


def settings(what: str, parts: dict[str, str]) -> dict[str, str]:
    config = {f"ssl.{what}.{name}": value for name, value in parts.items()}
    config[f"ssl.{what}.location"] = str(GOLDEN / parts["location"])
    return config


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    """A TLS handshake in memory; raises what a real one raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
    ]
    unfinished = list(ends)
    for _ in range(10):
        for end in list(unfinished):
            try:
                end.do_handshake()
                unfinished.remove(end)
            except ssl.SSLWantReadError:
                pass
    assert not unfinished


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES)
@pytest.mark.parametrize("trust", TRUSTS.values(), ids=TRUSTS)
def test_a_handshake_with_any_kind_of_store(identity: dict[str, str], trust: dict[str, str]) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert load_identity(server, {**settings("keystore", identity), "ssl.key.password": "kp"})
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert load_trust(client, settings("truststore", trust))
    shake_hands(server, client)


def test_pem_may_stand_in_the_configuration_itself() -> None:
    store = parse_pem((GOLDEN / "identity.pem").read_text())
    config = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.key": str(store.key),
        "ssl.keystore.certificate.chain": "\n".join(store.chain),
        "ssl.key.password": "kp",
        "ssl.truststore.certificates": (GOLDEN / "trust.pem").read_text(),
    }
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert load_identity(server, config)
    assert load_trust(client, config)
    shake_hands(server, client)


def test_nothing_configured_is_nothing_loaded() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert not load_identity(context, {})
    assert not load_trust(context, {})


@pytest.mark.parametrize("name", ["identity.jks", "identity.p12", "trust.jks", "trust.p12"])
def test_a_wrong_password_is_said_to_be_one(name: str) -> None:
    with pytest.raises(KeyStoreError, match="wrong password"):
        parse_store((GOLDEN / name).read_bytes(), "JKS", "guess")


@pytest.mark.parametrize("password", ["guess", None])
def test_a_wrong_key_password_is_said_to_be_one(password: str | None) -> None:
    config = settings("keystore", IDENTITIES["PEM"])
    if password is not None:
        config["ssl.key.password"] = password
    with pytest.raises(KeyStoreError, match=r"identity\.pem of type PEM cannot be used: wrong ssl\.key\.password"):
        load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), config)


def test_a_truncated_jks_is_refused_at_any_length() -> None:
    data = (GOLDEN / "identity.jks").read_bytes()
    for length in range(4, len(data) - 20, 37):
        with pytest.raises(KeyStoreError):
            parse_store(data[:length], "JKS", None)
        with pytest.raises(KeyStoreError):
            parse_store(data[:length], "JKS", PASSWORD)


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b"nothing", "PEM", "no PEM certificate"),
        (b"\xff\xfe", "PEM", "not a PEM file"),
        (b"nothing", "PKCS12", "not a PKCS12 or JKS store"),
        (b"nothing", "BKS", "type BKS is not supported: PEM, PKCS12 or JKS"),
    ],
)
def test_what_is_no_store_is_refused(data: bytes, kind: str, message: str) -> None:
    with pytest.raises(KeyStoreError, match=message):
        parse_store(data, kind, None)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(KeyStoreError, match=r"Failed to load SSL truststore /nonesuch of type JKS: No such file"):
        load_trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), {"ssl.truststore.location": "/nonesuch"})


def test_a_truststore_has_no_key() -> None:
    with pytest.raises(KeyStoreError, match="holds no private key"):
        load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), settings("keystore", TRUSTS["PEM"]))


def test_the_key_does_not_stay_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), settings("keystore", IDENTITIES["JKS"]))
    assert list(tmp_path.iterdir()) == []
