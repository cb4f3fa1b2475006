"""What kafka-acls and kafka-configs of 3.9.1 do on ZooKeeper directly, beside the JVM's tools and a real broker.

Each works in a part of the tree of its own; they have to say the same and leave the same nodes. A broker that starts
afterwards, on what ours wrote, has to go by it.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kazoo.client import KazooClient

from kcli.cli.main import guard
from kcli.client.password_encoder import SECRET, PasswordEncoder
from kcli.tools import acls, broker_api_versions, configs, zookeeper_shell
from kcli.tools import listings_cluster as listings
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka

pytestmark = [pytest.mark.interop, pytest.mark.slow]

STORES = Path(__file__).parent.parent / "config" / "golden"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"


@pytest.fixture(scope="module")
def zookeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = real_kafka.ZooKeeper(tmp_path_factory.mktemp("zookeeper"))
    yield server.address
    server.stop()


@pytest.fixture
def tree(zookeeper: str) -> Iterator[KazooClient]:
    client = KazooClient(zookeeper, timeout=15)
    client.start(60)
    yield client
    client.stop()
    client.close()


class Tool(NamedTuple):
    """A tool of ours, its twin's class, and the options that name a part of ZooKeeper's tree."""

    run: Callable[..., int]
    java_class: str
    connect: str


ACLS = Tool(acls.run, "kafka.admin.AclCommand", "--authorizer-properties zookeeper.connect={}")
CONFIGS = Tool(configs.run, "kafka.admin.ConfigCommand", "--zookeeper {}")

ACL_COMMANDS = (
    "--add --allow-principal User:a --operation Read --operation DescribeConfigs --topic t --topic t2",
    "--add --allow-principal User:a --allow-host 1.2.3.4 --deny-principal User:b --operation Read --topic t",
    "--add --allow-principal User:a --producer --topic t- --transactional-id x --resource-pattern-type prefixed",
    "--add --allow-principal User:a --consumer --topic c --group g",
    "--add --allow-principal User:* --operation ClusterAction --cluster",
    "--add --allow-principal User:a --operation DescribeTokens --user-principal User:b",
    "--add --allow-principal User:a --operation Describe --delegation-token d",
    "--authorizer kafka.security.authorizer.AclAuthorizer --list",
    "--list --principal User:a --topic t",
    "--list --topic t-1 --resource-pattern-type match",
    "--remove --force --allow-principal User:a --operation Read --topic t2",
    "--remove --force --topic t-1 --resource-pattern-type match",
    "--remove --force --group g --resource-pattern-type any",
    "--remove --force --topic nonesuch",
    "--add --allow-principal User:a --operation Alter --group g",
    "--add --allow-principal User:a --operation TwoPhaseCommit --transactional-id x",
    "--list --command-config nonesuch",
    "--list --bootstrap-server localhost:1",
    "--list --authorizer kafka.security.authorizer.AclAuthorizer --bootstrap-server localhost:1",
)
CONFIG_COMMANDS = (
    "--alter --entity-type users --entity-name @*~ --add-config SCRAM-SHA-256=[iterations=5000,password=x]",
    "--alter --user @*~ --add-config SCRAM-SHA-512=[password=y,z]",
    "--alter --user other --add-config SCRAM-SHA-512=[password=y]",
    "--alter --user other --delete-config SCRAM-SHA-512",
    "--describe --user @*~",
    "--describe --entity-type users",
    "--describe --user nobody",
    "--describe --user-defaults",
    "--alter --user @*~ --delete-config SCRAM-SHA-512",
    "--alter --user @*~ --delete-config SCRAM-SHA-512",
    "--alter --user @*~ --add-config producer_byte_rate=1,SCRAM-SHA-256=[password=x] --delete-config SCRAM-SHA-256,x",
    "--alter --user-defaults --add-config SCRAM-SHA-256=[password=x]",
    "--alter --user @ --add-config SCRAM-SHA-256=[x]",
    "--alter --user @ --add-config SCRAM-SHA-256=[iterations=1,password=x]",
    "--alter --user @ --add-config SCRAM-SHA-256=[iterations=,password=x]",
    "--alter --broker 1 --add-config log.cleaner.threads=2,listener.name.a.ssl.key.password=x,"
    "listener.name.a.ssl.keystore.password=y,password.encoder.secret=s,password.encoder.iterations=5000",
    "--describe --broker 1",
    "--alter --broker 1 --delete-config listener.name.a.ssl.key.password,log.cleaner.threads",
    "--alter --broker 1 --add-config listener.name.a.ssl.key.password=x",
    "--alter --broker-defaults --add-config log.cleaner.threads=2,nonesuch=3",
    "--describe --broker-defaults",
    "--describe --entity-type brokers",
    "--alter --broker-defaults --add-config listener.name.a.ssl.keystore.location=x",
    "--alter --broker-defaults --add-config log.cleaner.threads=x",
    "--alter --broker-defaults --add-config leader.replication.throttled.rate=x",
    "--alter --broker 1 --add-config broker.id=1,zookeeper.connect=2",
    "--alter --broker 1 --add-config ssl.key.password=1",
    "--alter --broker 1 --delete-config nonesuch",
    "--describe --user @ --client c",
    "--describe --topic t",
    "--describe --user @ --all",
    "--describe --user @ --bootstrap-server localhost:1",
)
# The JVM's log lines and traces; what follows a reason to refuse a command line: its list of options, or our hint.
NOISE = re.compile(r"\s+at |\[20|Caused by|java\.|Try '")
OPTIONS = re.compile(r"^Option  ", re.MULTILINE)
# What no two runs have in common: salts, and what follows from them.
RANDOM = re.compile(r"(?<=[:=])[A-Za-z0-9+/]{22,}=*")


def said(text: str) -> list[str]:
    """What a tool said, in no order, since that of the JVM's sets is none."""
    lines = (
        RANDOM.sub("RANDOM", line.strip()) for line in OPTIONS.split(text)[0].splitlines() if not NOISE.match(line)
    )
    return sorted(re.sub(r"(?<=operations ).*", _operations, line) for line in lines if line)


