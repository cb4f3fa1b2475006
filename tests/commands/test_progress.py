"""The line of progress of kcli dump and restore, on a terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.commands import digest, restore
from kcli.testing import EphemeralBroker
from kcli.tools import producer_perf_test
from kcli.tools.listings import DIGESTS
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.tools.terminal import Terminal

RECORDS, SIZE = 300, 10_000  # a multiple of what fits into a pipe
ERASED = "\r\x1b[K"
LINE = r"(\d+) records \((\d+) %\), [\d.]+ [KM]iB, [\d,]+ records/s"


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker() as broker:
        line = f"--topic big --num-records {RECORDS} --record-size {SIZE} --throughput -1"
        words = ["--bootstrap-server", broker.bootstrap_servers, *line.split()]
        assert guard(producer_perf_test.run, words, Recorded()) == 0
        yield broker.bootstrap_servers


def kcli(words: str, tmp_path: Path, stdout: int) -> Terminal:
    return Terminal([sys.executable, "-m", "kcli.cli.umbrella", *words.split()], tmp_path, stdout=stdout)


def test_a_dump_tells_how_far_it_is(bootstrap: str, tmp_path: Path) -> None:
    """Its reader takes it so slowly that there is something to tell, and all the rest once that was told."""
    end, write = os.pipe()
    terminal = kcli(f"dump --bootstrap-server {bootstrap} --topic big", tmp_path, write)
    os.close(write)
    taken = []
    while data := os.read(end, 1 << 14):
        taken.append(data)
        if "records/s" not in terminal.text:
            terminal.wait(0.05)
            terminal.rest()
    os.close(end)
    assert terminal.process.wait(60) == 0
    terminal.expect(f"dumped {RECORDS} records of 1 topic in ")
    shown = terminal.rest()
    first = re.search(rf"dump: {LINE}", terminal.text)
    assert first is not None, terminal.text
    assert int(first[1]) <= RECORDS and int(first[2]) == int(first[1]) * 100 // RECORDS
    lines, _, last = shown.rpartition(ERASED)
    assert lines.startswith(ERASED) and "\n" not in lines, "it is redrawn in place"
    assert last.startswith("dumped "), "and taken away before what is left to say"
    file = tmp_path / "dump"
    file.write_bytes(b"".join(taken))
    done = Recorded()
    summed = Recorded()
    assert guard(digest.run, ["--file", str(file), "--output", "json"], summed) == 0
    partition, whole = check(summed.out, DIGESTS)
    assert (partition["partition"], whole["partition"], whole["records"]) == (0, None, RECORDS)
    words = ["--bootstrap-server", bootstrap, "--file", str(file), "--rename", "big=back"]
    assert guard(restore.run, words, done) == 0, done.err
    assert "records/s)" in done.err and ERASED not in done.err, "nothing is drawn where there is no terminal"
