"""kafka-console-consumer on a broker of ours, in this process and as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kcli.cli.main import guard
from kcli.client.admin import Admin, NewTopic
from kcli.client.cluster import Cluster
from kcli.client.consumer_offsets import OffsetAndEpoch, fetch_committed
from kcli.records.builder import build_batch
from kcli.testing import InProcessBroker
from kcli.tools.console_consumer import run
from kcli.wire import messages
from tests.cli.support import Recorded

SERIALIZATION = "org.apache.kafka.common.serialization."


@pytest.fixture(scope="module")
def broker() -> Iterator[InProcessBroker]:
    with InProcessBroker({"num.partitions": "1"}) as running:
        yield running


Records = list[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]]


def append(cluster: Cluster, topic: str, partitions: dict[int, Records]) -> None:
    request = messages.ProduceRequest
    data = [
        request.PartitionProduceData(index=index, records=build_batch(records))
        for index, records in partitions.items()
        if records
    ]
    body = request(acks=-1, timeout_ms=5000, topic_data=[request.TopicProduceData(name=topic, partition_data=data)])
    node = cluster.leader(topic, 0)
    response = cluster.request(node, body, version=cluster.connection(node).version_for(body, 12))
    assert not any(each.error_code for topic in response.responses for each in topic.partition_responses)


def write(broker: InProcessBroker, topic: str, *partitions: Records) -> None:
    """A topic whose partitions hold these (timestamp, key, value, headers)."""
    with Cluster(broker.bootstrap_servers) as cluster:
        Admin(cluster).create_topics([NewTopic(topic, len(partitions))])
        append(cluster, topic, dict(enumerate(partitions)))


def plain(*values: bytes | None) -> Records:
    return [(1000 + number, None, value, []) for number, value in enumerate(values)]


def consume(broker: InProcessBroker, *arguments: str, compatible: bool = False) -> tuple[int, bytes, list[str]]:
    """Exit code, stdout, lines of stderr."""
    environment = Recorded(variables={"KCLI_COMPAT_EXIT": "1"} if compatible else {})
    code = guard(run, ["--bootstrap-server", broker.bootstrap_servers, *arguments], environment)
    return code, environment._out.getvalue(), environment.err.splitlines()


def test_values_pass_as_they_are(broker: InProcessBroker) -> None:
    write(broker, "values", plain(b"one", None, b"", b"\xff\xfe"))
    assert consume(broker, "--topic", "values", "--from-beginning", "--max-messages", "4") == (
        0,
        b"one\nnull\n\n\xff\xfe\n",
        ["Processed a total of 4 messages"],
    )


def test_the_end_of_patience(broker: InProcessBroker) -> None:
    write(broker, "patience", plain(b"a"))
    assert consume(broker, "--topic", "patience", "--from-beginning", "--timeout-ms", "300") == (
        0,
        b"a\n",
        ["org.apache.kafka.common.errors.TimeoutException: null", "Processed a total of 1 messages"],
    )


def test_a_partition_from_an_offset(broker: InProcessBroker) -> None:
    write(broker, "parts", plain(b"a"), plain(b"b", b"c", b"d"))
    where = ("--topic", "parts", "--partition", "1", "--exit-at-end")
    assert consume(broker, *where, "--offset", "1")[1] == b"c\nd\n"
    assert consume(broker, *where, "--offset", "earliest")[1] == b"b\nc\nd\n"
    assert consume(broker, *where)[1] == b""


def test_a_group_that_has_read_nothing_goes_on_where_it_began(broker: InProcessBroker) -> None:
    write(broker, "late", plain(b"1", b"2"))
    assert consume(broker, "--topic", "late", "--group", "late", "--exit-at-end")[1] == b""
    write(broker, "late", plain(b"3"))
    assert consume(broker, "--topic", "late", "--group", "late", "--max-messages", "1")[1] == b"3\n"


def test_a_group_goes_on(broker: InProcessBroker) -> None:
    write(broker, "going", plain(b"1", b"2", b"3"))
    assert (
        consume(broker, "--topic", "going", "--group", "g", "--from-beginning", "--max-messages", "2")[1] == b"1\n2\n"
    )
    with Cluster(broker.bootstrap_servers) as cluster:
        committed = fetch_committed(cluster, "g", [("going", 0)])["going", 0]
    assert isinstance(committed, OffsetAndEpoch)
    assert committed.offset == 2
    assert consume(broker, "--topic", "going", "--group", "g", "--max-messages", "1")[1] == b"3\n"


def test_patterns_match_whole_names(broker: InProcessBroker) -> None:
    write(broker, "pat.a", plain(b"a"))
    write(broker, "pat.ab", plain(b"ab"))
    assert consume(broker, "--include", "pat[.]a", "--from-beginning", "--exit-at-end")[1] == b"a\n"
    both = consume(broker, "--include", "pat[.].*", "--from-beginning", "--exit-at-end")[1]
    assert sorted(both.split()) == [b"a", b"ab"]


def test_a_record_that_cannot_be_shown(broker: InProcessBroker) -> None:
    write(broker, "numbers", [(0, b"k", b"\0\0\0\5", []), (0, b"k", b"odd", []), (0, b"k", b"\0\0\0\7", [])])
    asked = (
        "--topic", "numbers", "--from-beginning", "--exit-at-end", "--formatter-property", "print.key=true",
        "--value-deserializer", SERIALIZATION + "IntegerDeserializer",
    )  # fmt: skip
    trouble = (
        "org.apache.kafka.common.errors.SerializationException: Size of data received by IntegerDeserializer is not 4"
    )
    assert consume(broker, *asked) == (1, b"k\t5\nk\t", ["Processed a total of 2 messages", trouble])
    assert consume(broker, *asked, "--skip-message-on-error") == (
        0,
        b"k\t5\nk\tk\t7\n",
        [trouble, "Processed a total of 3 messages"],
    )


def test_json_loses_nothing(broker: InProcessBroker) -> None:
    write(broker, "json", [(5, None, b"\xff", [("h", b"1"), ("h", None)]), (6, b"k", None, [])])
    code, out, _ = consume(broker, "--topic", "json", "--from-beginning", "--exit-at-end", "--output", "json")
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert (first["offset"], first["timestamp"], first["timestampType"]) == (0, 5, "CreateTime")
    assert (first["key"], first["value"], first["headers"]) == (None, {"base64": "/w=="}, [["h", "1"], ["h", None]])
    assert (second["key"], second["value"], second["topic"], second["partition"]) == ("k", None, "json", 0)


def test_the_tail_of_several_partitions_is_in_the_order_of_time(broker: InProcessBroker) -> None:
    def at(*times: int) -> Records:
        return [(time, None, b"%d" % time, []) for time in times]

    write(broker, "tail", at(10, 30, 50, 70), at(20, 40, 60), [])
    tail = ("--topic", "tail", "--exit-at-end", "--tail")
    assert consume(broker, *tail, "3")[1] == b"50\n60\n70\n"
    assert consume(broker, *tail, "99")[1] == b"10\n20\n30\n40\n50\n60\n70\n"
    assert consume(broker, *tail, "0")[1] == b""
    assert consume(broker, *tail, "3", "--partition", "1")[1] == b"20\n40\n60\n"
    assert consume(broker, *tail, "5", "--max-messages", "2")[1] == b"30\n40\n"


def test_an_invalid_topic(broker: InProcessBroker) -> None:
    lines = [
        "org.apache.kafka.common.errors.InvalidTopicException: Invalid topics: [bad topic!]",
        "Processed a total of 0 messages",
    ]
    assert consume(broker, "--topic", "bad topic!") == (1, b"", lines)
    assert consume(broker, "--topic", "bad topic!", compatible=True) == (0, b"", lines)


def test_nobody_there_is_waited_for(broker: InProcessBroker) -> None:
    code, out, _ = consume(broker, "--bootstrap-server", "x", "--topic", "t")
    assert (code, out) == (1, b"")
    environment = Recorded()
    code = guard(run, ["--bootstrap-server", "localhost:1", "--topic", "t", "--timeout-ms", "300"], environment)
    assert code == 0
    assert environment.err.splitlines()[1:] == [
        "org.apache.kafka.common.errors.TimeoutException: null",
        "Processed a total of 0 messages",
    ]
    assert "WARN Cannot connect to localhost:1: connection refused" in environment.err


def test_systest_events(broker: InProcessBroker) -> None:
    write(broker, "events", plain(b"a"))
    out = consume(broker, "--topic", "events", "--from-beginning", "--max-messages", "1", "--enable-systest-events")[1]
    assert out == b"a\nshutdown_complete\n"


def started(broker: InProcessBroker, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "from kcli.tools.console_consumer import main; main()"]
        + ["--bootstrap-server", broker.bootstrap_servers, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_commits_and_leaves(broker: InProcessBroker, number: int, code: int) -> None:
    topic = f"interrupt-{code}"
    write(broker, topic, plain(b"a", b"b"))
    process = started(broker, "--topic", topic, "--group", topic, "--from-beginning")
    assert process.stdout is not None
    assert process.stdout.readline() + process.stdout.readline() == b"a\nb\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, b"Processed a total of 2 messages\n")
    with Cluster(broker.bootstrap_servers) as cluster:
        committed = fetch_committed(cluster, topic, [(topic, 0)])[topic, 0]
        assert isinstance(committed, OffsetAndEpoch)
        assert committed.offset == 2
        described = cluster.request(cluster.coordinator(topic), messages.DescribeGroupsRequest(groups=[topic]))
        assert described.groups[0].group_state == "Empty"


@pytest.mark.parametrize(("compatible", "code"), [("0", 141), ("1", 0)])
def test_a_closed_pipe_is_no_news(broker: InProcessBroker, compatible: str, code: int) -> None:
    topic = f"pipe-{compatible}"
    write(broker, topic, plain(*[b"x" * 100] * 3))
    process = started(broker, "--topic", topic, "--from-beginning", KCLI_COMPAT_EXIT=compatible)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == code
    assert process.stderr.read() == b""
    process.stderr.close()


def test_megabytes_come_out_whole_and_in_order(broker: InProcessBroker) -> None:
    lines = [b"%07d " % number + b"x" * 90 for number in range(40_000)]
    batches = [plain(*lines[start : start + 2000]) for start in range(0, len(lines), 2000)]
    write(broker, "megabytes", batches[0])
    with Cluster(broker.bootstrap_servers) as cluster:
        for batch in batches[1:]:
            append(cluster, "megabytes", {0: batch})
    for arguments, count in ((("--exit-at-end",), 40_000), (("--max-messages", "33333"), 33_333)):
        code, out, said = consume(broker, "--topic", "megabytes", "--from-beginning", *arguments)
        assert (code, said) == (0, [f"Processed a total of {count} messages"])
        assert out.splitlines() == lines[:count]