def _operations(match: re.Match[str]) -> str:
    return str(sorted(re.findall(r"\w+", match[0].title())))


def java(tool: Tool, words: list[str]) -> subprocess.CompletedProcess[str]:
    run_class = str(real_kafka.kafka_bin("3.9") / "run-class")
    return subprocess.run(
        [run_class, tool.java_class, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


def ours(tool: Tool, words: list[str]) -> Recorded:
    environment = Recorded()
    environment.code = guard(tool.run, words, environment)
    return environment


def nodes(tree: KazooClient, path: str) -> Iterator[tuple[str, object]]:
    """All nodes with what they hold, in order; entries of rules in no order."""
    for name in sorted(tree.get_children(path)):
        inner = f"{path}/{name}"
        data, _ = tree.get(inner)
        text = RANDOM.sub("RANDOM", (data or b"").decode())
        value = json.loads(text) if text.startswith("{") else text
        if isinstance(value, dict) and "acls" in value:
            value["acls"].sort(key=str)
        yield inner.partition("/")[2].partition("/")[2], (value, data is None, tree.get_acls(inner)[0])
        yield from nodes(tree, inner)


def same_everywhere(tool: Tool, commands: tuple[str, ...], zookeeper: str, tree: KazooClient) -> None:
    parts = [f"{name}-{tool.java_class.rpartition('.')[2]}" for name in ("java", "ours")]
    for part in parts:
        tree.ensure_path(f"/{part}")
    for command in commands:
        theirs_words, our_words = (f"{tool.connect.format(f'{zookeeper}/{part}')} {command}".split() for part in parts)
        theirs = java(tool, theirs_words)
        done = ours(tool, our_words)
        assert done.code == theirs.returncode, command
        their_lines = said((theirs.stdout + theirs.stderr).replace(parts[0], parts[1]))
        our_lines = said(done.out + done.err)
        assert our_lines == their_lines, command
    assert list(nodes(tree, f"/{parts[1]}")) == list(nodes(tree, f"/{parts[0]}"))


def test_rules_are_those_of_the_jvms_tool(zookeeper: str, tree: KazooClient) -> None:
    same_everywhere(ACLS, ACL_COMMANDS, zookeeper, tree)


def test_settings_are_those_of_the_jvms_tool(zookeeper: str, tree: KazooClient) -> None:
    same_everywhere(CONFIGS, CONFIG_COMMANDS, zookeeper, tree)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x", "does not hold what Kafka keeps there: b'x'"),
        (b"[]", "does not hold what Kafka keeps there: b'[]'"),
        (b'{"version":2,"acls":[]}', "has rules of version 2; 1 is the one known"),
        (b'{"version":1,"acls":[{}]}', """does not hold rules as Kafka keeps them: b'{"version":1,"acls":[{}]}'"""),
        (b'{"version":1,"acls":3}', """does not hold rules as Kafka keeps them: b'{"version":1,"acls":3}'"""),
    ],
)
def test_rules_that_kafka_did_not_write(zookeeper: str, tree: KazooClient, data: bytes, says: str) -> None:
    if not tree.exists("/broken/kafka-acl/Topic/t"):
        tree.create("/broken/kafka-acl/Topic/t", makepath=True)
    tree.set("/broken/kafka-acl/Topic/t", data)
    server = ["--authorizer-properties", f"zookeeper.connect={zookeeper}/broken"]
    for action in ["--list"], ["--add", "--allow-principal", "User:a", "--topic", "t"]:
        done = ours(ACLS, [*server, *action])
        assert done.code == 1
        assert done.out.endswith(f"Error while executing ACL command: /kafka-acl/Topic/t {says}\n\n")
    assert tree.get("/broken/kafka-acl/Topic/t")[0] == data


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\nb"])
def test_names_that_no_node_can_have(zookeeper: str, tree: KazooClient, name: str) -> None:
    server = ["--authorizer-properties", f"zookeeper.connect={zookeeper}/names"]
    done = ours(ACLS, [*server, "--add", "--allow-principal", "User:a", "--topic", name])
    assert done.code == 1
    assert f"InvalidRequestException: ACL binding contains invalid resource name: {name}\n" in done.out
    assert tree.exists("/names") is None
    assert ours(ACLS, [*server, "--list", "--topic", name]).code == 0
    assert ours(ACLS, [*server, "--remove", "--force", "--topic", name]).code == 0


