"""kafka-consumer-groups against our own broker."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer

from kcli.cli.environment import Environment
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import console_producer, topics
from kcli.tools.consumer_groups import run
from tests.cli.support import Recorded
from tests.tools.terminal import CONTROLS, Terminal

FAILED = "Executing consumer group command failed due to "


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        servers = broker.bootstrap_servers
        for name, partitions in (("t", 2), ("u", 1), ("empty", 1)):
            line = f"--bootstrap-server {servers} --create --topic {name} --partitions {partitions}"
            assert guard(topics.run, line.split(), Recorded()) == 0
        for name, lines in (("t", b"a:1\nb:2\nc:3\nd:4\ne:5\nf:6\ng:7\nh:8\n"), ("u", b"x:1\ny:2\n")):
            line = f"--bootstrap-server {servers} --topic {name} --property parse.key=true --property key.separator=:"
            assert guard(console_producer.run, line.split(), Recorded(lines)) == 0
        yield servers


class Tool:
    """The tool, run in this process; undo files that nobody asked for go to a folder of the test."""

    def __init__(self, bootstrap: str, state: Path) -> None:
        self.bootstrap = bootstrap
        self.variables = {"XDG_STATE_HOME": str(state)}

    def __call__(self, line: str, **variables: str) -> Recorded:
        environment = Recorded(variables={**self.variables, **variables}, program="kafka-consumer-groups")
        environment.code = guard(run, ["--bootstrap-server", self.bootstrap, *line.split()], environment)
        return environment

    def rows(self, line: str) -> list[list[str]]:
        """The lines of a table, without its titles."""
        done = self(line)
        assert done.code == 0, done.out + done.err
        return [text.split() for text in done.out.splitlines()[2:]]

    def json(self, line: str) -> list[dict[str, object]]:
        done = self(f"{line} --output json")
        assert done.code == 0, done.out + done.err
        found: list[dict[str, object]] = json.loads(done.out)
        return found

    def offsets(self, group: str) -> dict[tuple[object, object], object]:
        rows = self.json(f"--describe --group {group}")
        return {(row["topic"], row["partition"]): row["currentOffset"] for row in rows}


@pytest.fixture
def groups(bootstrap: str, tmp_path: Path) -> Iterator[Tool]:
    tool = Tool(bootstrap, tmp_path / "state")
    yield tool
    tool("--delete --all-groups")


@pytest.fixture
def ends(groups: Tool) -> dict[str, str]:
    """How many records each partition of t has; more than one in both, by Kafka's way to place keys."""
    found = {row[2]: row[3] for row in groups.rows("--reset-offsets --group any --topic t --to-latest --dry-run")}
    assert sum(map(int, found.values())) == 8
    assert min(map(int, found.values())) > 1
    return found


