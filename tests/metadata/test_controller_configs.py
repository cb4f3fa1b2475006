"""Altering properties: operations, what is refused in which words, and what is recorded."""

from __future__ import annotations

import pytest

from kcli.metadata.controller_configs import APPEND, DELETE, SET, SUBTRACT, incremental_alter, legacy_alter
from kcli.metadata.image import BROKER_RESOURCE, GROUP_RESOURCE, TOPIC_RESOURCE, Image
from kcli.wire import errors, messages
from tests.metadata.cluster import brokers, create, outcome, settings, topic

T, B, G = TOPIC_RESOURCE, BROKER_RESOURCE, GROUP_RESOURCE
INCREMENTAL = messages.IncrementalAlterConfigsRequest
LEGACY = messages.AlterConfigsRequest


@pytest.fixture
def image() -> Image:
    image = brokers(Image(), 1)
    image.apply(messages.FeatureLevelRecord(name="eligible.leader.replicas.version", feature_level=1))
    create(image, topic("t", 1, 1))
    return image


def resource(kind: int, name: str, *changes: tuple[str, str | None, int]) -> object:
    configs = [INCREMENTAL.AlterableConfig(name=key, value=value, config_operation=op) for key, value, op in changes]
    return INCREMENTAL.AlterConfigsResource(resource_type=kind, resource_name=name, configs=configs)


def alter(image: Image, *resources: object, validate_only: bool = False, dialect: str = "kraft") -> list[object]:
    request = INCREMENTAL(resources=list(resources), validate_only=validate_only)
    results, records = incremental_alter(image, request, settings(dialect), broker_id=1)
    for record in records:
        image.apply(record)
    return outcome(results)


OK = [(errors.NONE, None)]


def test_set_delete_append_and_subtract(image: Image) -> None:
    assert alter(image, resource(T, "t", ("retention.ms", "5", SET), ("cleanup.policy", "compact", APPEND))) == OK
    assert image.config(T, "t") == {"retention.ms": "5", "cleanup.policy": "delete,compact"}
    assert alter(image, resource(T, "t", ("retention.ms", None, DELETE), ("cleanup.policy", "delete", SUBTRACT))) == OK
    assert image.config(T, "t") == {"cleanup.policy": "compact"}
    assert alter(image, resource(T, "t", ("cleanup.policy", "compact", APPEND))) == OK
    assert image.config(T, "t") == {"cleanup.policy": "compact"}


def test_validating_only_changes_nothing(image: Image) -> None:
    assert alter(image, resource(T, "t", ("retention.ms", "5", SET)), validate_only=True) == OK
    assert image.config(T, "t") == {}


