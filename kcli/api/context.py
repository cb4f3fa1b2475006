"""Everything a request handler may use; `broker` wires it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api

if TYPE_CHECKING:
    from kcli.clock import Clock
    from kcli.metadata.keeper import Keeper


@dataclass
class BrokerContext:
    """The broker as its handlers see it."""

    config: Any
    """server.properties, parsed (`config.broker`)"""
    clock: Clock
    keeper: Keeper
    replicas: Any = None
    """`replica.manager.ReplicaManager`"""
    groups: Any = None
    """`group.coordinator.GroupCoordinator`"""
    producer_ids: Any = None
    """hands out producer ids one by one: `async next() -> int`"""
    apis: Mapping[int, Api] = field(default_factory=dict)
    """what dispatch serves, by key; ApiVersions tells it"""
    cache: dict[Any, Any] = field(default_factory=dict)
    """encoded answers that depend on the image only, each under the name of its API"""

    @property
    def broker_id(self) -> int:
        return int(self.config.broker_id)
