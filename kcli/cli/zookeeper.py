"""A session with the ZooKeeper that a command line names; what goes wrong is a CommandError."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kcli.cli.errors import CommandError
from kcli.cli.options import Option

if TYPE_CHECKING:
    from kcli.client.zookeeper import ZooKeeper
    from kcli.client.zookeeper_kafka import KafkaNodes

ZK_TLS_CONFIG_FILE = Option(
    "zk-tls-config-file",
    "Where the settings for TLS are: zookeeper.ssl.client.enable=true, zookeeper.ssl.truststore.location and so on,"
    " with stores of type PEM, PKCS12 or JKS.",
    "FILE",
    complete="file",
)


def tls_settings(file: str | None) -> Mapping[str, str]:
    """What the file of --zk-tls-config-file sets."""
    from kcli.cli.settings import load_settings

    return {} if file is None else load_settings(file)


def open_zookeeper(
    hosts: str, settings: Mapping[str, str], on_event: Callable[[str, str], None] = lambda kind, path: None
) -> ZooKeeper:
    """A session, with TLS where the settings say so."""
    from kcli.client.errors import TlsFailed
    from kcli.client.zookeeper import ZooKeeper, ZooKeeperError
    from kcli.client.zookeeper_tls import tls_context

    try:
        return ZooKeeper(hosts, on_event, tls_context(settings))
    except (ZooKeeperError, TlsFailed) as error:
        raise CommandError(str(error)) from None


@contextmanager
def kafka_nodes(hosts: str, settings: Mapping[str, str], *, secure: bool) -> Iterator[KafkaNodes]:
    """Kafka's nodes, while a session lasts. The part of the tree that they are in may be missing yet."""
    from kcli.client.zookeeper import ZooKeeperError
    from kcli.client.zookeeper_kafka import KafkaNodes

    session = open_zookeeper(hosts, settings)
    try:
        yield KafkaNodes(session, secure=secure)
    except ZooKeeperError as error:
        raise CommandError(str(error)) from None
    finally:
        session.close()
