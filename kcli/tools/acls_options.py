"""kafka-acls' command line: its options, which of them go together, and the rules that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.errors import CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.refusal import refusal
from kcli.cli.zookeeper import ZK_TLS_CONFIG_FILE, tls_settings
from kcli.client.acl_rules import OPERATIONS, PATTERN_TYPES, Entry, Pattern
from kcli.client.zookeeper_tls import with_overlay

_ACTION = "Actions (exactly one)"
_RESOURCE = "Which resources ('*' is any)"
_WHO = "Who may do what"
_ZOOKEEPER = "ZooKeeper's rules, of brokers before 4.0 (deprecated)"
_AUTHORIZER, _PROPERTIES = "authorizer", "authorizer-properties"
_BROKERS = ("bootstrap-server", "bootstrap-controller")
_ACL_AUTHORIZER = "kafka.security.authorizer.AclAuthorizer"
_CLUSTER = Pattern("CLUSTER", "kafka-cluster", "LITERAL")
_ANY_HOST = "*"
_CONCRETE = ("LITERAL", "PREFIXED")
_RESOURCES = {
    "topic": "TOPIC",
    "group": "GROUP",
    "transactional-id": "TRANSACTIONAL_ID",
    "delegation-token": "DELEGATION_TOKEN",
    "user-principal": "USER",
}
_TOPIC_AND_GROUP = ("READ", "DESCRIBE", "DELETE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
# What can be done with a resource, besides everything (ALL).
_SUPPORTED = {
    "TOPIC": (*_TOPIC_AND_GROUP, "WRITE", "CREATE", "ALTER"),
    "GROUP": _TOPIC_AND_GROUP,
    "CLUSTER": (
        "CREATE",
        "CLUSTER_ACTION",
        "DESCRIBE_CONFIGS",
        "ALTER_CONFIGS",
        "IDEMPOTENT_WRITE",
        "ALTER",
        "DESCRIBE",
    ),
    "TRANSACTIONAL_ID": ("DESCRIBE", "WRITE", "TWO_PHASE_COMMIT"),
    "DELEGATION_TOKEN": ("DESCRIBE",),
    "USER": ("CREATE_TOKENS", "DESCRIBE_TOKENS"),
}
# What brokers on ZooKeeper do not know yet.
_SINCE_4 = {"GROUP": ("DESCRIBE_CONFIGS", "ALTER_CONFIGS"), "TRANSACTIONAL_ID": ("TWO_PHASE_COMMIT",)}
_OPERATION_NAMES = tuple(name.title().replace("_", "") for name in OPERATIONS[2:])
Rules = dict[Pattern, list[Entry]]


def _pattern_type(text: str) -> str:
    if text.upper() not in PATTERN_TYPES[1:]:
        raise ValueError(text)
    return text.upper()


TABLE = OptionTable(
    program="kafka-acls",
    summary="This tool helps to manage acls on kafka.",
    usage="--bootstrap-server HOST:PORT (--list | --add | --remove) [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER,
        PROFILE,
        BOOTSTRAP_CONTROLLER._replace(help="Instead: controllers of a KRaft cluster, separated by commas."),
        COMMAND_CONFIG._replace(optional=""),
        Option(
            _AUTHORIZER,
            f"The class that keeps the rules [default: {_ACL_AUTHORIZER}, the one there is].",
            "CLASS",
            group=_ZOOKEEPER,
            complete=(_ACL_AUTHORIZER,),
        ),
        Option(
            _PROPERTIES,
            "Instead of brokers: zookeeper.connect=HOST:PORT[/PATH], and other settings of the authorizer's.",
            "NAME=VALUE",
            group=_ZOOKEEPER,
            repeated=True,
            complete=("zookeeper.connect=", "zookeeper.set.acl=true"),
        ),
        ZK_TLS_CONFIG_FILE._replace(group=_ZOOKEEPER),
        Option("list", "Print rules: all, or those of the resources given.", group=_ACTION),
        Option("add", "Add rules.", group=_ACTION),
        Option("remove", "Remove rules: those given or, without a principal, all of the resources.", group=_ACTION),
        Option("topic", "A topic.", "NAME", group=_RESOURCE, repeated=True, complete="topic"),
        Option("group", "A group.", "ID", group=_RESOURCE, repeated=True, complete="group"),
        Option("cluster", "The cluster itself.", group=_RESOURCE),
        Option("transactional-id", "A transactional id.", "ID", group=_RESOURCE, repeated=True),
        Option("delegation-token", "A delegation token.", "ID", group=_RESOURCE, repeated=True),
        Option(
            "user-principal",
            "A user, as the owner of delegation tokens: for the operations CreateTokens and DescribeTokens.",
            "TYPE:NAME",
            group=_RESOURCE,
            repeated=True,
        ),
        Option(
            "resource-pattern-type",
            "literal: names as they are; prefixed: all names that begin so. With --list and --remove also any:"
            " rules of either type with just this name; match: all rules that apply to the name.",
            "TYPE",
            type=_pattern_type,
            group=_RESOURCE,
            default="LITERAL",
            complete=("literal", "prefixed", "any", "match"),
        ),
        Option(
            "operation",
            f"What to allow or deny [default: All]: {', '.join(_OPERATION_NAMES)}.",
            "NAME",
            group=_WHO,
            repeated=True,
            complete=_OPERATION_NAMES,
        ),
        Option("allow-principal", "Who may do it, e.g. User:alice, or User:*.", "TYPE:NAME", group=_WHO, repeated=True),
        Option("allow-host", "From where they may [default: anywhere].", "ADDRESS", group=_WHO, repeated=True),
        Option(
            "deny-principal",
            "Who may not do it, whatever else allows it. Who is not allowed may not anyway.",
            "TYPE:NAME",
            group=_WHO,
            repeated=True,
        ),
        Option("deny-host", "From where they may not [default: anywhere].", "ADDRESS", group=_WHO, repeated=True),
        Option(
            "producer",
            "Instead of operations, all that a producer needs: Write, Describe and Create on topics,"
            " Write and Describe on transactional ids.",
            group=_WHO,
        ),
        Option("idempotent", "With --producer: also IdempotentWrite on the cluster (before 3.0).", group=_WHO),
        Option(
            "consumer",
            "Instead of operations, all that a consumer needs: Read and Describe on topics, Read on groups.",
            group=_WHO,
        ),
        Option(
            "principal",
            "With --list: only rules for this principal.",
            "TYPE:NAME",
            group="Listing",
            repeated=True,
            optional="",
        ),
        Option("force", "With --remove: ask no questions.", group="Removing"),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        ("every rule there is", "kafka-acls --bootstrap-server localhost:9092 --list"),
        (
            "let an application read a topic as a group",
            "kafka-acls --bootstrap-server localhost:9092 --add --allow-principal User:app --consumer"
            " --topic orders --group billing",
        ),
        (
            "let a team do as it likes with topics that begin so",
            "kafka-acls --bootstrap-server localhost:9092 --add --allow-principal User:team"
            " --operation All --topic team- --resource-pattern-type prefixed",
        ),
        (
            "what applies to a topic",
            "kafka-acls --bootstrap-server localhost:9092 --list --topic orders --resource-pattern-type match",
        ),
        (
            "the rules in ZooKeeper, of brokers before 4.0 that need not run",
            "kafka-acls --authorizer-properties zookeeper.connect=localhost:2181 --list",
        ),
    ),
)


def check(options: Parsed) -> str:
    """The action; raises CommandError in Kafka's words, in Kafka's order."""
    _check_connection(options)
    chosen = [action for action in ("add", "remove", "list") if options.has(action)]
    if len(chosen) != 1:
        raise refusal(TABLE, "Command must include exactly one action: --list, --add, --remove. ")
    _forbid(options, "list", "producer", "consumer", "allow-host", "allow-principal", "deny-host", "deny-principal")
    for role in ("producer", "consumer"):
        _forbid(options, role, "operation", "deny-principal", "deny-host")
    if options.has("principal") and not options.has("list"):
        raise refusal(TABLE, "The --principal option is only available if --list is set")
    _check_roles(options)
    return chosen[0]


def in_zookeeper(options: Parsed) -> bool:
    """Whether the rules are ZooKeeper's, not those of brokers that are named."""
    return any(map(options.has, (_AUTHORIZER, _PROPERTIES, ZK_TLS_CONFIG_FILE.name))) and not any(
        map(options.has, _BROKERS)
    )