def test_a_part_of_the_tree_that_is_not_there(zookeeper: str, tree: KazooClient) -> None:
    words = ["--zookeeper", f"{zookeeper}/nonesuch", "--alter", "--user", "u", "--add-config"]
    done = ours(CONFIGS, [*words, "SCRAM-SHA-256=[password=x]"])
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == f"{zookeeper}/nonesuch: ZooKeeper has no node /nonesuch"
    assert tree.exists("/nonesuch") is None


DECODER = """
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.security.PasswordEncoder;

class Decoder {
    public static void main(String[] words) throws Exception {
        var encoder = PasswordEncoder.encrypting(new Password(words[0]), null, words[1], 128, 4096);
        System.out.write(encoder.decode(words[2]).value().getBytes("UTF-8"));
        System.out.flush();
    }
}
"""


@pytest.mark.parametrize("cipher", ["AES/CBC/PKCS5Padding", "AES/GCM/NoPadding"])
@pytest.mark.parametrize("password", ["x", "sixteen letters.", "\N{GRINNING FACE}, ä = b"])
def test_kafka_decrypts_passwords(tmp_path: Path, cipher: str, password: str) -> None:
    encoded = PasswordEncoder({SECRET: "a secret", "password.encoder.cipher.algorithm": cipher}).encode(password)
    source = tmp_path / "Decoder.java"
    source.write_text(DECODER)
    libraries = f"{real_kafka.fetch('3.9')}/libs/*"
    command = ["java", "-cp", libraries, str(source), "a secret", cipher, encoded]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.stdout.decode() == password, done.stderr.decode()


# A broker


class Started(NamedTuple):
    """A broker that goes by what ours wrote into ZooKeeper before it started."""

    zookeeper: str
    bootstrap: str
    sasl: str
    folder: Path

    def client(self, mechanism: str, module: str, user: str, password: str) -> str:
        """A file with a login."""
        file = self.folder / f"{mechanism}-{user}-{password}.properties"
        file.write_text(
            f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism={mechanism}\n"
            f'sasl.jaas.config={module} username="{user}" password="{password}";\n'
        )
        return str(file)


