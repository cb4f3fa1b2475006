"""Every schema, every version: what we encode is what an independent codec reads, and comes back as it was."""

from __future__ import annotations

import importlib
import os
import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcli.wire import messages, schema
from kcli.wire.codec import MAX_REQUEST_ELEMENTS, write_uvarint
from kcli.wire.errors import WireError

FOLDER = os.path.join(os.path.dirname(schema.__file__), "schemas")
NAMES = sorted(name[:-5] for name in os.listdir(FOLDER))

PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int8": st.integers(-128, 127),
    "int16": st.integers(-(2**15), 2**15 - 1),
    "uint16": st.integers(0, 2**16 - 1),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "uint32": st.integers(0, 2**32 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=False),
    "uuid": st.binary(min_size=16, max_size=16),
    "string": st.text(max_size=150),
    "bytes": st.binary(max_size=150),
    "records": st.binary(max_size=700),
}


def values(cls: Any, structure: schema.Struct, version: int) -> st.SearchStrategy[Any]:
    """Objects of a structure with every field of the version set to anything that it may hold."""
    fields = {}
    for f in structure.fields:
        if not f.present(version):
            continue
        one = values(cls, f.struct, version) if f.struct is not None else PRIMITIVES[f.kind]
        one = st.lists(one, max_size=3) if f.array else one
        fields[f.name] = st.none() | one if f.is_nullable(version) else one
    made = cls if structure is cls.SCHEMA.root else getattr(cls, structure.name)
    return st.builds(lambda chosen: made(**chosen), st.fixed_dictionaries(fields))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_encoded_is_decoded(name: str, data: st.DataObject) -> None:
    cls = getattr(messages, name)
    version = data.draw(st.integers(*cls.VERSIONS))
    message = data.draw(values(cls, cls.SCHEMA.root, version))
    encoded = message.encode_bytes(version)
    decoded, position = cls.decode(memoryview(encoded), version)
    assert position == len(encoded)
    assert decoded.to_dict() == message.to_dict()
    for cut in range(0, len(encoded), max(1, len(encoded) // 10)):
        with pytest.raises(WireError):
            cls.decode(encoded[:cut], version)


PEER_MODULES = ["producer", "consumer", "metadata", "admin", "sasl"]


def peer_class(name: str) -> Any:
    for module in PEER_MODULES:
        found = getattr(importlib.import_module(f"kafka.protocol.{module}"), name, None)
        if found is not None:
            return found
    return None


PEERS = [
    "MetadataRequest", "MetadataResponse", "CreateTopicsRequest", "CreateTopicsResponse", "DescribeConfigsResponse",
    "FindCoordinatorRequest", "FindCoordinatorResponse", "JoinGroupRequest", "JoinGroupResponse", "ListGroupsResponse",
    "OffsetCommitRequest", "OffsetFetchResponse", "InitProducerIdRequest", "InitProducerIdResponse",
    "ListOffsetsRequest", "ListOffsetsResponse", "SaslHandshakeRequest", "DeleteTopicsRequest",
]  # fmt: skip


@pytest.mark.parametrize("name", PEERS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_kafka_python_writes_the_same_bytes(name: str, data: st.DataObject) -> None:
    cls, peer = getattr(messages, name), peer_class(name)
    if peer is None:
        pytest.skip(f"kafka-python has no {name}")
    last = min(cls.VERSIONS[1], peer.max_version)
    version = data.draw(st.integers(cls.VERSIONS[0], last))
    message = data.draw(values(cls, cls.SCHEMA.root, version))
    ours = message.encode_bytes(version)
    theirs = peer.decode(ours, version=version)
    theirs._header, theirs._version = None, version  # decode leaves them unset, encode asks for them
    assert bytes(theirs.encode(version=version)) == ours


def test_an_array_that_announces_more_than_the_frame_holds_is_refused() -> None:
    with pytest.raises(WireError, match="more elements than fit"):
        messages.MetadataRequest.decode(b"\x7f\xff\xff\xff" + b"\x00" * 20, 4)


def refused_as_too_many(name: str, version: int, body: bytes) -> None:
    with pytest.raises(WireError, match=r"more elements than fit|more than anybody knows"):
        getattr(messages, name).decode(body, version)


def test_a_request_of_very_many_elements_is_refused() -> None:
    """In one array, in small arrays of a large one, and in tagged fields."""
    many = MAX_REQUEST_ELEMENTS + 1
    refused_as_too_many("MetadataRequest", 4, struct.pack(">i", many) + b"\x00\x00" * many)
    topic = b"\x00\x00" + struct.pack(">iii", 2, 0, 1)
    refused_as_too_many("OffsetFetchRequest", 1, b"\x00\x01g" + struct.pack(">i", many // 2) + topic * (many // 2))
    tag = b"\x63\x00"
    refused_as_too_many("ApiVersionsRequest", 3, b"\x01\x01" + write_uvarint(many) + tag * many)
    refused_as_too_many("ApiVersionsRequest", 3, b"\x01\x01" + write_uvarint(2000) + tag * 2000)
    topics = b"".join(b"\x00\x00" for _ in range(many - 1))
    decoded, _ = messages.MetadataRequest.decode(struct.pack(">i", many - 1) + topics + b"\x00", 4)
    assert len(decoded.topics) == MAX_REQUEST_ELEMENTS


def test_a_response_may_be_as_long_as_it_is() -> None:
    response = messages.DeleteGroupsResponse
    many = [response.DeletableGroupResult(group_id="g")] * (MAX_REQUEST_ELEMENTS + 1)
    encoded = response(results=many).encode_bytes(1)
    assert len(response.decode(encoded, 1)[0].results) == len(many)


def test_an_unknown_tagged_field_is_skipped() -> None:
    encoded = bytearray(messages.HeartbeatRequest(group_id="g", member_id="m").encode_bytes(4))
    assert encoded[-1] == 0
    encoded[-1:] = b"\x01\x63\x03abc"
    decoded, position = messages.HeartbeatRequest.decode(bytes(encoded), 4)
    assert (decoded.group_id, position) == ("g", len(encoded))


def test_large_records_are_not_copied() -> None:
    records = bytes(5000)
    request = messages.ProduceRequest(
        topic_data=[
            messages.ProduceRequest.TopicProduceData(
                name="t", partition_data=[messages.ProduceRequest.PartitionProduceData(index=0, records=records)]
            )
        ]
    )
    assert any(part is records for part in request.encode(9))


def test_a_name_that_kafka_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="NoSuchRequest"):
        messages.NoSuchRequest  # noqa: B018


def test_a_version_out_of_range_is_refused() -> None:
    with pytest.raises(WireError, match="no version 99"):
        messages.MetadataRequest().encode(99)
