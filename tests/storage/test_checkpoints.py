from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kcli.storage import names
from kcli.storage.checkpoints import read_offsets, read_topic_id, write_offsets, write_topic_id
from kcli.storage.errors import CorruptFile
from kcli.storage.fs import FileSystem

FS = FileSystem()
topics = st.text("abcXYZ019._-", min_size=1, max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.tuples(topics, st.integers(0, 1000)), st.integers(0, 2**60), max_size=10))
def test_offsets_round_trip(tmp_path: Path, offsets: dict[tuple[str, int], int]) -> None:
    path = str(tmp_path / "checkpoint")
    write_offsets(FS, path, offsets)
    assert read_offsets(FS, path) == offsets


def test_nothing_is_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    assert read_offsets(FS, str(path)) == {}
    path.write_bytes(b"")
    assert read_offsets(FS, str(path)) == {}
    write_offsets(FS, str(path), {})
    assert path.read_bytes() == b"0\n0\n"


@pytest.mark.parametrize(
    "content", [b"1\n0\n", b"x\n0\n", b"0\nx\n", b"0\n1\n", b"0\n1\nt 0\n", b"0\n1\nt 0 x\n", b"0\n0\nt 0 5\n"]
)
def test_malformed_files_name_themselves(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint"
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match="checkpoint"):
        read_offsets(FS, str(path))


def test_topic_ids(tmp_path: Path) -> None:
    assert read_topic_id(FS, str(tmp_path)) is None
    (tmp_path / "partition.metadata").touch()
    assert read_topic_id(FS, str(tmp_path)) is None
    write_topic_id(FS, str(tmp_path), bytes(range(16)))
    assert read_topic_id(FS, str(tmp_path)) == bytes(range(16))


@pytest.mark.parametrize(
    "text",
    [
        "version: 0",
        "version: 1\ntopic_id: AAECAwQFBgcICQoLDA0ODw",
        "version: 0\ntopic_id: x",
        "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_malformed_topic_ids(tmp_path: Path, text: str) -> None:
    (tmp_path / "partition.metadata").write_text(text)
    with pytest.raises(CorruptFile, match=r"partition\.metadata"):
        read_topic_id(FS, str(tmp_path))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("t-0", ("t", 0, "")),
        ("a-b.c_d-12", ("a-b.c_d", 12, "")),
        ("t-0.e8cffc0000000000000000000000abcd-delete", ("t", 0, "-delete")),
        ("t-0.e8cffc-stray", ("t", 0, "-stray")),
        ("lost+found", None),
        ("t-", None),
        ("-0", None),
    ],
)
def test_names_of_folders(name: str, expected: object) -> None:
    assert names.parse_partition_dir(name) == expected


@given(topics, st.integers(0, 10_000))
def test_marked_folders_are_parsed_back(topic: str, partition: int) -> None:
    assert names.parse_partition_dir(names.marked_dir(topic, partition, names.DELETE_DIR)) == (
        topic,
        partition,
        "-delete",
    )
