"""Rules where Kafka 3.9's AclAuthorizer keeps them, in ZooKeeper: read and changed there, as that class does.

A pattern has a node with its entries as JSON; literal patterns and prefixed ones are in trees of their own. Brokers
learn of a change by a node that tells the pattern: as text for literal ones, as JSON for the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from kcli.client.acl_rules import (
    OPERATIONS,
    PERMISSIONS,
    RESOURCE_TYPES,
    Entry,
    Pattern,
    Rule,
    matches,
    pattern_matches,
)
from kcli.client.zookeeper import ZooKeeperError
from kcli.client.zookeeper_kafka import KafkaNodes, decode, encode
from kcli.wire.errors import INVALID_REQUEST, KafkaError

Entries = dict[Entry, None]  # a set that keeps its order
_TREES = {"LITERAL": "/kafka-acl", "PREFIXED": "/kafka-acl-extended/prefixed"}
_CHANGES = {"LITERAL": "/kafka-acl-changes", "PREFIXED": "/kafka-acl-extended-changes"}
_SEQUENCE = "acl_changes_"
_VERSION = 1
_IN_NO_NODE = re.compile("[/\x00-\x1f\x7f-\x9f\ud800-\uf8ff\ufff0-\uffff]")  # what ZooKeeper does not take


def _camel(name: str) -> str:
    return name.title().replace("_", "")


_TYPE_NAMES = {_camel(name): name for name in RESOURCE_TYPES[2:]}
_NAMES = {_camel(name).upper(): name for name in (*OPERATIONS, *PERMISSIONS)}


class ZooKeeperAcls:
    """The rules, with the calls that `AclAdmin` has for a broker's."""

    def __init__(self, nodes: KafkaNodes) -> None:
        self._nodes = nodes
        self._has_trees = False

    def describe_acls(self, which: Rule) -> list[Rule]:
        """The rules that a filter leaves."""
        paths = {_path(pattern): pattern for pattern in self._patterns(which.pattern)}
        rules = [
            Rule(paths[path], entry)
            for path, data, _ in self._nodes.client.get_many(list(paths))
            for entry in _entries(path, data or b"")
        ]
        return [rule for rule in rules if matches(which, rule)]

    def create_acls(self, rules: Iterable[Rule]) -> None:
        """Add rules."""
        added: dict[Pattern, Entries] = {}
        for rule in rules:
            added.setdefault(rule.pattern, {})[rule.entry] = None
        for pattern in added:
            _check_name(pattern)
        self._make_trees()
        for pattern, entries in added.items():
            self._add(pattern, entries)

    def delete_acls(self, filters: Iterable[Rule]) -> list[Rule]:
        """Remove the rules that any of the filters matches, and return them."""
        wanted = list(filters)
        patterns = dict.fromkeys(pattern for filter_ in wanted for pattern in self._patterns(filter_.pattern))
        return [rule for pattern in patterns for rule in self._remove(pattern, wanted)]

    def _add(self, pattern: Pattern, entries: Entries) -> None:
        self._change(pattern, lambda present: {**present, **entries})

    def _remove(self, pattern: Pattern, filters: Sequence[Rule]) -> list[Rule]:
        gone: list[Rule] = []

        def keep(present: Entries) -> Entries:
            nonlocal gone
            rules = [Rule(pattern, entry) for entry in present]
            gone = [rule for rule in rules if any(matches(filter_, rule) for filter_ in filters)]
            return {rule.entry: None for rule in rules if rule not in gone}

        self._change(pattern, keep)
        return gone

    def _patterns(self, which: Pattern) -> list[Pattern]:
        """Those that a filter leaves and that may have rules; types that we do not know are left out, as by Kafka."""
        if which.pattern in _TREES and which.type != "ANY" and which.name is not None:
            return [which] if _is_node_name(which.name) else []
        found = [
            Pattern(type_, name, kind)
            for kind, tree in _TREES.items()
            for directory, type_ in _TYPE_NAMES.items()
            if which.type in ("ANY", type_)
            for name in self._nodes.children(f"{tree}/{directory}")
        ]
        return [pattern for pattern in found if pattern_matches(which, pattern)]

    def _change(self, pattern: Pattern, decide: Callable[[Entries], Entries]) -> None:
        """Decide on the entries of a pattern; without any it has no node."""
        path = _path(pattern)

        def decide_on_data(data: bytes | None) -> bytes | None:
            present = _entries(path, data or b"")
            wanted = decide(present)
            if wanted == present:
                return data
            return _data(wanted) if wanted else None

        if self._nodes.change(path, decide_on_data):
            self._nodes.notify(f"{_CHANGES[pattern.pattern]}/{_SEQUENCE}", _notification(pattern))

    def _make_trees(self) -> None:
        if self._has_trees:
            return
        for tree in _TREES.values():
            for name in _TYPE_NAMES:
                self._nodes.ensure(f"{tree}/{name}")
        for path in _CHANGES.values():
            self._nodes.ensure(path)
        self._has_trees = True


def _path(pattern: Pattern) -> str:
    return f"{_TREES[pattern.pattern]}/{_camel(pattern.type)}/{pattern.name}"


def _check_name(pattern: Pattern) -> None:
    if not _is_node_name(pattern.name or ""):
        raise KafkaError(INVALID_REQUEST, f"ACL binding contains invalid resource name: {pattern.name}")


def _is_node_name(name: str) -> bool:
    return name not in ("", ".", "..") and not _IN_NO_NODE.search(name)


def _entries(path: str, data: bytes) -> Entries:
    """The entries of a node, each once."""
    value = decode(path, data)
    if not value:
        return {}
    try:
        if value["version"] != _VERSION:
            raise ZooKeeperError(f"{path} has rules of version {value['version']}; {_VERSION} is the one known")
        return {
            Entry(item["principal"], item["host"], _name(item["operation"]), _name(item["permissionType"])): None
            for item in value["acls"]
        }
    except (KeyError, TypeError, AttributeError):
        raise ZooKeeperError(f"{path} does not hold rules as Kafka keeps them: {data[:60]!r}") from None


def _name(text: str) -> str:
    return _NAMES.get(text.upper(), "UNKNOWN")


def _data(entries: Iterable[Entry]) -> bytes:
    acls = [
        {
            "principal": entry.principal,
            "permissionType": _camel(entry.permission),
            "host": entry.host,
            "operation": _camel(entry.operation),
        }
        for entry in entries
    ]
    return encode({"acls": acls, "version": _VERSION})


def _notification(pattern: Pattern) -> bytes:
    if pattern.pattern == "LITERAL":
        return f"{pattern.type}:{pattern.name}".encode()
    return encode({"version": 1, "resourceType": pattern.type, "name": pattern.name, "patternType": pattern.pattern})
