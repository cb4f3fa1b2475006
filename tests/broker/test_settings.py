import pytest

from kcli.broker.errors import BrokerError
from kcli.broker.settings import load

ISSUE_FILE = """\
broker.id=1
listeners=PLAINTEXT://localhost:9092
zookeeper.connect=localhost:2181
log.dirs=/var/lib/kafka/logs
"""
KRAFT_FILE = """\
process.roles=broker,controller
node.id=7
controller.quorum.voters=7@localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
controller.listener.names=CONTROLLER
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "server.properties"
        path.write_text(text)
        return str(path)

    return write


def error_of(path, *overrides):
    with pytest.raises(BrokerError) as caught:
        load(path, overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(path or "")


def test_zookeeper(file):
    settings = load(file(ISSUE_FILE))
    assert (settings.broker_id, settings.zookeeper, settings.dialect) == (1, "localhost:2181", "3.9")
    assert settings.log_dirs == ["/var/lib/kafka/logs"]
    assert settings.warnings == []


def test_kraft(file):
    settings = load(file(KRAFT_FILE))
    assert (settings.broker_id, settings.zookeeper, settings.dialect) == (7, None, "4.3")
    assert [listener.name for listener in settings.listeners] == ["PLAINTEXT"]
    assert [listener.name for listener in settings.advertised] == ["PLAINTEXT"]


def test_nothing_at_all_is_the_embedded_default():
    settings = load(None)
    assert (settings.zookeeper, settings.broker_id) == (None, -1)
    assert [(listener.host, listener.port) for listener in settings.listeners] == [("", 9092)]


def test_override_wins(file):
    settings = load(file(ISSUE_FILE), ["num.partitions=4", "broker.id = 2", "ssl.key.password=a=b"])
    assert (settings["num.partitions"], settings.broker_id, settings["ssl.key.password"]) == (4, 2, "a=b")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("\nnum.partitions = x\n", ":2: num.partitions=x: Not a number of type INT"),
        ("a=b\\\n c\nnum.partitions=0", ":3: num.partitions=0: Value must be at least 1"),
        ("log.cleanup.policy=x", ":1: log.cleanup.policy=x: String must be one of: compact, delete"),
        ("listener.name.a.ssl.client.auth=x", ":1: listener.name.a.ssl.client.auth=x: "
            "String must be one of: required, requested, none"),
        ("broker.id=1\nnode.id=2", ":2: node.id=2: must be the same as broker.id"),
        ("broker.id=2000\nzookeeper.connect=z", ":1: broker.id=2000: "
            "must not be greater than reserved.broker.max.id (1000)"),
        ("process.roles=controller\nnode.id=1", ":1: process.roles=controller: "
            "only a broker is served here: broker,controller or broker"),
        ("process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@a:1,2@b:1",
            ":3: controller.quorum.voters=1@a:1,2@b:1: this node is its own and only controller; "
            "2@b:1 cannot be joined"),
        ("log.retention.ms=0", ":1: log.retention.ms=0: "
            "log.retention.ms must be unlimited (-1) or, greater than or equal to 1"),
        ("listeners=FOO://:1", ":1: listeners=FOO://:1: Error creating broker listeners from 'FOO://:1': "
            "No security protocol defined for listener FOO"),
        ("listeners=PLAINTEXT://0.0.0.0:1", ":1: listeners=PLAINTEXT://0.0.0.0:1: advertised.listeners cannot use "
            "the nonroutable meta-address 0.0.0.0. Use a routable IP address."),
        ("advertised.listeners=SSL://h:1", ":1: advertised.listeners=SSL://h:1: names must be equal to or a subset of "
            "the ones defined in listeners. The valid options based on the current configuration are PLAINTEXT"),
        ("inter.broker.listener.name=X", ":1: inter.broker.listener.name=X: must be a listener name defined in "
            "advertised.listeners. The valid options based on currently configured listeners are PLAINTEXT"),
        ("max.connections.per.ip.overrides=a", ":1: max.connections.per.ip.overrides=a: "
            "it takes hostName:100,127.0.0.1:200"),
        ("a=\\u12", ":1: Malformed \\uxxxx encoding."),
    ],
)  # fmt: skip
def test_invalid_value_names_line_property_and_what_is_allowed(file, text, expected):
    assert error_of(file(text)) == expected


def test_secrets_are_not_shown(file):
    text = "ssl.keystore.password=hunter2\nssl.key.password=hunter3\nnum.partitions=x"
    assert "hunter" not in error_of(file(text))
    assert "hunter" not in str(load(file(text), ["num.partitions=1"]).warnings)


def test_other_errors():
    assert error_of(None, "num.partitions=x") == "--override: num.partitions=x: Not a number of type INT"
    assert error_of(None, "x") == "--override x: it takes property=value"
    assert error_of("/nowhere/server.properties") == ": No such file or directory"
    assert error_of(None, "process.roles=broker,controller").startswith("Missing configuration `node.id`")


def test_warnings(file):
    path = file("num.io.threads=8\nfoo.bar=1\nlog.dirs=/a\nnum.network.threads=3\nlistener.name.a.ssl.provider=x\n")
    assert load(path).warnings == [
        f"{path}:2: foo.bar is not a property of Kafka's broker",
        "These properties have no effect on this broker: "
        "num.io.threads, num.network.threads, listener.name.a.ssl.provider",
    ]


def test_several_listeners(file):
    settings = load(
        file(
            "listeners=IN://127.0.0.1:1,OUT://:2,TLS://[::1]:0\n"
            "listener.security.protocol.map=IN:PLAINTEXT,OUT:SASL_PLAINTEXT,TLS:SSL\n"
            "advertised.listeners=OUT://example.org:99,IN://127.0.0.1:1\n"
            "inter.broker.listener.name=in\n"
        )
    )
    assert [(listener.name, listener.protocol) for listener in settings.listeners] == [
        ("IN", "PLAINTEXT"), ("OUT", "SASL_PLAINTEXT"), ("TLS", "SSL"),
    ]  # fmt: skip
    assert [(listener.name, listener.host) for listener in settings.advertised] == [
        ("OUT", "example.org"), ("IN", "127.0.0.1"),
    ]  # fmt: skip
    assert settings.inter_broker_listener == "IN"
