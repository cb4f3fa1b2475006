"""Who the broker is: what its file says, else what its log dirs say, else somebody new."""

from __future__ import annotations

from collections.abc import Mapping

from kcli.broker.settings import Settings
from kcli.config.definition import ConfigError
from kcli.storage.meta_properties import MetaProperties
from kcli.wire import uuid

_FIRST_ID = 1

Found = Mapping[str, MetaProperties | None]


def broker_id(settings: Settings, found: Found) -> int:
    """The file's id (whether the log dirs agree is checked when they are claimed), or the log dirs', or 1."""
    if settings.broker_id >= 0:
        return settings.broker_id
    known = [meta.node_id for meta in found.values() if meta is not None and meta.node_id is not None]
    if known:
        return known[0]
    if settings.zookeeper is not None:
        raise ConfigError("broker.id is not set: with ZooKeeper each broker needs one of its own")
    return _FIRST_ID


def cluster_id(found: Found) -> str:
    """The cluster that the log dirs belong to, or a new one."""
    known = [meta.cluster_id for meta in found.values() if meta is not None and meta.cluster_id is not None]
    return known[0] if known else uuid.to_text(uuid.random())
