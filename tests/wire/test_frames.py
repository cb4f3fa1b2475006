"""Headers: which one a message has follows from its API and version."""

from __future__ import annotations

import struct

import pytest

from kcli.wire import apis, frames, messages, records_codec, uuid
from kcli.wire.errors import ERRORS, KafkaError, WireError


@pytest.mark.parametrize("version", range(messages.MetadataRequest.VERSIONS[1] + 1))
def test_a_request_survives_its_frame(version: int) -> None:
    header = frames.RequestHeader(3, version, 77, "someone")
    frame = frames.encode_request(header, messages.MetadataRequest(topics=[]))
    assert struct.unpack_from(">i", frame)[0] == len(frame) - 4
    decoded, position = frames.decode_request_header(memoryview(frame)[4:])
    assert decoded == header
    body, end = messages.MetadataRequest.decode(frame[4:], version, position)
    assert (body.topics, end) == ([], len(frame) - 4)


def test_a_null_client_id_is_kept() -> None:
    header = frames.RequestHeader(18, 3, 1, None)
    frame = frames.encode_request(header, messages.ApiVersionsRequest())
    assert frames.decode_request_header(frame[4:])[0] == header


def test_api_versions_answers_with_a_header_without_tags() -> None:
    frame = b"".join(frames.encode_response(18, 3, 5, messages.ApiVersionsResponse(error_code=35)))
    assert frame[4:10] == b"\x00\x00\x00\x05\x00\x23"
    assert frames.decode_response(18, 3, frame[4:])[1].error_code == 35


def test_flexible_responses_carry_tags_in_their_header() -> None:
    frame = b"".join(frames.encode_response(12, 4, 5, messages.HeartbeatResponse(error_code=27)))
    assert frames.decode_response(12, 4, frame[4:]) == (5, messages.HeartbeatResponse(error_code=27))


@pytest.mark.parametrize(
    "frame", [b"", b"\x00\x03", struct.pack(">hhih", 3, 9, 1, 500), struct.pack(">hhih", 999, 0, 1, -1)]
)
def test_headers_that_do_not_fit_are_refused(frame: bytes) -> None:
    with pytest.raises(WireError):
        frames.decode_request_header(frame)


def test_every_api_has_both_messages_and_its_own_key() -> None:
    for key in apis.API_NAMES:
        assert apis.request_class(key).API_KEY == apis.response_class(key).API_KEY == key


def test_metadata_records_have_a_frame_of_three_varints() -> None:
    record = messages.FeatureLevelRecord(name="metadata.version", feature_level=27)
    encoded = records_codec.encode_record(record, 0)
    assert encoded == bytes([1, 12, 0, 17]) + b"metadata.version" + bytes([0, 27, 0])  # read off a real log
    assert records_codec.decode_record(encoded) == (
        messages.FeatureLevelRecord(name="metadata.version", feature_level=27),
        0,
    )
    with pytest.raises(WireError):
        records_codec.decode_record(encoded + b"\x00")


def test_the_record_table_agrees_with_the_schemas() -> None:
    for kind, name in records_codec.METADATA_RECORDS.items():
        assert kind == getattr(messages, name).API_KEY


def test_ids_have_kafkas_text_form() -> None:
    assert uuid.to_text(uuid.METADATA_TOPIC_ID) == "AAAAAAAAAAAAAAAAAAAAAQ"
    made = uuid.random()
    assert uuid.from_text(uuid.to_text(made)) == made
    for text in ("", "short", "AAAAAAAAAAAAAAAAAAAAA!", "A" * 23):
        with pytest.raises(ValueError, match="22 characters"):
            uuid.from_text(text)


def test_the_error_table_is_dense_and_an_unknown_code_reads_as_the_general_one() -> None:
    assert sorted(ERRORS) == list(range(-1, len(ERRORS) - 1))
    assert KafkaError(9999).name == "UNKNOWN_SERVER_ERROR"
    assert KafkaError(3).java_class == "org.apache.kafka.common.errors.UnknownTopicOrPartitionException"
    assert KafkaError(87).java_class == "org.apache.kafka.common.InvalidRecordException"
