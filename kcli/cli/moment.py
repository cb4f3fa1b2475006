"""Points in time as people write them: ISO 8601, milliseconds since the epoch, `-1h`, `now`, `today`, `yesterday`."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

FORMS = "2024-05-01T12:00:00Z, 2024-05-01, 1714564800000, -90s, -30m, -1h, -7d, now, today or yesterday"
_AGO = re.compile(r"-((?:\d+(?:ms|s|m|h|d|w))+)", re.ASCII)
_PIECE = re.compile(r"(\d+)(ms|s|m|h|d|w)", re.ASCII)
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"\s*(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
_LATEST = (1 << 63) - 1


def parse_moment(text: str, now_ms: int | None = None) -> int:
    """Milliseconds since the epoch; local time where no zone is given. ValueError for anything else."""
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    word = text.strip()
    if word == "now":
        return now
    if word in ("today", "yesterday"):
        day = datetime.fromtimestamp(now / 1000).replace(hour=0, minute=0, second=0, microsecond=0)
        return int((day - timedelta(days=word == "yesterday")).timestamp()) * 1000
    if word.isascii() and word.isdigit():
        if int(word) > _LATEST:
            raise ValueError(text)
        return int(word)
    if ago := _AGO.fullmatch(word):
        return max(0, now - sum(int(number) * _UNITS[unit] for number, unit in _PIECE.findall(ago[1])))
    match = _ISO.fullmatch(word)
    if match is None:
        raise ValueError(text)
    return _iso(match)


def is_ago(text: str) -> bool:
    """Whether a text is one of those times that begin with a dash."""
    return _AGO.fullmatch(text) is not None


def _iso(match: re.Match[str]) -> int:
    from datetime import timezone

    date = [int(part) for part in match.group(1, 2, 3)]
    clock = [int(part or 0) for part in match.group(4, 5, 6)]
    zone = None
    if match[8]:
        zone = timezone.utc
    elif match[9]:
        offset = timedelta(hours=int(match[10]), minutes=int(match[11] or 0))
        zone = timezone(offset if match[9] == "+" else -offset)
    try:
        moment = datetime(date[0], date[1], date[2], clock[0], clock[1], clock[2], tzinfo=zone)
        seconds = int(moment.timestamp())
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None
    if seconds < 0:
        raise ValueError("before 1970")
    return seconds * 1000 + int((match[7] or "").ljust(3, "0")[:3])
