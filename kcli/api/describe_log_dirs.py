"""DescribeLogDirs v1-5: what lies in each log dir, and how much room its disk has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request
from kcli.wire import errors, messages

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext
    from kcli.storage.log import Log

API = Api(35, 1, 5)


def handle(context: BrokerContext, request: Request) -> Any:
    logs = list(context.replicas.logs)
    topics = request.body.topics
    if topics is not None:
        wanted = {(topic.topic, index) for topic in topics for index in topic.partitions}
        logs = [log for log in logs if (log.topic, log.partition) in wanted]
    online = context.replicas.logs.online
    results = [
        _describe(context, path, (log for log in logs if os.path.dirname(log.directory) == path))
        if path in online
        else messages.DescribeLogDirsResponse.DescribeLogDirsResult(error_code=errors.KAFKA_STORAGE_ERROR, log_dir=path)
        for path in context.replicas.logs.log_dirs
    ]
    return messages.DescribeLogDirsResponse(results=results)


def _describe(context: BrokerContext, path: str, logs: Iterable[Log]) -> Any:
    response = messages.DescribeLogDirsResponse
    topics: dict[str, list[Any]] = {}
    for log in logs:
        lag = max(log.high_watermark - log.log_end_offset, 0)
        item = response.DescribeLogDirsPartition(
            partition_index=log.partition, partition_size=log.size, offset_lag=lag, is_future_key=False
        )
        topics.setdefault(log.topic, []).append(item)
    try:
        total_bytes, usable_bytes = context.replicas.logs.disk_usage(path)
    except OSError:
        return response.DescribeLogDirsResult(error_code=errors.KAFKA_STORAGE_ERROR, log_dir=path)
    return response.DescribeLogDirsResult(
        log_dir=path,
        topics=[response.DescribeLogDirsTopic(name=name, partitions=items) for name, items in topics.items()],
        total_bytes=total_bytes,
        usable_bytes=usable_bytes,
    )
