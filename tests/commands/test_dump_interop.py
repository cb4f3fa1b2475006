"""dump, restore and cp between real Kafka and our broker: nothing lost, nothing doubled, whatever is killed when.

KCLI_DUMP_RECORDS says how many records (600 by default), KCLI_DUMP_KILLS how often each side is killed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from kcli.client.admin_offsets import set_offsets
from kcli.client.cluster import Cluster
from kcli.testing import EphemeralBroker
from tests.client.read_back import read_back
from tests.interop.real_kafka import Kafka43

pytestmark = pytest.mark.interop
RECORDS = int(os.environ.get("KCLI_DUMP_RECORDS", "600"))
KILLS = int(os.environ.get("KCLI_DUMP_KILLS", "4"))
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
PARTITIONS = 2


def kcli(*arguments: str, stdin: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kcli.cli.umbrella", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=120)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done


def killed(moment: float, *arguments: str) -> None:
    """Start a command and kill it after a while, if it is not done by then."""
    with subprocess.Popen(
        [sys.executable, "-m", "kcli.cli.umbrella", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()


def digests(bootstrap: str, topic: str) -> list[str]:
    """The digests of a topic's partitions, without its name."""
    text = kcli("digest", "--bootstrap-server", bootstrap, "--topic", topic).stdout.decode()
    return [line.rpartition("  ")[0] for line in text.splitlines()]


def record(number: int) -> dict[str, Any]:
    """Nulls, empty fields, binary, duplicate headers; times that go backwards."""
    headers = [("h", b"1"), ("h", None), ("h", b""), ("b", b"\x00\xff")] if number % 5 == 0 else None
    return {
        "key": (None, b"", b"key-%d" % number)[number % 3],
        "value": (None, b"", bytes(range(256))[: number % 97] + b"\xff\xfe", b"v%d" % number)[number % 4],
        "headers": headers,
        "timestamp": 1_700_000_000_000 + number * (-1) ** (number % 2),
        "partition": number % PARTITIONS,
    }


def produce(producer: Producer, topic: str, numbers: range) -> None:
    for number in numbers:
        fields = record(number)
        while True:
            try:
                producer.produce(topic, fields.pop("value") if "value" in fields else None, **fields)
                break
            except BufferError:
                producer.poll(0.1)
                fields = record(number)
    producer.flush()


