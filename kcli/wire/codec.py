"""Straight-line encoders and decoders, generated from a schema for one version each.

Why generated: a message's shape depends on its version in dozens of places, and an interpreter that asks each time
costs several times more than code in which the version has been decided. Why our own: decoding has to be strict
(nothing is read past the end, no length is believed before it is checked), must not copy record batches, and must
not cost a start-up import; all of it is kept here.

A decoder raises struct.error, IndexError, UnicodeDecodeError or WireError on bytes that do not fit;
`messages.Message.decode` turns them all into WireError.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from kcli.wire.errors import WireError
from kcli.wire.schema import Field, Schema, Struct

# A request may not hold more elements and tagged fields than this in all its arrays together: each costs microseconds
# to decode and to answer, and a frame of empty strings must not stall the loop. Kafka knows no such bound.
MAX_REQUEST_ELEMENTS = 25_000
_MAX_HEADER_TAGS = 1000

_FIXED = {
    "bool": "?", "int8": "b", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "float64": "d",
    "uuid": "16s",
}  # fmt: skip


def read_uvarint(buffer: Any, position: int) -> tuple[int, int]:
    """An unsigned varint of at most 5 bytes, and the position behind it."""
    value = shift = 0
    while True:
        byte = buffer[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 28:
            raise WireError("a varint is longer than 5 bytes")


def write_uvarint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def skip_tags(buffer: Any, position: int, end: int, count: int) -> int:
    """The position behind `count` tagged fields that this version does not know (KIP-482: ignored)."""
    if count > _MAX_HEADER_TAGS:
        raise WireError(f"{count} tagged fields are more than anybody knows")
    for _ in range(count):
        _, position = read_uvarint(buffer, position)
        size, position = read_uvarint(buffer, position)
        position += size
        if position > end:
            raise WireError("a tagged field ends behind the message")
    return position


def fail(reason: str) -> None:
    raise WireError(reason)


class _Source:
    """Lines of Python with an indentation, and the constants they use."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.lines: list[str] = []
        self.indent = 0
        self.namespace = namespace

    def __call__(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def constant(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self.namespace)}"
        self.namespace[name] = value
        return name

    def compile(self, name: str) -> Any:
        exec("\n".join(self.lines), self.namespace)  # the text is made of schema facts only
        return self.namespace[name]


def _fixed_runs(fields: list[Field]) -> list[list[Field]]:
    """Fields in order, neighbours of fixed size together: one struct call reads or writes them all."""
    runs: list[list[Field]] = []
    for f in fields:
        fixed = f.kind in _FIXED and not f.array
        if fixed and runs and runs[-1][0].kind in _FIXED and not runs[-1][0].array:
            runs[-1].append(f)
        else:
            runs.append([f])
    return runs


# Decoding


