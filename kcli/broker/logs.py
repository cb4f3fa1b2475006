"""What the broker writes about itself: lines in the form of Kafka's own log, so that what reads those reads these."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

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


def configure(stream: TextIO | None = None, level: str = "INFO") -> None:
    """Send every line to one stream."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(logging.Formatter(_PATTERN))
    logging.addLevelName(logging.WARNING, "WARN")
    logging.addLevelName(logging.CRITICAL, "FATAL")
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS.get(level.upper(), logging.INFO))
    logging.getLogger("kazoo").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
