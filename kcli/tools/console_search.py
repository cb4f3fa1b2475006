"""Search: which records the console consumer prints, by their content (--grep, --where) and by their time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from kcli.cli.argparse4j import Arguments
from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.moment import FORMS, parse_moment
from kcli.cli.options import Option
from kcli.tools.formatters import Context

GROUP = "Search (not in Kafka's tool)"
OPTIONS = (
    Option("grep", "Print records in whose value this (Python) regular expression is found.", "REGEX", group=GROUP),
    Option("grep-key", "... in whose key it is found.", "REGEX", group=GROUP),
    Option("grep-header", "... in one of whose headers, as NAME:VALUE, it is found.", "REGEX", group=GROUP),
    Option(
        "where",
        "Print records for which this JMESPath expression is true, of what --output json prints, with a value that is"
        " JSON as what it says.",
        "JMESPATH",
        group=GROUP,
    ),
    Option("from", f"Print records from this time on: {FORMS}.", "TIME", group=GROUP),
    Option("to", "Print records before this time, and stop there. Without --from, from the beginning.", "TIME",
           group=GROUP),
)  # fmt: skip
NAMES = tuple(option.name for option in OPTIONS)
_LITERAL = re.compile(r"[\w\s\"'%&,:;<=>@`~!/-]+")
Matcher = Callable[["bytes | None"], bool]


class Search(NamedTuple):
    """What records have to be like; None where it does not matter. Times are in milliseconds."""

    value: Matcher | None
    key: Matcher | None
    header: Matcher | None
    where: Any
    since: int | None
    until: int | None

    @property
    def needs_headers(self) -> bool:
        return self.header is not None or self.where is not None

    @property
    def only_value(self) -> bool:
        """Whether a value is all that it takes to decide."""
        return self.value is not None and self._replace(value=None) == (None,) * len(self)

    def matches(self, record: Any, context: Context) -> bool:
        """Whether a record (offset, timestamp, key, value[, headers]) is wanted; the cheapest question first."""
        if (self.since is not None and record[1] < self.since) or (self.until is not None and record[1] >= self.until):
            return False
        if self.value is not None and not self.value(record[3]):
            return False
        if self.key is not None and not self.key(record[2]):
            return False
        if self.header is not None and not any(map(self.header, map(_header_line, record[4]))):
            return False
        return self.where is None or _is_true(self.where, record, context)


def read_search(parsed: Parsed) -> Search | None:
    """What the options say, None without any; raises CommandError that names the option."""
    if not any(parsed.has(name) for name in NAMES):
        return None
    since, until = _moment(parsed, "from"), _moment(parsed, "to")
    if since is not None and until is not None and until <= since:
        raise CommandError(f"--to: {parsed.value('to')} is not after --from {parsed.value('from')}")
    return Search(
        read_pattern(parsed, "grep"),
        read_pattern(parsed, "grep-key"),
        read_pattern(parsed, "grep-header"),
        read_expression(parsed),
        since,
        until,
    )


def _moment(parsed: Parsed, name: str) -> int | None:
    text = parsed.value(name)
    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError:
        raise CommandError(f"--{name}: {text!r} is no time: use {FORMS}") from None


def read_pattern(parsed: Parsed | Arguments, name: str) -> Matcher | None:
    """What a regular expression of the command line asks of bytes; None without one."""
    pattern = parsed.value(name)
    if pattern is None:
        return None
    try:
        return matcher(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise CommandError(f"--{name}: {pattern!r} is no regular expression: {error}") from None


def matcher(pattern: str) -> Matcher:
    """Whether a pattern is found in bytes that are read as UTF-8; null never matches.

    What is ASCII (most records) is searched as it is; a pattern without special characters is just looked for.
    """
    text = re.compile(pattern)
    if _LITERAL.fullmatch(pattern):
        needle = pattern.encode("utf-8", "surrogateescape")
        return lambda data: data is not None and needle in data
    raw = re.compile(pattern.encode(), re.ASCII) if pattern.isascii() and "(?u" not in pattern else None

    def found(data: bytes | None) -> bool:
        if data is None:
            return False
        if raw is not None and data.isascii():
            return raw.search(data) is not None
        return text.search(data.decode("utf-8", "surrogateescape")) is not None

    return found


def read_expression(parsed: Parsed | Arguments) -> Any:
    """The expression of --where, compiled; None without one."""
    text = parsed.value("where")
    if text is None:
        return None
    try:
        import jmespath
        from jmespath.exceptions import JMESPathError
    except ModuleNotFoundError:
        raise CommandError("--where needs the Python package jmespath: python3 -m pip install jmespath") from None
    try:
        return jmespath.compile(text)
    except JMESPathError as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise CommandError(f"--where: {text!r} is no JMESPath expression: {reason}") from None


def _header_line(header: tuple[str, bytes | None]) -> bytes:
    name, content = header
    return name.encode("utf-8", "surrogateescape") + b":" + (content or b"")


def _is_true(expression: Any, record: Any, context: Context) -> bool:
    """In JMESPath false, null and what is empty are not true; nor is a function that does not take what it finds."""
    from jmespath.exceptions import JMESPathError

    try:
        found = expression.search(_as_json(record, context))
    except JMESPathError:
        return False
    return not (found is None or found is False or found in ("", [], {}))


def _as_json(record: Any, context: Context) -> dict[str, Any]:
    from kcli.cli.record_json import encode_record

    offset, timestamp, key, value, headers = record
    line = encode_record(
        context.topic, context.partition, offset, timestamp, context.timestamp_type, headers, key, value
    )
    fields: dict[str, Any] = json.loads(line)
    fields["value"] = _parsed(fields["value"])
    if isinstance(fields["key"], str) and fields["key"][:1] in ("{", "["):
        fields["key"] = _parsed(fields["key"])
    return fields


def _parsed(text: Any) -> Any:
    """A text that is JSON as what it says; anything else as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