class DecoderMaker:
    """Makes `decode(buffer, position, end) -> (object, position)` for a structure at one version."""

    def __init__(self, schema: Schema, version: int, classes: dict[str, type]) -> None:
        self.version = version
        self.flexible = schema.is_flexible(version)
        self.classes = classes
        self.namespace: dict[str, Any] = {
            "uvarint": read_uvarint, "skip_tags": skip_tags, "fail": fail, "new": object.__new__,
        }  # fmt: skip
        self.made: dict[str, str] = {}
        self.bounded = schema.type == "request"

    def make(self, structure: Struct) -> Callable[[Any, int, int], tuple[Any, int]]:
        decode: Callable[[Any, int, int], tuple[Any, int]] = self.namespace[self._function(structure)]
        if not self.bounded:
            return decode
        room = self.namespace["room"] = [0]

        def decode_bounded(buffer: Any, position: int, end: int) -> tuple[Any, int]:
            room[0] = MAX_REQUEST_ELEMENTS
            return decode(buffer, position, end)

        return decode_bounded

    def _bound(self, source: _Source, count: str, what: str) -> None:
        if self.bounded:
            source(f"room[0] -= {count}")
            source(f"if room[0] < 0: fail('{what} has more elements than fit')")

    def _function(self, structure: Struct) -> str:
        if structure.name in self.made:
            return self.made[structure.name]
        name = self.made[structure.name] = "decode_" + structure.name
        source = _Source(self.namespace)
        cls = source.constant("c", self.classes[structure.name])
        source(f"def {name}(b, p, end):")
        source.indent = 1
        source(f"o = new({cls})")
        present = [f for f in structure.fields if f.present(self.version)]
        tagged = [f for f in present if f.is_tagged(self.version)]
        for f in structure.fields:
            if f not in present or f in tagged:
                source(f"o.{f.name} = {self._default(source, f)}")
        for run in _fixed_runs([f for f in present if f not in tagged]):
            self._run(source, run)
        if self.flexible:
            self._tags(source, tagged)
        source("return o, p")
        source.compile(name)
        return name

    def _default(self, source: _Source, f: Field) -> str:
        if f.default is ...:
            if f.array:
                return "[]"
            assert f.struct is not None
            return source.constant("c", self.classes[f.struct.name]) + "()"
        return source.constant("v", f.default)

    def _run(self, source: _Source, run: list[Field]) -> None:
        if run[0].kind in _FIXED and not run[0].array:
            packer = struct.Struct(">" + "".join(_FIXED[f.kind] for f in run))
            unpack = source.constant("s", packer.unpack_from)
            source(", ".join(f"o.{f.name}" for f in run) + f", = {unpack}(b, p)")
            source(f"p += {packer.size}")
            return
        f = run[0]
        if f.array:
            self._array(source, f)
        else:
            self._value(source, f, f"o.{f.name}", f.is_nullable(self.version))

    def _length(self, source: _Source, f: Field, wide: bool) -> None:
        """n = the length, -1 for null, checked against nothing yet."""
        if f.is_compact(self.version, self.flexible):
            source("n = b[p]; p += 1")
            source("if n > 127: n, p = uvarint(b, p - 1)")
            source("n -= 1")
        else:
            packer = struct.Struct(">i" if wide else ">h")
            source(f"n, = {source.constant('s', packer.unpack_from)}(b, p); p += {packer.size}")

    def _null(self, source: _Source, f: Field, target: str, nullable: bool) -> None:
        if nullable:
            source(f"if n < 0: {target} = None")
        else:
            source(f"if n < 0: fail('{f.name} is null, which it may not be')")

    def _value(self, source: _Source, f: Field, target: str, nullable: bool) -> None:
        if f.kind in _FIXED:
            packer = struct.Struct(">" + _FIXED[f.kind])
            source(f"{target}, = {source.constant('s', packer.unpack_from)}(b, p); p += {packer.size}")
        elif f.kind == "struct":
            assert f.struct is not None
            function = self._function(f.struct)
            if nullable:  # a nullable structure is a byte before its fields, -1 or 1; in a tag 0 or 1
                source("n = b[p]; p += 1")
                source(f"if n {'> 127' if not f.is_tagged(self.version) else '== 0'}: {target} = None")
                source(f"else: {target}, p = {function}(b, p, end)")
            else:
                source(f"{target}, p = {function}(b, p, end)")
        else:
            self._length(source, f, wide=f.kind != "string")
            self._null(source, f, target, nullable)
            source("else:")
            source.indent += 1
            source("q = p + n")
            if f.kind == "string":
                source(f"if q > end or n > 32767: fail('{f.name} is longer than the message or than a string may be')")
                source(f"{target} = str(b[p:q], 'utf-8'); p = q")
            else:
                source(f"if q > end: fail('{f.name} ends behind the message')")
                source(f"{target} = {'bytes(b[p:q])' if f.kind == 'bytes' else 'b[p:q]'}; p = q")
            source.indent -= 1

    def _array(self, source: _Source, f: Field) -> None:
        target = f"o.{f.name}"
        self._length(source, f, wide=True)
        self._null(source, f, target, f.is_nullable(self.version))
        source("else:")
        source.indent += 1
        source(f"if n > end - p: fail('{f.name} has more elements than fit')")
        self._bound(source, "n", f.name)
        if f.kind in _FIXED and f.kind not in ("uuid",):
            size = struct.calcsize(">" + _FIXED[f.kind])
            unpack = source.constant("s", struct.unpack_from)
            source(f"{target} = list({unpack}('>%d{_FIXED[f.kind]}' % n, b, p)); p += n * {size}")
        else:
            source(f"a = {target} = []")
            source("for _ in range(n):")
            source.indent += 1
            self._value(source, f, "x", False)
            source("a.append(x)")
            source.indent -= 1
        source.indent -= 1

    def _tags(self, source: _Source, tagged: list[Field]) -> None:
        source("t = b[p]; p += 1")
        source("if t:")
        source.indent += 1
        source("if t > 127: t, p = uvarint(b, p - 1)")
        self._bound(source, "t", "a list of tagged fields")
        if not tagged:
            source("p = skip_tags(b, p, end, t)")
            source.indent -= 1
            return
        source("for _ in range(t):")
        source.indent += 1
        source("k, p = uvarint(b, p); z, p = uvarint(b, p); z += p")
        source("if z > end: fail('a tagged field ends behind the message')")
        for number, f in enumerate(tagged):
            source(f"{'if' if number == 0 else 'elif'} k == {f.tag}:")
            source.indent += 1
            if f.array:
                self._array(source, f)
            else:
                self._value(source, f, f"o.{f.name}", f.is_nullable(self.version))
            source(f"if p != z: fail('the tagged field {f.name} has another size than it says')")
            source.indent -= 1
        source("else: p = z")
        source.indent -= 2


# Encoding


