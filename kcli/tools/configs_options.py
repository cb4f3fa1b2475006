"""kafka-configs' command line: its options, which of them go together, and what they name."""

from __future__ import annotations

import re

from kcli.cli.connection_options import BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG
from kcli.cli.errors import CommandError
from kcli.cli.inherited import PROFILE
from kcli.cli.joptsimple import Parsed
from kcli.cli.options import HELP, INT, VERSION, Option, OptionTable
from kcli.cli.output import OUTPUT
from kcli.cli.refusal import refusal
from kcli.cli.zookeeper import ZK_TLS_CONFIG_FILE

_ACTION = "Actions (exactly one)"
_ENTITY = "Whose settings"
_KIND = "Whose settings, by kind and name"
_CHANGE = "Altering"
_ZOOKEEPER = "ZooKeeper, of brokers before 4.0 (deprecated)"
TOPICS, CLIENTS, USERS, BROKERS, IPS = "topics", "clients", "users", "brokers", "ips"
CLIENT_METRICS, GROUPS, BROKER_LOGGERS = "client-metrics", "groups", "broker-loggers"
KINDS = (TOPICS, CLIENTS, USERS, BROKERS, IPS, CLIENT_METRICS, GROUPS, BROKER_LOGGERS)
_IN_ZOOKEEPER = (USERS, BROKERS)
_SERVERS = ("bootstrap-server", "bootstrap-controller")
_WITH_DEFAULT = (USERS, CLIENTS, BROKERS, IPS)
# The options that name an entity, and those that mean the default of a kind, in the order in which Kafka takes them.
_NAMES = {
    "topic": TOPICS,
    "client": CLIENTS,
    "user": USERS,
    "broker": BROKERS,
    "broker-logger": BROKER_LOGGERS,
    "ip": IPS,
    "client-metrics": CLIENT_METRICS,
    "group": GROUPS,
}
_DEFAULTS = {"client-defaults": CLIENTS, "user-defaults": USERS, "broker-defaults": BROKERS, "ip-defaults": IPS}

TABLE = OptionTable(
    program="kafka-configs",
    summary="This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip,"
    " client-metrics or group",
    usage="--bootstrap-server HOST:PORT (--describe | --alter) ENTITY [OPTIONS]",
    options=(
        BOOTSTRAP_SERVER,
        PROFILE,
        BOOTSTRAP_CONTROLLER._replace(help="Instead: controllers of a KRaft cluster, separated by commas."),
        COMMAND_CONFIG,
        Option(
            "zookeeper",
            "Instead of brokers: for SCRAM credentials of users, and settings of brokers that are not running.",
            "HOST:PORT[/PATH]",
            group=_ZOOKEEPER,
        ),
        ZK_TLS_CONFIG_FILE._replace(group=_ZOOKEEPER),
        Option("describe", "Print settings.", group=_ACTION),
        Option("alter", "Change settings.", group=_ACTION),
        Option("topic", "A topic.", "NAME", group=_ENTITY, complete="topic"),
        Option("broker", "A broker, by its id.", "ID", group=_ENTITY),
        Option("broker-defaults", "What all brokers have that have no setting of their own.", group=_ENTITY),
        Option("broker-logger", "The loggers of a broker, by its id.", "ID", group=_ENTITY),
        Option(
            "user",
            "A user: quotas and SCRAM credentials; with --client, that client of the user.",
            "NAME",
            group=_ENTITY,
        ),
        Option("user-defaults", "Users who have no quotas of their own.", group=_ENTITY),
        Option("client", "A client, by its client.id: quotas.", "ID", group=_ENTITY),
        Option("client-defaults", "Clients that have no quotas of their own.", group=_ENTITY),
        Option("ip", "An address (or the name of a host): quotas of its connections.", "ADDRESS", group=_ENTITY),
        Option("ip-defaults", "Addresses that have no quotas of their own.", group=_ENTITY),
        Option("group", "A group.", "ID", group=_ENTITY, complete="group"),
        Option("client-metrics", "A subscription to metrics of clients.", "NAME", group=_ENTITY),
        Option(
            "entity-type",
            f"The kind: one of {', '.join(KINDS)}. users and clients may be given together.",
            "KIND",
            group=_KIND,
            repeated=True,
            complete=KINDS,
        ),
        Option(
            "entity-name",
            "The name that goes with --entity-type; with --describe, leave it out for all.",
            "NAME",
            group=_KIND,
            repeated=True,
        ),
        Option("entity-default", "Instead of a name: the default of users, clients, brokers or ips.", group=_KIND),
        Option("all", "With --describe: also settings that nobody has changed.", group="Describing"),
        Option(
            "add-config",
            "Settings to add or change. Square brackets hold a value with commas together.",
            "NAME=VALUE,NAME=[VALUE,VALUE]...",
            group=_CHANGE,
        ),
        Option(
            "add-config-file",
            "Settings to add or change, from a .properties file.",
            "FILE",
            group=_CHANGE,
            complete="file",
        ),
        Option("delete-config", "Settings to take away.", "NAME,NAME...", group=_CHANGE, repeated=True),
        Option("force", "Does nothing: no question is asked.", group=_CHANGE),
        OUTPUT,
        HELP,
        VERSION,
    ),
    examples=(
        (
            "keep a topic's records for a day",
            "kafka-configs --bootstrap-server localhost:9092 --alter --topic orders --add-config retention.ms=86400000",
        ),
        (
            "all settings of a broker and where they come from",
            "kafka-configs --bootstrap-server localhost:9092 --describe --broker 1 --all",
        ),
        (
            "a password for a user",
            "kafka-configs --bootstrap-server localhost:9092 --alter --user alice"
            " --add-config 'SCRAM-SHA-512=[password=secret]'",
        ),
        (
            "1 MB/s for what a user's client produces",
            "kafka-configs --bootstrap-server localhost:9092 --alter --user alice --client app"
            " --add-config producer_byte_rate=1048576",
        ),
        (
            "a password for a user before the first broker starts, with Kafka before 4.0",
            "kafka-configs --zookeeper localhost:2181 --alter --entity-type users --entity-name alice"
            " --add-config 'SCRAM-SHA-512=[password=secret]'",
        ),
    ),
    notes="Quotas are producer_byte_rate, consumer_byte_rate, request_percentage and controller_mutation_rate for users"
    " and clients, connection_creation_rate for ips. Loggers have levels: --broker-logger 1 --add-config"
    " kafka.log.LogCleaner=DEBUG.",
)


