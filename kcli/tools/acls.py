"""kafka-acls: list, add and remove the rules that an authorizer goes by.

The rules are those of a cluster, asked by its brokers, or (of Kafka before 4.0) those that ZooKeeper keeps.

As Kafka's: what is to be added is announced before it is tried; what the cluster refuses is said on stdout, what is
wrong with the options on stderr; both exit with 1. Unlike Kafka's, questions are asked of stdin, terminal or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, remarks, show
from kcli.cli.refusal import Refusal
from kcli.cli.zookeeper import ZK_TLS_CONFIG_FILE, kafka_nodes
from kcli.client.acl_rules import ANY_ENTRY, ANY_PATTERN, Entry, Pattern, Rule, Rules
from kcli.tools import listings_cluster as listings
from kcli.tools.acls_options import (
    TABLE,
    authorizer_settings,
    check,
    in_zookeeper,
    patterns,
    principals,
    rules_to_add,
    rules_to_remove,
)

_DEPRECATED = (
    "Warning: support for ACL configuration directly through the authorizer is deprecated and will be removed in a"
    " future release. Please use --bootstrap-server instead to set ACLs through the admin client."
)


# What is wrong with the rules on a command line is told before anybody is asked.
_LOOK_AT: dict[str, Callable[[Parsed], object]] = {
    "list": lambda parsed: principals(parsed, "principal"),
    "add": rules_to_add,
    "remove": rules_to_remove,
}


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    if in_zookeeper(parsed) and parsed.has("authorizer-properties"):
        environment.warn(_DEPRECATED)
    action = check(parsed)

    # Imported here: --help and usage errors need no protocol.
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    if parsed.has("command-config") and not parsed.value("command-config"):
        say = remarks(parsed.value("output"), environment)
        say("Did not load any properties since the property file is not specified")
    try:
        _LOOK_AT[action](parsed)
        with _rules(parsed, environment) as rules:
            _Acls(rules, parsed, environment).do(action)
    except Refusal:
        raise
    except (KafkaError, ClientError) as error:
        return _fail(f"{error.java_class}: {error}", parsed, environment)
    except CommandError as error:
        return _fail(error.message, parsed, environment)
    return OK


@contextmanager
def _rules(parsed: Parsed, environment: Environment) -> Iterator[Rules]:
    """Where the rules are that the command line means."""
    if in_zookeeper(parsed):
        from kcli.client.zookeeper_acls import ZooKeeperAcls

        settings = authorizer_settings(parsed)
        hosts = settings.get("zookeeper.url", settings["zookeeper.connect"])
        secure = settings.get("zookeeper.set.acl", "false").lower() == "true"
        with kafka_nodes(hosts, settings, secure=secure) as nodes:
            yield ZooKeeperAcls(nodes)
        return
    from kcli.client.admin_acls import AclAdmin

    if parsed.has(ZK_TLS_CONFIG_FILE.name):
        environment.warn(f"--{ZK_TLS_CONFIG_FILE.name} is ignored: it goes with --authorizer-properties")
    with connect(parsed, environment) as cluster:
        yield AclAdmin(cluster)


def _fail(reason: str, parsed: Parsed, environment: Environment) -> int:
    text = f"Error while executing ACL command: {reason}"
    if parsed.value("output") == TEXT:
        environment.print(f"{text}\n")
    else:
        environment.warn(text)
    return FAILED


class _Acls:
    """The actions."""

    def __init__(self, rules: Rules, options: Parsed, environment: Environment) -> None:
        self._rules = rules
        self._options = options
        self._environment = environment
        self._form = options.value("output")

    def do(self, action: str) -> None:
        {"list": self._list, "add": self._add, "remove": self._remove}[action]()

    def _list(self) -> None:
        wanted = principals(self._options, "principal")
        found = self._find()
        if self._form != TEXT:
            self._show([rule for rule in found if not wanted or rule.entry.principal in wanted])
            return
        if not wanted:
            self._print(found)
        for principal in wanted:
            self._environment.print(f"ACLs for principal `{principal}`")
            self._print(rule for rule in found if rule.entry.principal == principal)

    def _find(self) -> list[Rule]:
        which = patterns(self._options) or [ANY_PATTERN]
        found = {rule for pattern in which for rule in self._rules.describe_acls(Rule(pattern, ANY_ENTRY))}
        return sorted(found)

    def _print(self, rules: Iterable[Rule]) -> None:
        by_pattern: dict[Pattern, list[Entry]] = {}
        for pattern, entry in rules:
            by_pattern.setdefault(pattern, []).append(entry)
        for pattern, entries in by_pattern.items():
            self._environment.print(f"Current ACLs for resource `{pattern}`:\n{_lines(entries)}\n")

    def _add(self) -> None:
        say = remarks(self._form, self._environment)
        added: list[Rule] = []
        try:
            for pattern, entries in rules_to_add(self._options).items():
                present = {rule.entry for rule in self._rules.describe_acls(Rule(pattern, ANY_ENTRY))}
                for entry in filter(present.__contains__, entries):
                    say(f"Acl (pattern={pattern}, entry={entry}) already exists.")
                new = [entry for entry in entries if entry not in present]
                if not new:
                    continue
                say(f"Adding ACLs for resource `{pattern}`: \n {_lines(new)}\n")
                rules = [Rule(pattern, entry) for entry in new]
                self._rules.create_acls(rules)
                added += rules
        finally:
            self._show(added)

    def _remove(self) -> None:
        removed: list[Rule] = []
        for pattern, entries in rules_to_remove(self._options).items():
            question = f"Are you sure you want to delete all ACLs for resource filter `{pattern}`? (y/n)"
            if entries:
                question = f"Are you sure you want to remove ACLs: \n {_lines(entries)}\n"
                question += f" from resource filter `{pattern}`? (y/n)"
            if self._options.has("force") or self._agreed(question):
                removed += self._rules.delete_acls(Rule(pattern, entry) for entry in entries or [ANY_ENTRY])
        self._show(removed)

    def _show(self, rules: Iterable[Rule]) -> None:
        if self._form != TEXT:
            show([_row(rule) for rule in rules], listings.ACLS, self._form, self._environment)

    def _agreed(self, question: str) -> bool:
        remarks(self._form, self._environment)(question)
        self._environment.stdout.flush()
        answer = self._environment.stdin.readline()
        if not answer:
            raise CommandError("Nobody answered; --force asks no questions")
        return answer.strip().lower() == b"y"


def _lines(entries: Iterable[Entry]) -> str:
    return "\n".join(f"\t{entry}" for entry in entries)


def _row(rule: Rule) -> dict[str, Any]:
    (type_, name, pattern), entry = rule
    return {
        "resourceType": type_,
        "resourceName": name,
        "patternType": pattern,
        "principal": entry.principal,
        "host": entry.host,
        "operation": entry.operation,
        "permissionType": entry.permission,
    }


if __name__ == "__main__":
    main()
