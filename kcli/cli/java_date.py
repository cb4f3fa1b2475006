"""Times as java.text.SimpleDateFormat prints them, in the local time zone: `yyyy-MM-dd HH:mm:ss:SSS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

_PART = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")


def _number(of: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda time, width: f"{of(time):0{width}d}"


def _year(time: datetime, width: int) -> str:
    return f"{time.year % 100:02d}" if width == 2 else f"{time.year:0{width}d}"


def _month(time: datetime, width: int) -> str:
    return f"{time.month:0{width}d}" if width < 3 else time.strftime("%b" if width == 3 else "%B")


def _iso_zone(time: datetime, width: int) -> str:
    offset = time.strftime("%z")
    if offset == "+0000":
        return "Z"
    return {1: offset[:3], 2: offset}.get(width, f"{offset[:3]}:{offset[3:]}")


_LETTERS: dict[str, Callable[[datetime, int], str]] = {
    "y": _year,
    "M": _month,
    "d": _number(lambda time: time.day),
    "D": _number(lambda time: time.timetuple().tm_yday),
    "H": _number(lambda time: time.hour),
    "k": _number(lambda time: time.hour or 24),
    "K": _number(lambda time: time.hour % 12),
    "h": _number(lambda time: time.hour % 12 or 12),
    "m": _number(lambda time: time.minute),
    "s": _number(lambda time: time.second),
    "S": _number(lambda time: time.microsecond // 1000),
    "E": lambda time, width: time.strftime("%a" if width < 4 else "%A"),
    "u": _number(lambda time: time.isoweekday()),
    "a": lambda time, width: "AM" if time.hour < 12 else "PM",
    "z": lambda time, width: time.strftime("%Z"),
    "Z": lambda time, width: time.strftime("%z"),
    "X": _iso_zone,
}


def compile_date_format(pattern: str) -> Callable[[float], str]:
    """A function from seconds since 1970 to text; raises ValueError, in Java's words, for what is no pattern."""
    parts: list[str | tuple[Callable[[datetime, int], str], int]] = []
    position = 0
    while position < len(pattern):
        match = _PART.match(pattern, position)
        if match is None:
            raise ValueError("Unterminated quote")
        position = match.end()
        if match[1] is not None:
            parts.append(match[1].replace("''", "'") or "'")
        elif match[2] is None:
            parts.append(match[0])
        elif match[2] in _LETTERS:
            parts.append((_LETTERS[match[2]], len(match[0])))
        else:
            raise ValueError(f"Illegal pattern character '{match[2]}'")

    def format_time(seconds: float) -> str:
        time = datetime.fromtimestamp(seconds).astimezone()
        return "".join(part if isinstance(part, str) else part[0](time, part[1]) for part in parts)

    return format_time
