"""kafka-configs: its command line, and the tool against our own broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import configs_options, topics
from kcli.tools.configs import run
from kcli.tools.configs_alter import _quota, credential
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        words = ["--bootstrap-server", broker.bootstrap_servers, "--create", "--topic", "tc-a"]
        assert guard(topics.run, words, Recorded()) == 0
        yield broker.bootstrap_servers


class Configs:
    """The tool, run in this process."""

    def __init__(self, bootstrap: str) -> None:
        self._server = ["--bootstrap-server", bootstrap]

    def __call__(self, *words: str) -> Recorded:
        environment = Recorded(program="kafka-configs")
        environment.code = guard(run, [*self._server, *words], environment)
        return environment

    def succeed(self, *words: str) -> str:
        done = self(*words)
        assert (done.code, done.err) == (0, ""), done.out
        return done.out

    def fail(self, *words: str) -> str:
        done = self(*words)
        assert (done.code, done.out) == (1, "")
        return done.err


@pytest.fixture
def configs(bootstrap: str) -> Configs:
    return Configs(bootstrap)


def test_settings_of_a_topic_come_and_go(configs: Configs) -> None:
    done = configs.succeed(
        "--topic", "tc-a", "--alter", "--add-config", "max.message.bytes=2048,cleanup.policy=[compact,delete]"
    )
    assert done == "Completed updating config for topic tc-a.\n"
    assert configs.succeed("--entity-type", "topics", "--entity-name", "tc-a", "--describe").splitlines() == [
        "Dynamic configs for topic tc-a are:",
        "  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete,"
        " DEFAULT_CONFIG:log.cleanup.policy=delete}",
        "  max.message.bytes=2048 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=2048,"
        " DEFAULT_CONFIG:message.max.bytes=1048588}",
    ]
    configs.succeed("--topic", "tc-a", "--alter", "--delete-config", "max.message.bytes,cleanup.policy,nonesuch")
    assert configs.succeed("--topic", "tc-a", "--describe") == "Dynamic configs for topic tc-a are:\n"


def test_settings_from_a_file(configs: Configs, tmp_path: Path) -> None:
    file = tmp_path / "topic.properties"
    file.write_text("# kept\nretention.ms = 70000\n")
    configs.succeed("--topic", "tc-a", "--alter", "--add-config-file", str(file))
    assert "retention.ms=70000 " in configs.succeed("--topic", "tc-a", "--describe")
    configs.succeed("--topic", "tc-a", "--alter", "--delete-config", "retention.ms")
    said = configs.fail("--topic", "tc-a", "--alter", "--add-config-file", f"{file}-nonesuch").splitlines()
    assert said[0].startswith("Error while executing config command with args '--bootstrap-server ")
    assert said[1:] == [f"java.nio.file.NoSuchFileException: {file}-nonesuch"]


def test_all_settings_of_a_topic_with_those_of_the_broker(configs: Configs) -> None:
    lines = configs.succeed("--topic", "tc-a", "--describe", "--all").splitlines()
    assert lines[0] == "All configs for topic tc-a are:"
    assert len(lines) > 20
    assert lines[1:] == sorted(lines[1:])


def test_every_topic_and_every_broker(configs: Configs) -> None:
    assert (
        "Dynamic configs for topic tc-a are:" in configs.succeed("--entity-type", "topics", "--describe").splitlines()
    )
    said = configs.succeed("--entity-type", "brokers", "--describe").splitlines()
    assert said[0].startswith("Dynamic configs for broker ")
    assert "Default configs for brokers in the cluster are:" in said


def test_for_programs(configs: Configs) -> None:
    configs.succeed("--topic", "tc-a", "--alter", "--add-config", "retention.ms=1000")
    (row,) = json.loads(configs.succeed("--topic", "tc-a", "--describe", "--output", "json"))
    assert row == {
        "entityType": "topics",
        "entityName": "tc-a",
        "name": "retention.ms",
        "value": "1000",
        "source": "DYNAMIC_TOPIC_CONFIG",
        "sensitive": False,
        "readOnly": False,
    }
    done = configs("--topic", "tc-a", "--alter", "--delete-config", "retention.ms", "--output", "json")
    row = {"entityType": "topics", "entityName": "tc-a", "added": [], "deleted": ["retention.ms"]}
    assert (done.code, json.loads(done.out)) == (0, [row])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--topic", "tc-none"], "The topic 'tc-none' doesn't exist and doesn't have dynamic config.\n"),
        (["--broker", "77"], "The broker '77' doesn't exist and doesn't have dynamic config.\n"),
        (["--group", "tc-none"], "The group 'tc-none' doesn't exist and doesn't have dynamic config.\n"),
    ],
)
def test_what_is_not_there(configs: Configs, words: list[str], says: str) -> None:
    assert configs.succeed(*words, "--describe") == says


def test_a_name_that_no_topic_can_have(configs: Configs) -> None:
    said = configs.fail("--topic", "a b", "--describe")
    assert said.startswith("Topic name is invalid: 'a b' contains one or more characters other than ASCII")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--topic", "tc-a", "--add-config", "a@b=1"], "Invalid character found for config key: a@b"),
        (
            ["--topic", "tc-a", "--add-config", "a=1", "--add-config", "b=1"],
            "Found multiple arguments for option add-config, but you asked for only one",
        ),
        (
            ["--broker", "99999999999", "--add-config", "a=1"],
            "The entity name for brokers must be a valid integer broker id, but it is: 99999999999",
        ),
        (
            ["--broker-logger", "x", "--add-config", "root=INFO"],
            "The entity name for broker-loggers must be a valid integer broker id, but it is: x",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(configs: Configs, words: list[str], says: str) -> None:
    assert configs.fail("--alter", *words).splitlines() == [says]


def test_names_of_inner_classes_loggers_have_a_dollar() -> None:
    parsed = parse(configs_options.TABLE, ["--add-config", "a.B$C=DEBUG"])
    assert configs_options.added(parsed) == {"a.B$C": "DEBUG"}


@pytest.mark.parametrize(
    ("text", "number"), [("1e3", 1000), ("1d", 1), ("2.5F", 2.5), (" 7 ", 7), ("Infinity", float("inf"))]
)
def test_quotas_are_read_as_java_reads_numbers(text: str, number: float) -> None:
    assert _quota("producer_byte_rate", text) == number


@pytest.mark.parametrize("text", ["inf", "1_0", "", "x", "1dd"])
def test_what_is_no_quota(text: str) -> None:
    with pytest.raises(CommandError, match="^Cannot parse quota configuration value for producer_byte_rate: "):
        _quota("producer_byte_rate", text)


def test_what_the_broker_refuses_takes_two_lines(configs: Configs) -> None:
    said = configs.fail("--topic", "tc-a", "--alter", "--add-config", "nonesuch=1").splitlines()
    assert len(said) == 2
    assert (
        said[1] == "org.apache.kafka.common.errors.InvalidConfigurationException: Unknown topic config name: nonesuch"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--topic", "t"], "Command must include exactly one action: --describe, --alter"),
        (["--topic", "t", "--alter", "--describe"], "Command must include exactly one action: --describe, --alter"),
        (["--describe"], "At least one entity type must be specified"),
        (
            ["--describe", "--topic", "t", "--delete-config", "a"],
            'Option "[describe]" can\'t be used with option "[delete-config]"',
        ),
        (["--describe", "--topic", "t", "--entity-type", "topics"], "Duplicate entity type(s) specified: topics"),
        (
            ["--describe", "--topic", "t", "--broker", "1"],
            "Only 'users' and 'clients' entity types may be specified together",
        ),
        (
            ["--describe", "--user-defaults", "--entity-type", "clients"],
            "--entity-{type,name,default} should not be used in conjunction with specific entity flags",
        ),
        (
            ["--describe", "--broker", "one"],
            "The entity name for brokers must be a valid integer broker id, but it is: one",
        ),
        (
            ["--describe", "--ip", "999.999.999.999"],
            "The entity name for ips must be a valid IP or resolvable host, but it is: 999.999.999.999",
        ),
        (
            ["--describe", "--entity-type", "broker-loggers"],
            "An entity name must be specified with --describe of broker-loggers",
        ),
        (
            ["--describe", "--entity-type", "topics", "--entity-default"],
            "--entity-default must not be specified with --describe of topics",
        ),
        (
            ["--alter", "--entity-type", "topics", "--add-config", "a=b"],
            "An entity name must be specified with --alter of topics",
        ),
        (
            ["--alter", "--entity-type", "users", "--add-config", "a=b"],
            "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips",
        ),
        (
            ["--alter", "--topic", "t", "--add-config", "a=b", "--add-config-file", "f"],
            "Only one of --add-config or --add-config-file must be specified",
        ),
        (
            ["--alter", "--topic", "t"],
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter",
        ),
        (
            ["--describe", "--topic", "t", "--bootstrap-controller", "c:1"],
            "Only one of --bootstrap-server or --bootstrap-controller can be specified",
        ),
    ],
)
def test_options_that_make_no_sense(configs: Configs, words: list[str], says: str) -> None:
    assert configs.fail(*words).splitlines()[0] == says


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "--zookeeper z:1 --bootstrap-server b:1 --describe --user u",
            "Only one of --bootstrap-server, --boostrap-controller, and --zookeeper can be specified",
        ),
        ("--zookeeper z:1 --describe --user u --all", "--bootstrap-server must be specified for --all"),
        (
            "--bootstrap-server b:1 --zk-tls-config-file f --describe --user u",
            "Only the --zookeeper option can be used with the --zk-tls-config-file option.",
        ),
        (
            "--zookeeper z:1 --describe --topic t",
            "Invalid entity type topics, the entity type must be one of users, brokers with a --zookeeper argument",
        ),
        ("--zookeeper localhost:1 --describe --user u", "Cannot connect to localhost:1: Connection refused"),
        (
            "--zookeeper localhost:99999 --describe --user u",
            "Cannot connect to localhost:99999: ",
        ),
        (
            "--zookeeper localhost:1 --describe --entity-type brokers",
            "Error parsing broker . The broker's Entity Name must be a single integer value",
        ),
        (
            "--zookeeper localhost:1 --zk-tls-config-file /nonesuch --describe --user u",
            "java.nio.file.NoSuchFileException: /nonesuch",
        ),
        (
            "--zookeeper localhost:1 --alter --user u --add-config SCRAM-SHA-256=[password=]",
            "SCRAM-SHA-256: the password must not be empty",
        ),
        (
            "--zookeeper localhost:1 --alter --broker 1 --add-config listener.name.a.ssl.key.password=x,"
            "password.encoder.secret=s,password.encoder.cipher.algorithm=DES",
            "password.encoder.cipher.algorithm=DES is not supported here: AES/CBC/PKCS5Padding or AES/GCM/NoPadding",
        ),
        (
            "--zookeeper localhost:1 --alter --broker 1 --add-config listener.name.a.ssl.key.password=x,"
            "password.encoder.secret=s,password.encoder.key.length=64",
            "password.encoder.key.length=64 is no length of an AES key: 128, 192 or 256",
        ),
    ],
)
def test_what_is_wrong_with_zookeeper_is_said_in_one_line(line: str, says: str) -> None:
    environment = Recorded(program="kafka-configs")
    assert (guard(run, line.split(), environment), environment.out) == (1, "")
    *notice, last = environment.err.splitlines()
    assert last.startswith(says)
    assert notice in (
        [],
        [
            "Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.",
            "Use --bootstrap-server instead to specify a broker to connect to.",
        ],
    )


def test_zookeeper_goes_before_brokers_in_the_environment() -> None:
    environment = Recorded(program="kafka-configs", variables={"KAFKA_BOOTSTRAP_SERVERS": "localhost:2"})
    assert guard(run, ["--zookeeper", "localhost:1", "--describe", "--user", "u"], environment) == 1
    assert environment.err.endswith("Cannot connect to localhost:1: Connection refused\n")


def test_no_server() -> None:
    environment = Recorded(program="kafka-configs")
    assert guard(run, ["--describe", "--topic", "t"], environment) == 1
    assert environment.err == "Either --bootstrap-server or --bootstrap-controller must be specified.\n"


def test_nobody_there() -> None:
    environment = Recorded(program="kafka-configs")
    assert guard(run, ["--bootstrap-server", "localhost:1", "--describe", "--topic", "t"], environment) == 1
    assert environment.err.splitlines() == [
        "Error while executing config command with args '--bootstrap-server localhost:1 --describe --topic t'",
        "org.apache.kafka.common.errors.TimeoutException: Cannot connect to localhost:1: connection refused",
    ]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("a=b", {"a": "b"}),
        ("a=b,c=", {"a": "b", "c": ""}),
        ("a = b , c=[1,2=3]", {"a": "b", "c": "1,2=3"}),
        ("a=[x=1,y=2],b=3,", {"a": "x=1,y=2", "b": "3"}),
    ],
)
def test_pairs(text: str, settings: dict[str, str]) -> None:
    assert configs_options.added(parse(configs_options.TABLE, ["--add-config", text])) == settings


@pytest.mark.parametrize("text", ["a", "a=b=c", "", "a=b,,c=d"])
def test_no_pairs(text: str) -> None:
    with pytest.raises(CommandError, match=r"^requirement failed: Invalid entity config: "):
        configs_options.added(parse(configs_options.TABLE, ["--add-config", text]))


def test_names_go_with_kinds_in_the_order_given() -> None:
    words = ["--entity-type", "clients", "--entity-default", "--entity-type", "users", "--entity-name", "u"]
    parsed = parse(configs_options.TABLE, words)
    assert (configs_options.kinds(parsed), configs_options.names(parsed)) == (["clients", "users"], ["", "u"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("password=x", (4096, b"x")),
        ("iterations=8192,password=a,b", (8192, b"a,b")),
        ("iterations=-1,password=", (4096, b"")),
    ],
)
def test_credentials(text: str, found: tuple[int, bytes]) -> None:
    assert credential("SCRAM-SHA-256", text) == found


@pytest.mark.parametrize(
    "text",
    ["iterations=8192", "iterations=100,password=x", "iterations=,password=x", "iterations=99999999999,password=x", ""],
)
def test_no_credentials(text: str) -> None:
    with pytest.raises(CommandError):
        credential("SCRAM-SHA-256", text)