def kinds(options: Parsed) -> list[str]:
    """The kinds of entities that a command line is about."""
    given: list[str] = options.values("entity-type")
    return given + [kind for name, kind in {**_NAMES, **_DEFAULTS}.items() if options.has(name)]


def names(options: Parsed) -> list[str]:
    """Their names as far as there are any, in the same order; the empty name is the default of a kind."""
    given = iter(options.values("entity-name"))
    by_kind = {"entity-name": lambda: next(given), "entity-default": lambda: ""}
    found = [by_kind[name]() for name in options.order if name in by_kind]
    found += [options.value(name) for name in _NAMES if options.has(name)]
    return found + ["" for name in _DEFAULTS if options.has(name)]


def check(options: Parsed) -> str:
    """The action; raises CommandError in Kafka's words, in Kafka's order."""
    if options.has("alter") == options.has("describe"):
        raise refusal(TABLE, "Command must include exactly one action: --describe, --alter")
    if options.has("describe"):
        for name in ("add-config", "delete-config"):
            if options.has(name):
                raise refusal(TABLE, f'Option "[describe]" can\'t be used with option "[{name}]"')
    found = kinds(options)
    _check_kinds(found, zookeeper=in_zookeeper(options))
    if _any(options, "entity-name", "entity-type", "entity-default") and _any(options, *_NAMES, *_DEFAULTS):
        raise CommandError("--entity-{type,name,default} should not be used in conjunction with specific entity flags")
    _check_connection(options)
    _check_names(options, found)
    if options.has("describe"):
        _check_describe(options, found)
        return "describe"
    _check_alter(options, found)
    return "alter"


def _any(options: Parsed, *names: str) -> bool:
    return any(options.has(name) for name in names)


def in_zookeeper(options: Parsed) -> bool:
    """Whether ZooKeeper is to be asked, and no broker."""
    return options.has("zookeeper") and not _any(options, *_SERVERS)


def _check_kinds(found: list[str], *, zookeeper: bool) -> None:
    twice = [kind for position, kind in enumerate(found) if kind in found[:position]]
    if twice:
        raise CommandError(f"Duplicate entity type(s) specified: {','.join(twice)}")
    known, server = (_IN_ZOOKEEPER, "--zookeeper") if zookeeper else (KINDS, " or ".join(f"--{s}" for s in _SERVERS))
    for kind in found:
        if kind not in known:
            raise CommandError(
                f"Invalid entity type {kind}, the entity type must be one of {', '.join(known)}"
                f" with a {server} argument"
            )
    if not found:
        raise CommandError("At least one entity type must be specified")
    if len(found) > 1 and set(found) != {USERS, CLIENTS}:
        raise CommandError(f"Only '{USERS}' and '{CLIENTS}' entity types may be specified together")


