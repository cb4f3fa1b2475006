"""The parser against what argparse4j 0.7.0, and Kafka 4.3.0's tools that use it, say to the same words."""

from __future__ import annotations

from typing import Any

import pytest

from kcli.cli.argparse4j import ArgumentError, HelpWanted, format_error, format_usage, parse, parse_arguments
from kcli.cli.moment import is_ago
from kcli.cli.options import INT, LONG, Command, Exclusive, Option, OptionTable
from kcli.commands import cp, digest, dump
from tests.cli.support import Recorded

FLAT = OptionTable(
    program="prog",
    summary="d",
    options=(
        Option("zeta", "", "ZETA", type=INT, required=True),
        Option("alpha", "", "ALPHA", short="a", required=True),
        Option("mid", "", "MID", required=True),
        Option("middle", ""),
        Option("many", "", "K=V", many=True),
        Option("ch", "", "CH", choices=("x", "y"), default="x"),
        Option("num", "", "NUM", type=INT, choices=(0, 1, -1)),
        Option("quick", "", short="q"),
        Option("app", "", "APP", repeated=True),
        Option("one", "", "ONE", short="o"),
        Option("two", "", "TWO"),
    ),
    exclusive=(Exclusive(("one", "two"), required=True),),
)

_SERVERS = (
    Option("bootstrap-server", "", "BOOTSTRAP_SERVER"),
    Option("bootstrap-controller", "", "BOOTSTRAP_CONTROLLER"),
)
NESTED = OptionTable(
    program="kafka-metadata-quorum",
    summary="This tool describes kraft metadata quorum status.",
    options=(Option("command-config", "", "COMMAND_CONFIG"), *_SERVERS),
    exclusive=(Exclusive(("bootstrap-server", "bootstrap-controller"), required=True),),
    commands=(
        Command("describe", "", (Option("status", ""), Option("replication", ""), Option("human-readable", ""))),
        Command("describe-all", ""),
        Command(
            "remove-controller",
            "",
            (
                Option("controller-id", "", "CONTROLLER_ID", type=INT, short="i", required=True),
                Option("controller-directory-id", "", "CONTROLLER_DIRECTORY_ID", short="d", required=True),
                Option("dry-run", ""),
            ),
        ),
    ),
)
_WHOLE = "--zeta 1 -a x --mid 1 -o 2"


def _values(line: str) -> dict[str, Any]:
    parsed = parse(FLAT, line.split())
    return {option.name: parsed.value(option.name) for option in FLAT.options if parsed.has(option.name)}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (_WHOLE, {}),
        (f"{_WHOLE} --ma a=b c=d -q", {"many": ["a=b", "c=d"], "quick": True}),
        (f"{_WHOLE} --num -1", {"num": -1}),
        ("--zeta 1 -ax --mid 1 --one 2", {}),
        ("--zeta 1 -a=x --mid 1 --one 2", {}),
        ("--zeta=1 -qax --mid= --one 2", {"mid": "", "quick": True}),
        (f"{_WHOLE} --app 1 --app 2", {"app": ["1", "2"]}),
        (f"--zeta 7 {_WHOLE} -o 3", {"one": "3"}),
        ("--zeta +1 -a x --mid 1 --one=a=b", {"one": "a=b"}),
        (f"{_WHOLE} --", {}),
    ],
)
def test_words_that_are_taken(line: str, values: dict[str, Any]) -> None:
    assert _values(line) == {"zeta": 1, "alpha": "x", "mid": "1", "one": "2"} | values


