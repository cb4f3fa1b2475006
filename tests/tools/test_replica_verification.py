"""kafka-replica-verification, on our own broker and on replicas that differ."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.joptsimple import parse
from kcli.cli.output import JSON, TEXT, Rows
from kcli.client.admin import Admin, NewTopic, results
from kcli.client.cluster import Cluster
from kcli.records.builder import build_batch
from kcli.testing.broker import InProcessBroker
from kcli.tools.listings_measures import VERIFICATION
from kcli.tools.replica_verification import TABLE, Verification, _Data
from kcli.wire import messages
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.tools.test_cluster_tools import use

KEY = ("t", 0)


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        assert use("topics", f"--bootstrap-server {broker.bootstrap_servers} --create --topic t").code == 0
        yield broker.bootstrap_servers


@pytest.fixture(scope="module")
def cluster(bootstrap: str) -> Iterator[Cluster]:
    with Cluster(bootstrap) as cluster:
        yield cluster


def batch(*values: bytes, base_offset: int = 0) -> bytes:
    return build_batch([(1, None, value, ()) for value in values], base_offset=base_offset)


def produce(cluster: Cluster, *values: bytes) -> None:
    request = messages.ProduceRequest
    data = request.PartitionProduceData(index=0, records=batch(*values))
    topics = [request.TopicProduceData(name="t", partition_data=[data])]
    body = request(acks=-1, timeout_ms=1000, topic_data=topics)
    response = cluster.request(cluster.leader("t", 0), body, version=12)  # the last that names topics
    assert response.responses[0].partition_responses[0].error_code == 0


def verification(cluster: Cluster, line: str = "--time -2", form: str = TEXT) -> tuple[Verification, Recorded]:
    environment = Recorded()
    options = parse(TABLE, [*line.split(), "--max-wait-ms", "1", "--report-interval-ms", "-1"])
    return Verification(cluster, options, Rows(VERIFICATION, form, environment)), environment


def test_all_that_is_there_is_read_and_reported(cluster: Cluster) -> None:
    produce(cluster, b"a", b"b")
    produce(cluster, b"c")
    found, environment = verification(cluster)
    found.round()
    produce(cluster, b"d")
    found.round()
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"
    first, second = environment.out.splitlines()
    assert re.fullmatch(time + ": max lag is 0 for partition t-0 at offset 3 among 1 partitions", first)
    assert second.endswith("max lag is 0 for partition t-0 at offset 4 among 1 partitions")


@pytest.mark.parametrize("time", ["-1", "9999999999999"])
def test_from_the_end(cluster: Cluster, time: str) -> None:
    found, _ = verification(cluster, f"--time {time}")
    produce(cluster, b"x")
    end = found._offsets[KEY]
    found.round()
    assert found._offsets[KEY] == end + 1


def test_topics_that_are_not_there(cluster: Cluster) -> None:
    with pytest.raises(CommandError, match=r"^No topics found\. \[topics-include\] if specified"):
        verification(cluster, "--topics-include none.*")


def test_rows_of_reports_and_differences(cluster: Cluster) -> None:
    found, environment = verification(cluster, "--time -1", JSON)
    end = found._offsets[KEY]
    found.round()
    found._replicas[KEY], found._offsets[KEY] = [1, 2], 0
    found._compare(KEY, {1: _Data(1, batch(b"a")), 2: _Data(1, batch(b"b"))})
    with pytest.raises(CommandError):
        found._compare(KEY, {1: _Data(9, batch(b"a")), 2: _Data(9, batch(b"a", b"b"))})
    found._rows.end()
    report, checksum, offset = check(environment.out, VERIFICATION)
    assert [row["event"] for row in (report, checksum, offset)] == ["report", "checksum", "offset"]
    assert (report["topic"], report["offset"], report["lag"], report["partitions"]) == ("t", end, 0, 1)
    assert (checksum["replica"], checksum["other"], checksum["offset"]) == (1, 2, 0)
    assert (offset["value"], offset["otherValue"]) == (0, 1)


def test_the_document_is_whole_after_ctrl_c(bootstrap: str) -> None:
    line = f"--broker-list {bootstrap} --time -2 --max-wait-ms 1 --report-interval-ms 1 --output json"
    command = [sys.executable, "-m", "kcli.tools.replica_verification", *line.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert check((first + rest).decode(), VERIFICATION)


def test_the_old_name_of_topics_include(cluster: Cluster) -> None:
    results(Admin(cluster).create_topics([NewTopic(name, 1, 1) for name in ("u-a", "u-b", "v")]))
    found, _ = verification(cluster, "--topic-white-list u-.*,v")
    assert sorted(found._replicas) == [("u-a", 0), ("u-b", 0), ("v", 0)]
    found, _ = verification(cluster, "--topic-white-list u-.* --topics-include v")
    assert sorted(found._replicas) == [("v", 0)]


def test_no_more_is_fetched_at_once_than_asked_for(cluster: Cluster) -> None:
    produce(cluster, b"x" * 100)
    first = verification(cluster, "--time -1 --topics-include t")[0]._offsets[KEY]
    for _ in range(3):
        produce(cluster, b"x" * 100)
    for size, ends in ((len(batch(b"x" * 100)) * 2, [2, 3, 3]), (1, [1, 2, 3])):  # a whole batch at least
        found, _ = verification(cluster, f"--time -1 --topics-include t --fetch-size {size}")
        found._offsets[KEY] = first
        for end in ends:
            found.round()
            assert found._offsets[KEY] == first + end


@pytest.fixture
def two(cluster: Cluster) -> tuple[Verification, Recorded]:
    """As if the partition had two replicas, read from offset 0 on."""
    found, environment = verification(cluster)
    found._replicas[KEY] = [1, 2]
    found._offsets[KEY] = 0
    return found, environment


def test_replicas_that_agree(two: tuple[Verification, Recorded]) -> None:
    found, environment = two
    whole = batch(b"a", b"b") + batch(b"c", base_offset=2) + batch(b"d", base_offset=3)
    found._compare(KEY, {1: _Data(4, whole), 2: _Data(3, whole)})
    assert found._offsets[KEY] == 3  # what one replica does not know to be committed yet waits for the next round
    assert environment.out == ""


def test_a_replica_that_is_behind_or_silent_is_waited_for(two: tuple[Verification, Recorded]) -> None:
    found, environment = two
    whole = batch(b"a", b"b") + batch(b"c", base_offset=2)
    found._compare(KEY, {1: _Data(3, whole)})
    assert found._offsets[KEY] == 0
    found._compare(KEY, {1: _Data(3, whole), 2: _Data(3, batch(b"a", b"b"))})
    assert found._offsets[KEY] == 2
    assert environment.out == ""


def test_other_bytes_are_told_of(two: tuple[Verification, Recorded]) -> None:
    found, environment = two
    found._compare(KEY, {1: _Data(1, batch(b"a")), 2: _Data(1, batch(b"b"))})
    assert re.search(
        r": partition t-0 has unmatched checksum at offset 0; replica 1's checksum \d+; replica 2's checksum \d+\n$",
        environment.out,
    )


def test_other_offsets_end_it(two: tuple[Verification, Recorded]) -> None:
    found, environment = two
    with pytest.raises(CommandError, match=r"^The replicas of partition t-0 differ"):
        found._compare(KEY, {1: _Data(9, batch(b"a")), 2: _Data(9, batch(b"a", b"b"))})
    assert environment.out.endswith("partition t-0: replica 1's offset 0 doesn't match replica 2's offset 1\n")


def test_bytes_that_are_no_records(two: tuple[Verification, Recorded]) -> None:
    found, _ = two
    with pytest.raises(CommandError, match=r"^Error in processing partition t-0 at offset 0: "):
        found._compare(KEY, {1: _Data(9, bytes(80)), 2: _Data(9, bytes(80))})
