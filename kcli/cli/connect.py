"""From the options of an administrator's tool to a cluster: `--command-config`, `--bootstrap-server`,
`--bootstrap-controller`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcli.cli.environment import Environment
from kcli.cli.errors import CommandError

if TYPE_CHECKING:
    from kcli.client.cluster import Cluster


def client_settings(file: str | None, environment: Environment) -> dict[str, str]:
    """The settings of a file, checked; what no client knows is remarked on."""
    if file is None:
        return {}
    from kcli.cli.settings import load_settings
    from kcli.client.config import ADMIN

    settings = load_settings(file)
    settings.parse(ADMIN)
    for remark in settings.unknown():
        environment.warn(remark)
    return settings


def connect(
    servers: str | None, config_file: str | None, environment: Environment, *, controllers: str | None = None
) -> Cluster:
    """The cluster behind the brokers, or else the controllers, that a user named. Nothing is sent yet."""
    from kcli.client.address import AddressError
    from kcli.client.cluster import Cluster
    from kcli.client.controllers import ControllerCluster

    config = client_settings(config_file, environment)
    try:
        if servers is None and controllers is not None:
            return ControllerCluster(controllers, config)
        return Cluster(servers or "", config)
    except AddressError as error:
        raise CommandError(f"Failed to create new KafkaAdminClient: {error}") from None
