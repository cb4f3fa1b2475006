"""Where `kcli dump` may write to: files, links to them, pipes and devices; and what it says where it cannot."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.commands import cp, restore
from kcli.commands.dump import run
from kcli.testing.broker import InProcessBroker
from kcli.tools import console_producer
from kcli.tools.listings import COPIED
from tests.cli.schema import check
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        send = ["--bootstrap-server", broker.bootstrap_servers, "--topic", "t"]
        assert guard(console_producer.run, send, Recorded(b"a\nb\n")) == 0
        yield broker.bootstrap_servers


def dump(bootstrap: str, file: object, *more: str) -> Recorded:
    environment = Recorded(program="kcli dump")
    line = ["--bootstrap-server", bootstrap, "--topic", "t", "--file", str(file), *more]
    environment.code = guard(run, line, environment)
    return environment


def test_a_device_is_written_to_and_stays_one(bootstrap: str) -> None:
    assert dump(bootstrap, os.devnull).code == 0
    assert not os.path.isfile(os.devnull)


def test_a_pipe_takes_what_a_file_does(bootstrap: str, tmp_path: Path) -> None:
    file, pipe, read = tmp_path / "file", tmp_path / "pipe", []
    assert dump(bootstrap, file).code == 0
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert dump(bootstrap, pipe).code == 0
    reader.join()
    assert len(read[0]) == file.stat().st_size


def test_a_full_disk_is_told_with_how_to_go_on(bootstrap: str) -> None:
    done = dump(bootstrap, "/dev/full")
    reason = "No space left on device; the dump is not whole, --resume goes on with it"
    assert (done.code, done.err) == (1, f"--file: /dev/full: {reason}\n")


def test_a_folder_is_no_file(bootstrap: str, tmp_path: Path) -> None:
    done = dump(bootstrap, tmp_path)
    assert (done.code, done.err) == (1, f"--file: {tmp_path}: Is a directory\n")


def test_what_was_copied_as_rows(bootstrap: str, tmp_path: Path) -> None:
    file, servers = str(tmp_path / "t.kdump"), ["--bootstrap-server", bootstrap]
    dumped = dump(bootstrap, file, "--output", "json")
    (whole,) = check(dumped.out, COPIED)
    assert (dumped.code, whole["topic"], whole["partition"], whole["records"]) == (0, "t", None, 2)
    assert dumped.err.startswith("dumped 2 records")
    for tool, line in (
        (restore, ["--file", file, "--rename", "t=restored"]),
        (restore, ["--file", file, "--rename", "t=unread", "--no-verify"]),
        (cp, ["--topic", "t", "--rename", "t=copied"]),
    ):
        done = Recorded()
        assert guard(tool.run, [*servers, *line, "--output", "json"], done) == 0, done.err
        name = next(word for word in line if word.startswith("t=")).removeprefix("t=")
        assert check(done.out, COPIED) == [{**whole, "topic": name}]
    rows = check(dump(bootstrap, file, "--overwrite", "--digest", "--output", "json").out, COPIED)
    assert [row["partition"] for row in rows] == [0, None]


def test_a_dump_to_stdout_leaves_no_room_for_rows(bootstrap: str) -> None:
    done = Recorded()
    assert guard(run, ["--bootstrap-server", bootstrap, "--topic", "t", "--output", "json"], done) == 1
    assert (done.out, done.err.splitlines()[0]) == ("", "--output needs --file: stdout is taken by the dump")
