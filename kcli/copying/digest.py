"""A digest of a partition's records that does not depend on how they are batched, compressed or numbered.

It is the SHA-256 of, for each record in order: the timestamp (int64), the lengths of key and value (int32, -1 for
null), the number of headers (int32), key, value; and for each header, in order, the lengths of name and value (int32,
-1 for a null value), name, value. All numbers are big-endian.
"""

from __future__ import annotations

import hashlib
from struct import Struct
from typing import Any

from kcli.records.batch import iterate_batches
from kcli.records.reader import scan

_RECORD = Struct(">qiii").pack
_HEADER = Struct(">ii").pack


class Digest:
    """The digest of one partition so far."""

    def __init__(self) -> None:
        self.records = 0
        self._hash = hashlib.sha256()

    def add(self, data: Any) -> None:
        """Take the records of some whole batches."""
        for header, start, _ in iterate_batches(data):
            self._hash.update(canonical(data, start))
            self.records += header.count

    def text(self) -> str:
        return self._hash.hexdigest()


def canonical(data: Any, start: int = 0) -> bytes:
    """The records of the batch at start, as the digest sees them."""
    records, headers = scan(data, start)
    parts: list[bytes] = []
    for index, (_, timestamp, key, value) in enumerate(records):
        fields = headers.get(index, ()) if headers else ()
        parts.append(
            _RECORD(timestamp, -1 if key is None else len(key), -1 if value is None else len(value), len(fields))
        )
        if key:
            parts.append(key)
        if value:
            parts.append(value)
        for text, content in fields:
            name = text.encode("utf-8", "surrogateescape")
            parts.append(_HEADER(len(name), -1 if content is None else len(content)))
            parts += (name, content or b"")
    return b"".join(parts)


def combined(digests: list[str]) -> str:
    """One digest for a topic, of its partitions' in order."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()
