"""Points in time and durations as Kafka's tools take them (ISO 8601, as Java's classes read it)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from kcli.cli.errors import CommandError

_DATETIME = re.compile(r"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)")
_DURATION = re.compile(
    r"([-+]?)P(?:([-+]?\d+)D)?"
    r"(T(?=[-+0-9])(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?",
    re.IGNORECASE | re.ASCII,
)
_PARSE_EXCEPTION = "java.text.ParseException"


def parse_datetime(text: str) -> int:
    """Milliseconds since the epoch of `YYYY-MM-DDThh:mm:ss.sss`, in UTC if no zone is given."""
    _, _, time = text.partition("T")
    if not time:
        raise CommandError(
            f"{_PARSE_EXCEPTION}: Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"
        )
    zoned = text if any(sign in time for sign in "+-Z") else f"{text}Z"
    match = _DATETIME.match(zoned)
    unparseable = CommandError(f'{_PARSE_EXCEPTION}: Unparseable date: "{zoned}"')
    if match is None:
        raise unparseable
    year, month, day, hour, minute, second, milliseconds = map(int, match.group(1, 2, 3, 4, 5, 6, 7))
    offset = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
        moment += -offset if match[9] == "+" else offset
    except (ValueError, OverflowError):
        raise unparseable from None
    if milliseconds > 999:
        raise unparseable
    return int(moment.timestamp()) * 1000 + milliseconds


def parse_duration(text: str) -> int:
    """Milliseconds of `PnDTnHnMn.nS`."""
    match = _DURATION.fullmatch(text)
    parts = match.group(2, 4, 5, 6) if match else (None,)
    if match is None or all(part is None for part in parts) or (match[3] and not any(parts[1:])):
        raise CommandError("Text cannot be parsed to a Duration")
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    fraction = int((match[7] or "").ljust(3, "0")[:3])
    if (match[6] or "").startswith("-"):
        fraction = -fraction
    total = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + fraction
    return -total if match[1] == "-" else total
