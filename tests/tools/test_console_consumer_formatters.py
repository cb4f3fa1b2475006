"""What records look like: columns, separators, null, Java's deserializers and number formats, coordinators' records."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.client.decode_helper import join_values
from kcli.tools.formatters import Context, FormatError, make_formatter
from kcli.tools.formatters_java import NoSuchClass, deserializer, java_double, java_float
from kcli.wire import messages
from kcli.wire.records_codec import encode_versioned

TOOLS = "org.apache.kafka.tools.consumer."
SERIALIZATION = "org.apache.kafka.common.serialization."
CONTEXT = Context("t", 3, log_append_time=False)
RECORD = (7, 1234, b"k", b"v", [("h", b"1"), ("h", None)])


def shown(
    record: Any = RECORD, context: Context = CONTEXT, formatter: str = "DefaultMessageFormatter", **given: str
) -> bytes:
    properties = {name.replace("_", "."): value for name, value in given.items()}
    out: list[bytes] = []
    make_formatter(TOOLS + formatter, properties).write(record, context, out)
    return b"".join(out)


ALL = dict.fromkeys(
    (
        "print_timestamp",
        "print_partition",
        "print_offset",
        "print_delivery",
        "print_epoch",
        "print_headers",
        "print_key",
    ),
    "true",
)


@pytest.mark.parametrize(
    ("properties", "line"),
    [
        ({}, b"v\n"),
        (ALL, b"CreateTime:1234\tPartition:3\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\th:1,h:null\tk\tv\n"),
        ({"print_value": "false"}, b""),
        ({"print_value": "no", "print_key": " TRUE "}, b"k\n"),
        ({"print_key": "true", "key_separator": "=>", "line_separator": "|"}, b"k=>v|"),
        (
            {"print_headers": "true", "print_value": "false", "headers_separator": ";", "null_literal": "-"},
            b"h:1;h:-\n",
        ),
    ],
)
def test_columns(properties: dict[str, str], line: bytes) -> None:
    assert shown(**properties) == line


def test_what_is_not_there() -> None:
    nothing = (0, -1, None, None, [])
    assert shown(nothing, print_key="true", print_headers="true") == b"NO_HEADERS\tnull\tnull\n"
    assert shown(nothing, print_key="true", null_literal="") == b"\t\n"


def test_the_kind_of_a_timestamp() -> None:
    late = Context("t", 0, log_append_time=True)
    assert shown(context=late, print_timestamp="true", print_value="false") == b"LogAppendTime:1234\n"


def test_null_goes_through_the_deserializer_as_its_literal() -> None:
    record = (0, 0, None, None, [])
    assert shown(record, value_deserializer=SERIALIZATION + "IntegerDeserializer") == b"1853189228\n"


def test_a_failing_column_leaves_what_came_before_it() -> None:
    out: list[bytes] = []
    formatter = make_formatter(
        TOOLS + "DefaultMessageFormatter",
        {"print.key": "true", "value.deserializer": SERIALIZATION + "LongDeserializer"},
    )
    with pytest.raises(
        FormatError, match=r"SerializationException: Size of data received by LongDeserializer is not 8"
    ):
        formatter.write(RECORD, CONTEXT, out)
    assert out == [b"k", b"\t"]


def test_an_unknown_deserializer_is_said_and_left_out() -> None:
    warnings: list[str] = []
    formatter = make_formatter(TOOLS + "DefaultMessageFormatter", {"value.deserializer": "no.Such"}, warnings.append)
    out: list[bytes] = []
    formatter.write(RECORD, CONTEXT, out)
    assert out == [b"v", b"\n"]
    assert warnings == ["java.lang.ClassNotFoundException: no.Such"]


def test_only_plain_values_take_the_short_way() -> None:
    assert make_formatter(TOOLS + "LoggingMessageFormatter", {"line.separator": "|"}).plain_values == (b"null", b"|")
    assert make_formatter(TOOLS + "DefaultMessageFormatter", {"print.key": "true"}).plain_values is None
    assert make_formatter(TOOLS + "NoOpMessageFormatter", {}).plain_values is None
    assert shown(formatter="NoOpMessageFormatter") == b""


@given(st.lists(st.none() | st.binary(max_size=5)), st.binary(max_size=3), st.binary(max_size=3))
def test_joined_values_are_lines(values: list[bytes | None], null: bytes, end: bytes) -> None:
    expected = b"".join((null if value is None else value) + end for value in values)
    assert join_values(values.copy(), null, end) == expected


@pytest.mark.parametrize(
    "name", ["kafka.tools.DefaultMessageFormatter", "DefaultMessageFormatter", TOOLS + "NoFormatter"]
)
def test_an_unknown_formatter(name: str) -> None:
    with pytest.raises(NoSuchClass):
        make_formatter(name, {})


def converted(name: str, data: bytes, **settings: str) -> str:
    properties = {key.replace("_", "."): value for key, value in settings.items()}
    return deserializer(SERIALIZATION + name, properties, is_key=False)(data).decode()


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("IntegerDeserializer", b"\xff\xff\xff\xfe", "-2"),
        ("LongDeserializer", b"\0\0\0\0\0\0\1\2", "258"),
        ("ShortDeserializer", b"\x80\0", "-32768"),
        ("BooleanDeserializer", b"\1", "true"),
        ("BooleanDeserializer", b"\0", "false"),
        ("DoubleDeserializer", b"B2345678", "7.81684708382157E10"),
        ("FloatDeserializer", b"null", "1.8988725E28"),
        ("BytesDeserializer", b"a\\\0\xff~", "a\\x5C\\x00\\xFF~"),
        ("ByteBufferDeserializer", b"abc", "java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]"),
        ("ByteArrayDeserializer", b"abc", "abc"),
        ("UUIDDeserializer", b"1-2-3-4-5", "00000001-0002-0003-0004-000000000005"),
        ("UUIDDeserializer", b"12345678-9ABC-def0-1234-123456789abc", "12345678-9abc-def0-1234-123456789abc"),
    ],
)
def test_deserializers(name: str, data: bytes, text: str) -> None:
    assert converted(name, data) == text


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("IntegerDeserializer", b"abc", "Size of data received by IntegerDeserializer is not 4"),
        ("FloatDeserializer", b"abc", "Size of data received by Deserializer is not 4"),
        ("BooleanDeserializer", b"", "Size of data received by BooleanDeserializer is not 1"),
        ("BooleanDeserializer", b"\x80", "Unexpected byte received by BooleanDeserializer: -128"),
        ("UUIDDeserializer", b"nothing", "Error parsing data into UUID"),
        ("VoidDeserializer", b"", "Data should be null for a VoidDeserializer."),
    ],
)
def test_what_does_not_fit(name: str, data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        converted(name, data)
    assert str(caught.value).endswith(": " + message)


def test_encodings() -> None:
    assert converted("StringDeserializer", b"\xe9", value_deserializer_encoding="ISO-8859-1") == "é"
    assert converted("StringDeserializer", b"\0e", deserializer_encoding="UTF-16BE") == "e"
    with pytest.raises(FormatError, match="unsupported encoding nonesuch"):
        converted("StringDeserializer", b"", deserializer_encoding="nonesuch")


def test_strings_pass_unchanged() -> None:
    assert deserializer(SERIALIZATION + "StringDeserializer", {}, is_key=True)(b"\xff\xfe") == b"\xff\xfe"


def test_lists() -> None:
    of_strings = {
        "default.list.value.serde.type": "java.util.ArrayList",
        "default.list.value.serde.inner": SERIALIZATION + "Serdes$StringSerde",
    }
    convert = deserializer(SERIALIZATION + "ListDeserializer", of_strings, is_key=False)
    assert convert(b"\1" + struct.pack(">ii1si", 2, 1, b"a", -1)) == b"[a, null]"
    of_numbers = {**of_strings, "default.list.value.serde.inner": SERIALIZATION + "Serdes$IntegerSerde"}
    convert = deserializer(SERIALIZATION + "ListDeserializer", of_numbers, is_key=False)
    assert convert(b"\0" + struct.pack(">iiiii", 1, 1, 3, 5, 6)) == b"[5, null, 6]"
    with pytest.raises(FormatError, match="Unable to deserialize into a List"):
        convert(b"\0\0")
    with pytest.raises(FormatError, match="Not able to determine the list class"):
        deserializer(SERIALIZATION + "ListDeserializer", {}, is_key=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (0.00099, "9.9E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (123456.789, "123456.789"),
        (1e21, "1.0E21"),
        (4.9e-324, "4.9E-324"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_reads_back(value: float) -> None:
    assert float(java_double(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_float_reads_back_and_is_short(value: float) -> None:
    text = java_float(value)
    assert struct.pack(">f", float(text)) == struct.pack(">f", value)
    assert len(text.lstrip("-").partition("E")[0].replace(".", "").strip("0")) <= 9


def coordinator_record(key: Any, value: Any, version: int, kind: int) -> Any:
    data = None if value is None else encode_versioned(value, version)
    return (5, 0, struct.pack(">h", kind) + bytes(key.encode_bytes(0)), data)


OFFSET_KEY = messages.OffsetCommitKey(group="g", topic="t", partition=1)


def test_offsets_as_json() -> None:
    value = messages.OffsetCommitValue(offset=9, metadata="m", commit_timestamp=8, topic_id=bytes(range(16)))
    record = coordinator_record(OFFSET_KEY, value, 4, 1)
    assert json.loads(shown(record, formatter="OffsetsMessageFormatter")) == {
        "key": {"type": 1, "data": {"group": "g", "topic": "t", "partition": 1}},
        "value": {
            "version": 4,
            "data": {
                "offset": 9,
                "leaderEpoch": -1,
                "metadata": "m",
                "commitTimestamp": 8,
                "topicId": "AAECAwQFBgcICQoLDA0ODw",
            },
        },
    }


def test_a_deleted_offset_is_null_and_a_default_tag_is_left_out() -> None:
    gone = coordinator_record(OFFSET_KEY, None, 0, 1)
    assert json.loads(shown(gone, formatter="OffsetsMessageFormatter"))["value"] is None
    plain = coordinator_record(OFFSET_KEY, messages.OffsetCommitValue(offset=9), 4, 1)
    assert "topicId" not in json.loads(shown(plain, formatter="OffsetsMessageFormatter"))["value"]["data"]


def test_formatters_pass_over_what_they_are_not_for() -> None:
    record = coordinator_record(OFFSET_KEY, None, 0, 1)
    assert shown(record, formatter="GroupMetadataMessageFormatter") == b""
    assert shown((0, 0, None, b"x"), formatter="OffsetsMessageFormatter") == b""
    assert shown((0, 0, b"\x7f\xff", b"x"), formatter="TransactionLogMessageFormatter") == b""


def test_a_coordinator_record_that_does_not_fit() -> None:
    with pytest.raises(FormatError, match="Could not read record at offset 5 due to:"):
        shown((5, 0, b"\0\1\0\x09x", None), formatter="OffsetsMessageFormatter")
