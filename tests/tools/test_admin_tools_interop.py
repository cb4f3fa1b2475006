"""kafka-configs, -acls, -client-metrics and -delegation-tokens beside the JVM's, on one secured Kafka 4.3.0."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kcli.cli import completion_askers
from kcli.cli.main import guard
from kcli.client.cluster import Cluster
from kcli.tools import acls, client_metrics, configs, delegation_tokens, producer_perf_test, topics
from kcli.tools import listings_cluster as of_cluster
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka

pytestmark = [pytest.mark.interop, pytest.mark.slow]

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=alice password=secret"


class Secured(NamedTuple):
    """A broker with rules, and a listener where alice logs in."""

    bootstrap: str
    sasl: str
    client: Path


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    port, sasl, controller = (real_kafka.free_port() for _ in range(3))
    broker = real_kafka.Kafka43(
        folder,
        port=port,
        properties={
            "listeners": f"PLAINTEXT://localhost:{port},SASL://localhost:{sasl},CONTROLLER://localhost:{controller}",
            "advertised.listeners": f"PLAINTEXT://localhost:{port},SASL://localhost:{sasl}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT",
            "controller.quorum.voters": f"1@localhost:{controller}",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": f"{PLAIN} user_alice=secret;",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS;User:alice",
            "delegation.token.secret.key": "a secret of this test",
        },
    )
    client = folder / "client.properties"
    client.write_text(f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config={PLAIN};\n")
    yield Secured(broker.bootstrap, f"localhost:{sasl}", client)
    broker.stop()


class Tool(NamedTuple):
    """A tool of ours and the class of its twin."""

    run: Callable[..., int]
    java_class: str


CONFIGS = Tool(configs.run, "kafka.admin.ConfigCommand")
ACLS = Tool(acls.run, "org.apache.kafka.tools.AclCommand")
CLIENT_METRICS = Tool(client_metrics.run, "org.apache.kafka.tools.ClientMetricsCommand")
TOKENS = Tool(delegation_tokens.run, "org.apache.kafka.tools.DelegationTokenCommand")

COMMANDS = (
    (CONFIGS, "--alter --ip-defaults --add-config connection_creation_rate=20000000"),
    (CONFIGS, "--describe --entity-type ips"),
    (CONFIGS, "--alter --ip-defaults --delete-config connection_creation_rate"),
    (CONFIGS, "--alter --user-defaults --client @ --add-config producer_byte_rate=7,request_percentage=0.5"),
    (CONFIGS, "--describe --user-defaults --client @"),
    (CONFIGS, "--alter --user-defaults --client @ --delete-config nonesuch"),
    (CONFIGS, "--alter --user-defaults --client @ --delete-config producer_byte_rate,request_percentage"),
    (CONFIGS, "--alter --user @ --client-defaults --add-config producer_byte_rate=0"),
    (CONFIGS, "--alter --user @ --add-config SCRAM-SHA-256=[password=x],producer_byte_rate=7"),
    (CONFIGS, "--alter --user @ --add-config SCRAM-SHA-512=[iterations=5000,password=x]"),
    (CONFIGS, "--describe --user @"),
    (CONFIGS, "--alter --user @ --delete-config SCRAM-SHA-512"),
    (CONFIGS, "--describe --group @ --all"),
    (CONFIGS, "--describe --topic @ --all"),
    (CONFIGS, "--describe --client-metrics @"),
    (CONFIGS, "--alter --topic @ --add-config a%20b=c"),
    (ACLS, "--add --allow-principal User:@ --operation All --topic @ --allow-host 1.1.1.1"),
    (ACLS, "--add --deny-principal User:@ --operation Describe --group @ --resource-pattern-type prefixed"),
    (ACLS, "--list --principal User:@"),
    (ACLS, "--list --group @-1 --resource-pattern-type match"),
    (ACLS, "--add --allow-principal User:@ --topic @ --resource-pattern-type any"),
    (ACLS, "--add --allow-principal @ --topic @"),
    (ACLS, "--add --allow-principal User:@ --operation Read --user-principal User:@"),
    (ACLS, "--remove --force --topic @ --group @ --resource-pattern-type any"),
    (ACLS, "--list --topic @ --group @"),
    (CLIENT_METRICS, "--alter --name @ --metrics a.,b. --match client_id=x"),
    (CLIENT_METRICS, "--describe --name @"),
    (CLIENT_METRICS, "--alter --name @ --interval -5"),
    (CLIENT_METRICS, "--alter --name @ --match a=b"),
    (CLIENT_METRICS, "--alter --name @ --interval soon"),
    (CLIENT_METRICS, "--delete --name @"),
)
# Log lines, traces, the JVM's list of options and our hints, all of which follow what is said.
NOISE = re.compile(r"\s+at |\s*\.\.\. |\[20|Caused by|java\.|joptsimple| \(org|Try '|--|\s{2,}|Opt.*Descr")


def said(text: str, name: str) -> list[str]:
    """What a tool said, in no order, since that of the JVM's sets is none."""
    text = text.replace("java.util.concurrent.ExecutionException: ", "").replace(name, "@")
    lines = {line.rstrip() for line in text.splitlines() if not NOISE.match(line) or line.startswith("  ")}
    kept = (line for line in lines if line and not re.match(r" {20}|--", line))
    return sorted(
        re.sub(
            r"(?<= are )(\S+), (\S+)$|(?<=operations ).*", lambda match: ",".join(sorted(match[0].split(", "))), line
        )
        for line in kept
    )