def _check_connection(options: Parsed) -> None:
    if in_zookeeper(options):
        if not options.has(_PROPERTIES):
            raise refusal(TABLE, f'Missing required argument "[{_PROPERTIES}]"')
        if options.has("command-config"):
            raise refusal(TABLE, "The --command-config option can only be used with --bootstrap-server option")
        return
    given = [name for name in _BROKERS if options.has(name)]
    if not given:
        raise refusal(TABLE, "One of --bootstrap-server or --bootstrap-controller must be specified")
    if len(given) > 1:
        raise refusal(TABLE, "Only one of --bootstrap-server or --bootstrap-controller must be specified")
    if options.has(_AUTHORIZER):
        raise refusal(TABLE, f"Only one of --{given[0]} or --{_AUTHORIZER} must be specified")
    if options.has(_PROPERTIES):
        raise refusal(TABLE, f"The --{_PROPERTIES} option can only be used with --{_AUTHORIZER} option")


def authorizer_settings(options: Parsed) -> dict[str, str]:
    """What --authorizer-properties and --zk-tls-config-file set; raises CommandError."""
    if options.has(_AUTHORIZER) and options.value(_AUTHORIZER) != _ACL_AUTHORIZER:
        raise CommandError(
            f"--{_AUTHORIZER} {options.value(_AUTHORIZER)}: this tool reads and writes the rules of {_ACL_AUTHORIZER}"
            " only; for those of others use --bootstrap-server"
        )
    settings = {}
    for pair in options.values(_PROPERTIES):
        name, _, value = pair.partition("=")
        if not value:
            raise CommandError(f"Missing value for key {name}")
        settings[name] = value.strip()
    settings.update(tls_settings(options.value(ZK_TLS_CONFIG_FILE.name)))
    settings = with_overlay(settings)
    if "zookeeper.connect" not in settings:
        raise CommandError("Missing required configuration `zookeeper.connect` which has no default value.")
    return settings


