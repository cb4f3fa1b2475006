"""Client settings from files and pairs, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcli.cli.errors import CommandError
from kcli.cli.settings import load_settings
from kcli.client.config import ADMIN, PRODUCER

EXCEPTION = "org.apache.kafka.common.config.ConfigException"


def test_pairs_go_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("acks=1\nlinger.ms = 7\n")
    settings = load_settings(str(file), ["acks=all", "client.id=a=b", "transactional.id"])
    assert settings == {"acks": "all", "linger.ms": "7", "client.id": "a=b", "transactional.id": ""}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.properties", None, "java.nio.file.NoSuchFileException: {path}"),
        ("bad.properties", "a=b\nc=\\u12\n", "{path}:2: Malformed \\uxxxx encoding."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError) as error:
        load_settings(str(path))
    assert str(error.value) == message.format(path=path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"^{tmp_path}: Is a directory$"):
        load_settings(str(tmp_path))


def test_a_bad_value_is_reported_with_the_line_it_stands_in(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("# settings\nrequest.timeout.ms=soon\n")
    with pytest.raises(CommandError) as error:
        load_settings(str(file)).parse(ADMIN)
    expected = f"{EXCEPTION}: Invalid value soon for configuration request.timeout.ms: Not a number of type INT"
    assert str(error.value) == f"{expected} ({file}:2)"


def test_a_name_that_no_client_knows_is_remarked_on(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("acks=all\ngroup.id=g\nreqest.timeout.ms=5\n")
    settings = load_settings(str(file), ["qqq=1"])
    assert settings.unknown() == [
        f"{file}:3: Kafka's clients have no setting reqest.timeout.ms, it is ignored; did you mean request.timeout.ms?",
        "Kafka's clients have no setting qqq, it is ignored",
    ]
    settings.parse(ADMIN)


def test_a_bad_pair_has_no_line(tmp_path: Path) -> None:
    file = tmp_path / "client.properties"
    file.write_text("acks=all\n")
    with pytest.raises(CommandError) as error:
        load_settings(str(file), ["acks=maybe"]).parse(PRODUCER)
    assert str(error.value) == (
        f"{EXCEPTION}: Invalid value maybe for configuration acks: String must be one of: all, -1, 0, 1"
    )
