"""Fields that older brokers do not know must not be dropped in silence where they change what is meant."""

from __future__ import annotations

from kcli.client.cluster import Cluster
from kcli.wire import messages
from kcli.wire.errors import UNSUPPORTED_VERSION, KafkaError


def require_version(cluster: Cluster, node: int, request: type[messages.Message], version: int, why: str) -> None:
    """Raise `why` as an error unless a broker understands a version of a request, or a later one."""
    if cluster.connection(node).version_for(request) < version:
        raise KafkaError(UNSUPPORTED_VERSION, why)
