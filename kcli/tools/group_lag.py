"""How far a group is behind, in records and in seconds, and whether it catches up.

* Lag in seconds is the age of the first record that the group has not consumed. It is found with ListOffsets, which
  says where a partition was at a time: the time is bracketed until it is known to a quarter of a second or 2 %, without
  reading records. It is as true as the records' timestamps.
* Rates are differences over the last 15 seconds of looks (at least one look), since consumers commit in steps.
* Time to catch up is lag / (consumed - produced): none while no more is consumed than produced.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kcli.client.admin import Admin, OffsetAndTimestamp
from kcli.client.admin_groups import GroupDescription
from kcli.client.assignors import TopicPartition
from kcli.tools.consumer_groups_describe import Position
from kcli.tools.group_command import Row, or_missing, table, widest

_WINDOW = 15.0
_LEAST, _PARTITION, _NUMBER, _RATE = 15, 10, 15, 12
_FIRST_STEP, _CLOSE, _CLOSE_SHARE = 1000, 250, 0.02


class Progress(NamedTuple):
    """What a partition, or a group, does: offsets a second, and seconds; None where that is not known."""

    lag: int | None
    behind: float | None
    consumed: float | None
    produced: float | None

    @property
    def catch_up(self) -> float | None:
        if self.lag == 0:
            return 0.0
        if self.lag is None or self.consumed is None or self.produced is None or self.consumed <= self.produced:
            return None
        return round(self.lag / (self.consumed - self.produced), 1)


class _Sample(NamedTuple):
    at: float
    offsets: Mapping[TopicPartition, tuple[int | None, int | None]]


class Rates:
    """What was seen of a group at the last looks."""

    def __init__(self) -> None:
        self._samples: list[_Sample] = []

    def add(self, at: float, positions: Iterable[Position]) -> None:
        """Note a look."""
        self._samples.append(_Sample(at, {(p.topic, p.partition): (p.offset, p.end) for p in positions}))
        while len(self._samples) > 2 and self._samples[0].at < at - _WINDOW:
            del self._samples[0]

    def of(self, partition: TopicPartition) -> tuple[float | None, float | None]:
        """Consumed and produced a second; None after the first look, or where an offset went back."""
        first, last = self._samples[0], self._samples[-1]
        if partition not in first.offsets or last.at <= first.at:
            return None, None
        consumed, produced = (
            None if old is None or new is None or new < old else round((new - old) / (last.at - first.at), 1)
            for old, new in zip(first.offsets[partition], last.offsets[partition], strict=True)
        )
        return consumed, produced


def total_lag(positions: Iterable[Position]) -> int | None:
    """The lag of all partitions whose lag is known; None where there are none."""
    known = [position.lag for position in positions if position.lag is not None]
    return sum(known) if known else None


def progress(positions: Iterable[Position], rates: Rates, ages: Mapping[TopicPartition, float]) -> list[Progress]:
    """That of each position."""
    return [
        Progress(
            position.lag,
            0.0 if position.lag == 0 else ages.get((position.topic, position.partition)),
            *rates.of((position.topic, position.partition)),
        )
        for position in positions
    ]


def in_all(each: Iterable[Progress]) -> Progress:
    """That of a group: lags and rates add up, and the partition that is farthest behind counts."""
    each = list(each)
    lags = [one.lag for one in each if one.lag is not None]
    behind = [one.behind for one in each if one.behind is not None]
    consumed = [one.consumed for one in each if one.consumed is not None]
    produced = [one.produced for one in each if one.produced is not None]
    return Progress(
        sum(lags) if lags else None,
        max(behind) if behind else None,
        round(sum(consumed), 1) if consumed else None,
        round(sum(produced), 1) if produced else None,
    )


# The age of what comes next


def record_ages(admin: Admin, positions: Iterable[Position]) -> dict[TopicPartition, float]:
    """For partitions with a lag, how many seconds old the first record is that the group has not consumed."""
    now = int(time.time() * 1000)
    offsets = {(p.topic, p.partition): p.offset for p in positions if p.lag and p.offset is not None}
    first = _ask(admin, dict.fromkeys(offsets, 0))
    wanted = {each: max(offset, first[each]) for each, offset in offsets.items() if first.get(each, -1) >= 0}
    low, high = dict.fromkeys(wanted, 0), dict.fromkeys(wanted, now)

    def halve(times: dict[TopicPartition, int]) -> set[TopicPartition]:
        """Narrow the brackets; which partitions were not beyond the offset at the time."""
        found = _ask(admin, times)
        before = {each for each in times if 0 <= found.get(each, -1) <= wanted[each]}
        for each, at in times.items():
            (low if each in before else high)[each] = at
        return before

    pending, step = set(wanted), _FIRST_STEP
    while pending and step < now:
        pending -= halve(dict.fromkeys(pending, now - step))
        step *= 2
    while True:
        wide = {
            each: (low[each] + high[each]) // 2
            for each in wanted
            if high[each] - low[each] > max(_CLOSE, (now - low[each]) * _CLOSE_SHARE)
        }
        if not wide:
            return {each: round((now - (low[each] + high[each]) / 2) / 1000, 1) for each in wanted}
        halve(wide)


def _ask(admin: Admin, times: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
    """The first offset at or after a time; -1 where there is none; nothing for a partition that cannot be asked."""
    found = admin.list_offsets(times) if times else {}
    return {each: item.offset for each, item in found.items() if isinstance(item, OffsetAndTimestamp)}


# As lines and as rows


def lag_text(group: GroupDescription, positions: list[Position], each: list[Progress]) -> list[str]:
    """A line for the group, and a table of its partitions."""
    whole = in_all(each)
    head = f"{group.id}: {group.state}, {len(group.members)} member{'' if len(group.members) == 1 else 's'}"
    head += f", lag {or_missing(whole.lag)}"
    if whole.behind is not None:
        head += f", {duration(whole.behind)} behind"
    if whole.consumed is not None and whole.produced is not None:
        head += f", consumed {whole.consumed}/s, produced {whole.produced}/s"
        if whole.lag:
            head += f", caught up in {duration(whole.catch_up)}" if whole.catch_up is not None else ", not catching up"
    header = ["TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "LAG-SECONDS", "CONSUMED/S"]
    header += ["PRODUCED/S", "CATCH-UP", "CONSUMER-ID", "HOST", "CLIENT-ID"]
    rows: list[list[str]] = []
    for position, one in zip(positions, each, strict=True):
        member = position.member
        values = (position.offset, position.end, one.lag, one.behind, one.consumed, one.produced, one.catch_up)
        owner = (member.id, member.host, member.client_id) if member else (None,) * 3
        rows.append([position.topic, str(position.partition), *map(or_missing, (*values, *owner))])
    widths = [widest(_LEAST, (row[0] for row in rows)), _PARTITION, *[_NUMBER] * 2, *[_RATE] * 5]
    widths += [widest(_LEAST, (row[9] for row in rows)), widest(_LEAST, (row[10] for row in rows))]
    return [head, *table(header, rows, widths), ""]


def lag_rows(group: GroupDescription, positions: list[Position], each: list[Progress]) -> list[Row]:
    """A row for the group, then one for each partition."""
    whole = {
        "group": group.id,
        "topic": None,
        "partition": None,
        "currentOffset": None,
        "logEndOffset": None,
        **_values(in_all(each)),
        "consumerId": None,
        "host": None,
        "clientId": None,
    }
    return [
        whole,
        *(
            {
                "group": group.id,
                "topic": position.topic,
                "partition": position.partition,
                "currentOffset": position.offset,
                "logEndOffset": position.end,
                **_values(one),
                "consumerId": position.member.id if position.member else None,
                "host": position.member.host if position.member else None,
                "clientId": position.member.client_id if position.member else None,
            }
            for position, one in zip(positions, each, strict=True)
        ),
    ]


def _values(one: Progress) -> Row:
    return {
        "lag": one.lag,
        "lagSeconds": one.behind,
        "consumedRate": one.consumed,
        "producedRate": one.produced,
        "catchUp": one.catch_up,
    }


def duration(seconds: float) -> str:
    """12.5 s, 3 m 20 s, 4 h 10 m."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} m"
