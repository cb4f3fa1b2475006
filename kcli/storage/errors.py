"""What can be wrong with a folder or a file, each in one line that names it; and per-record refusals of an append."""

from __future__ import annotations

from kcli.records.errors import CorruptRecord
from kcli.wire.errors import KafkaError

__all__ = ["CorruptFile", "CorruptRecord", "LogDirError", "RecordErrors"]


class LogDirError(Exception):
    """A log dir cannot be used: locked by another process, not writable, or somebody else's."""


class CorruptFile(Exception):
    """A checkpoint, index or snapshot file does not hold what it should."""


class RecordErrors(KafkaError):
    """An append refused because of single records: (index in the batch, why) go into the produce response."""

    def __init__(self, code: int, message: str, record_errors: list[tuple[int, str]]) -> None:
        super().__init__(code, message)
        self.record_errors = record_errors
