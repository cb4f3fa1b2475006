"""kafka-verifiable-producer and -consumer against our own broker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from kcli.cli.main import guard
from kcli.client.admin_offsets import committed_offsets
from kcli.client.cluster import Cluster
from kcli.testing.broker import InProcessBroker
from kcli.tools import verifiable_consumer, verifiable_producer
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker({"group.initial.rebalance.delay.ms": 0}) as broker:
        yield broker.bootstrap_servers


def call(tool: Any, line: str) -> tuple[Recorded, list[dict[str, Any]]]:
    environment = Recorded(program="verifiable")
    environment.code = guard(tool.run, line.split(), environment)
    events = [json.loads(line) for line in environment.out.splitlines()]
    assert all(isinstance(event.pop("timestamp"), int) for event in events)
    return environment, events


def test_numbers_there_and_back(bootstrap: str) -> None:
    done, events = call(
        verifiable_producer,
        f"--bootstrap-server {bootstrap} --topic vf-a --max-messages 4 --value-prefix 7 --repeating-keys 3",
    )
    assert (done.code, done.err) == (0, "")
    assert [event["name"] for event in events] == [
        "startup_complete", *["producer_send_success"] * 4, "shutdown_complete", "tool_data",
    ]  # fmt: skip
    assert [(event["key"], event["value"], event["offset"]) for event in events[1:5]] == [
        ("0", "7.0", 0), ("1", "7.1", 1), ("2", "7.2", 2), ("0", "7.3", 3),
    ]  # fmt: skip
    assert (events[-1]["sent"], events[-1]["acked"], events[-1]["target_throughput"]) == (4, 4, -1)

    done, events = call(
        verifiable_consumer, f"--broker-list {bootstrap} --topic vf-a --group-id vf-g --max-messages 3 --verbose"
    )
    assert (done.code, done.err) == (0, "")
    place = {"topic": "vf-a", "partition": 0}
    assert events == [
        {"name": "startup_complete"},
        {"name": "partitions_assigned", "partitions": [place]},
        {"name": "record_data", "key": "0", "value": "7.0", **place, "offset": 0},
        {"name": "record_data", "key": "1", "value": "7.1", **place, "offset": 1},
        {"name": "record_data", "key": "2", "value": "7.2", **place, "offset": 2},
        {"name": "records_consumed", "count": 4, "partitions": [{**place, "count": 3, "minOffset": 0, "maxOffset": 2}]},
        {"name": "offsets_committed", "offsets": [{**place, "offset": 3}], "success": True},
        {"name": "partitions_revoked", "partitions": [place]},
        {"name": "shutdown_complete"},
        {"name": "shutdown_requested"},
    ]
    assert committed_offsets(Cluster(bootstrap, {}), "vf-g")["vf-a", 0].offset == 3


def test_an_assignor_on_the_broker(bootstrap: str) -> None:
    produced, _ = call(verifiable_producer, f"--bootstrap-server {bootstrap} --topic vf-r --max-messages 2")
    assert produced.code == 0
    line = f"--bootstrap-server {bootstrap} --topic vf-r --max-messages 2 --group-protocol consumer"
    for assignor in ("range", "uniform"):
        done, events = call(verifiable_consumer, f"{line} --group-id vf-{assignor} --group-remote-assignor {assignor}")
        assert (done.code, done.err) == (0, "")
        assert [event["count"] for event in events if event["name"] == "records_consumed"] == [2]
    for variables, code in (({}, 1), ({"KCLI_COMPAT_EXIT": "1"}, 0)):
        refused = Recorded(variables=variables)
        words = f"{line} --group-id vf-none --group-remote-assignor nonesuch".split()
        assert guard(verifiable_consumer.run, words, refused) == code
        assert refused.err == (
            "org.apache.kafka.common.errors.UnsupportedAssignorException: ServerAssignor nonesuch is not supported."
            " Supported assignors: uniform, range.\n"
        )
        assert '"shutdown_complete"' in refused.out
    # Of the classic protocol, whose assignors are the members', it says nothing.
    done, _ = call(verifiable_consumer, f"{line[:-8]}classic --group-id vf-c --group-remote-assignor nonesuch")
    assert (done.code, done.err) == (0, "")


def test_what_is_not_delivered_says_why(bootstrap: str) -> None:
    done, events = call(verifiable_producer, f"--bootstrap-server {bootstrap} --topic vf/bad --max-messages 1")
    assert done.code == 1
    failed = events[1]
    assert failed["name"] == "producer_send_error"
    assert failed["exception"] == "class org.apache.kafka.common.errors.InvalidTopicException"
    assert events[-1]["acked"] == 0


def test_a_signal_ends_the_consumer_in_order(bootstrap: str) -> None:
    process = subprocess.Popen(
        [
            sys.executable, "-m", "kcli.tools.verifiable_consumer", "--bootstrap-server", bootstrap,
            "--topic", "vf-s", "--group-id", "vf-s",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ},
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    names = []
    for line in process.stdout:
        names.append(json.loads(line)["name"])
        if names[-1] == "partitions_assigned":
            process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143, process.stderr and process.stderr.read()
    assert names[-3:] in (
        ["shutdown_requested", "partitions_revoked", "shutdown_complete"],
        ["partitions_assigned", "shutdown_requested", "shutdown_complete"],
    )


@pytest.mark.parametrize(
    ("tool", "line", "message"),
    [
        (verifiable_producer, "--bootstrap-server x", "verifiable-producer: error: argument --topic is required"),
        (verifiable_producer, "--topic t", "one of the arguments --bootstrap-server"),
        (verifiable_producer, "--topic t --bootstrap-server x --acks 2", "invalid choice: '2'"),
        (verifiable_consumer, "--topic t --group-id g", "verifiable-consumer: error: argument --bootstrap-server is"),
        (verifiable_consumer, "--bootstrap-server x --group-id g", "verifiable-consumer: error: argument --topic is"),
        (
            verifiable_consumer,
            "--bootstrap-server x --topic t --group-id g --command-config a --consumer.config b",
            "cannot be specified together.",
        ),
        (
            verifiable_consumer,
            "--bootstrap-server x --topic t --group-id g --group-protocol nonesuch",
            "java.lang.IllegalArgumentException: No enum constant"
            " org.apache.kafka.clients.consumer.GroupProtocol.NONESUCH",
        ),
    ],
)
def test_what_is_refused(tool: Any, line: str, message: str) -> None:
    environment = Recorded()
    assert guard(tool.run, line.split(), environment) == 1
    assert message in " ".join(environment.err.split())
