"""TLS listeners over real sockets, with certificates made for the test."""

import asyncio
import socket
import ssl
import struct

import pytest
import trustme

from kcli.clock import SystemClock
from kcli.config.broker import BrokerConfig
from kcli.config.definition import ConfigError
from kcli.net.listener import Endpoint
from kcli.net.server import NetworkServer
from kcli.security.tls import apply_rules, distinguished_name, identifier, parse_rules, server_context


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def stores(tmp_path_factory, authority):
    """PEM files of the broker's key, and of whom it trusts."""
    folder = tmp_path_factory.mktemp("stores")
    key = authority.issue_cert("localhost")
    (folder / "broker.pem").write_bytes(
        key.private_key_pem.bytes() + b"".join(blob.bytes() for blob in key.cert_chain_pems)
    )
    (folder / "trust.pem").write_bytes(authority.cert_pem.bytes())
    return folder


def pem_config(stores, **more):
    settings = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(stores / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(stores / "trust.pem"),
    }
    return BrokerConfig(settings | {f"ssl.{name.replace('_', '.')}": value for name, value in more.items()})


def client_context(authority, certificate=None):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if certificate is not None:
        certificate.configure_cert(context)
    return context


def echo(frame, session):
    answer = session.principal.encode() + b"|" + bytes(frame)
    return [struct.pack(">i", len(answer)) + answer]


def exchange(config, context, body=b"hello"):
    """One frame through a TLS listener; the answer, or the exception."""

    async def scenario():
        server = NetworkServer(echo, SystemClock())
        endpoint = Endpoint("TLS", "SSL", "127.0.0.1", 0, server_context(config, "TLS"), identifier(config, "TLS"))
        (listener,) = server.bind([endpoint])
        server.start()
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", listener.port, ssl=context, server_hostname="localhost" if context else None
            )
            writer.write(struct.pack(">i", len(body)) + body)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            answer = await reader.readexactly(size)
            writer.close()
            return answer
        finally:
            await server.close(0.05)

    return asyncio.run(asyncio.wait_for(scenario(), 30))


def test_pem_stores(stores, authority):
    assert exchange(pem_config(stores), client_context(authority)) == b"User:ANONYMOUS|hello"


def test_large_frames(stores, authority):
    body = bytes(5_000_000)
    assert exchange(pem_config(stores), client_context(authority), body).endswith(b"|" + body)


def test_inline_pem(stores, authority):
    key = authority.issue_cert("localhost")
    chain = "".join(blob.bytes().decode() for blob in key.cert_chain_pems)
    config = BrokerConfig(
        {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.certificate.chain": chain,
            "ssl.keystore.key": key.private_key_pem.bytes().decode(),
        }
    )
    assert exchange(config, client_context(authority)) == b"User:ANONYMOUS|hello"


def test_pkcs12_store(tmp_path, authority):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

    key = authority.issue_cert("localhost")
    first, *rest = [x509.load_pem_x509_certificate(blob.bytes()) for blob in key.cert_chain_pems]
    private = load_pem_private_key(key.private_key_pem.bytes(), None)
    store = tmp_path / "broker.p12"
    store.write_bytes(
        pkcs12.serialize_key_and_certificates(b"broker", private, first, rest, BestAvailableEncryption(b"secret"))
    )
    settings = {
        "ssl.keystore.type": "PKCS12",
        "ssl.keystore.location": str(store),
        "listener.name.tls.ssl.keystore.password": "secret",
    }
    assert exchange(BrokerConfig(settings), client_context(authority)) == b"User:ANONYMOUS|hello"
    settings["listener.name.tls.ssl.keystore.password"] = "wrong"
    with pytest.raises(ConfigError, match=r"Listener TLS: .*broker\.p12.*wrong password"):
        server_context(BrokerConfig(settings), "TLS")