def test_defaults() -> None:
    parsed = parse(FLAT, _WHOLE.split())
    assert (parsed.value("ch"), parsed.has("ch"), parsed.value("app")) == ("x", False, None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "argument --mid is required"),
        ("--mid 1", "argument --alpha/-a is required"),
        ("--zeta 1 --alpha x --mid 1", "one of the arguments --one/-o --two is required"),
        (f"{_WHOLE} --two 2", "argument --two: not allowed with argument --one/-o"),
        (f"{_WHOLE} --mi", "ambiguous option: --mi could match --mid, --middle"),
        (f"{_WHOLE} --many -q", "argument --many: expected 1 argument(s)"),
        (f"{_WHOLE} --ch z", "argument --ch: invalid choice: 'z' (choose from {x,y})"),
        (f"{_WHOLE} --num 5", "argument --num: invalid choice: '5' (choose from {0,1,-1})"),
        (f"{_WHOLE} --num", "argument --num: expected one argument"),
        (
            "--zeta 99999999999",
            "argument --zeta: could not convert '99999999999' to Integer (For input string: \"99999999999\")",
        ),
        ("--middle=3", "argument --middle: ignore implicit argument '3'"),
        ("--one -x", "argument --one/-o: expected one argument"),
        ("--one --two", "argument --one/-o: expected one argument"),
        ("--one -- x", "argument --one/-o: expected one argument"),
        ("--two -1.5", "argument --two: expected one argument"),
        ("extra", "unrecognized arguments: 'extra'"),
        (f"extra {_WHOLE}", f"unrecognized arguments: 'extra {_WHOLE}'"),
        ("-z", "unrecognized arguments: '-z'"),
        ("-qz", "unrecognized arguments: '-qz'"),
        ("--zata 1", "unrecognized arguments: '--zata'"),
        (f"{_WHOLE} -- foo", "unrecognized arguments: 'foo'"),
    ],
)
def test_words_that_are_refused(line: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        parse(FLAT, line.split())
    assert caught.value.message == message


def test_a_command_may_be_shortened() -> None:
    assert parse(NESTED, ["--bootstrap-server", "x", "rem", "-i1", "-d", "x"]).command == "remove-controller"
    assert parse(NESTED, ["--bootstrap-server", "x", "describe", "--re"]).has("replication")
    with pytest.raises(ArgumentError, match="ambiguous command: des could match describe, describe-all"):
        parse(NESTED, ["des"])


@pytest.mark.parametrize("words", [["-h"], ["--h"], ["--nonesuch", "-h"][1:]])
def test_help_of_the_tool(words: list[str]) -> None:
    with pytest.raises(HelpWanted) as caught:
        parse(NESTED, words)
    assert caught.value.command is None


def test_help_of_a_command_needs_nothing_else() -> None:
    environment = Recorded()
    assert parse_arguments(NESTED, ["remove", "--help"], environment) == 0
    assert "Usage: kafka-metadata-quorum remove-controller --controller-id CONTROLLER_ID" in environment.out
    assert "-d, --controller-directory-id CONTROLLER_DIRECTORY_ID" in environment.out


def test_help_exits_as_kafkas_where_that_is_wanted() -> None:
    environment = Recorded(variables={"KCLI_COMPAT_EXIT": "1"})
    assert parse_arguments(NESTED, ["-h"], environment, kafkas_help_exit=1) == 1
    assert "Commands:\n  describe" in environment.out


def _refused(table: OptionTable, line: str) -> str:
    environment = Recorded()
    assert parse_arguments(table, line.split(), environment) == 1
    assert environment.out == ""
    return environment.err


def test_usage_of_a_tool_with_commands() -> None:
    assert _refused(NESTED, "--bootstrap-server x") == (
        """\
usage: kafka-metadata-quorum [-h] [--command-config COMMAND_CONFIG]
                             (--bootstrap-server BOOTSTRAP_SERVER |
                             --bootstrap-controller BOOTSTRAP_CONTROLLER)
                             {describe,describe-all,remove-controller} ...
kafka-metadata-quorum: error: too few arguments
"""
    )


def test_usage_of_a_command_begins_with_what_the_tool_requires() -> None:
    assert _refused(NESTED, "--bootstrap-server x remove-controller --controller-id 1") == (
        """\
usage: kafka-metadata-quorum (--bootstrap-server BOOTSTRAP_SERVER |
                             --bootstrap-controller BOOTSTRAP_CONTROLLER)
                             remove-controller [-h]
                             --controller-id CONTROLLER_ID
                             --controller-directory-id CONTROLLER_DIRECTORY_ID
                             [--dry-run]
kafka-metadata-quorum:  error:  argument   --controller-directory-id/-d  is
required
"""
    )


@pytest.mark.parametrize(
    ("program", "message", "text"),
    [
        (
            "kafka-metadata-quorum",
            "one of the arguments --bootstrap-server --bootstrap-controller is required",
            "kafka-metadata-quorum: error: one  of  the  arguments --bootstrap-server --\n"
            "bootstrap-controller is required",
        ),
        (
            "kafka-cluster",
            "invalid choice: 'nonesuch' (choose from 'cluster-id', 'unregister', 'list-endpoints')",
            "kafka-cluster: error: invalid  choice:  'nonesuch'  (choose  from 'cluster-\n"
            "id', 'unregister', 'list-endpoints')",
        ),
        (
            "kafka-cluster",
            "argument --bootstrap-server/-b: expected one argument",
            "kafka-cluster:  error:   argument   --bootstrap-server/-b:   expected   one\nargument",
        ),
        (
            "kafka-cluster",
            "ambiguous option: --boot could match --bootstrap-controller, --bootstrap-server",
            "kafka-cluster: error: ambiguous  option:  --boot  could  match --bootstrap-\n"
            "controller, --bootstrap-server",
        ),
        (
            "kafka-transactions.sh",
            "argument --duration-filter: could not convert 'x' to Long (For input string: \"x\")",
            "kafka-transactions.sh:  error:   argument   --duration-filter:   could  not\n"
            "convert 'x' to Long (For input string: \"x\")",
        ),
        (
            "kafka-transactions.sh",
            "invalid choice: 'nonesuch' (choose from 'list', 'describe', 'describe-producers', 'abort', 'find-hanging',"
            " 'forceTerminateTransaction')",
            "kafka-transactions.sh:  error:  invalid  choice:  'nonesuch'  (choose  from\n"
            "'list',   'describe',   'describe-producers',    'abort',   'find-hanging',\n'forceTerminateTransaction')",
        ),
        (
            "verifiable-producer",
            "argument --acks: invalid choice: '7' (choose from {0,1,-1})",
            "verifiable-producer: error: argument  --acks:  invalid  choice: '7' (choose\nfrom {0,1,-1})",
        ),
    ],
)
def test_long_messages_are_justified(program: str, message: str, text: str) -> None:
    assert format_error(program, ArgumentError(message, "usage")) == f"usage\n{text}"


def test_every_tool_has_a_version() -> None:
    for line in ("--version", "--bootstrap-server x --version"):
        environment = Recorded()
        assert parse_arguments(NESTED, line.split(), environment) == 0
        assert environment.out == "4.3.0\n"
    with pytest.raises(ArgumentError, match="unrecognized arguments: '--vers'"):
        parse(NESTED, ["--vers"])


def test_similar_options_are_named() -> None:
    table = OptionTable("prog", "", (Option("transactionalId", "", "ID"),))
    assert _refused(table, "--transactional-id x").endswith(
        "prog: error: unrecognized arguments: '--transactional-id'\n\nDid you mean:\n\t--transactionalId\n"
    )


def test_usage_of_a_long_program_begins_below_it() -> None:
    table = OptionTable(
        "kafka-producer-perf-test",
        "",
        (
            Option("topic", "", "TOPIC", required=True),
            Option("producer-props", "", "PROP-NAME=PROP-VALUE", many=True),
            Option("size", "", "SIZE", type=LONG),
            Option("file", "", "FILE"),
        ),
        exclusive=(Exclusive(("size", "file")),),
    )
    assert format_usage(table) == (
        """\
usage: kafka-producer-perf-test
       [-h] --topic TOPIC
       [--producer-props PROP-NAME=PROP-VALUE [PROP-NAME=PROP-VALUE ...]]
       [--size SIZE | --file FILE]"""
    )


def test_an_option_of_ours_may_say_which_words_with_a_dash_it_takes() -> None:
    since = Option("from", "", "TIME", dashed=is_ago)
    table = OptionTable("prog", "", (since, Option("other", "", "TIME"), Option("quick", "", short="q")))
    assert parse(table, ["--from", "-1d12h", "-q"]).value("from") == "-1d12h"
    for line in (["--from", "-q"], ["--from", "--other", "x"], ["--other", "-1h"]):
        with pytest.raises(ArgumentError, match="expected one argument"):
            parse(table, line)
    for command in (cp, digest, dump):
        given = next(option for option in command.TABLE.options if option.name == "from")
        assert given.dashed is is_ago
