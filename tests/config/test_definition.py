"""Values and messages are those that ConfigDef.parse of real Kafka 4.3.0 gave."""

import ast
from pathlib import Path

import pytest

from kcli.config import broker, group, topic
from kcli.config.definition import ConfigError, to_text
from kcli.group.settings import GroupSettings

TOPIC, BROKER, GROUP = topic.definition(), broker.definition(), group.definition()


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("segment.bytes", " 2000000 ", 2000000),
        ("segment.bytes", "+3000000", 3000000),
        ("cleanup.policy", "", []),
        ("cleanup.policy", "compact,compact", ["compact"]),
        ("cleanup.policy", "compact, delete", ["compact", "delete"]),
        ("preallocate", "TRUE", True),
        ("preallocate", " true ", True),
        ("min.cleanable.dirty.ratio", "0.5f", 0.5),
        ("leader.replication.throttled.replicas", "*", ["*"]),
        ("leader.replication.throttled.replicas", "", []),
        ("compression.gzip.level", "-1", -1),
    ],
)
def test_value(name, text, value):
    assert TOPIC[name].parse(text) == value


@pytest.mark.parametrize(
    "table, name, text, reason",
    [
        (TOPIC, "retention.ms", "x", "Not a number of type LONG"),
        (TOPIC, "retention.ms", "-5", "Value must be at least -1"),
        (TOPIC, "retention.ms", "99999999999999999999", "Not a number of type LONG"),
        (TOPIC, "segment.bytes", "1", "Value must be at least 1048576"),
        (TOPIC, "segment.bytes", "1.5", "Not a number of type INT"),
        (TOPIC, "segment.bytes", "", "Not a number of type INT"),
        (TOPIC, "segment.bytes", "0x10", "Not a number of type INT"),
        (TOPIC, "segment.bytes", "2147483648", "Not a number of type INT"),
        (TOPIC, "cleanup.policy", "foo", "String must be one of: compact, delete"),
        (TOPIC, "compression.type", "GZIP", "String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer"),
        (TOPIC, "message.timestamp.type", "x", "String must be one of: CreateTime, LogAppendTime"),
        (TOPIC, "preallocate", "", "Expected value to be either true or false"),
        (TOPIC, "min.cleanable.dirty.ratio", "abc", "Not a number of type DOUBLE"),
        (TOPIC, "compression.gzip.level", "0", "Value must be between 1 and 9 or equal to -1"),
        (TOPIC, "compression.zstd.level", "100", "Value must be no more than 22"),
        (TOPIC, "min.insync.replicas", "0", "Value must be at least 1"),
        (BROKER, "num.partitions", "0", "Value must be at least 1"),
        (BROKER, "ssl.client.auth", "x", "String must be one of: required, requested, none"),
        (
            BROKER,
            "group.consumer.migration.policy",
            "x",
            "String must be one of (case insensitive): DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL",
        ),
        (BROKER, "inter.broker.protocol.version", "9.9", "Version 9.9 is not a valid version"),
        (GROUP, "share.delivery.count.limit", "1", "Value must be at least 2"),
    ],
)
def test_refusal(table, name, text, reason):
    with pytest.raises(ConfigError) as caught:
        table[name].parse(text)
    assert str(caught.value) == f"Invalid value {text} for configuration {name}: {reason}"


@pytest.mark.parametrize(
    "table, name, text, message",
    [
        (TOPIC, "min.cleanable.dirty.ratio", "2", "Invalid value 2.0 for configuration min.cleanable.dirty.ratio: "
            "Value must be no more than 1"),
        (TOPIC, "cleanup.policy", " , ", "Configuration 'cleanup.policy' values must not be empty."),
        (TOPIC, "leader.replication.throttled.replicas", "1:2,x",
            "Invalid value [1:2, x] for configuration leader.replication.throttled.replicas: "
            "leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following "
            "format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."),
        (BROKER, "listeners", "", "Configuration 'listeners' must not be empty. "
            "Valid values include: any non-empty value"),
        (BROKER, "process.roles", "", "Configuration 'process.roles' must not be empty. "
            "Valid values include: [broker, controller]"),
        (BROKER, "log.dirs", "/a,,/b", "Configuration 'log.dirs' values must not be empty."),
        (BROKER, "controller.quorum.voters", "1@h", "Failed to parse host name from entry 1@h for the configuration "
            "controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`."),
        (BROKER, "controller.quorum.voters", "a@h:1", "Failed to parse voter ID as an integer from a"),
    ],
)  # fmt: skip
def test_other_refusals(table, name, text, message):
    with pytest.raises(ConfigError) as caught:
        table[name].parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("dialect", ["3.9", "4.3"])
