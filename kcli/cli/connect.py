"""From the options of an administrator's tool to a cluster: `--bootstrap-server`, `--bootstrap-controller`,
`--command-config`, and what a profile or a variable gives in their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError
from kcli.cli.inherited import Given, Inherited, servers_of

if TYPE_CHECKING:
    from kcli.cli.settings import Settings
    from kcli.client.cluster import Cluster

_FILE, _PAIRS = "command-config", "command-property"


def client_settings(options: Given, environment: Environment, file: str | None = None) -> Settings:
    """The settings of a command line, checked; what no client knows is remarked on."""
    from kcli.cli.settings import load_settings

    if file is None and options.knows(_FILE):
        file = options.value(_FILE)
    pairs = options.value(_PAIRS) if options.knows(_PAIRS) else None
    return _checked(load_settings(file or None, pairs or (), options.inherited), environment)


def _checked(settings: Settings, environment: Environment) -> Settings:
    from kcli.client.config import ADMIN

    if settings:
        settings.parse(ADMIN)
    for remark in settings.unknown() if settings else ():
        environment.warn(remark)
    return settings


def connect(options: Given, environment: Environment, *, file: str | None = None, otherwise: str = "") -> Cluster:
    """The cluster behind the brokers, or else the controllers, that a user named. Nothing is sent yet.

    `file` stands for --command-config where a tool knows that by another name, `otherwise` for brokers if none were
    named.
    """
    config = client_settings(options, environment, file)
    servers, controllers = servers_of(options)
    return _cluster(servers or otherwise, controllers if servers is None else None, config)


def connect_to(
    servers: str,
    config_file: str | None,
    environment: Environment,
    *,
    controllers: bool = False,
    inherited: Inherited | None = None,
) -> Cluster:
    """The cluster behind brokers (or controllers) that no option --bootstrap-server names."""
    from kcli.cli.settings import load_settings

    config = _checked(load_settings(config_file or None, (), inherited), environment)
    return _cluster("" if controllers else servers, servers if controllers else None, config)


def _cluster(servers: str, controllers: str | None, config: Settings) -> Cluster:
    from kcli.client.address import AddressError
    from kcli.client.cluster import Cluster
    from kcli.client.controllers import ControllerCluster

    try:
        if controllers is not None:
            return ControllerCluster(controllers, config)
        return Cluster(servers, config)
    except AddressError as error:
        raise CommandError(f"Failed to create new KafkaAdminClient: {error}") from None
