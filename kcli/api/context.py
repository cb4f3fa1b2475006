"""Everything a request handler may use; `broker` wires it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api
from kcli.metadata.config_schemas import schemas
from kcli.metadata.controller import Settings
from kcli.metadata.effective import Effective
from kcli.metadata.wording import DIALECTS

if TYPE_CHECKING:
    from kcli.clock import Clock
    from kcli.config.broker import BrokerConfig
    from kcli.metadata.keeper import Keeper


@dataclass
class BrokerContext:
    """The broker as its handlers see it."""

    config: BrokerConfig
    """server.properties, parsed, and what was set while running"""
    clock: Clock
    keeper: Keeper
    replicas: Any = None
    """`replica.manager.ReplicaManager`"""
    groups: Any = None
    """`group.coordinator.GroupCoordinator`"""
    producer_ids: Any = None
    """hands out producer ids one by one: `async next() -> int`"""
    owed: Callable[[], int] = lambda: 0
    """bytes of answers that clients have not taken yet"""
    apis: Mapping[int, Api] = field(default_factory=dict)
    """what dispatch serves, by key; ApiVersions tells it"""
    cache: dict[Any, Any] = field(default_factory=dict)
    """what depends on the image only: encoded answers under the names of their APIs, and what `effective` gives"""

    @property
    def broker_id(self) -> int:
        return self.keeper.broker_id

    @cached_property
    def settings(self) -> Settings:
        """What the controller's decisions go by."""
        return Settings(
            num_partitions=self.config["num.partitions"],
            replication_factor=self.config["default.replication.factor"],
            schemas=schemas(self.config),
            wording=DIALECTS[self.keeper.dialect],
        )

    def effective(self) -> Effective:
        """Looks up properties as they are now; made anew when the image has changed."""
        version, effective = self.cache.get(Effective, (None, None))
        if version != self.keeper.image.version:
            effective = Effective(self.keeper.image, self.config, self.broker_id)
            self.cache[Effective] = (self.keeper.image.version, effective)
        return effective
