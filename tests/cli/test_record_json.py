"""The JSON form of records loses nothing, and says what is wrong with lines that are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.cli.record_json import TIMESTAMP_TYPES, JsonRecord, RecordJsonError, decode_record, encode_record

data = st.one_of(st.none(), st.binary(max_size=30), st.text(max_size=20).map(lambda text: text.encode()))
names = st.binary(max_size=10).map(lambda name: name.decode("utf-8", "surrogateescape"))
records = st.builds(
    JsonRecord,
    topic=st.from_regex(r"[a-zA-Z0-9._-]{1,20}", fullmatch=True),
    partition=st.integers(0, 2**31 - 1),
    offset=st.integers(0, 2**63 - 1),
    timestamp=st.integers(-1, 2**63 - 1),
    timestamp_type=st.sampled_from(TIMESTAMP_TYPES),
    headers=st.lists(st.tuples(names, data), max_size=4),
    key=data,
    value=data,
)


@given(records)
def test_what_is_written_is_read_back(record: JsonRecord) -> None:
    line = encode_record(*record)
    assert decode_record(line) == record
    assert not {b"\n", b"\r"} & {line[at : at + 1] for at in range(len(line))}
    json.loads(line)


def test_the_form_is_the_documented_one() -> None:
    line = encode_record("t", 0, 7, 1700000000000, "CreateTime", [("h", b"1"), ("h", None)], None, b"\xff\xfe\xfd")
    assert line == (
        b'{"topic":"t","partition":0,"offset":7,"timestamp":1700000000000,"timestampType":"CreateTime",'
        b'"headers":[["h","1"],["h",null]],"key":null,"value":{"base64":"//79"}}'
    )


def test_text_stays_readable_and_null_is_not_empty() -> None:
    line = encode_record("t", 0, 0, 0, "CreateTime", [], b"", "zażółć 日本".encode())
    assert '"key":"","value":"zażółć 日本"'.encode() in line


def test_only_the_value_is_required() -> None:
    assert decode_record(b'{"value": null}') == JsonRecord(None, None, None, None, None, [], None, None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "not JSON: Expecting value at column 1"),
        (b"{", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'{"value": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"value": "a", "partition": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"key": "a"}', 'no "value"'),
        (b'{"value": "a", "vlaue": 1}', 'unknown field "vlaue"'),
        (b'{"value": 5}', '"value" is 5, not a string'),
        (b'{"value": {"base64": "a"}}', '"value" is not valid base64'),
        (b'{"value": {"base64": "YQ==", "x": 1}}', "not a string, null or"),
        (b'{"value": "\\ud800"}', "half of a surrogate pair"),
        (b'{"value": "a", "headers": {"a": "b"}}', "not a list of [name, value] pairs"),
        (b'{"value": "a", "headers": [["a"]]}', "not a list of [name, value] pairs"),
        (b'{"value": "a", "headers": [[null, "b"]]}', "name is null"),
        (b'{"value": "a", "partition": -1}', '"partition" is -1'),
        (b'{"value": "a", "partition": true}', '"partition" is true'),
        (b'{"value": "a", "partition": 2147483648}', '"partition" is 2147483648'),
        (b'{"value": "a", "timestamp": 1e3}', '"timestamp" is 1000.0'),
        (b'{"value": "a", "timestampType": "Never"}', '"timestampType" is "Never"'),
        (b'{"value": "a", "topic": 1}', '"topic" is 1'),
    ],
)
def test_a_bad_line_says_what_is_wrong(line: bytes, message: str) -> None:
    with pytest.raises(RecordJsonError) as caught:
        decode_record(line)
    assert message in str(caught.value)
