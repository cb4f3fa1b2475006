"""What the broker writes about itself: lines in the form of Kafka's own log, so that what reads those reads these."""

from __future__ import annotations

import logging
from typing import BinaryIO

LEVEL_VARIABLE = "KCLI_LOG_LEVEL"
_PATTERN = "[%(asctime)s] %(levelname)s %(message)s (%(name)s)"

_LEVELS = {
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "OFF": logging.CRITICAL,
}


class _Lines(logging.Handler):
    """Writes to a stream of bytes, a line at a time, so that nobody waits for a buffer to fill."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.setFormatter(logging.Formatter(_PATTERN))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._stream.write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
            self._stream.flush()
        except OSError:  # a log that nobody can read any more is no reason to stop serving
            pass


def configure(stream: BinaryIO, level: str) -> None:
    """Send every line to one stream."""
    logging.addLevelName(logging.WARNING, "WARN")
    logging.addLevelName(logging.CRITICAL, "FATAL")
    root = logging.getLogger()
    root.handlers[:] = [_Lines(stream)]
    root.setLevel(_LEVELS.get(level.upper(), logging.INFO))
    for noisy in ("kazoo", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