class Member:
    """A consumer that stays in a group."""

    def __init__(self, bootstrap: str, group: str) -> None:
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "client.id": "reader"})
        self._consumer.subscribe(["t"])

    def __enter__(self) -> Member:
        deadline = time.monotonic() + 120
        while not self._consumer.assignment():
            assert time.monotonic() < deadline
            self._consumer.poll(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()


# Resetting


@pytest.mark.parametrize(
    "way", ["--to-earliest", "--to-offset 0", "--to-datetime 2001-01-01T00:00:00.000", "--by-duration P1D"]
)
def test_ways_to_the_beginning(groups: Tool, way: str) -> None:
    assert groups.rows(f"--reset-offsets --group g --topic t {way} --execute") == [
        ["g", "t", "0", "0"],
        ["g", "t", "1", "0"],
    ]
    assert groups.offsets("g") == {("t", 0): 0, ("t", 1): 0}


def test_a_time_after_the_last_record_falls_back_to_the_end(groups: Tool, ends: dict[str, str]) -> None:
    done = groups("--reset-offsets --group g --topic t:0 --to-datetime 2101-01-01T00:00:00.000 --dry-run")
    assert "Warn: Partition 0 from topic t is empty. Falling back to latest known offset." in done.out
    assert done.out.splitlines()[-1].split() == ["g", "t", "0", ends["0"]]


def test_shifting_stays_within_the_partition(groups: Tool, ends: dict[str, str]) -> None:
    groups("--reset-offsets --group g --topic t --to-offset 1 --execute")
    assert groups.rows("--reset-offsets --group g --topic t:1 --shift-by -1 --execute") == [["g", "t", "1", "0"]]
    done = groups("--reset-offsets --group g --topic t:0 --shift-by 100 --execute")
    assert done.out.splitlines()[2].split() == ["g", "t", "0", ends["0"]]
    assert "WARN New offset (101) is higher than latest offset for topic partition t-0." in done.err
    assert f"Value will be set to {ends['0']} " in done.err


def test_current_offsets_stay_and_missing_ones_start_at_the_end(groups: Tool, ends: dict[str, str]) -> None:
    groups("--reset-offsets --group g --topic t:0 --to-offset 1 --execute")
    assert groups.rows("--reset-offsets --group g --topic t --to-current --execute") == [
        ["g", "t", "0", "1"],
        ["g", "t", "1", ends["1"]],
    ]


def test_without_execute_nothing_happens(groups: Tool) -> None:
    done = groups("--reset-offsets --group g --topic t --to-latest")
    assert done.err.startswith("WARN: No action will be performed as the --execute option is missing.")
    assert groups("--describe --group g").code == 1


def test_an_exported_plan_can_be_taken_back(groups: Tool, tmp_path: Path, ends: dict[str, str]) -> None:
    plan = tmp_path / "plan.csv"
    exported = groups("--reset-offsets --group g --topic t --to-latest --export --dry-run").out
    assert list(csv.reader(io.StringIO(exported)))[:2] == [["t", "0", ends["0"]], ["t", "1", ends["1"]]]
    plan.write_text("t,0,1\nt,1,2\n")
    groups(f"--reset-offsets --group g --from-file {plan} --execute")
    assert groups.offsets("g") == {("t", 0): 1, ("t", 1): 2}


def test_plans_for_several_groups_name_them(groups: Tool, tmp_path: Path) -> None:
    exported = groups("--reset-offsets --group g --group h --topic t:0 --to-earliest --export --dry-run").out
    assert exported == "g,t,0,0\nh,t,0,0\n\n"
    plan = tmp_path / "plan.csv"
    plan.write_text("g,t,0,1\n")
    done = groups(f"--reset-offsets --group g --group h --from-file {plan} --execute")
    assert done.code == 1
    assert "Error: No reset plan for group h found" in done.out
    assert groups.offsets("g") == {("t", 0): 1}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("t,0,one\n", "plan.csv:1: 'one' is not a number; a line is topic,partition,offset"),
        ("t,0,1\nt,zero,1\n", "plan.csv:2: 'zero' is not a number; a line is topic,partition,offset"),
        ("g,t,0,1\ng,t,0\n", "plan.csv:2: '' is not a number; a line is group,topic,partition,offset"),
        ("t\n", "plan.csv:1: '' is not a number; a line is topic,partition,offset"),
        ("", "plan.csv is empty"),
        ("t,7,1\n", 'The partitions "t-7" do not exist'),
        ("t;0;1\n", "org.apache.kafka.common.errors.InvalidTopicException: "),
    ],
)
def test_a_plan_that_makes_no_sense(groups: Tool, tmp_path: Path, text: str, complaint: str) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text(text)
    done = groups(f"--reset-offsets --group g --from-file {plan} --execute")
    assert done.code == 1
    assert done.out.startswith(f"\nError: {FAILED}")
    assert complaint in done.out


def test_before_and_after(groups: Tool) -> None:
    groups("--reset-offsets --group g --topic t:0 --to-offset 1 --execute")
    assert groups.json("--reset-offsets --group g --topic t --to-offset 2 --dry-run") == [
        {"group": "g", "topic": "t", "partition": 0, "oldOffset": 1, "newOffset": 2, "change": 1},
        {"group": "g", "topic": "t", "partition": 1, "oldOffset": None, "newOffset": 2, "change": None},
    ]


