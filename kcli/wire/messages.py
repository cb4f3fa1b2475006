"""Message classes, made on first use: `messages.MetadataRequest`, `messages.TopicRecord`, `messages.OffsetCommitKey`.

    request = messages.MetadataRequest(topics=[messages.MetadataRequest.MetadataRequestTopic(name="t")])
    buffers = request.encode(12)
    request, position = messages.MetadataRequest.decode(b"".join(buffers), 12)

Every schema in `schemas/` has its class here; fields are attributes in snake_case with the schema's defaults, inner
structures hang off their message under their own names. Strings are str, bytes are bytes, records are views into
the buffer they were decoded from, ids are 16 bytes, arrays are lists, null is None.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, ClassVar

from kcli.wire import schema as schemas
from kcli.wire.codec import DecoderMaker, EncoderMaker
from kcli.wire.errors import WireError


class Fields:
    """What messages and their inner structures share: equality, a readable form, a dict."""

    __slots__ = ()
    _names: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{self.__class__.__name__}({inner})"

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, inner structures as dicts too."""
        return {name: _plain(getattr(self, name)) for name in self._names}


def _plain(value: Any) -> Any:
    if isinstance(value, Fields):
        return value.to_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return bytes(value) if isinstance(value, memoryview) else value


class Message(Fields):
    """A whole message. `VERSIONS` are those of the schema, `FLEXIBLE` is the first with tagged fields (or None)."""

    __slots__ = ()
    NAME: ClassVar[str]
    API_KEY: ClassVar[int | None]
    VERSIONS: ClassVar[tuple[int, int]]
    FLEXIBLE: ClassVar[int | None]
    SCHEMA: ClassVar[schemas.Schema]
    _classes: ClassVar[dict[str, type]]
    _decoders: ClassVar[dict[int, Callable[[Any, int, int], tuple[Any, int]]]]
    _encoders: ClassVar[dict[int, Callable[[Any, list[Any]], None]]]

    def encode(self, version: int) -> list[Any]:
        """The message as buffers to be sent one after the other; large record batches are passed through uncopied."""
        encoder = self._encoders.get(version)
        if encoder is None:
            self._check(version)
            encoder = self._encoders[version] = EncoderMaker(self.SCHEMA, version).make(self.SCHEMA.root)
        parts: list[Any] = [bytearray()]
        encoder(self, parts)
        return parts

    def encode_bytes(self, version: int) -> bytes:
        return b"".join(self.encode(version))

    @classmethod
    def decode(cls, buffer: bytes | memoryview, version: int, position: int = 0) -> tuple[Any, int]:
        """(message, position behind it). Raises WireError where the bytes do not fit this version."""
        decoder = cls._decoders.get(version)
        if decoder is None:
            cls._check(version)
            decoder = cls._decoders[version] = DecoderMaker(cls.SCHEMA, version, cls._classes).make(cls.SCHEMA.root)
        try:
            message, position = decoder(buffer, position, len(buffer))
        except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
            raise WireError(f"{cls.NAME} v{version}: {error}") from None
        if position > len(buffer):
            raise WireError(f"{cls.NAME} v{version}: the message ends before its last field")
        return message, position

    @classmethod
    def _check(cls, version: int) -> None:
        if not cls.VERSIONS[0] <= version <= cls.VERSIONS[1]:
            raise WireError(f"{cls.NAME} has no version {version}; it has {cls.VERSIONS[0]} to {cls.VERSIONS[1]}")


def _make_class(structure: schemas.Struct, base: type, classes: dict[str, type], extra: dict[str, Any]) -> type:
    names = tuple(f.name for f in structure.fields)
    parameters, body = [], []
    namespace: dict[str, Any] = {"unset": ...}
    for f in structure.fields:
        namespace[f"d_{f.name}"] = f.default
        parameters.append(f"{f.name}=d_{f.name}")
        fresh = "[]" if f.array else (f"c_{f.name}()" if f.struct is not None else "")
        if f.struct is not None:
            namespace[f"c_{f.name}"] = classes[f.struct.name]
        body.append(f"self.{f.name} = {f.name}" + (f" if {f.name} is not unset else {fresh}" if fresh else ""))
    signature = "self" + (", *, " + ", ".join(parameters) if parameters else "")
    exec(f"def __init__({signature}):\n    " + ("\n    ".join(body) or "pass"), namespace)
    attributes = {"__slots__": names, "_names": names, "__init__": namespace["__init__"], "__module__": __name__}
    return type(structure.name, (base,), {**attributes, **extra})


def make(name: str) -> type[Message]:
    """The class of a message by its Kafka name; KeyError if Kafka has no such message."""
    loaded = schemas.load(name)
    classes: dict[str, type] = {}
    for structure in loaded.structs.values():  # inner ones come before those that hold them
        classes[structure.name] = _make_class(structure, Fields, classes, {})
    first_flexible = loaded.flexible[0] if loaded.flexible != schemas.NO_VERSIONS else None
    extra = {
        **classes,
        "NAME": name,
        "API_KEY": loaded.api_key,
        "VERSIONS": loaded.versions,
        "FLEXIBLE": first_flexible,
        "SCHEMA": loaded,
        "_classes": classes,
        "_decoders": {},
        "_encoders": {},
    }
    made = _make_class(loaded.root, Message, classes, extra)
    classes[name] = made
    return made


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(name)
    try:
        made = make(name)
    except KeyError:
        raise AttributeError(f"Kafka has no message {name!r}") from None
    globals()[name] = made
    return made
