"""Command lines that cannot be done, as the JVM's tools of 4.3.0 answered them on a real broker: the same message on
the same stream, and the same exit code.

golden/bad_input.txt has a block for each line: the line, in which B is the broker and F the folder of the files below;
the exit code; what came on stdout and stderr, without what else Java prints (traces, log lines, lists of options).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kcli.cli.main import guard
from kcli.cli.registry import find_tool
from kcli.testing.broker import InProcessBroker
from tests.cli.support import Recorded

GOLDEN = Path(__file__).with_name("golden") / "bad_input.txt"
_PARTITION = '{{"version": 1, "partitions": [{{"topic": "t", "partition": 0{}}}]}}'
FILES = {
    "plain.txt": "x\n",
    "empty.json": "",
    "obj.json": "{}",
    "arr.json": "[]",
    "nooff.json": _PARTITION.format(""),
    "neg.json": _PARTITION.format(', "offset": -5'),
    "big.json": _PARTITION.format(', "offset": 99'),
    "ver2.json": '{"version": 2, "partitions": []}',
    "verx.json": '{"version": "x", "partitions": []}',
    "none.json": '{"version": 1, "partitions": []}',
    "unk.json": '{"partitions": [{"topic": "nope", "partition": 0, "offset": 1}]}',
    "badpart.json": '{"version": 1, "partitions": [{"topic": "t", "partition": "a", "offset": 1}]}',
    "dup.json": '{"partitions": [{"topic":"t","partition":0,"offset":1}, {"topic":"t","partition":0,"offset":2}]}',
    "partobj.json": '{"version": 1, "partitions": {}}',
    "topics.json": '{"version": 1, "topics": [{"topic": "t"}]}',
    "dtopics.json": '{"version": 1, "topics": [{"topic": "t"}, {"topic": "t"}]}',
    "notopics.json": '{"version": 1, "topics": []}',
    "xtopics.json": '{"version": 1, "topics": [{"x": "t"}]}',
    "re.json": _PARTITION.format(', "replicas": [1], "log_dirs": ["any"]'),
    "re7.json": _PARTITION.format(', "replicas": [7]'),
    "redirs.json": _PARTITION.format(', "replicas": [1], "log_dirs": ["any", "any"]'),
    "redup.json": _PARTITION.format(', "replicas": [1, 1]'),
    "reempty.json": _PARTITION.format(', "replicas": []'),
    "redup2.json": '{"partitions": [{"topic":"t","partition":0,"replicas":[1]},'
    ' {"topic":"t","partition":0,"replicas":[1]}]}',
    "node.properties": "node.id=1\nprocess.roles=controller\ncontroller.listener.names=CONTROLLER\n"
    "listeners=CONTROLLER://localhost:19093\nlog.dirs=F/data\ncontroller.quorum.bootstrap.servers=localhost:19093\n",
}


class Answer(NamedTuple):
    """What a tool made of a line."""

    code: int
    out: list[str]
    err: list[str]


def read_golden() -> dict[str, Answer]:
    answers = {}
    for block in GOLDEN.read_text().split("$ ")[1:]:
        line, code, *said = block.splitlines()
        answers[line] = Answer(
            int(code), [text[2:] for text in said if text[0] == "o"], [text[2:] for text in said if text[0] == "e"]
        )
    return answers


def ask(line: str, bootstrap: str, folder: Path) -> Answer:
    """What ours makes of it."""
    program, *words = re.sub(r"\bF(?=/| |$)", str(folder), line).split(" ")
    tool = find_tool(program)
    assert tool is not None
    environment = Recorded(b"x\n", {"KCLI_COMPAT_EXIT": "1"}, program)
    code = guard(tool.module.run, [bootstrap if word == "B" else word for word in words], environment)
    return Answer(code, *(essence(text, bootstrap, folder) for text in (environment.out, environment.err)))


def essence(text: str, bootstrap: str, folder: Path) -> list[str]:
    """The lines that say what is wrong."""
    text = re.split(r"^Option .*Description", text, flags=re.MULTILINE)[0].replace(bootstrap, "B")
    lines = [line.rstrip() for line in text.replace(str(folder), "F").splitlines()]
    return [line for line in lines if line and not line.startswith("Try '")]


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        for topic in ("t", "e"):
            ask(f"kafka-topics --bootstrap-server B --create --topic {topic}", broker.bootstrap_servers, Path())
        for _ in range(5):
            ask("kafka-console-producer --bootstrap-server B --topic t", broker.bootstrap_servers, Path())
        line = "kafka-console-consumer --bootstrap-server B --topic t --group g --from-beginning --max-messages 3"
        ask(line, broker.bootstrap_servers, Path())
        yield broker.bootstrap_servers


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    for name, text in FILES.items():
        (made / name).write_text(text.replace("F/", f"{made}/"))
    return made


# What cannot work at a listener that asks for SASL, for whoever does not authenticate.
TURNED_AWAY = (
    "kafka-topics --bootstrap-server B --list",
    "kafka-configs --bootstrap-server B --describe --topic t",
    "kafka-console-consumer --bootstrap-server B --topic t",
    "kafka-console-consumer --bootstrap-server B --topic t --partition 0",
    "kafka-console-producer --bootstrap-server B --topic t",
    "kafka-console-share-consumer --bootstrap-server B --topic t",
    "kafka-consumer-groups --bootstrap-server B --list",
    "kafka-consumer-perf-test --bootstrap-server B --topic t --num-records 1",
    "kafka-get-offsets --bootstrap-server B --topic t",
    "kafka-producer-perf-test --bootstrap-server B --topic t --num-records 1 --throughput -1 --record-size 1",
    "kafka-share-consumer-perf-test --bootstrap-server B --topic t --num-records 1",
    "kafka-verifiable-consumer --bootstrap-server B --topic t --group-id v",
    "kafka-verifiable-producer --bootstrap-server B --topic t",
    "kafka-verifiable-share-consumer --bootstrap-server B --topic t --group-id v",
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    settings = {
        "listeners": "SASL_PLAINTEXT://localhost:0",
        "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT",
        "inter.broker.listener.name": "SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": (
            'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";'
        ),
    }
    with InProcessBroker(settings) as broker:
        yield broker.bootstrap_servers


@pytest.mark.parametrize("line", TURNED_AWAY)
def test_a_listener_that_asks_for_sasl_ends_every_tool(
    line: str, guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kcli.client.producer_topics._FIRST_CONTACT", 0.1)
    answer = ask(line, guarded, tmp_path)
    (said,) = [text for text in answer.out + answer.err if "does it ask for SASL?" in text]
    assert "Connection to B was closed by the broker" in said


@pytest.mark.parametrize("line", TURNED_AWAY)
@pytest.mark.parametrize("address", ["x", "localhost:99999", ""])
def test_what_is_no_address_is_told(line: str, address: str, tmp_path: Path) -> None:
    environment = Recorded(b"x\n")
    program, *words = line.split(" ")
    tool = find_tool(program)
    assert tool is not None
    assert guard(tool.module.run, [address if word == "B" else word for word in words], environment) == 1
    said = environment.out + environment.err
    assert "KCLI_DEBUG" not in said
    assert "bootstrap.servers" in said or "host:port" in said or "bootstrap address" in said


@pytest.mark.parametrize(
    "line",
    [
        "kafka-console-consumer --bootstrap-server B --topic t --group=",
        "kafka-consumer-perf-test --bootstrap-server B --topic t --num-records 1 --group=",
        "kafka-verifiable-consumer --bootstrap-server B --topic t --group-id=",
    ],
)
def test_a_group_without_a_name_is_refused_as_by_kafkas_consumer(line: str, tmp_path: Path) -> None:
    answer = ask(line, "localhost:1", tmp_path)
    reason = "The configured group.id should not be an empty string or whitespace."
    assert (answer.code, answer.err) == (1, [f"org.apache.kafka.common.config.ConfigException: {reason}"])


@pytest.mark.parametrize("tool", list(dict.fromkeys(line.split(" ")[0] for line in read_golden())))
def test_it_is_refused_as_kafkas_tools_do(tool: str, bootstrap: str, folder: Path) -> None:
    golden = {line: answer for line, answer in read_golden().items() if line.split(" ")[0] == tool}
    assert {line: ask(line, bootstrap, folder) for line in golden} == golden
