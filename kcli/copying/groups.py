"""Where groups are, carried over: an offset of the source becomes the number of records that were before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from kcli.client.admin_offsets import set_offsets
from kcli.client.cluster import Cluster
from kcli.copying.errors import CopyError
from kcli.copying.stream import GroupOffset, Manifest, Part, Place
from kcli.records.batch import iterate_batches
from kcli.records.reader import read_raw
from kcli.wire import errors
from kcli.wire.errors import KafkaError


class _Wanted(NamedTuple):
    offset: int
    group: str


class Translation:
    """Watches a stream go by, and knows for each committed offset how many records came before it."""

    def __init__(self, manifest: Manifest) -> None:
        self._waiting: dict[Place, list[_Wanted]] = defaultdict(list)
        for entry in manifest.groups:
            self._waiting[entry.topic, entry.partition].append(_Wanted(entry.offset, entry.group))
        for waiting in self._waiting.values():
            waiting.sort(reverse=True)
        self._seen: dict[Place, int] = defaultdict(int)
        self.found: dict[tuple[str, Place], int] = {}

    def watch(self, part: Part) -> None:
        """Take note of a part, in order."""
        waiting = self._waiting.get(part.place)
        if not waiting:
            return
        seen = self._seen[part.place]
        for header, start, _ in iterate_batches(part.data):
            while waiting and waiting[-1].offset <= header.last_offset:
                wanted = waiting.pop()
                inside = 0
                if wanted.offset > header.base_offset:
                    inside = sum(record[0] < wanted.offset for record in read_raw(part.data, start))
                self.found[wanted.group, part.place] = seen + inside
            seen += header.count
        self._seen[part.place] = seen

    def finish(self) -> dict[tuple[str, Place], int]:
        """Those whose offset is behind all records are at the end."""
        for place, waiting in self._waiting.items():
            for wanted in waiting:
                self.found[wanted.group, place] = self._seen[place]
            waiting.clear()
        return self.found


def commit_all(
    cluster: Cluster,
    manifest: Manifest,
    found: dict[tuple[str, Place], int],
    rename: Callable[[str], str],
) -> int:
    """Commit what was translated, group by group; how many groups there were."""
    by_group: dict[str, list[GroupOffset]] = defaultdict(list)
    for entry in manifest.groups:
        by_group[entry.group].append(entry)
    for group, entries in by_group.items():
        offsets = {
            (rename(manifest.topics[entry.topic].name), entry.partition): found[group, (entry.topic, entry.partition)]
            for entry in entries
        }
        try:
            set_offsets(cluster, group, offsets)
        except KafkaError as error:
            if error.code in (errors.UNKNOWN_MEMBER_ID, errors.ILLEGAL_GENERATION, errors.NON_EMPTY_GROUP):
                raise CopyError(f"group {group} has members: its offsets can only be set while it is empty") from None
            raise CopyError(f"group {group}: {error.message}") from None
    return len(by_group)
