"""TLS and SASL between our client and our broker, and our client and real Kafka."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from kcli.client.cluster import Cluster
from kcli.client.errors import ClientError, HungUp, TlsFailed, TurnedAway
from kcli.testing.broker import InProcessBroker
from kcli.wire import errors, messages
from kcli.wire.errors import KafkaError
from tests.interop import real_kafka

MODULES = "org.apache.kafka.common.security"
PLAIN = f"{MODULES}.plain.PlainLoginModule required"
SCRAM = f"{MODULES}.scram.ScramLoginModule required"
BEARER = f"{MODULES}.oauthbearer.OAuthBearerLoginModule required"
UNSECURED = f"{MODULES}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler"


class Secured:
    """A broker with a plain, a TLS and a SASL listener, and the folder with its certificates."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.folder = folder
        self._write("broker", self.authority.issue_cert("localhost"))
        self._write("elsewhere", self.authority.issue_cert("elsewhere"))
        self._write("client", self.authority.issue_cert("client@example.org"))
        (folder / "trust.pem").write_bytes(self.authority.cert_pem.bytes())
        self.trust = {"ssl.truststore.type": "PEM", "ssl.truststore.location": str(folder / "trust.pem")}

    def _write(self, name: str, identity: trustme.LeafCert) -> None:
        pem = b"".join(blob.bytes() for blob in (identity.private_key_pem, *identity.cert_chain_pems))
        (self.folder / f"{name}.pem").write_bytes(pem)

    def identity(self, name: str) -> dict[str, str]:
        return {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(self.folder / f"{name}.pem")}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    return Secured(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def ports(secured: Secured) -> Iterator[dict[str, str]]:
    """The address of each listener."""
    names = ("PLAINTEXT", "SSL", "MUTUAL", "WRONG", "SASL_PLAINTEXT")
    ports = {name: f"localhost:{real_kafka.free_port()}" for name in names}
    protocols = {"MUTUAL": "SSL", "WRONG": "SSL"}
    properties = {
        "listeners": ",".join(f"{name}://{address}" for name, address in ports.items()),
        "advertised.listeners": ",".join(f"{name}://{address}" for name, address in ports.items()),
        "listener.security.protocol.map": ",".join(f"{name}:{protocols.get(name, name)}" for name in names),
        **secured.identity("broker"),
        **secured.trust,
        "listener.name.mutual.ssl.client.auth": "required",
        **{f"listener.name.wrong.{name}": value for name, value in secured.identity("elsewhere").items()},
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": f'{PLAIN} user_alice="wonder land";',
    }
    with InProcessBroker(properties):
        yield ports


def outcome(address: str, config: dict[str, str]) -> None:
    with Cluster(address, {**config, "retry.backoff.ms": "1"}) as cluster:
        cluster.refresh()
        assert cluster.nodes


def plain(password: str) -> dict[str, str]:
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.jaas.config": f'{PLAIN} username="alice" password="{password}";',
    }


def test_tls(secured: Secured, ports: dict[str, str]) -> None:
    for versions in ("TLSv1.2", "TLSv1.3", "TLSv1.2,TLSv1.3"):
        outcome(ports["SSL"], {"security.protocol": "SSL", "ssl.enabled.protocols": versions, **secured.trust})


def test_a_java_name_for_a_cipher_suite(secured: Secured, ports: dict[str, str]) -> None:
    config = {"security.protocol": "SSL", "ssl.enabled.protocols": "TLSv1.2", **secured.trust}
    with pytest.raises(TlsFailed, match="none of TLS_NULL is supported"):
        outcome(ports["SSL"], {**config, "ssl.cipher.suites": "TLS_NULL"})
    suites = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    outcome(ports["SSL"], {**config, "ssl.cipher.suites": suites})


def test_tls_with_a_key_of_our_own(secured: Secured, ports: dict[str, str]) -> None:
    config = {"security.protocol": "SSL", **secured.trust}
    outcome(ports["MUTUAL"], {**config, **secured.identity("client")})
    with pytest.raises((TlsFailed, HungUp)):
        outcome(ports["MUTUAL"], config)


def test_an_authority_that_we_do_not_trust(ports: dict[str, str]) -> None:
    with pytest.raises(TlsFailed, match=f"SSL handshake with {ports['SSL']} failed: .*certificate"):
        outcome(ports["SSL"], {"security.protocol": "SSL"})


def test_a_certificate_for_another_host(secured: Secured, ports: dict[str, str]) -> None:
    config = {"security.protocol": "SSL", **secured.trust}
    with pytest.raises(TlsFailed, match=r"[Hh]ostname mismatch"):
        outcome(ports["WRONG"], config)
    outcome(ports["WRONG"], {**config, "ssl.endpoint.identification.algorithm": ""})


