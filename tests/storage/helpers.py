"""What the tests of storage share: small logs, batches, and reading a log to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kcli.clock import ManualClock
from kcli.records.batch import iterate_batches
from kcli.records.builder import build_batch, build_values
from kcli.records.reader import read_raw
from kcli.storage.config import LogConfig
from kcli.storage.fs import FileSystem
from kcli.storage.log import Log
from tests.storage.faults import TidyFileSystem

NOW = 1_700_000_000_000
CLOCK = ManualClock(NOW)


def values(*texts: str, **header: Any) -> bytes:
    return build_values([text.encode() for text in texts], header.pop("timestamp", NOW), **header)


def keyed(*pairs: tuple[str | None, str | None], timestamp: int = NOW, **header: Any) -> bytes:
    records = [
        (timestamp, None if key is None else key.encode(), None if value is None else value.encode(), ())
        for key, value in pairs
    ]
    return build_batch(records, **header)


def open_log(folder: Path, config: LogConfig | None = None, *, fs: FileSystem | None = None, **options: Any) -> Log:
    clock = options.pop("clock", CLOCK)
    return Log(fs or TidyFileSystem(), clock, str(folder / "t-0"), config or LogConfig(), **options)


def commit(log: Log) -> Log:
    log.high_watermark = log.log_end_offset
    return log


def contents(log: Log, max_bytes: int = 1 << 20) -> list[tuple[int, bytes | None]]:
    """(offset, value) of all records from the log's start to its end, read as a consumer reads."""
    found: list[tuple[int, bytes | None]] = []
    offset = log.log_start_offset
    while offset < log.log_end_offset:
        records = bytes(log.read(offset, max_bytes).records)
        if not records:
            break
        for header, start, end in iterate_batches(records):
            if not header.is_control:
                found += [(row[0], row[3]) for row in read_raw(records[start:end]) if row[0] >= offset]
            following = header.next_offset
        assert following > offset
        offset = following
    return found
