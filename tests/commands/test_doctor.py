"""kcli doctor against our own broker, with each fault that it knows."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import trustme

from kcli.cli.environment import Environment
from kcli.cli.main import guard
from kcli.commands.doctor import run
from kcli.testing.broker import InProcessBroker
from kcli.tools import topics
from tests.cli.support import Recorded
from tests.interop import real_kafka

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
NAMES = ("PLAINTEXT", "SSL", "WRONG", "SASL_PLAINTEXT", "SASL_SSL", "MUTUAL", "EXPIRED", "NOWHERE", "UNKNOWN")
PROTOCOLS = {"WRONG": "SSL", "MUTUAL": "SSL", "EXPIRED": "SSL", "NOWHERE": "PLAINTEXT", "UNKNOWN": "PLAINTEXT"}


class Servers:
    """A broker with a listener for each fault, and clients' settings for them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        authority = trustme.CA()
        past = datetime(2020, 5, 17, tzinfo=timezone.utc)
        wanted = (("broker", "localhost", None), ("elsewhere", "elsewhere.example", None), ("old", "localhost", past))
        for name, host, end in wanted:
            identity = authority.issue_cert(host, not_after=end)
            blobs = (identity.private_key_pem, *identity.cert_chain_pems)
            (folder / f"{name}.pem").write_bytes(b"".join(blob.bytes() for blob in blobs))
        (folder / "trust.pem").write_bytes(authority.cert_pem.bytes())
        self.trust = {"ssl.truststore.type": "PEM", "ssl.truststore.location": str(folder / "trust.pem")}
        self.ports = {name: f"localhost:{real_kafka.free_port()}" for name in NAMES}

    def properties(self) -> dict[str, str]:
        advertised = {**self.ports, "NOWHERE": "localhost:1", "UNKNOWN": "kafka.invalid:9092"}
        jaas = f'{PLAIN} user_alice="wonder land";'
        return {
            "listeners": ",".join(f"{name}://{address}" for name, address in self.ports.items()),
            "advertised.listeners": ",".join(f"{name}://{address}" for name, address in advertised.items()),
            "listener.security.protocol.map": ",".join(f"{name}:{PROTOCOLS.get(name, name)}" for name in NAMES),
            **self.trust,
            **self._identity("broker"),
            **{f"listener.name.wrong.{name}": value for name, value in self._identity("elsewhere").items()},
            **{f"listener.name.expired.{name}": value for name, value in self._identity("old").items()},
            "listener.name.mutual.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": jaas,
            "listener.name.sasl_ssl.plain.sasl.jaas.config": jaas,
        }

    def _identity(self, name: str) -> dict[str, str]:
        return {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(self.folder / f"{name}.pem")}

    def file(self, settings: dict[str, str]) -> str:
        path = self.folder / "client.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return str(path)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    found = Servers(tmp_path_factory.mktemp("doctor"))
    with InProcessBroker(found.properties()):
        yield found


def sasl(protocol: str = "SASL_PLAINTEXT", password: str = "wonder land", mechanism: str = "PLAIN") -> dict[str, str]:
    return {
        "security.protocol": protocol,
        "sasl.mechanism": mechanism,
        "sasl.jaas.config": f'{PLAIN} username="alice" password="{password}";',
    }


def doctor(servers: Servers, address: str, settings: dict[str, str], *more: str) -> Recorded:
    environment = Recorded()
    line = ["--bootstrap-server", address, "--command-config", servers.file(settings), *more]
    environment.code = guard(run, line, environment)
    return environment


def rows(servers: Servers, address: str, settings: dict[str, str], *more: str) -> list[dict[str, object]]:
    done = doctor(servers, address, settings, "--output", "json", *more)
    assert done.err == ""
    found: list[dict[str, object]] = json.loads(done.out)
    assert done.code == int(any(row["status"] == "failed" for row in found))
    return found


def topic_names(servers: Servers) -> list[str]:
    environment = Recorded()
    assert guard(topics.run, ["--bootstrap-server", servers.ports["PLAINTEXT"], "--list"], environment) == 0
    return environment.out.split()


@pytest.mark.parametrize("listener", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_all_is_well(servers: Servers, listener: str) -> None:
    settings = {**servers.trust, **(sasl(listener) if "SASL" in listener else {"security.protocol": listener})}
    found = {str(row["step"]): row for row in rows(servers, servers.ports[listener], settings)}
    assert list(found) == ["dns", "tcp", "tls", "sasl", "api-versions", "metadata", "listener"] + [
        "topic", "produce", "fetch", "cleanup",
    ]  # fmt: skip
    skipped = {step for step, row in found.items() if row["status"] == "skipped"}
    assert skipped == {step for step in ("tls", "sasl") if step.upper().replace("TLS", "SSL") not in listener}
    assert "127.0.0.1" in str(found["dns"]["found"])
    assert "APIs" in str(found["api-versions"]["found"])
    assert found["listener"]["target"] == servers.ports[listener]
    if listener.endswith("SSL"):
        assert "TLSv1.3" in str(found["tls"]["found"])
        assert "for localhost, until " in str(found["tls"]["found"])
    assert not any(name.startswith("kcli-doctor") for name in topic_names(servers))


def test_a_line_for_each_step(servers: Servers) -> None:
    done = doctor(servers, servers.ports["PLAINTEXT"], {})
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines()]
    assert [line[0] for line in lines] == ["ok", "ok", "skipped", "skipped"] + ["ok"] * 7
    assert lines[0][1:3] == ["dns", servers.ports["PLAINTEXT"]]


