"""What the console producer reads: bytes into lines as Java's BufferedReader ends them, lines into records as Kafka's
LineMessageReader takes them apart, or records as JSON.

Deviation: bytes inside a line pass unchanged, where the JVM tool replaces those that are no UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from kcli.cli.errors import CommandError

_EXCEPTION = "org.apache.kafka.common.KafkaException"
_DEFAULTS = {
    "key.separator": "\t",
    "headers.delimiter": "\t",
    "headers.separator": ",",
    "headers.key.separator": ":",
}
_MUST_DIFFER = (
    ("headers.delimiter", "headers.separator"),
    ("headers.delimiter", "headers.key.separator"),
    ("headers.separator", "headers.key.separator"),
    ("null.marker", "key.separator"),
    ("null.marker", "headers.separator"),
    ("null.marker", "headers.delimiter"),
    ("null.marker", "headers.key.separator"),
)


class InputRecord(NamedTuple):
    """One record to send; None for topic, partition and timestamp leaves them to the producer."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None = None
    timestamp: int | None = None
    topic: str | None = None


class Reader(Protocol):
    """Lines into records."""

    def plain_values(self, lines: list[bytes]) -> bool:
        """Whether the lines are values and nothing else; they count as read then."""

    def records(self, lines: Iterable[bytes]) -> Iterator[InputRecord]:
        """The records of the lines; raises CommandError at the first line that is none."""


class LineSplitter:
    """Chunks in, lines out: LF, CRLF and CR end a line, and nothing else is touched."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that end within this chunk."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        last = lines.pop()
        if lines and self._rest:
            lines[0] = b"".join([*self._rest, lines[0]])
            self._rest = []
        if last:
            self._rest.append(last)
        return lines

    def finish(self) -> list[bytes]:
        """The last line, if the input does not end with a line's end."""
        rest, self._rest = self._rest, []
        return [b"".join(rest)] if rest else []


class LineReader:
    """Kafka's LineMessageReader: which parts a line has, by the reader's properties."""

    def __init__(self, properties: Mapping[str, str]) -> None:
        texts = {name: properties.get(name, default) for name, default in _DEFAULTS.items()}
        marker = properties.get("null.marker")
        _check_separators({**texts, "null.marker": marker})
        self._parse_key = _is_true(properties, "parse.key")
        self._parse_headers = _is_true(properties, "parse.headers")
        self._ignore_error = _is_true(properties, "ignore.error")
        self._key_separator = _encode(texts["key.separator"])
        self._headers_delimiter = _encode(texts["headers.delimiter"])
        self._headers_separator = _compile(texts["headers.separator"]) if self._parse_headers else None
        self._headers_key_separator = texts["headers.key.separator"]
        self._marker_text = marker
        self._marker = None if marker is None else _encode(marker)
        self.lines_read = 0

    def plain_values(self, lines: list[bytes]) -> bool:
        if self._parse_key or self._parse_headers or (self._marker is not None and self._marker in lines):
            return False
        self.lines_read += len(lines)
        return True

    def records(self, lines: Iterable[bytes]) -> Iterator[InputRecord]:
        for line in lines:
            self.lines_read += 1
            yield self._record(line)

    def _record(self, line: bytes) -> InputRecord:
        start = 0
        headers: list[tuple[str, bytes | None]] = []
        if self._parse_headers:
            text = self._part(line, 0, self._headers_delimiter, "headers delimiter")
            if text is not None:
                start = len(text) + len(self._headers_delimiter)
                if text != self._marker:
                    headers = list(self._split_headers(text))
        key = None
        if self._parse_key:
            key = self._part(line, start, self._key_separator, "key separator")
            if key is not None:
                start += len(key) + len(self._key_separator)
        return InputRecord(self._or_null(key), self._or_null(line[start:] if start else line), headers)

    def _or_null(self, field: bytes | None) -> bytes | None:
        return None if field == self._marker else field

    def _part(self, line: bytes, start: int, demarcation: bytes, name: str) -> bytes | None:
        """What stands before the next demarcation; None if there is none and that is to be ignored."""
        end = line.find(demarcation, start)
        if end >= 0:
            return line[start:end]
        if self._ignore_error:
            return None
        shown = line.decode("utf-8", "replace")
        raise CommandError(f"{_EXCEPTION}: No {name} found on line number {self.lines_read}: '{shown}'")

    def _split_headers(self, encoded: bytes) -> Iterator[tuple[str, bytes | None]]:
        assert self._headers_separator is not None
        for pair in _java_split(self._headers_separator, encoded.decode("utf-8", "surrogateescape")):
            name, separator, value = pair.partition(self._headers_key_separator)
            if not separator:
                if not self._ignore_error:
                    raise CommandError(
                        f"{_EXCEPTION}: No header key separator found in pair '{pair}' on line number {self.lines_read}"
                    )
                yield pair, None
                continue
            if name == self._marker_text:
                raise CommandError(
                    f"{_EXCEPTION}: Header keys should not be equal to the null marker '{self._marker_text}'"
                    " as they can't be null"
                )
            yield name, None if value == self._marker_text else _encode(value)


class JsonReader:
    """One JSON record a line, as the console consumer's `--output json` prints them."""

    def __init__(self) -> None:
        self.lines_read = 0

    def plain_values(self, lines: list[bytes]) -> bool:
        return False

    def records(self, lines: Iterable[bytes]) -> Iterator[InputRecord]:
        from kcli.cli.record_json import RecordJsonError, decode_record

        for line in lines:
            self.lines_read += 1
            try:
                record = decode_record(line)
            except RecordJsonError as error:
                raise CommandError(f"line {self.lines_read}: {error}") from None
            yield InputRecord(
                record.key, record.value, record.headers, record.partition, record.timestamp, record.topic
            )


def _is_true(properties: Mapping[str, str], name: str) -> bool:
    return properties.get(name, "").strip().lower() == "true"


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _check_separators(texts: Mapping[str, str | None]) -> None:
    for one, other in _MUST_DIFFER:
        if texts[one] == texts[other]:
            raise CommandError(f"{_EXCEPTION}: {one} and {other} may not be equal")


def _compile(separator: str) -> re.Pattern[str]:
    """The headers' separator is a regular expression, in Java's syntax."""
    if re.escape(separator) == separator:
        return re.compile(separator)
    from kcli.cli.java_regex import RegexError, compile_java

    try:
        return compile_java(separator)
    except RegexError as error:
        raise CommandError(f"java.util.regex.PatternSyntaxException: {error}: {separator}") from None


def _java_split(pattern: re.Pattern[str], text: str) -> list[str]:
    """Java's Pattern.split: nothing before an empty match at the start, and no empty strings at the end."""
    pieces: list[str] = []
    start = 0
    for match in pattern.finditer(text):
        if match.end() == 0:
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    if start == 0:
        return [text]
    pieces.append(text[start:])
    while pieces and not pieces[-1]:
        pieces.pop()
    return pieces
