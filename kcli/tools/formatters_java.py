"""Java's deserializers by class name: the bytes of a key, value or header to the text that Java prints for them.

Floating point numbers have the shortest digits that name them, as in Java since 19; older ones add some now and then.
Deviations: what StringDeserializer gets passes through unchanged, where Java prints U+FFFD for bytes that are no
UTF-8; and ByteArrayDeserializer prints the bytes, where Java prints the array's identity (`[B@1b2c3d`).
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable, Mapping

Deserializer = Callable[[bytes], bytes]
_PACKAGE = "org.apache.kafka.common.serialization."


class FormatError(Exception):
    """A record cannot be shown; in Java this would be an exception of the class."""

    def __init__(self, java_class: str, message: str | None) -> None:
        super().__init__(f"{java_class}: {message}" if message is not None else java_class)


class NoSuchClass(Exception):
    """There is no such class here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"java.lang.ClassNotFoundException: {name}")


def deserializer(class_name: str, settings: Mapping[str, str], *, is_key: bool) -> Deserializer:
    """The function that does what the Java class does; raises NoSuchClass, or FormatError for settings it refuses."""
    name = class_name[len(_PACKAGE) :] if class_name.startswith(_PACKAGE) else ""
    if name == "StringDeserializer":
        return _string(settings, "key" if is_key else "value")
    if name == "ListDeserializer":
        return _list(settings, "key" if is_key else "value")
    if name not in _SIMPLE:
        raise NoSuchClass(class_name)
    return _SIMPLE[name]


def _serialization_error(message: str) -> FormatError:
    return FormatError("org.apache.kafka.common.errors.SerializationException", message)


def _number(layout: str, size: int, who: str, show: Callable[[float], str]) -> Deserializer:
    unpack = struct.Struct(layout).unpack

    def convert(data: bytes) -> bytes:
        if len(data) != size:
            raise _serialization_error(f"Size of data received by {who} is not {size}")
        return show(unpack(data)[0]).encode()

    return convert


def java_double(value: float) -> str:
    """Double.toString: the shortest digits that name the value, at least two, plain from 1e-3 to below 1e7."""
    return _java_float(value, repr(value))


def java_float(value: float) -> str:
    """Float.toString, for a value that came out of four bytes."""
    if value != value or value in (float("inf"), float("-inf")) or value == 0:
        return _java_float(value, repr(value))
    exact = struct.pack(">f", value)
    for digits in range(9):
        text = f"{value:.{digits}e}"
        try:
            if struct.pack(">f", float(text)) == exact:
                return _java_float(value, text)
        except OverflowError:
            continue
    return _java_float(value, repr(value))


def _java_float(value: float, shortest: str) -> str:
    if value != value:
        return "NaN"
    sign = "-" if shortest.startswith("-") else ""
    if value in (float("inf"), float("-inf")):
        return sign + "Infinity"
    if value == 0:
        return sign + "0.0"
    digits, exponent = _digits(shortest)
    if len(digits) == 1:  # of the two-digit numbers around a value with a one-digit name, Java takes the closest
        closest, at = _digits(f"{value:.1e}")
        digits, exponent = closest.rstrip("0") or "0", at
    if -3 <= exponent < 7:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return f"{sign}{whole}.{digits[exponent + 1 :] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _digits(text: str) -> tuple[str, int]:
    """(significant digits, decimal exponent of the first) of a number that Python wrote."""
    mantissa, _, exponent = text.lstrip("-").lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    return digits.strip("0") or "0", len(whole) - 1 - leading + int(exponent or 0)


def _boolean(data: bytes) -> bytes:
    if len(data) != 1:
        raise _serialization_error("Size of data received by BooleanDeserializer is not 1")
    if data[0] > 1:
        raise _serialization_error(f"Unexpected byte received by BooleanDeserializer: {data[0] - (data[0] >> 7 << 8)}")
    return b"true" if data[0] else b"false"


