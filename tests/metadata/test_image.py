"""The image: what records do to it, that a snapshot of it is the same image, and that real Kafka's log makes sense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcli.metadata.controller_brokers import registration_record, unfence_records
from kcli.metadata.controller_configs import incremental_alter
from kcli.metadata.controller_topics import create_partitions, create_topics, delete_topics
from kcli.metadata.image import TOPIC_RESOURCE, Endpoint, Image, Record
from kcli.metadata.keeper import Registration
from kcli.metadata.kraft.records import record_version
from kcli.wire import messages, uuid
from kcli.wire.records_codec import decode_record, encode_record
from tests.metadata.cluster import REQUEST, brokers, create, topic
from tests.metadata.cluster import settings as controller_settings

LEVEL = 30

names = st.sampled_from(["a", "b", "a.b", "a_b", "c"])
operations = st.one_of(
    st.tuples(st.just("create"), names, st.integers(1, 4), st.integers(1, 3)),
    st.tuples(st.just("delete"), names),
    st.tuples(st.just("extend"), names, st.integers(1, 8)),
    st.tuples(st.just("configure"), names, st.sampled_from(["retention.ms", "segment.ms"]), st.integers(1, 9)),
    st.tuples(st.just("forget"), names, st.sampled_from(["retention.ms", "segment.ms"])),
    st.tuples(st.just("restart"), st.integers(1, 3)),
    st.tuples(st.just("stop"), st.integers(1, 3)),
    st.tuples(st.just("quota"), names, st.integers(0, 3)),
    st.tuples(st.just("acl"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("ids"), st.integers(0, 5)),
)


def decide(image: Image, operation: tuple) -> list[Record]:
    """The records of one operation, through the controller where it has a say."""
    kind, *arguments = operation
    rules = controller_settings()
    if kind == "create":
        name, partitions, factor = arguments
        return create_topics(image, REQUEST(topics=[topic(name, partitions, factor)]), rules)[1]
    if kind == "delete":
        return delete_topics(image, messages.DeleteTopicsRequest(topic_names=arguments))[1]
    if kind == "extend":
        name, count = arguments
        request = messages.CreatePartitionsRequest
        wanted = request(topics=[request.CreatePartitionsTopic(name=name, count=count, assignments=None)])
        return create_partitions(image, wanted, rules)[1]
    if kind in ("configure", "forget"):
        request = messages.IncrementalAlterConfigsRequest
        value = str(arguments[2]) if kind == "configure" else None
        change = request.AlterableConfig(name=arguments[1], value=value, config_operation=0 if value else 1)
        resource = request.AlterConfigsResource(
            resource_type=TOPIC_RESOURCE, resource_name=arguments[0], configs=[change]
        )
        return incremental_alter(image, request(resources=[resource]), rules, 1)[1]
    if kind == "restart":
        registration = Registration(arguments[0], (Endpoint("PLAINTEXT", "h", 1, 0),), None, (uuid.random(),))
        record = registration_record(registration, image.version)
        image.apply(record)
        return [record, *unfence_records(image, arguments[0])]
    if kind == "stop":
        return [messages.FenceBrokerRecord(id=arguments[0], epoch=0)] if arguments[0] in image.brokers else []
    if kind == "quota":
        entity = messages.ClientQuotaRecord.EntityData(entity_type="user", entity_name=arguments[0])
        remove = arguments[1] == 0
        return [messages.ClientQuotaRecord(entity=[entity], key="k", value=float(arguments[1]), remove=remove)]
    if kind == "acl":
        if arguments[1]:
            return [messages.AccessControlEntryRecord(id=bytes([arguments[0]]) * 16)]
        return [messages.RemoveAccessControlEntryRecord(id=bytes([arguments[0]]) * 16)]
    return [messages.ProducerIdsRecord(broker_id=1, next_producer_id=arguments[0] * 1000)]


def through_bytes(record: Record) -> Record:
    return decode_record(encode_record(record, record_version(record, LEVEL)))[0]


@settings(max_examples=60, deadline=None)
@given(st.lists(operations, max_size=25), st.integers(0, 25))
def test_replaying_the_log_or_a_snapshot_and_its_tail_gives_the_live_image(script: list[tuple], cut: int) -> None:
    live = Image()
    log: list[Record] = []
    snapshot: list[Record] = []
    cut_at = 0
    for step, operation in enumerate([("restart", 1), ("restart", 2), *script]):
        if step == cut:
            snapshot, cut_at = list(live.records()), len(log)
        records = decide(live, operation)
        if operation[0] == "restart":
            live.apply(records[0]) if records[0].broker_id not in live.brokers else None
            log += records
            for record in records[1:]:
                live.apply(record)
        else:
            log += records
            for record in records:
                live.apply(record)
    replayed, resumed = Image(), Image()
    for record in map(through_bytes, log):
        replayed.apply(record)
    for record in map(through_bytes, [*snapshot, *log[cut_at:]]):
        resumed.apply(record)
    assert replayed == live
    assert resumed == live
    check_consistency(live)


def check_consistency(image: Image) -> None:
    assert {found.id for found in image.topics.values()} == set(image.topics_by_id)
    for name, found in image.topics.items():
        assert image.topics_by_id[found.id] is found
        assert sorted(found.partitions) == list(range(len(found.partitions)))
        assert name in image.colliding_topics(name)
        for partition in found.partitions.values():
            assert partition.leader == -1 or partition.leader in partition.isr
            assert set(partition.isr) <= set(partition.replicas)


def test_removing_a_topic_forgets_its_properties_and_its_name() -> None:
    image = brokers(Image(), 1)
    create(image, topic("a.b", retention_ms="5"))
    image.apply(messages.RemoveTopicRecord(topic_id=image.topics["a.b"].id))
    assert image.configs == {}
    assert image.colliding_topics("a_b") == set()
    assert image == brokers(Image(), 1)


@pytest.mark.parametrize(
    "record",
    [
        messages.RemoveTopicRecord(topic_id=b"x" * 16),
        messages.PartitionRecord(topic_id=b"x" * 16, partition_id=0),
        messages.PartitionChangeRecord(topic_id=b"x" * 16, partition_id=0),
        messages.BrokerRegistrationChangeRecord(broker_id=9),
        messages.BeginTransactionRecord(name="x"),
    ],
)
def test_a_record_that_contradicts_the_image_is_refused(record: Record) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        brokers(Image(), 1).apply(record)


def test_naming_the_same_leader_again_begins_an_epoch_and_other_changes_do_not() -> None:
    image = brokers(Image(), 1, 2)
    create(image, topic("t", assignments={0: [1, 2]}))
    topic_id = image.topics["t"].id
    image.apply(messages.PartitionChangeRecord(topic_id=topic_id, partition_id=0, isr=[1]))
    changed = image.topics["t"].partitions[0]
    assert (changed.isr, changed.leader_epoch, changed.partition_epoch) == ((1,), 0, 1)
    image.apply(messages.PartitionChangeRecord(topic_id=topic_id, partition_id=0, leader=1))
    changed = image.topics["t"].partitions[0]
    assert (changed.leader, changed.leader_epoch, changed.partition_epoch) == (1, 1, 2)


def test_a_restarted_broker_leads_in_a_new_epoch_what_nobody_else_leads() -> None:
    image = brokers(Image(), 1, 2)
    assignments = {0: [1, 2], 1: [2, 1], 2: [1, 2], 3: [1, 2]}
    create(image, topic("t", assignments=assignments))
    topic_id = image.topics["t"].id
    gone = {"leader": -1, "isr": [], "eligible_leader_replicas": [1], "last_known_elr": [1]}
    lost = {"leader": -1, "isr": [2]}
    image.apply(messages.PartitionChangeRecord(topic_id=topic_id, partition_id=0, **gone))
    image.apply(messages.PartitionChangeRecord(topic_id=topic_id, partition_id=2, **lost))
    for record in unfence_records(image, 1):
        image.apply(record)
    back, others, not_in_sync, held = image.topics["t"].partitions.values()
    assert (back.leader, back.isr, back.elr, back.last_known_elr, back.leader_epoch) == (1, (1,), (), (), 2)
    assert (others.leader, others.leader_epoch) == (2, 0)
    assert (not_in_sync.leader, not_in_sync.isr) == (-1, (2,))
    assert (held.leader, held.leader_epoch) == (1, 1)
