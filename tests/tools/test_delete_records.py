"""kafka-delete-records against our own broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.main import guard
from kcli.testing.broker import InProcessBroker
from kcli.tools import console_producer, get_offsets, topics
from kcli.tools.delete_records import parse_offsets, run
from tests.cli.support import Recorded


@pytest.fixture(scope="module")
def bootstrap() -> Iterator[str]:
    with InProcessBroker() as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def topic(bootstrap: str) -> Iterator[str]:
    """A topic of one partition with ten records."""
    server = ["--bootstrap-server", bootstrap]
    assert guard(topics.run, [*server, "--create", "--topic", "dr"], Recorded()) == 0
    lines = b"".join(b"%d\n" % number for number in range(10))
    assert guard(console_producer.run, [*server, "--topic", "dr"], Recorded(lines)) == 0
    yield "dr"
    guard(topics.run, [*server, "--delete", "--topic", "dr"], Recorded())


def delete(bootstrap: str, path: Path, document: object, *more: str, **variables: str) -> Recorded:
    file = path / "offsets.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    environment = Recorded(variables=variables)
    line = ["--bootstrap-server", bootstrap, "--offset-json-file", str(file), *more]
    environment.code = guard(run, line, environment)
    return environment


def entry(topic: str, offset: int, partition: int = 0) -> dict[str, object]:
    return {"topic": topic, "partition": partition, "offset": offset}


def test_what_is_before_an_offset_goes(bootstrap: str, topic: str, tmp_path: Path) -> None:
    done = delete(bootstrap, tmp_path, {"partitions": [entry(topic, 4)], "version": 1})
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Executing records delete operation",
        "Records delete operation completed:",
        "partition: dr-0\tlow_watermark: 4",
    ]
    begin = Recorded()
    guard(get_offsets.run, ["--bootstrap-server", bootstrap, "--topic", topic, "--time", "earliest"], begin)
    assert begin.out == "dr:0:4\n"
    assert delete(bootstrap, tmp_path, {"partitions": [entry(topic, 2)]}).out.endswith("low_watermark: 4\n")
    assert delete(bootstrap, tmp_path, {"partitions": [entry(topic, -1)]}).out.endswith("low_watermark: 10\n")


def test_each_partition_has_its_own_outcome(bootstrap: str, topic: str, tmp_path: Path) -> None:
    document = {"partitions": [entry(topic, 11), entry("none", 1), entry(topic, 1, 7)]}
    done = delete(bootstrap, tmp_path, document)
    assert done.code == 1
    errors = [line.split("\t")[1].split(": ")[1].rpartition(".")[2] for line in done.out.splitlines()[2:]]
    unknown = "UnknownTopicOrPartitionException"
    assert errors == ["OffsetOutOfRangeException", unknown, unknown]
    assert delete(bootstrap, tmp_path, document, KCLI_COMPAT_EXIT="1").code == 0


def test_as_json(bootstrap: str, topic: str, tmp_path: Path) -> None:
    done = delete(bootstrap, tmp_path, {"partitions": [entry(topic, 3)]}, "--output", "json")
    assert json.loads(done.out) == [{"topic": "dr", "partition": 0, "lowWatermark": 3, "error": None}]


def test_text_that_is_not_json(bootstrap: str, tmp_path: Path) -> None:
    done = delete(bootstrap, tmp_path, '{"partitions":\n}')
    assert (done.code, done.out) == (1, "")
    first, second = done.err.splitlines()
    assert first == "The input string is not a valid JSON"
    assert second.startswith(f"{tmp_path}/offsets.json:2: ")


def test_a_file_that_is_not_there(bootstrap: str) -> None:
    environment = Recorded()
    assert guard(run, ["--bootstrap-server", bootstrap, "--offset-json-file", "none.json"], environment) == 1
    assert environment.err == "Unable to read file none.json\n"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "Expected JSON object, received []"),
        ({}, "Missing partitions field"),
        ({"partitions": {}}, "Expected JSON array, received {}"),
        ({"partitions": [1]}, "Expected JSON object, received 1"),
        ({"partitions": [], "version": 2}, "Not supported version field value 2"),
        ({"partitions": [], "version": "x"}, 'Expected `Integer` value, received "x"'),
        ({"partitions": [{"topic": "t"}]}, "No such field exists: `partition`"),
        ({"partitions": [entry("t", True)]}, "Expected `Long` value, received true"),
        ({"partitions": [{**entry("t", 1), "topic": 5}]}, "Expected `String` value, received 5"),
        ({"partitions": [entry("t", 1, 1 << 31)]}, "Expected `Integer` value, received 2147483648"),
        ({"partitions": [entry("t", 1), entry("t", 2)]}, "Offset json file contains duplicate topic partitions: t-0"),
    ],
)
def test_documents_of_another_shape(document: object, complaint: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_offsets(document)
    assert caught.value.message == complaint
