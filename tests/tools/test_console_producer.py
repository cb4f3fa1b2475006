"""kafka-console-producer on our broker: what goes in is what is there, and what goes wrong is said as Kafka says it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.testing import EphemeralBroker, InProcessBroker
from kcli.tools.console_producer import run
from tests.cli.support import Recorded
from tests.client.read_back import Read, read_back
from tests.interop.real_kafka import free_port

NAMES = count(1)
COMMAND = [sys.executable, "-c", "from kcli.tools.console_producer import main; main()"]


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with EphemeralBroker({"num.partitions": 1}) as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def topic() -> str:
    return f"topic-{next(NAMES)}"


def produce(bootstrap: str, *arguments: str, stdin: bytes = b"", compatible: bool = False) -> Recorded:
    environment = Recorded(stdin, {"KCLI_COMPAT_EXIT": "1"} if compatible else {}, "kafka-console-producer")
    environment.code = guard(run, ["--bootstrap-server", bootstrap, *arguments], environment)
    assert environment.out == ""
    return environment


def values(records: list[Read]) -> list[bytes | None]:
    return [record.value for record in records]


# What arrives


def test_lines_keep_their_bytes(bootstrap: str, topic: str) -> None:
    done = produce(bootstrap, "--topic", topic, stdin=b"one\r\n\xff\xfe\rthree\n\n  \x00 \nzazolc \xc5\xbc")
    assert (done.code, done.err) == (0, "")
    assert values(read_back(bootstrap, topic)) == [b"one", b"\xff\xfe", b"three", b"", b"  \x00 ", b"zazolc \xc5\xbc"]


def test_empty_input_sends_nothing(bootstrap: str, topic: str) -> None:
    done = produce(bootstrap, "--topic", topic)
    assert (done.code, done.err) == (0, "")


def test_a_long_line_is_one_record(bootstrap: str, topic: str) -> None:
    long = b"x" * 900_000
    assert produce(bootstrap, "--topic", topic, stdin=long + b"\nshort\n").code == 0
    assert values(read_back(bootstrap, topic)) == [long, b"short"]


@pytest.mark.parametrize("codec", ["--compression-codec", "--compression-codec=zstd", "--compression-codec lz4"])
def test_codecs_change_nothing(bootstrap: str, topic: str, codec: str) -> None:
    lines = [b"line %d" % number for number in range(50_000)]
    assert produce(bootstrap, "--topic", topic, *codec.split(), stdin=b"\n".join(lines)).code == 0
    assert values(read_back(bootstrap, topic)) == lines


def test_keys_headers_and_lines_without_them_keep_their_order(bootstrap: str, topic: str) -> None:
    reader = ["--reader-property", "parse.key=true", "--reader-property", "ignore.error=true"]
    done = produce(bootstrap, "--topic", topic, *reader, stdin=b"a\t1\nb\t2\nnone\nc\t3\n")
    assert done.code == 0
    assert [(record.key, record.value) for record in read_back(bootstrap, topic)] == [
        (b"a", b"1"),
        (b"b", b"2"),
        (None, b"none"),
        (b"c", b"3"),
    ]


def test_a_reader_property_goes_over_the_file_and_may_name_the_topic(
    bootstrap: str, topic: str, tmp_path: Path
) -> None:
    file = tmp_path / "reader.properties"
    file.write_text("parse.key=true\nkey.separator=;\n")
    reader = ["--reader-config", str(file), "--reader-property", "key.separator=:"]
    done = produce(bootstrap, "--topic", "other", *reader, "--reader-property", f"topic={topic}", stdin=b"a;b:c\n")
    assert done.code == 0
    assert [(record.key, record.value) for record in read_back(bootstrap, topic)] == [(b"a;b", b"c")]


def test_json_keeps_all_that_a_record_has(bootstrap: str, topic: str) -> None:
    records = [
        {"key": "k", "value": "v", "headers": [["h", "1"], ["h", None]], "partition": 0, "timestamp": 1000},
        {"key": None, "value": {"base64": "//79"}, "offset": 99, "timestampType": "CreateTime", "timestamp": 2000},
        {"key": "", "value": None, "timestamp": 3000, "topic": "ignored where --topic is given"},
    ]
    stdin = "\n".join(map(json.dumps, records)).encode()
    assert produce(bootstrap, "--topic", topic, "--input", "json", stdin=stdin).code == 0
    assert read_back(bootstrap, topic) == [
        Read(0, 0, b"k", b"v", [("h", b"1"), ("h", None)], 1000),
        Read(0, 1, None, b"\xff\xfe\xfd", [], 2000),
        Read(0, 2, b"", None, [], 3000),
    ]


def test_json_may_name_the_topics(bootstrap: str, topic: str) -> None:
    stdin = b'{"topic":"%s-a","key":"k","value":"1"}\n{"topic":"%s-b","key":"k","value":"2"}\n'
    done = produce(bootstrap, "--input", "json", stdin=stdin % (topic.encode(), topic.encode()))
    assert done.code == 0
    assert values(read_back(bootstrap, f"{topic}-a")) == [b"1"]
    assert values(read_back(bootstrap, f"{topic}-b")) == [b"2"]


def test_sync_sends_one_at_a_time(bootstrap: str, topic: str) -> None:
    assert produce(bootstrap, "--topic", topic, "--sync", stdin=b"a\nb\nc\n").code == 0
    assert values(read_back(bootstrap, topic)) == [b"a", b"b", b"c"]


# What goes wrong


def test_a_bad_line_ends_it_after_those_before(bootstrap: str, topic: str) -> None:
    done = produce(bootstrap, "--topic", topic, "--reader-property", "parse.key=true", stdin=b"a\t1\nbad\nc\t3\n")
    assert done.code == 1
    assert done.err == "org.apache.kafka.common.KafkaException: No key separator found on line number 2: 'bad'\n"
    assert values(read_back(bootstrap, topic)) == [b"1"]


def test_a_bad_json_line_is_named(bootstrap: str, topic: str) -> None:
    done = produce(bootstrap, "--topic", topic, "--input", "json", stdin=b'{"value":"a"}\n{"value":\n')
    assert (done.code, done.err) == (1, "line 2: not JSON: Expecting value at column 10\n")
    assert values(read_back(bootstrap, topic)) == [b"a"]


@pytest.mark.parametrize(("compatible", "code"), [(False, 1), (True, 0)])
def test_a_lost_record_is_reported_and_counted(bootstrap: str, topic: str, compatible: bool, code: int) -> None:
    limit = ["--command-property", "max.request.size=200"]
    stdin = b"a\n" + b"x" * 300 + b"\nb\n"
    done = produce(bootstrap, "--topic", topic, *limit, stdin=stdin, compatible=compatible)
    assert done.code == code
    lines = done.err.splitlines()
    assert f"ERROR Error when sending message to topic {topic} with key: null, value: 300 bytes with error:" in lines[0]
    assert lines[1] == (
        "org.apache.kafka.common.errors.RecordTooLargeException: The message is 386 bytes when serialized which is"
        " larger than 200, which is the value of the max.request.size configuration."
    )
    assert lines[2:] == ([] if compatible else ["kafka-console-producer: 1 of 3 record(s) not delivered"])
    assert values(read_back(bootstrap, topic)) == [b"a", b"b"]


def test_with_sync_the_first_lost_record_ends_it(bootstrap: str, topic: str) -> None:
    limit = ["--command-property", "max.request.size=200"]
    done = produce(bootstrap, "--topic", topic, *limit, "--sync", stdin=b"a\n" + b"x" * 300 + b"\nb\n", compatible=True)
    assert done.code == 1
    assert done.err.startswith("org.apache.kafka.common.errors.RecordTooLargeException: The message is 386 bytes")
    assert values(read_back(bootstrap, topic)) == [b"a"]


@pytest.mark.parametrize(("compatible", "code"), [(False, 1), (True, 0)])
def test_a_cluster_that_never_answered_ends_it_in_one_line(
    compatible: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kcli.client.producer_topics._FIRST_CONTACT", 0.1)
    keyed = ["--topic", "t", "--reader-property", "parse.key=true"]
    done = produce("localhost:1,localhost:2", *keyed, stdin=b"k\tv\n" * 1000, compatible=compatible)
    assert (done.code, done.err) == (
        code,
        "org.apache.kafka.common.errors.TimeoutException: Cannot connect to localhost:1: connection refused;"
        " localhost:2: connection refused; no record was sent\n",
    )


def test_many_errors_are_counted_rather_than_shown() -> None:
    done = produce("localhost:1", "--topic", "t", "--max-block-ms", "100", stdin=b"x\n" * 1000)
    lines = done.err.splitlines()
    assert done.code == 1
    assert lines[-1] == "kafka-console-producer: 1000 of 1000 record(s) not delivered"
    assert sum("TimeoutException: Topic t not present in metadata after 100 ms." in line for line in lines) == 100


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["--bootstrap-server", "localhost:1"], 'Missing required argument "[topic]"'),
        (["--topic", "t"], "Error while validating the bootstrap address"),
        (
            ["--bootstrap-server", "localhost", "--topic", "t"],
            "Please provide valid host:port like host1:9091,host2:9092",
        ),
        (["--topic", "t", "--broker-list", "localhost:1"], "broker-list is not a recognized option"),
        (["--bootstrap-server", "h:1", "--topic"], "Option topic requires an argument"),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--batch-size", "many"],
            "Cannot parse argument 'many' of option",
        ),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--input", "xml"],
            "Cannot parse argument 'xml' of option input",
        ),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--line-reader", "my.Reader"],
            "java.lang.ClassNotFoundException: my.Reader",
        ),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--request-required-acks", "7"],
            "org.apache.kafka.common.config.ConfigException: Invalid value 7 for configuration acks:"
            " String must be one of: all, -1, 0, 1",
        ),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--compression-codec", "brotli"],
            "org.apache.kafka.common.config.ConfigException: Invalid value brotli for configuration compression.type:"
            " String must be one of: none, gzip, snappy, lz4, zstd",
        ),
        (
            ["--bootstrap-server", "h:1", "--topic", "t", "--command-config", "missing.properties"],
            "java.nio.file.NoSuchFileException: missing.properties",
        ),
        (
            ["--bootstrap-server", "no-such-host.invalid:1", "--topic", "t"],
            "org.apache.kafka.common.KafkaException: Failed to construct kafka producer",
        ),
        ([], "This tool helps to read data from standard input and publish it to Kafka."),
    ],
)
def test_command_lines_that_make_no_sense(arguments: list[str], first: str) -> None:
    environment = Recorded()
    assert guard(run, arguments, environment) == 1
    assert environment.err.splitlines()[0].startswith(first)
    assert "Traceback" not in environment.err


def test_old_names_work_and_say_so_on_stderr(bootstrap: str, topic: str) -> None:
    old = ["--property", "parse.key=true", "--producer-property", "linger.ms=0", "--max-partition-memory-bytes", "100"]
    done = produce(bootstrap, "--topic", topic, *old, stdin=b"k\tv\n")
    assert done.code == 0
    assert len([line for line in done.err.splitlines() if "is deprecated and will be removed" in line]) == 3
    assert [(record.key, record.value) for record in read_back(bootstrap, topic)] == [(b"k", b"v")]


def test_an_old_and_a_new_name_do_not_go_together() -> None:
    done = produce("h:1", "--topic", "t", "--property", "a=b", "--reader-property", "c=d")
    assert "\nOptions --reader-property and --property cannot be specified together.\n" in done.err


def test_a_setting_that_no_client_has_is_remarked_on(bootstrap: str, topic: str) -> None:
    done = produce(bootstrap, "--topic", topic, "--command-property", "aks=1", stdin=b"a\n")
    assert done.code == 0
    assert "no setting aks" in done.err
    assert produce(bootstrap, "--topic", topic, "--command-property", "aks=1", compatible=True).err == ""


# As a process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_read_before_a_signal_is_delivered(bootstrap: str, topic: str, number: int, code: int) -> None:
    command = [*COMMAND, "--bootstrap-server", bootstrap, "--topic", topic, "--timeout", "3600000"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(b"one\ntwo\n")
        process.stdin.flush()
        wait_for_topic(bootstrap, topic)  # asking for it has created it, so the lines have been read
        process.send_signal(number)
        assert process.wait(30) == code
        assert process.stderr.read() == b""
    assert values(read_back(bootstrap, topic)) == [b"one", b"two"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_wait_for_a_cluster_that_says_nothing(number: int, code: int) -> None:
    """It is waited for as long as can be asked for, so that nothing but the signal ends this."""
    forever = ["--max-block-ms", "2000000000", "--command-property", "socket.connection.setup.timeout.ms=2000000000"]
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        command = [*COMMAND, "--bootstrap-server", address, "--topic", "t", *forever]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stderr is not None
            process.stdin.write(b"one\n")
            process.stdin.flush()
            asked, _ = silent.accept()
            with asked:
                assert asked.recv(1)  # the question which versions there are
                process.send_signal(number)
                assert process.wait(30) == code
            assert process.stderr.read() == b"kafka-console-producer: no record was sent\n"


def test_a_leader_out_of_reach_is_named_and_the_wait_for_it_can_be_ended() -> None:
    port, nobody = free_port(), free_port()
    listeners = {
        "listeners": f"PLAINTEXT://localhost:{port}",
        "advertised.listeners": f"PLAINTEXT://localhost:{nobody}",
    }
    with InProcessBroker(listeners):
        command = [*COMMAND, "--bootstrap-server", f"localhost:{port}", "--topic", "t"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stderr is not None
            process.stdin.write(b"one\n")
            process.stdin.close()  # from now on it only waits
            line = process.stderr.readline()
            assert line.endswith(
                b"WARN Cannot connect to localhost:%d: connection refused (kafka-console-producer)\n" % nobody
            )
            process.send_signal(signal.SIGINT)
            line = process.stderr.readline()
            assert line == b"kafka-console-producer: waiting for acknowledgements; interrupt again to give up\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert process.stderr.read() == b"kafka-console-producer: 1 record(s) neither acknowledged nor refused\n"


def wait_for_topic(bootstrap: str, topic: str) -> None:
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": bootstrap})
    deadline = time.monotonic() + 120
    while topic not in admin.list_topics(timeout=10).topics:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_lines_are_sent_while_the_pipe_stays_open(bootstrap: str, topic: str) -> None:
    command = [*COMMAND, "--bootstrap-server", bootstrap, "--topic", topic, "--timeout", "10"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"first\n")
        process.stdin.flush()
        wait_for_topic(bootstrap, topic)
        assert values(read_back(bootstrap, topic, 1)) == [b"first"]
        process.stdin.write(b"second")
        process.stdin.close()
        assert process.wait(30) == 0
    assert values(read_back(bootstrap, topic)) == [b"first", b"second"]


def test_piped_input_loads_neither_repl_nor_asyncio(bootstrap: str, topic: str) -> None:
    script = (
        "import os, sys\n"
        "os._exit = lambda code: print(code, [name for name in ('prompt_toolkit', 'asyncio', 'kafka') if name in"
        " sys.modules])\n" + COMMAND[2]
    )
    command = [sys.executable, "-c", script, "--bootstrap-server", bootstrap, "--topic", topic]
    done = subprocess.run(command, input=b"a\n", capture_output=True, check=True)
    assert done.stdout == b"0 []\n"
