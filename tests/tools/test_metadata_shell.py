"""kafka-metadata-shell on metadata logs: one written here, our broker's own, and beside the JVM's on real Kafka's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.main import guard
from kcli.metadata.kraft.records import encode_batch
from kcli.testing import EphemeralBroker
from kcli.tools import topics
from kcli.tools.listings_files import METADATA_NODES
from kcli.tools.metadata_shell import completions, run
from kcli.tools.metadata_shell_commands import Shell
from kcli.wire import messages
from tests.cli.schema import check
from tests.cli.support import Recorded
from tests.interop import real_kafka
from tests.tools.terminal import CTRL_D, Terminal

# ruff: noqa: E501

ID = b"\x01" * 16
LEVEL = 30
COMMAND = [sys.executable, "-c", "from kcli.tools.metadata_shell import main; main()"]


def records() -> list[object]:
    quota = messages.ClientQuotaRecord
    return [
        messages.FeatureLevelRecord(name="metadata.version", feature_level=LEVEL),
        messages.FeatureLevelRecord(name="group.version", feature_level=1),
        messages.TopicRecord(name="orders", topic_id=ID),
        messages.PartitionRecord(
            partition_id=0, topic_id=ID, replicas=[1, 2], isr=[1], leader=1, leader_epoch=3, partition_epoch=4
        ),
        messages.ConfigRecord(resource_type=2, resource_name="orders", name="retention.ms", value="1000"),
        messages.ConfigRecord(resource_type=4, resource_name="", name="log.cleaner.threads", value="2"),
        quota(
            entity=[
                quota.EntityData(entity_type="user", entity_name="al(ice)"),
                quota.EntityData(entity_type="client-id", entity_name=None),
            ],
            key="producer_byte_rate",
            value=1000.0,
        ),
    ]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "00000000000000000000.log"
    path.write_bytes(encode_batch(records(), LEVEL, 1_700_000_000_400, base_offset=0, leader_epoch=7))
    return path


def shell(path: Path, *words: str, stdin: bytes = b"") -> Recorded:
    environment = Recorded(stdin, program="kafka-metadata-shell")
    environment.code = guard(run, ["--snapshot", str(path), *words], environment)
    return environment


def lines(path: Path, *words: str) -> list[str]:
    done = shell(path, *words)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()


def test_rows(log: Path) -> None:
    def rows(*words: str) -> list[tuple[object, ...]]:
        done = shell(log, *words, "--output", "json")
        assert (done.code, done.err) == (0, "")
        return [tuple(row.values()) for row in check(done.out, METADATA_NODES)]

    features = [
        ("/image/features/finalized_group.version", False, "1"),
        ("/image/features/metadataVersion", False, "Optional[4.3-IV0]"),
    ]
    assert rows("ls", "/image/features") == rows("cat", "/image/features/*") == features
    assert rows("ls", "/image/features/finalized_group.version") == features[:1]
    assert rows("find", "/image/features") == [("/image/features", True, None), *features]
    assert rows("tree", "/image/features") == [("/image/features", True, None), *features]
    assert ("/image", True, None) in rows("ls")
    done = shell(log, "cat", "/image", "/nope", "--output", "json")
    assert check(done.out, METADATA_NODES) == []
    assert done.err.splitlines() == ["cat: /image: Is a directory", "cat: /nope: No such file or directory."]


def test_rows_need_a_command(log: Path) -> None:
    done = shell(log, "--output", "csv", stdin=b"ls\n")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("--output is for a command behind the options: ls, find, tree or cat\n")


def test_leaves(log: Path) -> None:
    assert lines(log, "cat", "/image/provenance") == ["offset 6, epoch 7, time 2023-11-14T22:13:20.4Z[UTC]"]
    assert lines(log, "cat", "/image/features/*") == ["1", "Optional[4.3-IV0]"]
    assert lines(log, "cat", "/image/topics/byName/orders/0") == [
        "PartitionRegistration(replicas=[1, 2], directories=[], isr=[1], removingReplicas=[], addingReplicas=[], elr=[],"
        " lastKnownElr=[], leader=1, leaderRecoveryState=RECOVERED, leaderEpoch=3, partitionEpoch=4)"
    ]
    assert lines(log, "cat", "/image", "/nope") == [
        "cat: /image: Is a directory",
        "cat: /nope: No such file or directory.",
    ]
    assert lines(log, "cat", "/local/version") == ["4.3.0"]


def test_trees(log: Path) -> None:
    assert lines(log, "tree", "/image/configs") == [
        "BROKER:",
        "  log.cleaner.threads:",
        "    2",
        "TOPIC:orders:",
        "  retention.ms:",
        "    1000",
    ]
    assert lines(log, "tree", "/image/clientQuotas") == [
        "clientId(<default>)_user(al\\(ice\\)):",
        "  producer_byte_rate:",
        "    1000.0",
    ]


def test_lists_and_paths(log: Path) -> None:
    assert lines(log, "ls") == ["image", "local"]
    assert lines(log, "ls", "/local/version", "/local", "/image/topics") == [
        "version", "", "local:", "commitId", "version", "", "topics:", "byId", "byName",
    ]  # fmt: skip
    assert lines(log, "ls", "/image/topics/{byName,none}/o*") == ["0", "id", "name"]
    assert lines(log, "find", "/image/scram/", "/x") == [
        "/image/scram/", "/image/scram//SCRAM-SHA-256", "/image/scram//SCRAM-SHA-512",
        "find: /x: no such file or directory.",
    ]  # fmt: skip


def test_commands_from_a_pipe(log: Path) -> None:
    typed = b"pwd\ncd image/topics\npwd\nls\ncd /local/version\ncd ../../local\ncat version\ncd\npwd\nhistory 2\nnope\nman ls\nexit\nls\n"
    assert shell(log, stdin=typed).out.splitlines() == [
        "[ Kafka Metadata Shell ]",
        "/",
        "/image/topics",
        "byId",
        "byName",
        "cd: /local/version: not a directory.",
        "4.3.0",
        "/",
        "    8  pwd",
        "    9  history 2",
        "invalid choice: 'nope' (choose from 'cat', 'cd', 'exit', 'find', 'help', 'history', 'ls', 'man', 'pwd', 'tree')",
        "ls: List metadata nodes.",
        "",
        "usage: ls [PATH...]",
    ]


def test_completion() -> None:
    one = Shell({"image": {"topics": {}, "configs": {}}, "local": {"version": "4"}}, print)
    assert completions(one, "c") == ["cat ", "cd "]
    assert completions(one, "ls /im") == ["/image/"]
    assert completions(one, "cat local/") == ["local/version"]
    one.directory = ("image",)
    assert completions(one, "cd t") == ["topics/"]
    assert completions(one, "cd /none/t") == []


def test_at_a_terminal(log: Path, tmp_path: Path) -> None:
    terminal = Terminal([*COMMAND, "--snapshot", str(log)], tmp_path)
    try:
        terminal.expect(">>")
        terminal.type("cat /image/prov\t")
        terminal.expect("enance")
        terminal.type("\r")
        terminal.expect("offset 6, epoch 7")
        terminal.expect(">>")
        terminal.type(CTRL_D)
        assert terminal.process.wait(20) == 0
    finally:
        terminal.process.kill()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope",), "invalid choice: 'nope' (choose from 'cat', 'find', 'ls', 'tree')"),
        (("pwd",), "invalid choice: 'pwd' (choose from 'cat', 'find', 'ls', 'tree')"),
        (("cat",), "too few arguments"),
        (("ls", "{a"), "Unterminated glob group."),
    ],
)
def test_what_is_refused(log: Path, words: tuple[str, ...], message: str) -> None:
    done = shell(log, *words)
    assert (done.code, done.err) == (1, f"{message}\n")


def test_files_that_are_no_metadata(tmp_path: Path, log: Path) -> None:
    assert shell(tmp_path / "none", "ls").err == f"java.nio.file.NoSuchFileException: {tmp_path / 'none'}\n"
    for damaged in (b"hello", log.read_bytes()[:-1] + b"\xff"):
        path = tmp_path / "damaged.log"
        path.write_bytes(damaged)
        done = shell(path, "ls")
        assert done.code == 1
        assert done.err.startswith(f"{path} is no log or snapshot of metadata, or it is damaged: ")
    (tmp_path / "empty").mkdir()
    assert "has neither a snapshot" in shell(tmp_path / "empty", "ls").err
    missing = Recorded(program="kafka-metadata-shell")
    assert guard(run, ["ls"], missing) == 1
    assert "argument --snapshot/-s is required" in missing.err


def test_our_brokers_folder(tmp_path: Path) -> None:
    with EphemeralBroker({"log.dirs": str(tmp_path)}) as broker:
        arguments = ["--bootstrap-server", broker.bootstrap_servers, "--create", "--topic", "t", "--partitions", "2"]
        assert guard(topics.run, arguments, Recorded()) == 0
        folder = tmp_path / "__cluster_metadata-0"
        assert lines(folder, "ls", "/image/topics/byName/t") == ["0", "1", "id", "name"]
    assert lines(folder, "cat", "/image/topics/byName/t/name") == ["t"]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[real_kafka.Kafka43]:
    """One of its own: quotas of defaults, which other tests leave behind, look otherwise in the JVM's shell."""
    if reason := real_kafka.missing():
        pytest.skip(reason)
    broker = real_kafka.Kafka43(tmp_path / "kafka")
    yield broker
    broker.stop()


@pytest.mark.interop
@pytest.mark.slow
def test_beside_the_jvms(fresh: real_kafka.Kafka43, tmp_path: Path) -> None:
    arguments = ["--bootstrap-server", fresh.bootstrap, "--create", "--topic", "ms-t", "--config", "retention.ms=9"]
    assert guard(topics.run, arguments, Recorded()) == 0
    copy = tmp_path / "__cluster_metadata-0"
    shutil.copytree(fresh.log_dir / "__cluster_metadata-0", copy)
    path = copy / "00000000000000000000.log"
    for words in (("tree", "/image"), ("ls", "/", "/image/*"), ("cat", "/local/*", "/x")):
        command = [
            str(real_kafka.kafka_bin("4.3") / "run-class"),
            "org.apache.kafka.shell.MetadataShell",
            "-s",
            str(path),
        ]
        for _ in range(25):  # the JVM's shell may answer before it has read everything
            theirs = subprocess.run([*command, *words], capture_output=True, text=True, check=False, timeout=60).stdout
            if re.sub(r"\s", "", theirs) == re.sub(r"\s", "", shell(path, *words).out):
                break
        ours = shell(path, *words).out
        assert ours == theirs
