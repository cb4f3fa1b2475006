"""How the console consumer prints records: Kafka's formatters by class name, with their properties.

A formatter appends what it prints to a list of byte strings. If a record cannot be shown, what was appended before
stays, as it does on a stream, and FormatError says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kcli.tools.formatter import Context, Formatter
from kcli.tools.formatters_java import Deserializer, FormatError, NoSuchClass, deserializer

__all__ = ["Context", "DefaultFormatter", "FormatError", "Formatter", "NoOpFormatter", "make_formatter"]

PACKAGE = "org.apache.kafka.tools.consumer."


class NoOpFormatter(Formatter):
    """Prints nothing."""

    def write(self, record: Any, context: Context, out: list[bytes]) -> None:
        return


class DefaultFormatter(Formatter):
    """DefaultMessageFormatter: columns in a fixed order, `key.separator` between them, `line.separator` behind."""

    def __init__(self, properties: Mapping[str, str], warn: Callable[[str], None] = lambda text: None) -> None:
        def wanted(name: str, default: bool = False) -> bool:
            return properties[name].strip().lower() == "true" if name in properties else default

        def text(name: str, default: str) -> bytes:
            return properties.get(name, default).encode("utf-8", "surrogateescape")

        self._null = text("null.literal", "null")
        self._headers_separator = text("headers.separator", ",")
        separator, line_end = text("key.separator", "\t"), text("line.separator", "\n")
        self._key = _deserializer(properties, "key", warn)
        self._value = _deserializer(properties, "value", warn)
        self._header = _deserializer(properties, "headers", warn)
        columns = (
            (wanted("print.timestamp"), self._timestamp_column),
            (wanted("print.partition"), self._partition_column),
            (wanted("print.offset"), self._offset_column),
            (wanted("print.delivery"), self._delivery_column),
            (wanted("print.epoch"), self._epoch_column),
            (wanted("print.headers"), self._headers_column),
            (wanted("print.key"), self._key_column),
            (wanted("print.value", True), self._value_column),
        )
        shown = [write for chosen, write in columns if chosen]
        self._columns = [(write, separator) for write in shown[:-1]] + [(write, line_end) for write in shown[-1:]]
        self.needs_headers = self._headers_column in shown
        if shown == [self._value_column] and self._value is None:
            self.plain_values = (self._null, line_end)

    def write(self, record: Any, context: Context, out: list[bytes]) -> None:
        for column, end in self._columns:
            column(record, context, out)
            out.append(end)

    def _timestamp_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(b"%s:%d" % (context.timestamp_type.encode(), record[1]))

    def _partition_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(b"Partition:%d" % context.partition)

    def _offset_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(b"Offset:%d" % record[0])

    def _delivery_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        count = context.delivery_count
        out.append(b"Delivery:NOT_PRESENT" if count is None else b"Delivery:%d" % count)

    def _epoch_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(b"Epoch:NOT_PRESENT")  # Kafka's console consumer does not pass it on

    def _headers_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        headers = record[4]
        if not headers:
            out.append(b"NO_HEADERS")
            return
        for index, (name, content) in enumerate(headers):
            if index:
                out.append(self._headers_separator)
            out.append(name.encode("utf-8", "surrogateescape") + b":")
            out.append(self._shown(self._header, content))

    def _key_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(self._shown(self._key, record[2]))

    def _value_column(self, record: Any, context: Context, out: list[bytes]) -> None:
        out.append(self._shown(self._value, record[3]))

    def _shown(self, convert: Deserializer | None, data: bytes | None) -> bytes:
        """What stands for null goes through the deserializer, too, as in Kafka."""
        data = self._null if data is None else data
        return data if convert is None else convert(data)


def _deserializer(properties: Mapping[str, str], kind: str, warn: Callable[[str], None]) -> Deserializer | None:
    """`<kind>.deserializer` with the settings under its prefix; a class we do not have is left out with a warning."""
    name = f"{kind}.deserializer"
    if name not in properties:
        return None
    prefix = name + "."
    settings = {key[len(prefix) :]: value for key, value in properties.items() if key.startswith(prefix)}
    try:
        return deserializer(properties[name], settings, is_key=kind == "key")
    except (NoSuchClass, FormatError) as error:
        warn(str(error))
        return None


def make_formatter(
    class_name: str, properties: Mapping[str, str], warn: Callable[[str], None] = lambda text: None
) -> Formatter:
    """The formatter that Kafka has under this name; raises NoSuchClass."""
    name = class_name[len(PACKAGE) :] if class_name.startswith(PACKAGE) else ""
    if name in ("DefaultMessageFormatter", "LoggingMessageFormatter"):  # the tools do not show what the latter logs
        return DefaultFormatter(properties, warn)
    if name == "NoOpMessageFormatter":
        return NoOpFormatter()
    if name.endswith("Formatter"):
        from kcli.tools.formatters_coordinator import RECORDS, CoordinatorFormatter  # which few want

        if name in RECORDS:
            return CoordinatorFormatter(RECORDS[name])
    raise NoSuchClass(class_name)
