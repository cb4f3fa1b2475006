"""Consumer groups of KIP-848 are there once the cluster has finalised group.version, and are told of then only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kcli.wire import errors, messages
from tests.api.node import running_node

HEARTBEAT = messages.ConsumerGroupHeartbeatRequest(group_id="g", member_id="m", member_epoch=1)
DESCRIBE = messages.ConsumerGroupDescribeRequest(group_ids=["g", "h"])


def ask(folder: Path, level: int, body: Any, version: int) -> Any:
    async def run() -> Any:
        async with running_node(folder) as asked:
            feature = messages.FeatureLevelRecord(name="group.version", feature_level=level)
            await asked.context.keeper.commit([feature])
            return await asked.request(body, version)

    return asyncio.run(run())


def test_without_the_feature_nobody_joins(tmp_path: Path) -> None:
    answer = ask(tmp_path, 0, HEARTBEAT, 1)
    assert answer.error_code == errors.UNSUPPORTED_VERSION


def test_without_the_feature_each_group_is_refused(tmp_path: Path) -> None:
    answer = ask(tmp_path, 0, DESCRIBE, 1)
    assert [(group.group_id, group.error_code) for group in answer.groups] == [
        ("g", errors.UNSUPPORTED_VERSION), ("h", errors.UNSUPPORTED_VERSION),
    ]  # fmt: skip


@pytest.mark.parametrize("level", [0, 1])
def test_clients_are_told_the_level(tmp_path: Path, level: int) -> None:
    body = messages.ApiVersionsRequest(client_software_name="test", client_software_version="1")
    answer = ask(tmp_path, level, body, 4)
    told = {feature.name: feature.max_version_level for feature in answer.finalized_features}
    assert told.get("group.version", 0) == level
    assert {68, 69} <= {api.api_key for api in answer.api_keys}
