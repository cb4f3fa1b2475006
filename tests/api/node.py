"""A broker without its network: real keeper, logs, replicas and dispatch on a folder, asked in real frames."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kcli.api.context import BrokerContext
from kcli.api.dispatch import Dispatch
from kcli.clock import Clock, SystemClock
from kcli.config.broker import BrokerConfig
from kcli.config.topic import log_config
from kcli.metadata.image import Endpoint
from kcli.metadata.keeper import Registration
from kcli.metadata.kraft.keeper import KraftKeeper
from kcli.records.builder import build_batch
from kcli.replica.manager import ReplicaManager
from kcli.replica.producer_ids import ProducerIds
from kcli.security.session import Session
from kcli.storage.config import LogConfig
from kcli.storage.manager import LogManager
from kcli.wire import frames, messages, uuid

ID = 1
_correlation_ids = itertools.count(1)


class Node:
    """What a test asks; `request` sends one request and gives the decoded answer."""

    def __init__(self, context: BrokerContext, dispatch: Dispatch) -> None:
        self.context = context
        self.dispatch = dispatch
        self.session = Session()

    async def request(self, body: Any, version: int, client_id: str = "test") -> Any:
        """The answer's body, None where the broker answers nothing."""
        header = frames.RequestHeader(body.API_KEY, version, next(_correlation_ids), client_id)
        answer = self.dispatch.handle(memoryview(bytearray(frames.encode_request(header, body)[4:])), self.session)
        if answer is not None and not isinstance(answer, list):
            answer = await answer
        if answer is None:
            return None
        frame = b"".join(answer)
        assert len(frame) == 4 + int.from_bytes(frame[:4], "big")
        correlation_id, response = frames.decode_response(body.API_KEY, version, frame[4:])
        assert correlation_id == header.correlation_id
        return response

    async def create_topic(self, name: str, partitions: int = 1, **configs: str) -> bytes:
        """By metadata records, as a controller would write them; gives the topic's id."""
        topic_id = uuid.random()
        records: list[Any] = [messages.TopicRecord(name=name, topic_id=topic_id)]
        records += [
            messages.PartitionRecord(
                partition_id=index,
                topic_id=topic_id,
                replicas=[ID],
                isr=[ID],
                leader=ID,
                leader_epoch=0,
                partition_epoch=0,
                directories=[bytes(15) + b"\x01"],
            )
            for index in range(partitions)
        ]
        await self.context.keeper.commit(records)
        if configs:
            await self.configure(name, **configs)
        return topic_id

    async def configure(self, topic: str, **configs: str) -> None:
        await self.context.keeper.commit(
            [
                messages.ConfigRecord(resource_type=2, resource_name=topic, name=name.replace("_", "."), value=value)
                for name, value in configs.items()
            ]
        )

    async def change(self, topic: str, partition: int = 0, **fields: Any) -> None:
        """A PartitionChangeRecord: another leader, another ISR."""
        topic_id = self.context.keeper.image.topics[topic].id
        await self.context.keeper.commit(
            [messages.PartitionChangeRecord(topic_id=topic_id, partition_id=partition, **fields)]
        )

    async def produce(
        self,
        topic: str,
        *values: bytes | bytearray,
        partition: int = 0,
        acks: int = -1,
        version: int = 9,
        **request: Any,
    ) -> Any:
        """One produce request per value, which is a batch (bytearray) or what a batch of one record is to hold."""
        answer = None
        for value in values:
            records = value if isinstance(value, bytearray) else batch(value)
            answer = await self.request(produce_request({(topic, partition): records}, acks=acks, **request), version)
            answer = answer and answer.responses[0].partition_responses[0]
        return answer

    async def until(self, condition: Callable[[], bool]) -> None:
        """Lets the loop go on until it is so; the test's own time limit is the limit."""
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


def batch(*values: bytes | None, timestamp: int = 1_000, keys: tuple[bytes, ...] = (), **header: Any) -> bytearray:
    pairs = itertools.zip_longest(keys, values) if keys else ((None, value) for value in values)
    return bytearray(build_batch([(timestamp + i, key, value, ()) for i, (key, value) in enumerate(pairs)], **header))


def produce_request(records: dict[tuple[str, int], Any], *, acks: int = -1, **fields: Any) -> Any:
    """Topics whose name is 16 bytes are taken for topic ids."""
    request = messages.ProduceRequest
    topics = [
        request.TopicProduceData(
            **{"topic_id" if isinstance(topic, bytes) else "name": topic},
            partition_data=[request.PartitionProduceData(index=index, records=data)],
        )
        for (topic, index), data in records.items()
    ]
    return request(acks=acks, timeout_ms=fields.pop("timeout_ms", 1000), topic_data=topics, **fields)


@asynccontextmanager
async def running_node(folder: Path, clock: Clock | None = None, **properties: str) -> AsyncIterator[Node]:
    config = BrokerConfig({"node.id": str(ID), **{name.replace("_", "."): text for name, text in properties.items()}})
    clock = clock or SystemClock()
    logs = LogManager([str(folder)], clock)
    logs.open()
    keeper = KraftKeeper(ID, uuid.to_text(bytes(range(16))), str(folder), config, clock)
    await keeper.start()
    directory_id = uuid.random()
    logs.load(lambda topic: LogConfig.of(log_config({}, config)))
    replicas = ReplicaManager(ID, keeper, logs, clock, lambda overrides: log_config(overrides, config))
    replicas.start()
    endpoint = Endpoint("PLAINTEXT", "broker.test", 9092, 0)
    await keeper.register(Registration(ID, (endpoint,), directories=(directory_id,)))
    context = BrokerContext(config, clock, keeper, replicas, producer_ids=ProducerIds(keeper))
    try:
        yield Node(context, Dispatch(context))
    finally:
        replicas.stop()
        await keeper.close()
        logs.close()


def in_node(**properties: str) -> Callable[[Callable[[Node], Coroutine[Any, Any, None]]], Callable[[Path], None]]:
    """Runs an async test with a node of its own."""

    def decorate(test: Callable[[Node], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
        async def run(folder: Path) -> None:
            async with running_node(folder, **properties) as node:
                await test(node)

        def call(tmp_path: Path) -> None:
            asyncio.run(asyncio.wait_for(run(tmp_path), 60))

        call.__name__, call.__doc__ = test.__name__, test.__doc__
        return call

    return decorate
