"""Producer ids, one at a time, out of the blocks that the keeper hands out to this broker alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kcli.metadata.keeper import Keeper


class ProducerIds:
    """Never gives an id twice; what is left of a block when the broker stops is lost, as in Kafka."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._block: Iterator[int] = iter(())
        self._lock = asyncio.Lock()

    async def next(self) -> int:
        async with self._lock:
            producer_id = next(self._block, None)
            while producer_id is None:
                self._block = iter(await self._keeper.allocate_producer_ids())
                producer_id = next(self._block, None)
            return producer_id
