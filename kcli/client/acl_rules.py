"""Rules of an authorizer: who may do what with which resources. Names and texts are Kafka's."""

from __future__ import annotations

from typing import NamedTuple

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
