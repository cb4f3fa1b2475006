"""The tools that consume in share groups, on one real Kafka 4.3.0."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import Run, guard
from kcli.tools import (
    configs,
    console_producer,
    console_share_consumer,
    share_consumer_perf_test,
    share_groups,
    topics,
    verifiable_share_consumer,
)
from kcli.tools.listings_measures import SHARE_CONSUMED
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka

pytestmark = [pytest.mark.interop, pytest.mark.slow]


def tool(run: Run, bootstrap: str, arguments: str, stdin: bytes = b"") -> Recorded:
    environment = Recorded(stdin)
    environment.code = guard(run, ["--bootstrap-server", bootstrap, *arguments.split()], environment)
    return environment


@pytest.fixture(scope="module")
def bootstrap(kafka_43: real_kafka.Kafka43) -> Iterator[str]:
    """A topic of two partitions, with six records, four of them in one."""
    address = kafka_43.bootstrap
    assert tool(topics.run, address, "--create --topic sc-t --partitions 2").code == 0
    keys = b"".join(b"%s:%d\n" % (key, number) for number, key in enumerate((b"a", b"a", b"a", b"b", b"b", b"a")))
    arguments = "--topic sc-t --reader-property parse.key=true --reader-property key.separator=:"
    assert tool(console_producer.run, address, arguments, keys).code == 0
    yield address


def group(bootstrap: str, name: str) -> str:
    """A share group that begins at the beginning."""
    reset = f"--entity-type groups --entity-name {name} --alter --add-config share.auto.offset.reset=earliest"
    assert tool(configs.run, bootstrap, reset).code == 0
    return name


def console(bootstrap: str, name: str, arguments: str) -> list[str]:
    done = tool(console_share_consumer.run, bootstrap, f"--topic sc-t --group {name} {arguments}")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert f"Processed a total of {len(lines)} messages" in done.err
    return lines


def lag(bootstrap: str, name: str) -> int:
    """How many records the group is not done with."""
    described = tool(share_groups.run, bootstrap, f"--describe --group {name}").out
    rows = [line.split() for line in described.splitlines() if line.startswith(name)]
    assert len(rows) == 2, described
    return sum(int(row[-1]) for row in rows if row[-1] != "-")  # nothing is known of a partition without records


DELIVERY = "--formatter-property print.delivery=true"


def test_accepted_records_do_not_come_again(bootstrap: str) -> None:
    name = group(bootstrap, "sc-accept")
    first = console(bootstrap, name, "--max-messages 2 --timeout-ms 20000")
    rest = console(bootstrap, name, "--max-messages 4 --timeout-ms 20000")
    assert sorted(first + rest) == ["0", "1", "2", "3", "4", "5"]
    assert lag(bootstrap, name) == 0


def test_released_records_come_again_and_are_counted(bootstrap: str) -> None:
    name = group(bootstrap, "sc-release")
    first = console(bootstrap, name, f"--max-messages 6 --timeout-ms 20000 --release {DELIVERY}")
    assert {line.split("\t")[0] for line in first} == {"Delivery:1"}
    again = console(bootstrap, name, f"--max-messages 6 --timeout-ms 20000 {DELIVERY}")
    assert sorted(again) == [f"Delivery:2\t{number}" for number in range(6)]


def test_rejected_records_do_not_come_again(bootstrap: str) -> None:
    name = group(bootstrap, "sc-reject")
    assert len(console(bootstrap, name, "--max-messages 6 --timeout-ms 20000 --reject")) == 6
    assert lag(bootstrap, name) == 0


def test_a_record_that_cannot_be_printed_is_rejected_where_that_is_asked_for(bootstrap: str) -> None:
    name = group(bootstrap, "sc-error")
    integers = "--value-deserializer org.apache.kafka.common.serialization.IntegerDeserializer"
    halted = tool(console_share_consumer.run, bootstrap, f"--topic sc-t --group {name} --timeout-ms 20000 {integers}")
    assert halted.code == 1
    arguments = f"--topic sc-t --group {name} --timeout-ms 20000 --max-messages 6 --reject-message-on-error {integers}"
    done = tool(console_share_consumer.run, bootstrap, arguments)
    assert done.code == 0
    assert done.err.count("rejecting this message") == 6
    assert lag(bootstrap, name) == 0


def test_what_was_printed_before_a_signal_is_acknowledged(bootstrap: str) -> None:
    name = group(bootstrap, "sc-pipe")
    command = [sys.executable, "-c", "from kcli.tools.console_share_consumer import main; main()"]
    command += ["--bootstrap-server", bootstrap, "--topic", "sc-t", "--group", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as consumer:
        assert consumer.stdout is not None
        for _ in range(6):
            assert consumer.stdout.readline()
        consumer.terminate()
        _, trouble = consumer.communicate(timeout=120)
    assert consumer.returncode == 143
    assert b"Processed a total of 6 messages" in trouble
    assert lag(bootstrap, name) == 0


@pytest.mark.parametrize("mode", ["auto", "sync", "async"])
def test_the_verifiable_consumer_says_what_happens(bootstrap: str, mode: str) -> None:
    arguments = f"--topic sc-t --group-id sc-v-{mode} --max-messages 6 --acknowledgement-mode {mode} --verbose"
    done = tool(verifiable_share_consumer.run, bootstrap, f"{arguments} --offset-reset-strategy earliest")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    names = [event["name"] for event in events]
    assert names[:2] == ["startup_complete", "offset_reset_strategy_set"]
    assert names[-1] == "shutdown_complete"
    assert sorted(event["value"] for event in events if event["name"] == "record_data") == list("012345")
    for name in ("records_consumed", "offsets_acknowledged"):
        some = [event for event in events if event["name"] == name]
        assert sum(event["count"] for event in some) == 6
        offsets = [offset for event in some for each in event["partitions"] for offset in each["offsets"]]
        assert sorted(offsets) == [0, 1, 2, 3, 4, 5]
    assert lag(bootstrap, f"sc-v-{mode}") == 0


def perf(bootstrap: str, name: str, arguments: str) -> list[str]:
    done = tool(share_consumer_perf_test.run, bootstrap, f"--topic sc-t --group {name} {arguments}")
    assert done.code == 0, done.err
    return done.out.splitlines()


def test_the_perf_test_counts_what_its_consumers_share(bootstrap: str) -> None:
    name = group(bootstrap, "sc-perf")
    arguments = "--num-records 6 --threads 2 --show-consumer-stats --print-metrics --timeout 60000"
    header, first, second, total, *metrics = perf(bootstrap, name, arguments)
    assert header.startswith("start.time, end.time, data.consumed.in.MB, MB.sec, nMsg.sec, data.consumed.in.nMsg")
    each_begins = "Share consumer {0} having client id perf-share-consumer-client-{0} consumption metrics- "
    assert first.startswith(each_begins.format(1))
    assert second.startswith(each_begins.format(2))
    each = [int(line.split(", ")[5]) for line in (first, second, total)]
    assert each[0] + each[1] == each[2] == 6
    for client in ("perf-share-consumer-client-1", "perf-share-consumer-client-2"):
        assert any("records-consumed-total" in line and client in line for line in metrics)
    arguments = "--num-records 1 --timeout 300 --show-consumer-stats --command-property client.id=me"
    _, alone, warning, total = perf(bootstrap, name, arguments)
    assert alone.startswith("Share consumer 1 having client id me consumption metrics- ")
    assert warning == (
        "WARNING: Exiting before consuming the expected number of records: timeout (300 ms) exceeded."
        " You can use the --timeout option to increase the timeout."
    )
    assert total.split(", ")[5] == "0"


def test_the_perf_test_gives_rows(bootstrap: str) -> None:
    name = group(bootstrap, "sc-perf-rows")
    line = f"--topic sc-t --group {name} --num-records 6 --show-consumer-stats --show-detailed-stats"
    done = tool(share_consumer_perf_test.run, bootstrap, f"{line} --reporting-interval 1 --output json")
    rows = check(done.out, SHARE_CONSUMED)
    assert [(row["scope"], row["consumer"], row["records"]) for row in rows[-2:]] == [
        ("consumer", 1, 6), ("total", None, 6),
    ]  # fmt: skip
    assert {row["scope"] for row in rows[:-2]} <= {"interval"}


def test_the_perf_test_prints_as_it_is_told(bootstrap: str) -> None:
    name = group(bootstrap, "sc-perf-format")
    arguments = "--num-records 6 --fetch-size 1 --socket-buffer-size 4096 --show-detailed-stats --reporting-interval 1"
    *progress, total = perf(bootstrap, name, f"{arguments} --hide-header --date-format yyyy")
    assert progress
    year = r"20\d\d"
    numbers = r"\d+\.\d{4}, \d+\.\d{4}, \d+\.\d{4}, [1-6], \d+"
    for line in progress:
        assert re.fullmatch(rf"{year}, {year}, {numbers} for share consumer 1", line)
    assert re.fullmatch(rf"{year}, {year}, {numbers}", total)
    assert total.split(", ")[5] == "6"


def test_records_are_printed_as_the_options_say(bootstrap: str, tmp_path: Path) -> None:
    name = group(bootstrap, "sc-print")
    file = tmp_path / "formatter.properties"
    file.write_text("print.key=true\nkey.separator=|\nprint.value=false\n")
    six = f"--max-messages 6 --timeout-ms 20000 --release --formatter-config {file}"
    assert sorted(console(bootstrap, name, six)) == ["a", "a", "a", "a", "b", "b"]
    values = console(bootstrap, name, f"{six} --property print.value=true")  # goes over the file
    assert sorted(values) == ["a|0", "a|1", "a|2", "a|5", "b|3", "b|4"]
    shorts = "org.apache.kafka.common.serialization.ShortDeserializer"
    done = tool(
        console_share_consumer.run,
        bootstrap,
        f"--topic sc-t --group {name} {six} --key-deserializer {shorts} --reject-message-on-error"
        " --enable-systest-events",
    )
    assert done.code == 0
    assert done.out == "shutdown_complete\n"
    assert done.err.count("rejecting this message") == 6  # a key of one byte is no short
