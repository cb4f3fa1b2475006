"""kafka-configs: print and change the settings of topics, brokers, loggers, users, clients, addresses, groups and
subscriptions to metrics.

They are asked of brokers, or (of Kafka before 4.0, and only some) of ZooKeeper.

As Kafka's (4.x): settings are changed one by one, so that nothing has to be named again, and taking away what is not
there is no error; of quotas it is one. Every failure is said on stderr and exits with 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kcli.cli.connect import connect
from kcli.cli.environment import Environment
from kcli.cli.errors import OK, CommandError, UsageError
from kcli.cli.joptsimple import Parsed
from kcli.cli.main import parse_arguments, start
from kcli.cli.output import TEXT, show
from kcli.tools import configs_options as options
from kcli.tools import listings_cluster as listings
from kcli.tools.configs_options import TABLE

_WITH_QUOTAS = (options.USERS, options.CLIENTS, options.IPS)
_RESOURCES = (options.TOPICS, options.BROKERS, options.CLIENT_METRICS, options.GROUPS)


def main() -> None:
    start(run, TABLE.program)


def run(arguments: list[str], environment: Environment) -> int:
    parsed = parse_arguments(TABLE, arguments, environment)
    if isinstance(parsed, int):
        return parsed
    action = options.check(parsed)
    work = _in_zookeeper if options.in_zookeeper(parsed) else _on_cluster

    # Imported here: --help and usage errors need no protocol.
    from kcli.client.errors import ClientError
    from kcli.config.definition import ConfigError
    from kcli.wire.errors import KafkaError

    try:
        work(action, parsed, arguments, environment)
    except (KafkaError, ClientError, ConfigError) as error:
        raise _failure(arguments, f"{error.java_class}: {error}") from None
    return OK


def _on_cluster(action: str, parsed: Parsed, arguments: list[str], environment: Environment) -> None:
    with _executing(arguments):
        cluster = connect(parsed, environment)
    with cluster:
        if action == "describe":
            _describe(cluster, parsed, environment)
            return
        with _executing(arguments):
            changes = options.added(parsed)
        _alter(cluster, parsed, changes, environment)


def _in_zookeeper(action: str, parsed: Parsed, arguments: list[str], environment: Environment) -> None:
    from kcli.tools.configs_zookeeper import ConfigsInZooKeeper

    with _executing(arguments):
        changes = options.added(parsed)
    ConfigsInZooKeeper(parsed, environment).do(action, changes)


def _failure(arguments: list[str], reason: str) -> CommandError:
    return CommandError(f"Error while executing config command with args '{' '.join(arguments)}'\n{reason}")


@contextmanager
def _executing(arguments: list[str]) -> Iterator[None]:
    """Around what Kafka's tool takes for trouble on the way, not for a bad command line: files that cannot be read."""
    try:
        yield
    except UsageError as error:
        raise CommandError(error.message) from None
    except CommandError as error:
        if error.message.startswith(("requirement failed", "Invalid character")):
            raise
        raise _failure(arguments, error.message) from None


def _describe(cluster: Any, parsed: Parsed, environment: Environment) -> None:
    from kcli.client.admin_configs import ConfigAdmin
    from kcli.tools.configs_describe import EntityDescriber, ResourceDescriber

    admin = ConfigAdmin(cluster)
    form = parsed.value("output")
    (kind, *_), names = options.kinds(parsed), options.names(parsed)
    if kind in _WITH_QUOTAS:
        entities = EntityDescriber(admin, options.kinds(parsed), names)
        lines, rows, listing = entities.lines, entities.rows, listings.QUOTAS
    else:
        resources = ResourceDescriber(admin, kind, names[0] if names else None, all_=parsed.has("all"))
        lines, rows, listing = resources.lines, resources.rows, listings.CONFIGS
    if form != TEXT:
        show(rows(), listing, form, environment)
        return
    for line in lines():
        environment.print(line)


def _alter(cluster: Any, parsed: Parsed, changes: dict[str, str], environment: Environment) -> None:
    from kcli.client.admin_configs import ConfigAdmin
    from kcli.tools import configs_alter as alter

    admin = ConfigAdmin(cluster)
    gone = options.deleted(parsed)
    kinds, names = options.kinds(parsed), options.names(parsed)
    if len(kinds) != len(names):
        raise CommandError("An entity name must be specified for every entity type")
    kind, name = kinds[0], names[0]
    if kind in _RESOURCES:
        alter.alter_resource(admin, kind, name, changes, gone)
    elif kind == options.BROKER_LOGGERS:
        alter.alter_loggers(admin, name, changes, gone)
    elif kind == options.IPS:
        alter.alter_ip(admin, name, changes, gone)
    else:
        alter.alter_user_or_client(admin, kinds, names, changes, gone)
    done = f"config for {kind[:-1]} {name}" if name else f"default config for {kind} in the cluster"
    if parsed.value("output") == TEXT:
        environment.print(f"Completed updating {done}.")
        return
    environment.warn(f"Completed updating {done}.")
    rows = [
        {"entityType": kind, "entityName": name or None, "added": sorted(changes), "deleted": sorted(gone)}
        for kind, name in zip(kinds, names, strict=True)
    ]
    show(rows, listings.CONFIGS_ALTERED, parsed.value("output"), environment)


if __name__ == "__main__":
    main()
