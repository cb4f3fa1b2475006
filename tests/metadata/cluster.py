"""Small clusters for tests of the controller: images with brokers, and requests in few words."""

from __future__ import annotations

from random import Random
from typing import Any

from kcli.config.broker import BrokerConfig
from kcli.metadata.config_schemas import schemas
from kcli.metadata.controller import Settings
from kcli.metadata.controller_topics import create_topics
from kcli.metadata.image import Broker, Image, broker_record
from kcli.metadata.wording import DIALECTS
from kcli.wire import messages

REQUEST = messages.CreateTopicsRequest


def brokers(image: Image, *ids: int, fenced: tuple[int, ...] = ()) -> Image:
    for number in ids:
        broker = Broker(
            number, 100 + number, bytes(16), {}, {}, fenced=number in fenced, directories=(bytes([number]) * 16,)
        )
        image.apply(broker_record(broker))
    return image


def settings(dialect: str = "kraft", seed: int = 1, **static: str) -> Settings:
    config = BrokerConfig({name.replace("_", "."): value for name, value in static.items()})
    return Settings(
        num_partitions=config["num.partitions"],
        replication_factor=config["default.replication.factor"],
        schemas=schemas(config),
        wording=DIALECTS[dialect],
        random=Random(seed),
    )


def topic(
    name: str,
    partitions: int = -1,
    factor: int = -1,
    assignments: dict[int, list[int]] | None = None,
    **configs: str | None,
) -> Any:
    return REQUEST.CreatableTopic(
        name=name,
        num_partitions=partitions,
        replication_factor=factor,
        assignments=[
            REQUEST.CreatableReplicaAssignment(partition_index=index, broker_ids=ids)
            for index, ids in (assignments or {}).items()
        ],
        configs=[
            REQUEST.CreatableTopicConfig(name=key.replace("_", "."), value=value) for key, value in configs.items()
        ],
    )


def create(image: Image, *topics: Any, validate_only: bool = False, dialect: str = "kraft") -> list[Any]:
    """Decide and apply; the results."""
    request = REQUEST(topics=list(topics), validate_only=validate_only)
    results, records = create_topics(image, request, settings(dialect))
    for record in records:
        image.apply(record)
    return results


def outcome(results: list[Any]) -> list[tuple[int, str | None]]:
    return [(result.error_code, result.error_message) for result in results]