FAULTS = [
    ("localhost:1", {}, "tcp", "nothing listens at localhost:1", "start the broker, or correct --bootstrap-server"),
    ("kafka.invalid:9092", {}, "dns", "cannot resolve kafka.invalid", "/etc/hosts"),
    ("SSL", {}, "api-versions", "the port speaks TLS, but security.protocol is PLAINTEXT", "security.protocol=SSL,"),
    ("SASL_SSL", {}, "api-versions", "the port speaks TLS", "security.protocol=SASL_SSL"),
    ("SSL", sasl(), "sasl", "the port speaks TLS, but security.protocol is SASL_PLAINTEXT", "security.protocol=SSL,"),
    ("PLAINTEXT", {"security.protocol": "SSL"}, "tls", "no TLS, but security.protocol is SSL", "=PLAINTEXT,"),
    ("SASL_PLAINTEXT", {"security.protocol": "SSL"}, "tls", "the port speaks no TLS", "=SASL_PLAINTEXT,"),
    ("SSL", {"security.protocol": "SSL"}, "tls", "is signed by O=trustme", "set ssl.truststore.location"),
    ("WRONG", {"security.protocol": "SSL", "trust": ""}, "tls", "for elsewhere.example, not for localhost",
     "ssl.endpoint.identification.algorithm"),
    ("EXPIRED", {"security.protocol": "SSL", "trust": ""}, "tls", "ended at May 17 00:00:00 2020 GMT", "renew"),
    ("MUTUAL", {"security.protocol": "SSL", "trust": ""}, "api-versions", "certificate", "ssl.keystore.location"),
    ("SSL", {"security.protocol": "SSL", "ssl.truststore.location": "/no/such", "ssl.truststore.type": "PEM"}, "tls",
     "/no/such", "correct the ssl. settings"),
    ("SASL_PLAINTEXT", {}, "metadata", "asks for SASL",
     "security.protocol=SASL_PLAINTEXT, sasl.mechanism (enabled: PLAIN)"),
    ("SASL_PLAINTEXT", sasl(password="guess"), "sasl", "refuses the user alice", "correct username and password"),
    ("SASL_PLAINTEXT", sasl(mechanism="SCRAM-SHA-256"), "sasl", "enabled mechanisms are [PLAIN]", "set sasl.mechanism"),
    ("SASL_PLAINTEXT", {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}, "sasl",
     "sasl.jaas.config is missing", "correct sasl.jaas.config"),
    ("PLAINTEXT", sasl(), "sasl", "the listener takes no SASL", "set security.protocol=PLAINTEXT"),
    ("NOWHERE", {}, "listener", "broker 1 advertises localhost:1, which does not answer", "set advertised.listeners"),
    ("UNKNOWN", {}, "listener", "broker 1 advertises kafka.invalid:9092, which this machine cannot resolve",
     "set advertised.listeners on broker 1"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "settings", "step", "why", "fix"), FAULTS)
def test_faults(servers: Servers, where: str, settings: dict[str, str], step: str, why: str, fix: str) -> None:
    if "trust" in settings:
        settings = {name: value for name, value in {**settings, **servers.trust}.items() if name != "trust"}
    found = rows(servers, servers.ports.get(where, where), settings, "--timeout", "3s")
    (failed,) = [row for row in found if row["status"] == "failed"]
    assert failed["step"] == step, failed
    assert why in str(failed["found"])
    assert fix in str(failed["fix"])
    later = found[found.index(failed) + 1 :]
    assert {row["status"] for row in later} == {"skipped"}
    assert [row["step"] for row in later][-2:] == ["produce", "fetch"]
    assert not any(name.startswith("kcli-doctor") for name in topic_names(servers))


def test_one_good_address_is_enough_for_the_rest(servers: Servers) -> None:
    found = rows(servers, f"localhost:1,{servers.ports['PLAINTEXT']}", {})
    failed = [row["step"] for row in found if row["status"] == "failed"]
    assert failed == ["tcp"]
    assert found[-1]["step"] == "cleanup"