def _uuid(data: bytes) -> bytes:
    """UUID.fromString, which takes parts of any length and keeps their last digits."""
    text = data.decode("utf-8", "replace")
    parts = text.split("-")
    try:
        if len(text) > 36 or len(parts) != 5 or not all(part.isalnum() and part.isascii() for part in parts):
            raise ValueError
        widths = (8, 4, 4, 4, 12)
        return "-".join(f"{int(part, 16):0{width}x}"[-width:] for part, width in zip(parts, widths)).encode()
    except ValueError:
        raise _serialization_error("Error parsing data into UUID") from None


def _escaped(data: bytes) -> bytes:
    return "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else f"\\x{byte:02X}" for byte in data).encode()


def _buffer(data: bytes) -> bytes:
    return b"java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]" % (len(data), len(data))


def _void(data: bytes) -> bytes:
    raise FormatError("java.lang.IllegalArgumentException", "Data should be null for a VoidDeserializer.")


def _unchanged(data: bytes) -> bytes:
    return data


_SIMPLE: dict[str, Deserializer] = {
    "BooleanDeserializer": _boolean,
    "ByteArrayDeserializer": _unchanged,
    "ByteBufferDeserializer": _buffer,
    "BytesDeserializer": _escaped,
    "DoubleDeserializer": _number(">d", 8, "Deserializer", java_double),
    "FloatDeserializer": _number(">f", 4, "Deserializer", java_float),
    "IntegerDeserializer": _number(">i", 4, "IntegerDeserializer", str),
    "LongDeserializer": _number(">q", 8, "LongDeserializer", str),
    "ShortDeserializer": _number(">h", 2, "ShortDeserializer", str),
    "UUIDDeserializer": _uuid,
    "VoidDeserializer": _void,
}


def _string(settings: Mapping[str, str], kind: str) -> Deserializer:
    encoding = settings.get(f"{kind}.deserializer.encoding") or settings.get("deserializer.encoding") or "UTF-8"
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        message = f"Error when deserializing byte[] to string due to unsupported encoding {encoding}"
        raise FormatError("org.apache.kafka.common.errors.SerializationException", message) from None
    if codec == "utf-8":
        return _unchanged
    return lambda data: data.decode(codec, "replace").encode("utf-8", "replace")


_FIXED = {"Short": 2, "Integer": 4, "Float": 4, "Long": 8, "Double": 8, "UUID": 36}
_LIST_ERROR = FormatError("org.apache.kafka.common.KafkaException", "Unable to deserialize into a List")


def _list(settings: Mapping[str, str], kind: str) -> Deserializer:
    """ListDeserializer: entries of one inner serde, of fixed size with a list of the nulls, or each with its size."""
    inner_name = settings.get(f"default.list.{kind}.serde.inner", "")
    if not settings.get(f"default.list.{kind}.serde.type") or not inner_name:
        what = "inner serde" if settings.get(f"default.list.{kind}.serde.type") else "list"
        raise FormatError(
            "org.apache.kafka.common.config.ConfigException",
            f"Not able to determine the {what} class because it was neither passed via the constructor"
            " nor set in the config.",
        )
    inner_kind = inner_name.rpartition("$")[2].removesuffix("Serde")
    inner = deserializer(f"{_PACKAGE}{inner_kind}Deserializer", {}, is_key=kind == "key")

    def convert(data: bytes) -> bytes:
        try:
            entries = _list_entries(data, _FIXED.get(inner_kind, 0))
        except (struct.error, IndexError):
            raise _LIST_ERROR from None
        return b"[" + b", ".join(b"null" if entry is None else inner(entry) for entry in entries) + b"]"

    return convert


def _list_entries(data: bytes, fixed: int) -> list[bytes | None]:
    position = 1

    def integer() -> int:
        nonlocal position
        (number,) = struct.unpack_from(">i", data, position)
        position += 4
        return int(number)

    if data[0] > 1:
        raise _serialization_error("Invalid serialization strategy flag value")
    nulls = {integer() for _ in range(integer())} if data[0] == 0 else set()
    entries: list[bytes | None] = []
    for index in range(integer()):
        size = (fixed if index not in nulls else -1) if data[0] == 0 else integer()
        if size < 0:
            entries.append(None)
            continue
        if position + size > len(data):
            raise IndexError
        entries.append(data[position : position + size])
        position += size
    return entries
