"""A broker's admin side for tests: handlers over a real keeper, asked and answered through encoded messages."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from kcli.api import (
    alter_configs,
    api_versions,
    create_partitions,
    create_topics,
    delete_topics,
    describe_cluster,
    describe_configs,
    describe_topic_partitions,
    incremental_alter_configs,
    list_config_resources,
    metadata,
)
from kcli.api.context import BrokerContext
from kcli.api.failure import error_response
from kcli.api.request import Request
from kcli.clock import ManualClock
from kcli.config.broker import BrokerConfig
from kcli.metadata.image import Endpoint
from kcli.metadata.keeper import Registration
from kcli.metadata.kraft.keeper import KraftKeeper
from kcli.security.session import Session
from kcli.wire.apis import request_class, response_class
from kcli.wire.errors import KafkaError
from kcli.wire.frames import RequestHeader

MODULES: tuple[ModuleType, ...] = (
    alter_configs,
    api_versions,
    create_partitions,
    create_topics,
    delete_topics,
    describe_cluster,
    describe_configs,
    describe_topic_partitions,
    incremental_alter_configs,
    list_config_resources,
    metadata,
)
ENDPOINTS = (Endpoint("PLAINTEXT", "inside", 9092, 0), Endpoint("OUTER", "outside", 19092, 1))


class Broker:
    """`ask(body, version)` is the answer as the client decodes it."""

    def __init__(self, folder: Path, **config: str) -> None:
        properties = {name.replace("_", "."): value for name, value in config.items()}
        settings = BrokerConfig({"broker.id": "1", **properties})
        self.keeper = KraftKeeper(1, "cluster", str(folder), settings, ManualClock())
        apis = {module.API.key: module.API for module in MODULES}
        self.context = BrokerContext(settings, ManualClock(), self.keeper, apis=apis)
        self.session = Session()

    async def ask(self, body: Any, version: int | None = None) -> Any:
        key = body.API_KEY
        version = body.VERSIONS[1] if version is None else version
        body, _ = request_class(key).decode(body.encode_bytes(version), version)
        module = next(module for module in MODULES if module.API.key == key)
        request = Request(RequestHeader(key, version, 1, "test"), body, self.session)
        try:
            answer = module.handle(self.context, request)
            answer = await answer if inspect.isawaitable(answer) else answer
        except KafkaError as error:
            answer = getattr(module, "error_response", error_response)(body, version, error)
        return response_class(key).decode(b"".join(answer.encode(version)), version)[0]


def serve(folder: Path, work: Callable[[Broker], Awaitable[Any]], **config: str) -> Any:
    """Start a broker's admin side, work with it, stop it."""

    async def life() -> Any:
        broker = Broker(folder, **config)
        await broker.keeper.start()
        await broker.keeper.register(Registration(1, ENDPOINTS, "r1", (b"\x11" * 16,)))
        try:
            return await work(broker)
        finally:
            await broker.keeper.close()

    return asyncio.run(life())
