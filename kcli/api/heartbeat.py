"""Heartbeat v0-4: a member is alive, and learns whether a rebalance wants it to rejoin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcli.api.request import Api, Request

if TYPE_CHECKING:
    from kcli.api.context import BrokerContext

API = Api(12, 0, 4)


def handle(context: BrokerContext, request: Request) -> Any:
    return context.groups.heartbeat(request.body)