@pytest.mark.parametrize(
    ("listener", "config", "message"),
    [
        ("SSL", {}, "does not answer as a Kafka broker|closed the connection at the first request"),
        ("PLAINTEXT", {"security.protocol": "SSL"}, "SSL handshake with .* failed"),
        ("SASL_PLAINTEXT", {}, r"does it ask for SASL\?"),
        ("PLAINTEXT", plain("wonder land"), "does not use SASL|not enabled in the server"),
        ("SSL", {"security.protocol": "SSL", "ssl.enabled.protocols": "SSLv3"}, "SSLv3 is not supported: TLSv1,"),
        ("SSL", {"security.protocol": "SSL", "ssl.endpoint.identification.algorithm": "ldap"}, "ldap is not supported"),
    ],
)
def test_the_wrong_protocol_for_a_listener_is_told(
    ports: dict[str, str], listener: str, config: dict[str, str], message: str
) -> None:
    with pytest.raises((ClientError, KafkaError), match=message):
        outcome(ports[listener], config)


def test_sasl_plain(ports: dict[str, str]) -> None:
    outcome(ports["SASL_PLAINTEXT"], plain("wonder land"))
    with pytest.raises(KafkaError) as error:
        outcome(ports["SASL_PLAINTEXT"], plain("guess"))
    assert error.value.code == errors.SASL_AUTHENTICATION_FAILED
    assert str(error.value) == "Authentication failed: Invalid username or password"


def test_a_mechanism_that_the_broker_does_not_offer(ports: dict[str, str]) -> None:
    config = {**plain("x"), "sasl.mechanism": "SCRAM-SHA-256"}
    with pytest.raises(
        KafkaError, match=r"'SCRAM-SHA-256' not enabled in the server, enabled mechanisms are \[PLAIN\]"
    ):
        outcome(ports["SASL_PLAINTEXT"], config)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Real Kafka 4.3.0 with SASL: its plain and its SASL address. Sessions last two seconds."""
    ports = [f"localhost:{real_kafka.free_port()}" for _ in range(2)]
    controller = f"localhost:{real_kafka.free_port()}"
    listener = "listener.name.sasl_plaintext"
    advertised = f"PLAINTEXT://{ports[0]},SASL_PLAINTEXT://{ports[1]}"
    broker = real_kafka.Kafka43(
        tmp_path_factory.mktemp("kafka-sasl"),
        port=int(ports[0].rpartition(":")[2]),
        properties={
            "listeners": f"{advertised},CONTROLLER://{controller}",
            "controller.quorum.voters": f"1@{controller}",
            "advertised.listeners": advertised,
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            f"{listener}.plain.sasl.jaas.config": f'{PLAIN} user_alice="wonder land";',
            f"{listener}.scram-sha-256.sasl.jaas.config": f"{SCRAM};",
            f"{listener}.scram-sha-512.sasl.jaas.config": f"{SCRAM};",
            f"{listener}.oauthbearer.sasl.jaas.config": f'{BEARER} unsecuredLoginStringClaim_sub="broker";',
            f"{listener}.oauthbearer.sasl.server.callback.handler.class": UNSECURED,
            "connections.max.reauth.ms": "2000",
        },
    )
    yield ports[0], ports[1]
    broker.stop()


def add_user(bootstrap: str, mechanism: int, digest: str) -> None:
    salt = os.urandom(16)
    request = messages.AlterUserScramCredentialsRequest
    upsertion = request.ScramCredentialUpsertion(
        name="carol",
        mechanism=mechanism,
        iterations=4096,
        salt=salt,
        salted_password=hashlib.pbkdf2_hmac(digest, b"p,w=d", salt, 4096),
    )
    with Cluster(bootstrap) as cluster:
        response = cluster.request(cluster.controller(), request(upsertions=[upsertion]))
    assert [item.error_code for item in response.results] == [0]


def sasl(mechanism: str, entry: str) -> dict[str, str]:
    return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism, "sasl.jaas.config": entry}


@pytest.mark.interop
@pytest.mark.slow
def test_every_mechanism_with_real_kafka(real: tuple[str, str]) -> None:
    open_address, address = real
    for number, digest in ((1, "sha256"), (2, "sha512")):
        add_user(open_address, number, digest)
    outcome(address, plain("wonder land"))
    outcome(address, sasl("OAUTHBEARER", f'{BEARER} unsecuredLoginStringClaim_sub="alice";'))
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        with Cluster(address) as cluster:
            cluster.config.update(sasl(mechanism, f'{SCRAM} username="carol" password="p,w=d";'))
            cluster.retry(cluster.refresh)
        with pytest.raises(KafkaError) as error:
            outcome(address, sasl(mechanism, f'{SCRAM} username="carol" password="guess";'))
        assert error.value.code == errors.SASL_AUTHENTICATION_FAILED
    with pytest.raises(TurnedAway):
        outcome(address, {})


@pytest.mark.interop
@pytest.mark.slow
def test_a_connection_outlives_its_session(real: tuple[str, str]) -> None:
    import time

    with Cluster(real[1], plain("wonder land")) as cluster:
        node = cluster.any_node()
        connection = cluster.connection(node)
        for _ in range(3):
            assert cluster.request(node, messages.MetadataRequest(topics=[])).brokers
            time.sleep(1.9)
        assert cluster.connection(node) is connection