def java(tool: Tool, words: list[str]) -> subprocess.CompletedProcess[bytes]:
    run_class = str(real_kafka.kafka_bin("4.3") / "run-class")
    return subprocess.run([run_class, tool.java_class, *words], input=b"", capture_output=True, timeout=60)


def words(bootstrap: str, command: str, name: str) -> list[str]:
    line = f"--bootstrap-server {bootstrap} {command}".replace("@", name)
    return [word.replace("%20", " ") for word in line.split()]


def test_the_same_lines_and_codes(secured: Secured) -> None:
    # One after the other, since the default of all addresses is one for both.
    twins = [java(tool, words(secured.bootstrap, command, "twin-t")) for tool, command in COMMANDS]
    for (tool, command), theirs in zip(COMMANDS, twins):
        ours = Recorded()
        assert guard(tool.run, words(secured.bootstrap, command, "ours-t"), ours) == theirs.returncode, command
        assert said(ours.out, "ours-t") == [
            line for line in said(theirs.stdout.decode(), "twin-t") if not line.startswith("org.apache")
        ], command
        if tool is CONFIGS:
            assert said(ours.err, "ours-t") == said(theirs.stderr.decode(), "twin-t"), command


def until_told(words: list[str], text: str) -> str:
    """What the tool says once it says this: brokers learn of tokens a moment after they are made."""
    for _ in range(100):
        environment = Recorded()
        assert guard(delegation_tokens.run, words, environment) == 0
        if text in environment.out:
            return environment.out
        time.sleep(0.1)
    raise AssertionError(environment.out)


def test_the_life_of_a_token(secured: Secured) -> None:
    where = ["--bootstrap-server", secured.sasl, "--command-config", str(secured.client)]
    create = ["--create", "--max-life-time-period", "-1", "--renewer-principal", "User:bob"]
    made = Recorded()
    assert guard(delegation_tokens.run, [*where, *create], made) == 0, made.err
    whose = [*where, "--describe", "--owner-principal", "User:alice"]
    described = until_told(whose, "Total number of tokens : 1\n")
    assert described == java(TOKENS, whose).stdout.decode()
    assert described.splitlines()[1:] == until_told([*where, "--describe"], "tokens : 1\n").splitlines()[1:]
    (row,) = described.splitlines()[4:]
    _id, hmac, owner, requester, renewers, *_ = row.split()
    assert (owner, requester, renewers) == ("User:alice", "User:alice", "[User:bob]")
    assert row in made.out
    renewed = Recorded()
    assert guard(delegation_tokens.run, [*where, "--renew", "--renew-time-period", "-1", "--hmac", hmac], renewed) == 0
    assert "Completed renew operation. New expiry date : 20" in renewed.out
    expired = Recorded()
    assert (
        guard(delegation_tokens.run, [*where, "--expire", "--expiry-time-period", "-1", "--hmac", hmac], expired) == 0
    )
    assert "Completed expire operation. New expiry date : 20" in expired.out
    expire = [*where, "--expire", "--expiry-time-period", "-1", "--hmac", hmac]
    for _ in range(100):  # the controller, too, learns of it a moment later
        again = Recorded()
        if guard(delegation_tokens.run, expire, again) == 1:
            break
        time.sleep(0.1)
    assert again.err.startswith("org.apache.kafka.common.errors.DelegationTokenNotFoundException: ")
    assert again.err.count("\n") == 1


