"""Effective properties against what Kafka 4.3.0 answered to DescribeConfigs for the same server.properties."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kcli.config.broker import BrokerConfig
from kcli.metadata.effective import Effective, Entry
from kcli.metadata.image import BROKER_RESOURCE, Image
from kcli.wire import messages

GOLDEN = Path(__file__).parent / "golden"


def real() -> dict[str, dict[str, str]]:
    answers: dict[str, dict[str, str]] = {}
    for line in (GOLDEN / "describe_configs.txt").read_text().splitlines():
        if line.startswith("## "):
            _, kind, name, *_ = line.split(" ")
            entries = answers.setdefault(f"{kind} {name}", {})
        else:
            entries[line.split(" ")[0]] = line
    return answers


def effective(*dynamic: tuple[str, str, str], **more: str) -> Effective:
    lines = (GOLDEN / "server.properties").read_text().splitlines()
    static = {**dict(line.split("=", 1) for line in lines), **{k.replace("_", "."): v for k, v in more.items()}}
    image = Image()
    for resource, name, value in dynamic:
        record = messages.ConfigRecord(resource_type=BROKER_RESOURCE, resource_name=resource, name=name, value=value)
        image.apply(record)
    return Effective(image, BrokerConfig(static), 1)


ELR = ("", "min.insync.replicas", "1")

# Defaults that this broker's table gives to what Kafka has none for, and Java's way to write a number.
KNOWN_DIFFERENCES = {"advertised.listeners", "log.cleaner.io.max.bytes.per.second", "node.id", "process.roles"}


def shown(entries: Iterable[Entry]) -> dict[str, str]:
    return {
        entry.name: f"{entry.name} {entry.value!r} {entry.source} {entry.sensitive} {entry.read_only} {entry.type} "
        f"{[tuple(synonym) for synonym in entry.synonyms]}"
        for entry in entries
    }


def check(ours: dict[str, str], theirs: dict[str, str]) -> None:
    differing = {name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)} - KNOWN_DIFFERENCES
    assert {name: (ours.get(name), theirs.get(name)) for name in differing} == {}


def test_a_topic() -> None:
    check(shown(effective(ELR).topic({"cleanup.policy": ""})), real()["2 t1"])


def test_a_broker() -> None:
    check(shown(effective(ELR).broker()), real()["4 1"])


def test_the_clusters_default() -> None:
    check(shown(effective(ELR).cluster_default()), real()["4 "])


def test_a_group() -> None:
    check(shown(effective(ELR).group({})), real()["32 g"])


def test_layers_are_listed_in_the_order_they_are_looked_up() -> None:
    lookup = effective(("1", "log.retention.ms", "5"), ("", "log.retention.ms", "6"), log_retention_hours="7")
    [entry] = [entry for entry in lookup.broker() if entry.name == "log.retention.ms"]
    assert entry.value == "5"
    assert [tuple(synonym) for synonym in entry.synonyms] == [
        ("log.retention.ms", "5", 2),
        ("log.retention.ms", "6", 3),
        ("log.retention.hours", "7", 4),
        ("log.retention.hours", "168", 5),
    ]
    [entry] = [entry for entry in lookup.topic({}) if entry.name == "retention.ms"]
    assert (entry.value, entry.source) == ("5", 2)


def test_secrets_and_unknown_names_are_shown_without_their_values() -> None:
    lookup = effective(("1", "plugin.secret", "x"), ssl_key_password="y")
    entries = {entry.name: entry for entry in lookup.broker()}
    for name in ("plugin.secret", "ssl.key.password"):
        assert entries[name].sensitive
        assert entries[name].value is None
        assert all(synonym.value is None for synonym in entries[name].synonyms)