class EncoderMaker:
    """Makes `encode(object, parts)`, which appends to the bytearray parts[-1]; records become parts of their own."""

    def __init__(self, schema: Schema, version: int) -> None:
        self.version = version
        self.flexible = schema.is_flexible(version)
        self.namespace: dict[str, Any] = {"write_uvarint": write_uvarint, "add_records": add_records}
        self.made: dict[str, str] = {}

    def make(self, structure: Struct) -> Callable[[Any, list[Any]], None]:
        result: Callable[[Any, list[Any]], None] = self.namespace[self._function(structure)]
        return result

    def _function(self, structure: Struct) -> str:
        if structure.name in self.made:
            return self.made[structure.name]
        name = self.made[structure.name] = "encode_" + structure.name
        source = _Source(self.namespace)
        source(f"def {name}(o, parts):")
        source.indent = 1
        source("b = parts[-1]")
        present = [f for f in structure.fields if f.present(self.version)]
        tagged = sorted((f for f in present if f.is_tagged(self.version)), key=lambda f: f.tag)
        for run in _fixed_runs([f for f in present if f not in tagged]):
            self._run(source, run)
        if self.flexible:
            self._tags(source, tagged)
        source.compile(name)
        return name

    def _run(self, source: _Source, run: list[Field]) -> None:
        f = run[0]
        if f.kind in _FIXED and not f.array:
            pack = source.constant("s", struct.Struct(">" + "".join(_FIXED[f.kind] for f in run)).pack)
            source(f"b += {pack}({', '.join('o.' + f.name for f in run)})")
            return
        source(f"x = o.{f.name}")
        self._field(source, f)

    def _field(self, source: _Source, f: Field) -> None:
        nullable = f.is_nullable(self.version)
        if f.array:
            self._array(source, f, nullable)
        else:
            self._value(source, f, nullable)

    def _write_length(self, source: _Source, f: Field, wide: bool, expression: str = "n") -> None:
        if f.is_compact(self.version, self.flexible):
            source(f"if {expression} < 127: b.append({expression} + 1)")
            source(f"else: b += write_uvarint({expression} + 1)")
        else:
            pack = source.constant("s", struct.Struct(">i" if wide else ">h").pack)
            source(f"b += {pack}({expression})")

    def _write_null(self, source: _Source, f: Field, wide: bool) -> None:
        null = b"\x00" if f.is_compact(self.version, self.flexible) else (b"\xff\xff\xff\xff" if wide else b"\xff\xff")
        source(f"if x is None: b += {null!r}")
        source("else:")

    def _value(self, source: _Source, f: Field, nullable: bool) -> None:
        if f.kind in _FIXED:
            source(f"b += {source.constant('s', struct.Struct('>' + _FIXED[f.kind]).pack)}(x)")
            return
        if f.kind == "struct":
            assert f.struct is not None
            function = self._function(f.struct)
            if nullable:
                source(f"if x is None: b.append({255 if not f.is_tagged(self.version) else 0})")
                source(f"else: b.append(1); {function}(x, parts)")
            else:
                source(f"{function}(x, parts)")
            if f.struct.has_records():
                source("b = parts[-1]")
            return
        wide = f.kind != "string"
        if nullable:
            self._write_null(source, f, wide)
            source.indent += 1
        if f.kind == "records":
            source("n = sum(map(len, x)) if x.__class__ is list else len(x)")
            self._write_length(source, f, wide)
            source("b = add_records(parts, x, n)")
        else:
            if f.kind == "string":
                source("x = x.encode()")
            source("n = len(x)")
            self._write_length(source, f, wide)
            source("b += x")
        if nullable:
            source.indent -= 1

    def _array(self, source: _Source, f: Field, nullable: bool) -> None:
        if nullable:
            self._write_null(source, f, wide=True)
            source.indent += 1
        source("n = len(x)")
        self._write_length(source, f, wide=True)
        if f.kind in _FIXED and f.kind != "uuid":
            pack = source.constant("s", struct.pack)
            source(f"b += {pack}('>%d{_FIXED[f.kind]}' % n, *x)")
        else:
            source("for x in x:")
            source.indent += 1
            self._value(source, f, False)
            source.indent -= 1
        if nullable:
            source.indent -= 1

    def _tags(self, source: _Source, tagged: list[Field]) -> None:
        if not tagged:
            source("b.append(0)")
            return
        source("tags = []")
        for f in tagged:
            default = source.constant("v", f.default)
            if f.default is ...:
                changed = "x is None or x" if f.array else "x is None or x != x.__class__()"
            else:
                changed = f"x != {default}"
            source(f"x = o.{f.name}")
            source(f"if {changed}:")
            source.indent += 1
            source("outer, parts = parts, [bytearray()]; b = parts[-1]")
            self._field(source, f)
            source(f"tags.append(({f.tag}, b''.join(parts))); parts = outer")
            source.indent -= 1
        source("b = parts[-1]")
        source("b += write_uvarint(len(tags))")
        source("for k, x in tags: b += write_uvarint(k); b += write_uvarint(len(x)); b += x")


def add_records(parts: list[Any], records: Any, size: int) -> bytearray:
    """Hand record batches on as they are; only small ones are cheaper to copy."""
    if size <= 512:
        last: bytearray = parts[-1]
        for buffer in records if records.__class__ is list else (records,):
            last += buffer
        return last
    parts.extend(records if records.__class__ is list else (records,))
    parts.append(bytearray())
    following: bytearray = parts[-1]
    return following
