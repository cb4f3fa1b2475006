"""What an administrator asks of the rules that an authorizer goes by (access control lists)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kcli.client.acl_rules import OPERATIONS, PATTERN_TYPES, PERMISSIONS, RESOURCE_TYPES, Entry, Pattern, Rule
from kcli.client.admin import Admin
from kcli.wire import messages
from kcli.wire.errors import KafkaError


class AclAdmin(Admin):
    """Calls on rules, through brokers or controllers."""

    def describe_acls(self, which: Rule) -> list[Rule]:
        """The rules that a filter leaves."""
        (type_, name, pattern), entry = which
        body = messages.DescribeAclsRequest(
            resource_type_filter=RESOURCE_TYPES.index(type_),
            resource_name_filter=name,
            pattern_type_filter=PATTERN_TYPES.index(pattern),
            principal_filter=entry.principal,
            host_filter=entry.host,
            operation=OPERATIONS.index(entry.operation),
            permission_type=PERMISSIONS.index(entry.permission),
        )
        response = self._ask_broker_or_controller(None, body, lambda response: [response])
        _check([response])
        return [
            _rule(item.resource_type, item.resource_name, item.pattern_type, acl)
            for item in response.resources
            for acl in item.acls
        ]

    def create_acls(self, rules: Iterable[Rule]) -> None:
        """Add rules; raises the first error."""
        request = messages.CreateAclsRequest
        body = request(
            creations=[
                request.AclCreation(
                    resource_type=RESOURCE_TYPES.index(pattern.type),
                    resource_name=pattern.name,
                    resource_pattern_type=PATTERN_TYPES.index(pattern.pattern),
                    principal=entry.principal,
                    host=entry.host,
                    operation=OPERATIONS.index(entry.operation),
                    permission_type=PERMISSIONS.index(entry.permission),
                )
                for pattern, entry in rules
            ]
        )
        response = self._ask_broker_or_controller(None, body, lambda response: response.results)
        _check(response.results)

    def delete_acls(self, filters: Iterable[Rule]) -> list[Rule]:
        """Remove the rules that any of the filters matches, and return them; raises the first error."""
        request = messages.DeleteAclsRequest
        body = request(
            filters=[
                request.DeleteAclsFilter(
                    resource_type_filter=RESOURCE_TYPES.index(pattern.type),
                    resource_name_filter=pattern.name,
                    pattern_type_filter=PATTERN_TYPES.index(pattern.pattern),
                    principal_filter=entry.principal,
                    host_filter=entry.host,
                    operation=OPERATIONS.index(entry.operation),
                    permission_type=PERMISSIONS.index(entry.permission),
                )
                for pattern, entry in filters
            ]
        )
        response = self._ask_broker_or_controller(None, body, lambda response: response.filter_results)
        for outcome in response.filter_results:
            _check([outcome, *outcome.matching_acls])
        return [
            _rule(acl.resource_type, acl.resource_name, acl.pattern_type, acl)
            for outcome in response.filter_results
            for acl in outcome.matching_acls
        ]


def _rule(type_: int, name: str, pattern: int, acl: Any) -> Rule:
    return Rule(
        Pattern(_name(RESOURCE_TYPES, type_), name, _name(PATTERN_TYPES, pattern)),
        Entry(acl.principal, acl.host, _name(OPERATIONS, acl.operation), _name(PERMISSIONS, acl.permission_type)),
    )


def _check(answers: Iterable[Any]) -> None:
    for answer in answers:
        if answer.error_code:
            raise KafkaError(answer.error_code, answer.error_message)


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if 0 <= number < len(names) else names[0]
