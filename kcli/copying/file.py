"""The dump file: frames that each carry their own checksum, so that one cut short is seen and cut off.

    8 bytes         "KCLIDUMP"
    frames          kind (1 byte), length of the payload (uint32), CRC-32C of kind, length and payload (uint32), payload

    M  manifest     JSON: version, cluster, created, topics (name, id, replicationFactor, configs, starts, ends), groups
    P  part         topic (uint32), partition (uint32), next offset (int64), records (uint32), and then whole record
                    batches (format v2) as the broker stored them
    E  end          JSON: a list of [topic, partition, records, digest]; nothing follows

Numbers are big-endian; topics are named by their place in the manifest. A file without an end is one that was
interrupted: it can be gone on with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from struct import Struct
from struct import error as StructError
from typing import Any, BinaryIO, NamedTuple

from kcli.copying.errors import CopyError
from kcli.copying.stream import End, GroupOffset, Manifest, Part, Place, Sum, TopicInfo
from kcli.records.batch import checksum

MAGIC = b"KCLIDUMP"
VERSION = 1
MANIFEST, PART, END = b"M", b"P", b"E"
_HEAD = Struct(">cI")
_CRC = Struct(">I")
_PART = Struct(">IIqI")
_FRAME_OVERHEAD = _HEAD.size + _CRC.size
_LARGEST = 1 << 31


class Frame(NamedTuple):
    """A frame that is whole; `end` is where the next one begins."""

    kind: bytes
    payload: memoryview
    end: int


class Torn(Exception):
    """The file ends within a frame, or holds bytes that are none; `position` is where the last whole frame ends."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def write_frame(stream: BinaryIO, kind: bytes, *payload: Any) -> None:
    head = _HEAD.pack(kind, sum(map(len, payload)))
    crc = checksum(head)
    for piece in payload:
        crc = checksum(piece, crc)
    stream.write(head + _CRC.pack(crc))
    for piece in payload:
        stream.write(piece)


def read_frames(stream: BinaryIO) -> Iterator[Frame]:
    """Every frame; raises Torn where the bytes stop making sense, which is where a writer was killed."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise Torn(0)
    position = len(MAGIC)
    while head := _read(stream, _FRAME_OVERHEAD):
        if len(head) < _FRAME_OVERHEAD:
            raise Torn(position)
        kind, length = _HEAD.unpack_from(head)
        (crc,) = _CRC.unpack_from(head, _HEAD.size)
        if length > _LARGEST or kind not in (MANIFEST, PART, END):
            raise Torn(position)
        payload = _read(stream, length)
        if len(payload) < length or checksum(payload, checksum(head[: _HEAD.size])) != crc:
            raise Torn(position)
        position += _FRAME_OVERHEAD + length
        yield Frame(kind, memoryview(payload), position)


def _read(stream: BinaryIO, size: int) -> bytes:
    """As many bytes as there are; a pipe gives them in pieces."""
    data = stream.read(size)
    while 0 < len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return data


def begin(stream: BinaryIO, manifest: Manifest) -> None:
    """Write what every dump starts with."""
    stream.write(MAGIC)
    write_frame(stream, MANIFEST, encode_manifest(manifest))


def write_part(stream: BinaryIO, part: Part) -> None:
    write_frame(stream, PART, _PART.pack(*part.place, part.next_offset, part.records), part.data)


def write_end(stream: BinaryIO, end: End) -> None:
    rows = [[*place, *total] for place, total in sorted(end.items())]
    write_frame(stream, END, json.dumps(rows, separators=(",", ":")).encode())


def encode_manifest(manifest: Manifest) -> bytes:
    topics = [
        {
            "name": topic.name,
            "id": topic.id,
            "replicationFactor": topic.replication_factor,
            "configs": topic.configs,
            "starts": topic.starts,
            "ends": topic.ends,
        }
        for topic in manifest.topics
    ]
    groups = [list(group) for group in manifest.groups]
    fields = {"version": VERSION, "cluster": manifest.cluster, "created": manifest.created}
    return json.dumps({**fields, "topics": topics, "groups": groups}, separators=(",", ":")).encode()


def decode_manifest(payload: Any) -> Manifest:
    try:
        fields = json.loads(bytes(payload))
        version = fields["version"]
        if version != VERSION:
            raise CopyError(f"the dump has version {version}, this kcli reads version {VERSION}")
        topics = [
            TopicInfo(row["name"], row["id"], row["replicationFactor"], row["configs"], row["starts"], row["ends"])
            for row in fields["topics"]
        ]
        groups = [GroupOffset(*row) for row in fields["groups"]]
        return Manifest(fields["cluster"], fields["created"], topics, groups)
    except (ValueError, KeyError, TypeError):
        raise CopyError("the dump's manifest makes no sense") from None


class DumpReader:
    """A dump as a stream. `end` is known when all parts have been read."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        self._frames = read_frames(stream)
        self.position = 0
        self.end: End | None = None
        try:
            first = next(self._frames, None)
        except Torn:
            first = None
        if first is None or first.kind != MANIFEST:
            raise CopyError(f"{name} is no dump of kcli's")
        try:
            self.manifest = decode_manifest(first.payload)
        except CopyError as error:
            raise CopyError(f"{name}: {error}") from None
        self.position = first.end

    def parts(self) -> Iterator[Part]:
        """The parts up to the end, or up to where the file is torn or stops; `end` is None then."""
        try:
            for frame in self._frames:
                if frame.kind == END:
                    self.end = _decode_end(frame.payload, self._name)
                    self.position = frame.end
                    return
                if frame.kind != PART:
                    return
                part = self._part(frame)
                self.position = frame.end
                yield part
        except Torn:
            return

    def _part(self, frame: Frame) -> Part:
        try:
            topic, partition, next_offset, count = _PART.unpack_from(frame.payload)
            known = partition < self.manifest.topics[topic].partitions
        except (StructError, IndexError):
            known = False
        if not known:
            raise CopyError(f"{self._name} has a part that belongs to no partition of its manifest")
        return Part((topic, partition), next_offset, count, frame.payload[_PART.size :])


def _decode_end(payload: Any, name: str) -> dict[Place, Sum]:
    try:
        return {(topic, number): Sum(records, digest) for topic, number, records, digest in json.loads(bytes(payload))}
    except (ValueError, TypeError):
        raise CopyError(f"the end of {name} makes no sense") from None
