"""kafka-groups against our own broker."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import consumer_groups, topics
from kcli.tools.groups import run
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        server = ["--bootstrap-server", broker.bootstrap_servers]
        assert guard(topics.run, [*server, "--create", "--topic", "t"], Recorded()) == 0
        line = ["--reset-offsets", "--group", "simple", "--topic", "t", "--to-latest", "--execute"]
        assert guard(consumer_groups.run, [*server, *line], Recorded(variables={"KCLI_COMPAT_EXIT": "1"})) == 0
        yield broker.bootstrap_servers


def groups(bootstrap: str, line: str) -> Recorded:
    environment = Recorded()
    environment.code = guard(run, ["--bootstrap-server", bootstrap, *line.split()], environment)
    return environment


@pytest.mark.parametrize("line", ["", "--consumer", "--group-type CLASSIC"])
def test_a_group_that_only_has_offsets(bootstrap: str, line: str) -> None:
    done = groups(bootstrap, f"--list {line}")
    assert done.code == 0
    assert done.out.splitlines() == [
        f"{'GROUP':20} {'TYPE':20} {'PROTOCOL':20}",
        f"{'simple':20} {'Classic':20} {'':20} ",
    ]


@pytest.mark.parametrize("line", ["--share", "--streams", "--group-type consumer", "--protocol connect"])
def test_other_groups(bootstrap: str, line: str) -> None:
    assert len(groups(bootstrap, f"--list {line}").out.splitlines()) == 1


def test_as_json(bootstrap: str) -> None:
    done = groups(bootstrap, "--list --output json")
    assert json.loads(done.out) == [{"group": "simple", "type": "Classic", "protocol": ""}]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("--consumer", "Command must include exactly one action: --list."),
        ("--list --group-type modern", "--group-type must be a valid group type."),
        ("--list --share --consumer", 'Option "[consumer]" can\'t be used with option "[share]"'),
        ("--list --streams --protocol x", 'Option "[streams]" can\'t be used with option "[protocol]"'),
    ],
)
def test_what_makes_no_sense(bootstrap: str, line: str, complaint: str) -> None:
    done = groups(bootstrap, line)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(complaint)


def test_nobody_at_the_address() -> None:
    done = groups("localhost:1", "--list")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith("Error while executing groups command : Cannot connect to localhost:1: ")