def test_undoing_a_reset(groups: Tool) -> None:
    groups("--reset-offsets --group g --topic t:0 --to-offset 1 --execute")
    done = groups("--reset-offsets --group g --topic t --topic u --to-latest --execute")
    named = re.search(r"^Undo with (--reset-offsets --from-file \S+ --execute)$", done.err, re.MULTILINE)
    assert named
    undone = groups(f"--group g {named[1]}")
    assert undone.code == 0, undone.out + undone.err
    assert groups.offsets("g") == {("t", 0): 1}


def test_a_device_undoes_nothing(groups: Tool, tmp_path: Path) -> None:
    groups("--reset-offsets --group g --topic t --to-offset 1 --execute")
    done = groups("--reset-offsets --group g --topic t --to-latest --execute --undo-file /dev/null")
    assert (done.code, done.err) == (0, "")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "undo.csv")
    done = groups(f"--reset-offsets --group g --topic t --to-offset 1 --execute --undo-file {link}")
    assert f"--from-file {link}" in done.err


def test_an_undo_file_of_several_groups_where_it_was_asked_for(groups: Tool, tmp_path: Path) -> None:
    undo = tmp_path / "undo.csv"
    for group in ("g", "h"):
        groups(f"--reset-offsets --group {group} --topic t --to-offset 1 --execute")
    groups(f"--reset-offsets --all-groups --all-topics --to-latest --execute --undo-file {undo}")
    assert undo.stat().st_mode & 0o77 == 0
    groups(f"--reset-offsets --all-groups --from-file {undo} --execute")
    assert groups.offsets("g") == groups.offsets("h") == {("t", 0): 1, ("t", 1): 1}


