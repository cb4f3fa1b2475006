"""Rates, lag in seconds and time to catch up; --watch and --fail-above of kafka-consumer-groups, on a real terminal."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.client.admin import Admin
from kcli.client.cluster import Cluster
from kcli.testing.broker import InProcessBroker
from kcli.tools import console_producer, consumer_groups, listings, topics
from kcli.tools.consumer_groups_describe import Position
from kcli.tools.group_lag import Progress, Rates, duration, in_all, progress, record_ages, total_lag
from tests.cli.schema import fits
from tests.cli.support import Recorded
from tests.tools.terminal import CTRL_C, Terminal

SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"


def position(offset: int | None, end: int | None, partition: int = 0) -> Position:
    return Position("t", partition, offset, None, end, None)


def test_rates_need_two_looks() -> None:
    rates = Rates()
    rates.add(10.0, [position(0, 100)])
    assert rates.of(("t", 0)) == (None, None)
    rates.add(12.0, [position(50, 120)])
    assert rates.of(("t", 0)) == (25.0, 10.0)


def test_rates_are_of_the_last_seconds() -> None:
    rates = Rates()
    for second in range(0, 101, 5):
        rates.add(float(second), [position(0 if second < 50 else second * 10, 2000)])
    assert rates.of(("t", 0)) == (10.0, 0.0)


def test_looks_that_are_far_apart_count_all_the_same() -> None:
    rates = Rates()
    rates.add(0.0, [position(0, 0)])
    rates.add(60.0, [position(60, 120)])
    rates.add(120.0, [position(240, 240)])
    assert rates.of(("t", 0)) == (3.0, 2.0)


def test_no_rate_where_an_offset_went_back_or_is_missing() -> None:
    rates = Rates()
    rates.add(0.0, [position(50, 100), position(None, 5, 1)])
    rates.add(1.0, [position(10, 110), position(1, 5, 1), position(1, 1, 2)])
    assert [rates.of(("t", number)) for number in range(3)] == [(None, 10.0), (None, 0.0), (None, None)]


@pytest.mark.parametrize(
    ("lag", "consumed", "produced", "seconds"),
    [
        (100, 30.0, 10.0, 5.0),
        (100, 10.0, 10.0, None),
        (0, None, None, 0.0),
        (None, 1.0, 0.0, None),
        (9, None, 1.0, None),
    ],
)
def test_time_to_catch_up(lag: int | None, consumed: float | None, produced: float | None, seconds: float) -> None:
    assert Progress(lag, None, consumed, produced).catch_up == seconds


def test_a_group_in_all() -> None:
    each = [Progress(5, 2.0, 1.0, 3.0), Progress(7, 9.0, None, 1.0), Progress(None, None, None, None)]
    assert in_all(each) == Progress(12, 9.0, 1.0, 4.0)
    assert in_all([]) == Progress(None, None, None, None)
    assert total_lag([position(None, 5), position(1, 5)]) == 4


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0.0 s"), (59.94, "59.9 s"), (200, "3 m 20 s"), (15000, "4 h 10 m")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        servers = broker.bootstrap_servers
        line = f"--bootstrap-server {servers} --create --topic t"
        assert guard(topics.run, line.split(), Recorded()) == 0
        now = int(time.time() * 1000)
        # Ten records: from ten hours ago to one hour ago.
        records = [{"value": str(number), "timestamp": now - (10 - number) * 3_600_000} for number in range(10)]
        produce(servers, *map(json.dumps, records), more="--input json")
        reset = f"--bootstrap-server {servers} --reset-offsets --group g --topic t --to-offset 4 --execute"
        environment = Recorded(variables={"KCLI_COMPAT_EXIT": "1"})
        assert guard(consumer_groups.run, reset.split(), environment) == 0, environment.err
        yield servers


def produce(servers: str, *lines: str, more: str = "") -> None:
    text = "".join(f"{line}\n" for line in lines).encode()
    environment = Recorded(text)
    line = f"--bootstrap-server {servers} --topic t {more}"
    assert guard(console_producer.run, line.split(), environment) == 0, environment.err


def groups(servers: str, line: str) -> Recorded:
    environment = Recorded(program="kafka-consumer-groups")
    environment.code = guard(consumer_groups.run, ["--bootstrap-server", servers, *line.split()], environment)
    return environment


def test_lag_in_seconds_is_the_age_of_the_next_record(bootstrap: str) -> None:
    with Cluster(bootstrap) as cluster:
        admin = Admin(cluster)
        for offset, hours in ((0, 10), (4, 6), (9, 1)):
            (age,) = record_ages(admin, [position(offset, 10)]).values()
            assert abs(age - hours * 3600) < hours * 3600 * 0.03
        assert record_ages(admin, [position(10, 10), position(None, 10)]) == {}
    assert progress([position(10, 10)], looked_at_once(), {})[0].behind == 0.0


def looked_at_once() -> Rates:
    rates = Rates()
    rates.add(0.0, [position(10, 10)])
    return rates


def test_failing_above_a_lag(bootstrap: str) -> None:
    fine = groups(bootstrap, "--describe --group g --fail-above 1000")
    assert (fine.code, "above" in fine.err) == (0, False)
    done = groups(bootstrap, "--describe --group g --fail-above 5")
    assert done.code == 1
    assert "CURRENT-OFFSET" in done.out
    assert done.err.splitlines()[-1].startswith("Consumer group 'g' has a total lag of ")
    assert done.err.endswith(", which is above 5 (--fail-above).\n")
    assert groups(bootstrap, "--describe --group none --fail-above 5").code == 1


@pytest.mark.parametrize(
    "line",
    ["--list --watch", "--describe --group g --state --fail-above 1", "--describe --group g --watch 0"],
)
def test_command_lines_that_make_no_sense(bootstrap: str, line: str) -> None:
    done = groups(bootstrap, line)
    assert (done.code, done.out) == (1, "")


def command(servers: str, line: str) -> list[str]:
    return [sys.executable, "-m", "kcli.tools.consumer_groups", "--bootstrap-server", servers, *line.split()]


def watch_until_too_high(servers: str, form: str) -> str:
    """What a watch in a pipe printed until the second look or so, when its lag became too high."""
    lag = lag_of(servers)
    line = f"--describe --group g --watch 0.2 --fail-above {lag} --output {form}"
    process = subprocess.Popen(command(servers, line), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    first = process.stdout.readline()
    produce(servers, "more")
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert f"has a total lag of {lag + 1}, which is above {lag}" in err.decode()
    return (first + rest).decode()


def lag_of(servers: str) -> int:
    (row,) = json.loads(groups(servers, "--describe --group g --output json").out)
    return int(row["lag"])


def test_a_block_for_each_look_where_there_is_no_terminal(bootstrap: str) -> None:
    blocks = watch_until_too_high(bootstrap, "text").strip().split("\n\n")
    looks = [block.splitlines() for block in blocks if "lag" in block]
    assert len(looks) > 1
    for stamp, head, titles, *_ in looks:
        assert time.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z")
        assert head.startswith("g: Empty, 0 members, lag ")
        assert titles.split()[:6] == ["TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "LAG-SECONDS"]


def test_a_line_of_json_for_each_look(bootstrap: str) -> None:
    documents = [json.loads(line) for line in watch_until_too_high(bootstrap, "json").splitlines()]
    assert len(documents) > 1
    for document in documents:
        assert time.strptime(document["time"], "%Y-%m-%dT%H:%M:%S%z")
        whole, part = document["rows"]
        assert (whole["topic"], part["topic"]) == (None, "t")
        for row in (whole, part):
            assert list(row) == listings.CONSUMER_GROUP_LAG.names
            assert all(fits(column, row[column.name]) for column in listings.CONSUMER_GROUP_LAG.columns)
        assert abs(whole["lagSeconds"] - 6 * 3600) < 1000
    assert documents[0]["rows"][0]["producedRate"] is None
    assert documents[-1]["rows"][0]["producedRate"] > 0


def test_one_heading_for_all_looks_in_csv(bootstrap: str) -> None:
    head, *rows = csv.reader(io.StringIO(watch_until_too_high(bootstrap, "csv")))
    assert head == ["time", *listings.CONSUMER_GROUP_LAG.names]
    assert len(rows) > 3
    assert all(row[1] == "g" for row in rows)


@pytest.fixture
def terminal(bootstrap: str, tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(command(bootstrap, "--describe --group g --watch 0.3"), tmp_path)
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.process.wait()


def test_redrawn_in_place_on_a_terminal(bootstrap: str, terminal: Terminal) -> None:
    lag = lag_of(bootstrap)
    terminal.expect(f"g: Empty, 0 members, lag {lag},")
    produce(bootstrap, "one", "two")
    terminal.expect(f"lag {lag + 2},")
    terminal.expect("not catching up")
    fcntl.ioctl(terminal._master, termios.TIOCSWINSZ, struct.pack("HHHH", 3, 30, 0, 0))
    os.killpg(terminal.process.pid, signal.SIGWINCH)
    terminal.expect("more lines")
    assert terminal.end(CTRL_C) == 130
    shown = terminal.rest()
    assert shown.index(HIDE_CURSOR) < shown.index("lag") < shown.rindex(SHOW_CURSOR)
    assert HIDE_CURSOR not in shown[shown.rindex(SHOW_CURSOR) :]
    assert "Traceback" not in shown
    assert "\x1b[5A\r" in shown or "\x1b[6A\r" in shown  # back up over what was drawn


def test_the_cursor_is_back_when_it_is_terminated(terminal: Terminal) -> None:
    terminal.expect("lag")
    terminal.process.terminate()
    assert terminal.process.wait(30) == -signal.SIGTERM
    assert terminal.rest().endswith(SHOW_CURSOR)


def test_a_broker_that_goes_away_is_waited_for(tmp_path: Path) -> None:
    with InProcessBroker() as broker:
        servers = broker.bootstrap_servers
        assert guard(topics.run, f"--bootstrap-server {servers} --create --topic t".split(), Recorded()) == 0
        produce(servers, "one")
        reset = f"--bootstrap-server {servers} --reset-offsets --group g --topic t --to-earliest --execute"
        environment = Recorded(variables={"KCLI_COMPAT_EXIT": "1"})
        assert guard(consumer_groups.run, reset.split(), environment) == 0, environment.err
        terminal = Terminal(command(servers, "--describe --group g --watch 0.3 --timeout 1000"), tmp_path)
        terminal.expect("g: Empty, 0 members, lag 1,")
    terminal.expect(servers)
    assert terminal.end(CTRL_C) == 130
    assert "Traceback" not in terminal.rest()


def test_topics_can_be_watched(bootstrap: str, tmp_path: Path) -> None:
    line = f"--bootstrap-server {bootstrap} --describe --topic t --watch"
    terminal = Terminal([sys.executable, "-m", "kcli.tools.topics", *line.split()], tmp_path)
    terminal.expect("Topics: 1  Partitions: 1  Under-replicated: 0  Unavailable: 0")
    terminal.expect("Isr: 1")
    assert terminal.end(CTRL_C) == 130
    refused = Recorded()
    assert guard(topics.run, f"--bootstrap-server {bootstrap} --list --watch".split(), refused) == 1
    assert refused.err.startswith("--watch is for --describe\n")
