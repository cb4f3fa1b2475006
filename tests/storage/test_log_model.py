"""A log against a list: whatever is done to it, in whatever order, it holds what the list holds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kcli.records.batch import iterate_batches
from kcli.records.builder import build_values
from kcli.storage.config import LogConfig
from kcli.storage.log import Log
from tests.storage.helpers import NOW, commit, contents, open_log

CONFIG = LogConfig(segment_bytes=900, index_interval_bytes=150, retention_ms=-1)


class LogMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.records: list[tuple[int, int, bytes]] = []  # offset, timestamp, value
        self.boundaries = {0}
        self.start = 0
        self.end = 0
        self.written = 0

    @initialize()
    def open(self) -> None:
        self.log: Log = open_log(self.folder, CONFIG)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(count=st.integers(1, 6), size=st.integers(0, 90), codec=st.integers(0, 4), lag=st.integers(-50, 50))
    def append(self, count: int, size: int, codec: int, lag: int) -> None:
        values = [b"%d " % (self.written + index) + b"v" * size for index in range(count)]
        timestamp = NOW + self.end + lag
        info = self.log.append_as_leader(build_values(values, timestamp, codec=codec), self.end // 20)
        assert info[:2] == (self.end, self.end + count - 1)
        self.records += [(self.end + index, timestamp, value) for index, value in enumerate(values)]
        self.end += count
        self.written += count
        self.boundaries.add(self.end)

    @rule()
    def roll(self) -> None:
        self.log.roll()

    @rule()
    def flush(self) -> None:
        self.log.flush()

    @rule(part=st.floats(0, 1))
    def truncate(self, part: float) -> None:
        wanted = self.start + round((self.end - self.start) * part)
        target = max(boundary for boundary in self.boundaries if boundary <= wanted)
        self.log.truncate_to(wanted)
        if wanted < self.end:
            self.end, self.start = target, min(self.start, target)
            self.records = [record for record in self.records if record[0] < target]
            self.boundaries = {boundary for boundary in self.boundaries if boundary <= target}

    @rule(part=st.floats(0, 1))
    def delete_records(self, part: float) -> None:
        target = self.start + round((self.end - self.start) * part)
        commit(self.log).delete_records(target)
        self.start = target

    @rule()
    def retain(self) -> None:
        commit(self.log).delete_old_segments()
        assert self.log.log_start_offset == self.start

    @rule(clean=st.booleans())
    def reopen(self, clean: bool) -> None:
        point = self.log.recovery_point
        if clean:
            self.log.close()
        else:
            self.log.release()
        self.log = open_log(self.folder, CONFIG, clean=clean, recovery_point=point, log_start=self.start)

    @rule(part=st.floats(0, 1), most=st.integers(1, 3000))
    def read(self, part: float, most: int) -> None:
        offset = self.start + round((self.end - self.start) * part)
        records = bytes(self.log.read(offset, most).records)
        if offset < self.end:
            header, _, first_end = next(iterate_batches(records))
            assert header.base_offset <= offset <= header.last_offset
            assert len(records) <= max(most, first_end)

    @rule(lag=st.integers(-60, 400))
    def look_up_time(self, lag: int) -> None:
        expected = [row[:2] for row in self.live() if row[1] >= NOW + lag]
        found = self.log.offset_for_timestamp(NOW + lag)
        assert (found and (found.offset, found.timestamp)) == (expected[0] if expected else None)

    @precondition(lambda self: self.live() and self.live()[0][0] == self.log.segments[0].base_offset)
    @rule()
    def look_up_newest(self) -> None:
        newest = max(row[1] for row in self.live())
        found = self.log.offset_of_max_timestamp()
        assert found is not None and found.timestamp == newest
        assert found.offset == min(row[0] for row in self.live() if row[1] == newest)

    def live(self) -> list[tuple[int, int, bytes]]:
        return [record for record in self.records if record[0] >= self.start]

    @invariant()
    def holds_what_it_should(self) -> None:
        if hasattr(self, "log"):
            assert (self.log.log_start_offset, self.log.log_end_offset) == (self.start, self.end)
            assert contents(self.log, 700) == [(offset, value) for offset, _, value in self.live()]


TestLogMachine = LogMachine.TestCase
TestLogMachine.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