def test_an_undo_file_that_cannot_be_written_keeps_everything_as_it_is(groups: Tool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = groups(f"--reset-offsets --group g --topic t --to-latest --execute --undo-file {tmp_path}/file/undo.csv")
    assert done.code == 1
    assert "Cannot write" in done.out
    assert groups("--describe --group g").code == 1


def test_an_undo_file_that_is_a_link_stays_one(groups: Tool, tmp_path: Path) -> None:
    link, kept = tmp_path / "link.csv", tmp_path / "kept.csv"
    link.symlink_to(kept)
    assert groups(f"--reset-offsets --group g --topic t --to-offset 1 --execute --undo-file {link}").code == 0
    assert link.is_symlink()
    assert kept.read_text().startswith("t,0,")


def test_an_undo_file_that_is_a_device_stays_one(groups: Tool) -> None:
    done = groups(f"--reset-offsets --group g --topic t --to-offset 1 --execute --undo-file {os.devnull}")
    assert done.code == 0, done.err
    assert Path(os.devnull).is_char_device()


def test_as_kafka_where_scripts_ask_for_it(groups: Tool, tmp_path: Path) -> None:
    done = groups("--reset-offsets --group g --topic u --to-latest --execute", KCLI_COMPAT_EXIT="1")
    assert (done.code, done.err) == (0, "")
    assert not (tmp_path / "state").exists()
    assert groups("--describe --group none", KCLI_COMPAT_EXIT="1").code == 0


def test_an_active_member_stands_in_the_way(groups: Tool) -> None:
    with Member(groups.bootstrap, "live"):
        done = groups("--reset-offsets --group live --topic t --to-earliest --execute")
        assert done.code == 1
        assert "if the group 'live' is inactive, but the current state is Stable." in done.out
        named = r"^Active member of 'live': reader-\S+ \(client reader at /127.0.0.1\), has t:0,1$"
        assert re.search(named, done.err, re.MULTILINE)


# Describing and listing


def test_a_live_group(groups: Tool, ends: dict[str, str]) -> None:
    with Member(groups.bootstrap, "live"):
        rows = groups.rows("--describe --group live")
        assert [(row[2], row[4]) for row in rows] == [("0", ends["0"]), ("1", ends["1"])]
        assert {row[8] for row in rows} == {"reader"}
        (member,) = groups.json("--describe --group live --members")
        assert (member["currentAssignment"], member["partitions"]) == ("t:0,1", 2)
        (state,) = groups.json("--describe --group live --state")
        assert (state["state"], state["members"], state["coordinatorId"]) == ("Stable", 1, 1)
        assert groups.rows("--describe --group live --state")[0][-2:] == ["Stable", "1"]
        refused = groups("--delete --group live")
        assert "could not be deleted due to: org.apache.kafka.common.errors.GroupNotEmptyException" in refused.out
        refused = groups("--delete-offsets --group live --topic t:0")
        assert refused.code == 1


def test_lag_and_a_group_without_members(groups: Tool, ends: dict[str, str]) -> None:
    groups("--reset-offsets --group g --topic t:0 --to-offset 1 --execute")
    done = groups("--describe --group g")
    assert done.err == "\nConsumer group 'g' has no active members.\n"
    blank, titles, row = done.out.splitlines()
    assert (blank, titles.split()[3:6]) == ("", ["CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"])
    assert row.split() == ["g", "t", "0", "1", ends["0"], str(int(ends["0"]) - 1), "-", "-", "-"]


def test_listing(groups: Tool) -> None:
    for group in ("a", "b"):
        groups(f"--reset-offsets --group {group} --topic t --to-latest --execute")
    assert groups("--list").out == "a\nb\n"
    listed = groups("--list --type classic --state").out.splitlines()
    assert listed[0].split() == ["GROUP", "TYPE", "STATE"]
    assert [line.split() for line in listed[1:]] == [["a", "Classic", "Empty"], ["b", "Classic", "Empty"]]
    assert groups.json("--list --state stable") == []
    refused = groups("--list --state sleeping")
    assert refused.code == 1
    assert refused.err.startswith("Invalid state list 'sleeping'. Valid states are: ")


# Deleting


def test_deleting_groups(groups: Tool) -> None:
    for group in ("a", "b"):
        groups(f"--reset-offsets --group {group} --topic t --to-latest --execute")
    assert groups("--delete --group a").out == "Deletion of requested consumer groups ('a') was successful.\n"
    done = groups("--delete --group a --group b")
    assert done.code == 1
    assert done.out.splitlines()[1:] == [
        "Error: Deletion of some consumer groups failed:",
        "* Group 'a' could not be deleted due to: org.apache.kafka.common.errors.GroupIdNotFoundException:"
        " The group id does not exist.",
        "",
        "These consumer groups were deleted successfully: 'b'",
    ]


def test_deleting_offsets(groups: Tool) -> None:
    groups("--reset-offsets --group g --topic t --topic u --to-latest --execute")
    assert groups("--delete-offsets --group g --topic t:1 --topic u").code == 0
    assert set(groups.offsets("g")) == {("t", 0)}
    done = groups("--delete-offsets --group g --topic nothing")
    assert done.code == 1
    assert done.out.splitlines()[-1].split()[:3] == ["nothing", "-", "Error:"]
    done = groups("--delete-offsets --group none --topic u")
    assert done.out.startswith("\nError: The group id does not exist.\n")


# What goes wrong


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("--describe", "Option [describe] takes one of these options: [all-groups], [group]"),
        ("--describe --group g --state x", "Option [describe] does not take a value for [state]"),
        ("--list --members", "Option(s) [members] are unavailable given other options on the command line"),
        ("--list --group g", 'Option "[group]" can\'t be used with option "[list]"'),
        ("--reset-offsets --group g --topic t:x --to-latest --dry-run", "Invalid partition 'x' specified in topic arg"),
        ("--reset-offsets --group g --topic t: --to-latest --dry-run", "Invalid topic arg 't:', expected"),
        ("--reset-offsets --group g --topic t --dry-run", "Option '[reset-offsets]' requires one of"),
        ("--reset-offsets --group g --topic t --shift-by 1 --dry-run", "Cannot shift offset for partition t-0 since"),
    ],
)
def test_command_lines_that_make_no_sense(groups: Tool, line: str, complaint: str) -> None:
    done = groups(line)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(complaint)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("--topic none --to-latest", "This server does not host this topic-partition."),
        ("--topic t:9 --to-latest", 'The partitions "t-9" do not exist'),
        ("--topic t --by-duration 1h", "Text cannot be parsed to a Duration"),
        ("--topic t --to-datetime yesterday", "java.text.ParseException: Error parsing timestamp."),
        ("--from-file missing.csv", "java.io.IOException: Unable to read file missing.csv"),
    ],
)
def test_resets_that_cannot_be(groups: Tool, line: str, complaint: str) -> None:
    done = groups(f"--reset-offsets --group g {line} --execute")
    assert done.code == 1
    assert done.out.startswith(f"\nError: {FAILED}{complaint}")