def test_unchanged_values_are_recorded_for_brokers_only(image: Image) -> None:
    request = INCREMENTAL(
        resources=[
            resource(T, "t", ("retention.ms", None, DELETE)),
            resource(B, "1", ("log.retention.ms", None, DELETE)),
        ]
    )
    _, records = incremental_alter(image, request, settings(), broker_id=1)
    assert [(record.resource_type, record.value) for record in records] == [(B, None)]


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ((T, "t", ("nonesuch", "1", SET)), errors.INVALID_CONFIG, "Unknown topic config name: nonesuch"),
        (
            (T, "t", ("retention.ms", "soon", SET)),
            errors.INVALID_CONFIG,
            "Invalid value soon for configuration retention.ms: Not a number of type LONG",
        ),
        (
            (T, "t", ("retention.ms", "1", APPEND)),
            errors.INVALID_CONFIG,
            "Can't APPEND to key retention.ms because its type is not LIST.",
        ),
        (
            (T, "t", ("nonesuch", "1", APPEND)),
            errors.INVALID_CONFIG,
            "Can't APPEND to key nonesuch because its type is not LIST.",
        ),
        (
            (T, "x", ("retention.ms", "1", SET)),
            errors.UNKNOWN_TOPIC_OR_PARTITION,
            "The topic 'x' does not exist.",
        ),
        ((T, "", ("retention.ms", "1", SET)), errors.INVALID_REQUEST, "Default topic resources are not allowed."),
        (
            (T, "t", ("retention.ms", "1", SET), ("retention.ms", "2", SET)),
            errors.INVALID_REQUEST,
            "Error due to duplicate config keys",
        ),
        ((T, "t", ("retention.ms", None, SET)), errors.INVALID_REQUEST, "Null value not supported for : retention.ms"),
        ((T, "t", ("retention.ms", "1", 9)), errors.INVALID_REQUEST, "Unknown operations type 9"),
        (
            (T, "t", ("min.compaction.lag.ms", "100", SET), ("max.compaction.lag.ms", "10", SET)),
            errors.INVALID_CONFIG,
            "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (10)",
        ),
        ((77, "t", ("a", "1", SET)), errors.INVALID_REQUEST, "Unknown resource type 77"),
        (
            (B, "1", ("broker.id", "7", SET)),
            errors.INVALID_REQUEST,
            "Cannot update these configs dynamically: [broker.id]",
        ),
        (
            (B, "1", ("log.retention.ms", "soon", SET)),
            errors.INVALID_REQUEST,
            "Invalid value soon for configuration log.retention.ms: Not a number of type LONG",
        ),
        (
            (B, "1", ("num.io.threads", "100", SET)),
            errors.INVALID_REQUEST,
            "Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation "
            "failed for num.io.threads=100, value should not be greater than double the current value 8 for "
            "configuration Invalid dynamic configuration",
        ),
        (
            (B, "1", ("log.cleaner.threads", "50", SET)),
            errors.INVALID_REQUEST,
            "Invalid value org.apache.kafka.common.config.ConfigException: Log cleaner threads cannot be increased to "
            "more than double the current value 1 for configuration Invalid dynamic configuration",
        ),
        (
            (B, "", ("listeners", "PLAINTEXT://:1", SET)),
            errors.INVALID_REQUEST,
            "Cannot update these configs at default cluster level, broker id must be specified: [listeners]",
        ),
        (
            (B, "1", ("ssl.keystore.location", "/x", SET)),
            errors.INVALID_REQUEST,
            "These security configs can be dynamically updated only per-listener using the listener prefix: "
            "[ssl.keystore.location]",
        ),
        (
            (B, "2", ("log.retention.ms", "5", SET)),
            errors.INVALID_REQUEST,
            "Unexpected broker id, expected 1, but received 2",
        ),
        (
            (B, "x", ("log.retention.ms", "5", SET)),
            errors.INVALID_REQUEST,
            "Node id must be an integer, but it is: x",
        ),
        (
            (B, "", ("min.insync.replicas", None, DELETE)),
            errors.INVALID_CONFIG,
            "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.",
        ),
        (
            (B, "1", ("min.insync.replicas", "2", SET)),
            errors.INVALID_CONFIG,
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled.",
        ),
        (
            (B, "1", ("log.retention.bytes", "5", APPEND)),
            errors.INVALID_CONFIG,
            "Config value append is not allowed for config key: log.retention.bytes",
        ),
        ((B, "1", ("nonesuch", "x", APPEND)), errors.INVALID_CONFIG, "Unknown config name: nonesuch"),
        ((G, "g", ("nonesuch", "1", SET)), errors.INVALID_CONFIG, "Unknown group config name: nonesuch"),
        (
            (G, "g", ("consumer.session.timeout.ms", "1", SET)),
            errors.INVALID_CONFIG,
            "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms",
        ),
    ],
)
def test_what_is_refused(image: Image, wanted: tuple, code: int, message: str) -> None:
    before = {key: dict(entries) for key, entries in image.configs.items()}
    assert alter(image, resource(*wanted)) == [(code, message)]
    assert image.configs == before


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ((T, "t", ("nonesuch", "1", SET)), errors.INVALID_CONFIG, "Unknown topic config name: nonesuch"),
        (
            (T, "t", ("retention.ms", "-2", SET)),
            errors.INVALID_CONFIG,
            "Invalid config value for resource ConfigResource(type=TOPIC, name='t'): Invalid value -2 for "
            "configuration retention.ms: Value must be at least -1",
        ),
        (
            (B, "1", ("broker.id", "7", SET)),
            errors.INVALID_REQUEST,
            "Cannot update these configs dynamically: Set(broker.id)",
        ),
        ((T, "x", ("retention.ms", "1", SET)), errors.UNKNOWN_TOPIC_OR_PARTITION, ""),
    ],
)
def test_the_zookeeper_dialect(image: Image, wanted: tuple, code: int, message: str) -> None:
    assert alter(image, resource(*wanted), dialect="zk") == [(code, message)]


def test_what_brokers_may_be_given(image: Image) -> None:
    for change in (
        (B, "1", ("log.retention.ms", "-5", SET)),
        (B, "1", ("nonesuch.setting", "1", SET)),
        (B, "1", ("log.dirs", None, DELETE)),
        (B, "", ("log.cleaner.backoff.ms", "16000", SET)),
        (B, "", ("min.insync.replicas", "2", SET)),
        (B, "", ("listener.name.plaintext.max.connections", "5", SET)),
        (B, "1", ("log.cleanup.policy", "compact", APPEND)),
    ):
        assert alter(image, resource(*change)) == OK
    assert image.config(B, "1")["nonesuch.setting"] == "1"
    assert image.config(B, "1")["log.cleanup.policy"] == "delete,compact"


def test_a_group_need_not_exist(image: Image) -> None:
    assert alter(image, resource(G, "g", ("consumer.session.timeout.ms", "50000", SET))) == OK
    assert image.config(G, "g") == {"consumer.session.timeout.ms": "50000"}


def test_a_resource_named_twice_fails_twice(image: Image) -> None:
    once = resource(T, "t", ("retention.ms", "5", SET))
    text = "Each resource must appear at most once."
    assert alter(image, once, once) == [(errors.INVALID_REQUEST, text)] * 2


def test_the_old_request_replaces_everything(image: Image) -> None:
    alter(image, resource(T, "t", ("retention.ms", "5", SET), ("segment.ms", "7", SET)))
    request = LEGACY(
        resources=[
            LEGACY.AlterConfigsResource(
                resource_type=T, resource_name="t", configs=[LEGACY.AlterableConfig(name="segment.ms", value="8")]
            )
        ]
    )
    results, records = legacy_alter(image, request, settings(), broker_id=1)
    assert outcome(results) == OK
    for record in records:
        image.apply(record)
    assert image.config(T, "t") == {"segment.ms": "8"}
