"""Offsets to be set, as a file: lines of `topic,partition,offset`, or `group,topic,partition,offset`.

This is what --export prints and --from-file takes. Undo files add one thing to Kafka's form: `none` in the place of an
offset is for a partition where the group had none.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping

from kcli.cli.errors import CommandError
from kcli.cli.options import INT, LONG, Converter

TopicPartition = tuple[str, int]
Offsets = dict[TopicPartition, "int | None"]  # None: the group is to have no offset there
_NONE = "none"
_LEGAL = re.compile(r"[a-zA-Z0-9._-]{1,249}")


def format_plan(plans: Mapping[str, Mapping[TopicPartition, int | None]], *, with_group: bool) -> str:
    """The text of a file."""
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for group, offsets in plans.items():
        for (topic, number), offset in offsets.items():
            line = [topic, number, _NONE if offset is None else offset]
            writer.writerow([group, *line] if with_group else line)
    return text.getvalue()


def read_plan(path: str, groups: list[str]) -> dict[str, Offsets]:
    """The offsets of each group; lines without a group are for the only one that was named."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"java.io.IOException: Unable to read file {path}") from None
    except csv.Error as error:
        raise CommandError(f"{path}: {error}") from None
    if not lines:
        raise CommandError(f"{path} is empty")
    plans: dict[str, Offsets] = {}
    named = len(groups) != 1 or _names_a_group(lines[0])
    for number, line in enumerate(lines, 1):
        group, *rest = line if named else [groups[0], *line]
        partition, offset = _parse_line(rest, f"{path}:{number}", named)
        plans.setdefault(group, {})[partition] = offset
    return plans


def write_plan(path: str, text: str) -> None:
    """Write a file that is the user's alone, whole or not at all; devices (/dev/null), pipes and links are kept."""
    folder = os.path.dirname(path)
    in_place = os.path.islink(path) or (os.path.exists(path) and not os.path.isfile(path))
    place = path if in_place else f"{path}.part"
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            if place != path:
                os.fsync(file.fileno())
        if place != path:
            os.replace(place, path)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}") from None


def _names_a_group(line: list[str]) -> bool:
    return len(line) > 3


def _parse_line(line: Iterable[str], where: str, named: bool) -> tuple[TopicPartition, int | None]:
    from kcli.wire import errors
    from kcli.wire.errors import KafkaError

    topic, number, offset = [*map(str.strip, line), "", "", ""][:3]
    if not _LEGAL.fullmatch(topic):
        raise KafkaError(errors.INVALID_TOPIC_EXCEPTION)
    partition = (topic, _number(number, INT, where, named))
    return partition, None if offset.lower() == _NONE else _number(offset, LONG, where, named)


def _number(text: str, kind: Converter, where: str, named: bool) -> int:
    try:
        number: int = kind(text)
        return number
    except ValueError:
        form = "group,topic,partition,offset" if named else "topic,partition,offset"
        raise CommandError(f"{where}: '{text}' is not a number; a line is {form}") from None
