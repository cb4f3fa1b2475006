"""Rules of an authorizer: who may do what with which resources. Names and texts are Kafka's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

# Kafka's names, in the order of their numbers on the wire.
RESOURCE_TYPES = ("UNKNOWN", "ANY", "TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID", "DELEGATION_TOKEN", "USER")
PATTERN_TYPES = ("UNKNOWN", "ANY", "MATCH", "LITERAL", "PREFIXED")
PERMISSIONS = ("UNKNOWN", "ANY", "DENY", "ALLOW")
OPERATIONS = (
    "UNKNOWN",
    "ANY",
    "ALL",
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
    "CREATE_TOKENS",
    "DESCRIBE_TOKENS",
    "TWO_PHASE_COMMIT",
)


class Pattern(NamedTuple):
    """The resources that a rule is for, or a filter of such patterns; printed as Kafka does."""

    type: str
    name: str | None
    pattern: str

    def __str__(self) -> str:
        name = "<any>" if self.name is None else self.name
        return f"ResourcePattern(resourceType={self.type}, name={name}, patternType={self.pattern})"


class Entry(NamedTuple):
    """Who may do what from where, or may not; printed as Kafka does. None: any, in a filter."""

    principal: str | None
    host: str | None
    operation: str
    permission: str

    def __str__(self) -> str:
        return (
            f"(principal={self.principal}, host={self.host}, operation={self.operation},"
            f" permissionType={self.permission})"
        )


class Rule(NamedTuple):
    """An entry for a pattern; or a filter of rules."""

    pattern: Pattern
    entry: Entry


ANY_PATTERN = Pattern("ANY", None, "ANY")
ANY_ENTRY = Entry(None, None, "ANY", "ANY")


class Rules(Protocol):
    """Where rules are kept: with the brokers (`AclAdmin`), or in ZooKeeper (`ZooKeeperAcls`)."""

    def describe_acls(self, which: Rule) -> list[Rule]:
        """The rules that a filter leaves."""

    def create_acls(self, rules: Iterable[Rule]) -> None:
        """Add rules; raises the first error."""

    def delete_acls(self, filters: Iterable[Rule]) -> list[Rule]:
        """Remove the rules that any of the filters matches, and return them; raises the first error."""


def matches(which: Rule, rule: Rule) -> bool:
    """Whether a filter leaves a rule."""
    wanted, entry = which.entry, rule.entry
    return (
        pattern_matches(which.pattern, rule.pattern)
        and wanted.principal in (None, entry.principal)
        and wanted.host in (None, entry.host)
        and wanted.operation in ("ANY", entry.operation)
        and wanted.permission in ("ANY", entry.permission)
    )


def pattern_matches(which: Pattern, pattern: Pattern) -> bool:
    """Whether a filter leaves a pattern; MATCH is for all that a resource of this name falls under."""
    if which.type not in ("ANY", pattern.type) or which.pattern not in ("ANY", "MATCH", pattern.pattern):
        return False
    if which.name in (None, pattern.name):
        return True
    if which.pattern != "MATCH":
        return False
    return pattern.name == "*" if pattern.pattern == "LITERAL" else str(which.name).startswith(str(pattern.name))