LISTED = (
    (CONFIGS, "--alter --user @ --add-config SCRAM-SHA-256=[password=x]", of_cluster.CONFIGS_ALTERED),
    (CONFIGS, "--describe --user @", of_cluster.QUOTAS),
    (ACLS, "--add --allow-principal User:@ --operation All --topic @", of_cluster.ACLS),
    (ACLS, "--list --topic @", of_cluster.ACLS),
    (ACLS, "--remove --force --topic @", of_cluster.ACLS),
)


def tokens(login: list[str]) -> str:
    done = Recorded()
    assert guard(TOKENS.run, [*login, "--describe"], done) == 0, done.err
    return done.out


def test_rows_are_as_documented(secured: Secured) -> None:
    for tool, command, listing in LISTED:
        environment = Recorded()
        line = [*words(secured.bootstrap, command, "listed"), "--output", "json"]
        assert guard(tool.run, line, environment) == 0, environment.err
        assert check(environment.out, listing), command
    login = ["--bootstrap-server", secured.sasl, "--command-config", str(secured.client), "--output", "json"]
    made = Recorded()
    assert guard(TOKENS.run, [*login, "--create", "--max-life-time-period", "-1"], made) == 0, made.err
    (token,) = check(made.out, of_cluster.TOKENS)
    deadline = time.monotonic() + 120
    while token["tokenId"] not in tokens(login):  # the broker learns of it a moment later
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for action, listing in (
        (["--renew", "--renew-time-period", "-1", "--hmac", token["hmac"]], of_cluster.TOKEN_EXPIRY),
        (["--describe"], of_cluster.TOKENS),
        (["--expire", "--expiry-time-period", "-1", "--hmac", token["hmac"]], of_cluster.TOKEN_EXPIRY),
    ):
        done = Recorded()
        assert guard(TOKENS.run, [*login, *action], done) == 0, done.err
        assert check(done.out, listing)


def test_each_kind_of_name_that_completes_is_known(secured: Secured) -> None:
    """What completion asks for, of a broker that has one of everything."""
    server = f"--bootstrap-server {secured.bootstrap}"
    for run, line in (
        (topics.run, f"{server} --create --topic cn-t"),
        (configs.run, f"{server} --alter --user cn-user --client cn-both --add-config producer_byte_rate=7"),
        (configs.run, f"{server} --alter --user cn-scram --add-config SCRAM-SHA-256=[password=x]"),
        (configs.run, f"{server} --alter --client cn-client --add-config producer_byte_rate=7"),
        (configs.run, f"{server} --alter --ip 10.9.8.7 --add-config connection_creation_rate=7"),
        (acls.run, f"{server} --add --allow-principal User:cn-acl --operation Read --topic cn-t"),
        (client_metrics.run, f"{server} --alter --name cn-metrics --metrics a. --interval 1000"),
        (
            producer_perf_test.run,
            f"{server} --topic cn-t --num-records 1 --record-size 1 --throughput -1 --transactional-id cn-tx",
        ),
    ):
        environment = Recorded()
        assert guard(run, line.split(), environment) == 0, environment.err
    wanted = {
        "topic": {"cn-t"},
        "broker": {"1"},
        "controller": {"1"},
        "user": {"cn-user", "cn-scram"},
        "client": {"cn-both", "cn-client"},
        "ip": {"10.9.8.7"},
        "principal": {"User:cn-acl"},
        "metrics subscription": {"cn-metrics"},
        "transactional id": {"cn-tx"},
    }
    askers = {**completion_askers.TOGETHER, **completion_askers.ALONE}
    with Cluster(secured.bootstrap) as cluster:
        for kind, names in wanted.items():
            deadline = time.monotonic() + 180
            while not names <= set(found := askers[kind](cluster)):  # a broker learns of a change a moment later
                assert time.monotonic() < deadline, (kind, found)
                time.sleep(0.1)
            assert found == sorted(found)
        assert askers["group"](cluster) == []
        assert len(askers["topic id"](cluster)) == len(askers["topic"](cluster))