BEFORE = (
    "--user alice --add-config SCRAM-SHA-256=[iterations=5000,password=of-alice],SCRAM-SHA-512=[password=of-alice]",
    "--broker 1 --add-config-file @",
    "--broker-defaults --add-config log.cleaner.backoff.ms=16000",
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("broker")
    server = real_kafka.ZooKeeper(folder)
    try:
        yield from started(folder, server.address)
    finally:
        server.stop()


def started(folder: Path, address: str) -> Iterator[Started]:
    login = folder / "login.properties"
    login.write_text(
        f"listener.name.sasl.plain.sasl.jaas.config={PLAIN} user_bob=of-bob;\npassword.encoder.secret=a secret\n"
        "password.encoder.key.length=256\npassword.encoder.iterations=5000\n"
    )
    root = KazooClient(address, timeout=15)
    root.start(60)
    root.ensure_path("/kafka")
    root.stop()
    root.close()
    for line in BEFORE:
        words = ["--zookeeper", f"{address}/kafka", "--alter", *line.replace("@", str(login)).split()]
        assert ours(CONFIGS, words).code == 0
    port, sasl = real_kafka.free_port(), real_kafka.free_port()
    kafka = real_kafka.Kafka39(
        folder,
        zookeeper=f"{address}/kafka",
        port=port,
        properties={
            "listeners": f"PLAINTEXT://localhost:{port},SASL://localhost:{sasl}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            "authorizer.class.name": "kafka.security.authorizer.AclAuthorizer",
            "super.users": "User:ANONYMOUS",
            "password.encoder.secret": "a secret",
            "listener.name.sasl.scram-sha-256.sasl.jaas.config": f"{SCRAM};",
            "listener.name.sasl.scram-sha-512.sasl.jaas.config": f"{SCRAM};",
        },
    )
    yield Started(f"{address}/kafka", kafka.bootstrap, f"localhost:{sasl}", folder)
    kafka.stop()


@pytest.mark.parametrize(
    ("mechanism", "module", "user", "password", "code"),
    [
        ("SCRAM-SHA-256", SCRAM, "alice", "of-alice", 0),
        ("SCRAM-SHA-512", SCRAM, "alice", "of-alice", 0),
        ("SCRAM-SHA-512", SCRAM, "alice", "wrong", 1),
        ("PLAIN", PLAIN, "bob", "of-bob", 0),
        ("PLAIN", PLAIN, "bob", "wrong", 1),
    ],
)
def test_users_log_in(broker: Started, mechanism: str, module: str, user: str, password: str, code: int) -> None:
    words = ["--bootstrap-server", broker.sasl]
    words += ["--command-config", broker.client(mechanism, module, user, password)]
    assert guard(broker_api_versions.run, words, Recorded()) == code
    done = real_kafka.run_tool("3.9", "kafka-broker-api-versions", *words, check=False)
    assert done.returncode == code


def test_the_broker_shows_what_was_set(broker: Started) -> None:
    for server in ("--bootstrap-server", broker.bootstrap), ("--zookeeper", broker.zookeeper):
        words = [*server, "--describe", "--entity-type", "users"]
        theirs = java(CONFIGS, words)
        done = ours(CONFIGS, words)
        assert done.code == theirs.returncode == 0
        notices = theirs.stdout.splitlines(keepends=True)[:2] if server[0] == "--zookeeper" else []
        assert done.out == theirs.stdout.removeprefix("".join(notices))
        assert "SCRAM-SHA-256" in done.out
    settings = ours(CONFIGS, ["--bootstrap-server", broker.bootstrap, "--describe", "--broker", "1"]).out
    assert "  listener.name.sasl.plain.sasl.jaas.config=null sensitive=true" in settings
    assert (
        "DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.backoff.ms=16000"
        in ours(CONFIGS, ["--bootstrap-server", broker.bootstrap, "--describe", "--broker-defaults"]).out
    )


@pytest.mark.parametrize("entity", ["--broker 1", "--broker-defaults"])
def test_a_broker_that_runs_is_to_be_asked(broker: Started, entity: str) -> None:
    for action in "--describe", "--alter --add-config log.cleaner.threads=2,a=b --delete-config c,d":
        words = ["--zookeeper", broker.zookeeper, *entity.split(), *action.split()]
        theirs, done = java(CONFIGS, words), ours(CONFIGS, words)
        assert done.code == theirs.returncode == 1
        assert done.err.splitlines()[-1] == theirs.stderr.strip()


def listed(*server: str) -> str:
    """The rules of a resource as ours list them."""
    done = ours(ACLS, [*server, "--list", "--topic", "seen", "--resource-pattern-type", "match"])
    assert done.code == 0, done.out
    return done.out


def until(what: Callable[[], object]) -> None:
    """Brokers learn of changes a moment after they are made."""
    for _ in range(300):
        if what():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_the_broker_goes_by_rules_in_zookeeper(broker: Started) -> None:
    by_zookeeper = ("--authorizer-properties", f"zookeeper.connect={broker.zookeeper}")
    by_broker = ("--bootstrap-server", broker.bootstrap)
    rules = ("--allow-principal", "User:alice", "--operation", "Describe")
    literal, prefixed = ("--topic", "seen"), ("--topic", "se", "--resource-pattern-type", "prefixed")
    for topic in literal, prefixed:
        assert ours(ACLS, [*by_zookeeper, "--add", *rules, *topic]).code == 0
    in_zookeeper = listed(*by_zookeeper)
    assert in_zookeeper.count("principal=User:alice") == 2
    until(lambda: listed(*by_broker) == in_zookeeper)
    theirs = java(ACLS, [*by_broker, "--list", *literal, "--resource-pattern-type", "match"])
    assert said(theirs.stdout) == said(in_zookeeper)

    assert java(ACLS, [*by_broker, "--add", *rules, "--operation", "Read", *literal]).returncode == 0
    assert "operation=READ" in listed(*by_zookeeper)
    assert ours(ACLS, [*by_zookeeper, "--remove", "--force", *rules, *literal]).code == 0
    until(lambda: listed(*by_broker) == listed(*by_zookeeper))
    assert ours(ACLS, [*by_zookeeper, "--remove", "--force", "--topic", "seen", *prefixed[2:-1], "match"]).code == 0
    until(lambda: listed(*by_broker) == "")
    assert listed(*by_zookeeper) == ""


def test_writers_at_the_same_time(broker: Started) -> None:
    by_zookeeper = ("--authorizer-properties", f"zookeeper.connect={broker.zookeeper}")
    names = [f"User:u{number}" for number in range(4)]

    def add(name: str) -> None:
        for operation in "Read", "Write", "Describe":
            words = ["--add", "--allow-principal", name, "--operation", operation, "--topic", "busy"]
            assert ours(ACLS, [*by_zookeeper, *words]).code == 0

    writers = [threading.Thread(target=add, args=(name,)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = ours(ACLS, [*by_zookeeper, "--list", "--topic", "busy", "--output", "json"])
    found = [(row["principal"], row["operation"]) for row in check(rows.out, listings.ACLS)]
    assert sorted(found) == sorted((name, operation) for name in names for operation in ("READ", "WRITE", "DESCRIBE"))


def test_rows_of_what_is_in_zookeeper(broker: Started) -> None:
    server = ("--zookeeper", broker.zookeeper)
    done = ours(CONFIGS, [*server, "--alter", "--user", "carl", "--add-config", "SCRAM-SHA-256=[password=x]",
                          "--output", "json"])  # fmt: skip
    (row,) = check(done.out, listings.CONFIGS_ALTERED)
    assert row == {"entityType": "users", "entityName": "carl", "added": ["SCRAM-SHA-256"], "deleted": []}
    done = ours(CONFIGS, [*server, "--describe", "--user", "carl", "--output", "json"])
    rows = check(done.out, listings.CONFIGS_IN_ZOOKEEPER)
    assert [(row["entityName"], row["name"]) for row in rows] == [("carl", "SCRAM-SHA-256")]


# TLS


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A ZooKeeper at whose address clients have to show a certificate."""
    port = real_kafka.free_port()
    server = real_kafka.ZooKeeper(
        tmp_path_factory.mktemp("secure"),
        properties={
            "secureClientPort": str(port),
            "serverCnxnFactory": "org.apache.zookeeper.server.NettyServerCnxnFactory",
            "authProvider.x509": "org.apache.zookeeper.server.auth.X509AuthenticationProvider",
            "ssl.keyStore.location": str(STORES / "identity.p12"),
            "ssl.keyStore.password": "secret1",
            "ssl.trustStore.location": str(STORES / "trust.p12"),
            "ssl.trustStore.password": "secret1",
            "ssl.clientAuth": "need",
        },
    )
    yield f"localhost:{port}"
    server.stop()


KEYS = {"pem": "kp", "p12": "secret1", "jks": "secret1"}


def tls_file(folder: Path, kind: str = "p12", **changes: str) -> str:
    """A file of settings for TLS with stores of one kind."""
    settings = {
        "client.enable": "true",
        "keystore.location": str(STORES / f"identity.{kind}"),
        "keystore.password": KEYS[kind],
        "truststore.location": str(STORES / f"trust.{kind}"),
        "truststore.password": "secret1",
        **changes,
    }
    file = folder / "tls.properties"
    lines = [f"zookeeper.ssl.{name}={value}\n" for name, value in settings.items() if value]
    file.write_text("zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty\n" + "".join(lines))
    return str(file)


@pytest.mark.parametrize("kind", KEYS)
def test_stores_of_every_kind(secure: str, tmp_path: Path, kind: str) -> None:
    file = tls_file(tmp_path, kind)
    shell = Recorded()
    assert guard(zookeeper_shell.run, [secure, "-zk-tls-config-file", file, "create", f"/{kind}"], shell) == 0
    assert f"Created /{kind}" in shell.err
    tls, part = ("--zk-tls-config-file", file), f"{secure}/{kind}"  # its own: the stores are of several people
    rule = ("--allow-principal", "User:a", "--topic", "t")
    assert ours(ACLS, ["--authorizer-properties", f"zookeeper.connect={part}", *tls, "--add", *rule]).code == 0
    user = ("--user", "u", "--add-config", "SCRAM-SHA-256=[password=x]")
    assert ours(CONFIGS, ["--zookeeper", part, *tls, "--alter", *user]).code == 0
    assert "SCRAM-SHA-256=salt=" in ours(CONFIGS, ["--zookeeper", part, *tls, "--describe", "--user", "u"]).out


def test_who_shows_a_certificate_owns_what_it_writes(secure: str, tmp_path: Path) -> None:
    """Our nodes have the permissions of the JVM's, and so neither of the two shuts out the other."""
    tls = ("--zk-tls-config-file", tls_file(tmp_path))
    shell = Recorded(stdin=b"create /java\ncreate /ours\n")
    assert guard(zookeeper_shell.run, [secure, "-zk-tls-config-file", tls[1]], shell) == 0
    permissions = []
    for run, part in ((java, "java"), (ours, "ours")):
        rules = ["--authorizer-properties", f"zookeeper.connect={secure}/{part}", "--authorizer-properties",
                 "zookeeper.set.acl=true", *tls, "--add", "--allow-principal", "User:a", "--topic", "t"]  # fmt: skip
        user = ["--zookeeper", f"{secure}/{part}", *tls, "--alter", "--user", "u", "--add-config",
                "SCRAM-SHA-256=[password=x]"]  # fmt: skip
        for tool, words in ((ACLS, rules), (CONFIGS, user)):
            done = run(tool, words)
            assert (done.code if isinstance(done, Recorded) else done.returncode) == 0
        shown = Recorded(
            stdin=b"\n".join(
                b"getAcl " + path
                for path in (b"/kafka-acl/Topic/t", b"/kafka-acl-changes", b"/config", b"/config/users/u")
            )
        )
        assert guard(zookeeper_shell.run, [f"{secure}/{part}", "-zk-tls-config-file", tls[1]], shown) == 0
        permissions.append(shown.out.partition("disabled")[2])
    assert permissions[0] == permissions[1]
    assert permissions[0].count("'x509,'CN=") == 4


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"truststore.password": "wrong"},
            "Failed to load SSL truststore .* or a wrong password",
        ),
        ({"keystore.type": "BCFKS"}, r"zookeeper\.ssl\.keystore\.type=BCFKS is not supported: PEM, PKCS12 or JKS"),
        ({"truststore.location": "/nonesuch.pem"}, "Failed to load SSL truststore /nonesuch.pem .*: No such file"),
        (
            {"truststore.location": "/nonesuch"},
            r"/nonesuch does not end in .*; zookeeper\.ssl\.truststore\.type ",
        ),
        ({"truststore.location": ""}, "TLS handshake with localhost:[0-9]+ failed: .*certificate"),
        ({"keystore.location": ""}, "(TLS handshake|No ZooKeeper answers at localhost)"),
    ],
)
def test_what_is_wrong_with_tls_is_told_in_one_line(
    secure: str, tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    tls = ("--zk-tls-config-file", tls_file(tmp_path, **changes))
    done = ours(CONFIGS, ["--zookeeper", secure, *tls, "--describe", "--entity-type", "users"])
    assert (done.code, done.out) == (1, "")
    assert re.match(says, done.err.splitlines()[-1])
    done = ours(ACLS, ["--authorizer-properties", f"zookeeper.connect={secure}", *tls, "--list"])
    assert done.code == 1
    assert re.match(f"Error while executing ACL command: {says}", done.out)