def test_a_group_that_is_not_there(groups: Tool) -> None:
    done = groups("--describe --group none")
    reason = "org.apache.kafka.common.errors.GroupIdNotFoundException: Group none not found."
    assert (done.code, done.out, done.err) == (1, f"\nError: {FAILED}{reason}\n", f"{reason}\n")
    quiet = groups("--describe --group none --output json")
    assert (quiet.code, quiet.out) == (1, "")


def test_nobody_at_the_address() -> None:
    environment = Recorded()
    assert guard(run, ["--bootstrap-server", "localhost:1", "--list"], environment) == 1
    assert environment.err.startswith("java.net.ConnectException: Cannot connect to localhost:1: ")
    assert "Failed to find brokers to send ListGroups" in environment.out


def test_a_broker_that_never_answers() -> None:
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        environment = Recorded()
        line = ["--bootstrap-server", address, "--describe", "--group", "g", "--timeout", "300"]
        assert guard(run, line, environment) == 1
    assert f"TimeoutException: Cannot connect to {address}: it accepts connections but does not" in environment.out
    assert "within 300 ms" in environment.out


class Screen(io.BytesIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


def test_somebody_who_looks_sees_before_and_after(groups: Tool) -> None:
    groups("--reset-offsets --group g --topic t:0 --to-offset 1 --execute")
    screen = Screen()
    environment = Environment(io.BytesIO(), screen, Screen(), groups.variables)
    line = "--reset-offsets --group g --topic t --to-offset 2 --dry-run"
    assert guard(run, ["--bootstrap-server", groups.bootstrap, *line.split()], environment) == 0
    assert [row.split() for row in screen.getvalue().decode().splitlines()[1:]] == [
        ["GROUP", "TOPIC", "PARTITION", "OLD-OFFSET", "NEW-OFFSET", "CHANGE"],
        ["g", "t", "0", "1", "2", "1"],
        ["g", "t", "1", "-", "2", "-"],
    ]


def test_reset_see_and_undo_on_a_terminal(groups: Tool, tmp_path: Path) -> None:
    groups("--reset-offsets --group g --topic t --to-offset 1 --execute")
    before = groups.offsets("g")
    command = [sys.executable, "-m", "kcli.tools.consumer_groups", "--bootstrap-server", groups.bootstrap]
    reset = [*command, *["--reset-offsets", "--group", "g", "--all-topics", "--to-offset", "2", "--execute"]]
    terminal = Terminal(reset, tmp_path)
    terminal.expect("OLD-OFFSET      NEW-OFFSET")
    assert terminal.process.wait(30) == 0
    assert groups.offsets("g") == {("t", 0): 2, ("t", 1): 2}
    named = re.search(r"Undo with --reset-offsets --from-file (\S+) --execute", CONTROLS.sub("", terminal.rest()))
    assert named
    undo = [*command, *f"--reset-offsets --group g --from-file {named[1]} --execute".split()]
    assert Terminal(undo, tmp_path).process.wait(30) == 0
    assert groups.offsets("g") == before == {("t", 0): 1, ("t", 1): 1}


@pytest.mark.parametrize(
    ("regex", "said", "code"),
    [
        ("orders-[0-9]+", "The regular expression `orders-[0-9]+` is valid.\n", 0),
        ("orders-[0-9", "The regular expression `orders-[0-9` is invalid: missing closing ].\n", 1),
        ("(?=x)", "The regular expression `(?=x)` is invalid: invalid or unsupported Perl syntax.\n", 1),
    ],
)
def test_validating_an_expression_needs_no_broker(regex: str, said: str, code: int) -> None:
    environment = Recorded()
    assert guard(run, ["--validate-regex", regex], environment) == code
    assert environment.out == said