def _check_connection(options: Parsed) -> None:
    if not _any(options, *_SERVERS, "zookeeper"):
        raise CommandError("Either --bootstrap-server or --bootstrap-controller must be specified.")
    if options.has("zookeeper") and _any(options, *_SERVERS):  # one of the names is spelt as Kafka spells it here
        raise CommandError("Only one of --bootstrap-server, --boostrap-controller, and --zookeeper can be specified")
    if options.has("bootstrap-server") and options.has("bootstrap-controller"):
        raise CommandError("Only one of --bootstrap-server or --bootstrap-controller can be specified")
    if options.has("all") and options.has("zookeeper"):
        raise CommandError("--bootstrap-server must be specified for --all")
    if options.has(ZK_TLS_CONFIG_FILE.name) and not options.has("zookeeper"):
        raise CommandError(f"Only the --zookeeper option can be used with the --{ZK_TLS_CONFIG_FILE.name} option.")


def _check_names(options: Parsed, found: list[str]) -> None:
    named = [name for name in names(options) if name]
    if BROKERS in found or BROKER_LOGGERS in found:
        for name in named:
            if not _is_int(name):
                raise CommandError(
                    f"The entity name for {found[0]} must be a valid integer broker id, but it is: {name}"
                )
    if IPS in found:
        for name in named:
            if not _resolves(name):
                raise CommandError(
                    f"The entity name for {found[0]} must be a valid IP or resolvable host, but it is: {name}"
                )


def _is_int(text: str) -> bool:
    try:
        INT(text)
    except ValueError:
        return False
    return True


def _resolves(host: str) -> bool:
    import socket

    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return True


def _check_describe(options: Parsed, found: list[str]) -> None:
    if not set(found) & set(_WITH_DEFAULT) and options.has("entity-default"):
        raise CommandError(f"--entity-default must not be specified with --describe of {','.join(found)}")
    if BROKER_LOGGERS in found and not any(names(options)):
        raise CommandError(f"An entity name must be specified with --describe of {','.join(found)}")


def _check_alter(options: Parsed, found: list[str]) -> None:
    if set(found) & set(_WITH_DEFAULT):
        if not names(options):
            raise CommandError(
                "An entity-name or default entity must be specified with --alter of users, clients, brokers or ips"
            )
    elif not any(names(options)):
        raise CommandError(f"An entity name must be specified with --alter of {','.join(found)}")
    if options.has("add-config") and options.has("add-config-file"):
        raise CommandError("Only one of --add-config or --add-config-file must be specified")
    if not _any(options, "add-config", "add-config-file", "delete-config"):
        raise CommandError(
            "At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter"
        )


# A comma or equals sign that is not between square brackets.
_OUTSIDE = r"(?=[^\]]*(?:\[|$))"


def added(options: Parsed) -> dict[str, str]:
    """The settings that --add-config or --add-config-file gives."""
    if options.has("add-config-file"):
        from kcli.cli.settings import load_settings

        settings: dict[str, str] = dict(load_settings(options.value("add-config-file")))
    else:
        settings = _parse_pairs(options.value("add-config")) if options.has("add-config") else {}
    for name in settings:
        if not re.fullmatch(r"[$a-zA-Z0-9._-]*", name):  # $: loggers of inner classes have it
            raise CommandError(f"Invalid character found for config key: {name}")
    return settings


def _parse_pairs(text: str) -> dict[str, str]:
    pairs = re.split("," + _OUTSIDE, text)
    while len(pairs) > 1 and not pairs[-1]:  # as Java's split
        pairs.pop()
    settings: dict[str, str] = {}
    for pair in pairs:
        parts = re.split(r"\s*=\s*" + _OUTSIDE, pair)
        if len(parts) != 2:
            raise CommandError(
                "requirement failed: Invalid entity config: all configs to be added must be in the format"
                ' "key=val" or  "key=[val1,val2]" to group values which contain commas.'
            )
        settings[parts[0].strip()] = re.sub(r"[\[\]]", "", parts[1]).strip()
    return settings


def deleted(options: Parsed) -> list[str]:
    """The settings that --delete-config names."""
    return [name.strip() for name in options.separated("delete-config")]