def fill(bootstrap: str, topic: str) -> None:
    """Every codec, in transactions that commit and abort, and outside of them."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    new = NewTopic(topic, PARTITIONS, 1, config={"retention.ms": "987654321000", "segment.bytes": "1048576"})
    admin.create_topics([new])[topic].result()
    each = RECORDS // (2 * len(CODECS))
    begin = 0
    for codec in CODECS:
        settings = {"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 5}
        produce(Producer(settings), topic, range(begin, begin + each))
        begin += each
        transactions = Producer({**settings, "transactional.id": f"{topic}-{codec}"})
        transactions.init_transactions()
        for commit, size in ((True, each // 2), (False, each // 4), (True, each // 4)):
            transactions.begin_transaction()
            produce(transactions, topic, range(begin, begin + size))
            begin += size
            if commit:
                transactions.commit_transaction()
            else:
                transactions.abort_transaction()


@pytest.fixture(scope="module")
def source(kafka_43: Kafka43) -> str:
    fill(kafka_43.bootstrap, "dumped")
    with Cluster(kafka_43.bootstrap) as cluster:
        set_offsets(cluster, "dump-group", {("dumped", 0): RECORDS // 4, ("dumped", 1): 0})
    return kafka_43.bootstrap


@pytest.fixture(scope="module")
def ours() -> Iterator[str]:
    with EphemeralBroker() as broker:
        yield broker.bootstrap_servers


def contents(bootstrap: str, topic: str) -> list[tuple[Any, ...]]:
    """Everything but offsets, by librdkafka."""
    return [(r.partition, r.key, r.value, r.headers, r.timestamp) for r in read_back(bootstrap, topic)]


def test_a_dump_restored_is_the_same_topic(source: str, ours: str, tmp_path: Path) -> None:
    file = str(tmp_path / "dump")
    made = kcli("dump", "--bootstrap-server", source, "--topic", "dumped", "--groups", "--file", file, "--digest")
    wanted = digests(source, "dumped")
    assert [line.rpartition("  ")[0] for line in made.stdout.decode().splitlines()] == wanted
    for number, target in enumerate((source, ours)):
        name = f"restored-{number}"
        kcli("restore", "--bootstrap-server", target, "--file", file, "--rename", f"dumped={name}")
        assert digests(target, name) == wanted
        assert contents(target, name) == contents(source, "dumped")
        described = kcli("topics", "--bootstrap-server", target, "--describe", "--topic", name).stdout.decode()
        assert "retention.ms=987654321000" in described
        assert "segment.bytes=1048576" in described
        assert "before.max" not in described
    before = [row for row in read_back(source, "dumped") if row.partition == 0 and row.offset < RECORDS // 4]
    text = kcli("consumer-groups", "--bootstrap-server", ours, "--describe", "--group", "dump-group").stdout.decode()
    assert any(line.split()[1:4] == ["restored-1", "0", str(len(before))] for line in text.splitlines() if line)


def test_an_open_transaction_ends_what_is_taken(source: str, ours: str, tmp_path: Path) -> None:
    """Nothing of it, and nothing behind it, is in a dump, which is not waited for; when it is committed, all is."""
    admin = AdminClient({"bootstrap.servers": source})
    admin.create_topics([NewTopic("open", 1, 1)])["open"].result()
    plain = Producer({"bootstrap.servers": source})
    transactions = Producer({"bootstrap.servers": source, "transactional.id": "open-tx"})
    transactions.init_transactions()

    def send(producer: Producer, *values: str) -> None:
        for value in values:
            producer.produce("open", value)
        producer.flush()

    def restored(name: str) -> list[bytes | None]:
        file = str(tmp_path / name)
        kcli("dump", "--bootstrap-server", source, "--topic", "open", "--file", file)
        kcli("restore", "--bootstrap-server", ours, "--file", file, "--rename", f"open={name}")
        assert digests(ours, name) == digests(source, "open")
        return [row.value for row in read_back(ours, name)]

    send(plain, "before")
    transactions.begin_transaction()
    send(transactions, "in it")
    send(plain, "behind it")
    assert restored("open-1") == [b"before"]
    transactions.commit_transaction()
    transactions.begin_transaction()
    send(transactions, "in the next")
    assert restored("open-2") == [b"before", b"in it", b"behind it"]
    transactions.abort_transaction()
    send(plain, "last")
    assert restored("open-3") == [b"before", b"in it", b"behind it", b"last"]


def test_killed_at_many_moments_and_gone_on_with(source: str, ours: str, tmp_path: Path) -> None:
    file = str(tmp_path / "dump")
    wanted = digests(source, "dumped")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    dump = ("dump", "--bootstrap-server", source, "--topic", "dumped", "--file", file, "--resume")
    began = time.monotonic()
    kcli(*dump[:-2], file + ".whole")
    took = time.monotonic() - began
    for _ in range(KILLS):
        killed(chance.uniform(0, took), *dump)
    kcli(*dump)
    for target in (source, ours):
        restore = ("restore", "--bootstrap-server", target, "--file", file, "--rename", "dumped=killed")
        for _ in range(KILLS):
            killed(chance.uniform(0, 2 * took), *restore)
        kcli(*restore)
        assert digests(target, "killed") == wanted


def test_a_dump_cut_anywhere_is_completed(source: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    select = ("dump", "--bootstrap-server", source, "--topic", "dumped")
    kcli(*select, "--file", str(whole))
    data = whole.read_bytes()
    file = tmp_path / "cut"
    for part in (0.3, 0.6, 0.95):
        file.write_bytes(data[: int(len(data) * part)])
        refused = kcli("restore", "--bootstrap-server", source, "--file", str(file), "--rename", "dumped=cut", code=1)
        assert b"not complete" in refused.stderr
    kcli(*select, "--file", str(file), "--resume")
    done = kcli("restore", "--bootstrap-server", source, "--file", str(file), "--rename", "dumped=cut")
    assert b"going on behind them" in done.stderr
    assert digests(source, "cut") == digests(source, "dumped")


def test_a_copy_from_cluster_to_cluster_and_through_a_pipe(source: str, ours: str) -> None:
    wanted = digests(source, "dumped")
    kcli("cp", "--bootstrap-server", source, "--to-bootstrap-server", ours, "--topic", "dumped")
    assert digests(ours, "dumped") == wanted
    dumped = kcli("dump", "--bootstrap-server", source, "--include", "dump.d", "--exclude-internal").stdout
    kcli("restore", "--bootstrap-server", ours, "--rename", "dumped=piped", stdin=dumped)
    assert digests(ours, "piped") == wanted


def test_what_cannot_be_is_refused_in_one_line(source: str, ours: str, tmp_path: Path) -> None:
    file = str(tmp_path / "dump")
    select = ("dump", "--bootstrap-server", source, "--topic", "dumped")
    kcli(*select, "--file", file)

    def refused(*arguments: str, stdin: bytes = b"") -> str:
        error = kcli(*arguments, stdin=stdin, code=1).stderr.decode()
        lines = [line for line in error.splitlines() if not line.startswith("Try '")]
        assert len(lines) == 1, error
        return lines[0]

    into = ("restore", "--bootstrap-server", ours, "--file", file)
    kcli("topics", "--bootstrap-server", ours, "--create", "--topic", "narrow", "--partitions", "1")
    assert "1 partitions instead of 2" in refused(*into, "--rename", "dumped=narrow")
    kcli("topics", "--bootstrap-server", ours, "--create", "--topic", "used", "--partitions", "2")
    kcli("console-producer", "--bootstrap-server", ours, "--topic", "used", stdin=b"x\n")
    assert "did not come from here" in refused(*into, "--rename", "dumped=used")
    assert "exists" in refused(*select, "--file", file)
    assert "nowhere" in refused("dump", "--bootstrap-server", source, "--topic", "nowhere", "--file", file + "2")
    assert "onto itself" in refused("cp", "--bootstrap-server", source, "--topic", "dumped")
    assert "no dump" in refused("restore", "--bootstrap-server", ours, stdin=b"hello")
    assert "--rename" in refused(*into, "--rename", "other=x")
    assert "--from" in refused(*select, "--from", "soon")
    assert "Cannot connect" in refused(
        "dump", "--bootstrap-server", "localhost:1", "--topic", "t", "--file", file + "3"
    )
