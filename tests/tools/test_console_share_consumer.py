"""kafka-console-share-consumer's command line, and a broker that has no share groups."""

from __future__ import annotations

import pytest

from kcli.cli.main import guard
from kcli.testing import EphemeralBroker
from kcli.tools.console_share_consumer import run
from kcli.tools.console_share_consumer_options import Options, read_options
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
        ("--bootstrap-server x:1", "--topic is a required argument"),
        ("--topic t", 'Missing required argument "[bootstrap-server]"'),
        ("--bootstrap-server x:1 --topic t --from-beginning", "from-beginning is not a recognized option"),
        ("--bootstrap-server x:1 --topic t --reject --release", "At most one of --reject and --release may be specified."),
        (
            "--bootstrap-server x:1 --topic t --max-messages x",
            "joptsimple.OptionArgumentConversionException: Cannot parse argument 'x' of option max-messages",
        ),
        (
            "--bootstrap-server x:1 --topic t --timeout-ms x",
            "joptsimple.OptionArgumentConversionException: Cannot parse argument 'x' of option timeout-ms",
        ),
        ("--bootstrap-server x:1 --topic t --formatter nope", "nope"),
        (
            "--bootstrap-server x:1 --topic t --group a --command-property group.id=b",
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via"
            " '--consumer-config') do not match. Detected group ids: 'a', 'b'",
        ),
        (
            "--bootstrap-server x:1 --topic t --command-property auto.offset.reset=latest",
            "org.apache.kafka.common.config.ConfigException: auto.offset.reset cannot be set when using a share group.",
        ),
        (
            "--bootstrap-server x:1 --topic t --command-property share.acquire.mode=x",
            "org.apache.kafka.common.config.ConfigException: Invalid value x for configuration share.acquire.mode:"
            " Invalid value `x` for configuration share.acquire.mode. The value must either be 'batch_optimized' or"
            " 'record_limit'.",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(arguments: str, message: str) -> None:
    environment = Recorded(program="kafka-console-share-consumer")
    assert guard(run, arguments.split(), environment) == 1
    assert environment.err.splitlines()[0] == message


def test_what_the_options_become() -> None:
    read = options("--group", "g", "--max-messages", "-1", "--timeout-ms", "1500", "--release")
    assert (read.max_messages, read.timeout, read.release, read.reject) == (None, 1.5, True, False)
    assert read.settings["group.id"] == "g"
    assert read.settings["share.acknowledgement.mode"] == "explicit"
    assert options().settings["group.id"] == options().settings["client.id"] == "console-share-consumer"


@pytest.mark.parametrize(
    ("old", "new"),
    [("consumer-property", "command-property"), ("property", "formatter-property")],
)
def test_old_names_count_with_a_warning(old: str, new: str) -> None:
    environment = Recorded()
    read = read_options([*BASE, f"--{old}", "a.b=c"], environment)
    assert isinstance(read, Options)
    assert (read.settings if old.startswith("consumer") else read.formatter_properties)["a.b"] == "c"
    assert environment.err == (
        f"Option --{old} is deprecated and will be removed in a future version. Use --{new} instead.\n"
    )


def test_a_broker_without_share_groups_is_an_error_at_once() -> None:
    environment = Recorded(program="kafka-console-share-consumer")
    with EphemeralBroker() as broker:
        code = guard(run, ["--bootstrap-server", broker.bootstrap_servers, "--topic", "t"], environment)
    assert code == 1
    assert "The cluster does not support the share group protocol." in environment.err
    assert environment.err.endswith("Processed a total of 0 messages\n")


def test_an_unreachable_broker_is_named() -> None:
    environment = Recorded(program="kafka-console-share-consumer")
    arguments = ["--bootstrap-server", "no.such.host.invalid:9092", "--topic", "t"]
    assert guard(run, arguments, environment) == 1
    assert "no.such.host.invalid:9092" in environment.err
