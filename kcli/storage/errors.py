"""What can be wrong with a folder or a file, each in one line that names it; and per-record refusals of an append."""

from __future__ import annotations

import errno

from kcli.records.errors import CorruptRecord
from kcli.wire.errors import KafkaError

__all__ = ["CorruptFile", "CorruptRecord", "Interrupted", "LogDirError", "RecordErrors", "passes"]

_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def passes(error: OSError) -> bool:
    """A full disk or a full file table passes; anything else that fails means that the disk cannot be trusted."""
    return error.errno in _PASSING


class LogDirError(Exception):
    """A log dir cannot be used: locked by another process, not writable, or somebody else's."""


class CorruptFile(Exception):
    """A checkpoint, index or snapshot file does not hold what it should."""


class Interrupted(Exception):
    """Logs were being loaded, and somebody no longer wants them."""


class RecordErrors(KafkaError):
    """An append refused because of single records: (index in the batch, why) go into the produce response."""

    def __init__(self, code: int, message: str, record_errors: list[tuple[int, str]]) -> None:
        super().__init__(code, message)
        self.record_errors = record_errors
