"""Kafka's ids: 16 bytes on the wire, 22 characters of URL-safe base64 in text.

Not the standard library's uuid: its import costs more than all of this, and Kafka's text form is another one.
"""

from __future__ import annotations

import base64
import binascii
import os

ZERO = bytes(16)
METADATA_TOPIC_ID = bytes(15) + b"\x01"
_RESERVED = {ZERO, METADATA_TOPIC_ID}


def random() -> bytes:
    """A random (version 4) id whose text does not begin with a dash, as Kafka's."""
    while True:
        raw = bytearray(os.urandom(16))
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        made = bytes(raw)
        if made not in _RESERVED and not to_text(made).startswith("-"):
            return made


def to_text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value)[:22].decode()


def from_text(text: str) -> bytes:
    """The id of a text; ValueError if it is not 22 characters of base64."""
    try:
        value = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != 16:
        raise ValueError(f"Input string `{text}` is not 22 characters of base64 for a 16-byte id")
    return value
