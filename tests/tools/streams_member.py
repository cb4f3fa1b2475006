"""A member of a streams group (KIP-1071) that processes nothing: it says what its topology reads, and stays.

It goes on saying so in a thread, because what it is kept for may take longer than its session.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from kcli.client.cluster import Cluster
from kcli.wire import messages, uuid
from kcli.wire.errors import KafkaError

_JOINING, _LEAVING = 0, -1
_INTERVAL = 3.0


class StreamsMember:
    """Joins with one subtopology, which reads `topics` and keeps `changelog`, and waits until it has tasks."""

    def __init__(self, bootstrap: str, group: str, topics: list[str], changelog: str) -> None:
        self._cluster = Cluster(bootstrap)
        self._group = group
        self._topics = topics
        self._changelog = changelog
        self._member_id = uuid.to_text(uuid.random())
        self._epoch = _JOINING
        self._active: list[Any] | None = None
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._stay, daemon=True)

    def __enter__(self) -> StreamsMember:
        deadline = time.monotonic() + 120
        while not self._active:
            assert time.monotonic() < deadline
            self._beat()
            time.sleep(0.2)
        for _ in range(2):  # one to say what it has, one to be told that this is stable
            self._beat()
        self._thread.start()
        return self

    def _stay(self) -> None:
        while not self._leaving.wait(_INTERVAL):
            self._beat()

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()
        self._send(member_epoch=_LEAVING)
        self._cluster.close()

    def _beat(self) -> None:
        request = messages.StreamsGroupHeartbeatRequest
        if self._epoch != _JOINING:
            response = self._send(active_tasks=self._active, standby_tasks=[], warmup_tasks=[])
        else:
            subtopology = request.Subtopology(
                subtopology_id="0",
                source_topics=self._topics,
                state_changelog_topics=[
                    request.TopicInfo(name=self._changelog, partitions=0, replication_factor=1, topic_configs=[])
                ],
            )
            response = self._send(
                topology=request.Topology(epoch=0, subtopologies=[subtopology]),
                active_tasks=[],
                standby_tasks=[],
                warmup_tasks=[],
                process_id="process",
                client_tags=[],
                rebalance_timeout_ms=10_000,
            )
        self._epoch = response.member_epoch
        if response.active_tasks is not None:
            self._active = [
                request.TaskIds(subtopology_id=task.subtopology_id, partitions=task.partitions)
                for task in response.active_tasks
            ]

    def _send(self, **fields: Any) -> Any:
        body = messages.StreamsGroupHeartbeatRequest(
            group_id=self._group, member_id=self._member_id, **{"member_epoch": self._epoch, **fields}
        )
        return self._cluster.retry(lambda: self._try(body), 60)

    def _try(self, body: Any) -> Any:
        response = self._cluster.request(self._cluster.coordinator(self._group), body)
        if response.error_code:
            raise KafkaError(response.error_code, response.error_message)
        return response