def _forbid(options: Parsed, used: str, *others: str) -> None:
    for name in others:
        if options.has(used) and options.has(name):
            raise refusal(TABLE, f'Option "[{used}]" can\'t be used with option "[{name}]"')


def _check_roles(options: Parsed) -> None:
    if options.has("producer") and not options.has("topic"):
        raise refusal(TABLE, "With --producer you must specify a --topic")
    if options.has("idempotent") and not options.has("producer"):
        raise refusal(TABLE, "The --idempotent option is only available if --producer is set")
    if not options.has("consumer"):
        return
    alone = not options.has("producer")
    if (
        not options.has("topic")
        or not options.has("group")
        or (alone and (options.has("cluster") or options.has("transactional-id")))
    ):
        raise refusal(
            TABLE,
            "With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option"
            " should be specified.",
        )


def rules_to_add(options: Parsed) -> Rules:
    """What --add is to add."""
    pattern_type = options.value("resource-pattern-type")
    if pattern_type not in _CONCRETE:
        raise refusal(
            TABLE,
            f"A '--resource-pattern-type' value of '{pattern_type}' is not valid when adding acls.",
            ["resource-pattern-type"],
        )
    rules = rules_to_remove(options)
    if not all(rules.values()):
        raise refusal(TABLE, "You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.")
    return rules


