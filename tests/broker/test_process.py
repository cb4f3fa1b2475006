"""kafka-server-start and kafka-server-stop as processes, over real sockets."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from functools import partial

import pytest

from kcli.broker.registry import FOLDER_VARIABLE
from kcli.records.builder import build_batch
from kcli.wire import frames, messages

START = [sys.executable, "-m", "kcli.tools.server_start"]
STOP = [sys.executable, "-c", "from kcli.tools.server_stop import main; main()"]
LIMIT = 30


@pytest.fixture
def where(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "run"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def file(where):
    path = where / "server.properties"
    path.write_text(f"broker.id=3\nlisteners=PLAINTEXT://localhost:0\nlog.dirs={where}/data\n")
    return str(path)


@contextlib.contextmanager
def running(*arguments, **options):
    """A broker; its process, and the first line that it prints."""
    process = subprocess.Popen(
        [*START, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def failing(*arguments):
    """The exit code, stdout and stderr of a broker that does not start."""
    done = subprocess.run([*START, *arguments], capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.returncode, done.stdout, done.stderr


def port_of(line):
    return int(line.partition("PLAINTEXT://localhost:")[2].partition(";")[0])


def ask(port, version, body, then=lambda: None):
    """The answer to one request; `then` is done while it is awaited."""
    request = frames.encode_request(frames.RequestHeader(body.API_KEY, version, 7, "test"), body)
    with (
        socket.create_connection(("localhost", port), timeout=LIMIT) as connection,
        connection.makefile("rb") as answers,
    ):
        connection.sendall(request)
        then()
        size = int.from_bytes(answers.read(4), "big")
        return frames.decode_response(body.API_KEY, version, answers.read(size))[1]


def ask_metadata(port):
    return ask(port, 12, messages.MetadataRequest(topics=None))


def test_ready_line_serves_and_sigterm_ends_cleanly(file, where):
    with running(file) as (process, line):
        assert "INFO [KafkaServer id=3] started: listeners PLAINTEXT://localhost:" in line
        assert "broker id 3; cluster id " in line and f"log dirs {where}/data" in line
        metadata = ask_metadata(port_of(line))
        assert [(node.node_id, node.host, node.port) for node in metadata.brokers] == [(3, "localhost", port_of(line))]
        cluster_id = metadata.cluster_id
        process.terminate()
        assert process.wait(LIMIT) == 143
        assert process.stderr.read() == ""
    left = os.listdir(where / "data")
    assert {".kafka_cleanshutdown", "meta.properties", "__cluster_metadata-0"} <= set(left)
    with running(file) as (process, line):
        assert f"cluster id {cluster_id}" in line
        assert ".kafka_cleanshutdown" not in os.listdir(where / "data")
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130


def test_who_waits_for_records_is_answered_at_the_end(file):
    topic = messages.CreateTopicsRequest.CreatableTopic(name="t", num_partitions=1, replication_factor=1)
    fetch = messages.FetchRequest
    partition = fetch.FetchPartition(partition=0, fetch_offset=0, partition_max_bytes=1 << 20)
    patient = fetch(
        max_wait_ms=600_000, min_bytes=1, session_epoch=-1, topics=[fetch.FetchTopic(topic="t", partitions=[partition])]
    )
    with running(file) as (process, line):
        port = port_of(line)
        assert ask(port, 7, messages.CreateTopicsRequest(topics=[topic], timeout_ms=1000)).topics[0].error_code == 0
        answer = ask(port, 12, patient, then=lambda: (ask_metadata(port), process.terminate()))
        assert answer.error_code == 0
        assert process.wait(LIMIT) == 143


def test_kraft_style_file(where):
    path = where / "server.properties"
    path.write_text(
        "process.roles=broker,controller\nnode.id=5\ncontroller.quorum.voters=5@localhost:9093\n"
        "listeners=PLAINTEXT://localhost:0,CONTROLLER://localhost:9093\ncontroller.listener.names=CONTROLLER\n"
        f"log.dirs={where}/data\n"
    )
    with running(str(path)) as (_, line):
        assert "[KafkaServer id=5] started: listeners PLAINTEXT://localhost:" in line
        assert "CONTROLLER" not in line


def test_several_listeners_and_ephemeral_ports(file):
    more = ["--override", "listeners=PLAINTEXT://localhost:0,OTHER://127.0.0.1:0"]
    mapping = ["--override", "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT"]
    with running(file, *more, *mapping) as (_, line):
        names = line.partition("listeners ")[2].partition(";")[0].split(", ")
        ports = {name.partition("://")[0]: int(name.rpartition(":")[2]) for name in names}
        assert ports.keys() == {"PLAINTEXT", "OTHER"} and 0 not in ports.values()
        for port in ports.values():  # each listener tells its own address
            assert [node.port for node in ask_metadata(port).brokers] == [port]


def test_ephemeral_prints_the_address_alone_and_leaves_nothing(where):
    with running("--ephemeral", "--override", "num.partitions=3") as (process, line):
        host, _, port = line.strip().rpartition(":")
        assert host == "localhost" and ask_metadata(int(port)).brokers
        assert [name for name in os.listdir(where) if name.startswith("kcli-")]
        process.terminate()
        assert process.wait(LIMIT) == 0
        assert process.stdout.read() == ""
    assert os.listdir(where) == ["run"]


def test_it_takes_all_the_files_that_it_may_have(file):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (64, hard))
    request = messages.CreateTopicsRequest
    topic = request.CreatableTopic(name="t", num_partitions=100, replication_factor=1)
    with running(file, preexec_fn=few) as (_, line):
        assert ask(port_of(line), 7, request(topics=[topic])).topics[0].error_code == 0
        [found] = ask_metadata(port_of(line)).topics
        assert [partition.leader_id for partition in found.partitions] == [3] * 100
        produce = messages.ProduceRequest
        data = [
            produce.PartitionProduceData(index=index, records=build_batch([(0, None, b"v", ())]))
            for index in range(100)
        ]
        body = produce(acks=1, topic_data=[produce.TopicProduceData(name="t", partition_data=data)])
        [answer] = ask(port_of(line), 9, body).responses
        assert {partition.error_code for partition in answer.partition_responses} == {0}


def test_server_stop_ends_what_runs(file):
    with running(file) as (process, _):
        assert subprocess.run(STOP, timeout=LIMIT, check=False).returncode == 0
        assert process.wait(LIMIT) == 143
    done = subprocess.run(STOP, timeout=LIMIT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "No kafka server to stop\n")


def test_daemon_returns_when_it_is_ready(file, where, monkeypatch):
    monkeypatch.setenv("LOG_DIR", str(where / "logs"))
    done = subprocess.run([*START, "-daemon", file], timeout=LIMIT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    log = (where / "logs" / "kafkaServer.out").read_text()
    assert ask_metadata(port_of(log)).brokers
    again = subprocess.run([*START, "-daemon", file], timeout=LIMIT, check=False, capture_output=True, text=True)
    assert again.returncode == 1 and "Failed to acquire lock" in again.stderr
    assert subprocess.run(STOP, timeout=LIMIT, check=False).returncode == 0


def one_line(text):
    assert text.count("\n") == 1 and text.endswith("\n"), text
    return text


def test_errors_are_one_line(file, where):
    code, out, err = failing(file, "--override", "num.partitions=x")
    assert (code, out, err) == (1, "", "--override: num.partitions=x: Not a number of type INT\n")
    with running(file) as (_, line):
        port = port_of(line)
        code, out, err = failing(file)
        assert code == 1 and f"lock on file .lock in {where}/data" in one_line(err)
        other = ["--override", f"log.dirs={where}/other"]
        code, out, err = failing(file, *other, "--override", f"listeners=PLAINTEXT://localhost:{port}")
        expected = f"Listener PLAINTEXT://localhost:{port} cannot be opened: Address already in use\n"
        assert (code, out, err) == (1, "", expected)
    code, out, err = failing(file, "--override", "broker.id=4")
    assert code == 1 and "stored broker.id 3" in one_line(err).replace("node.id", "broker.id")
    code, out, err = failing(file, "--override", "log.dirs=/proc/nowhere")
    assert code == 1 and "/proc/nowhere" in one_line(err)
    tls = ["listeners=TLS://localhost:0", "listener.security.protocol.map=TLS:SSL"]
    code, out, err = failing(file, *(word for override in tls for word in ("--override", override)))
    assert code == 1 and "ssl.keystore.location" in one_line(err)
    code, out, err = failing("/nowhere.properties")
    assert (code, err) == (1, "/nowhere.properties: No such file or directory\n")


def test_zookeeper_that_does_not_answer(file):
    with socket.create_server(("localhost", 0)) as silent:
        address = f"localhost:{silent.getsockname()[1]}"
        code, _, err = failing(
            file, "--override", f"zookeeper.connect={address}", "--override", "zookeeper.connection.timeout.ms=300"
        )
    assert code == 1
    assert address in one_line(err) and "zookeeper.connection.timeout.ms" in err


def test_sigterm_while_it_waits_for_zookeeper(file):
    with socket.create_server(("localhost", 0)) as silent:
        silent.settimeout(LIMIT)
        address = f"localhost:{silent.getsockname()[1]}"
        options = [
            "--override",
            f"zookeeper.connect={address}",
            "--override",
            "zookeeper.connection.timeout.ms=3600000",
        ]
        process = subprocess.Popen([*START, file, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        process.terminate()
        connection.close()
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (143, "")
    assert "started" not in out


def test_usage():
    assert failing()[0] == 1
    code, _, err = failing("a.properties", "b.properties")
    assert code == 1 and "Found non argument parameters: b.properties" in err
    code, out, _ = failing("--version")
    assert code == 0 and out.startswith("4.3.0")


def test_warnings_are_logged(file):
    with running(
        file, "--override", "num.io.threads=9", "--override", "foo=1", "--override", "num.network.threads=1"
    ) as (
        process,
        first,
    ):
        second, third = process.stdout.readline(), process.stdout.readline()
    assert "WARN --override: foo is not a property of Kafka's broker" in first
    assert "WARN These properties have no effect on this broker: num.io.threads, num.network.threads" in second
    assert "started" in third
