"""A segment's indexes and a partition's producer snapshots, as kafka-dump-log finds and checks them.

The index files of a segment in use are larger than what is in them: zeros follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct

from kcli.cli.errors import CommandError
from kcli.records.batch import checksum
from kcli.storage.errors import CorruptFile
from kcli.storage.indexes import TransactionIndex
from kcli.storage.producer_state import decode_snapshot
from kcli.tools.dump_log_entries import Aborted, Found, OffsetEntry, Producer, TimeEntry
from kcli.tools.dump_log_records import LogFile, base_offset

_OFFSET_ENTRY = Struct(">ii")
_TIME_ENTRY = Struct(">qi")
_CRC = Struct(">I")
_CRC_END = 6
_CORRUPT = "org.apache.kafka.storage.internals.log.CorruptIndexException"
_NO_TIMESTAMP = -1

Pairs = dict[str, list[tuple[int, int]]]


class IndexDump:
    """How indexes are looked at; what does not agree with the log is collected by file."""

    def __init__(self, *, sanity_only: bool, verify_only: bool, largest: int) -> None:
        self._largest = largest
        self._sanity_only = sanity_only
        self._verify_only = verify_only
        self.mismatches: Pairs = {}
        self.wrong_times: Pairs = {}
        self.unordered_times: Pairs = {}
        self.not_found: Pairs = {}

    def dump_offsets(self, path: Path) -> Iterator[Found]:
        """An offset index."""
        base = base_offset(path)
        log = LogFile(path.with_suffix(".log"))
        data = _read(path)
        if len(data) < _OFFSET_ENTRY.size:
            yield f"{path} is empty."
            return
        if self._sanity_only:
            _check_length(path, data, _OFFSET_ENTRY)
            last = base + _last(data, _OFFSET_ENTRY)[0]
            if last < base:
                raise _corrupt(path, f"non-zero size but the last offset is {last} which is less than the base", base)
            yield f"{path} passed sanity check."
            return
        for offset, position in _offset_entries(data, base):
            found = next(log.batches(position), None)
            if found is not None and found.header.size > self._largest:
                raise CommandError(
                    f"{log.path}: the batch at position {position} has {found.header.size} bytes,"
                    f" more than --max-message-size {self._largest}"
                )
            last_offset = -1 if found is None else found.header.last_offset
            if last_offset != offset:
                self.mismatches.setdefault(str(path.absolute()), []).append((offset, last_offset))
            if not self._verify_only:
                yield OffsetEntry(path, offset, position)

    def dump_times(self, path: Path) -> Iterator[Found]:
        """A time index."""
        base = base_offset(path)
        log = LogFile(path.with_suffix(".log"))
        data = _read(path)
        if self._sanity_only:
            yield from self._check_times(path, data, base)
            return
        index_path = path.with_suffix(".index")
        positions = list(_offset_entries(_read(index_path), base)) if index_path.exists() else []
        previous = _NO_TIMESTAMP
        name = str(path.absolute())
        for number, (timestamp, relative) in enumerate(_entries(data, _TIME_ENTRY)):
            offset = base + relative
            if number and not relative:
                return
            start = max((position for indexed, position in positions if indexed <= offset), default=0)
            found = next((found for found in log.batches(start) if found.header.last_offset >= offset), None)
            if found is None or found.header.last_offset != offset:
                in_log = -1 if found is None else found.header.last_offset
                self.not_found.setdefault(name, []).append((offset, in_log))
            else:
                latest = max((record.timestamp for record in log.records(found)), default=_NO_TIMESTAMP)
                if latest != timestamp:
                    self.wrong_times.setdefault(name, []).append((timestamp, latest))
                if previous >= timestamp:
                    self.unordered_times.setdefault(name, []).append((timestamp, previous))
            if not self._verify_only:
                yield TimeEntry(path, timestamp, offset)
            previous = timestamp

    def _check_times(self, path: Path, data: bytes, base: int) -> Iterator[Found]:
        _check_length(path, data, _TIME_ENTRY)
        if data:
            first = _TIME_ENTRY.unpack_from(data)[0]
            timestamp, relative = _last(data, _TIME_ENTRY)
            if timestamp < first:
                raise _corrupt(path, f"non-zero size but the last timestamp is {timestamp} which is less than the first"
                               " timestamp", first)  # fmt: skip
            if relative < 0:
                raise _corrupt(path, f"non-zero size but the last offset is {base + relative} which is less than the"
                               " first offset", base)  # fmt: skip
        yield f"{path} passed sanity check."

    def remarks(self) -> Iterator[str]:
        """What did not agree, in Kafka's order."""
        for name, pairs in self.mismatches.items():
            yield f"Mismatches in :{name}"
            yield from (f"  Index offset: {first}, log offset: {second}" for first, second in pairs)
        for name, pairs in self.wrong_times.items():
            yield f"Found timestamp mismatch in :{name}"
            yield from (f"  Index timestamp: {first}, log timestamp: {second}" for first, second in pairs)
        for name, pairs in self.unordered_times.items():
            yield f"Found out of order timestamp in :{name}"
            for first, second in pairs:
                yield f"  Index timestamp: {first}, Previously indexed timestamp: {second}"
        for name, pairs in self.not_found.items():
            yield f"The following indexed offsets are not found in :{name}"
            yield from (f"Indexed offset: {first}, found log offset: {second}" for first, second in pairs)


def dump_transactions(path: Path) -> Iterator[Found]:
    """An index of aborted transactions."""
    base = base_offset(path)
    try:
        index = TransactionIndex.load(base, _read(path))
    except CorruptFile as error:
        raise CommandError(f"{_CORRUPT}: {path}: {error}") from None
    for found in index.entries:
        yield Aborted(path, found)


def dump_producers(path: Path, warn: Callable[[str], None]) -> Iterator[Found]:
    """A snapshot of what a log knows of its producers."""
    data = _read(path)
    try:
        producers = decode_snapshot(data)
    except CorruptFile as error:
        warn(f"Snapshot is corrupt ({_what_is_wrong(data, error)}")
        return
    for producer_id, entry in producers.items():
        yield Producer(path, producer_id, entry)


def _what_is_wrong(data: bytes, error: CorruptFile) -> str:
    if len(data) >= _CRC_END:
        (stored,) = _CRC.unpack_from(data, _CRC_END - _CRC.size)
        computed = checksum(data[_CRC_END:])
        if stored != computed:
            return f"CRC is no longer valid). Stored crc: {stored}. Computed crc: {computed}"
    return f"{error})"


def _entries(data: bytes, entry: Struct) -> Iterator[tuple[int, ...]]:
    return entry.iter_unpack(data[: len(data) // entry.size * entry.size])


def _offset_entries(data: bytes, base: int) -> Iterator[tuple[int, int]]:
    for number, (relative, position) in enumerate(_entries(data, _OFFSET_ENTRY)):
        if number and not relative:
            return
        yield base + relative, position


def _last(data: bytes, entry: Struct) -> tuple[int, ...]:
    return entry.unpack_from(data, (len(data) // entry.size - 1) * entry.size)


def _check_length(path: Path, data: bytes, entry: Struct) -> None:
    if len(data) % entry.size:
        raise CommandError(
            f"{_CORRUPT}: Index file {path.absolute()} is corrupt, found {len(data)} bytes which is neither positive"
            f" nor a multiple of {entry.size}."
        )


def _corrupt(path: Path, what: str, least: int) -> CommandError:
    return CommandError(f"{_CORRUPT}: Corrupt index found, index file ({path.absolute()}) has {what} {least}.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"java.io.FileNotFoundException: {path} (No such file or directory)") from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
