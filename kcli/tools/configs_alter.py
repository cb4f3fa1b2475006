"""What kafka-configs changes, by the kind of what is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kcli.cli.errors import CommandError
from kcli.cli.options import DOUBLE, INT
from kcli.client.admin import BROKER_LOGGER, DELETE, SET, results
from kcli.client.admin_configs import SCRAM_MECHANISMS, ConfigAdmin
from kcli.tools.configs_describe import ENTITY_PARTS, RESOURCES, client_quotas
from kcli.tools.configs_options import BROKER_LOGGERS, CLIENTS, IPS, USERS
from kcli.wire.errors import UNACCEPTABLE_CREDENTIAL, KafkaError

QUOTAS = ("producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate")
_IP_QUOTAS = ("connection_creation_rate",)
_DEFAULT_ITERATIONS = _LEAST_ITERATIONS = 4096
_CREDENTIAL = re.compile(r"(?:iterations=(-?[0-9]*),)?password=(.*)")


def alter_resource(admin: ConfigAdmin, kind: str, name: str, changes: Mapping[str, str], gone: Sequence[str]) -> None:
    """Topics, brokers and the default of all brokers, groups, subscriptions to metrics."""
    operations = [(setting, DELETE, "") for setting in gone]
    operations += [(setting, SET, value) for setting, value in changes.items()]
    results(admin.alter_configs(RESOURCES[kind], {name: operations}))


def alter_loggers(admin: ConfigAdmin, broker: str, changes: Mapping[str, str], gone: Sequence[str]) -> None:
    """The levels of a broker's loggers; only loggers that there are."""
    known = {entry.name for entry in results(admin.describe_configs(BROKER_LOGGER, [broker]))[broker]}
    unknown = [name for name in [*gone, *changes] if name not in known]
    if unknown:
        raise CommandError(f"Invalid broker logger(s): {','.join(unknown)}")
    alter_resource(admin, BROKER_LOGGERS, broker, changes, gone)


def alter_ip(admin: ConfigAdmin, name: str, changes: Mapping[str, str], gone: Sequence[str]) -> None:
    """Quotas of an address."""
    unknown = [setting for setting in [*changes, *gone] if setting not in _IP_QUOTAS]
    if unknown:
        raise CommandError(
            f"Only connection quota configs can be added for '{IPS}' using --bootstrap-server."
            f" Unexpected config names: {','.join(unknown)}"
        )
    _alter_quotas(admin, [IPS], [name], changes, gone)


def alter_user_or_client(
    admin: ConfigAdmin, kinds: Sequence[str], names: Sequence[str], changes: Mapping[str, str], gone: Sequence[str]
) -> None:
    """Quotas of users, of clients, of a user's client; SCRAM credentials of users."""
    if CLIENTS in kinds:
        _check_names(CLIENTS, "quota", QUOTAS, changes, gone)
        _alter_quotas(admin, kinds, names, changes, gone)
        return
    _check_names(USERS, "quota and SCRAM credential", (*QUOTAS, *SCRAM_MECHANISMS), changes, gone)
    quotas = any(name in QUOTAS for name in [*changes, *gone])
    if any(name in SCRAM_MECHANISMS for name in [*changes, *gone]):
        if "" in names:
            raise CommandError(
                "The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials"
                " using --bootstrap-server."
            )
        if quotas:
            raise CommandError(
                f"Cannot alter both quota and SCRAM credential configs simultaneously for '{USERS}'"
                " using --bootstrap-server."
            )
    if quotas:
        _alter_quotas(admin, kinds, names, changes, gone)
    else:
        credentials = {mechanism: credential(mechanism, text) for mechanism, text in changes.items()}
        if not all(password for _, password in credentials.values()):
            raise KafkaError(UNACCEPTABLE_CREDENTIAL, "Password must not be empty")
        admin.alter_scram_credentials(names[0], credentials, gone)


def _check_names(kind: str, what: str, known: Sequence[str], changes: Mapping[str, str], gone: Sequence[str]) -> None:
    # The collections are named as Scala prints them, which is what Kafka's tool does.
    for verb, collection, names in (("added", "Set", list(changes)), ("deleted", "ArrayBuffer", gone)):
        unknown = [name for name in names if name not in known]
        if unknown:
            raise CommandError(
                f"Only {what} configs can be {verb} for '{kind}' using --bootstrap-server."
                f" Unexpected config names: {collection}({', '.join(unknown)})"
            )


def _alter_quotas(
    admin: ConfigAdmin, kinds: Sequence[str], names: Sequence[str], changes: Mapping[str, str], gone: Sequence[str]
) -> None:
    found = client_quotas(admin, list(kinds), list(names))
    missing = [name for name in gone if not any(name in quota.values for quota in found)]
    if missing:
        raise CommandError(f"Invalid config(s): {','.join(missing)}")
    values: dict[str, float | None] = {name: _quota(name, text) for name, text in changes.items()}
    values.update(dict.fromkeys(gone))
    entity = {ENTITY_PARTS[kind]: name or None for kind, name in zip(kinds, names)}
    admin.alter_client_quotas(entity, values)


def _quota(name: str, text: str) -> float:
    try:
        number: float = DOUBLE(text)
        return number
    except ValueError:
        raise CommandError(f"Cannot parse quota configuration value for {name}: {text}") from None


def credential(mechanism: str, text: str, shown: str | None = None) -> tuple[int, bytes]:
    """Iterations and password, from `iterations=8192,password=secret`; `shown`: what errors call the mechanism."""
    match = _CREDENTIAL.fullmatch(text)
    if match is None:
        raise CommandError(f"Invalid credential property {mechanism.replace('-', '_')}={text}")
    number, password = match.groups()
    try:
        iterations = _DEFAULT_ITERATIONS if number is None or number == "-1" else INT(number)
    except ValueError:
        raise CommandError(f'For input string: "{number}"') from None
    if iterations < _LEAST_ITERATIONS:
        raise CommandError(
            f"Iterations {iterations} is less than the minimum {_LEAST_ITERATIONS} required for {shown or mechanism}"
        )
    return iterations, password.encode()
