"""`kcli profile`: names for clusters, so that no tool has to be told brokers and settings again and again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from kcli.cli.argparse4j import Arguments
from kcli.cli.environment import Environment
from kcli.cli.errors import FAILED, OK, CommandError, UsageError
from kcli.cli.inherited import PROFILE_VARIABLE, Inherited
from kcli.cli.options import Command, Option, OptionTable
from kcli.cli.output import OUTPUT, TEXT, show
from kcli.cli.profiles import SERVERS, Profile, Profiles
from kcli.commands.parsing import parse_command
from kcli.tools.listings import PROFILE, PROFILES

_NAME = Option("name", "The profile's name.", "NAME", required=True, complete="profile")
_MAYBE_NAME = _NAME._replace(required=False, help="The profile's name [default: KCLI_PROFILE, or the one in use].")

TABLE = OptionTable(
    program="kcli profile",
    summary="Give clusters names: brokers and client settings, for --profile NAME on every tool.",
    usage="COMMAND",
    options=(),
    commands=(
        Command(
            "add",
            "Write a profile down.",
            (
                Option("bootstrap-server", "Brokers to connect to first, separated by commas.", "HOST:PORT"),
                Option("command-config", "Take the settings of a .properties file.", "FILE", complete="file"),
                Option("command-property", "A setting; it goes over the file's.", "NAME=VALUE", repeated=True),
                Option("use", "Use it from now on where nothing else is said."),
                Option("force", "Put it in the place of the one of that name."),
            ),
            positionals=(_NAME,),
            examples=(
                ("a cluster without security", "kcli profile add dev --bootstrap-server localhost:9092"),
                (
                    "one with a password, for all that follows",
                    "kcli profile add prod --bootstrap-server kafka:9093 --command-config client.properties --use",
                ),
            ),
        ),
        Command(
            "list",
            "The profiles there are.",
            (OUTPUT,),
            examples=(("which there are, and which is in use", "kcli profile list"),),
        ),
        Command(
            "show",
            "A profile's settings, without secrets.",
            (OUTPUT,),
            positionals=(_MAYBE_NAME,),
            examples=(("the one in use", "kcli profile show"),),
        ),
        Command(
            "use",
            "Use a profile where nothing else is said.",
            (Option("none", "Use none."),),
            positionals=(_NAME._replace(required=False),),
            examples=(
                ("another cluster from now on", "kcli profile use prod"),
                ("none", "kcli profile use --none"),
            ),
        ),
        Command(
            "remove",
            "Forget a profile.",
            positionals=(_NAME,),
            examples=(("one that is no longer needed", "kcli profile remove dev"),),
        ),
        Command(
            "test",
            "Whether a profile's cluster answers.",
            positionals=(_MAYBE_NAME,),
            examples=(("before it is needed", "kcli profile test prod"),),
        ),
    ),
    examples=(
        (
            "a cluster with a password",
            "kcli profile add prod --bootstrap-server kafka:9093 --command-config client.properties --use",
        ),
        ("which topics has it", "kafka-topics --list --profile prod"),
    ),
    notes="A value may point to a secret instead of holding it: ${env:NAME}, ${file:PATH}, ${file:PATH:KEY},"
    " ${command:COMMAND}. It is looked up when a tool connects.",
)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_command(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    profiles = Profiles(environment.variables)
    action = {"add": _add, "list": _list, "show": _show, "use": _use, "remove": _remove, "test": _test}
    assert parsed.command is not None
    return action[parsed.command](profiles, parsed, environment)


def _add(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    from kcli.cli.secrets import SUGGESTION, absolute, in_clear
    from kcli.cli.settings import load_settings

    name = parsed.value("name")
    if name in profiles.names() and not parsed.has("force"):
        raise CommandError(f"There is a profile {name}: --force puts this one in its place")
    profiles.path(name)
    pairs = parsed.value("command-property") or ()
    for pair in pairs:
        if "=" not in pair:
            raise UsageError(f"--command-property {pair}: NAME=VALUE is expected")
    settings = load_settings(parsed.value("command-config"), pairs)
    servers = parsed.value("bootstrap-server") or settings.pop(SERVERS, None)
    if not servers:
        raise UsageError(f"--bootstrap-server must be specified, or {SERVERS} in --command-config")
    settings.pop(SERVERS, None)
    _check_addresses(servers)
    for remark in settings.unknown():
        environment.warn(remark)
    written = {SERVERS: servers, **{key: absolute(value) for key, value in settings.items()}}
    for key in written:
        if key.endswith(("keystore.location", "truststore.location")) and "${" not in written[key] and written[key]:
            written[key] = os.path.abspath(written[key])
    profiles.write(name, written)
    for key, value in written.items():
        if in_clear(key, value):
            environment.warn(f"{key} holds a secret in clear; {SUGGESTION} in its place points to it instead")
    if parsed.has("use"):
        profiles.use(name)
    return OK


def _check_addresses(servers: str) -> None:
    if "${" in servers:
        return
    from kcli.client.address import AddressError, parse_addresses

    try:
        parse_addresses(servers)
    except AddressError as error:
        raise CommandError(f"--bootstrap-server: {error}") from None


def _list(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    chosen = _chosen(profiles, environment.variables)
    rows = []
    for name in profiles.names():
        settings = profiles.read(name).settings
        rows.append(
            {
                "name": name,
                "inUse": name == chosen,
                "bootstrapServers": settings.get(SERVERS),
                "securityProtocol": settings.get("security.protocol", "PLAINTEXT"),
            }
        )
    if parsed.value("output") != TEXT:
        show(rows, PROFILES, parsed.value("output"), environment)
        return OK
    for row in rows:
        environment.print(f"{'*' if row['inUse'] else ' '} {row['name']}\t{row['bootstrapServers'] or '-'}")
    return OK


def _show(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    from kcli.cli.secrets import hide

    settings = {key: hide(key, value) for key, value in _read(profiles, parsed, environment).settings.items()}
    if parsed.value("output") != TEXT:
        rows = [{"name": key, "value": value} for key, value in settings.items()]
        show(rows, PROFILE, parsed.value("output"), environment)
        return OK
    for key, value in settings.items():
        environment.print(f"{key}={value}")
    return OK


def _use(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    if parsed.has("name") == parsed.has("none"):
        raise UsageError("Exactly one is expected: a profile's name or --none")
    profiles.use(parsed.value("name"))
    if environment.variables.get(PROFILE_VARIABLE):
        environment.warn(f"{PROFILE_VARIABLE} is set, and goes over it")
    return OK


def _remove(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    profiles.remove(parsed.value("name"))
    return OK


def _test(profiles: Profiles, parsed: Arguments, environment: Environment) -> int:
    from kcli.cli.inherited import resolved
    from kcli.cli.settings import load_settings
    from kcli.client.admin_cluster import ClusterAdmin
    from kcli.client.cluster import Cluster
    from kcli.client.config import ADMIN
    from kcli.client.errors import ClientError
    from kcli.wire.errors import KafkaError

    profile = _read(profiles, parsed, environment)
    if not profile.settings.get(SERVERS):
        raise CommandError(f"{profile.path}: it has no {SERVERS}")
    servers = resolved(profile, SERVERS, environment.variables)
    _check_addresses(servers)
    settings = load_settings(None, (), Inherited(servers, profile, environment.variables))
    settings.setdefault("default.api.timeout.ms", "10000")
    settings.setdefault("socket.connection.setup.timeout.ms", "5000")
    settings.parse(ADMIN)
    try:
        with Cluster(servers, settings) as cluster:
            found = ClusterAdmin(cluster).describe()
    except (ClientError, KafkaError) as error:
        environment.warn(f"{profile.name}: {servers}: {error}")
        return FAILED
    environment.print(f"{profile.name}: cluster {found.id} answers, with {len(found.endpoints)} broker(s)")
    return OK


def _read(profiles: Profiles, parsed: Arguments, environment: Environment) -> Profile:
    name = parsed.value("name") or _chosen(profiles, environment.variables)
    if name is None:
        raise UsageError("Which profile? None is in use")
    return profiles.read(name)


def _chosen(profiles: Profiles, variables: Mapping[str, str]) -> str | None:
    with suppress(CommandError):
        return variables.get(PROFILE_VARIABLE) or profiles.in_use()
    return None
