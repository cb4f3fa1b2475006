from pathlib import Path

from kcli.storage.epochs import LeaderEpochs
from kcli.storage.fs import Buffer, FileSystem


def epochs(folder: Path, *entries: tuple[int, int]) -> LeaderEpochs:
    made = LeaderEpochs(FileSystem(), str(folder))
    for entry in entries:
        made.assign(*entry)
    return made


def test_changes_are_on_disk(tmp_path: Path) -> None:
    made = epochs(tmp_path, (0, 0), (3, 10), (3, 20), (5, 30))
    assert (tmp_path / "leader-epoch-checkpoint").read_text() == "0\n3\n0 0\n3 10\n5 30\n"
    assert LeaderEpochs.load(FileSystem(), str(tmp_path)).entries == made.entries == [(0, 0), (3, 10), (5, 30)]


def test_contradicted_entries_go(tmp_path: Path) -> None:
    assert epochs(tmp_path, (1, 10), (2, 20), (3, 30), (4, 15)).entries == [(1, 10), (4, 15)]
    assert epochs(tmp_path, (1, 10), (2, 20), (3, 30), (2, 25)).entries == [(1, 10), (2, 25)]
    assert epochs(tmp_path, (1, 10), (1, 5)).entries == [(1, 5)]


def test_truncation(tmp_path: Path) -> None:
    made = epochs(tmp_path, (1, 10), (2, 20), (3, 30))
    made.truncate_from_end(30)
    assert made.entries == [(1, 10), (2, 20)]
    made.truncate_from_start(20)
    assert made.entries == [(2, 20)]
    made.truncate_from_start(25)
    assert made.entries == [(2, 25)]
    made.truncate_from_start(3)
    assert made.entries == [(2, 25)]


def test_end_offsets(tmp_path: Path) -> None:
    made = epochs(tmp_path, (2, 10), (4, 20))
    assert made.end_offset_of(-1, 50) == (-1, -1)
    assert made.end_offset_of(1, 50) == (1, 10)
    assert made.end_offset_of(2, 50) == (2, 20)
    assert made.end_offset_of(3, 50) == (2, 20)
    assert made.end_offset_of(4, 50) == (4, 50)
    assert made.end_offset_of(5, 50) == (-1, -1)


def test_epochs_of_offsets(tmp_path: Path) -> None:
    made = epochs(tmp_path, (2, 10), (4, 20))
    assert [made.epoch_for_offset(offset) for offset in (9, 10, 19, 20, 99)] == [None, 2, 2, 4, 4]
    assert [made.previous_epoch(epoch) for epoch in (2, 3, 4, 9)] == [None, 2, 2, 4]


def test_what_is_forgotten_is_written_when_another_epoch_begins(tmp_path: Path) -> None:
    class Counted(FileSystem):
        replaced = 0

        def replace(self, path: str, data: Buffer, *, durable: bool = True) -> None:
            self.replaced += 1
            super().replace(path, data, durable=durable)

    epochs(tmp_path, (5, 0))
    fs = Counted()
    made = LeaderEpochs.load(fs, str(tmp_path))
    made.forget()
    assert (made.entries, made.latest_epoch) == ([], -1)
    made.assign(5, 0)
    assert (made.entries, fs.replaced) == ([(5, 0)], 0)
    made.forget()
    made.assign(0, 0)
    assert fs.replaced == 1
    assert LeaderEpochs.load(FileSystem(), str(tmp_path)).entries == [(0, 0)]
