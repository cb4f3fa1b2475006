"""Lines end where Java's reader ends them and keep their bytes; records are taken apart as LineMessageReader does."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcli.cli.errors import CommandError
from kcli.tools.console_producer_input import InputRecord, JsonReader, LineReader, LineSplitter

BOTH = {"parse.key": "true", "parse.headers": "true"}


def split(*chunks: bytes) -> list[bytes]:
    splitter = LineSplitter()
    return [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.finish()


def read(line: bytes, **properties: str) -> InputRecord:
    (record,) = LineReader({name.replace("_", "."): text for name, text in properties.items()}).records([line])
    return record


text = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"bc", b"\xff", b"\x00", b"\xc2\x85"]), max_size=30)


@given(text, st.lists(st.integers(0, 40), max_size=6))
def test_lines_are_the_same_however_the_input_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    data = b"".join(parts)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    expected = re.split(rb"\r\n|\r|\n", data)
    if not expected[-1]:
        expected.pop()
    assert split(*(data[start:end] for start, end in pairwise(edges))) == expected


def test_a_line_is_complete_at_its_cr_without_waiting_for_more() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"a\r") == [b"a"]
    assert splitter.feed(b"\nb\n") == [b"b"]


def test_without_parsing_lines_are_values() -> None:
    reader = LineReader({})
    assert reader.plain_values([b"a\tb"])
    assert list(reader.records([b"a\tb"])) == [InputRecord(None, b"a\tb", [])]


def test_keys() -> None:
    assert read(b"k\tv\tw", parse_key="true") == InputRecord(b"k", b"v\tw", [])
    assert read(b"\tv", parse_key=" TRUE ") == InputRecord(b"", b"v", [])
    assert read(b"k::v:", **{"parse.key": "true", "key.separator": "::"}) == InputRecord(b"k", b"v:", [])
    assert read(b"no key", **{"parse.key": "true", "ignore.error": "true"}) == InputRecord(None, b"no key", [])
    assert read("ż\xa0v".encode(), **{"parse.key": "true", "key.separator": "\xa0"}).key == "ż".encode()


def test_headers() -> None:
    assert read(b"h1:v1,h1:\tk\tv", **BOTH) == InputRecord(b"k", b"v", [("h1", b"v1"), ("h1", b"")])
    assert read(b"u:http://x\tv", parse_headers="true").headers == [("u", b"http://x")]
    assert read(b"a:1;b:2\tv", **{"parse.headers": "true", "headers.separator": ";"}).headers[1] == ("b", b"2")
    assert read(b"bare\tv", **{"parse.headers": "true", "ignore.error": "true"}).headers == [("bare", None)]
    assert read(b"\xff:\xfe\tv", parse_headers="true").headers == [("\udcff", b"\xfe")]


def test_the_headers_separator_is_a_regular_expression_of_java() -> None:
    assert read(b"a:1x22yb:2\tv", **{"parse.headers": "true", "headers.separator": "x[0-9]+y"}).headers == [
        ("a", b"1"),
        ("b", b"2"),
    ]
    with pytest.raises(CommandError, match="in pair 'h' on line number 1"):
        read(b"h:1\tv", **{"parse.headers": "true", "headers.separator": "|"})
    assert read(b"a:1,,,\tv", parse_headers="true").headers == [("a", b"1")]


def test_the_null_marker() -> None:
    marked = {"parse.key": "true", "null.marker": "NULL"}
    assert read(b"NULL\tNULL", **marked) == InputRecord(None, None, [])
    assert read(b"NULL", **{"null.marker": "NULL"}) == InputRecord(None, None, [])
    assert read(b"h:NULL\tv", **{"parse.headers": "true", "null.marker": "NULL"}).headers == [("h", None)]
    assert read(b"NULL\tv", **{"parse.headers": "true", "null.marker": "NULL"}) == InputRecord(None, b"v", [])
    assert not LineReader({"null.marker": "N"}).plain_values([b"a", b"N"])
    with pytest.raises(CommandError, match="should not be equal to the null marker 'N' as they can't be null"):
        read(b"N:1\tv", **{"parse.headers": "true", "null.marker": "N"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"no tab", "No headers delimiter found on line number 2: 'no tab'"),
        (b"h:1\tno key", "No key separator found on line number 2: 'h:1\tno key'"),
        (b"bare\tk\tv", "No header key separator found in pair 'bare' on line number 2"),
        (b"\tk\tv", "No header key separator found in pair '' on line number 2"),
    ],
)
def test_what_is_missing_is_an_error_with_its_line(line: bytes, message: str) -> None:
    records = LineReader(BOTH).records([b"a:1\tk\tv", line])
    next(records)
    with pytest.raises(CommandError) as caught:
        next(records)
    assert caught.value.message == f"org.apache.kafka.common.KafkaException: {message}"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"headers.delimiter": ","}, "headers.delimiter and headers.separator may not be equal"),
        ({"headers.key.separator": "\t"}, "headers.delimiter and headers.key.separator may not be equal"),
        ({"headers.separator": ":"}, "headers.separator and headers.key.separator may not be equal"),
        ({"null.marker": "\t"}, "null.marker and key.separator may not be equal"),
        ({"null.marker": ","}, "null.marker and headers.separator may not be equal"),
        ({"null.marker": ":"}, "null.marker and headers.key.separator may not be equal"),
    ],
)
def test_separators_must_differ(properties: dict[str, str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        LineReader(properties)


def test_json_records_and_the_line_of_a_bad_one() -> None:
    records = JsonReader().records([b'{"key":"k","value":null,"partition":2,"timestamp":5,"topic":"t"}', b"{}"])
    assert next(records) == InputRecord(b"k", None, [], 2, 5, "t")
    with pytest.raises(CommandError, match='line 2: no "value"'):
        next(records)