def rules_to_remove(options: Parsed) -> Rules:
    """What --remove is to remove; no entries: all there are."""
    rules: Rules = {}
    if not options.has("producer") and not options.has("consumer"):
        words = options.values("operation") or ["All"]
        entries = _entries(options, [_operation(word.strip()) for word in words])
        rules.update((pattern, entries) for pattern in _required(options))
    if options.has("producer"):
        _add(rules, _of_type(options, "TOPIC"), _entries(options, ["WRITE", "DESCRIBE", "CREATE"]))
        _add(rules, _of_type(options, "TRANSACTIONAL_ID"), _entries(options, ["WRITE", "DESCRIBE"]))
        if options.has("idempotent"):
            _add(rules, [_CLUSTER], _entries(options, ["IDEMPOTENT_WRITE"]))
    if options.has("consumer"):
        _add(rules, _of_type(options, "TOPIC"), _entries(options, ["READ", "DESCRIBE"]))
        _add(rules, _of_type(options, "GROUP"), _entries(options, ["READ"]))
    _check_operations(rules, _SINCE_4 if in_zookeeper(options) else {})
    return rules


def _add(rules: Rules, patterns: Iterable[Pattern], entries: list[Entry]) -> None:
    for pattern in patterns:
        rules[pattern] = list(dict.fromkeys(rules.get(pattern, []) + entries))


def _check_operations(rules: Rules, unknown: Mapping[str, tuple[str, ...]]) -> None:
    for pattern, entries in rules.items():
        names = (name for name in _SUPPORTED[pattern.type] if name not in unknown.get(pattern.type, ()))
        supported = (*names, "ALL")
        if any(entry.operation not in supported for entry in entries):
            raise refusal(
                TABLE,
                f"ResourceType {pattern.type} only supports operations [{', '.join(supported)}]",
                ["operation"],
            )


def patterns(options: Parsed) -> list[Pattern]:
    """The resources that are named."""
    pattern_type = options.value("resource-pattern-type")
    found = [
        Pattern(type_, text.strip(), pattern_type)
        for name, type_ in _RESOURCES.items()
        for text in options.values(name)
    ]
    if pattern_type == "LITERAL" and (options.has("cluster") or options.has("idempotent")):
        found.append(_CLUSTER)
    return list(dict.fromkeys(found))


def _required(options: Parsed) -> list[Pattern]:
    found = patterns(options)
    if not found:
        raise refusal(
            TABLE,
            "You must provide at least one resource: --topic <topic> or --cluster or --group <group>"
            " or --delegation-token <Delegation Token ID>",
            ["topic", "cluster", "group", "delegation-token"],
        )
    return found


def _of_type(options: Parsed, type_: str) -> list[Pattern]:
    return [pattern for pattern in _required(options) if pattern.type == type_]


def _entries(options: Parsed, operations: list[str]) -> list[Entry]:
    return list(
        dict.fromkeys(
            Entry(principal, host, operation, permission)
            for permission in ("ALLOW", "DENY")
            for principal in principals(options, f"{permission.lower()}-principal")
            for operation in operations
            for host in _hosts(options, f"{permission.lower()}-host")
        )
    )


def _hosts(options: Parsed, name: str) -> list[str]:
    return [host.strip() for host in options.values(name)] or [_ANY_HOST]


def principals(options: Parsed, name: str) -> list[str]:
    """The principals of an option, checked."""
    found = [text.strip() for text in options.values(name)]
    for text in found:
        if ":" not in text:
            raise CommandError(f"expected a string in format principalType:principalName but got {text}")
    return list(dict.fromkeys(found))


def _operation(text: str) -> str:
    """Kafka's name of an operation, in whatever case; one that it does not know is no resource's."""
    names = dict(zip((name.upper() for name in _OPERATION_NAMES), OPERATIONS[2:]))
    return names.get(text.upper(), "UNKNOWN")