def test_addresses_of_two_clusters(servers: Servers) -> None:
    with InProcessBroker() as other:
        found = rows(servers, f"{servers.ports['PLAINTEXT']},{other.bootstrap_servers}", {}, "--read-only")
    (failed,) = [row for row in found if row["status"] == "failed"]
    assert failed["step"] == "metadata"
    assert "it leads to the cluster" in str(failed["found"])


@pytest.mark.parametrize("security", ["PLAINTEXT", "SSL"])
def test_a_port_that_never_says_a_word(servers: Servers, security: str) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        found = rows(servers, address, {"security.protocol": security}, "--timeout", "200ms")
    (failed,) = [row for row in found if row["status"] == "failed"]
    assert "200 ms" in str(failed["found"])


@pytest.mark.timeout(20)  # without a limit of its own, a request for a token takes longer
def test_a_token_endpoint_that_never_says_a_word(servers: Servers) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
        settings = {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "OAUTHBEARER",
            "sasl.oauthbearer.token.endpoint.url": f"http://localhost:{silent.getsockname()[1]}/token",
            "sasl.jaas.config": f'{module} required clientId="a" clientSecret="b";',
        }
        found = rows(servers, servers.ports["SASL_PLAINTEXT"], settings, "--timeout", "200ms")
    (failed,) = [row for row in found if row["status"] == "failed"]
    assert "did not give a token" in str(failed["found"])


def test_a_topic_that_is_there(servers: Servers) -> None:
    create = ["--bootstrap-server", servers.ports["PLAINTEXT"], "--create", "--topic", "mine"]
    assert guard(topics.run, create, Recorded()) == 0
    found = rows(servers, servers.ports["PLAINTEXT"], {}, "--topic", "mine")
    assert [(row["step"], row["target"]) for row in found[-2:]] == [("produce", "mine"), ("fetch", "mine")]
    assert "mine" in topic_names(servers)
    missing = rows(servers, servers.ports["PLAINTEXT"], {}, "--topic", "nowhere", "--timeout", "500ms")
    assert [row["status"] for row in missing[-2:]] == ["failed", "skipped"]
    assert "nowhere" not in topic_names(servers)


def test_a_topic_of_our_own_goes_also_when_nothing_can_be_written(servers: Servers) -> None:
    with InProcessBroker({"message.max.bytes": "10"}) as broker:
        found = rows(servers, broker.bootstrap_servers, {})
        left = Recorded()
        assert guard(topics.run, ["--bootstrap-server", broker.bootstrap_servers, "--list"], left) == 0
    last = [(row["step"], row["status"]) for row in found[-4:]]
    assert last == [("topic", "ok"), ("produce", "failed"), ("fetch", "skipped"), ("cleanup", "ok")]
    assert "message.max.bytes" in str(found[-3]["fix"])
    assert left.out.split() == []


class Leaving(io.BytesIO):
    """A stream whose reader goes, or presses Ctrl-C, at a step."""

    def __init__(self, step: bytes, error: type[BaseException]) -> None:
        super().__init__()
        self._step, self._error = step, error

    def write(self, data: Any) -> int:
        if self._step in bytes(data).split()[1:2]:
            raise self._error
        return super().write(data)


@pytest.mark.parametrize("step", [b"topic", b"produce"])
@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 141)])
def test_a_topic_of_our_own_goes_also_when_the_user_does(
    servers: Servers, step: bytes, error: type[BaseException], code: int
) -> None:
    stdout = Leaving(step, error)
    environment = Environment(io.BytesIO(), stdout, io.BytesIO(), {}, "kcli doctor")
    assert guard(run, ["--bootstrap-server", servers.ports["PLAINTEXT"]], environment) == code
    assert b"listener 1" in stdout.getvalue()
    assert not any(name.startswith("kcli-doctor") for name in topic_names(servers))


def test_read_only(servers: Servers) -> None:
    found = rows(servers, servers.ports["PLAINTEXT"], {}, "--read-only")
    assert [(row["step"], row["status"]) for row in found[-2:]] == [("produce", "skipped"), ("fetch", "skipped")]


@pytest.mark.parametrize("form", ["yaml", "csv", "table"])
def test_other_forms(servers: Servers, form: str) -> None:
    done = doctor(servers, servers.ports["PLAINTEXT"], {}, "--read-only", "--output", form)
    assert (done.code, done.err) == (0, "")
    assert "milliseconds" in done.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ([], "--bootstrap-server"),
        (["--bootstrap-server", "nowhere"], "--bootstrap-server: Invalid url"),
        (["--bootstrap-server", "localhost:1", "--timeout", "soon"], "--timeout"),
        (["--bootstrap-server", "localhost:1", "--topic", "t", "--read-only"], "--read-only"),
    ],
)
def test_bad_command_lines(line: list[str], message: str) -> None:
    environment = Recorded()
    assert guard(run, line, environment) == 1
    assert message in environment.err
    assert environment.out == ""
