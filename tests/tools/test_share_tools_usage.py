"""The command lines of the tools for share groups: what is refused, and how."""

from __future__ import annotations

import socket

import pytest

from kcli.cli.main import Run, guard
from kcli.testing import EphemeralBroker
from kcli.tools import share_consumer_perf_test, share_groups, streams_groups, verifiable_share_consumer
from kcli.tools.share_consumer_perf_test_options import read_options
from tests.cli.support import Recorded

# ruff: noqa: E501

BASE = "--bootstrap-server localhost:1 --topic t"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--topic a --bootstrap-server localhost:1", "verifiable-share-consumer: error: argument --group-id is required"),
        (f"{BASE} --group-id g --nope", "verifiable-share-consumer: error: unrecognized arguments: '--nope'"),
        (f"{BASE} --group-id g --acknowledgement-mode x", "--acknowledgement-mode x is unknown: one of auto, sync, async"),
        (f"{BASE} --group-id g --command-config /no/such", "java.nio.file.NoSuchFileException: /no/such"),
        (
            f"{BASE} --group-id g --consumer.config a --command-config b",
            "verifiable-share-consumer:  error:  --consumer.config and --command-config\ncannot be specified together.",
        ),
    ],
)  # fmt: skip
def test_what_the_verifiable_consumer_refuses(arguments: str, message: str) -> None:
    environment = Recorded(program="kafka-verifiable-share-consumer")
    assert guard(verifiable_share_consumer.run, arguments.split(), environment) == 1
    assert " ".join(message.split()) in " ".join(environment.err.split())
    assert environment.out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--topic t --num-records 1", 'Missing required argument "[bootstrap-server]"'),
        (BASE, "Exactly one of the following arguments is required: [messages], [num-records]"),
        (f"{BASE} --num-records 1 --messages 1", "Exactly one of the following arguments is required: [messages], [num-records]"),
        (
            f"{BASE} --num-records 1 --consumer.config a --command-config b",
            'Option "[consumer.config]" can\'t be used with option "[command-config]"',
        ),
        (f"{BASE} --num-records x", "Cannot parse argument 'x' of option num-records"),
        (f"{BASE} --num-records 1 --reporting-interval 0", "Reporting interval must be greater than 0."),
        (f"{BASE} --num-records 1 --threads 0", "The number of threads must be greater than 0."),
        (
            f"{BASE} --num-records 1 --command-property group.protocol=classic",
            "org.apache.kafka.common.config.ConfigException: group.protocol cannot be set when using a share group.",
        ),
    ],
)  # fmt: skip
def test_what_the_perf_test_refuses(arguments: str, message: str) -> None:
    environment = Recorded(program="kafka-share-consumer-perf-test")
    assert guard(share_consumer_perf_test.run, arguments.split(), environment) == 1
    assert environment.err.splitlines()[0] == message


def test_what_the_options_of_the_perf_test_become() -> None:
    environment = Recorded()
    test = read_options(
        [*BASE.split(), "--messages", "7", "--fetch-size", "9", "--timeout", "--threads", "2"], environment
    )
    assert not isinstance(test, int)
    assert (test.records, test.threads, test.timeout, test.header) == (7, 2, 10.0, True)
    assert test.settings["fetch.max.bytes"] == "9"
    assert test.settings["group.id"] == "perf-share-consumer"
    assert environment.out == "Warning: --messages is deprecated. Use --num-records instead.\n"


def test_a_broker_without_share_groups_is_an_error_at_once() -> None:
    with EphemeralBroker() as broker:
        address = ["--bootstrap-server", broker.bootstrap_servers, "--topic", "t"]
        perf, verifiable = Recorded(), Recorded()
        assert guard(share_consumer_perf_test.run, [*address, "--num-records", "1"], perf) == 1
        assert guard(verifiable_share_consumer.run, [*address, "--group-id", "g"], verifiable) == 1
    for environment in (perf, verifiable):
        assert "The cluster does not support the share group protocol." in environment.err
        assert "Traceback" not in environment.err


@pytest.mark.parametrize(
    ("run", "line"),
    [(share_groups.run, "--list"), (share_groups.run, "--describe --group g"), (streams_groups.run, "--list"),
     (streams_groups.run, "--describe --group g")],
)  # fmt: skip
def test_groups_of_a_server_that_says_nothing(run: Run, line: str) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        environment = Recorded()
        assert guard(run, ["--bootstrap-server", address, *line.split(), "--timeout", "300"], environment) == 1
    assert f"Cannot connect to {address}: it accepts connections but does not answer within 300 ms" in (
        environment.out + environment.err
    )


@pytest.mark.parametrize("run", [share_groups.run, streams_groups.run])
def test_groups_where_nobody_listens(run: Run) -> None:
    environment = Recorded()
    assert guard(run, ["--bootstrap-server", "localhost:1", "--list"], environment) == 1
    assert environment.err.startswith("java.net.ConnectException: Cannot connect to localhost:1: ")
    assert environment.out.endswith(
        "org.apache.kafka.common.KafkaException: Failed to find brokers to send ListGroups\n"
    )


@pytest.mark.parametrize("timeout", ["soon", "1.5", "9999999999999999999999", ""])
def test_a_timeout_that_is_no_number(timeout: str) -> None:
    """Kafka's tool for share groups looks at it late, and treats it like trouble with the cluster."""
    message, line = f"Cannot parse argument '{timeout}' of option timeout\n", ["--list", "--timeout", timeout]
    share, streams = Recorded(), Recorded()
    assert guard(share_groups.run, ["--bootstrap-server", "localhost:1", *line], share) == 1
    assert (share.out, share.err) == (f"\nError: Executing share group command failed due to {message}", "")
    assert guard(streams_groups.run, ["--bootstrap-server", "localhost:1", *line], streams) == 1
    assert (streams.out, streams.err) == ("", f"{message}Try 'tool --help'.\n")


@pytest.mark.parametrize("timeout", [0, -1])
@pytest.mark.parametrize("action", ["--list", "--describe --group g", "--delete --group g"])
@pytest.mark.parametrize(("run", "kind"), [(share_groups.run, "share"), (streams_groups.run, "streams")])
def test_no_time_for_the_cluster(run: Run, kind: str, action: str, timeout: int) -> None:
    environment, line = Recorded(), [*action.split(), "--timeout", str(timeout)]
    assert guard(run, ["--bootstrap-server", "localhost:1", *line], environment) == 1
    assert (environment.out, environment.err) == (
        f"\nError: Executing {kind} group command failed due to org.apache.kafka.common.errors.TimeoutException:"
        f" Timed out waiting for a node assignment: --timeout {timeout} leaves no time\n",
        "",
    )
