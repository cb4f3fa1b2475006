"""The folder promise: real Kafka serves what our broker wrote, and our broker what real Kafka wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop import real_kafka
from tests.interop.our_broker import OurBroker, our_tool

pytestmark = [pytest.mark.interop, pytest.mark.timeout(600)]

LINES = b"".join(b"line %d\n" % number for number in range(2000))


def fill(bootstrap: str, codec: str = "none") -> None:
    """A topic with a setting of its own, records in two partitions, and a group's committed offsets."""
    server = ("--bootstrap-server", bootstrap)
    our_tool(
        "kafka-topics", *server, "--create", "--topic", "kept", "--partitions", "2", "--config", "retention.ms=86400000"
    )
    our_tool("kafka-console-producer", *server, "--topic", "kept", f"--compression-codec={codec}", stdin=LINES)
    our_tool(
        "kafka-console-consumer", *server, "--topic", "kept", "--group", "readers", "--from-beginning",
        "--max-messages", "2000",
    )  # fmt: skip


def describe(bootstrap: str) -> str:
    return our_tool("kafka-topics", "--bootstrap-server", bootstrap, "--describe", "--topic", "kept").stdout.decode()


def check(bootstrap: str, topic_line: str) -> None:
    """The topic is the same one with the same settings, its records and the group's offsets are there, and it grows."""
    assert describe(bootstrap).splitlines()[0] == topic_line
    server = ("--bootstrap-server", bootstrap)
    reading = ("--topic", "kept", "--from-beginning", "--max-messages", "2000", "--timeout-ms", "30000")
    for output in (
        our_tool("kafka-console-consumer", *server, *reading).stdout,
        real_kafka.run_tool("4.3", "kafka-console-consumer", *server, *reading).stdout,
    ):
        assert sorted(output.splitlines()) == sorted(LINES.splitlines())
    groups = real_kafka.run_tool(
        "4.3", "kafka-consumer-groups", *server, "--describe", "--offsets", "--group", "readers"
    )
    lags = [line.split()[5] for line in groups.stdout.decode().splitlines() if " kept " in line]
    assert set(lags) == {"0"}, groups.stdout.decode()  # a partition that got no record may have no commit
    our_tool("kafka-console-producer", *server, "--topic", "kept", stdin=b"one more\n")
    more = ("--topic", "kept", "--from-beginning", "--max-messages", "2001", "--timeout-ms", "30000")
    assert b"one more" in our_tool("kafka-console-consumer", *server, *more).stdout


KRAFT = {"process.roles": "broker,controller", "node.id": "1", "controller.listener.names": "CONTROLLER"}


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_real_4_3_starts_on_our_standalone_folder(tmp_path: Path, end: str) -> None:
    ours = OurBroker(tmp_path / "ours", log_dir=tmp_path / "data").start()
    fill(ours.bootstrap)
    topic_line = describe(ours.bootstrap).splitlines()[0]
    getattr(ours, end)()
    real = real_kafka.Kafka43(tmp_path / "real", log_dir=tmp_path / "data")
    try:
        check(real.bootstrap, topic_line)
    finally:
        real.stop()
    assert not list((tmp_path / "data").glob("*-stray"))


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_our_standalone_broker_starts_on_the_folder_of_real_4_3(tmp_path: Path, end: str) -> None:
    real = real_kafka.Kafka43(tmp_path / "real", log_dir=tmp_path / "data")
    fill(real.bootstrap, "lz4")
    topic_line = describe(real.bootstrap).splitlines()[0]
    getattr(real, end)()
    ours = OurBroker(tmp_path / "ours", log_dir=tmp_path / "data").start()
    try:
        check(ours.bootstrap, topic_line)
    finally:
        ours.stop()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_real_3_9_starts_on_our_folder_and_zookeeper(tmp_path: Path, end: str) -> None:
    zookeeper = real_kafka.ZooKeeper(tmp_path / "zookeeper")
    properties = {"zookeeper.connect": zookeeper.address}
    ours = OurBroker(tmp_path / "ours", log_dir=tmp_path / "data", properties=properties).start()
    fill(ours.bootstrap)
    topic_line = describe(ours.bootstrap).splitlines()[0]
    getattr(ours, end)()
    wait_until_gone(zookeeper.address)
    real = real_kafka.Kafka39(tmp_path / "real", log_dir=tmp_path / "data", zookeeper=zookeeper.address)
    try:
        check(real.bootstrap, topic_line)
    finally:
        real.stop()
        zookeeper.stop()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_our_broker_starts_on_the_folder_and_zookeeper_of_real_3_9(tmp_path: Path, end: str) -> None:
    zookeeper = real_kafka.ZooKeeper(tmp_path / "zookeeper")
    real = real_kafka.Kafka39(tmp_path / "real", log_dir=tmp_path / "data", zookeeper=zookeeper.address)
    fill(real.bootstrap, "zstd")
    topic_line = describe(real.bootstrap).splitlines()[0]
    getattr(real, end)()
    wait_until_gone(zookeeper.address)
    properties = {"zookeeper.connect": zookeeper.address}
    ours = OurBroker(tmp_path / "ours", log_dir=tmp_path / "data", properties=properties).start()
    try:
        check(ours.bootstrap, topic_line)
    finally:
        ours.stop()
        zookeeper.stop()


def wait_until_gone(address: str) -> None:
    """Real Kafka refuses to start while the last session's znode is there."""
    import time

    from kazoo.client import KazooClient

    client = KazooClient(address)
    client.start()
    try:
        for _ in range(400):
            if not client.get_children("/brokers/ids"):
                return
            time.sleep(0.1)
        raise AssertionError("the broker's znode did not go")
    finally:
        client.stop()
