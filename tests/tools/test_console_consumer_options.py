"""The console consumer's command line: what is refused, in which words, and what the rest becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.main import guard
from kcli.tools.console_consumer import run
from kcli.tools.console_consumer_options import Options, read_options
from tests.cli.support import Recorded

# ruff: noqa: E501

BASE = ["--bootstrap-server", "localhost:1", "--topic", "t"]


def options(*arguments: str) -> Options:
    read = read_options([*BASE, *arguments], Recorded())
    assert isinstance(read, Options)
    return read


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--topic t", 'Missing required argument "[bootstrap-server]"'),
        ("--bootstrap-server x:1", "Exactly one of the following arguments is required: [topic], [include]"),
        ("--bootstrap-server x:1 --topic t --include u", "Exactly one of the following arguments is required: [topic], [include]"),
        ("--bootstrap-server x:1 --include u --partition 0", "The topic is required when partition is specified."),
        ("--topic t --offset 1", "The partition is required when offset is specified."),
        ("--topic t --partition 0 --offset 1 --from-beginning", "Options from-beginning and offset cannot be specified together."),
        (
            "--bootstrap-server x:1 --topic t --partition 0 --offset -1",
            "The provided offset value '-1' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.",
        ),
        ("--bootstrap-server x:1 --topic t --partition zero", "Cannot parse argument 'zero' of option partition"),
        ("--bootstrap-server x:1 --topic t --timeout-ms soon", "Cannot parse argument 'soon' of option timeout-ms"),
        ("--bootstrap-server x:1 --topic t --whitelist u", "whitelist is not a recognized option"),
        ("--topic t --nonesuch", "nonesuch is not a recognized option"),
        ("--topic t --max-messages", "Option max-messages requires an argument"),
        (
            "--bootstrap-server x:1 --topic t --group a --command-property group.id=b",
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via"
            " '--consumer.config') do not match. Detected group ids: 'a', 'b'",
        ),
        ("--bootstrap-server x:1 --topic t --group a --partition 0", "Options group and partition cannot be specified together."),
        (
            "--bootstrap-server x:1 --topic t --from-beginning --command-property auto.offset.reset=latest",
            "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please remove one option",
        ),
        (
            "--bootstrap-server x:1 --topic t --property a=b --formatter-property c=d",
            "Options --property and --formatter-property cannot be specified together.",
        ),
        (
            "--bootstrap-server x:1 --topic t --consumer-property a=b --command-property c=d",
            "Options --consumer-property and --command-property cannot be specified together.",
        ),
        (
            "--bootstrap-server x:1 --topic t --consumer.config a --command-config b",
            "Options --consumer.config and --command-config cannot be specified together.",
        ),
        ("--bootstrap-server x:1 --topic t --command-config no.properties", "java.nio.file.NoSuchFileException: no.properties"),
        ("--bootstrap-server x:1 --topic t --tail 3 --group g", "Options tail and group cannot be specified together."),
        ("--bootstrap-server x:1 --topic t --formatter no.such.Formatter", "no.such.Formatter"),
        (
            "--bootstrap-server x:1 --topic t --command-property group.protocol=share",
            "org.apache.kafka.common.config.ConfigException: Invalid value share for configuration group.protocol:"
            " String must be one of (case insensitive): CONSUMER, CLASSIC",
        ),
        ("--bootstrap-server x:1 --include a(", "java.util.regex.PatternSyntaxException: Unclosed group near index 2"),
        ("--bootstrap-server x --topic t", "org.apache.kafka.common.config.ConfigException: Invalid url in bootstrap.servers: x"),
    ],
)  # fmt: skip
def test_what_is_refused(arguments: str, message: str) -> None:
    environment = Recorded()
    assert guard(run, arguments.split(), environment) == 1
    said = [line for line in environment.err.splitlines() if "is deprecated" not in line]
    assert said[0] == message
    assert environment.out == ""


def test_a_refusal_shows_the_options_that_it_is_about() -> None:
    environment = Recorded()
    guard(run, ["--topic", "t", "--offset", "1"], environment)
    assert [line[:20].split(" ")[0] for line in environment.err.splitlines()[1:5]] == [
        "Option", "------", "--partition", "--offset",
    ]  # fmt: skip


def test_without_arguments_there_is_help_and_failure() -> None:
    environment = Recorded()
    assert guard(run, [], environment) == 1
    assert environment.err.startswith(
        "This tool helps to read data from Kafka topics and outputs it to standard output.\n"
    )


def test_a_made_up_group_commits_nothing() -> None:
    settings = options().settings
    assert settings["group.id"].startswith("console-consumer-")
    assert settings["enable.auto.commit"] == "false"
    assert settings["client.id"] == "console-consumer"
    assert options().private_group
    named = options("--command-property", "group.id=g")
    assert (named.settings["group.id"], named.private_group) == ("g", False)
    assert "enable.auto.commit" not in named.settings


def test_settings_of_the_command_line_go_over_those_of_files(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("isolation.level=read_committed\nclient.id=x\nauto.offset.reset=none\n")
    given = options("--command-config", str(file), "--command-property", "client.id=y").settings
    assert (given["client.id"], given["isolation.level"], given["auto.offset.reset"]) == ("y", "read_committed", "none")
    over = options("--consumer.config", str(file), "--isolation-level", "read_uncommitted").settings
    assert over["isolation.level"] == "read_uncommitted"


def test_formatter_properties_go_over_the_deserializer_options(tmp_path: Path) -> None:
    file = tmp_path / "formatter.properties"
    file.write_text("print.key=true\nkey.separator=->\n")
    given = options(
        "--formatter-config", str(file), "--key-deserializer", "a", "--value-deserializer", "b",
        "--formatter-property", "key.deserializer=c", "--formatter-property", "key.separator=~",
    ).formatter_properties  # fmt: skip
    assert given == {"print.key": "true", "key.separator": "~", "key.deserializer": "c", "value.deserializer": "b"}


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ((), "latest"),
        (("--from-beginning",), "earliest"),
        (("--partition", "0", "--offset", "EARLIEST"), "earliest"),
        (("--partition", "0", "--offset", "7"), 7),
    ],
)
def test_where_to_begin(arguments: tuple[str, ...], start: int | str) -> None:
    assert options(*arguments).start == start


def test_the_old_name_of_include() -> None:
    environment = Recorded()
    read = read_options(["--bootstrap-server", "x:1", "--whitelist", "a.*"], environment)
    assert isinstance(read, Options)
    assert read.include == "a.*"
    assert "--whitelist is deprecated" in environment.err
    both = read_options(["--bootstrap-server", "x:1", "--whitelist", "a", "--include", "b"], Recorded())
    assert isinstance(both, Options)
    assert both.include == "b"


def test_limits() -> None:
    assert options().limit() is None
    assert options("--max-messages", "-1").limit() is None
    assert options("--max-messages", "3").limit() == 3
    assert options("--max-messages", "-2").limit() == 0
    with pytest.raises(CommandError, match="OptionArgumentConversionException: Cannot parse argument 'many'"):
        options("--max-messages", "many").limit()
    assert options("--timeout-ms", "-1").timeout == float("inf")
    assert options("--timeout-ms", "1500").timeout == 1.5
