"""--grep, --where, --from and --to of the console consumer, on our broker."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from kcli.cli.main import guard
from kcli.testing import EphemeralBroker
from kcli.tools.console_consumer import run
from kcli.tools.console_search import matcher
from tests.cli.support import Recorded

HOUR = 3_600_000
NOW = time.time_ns() // 1_000_000


def records(now: int) -> list[dict[str, object]]:
    return [
        {"value": "error: disk", "key": "a", "timestamp": now - 3 * HOUR, "headers": [["trace", "x1"]]},
        {"value": '{"level":"warn","n":5,"tags":["a","b"]}', "key": "b", "timestamp": now - 2 * HOUR},
        {"value": None, "key": '{"id":7}', "timestamp": now - 90 * 60_000},
        {"value": {"base64": "//5lcnJvcg=="}, "key": None, "timestamp": now - 80 * 60_000},
        {"value": '{"level":"error","n":50}', "key": "b", "timestamp": now - 30 * 60_000, "headers": [["trace", "y"]]},
        {"value": "Größe: ä", "key": "c", "timestamp": now - 20 * 60_000},
    ]


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with EphemeralBroker() as broker:
        now = time.time_ns() // 1_000_000  # not NOW: this module was imported when the whole run began
        lines = "".join(json.dumps(record) + "\n" for record in records(now))
        where = ["--bootstrap-server", broker.bootstrap_servers, "--topic", "t"]
        kcli = [sys.executable, "-m", "kcli.cli.umbrella"]
        subprocess.run([*kcli, "topics", "--create", *where, "--partitions", "1"], check=True, stdout=subprocess.PIPE)
        subprocess.run([*kcli, "console-producer", *where, "--input", "json"], input=lines.encode(), check=True)
        yield broker.bootstrap_servers


def consume(broker: str, *options: str, begin: str = "--from-beginning") -> list[int]:
    """Which of the records are printed."""
    environment = Recorded(program="kafka-console-consumer")
    arguments = ["--bootstrap-server", broker, "--topic", "t", "--exit-at-end", "--output", "json", *options]
    assert guard(run, [*arguments, *([begin] if begin else [])], environment) == 0, environment.err
    return [json.loads(line)["offset"] for line in environment.out.splitlines()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--grep", "error"], [0, 3, 4]),
        (["--grep", "(?i)ERROR: d.sk$"], [0]),
        (["--grep", "^Gr..e: .$"], [5]),
        (["--grep", "ö"], [5]),
        (["--grep-key", "^[bc]$"], [1, 4, 5]),
        (["--grep-header", "^trace:x"], [0]),
        (["--grep", "error", "--grep-header", "trace"], [0, 4]),
        (["--where", "value.level == 'error'"], [4]),
        (["--where", "value.n > `4`"], [1, 4]),
        (["--where", "contains(value.tags, 'b')"], [1]),
        (["--where", "key.id == `7` && value == null"], [2]),
        (["--where", "headers[?[0] == 'trace']"], [0, 4]),
        (["--where", "offset >= `2` && offset < `4`"], [2, 3]),
        (["--where", "starts_with(value, 'error')"], [0]),
        (["--grep", "error", "--max-messages", "2"], [0, 3]),
        (["--grep", "nothing like it"], []),
    ],
)
def test_records_are_found_by_content(broker: str, options: list[str], expected: list[int]) -> None:
    assert consume(broker, *options) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--from", "-1h"], [4, 5]),
        (["--from", "-100m", "--to", "-1h"], [2, 3]),
        (["--to", "-100m"], [0, 1]),
        (["--from", "now"], []),
        (["--from", "-1w", "--to", "now"], [0, 1, 2, 3, 4, 5]),
        (["--from", str(NOW - 2 * HOUR), "--grep", "error"], [3, 4]),
        (["--from", "-1h", "--partition", "0", "--max-messages", "1"], [4]),
    ],
)
def test_records_are_found_by_time(broker: str, options: list[str], expected: list[int]) -> None:
    assert consume(broker, *options, begin="") == expected


def test_it_stops_at_the_time_without_being_told_to_exit(broker: str) -> None:
    environment = Recorded(program="kafka-console-consumer")
    arguments = ["--bootstrap-server", broker, "--topic", "t", "--from", "-100m", "--to", "-25m", "--grep", "level"]
    assert guard(run, arguments, environment) == 0
    assert environment.out.rstrip() == '{"level":"error","n":50}'
    assert "Processed a total of" in environment.err


def test_plain_lines_are_filtered_and_counted(broker: str) -> None:
    environment = Recorded(program="kafka-console-consumer")
    arguments = ["--bootstrap-server", broker, "--topic", "t", "--from-beginning", "--exit-at-end"]
    assert guard(run, [*arguments, "--grep", "level"], environment) == 0
    assert len(environment.out.splitlines()) == 2
    assert "Processed a total of 2 messages" in environment.err


def test_a_group_goes_on_behind_what_was_searched(broker: str) -> None:
    found = []
    for _ in range(3):
        environment = Recorded(program="kafka-console-consumer")
        arguments = ["--bootstrap-server", broker, "--topic", "t", "--group", "g", "--from-beginning"]
        arguments += ["--grep", "error", "--max-messages", "1"]
        assert guard(run, [*arguments, "--output", "json"], environment) == 0, environment.err
        found += [json.loads(line)["offset"] for line in environment.out.splitlines()]
    assert found == [0, 3, 4]


@pytest.mark.parametrize(
    "options",
    [
        ["--grep", "("],
        ["--grep-key", "*"],
        ["--grep-header", "[a"],
        ["--where", "value."],
        ["--where", "no_such(value"],
        ["--from", "soon"],
        ["--to", "2024-13-01"],
        ["--from", "now", "--to", "-1h"],
    ],
)
def test_what_makes_no_sense_is_one_line_that_names_the_option(options: list[str]) -> None:
    environment = Recorded(program="kafka-console-consumer")
    assert guard(run, ["--bootstrap-server", "localhost:1", "--topic", "t", *options], environment) == 1
    assert len(environment.err.splitlines()) == 1
    assert environment.err.startswith((options[0] + ":", options[-2] + ":"))


@pytest.mark.parametrize("other", [["--group", "g"], ["--tail", "3"], ["--from-beginning"]])
def test_a_time_is_not_another_place_to_begin(other: list[str]) -> None:
    environment = Recorded(program="kafka-console-consumer")
    arguments = ["--bootstrap-server", "localhost:1", "--topic", "t", "--from", "now", *other]
    assert guard(run, arguments, environment) == 1
    assert "cannot be specified together" in environment.err


def test_patterns_read_bytes_as_text() -> None:
    assert matcher("a.c")("aäc".encode())
    assert matcher(r"^\w+$")("größe".encode())
    assert matcher("x")(b"\xffx\xfe")
    assert not matcher("x?")(None)
    assert matcher("x?")(b"")
