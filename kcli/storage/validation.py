"""What a leader checks of the batches it is given, and how it gives them their place in the log.

Batches are opaque wherever they can be: the header is checked, the offset and epoch are patched, the CRC stays. Only a
compacted topic, another compression or a lower bound for timestamps makes the records be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any, NamedTuple

from kcli.records.batch import (
    CHECKED_FROM,
    HEADER,
    HEADER_SIZE,
    LOG_APPEND_TIME,
    MAGIC,
    MAGIC_POSITION,
    NO_TIMESTAMP,
    BatchHeader,
    check_crc,
    checksum,
    iterate_batches,
    parse_header,
)
from kcli.records.builder import build_batch
from kcli.records.errors import CorruptRecord, DecompressedTooLarge, UnsupportedMagic
from kcli.records.reader import Record, read_records
from kcli.storage.config import FOREVER, LogConfig
from kcli.storage.errors import RecordErrors
from kcli.wire import errors
from kcli.wire.errors import KafkaError

Buffer = Any  # bytes, bytearray or memoryview

_PLACE = Struct(">qii")  # base offset, length, leader epoch: the bytes in front of what the CRC or the magic cover
_MOST_DECOMPRESSED = 32 << 20
_MOST_RECORDS = 500_000
_SHOWN_ERRORS = 3
_make_header = BatchHeader._make


class Placed(NamedTuple):
    """A batch as it goes into the log: its header with offset and epoch, and the buffers to write."""

    header: BatchHeader
    buffers: Sequence[Buffer]


def place(records: Buffer, start: int, end: int, header: BatchHeader, offset: int, leader_epoch: int) -> Placed:
    """Give a batch its offset and epoch without copying or changing its other bytes."""
    placed = _make_header((offset, header[1], leader_epoch, *header[3:]))
    prefix = _PLACE.pack(offset, header[1], leader_epoch)
    return Placed(placed, (prefix, memoryview(records)[start + MAGIC_POSITION : end]))


def place_own(records: Buffer, offset: int, leader_epoch: int) -> list[Placed]:
    """Batches that this broker itself wrote: only their place is missing."""
    batches = []
    for header, start, end in iterate_batches(records):
        batches.append(place(records, start, end, header, offset, leader_epoch))
        offset = batches[-1].header.next_offset
    return batches


def read_replicated(records: Buffer) -> list[Placed]:
    """Batches from a leader, which have their place: checked for damage and order; an incomplete last one is cut."""
    batches: list[Placed] = []
    view = memoryview(records)
    next_offset = 0
    try:
        for header, start, end in iterate_batches(records):
            check_crc(records, start, end)
            if header.base_offset < next_offset:
                raise CorruptRecord(f"batch at offset {header.base_offset} where {next_offset} comes next")
            next_offset = header.next_offset
            batches.append(Placed(header, (view[start:end],)))
    except CorruptRecord as error:
        raise KafkaError(errors.CORRUPT_MESSAGE, str(error)) from None
    return batches


def place_client(records: Buffer, config: LogConfig, name: str, offset: int, leader_epoch: int, now_ms: int) -> Placed:
    """Check the one batch of a produce request as Kafka does, and give it its place."""
    header = _client_header(records, config, name)
    if _must_read_records(header, config, now_ms):
        content = _read_content(records, header, name)
        _check_records(content, config, name, now_ms)
        if config.target_codec(header.codec) != header.codec:
            return _rebuild(content, header, config, name, offset, leader_epoch, now_ms)
    if config.uses_log_append_time:
        return _stamp(records, header, offset, leader_epoch, now_ms)
    return place(records, 0, header.size, header, offset, leader_epoch)


def _client_header(records: Buffer, config: LogConfig, name: str) -> BatchHeader:
    try:
        header = parse_header(records)
        end = header.size
        if end > len(records):
            raise CorruptRecord(f"batch of {end} bytes in a request with {len(records)}")
    except UnsupportedMagic as error:
        known = len(records) > MAGIC_POSITION and records[MAGIC_POSITION] < MAGIC
        raise KafkaError(errors.INVALID_RECORD if known else errors.CORRUPT_MESSAGE, str(error)) from None
    except CorruptRecord as error:
        raise KafkaError(errors.CORRUPT_MESSAGE, f"{error} in topic partition {name}") from None
    if header.base_offset != 0:
        raise _invalid(
            f"The baseOffset of the record batch in the append to {name} should be 0, but it is {header.base_offset}"
        )
    if end > config.max_message_bytes:
        raise KafkaError(
            errors.MESSAGE_TOO_LARGE,
            f"The record batch size in the append to {name} is {end} bytes which exceeds the maximum configured "
            f"value of {config.max_message_bytes}.",
        )
    try:
        check_crc(records, 0, end)
    except CorruptRecord:
        raise KafkaError(
            errors.CORRUPT_MESSAGE, f"Record is corrupt (stored crc = {header.crc}) in topic partition {name}."
        ) from None
    if len(records) - end >= HEADER_SIZE:
        raise _invalid("Compressed outer record has more than one batch")
    if header.count <= 0:
        raise _invalid(f"Invalid reported count for record batch: {header.count} in topic partition {name}")
    if header.last_offset_delta + 1 != header.count:
        raise _invalid(
            f"Inconsistent batch offset range [0, {header.last_offset_delta}] and count of records {header.count} "
            f"in topic partition {name}"
        )
    if header.is_control:
        raise _invalid(f"Clients are not allowed to write control records in topic partition {name}")
    if header.has_producer and header.base_sequence < 0:
        raise _invalid(
            f"Invalid sequence number {header.base_sequence} in record batch with producerId {header.producer_id} "
            f"in topic partition {name}"
        )
    if header.codec > 4:
        raise _invalid(f"Unknown compression type id: {header.codec}")
    if header.uses_log_append_time:
        raise KafkaError(
            errors.INVALID_TIMESTAMP,
            f"Invalid timestamp type in batch for {name}. Producer should not set timestamp type to LogAppendTime.",
        )
    return header


def _invalid(message: str) -> KafkaError:
    return KafkaError(errors.INVALID_RECORD, message)


def _must_read_records(header: BatchHeader, config: LogConfig, now_ms: int) -> bool:
    if config.compact or config.target_codec(header.codec) != header.codec:
        return True
    if config.uses_log_append_time:
        return False
    return (
        config.message_timestamp_before_max_ms != FOREVER
        or header.max_timestamp - now_ms > config.message_timestamp_after_max_ms
    )


def _read_content(records: Buffer, header: BatchHeader, name: str) -> list[Record]:
    try:
        if header.count > _MOST_RECORDS:
            raise DecompressedTooLarge(f"{header.count} records in one batch are more than {_MOST_RECORDS}")
        return read_records(records, limit=_MOST_DECOMPRESSED)
    except DecompressedTooLarge as error:
        raise KafkaError(errors.MESSAGE_TOO_LARGE, f"{error} in topic partition {name}") from None
    except CorruptRecord as error:
        raise _invalid(f"{error} in topic partition {name}") from None


def _check_records(content: Iterable[Record], config: LogConfig, name: str, now_ms: int) -> None:
    earliest = now_ms - config.message_timestamp_before_max_ms
    latest = now_ms + config.message_timestamp_after_max_ms
    check_times = not config.uses_log_append_time
    invalid_time = False
    found: list[tuple[int, str]] = []
    for index, record in enumerate(content):
        if config.compact and record.key is None:
            found.append((index, f"Compacted topic cannot accept message without key in topic partition {name}"))
        elif check_times and record.timestamp != NO_TIMESTAMP and not earliest <= record.timestamp <= latest:
            invalid_time = True
            found.append(
                (
                    index,
                    f"Timestamp {record.timestamp} of message with offset {record.offset} is out of range. "
                    f"The timestamp should be within [{earliest}, {latest}]",
                )
            )
    if invalid_time:
        raise RecordErrors(
            errors.INVALID_TIMESTAMP, "One or more records have been rejected due to invalid timestamp", found
        )
    if found:
        shown = ", ".join(f"RecordError(batchIndex={index}, message='{why}')" for index, why in found[:_SHOWN_ERRORS])
        raise RecordErrors(
            errors.INVALID_RECORD,
            f"One or more records have been rejected due to {len(found)} record errors in total, "
            f"and only showing the first three errors at most: [{shown}]",
            found,
        )


def _rebuild(
    content: list[Record],
    header: BatchHeader,
    config: LogConfig,
    name: str,
    offset: int,
    leader_epoch: int,
    now_ms: int,
) -> Placed:
    """The batch in the compression that the topic wants."""
    codec = config.target_codec(header.codec)
    batch = build_batch(
        [(record.timestamp, record.key, record.value, record.headers) for record in content],
        codec=codec,
        level=config.level(codec),
        producer_id=header.producer_id,
        producer_epoch=header.producer_epoch,
        base_sequence=header.base_sequence,
        transactional=header.is_transactional,
        log_append_time=now_ms if config.uses_log_append_time else None,
        base_offset=offset,
        leader_epoch=leader_epoch,
    )
    if len(batch) > config.max_message_bytes:
        raise KafkaError(
            errors.MESSAGE_TOO_LARGE,
            f"Message batch size is {len(batch)} bytes in append to partition {name} which exceeds the maximum "
            f"configured size of {config.max_message_bytes}.",
        )
    return Placed(parse_header(batch), (batch,))


def _stamp(records: Buffer, header: BatchHeader, offset: int, leader_epoch: int, now_ms: int) -> Placed:
    """The batch with the broker's time, which is in the part of the header that the CRC covers."""
    stamped = header._replace(
        base_offset=offset,
        leader_epoch=leader_epoch,
        attributes=header.attributes | LOG_APPEND_TIME,
        max_timestamp=now_ms,
    )
    body = memoryview(records)[HEADER_SIZE : header.size]
    crc = checksum(body, checksum(HEADER.pack(*stamped)[CHECKED_FROM:]))
    stamped = stamped._replace(crc=crc)
    return Placed(stamped, (HEADER.pack(*stamped), body))
