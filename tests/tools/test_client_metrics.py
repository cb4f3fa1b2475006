"""kafka-client-metrics: its command line, and a broker that has no subscriptions."""

from __future__ import annotations

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools.client_metrics import run
from kcli.tools.client_metrics_options import TABLE, changes, check
from tests.cli.support import Recorded

SERVER = "--bootstrap-server localhost:1 "


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ([], {}),
        (["--metrics", "a.,b.", "--interval", "500"], {"metrics": "a.,b.", "interval.ms": "500"}),
        (["--match", "client_id=x.*,client_source_port=1"], {"match": "client_id=x.*,client_source_port=1"}),
        (["--match", "", "--interval", ""], {"match": "", "interval.ms": ""}),
        (["--metrics", "a.", "--metrics", "b."], {"metrics": "a.,b."}),
    ],
)
def test_changes(words: list[str], settings: dict[str, str]) -> None:
    assert changes(parse(TABLE, words)) == settings


def test_an_interval_is_a_number() -> None:
    with pytest.raises(CommandError, match=r"^Invalid interval value\. Enter an integer, or leave empty to reset\.$"):
        changes(parse(TABLE, ["--interval", "1s"]))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (SERVER, "Command must include exactly one action: --alter, --delete, --describe or --list."),
        (
            f"{SERVER} --list --alter",
            "Command must include exactly one action: --alter, --delete, --describe or --list.",
        ),
        ("--list", "--bootstrap-server must be specified."),
        (f"{SERVER} --list --name a", 'Option "[list]" can\'t be used with option "[name]"'),
        (f"{SERVER} --delete --name a --match b", 'Option "[delete]" can\'t be used with option "[match]"'),
        (f"{SERVER} --alter", "One of --name or --generate-name must be specified with --alter."),
        (
            f"{SERVER} --alter --name a --generate-name",
            "One of --name or --generate-name must be specified with --alter.",
        ),
        (f"{SERVER} --delete", "A client metrics resource name must be specified with --delete."),
    ],
)
def test_options_that_make_no_sense(line: str, says: str) -> None:
    with pytest.raises(CommandError) as error:
        check(parse(TABLE, line.split()))
    assert error.value.message.startswith(says)


def test_on_our_broker() -> None:
    with InProcessBroker() as broker:
        environment = Recorded(program="kafka-client-metrics")
        code = guard(run, ["--bootstrap-server", broker.bootstrap_servers, "--describe", "--name", "a"], environment)
    assert (code, environment.err) == (0, "")
    assert environment.out == "The client metric resource a doesn't exist and doesn't have dynamic config.\n"
