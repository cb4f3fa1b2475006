"""Which segments at a log's head have served their time: below the start offset, over the size, too old."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kcli.storage.config import LogConfig
from kcli.storage.segment import Segment


def count_deletable(
    segments: Sequence[Segment], config: LogConfig, log_start: int, high_watermark: int, log_end: int, now_ms: int
) -> int:
    """How many of the first segments go. Whole ones only, none with records that are not committed.

    The active one can go too, if it is not empty; the log rolls a new one then.
    """
    bounds = [segment.base_offset for segment in segments[1:]] + [log_end]

    def prefix(start: int, gone: Callable[[int], bool]) -> int:
        count = start
        while count < len(segments) and bounds[count] <= high_watermark and gone(count):
            if count + 1 == len(segments) and not segments[count].size:
                break
            count += 1
        return count

    count = prefix(0, lambda index: index + 1 < len(segments) and bounds[index] <= log_start)
    if not config.delete:
        return count
    if config.retention_bytes >= 0:
        excess = sum(segment.size for segment in segments[count:]) - config.retention_bytes

        def too_much(index: int) -> bool:
            nonlocal excess
            if excess < segments[index].size:
                return False
            excess -= segments[index].size
            return True

        if excess >= 0:
            count = prefix(count, too_much)
    if config.retention_ms >= 0:
        count = prefix(count, lambda index: now_ms - segments[index].largest_timestamp > config.retention_ms)
    return count