def test_client_certificate_is_the_principal(stores, authority):
    certificate = authority.issue_cert("someone@example.org", common_name="someone", organization_name="A, B")
    config = pem_config(stores, client_auth="required", principal_mapping_rules="RULE:^CN=(.*?),.*$/$1/U,DEFAULT")
    assert exchange(config, client_context(authority, certificate)).startswith(b"User:SOMEONE|")
    refusing = pem_config(stores, client_auth="required", principal_mapping_rules="RULE:^CN=nobody$/x/")
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        exchange(refusing, client_context(authority, certificate))


def test_client_without_certificate_is_refused(stores, authority):
    config = pem_config(stores, client_auth="required")
    with pytest.raises((ssl.SSLError, asyncio.IncompleteReadError, ConnectionError)):
        exchange(config, client_context(authority))
    other = trustme.CA()
    with pytest.raises((ssl.SSLError, asyncio.IncompleteReadError, ConnectionError)):
        exchange(config, client_context(authority, other.issue_cert("me@example.org")))


def test_client_that_speaks_no_tls_is_closed(stores):
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        exchange(pem_config(stores), None)


def test_versions(stores, authority):
    context = client_context(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert exchange(pem_config(stores), context)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        exchange(pem_config(stores, enabled_protocols="TLSv1.3"), context)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({}, "Listener TLS needs a key: ssl.keystore.location"),
        ({"ssl.keystore.location": "/nowhere.pem", "ssl.keystore.type": "PEM"}, "/nowhere.pem.*No such file"),
        ({"ssl.enabled.protocols": "SSLv3"}, "SSLv3 is not supported"),
        ({"ssl.cipher.suites": "TLS_NONE"}, "ssl.cipher.suites: none of TLS_NONE"),
    ],
)
def test_bad_settings_are_one_line(settings, message):
    with pytest.raises(ConfigError, match=message) as caught:
        server_context(BrokerConfig(settings), "TLS")
    assert "\n" not in str(caught.value)


def test_half_a_handshake_takes_no_connection_away(stores, authority):
    async def scenario():
        config = pem_config(stores)
        server = NetworkServer(echo, SystemClock())
        (listener,) = server.bind([Endpoint("TLS", "SSL", "127.0.0.1", 0, server_context(config, "TLS"))])
        server.start()
        silent = socket.create_connection(("127.0.0.1", listener.port))
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", listener.port, ssl=client_context(authority), server_hostname="localhost"
        )
        writer.write(struct.pack(">i", 1) + b"x")
        assert (await reader.readexactly(4)) == struct.pack(">i", len(b"User:ANONYMOUS|x"))
        silent.close()
        writer.close()
        await server.close(0.05)
        assert not server._opening

    asyncio.run(asyncio.wait_for(scenario(), 30))


def test_names_as_java_prints_them():
    subject = (
        (("countryName", "DE"),),
        (("organizationName", "A, B+C"),),
        (("commonName", "#x "), ("emailAddress", "a@b")),
    )
    assert distinguished_name(subject) == r"CN=\#x\ +1.2.840.113549.1.9.1=#1603614062,O=A\, B\+C,C=DE"


@pytest.mark.parametrize(
    "rules, name, expected",
    [
        ("DEFAULT", "CN=a", "CN=a"),
        ("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,DEFAULT", "CN=svc,OU=ServiceUsers,O=x", "svc"),
        ("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/,DEFAULT", "CN=b", "CN=b"),
        (r"RULE:^CN=(.*)$/$1@x/L", "CN=ABC", "abc@x"),
        ("RULE:^X$/y/", "CN=a", None),
    ],
)
def test_mapping_rules(rules, name, expected):
    assert apply_rules(parse_rules(rules), name) == expected


@pytest.mark.parametrize("rules", ["RULE:a", "FOO", "RULE:(/x/", "DEFAULT DEFAULT"])
def test_bad_mapping_rules(rules):
    with pytest.raises(ConfigError, match="Invalid rule"):
        parse_rules(rules)
