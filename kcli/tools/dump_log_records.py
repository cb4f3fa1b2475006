"""The batches and records of a log, or of a snapshot of the metadata log, as kafka-dump-log finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kcli.cli.errors import CommandError
from kcli.records.batch import LENGTH_OVERHEAD, BatchHeader, check_crc, parse_header
from kcli.records.errors import CorruptRecord
from kcli.records.reader import Record, read_records
from kcli.tools import dump_log_entries as entries
from kcli.tools.dump_log_decoders import Decoder
from kcli.tools.dump_log_options import NO_LIMIT

_SMALLEST = 14  # of any format, without offset and length
_LEAST = 17  # so many bytes say how long a batch is, and of which format
_SNAPSHOT_NAME = re.compile(r"(\d{20})-(\d{10})\.checkpoint")
_BOOTSTRAP = "bootstrap.checkpoint"


class Found(NamedTuple):
    """A batch in a file."""

    header: BatchHeader
    position: int


class LogFile:
    """A log on disk, of which as much is read as is looked at."""

    def __init__(self, path: Path) -> None:
        import mmap

        self.path = path
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                self.data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except FileNotFoundError:
            raise CommandError(f"java.nio.file.NoSuchFileException: {path}") from None
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None

    def batches(self, position: int = 0, most: int = NO_LIMIT) -> Iterator[Found]:
        """Whole batches from a position on, as far as they go; raises for what is no batch."""
        limit = len(self.data) if most == NO_LIMIT else min(len(self.data), position + most)
        while limit - position >= _LEAST:
            length = int.from_bytes(self.data[position + 8 : position + LENGTH_OVERHEAD], "big", signed=True)
            if length < _SMALLEST:
                raise CommandError(
                    "org.apache.kafka.common.errors.CorruptRecordException: Found record size"
                    f" {length} smaller than minimum record overhead ({_SMALLEST}) in file {self.path}."
                )
            end = position + LENGTH_OVERHEAD + length
            if end > limit:
                return
            try:
                header = parse_header(self.data, position)
            except CorruptRecord as error:
                raise CommandError(f"{self.path}: position {position}: {error}") from None
            yield Found(header, position)
            position = end

    def records(self, found: Found) -> list[Record]:
        """The records of a batch, damaged or not as long as they can be told apart."""
        try:
            return read_records(self.data, found.position) if found.header.count else []
        except CorruptRecord as error:
            raise CommandError(f"{self.path}: position {found.position}: {error}") from None

    def is_intact(self, found: Found) -> bool:
        """Whether the batch's checksum is right."""
        try:
            check_crc(self.data, found.position, found.position + found.header.size)
        except CorruptRecord:
            return False
        return True


def base_offset(path: Path) -> int:
    """The offset that a file is named after."""
    text = path.name.split(".")[0]
    if not text.isascii() or not text.isdigit():
        raise CommandError(f'java.lang.NumberFormatException: For input string: "{text}"')
    return int(text)


class LogDump:
    """How logs are looked at; `gaps` collects, by file, offsets that do not follow one another."""

    def __init__(self, decoder: Decoder | None, *, deep: bool, metadata: bool, most: int) -> None:
        self.gaps: dict[str, list[tuple[int, int]]] = {}
        self.deep = deep or decoder is not None
        self._decoder = decoder
        self._metadata = metadata
        self._most = most

    def dump(self, path: Path) -> Iterator[entries.Found]:
        """All of a file: its batches, and behind each its records where they are looked at."""
        yield _heading(path)
        file = LogFile(path)
        end = 0
        last_offset = -1
        for found in file.batches(0, self._most):
            yield entries.Batch(path, found.header, found.position, file.is_intact(found))
            if self.deep:
                for record in file.records(found):
                    if record.offset != last_offset + 1:
                        self.gaps.setdefault(str(path.absolute()), []).append((last_offset, record.offset))
                    last_offset = record.offset
                    yield self._record(path, found.header, record)
            end = found.position + found.header.size
        if len(file.data) > end and self._most == NO_LIMIT:
            yield f"Found {len(file.data) - end} invalid bytes at the end of {path.name}"

    def _record(self, path: Path, header: BatchHeader, record: Record) -> entries.LogRecord:
        shown = None if self._decoder is None or header.is_control else self._decoder(record)
        return entries.LogRecord(path, header, record, shown, self._metadata)


def _heading(path: Path) -> str:
    if path.name == _BOOTSTRAP:
        return "KRaft bootstrap snapshot"
    match = _SNAPSHOT_NAME.fullmatch(path.name)
    if match is not None:
        return f"Snapshot end offset: {int(match[1])}, epoch: {int(match[2])}"
    if path.suffix == ".checkpoint":
        raise CommandError(f"{path}: no name of a snapshot of the metadata log")
    return f"Log starting offset: {base_offset(path)}"