def test_defaults_are_allowed_and_survive_their_text(dialect):
    for table in (topic.definition(dialect), broker.definition(dialect), GROUP):
        for key in table.values():
            if key.default is None or key.name in ("process.roles", "node.id"):  # required by Kafka 4.3
                continue
            assert key.parse(key.default) == key.default
            assert key.parse(to_text(key.default, key.type)) == key.default


def test_versions_differ():
    assert topic.definition("3.9")["segment.bytes"].parse("14") == 14
    assert topic.definition("4.3")["message.timestamp.after.max.ms"].default == 3600000
    assert "zookeeper.connect" in broker.definition("3.9").known_in("3.9")
    assert "zookeeper.connect" not in broker.definition("4.3").known_in("4.3")
    assert "process.roles" in broker.definition("3.9").known_in("3.9")


@pytest.mark.parametrize(
    "static, expected",
    [
        ({}, 168 * 3600000),
        ({"log.retention.hours": "2"}, 7200000),
        ({"log.retention.hours": "2", "log.retention.minutes": "3"}, 180000),
        ({"log.retention.ms": "5", "log.retention.minutes": "3"}, 5),
        ({"log.retention.hours": "-1"}, -1),
    ],
)
def test_topic_default_comes_from_the_brokers_first_synonym(static, expected):
    config = broker.BrokerConfig(static)
    assert topic.log_config({}, config)["retention_ms"] == expected
    assert topic.log_config({"retention.ms": "7"}, config)["retention_ms"] == 7


def test_what_was_set_while_running_comes_first():
    config = broker.BrokerConfig({"log.segment.bytes": "2000000"})
    assert config["log.segment.bytes"] == 2000000
    config.update({"log.segment.bytes": "4000000"}, {"log.segment.bytes": "3000000", "log.retention.ms": "9"})
    assert (config["log.segment.bytes"], config["log.retention.ms"]) == (4000000, 9)
    config.update({}, {})
    assert (config["log.segment.bytes"], config["log.retention.ms"]) == (2000000, None)


def test_listener_prefix():
    config = broker.BrokerConfig(
        {
            "ssl.client.auth": "requested",
            "listener.name.tls.ssl.client.auth": "required",
            "listener.name.tls.plain.sasl.jaas.config": "x",
        }
    )
    assert config.for_listener("TLS", "ssl.client.auth") == "required"
    assert config.for_listener("OTHER", "ssl.client.auth") == "requested"
    assert config.for_listener("TLS", "sasl.jaas.config", "PLAIN") == "x"
    assert broker.find_key("listener.name.tls.plain.sasl.jaas.config").sensitive


def test_unknown_and_null_topic_properties():
    with pytest.raises(ConfigError, match="Unknown topic config name: foo"):
        topic.validate({"foo": "1"})
    with pytest.raises(ConfigError, match=r"min\.compaction\.lag\.ms \(9\) > max\.compaction\.lag\.ms \(5\)"):
        topic.validate({"min.compaction.lag.ms": "9", "max.compaction.lag.ms": "5"})


def names_in_code():
    """The broker properties that the broker's rooms look up, by their texts."""
    known = broker.definition()
    rooms = Path(broker.__file__).parent.parent
    for path in rooms.rglob("*.py"):
        if path.parent.name in ("client", "cli", "copying", "commands", "tools") or path.name in (
            "broker_table.py",
            "broker_dynamic.py",
            "config_schemas.py",
        ):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                yield node.value


def test_what_is_acted_on_is_what_the_code_looks_up():
    known = broker.definition()
    prefixed = {"connections.max.reauth.ms", "sasl.login.callback.handler.class", "sasl.login.class",
                "sasl.server.callback.handler.class"}  # fmt: skip
    groups = {field.replace("_", ".") for field in GroupSettings.__dataclass_fields__} & known.keys()
    topics = {synonym.name for key in TOPIC.values() if key.acted_on for synonym in key.synonyms}
    acted_on = {name for name, key in known.items() if key.acted_on}
    assert acted_on == {*names_in_code(), *groups, *topics} - prefixed


@pytest.mark.parametrize(
    "value, text",
    [(0.5, "0.5"), (0.0, "0.0"), (1e10, "1.0E10"), (1.7976931348623157e308, "1.7976931348623157E308"),
     (-2.5e-5, "-2.5E-5"), (9999999.0, "9999999.0"), (1e7, "1.0E7"), (12345678.9, "1.23456789E7"),
     (float("nan"), "NaN"), (float("-inf"), "-Infinity"), (1e-3, "0.001")],
)  # fmt: skip
def test_doubles_as_java_writes_them(value, text):
    assert to_text(value, "DOUBLE") == text
