"""Which leader epoch began at which offset, kept in a partition's `leader-epoch-checkpoint`."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from kcli.storage import names
from kcli.storage.checkpoints import read_rows, write_rows
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem

UNDEFINED_EPOCH = -1
UNDEFINED_OFFSET = -1


class EpochEntry(NamedTuple):
    epoch: int
    start_offset: int


class LeaderEpochs:
    """Epochs and start offsets, both rising; every change is on disk before it counts."""

    def __init__(self, fs: FileSystem, directory: str) -> None:
        self._fs = fs
        self._directory = directory
        self.durable = True
        """False while nothing in the log is durable yet, either"""
        self.entries: list[EpochEntry] = []
        self.latest_epoch = UNDEFINED_EPOCH
        self._on_disk: list[EpochEntry] = []

    @classmethod
    def load(cls, fs: FileSystem, directory: str) -> LeaderEpochs:
        """From disk; an unreadable file counts as none, and recovery fills in what the batches say."""
        epochs = cls(fs, directory)
        entries: list[EpochEntry] = []
        try:
            for row in read_rows(fs, epochs._path):
                _extend(entries, EpochEntry(*map(int, row)))
        except (CorruptFile, ValueError, TypeError):
            entries = []
        epochs._take(entries)
        epochs._on_disk = entries
        return epochs

    @property
    def _path(self) -> str:
        return os.path.join(self._directory, names.LEADER_EPOCHS)

    def move(self, directory: str) -> None:
        """The partition's folder has another name now."""
        self._directory = directory

    def _take(self, entries: list[EpochEntry]) -> None:
        self.entries = entries
        self.latest_epoch = entries[-1].epoch if entries else UNDEFINED_EPOCH

    def _store(self, entries: list[EpochEntry]) -> None:
        if entries != self._on_disk:
            write_rows(self._fs, self._path, entries, durable=self.durable)
            self._on_disk = entries
        self._take(entries)

    def assign(self, epoch: int, start_offset: int) -> None:
        """An epoch's first batch is at start_offset; entries that this contradicts go."""
        latest = self.entries[-1] if self.entries else None
        if latest is None or latest.epoch != epoch or start_offset < latest.start_offset:
            entries = list(self.entries)
            _extend(entries, EpochEntry(epoch, start_offset))
            self._store(entries)

    def truncate_from_end(self, end_offset: int) -> None:
        self._store([entry for entry in self.entries if entry.start_offset < end_offset])

    def truncate_from_start(self, start_offset: int) -> None:
        """Forget what ended before start_offset; the epoch that holds it now begins there."""
        gone = bisect_right([entry.start_offset for entry in self.entries], start_offset)
        if gone:
            self._store([EpochEntry(self.entries[gone - 1].epoch, start_offset), *self.entries[gone:]])

    def clear(self) -> None:
        self._store([])

    def forget(self) -> None:
        """Nothing is in the log, so no epoch has begun in it.

        The file may say what it did until another epoch begins: that saves partitions without records a flush each.
        """
        self._take([])

    def end_offset_of(self, epoch: int, log_end_offset: int) -> EpochEntry:
        """(the largest known epoch up to the one asked for, where it ends); both undefined if nothing is known."""
        if epoch == UNDEFINED_EPOCH:
            return EpochEntry(UNDEFINED_EPOCH, UNDEFINED_OFFSET)
        if epoch == self.latest_epoch:
            return EpochEntry(epoch, log_end_offset)
        higher = bisect_right(self.entries, epoch, key=_epoch_of)
        if higher == len(self.entries):
            return EpochEntry(UNDEFINED_EPOCH, UNDEFINED_OFFSET)
        found = self.entries[higher - 1].epoch if higher else epoch
        return EpochEntry(found, self.entries[higher].start_offset)

    def epoch_for_offset(self, offset: int) -> int | None:
        """The epoch in which offset was written."""
        slot = bisect_right([entry.start_offset for entry in self.entries], offset) - 1
        return self.entries[slot].epoch if slot >= 0 else None

    def previous_epoch(self, epoch: int) -> int | None:
        slot = bisect_left(self.entries, epoch, key=_epoch_of) - 1
        return self.entries[slot].epoch if slot >= 0 else None


def _epoch_of(entry: EpochEntry) -> int:
    return entry.epoch


def _extend(entries: list[EpochEntry], entry: EpochEntry) -> None:
    if entry.epoch < 0 or entry.start_offset < 0:
        raise CorruptFile(f"leader epoch {entry.epoch} cannot begin at offset {entry.start_offset}")
    while entries and (entries[-1].epoch >= entry.epoch or entries[-1].start_offset >= entry.start_offset):
        entries.pop()
    entries.append(entry)
