"""What can be wrong with bytes that claim to be records."""

from __future__ import annotations


class CorruptRecord(ValueError):
    """The bytes are not a well-formed record batch."""


class UnsupportedMagic(CorruptRecord):
    """A message set of before Kafka 0.11 (magic 0 or 1), or a format that nobody has written yet."""


class DecompressedTooLarge(CorruptRecord):
    """The records would decompress to more bytes than the reader is willing to hold."""
